"""A process killed with SIGKILL at any step leaves nothing or everything, and trying again works.

A step is a system call: what is on the disk before it is what a kill there leaves. These are the commands that do
more than one transaction; every command is in test_calls_killed.py.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from campaigns.places import others, sound
from campaigns.states import outline, put, watched
from cli.steps import Content, done
from conftest import SAMPLE, Ran, Run
from ordercli.unfinished import Unfinished
from shelf import kept

MARK = 32
"""Digits of a shop's mark."""
pytestmark = [pytest.mark.campaign, pytest.mark.system("strace")]  # where that runs, processes can be watched


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where commands are killed."""
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


def copied(database: Path, folder: Path) -> Path:
    """The shop in a folder, alone."""
    put({"shop.db": database.read_bytes()}, folder)
    return folder / "shop.db"


def again(run: Run, database: Path, *arguments: str) -> Ran:
    return run("--db", str(database), *arguments)


def but_for_its_mark(rows: Content) -> Content:
    """What a shop holds but for the digits that tell it from others, which ``init`` draws."""
    return {**rows, "shop": [tuple(cell for cell in row if len(str(cell)) < MARK) for row in rows["shop"]]}


def test_a_kill_while_the_database_is_made_leaves_one_that_init_completes(folder: Path, run: Run) -> None:
    victim = folder / "shop.db"
    command = ("init", "--time-zone", "America/New_York")
    found = watched(folder, "--db", str(victim), *command)
    whole = but_for_its_mark(sound(victim))
    known = set()
    for state in found.states:
        put(state.files, folder)
        left = outline(state.files)
        if left not in known:
            known.add(left)
            assert again(run, victim, *command).exit_code == 0
            assert but_for_its_mark(sound(victim)) == whole
    assert len(known) > 5


UPLOADS = {
    "confirmation": ("shipment", "confirm"),
    "refund": ("return", "refund-file"),
    "cancellation": ("order", "cancel-file"),
}


@kept
def telling_shop(busy_shop: Run) -> Run:
    """A shop with a shipment, a refund and a cancellation to tell."""
    for command in (
        ("ship", "0000002", "--carrier", "USPS", "--tracking", "9400111899223197428503"),
        ("return", "open", "0000002", "--line", "RING-7:1", "--reason", "too large"),
        ("return", "receive", "RMA-000001"),
        ("return", "inspect", "RMA-000001", "--as", "sellable"),
        ("--yes", "return", "refund", "RMA-000001", "--amount", "20.00"),
        ("--yes", "order", "cancel", "0000004", "--by", "seller", "--reason", "out of stock"),
    ):
        assert busy_shop(*command).exit_code == 0, command
    return busy_shop


def left_overs(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.name.endswith((".part", ".part-journal"))]


@pytest.mark.parametrize("kind", UPLOADS)
def test_after_a_kill_at_any_step_the_same_command_finishes_the_upload_file(
    telling_shop: Run, database: Path, folder: Path, kind: str
) -> None:
    victim, file = copied(database, folder), folder / "out" / "file.txt"
    file.parent.mkdir()
    found = watched(folder, "--db", str(victim), *UPLOADS[kind], str(file))
    expected = file.read_bytes()
    assert expected.count(b"\n") > 1
    seen, known = set(), []
    for state in found.states:
        put(state.files, folder)
        left = (sound(victim), others(folder))
        with closing(sqlite3.connect(victim)) as connection:
            (marked,) = connection.execute("SELECT min(state) FROM upload_file").fetchone()
        seen.add((marked, file.exists()))
        assert not file.exists() or file.read_bytes() == expected
        # Bytes never leave before what they tell is marked, so that nothing goes out a second time unnoticed.
        assert marked is not None or not file.exists()
        if left in known:
            continue
        known.append(left)

        retried = again(telling_shop, victim, *UPLOADS[kind], str(file))
        third = again(telling_shop, victim, *UPLOADS[kind], str(file.with_name("third.txt")))

        assert (retried.exit_code, file.read_bytes()) == (0, expected), (state[:2], retried.stderr)
        assert ("is written again" in retried.stderr) == (marked == "unknown")
        assert (third.exit_code, third.stderr.startswith("Unchanged: ")) == (0, True)
        assert [each.name for each in file.parent.iterdir()] == ["file.txt"]
        with closing(sqlite3.connect(victim)) as connection:
            assert connection.execute("SELECT id, state FROM upload_file").fetchall() == [(1, "written")]
    assert len(known) > len(seen)
    assert seen == {(None, False), ("unknown", False), ("unknown", True), ("written", True)}


def test_after_a_kill_at_any_step_of_a_backup_the_next_one_is_whole_and_leaves_nothing_else(
    shop: Run, database: Path, folder: Path
) -> None:
    victim, backups = copied(database, folder), folder / "backups"
    expected = sound(victim)
    found = watched(folder, "--db", str(victim), "backup")
    assert [sound(copy) for copy in backups.iterdir()] == [expected]
    left, known = 0, set()
    for state in found.states:
        put(state.files, folder)
        there = list(backups.iterdir()) if backups.exists() else []
        assert all(sound(copy) == expected for copy in there if not copy.name.startswith("."))
        left += any(file.name.startswith(".") for file in there)
        if (told := outline(state.files)) in known:
            continue
        known.add(told)
        done(shop("--db", str(victim), "backup", now="2026-03-16T15:00:00Z"))
        assert all(sound(copy) == expected for copy in backups.iterdir())
        assert left_overs(folder) == []
    assert left > 2


@pytest.mark.parametrize("damage", [False, True], ids=["over a shop", "over a damaged file"])
def test_after_a_kill_at_any_step_of_a_restore_the_same_command_brings_all_back(
    busy_shop: Run, database: Path, tmp_path: Path, folder: Path, damage: bool
) -> None:
    backup = tmp_path / "backups" / "shop-20260316T130000Z.db"
    done(busy_shop("backup", "--to", str(backup.parent)))
    done(busy_shop("ship", "--csv", str(SAMPLE / "shipments.csv")))
    expected, later = sound(backup), sound(database)
    there = copied(database, folder)
    if damage:
        with there.open("r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 4000)
    before = there.read_bytes()
    command = ("--yes", "restore", str(backup))
    found = watched(folder, "--db", str(there), *command)
    known = set()
    for state in found.states:
        put(state.files, folder)
        is_back = None
        if there.exists() and not damage:
            is_back = sound(there) == expected
            assert is_back or sound(there) == later, state[:2]
        if (told := (is_back, outline(state.files))) in known:
            continue
        known.add(told)
        done(again(busy_shop, there, *command))
        assert sound(there) == expected
        assert left_overs(folder) == []
        kept = [file for file in folder.glob("shop-*.db") if file != there]
        if damage:
            assert before in [file.read_bytes() for file in kept], state[:2]
        else:
            assert all(sound(file) in (later, expected) for file in kept)
            assert later in [sound(file) for file in kept], state[:2]


def test_what_a_killed_run_left_is_swept_only_if_it_is_ours_and_nobody_works_on_it(
    shop: Run, tmp_path: Path
) -> None:
    ours = tmp_path / ".shop.ordercli-0123456789abcdef.part"
    journal = ours.with_name(ours.name + "-journal")
    others = [
        tmp_path / name for name in (".a.mkv.part", "shop.ordercli-0123456789abcdef.part", "x.part", ".part")
    ]

    with Unfinished(tmp_path / "c.txt") as living:
        for file in (ours, journal, *others):
            file.write_text("Ana Pereira", encoding="utf-8")
        assert shop("config", "set", "reorder_point", "7").exit_code == 0
        assert ours.exists()
        assert living.path.exists()
    assert shop("config", "set", "reorder_point", "8").exit_code == 0

    assert not ours.exists()
    assert not journal.exists()
    assert all(file.exists() for file in others)


def test_a_killed_send_writes_no_message_twice_and_forgets_none(
    busy_shop: Run, database: Path, folder: Path
) -> None:
    victim, first, second = copied(database, folder), folder / "first", folder / "second"
    command = ("message", "send", "delay", "0000001", "0000002", "--outbox")
    found = watched(folder, "--db", str(victim), *command, str(first))
    known: list[tuple[list[str], set[str]]] = []
    states = set()
    for state in found.states:
        put(state.files, folder)
        sound(victim)
        with closing(sqlite3.connect(victim)) as connection:
            rows = connection.execute("SELECT state FROM message ORDER BY id").fetchall()
        there = [each for (each,) in rows]
        states |= set(there) or {None}
        out = {file.name for file in first.glob("[!.]*.eml")}
        # A file is out only if its message is known to be, or may be.
        assert len(out) <= sum(each in ("unknown", "sent") for each in there)
        assert len(out) >= there.count("sent")
        left = (there, set(state.files))
        if left in known:
            continue
        known.append(left)
        done(again(busy_shop, victim, *command, str(second)))
        again_out = {file.name for file in second.glob("*.eml")} if second.exists() else set()
        assert out & again_out == set()
        assert len(again_out) == 2 - sum(each in ("unknown", "sent") for each in there)
    assert {None, "unknown", "sent"} <= states
