"""Which formats a command has: one that was asked for on the line and that it does not have is refused.

The environment's and the configuration's are wishes, which hold where they can.
"""

from ordercli.cli.writers import WRITERS
from ordercli.config import FORMATS
from ordercli.errors import UsageProblem

WORDS_ONLY = {
    *("completion", "help", "config get", "db upgrade", "backup", "restore", "template show", "day"),
    *("export ics", "export by", "export data", "schema"),
    *("amazon login", "amazon check", "amazon logout"),
}
"""Commands that print text for a person, or nothing."""

ROWS_TOO = {
    *(
        "doctor",
        "pick",
        "shipment track",
        "message resolve",
        "stock count",
        "import",
        "order import",
        "order cancel",
    ),
    *("return refund", "workbook import", "amazon label buy"),
}
"""Commands that write, and print rows as well."""

_RECEIPT = ("table", "json", "jsonl")


def formats_of(path: str) -> tuple[str, ...]:
    """The formats of a command by the words of its name; the rest of :data:`FORMATS` it does not have."""
    if path in WORDS_ONLY:
        return ("table",)
    if path.endswith(" export"):
        return ("table", "csv")
    return _RECEIPT if path in WRITERS and path not in ROWS_TOO else FORMATS


def check_format(path: str, told: str) -> None:
    """Refuse a format that a command does not have.

    Raises:
        UsageProblem: naming those that it has.
    """
    has = formats_of(path)
    if told not in has:
        rest = (
            f"it has {', '.join(has[:-1])} and {has[-1]}"
            if len(has) > 1
            else "it prints words; leave --format away"
        )
        raise UsageProblem(f"ordercli {path} has no format {told}: {rest}.")
