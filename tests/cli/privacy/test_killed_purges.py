"""A purge killed with SIGKILL at any step is finished by the next one: nobody is left, and nothing is half."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from campaign import TIMES
from campaigns.places import sound
from campaigns.states import outline, put, watched
from cli.privacy.test_privacy import LATER, NAMES, erased_values, peopled_shop
from cli.steps import done
from conftest import Run
from signs import standing_in
from turned import looking_into

__all__ = ["peopled_shop"]

PURGE = ("--yes", "--now", LATER, "privacy", "purge")


Counted = tuple[int, list[tuple[str, str]]]
_COUNTED: dict[int, Counted] = {}


def counted(database: Path) -> Counted:
    """How many rows of people say anything, and the summaries of the journal; all is in order."""
    key = id(sound(database))  # of the same content it is the same object
    if key not in _COUNTED:
        with looking_into(database) as connection:
            journal = connection.execute("SELECT command, summary FROM operation ORDER BY id").fetchall()
        _COUNTED[key] = len(erased_values(database)), journal
    return _COUNTED[key]


def left_in(folder: Path) -> list[str]:
    """Names that a file of the folder still holds, in three encodings."""
    names = [name for name in NAMES.values() if len(name) > 1]
    return [name for file in folder.rglob("*") if file.is_file() for name in standing_in(file.read_bytes(), names)]


@pytest.mark.campaign
@pytest.mark.system("strace")  # where it runs, processes can be watched
def test_a_purge_killed_at_any_call_is_finished_by_the_next(
    peopled_shop: Run, database: Path, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    shop = folder / "shop.db"
    shutil.copy(database, shop)
    done(peopled_shop("--db", str(shop), "backup"))
    before = counted(shop)
    found = watched(folder, "--db", str(shop), *PURGE, each=TIMES > 1)
    after = counted(shop)
    assert (found.ended.code, after[0]) == (0, 0)

    seen, known = set(), set()
    for state in found.states:
        put(state.files, folder)
        rows = counted(shop)
        assert rows in (before, after), state[:2]
        seen.add(rows == after)
        if (told := (rows == after, outline(state.files))) in known:
            continue
        known.add(told)
        done(peopled_shop("--db", str(shop), *PURGE))
        assert counted(shop) == after, state[:2]
        assert left_in(folder) == [], state[:2]
        (backup,) = folder.joinpath("backups").iterdir()
        assert counted(backup) == (0, before[1]), state[:2]
    assert seen == {False, True}
    record_property("system calls of a purge, at each of which a kill was looked at", found.points)
    record_property("different states of the disk that they leave, after which it was given again", len(known))
