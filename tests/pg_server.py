"""A private server of PostgreSQL for tests, from the system's package."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from patience import until


def program(name: str) -> str:
    """A program of the server; Debian keeps them beside the path, a folder a version."""
    found = shutil.which(name) or max(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), default=None)
    if found is None:
        pytest.fail(f"{name} is not there; install the server of PostgreSQL (Debian: apt install postgresql)")
    return found


def owner() -> dict[str, Any]:
    """As whom the server runs, which never is root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def private_server(prepare: Callable[[Path], None] | None = None, *settings: str) -> Iterator[Path]:
    """The folder of the socket at which a server listens, and nowhere else unless settings say so.

    Args:
        prepare: puts files into the folder before the server starts; what it holds is in ``data``.
        settings: more of the server's settings, as ``name=value``.
    """
    with tempfile.TemporaryDirectory(prefix="ordercli-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if owner():
            shutil.chown(folder, "postgres")
        data = str(folder / "data")
        made = [program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*made, "--no-sync"], check=True, capture_output=True, cwd=folder, **owner())
        if prepare is not None:
            prepare(folder)
        with running(folder, *settings):
            yield folder


class NotStartedError(Exception):
    """A server ended instead of taking connections; with the end of its log."""


def _is_ready(run: "subprocess.Popen[bytes]", folder: Path) -> bool:
    """Whether the server takes connections, as it writes beside its number.

    Raises:
        NotStartedError: if it ended.
    """
    if run.poll() is not None:
        raise NotStartedError((folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])
    try:
        told = (folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return told[:1] == [str(run.pid)] and told[-1].strip() == "ready"


@contextmanager
def running(folder: Path, *settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the server that was made in a folder; it takes connections when the context begins."""
    told = (
        *(f"unix_socket_directories={folder}", "listen_addresses=", "fsync=off", "jit=off"),
        *("full_page_writes=off", "autovacuum=off", "max_connections=200", *settings),
    )
    data = str(folder / "data")
    words = [program("postgres"), "-D", data, *(word for each in told for word in ("-c", each))]
    with (folder / "log").open("ab") as log, subprocess.Popen(words, stderr=log, cwd=folder, **owner()) as run:
        try:
            until(lambda: _is_ready(run, folder), f"the server in {folder} does not start")
            yield run
        finally:
            run.send_signal(signal.SIGINT)  # whoever is connected is sent away
