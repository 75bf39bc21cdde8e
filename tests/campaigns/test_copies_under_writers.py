"""Copies made while others write: each is one moment of the shop, whole and lawful; nobody waits long for it."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from campaign import TIMES
from cli.steps import done
from conftest import Run
from ordercli.copies import back_up
from ordercli.dbfile import connect
from ordercli.turn import take_turn
from warm import start

WRITERS = 4
COPIES = 4
"""How many are made, times what the campaign multiplies by."""
MOST_WAIT = 0.5
"""Seconds that a writer may wait for the lock; looked at in the campaign only, on a machine that is idle else."""

WRITING = """
import pathlib
from ordercli.cli.app import app
from typer.testing import CliRunner

while not pathlib.Path("stop").exists():
    ran = CliRunner().invoke(app, ["stock", "adjust", "EARR-LEAF", "--by", "+1", "--reason", "found"])
    assert ran.exit_code == 0, ran.output
"""


def longest_wait(database: Path, stop: threading.Event, waits: list[float]) -> None:
    """Take the writers' lock again and again, as a command waits for it, and note how long that took."""
    with closing(connect(database, wait_seconds=60)) as connection:
        while not stop.wait(0.01):
            began = time.monotonic()
            take_turn(connection)
            connection.execute("ROLLBACK")
            waits.append(time.monotonic() - began)


@pytest.mark.campaign
def test_copies_made_under_writers_are_all_good_and_hold_up_nobody(
    shop: Run, database: Path, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    writers = [start("stock", first=WRITING) for _ in range(WRITERS)]
    stop, waits = threading.Event(), [0.0]
    watching = threading.Thread(target=longest_wait, args=(database, stop, waits))
    watching.start()
    made = []
    for number in range(COPIES * TIMES):
        now = f"2026-03-16T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
        made.append(back_up(database, tmp_path / "backups", now=now, wait_seconds=60))
    stop.set()
    watching.join()
    (tmp_path / "stop").touch()
    ended = [writer.ended() for writer in writers]
    assert [code for code, _ in ended] == [0] * WRITERS, ended

    assert all(copy.is_noted for copy in made)
    assert len({copy.chain for copy in made}) > 1  # something was written in between
    with closing(sqlite3.connect(database)) as connection:
        ends = {
            f"{number} {chain[:16]}" for number, chain in connection.execute("SELECT id, chain FROM operation")
        }
    assert {copy.chain for copy in made} <= ends
    done(shop("backup", "verify", "--all", "--quiet"))
    record_property("copies made under four writers, all proved", len(made))
    if TIMES > 1:
        record_property("milliseconds that a writer waited for the lock at most", round(max(waits) * 1000))
        assert max(waits) < MOST_WAIT
