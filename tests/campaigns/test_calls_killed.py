"""A writer killed at a system call leaves nothing or everything, and given again ends as if nothing had happened.

``make test`` strikes a few calls of a few writers, ``make campaign`` a hundred of every line of every writer.
"""

from collections.abc import Callable
from typing import Any

import pytest

from campaign import TIMES
from campaigns.places import IN_STEPS, LINES, OFTEN, TOLD_ONCE, Place, chosen, others, place, sound
from campaigns.struck import CHANGING, killed_at, points_of
from cli.writers import Line, lived_shop
from conftest import Run

__all__ = ["lived_shop", "place"]


@pytest.mark.campaign
@pytest.mark.system("strace")
@pytest.mark.parametrize(("path", "line"), LINES)
def test_a_writer_killed_at_any_call_is_whole_or_not_there_and_can_be_given_again(
    lived_shop: Run,
    place: Place,
    path: str,
    line: Line,
    record_property: Callable[[str, Any], None],
) -> None:
    here = {"ORDERCLI_DB": str(place.database)}
    place.fresh()
    nothing = sound(place.database)
    points = points_of(place.words, place.stdin, CHANGING, **here)
    everything, files = sound(place.database), others(place.folder)
    struck = retried = 0
    for point in chosen(points, OFTEN * TIMES):
        place.fresh()
        ran = killed_at(point, place.words, place.stdin, **here)
        if ran.code >= 0:
            continue  # it made fewer calls this time
        struck += 1
        after = sound(place.database)
        assert path in IN_STEPS or after in (nothing, everything), point
        if path in TOLD_ONCE or (line.is_new and after != nothing):
            continue
        again = lived_shop("--db", str(place.database), *place.words, stdin=line.stdin)
        done = (5, 6) if after == everything else ()  # done already, and refused as that
        assert again.exit_code in (line.code, 0, *done), (point, again.stderr)
        assert place.is_as(path, everything, files), point
        retried += 1
    assert struck
    record_property("killed at a system call", struck)
    record_property("and given again", retried)
