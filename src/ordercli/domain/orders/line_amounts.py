"""The arithmetic of what is told for a line: shared among its units, grown to more of them, without its tax."""

from collections.abc import Iterable

from ordercli.domain.money import has_other_decimals, written_in
from ordercli.domain.orders.order_rows import AMOUNTS
from ordercli.domain.shares import share

ToldAmounts = tuple[int | None, ...]
"""Minor units in the order of ``order_rows.AMOUNTS``."""

_TAXES = tuple(
    (AMOUNTS.index(tax), AMOUNTS.index(tax.replace("_tax", "_price"))) for tax in AMOUNTS if "_tax" in tax
)
_DISCOUNT = AMOUNTS.index("discount")


def sum_of(many: Iterable[ToldAmounts]) -> ToldAmounts:
    """Amounts added part by part; a part is None where nobody tells it."""
    parts = [[part for part in told if part is not None] for told in zip(*many, strict=True)]
    return tuple(sum(told) if told else None for told in parts) or (None,) * len(AMOUNTS)


def in_currency(amounts: ToldAmounts, told: str, currency: str) -> ToldAmounts:
    """Amounts that were read by the decimals of one currency and are of another: written, they stay what they are.

    What cannot be written so (20.50 of a currency without decimals) makes them all unknown.
    """
    if not has_other_decimals(told, currency):
        return amounts
    values = [None if amount is None else written_in(amount, told, currency) for amount in amounts]
    is_lost = any(amount is not None and value is None for amount, value in zip(amounts, values, strict=True))
    return (None,) * len(AMOUNTS) if is_lost else tuple(values)


def total_of(amounts: ToldAmounts) -> int:
    """What a buyer pays by them in all; parts that nobody tells are 0."""
    return sum((-1 if place == _DISCOUNT else 1) * (amount or 0) for place, amount in enumerate(amounts))


def without_tax(amounts: ToldAmounts) -> ToldAmounts:
    """Amounts of which the prices contain their taxes, with prices that do not."""
    values = list(amounts)
    for tax, price in _TAXES:
        if values[tax] is not None and values[price] is not None:
            values[price] = max(0, values[price] - values[tax])  # type: ignore[operator]
    return tuple(values)


def grown(amounts: ToldAmounts, priced: int, quantity: int) -> ToldAmounts:
    """Amounts for more units than they are for, so that the first ``priced`` of them have what was told.

    The total and every lesser part grow alike, rounded half up; the price of the items is the rest, as it is when
    a line's amounts are shared among its units.
    """
    if priced in (0, quantity) or amounts[0] is None:
        return amounts
    lesser = [None if amount is None else share(amount, quantity, priced) for amount in amounts[1:]]
    return (max(0, share(total_of(amounts), quantity, priced) - total_of((0, *lesser))), *lesser)
