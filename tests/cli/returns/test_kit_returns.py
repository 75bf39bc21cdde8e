"""A kit that comes back: single components go where they belong, and profit and the cost of returns know it."""

import pytest

from cli.steps import card, done, level, listed
from conftest import Run
from shelf import kept


@kept
def kit_back(run: Run) -> Run:
    """A set of one clasp at 1.00 and forty beads at 0.10 was sold for 20.00 and came back."""
    for sku, cost, units in (("CLASP", "1", 1), ("BEAD", "0.10", 40)):
        done(run("product", "add", sku, "--unit-cost", cost))
        done(run("stock", "receive", f"{sku}:{units}", "--cost", cost))
    done(run("product", "add", "SET", "--unit-price", "20"))
    done(run("product", "kit", "SET", "CLASP:1", "BEAD:40"))
    done(run("order", "add", "S-0001", "--line", "SET:1"))
    done(run("ship", "S-0001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    done(run("return", "open", "S-0001", "--reason", "too large"))
    done(run("return", "receive", "RMA-000001"))
    return run


def test_one_broken_bead_of_forty_goes_to_damaged_and_the_rest_to_the_shelf(kit_back: Run) -> None:
    ran = done(
        kit_back("return", "inspect", "RMA-000001", "--as", "sellable", "--part", "BEAD:1=customer_damaged")
    )

    assert "1 unit of return RMA-000001 as sellable, of it 1 BEAD customer_damaged" in ran.stderr
    assert (level(kit_back, "BEAD")["on_hand"], level(kit_back, "BEAD")["damaged"]) == (39, 1)
    assert (level(kit_back, "CLASP")["on_hand"], level(kit_back, "CLASP")["quarantine"]) == (1, 0)
    done(kit_back("return", "refund", "RMA-000001", "--yes"))
    (refund,) = card(kit_back, "return", "show", "RMA-000001")["refunds"]
    assert (refund["amount"], refund["disposition"]) == ("20.00", "sellable")
    (profit,) = listed(kit_back, "report", "profit")
    assert profit["cogs"] == "0.10"
    (cost,) = listed(kit_back, "return", "cost")
    assert cost["goods_back"] == "4.90"


def test_what_is_sellable_of_a_broken_kit_gives_its_cost_back(kit_back: Run) -> None:
    done(kit_back("return", "inspect", "RMA-000001", "--as", "defective", "--part", "BEAD:39=sellable"))

    (profit,) = listed(kit_back, "report", "profit")
    assert profit["cogs"] == "1.10"


@pytest.mark.parametrize(
    ("part", "exit_code", "sentence"),
    [
        ("BEAD:41=defective", 5, "have 40 of BEAD to inspect, not 41."),
        ("PEARL:1=defective", 6, "have no component PEARL."),
        ("BEAD:1", 2, "is not SKU:QTY=DISPOSITION"),
        ("BEAD:1=cracked", 2, "is not SKU:QTY=DISPOSITION"),
        ("BEAD:0=defective", 2, "--part"),
        ("=defective", 2, "--part"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_moves(
    kit_back: Run, part: str, exit_code: int, sentence: str
) -> None:
    ran = kit_back("return", "inspect", "RMA-000001", "--as", "sellable", "--part", part)

    assert (ran.exit_code, ran.stdout) == (exit_code, "")
    assert sentence in ran.stderr
    assert level(kit_back, "BEAD")["quarantine"] == 40
