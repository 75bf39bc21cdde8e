"""A shop in a file and the same on a server, side by side: orders added by many at once, an import, reports, size.

Usage: python bench/scale.py [ORDERS…] [--clients N…] [--added N] [--lines N] [--rounds N]
       [--longest S] [--in-place]

For each number of orders a shop of ``large.py`` is copied to a private server of PostgreSQL, which waits for its
disk as it does in earnest (``ORDERCLI_SHOPS`` names a folder where such shops are kept; copies are written to, or,
where the disk has no room for one more, the shops themselves by ``--in-place``). What takes too long is stopped.
Clients are processes that give one command after another, each through a connection of its own. Processor time is
that of the command and of the server together; the exponent is that between the two largest shops: 0 where a
figure stays, 1 where it grows with the shop. Both engines are asked in turn.
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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isinf, log
from pathlib import Path
from threading import TIMEOUT_MAX, Event, Timer
from typing import TYPE_CHECKING

from growth import shop_of
from measure import beside_python, clean_environment, machine, print_table
from shop import write_all_orders

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
if TYPE_CHECKING:
    from postgres.servers import Killable
REPORTS = (
    *("today", "review", "order list --status unshipped --limit 50", "stock --format csv", "reorder --format csv"),
    *("report sales --since 2024-01-01", "report profit --since 2024-01-01", "report products --since 2024-01-01"),
    *("metrics", "log --limit 20", "doctor"),
)
SKU = "SKU-003"
NOW = "2026-03-16T14:00:00Z"
TICKS = os.sysconf("SC_CLK_TCK")
_ENDED, _CHILDREN = 13, 17
"""Where ``/proc/PID/stat`` has the ticks of a process and of its ended children, counted from 0."""

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
    from postgres.servers import Killable  # noqa: PLC0415 - found behind the path above

    told = argparse.ArgumentParser()
    told.add_argument("orders", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    told.add_argument("--clients", nargs="*", type=int, default=[1, 8, 32], help="that add orders at once")
    told.add_argument("--added", type=int, default=64, help="orders that they add, all together")
    told.add_argument("--lines", type=int, default=20_000, help="of the file that is imported")
    told.add_argument("--rounds", type=int, default=3, help="that each report is asked")
    told.add_argument("--longest", type=float, default=inf, help="seconds after which a command is stopped")
    told.add_argument("--in-place", action="store_true", help="write to the shops that are kept")
    words = told.parse_args()
    with tempfile.TemporaryDirectory(prefix="ordercli-scale-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Killable(folder / "server")
        server.make()
        server.start("fsync=on", "autovacuum=on", "shared_buffers=512MB", "max_wal_size=4GB")
        try:
            found = {orders: _measured(folder, server, orders, words) for orders in sorted(words.orders)}
            version = server.asked("SHOW server_version")[0][0]
        finally:
            server.stop()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{machine()}, PostgreSQL {version}; load {load} at the end; medians of {words.rounds}")
    _print(found)


def _print(found: Mapping[int, Mapping[str, Pair]]) -> None:
    """The table, with the exponent of growth between the two largest shops."""
    *_, before, last = (*found, *found) if len(found) == 1 else tuple(found)
    rows = []
    for what in found[last]:
        cells = [_figure(value) for each in found.values() for value in each[what]]
        of_both = zip(found[before][what], found[last][what], strict=True)
        grown = [
            f"{log(more / few) / log(last / before):.2f}"
            if few and last > before and not isinf(few + more)
            else "-"
            for few, more in of_both
        ]
        rows.append((what, *cells, *grown))
    headings = [f"{orders:,} {engine}" for orders in found for engine in ("file", "server")]
    print_table("A file and a server", ("what", *headings, "exponent file", "exponent server"), rows)


def _figure(value: float) -> str:
    return "stopped" if isinf(value) else f"{value:,.3g}"


def _measured(folder: Path, server: "Killable", orders: int, words: argparse.Namespace) -> dict[str, Pair]:
    """All figures of a shop of one size."""
    ordercli = beside_python("ordercli", "install the project there first.")
    environment = {**clean_environment(folder), "ORDERCLI_NOW": NOW, "ORDERCLI_BUSY_SECONDS": "600"}
    file = shop_of(ordercli, environment, folder, orders)
    if not words.in_place:
        file = Path(shutil.copy(file, folder / f"written-{orders}.db"))
    shops = Shops(environment, file, server, f"shop{orders}", words.longest)
    server.asked(f"CREATE DATABASE {shops.name} TEMPLATE template0")
    print(f"{orders:,} orders", file=sys.stderr)
    found = _Told()
    copying = (ordercli, "db", "copy", *shops.places)
    wall, cpu = _cost(replace(shops, longest=inf), copying, shops.places[0])
    found["db copy to the server, CPU s"] = (0.0, cpu)
    found["db copy to the server, s"] = (0.0, wall)
    server.asked("VACUUM ANALYZE", shops.name)
    ((size,),) = server.asked("SELECT pg_database_size(current_database())", shops.name)
    found["size, MiB"] = (file.stat().st_size / 2**20, int(str(size)) / 2**20)
    for report in REPORTS:
        turns = [
            [_cost(shops, (ordercli, *report.split()), place)[1] for place in shops.places]
            for _ in range(words.rounds)
        ]
        of_file, of_server = (statistics.median(taken) for taken in zip(*turns, strict=True))
        found[f"{report}, CPU s"] = (of_file, of_server)
    for clients in words.clients:
        _add_by(shops, clients, max(1, words.added // clients), found)
    report_file = write_all_orders(folder / f"import-{orders}.txt", words.lines, series=119)
    imports = [_cost(shops, (ordercli, "order", "import", str(report_file)), place) for place in shops.places]
    found[f"import of {words.lines:,} lines, s"] = (imports[0][0], imports[1][0])
    found[f"import of {words.lines:,} lines, CPU s"] = (imports[0][1], imports[1][1])
    return found


def _cost(shops: Shops, words: Sequence[str], place: str) -> Pair:
    """Seconds that a command took, and those of a processor, the server's too; endless where it was stopped."""
    before, begun = _of_server(shops.server), time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            words, env={**shops.environment, "ORDERCLI_DB": place}, stdout=subprocess.DEVNULL, stderr=said
        )
        stopped = Event()
        timer = Timer(min(shops.longest, TIMEOUT_MAX), _stop, (process, stopped))
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if stopped.is_set():
            shops.server.asked(_SENDS_AWAY)
            return inf, inf
        if process.returncode not in (0, 3, 4):
            said.seek(0)
            sys.exit(f"{' '.join(words)}: {said.read().decode(errors='replace')}")
    wall = time.perf_counter() - begun
    served = _of_server(shops.server) - before if place.startswith("postgresql:") or place in words else 0.0
    return wall, usage.ru_utime + usage.ru_stime + served


def _stop(process: "subprocess.Popen[bytes]", stopped: Event) -> None:
    stopped.set()
    process.kill()


def _of_server(server: "Killable") -> float:
    """Seconds of a processor that the server took until now, in all its processes."""
    first = int((server.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    total = 0
    for pid in [first, *_children(first)]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it ended, and its parent counts it
            continue
        total += sum(int(fields[place - 2]) for place in range(_ENDED, _CHILDREN))
    return total / TICKS


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
