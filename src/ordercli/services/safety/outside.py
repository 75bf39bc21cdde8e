"""What the world knows already of an operation that is taken back: it cannot be called back, only told anew."""

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from ordercli.domain.refusals import IS_REFUSAL, WAS_TOLD
from ordercli.domain.shipping.upload_feeds import FEED_COMMANDS
from ordercli.domain.words import count, joined
from ordercli.services.operations import Work
from ordercli.services.safety.reverse import ReversalPlan

_FILES = f"""
SELECT f.id, f.kind, f.channel, f.via, count(i.id) AS things, count(u.upload_item_id) AS refused,
  max(c.name) AS call, max(c.subject) AS subject
FROM temp.leaving l
JOIN upload_file f ON f.id = CAST(l.key AS INTEGER) LEFT JOIN upload_item i ON i.upload_file_id = f.id
LEFT JOIN amazon_call c ON c.id = i.amazon_call_id
LEFT JOIN upload_failure u ON u.upload_item_id = i.id AND {IS_REFUSAL.format("u.code")}
WHERE l.table_name = 'upload_file' GROUP BY f.id"""

# What an earlier undo took the telling of, and leaves now itself. Keys are used again: one that left was another.
_TOLD_EARLIER = f"""
SELECT DISTINCT o.order_id, o.channel, l.table_name AS thing FROM temp.leaving l
JOIN row_change c ON c.table_name = 'upload_item' AND c.verb = 'delete'
  AND CAST(c.old ->> (l.table_name || '_id') AS TEXT) = l.key
LEFT JOIN shipment s ON l.table_name = 'shipment' AND s.id = CAST(l.key AS INTEGER)
LEFT JOIN refund r ON l.table_name = 'refund' AND r.id = CAST(l.key AS INTEGER)
LEFT JOIN cancellation n ON l.table_name = 'cancellation' AND n.id = CAST(l.key AS INTEGER)
LEFT JOIN order_line i ON i.id = coalesce(r.order_line_id, n.order_line_id)
JOIN sales_order o ON o.id = coalesce(s.sales_order_id, i.sales_order_id)
WHERE l.table_name IN ('shipment', 'refund', 'cancellation')
  AND NOT EXISTS (SELECT 1 FROM row_change b WHERE b.table_name = 'upload_item' AND b.row_key = c.row_key
    AND b.verb = 'insert' AND b.operation_id > c.operation_id)
  AND {WAS_TOLD}
  AND coalesce((SELECT d.verb FROM row_change d WHERE d.table_name = l.table_name AND d.row_key = l.key
    AND d.verb <> 'update' AND d.operation_id >= c.operation_id ORDER BY d.id DESC LIMIT 1), 'insert') = 'insert'
ORDER BY o.order_id, o.channel, thing"""

_LABELS = """
SELECT o.order_id FROM temp.leaving l JOIN shipment s ON s.id = CAST(l.key AS INTEGER)
JOIN sales_order o ON o.id = s.sales_order_id WHERE l.table_name = 'shipment_label'
  AND NOT EXISTS (SELECT 1 FROM upload_item i JOIN amazon_call c ON c.id = i.amazon_call_id
    WHERE i.shipment_id = s.id AND c.name = 'createShipment')
ORDER BY o.order_id"""

# A shipment that was void for its label was given back; what took it back stays.
_GIVEN_BACK = """
SELECT DISTINCT o.order_id, s.id AS shipment FROM amazon_call c
JOIN shipment s ON CAST(s.id AS TEXT) = c.content JOIN sales_order o ON o.id = s.sales_order_id
WHERE c.name = 'cancelShipment' AND c.state = 'taken' AND s.id IN (SELECT value FROM json_each(:shipments))"""

_LETTERS = """
SELECT o.order_id, m.kind FROM message m JOIN sales_order o ON o.id = m.sales_order_id
WHERE m.sales_order_id IN (SELECT value FROM json_each(:orders)) AND m.operation_id > :operation
  AND m.state IN ('sent', 'unknown') ORDER BY o.order_id, m.id"""

_THINGS = {"confirmation": "shipment", "refund": "refund", "cancellation": "cancellation"}


def told_outside(work: Work, plan: ReversalPlan) -> Iterator[str]:
    """Warnings of what was told outside, before rows leave.

    What must be told again is in ``today`` by itself: shipments are not confirmed again, and a feed tells every
    quantity anew.
    """
    connection = work.connection
    yield from _files(connection)
    for earlier in connection.execute(text(_TOLD_EARLIER)):
        whom = earlier.channel
        yield f"{whom} was told of a {earlier.thing} of order {earlier.order_id} before; tell {whom} anew"
    orders = [row.order_id for row in connection.execute(text(_LABELS))]
    if orders:
        yield f"a label of {joined(orders)} may be paid or printed; have it voided by the carrier"
    changed = plan.done.old.items()
    unvoided = [int(key) for (table, key), values in changed if table == "shipment" and "status" in values]
    voided = {"shipments": json.dumps(unvoided)}
    for given in connection.execute(text(_GIVEN_BACK), voided) if unvoided else ():
        yield (
            f"Amazon took back the label of shipment {given.shipment}, order {given.order_id}; it is recorded"
            f" again with: ordercli amazon label cancel {given.shipment}"
        )
    fed = [key for key, values in plan.done.new.items() if values.get("sent_quantity") is not None]
    if fed:
        yield f"the channel was told of {count(len(fed), 'listing')}; stock feed tells it anew"
    values: Mapping[str, object] = {
        "orders": json.dumps(sorted(plan.touched.orders)),
        "operation": plan.done.operation,
    }
    for letter in connection.execute(text(_LETTERS), values):
        order, kind = letter.order_id, letter.kind
        yield f"the buyer of order {order} was written to since ({kind}); a letter cannot be called back"


def _files(connection: Connection) -> Iterator[str]:
    """What files and calls told that are taken back now."""
    for file in connection.execute(text(_FILES)):
        thing, whom = _THINGS[file.kind], file.channel
        if file.call == "createShipment":
            yield (
                f"{whom} sold the label of order {file.subject}; it is recorded again with: ordercli amazon"
                f" label buy {file.subject} --offer OFFER"
            )
            continue
        if file.via == "call":
            told = count(file.things - file.refused, thing)
            refused = f", and did not take {count(file.refused, thing)}" if file.refused else ""
            yield (
                f"{whom} was told of {told} by calls{refused}; it is recorded again with:"
                f" {FEED_COMMANDS[file.kind]}"
            )
            continue
        told = count(file.things, thing)
        yield f"{file.kind} file {file.id} told {whom} of {told}; if it was uploaded, tell {whom} anew"
