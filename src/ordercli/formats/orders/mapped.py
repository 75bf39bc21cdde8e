"""Any shop's order file, read by a map from its columns to ordercli's own fields.

The seller says once which column is what (``--map COL=FIELD``); the rest is lenient where spreadsheets and other
shops differ: dates in many shapes, currency signs and thousands separators in amounts, ``#1001`` as order id.
"""

import json
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from ordercli.domain.fields import (
    FieldError,
    RowError,
    parse_item_id,
    parse_order_id,
    parse_sku,
    parse_tags,
    shown,
)
from ordercli.domain.orders.order_rows import AMOUNTS, LINE_TEXT, PERSONAL, OrderRow, extras_of
from ordercli.domain.text import unguard_formula
from ordercli.errors import Refused, UsageProblem
from ordercli.formats.cells import (
    amount,
    currency_code,
    fulfillment,
    row_error,
    whole,
    wide_instant,
    without_sign,
)
from ordercli.formats.orders.layout import OrderLayout, RowParser, ShopDefaults

FIELDS = (
    "order_id",
    "order_line_id",
    "ordered_at",
    "ship_by",
    "deliver_by",
    "fulfillment",
    "service_level",
    "sku",
    "name",
    "quantity",
    "unit_price",
    *AMOUNTS,
    "currency",
    *PERSONAL,
    *LINE_TEXT,
    "tags",
)
REQUIRED = ("order_id", "sku", "quantity")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z|[0-9]+(?:\.[0-9]+)?\Z")
_AROUND = re.compile(r"^(?:[A-Z]{3}|[^0-9.,+-]{1,3})?\s*(.*?)\s*(?:[A-Z]{3}|[^0-9.,]{1,3})?\Z")


class ColumnMapping(NamedTuple):
    """How one kind of file is read.

    Attributes:
        channel: where its orders were sold.
        columns: (column, field) pairs.
        day_first: ``03/04/26`` is the 3rd of April.
        decimal_comma: ``1.234,50`` is an amount.
    """

    channel: str
    columns: tuple[tuple[str, str], ...]
    day_first: bool = False
    decimal_comma: bool = False


def parse_mapping(
    pairs: Sequence[str], *, channel: str, day_first: bool = False, decimal_comma: bool = False
) -> ColumnMapping:
    """The map that ``--map COL=FIELD`` options give; a column may hold ``=`` itself.

    Raises:
        UsageProblem: for an unknown or doubled field, or a missing required one.
    """
    columns = []
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or not column.strip():
            raise UsageProblem(f'--map {pair!r}: write COLUMN=FIELD, such as "Order Number=order_id".')
        if field not in FIELDS:
            near = get_close_matches(field, FIELDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"fields are {', '.join(FIELDS)}."
            raise UsageProblem(f"--map {pair!r}: there is no field {field!r}; {hint}")
        columns.append((column.strip(), field))
    fields = [field for _, field in columns]
    twice = next((field for field in fields if fields.count(field) > 1), None)
    if twice is not None:
        raise UsageProblem(f"--map: the field {twice} is given twice.")
    missing = [field for field in REQUIRED if field not in fields]
    if missing:
        raise UsageProblem(f"--map: say also which column is {', '.join(missing)}.")
    return ColumnMapping(channel, tuple(columns), day_first, decimal_comma)


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
        return ColumnMapping(str(told["channel"]), columns, bool(told["day_first"]), bool(told["decimal_comma"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("The saved map cannot be read; save it anew with --map and --save-map.") from error


def mapped_layout(name: str, mapping: ColumnMapping) -> OrderLayout:
    """The layout that a map describes."""
    return OrderLayout(
        name,
        f"the map {name}",
        frozenset(),
        tuple(column for column, _ in mapping.columns),
        lambda header, shop: _parser(header, shop, mapping),
        channel=mapping.channel,
        reading=mapping_to_json(mapping),
        key=next((column for column, field in mapping.columns if field == "order_id"), ""),
    )


def _parser(header: tuple[str, ...], shop: ShopDefaults, mapping: ColumnMapping) -> RowParser:
    places = {field: header.index(column) for column, field in mapping.columns}
    begin = wide_instant(shop.time_zone, day_first=mapping.day_first)
    end = wide_instant(shop.time_zone, day_first=mapping.day_first, is_end=True)

    def parse(line: int, raw: list[str]) -> OrderRow | RowError:
        told = {field: unguard_formula(raw[place]).strip() for field, place in places.items()}
        field = "order_id"

        def read(name: str, convert: Callable[[str], object]) -> object:
            nonlocal field
            field = name
            return convert(told[name]) if told.get(name) else None

        try:
            order_id = parse_order_id(told["order_id"].removeprefix("#"), channel=mapping.channel)
            item_id = read("order_line_id", parse_item_id)
            field = "sku"
            sku = parse_sku(told["sku"])
            field = "quantity"
            units = whole(re.sub(r"\.0+\Z", "", told["quantity"]), least=1)
            currency = read("currency", currency_code)
            money = _money_reader(str(currency or shop.currency), decimal_comma=mapping.decimal_comma)
            each = read("unit_price", money)

            def discount(cell: str) -> int:
                return money(without_sign(cell))

            amounts = [read(name, discount if name == "discount" else money) for name in AMOUNTS]
            ordered_at = read("ordered_at", begin)
            ship_by, deliver_by = read("ship_by", end), read("deliver_by", end)
            shipper = read("fulfillment", fulfillment)
            tags = read("tags", parse_tags)
        except FieldError as error:
            place = places.get(field, 0)
            return row_error(line, header, place, error, told["order_id"].removeprefix("#"))
        if amounts[0] is None and isinstance(each, int):
            amounts[0] = each * units
        texts = [told.get(name) or None for name in LINE_TEXT]
        return OrderRow(
            line=line,
            channel=mapping.channel,
            order_id=order_id,
            item_id=_text(item_id),
            sku=sku,
            name=told.get("name") or None,
            quantity=units,
            ordered_at=_text(ordered_at),
            ship_by=_text(ship_by),
            deliver_by=_text(deliver_by),
            fulfillment=_text(shipper),
            service_level=told.get("service_level") or None,
            currency=str(currency or shop.currency),
            amounts=[value if isinstance(value, int) else None for value in amounts],
            person=[told.get(name) or None for name in PERSONAL],
            extras=extras_of(gift_message=texts[0], customization=texts[1], tags=_text(tags)),
        )

    return RowParser(parse, tuple(places.values()))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _money_reader(currency: str, *, decimal_comma: bool) -> Callable[[str], int]:
    """Reader of amounts such as ``$1,234.50``, or ``1.234,50 €`` with a decimal comma."""

    def read(cell: str) -> int:
        bare = _AROUND.sub(r"\1", cell)
        if decimal_comma:
            bare = bare.translate({ord("."): ",", ord(","): "."})
        if not _GROUPED.match(bare):
            raise FieldError(f"{shown(cell)} is not an amount such as 12.50")
        return amount(bare.replace(",", ""), currency)

    return read
