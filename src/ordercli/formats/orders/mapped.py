"""Any shop's order file, read by a map from its columns to ordercli's own fields.

The seller says once which column is what (``--map COL=FIELD``) and what its words of status mean (``--map-value
WORD=STATUS``); the rest is lenient where spreadsheets and other shops differ: dates in many shapes, currency signs
and thousands separators in numbers, ``#1001`` as order id.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from ordercli.domain.fields import (
    MAX_QUANTITY,
    FieldError,
    RowError,
    channel_of,
    parse_item_id,
    parse_order_id,
    parse_sku,
    parse_tags,
    shown,
)
from ordercli.domain.foreign_amounts import currencies_beside, plain_money
from ordercli.domain.foreign_dates import iso_dated
from ordercli.domain.foreign_numbers import plain_whole
from ordercli.domain.orders.order_rows import (
    AMOUNTS,
    LINE_TEXT,
    PERSONAL,
    OrderRow,
    extras_of,
    refuse_odd_amounts,
    refuse_odd_units,
    told_release,
)
from ordercli.domain.text import unguard_formula
from ordercli.errors import Refused, UsageProblem
from ordercli.formats.cells import (
    amount,
    currency_code,
    fulfillment,
    row_error,
    sale_day,
    unless_dash,
    whole,
    wide_instant,
    without_sign,
)
from ordercli.formats.column_map import columns_by_field
from ordercli.formats.file_kinds import letters
from ordercli.formats.orders.layout import OrderLayout, RowParser, ShopDefaults
from ordercli.formats.styles import Kinds

T = TypeVar("T")
DATES = ("ordered_at", "ship_by", "deliver_by", "shipped_at", "channel_updated_at")
FIELDS = (
    "order_id",
    "order_line_id",
    "channel",
    *DATES,
    "status",
    "fulfillment",
    "service_level",
    "sku",
    "name",
    "quantity",
    "quantity_shipped",
    "quantity_canceled",
    "unit_price",
    *AMOUNTS,
    "currency",
    *PERSONAL,
    *LINE_TEXT,
    "tags",
)
REQUIRED = ("order_id", "sku", "quantity")
STATUSES = ("pending", "unshipped", "partially_shipped", "shipped", "canceled")
"""What a word of status can mean; these words themselves are known."""
_SOME = re.compile("[1-9]")
"""In an amount that is not 0."""
_KNOWN_WORDS = {**{letters(word): word for word in STATUSES}, "cancelled": "canceled"}


class ColumnMapping(NamedTuple):
    """How one kind of file is read.

    Attributes:
        channel: where orders were sold whose row does not tell; "" if the form of their ids decides.
        columns: (column, field) pairs.
        day_first: ``03/04/26`` is the 3rd of April, or March 4; None if each file's columns decide.
        decimal_comma: ``1.234,50`` is an amount.
        values: (word of status, what it means) pairs; of the word "" is what rows without a word are.
        is_book: whether its columns are those of a whole spreadsheet, each with its sheet.
    """

    channel: str
    columns: tuple[tuple[str, str], ...]
    day_first: bool | None = None
    decimal_comma: bool = False
    values: tuple[tuple[str, str], ...] = ()
    is_book: bool = False

    @property
    def kinds(self) -> Kinds:
        """Its columns of dates; numbers are read with their fields, since currencies stand beside them."""
        return Kinds(dates=tuple(column for column, field in self.columns if field in DATES))


class ShopNow(NamedTuple):
    """What the shop knows of the orders and products that a file tells.

    Attributes:
        named: SKUs by what else products are called by, as :func:`bare_word` spells it.
        open_orders: (channel, id) of orders of which units are still to be shipped.
        stock_since: when stock of a product was first here, by SKU.
        made_at: when the file was made.
    """

    named: Mapping[str, str] = {}
    open_orders: Collection[tuple[str, str]] = ()
    stock_since: Mapping[str, str] = {}
    made_at: str = ""

    def left_at(self, channel: str, order_id: str, sku: str, ordered_at: str | None) -> str | None:
        """When units left whose day is not told: by the date of the file, if stock was certainly here by then.

        It is, if the order was open here, or came after the stock; else they are history, and None.
        """
        since = self.stock_since.get(sku)
        if (channel, order_id) in self.open_orders or (since and ordered_at and ordered_at > since):
            return self.made_at or None
        return None


_NOTHING_KNOWN = ShopNow()


def parse_mapping(
    pairs: Sequence[str],
    *,
    channel: str,
    day_first: bool | None = None,
    decimal_comma: bool = False,
    values: Sequence[str] = (),
) -> ColumnMapping:
    """The map that ``--map COL=FIELD`` and ``--map-value WORD=STATUS`` give; both may hold ``=`` on their left.

    Raises:
        UsageProblem: for an unknown or doubled field or word, or a missing required field.
    """
    fields = columns_by_field(pairs, FIELDS, required=REQUIRED, example="Order Number=order_id")
    if "shipped_at" in fields and "channel_updated_at" in fields:
        raise UsageProblem(
            "--map: shipped_at and channel_updated_at are both the time of the row; map one of them."
        )
    words = parse_words(values)
    if any(word for word, _ in words) and "status" not in fields:
        raise UsageProblem("--map-value tells what words of status mean; map its column too: --map COL=status.")
    return ColumnMapping(
        channel, tuple((column, field) for field, column in fields.items()), day_first, decimal_comma, words
    )


def parse_words(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(word, status) of each ``--map-value WORD=STATUS``; ``=STATUS`` is of rows without a word.

    Raises:
        UsageProblem: for another status, or a word that is told twice.
    """
    words: dict[str, str] = {}
    for value in values:
        word, sign, meaning = value.rpartition("=")
        if not sign or meaning not in STATUSES:
            raise UsageProblem(
                f'--map-value {value!r}: write WORD=STATUS, such as "Shipped - Delivered=shipped"; a status is'
                f" one of {', '.join(STATUSES)}."
            )
        if words.setdefault(bare_word(word), meaning) != meaning:
            raise UsageProblem(f"--map-value: {word.strip()!r} is given twice.")
    return tuple(words.items())


def bare_word(word: str) -> str:
    """A word as it is compared: capitals and blanks make no difference."""
    return " ".join(word.casefold().split())


def mapping_to_json(mapping: ColumnMapping) -> str:
    """The map as it is saved."""
    return json.dumps(mapping._asdict(), ensure_ascii=False)


def mapping_from_json(text: str) -> ColumnMapping:
    """A saved map.

    Raises:
        Refused: if it was damaged.
    """
    try:
        told = json.loads(text)
        columns = tuple((str(column), str(field)) for column, field in told["columns"])
        values = tuple((str(word), str(meaning)) for word, meaning in told["values"])
        day_first = None if told["day_first"] is None else bool(told["day_first"])
        comma, is_book = bool(told["decimal_comma"]), bool(told.get("is_book"))
        return ColumnMapping(str(told["channel"]), columns, day_first, comma, values, is_book)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("The saved map cannot be read; save it anew with --map and --save-map.") from error


def mapped_layout(
    name: str,
    mapping: ColumnMapping,
    day_first: Mapping[str, bool] | None = None,
    known: ShopNow = _NOTHING_KNOWN,
) -> OrderLayout:
    """The layout that a map describes.

    Args:
        name: the map's.
        mapping: the map.
        day_first: of columns of dates, whether the day comes first.
        known: what the shop knows of what the file tells.
    """
    first = day_first or {}
    return OrderLayout(
        name,
        f"the map {name}",
        frozenset(),
        tuple(column for column, _ in mapping.columns),
        lambda header, shop: _MappedRows(header, shop, mapping, first, known).reader(),
        channel=mapping.channel or None,
        is_complete=True,
        is_own=True,
        reading=json.dumps([mapping_to_json(mapping), sorted(column for column in first if first[column])]),
        key=next((column for column, field in mapping.columns if field == "order_id"), ""),
    )


class _MappedRows:
    """Rows of any shop's file."""

    def __init__(
        self,
        header: tuple[str, ...],
        shop: ShopDefaults,
        mapping: ColumnMapping,
        day_first: Mapping[str, bool],
        known: ShopNow,
    ) -> None:
        self._header, self._shop, self._mapping = header, shop, mapping
        self._places = {field: header.index(column) for column, field in mapping.columns}
        self._moments = {
            field: _moment_reader(
                shop.time_zone, day_first=day_first.get(column, False), is_end=field in ("ship_by", "deliver_by")
            )
            for column, field in mapping.columns
            if field in DATES
        }
        self._words = dict(mapping.values)
        self._known = known

    def reader(self) -> RowParser:
        """What reads a row."""
        return RowParser(self.parse, tuple(self._places.values()))

    def parse(self, line: int, raw: list[str]) -> OrderRow | RowError:
        """One row, or what is wrong with it."""
        told = _Told({field: self._cell(field, raw[place]) for field, place in self._places.items()})
        bare_id = told["order_id"].removeprefix("#")
        channel = told.read_told("channel", _channel) or self._mapping.channel or channel_of(bare_id)
        try:
            order_id = told.read("order_id", lambda _: parse_order_id(bare_id, channel=channel))
            item_id = told.read_told("order_line_id", parse_item_id)
            sku = told.read("sku", lambda cell: self._known.named.get(bare_word(cell)) or parse_sku(cell))
            units = told.read("quantity", self._whole) if "quantity" in self._places else 1
            word = told.read_told("status", self._status) or self._word_of_blank(told)
            is_canceled = not units or word == "canceled"
            canceled = told.read_told("quantity_canceled", lambda cell: self._whole(cell, most=units)) or 0
            shipped = told.read_told("quantity_shipped", lambda cell: self._whole(cell, most=units))
            told.read("quantity_shipped", lambda _: refuse_odd_units(units, shipped or 0, canceled))
            shipped = told.read("status", lambda _: _shipped(word, shipped, units - canceled))
            currency = self._currency(told)
            each, amounts = self._money(told, currency or self._shop.currency)
            moments = {field: told.read_told(field, read) for field, read in self._moments.items()}
            shipper = told.read_told("fulfillment", fulfillment)
            tags = told.read_told("tags", parse_tags)
            if amounts[0] is None and each is not None:
                amounts[0] = each * units
            told.read("item_price", lambda _: refuse_odd_amounts(amounts))
        except FieldError as error:
            return row_error(line, self._header, self._places.get(told.field, 0), error, bare_id)
        left_at = moments.get("shipped_at") or moments.get("channel_updated_at")
        if shipped and left_at is None:
            left_at = self._known.left_at(channel, order_id, sku, moments.get("ordered_at"))
        sold_at = left_at or moments.get("ordered_at") or self._shop.now
        texts = [told.get(name) or None for name in LINE_TEXT]
        return OrderRow(
            line=line,
            channel=channel,
            order_id=order_id,
            item_id=item_id,
            sku=sku,
            name=told.get("name") or None,
            quantity=units,
            quantity_shipped=shipped,
            quantity_canceled=canceled,
            is_canceled=int(is_canceled),
            ordered_at=moments.get("ordered_at"),
            ship_by=moments.get("ship_by"),
            deliver_by=moments.get("deliver_by"),
            fulfillment=shipper,
            service_level=told.get("service_level") or None,
            channel_status=told.get("status") or None,
            updated_at=left_at,
            sold_on=sale_day(sold_at, self._shop.time_zone) if shipped else None,
            is_released=told_release(word, shipped),
            currency=currency,
            amounts=amounts,
            person=[told.get(name) or None for name in PERSONAL],
            extras=extras_of(gift_message=texts[0], customization=texts[1], tags=tags),
        )

    def _cell(self, field: str, raw: str) -> str:
        """What stands in a cell; a dash is nothing, but where it would be what names the order, or was mapped."""
        cell = unguard_formula(raw).strip()
        is_word = field in REQUIRED or (field == "status" and bare_word(cell) in self._words)
        return cell if is_word else unless_dash(cell)

    def _whole(self, cell: str, most: int = MAX_QUANTITY) -> int:
        return whole(plain_whole(cell, decimal_comma=self._mapping.decimal_comma), most=most)

    def _word_of_blank(self, told: "_Told") -> str | None:
        """What a row without a word of status is: shipped, if it has a day of shipment; else as the map says."""
        return "shipped" if told.get("shipped_at") else self._words.get("")

    def _status(self, cell: str) -> str:
        word = self._words.get(bare_word(cell)) or _KNOWN_WORDS.get(letters(cell))
        if word is None:
            raise FieldError(
                f"{shown(cell)} is no status known here; say with --map-value WORD=STATUS whether it means"
                f" {', '.join(STATUSES)}"
            )
        return word

    def _currency(self, told: "_Told") -> str | None:
        """The currency of a row: as its column tells, else as its amounts show (``£20``), else that of bare ones.

        A row without amounts, or with bare ones of 0 alone, which is nothing in each currency, tells none, unless
        the seller said which is its channel's: another file may know.

        Raises:
            FieldError: if amounts show only that it is one of several (``¥20``), and the shop's is none of them.
        """
        if own := told.read_told("currency", currency_code):
            return own
        unclear = None
        tells_own = False
        for name in ("unit_price", *AMOUNTS):
            meant = told.read_told(name, currencies_beside)
            tells_own = tells_own or bool(meant or (meant is not None and _SOME.search(told[name])))
            if not meant or self._shop.currency in meant:
                continue
            if len(meant) == 1:
                return min(meant)
            unclear = unclear or (name, meant)
        if unclear:
            told.field, meant = unclear
            raise FieldError(
                f"{shown(told[told.field])} is in {' or '.join(sorted(meant))}, not in {self._shop.currency};"
                " say which in a column of codes, with --map COL=currency"
            )
        return self._shop.currency if tells_own or self._shop.is_currency_set else None

    def _money(self, told: "_Told", currency: str) -> tuple[int | None, list[int | None]]:
        """The price of one and the amounts of the line."""
        comma = self._mapping.decimal_comma

        def read(cell: str) -> int:
            return _amount_of(cell, currency, comma)

        def discount(cell: str) -> int:
            return _amount_of(without_sign(cell), currency, comma)

        each = told.read_told("unit_price", read)
        return each, [told.read_told(name, discount if name == "discount" else read) for name in AMOUNTS]


class _Told(dict[str, str]):
    """The cells of a row by their fields, which remember the field read last.

    Attributes:
        field: that one, for what is said of a cell that cannot be read.
    """

    field: str = "order_id"

    def read(self, field: str, parse: Callable[[str], T]) -> T:
        """The value of a cell, blank if the map has no such field."""
        self.field = field
        return parse(self.get(field, ""))

    def read_told(self, field: str, parse: Callable[[str], T]) -> T | None:
        """The value of a cell; None for a blank one, or none."""
        self.field = field
        return parse(self[field]) if self.get(field) else None


def _channel(cell: str) -> str:
    """The name of a channel, however it is written; Amazon's marketplaces are one."""
    name = re.sub(r"[^a-z0-9]+", "-", cell.lower()).strip("-")
    return "amazon" if name.split("-")[0] in ("amazon", "amz", "amzn") else name


@lru_cache(maxsize=65_536)
def _amount_of(cell: str, currency: str, decimal_comma: bool) -> int:
    """An amount with or without its currency beside it; reports repeat the same few."""
    return amount(plain_money(cell, currency, decimal_comma=decimal_comma), currency)


def _shipped(word: str | None, told: int | None, most: int) -> int:
    """Units shipped: what the file tells, or all that its word of status means."""
    if word == "partially_shipped" and told is None:
        raise FieldError("tells that a part is shipped but not how much; map also the column of quantity_shipped")
    if word == "shipped" and told is None:
        return most
    return told or 0


def _moment_reader(zone: str, *, day_first: bool, is_end: bool) -> Callable[[str], str]:
    """Reader of a date or date-time in any shape."""
    read_iso = wide_instant(zone, is_end=is_end)

    @lru_cache(maxsize=65_536)
    def read(cell: str) -> str:
        return read_iso(iso_dated(cell, day_first=day_first))

    return read
