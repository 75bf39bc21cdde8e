"""The tree of commands as data, for ``help --json``: made of the commands themselves, as their help is."""

import inspect
from typing import Any

from ordercli import __version__
from ordercli.cli.app import command_named
from ordercli.cli.commands import SECTIONS
from ordercli.cli.reference import EXIT_CODES
from ordercli.cli.shared_options import SHARED

_SHARED = frozenset(name for shared in SHARED for name in shared.names)


def command_tree(root: Any) -> dict[str, Any]:  # noqa: ANN401 - the framework's commands
    """The program: its options, which every command takes too, exit codes and commands."""
    return {
        "name": "ordercli",
        "version": __version__,
        "options": [_option(each) for each in root.params if _is_told(each)],
        "exit_codes": [{"code": code, "meaning": meaning} for code, meaning in EXIT_CODES],
        "commands": [
            {**command_of(entry.name, command_named(entry.name), entry.help), "section": title}
            for title, entries in SECTIONS
            for entry in entries
        ],
    }


def command_of(path: str, command: Any, help_line: str | None = None) -> dict[str, Any]:  # noqa: ANN401 - the same
    """A command and those below it.

    Args:
        path: the words of its name.
        command: the framework's.
        help_line: its line in the list of commands, for one that stands in it.
    """
    below = getattr(command, "commands", {})
    text, _, example = inspect.cleandoc(command.help or help_line or "").partition("Example: ")
    own = [each for each in command.params if _is_told(each) and not _SHARED.intersection(each.opts)]
    return {
        "name": path,
        "help": " ".join((help_line or text).split("\n\n")[0].split()),
        "example": example.strip() or None,
        "runs": not below or bool(command.invoke_without_command),
        "arguments": [_argument(each) for each in own if each.param_type_name == "argument"],
        "options": [_option(each) for each in own if each.param_type_name == "option"],
        "commands": [command_of(f"{path} {name}", each) for name, each in below.items()],
    }


def _is_told(parameter: Any) -> bool:  # noqa: ANN401 - the same
    return not getattr(parameter, "hidden", False)


def _argument(parameter: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    return {
        "name": _bare(parameter.metavar or parameter.name.upper()),
        "required": bool(parameter.required),
        "is_repeatable": parameter.nargs == -1,
        **_value(parameter),
    }


def _bare(metavar: str) -> str:
    """The name of an argument, without the signs that it may be left out or repeated."""
    return metavar.removesuffix("...").removeprefix("[").removesuffix("]").removesuffix("...")


def _option(parameter: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    is_flag = bool(parameter.is_flag)
    variables = parameter.envvar
    return {
        "names": [*parameter.opts, *parameter.secondary_opts],
        "metavar": None if is_flag else parameter.metavar or parameter.type.name.upper(),
        "required": bool(parameter.required),
        "is_flag": is_flag,
        "is_repeatable": bool(parameter.multiple),
        "environment": [variables] if isinstance(variables, str) else list(variables or ()),
        **_value(parameter),
    }


def _value(parameter: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    choices = getattr(parameter.type, "choices", None)
    default = parameter.default
    plain = getattr(default, "value", default)
    return {
        "type": "boolean" if getattr(parameter, "is_flag", False) else _type(parameter.type),
        "choices": [str(getattr(each, "value", each)) for each in choices] if choices else None,
        "default": plain if plain is None or isinstance(plain, bool | int | float) else str(plain),
        "help": parameter.help if hasattr(parameter, "help") else None,
    }


def _type(kind: Any) -> str:  # noqa: ANN401 - the same
    return {
        "int": "integer",
        "int range": "integer",
        "integer": "integer",
        "float": "number",
        "float range": "number",
    }.get(kind.name, "string")
