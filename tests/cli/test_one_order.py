"""Every list and export has one order, whatever order its rows are found in.

Rows that an ORDER BY leaves equal come as an engine comes upon them: in a file mostly by their numbers, on a
server by where they lie since they were last written. SQLite can be told to go the other way; on a server all rows
are laid down the other way round.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cli.lists import EXAMPLES, NOW, lived_in, with_copy
from cli.steps import done
from conftest import Ran, Run
from ordercli.queries.orders.orders import SORTS
from ordercli.queries.reports.open_views import VIEWS
from ordercli.server import Server, ShopPlace
from server_shops import staying_at
from shelf import kept

__all__ = ["lived_in"]

EXPORTS = (
    "product export",
    "stock export",
    "order export --raw",
    "return export",
    "purchase export --purchase 1",
    "export ics -",
)
OTHERWISE = (
    *("pick --group order", "pick --group order --singles-first", "pick --singles-first"),
    *(f"order list --sort={way}{sort}" for sort in SORTS for way in ("", "-")),
    *(f"order list --sort={way}units --limit 5" for way in ("", "-")),
)
"""Lists that have other orders too."""
TWINS = "order_id,channel,sku,quantity,quantity_shipped,ordered_at,ship_by,customization\n" + "".join(
    f"T-{order},{channel},{sku},2,{shipped},2026-03-18T12:00:00Z,2026-03-25T12:00:00Z,{words}\n"
    for order, channel in product(range(3), ("shop", "fair"))
    for sku, shipped, words in (("RING-7", 1, ""), ("EARR-LEAF", 0, "A"), ("EARR-LEAF", 0, "B"))
)
"""Orders of one moment, with the same ids on two channels."""
CHARGED = (
    "settlement-id,settlement-start-date,settlement-end-date,deposit-date,total-amount,currency,transaction-type,"
    "order-id,amount-type,amount-description,amount,posted-date-time,sku,quantity-purchased\n"
    "of {channel},2026-03-18 00:00:00 UTC,2026-03-22 00:00:00 UTC,2026-03-23 00:00:00 UTC,-6.00,USD,,,,,,,,\n"
) + "".join(
    f"of {{channel}},,,,,USD,Order,T-{order},ItemFees,Commission,-2.00,2026-03-22 00:00:00 UTC,RING-7,1\n"
    for order in range(3)
)
"""What a channel charged for them, for each the same."""


_TABLES = """
SELECT c.relname::text, string_agg(a.attname::text, ', ') FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated::text = ''
WHERE c.relnamespace = 'ordercli'::regnamespace AND c.relkind::text = 'r' GROUP BY 1"""


_ANEW = """
CREATE TEMP TABLE turned AS SELECT {columns} FROM ordercli.{table} ORDER BY ctid DESC;
DELETE FROM ordercli.{table};
INSERT INTO ordercli.{table} ({columns}) SELECT {columns} FROM turned ORDER BY ctid;
DROP TABLE turned"""


def laid_down_the_other_way(server: Server) -> None:
    """The last row of each table lies first from here on."""
    with closing(staying_at(server)) as driver:
        driver.run_script("BEGIN; SET LOCAL session_replication_role = replica")
        for table, columns in driver.execute(_TABLES).fetchall():
            driver.run_script(_ANEW.format(table=table, columns=columns))
        driver.run_script("COMMIT")


@pytest.fixture
def other_way(monkeypatch: pytest.MonkeyPatch, database: ShopPlace) -> Callable[[], None]:
    """What makes a shop be read from the end where a statement does not say in which order."""
    if isinstance(database, Server):
        return partial(laid_down_the_other_way, database)
    connect = sqlite3.connect

    def from_the_end(*words: Any, **more: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*words, **more)
        connection.execute("PRAGMA reverse_unordered_selects = ON")
        return connection

    return lambda: monkeypatch.setattr(sqlite3, "connect", from_the_end)


def imported(run: Run, name: str, text: str, *words: str) -> Ran:
    """A file is read that is there no longer than that."""
    file = Path(name)
    file.write_text(text)
    ran = run(*words, name, now=NOW)
    file.unlink()
    return ran


@kept
def twin_orders(lived_in: Run) -> Run:
    """The shop of all lists with orders that only their channel tells apart, their returns and charges."""
    done(imported(lived_in, "twins.csv", TWINS, "order", "import"))
    for order, channel in product(range(3), ("shop", "fair")):
        words = ("--line", "RING-7:1", "--reason", "too small", "--at", "2026-03-24T09:00:00-04:00")
        done(lived_in("return", "open", f"{channel}:T-{order}", *words, now=NOW))
    for channel in ("shop", "fair"):
        charged = CHARGED.format(channel=channel).replace(",", "\t")
        done(imported(lived_in, f"{channel}.txt", charged, "settlement", "import", "--channel", channel))
    return lived_in


@pytest.fixture
def twins(twin_orders: Run, request: pytest.FixtureRequest) -> Run:
    """That shop, with a copy where one is listed."""
    return with_copy(twin_orders, request)


SHARED = "order_id,channel,sku,quantity,ordered_at\n" + "".join(
    f"{number}-SHARED,{{channel}},RING-7,1,2026-03-18T12:00:00Z\n" for number in range(6)
)
"""More orders than an import tells of as being on another channel, too."""
TO_COME = "LATER,shop,RING-7,1,2026-05-05T12:00:00Z\nLATER,fair,RING-7,1,2026-05-06T12:00:00Z\n"
"""Orders of days to come that only their channel tells apart."""


def gathered(contents: str | None) -> list[str]:
    """What a shipment holds: a file gathers it along an index, which the other way changes; a server is told."""
    return sorted((contents or "").split())


@pytest.mark.parametrize("path", sorted(set(EXAMPLES) - {"backup drill"}))  # which tells how long it took
def test_a_list_has_one_order(twins: Run, path: str, other_way: Callable[[], None]) -> None:
    def told() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(done(twins(*EXAMPLES[path], "--format", "json", now=NOW)).stdout)
        return [
            {**row, "contents": gathered(row.get("contents"))}
            for row in rows
            if row.get("item") != "bytes"  # rows that were there take room on a server
        ]

    before = told()
    other_way()

    assert told() == before


@pytest.mark.parametrize("words", [*OTHERWISE, *EXPORTS])
def test_what_is_asked_otherwise_and_an_export_have_one_order(
    twins: Run, words: str, other_way: Callable[[], None]
) -> None:
    told = done(twins(*words.split(), now=NOW)).stdout
    assert told.count("\n") > 1

    other_way()

    assert done(twins(*words.split(), now=NOW)).stdout == told


def test_what_an_import_says_of_its_orders_has_one_order(twins: Run, other_way: Callable[[], None]) -> None:
    done(imported(twins, "shop.csv", SHARED.format(channel="shop"), "order", "import"))
    Path("elsewhere.csv").write_text(SHARED.format(channel="fair") + TO_COME)
    words = ("order", "import", "elsewhere.csv", "--dry-run")
    told = done(twins(*words, now=NOW)).stderr
    assert ("order LATER (and 1 more) came in at" in told, told.count("-SHARED is on")) == (True, 4)

    other_way()

    assert done(twins(*words, now=NOW)).stderr == told


def test_the_open_views_have_one_order_in_a_file(twins: Run, other_way: Callable[[], None]) -> None:
    def told(name: str) -> dict[str, list[dict[str, Any]]]:
        done(twins("export", "data", name, now=NOW))
        with closing(sqlite3.connect(name)) as made:
            made.row_factory = sqlite3.Row
            every = {view: map(dict, made.execute(f"SELECT * FROM {view} ORDER BY rowid")) for view in VIEWS}
            return {
                view: [{**row, "contents": gathered(row.get("contents"))} for row in rows]
                for view, rows in every.items()
            }

    before = told("one.sqlite")
    other_way()

    assert told("other.sqlite") == before
