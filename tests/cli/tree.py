"""Every command there is, for tests of what holds of all of them."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from ordercli.cli.app import command_named
from ordercli.cli.commands import ENTRIES


@cache
def commands() -> dict[str, Any]:
    """All commands and groups by the words of their names."""
    return dict(found for name in ENTRIES for found in _below(name, command_named(name)))


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _below(f"{path} {name}", below)


def options(command: Any) -> list[Any]:
    """Its options."""
    return [parameter for parameter in command.params if parameter.param_type_name == "option"]


def arguments(command: Any) -> list[Any]:
    """Its arguments."""
    return [parameter for parameter in command.params if parameter.param_type_name == "argument"]


def value_of(option: Any) -> str:
    """What an option takes, as its help says it; empty for a flag, ``text`` where the help does not say."""
    if option.is_flag:
        return ""
    choices = getattr(option.type, "choices", None)
    if choices:
        return "|".join(sorted(str(getattr(choice, "value", choice)) for choice in choices))
    return str(option.metavar or "text")
