"""A delivery told again is known by what was told of it, not by the order of its lines or by today's weights."""

from pathlib import Path

import pytest

from cli.steps import content, done
from conftest import Run
from shelf import kept

GOODS = ("RING-7:1@10.00", "RING-8:1@10.00", "NECK-MOON:1@10.00")
OTHERS = ("RING-7:2@10.00", "RING-8:1@10.01", "NECK-MOON:3@9.98")
WEIGHTS = {"RING-7": "10", "RING-8": "20", "NECK-MOON": "40"}
EUROS = ("purchase", "receive", "1", "--rate", "1.01")
BEGINNINGS = {"stock": ("stock", "receive"), "purchase": EUROS}


def told(command: str, goods: tuple[str, ...], *more: str) -> tuple[str, ...]:
    """A line that receives goods under a reference."""
    words = goods if command == "stock" else tuple(word for each in goods for word in ("--line", each))
    return (*BEGINNINGS[command], *words, "--reference", "D1", *more)


def weigh(shop: Run, weights: dict[str, str]) -> None:
    for sku, grams in weights.items():
        done(shop("product", "edit", sku, "--weight-grams", grams))


@kept
def bought(shop: Run) -> Run:
    """Purchase 1 of three products at one price in euros; each of them has a weight."""
    done(shop("supplier", "add", "Ateliers Noir", "--currency", "EUR"))
    done(shop("purchase", "add", *(f"{sku}:9@10.00" for sku in WEIGHTS), "--supplier", "Ateliers Noir"))
    weigh(shop, WEIGHTS)
    return shop


@pytest.mark.parametrize("command", BEGINNINGS)
@pytest.mark.parametrize("goods", [GOODS, OTHERS])
@pytest.mark.parametrize("split", ["value", "quantity", "weight"])
@pytest.mark.parametrize("freight", ["0.01", "0.02", "7.77"])
def test_a_delivery_told_again_in_another_order_is_the_same(
    bought: Run, database: Path, command: str, goods: tuple[str, ...], split: str, freight: str
) -> None:
    more = ("--freight", freight, "--split", split)
    done(bought(*told(command, goods, *more)))
    before = content(database)

    for again in (goods, goods[::-1], (goods[1], goods[2], goods[0])):
        assert done(bought(*told(command, again, *more))).stderr.startswith("Unchanged: delivery D1")
    assert content(database) == before


@pytest.mark.parametrize("command", BEGINNINGS)
@pytest.mark.parametrize("weight", ["150", ""])
def test_a_delivery_shared_by_weight_is_the_same_when_a_weight_is_corrected(
    bought: Run, database: Path, command: str, weight: str
) -> None:
    more = ("--freight", "7.00", "--split", "weight")
    done(bought(*told(command, OTHERS, *more)))
    weigh(bought, {"RING-7": weight})
    before = content(database)

    again = done(bought(*told(command, OTHERS, *more)))

    assert again.stderr.startswith("Unchanged: delivery D1")
    assert content(database) == before


@pytest.mark.parametrize("command", BEGINNINGS)
@pytest.mark.parametrize("split", ["value", "quantity", "weight"])
@pytest.mark.parametrize(
    ("goods", "freight"),
    [
        (OTHERS, "7.01"),
        (OTHERS, "0"),
        (OTHERS[:2], "7.00"),
        ((*OTHERS[:2], "NECK-MOON:2@9.98"), "7.00"),
        ((*OTHERS[:2], "NECK-MOON:3@9.99"), "7.00"),
    ],
)
def test_a_delivery_of_another_content_is_refused_however_it_is_shared(
    bought: Run, database: Path, command: str, split: str, goods: tuple[str, ...], freight: str
) -> None:
    done(bought(*told(command, OTHERS, "--freight", "7.00", "--split", split)))
    weigh(bought, {"RING-7": "150"})
    before = content(database)

    ran = bought(*told(command, goods, "--freight", freight, "--split", split))

    assert (ran.exit_code, ran.stderr.count("\n")) == (5, 1)
    assert "was received with another content" in ran.stderr
    assert content(database) == before


@pytest.mark.parametrize("command", BEGINNINGS)
@pytest.mark.parametrize("split", ["value", "quantity"])
def test_a_delivery_that_was_shared_otherwise_is_refused(bought: Run, command: str, split: str) -> None:
    done(bought(*told(command, OTHERS, "--freight", "7.00", "--split", "weight")))

    assert bought(*told(command, OTHERS, "--freight", "7.00", "--split", split)).exit_code == 5
