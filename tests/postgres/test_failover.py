"""Two servers of which one follows the other: where the first is killed, nothing that was acknowledged is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from here import run_here
from ordercli.server import Server
from patience import LONG, started, until
from pg_server import program
from postgres.servers import Killable
from server_shops import check_laws

SAMPLE = Path(__file__).parents[2] / "src" / "ordercli" / "sample"
ORDERS = 1000
_SAME_ALWAYS = (
    ("stock", "--format", "csv"),
    ("order", "list", "--all", "--format", "csv"),
    ("order", "export", "-"),
    ("log", "--format", "csv"),
)
"""Reports that tell the whole of the shop that the test makes."""


@pytest.fixture
def pair() -> Iterator[tuple[Killable, Killable]]:
    """A server, and another that has applied whatever the first acknowledges."""
    with TemporaryDirectory(prefix="ordercli-two-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        first, second = Killable(Path(name) / "first"), Killable(Path(name) / "second")
        try:
            first.make()
            first.start()
            copies = [program("pg_basebackup"), "-D", str(second.data), "-h", str(first.folder), "-U", "postgres"]
            second.does([*copies, "-R", "--checkpoint=fast", "--no-sync"])
            second.start()
            first.asked("ALTER SYSTEM SET synchronous_standby_names = '*'")
            first.asked("ALTER SYSTEM SET synchronous_commit = remote_apply")
            first.asked("SELECT pg_reload_conf()")
            yield first, second
        finally:
            first.kill()
            second.stop()


def _done(place: str, *words: str) -> str:
    done = run_here(["--db", place, *words])
    assert done.exit_code == 0, (words, done.stderr)
    return done.stdout


def _set_up(place: str) -> None:
    _done(place, "init", "--time-zone", "America/New_York", "--currency", "USD")
    _done(place, "product", "import", str(SAMPLE / "products.csv"))
    _done(place, "stock", "import", str(SAMPLE / "opening-stock.csv"))
    _done(place, "order", "add", "FIRST", "--line", "RING-7:1")


@contextmanager
def held_up(server: Killable) -> Iterator[None]:
    """Keep who writes orders waiting in the midst of a transaction, until this or the server ends."""
    with closing(psycopg.connect(server.address("shop"))) as there:
        there.execute(b"LOCK TABLE ordercli.sales_order IN EXCLUSIVE MODE")
        yield


def _orders(file: Path) -> None:
    """Many orders as a spreadsheet has them."""
    lines = [
        f"M-{number:05d},2026-03-{1 + number % 15:02d}T12:00:00Z,NECK-MOON,1,15.00" for number in range(ORDERS)
    ]
    file.write_text("\n".join(["order_id,ordered_at,sku,quantity,item_price", *lines]) + "\n", encoding="utf-8")


def test_an_import_goes_on_at_the_server_that_followed(pair: tuple[Killable, Killable], tmp_path: Path) -> None:
    first, second = pair
    first.asked("CREATE DATABASE shop TEMPLATE template0")
    url = f"postgresql://postgres@/shop?host={first.folder},{second.folder}&target_session_attrs=read-write"
    _set_up(url)
    file = tmp_path / "orders.csv"
    _orders(file)

    patient = {**os.environ, "ORDERCLI_BUSY_SECONDS": f"{LONG}"}
    typed = [sys.executable, "-m", "ordercli", "--db", url, "order", "import", str(file)]
    waits = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'ordercli' AND wait_event_type = 'Lock'"
    with (
        held_up(first),  # so that it is killed in the midst of it, however fast it is
        started(typed, stderr=subprocess.PIPE, text=True, env=patient) as importing,
    ):
        until(lambda: first.asked(waits), "it does not come to its orders")
        first.kill()
        _, said = importing.communicate(timeout=LONG)
    assert importing.returncode == 7, said
    assert "rolled back" in said
    assert "postgresql://postgres@/shop" in said

    refused = run_here(["--db", url, "order", "add", "SECOND", "--line", "RING-7:1"])
    assert refused.exit_code == 7, refused.stderr  # the other one only follows

    second.asked("SELECT pg_promote()")
    assert "FIRST" in _done(url, "order", "list", "--all", "--format", "csv")
    _done(url, "order", "import", str(file))
    again = run_here(["--db", url, "order", "import", str(file)])
    assert again.exit_code == 0
    assert f"orders 0 new, 0 updated, {ORDERS} unchanged" in again.stderr

    alone = str(tmp_path / "alone.db")
    _set_up(alone)
    _done(alone, "order", "import", str(file))
    for words in _SAME_ALWAYS:
        assert _done(url, *words) == _done(alone, *words), words
    check_laws(Server(url, url))


def test_a_server_that_follows_answers_questions_and_says_that_it_takes_no_changes(
    pair: tuple[Killable, Killable],
) -> None:
    first, second = pair
    first.asked("CREATE DATABASE shop TEMPLATE template0")
    leads = f"postgresql://postgres@/shop?host={first.folder}"
    follows = (
        f"postgresql://postgres@/shop?host={first.folder},{second.folder}&target_session_attrs=prefer-standby"
    )
    _set_up(leads)
    for words in (*_SAME_ALWAYS, ("today",), ("metrics",), ("report", "profit"), ("reorder",)):
        assert _done(follows, *words) == _done(leads, *words), words
    for words in (("order", "add", "SECOND", "--line", "RING-7:1"), ("stock", "receive", "RING-7:1")):
        refused = run_here(["--db", follows, *words])
        assert (refused.exit_code, refused.stdout) == (8, ""), refused.stderr
        assert "only answers questions" in refused.stderr
    asks = run_here(["--db", follows, "sql", "SELECT sku FROM v_stock"])
    assert (asks.exit_code, asks.stdout, asks.stderr.count("\n")) == (5, "", 1)
    assert asks.stderr.startswith("SQL: this server only follows another one, and cannot make the view")
    assert "SECOND" not in _done(leads, "order", "list", "--all", "--format", "csv")


def test_what_was_acknowledged_is_there_after_the_server_is_killed(pair: tuple[Killable, Killable]) -> None:
    first, second = pair
    first.asked("CREATE DATABASE shop TEMPLATE template0")
    url = f"postgresql://postgres@/shop?host={first.folder},{second.folder}&target_session_attrs=read-write"
    _set_up(url)
    acknowledged = ["FIRST"]
    for number in range(3):
        _done(url, "order", "add", f"N-{number}", "--line", "NECK-MOON:1")
        acknowledged.append(f"N-{number}")
    first.kill()
    second.asked("SELECT pg_promote()")
    listed = _done(url, "order", "list", "--all", "--format", "csv")
    assert all(order in listed for order in acknowledged)
    check_laws(Server(url, url))
