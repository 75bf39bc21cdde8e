"""Programs that have the terminal for as long as they run: every Ctrl-C is theirs."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def ended(start: Callable[[], "subprocess.Popen[bytes]"], told: bytes | None = None) -> int:
    """Let a program run to its end, which alone decides what Ctrl-C means.

    A terminal tells Ctrl-C to all of its processes. Were it an exception here, it could come after the program is
    waited for and before its exit code is kept, and what was interrupted would then have ended well.

    Args:
        start: starts the program, or gives one that runs already.
        told: what it reads from its stdin, which is a pipe then.

    Returns:
        Its exit code; the negative number of the signal that ended it.

    Raises:
        OSError: if it cannot be started.
    """
    is_heard = False

    def hear(*_: object) -> None:
        nonlocal is_heard
        is_heard = True

    with _heard_by(hear), start() as process:
        if is_heard and os.name == "posix":  # before there was a program to hear it
            process.send_signal(signal.SIGINT)
        if told is not None:
            process.communicate(told)
    return process.returncode


@contextmanager
def _heard_by(hear: Callable[..., object]) -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield  # whoever started this wants neither it nor its programs to hear Ctrl-C
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
