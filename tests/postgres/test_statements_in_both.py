"""Every question has one text, and both engines answer it with the same rows."""

import re
import shlex
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import BytesIO, TextIOWrapper
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from ordercli.cli.app import program
from ordercli.postgres.spoken import names_of, spoken
from postgres.conftest import NOW, Twin
from postgres.differing import ASKED, CONSTANTS, REASONS
from test_queries import STATEMENTS

VALUES: dict[str, Any] = {
    "currency": "USD",
    "book": None,
    "only": None,
    "now": NOW,
    "today": "2026-03-20",
    "channel": "amazon",
    "start": "2025-01-01T00:00:00Z",
    "stop": NOW,
    "moment": NOW,
    "since": "2025-01-01",
    "until": "2026-03-21",
    "as_of": "9999",
    "as_of_day": "9999",
    "known_at": "9999",
    "known": 2**62,
    "remarked": "2026-03-20",
    "earliest": "2025-01-01",
    "order": 1,
    "sku": "RING-7",
    "id": 1,
    "limit": 50,
    "most": 50,
    "every": 1,
    "singles": 0,
    "reveal": 0,
    "differences": 0,
    "blind": 0,
    "codes": '[["referral_fee", "ItemFees", "Commission"]]',
    "periods": '[["all", "2024-01-01", "9999"]]',
    "fees": "[]",
    "fba": "[]",
    "gone": "[1, 2]",
    "lines": "[1, 2]",
    "orders": "[1, 2, 3, 4, 5, 6, 7, 8]",
    "channels": '["amazon", "shop"]',
    "shipments": "[1, 2, 3]",
    "terms": '{"amazon": {"kept": 30, "delivery": 14, "latest": "2026-02-18T00:00:00Z"}}',
    "fulfillment": "FBM",
    "kind": "price",
    "exact": "0000003",
    "tail": "%0000003",
    "part": "%ing%",
    "whole": "114-0000003-0000003",
    "like": "%",
    "last": "0003",
    "return": "RMA-000001",
    "purchase": 1,
    "supplier": "Silver & Son",
    "days": 30,
    "reference": "so-1",
    "name": "reorder_point",
    "day": "2026-03-20",
    "location": "HOME",
    "settlement": "28470000001",
    "file": 1,
    "operation": 5,
    "shipment": 1,
    "table": "order_line",
    "from": "2025-01-01T00:00:00Z",
    "first": "2025-01-01",
    "at": NOW,
    "soon": NOW,
    "tonight": NOW,
    "tomorrow": NOW,
    "tag": "gift",
}
"""What statements are asked with; NULL for a name that is not here, and once for all of them but these:"""
NEEDED = ("limit", "most", "singles")


def sorted_rows(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    return sorted(rows, key=lambda row: tuple(str(float(it)) if isinstance(it, int) else str(it) for it in row))


def differ(sql: str, here: Sequence[Any], there: Sequence[Any]) -> str | None:
    """How answers differ: by their rows or, where the statement ends with an order, by that."""
    if here == there:
        return None
    if sorted_rows(here) != sorted_rows(there):
        return "rows"
    return "order" if re.search(r"\bORDER BY\b[^()]*(\([^()]*\)[^()]*)*$", sql) else None


def asked_of(both: Twin, sql: str, values: Mapping[str, Any]) -> str | None:
    """What is wrong with the answers to a statement: how they differ, or what PostgreSQL says of it."""
    here = both.here.execute(sql, values).fetchall()
    try:
        there = both.there.execute(spoken(sql).encode(), values).fetchall()
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    return differ(sql, here, there)


def short(name: str) -> str:
    """A check's name is its code alone."""
    return re.sub(r" Check\(code='([\w-]+)'.*", r" \1", name, flags=re.DOTALL)


@pytest.mark.parametrize("told", [True, False], ids=["values", "nothing"])
@pytest.mark.parametrize("shop", ["varied", "large"])
def test_a_statement_finds_the_same_in_both(request: pytest.FixtureRequest, shop: str, told: bool) -> None:
    both: Twin = request.getfixturevalue(shop)
    wrong = {}
    for name, sql in STATEMENTS.items():
        known = VALUES if told else {name: VALUES[name] for name in NEEDED}
        values = {name: known.get(name) for name in names_of(sql)}
        if problem := asked_of(both, sql, values):
            wrong[short(name)] = problem
    assert {name: problem for name, problem in wrong.items() if name not in CONSTANTS} == {}
    assert set(CONSTANTS) <= set(wrong)  # what is listed is needed


def test_every_reason_is_one_that_is_told() -> None:
    assert {*CONSTANTS.values(), *ASKED.values()} == set(REASONS)


LOOKS = """\
today
review
news
dashboard --format json
order list
order list --sort=-ship_by
order list --sort ship_by
order list --overdue
order list --hold
order list --tag gift
order list --status canceled
order list --channel shop --since 2026-03-01
order list --field gift-wrap=box
order show SO-1
order show SO-2
order show 114-0000001-0000001
order export
find ring
find gift
find Ana
find 0000003
find RMA-000001
find 9400111899223197428503
pick
shipment list
shipment list --unconfirmed
shipment show 1
shipment track
return list
return due
return cost
return show RMA-000001
stock
stock sheet
stock value
stock history RING-7
stock --as-of 2026-03-17
stock value --as-of 2026-03-17
stock fba list
product list --format json
product show RING-7
product show GIFT-SET
listing list
location list
channel list
supplier list
supplier show "Silver & Son"
purchase list --done
purchase show 1
reorder
reorder --every-product
metrics
metrics show order_defect_rate
metrics show late_shipment_rate_30d
metrics show valid_tracking_rate
metrics show on_time_delivery_rate
metrics forecast
improve list
explain stock RING-7
explain order SO-1
explain metric cancellation_rate
message plan
message list
message inbox
report sales --since 2024-01-01
report sales --since 2024-01-01 --by product
report sales --since 2024-01-01 --by state
report products --since 2024-01-01
report tax --since 2024-01-01
report buyers --since 2024-01-01
report profit --since 2024-01-01
report profit --since 2024-01-01 --by sku
report fees --since 2024-01-01
report aging
report settlement
report settlement 28470000001
config list
field list
log
log show 5
log --order SO-1
doctor
privacy show
"""
"""What somebody asks who only looks, by the words of the command line; some find nothing in the large shop."""


@cache
def traced(file: str) -> tuple[str, ...]:
    """The SELECTs that the looks ask of a shop, with their values in them, each once."""
    seen: dict[str, None] = {}
    connect = sqlite3.connect

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(seen.setdefault)
        return connection

    environment = {"ORDERCLI_DB": file, "ORDERCLI_NOW": NOW, "ORDERCLI_FORMAT": "csv"}
    with patch.dict("os.environ", environment), patch("sqlite3.connect", watched):
        for line in LOOKS.splitlines():
            with redirect_stdout(TextIOWrapper(BytesIO())), redirect_stderr(TextIOWrapper(BytesIO())):
                code = program().run_line(shlex.split(line))
            assert code in (0, 1, 2, 3, 6), line
    return tuple(sql for sql in seen if re.match(r"\s*(SELECT|WITH)\b", sql))


def with_values(sql: str) -> str:
    """What SQLite traced has no values in comments, which the server is told too."""
    if ":periods" not in sql:
        return sql
    found = re.search(r"json_each\(('(?:[^']|'')*')\)", sql)
    assert found is not None
    return sql.replace(":periods", found[1])


def reasons_of(sql: str) -> Iterator[str]:
    return (reason for pattern, reason in ASKED.items() if re.search(pattern, sql))


@pytest.mark.costly
@pytest.mark.parametrize("shop", ["varied", "large"])
def test_what_commands_ask_finds_the_same_in_both(request: pytest.FixtureRequest, shop: str) -> None:
    both: Twin = request.getfixturevalue(shop)
    asked = traced(str(both.file))
    assert len(asked) > 300
    wrong = {}
    for sql in asked:
        if "aside" in reasons_of(sql):
            continue
        text = spoken(with_values(sql)).replace("%%", "%")
        here = both.here.execute(sql).fetchall()
        try:
            problem = differ(sql, here, both.there.execute(text.encode()).fetchall())
        except psycopg.Error as error:
            problem = str(error).splitlines()[0]
        if problem and not list(reasons_of(sql)):
            wrong[sql] = problem
    assert wrong == {}
