"""A process killed with SIGKILL at any statement leaves nothing or everything, and trying again works.

The child counts the statements SQLite runs and kills itself at the wanted one.
"""

import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from conftest import SAMPLE, Ran, Run
from ordercli.dbfile import connect
from ordercli.queries.laws import broken_laws
from shelf import kept
from warm import start

POINTS = 9


def killed(wanted: int, database: Path, *arguments: str) -> tuple[int, int]:
    """Run a command that dies at its statement number ``wanted``; exit code, and how many it ran if it lived."""
    code, words = start(*arguments, dies_at=wanted, ORDERCLI_DB=str(database)).ended()
    _, _, count = words.rpartition("statements ")
    return code, int(count) if count.strip().isdigit() else 0


def content(database: Path) -> list[str]:
    """Everything but the statistics, which SQLite refreshes when it likes."""
    with closing(connect(database)) as connection:
        assert broken_laws(connection) == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [line for line in connection.iterdump() if "sqlite_stat" not in line and "ANALYZE" not in line]


def copied(database: Path, name: str) -> Path:
    target = database.with_name(name)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
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


@kept
def shipped_shop(busy_shop: Run) -> Run:
    assert busy_shop("ship", "--csv", str(SAMPLE / "shipments.csv")).exit_code == 0
    return busy_shop


def test_a_killed_confirmation_sends_no_shipment_twice_and_forgets_none(
    shipped_shop: Run, database: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.txt"
    _, statements = killed(0, copied(database, "whole.db"), "shipment", "confirm", str(whole))
    rows = whole.read_text(encoding="utf-8").splitlines()
    assert len(rows) > 3
    states = set()
    for point in range(1, statements + 1, 3):
        victim, first, second = copied(database, "victim.db"), tmp_path / "first.txt", tmp_path / "second.txt"
        assert killed(point, victim, "shipment", "confirm", str(first))[0] == -signal.SIGKILL
        with closing(sqlite3.connect(victim)) as connection:
            state = connection.execute("SELECT min(state) FROM upload_file").fetchone()[0]
        states.add(state)
        assert not first.exists() or first.read_text(encoding="utf-8").splitlines() == rows
        # Bytes never leave before the shipments are marked, so that nothing can go out a second time unnoticed.
        assert state is not None or not first.exists()
        assert state != "written" or first.exists()
        assert again(shipped_shop, victim, "shipment", "confirm", str(second)).exit_code == 0
        assert second.exists() == (state is None)
        if state == "unknown":
            assert again(shipped_shop, victim, "shipment", "confirm", "--again", "1", str(second)).exit_code == 0
        kept = second if second.exists() else first
        assert kept.read_text(encoding="utf-8").splitlines() == rows
        for file in (victim, first, second):
            file.unlink(missing_ok=True)
    assert states == {None, "unknown", "written"}


def test_a_killed_backup_leaves_no_half_copy_under_a_backups_name(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    _, statements = killed(0, database, "backup", "--to", str(folder))
    whole = next(folder.glob("*.db"))
    expected = content(whole)
    for point in range(1, statements + 1, 5):
        shutil.rmtree(folder)
        assert killed(point, database, "backup", "--to", str(folder))[0] == -signal.SIGKILL
        assert all(content(copy) == expected for copy in folder.glob("[!.]*.db"))
        assert shop("backup", "--to", str(folder), now="2026-03-16T15:00:00Z").exit_code == 0


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
