"""The set-based statements by which one staged file meets the orders there are.

Every merge below is commutative, associative and idempotent (earliest, latest, greatest, once true always
true, or the value of the latest update), so that reports give the same state in any order and any number.
What is believed of which report is said in docs/formats.md.

Where one row of several must win as a whole (an address, the prices of a line), its content is joined into
one text that sorts by merit, and the row's id is appended to find it again.

What the seller set by hand (the bits of ``edited_fields``) no file changes. ``promise(channel, ordered_at)``
is the ship-by that the channel's handling time gives, for orders without a told one.
"""

from ordercli.domain.orders.order_edits import LineEdit, OrderEdit
from ordercli.domain.orders.order_rows import ADDRESS, AMOUNTS, CONTACT, LINE_TEXT, PERSONAL
from ordercli.domain.places import HOME
from ordercli.domain.stock.waiting import uncovered_sql

_HEADER = (
    "ordered_at",
    "ship_by",
    "deliver_by",
    "fulfillment",
    "service_level",
    "currency",
    "is_released",
    "channel_updated_at",
    "is_ship_by_computed",
    "channel_status",
)
_ROW = "CAST(substr({key}, -12) AS INTEGER)"


def _list(template: str, names: tuple[str, ...], separator: str = ", ") -> str:
    return separator.join(template.format(c=name) for name in names)


def _content(alias: str, columns: tuple[str, ...]) -> str:
    """Several columns as one text."""
    return _list(f"coalesce({alias}.{{c}}, '')", columns, " || char(31) || ")


def _address_merit(alias: str) -> str:
    """An address with a name or street before a bare place, then by content."""
    return f"(({alias}.ship_name IS NOT NULL OR {alias}.address_1 IS NOT NULL) || {_content(alias, ADDRESS)})"


def _price_merit(alias: str, stamp: str, estimated: str, suffix: str = "") -> str:
    """A real price before an estimate before none, then the latest update, then by content."""
    columns = tuple(price + suffix for price in AMOUNTS)
    return (
        f"((CASE WHEN {alias}.item_price{suffix} IS NULL THEN 0 ELSE 2 - {alias}.{estimated} END)"
        f" || coalesce({alias}.{stamp}, '') || char(31) || {_content(alias, columns)})"
    )


def _greatest(one: str, other: str) -> str:
    return f"max(coalesce({one}, {other}), coalesce({other}, {one}))"


def _least(one: str, other: str) -> str:
    return f"min(coalesce({one}, {other}), coalesce({other}, {one}))"


def first_fact(product: str, place: str = HOME) -> str:
    """When units of a product first came to or left a place, as a subselect."""
    return (
        f"(SELECT f.occurred_at FROM stock_movement f WHERE f.product_id = {product}"
        f" AND '{place}' IN (f.from_location, f.to_location) ORDER BY f.occurred_at LIMIT 1)"
    )


def _unless_edited(bit: OrderEdit | LineEdit, alias: str, kept: str, merged: str) -> str:
    """The merged value, or the one that the seller set by hand."""
    return f"CASE WHEN {alias}.edited_fields & {int(bit)} THEN {kept} ELSE {merged} END"


TEMPORARY = (
    "staged_order",
    "merged_order",
    "changed_order",
    "staged_line",
    "changed_line",
    "changed_text",
    "channel_shipment",
    "earlier_sale",
)

CREATE_PRODUCTS = """
INSERT INTO product (sku, name, asin, operation_id)
SELECT sku, coalesce(max(name), sku), max(asin), :operation FROM staged
WHERE product_id IS NULL GROUP BY sku
ON CONFLICT (sku) DO NOTHING"""

RESOLVE_PRODUCTS = """
UPDATE staged SET product_id = (SELECT id FROM product WHERE product.sku = staged.sku)
WHERE product_id IS NULL"""

# Shipments -----------------------------------------------------------------------------------------

# A report of shipments gives a line in parts. Each part is kept, and the staged rows of its line become the
# sum of all parts known, so that it does not matter which file told which part.
HAS_SHIPMENTS = "SELECT EXISTS (SELECT 1 FROM staged WHERE file = :file AND shipment_item_id IS NOT NULL)"

_PARTS = ("quantity", "shipped_at", "carrier", "tracking_number", *(f"{price}_minor" for price in AMOUNTS))

REPORTED_SHIPMENTS = f"""
INSERT INTO reported_shipment (channel, order_id, item_id, shipment_item_id, {", ".join(_PARTS)}, operation_id)
SELECT channel, order_id, item_id, shipment_item_id, max(quantity), min(updated_at), max(carrier), max(tracking_number),
  {_list("max({c})", AMOUNTS)}, :operation
FROM staged WHERE file = :file AND shipment_item_id IS NOT NULL
GROUP BY channel, order_id, item_id, shipment_item_id
ON CONFLICT (channel, order_id, item_id, shipment_item_id) DO UPDATE SET
  {
    ", ".join(
        f"{c} = {_least(c, f'excluded.{c}') if c == 'shipped_at' else _greatest(c, f'excluded.{c}')}"
        for c in _PARTS
    )
}
WHERE {
    " OR ".join(
        f"excluded.{c} < coalesce({c}, '~')"
        if c == "shipped_at"
        else f"excluded.{c} > coalesce({c}, '')"
        if c in ("carrier", "tracking_number")
        else f"excluded.{c} > coalesce({c}, -1)"
        for c in _PARTS
    )
}"""

SUM_OF_SHIPMENTS = f"""
UPDATE staged SET quantity = p.units, quantity_shipped = p.units, updated_at = p.latest, shipped_at = p.earliest,
  {_list("{c} = p.{c}", AMOUNTS)}
FROM (
  SELECT r.channel, r.order_id, r.item_id, sum(r.quantity) AS units, max(r.shipped_at) AS latest,
    min(r.shipped_at) AS earliest,
    {_list("sum(r.{c}_minor) AS {c}", AMOUNTS)}
  FROM reported_shipment r
  WHERE (r.channel, r.order_id, r.item_id) IN (
    SELECT channel, order_id, item_id FROM staged WHERE file = :file AND shipment_item_id IS NOT NULL)
  GROUP BY r.channel, r.order_id, r.item_id
) p
WHERE staged.file = :file AND staged.shipment_item_id IS NOT NULL
  AND staged.channel = p.channel AND staged.order_id = p.order_id AND staged.item_id = p.item_id"""

# Orders ------------------------------------------------------------------------------------------

STAGED_ORDERS = f"""
CREATE TEMP TABLE staged_order AS
SELECT s.channel, s.order_id, o.id AS sales_order_id, o.id IS NULL AS is_new,
  min(s.ordered_at) AS ordered_at, max(s.ship_by) AS ship_by, max(s.deliver_by) AS deliver_by,
  min(s.fulfillment) AS fulfillment, max(s.service_level) AS service_level, max(s.currency) AS currency,
  max(s.is_released) AS is_released, max(s.updated_at) AS channel_updated_at,
  max(coalesce(s.updated_at, '') || char(31) || coalesce(s.channel_status, '')) AS status_merit,
  count(*) AS row_count, max(s.id) AS address_row, max(s.computed_ship_by) AS computed_ship_by,
  {_list("max(s.{c}) AS {c}", CONTACT)},
  NULL AS personal_id
FROM staged s LEFT JOIN sales_order o ON o.channel = s.channel AND o.order_id = s.order_id
WHERE s.file = :file
GROUP BY s.channel, s.order_id"""

# Of an order's rows, the best address; only orders of several rows pay for comparing.
BEST_ADDRESSES = f"""
UPDATE staged_order SET address_row = (
  SELECT {_ROW.format(key=f"max({_address_merit('s')} || printf('%012d', s.id))")}
  FROM staged s WHERE s.file = :file AND s.channel = staged_order.channel AND s.order_id = staged_order.order_id)
WHERE row_count > 1"""

INDEX_ORDERS = "CREATE UNIQUE INDEX temp.ix_staged_order ON staged_order (channel, order_id)"

_STATUS = "nullif(substr({m}, instr({m}, char(31)) + 1), '')"

NEW_PEOPLE = f"""
UPDATE staged_order SET personal_id = n.number
FROM (
  SELECT s.rowid AS row,
    (SELECT coalesce(max(personal_id), 0) FROM personal_data) + row_number() OVER (ORDER BY s.rowid) AS number
  FROM staged_order s JOIN staged a ON a.id = s.address_row
  WHERE s.is_new AND ({_list("s.{c} IS NOT NULL", CONTACT, " OR ")} OR {_list("a.{c} IS NOT NULL", ADDRESS, " OR ")})
) n WHERE staged_order.rowid = n.row"""

INSERT_PEOPLE = f"""
INSERT INTO personal_data (personal_id, version, {", ".join(PERSONAL)})
SELECT s.personal_id, 1, {_list("s.{c}", CONTACT)}, {_list("a.{c}", ADDRESS)}
FROM staged_order s JOIN staged a ON a.id = s.address_row
WHERE s.personal_id IS NOT NULL"""

INSERT_ORDERS = f"""
INSERT INTO sales_order ({", ".join(_HEADER)}, channel, order_id, personal_id, personal_version, operation_id)
SELECT ordered_at, coalesce(ship_by, promised), {", ".join(_HEADER[2:-2])}, ship_by IS NULL AND promised IS NOT NULL,
  {_STATUS.format(m="status_merit")}, channel, order_id,
  personal_id, CASE WHEN personal_id IS NOT NULL THEN 1 END, :operation
FROM (
  SELECT *, CASE WHEN ship_by IS NULL AND fulfillment = 'FBM'
    THEN coalesce(computed_ship_by, promise(channel, ordered_at)) END AS promised
  FROM staged_order WHERE is_new
) ORDER BY ordered_at, order_id"""

RESOLVE_ORDERS = """
UPDATE staged_order SET sales_order_id = (
  SELECT id FROM sales_order o WHERE o.channel = staged_order.channel AND o.order_id = staged_order.order_id)
WHERE is_new"""

# Most rows of most imports say what is known. This cheap test lets everything through that could change
# an order, and little else; what is let through is then merged exactly.
_TOLD_ANEW = " OR ".join(
    [
        "s.fulfillment < o.fulfillment",
        "s.is_released > o.is_released",
        "(s.ship_by IS NOT NULL AND o.is_ship_by_computed)",
        "s.status_merit > coalesce(o.channel_updated_at, '') || char(31) || coalesce(o.channel_status, '')",
        *(
            f"(s.{c} IS NOT NULL AND s.{c} IS NOT o.{c})"
            for c in ("ordered_at", "ship_by", "deliver_by", "service_level", "currency", "channel_updated_at")
        ),
        *(f"(s.{c} IS NOT NULL AND s.{c} IS NOT p.{c})" for c in CONTACT),
        (
            "((a.ship_name IS NOT NULL OR a.address_1 IS NOT NULL OR (p.ship_name IS NULL AND p.address_1 IS NULL))"
            f" AND ({_list('a.{c} IS NOT p.{c}', ADDRESS, ' OR ')}))"
        ),
    ]
)

_ORDERED_AT = _least("s.ordered_at", "o.ordered_at")
_FULFILLMENT = _least("s.fulfillment", "o.fulfillment")
# A told promise wins over a computed one; what is computed follows the time of the order.
_TOLD_SHIP_BY = _greatest("s.ship_by", "iif(o.is_ship_by_computed, NULL, o.ship_by)")
_COMPUTED_SHIP_BY = f"""CASE WHEN {_FULFILLMENT} <> 'FBM' THEN NULL
    WHEN o.is_ship_by_computed AND {_ORDERED_AT} = o.ordered_at THEN o.ship_by
    ELSE promise(o.channel, {_ORDERED_AT}) END"""

MERGED_ORDERS = f"""
CREATE TEMP TABLE merged_order AS
SELECT o.id, {_ORDERED_AT} AS ordered_at, {_FULFILLMENT} AS fulfillment,
  {
    _unless_edited(OrderEdit.SHIP_BY, "o", "o.ship_by", f"coalesce({_TOLD_SHIP_BY}, {_COMPUTED_SHIP_BY})")
} AS ship_by,
  {
    _unless_edited(
        OrderEdit.SHIP_BY,
        "o",
        "o.is_ship_by_computed",
        f"{_TOLD_SHIP_BY} IS NULL AND ({_COMPUTED_SHIP_BY}) IS NOT NULL",
    )
} AS is_ship_by_computed,
  {
    _unless_edited(OrderEdit.DELIVER_BY, "o", "o.deliver_by", _greatest("s.deliver_by", "o.deliver_by"))
} AS deliver_by,
  {
    _unless_edited(
        OrderEdit.SERVICE_LEVEL, "o", "o.service_level", _greatest("s.service_level", "o.service_level")
    )
} AS service_level,
  {
    ", ".join(f"{_greatest(f's.{c}', f'o.{c}')} AS {c}" for c in ("currency", "is_released", "channel_updated_at"))
},
  CASE WHEN s.status_merit > coalesce(o.channel_updated_at, '') || char(31) || coalesce(o.channel_status, '')
    THEN {_STATUS.format(m="s.status_merit")} ELSE o.channel_status END AS channel_status,
  {
    ", ".join(
        f"{_unless_edited(OrderEdit[c.upper()], 'o', f'p.{c}', _greatest(f's.{c}', f'p.{c}'))} AS {c}"
        for c in CONTACT
    )
},
  {
    _list(
        f"CASE WHEN NOT o.edited_fields & {int(OrderEdit.ADDRESS)}"
        f" AND {_address_merit('a')} > {_address_merit('p')} THEN a.{{c}} ELSE p.{{c}} END AS {{c}}",
        ADDRESS,
    )
},
  o.personal_id, o.personal_version
FROM staged_order s
JOIN staged a ON a.id = s.address_row
JOIN sales_order o ON o.id = s.sales_order_id
LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version
WHERE NOT s.is_new AND ({_TOLD_ANEW})"""


def _quoted(word: str) -> str:
    """A word inside an SQL string."""
    return word.replace("'", "''")


_SAID = {
    "ordered_at": "ordered at",
    "ship_by": "ship by",
    "deliver_by": "deliver by",
    "fulfillment": "fulfillment",
    "service_level": "service level",
    "currency": "currency",
    "channel_status": "channel status",
    "channel_updated_at": "channel's update",
}

CHANGED_ORDERS = f"""
CREATE TEMP TABLE changed_order AS
SELECT m.*, ({_content("m", PERSONAL)}) <> ({_content("p", PERSONAL)}) AS is_person_changed,
  substr({
    " || ".join(
        f"CASE WHEN m.{c} IS NOT o.{c} THEN '; {_quoted(word)} ' || coalesce(o.{c}, '(none)') || ' → '"
        f" || coalesce(m.{c}, '(none)') ELSE '' END"
        for c, word in _SAID.items()
    )
} || CASE WHEN m.is_released > o.is_released THEN '; released for shipping' ELSE '' END, 3) AS said
FROM merged_order m JOIN sales_order o ON o.id = m.id
LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version
WHERE {_list("m.{c} IS NOT o.{c}", _HEADER, " OR ")}
  OR ({_content("m", PERSONAL)}) <> ({_content("p", PERSONAL)})"""

CHANGED_PEOPLE = (
    """
UPDATE changed_order SET personal_id = n.number, personal_version = 0
FROM (SELECT rowid AS row,
    (SELECT coalesce(max(personal_id), 0) FROM personal_data) + row_number() OVER (ORDER BY rowid) AS number
  FROM changed_order WHERE is_person_changed AND personal_id IS NULL) n
WHERE changed_order.rowid = n.row""",
    "UPDATE changed_order SET personal_version = personal_version + 1 WHERE is_person_changed",
    """UPDATE changed_order SET said = said || CASE said WHEN '' THEN '' ELSE '; ' END
  || 'personal data, version ' || personal_version WHERE is_person_changed""",
    f"""
INSERT INTO personal_data (personal_id, version, {", ".join(PERSONAL)})
SELECT personal_id, personal_version, {", ".join(PERSONAL)} FROM changed_order WHERE is_person_changed""",
)

UPDATE_ORDERS = f"""
UPDATE sales_order SET {_list("{c} = c.{c}", _HEADER)},
  personal_id = c.personal_id, personal_version = c.personal_version
FROM changed_order c WHERE sales_order.id = c.id"""

# Run before UPDATE_ORDERS: the product's price is in the shop's currency.
FOREIGN_ESTIMATES = """
UPDATE order_line SET item_price_minor = NULL, price_is_estimated = 0
WHERE price_is_estimated = 1 AND sales_order_id IN (
  SELECT c.id FROM changed_order c JOIN sales_order o ON o.id = c.id
  WHERE o.currency IS NULL AND c.currency <> :currency)"""

# What Amazon fulfills is promised no stock of ours.
FREE_AMAZONS = """
UPDATE order_line SET quantity_allocated = 0, quantity_picked = 0
WHERE quantity_allocated > 0 AND sales_order_id IN (SELECT id FROM changed_order WHERE fulfillment = 'FBA')"""

ORDER_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT id, :operation, :now, 'changed', said FROM changed_order WHERE said <> ''"""

STAGE_ORDERS = (
    STAGED_ORDERS,
    INDEX_ORDERS,
    "ANALYZE temp.staged_order",
    BEST_ADDRESSES,
    NEW_PEOPLE,
    INSERT_PEOPLE,
)
"""What comes before the new orders are inserted."""

MERGE_ORDERS = (
    RESOLVE_ORDERS,
    MERGED_ORDERS,
    CHANGED_ORDERS,
    *CHANGED_PEOPLE,
    FOREIGN_ESTIMATES,
    UPDATE_ORDERS,
    FREE_AMAZONS,
    ORDER_EVENTS,
)
"""What comes after."""

# Lines -------------------------------------------------------------------------------------------

HAS_ROWS_WITHOUT_ITEM_ID = "SELECT EXISTS (SELECT 1 FROM staged WHERE file = :file AND item_id IS NULL)"

_OCCURRENCE = """(SELECT id, CASE WHEN item_id IS NULL THEN
    row_number() OVER (PARTITION BY channel, order_id, sku, item_id ORDER BY line) ELSE 0 END AS occurrence
  FROM staged WHERE file = :file)"""


def staged_lines(*, with_occurrences: bool) -> str:
    """One row a line: exact repeats of an item id fall together, rows without one keep their occurrence."""
    rows = _OCCURRENCE if with_occurrences else "(SELECT id, 0 AS occurrence FROM staged WHERE file = :file)"
    return f"""
CREATE TEMP TABLE staged_line AS
SELECT o.sales_order_id, o.is_new AS is_new_order, s.item_id, s.product_id, k.occurrence,
  count(*) AS repeats, min(s.id) AS first_row, min(s.id) AS price_row, max(s.name) AS name,
  max(s.quantity) AS quantity, max(s.quantity_shipped) AS channel_shipped,
  min(CASE WHEN s.quantity_shipped > 0 THEN coalesce(s.shipped_at, s.updated_at) END) AS channel_shipped_at,
  max(s.quantity_canceled) AS quantity_canceled, max(s.is_canceled) AS is_channel_canceled,
  min(s.canceled_by) AS canceled_by, min(s.sold_on) AS sold_on, NULL AS order_line_id, 0 AS is_new,
  max(s.gift_message) AS gift_message, max(s.customization) AS customization,
  max(s.units_per_pack) AS units_per_pack
FROM {rows} k CROSS JOIN staged s ON s.id = k.id
CROSS JOIN staged_order o ON o.channel = s.channel AND o.order_id = s.order_id
GROUP BY o.sales_order_id, s.item_id, s.product_id, k.occurrence"""


# Of rows with the same item id, the best price; only these pay for comparing.
BEST_PRICES = f"""
UPDATE staged_line SET price_row = (
  SELECT {_ROW.format(key=f"max({_price_merit('r', 'updated_at', 'is_estimate')} || printf('%012d', r.id))")}
  FROM staged f JOIN staged r ON r.file = f.file AND r.channel = f.channel AND r.order_id = f.order_id
  WHERE f.id = staged_line.first_row AND r.item_id = staged_line.item_id AND r.product_id = staged_line.product_id)
WHERE repeats > 1"""


# An order-item id is one line for good; a file that gives it another product contradicts what is known.
OTHER_PRODUCTS = """
SELECT o.order_id, s.item_id, known.sku AS known, told.sku AS told
FROM staged_line s
JOIN order_line l ON l.id = s.order_line_id AND l.product_id <> s.product_id
JOIN sales_order o ON o.id = l.sales_order_id
JOIN product known ON known.id = l.product_id
JOIN product told ON told.id = s.product_id
WHERE NOT s.is_new"""

_UNMATCHED = "NOT is_new_order AND order_line_id IS NULL"


def _pair(staged: str, order: str, lines: str, *, by_quantity: bool) -> tuple[str, ...]:
    """The k-th unmatched row of a product for the k-th of its lines that no row has matched yet.

    The lines stand in a table with an index: SQLite would join two ranked subqueries pair by pair.
    """
    group = "sales_order_id, product_id" + (", quantity" if by_quantity else "")
    same = "AND l.quantity = s.quantity" if by_quantity else ""
    return (
        "DROP TABLE IF EXISTS temp.free_line",
        f"""
CREATE TEMP TABLE free_line AS
SELECT id, sales_order_id, product_id, quantity,
  row_number() OVER (PARTITION BY {group} ORDER BY units_per_pack, item_id IS NULL, item_id, line_no) AS k
FROM order_line WHERE {lines}
  AND sales_order_id IN (SELECT sales_order_id FROM staged_line WHERE {staged} AND {_UNMATCHED})
  AND id NOT IN (SELECT order_line_id FROM staged_line WHERE order_line_id IS NOT NULL)""",
        "CREATE INDEX temp.ix_free_line ON free_line (sales_order_id, product_id, k, quantity)",
        f"""
UPDATE staged_line SET order_line_id = m.line_id FROM (
  SELECT s.row, l.id AS line_id FROM (
    SELECT rowid AS row, sales_order_id, product_id, quantity,
      row_number() OVER (PARTITION BY {group} ORDER BY units_per_pack, {order}) AS k
    FROM staged_line WHERE {staged} AND {_UNMATCHED}
  ) s CROSS JOIN free_line l ON l.sales_order_id = s.sales_order_id AND l.product_id = s.product_id {same} AND l.k = s.k
) m WHERE staged_line.rowid = m.row""",
    )


MATCH_LINES = (
    BEST_PRICES,
    "ANALYZE temp.staged_line",
    # the same order-item id
    f"""
UPDATE staged_line SET order_line_id = l.id FROM order_line l
WHERE {_UNMATCHED} AND l.sales_order_id = staged_line.sales_order_id AND l.item_id = staged_line.item_id""",
    # an id for a line that has none yet, then no id in the file: equal quantities first, the rest in their order
    *_pair("item_id IS NOT NULL", "item_id", "item_id IS NULL", by_quantity=True),
    *_pair("item_id IS NOT NULL", "item_id", "item_id IS NULL", by_quantity=False),
    *_pair("item_id IS NULL", "occurrence", "1", by_quantity=True),
    *_pair("item_id IS NULL", "occurrence", "1", by_quantity=False),
    # the rest are new
    """
UPDATE staged_line SET is_new = 1, order_line_id = n.number FROM (
  SELECT rowid AS row,
    (SELECT coalesce(max(id), 0) FROM order_line) + row_number() OVER (ORDER BY sales_order_id, first_row) AS number
  FROM staged_line WHERE order_line_id IS NULL
) n WHERE staged_line.rowid = n.row""",
)

_LINE_FIELDS = (
    "item_id",
    "name",
    "quantity",
    *(f"{price}_minor" for price in AMOUNTS),
    "price_is_estimated",
    "price_updated_at",
    "channel_shipped",
    "channel_shipped_at",
    "is_channel_canceled",
)
# That units are shipped is no news where they left from here and the file gives no time of its own.
_SHIPPED_ANEW = (
    "iif(s.channel_shipped_at IS NULL AND s.channel_shipped <= l.quantity_shipped, 0, s.channel_shipped)"
)

# As with orders: a cheap test first, the exact merge for what passes it.
_LINE_TOLD_ANEW = " OR ".join(
    [
        "(s.item_id IS NOT NULL AND l.item_id IS NULL)",
        "s.quantity > l.quantity",
        "s.name IS NOT NULL AND s.name IS NOT l.name",
        f"{_SHIPPED_ANEW} > l.channel_shipped",
        "s.channel_shipped_at < coalesce(l.channel_shipped_at, '~')",
        "s.is_channel_canceled > l.is_channel_canceled",
        (
            "(r.item_price IS NOT NULL AND (r.is_estimate <= l.price_is_estimated OR l.item_price_minor IS NULL)"
            f" AND (r.updated_at IS NOT l.price_updated_at OR {_list('r.{c} IS NOT l.{c}_minor', AMOUNTS, ' OR ')}"
            " OR r.is_estimate <> l.price_is_estimated))"
        ),
    ]
)

CHANGED_LINES = f"""
CREATE TEMP TABLE changed_line AS
WITH told AS MATERIALIZED (
  SELECT s.order_line_id, s.price_row, s.item_id, s.name, s.quantity, s.channel_shipped, s.channel_shipped_at,
    s.is_channel_canceled, r.item_price IS NOT NULL AND NOT l.edited_fields & {int(LineEdit.PRICE)}
      AND {_price_merit("r", "updated_at", "is_estimate")}
        > {_price_merit("l", "price_updated_at", "price_is_estimated", "_minor")} AS takes
  FROM staged_line s
  JOIN order_line l ON l.id = s.order_line_id
  JOIN staged r ON r.id = s.price_row
  WHERE NOT s.is_new AND ({_LINE_TOLD_ANEW})
), merged AS (
  SELECT l.id, l.sales_order_id, coalesce(l.item_id, s.item_id) AS item_id, {_greatest("s.name", "l.name")} AS name,
    {_unless_edited(LineEdit.QUANTITY, "l", "l.quantity", "max(l.quantity, s.quantity)")} AS quantity,
    {_list("CASE WHEN s.takes THEN r.{c} ELSE l.{c}_minor END AS {c}_minor", AMOUNTS[1:])},
    CASE WHEN s.takes THEN r.item_price
      WHEN l.price_is_estimated AND s.quantity > l.quantity AND NOT l.edited_fields
        THEN p.unit_price_minor * s.quantity * l.units_per_pack
      ELSE l.item_price_minor END AS item_price_minor,
    CASE WHEN s.takes THEN r.is_estimate ELSE l.price_is_estimated END AS price_is_estimated,
    CASE WHEN s.takes THEN r.updated_at ELSE l.price_updated_at END AS price_updated_at,
    max(l.channel_shipped, {_SHIPPED_ANEW}) AS channel_shipped,
    {_least("s.channel_shipped_at", "l.channel_shipped_at")} AS channel_shipped_at,
    max(l.is_channel_canceled, s.is_channel_canceled) AS is_channel_canceled,
    p.sku, l.quantity AS old_quantity, l.item_id AS old_item_id, l.name AS old_name,
    {_list("l.{c}_minor AS old_{c}", AMOUNTS)}
  FROM told s
  JOIN order_line l ON l.id = s.order_line_id
  JOIN staged r ON r.id = s.price_row
  JOIN product p ON p.id = l.product_id
)
SELECT m.* FROM merged m JOIN order_line l ON l.id = m.id
WHERE {_list("m.{c} IS NOT l.{c}", _LINE_FIELDS, " OR ")}"""

UPDATE_LINES = f"""
UPDATE order_line SET {_list("{c} = c.{c}", _LINE_FIELDS)}
FROM changed_line c WHERE order_line.id = c.id"""

LINE_EVENTS = f"""
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT sales_order_id, :operation, :now, 'changed', sku || ': ' || substr(said, 3) FROM (
  SELECT c.sales_order_id, c.sku,
    CASE WHEN c.quantity <> c.old_quantity THEN '; quantity ' || c.old_quantity || ' → ' || c.quantity ELSE '' END
    || CASE WHEN c.item_id IS NOT c.old_item_id THEN '; order-item id ' || c.item_id ELSE '' END
    || CASE WHEN c.name IS NOT c.old_name THEN '; name ' || coalesce(c.old_name, '(none)') || ' → ' || c.name
      ELSE '' END
    || {
    " || ".join(
        f"CASE WHEN c.{c}_minor IS NOT c.old_{c} THEN '; {word} ' || coalesce(money(c.old_{c}, o.currency), '(none)')"
        f" || ' → ' || coalesce(money(c.{c}_minor, o.currency), '(none)') ELSE '' END"
        for c, word in ((c, c.removeprefix("item_").replace("_", " ")) for c in AMOUNTS)
    )
} AS said
  FROM changed_line c JOIN sales_order o ON o.id = c.sales_order_id
) WHERE said <> ''"""

# Texts of lines -----------------------------------------------------------------------------------

HAS_TEXTS = "SELECT EXISTS (SELECT 1 FROM changed_text)"

_LINE_EDIT = {"gift_message": LineEdit.GIFT_MESSAGE, "customization": LineEdit.CUSTOMIZATION}

CHANGED_TEXTS = f"""
CREATE TEMP TABLE changed_text AS
SELECT * FROM (
  SELECT s.order_line_id, l.sales_order_id, l.product_id, s.is_new_order, t.personal_id,
    coalesce(t.personal_version, 0) + 1 AS personal_version,
    {
    ", ".join(
        f"{_unless_edited(_LINE_EDIT[c], 'l', f'p.{c}', _greatest(f's.{c}', f'p.{c}'))} AS {c}" for c in LINE_TEXT
    )
},
    {_list("p.{c} AS old_{c}", LINE_TEXT)}
  FROM staged_line s
  JOIN order_line l ON l.id = s.order_line_id
  LEFT JOIN line_text t ON t.order_line_id = l.id
  LEFT JOIN personal_data p ON p.personal_id = t.personal_id AND p.version = t.personal_version
  WHERE {_list("s.{c} IS NOT NULL", LINE_TEXT, " OR ")}
) WHERE {_list("{c} IS NOT old_{c}", LINE_TEXT, " OR ")}"""

WRITE_TEXTS = (
    """
UPDATE changed_text SET personal_id = n.number
FROM (SELECT rowid AS row,
    (SELECT coalesce(max(personal_id), 0) FROM personal_data) + row_number() OVER (ORDER BY order_line_id) AS number
  FROM changed_text WHERE personal_id IS NULL) n
WHERE changed_text.rowid = n.row""",
    f"""
INSERT INTO personal_data (personal_id, version, {", ".join(LINE_TEXT)})
SELECT personal_id, personal_version, {", ".join(LINE_TEXT)} FROM changed_text""",
    """
INSERT INTO line_text (order_line_id, personal_id, personal_version)
SELECT order_line_id, personal_id, personal_version FROM changed_text WHERE 1
ON CONFLICT (order_line_id) DO UPDATE SET personal_version = excluded.personal_version""",
    """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT c.sales_order_id, :operation, :now, 'changed', p.sku || ': text, version ' || c.personal_version
FROM changed_text c JOIN product p ON p.id = c.product_id WHERE NOT c.is_new_order""",
)

# Tags ---------------------------------------------------------------------------------------------

HAS_TAGS = "SELECT EXISTS (SELECT 1 FROM staged WHERE file = :file AND tags IS NOT NULL)"

TAG_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT t.sales_order_id, :operation, :now, 'changed', 'tags ' || group_concat(t.tag, ', ')
FROM staged_order o JOIN order_tag t ON t.sales_order_id = o.sales_order_id AND t.operation_id = :operation
WHERE NOT o.is_new GROUP BY t.sales_order_id"""

INSERT_TAGS = """
INSERT OR IGNORE INTO order_tag (sales_order_id, tag, operation_id)
SELECT DISTINCT o.sales_order_id, trim(j.value), :operation
FROM staged s
JOIN staged_order o ON o.channel = s.channel AND o.order_id = s.order_id
JOIN json_each('["' || replace(s.tags, ',', '","') || '"]') j
WHERE s.file = :file AND s.tags IS NOT NULL AND trim(j.value) <> ''"""

INSERT_LINES = f"""
INSERT INTO order_line (id, sales_order_id, line_no, item_id, product_id, name, quantity, item_price_minor,
  {_list("{c}_minor", AMOUNTS[1:])}, price_is_estimated, price_updated_at, channel_shipped, channel_shipped_at,
  is_channel_canceled, units_per_pack)
SELECT s.order_line_id, s.sales_order_id,
  coalesce((SELECT max(line_no) FROM order_line l WHERE l.sales_order_id = s.sales_order_id), 0)
    + row_number() OVER (PARTITION BY s.sales_order_id ORDER BY s.first_row),
  s.item_id, s.product_id, s.name, s.quantity,
  CASE WHEN r.item_price IS NOT NULL THEN r.item_price
    WHEN o.currency IS NULL OR o.currency = :currency THEN p.unit_price_minor * s.quantity * s.units_per_pack END,
  {_list("r.{c}", AMOUNTS[1:])},
  CASE WHEN r.item_price IS NOT NULL THEN r.is_estimate
    ELSE p.unit_price_minor IS NOT NULL AND (o.currency IS NULL OR o.currency = :currency) END,
  CASE WHEN r.item_price IS NOT NULL THEN r.updated_at END,
  s.channel_shipped, s.channel_shipped_at, s.is_channel_canceled, s.units_per_pack
FROM staged_line s
JOIN staged r ON r.id = s.price_row
JOIN sales_order o ON o.id = s.sales_order_id
JOIN product p ON p.id = s.product_id
WHERE s.is_new
ORDER BY s.order_line_id"""

# What the channel says happened -------------------------------------------------------------------

CHANNEL_SHIPMENTS = """
CREATE TEMP TABLE channel_shipment AS
SELECT l.sales_order_id, l.id AS order_line_id, l.product_id, s.sold_on,
  min(l.channel_shipped - l.quantity_shipped, l.quantity_open) AS units,
  (SELECT coalesce(max(id), 0) FROM shipment) + dense_rank() OVER (ORDER BY l.sales_order_id) AS shipment_id,
  l.channel_shipped_at
FROM staged_line s JOIN order_line l ON l.id = s.order_line_id
WHERE l.channel_shipped > l.quantity_shipped AND l.quantity_open > 0"""

INSERT_SHIPMENTS = """
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, shipped_on, recorded_at)
SELECT shipment_id, sales_order_id, :operation, 'channel', 'shipped', min(sold_on), :now
FROM channel_shipment GROUP BY shipment_id ORDER BY shipment_id"""

INSERT_SHIPMENT_LINES = """
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on)
SELECT shipment_id, order_line_id, product_id, units, sold_on FROM channel_shipment ORDER BY shipment_id"""

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
) WHERE day < was""",
    """
INSERT INTO daily_sales (product_id, day, units)
SELECT u.product_id, e.day, sum(u.quantity) FROM earlier_sale e JOIN shipped_unit u ON u.shipment_line_id = e.id
GROUP BY u.product_id, e.day
ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units""",
    """
UPDATE daily_sales SET units = units - e.gone
FROM (SELECT u.product_id, e.was, sum(u.quantity) AS gone
  FROM earlier_sale e JOIN shipped_unit u ON u.shipment_line_id = e.id GROUP BY u.product_id, e.was) e
WHERE daily_sales.product_id = e.product_id AND daily_sales.day = e.was""",
    "UPDATE shipment_line SET sold_on = e.day FROM earlier_sale e WHERE e.id = shipment_line.id",
)

# Units drawn from own stock that left before there was any, as an earlier time tells, or that Amazon ships.
UNITS_TO_RETURN = f"""
SELECT u.shipment_line_id AS line, u.is_part, u.product_id, u.quantity, m.cost_minor, m.occurred_at, o.order_id
FROM staged_line s
JOIN order_line l ON l.id = s.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id
JOIN shipped_unit u ON u.order_line_id = l.id
JOIN shipment p ON p.id = u.shipment_id AND p.origin = 'channel'
JOIN stock_movement m ON m.id = u.movement_id AND m.from_location = 'HOME'
WHERE o.fulfillment = 'FBA' OR l.channel_shipped_at <= {first_fact("u.product_id")}
ORDER BY line, u.product_id"""

FOUND_FOR_CHANNEL = """
SELECT coalesce(sum(CASE to_location WHEN 'HOME' THEN quantity ELSE -quantity END), 0) FROM stock_movement
WHERE product_id = :product AND kind = 'adjustment' AND reason = 'channel report'"""

# Shipped is shipped, whatever was said before: units of a canceled line that the channel reports as shipped
# are taken off the cancellation again.
UNCANCEL = """
INSERT INTO cancellation (order_line_id, quantity, canceled_by, reason, canceled_at, operation_id)
SELECT id, -min(missing, told), 'unknown', 'told by the channel', :now, :operation FROM (
  SELECT l.id, l.channel_shipped - (l.quantity - l.quantity_canceled) AS missing,
    (SELECT coalesce(sum(c.quantity), 0) FROM cancellation c
      WHERE c.order_line_id = l.id AND c.reason = 'told by the channel') AS told
  FROM staged_line s JOIN order_line l ON l.id = s.order_line_id
  WHERE l.is_channel_canceled AND l.channel_shipped > l.quantity - l.quantity_canceled
) WHERE told > 0"""

SHIPMENT_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT c.sales_order_id, :operation, :now, 'shipped', sum(c.units) || ' units reported shipped by the channel'
FROM channel_shipment c JOIN staged_order o ON o.sales_order_id = c.sales_order_id AND NOT o.is_new
GROUP BY c.sales_order_id"""

# Units reported shipped after the product's first own stock fact left own stock; earlier ones are history.
UNITS_TO_DRAW = f"""
SELECT u.shipment_line_id AS line, u.is_part, u.product_id, u.quantity, l.channel_shipped_at AS shipped_at, o.order_id
FROM staged_line s
JOIN order_line l ON l.id = s.order_line_id AND l.channel_shipped_at IS NOT NULL
JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBM'
JOIN shipped_unit u ON u.order_line_id = l.id AND u.movement_id IS NULL
JOIN shipment sh ON sh.id = u.shipment_id AND sh.origin = 'channel'
WHERE l.channel_shipped_at > {first_fact("u.product_id")}
ORDER BY l.channel_shipped_at, o.order_id, line, u.product_id"""

CANCELLATIONS = """
INSERT INTO cancellation (order_line_id, quantity, canceled_by, reason, canceled_at, operation_id)
SELECT id, wanted - quantity_canceled, canceled_by, 'told by the channel', :now, :operation FROM (
  SELECT l.id, l.quantity_canceled, s.canceled_by,
    CASE WHEN l.is_channel_canceled THEN l.quantity - l.quantity_shipped
      ELSE min(l.quantity - l.quantity_shipped, s.quantity_canceled) END AS wanted
  FROM staged_line s JOIN order_line l ON l.id = s.order_line_id
  WHERE l.is_channel_canceled OR s.quantity_canceled > l.quantity_canceled
) WHERE wanted > quantity_canceled"""

CANCEL_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT l.sales_order_id, :operation, :now, 'canceled', sum(c.quantity) || ' units canceled by the channel'
FROM staged_line l CROSS JOIN cancellation c ON c.order_line_id = l.order_line_id AND c.operation_id = :operation
WHERE NOT l.is_new_order GROUP BY l.sales_order_id"""

UPDATED_ORDERS = """
SELECT count(*) FROM (
  SELECT id FROM changed_order
  UNION SELECT sales_order_id FROM changed_line
  UNION SELECT sales_order_id FROM changed_text WHERE NOT is_new_order
  UNION SELECT sales_order_id FROM order_tag WHERE operation_id = :operation
    AND sales_order_id IN (SELECT sales_order_id FROM staged_order WHERE NOT is_new)
  UNION SELECT sales_order_id FROM staged_line WHERE is_new AND NOT is_new_order
  UNION SELECT c.sales_order_id FROM channel_shipment c
    JOIN staged_order o ON o.sales_order_id = c.sales_order_id AND NOT o.is_new
  UNION SELECT e.sales_order_id FROM order_event e WHERE e.operation_id = :operation AND e.kind = 'canceled'
    AND e.sales_order_id IN (SELECT sales_order_id FROM staged_order))"""

PROMISES = f"""
SELECT coalesce(sum(l.quantity_allocated), 0),
  coalesce(sum({uncovered_sql()}), 0)
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBM'
WHERE l.quantity_open > 0
  AND l.sales_order_id IN (SELECT o.id FROM staged s JOIN sales_order o
    ON o.channel = s.channel AND o.order_id = s.order_id)"""
