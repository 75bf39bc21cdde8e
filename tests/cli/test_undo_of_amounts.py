"""An amount that goes back is told in its own currency, whatever the shop's is."""

from pathlib import Path

import pytest

import ordercli.models.schema  # noqa: F401 - maps every table
from cli.steps import card, done, listed
from conftest import Run
from ordercli.models.base import Base
from ordercli.services.orders import merged_books
from ordercli.services.safety.words import CALLED, PRICED_IN
from shelf import kept

AMOUNTS = ("unit price", "price", "minimum", "item price", "label cost", "cost")
CASES = {
    "product": ("product edit RING-7 --unit-price 35", "Unit price of RING-7 35.00 → 34.00."),
    "listing": ("listing edit Y-RING --channel tokyo --price 3600", "Price of Y-RING 3600 → 3400."),
    "supplier": ("supplier edit Kyoto --minimum 7000", "Minimum of Kyoto 7000 → 5000."),
    "order_line": ("order edit Y-1002 --price RING-7:1600", "Item price of Y-1002 RING-7 3200 → 3000."),
    "return_authorization": (
        "return authorize RMA-000001 --label-cost 450",
        "Label cost of RMA-000001 450 → 300.",
    ),
    "shipment": ("shipment fix 1 --cost 5.85", "Cost of shipment 1 5.85 → 4.85."),
}


@kept
def abroad(shop: Run) -> Run:
    """A shop with USD that sells in yen, buys in yen, and has a return of an order in yen on its way."""
    done(shop("channel", "add", "tokyo"))
    done(shop("config", "set", "channel.tokyo.currency", "JPY"))
    done(shop("listing", "add", "Y-RING", "--channel", "tokyo", "--product", "RING-7", "--price", "3400"))
    done(shop("supplier", "add", "Kyoto", "--currency", "JPY", "--minimum", "5000"))
    for order in ("Y-1001", "Y-1002"):
        done(shop("order", "add", order, "--channel", "tokyo", "--line", "RING-7:2@1500"))
    done(shop("ship", "Y-1001", "--carrier", "USPS", "--cost", "4.85"))
    label = ("--label-cost", "300")
    done(shop("return", "open", "Y-1001", "--line", "RING-7:1", "--reason", "unwanted", *label))
    return shop


def test_every_table_whose_amounts_are_told_is_tried() -> None:
    """And every one that may be in another currency."""
    priced = {
        table
        for table in CALLED
        if any(column.name.endswith("_minor") for column in Base.metadata.tables[table].columns)
    }

    assert set(CASES) == priced
    assert set(PRICED_IN) < priced


@pytest.mark.parametrize("table", CASES)
def test_an_amount_goes_back_in_its_own_currency(abroad: Run, table: str) -> None:
    command, expected = CASES[table]
    done(abroad(*command.split()))

    undone = done(abroad("--yes", "undo"))

    assert expected in undone.stderr.splitlines()
    assert changes(abroad, -1)[-1] == tuple(reversed(changes(abroad, -2)[-1]))
    assert " {} → {}.".format(*changes(abroad, -1)[-1]) in expected


def changes(run: Run, place: int) -> list[tuple[str, str]]:
    """What the journal says that amounts were and became by the operation at a place of all."""
    operations = sorted(row["operation"] for row in listed(run, "log"))
    rows = listed(run, "log", "show", str(operations[place]))
    return [(row["old_value"], row["new_value"]) for row in rows if row["field"] in AMOUNTS]


def test_an_amount_is_told_by_the_decimals_that_its_order_had_before_and_after(shop: Run) -> None:
    """In the order's history, in the journal, however often the currency changed since, and by an undo."""
    tells(shop, "bare.csv", "2000", "")
    done(shop("order", "edit", "T-1", "--price", "RING-7:1800"))
    done(shop("order", "edit", "T-1", "--price", "RING-7:2000"))
    tells(shop, "yen.csv", "", "JPY")

    expected = [("2000.00", "1800.00"), ("1800.00", "2000.00"), ("2000.00", "2000")]
    assert [changes(shop, place)[0] for place in (-3, -2, -1)] == expected
    history = "\n".join(row["detail"] for row in card(shop, "order", "show", "T-1")["events"])
    assert "price 2000.00 → 2000" in history
    undone = done(shop("--yes", "undo"))

    assert "Currency of T-1 JPY → none." in undone.stderr
    assert "Item price of T-1 RING-7 2000 → 2000.00." in undone.stderr.splitlines()
    assert [changes(shop, place)[0] for place in (-4, -3, -2, -1)] == [*expected, ("2000", "2000.00")]
    again = done(shop("--yes", "undo", "8"))
    assert "Item price of T-1 RING-7 2000.00 → 2000." in again.stderr.splitlines()


def tells(run: Run, name: str, price: str, currency: str, *how: str) -> None:
    Path(name).write_text(f"order_id,sku,quantity,item_price,currency\nT-1,RING-7,1,{price},{currency}\n")
    done(run("order", "import", name, *how))


@pytest.mark.parametrize("enough", [1, 10**9], ids=["by SQL", "by the pure function"])
def test_the_same_number_of_another_currency_is_a_change(
    shop: Run, enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merged_books, "ENOUGH", enough)
    tells(shop, "bare.csv", "20.00", "", "--as-of", "2026-03-16T11:00:00Z")

    tells(shop, "yen.csv", "2000", "JPY", "--as-of", "2026-03-16T12:00:00Z")

    events = [row["detail"] for row in card(shop, "order", "show", "T-1")["events"]]
    assert "RING-7: price 20.00 → 2000" in events


def test_an_amount_whose_currency_goes_back_too_is_told_in_what_it_was_in(abroad: Run) -> None:
    done(abroad("supplier", "edit", "Kyoto", "--minimum", ""))
    done(abroad("supplier", "edit", "Kyoto", "--currency", "USD", "--minimum", "50"))

    undone = done(abroad("--yes", "undo"))

    assert "Minimum of Kyoto 50.00 → none." in undone.stderr.splitlines()
