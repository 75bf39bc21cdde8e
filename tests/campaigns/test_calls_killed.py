"""A writer killed at a system call leaves nothing or everything, and given again ends as if nothing had happened.

``make test`` looks at a line of a few writers, ``make campaign`` at every line of every writer.
"""

import signal
from collections.abc import Callable
from typing import Any

import pytest

from campaign import TIMES
from campaigns.places import IN_STEPS, LINES, OFTEN, TOLD_ONCE, Place, others, place, sound
from campaigns.states import killed, put, read, watched
from cli.steps import Content
from cli.writers import Line, lived_shop
from conftest import Run

__all__ = ["lived_shop", "place"]


@pytest.mark.campaign
@pytest.mark.system("strace")  # where it runs, processes can be watched
@pytest.mark.parametrize(("path", "line"), LINES)
def test_a_writer_killed_at_any_call_is_whole_or_not_there_and_can_be_given_again(
    lived_shop: Run,
    place: Place,
    path: str,
    line: Line,
    record_property: Callable[[str, Any], None],
) -> None:
    place.fresh()
    nothing = sound(place.database)
    found = watched(place.folder, *place.words, stdin=place.stdin, each=TIMES > 1)
    assert found.ended.code == line.code, found.ended
    everything, files = sound(place.database), others(place.folder)
    seen: list[tuple[Content, dict[str, bytes]]] = []
    retried = 0
    stride = max(len(found.states) // (OFTEN * TIMES), 1) if TIMES > 1 else len(found.states)
    for number, state in enumerate(found.states):
        put(state.files, place.folder)
        after = sound(place.database)
        assert path in IN_STEPS or after in (nothing, everything), state[:2]
        if path in TOLD_ONCE or (line.is_new and after != nothing):
            continue
        left = (after, others(place.folder))
        if left in seen and number % stride:  # from what tells the same it does the same
            continue
        seen.append(left)
        put(state.files, place.folder)
        again = lived_shop(*place.words, stdin=line.stdin)
        done = (5, 6) if after == everything else ()  # done already, and refused as that
        assert again.exit_code in (line.code, 0, *done), (state[:2], again.stderr)
        assert place.is_as(path, everything, files), state[:2]
        retried += 1
    record_property("system calls of writers, at each of which a kill was looked at", found.points)
    record_property("different states of the disk that they leave, each opened and proved", len(found.states))
    record_property("of these in which the command was given again", retried)


@pytest.mark.system("strace")
@pytest.mark.parametrize(("path", "line"), LINES[:1])
def test_what_a_kill_leaves_is_what_was_there_before_the_call(
    lived_shop: Run, place: Place, path: str, line: Line
) -> None:
    del lived_shop, path
    place.fresh()
    found = watched(place.folder, *place.words, stdin=place.stdin)
    assert found.ended.code == line.code
    for state in found.states[: -1 : len(found.states) // 6]:
        place.fresh()
        assert killed(state.point, *place.words, stdin=place.stdin).code == -signal.SIGKILL
        left = read(place.folder).keys(), sound(place.database)
        put(state.files, place.folder)
        assert left == (read(place.folder).keys(), sound(place.database)), state[:2]
