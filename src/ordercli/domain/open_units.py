"""Units still to go or to come: what is neither shipped, received, canceled nor lost of what was ordered or sent.

The function is for values in hand; in the database every such row has it as a generated column.
"""


def open_units(quantity: int, *gone: int) -> int:
    """Units of ``quantity`` that are still to go or to come; 0 where more came than was ordered."""
    return max(0, quantity - sum(gone))


def open_sql(quantity: str, *gone: str) -> str:
    """SQL of :func:`open_units` of expressions, for generated columns."""
    return f"max(0, {' - '.join((quantity, *gone))})"
