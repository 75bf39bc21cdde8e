"""NOT IN (SELECT …) stands only where the list is short and has no NULL.

With a NULL in its list it is never true, and a list that its memory does not hold is read anew for each row by a
server. What may be long is left out by NOT EXISTS, or by EXCEPT.
"""

import re
from collections import Counter
from pathlib import Path

import ordercli

_NOT_IN = re.compile(r"NOT IN \(\s*SELECT (?:CAST\()?([\w.]+)")
ALLOWED = {
    ("queries/laws.py", "code"): "places, a dozen",
    ("queries/laws.py", "w.withdraws"): "events that take others back, of shipments; without NULL by its WHERE",
    ("queries/past.py", "operation_id"): "operations that were undone",
    ("queries/reports/profit_lines.py", "box"): "boxes with several lines, by their numbers; a named subquery, of"
    " which a server expects few, and SQLite would look through it for each row otherwise",
    ("services/health/health.py", "claim_id"): "claims that were withdrawn",
    ("services/health/health.py", "feedback_id"): "feedback that was removed",
    ("services/health/improvements.py", "improvement_id"): "plans that ended",
    ("services/orders/statement_sql.py", "e.order_id"): "orders with a rejected row; without NULL by its WHERE",
    (
        "services/privacy/texts.py",
        "p.",
    ): "of one operation, by its index; names of tags and references, never NULL",
    ("services/stock/allocation.py", "product_id"): "products that kits want",
}

TWICE = {("queries/laws.py", "code"): 2}


def test_lists_that_are_left_out_are_short_and_have_no_null() -> None:
    source = Path(ordercli.__file__).parent
    found = Counter(
        (file.relative_to(source).as_posix(), name)
        for file in source.rglob("*.py")
        for name in _NOT_IN.findall(file.read_text(encoding="utf-8"))
    )
    assert found == Counter({key: TWICE.get(key, 1) for key in ALLOWED})
