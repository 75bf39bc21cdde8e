"""Writes ``shells/words.tsv``, all that can be typed, for completion: ``python -m ordercli.cli.word_table``.

A shell asks at every press of a key, and loading the commands would take longer than a person waits; so what they
say is written down here, by ``make docs``, as ``docs/cli.md`` is.
"""

import sys
from collections.abc import Iterator
from typing import Any

import typer

from ordercli.cli.app import app, command_named
from ordercli.cli.commands import ENTRIES
from ordercli.cli.completing import Row
from ordercli.cli.help_topics import topic_names
from ordercli.cli.shared_options import SHARED
from ordercli.cli.value_kinds import kind_of
from ordercli.config import FORMATS

ARGUMENT, SUBCOMMAND = "argument", "command"
_SHARED = frozenset(name for shared in SHARED for name in shared.names)


def table() -> str:
    """The whole table, a row a line."""
    rows = [*_of_root(), *_of_commands(), *_words()]
    return "".join("\t".join(row) + "\n" for row in rows)


def _of_root() -> Iterator[Row]:
    root = typer.main.get_command(app)
    yield from _parameters("", root, shared=True)
    for entry in ENTRIES.values():
        yield Row("", entry.name, SUBCOMMAND, "", _brief(entry.help))


def _of_commands() -> Iterator[Row]:
    for name in ENTRIES:
        yield from _below(name, command_named(name))


def _below(path: str, command: Any) -> Iterator[Row]:  # noqa: ANN401 - the framework's commands
    yield from _parameters(path, command, shared=False)
    for name, below in getattr(command, "commands", {}).items():
        yield Row(path, name, SUBCOMMAND, "", _brief(below.get_short_help_str(200)))
        yield from _below(f"{path} {name}", below)


def _parameters(path: str, command: Any, *, shared: bool) -> Iterator[Row]:  # noqa: ANN401 - the same
    """A row for each parameter; what every command has stands once, with the program itself."""
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield Row(path, "*" if parameter.nargs == -1 else "1", ARGUMENT, kind_of(path, parameter), "")
        elif shared or not _SHARED.intersection(parameter.opts):
            takes = 0 if parameter.is_flag else parameter.nargs
            names = " ".join([*parameter.opts, *parameter.secondary_opts])
            kind = kind_of(path, parameter) if takes else ""
            again = "+" if parameter.multiple else ""
            yield Row(path, names, f"{takes}{again}", kind, _brief(parameter.help or ""))


def _brief(text: str) -> str:
    return " ".join(text.split())


def _words() -> Iterator[Row]:
    """The words of each kind that the program knows by itself."""
    for kind, words in known_words().items():
        for word, about in words.items():
            yield Row("=", kind, "", word, about)


def known_words() -> dict[str, dict[str, str]]:
    """Of each kind that is not, or not only, in the database: the words, and what each is."""
    from ordercli.domain.file_settings import FILE_RULES
    from ordercli.domain.health.metrics import METRICS
    from ordercli.domain.message_kinds import KINDS
    from ordercli.domain.money import EXPONENTS
    from ordercli.domain.orders.order_where import FLAGS, VALUES
    from ordercli.domain.settings import CHANNEL_RULES, PRODUCT_RULES, RULES
    from ordercli.domain.shipping.carriers import LINKS
    from ordercli.domain.workbook.sheets import CHOSEN
    from ordercli.formats.orders.order_layouts import LAYOUTS

    return {
        "format": dict.fromkeys(FORMATS, ""),
        "topic": {
            **{name: title for name, title in topic_names().items() if " " not in name},
            **{entry.name: entry.help for entry in ENTRIES.values()},
        },
        "color": dict.fromkeys(("auto", "always", "never"), ""),
        "encoding": dict.fromkeys(("utf-8", "cp1252", "iso-8859-1", "cp932", "utf-16"), ""),
        "fulfillment": {"FBM": "you ship it", "FBA": "Amazon ships it"},
        "metric": {rule.name: "" for rule in METRICS},
        "setting": {
            **{rule.name: _brief(rule.meaning) for rule in FILE_RULES},
            **{rule.name: _brief(rule.meaning) for rule in RULES},
            **{f"channel.*.{rule.name}": _brief(rule.meaning) for rule in CHANNEL_RULES},
            **{f"product.*.{rule.name}": _brief(rule.meaning) for rule in PRODUCT_RULES},
        },
        "template": {kind.name: kind.about for kind in KINDS.values()},
        "layout": {"auto": "found out", **{layout.name: layout.title for layout in LAYOUTS}},
        "occasion": {"order": "the order as a whole"},
        "carrier": dict.fromkeys(LINKS, ""),
        "currency": dict.fromkeys(sorted(EXPONENTS), ""),
        "fact": {**FLAGS, **{f"{name}=": about for name, about in VALUES.items()}},
        "sheet": dict.fromkeys(CHOSEN, ""),
        "language": dict.fromkeys(_languages(), ""),
    }


def _languages() -> list[str]:
    from ordercli.messaging.templates import OURS

    return sorted({path.name.split(".")[-2] for path in OURS.glob("*.txt")})


if __name__ == "__main__":
    sys.stdout.write(table())
