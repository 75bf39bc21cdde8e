"""A file from outside as bytes: opened or spooled, known for text or refused, its encoding found out."""

import hashlib
import os
import re
import sys
import tempfile
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from ordercli.errors import Refused, UsageProblem
from ordercli.formats.encodings import BLOCK, ENCODINGS, Reading, blocks, decodes, found_out

_BOM = b"\xef\xbb\xbf"
_SIGNATURES = (
    (b"%PDF", "a PDF, not a report"),
    (b"SQLite format 3", "a database, not a report"),
    (b"<?xml", "an XML report; download the flat-file (.txt) form instead"),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How text begins that spreadsheets save as Unicode."""
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How workbooks begin, and other archives too."""


def text_of(file: BinaryIO, reading: Reading, errors: str | None = None) -> TextIOWrapper:
    """The text of an examined file from where it stands; ``detach()`` it in the end."""
    return TextIOWrapper(file, encoding=reading.codec, errors=errors or reading.errors, newline="")


def forced_encoding(encoding: str | None) -> str | None:
    """The encoding that the user names, as :data:`ENCODINGS` has it; None if she names none.

    Raises:
        UsageProblem: if there is no such encoding.
    """
    if encoding is not None and encoding.lower() not in ENCODINGS:
        raise UsageProblem(f"--encoding: {encoding!r} is none of {', '.join(ENCODINGS)}.")
    return None if encoding is None else ENCODINGS[encoding.lower()]


def opened_file(name: str) -> BinaryIO:
    """A file that can be read as often as needed; ``-`` is standard input.

    Raises:
        Refused: if it cannot be read.
    """
    if name == "-":
        return spooled_stdin()
    path = Path(name)
    try:
        if path.is_dir():
            raise Refused(f"{name} is a folder, not a file.")
        file = path.open("rb")
        if file.seekable():
            return file
        with file:
            return _spooled(file)
    except FileNotFoundError as error:
        raise Refused(f"There is no file {name}.") from error
    except OSError as error:
        raise Refused(f"{name} cannot be read: {os.strerror(error.errno or 0)}.") from error
    except ValueError as error:
        raise Refused(f"{name!r} is not a file name.") from error


def spooled_stdin() -> BinaryIO:
    """All of stdin in an unnamed temporary file.

    Raises:
        Refused: if nothing is piped in.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise Refused("Nothing was piped in; give a file name, or pipe the file into this command.")
    return _spooled(sys.stdin.buffer)


def _spooled(stream: BinaryIO) -> BinaryIO:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the source
    while block := stream.read(BLOCK):
        spool.write(block)
    return spool


def examine(file: BinaryIO, name: str, forced: str | None) -> tuple[str, Reading, bool]:
    """The hash of a text file, how its bytes are decoded, and whether a NUL is in it.

    Args:
        file: at its begin.
        name: for messages.
        forced: the encoding that the user names, as :data:`ENCODINGS` has it.

    Raises:
        Refused: if it is empty, no text, or not of that encoding.
    """
    start = file.read(BLOCK)
    if not start.strip():
        raise Refused(f"{name} is empty.")
    if forced is None and start.startswith(_UTF16):
        forced = "utf-16"
    if forced != "utf-16":
        _refuse_no_report(start, name)
    digest = hashlib.sha256()
    has_nul = False
    for block in blocks(file):
        digest.update(block)
        has_nul = has_nul or (b"\0" in block and forced != "utf-16")
    if forced is not None and not decodes(file, forced):
        raise Refused(f"{name} is not {forced}: it holds bytes that mean nothing there; try another --encoding.")
    return digest.hexdigest(), Reading(forced) if forced is not None else found_out(file), has_nul


def _refuse_no_report(start: bytes, name: str) -> None:
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise Refused(f"{name} is {what}.")
    if start[:4096].count(0) > len(start[:4096]) // 8:
        raise Refused(f"{name} is not a text file.")
    if start.removeprefix(_BOM).lstrip()[:1] == b"<":
        tag = re.match(rb"<[!/?]?[A-Za-z]{0,30}", start.removeprefix(_BOM).lstrip())
        seen = tag.group().decode() if tag else "<"
        raise Refused(f"{name} is an XML report or a web page (it begins with {seen}), not a flat file.")
