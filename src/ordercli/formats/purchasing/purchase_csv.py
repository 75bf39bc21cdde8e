"""Drafts of purchases as CSV: what ``purchase export`` writes, or the suggestions of the reorder report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ordercli.domain.fields import FieldError, RowError, parse_sku, parse_whole, shown
from ordercli.domain.money import parse_amount
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import parse_date
from ordercli.errors import Refused
from ordercli.formats.cells import Columns, row_error
from ordercli.formats.styles import Kinds

QUANTITY, SUGGESTED = "quantity", "suggested_quantity"
KINDS = Kinds(dates=("expected_on",), numbers=(QUANTITY, SUGGESTED, "unit_cost"))


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """One row; a supplier, cost or day that is not told is None, and 0 units are nothing to buy."""

    line: int
    sku: str
    quantity: int
    supplier: str | None
    unit_cost_minor: int | None
    expected_on: str | None


@dataclass(frozen=True, slots=True)
class Market:
    """What there is to buy and from whom.

    Attributes:
        currency: the shop's, for products without supplier.
        sellers: supplier of every product with stock of its own, by SKU; None for nobody.
        currencies: of the prices of every supplier, by name.
    """

    currency: str
    sellers: Mapping[str, str | None]
    currencies: Mapping[str, str]


def holds_suggestions(name: str, header: tuple[str, ...]) -> bool:
    """Whether a file tells suggestions, as the reorder report does, and not quantities.

    Raises:
        Refused: if it tells neither, or no SKUs.
    """
    if "sku" not in header or (QUANTITY not in header and SUGGESTED not in header):
        raise Refused(f"{name} lacks the columns sku and quantity, which a draft must have.")
    return QUANTITY not in header


def draft_parser(header: tuple[str, ...], market: Market) -> Callable[[int, list[str]], DraftRecord | RowError]:
    """Parser for rows of drafts.

    Of suggestions only SKU and quantity count: whom to buy from and at what price is up to the product.
    """
    at = Columns(header)
    suggests = QUANTITY not in header
    sku, units = at("sku"), at(SUGGESTED if suggests else QUANTITY)
    supplier, cost, currency, day = (
        -1 if suggests else at(name) for name in ("supplier", "unit_cost", "currency", "expected_on")
    )
    seen: set[tuple[str, str | None]] = set()

    def parse(line: int, raw: list[str]) -> DraftRecord | RowError:
        cells = [*(unguard_formula(cell.strip()) for cell in raw), ""]
        column = sku
        try:
            key = _known(parse_sku(cells[sku]), market.sellers, "product with stock of its own")
            column = supplier
            seller = _known(cells[supplier], market.currencies, "supplier") if cells[supplier] else None
            who = seller or market.sellers[key]
            column = sku
            if (key, who) in seen:
                raise FieldError(f"{shown(key)} is in an earlier row already")  # noqa: TRY301 - one exit
            column = units
            quantity = parse_whole(cells[units], least=0 if suggests else 1)
            column = currency
            money = market.currencies[who] if who is not None else market.currency
            if cells[currency] not in ("", money):
                raise FieldError(f"{shown(cells[currency])} is not {money}, which {who or 'the shop'} trades in")  # noqa: TRY301 - the same
            column = cost
            each = parse_amount(cells[cost], money) if cells[cost] else None
            column = day
            expected_on = parse_date(cells[day]) if cells[day] else None
        except FieldError as error:
            return row_error(line, header, column, error)
        seen.add((key, who))
        return DraftRecord(line, key, quantity, seller, each, expected_on)

    return parse


def _known(name: str, known: Mapping[str, object], noun: str) -> str:
    if name not in known:
        raise FieldError(f"{shown(name)} is no {noun}; add it first")
    return name
