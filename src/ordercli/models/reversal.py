"""How an undo takes back what an operation did, table by table.

A test holds every table of the schema to have its line here (docs/adr/0037-undo.md).
"""

from enum import Enum


class Reversal(Enum):
    """What becomes of an operation's rows in a table when it is undone."""

    STATE = "made rows leave, changed rows get their old values, removed rows come back"
    FACT = "made rows leave"
    COMPENSATED = "another row takes it back, at its time"
    FOLLOWS = "computed from the others"
    WITHDRAWN = "a row that others stand on stays, and is marked as withdrawn"
    STAYS = "a record of what was done, or held for a redo"
    NEVER = "cannot be taken back"

    @property
    def may_leave(self) -> bool:
        """Whether an undo may remove rows, which the journal keeps."""
        return self in (Reversal.STATE, Reversal.FACT, Reversal.COMPENSATED, Reversal.FOLLOWS, Reversal.WITHDRAWN)


_STATES = (
    *("channel", "column_map", "fba_shipment", "fba_shipment_line", "kit_component", "line_text", "listing"),
    *(
        "location",
        "order_line",
        "order_line_component",
        "order_field_value",
        "order_tag",
        "own_field",
        "price_break",
        "product",
        "product_field_value",
    ),
    *("purchase", "purchase_line"),
    *("reported_shipment", "return_authorization", "return_line", "sales_order", "shipment"),
    *("shipment_component", "shipment_label", "shipment_line", "supplier", "supplier_product", "upload_file"),
)
_FACTS = (
    *(
        "amazon_pull",
        "answer",
        "cancellation",
        "claim",
        "claim_removal",
        "count_question",
        "fba_advice",
        "fba_advice_line",
    ),
    *("fba_ledger_event", "fba_statement", "fba_statement_line", "feedback", "feedback_removal", "improvement"),
    *("improvement_end", "line_pick", "news_told", "operation_reference", "order_event"),
    *("order_statement_line", "packing", "packing_line", "performance_line", "performance_statement"),
    *("purchase_cancellation", "purchase_receipt", "question", "refund", "replacement", "return_event"),
    *("return_step", "setting", "settlement", "settlement_entry", "shipment_event", "shipment_fix"),
    *("stock_count", "stock_count_line", "upload_failure", "upload_item"),
)
_SUMS = (
    *("confirmed_order", "cost_layer", "daily_demand", "daily_sales", "hourly_sum", "layer_use", "stock_level"),
    *("stockout", "counted_day", "day_place_sum", "day_product_sum", "day_profit_sum"),
)
_RECORDS = (
    *(
        "amazon_allowance",
        "amazon_call",
        "backup_copy",
        "backup_folder",
        "written_file",
        "import_file",
        "operation",
        "order_line_past",
        "order_past",
        "personal_data",
        "product_past",
        "return_past",
    ),
    *("bulk_write", "row_before", "row_change", "shipment_line_past", "shipment_past", "undone_operation"),
)

KINDS: dict[str, Reversal] = {
    **dict.fromkeys(_STATES, Reversal.STATE),
    **dict.fromkeys(_FACTS, Reversal.FACT),
    "stock_movement": Reversal.COMPENSATED,
    **dict.fromkeys(_SUMS, Reversal.FOLLOWS),
    "order_statement": Reversal.WITHDRAWN,
    **dict.fromkeys(_RECORDS, Reversal.STAYS),
    "buyer_number": Reversal.FACT,
    **dict.fromkeys(
        ("erased_order", "erased_text", "erasure", "message", "message_event", "shop"), Reversal.NEVER
    ),
}
"""By the table's name."""

NEVER = {
    "erased_order": "what was erased of people is gone for good",
    "erased_text": "what was erased of people is gone for good",
    "erasure": "what was erased of people is gone for good",
    "message": "a message that went out stays sent",
    "message_event": "a message that went out stays sent",
    "shop": "it made the shop itself",
}
"""Why what made rows of a table cannot be taken back, as the end of a sentence."""

OWNERS = {
    "buyer_number": "sales_order_id",
    "cost_layer": "movement_id",
    "fba_advice_line": "fba_advice_id",
    "fba_shipment_line": "fba_shipment_id",
    "fba_statement_line": "fba_statement_id",
    "layer_use": "movement_id",
    "line_text": "order_line_id",
    "order_line": "sales_order_id",
    "order_line_component": "order_line_id",
    "order_statement_line": "order_statement_id",
    "packing_line": "packing_id",
    "performance_line": "performance_statement_id",
    "purchase_line": "purchase_id",
    "return_line": "return_authorization_id",
    "settlement_entry": "settlement_id",
    "shipment_component": "shipment_line_id",
    "shipment_line": "shipment_id",
    "stock_count_line": "stock_count_id",
    "upload_item": "upload_file_id",
}
"""Tables whose rows carry no operation, by the column that names the row they are made with."""

SUMS: dict[str, frozenset[str]] = {
    "fba_shipment_line": frozenset({"quantity_arrived", "quantity_received", "quantity_lost"}),
    "order_line": frozenset(
        {
            "quantity_canceled",
            "quantity_shipped",
            "quantity_picked",
            "quantity_returned",
            "refunded_minor",
        }
    ),
    "purchase_line": frozenset({"quantity_received", "quantity_damaged", "quantity_canceled"}),
    "return_authorization": frozenset(
        {"units", "units_received", "units_inspected", "units_settled", "units_replaced", "refunded_minor"}
    ),
    "return_line": frozenset({"quantity_received", "quantity_inspected", "quantity_settled", "quantity_replaced"}),
    "sales_order": frozenset({"units", "units_shipped", "units_canceled"}),
}
"""Columns that add up facts: an undo takes off what the operation added, whatever came later."""

KEPT = {"order_line": frozenset({"quantity_short"})}
"""Columns that triggers change when rows come back; of an operation that did not change them they stay."""

PROMISES = {"order_line": frozenset({"quantity_allocated"})}
"""Columns that are a function of all the others; they are computed anew."""

TOLD = {"listing": frozenset({"sent_quantity"})}
"""Columns of what a channel was told last: when that is undone nobody knows it, and it is told again."""

DOCUMENTS = frozenset(
    {"fba_shipment", "fba_shipment_line", "purchase", "purchase_line", "return_authorization", "return_line"}
)
"""Tables of papers that go from step to step: a later step on the same row, of whatever column, stands on it."""
