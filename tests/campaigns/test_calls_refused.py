"""A disk that is full or fails at a system call: what a command says is true, and given again it does its work.

One that says that it is done has done it; one that says that it failed has changed nothing.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from campaign import TIMES
from campaigns.places import IN_STEPS, LINES, OFTEN, TOLD_ONCE, Place, chosen, others, place, sound
from campaigns.struck import points_of, refused_at
from cli.writers import Line, lived_shop
from conftest import Run

__all__ = ["lived_shop", "place"]

WRITING = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "link", "openat")
FAILURES = {"full disk": ("ENOSPC", True), "failing disk": ("EIO", False)}
DOCUMENTED = {0, 2, 3, 4, 5, 6, 7, 8}


@pytest.mark.campaign
@pytest.mark.system("strace")
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(("path", "line"), LINES if TIMES > 1 else LINES[::2])
def test_what_is_said_when_the_disk_refuses_is_true(
    lived_shop: Run,
    place: Place,
    path: str,
    line: Line,
    failure: str,
    record_property: Callable[[str, Any], None],
) -> None:
    error, ever_after = FAILURES[failure]
    place.fresh()
    nothing = sound(place.database)
    points = points_of(place.words, place.stdin, WRITING)
    everything, files = sound(place.database), others(place.folder)
    refused = 0
    for point in chosen(points, max(2, OFTEN * TIMES // 4)):
        place.fresh()
        is_full = ever_after and point.call != "openat"  # modules are opened too
        ran = refused_at(point, error, place.words, place.stdin, ever_after=is_full)
        after = sound(place.database)
        assert ran.code in DOCUMENTED, (point, ran)
        assert "Traceback" not in ran.stderr, (point, ran)
        refused += ran.code not in (0, line.code)
        if path not in IN_STEPS:
            is_done = ran.code in (0, line.code)
            assert after == (everything if is_done else nothing), (point, ran)
        if path in TOLD_ONCE or (line.is_new and after != nothing):
            continue
        again = lived_shop(*place.words, stdin=line.stdin)
        done = (5, 6) if after == everything else ()  # done already, and refused as that
        assert again.exit_code in (line.code, 0, *done), (point, again.stderr)
        assert re.search(r"\.part$", " ".join(others(place.folder))) is None
        assert place.is_as(path, everything, files), point
    record_property(f"refused by a {failure}", refused)
