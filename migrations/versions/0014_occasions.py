"""Occasions to write about are found by their time, however many orders there are."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE INDEX ix_sales_order_deliver_by ON sales_order (deliver_by)",
    "CREATE INDEX ix_shipment_recorded_at ON shipment (recorded_at)",
    "CREATE INDEX ix_shipment_arrival ON shipment (coalesce(delivered_at, shipped_on))",
    """
CREATE INDEX ix_shipment_under_way ON shipment (sales_order_id)
    WHERE status IN ('in_transit', 'exception') AND delivered_at IS NULL
""",
)


def upgrade() -> None:
    """Index what messages are planned from."""
    for statement in STATEMENTS:
        op.execute(statement)
