"""How tests wait: until something is so, as long as that takes, and never for a span that should do.

A machine that others load stands still for seconds, and a fast one is done before anybody looks. So a test waits
for a state; what it waits for in vain ends it after :data:`LONG`, by which time it hangs and is not slow.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

LONG = 300.0
"""Seconds after which what has not come does not come."""
_LOOK = 0.01
T = TypeVar("T")


def until(look: Callable[[], T], what: object = "it does not come") -> T:
    """What ``look`` gives, as soon as that is something.

    Args:
        look: asked again and again.
        what: said if it gives nothing for :data:`LONG`; a function is asked then.
    """
    end = time.monotonic() + LONG
    while not (found := look()):
        assert time.monotonic() < end, what() if callable(what) else what
        time.sleep(_LOOK)
    return found


@contextmanager
def started(words: Sequence[str | Path], **options: Any) -> "Iterator[subprocess.Popen[Any]]":
    """A process that has ended when the block has; one that a test fails in waits for nothing."""
    with subprocess.Popen(words, **options) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def state_of(process: int) -> str:
    """The letter that Linux has for what a process does: T is stopped, Z has ended; nothing if it is gone."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return told.rpartition(")")[2].split()[0]
