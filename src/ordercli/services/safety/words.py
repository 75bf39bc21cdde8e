"""What taking an operation back means, in the seller's words."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from ordercli.domain.money import format_amount
from ordercli.domain.settings import value_sql
from ordercli.domain.times import wall_clock
from ordercli.domain.words import count, joined, said_of
from ordercli.services.operations import Work
from ordercli.services.safety.leaving import RowKey, RowValues
from ordercli.services.safety.reverse import ReversalPlan, WasReversed

WORDS = {
    "sales_order": "order",
    "order_statement": "statement",
    "order_line": "line",
    "cancellation": "cancellation",
    "shipment": "shipment",
    "shipment_event": "event of a shipment",
    "shipment_fix": "correction of a shipment",
    "shipment_label": "label",
    "line_pick": "record of picked units",
    "packing": "packing",
    "return_authorization": "return",
    "return_step": "step of a return",
    "return_event": "step of returned units",
    "refund": "refund",
    "replacement": "replacement",
    "product": "product",
    "kit_component": "part of a kit",
    "listing": "listing",
    "supplier": "supplier",
    "supplier_product": "supplier's product",
    "price_break": "supplier's price",
    "purchase": "purchase",
    "purchase_line": "line of a purchase",
    "purchase_receipt": "receipt",
    "purchase_cancellation": "cancellation of a purchase",
    "stock_count": "count",
    "count_question": "question about a count",
    "fba_shipment": "shipment to Amazon",
    "fba_statement": "report of Amazon's stock",
    "fba_ledger_event": "event at Amazon",
    "fba_advice": "report of Amazon's advice",
    "settlement": "settlement",
    "upload_file": "file to upload",
    "upload_failure": "refused row of an upload",
    "feedback": "feedback",
    "feedback_removal": "removal of feedback",
    "claim": "claim",
    "claim_removal": "removal of a claim",
    "performance_statement": "report of rates",
    "improvement": "improvement",
    "improvement_end": "end of an improvement",
    "question": "question",
    "answer": "answer",
    "setting": "setting",
    "channel": "channel",
    "location": "place",
    "column_map": "kept layout",
    "order_tag": "tag",
    "own_field": "field",
    "product_field_value": "value of a field",
    "order_field_value": "value of a field",
}
"""What a seller calls a row of a table; the rest is part of one of these."""

_MOVED = """
SELECT p.sku, m.from_location, m.to_location, f.kind = 'outside' AS comes, t.kind = 'outside' AS goes,
  sum(m.quantity) AS units
FROM stock_movement m JOIN product p ON p.id = m.product_id
JOIN location f ON f.code = m.from_location JOIN location t ON t.code = m.to_location
WHERE m.id IN (SELECT value FROM json_each(:ids)) GROUP BY 1, 2, 3, f.kind, t.kind ORDER BY 1, 2, 3"""

CALLED = {
    "product": "SELECT sku FROM product WHERE id = CAST(:key AS INTEGER)",
    "listing": "SELECT channel_sku FROM listing WHERE id = CAST(:key AS INTEGER)",
    "supplier": "SELECT name FROM supplier WHERE id = CAST(:key AS INTEGER)",
    "sales_order": "SELECT order_id FROM sales_order WHERE id = CAST(:key AS INTEGER)",
    "order_line": """SELECT o.order_id || ' ' || p.sku FROM order_line l
JOIN sales_order o ON o.id = l.sales_order_id
JOIN product p ON p.id = l.product_id WHERE l.id = CAST(:key AS INTEGER)""",
    "purchase": "SELECT 'purchase ' || :key",
    "shipment": "SELECT 'shipment ' || :key",
    "location": "SELECT :key",
    "channel": "SELECT :key",
    "own_field": "SELECT 'field ' || name FROM own_field WHERE id = CAST(:key AS INTEGER)",
    "product_field_value": """SELECT f.name || ' of ' || p.sku FROM product_field_value v
JOIN product p ON p.id = v.product_id JOIN own_field f ON f.id = v.own_field_id
WHERE v.product_id || ' ' || v.own_field_id = :key""",
    "order_field_value": """SELECT f.name || ' of ' || o.order_id FROM order_field_value v
JOIN sales_order o ON o.id = v.sales_order_id JOIN own_field f ON f.id = v.own_field_id
WHERE v.sales_order_id || ' ' || v.own_field_id = :key""",
    "return_authorization": "SELECT return_id FROM return_authorization WHERE id = CAST(:key AS INTEGER)",
}
"""What the seller calls a row whose own fields are told when they go back."""
_GOING = {
    **{table: CALLED[table] for table in ("product", "listing", "supplier", "sales_order", "location", "channel")},
    "return_authorization": CALLED["return_authorization"],
    "setting": "SELECT name FROM setting WHERE id = CAST(:key AS INTEGER)",
    "own_field": "SELECT name FROM own_field WHERE id = CAST(:key AS INTEGER)",
    "column_map": "SELECT :key",
}
"""What the seller calls a row that leaves or comes back, where there are few."""
_ORDERS = ("order_line", "return_authorization")
"""Of these it is the order's."""
PRICED_IN = {
    "listing": f"""SELECT {value_sql("'channel.' || l.channel || '.currency'", ":today")} FROM listing l
WHERE l.id = CAST(:key AS INTEGER)""",
    "supplier": "SELECT currency FROM supplier WHERE id = CAST(:key AS INTEGER)",
    **{
        table: f"""SELECT o.currency FROM {table} r JOIN sales_order o ON o.id = r.sales_order_id
WHERE r.id = CAST(:key AS INTEGER)"""
        for table in _ORDERS
    },
}
"""The currency of a row's amounts where it may be another than the shop's; nothing told is the shop's."""
_ORDER_OF = "SELECT sales_order_id FROM {} WHERE id = CAST(:key AS INTEGER)"
_NAMED = {"product_id": CALLED["product"], "supplier_id": CALLED["supplier"]}
"""Columns that name another row, which the seller calls something else than its number."""
_LEAVING = "SELECT key FROM temp.leaving WHERE table_name = :table ORDER BY key"
_NOT_TOLD = frozenset(
    {"operation_id", "personal_id", "personal_version", "edited_fields", "upload_file_id", "status", "movement_id"}
)
_MOST_OWNERS = 3
"""How many rows are named of which one field changed alike."""
_SUM_WORDS = ("quantity_", "units", "refunded_", "is_assembled", "is_outdated", "channel_")


@dataclass
class UndoMeaning:
    """What taking operations back meant, added up over all of them.

    Attributes:
        made: rows that left, by table.
        withdrawn: statements that do not speak any more.
        back: rows that came back, by table.
        units: units that went back, by SKU, place and place, and whether they came from outside or went there.
        fields: of each change of a field, what it was and is, whose fields.
        names: what those are called that left or came back, by table.
    """

    made: Counter[str] = field(default_factory=Counter)
    withdrawn: int = 0
    back: Counter[str] = field(default_factory=Counter)
    units: Counter[tuple[str, str, str, bool, bool]] = field(default_factory=Counter)
    fields: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)

    def name_leaving(self, work: Work, plan: ReversalPlan) -> dict[str, list[str]]:
        """What those are called that will leave, as long as they are there."""
        few = [table for table in _GOING if 0 < plan.made.get(table, 0) <= _MOST_OWNERS]
        return {
            table: _called(work, table, work.connection.execute(text(_LEAVING), {"table": table}).scalars())
            for table in few
        }

    def add(self, work: Work, was: WasReversed, left: Mapping[str, Sequence[str]]) -> None:
        """Add one that was taken back a moment ago, as long as what it is about is there.

        Args:
            work: the command's frame.
            was: what was done.
            left: what :meth:`name_leaving` told before it was.
        """
        self.made.update(was.plan.made)
        self.withdrawn += was.withdrawn
        self.back.update(table for table, _ in was.plan.done.gone)
        for table, names in left.items():
            self.names.setdefault(table, []).extend(names)
        for table in _GOING:
            gone = [key for its, key in was.plan.done.gone if its == table]
            if 0 < len(gone) <= _MOST_OWNERS:
                self.names.setdefault(table, []).extend(_called(work, table, gone))
        ids = json.dumps(list(was.compensated.values()))
        for sku, source, target, comes, goes, units in work.connection.execute(text(_MOVED), {"ids": ids}):
            self.units[sku, source, target, bool(comes), bool(goes)] += units
        for said, called, change in _fields(work, was.plan.done.new, was.became):
            self.fields.setdefault((said, change), []).append(called)

    def sentences(self) -> Iterator[str]:
        """A phrase each: rows, units, then fields."""
        yield from _rows(self.made, "leaves again", "leave again", self.names)
        if self.withdrawn:
            yield f"{count(self.withdrawn, 'statement')} withdrawn"
        yield from _rows(self.back, "comes back", "come back", self.names)
        for (sku, source, target, comes, goes), number in self.units.items():
            units = f"{count(number, 'unit')} of {sku}"
            if comes:
                yield f"{units} back at {target}"
            elif goes:
                yield f"{units} no more at {source}"
            else:
                yield f"{units} back from {source} at {target}"
        for (said, change), owners in self.fields.items():
            whose = list(dict.fromkeys(owners))
            more = [f"{len(whose) - _MOST_OWNERS:,} more"] if len(whose) > _MOST_OWNERS + 1 else []
            yield f"{said} of {joined([*whose[:_MOST_OWNERS], *more] if more else whose)} {change}"


def _called(work: Work, table: str, keys: Iterable[str]) -> list[str]:
    found = (work.connection.execute(text(_GOING[table]), {"key": str(key)}).scalar() for key in keys)
    return [str(name) for name in found if name is not None]


def _rows(counts: Mapping[str, int], one: str, many: str, names: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for table, word in WORDS.items():
        number = counts.get(table, 0)
        if number and not (table == "order_line" and counts.get("sales_order")):
            called = names.get(table, ())
            which = f": {joined(called)}" if len(called) == number else ""
            yield f"{number:,} {word if number == 1 else _several(word)} {one if number == 1 else many}{which}"


def _several(word: str) -> str:
    """The plural: of the first word, or of the last where the first is an owner's."""
    if word == "feedback":
        return word
    for joint in (" of ", " about ", " to ", " at "):
        head, found, rest = word.partition(joint)
        if found:
            return f"{head}s{found}{rest}"
    return f"{word}s"


def _fields(
    work: Work, new: Mapping[RowKey, RowValues], old: Mapping[RowKey, RowValues]
) -> Iterator[tuple[str, str, str]]:
    """Of each field that changed back: what it is called, whose it is, and how it changed."""
    for key, values in old.items():
        columns = [name for name in values if name not in _NOT_TOLD and not name.startswith(_SUM_WORDS)]
        if key[0] not in CALLED or not (columns or "personal_version" in values):
            continue
        called = work.connection.execute(text(CALLED[key[0]]), {"key": key[1]}).scalar()
        if called is None:
            continue
        if "personal_version" in values:
            yield "address, note and the like", called, "as before"
        for name in columns:
            was, becomes = (_told(work, key, name, each) for each in (new, old))
            yield said_of(name), called, f"{was} → {becomes}"


def _told(work: Work, key: RowKey, column: str, rows: Mapping[RowKey, RowValues]) -> str:
    """A value of a row as it was in one of two states, of which ``rows`` has what differs."""
    value = rows[key].get(column)
    if value is None:
        return "none"
    if column.startswith("is_"):
        return "yes" if value else "no"
    if column in _NAMED:
        return str(work.connection.execute(text(_NAMED[column]), {"key": value}).scalar() or value)
    if column.endswith(("_at", "_by")):
        return wall_clock(value, work.shop.time_zone)
    if column.endswith("_minor"):
        return format_amount(value, _currency(work, *key, rows) or work.shop.currency)
    return str(value)


def _currency(work: Work, table: str, key: str, rows: Mapping[RowKey, RowValues]) -> str | None:
    """What a row's amounts are in, in the state of which ``rows`` has what differs; None is the shop's."""
    if table not in PRICED_IN:
        return None
    owner = table, key
    if table in _ORDERS:
        order = work.connection.execute(text(_ORDER_OF.format(table)), {"key": key}).scalar()
        owner = "sales_order", str(order)
    told = rows.get(owner, {})
    values = {"key": key, "today": work.today}
    currency = (
        told["currency"]
        if "currency" in told
        else work.connection.execute(text(PRICED_IN[table]), values).scalar()
    )
    return None if currency is None else str(currency)
