"""What the world knows already of an operation that is taken back: it cannot be called back, only told anew."""

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import text

from ordercli.domain.shipping.upload_feeds import FEED_COMMANDS
from ordercli.domain.words import count, joined
from ordercli.services.operations import Work
from ordercli.services.safety.reverse import ReversalPlan

_FILES = """
SELECT f.id, f.kind, f.channel, f.via, count(i.id) AS things, max(c.name) AS call, max(c.subject) AS subject
FROM temp.leaving l
JOIN upload_file f ON f.id = CAST(l.key AS INTEGER) LEFT JOIN upload_item i ON i.upload_file_id = f.id
LEFT JOIN amazon_call c ON c.id = i.amazon_call_id
WHERE l.table_name = 'upload_file' GROUP BY f.id"""

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
    for file in connection.execute(text(_FILES)):
        what = count(file.things, _THINGS[file.kind])
        whom = file.channel
        if file.call == "createShipment":
            yield (
                f"{whom} sold the label of order {file.subject}; it is recorded again with: ordercli amazon"
                f" label buy {file.subject} --offer OFFER"
            )
            continue
        if file.via == "call":
            yield f"{whom} was told of {what} by calls; it is recorded again with: {FEED_COMMANDS[file.kind]}"
            continue
        yield f"{file.kind} file {file.id} told {whom} of {what}; if it was uploaded, tell {whom} anew"
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
