"""The law of reports by the commands a seller types: imports, exports, pick list, confirmation file, returns.

What ``tests/services/orders/test_simulated_channel.py`` says of the book, here for files of every kind, in any
order and number, around acts of the seller, byte for byte as the commands print it.
"""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from campaign import TIMES, drawing
from conftest import Run
from ordercli.server import line_of
from services.orders.simulated_channel import (
    HOURS,
    OTHER_SHOP,
    REPORTS,
    RETURNS,
    Life,
    Table,
    life,
    moment,
    other_shop,
    stock_shop,
    text_of,
)
from some_cases import some
from workbench import workbench

LIVES_A_SHOP = some(250, least=150)
SHOPS = some(2 * TIMES, least=1)
ACTS_AT = HOURS // 2
NOW = "2026-03-20T13:00:00Z"
ORDERS = {**REPORTS, "other-shop": other_shop}


@pytest.fixture(scope="session")
def stocked(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with plenty of everything, and the kit that is sold."""
    bench = workbench(template, tmp_path_factory.mktemp("sold") / "shop.db")
    stock_shop(bench, 20_000, "2026-03-01T09:00:00Z")
    return bench.path


class Seller:
    """A shop of its own, and what is typed there."""

    def __init__(self, run: Run, stocked: Path, path: Path) -> None:
        self._run = run
        self._bench, self._upload = workbench(stocked, path), path.with_suffix(".txt")

    def types(self, *words: str, may_refuse: bool = False) -> str:
        ran = self._run("--db", line_of(self._bench.path), *words, now=NOW)
        assert ran.exit_code == 0 or may_refuse, (words, ran)
        return ran.stdout

    def reads(self, files: Sequence[Path]) -> None:
        for file in files:
            kind, hour, _ = file.name.split("~")
            words = OTHER_SHOP if kind == "other-shop" else ()
            if kind in RETURNS:
                self.types("return", "import", str(file))
            else:
                self.types("order", "import", str(file), "--as-of", moment(int(hour)), *words)

    def book(self) -> dict[str, str]:
        """All that is seen of the orders."""
        seen = {
            "export": self.types("order", "export", "--raw"),
            "pick": self.types("pick", "--group", "order", "--format", "csv"),
            "returns": without_numbers(self.types("return", "list", "--format", "csv", "--raw")),
        }
        self.types("shipment", "confirm", str(self._upload))
        seen["confirm"] = self._upload.read_text() if self._upload.exists() else ""
        assert self._bench.broken_laws() == []
        return seen


def without_numbers(text: str) -> str:
    """A list of returns without their numbers, which are given in the order in which they come in."""
    rows = [
        {name: cell for name, cell in row.items() if name != "return_id"} for row in csv.DictReader(StringIO(text))
    ]
    return "\n".join(sorted(",".join(row.values()) for row in rows))


def written(folder: Path, kind: str, rows: Table, hour: int) -> Path:
    path = folder / f"{kind}~{hour}~{len(list(folder.iterdir()))}.txt"
    path.write_text(text_of(kind, rows), encoding="utf-8")
    return path


def acts(lives: Sequence[Life], draw: Random) -> list[tuple[str, ...]]:
    """Commands of one hour, about items of which nothing left or was canceled by then."""
    found: list[tuple[str, ...]] = []
    for place, order in enumerate(lives):
        if order.is_amazons or order.paid > ACTS_AT or draw.random() < 0.96:
            continue
        whole = [item for item in order.items if not item.shipped(ACTS_AT) and not item.canceled(ACTS_AT)]
        if whole and draw.random() < 0.2:
            found.append(("order", "hold", order.number))
            continue
        if whole and draw.random() < 0.3:
            key = f"#{whole[0].item_id}:{whole[0].quantity}"
            reason = ("--by", "buyer", "--reason", "asked", "--yes")
            found.append(("order", "cancel", order.number, "--line", key, *reason))
            whole = whole[1:]
        if whole:
            lines = [
                word for item in whole for word in ("--line", f"#{item.item_id}:{draw.randint(1, item.quantity)}")
            ]
            how = ("--carrier", "USPS", "--tracking", f"94001{place:06d}", "--on", "2026-03-20")
            found.append(("ship", order.number, *lines, *how))
        if draw.random() < 0.3:
            found.append(("order", "edit", order.number, "--address", f"{place} Edited Street"))
    return found


@pytest.mark.campaign
@pytest.mark.parametrize("number", range(SHOPS))
def test_any_files_around_the_sellers_commands_give_one_book(
    run: Run, stocked: Path, tmp_path: Path, number: int
) -> None:
    """Before her acts she has read the order report, which names the items; returns follow what was shipped."""
    draw = drawing(f"typed {number}")
    lives = [life(draw, each) for each in range(1, LIVES_A_SHOP + 1)]
    folder = tmp_path / "files"
    folder.mkdir()

    def report(kind: str, hour: int) -> Path:
        some = [each for each in lives if draw.random() < 0.8]
        return written(folder, kind, ORDERS[kind](some, hour, draw), hour)

    known = written(folder, "order-report", REPORTS["order-report"](lives, ACTS_AT, draw), ACTS_AT)
    early = [known, *(report(draw.choice(list(ORDERS)), draw.randrange(ACTS_AT)) for _ in range(3))]
    late = [report(kind, draw.randrange(ACTS_AT, HOURS)) for kind in draw.sample(list(ORDERS), k=4)]
    last = [
        written(folder, kind, REPORTS[kind](lives, HOURS, draw), HOURS) for kind in ("all-orders", "fba-shipments")
    ]
    done = acts(lives, draw)
    canceled = {words[2] for words in done if words[1] == "cancel"}  # of these nothing can come back to her
    sent = [each for each in lives if each.number not in canceled]
    back = [
        written(folder, kind, RETURNS[kind](sent, hour, draw), hour) for kind in RETURNS for hour in (180, HOURS)
    ]
    one, other = Seller(run, stocked, tmp_path / "one.db"), Seller(run, stocked, tmp_path / "other.db")

    one.reads(early)
    for words in done:
        one.types(*words)
    one.reads([*late, *last, *back])
    other.reads([known])
    for words in done:
        other.types(*words)
    other.reads(shuffled([*early, *late, *last, *draw.choices(early, k=2)], draw))
    other.reads(shuffled([*back, *draw.choices([*back, *late], k=3)], draw))

    book = one.book()
    assert all(book.values())
    assert other.book() == book


def shuffled(files: list[Path], draw: Random) -> list[Path]:
    return draw.sample(files, k=len(files))
