"""The statements that bring orders told by several files in line, where these tell compatible things.

The rule stands in ``domain/orders`` and is what ``order_books.py`` follows, order by order. Most orders that several
files tell ask little of it: each file has one row for a product, no more than one id is known of it, and the seller
did nothing but ship. For these the same answer is found here by SQL; a test over generated files holds both
together. Whatever is odd about an order makes it go the other way, so that what is written here can stay simple.

The best statement that tells a field is the least of ``place || value``, ``place`` being its rank in two digits.
"""

from ordercli.domain.money import decimals_sql
from ordercli.domain.open_units import open_sql
from ordercli.domain.orders.held_line import TOLD_BY
from ordercli.domain.orders.order_rows import ADDRESS, AMOUNTS, CONTACT
from ordercli.domain.orders.statements import HEADER
from ordercli.domain.orders.tax_inside import no_sale_sql
from ordercli.services.orders.order_books_sql import BOOK, LINE, SAID
from ordercli.services.orders.statement_sql import columns

TEMPORARY = ("merged_statement", "merged_header", "merged_line", "merged_order", "merged_target", "odd_order")
MOST = 99
"""Statements of an order; more are odd."""


def _first(value: str, condition: str = "1") -> str:
    """The value of the best statement that tells it, as text."""
    told = f"m.place || {value}" if condition == "1" else f"CASE WHEN {condition} THEN m.place || {value} END"
    return f"substr(min({told}), 3)"


# Ranked as by statements.rank().
STATEMENTS = (
    """
CREATE TEMP TABLE merged_statement (sales_order_id INTEGER, place TEXT, id INTEGER, row_count INTEGER, is_odd INTEGER,
  PRIMARY KEY (sales_order_id, place)) WITHOUT ROWID""",
    f"""
INSERT INTO merged_statement
SELECT sales_order_id, printf('%02d', row_number() OVER (PARTITION BY sales_order_id ORDER BY as_of IS NULL,
    coalesce(as_of, ranked_at) DESC, to_ship, kind DESC, fingerprint DESC)), id, row_count, is_odd
FROM (
  SELECT s.id, s.sales_order_id, s.as_of, s.ranked_at, s.fingerprint, count(*) AS row_count,
    sum({open_sql("l.quantity", "l.quantity_shipped", "l.quantity_canceled")}) AS to_ship,
    CASE WHEN sum(l.quantity_shipped) > 0 THEN 2 ELSE max(iif(l.quantity_canceled > 0 OR l.quantity = 0, 1, 0)) END AS kind,
    iif(max(l.shipment_item_id IS NOT NULL OR l.personal_id IS NOT NULL) <> 0
      OR count(DISTINCT l.product_id) < count(*), 1, 0) AS is_odd
  FROM opened_order b CROSS JOIN order_statement s ON s.sales_order_id = b.sales_order_id
    AND s.withdrawn_operation_id IS NULL
  CROSS JOIN order_statement_line l ON l.order_statement_id = s.id
  WHERE b.is_new <> 1
  GROUP BY b.sales_order_id, s.id
) AS found""",
)

_HAS_ADDRESS = columns("p.{c} IS NOT NULL", ADDRESS, " OR ")
_IS_FULL = "p.ship_name IS NOT NULL OR p.address_1 IS NOT NULL"

# An order's own fields as by statements.header_view(); the address is that of one statement.
HEADERS = f"""
CREATE TEMP TABLE merged_header AS
SELECT m.sales_order_id AS id,
  {", ".join(f"{_first(f's.{name}')} AS {name}" for name in HEADER)},
  max(s.fulfillment = 'FBA') AS is_amazons, coalesce(max(s.is_released), 1) AS is_released,
  max(s.is_replacement) AS is_replacement, max(s.channel_updated_at) AS updated_at,
  min(s.recorded_at) AS recorded_at,
  {", ".join(f"{_first(f'p.{name}')} AS {name}" for name in CONTACT)},
  CAST(coalesce({_first("s.id", _IS_FULL)}, {_first("s.id", _HAS_ADDRESS)}, {_first("s.id", "p.version IS NOT NULL")})
    AS INTEGER) AS person_of,
  min(CASE WHEN s.is_complete <> 0 AND (s.is_own <> 0 OR s.as_of IS NOT NULL) THEN m.row_count END) AS least_rows,
  max(m.is_odd) <> 0 OR count(*) > {MOST} OR (min(s.personal_version) < max(s.personal_version)
    AND count(DISTINCT coalesce(s.as_of, s.ranked_at)) < count(*))
    OR min(coalesce(s.currency, :currency)) < max(coalesce(s.currency, :currency)) AS is_odd
FROM merged_statement m CROSS JOIN order_statement s ON s.id = m.id
LEFT JOIN personal_data p ON p.personal_id = s.personal_id AND p.version = s.personal_version
GROUP BY m.sales_order_id"""

_CANCELED_BY = (
    "coalesce((SELECT sum(c.quantity) FROM cancellation c WHERE c.order_line_id = {line} AND c.is_told <> 0\
 AND c.canceled_by = '{by}'), 0)"
)

# Lines as by statement_lines.line_views(), each with the one that stands.
LINES = f"""
CREATE TEMP TABLE merged_line AS
SELECT v.*, h.id AS line_id,
  iif(h.quantity_shipped, coalesce((SELECT sum(i.quantity) FROM shipment_line i JOIN shipment k ON k.id = i.shipment_id
    AND k.origin = 'channel' AND k.status <> 'void' WHERE i.order_line_id = h.id), 0), 0) AS channel_units,
  h.id IS NULL OR v.other_item IS DISTINCT FROM v.item_id OR h.item_id IS DISTINCT FROM coalesce(v.item_id, h.item_id)
    AND h.item_id IS NOT NULL OR (v.item_id IS NULL AND h.item_id IS NOT NULL) OR h.edited_fields <> 0
    OR EXISTS (SELECT 1 FROM cancellation c WHERE c.order_line_id = h.id AND c.is_told <> 1)
    OR EXISTS (SELECT 1 FROM line_text t WHERE t.order_line_id = h.id)
    OR EXISTS (SELECT 1 FROM return_line r WHERE r.order_line_id = h.id) AS is_odd
FROM (
  SELECT m.sales_order_id, l.product_id, max(l.item_id) AS item_id, min(l.item_id) AS other_item,
    {_first("l.name", "l.name <> ''")} AS name, max(l.quantity) AS quantity, max(l.quantity_shipped) AS shipped,
    max(CASE WHEN l.canceled_by <> 'unknown' THEN l.canceled_by END) AS canceled_by,
    min(CASE WHEN l.quantity_shipped > 0 THEN l.shipped_at END) AS shipped_at,
    min(CASE WHEN l.quantity_shipped > 0 THEN l.sold_on END) AS sold_on,
    CAST({_first("l.id")} AS INTEGER) AS newest,
    CAST(substr(min(CASE WHEN l.item_price_minor IS NOT NULL THEN l.is_estimate || m.place || l.id END), 4)
      AS INTEGER) AS priced,
    max(l.item_id IS NULL AND s.joins_rows <> 1) AS has_places,
    {", ".join(f"max(l.{name}_minor IS NOT NULL AND l.item_price_minor IS NOT NULL) AS has_{name}" for name in AMOUNTS[1:])}
  FROM merged_statement m CROSS JOIN order_statement s ON s.id = m.id
  CROSS JOIN order_statement_line l ON l.order_statement_id = m.id
  GROUP BY m.sales_order_id, l.product_id
) v
LEFT JOIN order_line h ON h.sales_order_id = v.sales_order_id AND h.product_id = v.product_id"""

_SHOPS = "coalesce({}.currency, (SELECT currency FROM shop))"
_OTHER_DECIMALS = "h.currency IS DISTINCT FROM o.currency AND " + " <> ".join(
    decimals_sql(_SHOPS.format(order)) for order in "ho"
)

# What is to be asked of the pure function after all.
ODD = (
    "CREATE TEMP TABLE odd_order (id INTEGER PRIMARY KEY)",
    f"""
INSERT OR IGNORE INTO odd_order
SELECT h.id FROM merged_header h JOIN sales_order o ON o.id = h.id
LEFT JOIN order_statement s ON s.id = h.person_of
LEFT JOIN personal_data p ON p.personal_id = s.personal_id AND p.version = s.personal_version
WHERE h.is_odd <> 0 OR o.edited_fields <> 0 OR ({_OTHER_DECIMALS}) OR s.personal_id IS DISTINCT FROM o.personal_id
  OR """
    + columns("p.{c} IS DISTINCT FROM h.{c}", CONTACT, " OR "),
    """
INSERT OR IGNORE INTO odd_order
SELECT l.sales_order_id FROM merged_line l JOIN merged_header h ON h.id = l.sales_order_id
GROUP BY l.sales_order_id
HAVING max(l.is_odd) OR count(*) > max(h.least_rows) OR count(*) <> (SELECT count(*) FROM order_line x
    WHERE x.sales_order_id = l.sales_order_id)
  OR (count(*) > 1 AND (count(DISTINCT l.item_id) < count(l.item_id) OR max(l.item_id IS NULL AND l.has_places <> 0)))""",
)

# An order as it is to stand, as by order_books.py.
ORDERS = f"""
CREATE TEMP TABLE merged_order AS
SELECT *, shop_day(ordered_at) AS ordered_on,
  tax_inside(channel, sales_channel, currency, ordered_at) AS is_inside
FROM (
  SELECT *, iif(told_ship_by IS NULL AND ship_by IS NOT NULL, 1, 0) AS is_ship_by_computed FROM (
    SELECT h.id, o.channel, o.order_id, coalesce(h.ordered_at, h.recorded_at) AS ordered_at, h.ship_by AS told_ship_by,
      CASE WHEN h.ship_by IS NOT NULL THEN h.ship_by
        WHEN iif(h.is_amazons, 'FBA', coalesce(h.fulfillment, 'FBM')) <> 'FBM' THEN NULL
        WHEN h.computed_ship_by IS NOT NULL THEN h.computed_ship_by
        WHEN o.is_ship_by_computed <> 0 AND o.ordered_at = coalesce(h.ordered_at, h.recorded_at) THEN o.ship_by
        ELSE promise(o.channel, coalesce(h.ordered_at, h.recorded_at)) END AS ship_by,
      h.deliver_by, iif(h.is_amazons, 'FBA', coalesce(h.fulfillment, 'FBM')) AS fulfillment, h.service_level,
      h.currency, h.is_released, h.updated_at AS channel_updated_at, h.channel_status, h.sales_channel,
      h.original_order_id, iif({no_sale_sql("h.")}, 0, 1) AS is_sale,
      o.personal_id,
      iif({columns("c.{c} IS NOT DISTINCT FROM p.{c}", (*CONTACT, *ADDRESS), " AND ")}, o.personal_version, s.personal_version)
        AS personal_version
    FROM merged_header h JOIN sales_order o ON o.id = h.id
    LEFT JOIN order_statement s ON s.id = h.person_of
    LEFT JOIN personal_data p ON p.personal_id = s.personal_id AND p.version = s.personal_version
    LEFT JOIN personal_data c ON c.personal_id = o.personal_id AND c.version = o.personal_version
    WHERE NOT EXISTS (SELECT 1 FROM odd_order d WHERE d.id = h.id)
  ) AS found
) AS found"""


def _without_tax(price: str) -> str:
    tax = price.replace("price", "tax")
    return f"iif(is_inside <> 0 AND t.{tax} > 0, max(0, t.{price} - t.{tax}), t.{price})"


_TOLD_AMOUNTS = ", ".join(
    (_without_tax(f"{name}_minor") if name.endswith("_price") else f"t.{name}_minor") + f" AS told_{name}"
    for name in AMOUNTS
)
_AMOUNTS = ", ".join(
    f"CASE WHEN priced IS NOT NULL THEN told_{name} WHEN is_sale <> 0 AND each IS NOT NULL AND was_estimated <> 0"
    f" AND was_quantity = quantity AND was_price IS NOT NULL THEN was_{name} END AS {name}_minor"
    for name in AMOUNTS[1:]
)

# A line as it is to stand, as by order_book.lay_over().
TARGETS = f"""
CREATE TEMP TABLE merged_target AS
SELECT *, min(max(0, gone), quantity - own_shipped - by_channel) AS canceled,
  by_channel - channel_units AS shipment_units
FROM (
  SELECT *, quantity - max(live, shipped) AS gone, max(0, min(shipped, quantity) - own_shipped) AS by_channel,
    CASE WHEN priced IS NOT NULL THEN told_item_price WHEN is_sale <> 1 THEN 0 WHEN each IS NULL THEN NULL
      WHEN was_estimated <> 0 AND was_quantity = quantity AND was_price IS NOT NULL THEN was_price
      ELSE each * quantity * units_per_pack END AS item_price_minor,
    {_AMOUNTS},
    CASE WHEN priced IS NOT NULL THEN told_is_estimate ELSE iif(is_sale <> 0 AND each IS NOT NULL, 1, 0) END AS price_is_estimated
  FROM (
    SELECT v.sales_order_id, v.line_id AS id, v.product_id, h.units_per_pack, p.sku, v.item_id, v.name, v.quantity,
      v.shipped, v.shipped_at, v.sold_on, v.channel_units, h.quantity_shipped - v.channel_units AS own_shipped,
      coalesce(v.canceled_by, 'unknown') AS canceled_by, n.quantity - n.quantity_canceled AS live, v.priced,
      coalesce(t.is_tax_included, o.is_inside) AS is_inside, t.quantity AS priced_units,
      t.is_estimate AS told_is_estimate, {_TOLD_AMOUNTS.replace("is_inside", "coalesce(t.is_tax_included, o.is_inside)")},
      h.quantity AS was_quantity, h.price_is_estimated AS was_estimated, h.item_price_minor AS was_price,
      {", ".join(f"h.{name}_minor AS was_{name}, v.has_{name}" for name in AMOUNTS[1:])}, o.is_sale,
      CASE WHEN o.currency IS NULL OR o.currency = :currency THEN p.unit_price_minor END AS each,
      coalesce(o.currency, :currency) AS currency,
      iif(h.quantity_canceled, {_CANCELED_BY.format(line="h.id", by="buyer")}, 0) AS told_buyer,
      iif(h.quantity_canceled, {_CANCELED_BY.format(line="h.id", by="unknown")}, 0) AS told_unknown,
      row_number() OVER (PARTITION BY v.sales_order_id ORDER BY v.item_id IS NULL, v.item_id, p.sku) AS line_no
    FROM merged_order o CROSS JOIN merged_line v ON v.sales_order_id = o.id
    JOIN order_line h ON h.id = v.line_id JOIN product p ON p.id = v.product_id
    JOIN order_statement_line n ON n.id = v.newest
    JOIN order_statement_line t ON t.id = coalesce(v.priced, v.newest)
  ) AS found
) AS found"""

STILL_ODD = (
    """
INSERT OR IGNORE INTO odd_order SELECT sales_order_id FROM merged_target
WHERE (priced IS NOT NULL AND priced_units <> quantity) OR own_shipped > quantity OR shipment_units < 0
  OR (priced IS NOT NULL AND ("""
    + " OR ".join(f"(told_{name} IS NULL AND has_{name})" for name in AMOUNTS[1:])
    + "))",
    "DELETE FROM merged_order WHERE id IN (SELECT id FROM odd_order)",
    "DELETE FROM merged_target WHERE sales_order_id IN (SELECT id FROM odd_order)",
)

# Writing -----------------------------------------------------------------------------------------

_CHANGES = " || ".join(
    f"iif(o.{name} IS DISTINCT FROM m.{name}, '; {said} ' || coalesce(o.{name}, '(none)') || ' → '"
    f" || coalesce(m.{name}, '(none)'), '')"
    for name, said in ((name, said.replace("'", "''")) for name, said in SAID.items())
)
CHANGED_ORDERS = f"""
INSERT INTO changed_order
SELECT m.id, {columns("m.{c}", BOOK)}, m.personal_id, m.personal_version, substr({_CHANGES}
  || iif(m.is_released > o.is_released, '; released for shipping', '')
  || iif(m.personal_version IS DISTINCT FROM o.personal_version, '; personal data, version ' || m.personal_version, ''), 3)
FROM merged_order m JOIN sales_order o ON o.id = m.id
WHERE {columns("m.{c} IS DISTINCT FROM o.{c}", (*BOOK, "personal_version"), " OR ")}"""

_TARGET = {
    "channel_shipped": "m.shipped",
    "channel_shipped_at": "m.shipped_at",
    "channel_canceled": "m.gone",
    "is_tax_included": "m.is_inside",
}
_LINE = {name: _TARGET.get(name, f"m.{name}") for name in LINE}
_SAID_OF_LINE = " || ".join(
    [
        "iif(m.quantity <> h.quantity, '; quantity ' || h.quantity || ' → ' || m.quantity, '')",
        "iif(m.item_id IS DISTINCT FROM h.item_id, '; order-item id ' || m.item_id, '')",
        "iif(m.name IS DISTINCT FROM h.name, '; name ' || coalesce(h.name, '(none)') || ' → ' || coalesce(m.name, '(none)'), '')",
        *(
            f"iif(m.{name}_minor IS DISTINCT FROM h.{name}_minor, '; {name.removeprefix('item_').replace('_', ' ')} '"
            f" || told_money(h.{name}_minor, m.currency) || ' → ' || told_money(m.{name}_minor, m.currency), '')"
            for name in AMOUNTS
        ),
    ]
)
CHANGED_LINES = f"""
INSERT INTO target_line
SELECT id, 0, sales_order_id, product_id, units_per_pack, {columns("{c}", LINE)}, sku || ': ' || nullif(said, '')
FROM (
  SELECT m.id, m.sales_order_id, m.product_id, m.units_per_pack, m.sku,
    {", ".join(f"{value} AS {name}" for name, value in _LINE.items())}, substr({_SAID_OF_LINE}, 3) AS said
  FROM merged_target m JOIN order_line h ON h.id = m.id
  WHERE {" OR ".join(f"{value} IS DISTINCT FROM h.{name}" for name, value in _LINE.items())}
) AS found"""

_DELTA = {by: f"iif(canceled_by = '{by}', canceled, 0) - told_{by}" for by in TOLD_BY}
CANCELED = tuple(
    f"INSERT INTO changed_cancel SELECT id, {delta}, '{by}' FROM merged_target WHERE {delta} <> 0"
    for by, delta in _DELTA.items()
)
STAGED = f"""
INSERT INTO staged_line
SELECT id, sales_order_id, product_id, 0, 0, line_no, NULL, shipment_units, sold_on,
  max(0, {", ".join(_DELTA.values())}), canceled_by
FROM merged_target"""

ARE_MERGED = "UPDATE opened_order SET is_merged = 1 WHERE sales_order_id IN (SELECT id FROM merged_order)"
UPDATED = f"""
SELECT count(*) FROM (
  SELECT id FROM changed_order UNION SELECT sales_order_id FROM target_line UNION
  SELECT sales_order_id FROM merged_target WHERE shipment_units <> 0 OR {" OR ".join(f"{d} <> 0" for d in _DELTA.values())}
) AS found"""
LINES_UPDATED = "SELECT count(*) FROM target_line WHERE said IS NOT NULL"
