"""What rates are counted from, what the channel says of them, and changes of how the shop works."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
ALTER TABLE feedback ADD COLUMN is_withdrawn INTEGER DEFAULT 0 NOT NULL
    CONSTRAINT ck_feedback_is_withdrawn CHECK (is_withdrawn IN (0, 1))
""",
    """
CREATE INDEX ix_feedback_negative
    ON feedback (given_on, sales_order_id, stars, is_withdrawn, operation_id) WHERE stars <= 2
""",
    """
CREATE INDEX ix_cancellation_counted ON cancellation (canceled_at)
    WHERE canceled_by IN ('buyer-message', 'seller')
""",
    "CREATE INDEX ix_return_authorization_opened_at ON return_authorization (opened_at)",
    "CREATE INDEX ix_return_authorization_requested_at ON return_authorization (requested_at)",
    "CREATE INDEX ix_refund_refunded_at ON refund (refunded_at)",
    # A CHECK cannot be changed in place.
    """
CREATE TABLE new_claim (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    filed_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_claim PRIMARY KEY (id),
    CONSTRAINT ck_claim_kind CHECK (kind IN ('a-to-z', 'chargeback')),
    CONSTRAINT ck_claim_status CHECK (status IN ('open', 'granted', 'denied', 'withdrawn', 'funded')),
    CONSTRAINT fk_claim_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_claim_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
INSERT INTO new_claim (id, sales_order_id, kind, status, filed_on, operation_id)
SELECT id, sales_order_id, kind, status, filed_on, operation_id FROM claim
""",
    "DROP TABLE claim",
    "ALTER TABLE new_claim RENAME TO claim",
    "CREATE INDEX ix_claim_filed_on_sales_order_id ON claim (filed_on, sales_order_id)",
    "CREATE INDEX ix_claim_sales_order_id ON claim (sales_order_id)",
    """
CREATE TABLE hourly_sum (
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    hour TEXT NOT NULL,
    counted INTEGER DEFAULT 0 NOT NULL,
    defects INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_hourly_sum PRIMARY KEY (kind, channel, hour),
    CONSTRAINT ck_hourly_sum_kind CHECK (kind IN ('FBM', 'FBA', 'due', 'tracking', 'delivery')),
    CONSTRAINT ck_hourly_sum_defects_within_counted CHECK (defects BETWEEN 0 AND counted),
    CONSTRAINT fk_hourly_sum_channel FOREIGN KEY(channel) REFERENCES channel (name)
) WITHOUT ROWID, STRICT
""",
    """
CREATE TABLE confirmed_order (
    sales_order_id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    ship_by TEXT,
    promised_by TEXT,
    confirmed_at TEXT NOT NULL,
    parcels INTEGER NOT NULL,
    parcels_tracked INTEGER NOT NULL,
    units_followed INTEGER NOT NULL,
    units_on_time INTEGER NOT NULL,
    CONSTRAINT pk_confirmed_order PRIMARY KEY (sales_order_id),
    CONSTRAINT fk_confirmed_order_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id)
) STRICT
""",
    "CREATE INDEX ix_confirmed_order_channel_promised_by ON confirmed_order (channel, promised_by)",
    "CREATE INDEX ix_confirmed_order_channel_ship_by ON confirmed_order (channel, ship_by)",
    """
CREATE TABLE performance_statement (
    id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    stated_on TEXT NOT NULL,
    account_status TEXT,
    sha256 TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_performance_statement PRIMARY KEY (id),
    CONSTRAINT fk_performance_statement_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_performance_statement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_performance_statement_channel_stated_on ON performance_statement (channel, stated_on)",
    """
CREATE TABLE performance_line (
    performance_statement_id INTEGER NOT NULL,
    metric TEXT NOT NULL,
    window_start TEXT,
    window_end TEXT,
    numerator INTEGER,
    denominator INTEGER,
    rate TEXT,
    limit_share TEXT,
    status TEXT,
    CONSTRAINT pk_performance_line PRIMARY KEY (performance_statement_id, metric),
    CONSTRAINT ck_performance_line_numerator_not_negative CHECK (numerator >= 0),
    CONSTRAINT ck_performance_line_denominator_not_negative CHECK (denominator >= 0),
    CONSTRAINT fk_performance_line_performance_statement_id FOREIGN KEY(performance_statement_id) REFERENCES performance_statement (id)
) WITHOUT ROWID, STRICT
""",
    """
CREATE TABLE improvement (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    metric TEXT,
    started_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_improvement PRIMARY KEY (id),
    CONSTRAINT fk_improvement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE improvement_end (
    improvement_id INTEGER NOT NULL,
    ended_on TEXT NOT NULL,
    outcome TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_improvement_end PRIMARY KEY (improvement_id),
    CONSTRAINT ck_improvement_end_outcome CHECK (outcome IN ('kept', 'dropped')),
    CONSTRAINT fk_improvement_end_improvement_id FOREIGN KEY(improvement_id) REFERENCES improvement (id),
    CONSTRAINT fk_improvement_end_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE VIEW confirmed_order_now AS
SELECT o.id AS sales_order_id, o.channel, o.ship_by, coalesce(o.deliver_by, o.ship_by) AS promised_by,
 max(s.confirmed_at) AS confirmed_at, count(*) AS parcels,
 count(*) FILTER (WHERE s.carrier IS NOT NULL AND s.tracking_number IS NOT NULL
  AND coalesce(s.delivered_at >= s.confirmed_at, 1)
  AND coalesce(julianday(s.delivered_at) < julianday(coalesce(o.deliver_by, o.ship_by)) + 17, 1))
  AS parcels_tracked,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE o.deliver_by IS NOT NULL AND s.tracking_number IS NOT NULL AND s.status <> 'shipped'), 0)
  AS units_followed,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE o.deliver_by IS NOT NULL AND s.tracking_number IS NOT NULL AND s.status <> 'shipped'
   AND s.delivered_at BETWEEN s.confirmed_at AND o.deliver_by), 0) AS units_on_time
FROM sales_order o JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void' AND s.confirmed_at IS NOT NULL
WHERE o.fulfillment = 'FBM' GROUP BY o.id
""",
    """
CREATE TRIGGER sales_order_counted AFTER INSERT ON sales_order
BEGIN
 INSERT INTO hourly_sum (kind, channel, hour, counted)
  VALUES (NEW.fulfillment, NEW.channel, substr(NEW.ordered_at, 1, 13), 1)
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = counted + 1;
END
""",
    """
CREATE TRIGGER sales_order_counted_anew
AFTER UPDATE OF channel, fulfillment, ordered_at ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ordered_at <> OLD.ordered_at
BEGIN
 UPDATE hourly_sum SET counted = counted - 1 WHERE kind = OLD.fulfillment AND channel = OLD.channel
  AND hour = substr(OLD.ordered_at, 1, 13);
 INSERT INTO hourly_sum (kind, channel, hour, counted)
  VALUES (NEW.fulfillment, NEW.channel, substr(NEW.ordered_at, 1, 13), 1)
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = counted + 1;
END
""",
    """
CREATE TRIGGER confirmed_order_counted AFTER INSERT ON confirmed_order
BEGIN
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT 'due', NEW.channel, substr(NEW.ship_by, 1, 13), 1, NEW.confirmed_at > NEW.ship_by
  WHERE NEW.ship_by IS NOT NULL AND 1 > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = counted + excluded.counted,
   defects = defects + excluded.defects;
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT 'tracking', NEW.channel, substr(NEW.promised_by, 1, 13), NEW.parcels, NEW.parcels - NEW.parcels_tracked
  WHERE NEW.promised_by IS NOT NULL AND NEW.parcels > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = counted + excluded.counted,
   defects = defects + excluded.defects;
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT 'delivery', NEW.channel, substr(NEW.promised_by, 1, 13), NEW.units_followed, NEW.units_followed - NEW.units_on_time
  WHERE NEW.promised_by IS NOT NULL AND NEW.units_followed > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = counted + excluded.counted,
   defects = defects + excluded.defects;
END
""",
    """
CREATE TRIGGER confirmed_order_uncounted AFTER DELETE ON confirmed_order
BEGIN
 UPDATE hourly_sum SET counted = counted - 1, defects = defects - (OLD.confirmed_at > OLD.ship_by)
  WHERE kind = 'due' AND channel = OLD.channel AND hour = substr(OLD.ship_by, 1, 13);
 UPDATE hourly_sum SET counted = counted - OLD.parcels, defects = defects - (OLD.parcels - OLD.parcels_tracked)
  WHERE kind = 'tracking' AND channel = OLD.channel AND hour = substr(OLD.promised_by, 1, 13);
 UPDATE hourly_sum SET counted = counted - OLD.units_followed, defects = defects - (OLD.units_followed - OLD.units_on_time)
  WHERE kind = 'delivery' AND channel = OLD.channel AND hour = substr(OLD.promised_by, 1, 13);
END
""",
    """
CREATE TRIGGER shipment_confirmed AFTER INSERT ON shipment
WHEN NEW.confirmed_at IS NOT NULL
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = NEW.sales_order_id;
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels,
  parcels_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels, parcels_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = NEW.sales_order_id;
END
""",
    """
CREATE TRIGGER shipment_changed AFTER UPDATE OF confirmed_at, status, carrier, tracking_number, delivered_at ON shipment
WHEN NEW.confirmed_at IS NOT NULL OR OLD.confirmed_at IS NOT NULL
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = NEW.sales_order_id;
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels,
  parcels_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels, parcels_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = NEW.sales_order_id;
END
""",
    """
CREATE TRIGGER shipment_line_followed AFTER INSERT ON shipment_line
WHEN (SELECT confirmed_at IS NOT NULL AND status <> 'shipped' FROM shipment WHERE id = NEW.shipment_id)
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = (SELECT sales_order_id FROM shipment WHERE id = NEW.shipment_id);
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels,
  parcels_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels, parcels_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = (SELECT sales_order_id FROM shipment WHERE id = NEW.shipment_id);
END
""",
    """
CREATE TRIGGER sales_order_promised_anew AFTER UPDATE OF channel, fulfillment, ship_by, deliver_by ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ship_by IS NOT OLD.ship_by
 OR NEW.deliver_by IS NOT OLD.deliver_by
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = NEW.id;
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels,
  parcels_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels, parcels_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = NEW.id;
END
""",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("claim", "performance_statement", "performance_line", "improvement", "improvement_end")
        for verb in ("UPDATE", "DELETE")
    ),
    # What the triggers keep from here on, for the orders that are in.
    """
INSERT INTO hourly_sum (kind, channel, hour, counted)
SELECT fulfillment, channel, substr(ordered_at, 1, 13), count(*) FROM sales_order GROUP BY 1, 2, 3
""",
    """
INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels, parcels_tracked,
    units_followed, units_on_time)
SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels, parcels_tracked, units_followed,
    units_on_time FROM confirmed_order_now
""",
)


def upgrade() -> None:
    """Add the tables and fill what is counted; claims keep what they say."""
    for statement in STATEMENTS:
        op.execute(statement)
