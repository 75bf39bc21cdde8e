"""Reading what was printed: rasterised as a thermal printer would, through a bar code reader, and as text."""

import subprocess
from pathlib import Path


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
