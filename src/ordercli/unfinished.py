"""Files that are not whole yet: random names beside their targets, and what killed runs left of them.

Whoever writes such a file holds a shared lock of its folder meanwhile; the system drops that lock when the
process ends, however it ends. Who gets the folder alone therefore knows that every such file in it is a left-over,
of buyers' data perhaps, and deletes it. The lock is the folder's and not the file's, so that there is no moment
between a file and its lock, and nothing is locked that SQLite locks too.
"""

import contextlib
import errno
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

_NAME = re.compile(r"\..*\.ordercli-[0-9a-f]{16}\.part(?:-journal|-wal|-shm)?")
"""As :func:`_make` names them, and what SQLite keeps beside one that is a database."""
_LONGEST = 100
_LOOK_SECONDS = 0.05
_SURELY_LEFT = 24 * 3600
"""Seconds after which a file is a left-over where the folder cannot be locked, as on some network drives."""


class Unfinished:
    """A new, empty file for the user alone, in the folder of what it will replace.

    As a context it deletes the file unless :meth:`become` has renamed it, and sweeps the folder first.

    Attributes:
        path: where it is.
    """

    def __init__(self, target: Path) -> None:
        """Make it.

        Raises:
            OSError: if the folder cannot be written.
        """
        sweep(target.parent)
        self._lock = _locked(target.parent)
        try:
            self.path = _make(target)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)
        self.close()

    def become(self, target: Path) -> None:
        """Take the target's name for good, in place of what has it."""
        self.path.replace(target)
        sync_folder(target.parent)

    def become_new(self, names: Iterable[str]) -> Path:
        """Take the first of these names in its folder that nothing has; there is no moment with half a file.

        Returns:
            The place taken.
        """
        for target in map(self.path.with_name, names):
            with contextlib.suppress(FileExistsError):
                if not _link(self.path, target):  # a file system without links
                    target.touch(mode=0o600, exist_ok=False)
                    self.path.replace(target)
                sync_folder(target.parent)
                return target
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self.path.parent))

    def close(self) -> None:
        """Let the folder go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@contextlib.contextmanager
def kept_beside(database: Path, content: bytes) -> Iterator[Path]:
    """A file of these bytes beside the database, while it is read; a killed run's is swept by the next writer.

    A server's has a folder of this user's for that, which is made if there is none.

    Raises:
        OSError: if the folder cannot be written.
    """
    database.absolute().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Unfinished(database.absolute()) as kept:
        kept.path.write_bytes(content)
        yield kept.path


def sweep(folder: Path) -> None:
    """Delete what killed runs left in a folder; never an error, and never a file that somebody works on."""
    if not _left_overs(folder):
        return
    with contextlib.suppress(OSError), _alone(folder) as is_alone:
        before = time.time() - _SURELY_LEFT
        for file in _left_overs(folder):  # looked for anew: what was there before may be renamed by now
            if is_alone or file.stat().st_mtime < before:
                file.unlink(missing_ok=True)


def wait_for_nobody(folder: Path, seconds: float) -> bool:
    """Wait until nobody is making a file in a folder; False if somebody still is after so long.

    Where a folder cannot be locked nobody can be waited for.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            handle = os.open(folder, os.O_RDONLY)
        except PermissionError:  # on Windows no folder can be opened
            return True
        try:
            import fcntl  # noqa: PLC0415 - not every system has it

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_SECONDS)
        except (ImportError, OSError):
            return True
        else:
            return True
        finally:
            os.close(handle)


def deserted(folder: Path) -> list[Path]:
    """What killed runs left in a folder, as :func:`sweep` would delete it."""
    found = _left_overs(folder)
    if found:
        with contextlib.suppress(OSError), _alone(folder) as is_alone:
            before = time.time() - _SURELY_LEFT
            return [file for file in found if is_alone or file.stat().st_mtime < before]
    return []


def sync(path: Path) -> None:
    """Bring a file's bytes to the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable; where none can be opened, as on Windows, that is the system's to do."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Be the only one to read and replace a file; who comes meanwhile waits, and then reads what was written.

    The file is made empty if it is not there. Where files cannot be locked nobody waits.
    """
    handle = _held(path)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _held(path: Path) -> int | None:
    while path.is_file() or not path.exists():
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)
        except OSError:  # whoever writes it says why
            return None
        if not _lock(handle, alone=True, waits=True):
            os.close(handle)
            return None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(
                path.stat(), os.fstat(handle)
            ):  # else another has replaced the file that was locked
                return handle
        os.close(handle)
    return None


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, where they are not there, so that a power cut leaves them."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for each in reversed(missing):
        sync_folder(each.parent)


def _left_overs(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / entry.name for entry in entries if _NAME.fullmatch(entry.name)]
    except OSError:
        return []


def _link(path: Path, target: Path) -> bool:
    try:
        target.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _make(target: Path) -> Path:
    while True:
        path = target.with_name(f".{target.name[:_LONGEST]}.ordercli-{os.urandom(8).hex()}.part")
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return path


def _locked(folder: Path) -> int | None:
    """A handle that holds the folder's shared lock; None where there is no such thing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        if _lock(handle, alone=False):
            return handle
        os.close(handle)
    return None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock alone; False if somebody is at work there, or it cannot be locked."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _lock(handle, alone=True)
    finally:
        os.close(handle)


def _lock(handle: int, *, alone: bool, waits: bool = False) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - not every system has it

        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        fcntl.flock(handle, kind | fcntl.LOCK_NB if alone and not waits else kind)
    except (ImportError, OSError):
        return False
    return True
