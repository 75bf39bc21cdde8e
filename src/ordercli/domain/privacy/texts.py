"""Columns whose texts are about something else and may yet name a buyer: words somebody typed, or Amazon wrote.

They are looked through when people are erased. A test has a reason for every other column of text.
"""

from typing import NamedTuple

from ordercli.domain.orders.personal import person_rows_sql
from ordercli.domain.privacy.retention import IS_OPEN
from ordercli.domain.privacy.sought import WORDS

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
_TOLD_BY_PEOPLE = f"""(SELECT p.*, h.sales_order_id, h.is_open FROM personal_data p LEFT JOIN (
    SELECT r.personal_id, min(r.sales_order_id) AS sales_order_id,
      max(CASE WHEN {IS_OPEN} THEN 1 ELSE 0 END) AS is_open
    FROM ({person_rows_sql("IS NOT NULL")}) r JOIN sales_order o ON o.id = r.sales_order_id
    WHERE r.personal_id IS NOT NULL GROUP BY r.personal_id) h ON h.personal_id = p.personal_id
  WHERE p.note IS NOT NULL OR p.gift_message IS NOT NULL OR p.customization IS NOT NULL)"""


_STAYS = "NOT EXISTS (SELECT 1 FROM erasing_person e WHERE e.personal_id = t.personal_id)"
_IS_OVER = f"coalesce(t.is_open, 0) = 0 AND {_STAYS}"


class FreeText(NamedTuple):
    """Columns of a table that are looked through.

    Attributes:
        order: SQL of the order that row ``t`` is about; "" if it may be about anybody.
        made_by: SQL of the operation that made the row, which proves it no more where its text changed.
        which: SQL of the rows ``t`` that are looked through.
        source: SQL of where these rows are; "" for the table itself.
    """

    table: str
    columns: tuple[str, ...]
    order: str = ""
    made_by: str = "t.operation_id"
    which: str = "1 = 1"
    source: str = ""


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
"""Texts about an order; in them a word of its buyer's name says who is meant, and whoever else is named as a whole
is meant too."""

OF_ANYBODY = (
    FreeText("import_file", ("name",)),
    FreeText("operation", ("summary", "words"), made_by="t.id"),
    FreeText("operation_reference", ("reference",)),
    FreeText("personal_data", WORDS, _OWN, "NULL", _IS_OVER, _TOLD_BY_PEOPLE),
    FreeText("product_field_value", ("value",)),
    FreeText("purchase", ("note", "reference")),
    FreeText("setting", ("value",), which="(t.name GLOB 'report.*' OR t.name GLOB 'view.*')"),
    FreeText("stock_movement", ("reason", "reference")),
    FreeText("upload_file", ("name",)),
)
"""Texts of which nothing tells whom they are about; in them only whole names, addresses and numbers do. So in what
other people wrote of their orders; while an order is open, it stays, as it is to be sent like that."""

TOLD_BY_OPEN_ORDERS = f"""
SELECT t.sales_order_id, o.order_id, {", ".join(f"t.{name}" for name in WORDS)}
FROM {_TOLD_BY_PEOPLE} t JOIN sales_order o ON o.id = t.sales_order_id
WHERE t.is_open = 1 AND {_STAYS} ORDER BY o.order_id"""
"""What people wrote of orders that are still open, with the orders."""

WORDS_OF_THE_SHOP = """
SELECT name FROM product UNION SELECT name FROM product_past UNION SELECT name FROM listing
UNION SELECT name FROM supplier UNION SELECT name FROM location
UNION SELECT c.value FROM own_field f CROSS JOIN json_each(f.choices) c ON true WHERE f.choices IS NOT NULL"""
"""What the shop's goods, places and suppliers are called, which tells nobody: Rose Gold is a name too."""

OWN_VALUES = ("order_field_value", "product_field_value")
"""Tables of values of the shop's own fields, each known by what has it and by the field."""

IN_JSON = frozenset({("message", "details"), ("operation", "words")})
"""Columns that hold JSON; its texts are looked through one by one."""

IN_JOURNAL = {text.table: text for text in (*OF_ANYBODY, *OF_ORDERS) if text.table != "personal_data"}
"""Whose images in ``row_change`` are looked through too; it has none of people."""

OF_TAGS = frozenset({("order_statement", "tags"), ("order_tag", "tag")})
"""Columns of words with commas between, each of which goes whole: what is left of one might be none."""

ERASED_TAG = "erased"
"""What stands in place of a tag."""

KEYS_OF_TEXT = (("operation_reference", "reference"), ("order_tag", "tag"))
"""Columns among them that a row is known by."""

MARKED_TEXT = """
INSERT OR IGNORE INTO erased_text (table_name, row_key, made_by, operation_id)
VALUES (:table, :key, :made_by, :operation)"""
