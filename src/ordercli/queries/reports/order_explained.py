"""What an order is the sum of, and for each field of it which file said so, as of when."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ordercli.domain.backorders import backordered_sql
from ordercli.domain.money import format_amount
from ordercli.domain.orders.order_edits import LineEdit, OrderEdit, personal_bit
from ordercli.domain.orders.order_rows import AMOUNTS, LINE_TEXT, PERSONAL
from ordercli.domain.orders.orders import HANDLE
from ordercli.domain.repaid import EVER, GIVEN_BACK, SETTLED, settled_values
from ordercli.domain.report import Column, Explanation, Report
from ordercli.domain.settings import value_sql
from ordercli.domain.shares import TOTAL
from ordercli.domain.times import wall_clock
from ordercli.queries.orders.order_card import shown_person
from ordercli.queries.orders.order_sources import Teller, order_sources
from ordercli.queries.orders.orders import LINE_LEFT, find_order
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("term", "word"),
    Column("sku", "key", "SKU"),
    Column("line", "key"),
    Column("value"),
    Column("units", "whole"),
    Column("amount", "money"),
    Column("operations", "word"),
    Column("report", "word"),
    Column("as_of", "instant"),
    Column("file_dated", "instant"),
    Column("file"),
    Column("currency", "word", ""),
)
_SUM = ("term", "sku", "units", "amount", "operations", "currency")
_FIELD = ("term", "sku", "line", "value", "as_of", "file", "report", "operations")
_SPARE = ("line", "report", "operations")

_UNITS = ("ordered", "canceled", "shipped", "allocated", "backordered", "returned")
_TERMS = (
    "items",
    "item tax",
    "shipping",
    "shipping tax",
    "gift wrap",
    "gift wrap tax",
    "discount",
    "share of canceled units",
)
_TOLD_AS = {"ordered": "quantity", "canceled": "canceled", "shipped": "shipped"}
"""Which field of a line tells how many units of a kind there are."""

_TAX_SETTING = "'channel.' || o.channel || '.prices_include_tax'"
ORDER = f"""
SELECT o.order_id, coalesce(o.currency, :currency) AS currency, o.edited_fields, o.is_ship_by_computed,
  op.command, op.id AS operation,
  (SELECT group_concat(operation_id) FROM (SELECT DISTINCT e.operation_id FROM order_event e
    WHERE e.sales_order_id = o.id AND e.kind = 'edited' ORDER BY e.operation_id) AS found) AS edits,
  o.ordered_at, o.ship_by, o.deliver_by, o.fulfillment, o.service_level, o.channel_status, o.sales_channel,
  o.original_order_id, {value_sql(_TAX_SETTING, "o.ordered_on")} AS tax_inside,
  {value_sql(_TAX_SETTING, "o.ordered_on", column="operation_id")} AS tax_set_by,
  {", ".join(f"p.{name}" for name in PERSONAL)}
FROM sales_order o JOIN operation op ON op.id = o.operation_id
LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version
WHERE o.id = :order"""

LINES = f"""
WITH sold AS (
  SELECT id AS order_row, order_id, channel, coalesce(currency, :currency) AS currency FROM sales_order
  WHERE id = :order
), {SETTLED}, {GIVEN_BACK}
SELECT p.sku, {HANDLE} AS handle, l.edited_fields, l.price_is_estimated, l.is_tax_included,
  coalesce(l.name, p.name) AS name, d.gift_message, d.customization,
  (SELECT group_concat(operation_id) FROM (SELECT DISTINCT c.operation_id FROM cancellation c
    WHERE c.order_line_id = l.id ORDER BY c.operation_id) AS found) AS canceled_by,
  (SELECT group_concat(operation_id) FROM (
    SELECT DISTINCT s.operation_id FROM shipment_line i JOIN shipment s ON s.id = i.shipment_id
    WHERE i.order_line_id = l.id AND s.status <> 'void' ORDER BY s.operation_id) AS found) AS shipped_by,
  l.quantity, l.quantity_canceled, l.quantity_shipped, l.quantity_allocated,
  {backordered_sql()} AS backordered,
  l.quantity_returned, l.channel_canceled, l.channel_shipped,
  {", ".join(f"l.{name}_minor AS {name}" for name in AMOUNTS)},
  {LINE_LEFT} - {TOTAL} AS canceled_share,
  l.refunded_minor, coalesce((SELECT g.refunded FROM given_back g WHERE g.order_line_id = l.id), 0) AS given_back,
  (SELECT sum(m.cost_minor) FROM shipped_unit i JOIN shipment s ON s.id = i.shipment_id AND s.status <> 'void'
    JOIN stock_movement m ON m.id = i.movement_id WHERE i.order_line_id = l.id) AS cost
FROM order_line l JOIN product p ON p.id = l.product_id JOIN sales_order o ON o.id = l.sales_order_id
LEFT JOIN line_text t ON t.order_line_id = l.id
LEFT JOIN personal_data d ON d.personal_id = t.personal_id AND d.version = t.personal_version
WHERE l.sales_order_id = :order ORDER BY l.line_no"""
_UNIT_COLUMNS = (
    "quantity",
    "quantity_canceled",
    "quantity_shipped",
    "quantity_allocated",
    "backordered",
    "quantity_returned",
)
_EDIT = "order edit"
_BY_HAND = {
    "quantity": LineEdit.QUANTITY,
    "item_price": LineEdit.PRICE,
    "gift_message": LineEdit.GIFT_MESSAGE,
    "customization": LineEdit.CUSTOMIZATION,
}


class OrderTerm(NamedTuple):
    """A row of the explanation, in the order of :data:`COLUMNS`; its currency is the order's unless it says so."""

    term: str
    sku: str | None = None
    line: str | None = None
    value: str | None = None
    units: int | None = None
    amount: int | None = None
    operations: str | None = None
    report: str | None = None
    as_of: str | None = None
    file_dated: str | None = None
    file: str | None = None
    currency: str | None = None

    def told(self, by: Teller | None) -> "OrderTerm":
        """The row with the file that told it; as it is if none did."""
        if by is None:
            return self
        operations = self.operations or str(by.operation)
        return self._replace(
            report=by.report, as_of=by.as_of, file_dated=by.file_dated, file=by.file, operations=operations
        )

    def at(self, zone: str) -> "OrderTerm":
        """The row as a person reads it, an instant in the zone of the shop."""
        if self.value is None or self.term not in _INSTANTS:
            return self
        return self._replace(value=wall_clock(self.value, zone))


_INSTANTS = ("ordered_at", "ship_by", "deliver_by")
"""Fields whose values are instants."""

Sources = dict[tuple[str | None, str], Teller]
"""Who told a field: by the line's handle (None for the order's own fields) and the field."""


def explain_order(reader: Reader, reference: str) -> Explanation:
    """What the units and the total of an order are made of, and which file said each field of it.

    Raises:
        NotFound: if no order is meant.
    """
    values = {"order": find_order(reader, reference)}
    (order,) = _dicts(reader, ORDER, values)
    lines = _dicts(reader, LINES, {**values, **settled_values(), **EVER})
    sources = {(source.handle, source.field): source.told for source in order_sources(reader, values["order"])}
    currency = order["currency"]
    sums = [term for line in lines for term in (*_units(line, order, sources), *_amounts(line, order, sources))]
    totals: dict[str, int] = {}
    for term in sums:
        if term.amount is not None:
            totals[term.term] = totals.get(term.term, 0) + term.amount
    total = sum(totals.values())
    recorded, refunded, cost = (
        sum(line[name] or 0 for line in lines) for name in ("refunded_minor", "given_back", "cost")
    )
    sums.append(OrderTerm("total", amount=total))
    # What goods cost is in the shop's currency, whatever the buyer paid in.
    sums += [
        OrderTerm(name, amount=amount, currency=money)
        for name, amount, money in (
            ("refunded", -recorded, currency),
            ("refunded as a settlement tells", recorded - refunded, currency),
            ("cost of goods shipped", -cost, reader.currency),
        )
        if amount
    ]
    fields = [*_fields(order, sources), *(term for line in lines for term in _line_fields(line, order, sources))]
    text = "".join(
        f"{' + ' if amount > 0 else ' − '}{format_amount(abs(amount), currency)} {term}"
        for term, amount in totals.items()
    )
    said = text.removeprefix(" + ") or "0"
    sentence = f"{order['order_id']}: {said} = {format_amount(total, currency)} {currency}."
    read = [term.at(reader.time_zone) for term in fields]
    tables = (_part(sums, _SUM, currency), _part(read, _FIELD, currency))
    return Explanation(sentence, Report(COLUMNS, _rows([*sums, *fields], currency), "No lines."), tables)


def _dicts(reader: Reader, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = reader.rows(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _rows(terms: list[OrderTerm], currency: str) -> list[tuple[Any, ...]]:
    return [term if term.currency else term._replace(currency=currency) for term in terms]


def _part(terms: list[OrderTerm], names: tuple[str, ...], currency: str) -> Report:
    """Some of the columns, as a table of its own."""
    places = [next(n for n, column in enumerate(COLUMNS) if column.name == name) for name in names]
    columns = [
        column._replace(importance="spare") if column.name in _SPARE else column
        for column in (COLUMNS[place] for place in places)
    ]
    if names is _FIELD:
        columns[0] = columns[0]._replace(title="field")
    rows = [tuple(row[place] for place in places) for row in _rows(terms, currency)]
    return Report(columns, rows, "No lines.")


def _units(line: dict[str, Any], order: dict[str, Any], sources: Sources) -> Iterator[OrderTerm]:
    by = {"ordered": str(order["operation"]), "canceled": line["canceled_by"], "shipped": line["shipped_by"]}
    for name, column in zip(_UNITS, _UNIT_COLUMNS, strict=True):
        if line[column]:
            term = OrderTerm(
                name, line["sku"], f"#{line['handle']}", units=line[column], operations=_sorted(by.get(name))
            )
            is_told = line.get(f"channel_{name}", 1)  # what she canceled and shipped no file told
            yield term.told(sources.get((line["handle"], _TOLD_AS.get(name, ""))) if is_told else None)


def _amounts(line: dict[str, Any], order: dict[str, Any], sources: Sources) -> Iterator[OrderTerm]:
    amounts = [*(line[name] for name in AMOUNTS[:-1]), -(line[AMOUNTS[-1]] or 0), line["canceled_share"]]
    for name, field, amount in zip(_TERMS, (*AMOUNTS, None), amounts, strict=True):
        if amount:
            term = OrderTerm(name, line["sku"], f"#{line['handle']}", amount=amount)
            yield term if field is None else _said_by(term, field, line, order, sources)


def _said_by(
    term: OrderTerm, field: str, line: dict[str, Any], order: dict[str, Any], sources: Sources
) -> OrderTerm:
    """A field of a line with who said it: she, her catalog, or a file."""
    if line["edited_fields"] & int(_BY_HAND.get(field, 0)):
        return term._replace(report=_EDIT, operations=_sorted(order["edits"]))
    if field == AMOUNTS[0] and line["price_is_estimated"]:
        return term._replace(report="product's price")
    return term.told(sources.get((line["handle"], field)))


def _sorted(operations: str | None) -> str | None:
    return " ".join(sorted(operations.split(","), key=int)) if operations else None


def _fields(order: dict[str, Any], sources: Sources) -> Iterator[OrderTerm]:
    """The order's own fields, each with who said it."""
    edited = order["edited_fields"]
    for name in (*_OWN, *PERSONAL):
        value = order[name]
        if value is None:
            continue
        term = OrderTerm(name, value=shown_person(name, value, reveal=False) if name in PERSONAL else value)
        if edited and edited & _order_bit(name):
            yield term._replace(report=_EDIT, operations=_sorted(order["edits"]))
        elif name == "ship_by" and order["is_ship_by_computed"]:
            yield term._replace(report="handling time")
        elif (told := sources.get((None, name))) is not None:
            yield term.told(told)
        elif name == "currency":
            yield term._replace(report="shop")
        else:
            yield term._replace(report=order["command"], operations=str(order["operation"]))


_OWN = (
    "ordered_at",
    "ship_by",
    "deliver_by",
    "fulfillment",
    "service_level",
    "currency",
    "channel_status",
    "sales_channel",
    "original_order_id",
)


def _order_bit(name: str) -> int:
    if name in PERSONAL:
        return int(personal_bit(name))
    return int(OrderEdit[name.upper()]) if name.upper() in OrderEdit.__members__ else 0


def _line_fields(line: dict[str, Any], order: dict[str, Any], sources: Sources) -> Iterator[OrderTerm]:
    """The fields of a line, each with who said it."""
    paid = {name: line[name] for name in AMOUNTS}
    values = {
        "quantity": str(line["quantity"]),
        "shipped": str(line["quantity_shipped"]) if line["channel_shipped"] else None,
        "canceled": str(line["quantity_canceled"]) if line["channel_canceled"] else None,
        **{name: None if n is None else format_amount(n, order["currency"]) for name, n in paid.items()},
        "is_tax_included": "yes" if line["is_tax_included"] else "no",
        "name": line["name"],
        **{name: shown_person(name, line[name], reveal=False) for name in LINE_TEXT},
    }
    for name, value in values.items():
        if value is None:
            continue
        term = OrderTerm(name, line["sku"], f"#{line['handle']}", value)
        said = _said_by(term, name, line, order, sources)
        if said.report is not None:
            yield said
        elif name == "name":
            yield term._replace(report="product")
        elif name == "is_tax_included" and paid[AMOUNTS[0]] is not None:
            by = None if order["tax_inside"] in (None, "auto") else str(order["tax_set_by"])
            yield term._replace(report="setting" if by else "marketplace", operations=by)
