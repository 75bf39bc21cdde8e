"""Files of what is held against orders: Amazon's seller feedback report, and feedback and claims as CSV.

Amazon's report has Date (``M/d/yy``), Rating, Comments, Your Response, Order ID and Rater Email, separated by
tabs. Comments, answers and addresses are personal data that no rate needs; they are not read.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ordercli.domain.fields import FieldError, RowError, parse_whole, shown
from ordercli.domain.health.remarks import Remark
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import day_of
from ordercli.domain.wide_dates import parse_any_instant
from ordercli.errors import NotFound, Refused
from ordercli.formats.cells import Columns, boolean, row_error
from ordercli.formats.styles import Kinds

OrderFinder = Callable[[str], "KnownOrder | None"]
_ORDER = ("order_id", "Order ID", "order-id")
_STARS = ("stars", "Rating", "rating")
_GIVEN = ("given_on", "Date", "date")
_FILED = ("filed_on", "Date", "date")
FEEDBACK, CLAIMS = Kinds(dates=_GIVEN), Kinds(dates=_FILED)
KINDS = ("a-to-z", "chargeback")
STATUSES = ("open", "granted", "denied", "withdrawn", "funded")
_MOST_STARS = 5


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that a row may mean: row id, zone of its channel, and there the day it came in and today."""

    row_id: int
    zone: str
    came_in: str
    today: str


class _Day:
    """Reads the day of a row, the channel's, and that it is neither to come nor before the order.

    A day that has begun where the shop is and not yet where the channel is means the channel's present one.
    """

    def __init__(self, shop_today: str) -> None:
        self.shop_today = shop_today

    def read(self, cell: str, order: KnownOrder) -> str:
        day = day_of(parse_any_instant(cell, zone=order.zone), order.zone)
        if day > max(self.shop_today, order.today):
            raise FieldError(f"{day} is still to come")
        if day < order.came_in:
            raise FieldError(f"{day} is before the order came in, on {order.came_in}")
        return min(day, order.today)


def _columns(at: Columns, header: tuple[str, ...], **needed: tuple[str, ...]) -> dict[str, int]:
    """Places of the columns without which a file cannot be read.

    Raises:
        Refused: naming the one that is not there.
    """
    places = {field: at(*names) for field, names in needed.items()}
    for field, place in places.items():
        if place < 0:
            raise Refused(
                f"The file has no column {needed[field][0]} (or {needed[field][1]}); it has {', '.join(header)}."
            )
    return places


def _order(cell: str, find: OrderFinder) -> KnownOrder:
    try:
        order = find(cell)
    except NotFound as error:
        raise FieldError(str(error).removesuffix(".")) from error
    if order is None:
        raise FieldError(f"there is no order {shown(cell)} here; import its order report first")
    return order


def feedback_parser(
    header: tuple[str, ...], find: OrderFinder, *, today: str
) -> Callable[[int, list[str]], Remark | RowError]:
    """Parser for rows of feedback.

    Args:
        header: the file's columns.
        find: the order of an id.
        today: the shop's day.

    Raises:
        Refused: if a column is missing.
    """
    at = Columns(header)
    places = _columns(at, header, order=_ORDER, stars=_STARS, day=_GIVEN)
    withdrawn = at("is_withdrawn")
    days = _Day(today)

    def parse(line: int, raw: list[str]) -> Remark | RowError:
        cells = [unguard_formula(cell.strip()) for cell in raw]
        cells.append("")
        column = places["order"]
        try:
            order = _order(cells[column], find)
            column = places["stars"]
            stars = parse_whole(cells[column], least=1, most=_MOST_STARS)
            column = places["day"]
            day = days.read(cells[column], order)
        except FieldError as error:
            return row_error(line, header, column, error)
        return Remark(order.row_id, day, stars=stars, is_withdrawn=int(boolean(cells[withdrawn])))

    return parse


def claim_parser(
    header: tuple[str, ...], find: OrderFinder, *, today: str
) -> Callable[[int, list[str]], Remark | RowError]:
    """Parser for rows of claims and chargebacks; arguments as of :func:`feedback_parser`.

    Raises:
        Refused: if a column is missing.
    """
    places = _columns(
        Columns(header), header, order=_ORDER, kind=("kind", "Type"), status=("status", "Status"), day=_FILED
    )
    days = _Day(today)

    def parse(line: int, raw: list[str]) -> Remark | RowError:
        cells = [unguard_formula(cell.strip()) for cell in raw]
        column = places["order"]
        try:
            order = _order(cells[column], find)
            column = places["kind"]
            kind = _one_of(cells[column], KINDS)
            column = places["status"]
            status = _one_of(cells[column], STATUSES)
            column = places["day"]
            day = days.read(cells[column], order)
        except FieldError as error:
            return row_error(line, header, column, error)
        return Remark(order.row_id, day, kind=kind, status=status)

    return parse


def is_amazons(header: tuple[str, ...]) -> bool:
    """Whether it is Amazon's feedback report, which writes ``M/d/yy``, and not a CSV of the seller's."""
    return {"Date", "Rating", "Order ID"} <= set(header)


def _one_of(cell: str, words: tuple[str, ...]) -> str:
    if cell.lower() not in words:
        raise FieldError(f"{shown(cell)} is none of {', '.join(words)}")
    return cell.lower()
