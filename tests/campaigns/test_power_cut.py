"""The power is cut while a command writes: what it had said is there, nothing is half, and it can be given again.

``make test`` cuts at a line of a few writers, ``make campaign`` at every line of every writer, and more often.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from campaign import TIMES, drawing
from campaigns.places import IN_STEPS, LINES, TOLD_ONCE, Place, others, place, sound
from campaigns.power import cuts
from campaigns.states import put
from cli.steps import Content, done
from cli.writers import Line, lived_shop
from conftest import Run

__all__ = ["lived_shop", "place"]
pytestmark = [pytest.mark.campaign, pytest.mark.system("strace")]  # where that runs, processes can be watched


def visible(folder: Path) -> dict[str, bytes]:
    """The files that a command has given away."""
    return {name: content for name, content in others(folder).items() if "/." not in f"/{name}"}


READING = (
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM shop'); print(); input()"
)


@contextmanager
def open_in_another_process(database: Path) -> Iterator[None]:
    """Who closes the database is not the last one then, and does not bring its journal to the disk by that."""
    with subprocess.Popen(
        [sys.executable, "-c", READING, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdout.readline()
        yield
        other.stdin.write(b"\n")


@pytest.mark.parametrize(("path", "line"), LINES)
def test_what_a_power_cut_leaves_is_what_was_said_and_nothing_half(
    lived_shop: Run, place: Place, path: str, line: Line, record_property: Callable[[str, Any], None]
) -> None:
    place.fresh()
    with open_in_another_process(place.database):
        ended, found = cuts(place.folder, place.words, place.stdin, drawing(path), 0)
    assert ended.code == line.code, ended
    put(found[-1].files, place.folder)
    said = sound(place.database)

    place.fresh()
    nothing = sound(place.database)
    ended, found = cuts(place.folder, place.words, place.stdin, drawing(path), TIMES)
    assert ended.code == line.code, ended
    everything, files = sound(place.database), others(place.folder)
    seen: list[tuple[Content, dict[str, bytes]]] = []
    for before, left in found:
        put(left, place.folder)
        after = sound(place.database)
        assert path in IN_STEPS or after in (nothing, everything), before
        assert visible(place.folder).items() <= files.items(), before
        if before is None:
            assert (after, visible(place.folder)) == (everything, files)
            assert path in IN_STEPS or after == said
        told = (after, others(place.folder))
        if told in seen or path in TOLD_ONCE or (line.is_new and after != nothing):
            continue
        seen.append(told)
        put(left, place.folder)
        again = lived_shop(*place.words, stdin=line.stdin)
        assert again.exit_code in (line.code, 0, *((5, 6) if after == everything else ())), (before, again.stderr)
        assert place.is_as(path, everything, files), before
    record_property("power cuts, after each of which all was looked at", len(found))
    record_property("after which the command was given again", len(seen))


def test_a_copy_and_what_was_brought_back_outlast_a_power_cut(
    busy_shop: Run, database: Path, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    shop, backups = folder / "shop.db", folder / "disk" / "backups"
    put({"shop.db": database.read_bytes()}, folder)
    before = sound(shop)
    chance = drawing("copies")

    _, found = cuts(folder, ("--db", str(shop), "backup", "--to", str(backups)), "/dev/null", chance, TIMES)
    for cut in found:
        put(cut.files, folder)
        copies = [file for file in backups.glob("*") if file.suffix == ".db" and file.name[0] != "."]
        assert all(sound(file) == before for file in [shop, *copies]), cut.before
        assert copies or cut.before is not None  # what was told of is there
    (copy,) = copies
    saved = tmp_path / copy.name
    saved.write_bytes(copy.read_bytes())

    done(busy_shop("--db", str(shop), "config", "set", "reorder_point", "7"))
    later = sound(shop)
    _, brought = cuts(folder, ("--db", str(shop), "--yes", "restore", str(saved)), "/dev/null", chance, TIMES)
    for cut in brought:
        put(cut.files, folder)
        assert sound(shop) in ((later, before) if cut.before else (before,)), cut.before
    record_property("power cuts, after each of which all was looked at", len(found) + len(brought))
