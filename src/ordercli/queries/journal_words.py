"""What the journal calls the rows of each table, in the seller's words."""

from typing import NamedTuple

from ordercli.domain.settings import value_sql


class TableWords(NamedTuple):
    """A table in the seller's words.

    Attributes:
        word: what one row is.
        name: SQL of what the seller calls row ``r``.
        key: the column that an entry of the journal names it by.
        currency: SQL of the currency of its amounts, where no row has it, as operation ``:operation`` of ``:day``
            had it.
        priced_by: the table whose row has the currency, and the column that names that row; its own is ("", "").
    """

    word: str
    name: str
    key: str = "id"
    currency: str = ":currency"
    priced_by: tuple[str, str] | None = None


_PART = "(SELECT sku FROM product WHERE id = r.{})"
_SKU = "(SELECT sku FROM product WHERE id = r.product_id)"
_ORDER = "(SELECT order_id FROM sales_order WHERE id = r.sales_order_id)"
_FIELD = "(SELECT name FROM own_field WHERE id = r.own_field_id)"
_LINE = """(SELECT q.order_id || ' ' || p.sku FROM order_line l JOIN sales_order q ON q.id = l.sales_order_id
  JOIN product p ON p.id = l.product_id WHERE l.id = r.order_line_id)"""
_SHIPMENT = """(SELECT s.id || ' of ' || q.order_id FROM shipment s JOIN sales_order q ON q.id = s.sales_order_id
  WHERE s.id = r.shipment_id)"""
_RETURN = "(SELECT return_id FROM return_authorization WHERE id = r.return_authorization_id)"
_RETURNED = """(SELECT a.return_id || ' ' || p.sku FROM return_line l JOIN product p ON p.id = l.product_id
  JOIN return_authorization a ON a.id = l.return_authorization_id WHERE l.id = r.return_line_id)"""
_SUPPLIER = "(SELECT name FROM supplier WHERE id = r.supplier_id)"
_CHANNELS = "'channel.' || r.channel || '.currency'"
_OWN = ("", "")
_BY_ORDER = ("sales_order", "sales_order_id")

_PASTS = ("order_past", "order_line_past", "shipment_past", "shipment_line_past", "product_past", "return_past")

KINDS: dict[str, TableWords] = {
    **dict.fromkeys((*_PASTS, "row_change", "undone_operation"), TableWords("", "")),
    "answer": TableWords("answer", "r.question_id"),
    "buyer_number": TableWords("buyer", _ORDER, "sales_order_id"),
    "cancellation": TableWords("canceled units", f"r.quantity || ' of ' || {_LINE}"),
    "channel": TableWords("channel", "r.name", "name"),
    "claim": TableWords("claim", f"r.kind || ' on ' || {_ORDER}"),
    "claim_removal": TableWords("claim taken back", "r.claim_id", "claim_id"),
    "column_map": TableWords("kept layout", "r.name", "name"),
    "cost_layer": TableWords("cost of units", f"{_SKU} || ' at ' || r.location"),
    "count_question": TableWords("question about a count", f"{_SKU} || ' at ' || r.location"),
    "erased_order": TableWords("erased data", _ORDER, "sales_order_id"),
    "erased_text": TableWords("text without a person", "replace(r.table_name, '_', ' ')"),
    "erasure": TableWords("erasing", "r.operation_id", "operation_id"),
    "fba_advice": TableWords("Amazon's advice", "r.kind || ' of ' || r.stated_at"),
    "fba_advice_line": TableWords(
        "line of Amazon's advice",
        f"(SELECT kind || ' of ' || stated_at FROM fba_advice WHERE id = r.fba_advice_id) || ' ' || {_SKU}",
        "fba_advice_id || ' ' || r.product_id",
    ),
    "fba_ledger_event": TableWords("event at Amazon", f"r.event || ' ' || {_SKU} || ' ' || r.quantity"),
    "fba_shipment": TableWords("shipment to Amazon", "r.reference"),
    "fba_shipment_line": TableWords(
        "line of a shipment to Amazon",
        f"(SELECT reference FROM fba_shipment WHERE id = r.fba_shipment_id) || ' ' || {_SKU}",
        "fba_shipment_id || ' ' || r.product_id",
    ),
    "fba_statement": TableWords("Amazon's stock", "r.kind || ' of ' || r.stated_at"),
    "fba_statement_line": TableWords(
        "line of Amazon's stock",
        f"(SELECT kind || ' of ' || stated_at FROM fba_statement WHERE id = r.fba_statement_id) || ' ' || {_SKU}",
        "fba_statement_id || ' ' || r.product_id",
    ),
    "feedback": TableWords("feedback", f"r.stars || ' stars on ' || {_ORDER}"),
    "feedback_removal": TableWords("feedback taken back", "r.feedback_id", "feedback_id"),
    "import_file": TableWords("file", "r.name"),
    "improvement": TableWords("improvement", "r.name"),
    "improvement_end": TableWords("end of an improvement", "r.improvement_id", "improvement_id"),
    "kit_component": TableWords(
        "part of a kit",
        f"{_PART.format('kit_id')} || ' ' || {_PART.format('component_id')}",
        "kit_id || ' ' || r.component_id",
    ),
    "layer_use": TableWords(
        "used cost of units",
        "(SELECT sku FROM product WHERE id = (SELECT product_id FROM stock_movement WHERE id = r.movement_id))",
        "movement_id || ' ' || r.cost_layer_id",
    ),
    "line_pick": TableWords("picked units", f"r.quantity || ' of ' || {_LINE}"),
    "line_text": TableWords("text of a line", _LINE, "order_line_id"),
    "listing": TableWords(
        "listing",
        "r.channel || ' ' || r.channel_sku",
        currency=f"coalesce({value_sql(_CHANNELS, ':day', ':operation')}, :currency)",
    ),
    "location": TableWords("place", "r.code", "code"),
    "message": TableWords("message", f"r.kind || coalesce(' on ' || {_ORDER}, '')"),
    "message_event": TableWords("message", "r.message_id || ' ' || r.state"),
    "news_told": TableWords("news told", "r.source"),
    "operation_reference": TableWords("reference", "r.reference", "command || ' ' || r.reference"),
    "order_event": TableWords("event", f"{_ORDER} || ' ' || r.kind"),
    "order_field_value": TableWords(
        "field of an order", f"{_ORDER} || ' ' || {_FIELD}", "sales_order_id || ' ' || r.own_field_id"
    ),
    "order_line": TableWords(
        "line",
        f"(SELECT order_id FROM sales_order WHERE id = r.sales_order_id) || ' ' || {_SKU}",
        priced_by=_BY_ORDER,
    ),
    "order_line_component": TableWords(
        "part of a line", f"{_LINE} || ' ' || {_SKU}", "order_line_id || ' ' || r.product_id"
    ),
    "order_statement": TableWords("statement", _ORDER, priced_by=_OWN),
    "order_statement_line": TableWords(
        "line of a statement",
        f"""(SELECT q.order_id FROM order_statement s JOIN sales_order q ON q.id = s.sales_order_id
  WHERE s.id = r.order_statement_id) || ' ' || {_SKU}""",
        priced_by=("order_statement", "order_statement_id"),
    ),
    "order_tag": TableWords("tag", f"{_ORDER} || ' ' || r.tag", "sales_order_id || ' ' || r.tag"),
    "own_field": TableWords("field", "r.name || ' of ' || r.subject || 's'"),
    "packing": TableWords("packing", _ORDER),
    "packing_line": TableWords(
        "packed units", f"r.quantity || ' of ' || {_LINE}", "packing_id || ' ' || r.order_line_id"
    ),
    "performance_line": TableWords("rate told", "r.metric", "performance_statement_id || ' ' || r.metric"),
    "performance_statement": TableWords("rates told", "r.channel || ' ' || r.stated_on"),
    "price_break": TableWords(
        "supplier's price",
        f"{_SUPPLIER} || ' ' || {_SKU} || ' from ' || r.from_quantity",
        "supplier_id || ' ' || r.product_id || ' ' || r.from_quantity",
        priced_by=("supplier", "supplier_id"),
    ),
    "product": TableWords("product", "r.sku"),
    "product_field_value": TableWords(
        "field of a product", f"{_SKU} || ' ' || {_FIELD}", "product_id || ' ' || r.own_field_id"
    ),
    "purchase": TableWords("purchase", "r.id", priced_by=_OWN),
    "purchase_cancellation": TableWords(
        "canceled purchase units",
        "r.quantity || ' of purchase ' || (SELECT purchase_id FROM purchase_line WHERE id = r.purchase_line_id)",
    ),
    "purchase_line": TableWords(
        "purchase line",
        f"r.purchase_id || ' ' || {_SKU}",
        priced_by=("purchase", "purchase_id"),
    ),
    "purchase_receipt": TableWords(
        "received units",
        "r.quantity || ' of purchase ' || (SELECT purchase_id FROM purchase_line WHERE id = r.purchase_line_id)",
    ),
    "question": TableWords("question", "r.question_id"),
    "refund": TableWords("refund", f"coalesce({_RETURNED}, {_LINE})", priced_by=("order_line", "order_line_id")),
    "replacement": TableWords("replacement", f"r.quantity || ' of ' || {_RETURNED}"),
    "reported_shipment": TableWords(
        "shipment told",
        "r.order_id",
        "channel || ' ' || r.order_id || ' ' || r.item_id || ' ' || r.shipment_item_id",
    ),
    "return_authorization": TableWords("return", "r.return_id", priced_by=_BY_ORDER),
    "return_event": TableWords("returned units", f"r.quantity || ' of ' || {_RETURNED}"),
    "return_line": TableWords("return line", f"{_RETURN} || ' ' || {_SKU}"),
    "return_step": TableWords("step of a return", f"{_RETURN} || ' ' || r.kind"),
    "sales_order": TableWords("order", "r.order_id", priced_by=_OWN),
    "setting": TableWords("setting", "r.name || ' = ' || r.value || ' from ' || r.valid_from"),
    "amazon_pull": TableWords("page from Amazon", "r.what || ' since ' || r.since"),
    "settlement": TableWords("settlement", "r.settlement_id", priced_by=_OWN),
    "settlement_entry": TableWords(
        "entry of a settlement",
        "(SELECT settlement_id FROM settlement WHERE id = r.settlement_id) || ' ' || r.entry_no",
        "settlement_id || ' ' || r.entry_no",
        priced_by=("settlement", "settlement_id"),
    ),
    "shipment": TableWords("shipment", f"r.id || ' of ' || {_ORDER}"),
    "shipment_component": TableWords("part in a shipment", _SKU, "shipment_line_id || ' ' || r.product_id"),
    "shipment_event": TableWords("shipment", f"{_SHIPMENT} || ' ' || r.status"),
    "shipment_fix": TableWords("correction of a shipment", f"{_SHIPMENT} || ' ' || r.field"),
    "shipment_label": TableWords("label", _SHIPMENT, "shipment_id"),
    "shipment_line": TableWords("shipped units", f"{_SHIPMENT} || ' ' || {_SKU}"),
    "shop": TableWords("shop", "'this one'"),
    "stock_count": TableWords("count", "r.location"),
    "stock_count_line": TableWords(
        "counted units", f"r.counted || ' ' || {_SKU}", "stock_count_id || ' ' || r.product_id"
    ),
    "stock_movement": TableWords(
        "movement", f"r.quantity || ' ' || {_SKU} || ' ' || r.from_location || ' → ' || r.to_location"
    ),
    "supplier": TableWords("supplier", "r.name", priced_by=_OWN),
    "supplier_product": TableWords(
        "supplier's product", f"{_SUPPLIER} || ' ' || {_SKU}", "supplier_id || ' ' || r.product_id"
    ),
    "undone_operation": TableWords(
        "undone operation", "r.undone_operation_id", "operation_id || ' ' || r.undone_operation_id"
    ),
    "upload_failure": TableWords("refused row of an upload", "r.code", "upload_item_id"),
    "upload_file": TableWords("file to upload", "r.name"),
    "upload_item": TableWords(
        "row of an upload",
        "(SELECT name FROM upload_file WHERE id = r.upload_file_id) || ' ' || r.id",
    ),
}
"""Every table whose rows carry an operation, or of which the journal has changes or, after an undo, what left;
without a word are its own."""
PARTS = frozenset(
    {
        *("buyer_number", "cost_layer", "fba_advice_line", "fba_shipment_line", "fba_statement_line", "layer_use"),
        *("line_text", "order_line", "order_line_component", "order_statement_line", "packing_line"),
        *("performance_line", "purchase_line", "return_line", "settlement_entry", "shipment_component"),
        *("shipment_line", "stock_count_line", "upload_item"),
    }
)
"""Tables whose rows carry no operation: they are made with the row they belong to."""
