"""What the world knows already of an operation that is taken back: it cannot be called back, only told anew."""

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import text

from ordercli.domain.shipping.upload_feeds import FEED_COMMANDS
from ordercli.domain.words import count, joined
from ordercli.services.operations import Work
from ordercli.services.safety.reverse import ReversalPlan

_FILES = """
SELECT f.id, f.kind, f.channel, f.via, count(i.id) AS things, max(c.name) AS call FROM temp.leaving l
JOIN upload_file f ON f.id = CAST(l.key AS INTEGER) LEFT JOIN upload_item i ON i.upload_file_id = f.id
LEFT JOIN amazon_call c ON c.id = i.amazon_call_id
WHERE l.table_name = 'upload_file' GROUP BY f.id"""

_LABELS = """
SELECT o.order_id FROM temp.leaving l JOIN shipment s ON s.id = CAST(l.key AS INTEGER)
JOIN sales_order o ON o.id = s.sales_order_id WHERE l.table_name = 'shipment_label' ORDER BY o.order_id"""

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
            yield f"{whom} sold the label; it is recorded again with: ordercli amazon label buy ID --offer OFFER"
            continue
        if file.via == "call":
            yield f"{whom} was told of {what} by calls; it is recorded again with: {FEED_COMMANDS[file.kind]}"
            continue
        yield f"{file.kind} file {file.id} told {whom} of {what}; if it was uploaded, tell {whom} anew"
    orders = [row.order_id for row in connection.execute(text(_LABELS))]
    if orders:
        yield f"a label of {joined(orders)} may be paid or printed; have it voided by the carrier"
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
