"""Many clients from four nets on few units of one shop, while clients and the server are killed as they commit.

A client that was told 7, or was killed, tries the same order again. When all are through, every order that was
acknowledged is there once and whole, none that was refused is, and no unit is promised twice.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from campaign import SALT, TIMES
from ordercli.queries.doctor import row_findings
from ordercli.queries.reader import reading
from ordercli.server import Server
from postgres.servers import PORT, Killable, nets
from server_shops import check_laws, looking_at

TOP = Path(__file__).parents[2]
SAMPLE = TOP / "src" / "ordercli" / "sample"
CLIENTS, ORDERS = (8, 4) if TIMES == 1 else (32, 25 * TIMES)
STRIKES = 0.1 if TIMES == 1 else 0.01
"""How often a commit is struck."""
UNITS = CLIENTS * ORDERS // 6
"""Of each of three products: about a quarter of what is ordered."""
LONGEST = 500 if TIMES == 1 else 300 * TIMES
"""Seconds for all of it."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the owner of the server may enter."""
    with TemporaryDirectory(prefix="ordercli-many-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o777)
        yield Path(name)


def _done(server: Server, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ordercli", "--db", server.secret, *words],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class _Clients:
    """The processes, each started anew when it was killed."""

    def __init__(self, folder: Path, urls: list[tuple[str, list[str]]]) -> None:
        self._folder, self._urls = folder, urls
        self._running = {number: self._started(number) for number in range(CLIENTS)}
        self.killed = 0

    def _started(self, number: int) -> "subprocess.Popen[bytes]":
        url, through = self._urls[number % len(self._urls)]
        words = [sys.executable, str(TOP / "tests" / "postgres" / "client.py"), url, str(self._folder)]
        with (self._folder / f"said-{number}").open("ab") as said:
            return subprocess.Popen(
                [*through, *words, str(number), str(ORDERS), SALT, str(STRIKES)], stderr=said, stdout=said
            )

    def look(self) -> bool:
        """Start those anew that were killed; whether any still runs."""
        for number, process in list(self._running.items()):
            code = process.poll()
            if code in (-9, 137):
                self.killed += 1
                self._running[number] = self._started(number)
            elif code is not None:
                assert code == 0, (self._folder / f"said-{number}").read_text(encoding="utf-8")[-2000:]
                del self._running[number]
        return bool(self._running)

    def end(self) -> None:
        """End what still runs."""
        for process in self._running.values():
            process.kill()
            process.wait()


@pytest.mark.campaign
def test_no_unit_is_sold_twice_and_no_order_is_lost_or_half(
    folder: Path, record_property: Callable[[str, object], None]
) -> None:
    with nets() as ways:
        engine = Killable(folder / "server", [address for address, _ in ways])
        engine.make()
        engine.start()
        engine.asked("CREATE DATABASE shop TEMPLATE template0")
        local = f"postgresql://postgres@/shop?host={engine.folder}"
        server = Server(local, local)
        _done(server, "init", "--time-zone", "America/New_York", "--currency", "USD")
        _done(server, "product", "import", str(SAMPLE / "products.csv"))
        for sku in ("RING-7", "EARR-LEAF", "NECK-MOON"):
            _done(server, "stock", "receive", f"{sku}:{UNITS}@1.00")
        urls = [(f"postgresql://postgres@{address}:{PORT}/shop?sslmode=disable", way) for address, way in ways]
        clients = _Clients(folder, urls)
        restarts, until = 0, time.monotonic() + LONGEST
        try:
            while clients.look():
                assert time.monotonic() < until, "it takes too long"
                if not engine.is_running:
                    engine.start()
                    restarts += 1
                time.sleep(0.05)
            engine.start()
            struck = Counter(_lines(folder / "struck"))
            _check(server, folder)
        finally:
            clients.end()
            engine.stop()
    assert struck["client"]
    assert struck["backend"] + struck["server"]
    for what, number in (
        *(("orders tried by many at once", CLIENTS * ORDERS), ("commits struck", sum(struck.values()))),
        *(("clients killed", clients.killed), ("servers started anew", restarts)),
        ("tries that were told 7", len(_lines(folder / "again"))),
    ):
        record_property(what, number)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


_ORDERS = """
SELECT o.order_id, count(*), min(p.sku), min(l.quantity),
  sum(s.chain IS NOT NULL),
  (SELECT count(*) FROM order_statement t WHERE t.sales_order_id = o.id)
FROM sales_order o JOIN order_line l ON l.sales_order_id = o.id
JOIN product p ON p.id = l.product_id JOIN operation s ON s.id = o.operation_id
GROUP BY o.id, o.order_id"""
_PROMISED = """
SELECT p.sku, sum(l.quantity_allocated), (SELECT sum(v.quantity) FROM stock_level v
    WHERE v.product_id = p.id)
FROM order_line l JOIN product p ON p.id = l.product_id GROUP BY p.id, p.sku"""


def _check(server: Server, folder: Path) -> None:
    """Every order is as its client was told, and every law of the data holds."""
    said = [line.split("\t") for number in range(CLIENTS) for line in _lines(folder / f"told-{number}")]
    assert len(said) == CLIENTS * ORDERS
    others = [line for line in said if line[0] not in ("0", "5")]
    assert not others, others[:5]
    assert all("available, not" in line[2] for line in said if line[0] == "5")
    added = {words[0]: words[2:] for code, text, _ in said if code == "0" and (words := text.split())}
    with looking_at(server) as shop:
        found, promised = shop.execute(_ORDERS).fetchall(), shop.execute(_PROMISED).fetchall()
    assert Counter(str(row[0]) for row in found) == dict.fromkeys(added, 1)  # none lost, none twice, none refused
    for order, lines, sku, quantity, sealed, statements in found:
        assert (lines, sealed, statements) == (1, 1, 1), order
        assert added[str(order)][0] == f"{sku}:{quantity}"
    assert len(promised) == 3
    for sku, units, held in promised:
        assert held == UNITS, sku
        assert units == UNITS, f"{sku}: {units} of {held} promised"  # they ran out, and none was promised twice
    check_laws(server)
    with reading(server, now="2026-03-16T13:00:00Z", wait_seconds=30) as reader:  # the chain of operations too
        found_wrong = {find.check.code: find.example for find in row_findings(reader, deep=True) if find.example}
    assert not found_wrong
