"""The set-based statements that keep what a staged file says, and write orders of which nothing else is held.

Most orders of a first import are told by one statement whose rows are lines as they are: these are *plain*, and SQL
writes them at once. The view of all others is found by ``domain/orders`` (``order_books.py``); a test over generated
statements holds both together. ``promise(channel, ordered_at)`` is the ship-by that the channel's handling time gives;
``tax_inside(channel, sales_channel, currency, ordered_at)`` tells whether prices contain the tax;
``shop_day(instant)`` is the day in the shop's zone.
"""

from ordercli.domain.orders.order_rows import ADDRESS, AMOUNTS, CONTACT, LINE_TEXT, PERSONAL
from ordercli.domain.orders.tax_inside import no_sale_sql
from ordercli.domain.words import counted_sql


def outranked_sql(statement: str, date: str) -> str:
    """SQL of whether an undated statement is older than a date, and another of its order spoke in between."""
    s = statement
    return f"""{s}.as_of IS NULL AND {s}.withdrawn_operation_id IS NULL AND {s}.ranked_at < {date}
  AND EXISTS (SELECT 1 FROM order_statement r WHERE r.sales_order_id = {s}.sales_order_id AND r.id <> {s}.id
    AND r.as_of IS NULL AND r.withdrawn_operation_id IS NULL AND r.ranked_at BETWEEN {s}.ranked_at AND {date})"""


def columns(template: str, names: tuple[str, ...], separator: str = ", ") -> str:
    """A template filled with each name."""
    return separator.join(template.format(c=name) for name in names)


TEMPORARY = ("staged_order", "staged_line", "staged_text", "channel_shipment", "earlier_sale")

CREATE_PRODUCTS = """
INSERT INTO product (sku, name, asin, operation_id)
SELECT sku, coalesce(max(name), sku), max(asin), :operation FROM staged
WHERE product_id IS NULL AND NOT EXISTS (SELECT 1 FROM product p WHERE p.sku = staged.sku) GROUP BY sku
ON CONFLICT (sku) DO NOTHING"""

RESOLVE_PRODUCTS = """
UPDATE staged SET product_id = (SELECT id FROM product WHERE product.sku = staged.sku)
WHERE product_id IS NULL"""

# Erased people -----------------------------------------------------------------------------------

HAS_ERASED = "SELECT EXISTS (SELECT 1 FROM erased_order)"

_TOLD_BESIDE = ("tags", "own_fields")
# Words of the seller's own: nothing tells any more whether they name the buyer. A day or a choice does not.
_OWN_FIELDS_LEFT = """(SELECT nullif(json_group_object(j.key, j.value), '{}') FROM json_each(own_fields) j
  JOIN own_field f ON f.id = CAST(j.key AS INTEGER) AND f.kind IN ('date', 'choice'))"""

_OF_ERASED = f"""
WHERE file = :file AND ({columns("{c} IS NOT NULL", (*PERSONAL, *LINE_TEXT, *_TOLD_BESIDE), " OR ")})
  AND EXISTS (SELECT 1 FROM sales_order o JOIN erased_order e ON e.sales_order_id = o.id
    WHERE o.channel = staged.channel AND o.order_id = staged.order_id)"""

NOT_TAKEN = f"SELECT count(*) FROM (SELECT 1 FROM staged {_OF_ERASED} GROUP BY channel, order_id) AS found"

LEAVE_OUT = f"""
UPDATE staged SET {columns("{c} = NULL", (*PERSONAL, *LINE_TEXT, "tags"))}, own_fields = {_OWN_FIELDS_LEFT}
{_OF_ERASED}"""

# Statements --------------------------------------------------------------------------------------

STAGED_ORDERS = f"""
CREATE TEMP TABLE staged_order AS
SELECT g.*, o.id IS NULL AS is_new,
  CASE WHEN o.id IS NOT NULL THEN o.id ELSE (SELECT coalesce(max(id), 0) FROM sales_order)
    + row_number() OVER (PARTITION BY o.id IS NULL ORDER BY coalesce(g.ordered_at, :now), g.order_id) END
    AS sales_order_id,
  o.id IS NULL AND has_shipments <> 1 AS is_plain,
  o.personal_id AS personal_id, CAST(NULL AS INTEGER) AS personal_version, 0 AS is_new_person,
  CASE WHEN o.id IS NULL THEN tax_inside(g.channel, g.sales_channel, g.currency, coalesce(g.ordered_at, :now)) END
    AS is_tax_included,
  CASE WHEN o.id IS NULL AND g.ship_by IS NULL AND coalesce(g.fulfillment, 'FBM') = 'FBM'
    THEN coalesce(g.computed_ship_by, promise(g.channel, coalesce(g.ordered_at, :now))) END AS promised
FROM (
  SELECT s.channel, s.order_id, min(s.fingerprint) AS fingerprint,
    min(s.ordered_at) AS ordered_at, max(s.ship_by) AS ship_by, max(s.computed_ship_by) AS computed_ship_by,
    max(s.deliver_by) AS deliver_by, min(s.fulfillment) AS fulfillment, max(s.service_level) AS service_level,
    max(s.currency) AS currency,
    nullif(substr(max(coalesce(s.updated_at, '') || char(31) || coalesce(s.channel_status, '')),
      instr(max(coalesce(s.updated_at, '') || char(31) || coalesce(s.channel_status, '')), char(31)) + 1), '')
      AS channel_status,
    max(s.sales_channel) AS sales_channel, max(s.original_order_id) AS original_order_id,
    max(s.is_released) AS is_released, max(coalesce(s.is_replacement, 0)) AS is_replacement,
    max(s.updated_at) AS channel_updated_at, max(coalesce(s.as_of, s.updated_at)) AS as_of, max(s.tags) AS tags,
    max(s.own_fields) AS own_fields,
    count(*) AS row_count, sum(s.quantity) AS units, sum(s.quantity_shipped) AS units_shipped, max(s.id) AS address_row, max(s.shipment_item_id) IS NOT NULL AS has_shipments,
    {columns("max(s.{c}) AS {c}", CONTACT)}
  FROM staged s WHERE s.file = :file GROUP BY s.channel, s.order_id
) g
LEFT JOIN sales_order o ON o.channel = g.channel AND o.order_id = g.order_id
WHERE NOT EXISTS (SELECT 1 FROM order_statement h
  WHERE h.fingerprint = g.fingerprint AND h.withdrawn_operation_id IS NULL)"""

_ADDRESS_MERIT = (
    "((s.ship_name IS NOT NULL OR s.address_1 IS NOT NULL) || "
    + columns("coalesce(s.{c}, '')", ADDRESS, " || char(31) || ")
    + ")"
)

# Of an order's rows, the best address, and whether they are lines as they are; orders of one row pay for neither.
MULTIPLE = f"""
UPDATE staged_order SET address_row = m.address_row, is_plain = staged_order.is_plain AND m.is_plain
FROM (
  SELECT o.rowid AS row, CAST(substr(max({_ADDRESS_MERIT} || printf('%012d', s.id)), -12) AS INTEGER) AS address_row,
    count(DISTINCT coalesce(s.item_id, '#' || s.product_id)) = count(*) AND count(s.item_id) IN (0, count(*)) AS is_plain
  FROM staged_order o CROSS JOIN staged s ON s.file = :file AND s.channel = o.channel AND s.order_id = o.order_id
  WHERE o.row_count > 1 GROUP BY o.rowid
) m WHERE staged_order.rowid = m.row"""

INDEX_ORDERS = "CREATE UNIQUE INDEX temp.ix_staged_order ON staged_order (channel, order_id)"

_TELLS_PERSON = (
    f"({columns('s.{c} IS NOT NULL', CONTACT, ' OR ')} OR {columns('a.{c} IS NOT NULL', ADDRESS, ' OR ')})"
)
_SAME_PERSON = " AND ".join(
    [
        columns("p.{c} IS NOT DISTINCT FROM s.{c}", CONTACT, " AND "),
        columns("p.{c} IS NOT DISTINCT FROM a.{c}", ADDRESS, " AND "),
    ]
)

# People of orders that are held already: their number, and the version that says the same, if there is one.
KNOWN_PEOPLE = f"""
UPDATE staged_order SET personal_version = n.version
FROM (
  SELECT s.rowid AS row, min(p.version) AS version
  FROM staged_order s JOIN staged a ON a.id = s.address_row
  JOIN personal_data p ON p.personal_id = s.personal_id AND {_SAME_PERSON}
  WHERE s.is_new <> 1 GROUP BY s.rowid
) n WHERE staged_order.rowid = n.row"""

NEW_PEOPLE = f"""
UPDATE staged_order AS s SET is_new_person = 1, personal_id = coalesce(s.personal_id, :people + s.rowid),
  personal_version = CASE WHEN s.personal_id IS NULL THEN 1
    ELSE (SELECT max(version) + 1 FROM personal_data p WHERE p.personal_id = s.personal_id) END
FROM staged a WHERE a.id = s.address_row AND s.personal_version IS NULL AND {_TELLS_PERSON}"""

INSERT_PEOPLE = f"""
INSERT INTO personal_data (personal_id, version, {", ".join(PERSONAL)})
SELECT s.personal_id, s.personal_version, {columns("s.{c}", CONTACT)}, {columns("a.{c}", ADDRESS)}
FROM staged_order s JOIN staged a ON a.id = s.address_row
WHERE s.is_new_person <> 0"""

INSERT_ORDERS = f"""
INSERT INTO sales_order (id, channel, order_id, ordered_at, ordered_on, ship_by, is_ship_by_computed, deliver_by,
  fulfillment, service_level, currency, is_released, channel_updated_at, channel_status, sales_channel, original_order_id, is_sale,
  units, units_shipped, personal_id, personal_version, operation_id)
SELECT sales_order_id, channel, order_id, at, shop_day(at), coalesce(ship_by, promised), iif(promised IS NOT NULL, 1, 0),
  deliver_by, coalesce(fulfillment, 'FBM'), service_level, currency, coalesce(is_released, 1), channel_updated_at, channel_status, sales_channel,
  original_order_id, iif({no_sale_sql()}, 0, 1),
  iif(is_plain <> 0, units, 0), iif(is_plain <> 0, units_shipped, 0),
  iif(personal_version IS NULL, NULL, personal_id), personal_version, :operation
FROM (SELECT *, coalesce(ordered_at, :now) AS at FROM staged_order WHERE is_new <> 0) AS found ORDER BY sales_order_id"""

_STATEMENT = (
    "ordered_at",
    "ship_by",
    "computed_ship_by",
    "deliver_by",
    "fulfillment",
    "service_level",
    "currency",
    "channel_status",
    "sales_channel",
    "original_order_id",
    "is_released",
    "is_replacement",
    "channel_updated_at",
    "tags",
)

INSERT_STATEMENTS = f"""
INSERT INTO order_statement (id, sales_order_id, fingerprint, import_file_id, as_of, ranked_at, is_complete, joins_rows, is_own,
  {", ".join(_STATEMENT)}, personal_id, personal_version, operation_id, recorded_at)
SELECT :statements + s.rowid, s.sales_order_id, s.fingerprint, :import_file, s.as_of, iif(s.as_of IS NULL, :ranked_at, ''),
  iif(:is_complete <> 0 AND s.order_id NOT IN (SELECT e.order_id FROM staged_error e
    WHERE e.file = :file AND e.order_id IS NOT NULL), 1, 0), :joins_rows, :is_own,
  {columns("s.{c}", _STATEMENT)}, iif(s.personal_version IS NULL, NULL, s.personal_id), s.personal_version,
  :operation, :now
FROM staged_order s ORDER BY s.rowid"""

HAS_TEXTS = f"SELECT EXISTS (SELECT 1 FROM staged WHERE file = :file AND ({columns('{c} IS NOT NULL', LINE_TEXT, ' OR ')}))"

STAGED_TEXTS = (
    f"""
CREATE TEMP TABLE staged_text AS
SELECT s.id AS staged_id, (SELECT coalesce(max(personal_id), 0) FROM personal_data) + row_number() OVER (ORDER BY s.id)
  AS personal_id, {columns("s.{c}", LINE_TEXT)}
FROM staged s JOIN staged_order o ON o.channel = s.channel AND o.order_id = s.order_id
WHERE s.file = :file AND ({columns("s.{c} IS NOT NULL", LINE_TEXT, " OR ")})""",
    "CREATE UNIQUE INDEX temp.ix_staged_text ON staged_text (staged_id)",
    f"""
INSERT INTO personal_data (personal_id, version, {", ".join(LINE_TEXT)})
SELECT personal_id, 1, {", ".join(LINE_TEXT)} FROM staged_text""",
)

_AMOUNTS_MINOR = columns("{c}_minor", AMOUNTS)


def insert_statement_lines(*, with_texts: bool) -> str:
    """The rows of the new statements, word for word."""
    text, join = (
        ("t.personal_id, iif(t.personal_id IS NULL, NULL, 1)", "LEFT JOIN staged_text t ON t.staged_id = s.id")
        if with_texts
        else ("NULL, NULL", "")
    )
    return f"""
INSERT INTO order_statement_line (order_statement_id, item_id, product_id, units_per_pack, name, quantity,
  quantity_shipped, quantity_canceled, canceled_by, shipped_at, sold_on, is_estimate, is_tax_included,
  {_AMOUNTS_MINOR}, shipment_item_id, carrier, tracking_number, personal_id, personal_version)
SELECT :statements + o.rowid, s.item_id, s.product_id, s.units_per_pack, s.name, s.quantity, s.quantity_shipped,
  iif(s.is_canceled, s.quantity - s.quantity_shipped, s.quantity_canceled), s.canceled_by,
  iif(s.quantity_shipped > 0, s.updated_at, NULL), s.sold_on, s.is_estimate, s.is_tax_included,
  {columns("s.{c}", AMOUNTS)}, s.shipment_item_id, s.carrier, s.tracking_number, {text}
FROM staged s CROSS JOIN staged_order o ON o.channel = s.channel AND o.order_id = s.order_id {join}
WHERE s.file = :file ORDER BY s.id"""


# Told again by a later file, an undated statement is of that file's date where another spoke meanwhile.
TOLD_AGAIN = f"""
UPDATE order_statement AS s SET ranked_at = :ranked_at
WHERE s.id <= :statements AND s.fingerprint IN (SELECT fingerprint FROM staged WHERE file = :file)
  AND {outranked_sql("s", ":ranked_at")}
RETURNING sales_order_id"""

WAS_READ = """
SELECT EXISTS (SELECT 1 FROM import_file f JOIN import_file n ON n.sha256 = f.sha256
  WHERE n.id = :import_file AND n.sha256 <> '' AND f.operation_id <> :operation)"""

# The same bytes read in another way, by another map or order of dates: what the earlier reading said of these orders.
READ_OTHERWISE = """
UPDATE order_statement AS s SET withdrawn_operation_id = :operation
WHERE s.import_file_id IN (SELECT f.id FROM import_file f JOIN import_file n ON n.sha256 = f.sha256
    WHERE n.id = :import_file AND n.sha256 <> '' AND f.operation_id <> :operation)
  AND s.withdrawn_operation_id IS NULL AND s.id <= :statements
  AND s.sales_order_id IN (SELECT sales_order_id FROM staged_order)
  AND s.fingerprint IN (
    SELECT h.fingerprint FROM staged_order t JOIN order_statement h ON h.sales_order_id = t.sales_order_id
    EXCEPT SELECT fingerprint FROM staged WHERE file = :file)
RETURNING sales_order_id, operation_id"""

# Shipments -----------------------------------------------------------------------------------------

# Whether orders tell shipments, tags, and values of own fields.
TOLD_OF_ORDERS = """
SELECT EXISTS (SELECT 1 FROM staged_order WHERE has_shipments <> 0) AS shipments,
  EXISTS (SELECT 1 FROM staged_order WHERE tags IS NOT NULL) AS tags,
  EXISTS (SELECT 1 FROM staged_order WHERE own_fields IS NOT NULL) AS own"""

_PART = ("quantity", "shipped_at", "carrier", "tracking_number", *(f"{price}_minor" for price in AMOUNTS))

# Of two tellings of a shipment's part the later departure holds, as in statement_lines.py.
REPORTED_SHIPMENTS = f"""
INSERT INTO reported_shipment (channel, order_id, item_id, shipment_item_id, {", ".join(_PART)}, operation_id)
SELECT channel, order_id, item_id, shipment_item_id, {", ".join(_PART)}, :operation FROM (
  SELECT o.channel, o.order_id, l.item_id, l.shipment_item_id, l.quantity, l.shipped_at, l.carrier, l.tracking_number,
    {columns("l.{c}_minor", AMOUNTS)}, row_number() OVER (PARTITION BY o.id, l.item_id, l.shipment_item_id
      ORDER BY coalesce(l.shipped_at, '') DESC, s.as_of DESC, s.fingerprint DESC, l.id) AS place
  FROM (SELECT DISTINCT sales_order_id FROM staged_order WHERE has_shipments <> 0) t
  JOIN sales_order o ON o.id = t.sales_order_id
  JOIN order_statement s ON s.sales_order_id = o.id AND s.withdrawn_operation_id IS NULL
  JOIN order_statement_line l ON l.order_statement_id = s.id AND l.shipment_item_id IS NOT NULL AND l.item_id IS NOT NULL
) AS found WHERE place = 1
ON CONFLICT (channel, order_id, item_id, shipment_item_id) DO UPDATE SET {columns("{c} = excluded.{c}", _PART)}
WHERE {columns("reported_shipment.{c} IS DISTINCT FROM excluded.{c}", _PART, " OR ")}"""

# Tags ---------------------------------------------------------------------------------------------

TAG_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT t.sales_order_id, :operation, :now, 'changed', 'tags ' || group_concat(t.tag, ', ' /*+ ORDER BY t.tag */)
FROM staged_order o JOIN order_tag t ON t.sales_order_id = o.sales_order_id AND t.operation_id = :operation
WHERE o.is_new <> 1 GROUP BY t.sales_order_id"""

INSERT_TAGS = """
INSERT OR IGNORE INTO order_tag (sales_order_id, tag, operation_id)
SELECT DISTINCT o.sales_order_id, trim(j.value), :operation
FROM staged_order o JOIN json_each('["' || replace(o.tags, ',', '","') || '"]') j ON true
WHERE o.tags IS NOT NULL AND trim(j.value) <> ''"""

# Values of own fields -----------------------------------------------------------------------------

_OWN_TOLD = """
FROM staged_order o CROSS JOIN json_each(o.own_fields) j ON true
LEFT JOIN order_field_value v ON v.sales_order_id = o.sales_order_id AND v.own_field_id = CAST(j.key AS INTEGER)
WHERE o.own_fields IS NOT NULL"""

OWN_OTHERWISE = f"""
SELECT f.name, count(*) AS orders {_OWN_TOLD.replace("WHERE", "JOIN own_field f ON f.id = v.own_field_id WHERE")}
  AND v.value <> j.value GROUP BY f.name ORDER BY f.name"""

INSERT_OWN = f"""
INSERT INTO order_field_value (sales_order_id, own_field_id, value, operation_id)
SELECT o.sales_order_id, CAST(j.key AS INTEGER), j.value, :operation {_OWN_TOLD} AND v.value IS NULL"""

OWN_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT v.sales_order_id, :operation, :now, 'changed', 'fields ' || group_concat(f.name, ', ' /*+ ORDER BY f.id */)
FROM staged_order o JOIN order_field_value v ON v.sales_order_id = o.sales_order_id AND v.operation_id = :operation
JOIN own_field f ON f.id = v.own_field_id
WHERE o.is_new <> 1 GROUP BY v.sales_order_id"""

# Plain orders -------------------------------------------------------------------------------------

# Their lines, what left of them, and the sums of these are written by the set, while the triggers that sum row by row
# stand aside. What is canceled of them comes after, with triggers.
CREATE_LINES = """
CREATE TEMP TABLE staged_line (order_line_id INTEGER PRIMARY KEY, sales_order_id INTEGER, product_id INTEGER,
  is_new_order INTEGER, is_new INTEGER, line_no INTEGER, staged_id INTEGER, units INTEGER, sold_on TEXT,
  units_canceled INTEGER, canceled_by TEXT)"""

_SHOWN = "s.item_id IS NULL, s.item_id, iif(:joins_rows, 0, s.id), s.sku"
_LAST_LINE = "coalesce((SELECT max(id) FROM order_line), 0)"

# The lines get the numbers after the last one there is, in the order in which they are shown; a row of that number
# makes SQLite count on, which costs half of what a second window over all lines does.
PLAIN_LINES = (
    f"INSERT INTO staged_line (order_line_id) SELECT {_LAST_LINE}",
    f"""
INSERT INTO staged_line (sales_order_id, product_id, is_new_order, is_new, line_no, staged_id, units, sold_on,
  units_canceled, canceled_by)
SELECT o.sales_order_id, s.product_id, 1, 1,
  row_number() OVER (PARTITION BY o.sales_order_id ORDER BY {_SHOWN}),
  s.id, s.quantity_shipped, s.sold_on, iif(s.is_canceled, s.quantity - s.quantity_shipped, s.quantity_canceled),
  s.canceled_by
FROM staged_order o CROSS JOIN staged s ON s.file = :file AND s.channel = o.channel AND s.order_id = o.order_id
WHERE o.is_plain <> 0 ORDER BY o.sales_order_id, {_SHOWN}""",
    f"DELETE FROM staged_line WHERE order_line_id = {_LAST_LINE}",
)


def _without_tax(price: str) -> str:
    """A price of a staged row without its tax, if it contains it."""
    tax = price.replace("price", "tax")
    return (
        f"CASE WHEN coalesce(s.is_tax_included, o.is_tax_included) <> 0 AND s.{tax} > 0"
        f" THEN max(0, s.{price} - s.{tax}) ELSE s.{price} END"
    )


_ESTIMATE = "o.currency IS NULL OR o.currency = :currency"
_NO_SALE = no_sale_sql("o.")

INSERT_PLAIN_LINES = f"""
INSERT INTO order_line (id, sales_order_id, line_no, item_id, product_id, name, quantity, {_AMOUNTS_MINOR},
  price_is_estimated, channel_shipped, channel_shipped_at, channel_canceled, is_tax_included, units_per_pack,
  quantity_shipped)
SELECT l.order_line_id, l.sales_order_id, l.line_no, s.item_id, s.product_id, s.name, s.quantity,
  CASE WHEN s.item_price IS NOT NULL THEN {_without_tax("item_price")}
    WHEN {_NO_SALE} THEN 0
    WHEN {_ESTIMATE} THEN p.unit_price_minor * s.quantity * s.units_per_pack END,
  iif(s.item_price IS NULL, NULL, s.item_tax),
  iif(s.item_price IS NULL, NULL, {_without_tax("shipping_price")}), iif(s.item_price IS NULL, NULL, s.shipping_tax),
  iif(s.item_price IS NULL, NULL, {_without_tax("gift_wrap_price")}), iif(s.item_price IS NULL, NULL, s.gift_wrap_tax),
  iif(s.item_price IS NULL, NULL, s.discount),
  CASE WHEN s.item_price IS NOT NULL THEN s.is_estimate
    ELSE iif(NOT {_NO_SALE} AND p.unit_price_minor IS NOT NULL AND ({_ESTIMATE}), 1, 0) END,
  s.quantity_shipped, iif(s.quantity_shipped > 0, s.updated_at, NULL), l.units_canceled,
  coalesce(s.is_tax_included, o.is_tax_included), s.units_per_pack, l.units
FROM staged_line l
JOIN staged s ON s.id = l.staged_id
JOIN staged_order o ON o.channel = s.channel AND o.order_id = s.order_id
JOIN product p ON p.id = s.product_id
ORDER BY l.order_line_id"""

PLAIN_DEMAND = """
INSERT INTO daily_demand (product_id, day, fulfillment, units)
SELECT l.product_id, o.ordered_on, o.fulfillment, sum(s.quantity)
FROM staged_line l JOIN staged s ON s.id = l.staged_id JOIN sales_order o ON o.id = l.sales_order_id
WHERE true GROUP BY l.product_id, o.ordered_on, o.fulfillment
ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units"""

PLAIN_TEXTS = """
INSERT INTO line_text (order_line_id, personal_id, personal_version)
SELECT l.order_line_id, t.personal_id, 1 FROM staged_text t JOIN staged_line l ON l.staged_id = t.staged_id"""

# Orders of which more is to be known than this one statement.
OPEN_BOOKS = "SELECT sales_order_id, is_new FROM staged_order WHERE is_plain <> 1"

# What the channel says happened -------------------------------------------------------------------

CHANNEL_SHIPMENTS = """
CREATE TEMP TABLE channel_shipment AS
SELECT sales_order_id, order_line_id, product_id, sold_on, units, is_new_order, iif(staged_id IS NULL, 0, 1) AS is_plain,
  (SELECT coalesce(max(id), 0) FROM shipment) + dense_rank() OVER (ORDER BY sales_order_id) AS shipment_id
FROM staged_line WHERE units > 0"""

INSERT_SHIPMENTS = """
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, shipped_on, recorded_at)
SELECT shipment_id, sales_order_id, :operation, 'channel', 'shipped', min(sold_on), :now
FROM channel_shipment GROUP BY shipment_id, sales_order_id ORDER BY shipment_id"""

INSERT_SHIPMENT_LINES = """
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on)
SELECT shipment_id, order_line_id, product_id, units, sold_on FROM channel_shipment
WHERE is_plain = :is_plain ORDER BY shipment_id, order_line_id"""

# What kits and packs are made of is taken apart row by row.
PLAIN_SALES = """
INSERT INTO daily_sales (product_id, day, units)
SELECT s.product_id, s.sold_on, sum(s.units) FROM channel_shipment s JOIN order_line l ON l.id = s.order_line_id
WHERE s.is_plain <> 0 AND l.is_assembled = 0 GROUP BY s.product_id, s.sold_on
ON CONFLICT (product_id, day) DO UPDATE SET units = daily_sales.units + excluded.units"""

# Whether lines have units that left, are of earlier, and have units that are canceled.
TOLD_OF_LINES = """
SELECT EXISTS (SELECT 1 FROM staged_line WHERE units > 0) AS have_left,
  EXISTS (SELECT 1 FROM staged_line WHERE is_new <> 1) AS are_old,
  EXISTS (SELECT 1 FROM staged_line WHERE units_canceled > 0) AS are_canceled"""

# Units the channel reports count as sold on the earliest day that any report gives for their line.
EARLIER_SALES = (
    """
CREATE TEMP TABLE earlier_sale AS
SELECT * FROM (
  SELECT sl.id, sl.sold_on AS was,
    min(coalesce(s.sold_on, sl.sold_on), min(sl.sold_on) OVER (PARTITION BY sl.order_line_id)) AS day
  FROM staged_line s
  JOIN shipment_line sl ON sl.order_line_id = s.order_line_id
  JOIN shipment p ON p.id = sl.shipment_id AND p.origin = 'channel' AND p.status <> 'void'
  WHERE s.is_new <> 1
) AS found WHERE day < was""",
    """
INSERT INTO daily_sales (product_id, day, units)
SELECT u.product_id, e.day, sum(u.quantity) FROM earlier_sale e JOIN shipped_unit u ON u.shipment_line_id = e.id
GROUP BY u.product_id, e.day
ON CONFLICT (product_id, day) DO UPDATE SET units = daily_sales.units + excluded.units""",
    """
UPDATE daily_sales SET units = units - e.gone
FROM (SELECT u.product_id, e.was, sum(u.quantity) AS gone
  FROM earlier_sale e JOIN shipped_unit u ON u.shipment_line_id = e.id GROUP BY u.product_id, e.was) e
WHERE daily_sales.product_id = e.product_id AND daily_sales.day = e.was""",
    "UPDATE shipment_line SET sold_on = e.day FROM earlier_sale e WHERE e.id = shipment_line.id",
)

SHIPMENT_EVENTS = f"""
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT sales_order_id, :operation, :now, 'shipped', {counted_sql("sum(units)", "unit")} || ' reported shipped by the channel'
FROM channel_shipment WHERE is_new_order <> 1 GROUP BY sales_order_id"""

CANCELLATIONS = """
INSERT INTO cancellation (order_line_id, quantity, canceled_by, reason, canceled_at, operation_id, is_told)
SELECT order_line_id, units_canceled, canceled_by, 'told by the channel', :now, :operation, 1
FROM staged_line WHERE units_canceled > 0"""
