"""Numbers with their nouns, and things in a row."""

from collections.abc import Sequence


def count(number: int, noun: str) -> str:
    """``1 unit``, ``2 units``, ``1,000 units``."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def counted_sql(number: str, noun: str) -> str:
    """SQL of :func:`count` of an expression."""
    return f"printf('%,d', {number}) || iif({number} = 1, ' {noun}', ' {noun}s')"


def field_of(column: str) -> str:
    """What files and options call a column: ``unit_price`` of ``unit_price_minor``, ``item`` of ``item_id``."""
    return column.removesuffix("_minor").removesuffix("_id")


def said_of(column: str) -> str:
    """The same in a sentence: ``unit price``; ``sale`` of ``is_sale``."""
    return field_of(column).removeprefix("is_").replace("_", " ")


def joined(things: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *head, last = things
    return f"{', '.join(head)} and {last}" if head else last
