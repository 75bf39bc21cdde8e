"""The words of a command line, as the journal keeps them: without what is personal data."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

PERSONAL = frozenset(
    {
        "address",
        "city",
        "country",
        "customer",
        "customization",
        "email",
        "field",
        "gift_message",
        "inputs",
        "note",
        "param",
        "people",
        "phone",
        "postal_code",
        "ship_name",
        "state",
        "statement",
        "text",
    }
)
"""Parameters whose values may be about a person, of whichever command; a test knows all others."""

_KEPT = "ordercli.words_of"


def words_of(ctx: typer.Context) -> list[str | None] | None:
    """The words that were typed, None in place of each that is personal data.

    Global options are left out. Of a command that writes several operations, such as one for each file, only the
    first has them.
    """
    if ctx.meta.get(_KEPT) is ctx:
        return None
    ctx.meta[_KEPT] = ctx
    return [*_name_of(ctx), *_options(ctx), *_arguments(ctx)]


def begin_words(ctx: typer.Context) -> None:
    """Let what comes now have words of its own, as it could have been typed alone: the next file of several."""
    ctx.meta.pop(_KEPT, None)


def _name_of(ctx: Any) -> list[str | None]:  # noqa: ANN401 - the framework's context
    return [] if ctx.parent is None else [*_name_of(ctx.parent), ctx.info_name]


def _told(ctx: typer.Context, kind: str) -> Iterator[tuple[Any, Any]]:
    """Parameters of a kind that stood on the line, with their values."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        source: Any = ctx.get_parameter_source(name)
        is_told = name in ctx.params and source is not None and source.name == "COMMANDLINE"
        if is_told and parameter.param_type_name == kind:
            yield parameter, ctx.params[name]


def _options(ctx: typer.Context) -> Iterator[str | None]:
    for option, value in _told(ctx, "option"):
        if isinstance(value, bool):
            yield (option.opts if value else option.secondary_opts)[0]
            continue
        for each in [value] if option.nargs > 1 and not option.multiple else _each(value):
            yield next((name for name in option.opts if name.startswith("--")), option.opts[0])
            yield from (_word(option.name, word) for word in _each(each))


def _arguments(ctx: typer.Context) -> Iterator[str | None]:
    words = [_word(each.name, word) for each, value in _told(ctx, "argument") for word in _each(value)]
    if any(word is not None and word.startswith("-") and word != "-" for word in words):
        yield "--"
    yield from words


def _each(value: Any) -> list[Any]:  # noqa: ANN401 - whatever a parameter takes
    return list(value) if isinstance(value, list | tuple) else [value]


def _word(name: str, value: Any) -> str | None:  # noqa: ANN401 - the same
    if name in PERSONAL:
        return None
    return str(value.value if isinstance(value, Enum) else value)
