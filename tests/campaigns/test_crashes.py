"""A process killed with SIGKILL at any step leaves nothing or everything, and trying again works.

The child counts the statements SQLite runs and what it does to files, and kills itself at the wanted step.
"""

import hashlib
import re
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from conftest import SAMPLE, Ran, Run
from ordercli.dbfile import connect
from ordercli.queries.copies import MEMORY
from ordercli.queries.laws import broken_laws
from ordercli.unfinished import Unfinished
from shelf import kept
from turned import has_journal
from warm import start

POINTS = 9


def killed(wanted: int, database: Path, *arguments: str) -> tuple[int, int]:
    """Run a command that dies at its step number ``wanted``; exit code, and how many it took if it lived."""
    code, words = start(*arguments, dies_at=wanted, ORDERCLI_DB=str(database)).ended()
    _, _, count = words.rpartition("steps ")
    return code, int(count) if count.strip().isdigit() else 0


_BESIDE = re.compile(rf'ANALYZE|INSERT INTO "({"|".join(MEMORY)}|sqlite_\w+)" |DELETE FROM "sqlite_')
_CONTENTS: dict[bytes, list[str]] = {}
"""What is in databases, by the hash of their files: most kills leave one of few."""


def content(database: Path) -> list[str]:
    """Everything but the statistics, which SQLite refreshes when it likes, and which copies there are."""
    connect(database).close()  # whatever a journal beside it has is in the file then, or nowhere
    assert not has_journal(database)
    key = _hash(database.read_bytes())
    if key not in _CONTENTS:
        with closing(connect(database)) as connection:
            assert broken_laws(connection) == []
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            _CONTENTS[key] = [line for line in connection.iterdump() if not _BESIDE.match(line)]
    return _CONTENTS[key]


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content).digest()


def gist(database: Path) -> bytes:
    """A hash of what is in it."""
    return _hash("\n".join(content(database)).encode())


Files = frozenset[tuple[bool, str, bytes]]


def files_in(folder: Path) -> Files | None:
    """What a kill left there: whether a file is hidden, the kind it is of, what it tells; None for no folder.

    From the same a command does the same, so that it is tried again once.
    """
    if not folder.exists():
        return None
    return frozenset((file.name.startswith("."), file.suffix, _hash(_told_by(file))) for file in folder.iterdir())


def _told_by(file: Path) -> bytes:
    """Its bytes, but for what nobody reads, which is hidden and swept, and what is chance in a journal."""
    if file.name.startswith(".") or file.suffix.endswith("-shm"):
        return b""
    content = file.read_bytes()
    if not file.suffix.endswith("-wal"):
        return content
    frame, head = 24 + 4096, 32  # sqlite.org/fileformat.html, 4.1: behind a page's number and size are two salts
    frames = [content[at : at + frame] for at in range(head, len(content), frame)]
    return b"".join(each[:8] + each[24:] for each in frames)


def copied(database: Path, name: str) -> Path:
    target = database.with_name(name)
    assert not has_journal(database)
    shutil.copyfile(database, target)
    return target


def outcomes(database: Path, arguments: tuple[str, ...], expected: int, run: Run) -> set[str]:
    """Kill the command at points all along its way; what was there after each."""
    nothing = content(database)
    whole = copied(database, "whole.db")
    code, statements = killed(0, whole, *arguments)
    assert code == expected
    everything = content(whole)
    assert everything != nothing
    step = max(1, statements // POINTS)
    seen = set()
    # The last few are the end of the transaction, its COMMIT, and the tidying after it.
    for point in sorted({*range(1, statements, step), *range(statements - 3, statements + 1)}):
        victim = copied(database, f"victim-{point}.db")
        assert killed(point, victim, *arguments) == (-signal.SIGKILL, 0)
        after = content(victim)
        assert after in (nothing, everything), point
        seen.add("nothing" if after == nothing else "everything")
        assert again(run, victim, *arguments).exit_code in (expected, 0)
        assert content(victim) == everything
    return seen


def again(run: Run, database: Path, *arguments: str) -> Ran:
    return run("--db", str(database), *arguments)


def test_a_killed_import_is_whole_or_not_there(shop: Run, database: Path) -> None:
    report = str(SAMPLE / "unshipped-orders.txt")
    assert outcomes(database, ("order", "import", report), 4, shop) == {"nothing", "everything"}


def test_killed_shipping_is_whole_or_not_there(busy_shop: Run, database: Path) -> None:
    shipments = str(SAMPLE / "shipments.csv")
    assert outcomes(database, ("ship", "--csv", shipments), 0, busy_shop) == {"nothing", "everything"}


def test_a_killed_delivery_is_whole_or_not_there(busy_shop: Run, database: Path) -> None:
    delivery = ("stock", "receive", "BRAC-BEAD:20", "--reference", "D-1")
    assert outcomes(database, delivery, 0, busy_shop) == {"nothing", "everything"}


def test_a_kill_while_the_database_is_made_leaves_one_that_init_completes(tmp_path: Path, run: Run) -> None:
    command = ("init", "--time-zone", "America/New_York")
    _, statements = killed(0, tmp_path / "whole.db", *command)
    for point in range(1, statements + 1, statements // POINTS):
        victim = tmp_path / f"victim-{point}.db"
        assert killed(point, victim, *command)[0] == -signal.SIGKILL
        assert again(run, victim, *command).exit_code == 0
        assert content(victim) == content(tmp_path / "whole.db")


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
    return [file.name for file in folder.iterdir() if file.name.endswith((".part", ".part-journal"))]


@pytest.mark.parametrize("kind", UPLOADS)
def test_after_a_kill_at_any_step_the_same_command_finishes_the_upload_file(
    telling_shop: Run, database: Path, tmp_path: Path, kind: str
) -> None:
    whole = tmp_path / "whole.txt"
    _, steps = killed(0, copied(database, "whole.db"), *UPLOADS[kind], str(whole))
    expected = whole.read_bytes()
    assert expected.count(b"\n") > 1
    seen, known = set(), set()
    folder = tmp_path / "out"
    for point in range(1, steps + 1):
        victim, file = copied(database, "victim.db"), folder / "file.txt"
        folder.mkdir()
        assert killed(point, victim, *UPLOADS[kind], str(file))[0] == -signal.SIGKILL, point
        with closing(sqlite3.connect(victim)) as connection:
            (state,) = connection.execute("SELECT min(state) FROM upload_file").fetchone()
        seen.add((state, file.exists()))
        assert not file.exists() or file.read_bytes() == expected
        # Bytes never leave before what they tell is marked, so that nothing goes out a second time unnoticed.
        assert state is not None or not file.exists()
        left = (gist(victim), files_in(folder))
        if left in known:
            shutil.rmtree(folder)
            continue
        known.add(left)

        retried = again(telling_shop, victim, *UPLOADS[kind], str(file))
        third = again(telling_shop, victim, *UPLOADS[kind], str(folder / "third.txt"))

        assert (retried.exit_code, file.read_bytes()) == (0, expected), (point, retried.stderr)
        assert ("is written again" in retried.stderr) == (state == "unknown")
        assert (third.exit_code, third.stderr.startswith("Unchanged: ")) == (0, True)
        assert [each.name for each in folder.iterdir()] == ["file.txt"]
        with closing(sqlite3.connect(victim)) as connection:
            assert connection.execute("SELECT id, state FROM upload_file").fetchall() == [(1, "written")]
        shutil.rmtree(folder)
    assert len(known) > len(seen)
    assert seen == {(None, False), ("unknown", False), ("unknown", True), ("written", True)}


def test_after_a_kill_at_any_step_of_a_backup_the_next_one_is_whole_and_leaves_nothing_else(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    folder, before = tmp_path / "backups", database.read_bytes()
    _, steps = killed(0, database, "backup", "--to", str(folder))
    whole = next(folder.glob("*.db"))
    expected = content(whole)
    left, known = 0, set()
    for point in sorted({*range(1, steps - 25, 7), *range(max(1, steps - 25), steps + 1)}):
        shutil.rmtree(folder, ignore_errors=True)
        database.write_bytes(before)  # the last one has left in it what it knows of its copies
        assert killed(point, database, "backup", "--to", str(folder))[0] == -signal.SIGKILL
        there = list(folder.iterdir()) if folder.exists() else []
        assert all(content(copy) == expected for copy in there if not copy.name.startswith("."))
        left += any(file.name.startswith(".") for file in there)
        found = (gist(database), files_in(folder))
        if found in known:
            continue
        known.add(found)
        assert shop("backup", "--to", str(folder), now="2026-03-16T15:00:00Z").exit_code == 0
        assert all(content(copy) == expected for copy in folder.iterdir())
        assert left_overs(folder) == []
    assert left > 2


@pytest.mark.parametrize("damage", [False, True], ids=["over a shop", "over a damaged file"])
def test_after_a_kill_at_any_step_of_a_restore_the_same_command_brings_all_back(
    busy_shop: Run, database: Path, tmp_path: Path, damage: bool
) -> None:
    backup = tmp_path / "backups" / "shop-20260316T130000Z.db"
    assert busy_shop("backup", "--to", str(backup.parent)).exit_code == 0
    assert busy_shop("ship", "--csv", str(SAMPLE / "shipments.csv")).exit_code == 0
    expected, later = content(backup), content(database)
    folder = tmp_path / "there"

    def victim() -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        there = folder / "shop.db"
        shutil.copyfile(copied(database, "source.db"), there)
        if damage:
            with there.open("r+b") as file:
                file.seek(100)
                file.write(b"\xff" * 4000)
        return there

    command = ("--yes", "restore", str(backup))
    _, steps = killed(0, victim(), *command)
    known = set()
    for point in sorted({*range(1, steps - 25, 9), *range(max(1, steps - 25), steps + 1)}):
        there = victim()
        bytes_before = there.read_bytes()
        assert killed(point, there, *command)[0] == -signal.SIGKILL
        if there.exists() and not damage:
            assert content(there) in (later, expected), point
        if (left := files_in(folder)) in known:
            continue
        known.add(left)
        assert again(busy_shop, there, *command).exit_code == 0, point
        assert content(there) == expected
        assert left_overs(folder) == []
        kept = [file for file in folder.glob("shop-*.db") if file != there]
        if damage:
            assert bytes_before in [file.read_bytes() for file in kept], point
        else:
            assert all(content(file) in (later, expected) for file in kept)
            assert later in [content(file) for file in kept], point


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
    busy_shop: Run, database: Path, tmp_path: Path
) -> None:
    orders = ("0000001", "0000002")
    _, statements = killed(
        0, copied(database, "whole.db"), "message", "send", "delay", *orders, "--outbox", "whole"
    )
    states = set()
    for point in (1, *range(statements - 26, statements + 1, 4)):  # claiming, letting out and telling are the end
        victim, first, second = copied(database, "victim.db"), tmp_path / "first", tmp_path / "second"
        command = ("message", "send", "delay", *orders, "--outbox")
        assert killed(point, victim, *command, str(first))[0] == -signal.SIGKILL
        with closing(sqlite3.connect(victim)) as connection:
            rows = connection.execute("SELECT state FROM message ORDER BY id").fetchall()
        there = [state for (state,) in rows]
        states |= set(there) or {None}
        out = {file.name for file in first.glob("[!.]*.eml")}
        # A file is out only if its message is known to be, or may be.
        assert len(out) <= sum(state in ("unknown", "sent") for state in there)
        assert len(out) >= there.count("sent")
        assert again(busy_shop, victim, *command, str(second)).exit_code == 0
        again_out = {file.name for file in second.glob("*.eml")} if second.exists() else set()
        assert out & again_out == set()
        assert len(again_out) == 2 - sum(state in ("unknown", "sent") for state in there)
        victim.unlink()
        for folder in (first, second):
            shutil.rmtree(folder, ignore_errors=True)
    assert {None, "unknown", "sent"} <= states
