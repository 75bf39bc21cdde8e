"""Files that are broken, cut short or hostile: each is taken as far as it is whole, or refused with a sentence.

Every sample of every reader goes in spoiled in one random way, one after the other into the same shop, in which
``doctor`` finds nothing wrong at the end. What was spoiled how is in the failure; the seed plays it again.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from campaign import TIMES, drawing
from cli.steps import done
from cli.test_hostile_text import CORPUS, OBEYED, stored
from cli.test_wrong_files import COMMANDS, samples
from conftest import Run

ENDINGS = (0, 4, 5, 6)
"""Done, some rows rejected, refused, a place that there is not; nothing else is an end of reading a file."""
LONGEST_SENTENCE = 1_000


def _place(content: bytes, draw: Random) -> int:
    return draw.randrange(len(content) + 1)


def cut(content: bytes, draw: Random) -> bytes:
    """Cut short."""
    return content[: _place(content, draw)]


def put_in(*odd: bytes) -> Callable[[bytes, Random], bytes]:
    """Something odd in the midst."""

    def spoil(content: bytes, draw: Random) -> bytes:
        place = _place(content, draw)
        return content[:place] + draw.choice(odd) + content[place:]

    return spoil


def flipped(content: bytes, draw: Random) -> bytes:
    """Bits changed."""
    told = bytearray(content)
    for _ in range(draw.randrange(1, 9)):
        told[draw.randrange(len(told))] ^= 1 << draw.randrange(8)
    return bytes(told)


def lines_moved(content: bytes, draw: Random) -> bytes:
    """A line lost, told twice, or in another place; the header too."""
    lines = content.splitlines(keepends=True)
    line = lines.pop(draw.randrange(len(lines)))
    for _ in range(draw.randrange(3)):
        lines.insert(draw.randrange(len(lines) + 1), line)
    return b"".join(lines)


def cells_moved(content: bytes, draw: Random) -> bytes:
    """A cell lost, told twice, or another one's."""
    lines = content.splitlines(keepends=True)
    place = draw.randrange(len(lines))
    sign = b"\t" if b"\t" in content else b","
    cells = lines[place].split(sign)
    cell = cells.pop(draw.randrange(len(cells)))
    for _ in range(draw.randrange(3)):
        cells.insert(draw.randrange(len(cells) + 1), cell)
    lines[place] = sign.join(cells)
    return b"".join(lines)


def cell_replaced(content: bytes, draw: Random) -> bytes:
    """A cell that says something odd: hostile text, a huge number, a day that is none."""
    odd = [
        *CORPUS,
        "9" * 400,
        "-1",
        "1e309",
        "NaN",
        "0x10",
        "2026-02-30",
        "0000-00-00",
        "2026-13-01T25:61:61Z",
        " ",
        "''",
    ]
    lines = content.splitlines(keepends=True)
    place = draw.randrange(len(lines))
    sign = b"\t" if b"\t" in content else b","
    cells = lines[place].split(sign)
    cells[draw.randrange(len(cells))] = draw.choice(odd).encode()
    lines[place] = sign.join(cells)
    return b"".join(lines)


WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    cut,
    flipped,
    lines_moved,
    cells_moved,
    cell_replaced,
    put_in(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b'"', b"\x1b[2J", b"\xed\xa0\x80", b"\xf0\x9f"),
    put_in(b"x" * 200_000, b"\n" * 2_000, b"\t" * 2_000, b'"' + b"\n" * 2_000),
    lambda content, _: content.decode("utf-8", "replace").encode("utf-16"),
    lambda content, draw: flipped(cells_moved(lines_moved(content, draw), draw), draw),
)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(TIMES))
def test_no_spoiled_file_ends_in_a_failure_or_does_harm(
    busy_shop: Run, database: Path, tmp_path: Path, seed: int, record_property: Callable[[str, Any], None]
) -> None:
    draw = drawing(f"malformed {seed}")
    files = list(samples(tmp_path))
    draw.shuffle(files)
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    done(busy_shop("shipment", "confirm", "told.txt"))  # for an answer to be about
    for number, (command, file) in enumerate(files):
        way = WAYS[(number + seed) % len(WAYS)]
        target = tmp_path / f"spoiled-{number}{Path(file).suffix}"
        target.write_bytes(way(Path(file).read_bytes(), draw))

        ran = busy_shop("--yes", *(part.format(file=target) for part in COMMANDS[command]))

        told = (seed, command, Path(file).name, WAYS.index(way), target, ran)
        assert ran.exit_code in ENDINGS, told
        assert not OBEYED.search(ran.stderr), told
        assert max(map(len, ran.stderr.splitlines() or [""])) <= LONGEST_SENTENCE, told
        target.unlink()
    assert stored(database) == []
    ran = done(busy_shop("doctor", "--deep"))
    assert " 0 BROKEN" in ran.stderr, ran
    record_property("spoiled files read, none of which ended in a failure or left anything broken", len(files))
