"""Reading what was printed: rasterised as a thermal printer would, through a bar code reader, and as text."""

import html
import re
import subprocess
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from ordercli.domain.paper import PaperSize


def codes(pdf: bytes, folder: Path) -> list[set[str]]:
    """What a bar code reader finds on each page at 203 dots an inch."""
    (folder / "read.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "203", "-gray", "read.pdf", "page"], cwd=folder, check=True)
    pages = sorted(folder.glob("page-*.pgm"))
    found = [
        subprocess.run(
            ["zbarimg", "--quiet", "--nodbus", page.name], cwd=folder, capture_output=True, check=False
        ).stdout.decode()
        for page in pages
    ]
    return [set(text.splitlines()) for text in found]


def pages_of(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page, blanks made single."""
    (folder / "text.pdf").write_bytes(pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", "text.pdf", "-"], cwd=folder, capture_output=True, check=True
    ).stdout.decode()
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def ink_outside(pdf: bytes, folder: Path, margin: int = 12) -> list[int]:
    """Dark dots within so many dots of the edge, by page: what a printer would cut off."""
    from PIL import Image  # noqa: PLC0415 - an extra

    (folder / "ink.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "203", "-gray", "ink.pdf", "ink"], cwd=folder, check=True)
    found = []
    for page in sorted(folder.glob("ink-*.pgm")):
        with Image.open(page) as image:
            inner = image.crop((margin, margin, image.width - margin, image.height - margin))
            found.append(sum(image.histogram()[:128]) - sum(inner.histogram()[:128]))
    return found


class Word(NamedTuple):
    """A word on a page, and its box in points from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def words_of(pdf: bytes, folder: Path) -> list[list[Word]]:
    """The words of each page with their boxes, which are as tall as their letters."""
    (folder / "box.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-bbox", "box.pdf", "-"], cwd=folder, capture_output=True, check=True
    ).stdout.decode()
    pages = []
    for page in told.split("<page ")[1:]:
        found = re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', page)
        words = [
            Word(float(left), float(top), float(right), float(bottom), html.unescape(text))
            for left, top, right, bottom, text in found
        ]
        # The boxes hold all that a letter of the font might need: a third more than these do.
        trim = [(word, (word.bottom - word.top) * 0.17) for word in words]
        pages.append([word._replace(top=word.top + cut, bottom=word.bottom - cut) for word, cut in trim])
    return pages


def collisions(words: list[Word], size: PaperSize, margin: float) -> list[str]:
    """Words that stand on each other, or beyond a margin of the page."""
    found = [
        word.text
        for word in words
        if word.left < margin - 0.5
        or word.top < margin - 0.5
        or word.right > size.width - margin + 0.5
        or word.bottom > size.height - margin + 0.5
    ]
    below = sorted(words, key=lambda word: word.top)
    for place, one in enumerate(below):
        beside = takewhile(lambda other, end=one.bottom: other.top < end - 0.5, below[place + 1 :])  # type: ignore[misc]
        found += [
            f"{one.text} × {other.text}"
            for other in beside
            if min(one.right, other.right) - max(one.left, other.left) > 0.5
            and min(one.bottom, other.bottom) - other.top > 0.5
        ]
    return found
