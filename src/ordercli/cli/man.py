r"""Manual pages made from the commands themselves, as docs/cli.md is.

One page for the program and one for each command of the table, its subcommands in it. The build
(``hatch_build.py``) puts them into the wheel, below ``share/man/man1``, where ``man`` looks beside the folder that
the program is in.

Source of the marks: man(7) of groff; ``-`` alone is a hyphen, which cannot be pasted, so every one is ``\\-``.
"""

from collections.abc import Iterator
from typing import Any

import typer

from ordercli import __version__
from ordercli.cli.app import app, command_named
from ordercli.cli.commands import ENTRIES, SECTIONS
from ordercli.cli.environment import VARIABLES
from ordercli.cli.reference import EXIT_CODES, arguments_of, names_of, told, value_of

_MARKS = str.maketrans({"\\": r"\(rs", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"})


def pages(day: str) -> Iterator[tuple[str, str]]:
    """Every page: the name of its file, and what is in it.

    Args:
        day: on which they are made.
    """
    yield "ordercli.1", "\n".join(_program(day)) + "\n"
    for name in ENTRIES:
        yield f"ordercli-{name}.1", "\n".join(_page(name, day)) + "\n"


def _program(day: str) -> Iterator[str]:
    root = typer.main.get_command(app)
    body, _ = told(root, "")
    yield from _head("ordercli", body.partition("\n")[0], day)
    yield from (".SH SYNOPSIS", f".B {_text('ordercli')}", "[OPTIONS] COMMAND [ARGS]...", ".SH DESCRIPTION")
    yield from _paragraphs(body)
    yield ".SH OPTIONS"
    yield from _options(root)
    for title, entries in SECTIONS:
        yield f'.SH "COMMANDS: {_text(title).upper()}"'
        for entry in entries:
            yield from (".TP", f".BR {_text(f'ordercli-{entry.name}')} (1)", _text(entry.help))
    yield ".SH EXIT STATUS"
    for code, meaning in EXIT_CODES:
        yield from (".TP", f".B {code}", _text(meaning.replace("`", "")))
    yield ".SH ENVIRONMENT"
    for variable in VARIABLES:
        yield from (".TP", f".B {_text(variable.name)}", _text(variable.about))
    yield from (".SH SEE ALSO", _text("ordercli help lists the documents that come with the program."))


def _page(name: str, day: str) -> Iterator[str]:
    entry = ENTRIES[name]
    command = command_named(name)
    yield from _head(f"ordercli-{name}", entry.help, day)
    yield ".SH SYNOPSIS"
    for number, (path, found) in enumerate(_leaves(command, f"ordercli {name}")):
        if number:
            yield ".br"
        yield from (f".B {_text(path)}", _text(" ".join(["[OPTIONS]", *arguments_of(found)])))
    yield ".SH DESCRIPTION"
    yield from _about(command, entry.help)
    below = [(path, found) for path, found in _leaves(command, f"ordercli {name}") if found is not command]
    for path, found in below:
        yield f'.SH "{_text(path.removeprefix("ordercli ").upper())}"'
        yield from _about(found, "")
    yield from (".SH SEE ALSO", ".BR ordercli (1)")


def _leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - the framework's commands
    below = getattr(command, "commands", {})
    if not below or command.invoke_without_command:
        yield path, command
    for name, found in below.items():
        yield from _leaves(found, f"{path} {name}")


def _head(name: str, line: str, day: str) -> Iterator[str]:
    yield rf'.TH "{_text(name.upper())}" "1" "{day}" "ordercli {_text(__version__)}" "User Commands"'
    yield from (".SH NAME", rf"{_text(name)} \- {_text(line.rstrip('.'))}")


def _about(command: Any, help_line: str) -> Iterator[str]:  # noqa: ANN401 - the same
    body, example = told(command, help_line)
    yield from _paragraphs(body)
    if getattr(command, "commands", {}) and not command.invoke_without_command:
        return
    yield from _options(command)
    if example:
        yield from (".PP", "Example:", ".PP", ".RS", ".nf", _text(example), ".fi", ".RE")


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield _text(" ".join(paragraph.split()))


def _options(command: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    for option in command.params:
        if option.param_type_name == "option" and not option.hidden:
            yield from (".TP", rf"\fB{_text(names_of(option))}\fR{_text(value_of(option, '|'))}")
            yield _text(" ".join((option.help or "").split())) or r"\&"


def _text(text: str) -> str:
    """Text in which nothing is a mark."""
    marked = text.translate(_MARKS).replace('"', r"\(dq")
    return rf"\&{marked}" if marked.startswith(".") else marked
