"""Random histories of a shop: ``doctor`` after each command, then each command undone, back to the empty shop.

On the way back every state is met again that was there on the way: orders, stock, money, promises and all the rest
that can be seen of a shop (``digest.py``).
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from campaign import TIMES, drawing
from campaigns.staying import staying
from cli.reports.generated_shops import STEPS, GeneratedShop, furnish
from digest import digest_of
from here import Ran
from ordercli.filedriver import FileDriver
from ordercli.queries.doctor import row_findings
from ordercli.queries.reader import reading_through
from ordercli.services.safety.undo import undo
from workbench import Workbench

COMMANDS = 50
HISTORIES = 1 if TIMES == 1 else 50 * TIMES
_STATEMENTS = 1_000


@dataclass
class HistoryShop(GeneratedShop):
    """A generated shop that is examined after each command.

    Attributes:
        connection: stays open, since the same statements are asked after every command.
        states: the number of each operation in force that was no undo, and what could be seen after it.
        undone: the last operation that was undone with nothing done since, and the state it had made.
        commands: the line of each command that wrote something, for a failure to be read.
    """

    connection: FileDriver = field(kw_only=True)
    states: list[tuple[int, str]] = field(default_factory=list)
    undone: tuple[int, int, str] | None = None
    commands: list[str] = field(default_factory=list)

    def run(self, *arguments: str, stdin: str | None = None, now: datetime | None = None) -> Ran:
        """Run one command; if it wrote something, the shop is sound, and its state is remembered."""
        before = self.last()
        ran = super().run(*arguments, stdin=stdin, now=now)
        after = self.last()
        if after > before and arguments[1:2] != ("undo",):
            assert after == before + 1
            self.commands.append(f"{after}: {' '.join(arguments)}")
            self.states.append((after, self.examined()))
            self.undone = None
        return ran

    def names(self, sql: str) -> list[str]:
        """What there is to act on, through the connection that is open."""
        return [str(name) for (name,) in self.connection.execute(sql)]

    def last(self) -> int:
        """The number of the last operation."""
        return int(self.connection.execute("SELECT max(id) FROM operation").fetchone()[0])

    def examined(self, *, deep: bool = False) -> str:
        """A hash of all that can be seen of the shop, in which ``doctor`` finds nothing wrong."""
        reader = reading_through(self.connection, now=self.days(0))
        findings = [f for f in row_findings(reader, deep=deep) if f.example is not None and f.check.is_grave]
        assert findings == [], self.told()
        return sha256(repr(digest_of(self.connection)).encode()).hexdigest()

    def take_back(self) -> None:
        """Undo the last operation: what was there before it is there again."""
        number, state = self.states.pop()
        Workbench(self.path).do(lambda work: undo(work, number), now=self.days(0))
        assert self.examined() == self.states[-1][1], self.told(number)
        self.undone = (self.last(), number, state)

    def do_again(self) -> None:
        """Undo the undo: what had been there is there again."""
        if self.undone is None:
            return
        (by, number, state), self.undone = self.undone, None
        Workbench(self.path).do(lambda work: undo(work, by), now=self.days(0))
        assert self.examined() == state, self.told(number)
        self.states.append((number, state))

    def told(self, number: int | None = None) -> str:
        """What was done, for whoever reads a failure."""
        head = "" if number is None else f"operation {number} of\n"
        return head + "\n".join(self.commands)


# What is done besides what every generated shop does ---------------------------------------------------

Step = Callable[[HistoryShop, Random], None]


def _open_orders(shop: HistoryShop) -> list[str]:
    return shop.names("SELECT order_id FROM sales_order WHERE units_open > 0 AND fulfillment = 'FBM'")


def pick(shop: HistoryShop, draw: Random) -> None:
    """Units are taken from the shelf, put back, or not there."""
    orders = _open_orders(shop)
    if orders:
        order = draw.choice(orders)
        shop.run(
            "pick",
            *draw.choice(
                (
                    ("--confirm",),
                    ("--confirm",),
                    ("--put-back", order),
                    ("--short", order, f"{draw.choice(('RING-7', 'EARR-LEAF', 'NECK-MOON'))}:1"),
                )
            ),
        )


def pack(shop: HistoryShop, draw: Random) -> None:
    """An order is packed."""
    orders = _open_orders(shop)
    if orders:
        shop.run("pack", draw.choice(orders))


def add(shop: HistoryShop, draw: Random) -> None:
    """An order is typed in."""
    sku = draw.choice(("RING-7", "EARR-LEAF", "GIFT-SET"))
    urgent = draw.choice(((), ("--ship-by", shop.days(0.1))))
    shop.run("--yes", "order", "add", "--line", f"{sku}:{draw.randint(1, 3)}@9", *urgent)


def note(shop: HistoryShop, draw: Random) -> None:
    """A remark or a tag on an order."""
    if shop.orders:
        order = draw.choice(shop.orders)
        shop.run("order", *draw.choice((("note", order, "rang"), ("edit", order, "--tag", "gift"))))


def buy(shop: HistoryShop, draw: Random) -> None:
    """A purchase goes one step on."""
    purchases = shop.names("SELECT id FROM purchase")
    if not purchases or draw.random() < 0.4:
        shop.run("purchase", "add", f"{draw.choice(('RING-7', 'NECK-MOON'))}:{draw.randint(2, 9)}@4")
    else:
        purchase = draw.choice(purchases)
        step = draw.choice((("place",), ("receive",), ("receive",), ("cancel",)))
        shop.run("--yes", "purchase", *step, purchase)


def at_amazon(shop: HistoryShop, draw: Random) -> None:
    """Units go to Amazon and arrive there."""
    shipments = shop.names("SELECT reference FROM fba_shipment")
    if not shipments or draw.random() < 0.5:
        shop.run(
            "stock", "fba", "send", f"{draw.choice(('RING-7', 'NECK-MOON'))}:1", "--reference", f"F{shop.number()}"
        )
    else:
        shop.run("stock", "fba", "arrive", draw.choice(shipments))


def take_back(shop: HistoryShop, draw: Random) -> None:
    """The last command is undone, and perhaps done again."""
    if len(shop.states) > 1:
        shop.take_back()
        if draw.random() < 0.5:
            shop.do_again()


MORE: tuple[Step, ...] = (pick, pick, pack, add, add, note, buy, buy, at_amazon, take_back)


@pytest.fixture(scope="module")
def furnished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(template, tmp_path_factory.mktemp("histories") / "shop.db")


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_is_sound_at_every_step_and_is_undone_to_the_empty_shop(
    furnished: Path, tmp_path: Path, seed: int
) -> None:
    draw = drawing(f"history {seed}")
    path = tmp_path / "shop.db"
    path.write_bytes(furnished.read_bytes())
    with (
        closing(
            sqlite3.connect(path, isolation_level=None, cached_statements=_STATEMENTS, factory=FileDriver)
        ) as connection,
        staying(path),
    ):
        shop = HistoryShop(path, connection=connection)
        _live(shop, draw)
        while len(shop.states) > 1:
            shop.take_back()
            if draw.random() < 0.1:
                shop.do_again()
        shop.examined(deep=True)
        beginning = shop.states[0][0]
        for number in range(beginning, 1, -1):
            Workbench(path).do(lambda work, number=number: undo(work, number), now=shop.days(0))  # type: ignore[misc]
        shop.examined()
        left = {table for table, rows in digest_of(connection).items() if rows}

    assert left == {"channel", "location", "setting", "shop"}


def _live(shop: HistoryShop, draw: Random) -> None:
    shop.states.append((shop.last(), shop.examined()))
    steps: tuple[Step, ...] = (*STEPS, *MORE)
    while len(shop.commands) < COMMANDS:
        shop.now += timedelta(hours=draw.choice((1, 5, 11, 26)))
        draw.choice(steps)(shop, Random(draw.random()))  # noqa: S311 - repeatable, guards nothing
    shop.examined(deep=True)
