"""Columns whose texts are about something else and may yet name a buyer: words somebody typed, or Amazon wrote.

They are looked through when people are erased. A test has a reason for every other column of text.
"""

from typing import NamedTuple

_OF_LINE = "(SELECT l.sales_order_id FROM order_line l WHERE l.id = t.order_line_id)"
_OF_SHIPMENT = "(SELECT s.sales_order_id FROM shipment s WHERE s.id = t.shipment_id)"
_OF_RETURN = "(SELECT r.sales_order_id FROM return_authorization r WHERE r.id = t.return_authorization_id)"
_OF_RETURN_LINE = """(SELECT r.sales_order_id FROM return_line l
  JOIN return_authorization r ON r.id = l.return_authorization_id WHERE l.id = t.return_line_id)"""
_OF_MESSAGE = "(SELECT m.sales_order_id FROM message m WHERE m.id = t.message_id)"
_OF_UPLOAD = """(SELECT coalesce(s.sales_order_id, rl.sales_order_id, cl.sales_order_id) FROM upload_item i
  LEFT JOIN shipment s ON s.id = i.shipment_id
  LEFT JOIN refund r ON r.id = i.refund_id LEFT JOIN order_line rl ON rl.id = r.order_line_id
  LEFT JOIN cancellation c ON c.id = i.cancellation_id LEFT JOIN order_line cl ON cl.id = c.order_line_id
  WHERE i.{} )"""
_OWN = "t.sales_order_id"


class FreeText(NamedTuple):
    """Columns of a table that are looked through.

    Attributes:
        order: SQL of the order that row ``t`` is about; "" if it may be about anybody.
        made_by: SQL of the operation that made the row, which proves it no more where its text changed.
        which: SQL of the rows ``t`` that are looked through.
    """

    table: str
    columns: tuple[str, ...]
    order: str = ""
    made_by: str = "t.operation_id"
    which: str = "1"


OF_ORDERS = (
    FreeText("order_field_value", ("value",), _OWN),
    FreeText("order_tag", ("tag",), _OWN),
    FreeText("order_statement", ("tags",), _OWN),
    FreeText("order_event", ("detail",), _OWN),
    FreeText("cancellation", ("reason",), _OF_LINE),
    FreeText("line_pick", ("reason",), _OF_LINE),
    FreeText("shipment", ("carrier_name", "service"), _OWN),
    FreeText("shipment_event", ("detail",), _OF_SHIPMENT),
    FreeText("shipment_fix", ("old_value", "new_value"), _OF_SHIPMENT),
    FreeText(
        "return_line",
        ("reason",),
        _OF_LINE,
        "(SELECT r.operation_id FROM return_authorization r WHERE r.id = t.return_authorization_id)",
    ),
    FreeText("return_step", ("detail",), _OF_RETURN),
    FreeText("return_event", ("detail",), _OF_RETURN_LINE),
    FreeText("refund", ("reason", "fee_reason"), _OF_LINE),
    FreeText("message", ("details",), _OWN),
    FreeText("message_event", ("detail",), _OF_MESSAGE),
    FreeText("question", ("topic",), _OWN),
    FreeText("upload_failure", ("code", "message"), _OF_UPLOAD.format("id = t.upload_item_id")),
    FreeText("amazon_call", ("code", "message"), _OF_UPLOAD.format("amazon_call_id = t.id"), "NULL"),
)
"""Texts about an order; in them a word of its buyer's name says who is meant."""

OF_ANYBODY = (
    FreeText("amazon_call", ("code", "message"), made_by="NULL"),
    FreeText("import_file", ("name",)),
    FreeText("operation", ("summary", "words"), made_by="t.id"),
    FreeText("operation_reference", ("reference",)),
    FreeText("purchase", ("note", "reference")),
    FreeText("setting", ("value",), which="(t.name GLOB 'report.*' OR t.name GLOB 'view.*')"),
    FreeText("stock_movement", ("reason", "reference")),
    FreeText("upload_file", ("name",)),
)
"""Texts of which nothing tells whom they are about; in them only whole names, addresses and numbers do."""

IN_JSON = frozenset({("message", "details"), ("operation", "words")})
"""Columns that hold JSON; its texts are looked through one by one."""

IN_JOURNAL = {text.table: text for text in (*OF_ANYBODY, *OF_ORDERS)}
"""Whose images in ``row_change`` are looked through too."""

OF_TAGS = frozenset({("order_statement", "tags"), ("order_tag", "tag")})
"""Columns of words with commas between, each of which goes whole: what is left of one might be none."""

ERASED_TAG = "erased"
"""What stands in place of a tag."""

KEYS_OF_TEXT = (("operation_reference", "reference"), ("order_tag", "tag"))
"""Columns among them that a row is known by."""

MARKED_TEXT = """
INSERT OR IGNORE INTO erased_text (table_name, row_key, made_by, operation_id)
VALUES (:table, :key, :made_by, :operation)"""
