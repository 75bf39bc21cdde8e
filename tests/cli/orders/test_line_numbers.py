"""Lines of one SKU that no file gave an id are told apart by their numbers, in every command that names lines."""

import pytest

from cli.steps import card, done
from conftest import Run

Lines = list[dict[str, object]]


def lines(run: Run, order: str) -> Lines:
    found: Lines = card(run, "order", "show", order)["lines"]
    return found


def column(run: Run, name: str) -> list[object]:
    return [line[name] for line in lines(run, "S-0001")]


@pytest.fixture
def twice(shop: Run) -> Run:
    """An order of two rings at their price and two at another."""
    done(shop("order", "add", "S-0001", "--line", "RING-7:2", "--line", "RING-7:2@20"))
    assert column(shop, "line") == [1, 2]
    return shop


def test_each_command_takes_the_line_that_is_named(twice: Run) -> None:
    done(twice("order", "edit", "S-0001", "--line", "#1:3"))
    assert column(twice, "quantity") == [3, 2]
    done(twice("order", "cancel", "S-0001", "--line", "#2:1", "--by", "buyer", "--reason", "one only", "--yes"))
    assert column(twice, "canceled") == [0, 1]
    done(twice("ship", "S-0001", "--line", "#2:1", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    assert column(twice, "shipped") == [0, 1]
    done(twice("ship", "S-0001", "--line", "#1:3", "--carrier", "USPS", "--tracking", "9400111899223197428510"))
    done(twice("return", "open", "S-0001", "--line", "#2:1", "--line", "#1:1", "--reason", "too large"))
    done(twice("return", "receive", "RMA-000001", "--line", "#2:1"))
    assert column(twice, "returned") == [0, 1]
    done(twice("return", "inspect", "RMA-000001", "--line", "#2:1", "--as", "sellable"))
    refund = ("order", "refund", "S-0001", "--amount", "1", "--part", "item", "--reason", "late", "--yes")
    done(twice(*refund, "--line", "#2"))
    assert column(twice, "refunded") == ["0.00", "1.00"]


def test_a_number_that_no_line_has_is_not_found(twice: Run) -> None:
    missing = twice("order", "cancel", "S-0001", "--line", "#3:1", "--by", "buyer", "--reason", "none", "--yes")

    assert (missing.exit_code, missing.stderr) == (6, "Order S-0001 has no open line #3.\n")


def test_a_line_with_an_id_is_named_by_that_alone(busy_shop: Run) -> None:
    (line, *_) = lines(busy_shop, "0000002")
    assert line["line"] is None
    words = ("--by", "buyer", "--reason", "none", "--yes")

    assert busy_shop("--yes", "order", "cancel", "0000002", "--line", "#1:1", *words).exit_code == 6
    done(busy_shop("--yes", "order", "cancel", "0000002", "--line", f"#{line['item_id']}:1", *words))
