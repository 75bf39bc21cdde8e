"""A walk through the movements says what the laws of the ledger say, row by row."""

from random import Random

import pytest

from conftest import insert, rolled_back
from ordercli.filedriver import FileDriver
from ordercli.queries.laws import LAWS
from ordercli.queries.ledger_walk import WALKED, LedgerWalk
from ordercli.queries.reader import Reader

PLACES = ("HOME", "FBA", "QUARANTINE", "DAMAGED", "SUPPLIER", "CUSTOMER", "LOSS")
LEVELS, FROM_LEVELS = "levels are the sum of movements", {"stockouts are those of the movements"}
BREAKS = (
    "UPDATE stock_level SET quantity = quantity + 1, allocated = 0 WHERE location = 'HOME'",
    "DELETE FROM stock_level WHERE location = 'FBA'",
    "UPDATE stockout SET ended_at = NULL",
    "DELETE FROM stockout WHERE began_at <> ''",
    "INSERT INTO stockout (product_id, began_at) SELECT id, '2026-03-09T00:00:00Z' FROM product",
    "UPDATE location SET kind = 'outside' WHERE code = 'DAMAGED'",
)


def _moved(blank: FileDriver, draw: Random, *, may_fall: bool) -> None:
    products = [insert(blank, "product", sku=f"P{number}") for number in range(3)]
    held: dict[tuple[int, str], int] = {}
    for hour in range(draw.randint(0, 25)):
        source, target = draw.sample(PLACES, 2)
        product, units = draw.choice(products), draw.randint(1, 4)
        is_inside = source not in ("SUPPLIER", "CUSTOMER", "LOSS")
        if is_inside and held.get((product, source), 0) < units and not may_fall:
            continue
        held[product, source] = held.get((product, source), 0) - units
        held[product, target] = held.get((product, target), 0) + units
        at = (
            f"2026-03-0{1 + hour // 12}T{hour // 2 % 6:02}:00:00Z"  # some at one instant, some before earlier ones
        )
        insert(
            blank,
            "stock_movement",
            kind="transfer",
            product_id=product,
            from_location=source,
            to_location=target,
            quantity=units,
            occurred_at=at,
        )


@pytest.mark.parametrize("seed", range(150))
def test_the_walk_finds_what_the_laws_find(blank: FileDriver, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    draw = Random(seed)  # noqa: S311 - invented movements
    monkeypatch.setattr(blank, "row_factory", None)
    with rolled_back(blank):
        blank.execute("PRAGMA ignore_check_constraints = ON")
        _moved(blank, draw, may_fall=seed % 3 == 0)
        if seed % 2:
            blank.execute(draw.choice(BREAKS))
        reader, walked = (
            Reader(blank, "America/New_York", "USD", "2026-03-16T13:00:00Z", "2026-03-16"),
            LedgerWalk(),
        )
        found = {law: (asking := walked.asking(law)) and asking(reader) for law in WALKED}
        broken = {law for law in WALKED if blank.execute(f"{LAWS[law]} LIMIT 1").fetchone()}
    blank.execute("PRAGMA ignore_check_constraints = OFF")

    # The law of stockouts looks back from the levels: where those are wrong, it says nothing of the spells.
    said = {law for law, example in found.items() if example is not None}
    assert said - FROM_LEVELS == broken - FROM_LEVELS
    assert LEVELS in broken or said == broken


def test_the_walk_answers_laws_that_there_are() -> None:
    assert WALKED.keys() <= LAWS.keys()
