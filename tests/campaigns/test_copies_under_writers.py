"""Copies made while others write: each is one moment of the shop, whole and lawful; nobody waits long for it."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from campaign import TIMES
from cli.steps import done
from conftest import Run
from ordercli.copies import Backup, back_up
from patience import until
from warm import start

WRITERS = 4
COPIES = 4
"""How many are made, times what the campaign multiplies by."""
ALONE = 60
"""Seconds in which the campaign looks first how long the same writers wait for each other without any copy."""
MOST_WAIT = 0.5
"""Seconds that a writer may wait for the lock; looked at in the campaign only, on a machine that is idle else."""

WRITING = """
import os, pathlib, time
from datetime import datetime, timedelta, timezone
from ordercli.cli.app import app
from typer.testing import CliRunner

begun = datetime(2026, 3, 16, 13, tzinfo=timezone.utc) - timedelta(seconds={began})
while not pathlib.Path("stop").exists():
    os.environ["ORDERCLI_NOW"] = (begun + timedelta(seconds=time.monotonic())).isoformat()
    ran = CliRunner().invoke(app, ["stock", "adjust", "EARR-LEAF", "--by", "+1", "--reason", "found"])
    assert ran.exit_code == 0, ran.output
"""
"""A process that writes all the while; its time goes on, for no shop has so much of one instant."""

WATCHING = """
import json, pathlib, time
from contextlib import closing
from itertools import count
from ordercli.dbfile import connect
from ordercli.turn import take_turn

waits = []
with closing(connect(pathlib.Path("shop.db"), wait_seconds=60)) as connection:
    while not pathlib.Path("stop").exists():
        time.sleep(0.01)
        began = time.monotonic()
        take_turn(connection)
        connection.execute("ROLLBACK")
        waits.append((time.time(), time.monotonic() - began))
pathlib.Path("waits").write_text(json.dumps(waits))
"""
"""A process that takes the lock again and again, as a command waits for it, and notes how long that took."""


def milliseconds(waits: list[float]) -> tuple[int, int]:
    """The longest wait, and the one that 99 of 100 do not exceed."""
    told = sorted(waits) or [0.0]
    return round(told[-1] * 1000), round(told[len(told) * 99 // 100] * 1000)


@pytest.mark.campaign
def test_copies_made_under_writers_are_all_good_and_hold_up_nobody(
    shop: Run, database: Path, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    writing = WRITING.format(began=time.monotonic())
    running = [start("stock", first=writing) for _ in range(WRITERS)] + [start("stock", first=WATCHING)]
    with closing(sqlite3.connect(database)) as connection:
        counted = "SELECT count(*) FROM operation"
        (before,) = connection.execute(counted).fetchone()
        until(lambda: connection.execute(counted).fetchone()[0] > before, "nobody writes")
    if TIMES > 1:
        time.sleep(ALONE)
    alone_until = time.time()
    made: list[Backup] = []
    for number in count():
        if number >= COPIES * TIMES and len({copy.chain for copy in made}) > 1:  # something was written in between
            break
        assert all(process.is_running for process in running)
        now = f"2026-03-16T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
        made.append(back_up(database, tmp_path / "backups", now=now, wait_seconds=60))
    (tmp_path / "stop").touch()
    ended = [process.ended() for process in running]
    assert [code for code, _ in ended] == [0] * len(running), ended

    assert all(copy.is_noted for copy in made)
    with closing(sqlite3.connect(database)) as connection:
        ends = {
            f"{number} {chain[:16]}" for number, chain in connection.execute("SELECT id, chain FROM operation")
        }
    assert {copy.chain for copy in made} <= ends
    done(shop("backup", "verify", "--all", "--quiet"))
    record_property("copies made under four writers, all proved", len(made))
    if TIMES > 1:
        waits = json.loads((tmp_path / "waits").read_text())
        for what, some in (
            ("without copies", [wait for at, wait in waits if at <= alone_until]),
            ("beside copies", [wait for at, wait in waits if at > alone_until]),
        ):
            longest, most = milliseconds(some)
            record_property(f"milliseconds that 99 of 100 waited for the lock at most, {what}", most)
            record_property(f"milliseconds that a writer waited for the lock at most, {what}", longest)
        assert longest < MOST_WAIT * 1000
