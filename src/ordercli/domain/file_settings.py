"""Every setting of the configuration file: its name, its meaning, its default, and what stands before the file.

None of them changes a number; what does is a dated row in the database (``domain/settings.py``). What a value may
be is checked where it is used (``config.py``, ``messaging/account.py``, ``domain/amazon/labels.py``).
"""

from typing import Literal, NamedTuple


class FileRule(NamedTuple):
    """One setting of the file.

    Attributes:
        name: its key; of a table, with the table's name and a dot before it.
        default: what holds where nobody says anything, as text; empty for nothing.
        meaning: one line for ``config list``.
        field: of the run's settings (``config.py``), where flags are stronger than the file.
        variables: of the environment, that are stronger than the file.
        shape: how the value is written in the file.
    """

    name: str
    default: str
    meaning: str
    field: str = ""
    variables: tuple[str, ...] = ()
    shape: Literal["text", "whole", "list"] = "text"


FILE_RULES = (
    FileRule("database", "", "the database: a file or a URL", "database", ("ORDERCLI_DB",)),
    FileRule(
        "format",
        "table",
        "how reports are printed: table, csv, tsv, json or jsonl",
        "output_format",
        ("ORDERCLI_FORMAT",),
    ),
    FileRule(
        "color",
        "auto",
        "auto, always or never; true and false are the first and the last",
        "color",
        ("NO_COLOR", "FORCE_COLOR"),
    ),
    FileRule("shop_name", "", "what messages are signed with"),
    FileRule("sender", "", "your address on slips and labels, lines apart by \\n"),
    FileRule("country", "", "two letters of where you send from, such as US"),
    FileRule("logo", "", "a picture for what is printed, PNG or JPEG"),
    FileRule("slip_template", "", "the template of slips"),
    FileRule("fonts", "", "font files for letters that ours lack, apart by commas", shape="list"),
    FileRule("hooks", "", "the folder of programs that are told of each operation; empty: hooks beside this file"),
    FileRule("hook_seconds", "10", "how long each of them may take, in seconds", shape="whole"),
    FileRule("mail.via", "text", "how messages go out: text, eml or smtp"),
    FileRule("mail.from", "", "the shop's mailbox, such as Maple & Moss <hello@shop.example>"),
    FileRule("mail.host", "", "the mail server"),
    FileRule("mail.port", "", "its port; empty: 587, with tls 465", shape="whole"),
    FileRule("mail.security", "starttls", "starttls or tls"),
    FileRule("mail.user", "", "who you are to the mail server"),
    FileRule("mail.password_file", "", "a file with the password, readable by you alone"),
    FileRule("mail.ca_file", "", "certificates to trust besides the system's"),
    FileRule("mail.outbox", "", "the folder of .eml files"),
    FileRule("ship_from.sender", "", "who sends, for labels that Amazon sells"),
    FileRule("ship_from.address_1", "", "street and number"),
    FileRule("ship_from.address_2", "", "more of the address"),
    FileRule("ship_from.city", "", "the town"),
    FileRule("ship_from.state", "", "two letters of the state, where addresses have one"),
    FileRule("ship_from.postal_code", "", "the postal code"),
    FileRule("ship_from.country", "", "two letters of the country"),
    FileRule("ship_from.phone", "", "a number for the carrier's questions"),
    FileRule("ship_from.email", "", "a mailbox for the carrier's questions"),
    FileRule("ship_from.size", "", "your usual box: length, width and height, such as 25x18x3cm"),
)
"""In the order in which they are listed."""

FILE_NAMES = tuple(rule.name for rule in FILE_RULES)

FILE_TABLES = tuple(dict.fromkeys(name.partition(".")[0] for name in FILE_NAMES if "." in name))
"""The tables of the file."""


def file_rule(name: str) -> FileRule | None:
    """The setting of the file that has this name; None if there is none."""
    return next((rule for rule in FILE_RULES if rule.name == name), None)
