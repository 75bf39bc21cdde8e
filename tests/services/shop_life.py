"""What a state machine of a shop stands on: its database, its clock, and what is asked at the end of its life."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from ordercli.domain.times import shift
from ordercli.errors import NotFound, Refused, UsageProblem
from ordercli.queries.doctor import Checked, row_findings
from ordercli.queries.reader import reading_through
from ordercli.services.catalog.listings import add_listing
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.locations import add_location
from ordercli.services.stock.recipes import set_recipe
from services.plain_shop import KIT, PACK, RECIPES, SKUS, promise_nothing
from turned import staying
from workbench import Workbench, workbench

BEGIN = "2026-03-16T13:00:00Z"


class MachineOfAShop(RuleBasedStateMachine):
    """Use cases on a copy of a database of its own.

    Attributes:
        stocked: what each life begins with.
    """

    stocked: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.bench: Workbench = workbench(self.stocked, Path(self.folder.name) / "shop.db")
        self.reader = staying(self.bench.path)
        self.now = BEGIN
        self.numbers = 0

    def teardown(self) -> None:
        """What ``doctor`` asks of the rows, at the end of each life."""
        try:
            assert self.doubts() == []
        finally:
            self.reader.close()
            self.folder.cleanup()

    def doubts(self) -> list[Checked]:
        reader = reading_through(self.reader, now=self.now)
        return [found for found in row_findings(reader, deep=True) if found.status == "BROKEN"]

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a SELECT; by a connection that stays open, as it is asked after every step."""
        return self.reader.execute(sql, values).fetchall()

    def tick(self) -> str:
        self.now = shift(self.now, seconds=60)
        return self.now

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def tried(self, use_case: Callable[[Work], Outcome]) -> bool:
        try:
            self.bench.do(use_case, now=self.now)
        except (Refused, NotFound, UsageProblem):
            return False
        return True


def stocked_shop(template: Path, folder: Path) -> Path:
    """What a machine begins with: three rings of each kind, a kit, a pack of two on Amazon, a second place."""
    bench = workbench(template, folder / "stocked.db")
    bench.do(promise_nothing)
    for sku in SKUS:
        bench.stock_up((sku, 3, 950), now=BEGIN)
    bench.make_product(KIT, now=BEGIN)
    for use_case in (
        lambda work: set_recipe(work, KIT, tuple(RECIPES[0].items())),
        lambda work: add_listing(work, "amazon", KIT, KIT, {"cap": 2}),
        lambda work: add_listing(work, "amazon", PACK, "RING-7", {"units_per_pack": 2, "buffer": 1}),
        lambda work: add_location(work, "ATTIC", None),
    ):
        bench.do(use_case, now=BEGIN)
    return bench.path
