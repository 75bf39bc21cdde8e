"""A checksum inside a copy of the database, so that a flipped byte in it is seen before it is brought back.

SQLite sees most damage, but not a letter that has become another one. The four bytes of the header that are for
the program's own use (``PRAGMA user_version``) hold a CRC-32 of all others, but those that change when a file is
only opened. A database that is worked on has none: its first writer takes it away.

What ``pg_dump`` wrote of a shop on a server is followed by a line with the SHA-256 of all before it.
``pg_restore`` goes by the places that the beginning of the file tells, and takes no notice of what follows.

Source: the SQLite file format, the database header.
"""

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

_OWN = (60, 64)
_PASSING = ((18, 20), (24, 28), _OWN, (92, 100))
"""Format of the journal, change counter, the checksum itself, and what follows the counter."""
_HEADER = 100
DUMP_HEAD = b"PGDMP"
"""How a file of ``pg_dump`` begins."""
_MARK = b"\n-- ordercli: SHA-256 of what is before this line: "
_LINE = len(_MARK) + 65
_REST = 12
"""Letters of the mark that no other file has near its end."""
_BLOCK = 1 << 20


def seal(copy: Path) -> None:
    """Write the checksum into a whole copy that nobody has open."""
    with copy.open("r+b") as file:
        header = file.read(_HEADER)
        if header.startswith(DUMP_HEAD):
            file.write(_last_line(file, file.seek(0, os.SEEK_END)))
            return
        told = _checksum(header, file.read)
        file.seek(_OWN[0])
        file.write(told.to_bytes(4, "big"))


def is_as_sealed(copy: Path) -> bool:
    """Whether the bytes are those that were sealed; yes for a file without a checksum, no for a part of one."""
    with copy.open("rb") as file:
        header = file.read(_HEADER)
        if header.startswith(DUMP_HEAD):
            end = _end_of_dump(file)
            if end is None:
                return not _has_rest(file)
            return _last_line(file, end) == file.read(len(_MARK) + _BLOCK)
        told = int.from_bytes(header[slice(*_OWN)], "big")
        return not told or told == _checksum(header, file.read)


def is_sealed(connection: sqlite3.Connection) -> bool:
    """Whether an open file has a checksum: it is a copy that nobody has changed."""
    return bool(connection.execute("PRAGMA user_version").fetchone() != (0,))


def unseal(connection: sqlite3.Connection) -> None:
    """Take the checksum away in the transaction of whoever changes the file."""
    if is_sealed(connection):
        connection.execute("PRAGMA user_version = 0")


def _checksum(header: bytes, read: Callable[[int], bytes]) -> int:
    still = bytearray(header)
    for first, last in _PASSING:
        still[first:last] = bytes(last - first)
    told = zlib.crc32(still)
    while block := read(_BLOCK):
        told = zlib.crc32(block, told)
    return told or 1  # 0 says that there is none


def _end_of_dump(file: IO[bytes]) -> int | None:
    """Where the last line of ordercli begins, whatever stands behind it; None for a dump without one."""
    end, place, before = None, file.seek(0), b""
    while block := file.read(_BLOCK):
        held = before + block
        found = held.rfind(_MARK)
        if found >= 0:
            end = place - len(before) + found
        before = held[1 - len(_MARK) :]
        place += len(block)
    return end


def _has_rest(file: IO[bytes]) -> bool:
    """Whether a dump ends with a part of ordercli's line, so with one that was cut or spoiled."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - 2 * _LINE))
    end = file.read()
    pieces = (_MARK[place : place + _REST] for place in range(len(_MARK) - _REST + 1))
    return any(piece in end for piece in pieces) or any(end.endswith(_MARK[:length]) for length in range(2, _REST))


def _last_line(file: IO[bytes], end: int) -> bytes:
    """The line that belongs behind so many bytes of a file, which is left there."""
    told = hashlib.sha256()
    file.seek(0)
    while left := end - file.tell():
        block = file.read(min(_BLOCK, left))
        if not block:
            break
        told.update(block)
    return _MARK + told.hexdigest().encode() + b"\n"
