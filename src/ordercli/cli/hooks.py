"""Hooks: programs of the user's that are told of each operation after it is kept (docs/extending.md).

Whatever they do, the operation stands and its exit code is its own; what went wrong with one is said on stderr.
"""

import os
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import BinaryIO, NamedTuple

from ordercli.cli.programs import environment_of, is_own
from ordercli.config import Settings
from ordercli.domain.text import brief
from ordercli.render import console

IN_HOOK = "ORDERCLI_IN_HOOK"
"""Set in the environment of hooks: what they do themselves runs none."""

_LOOK_SECONDS = 0.05
_MOST_SAID = 200
_MOST_BYTES = 1024 * 1024


class Telling(NamedTuple):
    """What hooks are told: an operation as its JSON receipt."""

    operation: int
    receipt: str


def run_hooks(settings: Settings, telling: Telling) -> None:
    """Run every hook, one after the other by name, and say which of them failed."""
    if os.environ.get(IN_HOOK) or not settings.hooks.is_dir():
        return
    environment = environment_of(settings) | {IN_HOOK: str(telling.operation)}
    for hook in _hooks(settings.hooks):
        try:
            fault = _run(hook, telling.receipt, environment, settings.hook_seconds)
        except KeyboardInterrupt:
            _warn(f"hook {hook.name} was interrupted; no other hook ran (operation {telling.operation} stands)")
            return
        if fault is not None:
            _warn(f"hook {hook.name} {fault} (operation {telling.operation} stands)")


def _warn(sentence: str) -> None:
    console.say(f"warning: {sentence}.")


def _hooks(folder: Path) -> Iterator[Path]:
    """The hooks that may run; of the others it is said why they do not."""
    try:
        if not is_own(folder):
            _warn(f"no hook is run: {folder} is not yours alone to write; chown or chmod it")
            return
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        _warn(f"no hook is run: {folder} cannot be read: {error.strerror}")
        return
    for name in names:
        if name.startswith(".") or name.endswith("~"):
            continue
        hook = folder / name
        if (reason := _obstacle(hook)) is None:
            yield hook
        else:
            _warn(f"hook {name} is not run: {reason}")


def _obstacle(hook: Path) -> str | None:
    """Why a file is no hook to run; None if it is one."""
    try:
        if not stat.S_ISREG(hook.stat().st_mode):
            return "it is no file"
        if not is_own(hook):
            return "it is not yours alone to write; chown it, or chmod go-w"
    except OSError as error:
        return f"it cannot be looked at: {error.strerror}"
    return None if os.access(hook, os.X_OK) else "it is not executable; chmod +x it, or take it away"


def _run(hook: Path, receipt: str, environment: Mapping[str, str], seconds: int) -> str | None:
    """Run one hook; what went wrong, as the end of a sentence that begins with its name, or None."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said:
        told.write(receipt.encode() + b"\n")
        told.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own program
                [hook], stdin=told, stdout=subprocess.DEVNULL, stderr=said, env=environment, start_new_session=True
            )
        except OSError as error:
            return f"cannot be run: {error.strerror}"
        fault = _waited(process, said, monotonic() + seconds)
        if fault is not None:
            return fault.format(seconds=seconds)
        if process.returncode < 0:
            return f"was ended by {_signal_name(-process.returncode)}"
        if not process.returncode:
            return None
        said.seek(0)
        words = next(
            (line for line in said.read(4096).decode("utf-8", "replace").splitlines() if line.strip()), ""
        )
        reason = f": {brief(words.strip(), _MOST_SAID).rstrip('.')}" if words else ""
        return f"ended with {process.returncode}{reason}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of those without a name
        return f"signal {number}"


def _waited(process: "subprocess.Popen[bytes]", said: BinaryIO, until: float) -> str | None:
    """Wait for a hook; it and all it started are ended if it takes or says too much, or the user interrupts."""
    fault = None
    try:
        while fault is None:
            try:
                process.wait(min(_LOOK_SECONDS, max(until - monotonic(), 0)))
            except subprocess.TimeoutExpired:
                if monotonic() >= until:
                    fault = "took longer than {seconds} s and was ended"
                elif os.fstat(said.fileno()).st_size > _MOST_BYTES:
                    fault = "said more than 1 MB on stderr and was ended"
            else:
                return None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):  # it ended as the user interrupted
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return fault
