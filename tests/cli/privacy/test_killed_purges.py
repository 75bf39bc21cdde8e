"""A purge killed with SIGKILL at any step is finished by the next one: nobody is left, and nothing is half."""

import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from campaign import TIMES
from cli.privacy.test_privacy import LATER, NAMES, erased_values, peopled_shop
from cli.steps import done
from conftest import Run
from ordercli.queries.laws import broken_laws
from warm import start

__all__ = ["peopled_shop"]

POINTS = 8
"""Steps at which the short run kills, beside the last ones; ``make campaign`` takes as many times as many."""
LAST = 12
"""Steps by which one run may need fewer than another, as a database that was analyzed is not again."""
PURGE = ("--yes", "--now", LATER, "privacy", "purge")


def folder_of(shop: Path, name: str) -> Path:
    """A folder with the shop and its backup as they were."""
    folder = shop.parent / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shop, folder)
    return folder


def killed(folder: Path, step: int) -> tuple[int, int]:
    """Run the purge until it dies at a step; its exit code, and how many steps it took if it lived."""
    code, words = start(*PURGE, dies_at=step, ORDERCLI_DB=str(folder / "shop.db")).ended()
    _, _, steps = words.rpartition("steps ")
    return code, int(steps) if steps.strip().isdigit() else 0


def counted(database: Path) -> tuple[int, list[tuple[str, str]]]:
    """How many rows of people say anything, and the summaries of the journal."""
    with closing(sqlite3.connect(database)) as connection:
        assert broken_laws(connection) == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        journal = connection.execute("SELECT command, summary FROM operation ORDER BY id").fetchall()
    return len(erased_values(database)), journal


def left_in(folder: Path) -> list[str]:
    """Names that a file of the folder still holds, in three encodings."""
    return [
        name
        for file in folder.rglob("*")
        if file.is_file()
        for content in [file.read_bytes()]
        for name in NAMES.values()
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        if len(name) > 1 and name.encode(encoding) in content
    ]


@pytest.mark.campaign
def test_a_purge_killed_at_any_step_is_finished_by_the_next(
    peopled_shop: Run, database: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.copy(database, kept / "shop.db")
    done(peopled_shop("backup"))  # of the other one: this one would remember a folder that all copies share
    (database.parent / "backups").rename(kept / "backups")
    before = counted(kept / "shop.db")
    whole = folder_of(kept, "whole")
    code, steps = killed(whole, 0)
    after = counted(whole / "shop.db")
    assert (code, after[0]) == (0, 0)
    stride = max(1, steps // (POINTS * TIMES))

    seen = set()
    for step in sorted({*range(1, steps, stride), *range(steps - 2, steps)}):
        victim = folder_of(kept, "victim")
        died, _ = killed(victim, step)
        assert died == -signal.SIGKILL or (died == 0 and step > steps - LAST), step
        rows = counted(victim / "shop.db")
        assert rows in (before, after), step
        seen.add(rows == after)

        done(peopled_shop("--db", str(victim / "shop.db"), *PURGE))
        assert counted(victim / "shop.db") == after, step
        assert left_in(victim) == [], step
        (backup,) = victim.joinpath("backups").glob("shop-*.db")
        assert len(list(victim.joinpath("backups").iterdir())) == 1, step
        assert counted(backup) == (0, before[1]), step
    assert seen == {False, True}
    print(f"{steps} steps of a purge, killed at every {stride}th")  # noqa: T201 - for who counts
