"""Servers of PostgreSQL that are killed and started again, and nets from which clients come to them."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg

from patience import LONG, until
from pg_server import owner, program

PORT = 5432
"""Of the socket in the folder of each server, and of its addresses."""
_ADDRESSES = f"10.{80 + os.getpid() % 160}"
"""Of the nets: others than those of a process that runs beside this one."""
_SETTINGS = ("jit=off", "max_connections=80", "fsync=off", "autovacuum=off", "wal_level=replica")
"""What a killed process has written stays in the system's memory, so no disk is waited for."""


class Killable:
    """A server with its data in a folder of its own.

    Attributes:
        folder: where its data, its log and its socket are.
    """

    def __init__(self, folder: Path, addresses: Sequence[str] = ()) -> None:
        """Have the folder; :meth:`make` or a copy of another server fills it.

        Args:
            folder: empty.
            addresses: where it listens beside the socket.
        """
        self.folder = folder
        self._addresses = addresses
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if owner():
            shutil.chown(folder, "postgres")

    @property
    def data(self) -> Path:
        """Where its files are."""
        return self.folder / "data"

    def make(self) -> None:
        """Make an empty server, which lets everybody in whom its addresses reach."""
        made = [program("initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        self.does([*made, "--locale=C", "--no-sync"])
        with (self.data / "pg_hba.conf").open("a", encoding="utf-8") as file:
            file.write(f"host all all {_ADDRESSES}.0.0/16 trust\nlocal replication all trust\n")

    def does(self, words: Sequence[str]) -> None:
        """Run a program of PostgreSQL as the owner of the server."""
        subprocess.run(words, check=True, capture_output=True, cwd=self.folder, **owner())

    def start(self, *settings: str) -> None:
        """Start it, and wait until it takes connections; what a killed one has left may take a while to go."""
        listens = f"listen_addresses={','.join(self._addresses)}"
        told = (*_SETTINGS, f"unix_socket_directories={self.folder}", listens, f"port={PORT}", *settings)
        words = [program("postgres"), "-D", str(self.data), *(word for each in told for word in ("-c", each))]

        def answers() -> bool:
            if self._process is None or self._process.poll() is not None:
                with (self.folder / "log").open("ab") as log:
                    self._process = subprocess.Popen(words, stderr=log, cwd=self.folder, **owner())
            return self.answers()

        until(answers, lambda: (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])

    def address(self, database: str) -> str:
        """Of a database of it, for libpq."""
        return f"host={self.folder} port={PORT} user=postgres dbname={database}"

    def answers(self) -> bool:
        """Whether it takes connections now."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.address("template1"), connect_timeout=5):
            return True
        return False

    def asked(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """What it says."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    @property
    def is_running(self) -> bool:
        """Whether its first process runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill it without a warning."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Send everybody away, and end it."""
        self._signal(signal.SIGINT)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(LONG)


NETS = 4


@contextmanager
def nets() -> Iterator[list[tuple[str, list[str]]]]:
    """Addresses of this machine, each with the words that run a program in a net from which it is another machine.

    Where nets cannot be made, there are as many addresses of this machine's own.
    """
    with ExitStack() as made:
        found = []
        for number in range(1, NETS + 1):
            name, here = f"ordercli-{os.getpid()}-{number}", f"{_ADDRESSES}.{number}.1"
            outer, inner = f"oc{os.getpid()}h{number}"[-15:], f"oc{os.getpid()}n{number}"[-15:]
            if not _ip("netns", "add", name):
                yield [(f"127.0.0.{last}", []) for last in range(2, NETS + 2)]
                return
            made.callback(_ip, "netns", "delete", name)  # and with it the wire
            is_made = (
                _ip("link", "add", outer, "type", "veth", "peer", "name", inner)
                and _ip("link", "set", inner, "netns", name)
                and _ip("address", "add", f"{here}/24", "dev", outer)
                and _ip("link", "set", outer, "up")
                and _ip("-n", name, "address", "add", f"{_ADDRESSES}.{number}.2/24", "dev", inner)
                and _ip("-n", name, "link", "set", inner, "up")
            )
            if not is_made:
                yield [(f"127.0.0.{last}", []) for last in range(2, NETS + 2)]
                return
            found.append((here, ["ip", "netns", "exec", name]))
        yield found


def _ip(*words: str) -> bool:
    """Do it by the system's ``ip``; whether it was done."""
    if os.geteuid() or shutil.which("ip") is None:
        return False
    return subprocess.run(["ip", *words], check=False, capture_output=True).returncode == 0
