"""A shop in a file and the same on a server, side by side: orders added by many at once, an import, reports, size.

Usage: python bench/scale.py [ORDERS…] [--clients N…] [--added N] [--lines N] [--rounds N]
       [--longest S] [--in-place] [--counted]

For each number of orders a shop of ``large.py`` is copied to a private server of PostgreSQL, which does not wait
for its disk while it is filled, and does as in earnest from then on. ``ORDERCLI_SHOPS`` names a folder where such
shops are kept; copies are written to, or, where the disk has no room for one more, the shops themselves by
``--in-place``, which keeps the server's in ``server-ORDERS`` there too, for the next run. What takes too long is
stopped. Clients are processes that give one command after another, each through a connection of its own. Processor
time is that of the command and of the server together, memory the most that the command held and beside it the
largest of the server's processes by itself; with ``--counted`` closed days are counted first in both, as a backup
does; the exponent is that between the two largest shops: 0 where a figure
stays, 1 where it grows with the shop. Both engines are asked in turn.
"""

import argparse
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import inf, isinf, log
from pathlib import Path
from threading import TIMEOUT_MAX, Event, Thread, Timer
from typing import TYPE_CHECKING

from growth import shop_of
from measure import Cost, beside_python, clean_environment, machine, print_table
from shop import FIRST, SPAN, write_all_orders

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
if TYPE_CHECKING:
    from postgres.servers import Killable
REPORTS = (
    *("today", "review", "order list --status unshipped --limit 50", "stock --format csv", "reorder --format csv"),
    *("report sales --since 2024-01-01", "report products --since 2024-01-01", "report tax --since 2024-01-01"),
    *("report profit --since 2024-01-01 --by month", "dashboard --format json", "metrics", "log --limit 20"),
)
LONG = ("order list --format csv", "export data -", "doctor", "report profit --since 2024-01-01")
"""Asked at the end, so that the rest is known where these are not waited for."""

SKU = "SKU-003"
NOW = "2026-03-16T14:00:00Z"
YESTERDAY = datetime(2026, 3, 15, 8, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK")
_ENDED, _CHILDREN = 13, 17
"""Where ``/proc/PID/stat`` has the ticks of a process and of its ended children, counted from 0."""

_IN_EARNEST = ("fsync=on", "autovacuum=on", "shared_buffers=512MB", "max_wal_size=4GB")
_FILLING = (
    *("full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=512MB"),
    *("shared_buffers=512MB", "maintenance_work_mem=1GB"),
)
"""How the server runs while a shop is copied to it, which would be copied again after a fall."""

_COUNTS = """
import os
from ordercli.counting import count_days
from ordercli.server import place_of
count_days(place_of(os.environ["ORDERCLI_DB"]), now=os.environ["ORDERCLI_NOW"], wait_seconds=600)"""
"""What a backup does once its copy is made."""

_SENDS_AWAY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"""
"""What a command that was stopped still asks."""

Pair = tuple[float, float]
"""Of the file and of the server."""


@dataclass(frozen=True)
class Shops:
    """One shop in both places.

    Attributes:
        environment: of all commands.
        file: the shop in a file.
        server: where the other one is.
        name: of its database.
        longest: seconds after which a command is stopped.
    """

    environment: Mapping[str, str]
    file: Path
    server: "Killable"
    name: str
    longest: float

    @property
    def places(self) -> tuple[str, str]:
        """As ``--db`` takes them."""
        return str(self.file), f"postgresql://postgres@/{self.name}?host={self.server.folder}"


class _Told(dict[str, Pair]):
    """Figures, each told as soon as it is there."""

    def __setitem__(self, what: str, both: Pair) -> None:
        super().__setitem__(what, both)
        print(f"  {what}: {both[0]:,.3f} {both[1]:,.3f}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print."""
    told = argparse.ArgumentParser()
    told.add_argument("orders", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    told.add_argument("--clients", nargs="*", type=int, default=[1, 8, 32], help="that add orders at once")
    told.add_argument("--added", type=int, default=64, help="orders that they add, all together")
    told.add_argument("--lines", type=int, default=20_000, help="of the file that is imported")
    told.add_argument("--rounds", type=int, default=3, help="that each report is asked")
    told.add_argument("--longest", type=float, default=inf, help="seconds after which a command is stopped")
    told.add_argument("--counted", action="store_true", help="count closed days first")
    told.add_argument("--in-place", action="store_true", help="write to the shops that are kept")
    words = told.parse_args()
    with tempfile.TemporaryDirectory(prefix="ordercli-scale-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        found: dict[int, Mapping[str, Pair]] = {}
        version = ""
        for orders in sorted(words.orders):
            with _shops(folder, orders, words) as (shops, filled):
                found[orders] = _measured(shops, words, filled)
                version = str(shops.server.asked("SHOW server_version")[0][0])
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{machine()}, PostgreSQL {version}; load {load} at the end; medians of {words.rounds}")
    _print(found)


@contextmanager
def _shops(folder: Path, orders: int, words: argparse.Namespace) -> Iterator[tuple[Shops, _Told]]:
    """A shop of one size in both places, the server's copied if it is not kept; and what the copy cost."""
    from postgres.servers import Killable  # noqa: PLC0415 - found behind the path above

    ordercli = beside_python("ordercli", "install the project there first.")
    environment = {**clean_environment(folder), "ORDERCLI_NOW": NOW, "ORDERCLI_BUSY_SECONDS": "600"}
    file = shop_of(ordercli, environment, folder, orders)
    kept = Path(os.environ.get("ORDERCLI_SHOPS", folder)) if words.in_place else folder
    if not words.in_place:
        file = Path(shutil.copy(file, folder / f"written-{orders}.db"))
    server = Killable(kept / f"server-{orders}")
    shops = Shops(environment, file, server, f"shop{orders}", words.longest)
    print(f"{orders:,} orders", file=sys.stderr)
    filled = _Told()
    if not server.data.exists():
        server.make()
        server.start(*_FILLING)
        server.asked(f"CREATE DATABASE {shops.name} TEMPLATE template0")
        copied = _cost(replace(shops, longest=inf), (ordercli, "db", "copy", *shops.places), shops.places[0])
        for what, value in (("CPU s", copied.cpu), ("s", copied.wall), ("MiB", copied.peak)):
            filled[f"db copy to the server, {what}"] = (0.0, value)
        server.asked("VACUUM ANALYZE", shops.name)
        server.asked("CHECKPOINT")
        server.stop()
    server.start(*_IN_EARNEST)
    try:
        yield shops, filled
    finally:
        server.stop()
        if kept == folder:
            shutil.rmtree(server.folder)


def _print(found: Mapping[int, Mapping[str, Pair]]) -> None:
    """The table, with the exponent of growth between the two largest shops."""
    *_, before, last = (*found, *found) if len(found) == 1 else tuple(found)
    rows = []
    for what in {what: None for each in found.values() for what in each}:
        told = [each.get(what) for each in found.values()]
        cells = [_figure(value) for both in told for value in both or ("-", "-")]
        few, more = found[before].get(what), found[last].get(what)
        grown = (
            [_grown(*pair, last / before) for pair in zip(few, more, strict=True)] if few and more else ["-", "-"]
        )
        rows.append((what, *cells, *grown))
    headings = [f"{orders:,} {engine}" for orders in found for engine in ("file", "server")]
    print_table("A file and a server", ("what", *headings, "exponent file", "exponent server"), rows)


def _figure(value: float | str) -> str:
    return value if isinstance(value, str) else "stopped" if isinf(value) else f"{value:,.3g}"


def _grown(few: float, more: float, times: float) -> str:
    """The exponent with which a figure has grown in a shop that is so many times as large."""
    return f"{log(more / few) / log(times):.2f}" if few and times > 1 and not isinf(few + more) else "-"


def _measured(shops: Shops, words: argparse.Namespace, filled: dict[str, Pair]) -> dict[str, Pair]:
    """All figures of a shop of one size, after those of its copy."""
    found = _Told()
    found.update(filled)
    ((size,),) = shops.server.asked("SELECT pg_database_size(current_database())", shops.name)
    found["size, MiB"] = (shops.file.stat().st_size / 2**20, int(str(size)) / 2**20)
    if words.counted:
        of_file, of_server = (_cost(shops, (sys.executable, "-c", _COUNTS), place) for place in shops.places)
        found["closed days that had no sums, CPU s"] = (of_file.cpu, of_server.cpu)
    _ask(shops, REPORTS, words.rounds, found)
    for clients in words.clients:
        _add_by(shops, clients, max(1, words.added // clients), found)
    _import(shops, words.lines, found)
    _ask(shops, LONG, words.rounds, found)
    return found


def _ask(shops: Shops, reports: Sequence[str], rounds: int, found: dict[str, Pair]) -> None:
    """What reports cost, the medians of so many turns."""
    ordercli = beside_python("ordercli", "install the project there first.")
    for report in reports:
        turns = [
            [_cost(shops, (ordercli, *report.split()), place) for place in shops.places] for _ in range(rounds)
        ]
        of_file, of_server = zip(*turns, strict=True)
        found[f"{report}, CPU s"] = _middle([cost.cpu for cost in of_file], [cost.cpu for cost in of_server])
        found[f"{report}, MiB"] = _middle([cost.peak for cost in of_file], [cost.peak for cost in of_server])


def _import(shops: Shops, lines: int, found: dict[str, Pair]) -> None:
    """What an import costs whose orders are all of yesterday, and one whose orders are of two years."""
    ordercli = beside_python("ordercli", "install the project there first.")
    series = time.time_ns() // 10**9 % 400 * 2 + 120  # orders that no run before has brought
    for when, first, span in (("yesterday", YESTERDAY, timedelta(hours=10)), ("two years", FIRST, SPAN)):
        file = write_all_orders(shops.server.folder / "import.txt", lines, series=series, first=first, span=span)
        series += 1
        of_file, of_server = (
            _cost(shops, (ordercli, "order", "import", str(file)), place) for place in shops.places
        )
        what = f"import of {lines:,} lines of {when}"
        found[f"{what}, s"] = (of_file.wall, of_server.wall)
        found[f"{what}, CPU s"] = (of_file.cpu, of_server.cpu)
        found[f"{what}, MiB"] = (of_file.peak, of_server.peak)


def _middle(of_file: Sequence[float], of_server: Sequence[float]) -> Pair:
    return statistics.median(of_file), statistics.median(of_server)


def _cost(shops: Shops, words: Sequence[str], place: str) -> Cost:
    """What a command took, of processors the server's too; endless where it was stopped."""
    served_there = place.startswith("postgresql:") or place in words
    before, begun = _of_server(shops.server), time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            words, env={**shops.environment, "ORDERCLI_DB": place}, stdout=subprocess.DEVNULL, stderr=said
        )
        stopped = Event()
        timer = Timer(min(shops.longest, TIMEOUT_MAX), _stop, (process, stopped))
        timer.start()
        with _watched(process.pid, shops.server if served_there else None) as peaks:
            _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if stopped.is_set():
            shops.server.asked(_SENDS_AWAY)
            return Cost(inf, inf, inf)
        if process.returncode not in (0, 3, 4):
            said.seek(0)
            sys.exit(f"{' '.join(words)}: {said.read().decode(errors='replace')}")
    wall = time.perf_counter() - begun
    served = _of_server(shops.server) - before if served_there else 0.0
    return Cost(usage.ru_utime + usage.ru_stime + served, wall, sum(peaks) / 1024)


@contextmanager
def _watched(pid: int, server: "Killable | None") -> Iterator[list[int]]:
    """KiB that a process held at most, and the largest one of the server by itself; both are there at the end.

    What the kernel counts of an ended process is no less than what this one, which began it, holds.
    """
    peaks, ended = [0, 0], Event()

    def look() -> None:
        while not ended.wait(0.05):
            peaks[0] = max(peaks[0], _held(pid, "VmHWM:"))
            if server is not None:
                own = (_held(each, "RssAnon:") for each in _children(_first(server)))
                peaks[1] = max(peaks[1], *own)

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield peaks
    finally:
        ended.set()
        watcher.join()


def _held(pid: int, what: str) -> int:
    """KiB that a process holds; none if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(what)), 0)


def _stop(process: "subprocess.Popen[bytes]", stopped: Event) -> None:
    stopped.set()
    process.kill()


def _of_server(server: "Killable") -> float:
    """Seconds of a processor that the server took until now, in all its processes."""
    first = _first(server)
    total = 0
    for pid in [first, *_children(first)]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it ended, and its parent counts it
            continue
        total += sum(int(fields[place - 2]) for place in range(_ENDED, _CHILDREN))
    return total / TICKS


def _first(server: "Killable") -> int:
    return int((server.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


def _add_by(shops: Shops, clients: int, each: int, found: dict[str, Pair]) -> None:
    """What orders cost that so many clients add at once."""
    told = [_added(shops, place, clients, each) for place in shops.places]
    (rate, slow, cpu), (rate_served, slow_served, cpu_served) = told
    found[f"{clients} clients, orders/s"] = (rate, rate_served)
    found[f"{clients} clients, p99 s"] = (slow, slow_served)
    found[f"{clients} clients, CPU ms an order"] = (cpu * 1000, cpu_served * 1000)


def _added(shops: Shops, place: str, clients: int, each: int) -> tuple[float, float, float]:
    """Orders added in a second, the time under which 99 of 100 of them stay, and the processor's for each."""
    context = multiprocessing.get_context("spawn")
    ready, gate = context.Semaphore(0), context.Event()
    with context.Manager() as manager:
        taken = manager.list()
        started = [
            context.Process(
                target=_client, args=(dict(shops.environment), place, number, each, ready, gate, taken)
            )
            for number in range(clients)
        ]
        for process in started:
            process.start()
        for _ in started:
            ready.acquire()
        before, begun = _of_server(shops.server), time.perf_counter()
        gate.set()
        for process in started:
            process.join()
        passed = time.perf_counter() - begun
        served = _of_server(shops.server) - before if place.startswith("postgresql:") else 0.0
        times, processor = sorted(pair[0] for pair in taken), sum(pair[1] for pair in taken)
    if len(times) < clients * each:
        sys.exit(f"{clients * each - len(times)} orders were refused at {place}")
    return len(times) / passed, times[-(-len(times) * 99 // 100) - 1], (processor + served) / len(times)


def _client(
    environment: dict[str, str], place: str, number: int, each: int, ready: object, gate: object, taken: object
) -> None:
    """Add orders, one after the other."""
    os.environ.update(environment)
    from typer.testing import CliRunner  # noqa: PLC0415 - in each process

    from ordercli.cli.app import app  # noqa: PLC0415

    runner = CliRunner()
    stamp = time.time_ns()
    words = ["--db", place, "order", "add", "--line", f"{SKU}:1"]
    runner.invoke(app, [*words, f"S{stamp}-{number}"])  # all is loaded
    ready.release()  # type: ignore[attr-defined]
    gate.wait()  # type: ignore[attr-defined]
    for order in range(each):
        begun, worked = time.perf_counter(), time.process_time()
        done = runner.invoke(app, [*words, f"S{stamp}-{number}-{order}"])
        if done.exit_code == 0:
            taken.append((time.perf_counter() - begun, time.process_time() - worked))  # type: ignore[attr-defined]


if __name__ == "__main__":
    os.umask(0o022)
    main()
