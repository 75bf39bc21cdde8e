"""Triggers, the laws of the data that a CHECK alone cannot hold, and views.

They are attached to the metadata, so that creating the tables from the models creates them too; a test
compares the result with what the migrations make. Those of an aggregate are in its own module; purchasing's attach
themselves (``purchase_ddl.py``).
"""

from sqlalchemy import DDL, event

from ordercli.models.amazon_ddl import CALL_OPENED, CALL_RECORDED
from ordercli.models.base import Base
from ordercli.models.health_ddl import (
    CONFIRMED_COUNTED,
    CONFIRMED_ORDERS,
    CONFIRMED_UNCOUNTED,
    ORDER_COUNTED,
    ORDER_COUNTED_ANEW,
    PROMISE_CHANGED,
    SHIPMENT_CHANGED,
    SHIPMENT_CONFIRMED,
    SHIPMENT_FILLED,
)
from ordercli.models.message_ddl import MESSAGE_FIXED, MESSAGE_FOLLOWS, MESSAGE_STATE
from ordercli.models.operation_ddl import OPERATION_SEALED
from ordercli.models.order_ddl import (
    LINE_ALLOCATED,
    LINE_ASSEMBLED,
    LINE_CANCELED,
    LINE_EXPLODED,
    LINE_INSERTED,
    LINE_PICKED,
    LINE_UNITS,
    ORDERED_ANEW,
    ORDERED_UNITS,
    PACKED_UNITS,
    PARTS_ALLOCATED,
    PARTS_STAY,
    STATEMENT_KEPT,
)
from ordercli.models.past_ddl import PAST
from ordercli.models.returns_ddl import (
    REFUND_CAPPED,
    REFUND_OF_UNITS,
    REFUNDED,
    REPLACED,
    RETURN_DATES,
    RETURN_MOVED,
    RETURN_OPENED,
    RETURN_STEPPED,
)
from ordercli.models.reversal import KINDS
from ordercli.models.shipment_ddl import (
    LINE_SHIPPED,
    NEWS,
    PARTS_SHIPPED,
    SHIPMENT_NEWS,
    SHIPPED_UNITS,
    VOID_STAYS,
    VOIDED,
)
from ordercli.models.stock_ddl import (
    KIT_STOCK,
    KIT_WITHOUT_STOCK,
    MOVEMENT_LEVELS,
    OPEN_QUESTIONS,
    PRODUCT_STOCKOUT,
    STOCKOUT_ANEW,
    STOCKOUT_SINCE,
    STOCKOUTS,
)

APPEND_ONLY = (
    "amazon_pull",
    "operation_reference",
    "row_change",
    "news_told",
    "undone_operation",
    "stock_movement",
    "layer_use",
    "order_event",
    "cancellation",
    "setting",
    "return_step",
    "return_event",
    "refund",
    "replacement",
    "feedback",
    "claim",
    "feedback_removal",
    "claim_removal",
    "stock_count",
    "stock_count_line",
    "order_statement_line",
    "fba_statement",
    "fba_statement_line",
    "fba_ledger_event",
    "shipment_event",
    "shipment_fix",
    "upload_item",
    "upload_failure",
    "line_pick",
    "packing",
    "packing_line",
    "count_question",
    "settlement",
    "settlement_entry",
    "message_event",
    "question",
    "answer",
    "performance_statement",
    "performance_line",
    "improvement",
    "improvement_end",
    "fba_advice",
    "fba_advice_line",
    "order_past",
    "order_line_past",
    "shipment_past",
    "shipment_line_past",
    "product_past",
    "return_past",
    "erased_order",
    "erased_text",
    "buyer_number",
)


def refuse(table: str, verb: str) -> str:
    """The trigger that keeps rows of a table as they are (``UPDATE``) or where they are (``DELETE``).

    Rows of most tables leave with the operation that made them, when that is undone; the journal has them then.
    """
    may_leave = verb == "DELETE" and KINDS[table].may_leave
    when = "\nWHEN NOT EXISTS (SELECT 1 FROM undoing)" if may_leave else ""
    return f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}{when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""


TRIGGERS = (
    OPERATION_SEALED,
    STATEMENT_KEPT,
    refuse("order_statement", "DELETE"),
    refuse("operation", "DELETE"),
    *(refuse(table, verb) for table in APPEND_ONLY for verb in ("UPDATE", "DELETE")),
    PRODUCT_STOCKOUT,
    STOCKOUT_ANEW,
    MOVEMENT_LEVELS,
    LINE_INSERTED,
    LINE_UNITS,
    LINE_ALLOCATED,
    PARTS_ALLOCATED,
    LINE_ASSEMBLED,
    LINE_EXPLODED,
    refuse("order_line_component", "UPDATE"),
    PARTS_STAY,
    KIT_STOCK,
    KIT_WITHOUT_STOCK,
    LINE_SHIPPED,
    PARTS_SHIPPED,
    NEWS,
    VOIDED,
    VOID_STAYS,
    LINE_CANCELED,
    ORDERED_ANEW,
    LINE_PICKED,
    RETURN_OPENED,
    RETURN_MOVED,
    RETURN_STEPPED,
    REFUND_CAPPED,
    REFUND_OF_UNITS,
    REFUNDED,
    REPLACED,
    refuse("message", "DELETE"),
    MESSAGE_FIXED,
    MESSAGE_FOLLOWS,
    MESSAGE_STATE,
    ORDER_COUNTED,
    ORDER_COUNTED_ANEW,
    CONFIRMED_COUNTED,
    CONFIRMED_UNCOUNTED,
    SHIPMENT_CONFIRMED,
    SHIPMENT_CHANGED,
    SHIPMENT_FILLED,
    PROMISE_CHANGED,
    CALL_RECORDED,
    CALL_OPENED,
    *PAST,
)

for _statement in (
    SHIPPED_UNITS,
    SHIPMENT_NEWS,
    RETURN_DATES,
    OPEN_QUESTIONS,
    PACKED_UNITS,
    ORDERED_UNITS,
    STOCKOUTS,
    STOCKOUT_SINCE,
    CONFIRMED_ORDERS,
    *TRIGGERS,
):
    _trigger = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
    event.listen(Base.metadata, "after_create", _trigger)
