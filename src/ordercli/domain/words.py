"""Numbers with their nouns, and things in a row."""

from collections.abc import Sequence


def count(number: int, noun: str) -> str:
    """``1 unit``, ``2 units``, ``1,000 units``."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def joined(things: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *head, last = things
    return f"{', '.join(head)} and {last}" if head else last
