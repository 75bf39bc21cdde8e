"""Lines of text in the fonts that have their letters: in the order they stand, joined, marks in their places.

Needs the extra ``labels`` (HarfBuzz and the fonts); loaded only when something is printed.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

from ordercli.domain.bidi import Run, is_rtl, visual_runs
from ordercli.domain.text import paper_line, visible
from ordercli.errors import Refused, lacks_extra

NEEDS = ("Printing needs reportlab and fonts", "labels")
UNREADABLE_LOGO = "The logo is no PNG or JPEG that can be read; name another under logo in the configuration file."
LINE = 1.25
"""Distance of lines, in sizes of the font."""

_PACKAGE = "manimgx_fonts"
_MAIN = "NotoSans[wght].ttf"
_SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew",
    "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip
_PICTURES = ("NotoSansSymbols[wght].ttf", "NotoEmoji[wght].ttf")
_HAN_PACKAGE, _HAN = "manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc"
_HAN_FACES = {"JP": 0, "KR": 1, "TW": 3, "HK": 4, "MO": 4}
"""Countries whose Han characters have shapes of their own, and which font of the file has them."""
_CHINESE = 2
_NORMAL, _BOLD = 400, 700
_MOST_LETTERS = 8
"""Letters on the width of one size of the font; the narrowest take a fifth."""
_LTR_MARK, _RTL_MARK = "\u200e", "\u200f"
_COMPLEX = "\u0590"
"""Letters before it need no font but the main one to join them."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Letters drawn as one, and their glyphs: number, place, rise and width, in 1/1000 of the font's size."""

    face: "Face"
    text: str
    glyphs: tuple[tuple[int, float, float, float], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """A line as it is drawn, from left to right, at whatever size.

    Attributes:
        width: in 1/1000 of the size of the font.
        clusters: what is drawn.
        missing: letters that no font has; nothing is drawn for them.
    """

    width: float
    clusters: tuple[Cluster, ...]
    missing: frozenset[str] = frozenset()


class Face:
    """One font at one weight.

    Attributes:
        path, place: the file, and which of its fonts.
        is_true_type: whether its outlines are in the table ``glyf``; else in ``CFF``.
        is_picture: whether it has signs and emoji only; its blanks are as wide as those.
    """

    def __init__(self, path: Path, place: int = 0, weight: int = _NORMAL) -> None:
        import uharfbuzz  # noqa: PLC0415 - an extra

        self.path, self.place, self.weight = path, place, weight
        self.is_picture = path.name in _PICTURES
        self.harfbuzz: Any = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), place)
        self.font: Any = uharfbuzz.Font(self.harfbuzz)
        tables = set(self.harfbuzz.table_tags)
        if not tables & {"glyf", "CFF ", "CFF2"}:
            raise Refused(f"The font {path} has no outlines to print; name a TrueType or OpenType font.")
        self.is_true_type = "glyf" in tables
        if "fvar" in tables:
            self.font.set_variations({"wght": weight})
        self.scale = 1000 / self.harfbuzz.upem

    @cached_property
    def letters(self) -> Any:  # noqa: ANN401 - a set of codes, as HarfBuzz has it
        """Codes of the characters it has."""
        return self.harfbuzz.unicodes

    def has(self, text: str) -> bool:
        """Whether it has a glyph for each letter that is to be seen."""
        return all(ord(c) in self.letters or _is_unseen(c) for c in text)

    def set(self, text: str, *, is_rtl: bool = False) -> Iterator[Cluster]:
        """Text of one script as glyphs from left to right; places count from the beginning of each cluster."""
        import uharfbuzz  # noqa: PLC0415 - the same

        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_rtl else "ltr"
        # Ligatures of Latin letters look well and are copied badly.
        uharfbuzz.shape(self.font, buffer, {"liga": False} if max(text) < _COMPLEX else None)
        glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        starts = sorted({info.cluster for info, _ in glyphs})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        scale = self.scale
        for start, group in groupby(glyphs, key=lambda glyph: glyph[0].cluster):
            placed = []
            pen = 0.0
            for info, position in group:
                place = pen + position.x_offset
                width = position.x_advance
                placed.append((info.codepoint, place * scale, position.y_offset * scale, width * scale))
                pen += width
            yield Cluster(self, text[start : ends[start]], tuple(placed))


class Typesetter:
    """Fonts, and lines that were set in them.

    Attributes:
        country: where what is set goes to, which decides the shapes of Han characters.
    """

    def __init__(self, own: Sequence[Path] = ()) -> None:
        """Open the main font.

        Args:
            own: font files of the seller's, asked for letters that no other font has.

        Raises:
            Refused: with the line that installs what is missing.
        """
        try:
            import uharfbuzz  # noqa: F401, PLC0415 - the same

            resources.files(_HAN_PACKAGE)
            self._folder = Path(str(resources.files(_PACKAGE)))
        except ModuleNotFoundError as error:
            raise lacks_extra(*NEEDS) from error
        self.country = ""
        self._own = [(path.expanduser(), 0) for path in own]
        self._faces: dict[tuple[Path, int, int], Face] = {}
        self._set = lru_cache(maxsize=8192)(self._set_anew)

    def line(self, text: str, *, bold: bool = False) -> Line:
        """Text as one line: composed letters, nothing that cannot be seen, line breaks as blanks."""
        return self._set(text, bold, self.country)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Points that a line takes at a size of the font."""
        return self.line(text, bold=bold).width * size / 1000

    def _set_anew(self, text: str, bold: bool, country: str) -> Line:
        base = {_LTR_MARK: False, _RTL_MARK: True}.get(text[:1])
        told = printable(text)
        weight = _BOLD if bold else _NORMAL
        if told.isascii() and not base:
            main = self._open(self._folder / _MAIN, 0, weight)
            clusters = tuple(main.set(told)) if told else ()
            return Line(_width(clusters), clusters)
        han = _han_face(told, country)
        found: list[Cluster] = []
        missing: set[str] = set()
        for run in visual_runs(told, base_rtl=base):
            pieces = [(face, piece) for face, piece in self._pieces(run, weight, han, missing)]
            for face, piece in reversed(pieces) if run.is_rtl else pieces:
                found += face.set(piece, is_rtl=run.is_rtl)
        return Line(_width(found), tuple(found), frozenset(missing))

    def _pieces(self, run: Run, weight: int, han: int, missing: set[str]) -> Iterator[tuple[Face, str]]:
        """A run in pieces of one font and one script, in the order in which it is read."""
        faces: list[tuple[Face, str, str]] = []
        for cluster in clusters_of(run.text):
            # Where no font has letters together that are joined, each is drawn by itself.
            whole = self._face_for(cluster, weight, han, faces[-1][0] if faces else None)
            for part in [cluster] if whole is not None else cluster:
                face = whole or self._face_for(part, weight, han, None)
                if face is None:
                    missing.add(part)
                else:
                    script = _script(part) or (faces[-1][1] if faces else "")
                    faces.append((face, script, part))
        for (face, _), group in groupby(faces, key=lambda piece: piece[:2]):
            yield face, "".join(part for _, _, part in group)

    def _face_for(self, cluster: str, weight: int, han: int, before: Face | None) -> Face | None:
        """The font that has a cluster; blanks and signs stay in the font before them where that has them."""
        if before is not None and not before.is_picture and not _script(cluster) and before.has(cluster):
            return before
        return next((face for face in self._candidates(weight, han) if face.has(cluster)), None)

    def _candidates(self, weight: int, han: int) -> Iterator[Face]:
        yield self._open(self._folder / _MAIN, 0, weight)
        for script in _SCRIPTS:
            yield self._open(self._folder / f"NotoSans{script}[wght].ttf", 0, weight)
        yield self._open(Path(str(resources.files(_HAN_PACKAGE))) / _HAN, han, weight)
        for name in _PICTURES:
            yield self._open(self._folder / name, 0, _NORMAL)
        for path, place in self._own:
            yield self._open(path, place, weight)

    def _open(self, path: Path, place: int, weight: int) -> Face:
        key = (path, place, weight)
        face = self._faces.get(key)
        if face is None:
            if not path.is_file():
                raise Refused(f"There is no font file {path}.")
            face = self._faces[key] = Face(path, place, weight)
        return face

    def wrapped(self, text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
        """Text in lines that fit a room, broken at blanks, and within a word where one is wider than the room.

        A line that runs another way than the whole text begins with a mark of direction.
        """
        told = " ".join(printable(text).split())
        if self.width(told, size, bold=bold) <= room:
            return [told]
        return _turned(told, self._broken(told, room, size, bold=bold))

    def _broken(self, text: str, room: float, size: float, *, bold: bool) -> list[str]:
        lines: list[str] = []
        line = ""
        for word in text.split():
            longer = f"{line} {word}" if line else word
            if self.width(longer, size, bold=bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = self._parts(word, room, size, bold=bold)
            lines += full
        return [*lines, line]

    def _parts(self, word: str, room: float, size: float, *, bold: bool) -> list[str]:
        """A word cut where it fills the room; one piece if it fits."""
        if self.width(word, size, bold=bold) <= room:
            return [word]
        parts: list[str] = []
        left = clusters_of(word)
        most = int(room / size * _MOST_LETTERS) + 1
        while left:
            near = left[:most]
            count = bisect_right(
                range(1, len(near) + 1), room, key=lambda n: self.width("".join(near[:n]), size, bold=bold)
            )
            parts.append("".join(near[: max(1, count)]))
            left = left[max(1, count) :]
        return parts

    def fitted(
        self, lines: Sequence[str], room: float, height: float, largest: float, smallest: float
    ) -> tuple[list[str], float]:
        """Lines wrapped at the largest size at which they fit a box; cut with an ellipsis if none does.

        Args:
            lines: of text.
            room: width of the box, in points.
            height: of the box, in points.
            largest: size of the font to begin with, in points.
            smallest: size below which the text is cut.
        """
        told = [" ".join(printable(line).split()) for line in lines]
        size = largest
        while size > smallest:
            # However well they break, lines take the room that they have letters for.
            least = sum(max(1, ceil(self.width(line, size) / room)) for line in told)
            if least * size * LINE <= height:
                break
            size = max(smallest, size - 0.5)
        while True:
            broken = [piece for line in lines for piece in self.wrapped(line, room, size)]
            if len(broken) * size * LINE <= height:
                return broken, size
            if size <= smallest:
                kept = max(1, int(height / (size * LINE)))
                return [*broken[: kept - 1], self._clipped(broken[kept - 1], room, size)], size
            size = max(smallest, size - 0.5)

    def _clipped(self, line: str, room: float, size: float) -> str:
        clusters = clusters_of(line)
        while clusters and self.width(f"{''.join(clusters)} …", size) > room:
            clusters.pop()
        return f"{''.join(clusters)} …"


def printable(text: str) -> str:
    """Text of outside as it may be printed: composed letters in one line, nothing that cannot be seen."""
    return paper_line(unicodedata.normalize("NFC", text))


def clusters_of(text: str) -> list[str]:
    """Letters with the marks and joiners that belong to them."""
    if text.isascii():
        return list(text)
    clusters: list[str] = []
    joins = False
    for c in text:
        category = unicodedata.category(c)
        is_mark = category[0] == "M" or category == "Cf" or "\U0001f3fb" <= c <= "\U0001f3ff"
        if clusters and (is_mark or joins):
            clusters[-1] += c
        else:
            clusters.append(c)
        joins = c == "\u200d"
    return clusters


def refuse_missing(missing: dict[str, set[str]]) -> None:
    """Refuse a page with holes.

    Args:
        missing: letters that no font has, by what they were to be printed for, such as ``order A-1``.

    Raises:
        Refused: if there are any; it names them, and never the rest of the text.
    """
    told = [
        f"{about}: {', '.join(map(_named, sorted(letters)[:5]))}" for about, letters in missing.items() if letters
    ]
    if told:
        more = f"; and {len(told) - 5} more" if told[5:] else ""
        raise Refused(
            f"Nothing was printed, for no font has these letters: {'; '.join(told[:5])}{more}. Change the text, "
            'or name a font that has them in the configuration file: fonts = ["FILE.ttf"]'
        )


def _named(letter: str) -> str:
    code = f"U+{ord(letter):04X}"
    name = unicodedata.name(letter, "")
    sign = letter if unicodedata.category(letter)[0] not in "CM" else ""
    return f"{visible(sign)} ({code} {name})".lstrip() if name else code


def _turned(paragraph: str, lines: list[str]) -> list[str]:
    """Lines of a paragraph, marked where their own first letter would have them run the other way."""
    whole = is_rtl(paragraph)
    mark = _RTL_MARK if whole else _LTR_MARK
    return [line if is_rtl(line) == whole else mark + line for line in lines]


def _width(clusters: Sequence[Cluster]) -> float:
    return sum(glyph[3] for cluster in clusters for glyph in cluster.glyphs)


def _is_unseen(c: str) -> bool:
    """Whether a character draws nothing by itself: blanks, joiners, and what chooses a variant of a letter."""
    is_variant = "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"
    return is_variant or unicodedata.category(c) in ("Cf", "Zs")


def _script(cluster: str) -> str:
    """A word for the script of a letter, the first of its name; empty for signs, blanks, digits and marks."""
    first = cluster[0]
    if not first.isalpha():
        return ""
    return unicodedata.name(first, "").partition(" ")[0]


def _han_face(text: str, country: str) -> int:
    if any("\u3040" <= c <= "\u30ff" for c in text):
        return _HAN_FACES["JP"]
    if any("\uac00" <= c <= "\ud7a3" or "\u1100" <= c <= "\u11ff" for c in text):
        return _HAN_FACES["KR"]
    return _HAN_FACES.get(country.upper(), _CHINESE)
