"""What was typed in a wrong place, or in other capitals, is told as the command that was meant."""

from pathlib import Path

import pytest

from cli.steps import content, done
from conftest import Run

PLACES = {
    "receive": "ordercli return receive | ordercli stock receive | ordercli stock fba receive",
    "stock RING-7": "ordercli stock show RING-7",
    "stock ring-7": "ordercli stock show RING-7",
    "product neck": "ordercli product show NECK-MOON",
    "order 0006": "ordercli order show 114-0000006-0000006",
    "0006": "ordercli order show 114-0000006-0000006",
    "ring-7": "ordercli stock show RING-7",
    "ring": "ordercli stock show RING-7 | ordercli stock show RING-8",
    "rma-000001": "ordercli return show RMA-000001",
    "return rma-000001": "ordercli return show RMA-000001",
    "supplier silver": "ordercli supplier show 'Silver & Son'",
    "delay": "ordercli template show delay | ordercli day | ordercli today",
    "tody": "ordercli today",
    "metrics late_shipment_rate_10d": "ordercli metrics show late_shipment_rate_10d",
    "stok": "ordercli stock",
}


@pytest.mark.parametrize("line", PLACES)
def test_a_word_in_a_wrong_place_is_told_as_what_it_names(busy_shop: Run, line: str) -> None:
    done(busy_shop("ship", "0002", "--carrier", "USPS"))
    done(busy_shop("return", "open", "0002", "--line", "RING-7:1", "--reason", "x"))

    ran = busy_shop(*line.split())

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == f"No such command {line.rsplit(maxsplit=1)[-1]!r}. Did you mean: {PLACES[line]}\n"


@pytest.mark.parametrize("line", ["order show", "order hold", "ship --carrier UPS", "explain order", "pick"])
def test_an_order_in_other_capitals_is_told(shop: Run, database: Path, line: str) -> None:
    done(shop("order", "add", "Etsy-AB12", "--line", "RING-7:1"))
    done(shop("order", "add", "Shop-77", "--line", "RING-7:1"))
    before = content(database)

    for typed in ("etsy-ab12", "ab12"):
        ran = shop(*line.split(), typed)
        assert (ran.stdout, ran.stderr) == ("", f"There is no order {typed!r}; did you mean Etsy-AB12?\n")
        assert ran.exit_code in (5, 6)
    assert shop(*line.split(), "zz-0077").stderr == "There is no order 'zz-0077'.\n"

    assert content(database) == before


def test_without_a_database_a_word_is_no_command(run: Run, tmp_path: Path) -> None:
    ran = run("--db", str(tmp_path / "none.db"), "RING-7")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == "No such command 'RING-7' (help: ordercli --help)\n"
