"""Files that leave the program: whole or not at all, for the user alone (0600), and durable."""

import os
import sys
import tempfile
from pathlib import Path

from ordercli.errors import Refused


class PendingFile:
    """Bytes already on disk under a temporary name beside their target; :meth:`publish` renames them.

    ``-`` stands for stdout, which gets the bytes when published.
    """

    def __init__(self, name: str, content: bytes) -> None:
        self._name = name
        self._content = content
        self._temporary: Path | None = None
        if name != "-":
            self._temporary = _write_beside(Path(name), content)

    def publish(self) -> None:
        """Let the bytes out and flush them as far as the machine can promise."""
        if self._temporary is None:
            sys.stdout.flush()
            sys.stdout.buffer.write(self._content)
            sys.stdout.buffer.flush()
            return
        target = Path(self._name)
        self._temporary.replace(target)
        self._temporary = None
        sync_folder(target.absolute().parent)

    def discard(self) -> None:
        """Drop the bytes if they were not published."""
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
            self._temporary = None


def write_file(name: str, content: bytes) -> None:
    """Write a whole file, or stdout for ``-``.

    Raises:
        Refused: if the place cannot be written.
    """
    PendingFile(name, content).publish()


def _write_beside(target: Path, content: bytes) -> Path:
    if target.is_dir():
        raise Refused(f"{target} is a folder; name a file in it.")
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.absolute().parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}.") from error
    return Path(temporary)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


LARGEST_REPORT = 16 * 1024 * 1024
"""Bytes of a file that is read at once."""


def read_file(name: str) -> bytes:
    """A whole small file, or stdin for ``-``.

    Raises:
        Refused: if it cannot be read, or is larger than such a file can be.
    """
    try:
        if name == "-":
            content = sys.stdin.buffer.read(LARGEST_REPORT + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(LARGEST_REPORT + 1)
    except (OSError, ValueError) as error:
        raise Refused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(content) > LARGEST_REPORT:
        raise Refused(f"{name} is larger than any such file; name the right one.")
    return content
