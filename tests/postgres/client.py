"""One of many clients of a shop on a server: adds orders until each is done or refused, though it is struck.

A process of its own: ``client.py URL FOLDER NUMBER ORDERS SEED STRIKES``. It writes what it was told of each order
into a file, a line each, as soon as it knows; started anew, it goes on behind that.
"""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from typer.testing import CliRunner

from ordercli.cli.app import app
from ordercli.postgres.connection import ServerDriver

url, folder, number, orders, seed, strikes = sys.argv[1:]
draw = random.Random()  # noqa: S311 - invented data
postmaster = Path(folder, "server", "data", "postmaster.pid")
told = Path(folder, f"told-{number}")
SKUS = ("RING-7", "EARR-LEAF", "NECK-MOON")
SURELY = {"0": "client", "1": "backend", "2": "server"}
"""What some clients strike with their first commit."""
_commit = ServerDriver.commit


def _server() -> int:
    """The first process of the server; this one where it is just gone."""
    with suppress(OSError, IndexError):
        return int(postmaster.read_text(encoding="utf-8").splitlines()[0])
    return os.getpid()


def struck(self: ServerDriver) -> None:
    """Send the COMMIT, and kill in the moment in which nobody knows yet what came of it."""
    once = Path(folder, f"struck-{number}")
    sure = None if once.exists() else SURELY.get(number)  # so that each run has one of each
    if self.in_transaction and (sure or draw.random() < float(strikes)):
        once.touch()
        connection = self.connection.pgconn
        who = sure or draw.choice(("client", "backend", "server"))
        victim = {"client": os.getpid(), "backend": connection.backend_pid, "server": _server()}[who]
        connection.send_query(f"{self.work.emptied()}COMMIT".encode())
        connection.flush()
        time.sleep(draw.choice((0, 0, 0.0005, 0.002)))
        with Path(folder, "struck").open("a", encoding="utf-8") as file:
            file.write(f"{who}\n")
        with suppress(ProcessLookupError):  # struck by another already
            os.kill(victim, signal.SIGKILL)
        connection.get_result()  # an error, or that it was committed
        connection.get_result()
    _commit(self)


ServerDriver.commit = struck  # type: ignore[method-assign]


def words_of(order: int) -> list[str]:
    """The same for the same order, however often it is tried.

    The first is never refused, so that every client commits; nor is the last, and of these alone there are so many
    that no unit is left.
    """
    chance = random.Random(f"{seed} {number} {order}")  # noqa: S311 - the same
    line, is_last = f"{chance.choice(SKUS)}:{chance.randrange(1, 4)}", order == int(orders) - 1
    if is_last:
        line = f"{SKUS[int(number) % len(SKUS)]}:3"
    words = ["--db", url, "order", "add", f"C{number}-{order}", "--line", line]
    return [*words, "--no-backorder"] if order and not is_last and chance.random() < 0.5 else words


def tried(order: int) -> tuple[int, str]:
    """The exit code of one attempt, and what was said."""
    if order % 20 == 3:  # by a command line of its own, which takes longest to start
        words = [sys.executable, "-m", "ordercli", *words_of(order)]
        alone = subprocess.run(words, capture_output=True, text=True, check=False)
        return alone.returncode, alone.stderr
    done = CliRunner().invoke(app, words_of(order))
    return done.exit_code, done.stderr


first = len(told.read_text(encoding="utf-8").splitlines()) if told.exists() else 0
for order in range(first, int(orders)):
    code, said = tried(order)
    while code == 7:
        with Path(folder, "again").open("a", encoding="utf-8") as file:
            file.write(f"{said.splitlines()[-1] if said else ''}\n")
        time.sleep(draw.uniform(0.05, 0.5))
        code, said = tried(order)
    with told.open("a", encoding="utf-8") as file:
        file.write(f"{code}\t{' '.join(words_of(order)[4:])}\t{' '.join(said.split())}\n")
