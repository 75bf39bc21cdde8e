"""Files that enter and leave the program: read whole, or written whole or not at all, for the user alone (0600).

Every file that a command writes goes through :func:`check_target`, before the command does anything, and
through :class:`PendingFile` or :func:`write_file`; tests hold both. The database, its journals, copies of it,
and what the same run reads are never written over, whatever the options.
"""

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self

from ordercli.errors import Refused
from ordercli.turn import TURN
from ordercli.unfinished import Unfinished, make_folder

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

LARGEST_REPORT = 16 * 1024 * 1024
"""Bytes of a file that is read at once."""

JOURNALS = ("-wal", "-shm", "-journal")
"""How the names of the files go on that SQLite keeps beside a database."""

_BESIDE = (*JOURNALS, TURN)
"""The same of all that lies beside one that is worked in."""

STDOUT = ("-", "/dev/stdout")
"""What a user may call stdout."""

_HEAD_BYTES = 16 * 1024
_COPIED_AT_ONCE = 1024 * 1024
_CONTENT = "content"
_SQLITE = b"SQLite format 3\0"
_APPLICATION_ID_AT = 68
_APPLICATION_ID = b"ordc"
_COPIES = (b"PGDMP", b"age-encryption.org/v1\n")
"""How copies begin whose shop is not seen: those of a server, as pg_dump writes them, and encrypted ones."""


class FileKind(NamedTuple):
    """What a written file is, and how an existing one is recognised as the same.

    Attributes:
        name: with its article, for the sentence that refuses.
        first_line: what the first line of such a file looks like from its beginning on, as a regular expression.
        marks: what else stands somewhere in its beginning, where many kinds begin alike.
        is_personal: whether it may say something about people.
    """

    name: str
    first_line: str
    marks: tuple[bytes, ...] = ()
    is_personal: bool = False

    def is_kind_of(self, head: bytes) -> bool:
        """Whether a file that begins so is one; an empty file holds nothing that could be lost."""
        line = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace").strip()
        is_alike = re.match(self.first_line, line, re.IGNORECASE) is not None
        return not head or (is_alike and all(mark in head for mark in self.marks))


_ANYTHING = FileKind("a file", "")


class PendingFile:
    """Bytes already on disk under a random name beside their target; :meth:`publish` renames them.

    ``-`` stands for stdout, which gets the bytes when published, as devices and pipes do. A link is followed. As a
    context it drops bytes that were not published.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._content = b""
        self._aside: TemporaryDirectory[str] | None = None
        self._unfinished: Unfinished | None = None
        self._target = Path(name)
        self._is_stream = name in STDOUT

    def __enter__(self) -> Self:
        """Itself, still empty."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop the bytes if they were not published."""
        if self._unfinished is not None:
            self._unfinished.__exit__()
            self._unfinished = None
        if self._aside is not None:
            self._aside.cleanup()

    @property
    def is_at_once(self) -> bool:
        """Whether publishing takes no time, as no one on the other end has to take the bytes."""
        return self._unfinished is not None

    def fill(self, content: bytes) -> None:
        """Bring the bytes to the disk.

        Raises:
            Refused: if they cannot be written there.
        """
        self._content = content
        if not self._is_stream:
            self._target = followed(self._name)
            self._is_stream = is_stream(self._target)
            if not self._is_stream:
                self._unfinished = _write_beside(self._target, content)

    def place(self) -> Path:
        """An empty file of the user alone, for who brings very many bytes to the disk himself, by a path.

        Raises:
            Refused: if there can be none.
        """
        if not self._is_stream:
            self._target = followed(self._name)
            self._is_stream = is_stream(self._target)
            if not self._is_stream:
                self._unfinished = _write_beside(self._target, b"")
                return self._unfinished.path
        from tempfile import TemporaryDirectory  # noqa: PLC0415 - hardly ever needed

        try:
            self._aside = TemporaryDirectory()
        except OSError as error:
            raise Refused(f"{self._name} cannot be written: {error.strerror}.") from error
        return Path(self._aside.name, _CONTENT)

    def publish(self) -> None:
        """Let the bytes out and flush them as far as the machine can promise.

        Raises:
            Refused: if a device or pipe does not take them.
        """
        if self._unfinished is not None:
            self._unfinished.become(self._target)
        elif self._is_stream:
            with Path(self._aside.name, _CONTENT).open("rb") if self._aside else BytesIO(self._content) as content:
                if self._name in STDOUT:
                    sys.stdout.flush()
                    for some in _pieces(content):
                        sys.stdout.buffer.write(some)
                    sys.stdout.buffer.flush()
                else:
                    _write_straight(self._target, content)


class PrintedFile:
    """A file that takes what a command prints: whole once :meth:`keep` was called, else as it was before.

    Whatever was there goes, as with a shell's ``>``, but for what :func:`check_target` never lets go. As a context
    it drops what was not kept.
    """

    def __init__(self, name: str, database: Path, read: Iterable[str], *, is_longer: bool) -> None:
        """Look whether it may be written.

        Args:
            name: as the user gave it.
            database: the run's database.
            read: names of the files that the same run reads.
            is_longer: what is printed goes behind what is there, piece by piece.

        Raises:
            Refused: saying what would be lost.
        """
        check_target(name, _ANYTHING, database=database, read=read, replace=True)
        self._name = name
        self._is_straight = is_longer
        self._unfinished: Unfinished | None = None

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            Refused: if it cannot be written.
        """
        try:
            self._target = followed(self._name)
            if self._is_straight or is_stream(self._target):
                self.stream: BinaryIO = self._target.open("ab")
            else:
                self._unfinished = Unfinished(self._target)
                self.stream = self._unfinished.path.open("wb")
        except OSError as error:
            self.__exit__()
            raise Refused(f"{self._name} cannot be written: {error.strerror}.") from error
        return self

    def keep(self) -> None:
        """Let it take its place."""
        if self._unfinished is not None:
            self._unfinished.become(self._target)

    def __exit__(self, *_: object) -> None:
        """Drop what was not kept."""
        if self._unfinished is not None:
            self._unfinished.__exit__()
            self._unfinished = None


class LinesFile:
    """A file of lines for the user alone, of which the last ones are kept; what cannot be written is left out."""

    def __init__(self, path: Path, most: int) -> None:
        """Know it.

        Args:
            path: its folder is made when the first line comes.
            most: lines that are kept.
        """
        self._path = path
        self._most = most

    def lines(self) -> list[str]:
        """The lines there are, oldest first; a file that has grown too long is made shorter."""
        try:
            found = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        kept = found[-self._most :]
        if len(found) > self._most + self._most // 2:
            with suppress(OSError, Refused):
                write_file(str(self._path), "".join(f"{line}\n" for line in kept).encode())
        return kept

    def add(self, line: str) -> None:
        """Put a line behind the last."""
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                self._path.chmod(0o600)  # by its name, for not every system can by its handle
                file.write(f"{line}\n")


def write_file(name: str, content: bytes) -> None:
    """Write a whole file, or stdout for ``-``.

    Raises:
        Refused: if the place cannot be written.
    """
    with PendingFile(name) as pending:
        pending.fill(content)
        pending.publish()


def followed(name: str) -> Path:
    """The absolute place a name means, links resolved.

    Raises:
        Refused: for a link that leads nowhere or in a circle.
    """
    path = Path(name)
    try:
        target = path.resolve()
        if path.is_symlink() and not target.exists():
            raise Refused(f"{name} is a link to {target}, which is not there; name the file itself.")
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a link in a circle"
        raise Refused(f"{name} cannot be written: {reason}.") from error
    return target


def is_stream(target: Path) -> bool:
    """Whether bytes go straight to it: a character device, a pipe or a socket."""
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def check_target(name: str, kind: FileKind, *, database: Path, read: Iterable[str], replace: bool) -> None:
    """Refuse to write where something would be lost; looks, and changes nothing.

    Args:
        name: as the user gave it; ``-`` is stdout.
        kind: what will be written.
        database: the run's database.
        read: names of the files that the same run reads.
        replace: whether the user said that a file of another kind may go.

    Raises:
        Refused: saying what the file is that would be lost.
    """
    if name in STDOUT:
        return
    target = followed(name)
    if target.is_dir():
        raise Refused(f"{name} is a folder; name a file in it.")
    if is_part_of_database(target, database):
        raise Refused(f"{name} is the database or a journal of it; name another file.")
    if any(_is_same(target, Path(other)) for other in read if other != "-"):
        raise Refused(f"{name} is read by this command; name another file to write.")
    if not target.parent.is_dir():
        raise Refused(f"{name} cannot be written: there is no folder {target.parent}.")
    if not target.exists() or is_stream(target):
        return
    if not target.is_file():
        raise Refused(f"{name} is no file that can be written; name another.")
    head = head_of(target)
    if is_ordercli_database(head) or head.startswith(_COPIES):
        raise Refused(f"{name} is a database or a backup of ordercli; name another file.")
    if not replace and not kind.is_kind_of(head):
        raise Refused(f"{name} is there and is not {kind.name}; name another file, or add --yes to replace it.")


def check_folder(name: str, *, database: Path) -> bool:
    """Refuse a folder to write into that is none and cannot become one; looks, and changes nothing.

    Returns:
        Whether it is there already.

    Raises:
        Refused: saying what is there instead.
    """
    target = followed(name)
    if name in STDOUT or (target.exists() and not target.is_dir()):
        raise Refused(f"{name} is no folder; name one, in which each file gets its own.")
    if is_part_of_database(target, database):
        raise Refused(f"{name} is the database or a journal of it; name another folder.")
    if not target.parent.is_dir():
        raise Refused(f"{name} cannot be made: there is no folder {target.parent}.")
    return target.is_dir()


def make_folder_of(name: str) -> None:
    """Make the folder that a file is to lie in, if it is not there, for the user alone."""
    if name not in STDOUT:
        make_folder(Path(name).parent, 0o700)


def is_part_of_database(target: Path, database: Path) -> bool:
    """Whether a file is this database, one of its journals, or a journal of another ordercli database."""
    own = database.resolve()
    if _is_same(target, own) or target in {own.with_name(own.name + suffix) for suffix in _BESIDE}:
        return True
    for suffix in _BESIDE:
        if target.name.endswith(suffix):
            base = target.with_name(target.name.removesuffix(suffix))
            if base.is_file() and is_ordercli_database(head_of(base)):
                return True
    return False


def is_ordercli_database(head: bytes) -> bool:
    """Whether a file that begins so is a database of ordercli's: a shop, a backup, a copy.

    Source: the SQLite file format, bytes 0 to 15 and 68 to 71 of the header.
    """
    return head.startswith(_SQLITE) and _is_marked(head)


def was_database(head: bytes) -> bool:
    """Whether a file that begins so is a database, whosesoever, or may be one of ordercli's that was damaged."""
    return head.startswith(_SQLITE) or _is_marked(head)


def _is_marked(head: bytes) -> bool:
    return head[_APPLICATION_ID_AT : _APPLICATION_ID_AT + len(_APPLICATION_ID)] == _APPLICATION_ID


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return one == other.absolute()


def head_of(target: Path) -> bytes:
    """The beginning of a file, from which its kind is seen.

    Raises:
        Refused: if it cannot be read.
    """
    try:
        with target.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise Refused(f"{target} cannot be read to see what it is: {error.strerror}.") from error


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: content.read(_COPIED_AT_ONCE), b"")


def _write_straight(target: Path, content: BinaryIO) -> None:
    try:
        # No truncation: whoever holds the other end of a device decides what becomes of what it held.
        with os.fdopen(os.open(target, os.O_WRONLY), "wb", buffering=0) as stream:
            for some in _pieces(content):
                left = memoryview(some)
                while left:
                    left = left[stream.write(left) or 0 :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}.") from error


def _write_beside(target: Path, content: bytes) -> Unfinished:
    if target.is_dir():
        raise Refused(f"{target} is a folder; name a file in it.")
    unfinished = None
    try:
        unfinished = Unfinished(target)
        with unfinished.path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if unfinished is not None:
            unfinished.__exit__()
        raise Refused(f"{target} cannot be written: {error.strerror}.") from error
    return unfinished


def read_file(name: str) -> bytes:
    """A whole small file, or stdin for ``-``.

    Raises:
        Refused: if it cannot be read, or is larger than such a file can be.
    """
    try:
        if name == "-":
            content = b"" if sys.stdin is None else sys.stdin.buffer.read(LARGEST_REPORT + 1)  # None: closed
        else:
            with Path(name).open("rb") as file:
                content = file.read(LARGEST_REPORT + 1)
    except (OSError, ValueError) as error:
        raise Refused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(content) > LARGEST_REPORT:
        raise Refused(f"{name} is larger than any such file; name the right one.")
    return content
