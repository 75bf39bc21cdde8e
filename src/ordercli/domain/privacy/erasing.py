"""The statements that erase what is kept about people, in the database and in its backups alike.

They run on a connection that has the temporary tables of :data:`TABLES`: ``erasing`` and ``erasing_question`` name
what is to be erased.
"""

from ordercli.domain.orders.personal import BUYER, COUNTED, ERASED, person_rows_sql, says_something

TABLES = {
    "erasing": "sales_order_id INTEGER PRIMARY KEY",
    "erasing_question": "question_id INTEGER PRIMARY KEY",
    "erasing_loose": "personal_id INTEGER PRIMARY KEY",
    "erasing_person": "personal_id INTEGER PRIMARY KEY",
}

# An order that replaces another is for the same person: they are erased together.
RELATED = """
INSERT OR IGNORE INTO erasing
SELECT id FROM sales_order WHERE personal_id IN (SELECT o.personal_id FROM erasing e
  JOIN sales_order o ON o.id = e.sales_order_id WHERE o.personal_id IS NOT NULL)"""

PERSONS = f"""
INSERT OR IGNORE INTO erasing_person
SELECT personal_id FROM ({person_rows_sql("IN (SELECT sales_order_id FROM erasing)")}) AS found
WHERE personal_id IS NOT NULL
UNION SELECT personal_id FROM question
WHERE personal_id IS NOT NULL AND id IN (SELECT question_id FROM erasing_question)
UNION SELECT personal_id FROM erasing_loose"""

_LOOSE = "CAST(c.old ->> 'personal_id' AS INTEGER)"
LOOSE_PERSONS = f"""
SELECT {_LOOSE} AS loose, max(o.recorded_at) AS left_at
FROM row_change c JOIN operation o ON o.id = c.operation_id
WHERE c.verb = 'delete' AND {_LOOSE} IN (
  SELECT {_LOOSE} FROM row_change c WHERE c.verb = 'delete' AND {_LOOSE} IS NOT NULL
  EXCEPT SELECT personal_id FROM ({person_rows_sql("IS NOT NULL")}) AS found
  EXCEPT SELECT personal_id FROM question)
GROUP BY loose"""
"""What an undo took away is held for a redo, and referred to by the journal alone: whose it is, and since when."""

LOOSE = f"INSERT INTO erasing_loose SELECT loose FROM ({LOOSE_PERSONS}) AS found WHERE left_at <= :latest"

_OTHER_PLACE = " OR ".join(f"told.{name} IS DISTINCT FROM held.{name}" for name in COUNTED)

# Which address an order has is found anew at every import. With the names gone nothing would tell a whole address
# from a part of one, so where statements differ in what sales are counted by, all refer to the one that holds.
ONE_PLACE = f"""
UPDATE order_statement SET personal_version = o.personal_version
FROM sales_order o, personal_data told, personal_data held
WHERE order_statement.sales_order_id IN (SELECT sales_order_id FROM erasing)
  AND o.id = order_statement.sales_order_id AND o.personal_id = order_statement.personal_id
  AND told.personal_id = order_statement.personal_id AND told.version = order_statement.personal_version
  AND held.personal_id = o.personal_id AND held.version = o.personal_version AND ({_OTHER_PLACE})"""

# Whose orders are one buyer's must be known before the names are gone, also of orders that stay.
NUMBERED = f"""
INSERT OR IGNORE INTO buyer_number (sales_order_id, buyer)
SELECT sales_order_id, number FROM (
  SELECT k.sales_order_id, coalesce(min(n.buyer) OVER same, min(k.sales_order_id) OVER same) AS number,
    max(e.sales_order_id) OVER same AS erased
  FROM (SELECT o.id AS sales_order_id, o.channel, {BUYER} AS buyer FROM sales_order o
    JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version) k
  LEFT JOIN buyer_number n ON n.sales_order_id = k.sales_order_id
  LEFT JOIN erasing e ON e.sales_order_id = k.sales_order_id
  WHERE k.buyer IS NOT NULL WINDOW same AS (PARTITION BY k.channel, k.buyer)
) AS found WHERE erased IS NOT NULL"""

EMPTIED = f"""
UPDATE personal_data SET {", ".join(f"{name} = NULL" for name in ERASED)}
WHERE personal_id IN (SELECT personal_id FROM erasing_person) AND {says_something("personal_data")}"""

SAYS_ANYTHING = f"""
SELECT EXISTS (SELECT 1 FROM personal_data p
  WHERE p.personal_id IN (SELECT personal_id FROM erasing_person) AND {says_something("p")})"""

MARKED = """
INSERT OR IGNORE INTO erased_order (sales_order_id, operation_id)
SELECT sales_order_id, :operation FROM erasing ORDER BY sales_order_id"""

ERASED_ELSEWHERE = (
    """
INSERT OR IGNORE INTO erasing
SELECT o.id FROM sales_order o JOIN present.sales_order p ON p.channel = o.channel AND p.order_id = o.order_id
JOIN present.erased_order e ON e.sales_order_id = p.id""",
    f"""
INSERT OR IGNORE INTO erasing_question
SELECT q.id FROM question q JOIN present.question p ON p.question_id = q.question_id
JOIN present.personal_data d ON d.personal_id = p.personal_id AND d.version = p.personal_version
WHERE NOT {says_something("d")}""",
    f"""
INSERT OR IGNORE INTO erasing_loose
SELECT p.personal_id FROM personal_data p
JOIN present.personal_data d ON d.personal_id = p.personal_id AND d.version = p.version
WHERE {says_something("p")} AND NOT {says_something("d")} AND EXISTS (
  SELECT 1 FROM operation b JOIN present.operation o ON o.id = b.id AND o.chain = b.chain
  WHERE b.id = (SELECT max(id) FROM operation))""",
)
"""What a database attached as ``present`` has erased, in the rows of this one."""
