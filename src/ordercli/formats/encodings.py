"""Which encoding a file is in, found out from its bytes.

A file that is UTF-8 is UTF-8. Of any other, each piece between two delimiters is looked at by itself (no encoding
here has the bytes of delimiters and line ends inside a letter): one that is UTF-8 is hardly ever anything else,
and the rest is in that encoding in which a larger share of the bytes makes letters people use.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

ENCODINGS = {
    "utf-8": "utf-8-sig",
    "cp1252": "cp1252",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "cp932": "cp932",
    "shift_jis": "cp932",
    "utf-16": "utf-16",
}
"""What ``--encoding`` takes, and how Python calls it."""
UTF8 = "utf-8-sig"
BLOCK = 1 << 20
_PIECES = re.compile(rb"[\t,;\"\r\n]+")

_WESTERN = re.compile(
    rb"(?P<odd>[\xa1-\xdf]{3,}|[\x82\x83\x86-\x89\x8b\x98\x9b\xa2\xa4\xa6\xa8\xac\xaf\xb1\xb5\xb8]+)|(?P<fine>[\x80-\xff])"
)
"""cp1252: letters with accents and the usual signs are fine; three capitals with accents in a row are not."""
_JAPANESE = re.compile(
    rb"(?P<fine>(?:[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]|\x98[\x40-\x72]|[\xa1-\xdf]{2,})+)"
    rb"|(?P<odd>[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\x80-\xff])"
)
"""cp932: kana, punctuation and the kanji of JIS level 1 are fine, half-width kana too where they make words."""
_SAMPLE = 100_000
"""Pieces looked at for the shares; all are decoded."""


class Reading(NamedTuple):
    """How a file is decoded.

    Attributes:
        encoding: of the file, or of most of its cells.
        second: of the cells that are not in that one; "" if all are.
    """

    encoding: str
    second: str = ""

    @property
    def is_mixed(self) -> bool:
        """Whether its cells are decoded one by one."""
        return bool(self.second)

    @property
    def codec(self) -> str:
        """What the file as a whole is decoded with."""
        return UTF8 if self.second else self.encoding

    @property
    def errors(self) -> str:
        """What is to become of bytes that the codec does not know: kept for :meth:`mended`."""
        return "surrogateescape" if self.second else "strict"

    @property
    def fallback(self) -> str:
        """What cells that are not UTF-8 are in."""
        return self.encoding if self.second == UTF8 else self.second

    def mended(self, cell: str) -> str:
        """A cell of a mixed file as it was meant."""
        if not is_kept(cell):
            return cell
        if self.fallback == "cp932":
            try:
                return cell.encode("utf-8", "surrogateescape").decode("cp932")
            except UnicodeError:
                pass
        return _KEPT.sub(lambda found: _decoded(found.group(), self.fallback), cell)

    def is_odd(self, cell: str) -> bool:
        """Whether a cell of a mixed file, as the codec gives it, is in the second encoding."""
        return is_kept(cell) == (self.second != UTF8) and not cell.isascii()


_KEPT = re.compile("[\udc80-\udcff]+")


def is_kept(text: str) -> bool:
    """Whether it holds bytes that were not UTF-8."""
    return not text.isascii() and _KEPT.search(text) is not None


def _decoded(kept: str, encoding: str) -> str:
    raw = kept.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("cp1252" if encoding == "cp932" else encoding)
    except UnicodeError:
        return raw.decode("latin-1")


def decodes(file: BinaryIO, encoding: str) -> bool:
    """Whether a file is in an encoding from its first byte to its last."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file from its beginning."""
    file.seek(0)
    while block := file.read(BLOCK):
        yield block


def found_out(file: BinaryIO) -> Reading:
    """How a file is decoded, by its bytes."""
    if decodes(file, UTF8):
        return Reading(UTF8)
    tally = _Tally()
    file.seek(0)
    while line := file.readline(BLOCK):
        if not line.isascii():
            tally.add(line.removeprefix(codecs.BOM_UTF8))
    return tally.reading()


@dataclass(slots=True)
class _Guess:
    """How well an encoding fits."""

    letters: re.Pattern[bytes]
    is_possible: bool = True
    fine: int = 0
    odd: int = 0

    def add(self, piece: bytes) -> None:
        for found in self.letters.finditer(piece):
            if found["fine"] is not None:
                self.fine += len(found["fine"])
            else:
                self.odd += len(found["odd"])

    @property
    def share(self) -> float:
        return self.fine / (self.fine + self.odd or 1)


class _Tally:
    """What the pieces of a file are in."""

    def __init__(self) -> None:
        self.utf8 = self.other = 0
        self.is_japanese_throughout = True
        self.guesses = {"cp1252": _Guess(_WESTERN), "cp932": _Guess(_JAPANESE)}

    def add(self, line: bytes) -> None:
        for piece in _PIECES.split(line):
            if piece.isascii():
                continue
            if _fits(piece, "utf-8"):
                self.utf8 += 1
                self.is_japanese_throughout = self.is_japanese_throughout and _fits(piece, "cp932")
                continue
            self.other += 1
            for encoding, guess in self.guesses.items():
                guess.is_possible = guess.is_possible and _fits(piece, encoding)
                if self.other <= _SAMPLE:
                    guess.add(piece)

    def reading(self) -> Reading:
        western, japanese = self.guesses["cp1252"], self.guesses["cp932"]
        if japanese.is_possible and not (western.is_possible and western.share >= japanese.share):
            # Half-width kana are UTF-8 by chance now and then.
            if self.utf8 < self.other and self.is_japanese_throughout:
                return Reading("cp932")
            encoding = "cp932"
        else:
            encoding = "cp1252" if western.is_possible else "latin-1"
        if not self.utf8:
            return Reading(encoding)
        return Reading(UTF8, encoding) if self.utf8 >= self.other else Reading(encoding, UTF8)


def _fits(piece: bytes, encoding: str) -> bool:
    try:
        piece.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
