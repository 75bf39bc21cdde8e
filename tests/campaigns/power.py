"""What a power cut may leave of what a command wrote: all that was brought to the disk, and any of the rest.

The disk is a strict one. Of writes and cuts of a file that was not synced since, any may be there and any not, and
of a write any sectors of 512 bytes. Names given, changed and taken away in a folder that was not synced since are
there up to some point of their order, as journaling file systems have them. So a new file may be gone.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from campaigns.states import Files
from campaigns.traced import Call, Ended, Traced

SECTOR = 512


class _Write(NamedTuple):
    """Bytes for a place in a file; with none, the length that it is cut to."""

    at: int
    content: bytes | None


class _Naming(NamedTuple):
    """A name that means a file or folder from now on, by its number; none for a name that is gone."""

    name: str
    number: int | None


@dataclass(slots=True)
class _Stored:
    """A file or folder: what of it is on the disk, and what is not yet."""

    content: bytearray | None
    waiting: list[_Write] = field(default_factory=list)
    names: list[_Naming] = field(default_factory=list)


class Disk:
    """A folder on a disk whose power may be cut."""

    def __init__(self, folder: Path) -> None:
        """All that is there is on the disk."""
        self._folder = folder
        self._on_disk: dict[str, int] = {}
        self._stored: dict[int, _Stored] = {}
        for place in [folder, *sorted(folder.rglob("*"))]:
            number = place.stat().st_ino
            self._on_disk[str(place)] = number
            self._stored[number] = _Stored(None if place.is_dir() else bytearray(place.read_bytes()))
        self._now = dict(self._on_disk)

    def take(self, call: Call) -> None:
        """What a call has done."""
        if call.name in ("fsync", "fdatasync"):
            self._sync(call.inode)
        elif call.inode in self._stored and call.name == "ftruncate":
            self._stored[call.inode].waiting.append(_Write(call.at, None))
        elif call.inode in self._stored and call.length >= 0:
            with Path(call.file).open("rb") as file:
                file.seek(call.at)
                self._stored[call.inode].waiting.append(_Write(call.at, file.read(call.length)))
        elif call.name in ("openat", "mkdir", "mkdirat"):
            self._opened(call)
        elif call.other and call.file in self._now:
            self._name(call.other, self._now[call.file])
        if call.name in ("rename", "renameat", "unlink", "unlinkat", "rmdir"):
            self._name(call.file, None)

    def _opened(self, call: Call) -> None:
        if call.file not in self._now:
            number = call.inode or Path(call.file).stat().st_ino
            self._stored[number] = _Stored(bytearray() if call.inode else None)
            self._name(call.file, number)
        elif call.flags & os.O_TRUNC:
            self._stored[self._now[call.file]].waiting.append(_Write(0, None))

    def _sync(self, number: int) -> None:
        if (stored := self._stored.get(number)) is None:
            return
        for write in stored.waiting:
            _apply(stored.content, write)
        for naming in stored.names:
            _rename(self._on_disk, naming)
        stored.waiting, stored.names = [], []

    def _name(self, name: str, number: int | None) -> None:
        folder = self._now.get(str(Path(name).parent))
        if folder is not None:
            self._stored[folder].names.append(_Naming(name, number))
            _rename(self._now, self._stored[folder].names[-1])

    def left(self, chance: Random | None) -> Files:
        """What may be there after a cut now: nothing that waits, or some of it by chance."""
        names = dict(self._on_disk)
        for stored in self._stored.values():
            for naming in stored.names[: chance.randint(0, len(stored.names)) if chance else 0]:
                _rename(names, naming)
        found: Files = {}
        for name, number in sorted(names.items()):
            place, stored = Path(name), self._stored[number]
            if place == self._folder or str(place.parent) not in names:
                continue
            content = None if stored.content is None else bytearray(stored.content)
            for write in stored.waiting:
                for part in _torn(write, chance) if chance else ():
                    _apply(content, part)
            found[str(place.relative_to(self._folder))] = None if content is None else bytes(content)
        return found


def _torn(write: _Write, chance: Random) -> Iterator[_Write]:
    """What of a write reaches the disk: all, nothing, or some of its sectors."""
    how = chance.choice(("all", "nothing", "some"))
    if how == "all" or (how == "some" and write.content is None):
        yield write
    elif how == "some" and write.content is not None:
        first = write.at // SECTOR * SECTOR
        for at in range(first, write.at + len(write.content), SECTOR):
            if chance.random() < 0.5:
                begin, end = max(at, write.at), min(at + SECTOR, write.at + len(write.content))
                yield _Write(begin, write.content[begin - write.at : end - write.at])


def _apply(content: bytearray | None, write: _Write) -> None:
    assert content is not None
    end = write.at + len(write.content or b"")
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if write.content is None:
        del content[write.at :]
    else:
        content[write.at : end] = write.content


def _rename(names: dict[str, int], naming: _Naming) -> None:
    if naming.number is None:
        names.pop(naming.name, None)
    else:
        names[naming.name] = naming.number


class Cut(NamedTuple):
    """What a power cut left.

    Attributes:
        before: the call before which it came; None for after the command had ended.
        files: what was there.
    """

    before: Call | None
    files: Files


def cuts(
    folder: Path, arguments: tuple[str, ...], stdin: str, chance: Random, often: int
) -> tuple[Ended, list[Cut]]:
    """Run a command to its end; what cuts may leave before each call that syncs or names something, and after all.

    Args:
        folder: where it works.
        arguments: the command.
        stdin: the file it reads from.
        chance: what of the writes that wait is there.
        often: how many cuts by chance beside the one of which nothing is there that waits.
    """
    disk, found, seen = Disk(folder), [], set[int]()

    def cut(before: Call | None) -> None:
        for turn in range(often + 1):
            files = disk.left(chance if turn else None)
            if (told := hash(tuple(files.items()))) not in seen or before is None:
                seen.add(told)
                found.append(Cut(before, files))

    traced = Traced(arguments, stdin)
    for is_done, call in traced.calls():
        if is_done:
            disk.take(call)
        elif "sync" in call.name or call.other or call.name.startswith(("unlink", "mkdir", "openat")):
            cut(call)
    assert traced.ended is not None
    cut(None)
    return traced.ended, found
