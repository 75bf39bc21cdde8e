"""Which kind of value each argument and option of every command takes: one table, for completion.

What a value is called in the usage (its metavar, or the parameter's own name) says what it is, so the table goes
by these words: the same word means the same kind everywhere, and a command where it means another thing has a line
of its own. Choices and files need none: their types tell. :mod:`ordercli.cli.word_table` writes what is found here
down for the shells.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ordercli.cli.file_options import ReadFile, Written
from ordercli.cli.lists import COLUMNS, SORT, columns_of

NOTHING = ""
"""Nobody can know the value: an amount, a number, a day, a text."""
FILE = "file"
FOLDER = "folder"

BY_WORD: dict[str, str] = {
    # what is in the database
    "ID": "order",
    "WHO": "order",
    "A,B,C": "order,",
    "A,B": "order,",
    "SKU": "sku",
    "--sku": "sku",
    "SKU:QTY": "sku:",
    "SKU:QTY@PRICE": "sku:",
    "SKU:QTY@COST": "sku:",
    "SKU:QTY=DISPOSITION": "sku:",
    "KEY:QTY@PRICE": "sku:",
    "KEY:PRICE": "sku:",
    "KEY=TEXT": "sku=",
    "ID SKU:QTY": "order sku:",
    "CHANNEL_SKU": "listing",
    "SHIPMENT": "shipment",
    "RMA": "rma",
    "QUESTION": "question",
    "SETTLEMENT": "settlement",
    "--supplier": "supplier",
    "--channel": "channel",
    "--carrier": "carrier",
    "--location": "location",
    "FIELD": "field",
    "FROM": "location",
    "TO": "location",
    "--tag": "tag",
    "--untag": "tag",
    "--layout": "layout",
    "KIND": "template",
    # what the program knows
    "RATE": "metric",
    "CODE": "currency",
    "--currency": "currency",
    "ZONE": "zone",
    "XX": "language",
    "FACTS": "fact",
    "FORMAT": "format",
    "WHEN": "color",
    "COMMAND|TOPIC": "topic",
    "--encoding": "encoding",
    "--fulfillment": "fulfillment",
    # what nobody can know
    **dict.fromkeys(
        ("DATE", "TS", "DATE|TS", "A..B", "C..D", "X", "N", "P", "R", "±N", "DAYS", "DIGITS", "QTY@COST"), NOTHING
    ),
    **dict.fromkeys(("NAME", "EXPORTER", "TEXT", "TEXT|-", "VALUE", "ORDER_ID", "NAME=TEXT", "--name"), NOTHING),
    **dict.fromkeys(("LIST OPTIONS", "A,-B", "STATEMENT|-", "NAME=VALUE", "SECONDS"), NOTHING),
    **dict.fromkeys(("--stars", "--reference", "--reason"), NOTHING),
    "WHAT": "occasion",
    **dict.fromkeys(("--customer", "--email", "--phone", "--ship-name", "--address", "--city"), NOTHING),
    **dict.fromkeys(("--state", "--postal-code", "--country", "--note", "--topic", "--detail"), NOTHING),
    **dict.fromkeys(("--tracking", "--service", "--service-level", "--bin", "--asin", "--fnsku"), NOTHING),
    **dict.fromkeys(("--packaging", "--supplier-sku", "WORDS", "OP", "RULE"), NOTHING),
}
"""Kinds by the word that stands for the value. ``sku:`` goes on behind the value with that sign, ``order,`` is a
list of them, and two kinds with a blank between are two words."""

BEHIND = "@="
"""Begins a kind of which the part before the sign is the user's own; the words that may stand behind it follow."""

BY_COMMAND: dict[str, str] = {
    "amazon login --seller-id ID": NOTHING,
    "amazon label buy OFFER": NOTHING,
    "amazon label buy SIZE": NOTHING,
    "product add SKU": NOTHING,
    "listing add CHANNEL_SKU": NOTHING,
    "supplier NAME": "supplier",
    "supplier add NAME": NOTHING,
    "supplier edit --rename NAME": NOTHING,
    "config NAME": "setting",
    "channel edit NAME": "channel",
    "channel edit --rename NAME": NOTHING,
    "channel add NAME": NOTHING,
    "field add FIELD": NOTHING,
    "product NAME=TEXT": "product_field",
    "order NAME=TEXT": "order_field",
    "field edit --rename NAME": NOTHING,
    "location CODE": "location",
    "location add CODE": NOTHING,
    "purchase NUMBER": "purchase",
    "order NUMBER": "upload",
    "return NUMBER": "upload",
    "shipment NUMBER": "upload",
    "message NUMBER": "message",
    "metrics feedback NUMBER": "feedback",
    "metrics claim NUMBER": "claim",
    "improve NUMBER": "improvement",
    "stock fba REFERENCE": "fba",
    "stock sheet --recount N": "count",
    "workbook build --sheets A,B": "sheet,",
    "--view NAME": "view",
    "view NAME": "view",
    "view save NAME": NOTHING,
    "--max-wait SECONDS": NOTHING,
    "restore FILE": FILE,
    "db roles ROLE": NOTHING,
    "db copy SOURCE": FILE,
    "db copy TARGET": FILE,
    "backup FILE": FILE,
    "--db FILE": FILE,
}
"""Where a word means another thing than elsewhere: by the words of the command, as many as it takes, the name of
the option if there is one, and the word."""


def _fields(path: str) -> Sequence[str]:
    """What ``--map`` of a command may say that a column is."""
    from ordercli.domain.workbook import tracker
    from ordercli.formats.orders import mapped
    from ordercli.formats.shipping import events_csv, ship_columns

    return {
        "order import": mapped.FIELDS,
        "ship": ship_columns.FIELDS,
        "shipment import": events_csv.FIELDS,
        "workbook import": tracker.targets(),
    }[path]


def _statuses(path: str) -> Sequence[str]:
    """What ``--map-value`` may say that a word of a status means."""
    from ordercli.formats.orders import mapped

    del path
    return mapped.STATUSES


_PAIRS = {"COL=FIELD": _fields, "WORD=STATUS": _statuses}
"""Pairs by the word that stands for them, with what may stand behind the sign."""


def word_of(parameter: Any) -> str:  # noqa: ANN401 - the framework's classes are private
    """What stands for the value in the usage: the metavar without its brackets, or the parameter's name."""
    if parameter.metavar:
        return str(parameter.metavar).translate(str.maketrans("", "", "[]")).replace("...", "")
    return str(parameter.opts[0]) if parameter.param_type_name == "option" else str(parameter.name).upper()


def kind_of(path: str, parameter: Any) -> str:  # noqa: ANN401 - the same
    """The kind of value a parameter takes; choices are told behind ``=``.

    Args:
        path: the words of the command.
        parameter: one that takes a value.

    Raises:
        KeyError: if no line tells; a new option or argument needs one.
    """
    if choices := getattr(parameter.type, "choices", None):
        return "=" + " ".join(str(getattr(choice, "value", choice)) for choice in choices)
    marker = getattr(parameter.type, "func", None)
    if isinstance(marker, Written) and marker.is_folder:
        return FOLDER
    if isinstance(marker, ReadFile | Written):
        return FILE
    if word_of(parameter) == "DIR":
        return FOLDER
    if parameter.name in (COLUMNS, SORT):
        return "=" + " ".join(columns_of(path)) + ","
    for key in keys(path, parameter):
        if key in BY_COMMAND:
            return BY_COMMAND[key]
    word = word_of(parameter)
    if word in _PAIRS:
        return BEHIND + " ".join(_PAIRS[word](path))
    if word not in BY_WORD:
        raise KeyError(f"{path} {word}: say in {__name__} what kind of value that is")
    return BY_WORD[word]


def keys(path: str, parameter: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    """What :data:`BY_COMMAND` may have it under, the most exact first."""
    word = word_of(parameter)
    ends = [word]
    if parameter.param_type_name == "option" and parameter.opts[0] != word:
        ends.insert(0, f"{parameter.opts[0]} {word}")
    words = path.split()
    for end in ends:
        for length in range(len(words), -1, -1):
            yield " ".join([*words[:length], end])
