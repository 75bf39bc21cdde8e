"""Fonts within a PDF: the glyphs that were drawn, embedded, and what letters they stand for.

Each font is a composite one whose codes are the glyphs' own numbers (``Identity-H``). What a glyph stands for is
said by ``ToUnicode`` where one glyph is one cluster of letters, and by ``ActualText`` around the others: marks,
ligatures, and letters of India that stand in another order than they are read.

Source: ISO 32000-1, 9.7 (composite fonts), 9.10 (extraction of text), 14.9.4 (replacement text).
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ordercli.formats.typeset import Cluster, Face, Line

_DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "name", "post", "OS/2", "cmap", "gasp", "vhea", "vmtx", "VORG")
"""Tables of a font that drawing needs not."""
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{pairs}endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
_MOST_PAIRS = 100
"""A list in a character map may hold so many."""


@dataclass(slots=True)
class _Used:
    """A font of the document: its name there, and what of it was drawn."""

    name: str
    meanings: dict[int, str] = field(default_factory=dict)
    glyphs: set[int] = field(default_factory=lambda: {0})


@dataclass(slots=True)
class _Piece:
    """Part of a line that one operator draws: its place and rise, in sizes of the font, and the operator."""

    font: str
    place: float
    rise: float
    shown: str
    before: str = ""
    after: str = ""


class PdfFonts:
    """The fonts of one document."""

    def __init__(self) -> None:
        self._used: dict[Face, _Used] = {}
        self._pieces = lru_cache(maxsize=8192)(self._pieces_of)

    def operators(self, line: Line, x: float, y: float, size: float) -> str:
        """What draws a line from a point on its base."""
        drawn = ["BT"]
        font = ""
        for piece in self._pieces(line):
            if piece.font != font:
                font = piece.font
                drawn.append(f"/{font} {size:.2f} Tf")
            left, base = x + piece.place * size, y + piece.rise * size
            drawn.append(f"{piece.before}1 0 0 1 {left:.3f} {base:.3f} Tm {piece.shown} TJ{piece.after}")
        return " ".join([*drawn, "ET"])

    def _pieces_of(self, line: Line) -> list[_Piece]:
        pieces: list[_Piece] = []
        plain = _Plain()
        pen = 0.0
        for cluster in line.clusters:
            used = self._font(cluster.face)
            is_plain = _is_plain(cluster, used)
            if used.name != plain.font or not is_plain:
                plain.flush(pieces)
            if is_plain:
                plain.add(used.name, cluster, pen)
            else:
                pieces += _spelled(used.name, cluster, pen)
            used.glyphs.update(glyph for glyph, *_ in cluster.glyphs)
            pen += sum(width for *_, width in cluster.glyphs)
        plain.flush(pieces)
        return pieces

    def _font(self, face: Face) -> _Used:
        used = self._used.get(face)
        if used is None:
            used = self._used[face] = _Used(f"P{len(self._used) + 1}")
        return used

    def embed(self, document: Any) -> None:  # noqa: ANN401 - reportlab's, typed in part
        """Add the fonts to a document of reportlab's."""
        for face, used in self._used.items():
            document.idToObject["BasicFonts"].dict[used.name] = document.Reference(
                _font_object(document, face, used)
            )


class _Plain:
    """Clusters of one glyph each, gathered into one operator."""

    def __init__(self) -> None:
        self.font = ""
        self._start = self._pen = 0.0
        self._shown: list[str] = []

    def add(self, font: str, cluster: Cluster, pen: float) -> None:
        (glyph, place, _, _), face = cluster.glyphs[0], cluster.face
        if not self._shown:
            self.font, self._start, self._pen = font, pen + place, pen + place
        shift = self._pen - (pen + place)
        if abs(shift) > 0.05:  # noqa: PLR2004 - a thousandth of a millimeter at 20 points
            self._shown.append(f">{shift:.1f}<")
            self._pen -= round(shift, 1)
        self._shown.append(f"{glyph:04X}")
        self._pen += _width(face, glyph)

    def flush(self, pieces: list[_Piece]) -> None:
        if self._shown:
            pieces.append(_Piece(self.font, self._start / 1000, 0.0, f"[<{''.join(self._shown)}>]"))
        self.font, self._shown = "", []


def _is_plain(cluster: Cluster, used: _Used) -> bool:
    """Whether a cluster is one glyph on the line that stands for the same letters wherever it is drawn."""
    if len(cluster.glyphs) != 1 or cluster.glyphs[0][2]:
        return False
    return used.meanings.setdefault(cluster.glyphs[0][0], cluster.text) == cluster.text


def _spelled(font: str, cluster: Cluster, pen: float) -> list[_Piece]:
    """A cluster whose letters are said at the glyphs that take room, and nothing at the marks on them.

    Programs that copy text take the place of the letters from the glyphs between; marks would move it.
    """
    wide = [glyph for glyph in cluster.glyphs if glyph[3]] or cluster.glyphs
    marks = [glyph for glyph in cluster.glyphs if glyph not in wide]
    pieces: list[_Piece] = []
    for glyphs, said in ((wide, cluster.text), (marks, "")):
        drawn = [
            _Piece(font, (pen + place) / 1000, rise / 1000, f"[<{glyph:04X}>]") for glyph, place, rise, _ in glyphs
        ]
        if drawn:
            drawn[0].before = f"/Span <</ActualText <FEFF{_hexadecimal(said)}>>> BDC "
            drawn[-1].after = " EMC"
        pieces += drawn
    return pieces


def _hexadecimal(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


@lru_cache(maxsize=65536)
def _width(face: Face, glyph: int) -> float:
    """Width of a glyph by itself, as the document says it."""
    width: float = face.font.get_glyph_h_advance(glyph) * face.scale
    return round(width, 1)


def _font_object(document: Any, face: Face, used: _Used) -> Any:  # noqa: ANN401 - the same
    from reportlab.pdfbase import pdfdoc  # noqa: PLC0415 - an extra

    entry: Any = pdfdoc.PDFDictionary
    refer = document.Reference
    name = f"/ORDER{chr(ord('A') + int(used.name[1:]) % 26)}+{used.name}"
    file, key = _font_file(pdfdoc, face, used.glyphs)
    extents = face.font.get_font_extents("ltr")
    ascent, descent = (round(value * face.scale) for value in (extents.ascender, extents.descender))
    descriptor = entry({
        "Type": "/FontDescriptor", "FontName": name, "Flags": 4, "ItalicAngle": 0, "StemV": 80,
        "FontBBox": pdfdoc.PDFArray([-1000, descent, 3000, ascent]), "Ascent": ascent, "Descent": descent,
        "CapHeight": 700, key: refer(file),
    })  # fmt: skip
    widths = [item for glyph in sorted(used.glyphs) for item in (glyph, pdfdoc.PDFArray([_width(face, glyph)]))]
    system = {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
    descendant = {
        "Type": "/Font", "Subtype": "/CIDFontType2" if face.is_true_type else "/CIDFontType0", "BaseFont": name,
        "CIDSystemInfo": entry(system), "FontDescriptor": refer(descriptor), "W": pdfdoc.PDFArray(widths),
    }  # fmt: skip
    if face.is_true_type:
        descendant["CIDToGIDMap"] = "/Identity"
    return entry({
        "Type": "/Font", "Subtype": "/Type0", "BaseFont": name, "Encoding": "/Identity-H",
        "DescendantFonts": pdfdoc.PDFArray([refer(entry(descendant))]),
        "ToUnicode": refer(_compressed(pdfdoc, _character_map(used.meanings).encode())),
    })  # fmt: skip


def _font_file(pdfdoc: Any, face: Face, glyphs: set[int]) -> tuple[Any, str]:  # noqa: ANN401 - the same
    """The glyphs under their own numbers as a stream, and the key of a descriptor that it goes under."""
    import uharfbuzz  # noqa: PLC0415 - an extra

    flags = uharfbuzz.SubsetFlags
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _DROPPED)
    wanted.flags = flags.RETAIN_GIDS | flags.NO_HINTING | flags.NO_LAYOUT_CLOSURE
    if not face.is_true_type:
        wanted.flags |= flags.DOWNGRADE_CFF2 | flags.CFF_IDENTITY_CHARSET
    wanted.pin_all_axes_to_default(face.harfbuzz)
    wanted.pin_axis_location(face.harfbuzz, "wght", face.weight)
    subset = uharfbuzz.subset(face.harfbuzz, wanted)
    if face.is_true_type:
        content = bytes(subset.blob.data)
        stream = _compressed(pdfdoc, content)
        stream.dictionary["Length1"] = len(content)
        return stream, "FontFile2"
    stream = _compressed(pdfdoc, bytes(subset.reference_table("CFF ").data))
    stream.dictionary["Subtype"] = "/CIDFontType0C"
    return stream, "FontFile3"


def _compressed(pdfdoc: Any, content: bytes) -> Any:  # noqa: ANN401 - the same
    return pdfdoc.PDFStream(content=content, filters=[pdfdoc.PDFZCompress])


def _character_map(meanings: dict[int, str]) -> str:
    pairs = [f"<{glyph:04X}> <{_hexadecimal(text)}>" for glyph, text in sorted(meanings.items())]
    lists = (pairs[start : start + _MOST_PAIRS] for start in range(0, len(pairs), _MOST_PAIRS))
    told = (f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar\n" for part in lists)
    return _CMAP.replace("{pairs}", "".join(told))
