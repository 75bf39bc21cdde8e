"""Whether prices contain the tax, set otherwise: the orders from that day on follow at once, and back by undo."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from cli.steps import card, done, listed
from conftest import Run
from ordercli.services.safety import leaving

SETTING = "channel.etsy.prices_include_tax"
HEAD = "order_id,sku,quantity,ordered_at,Price,Tax\n"
MAP = ("--map", "Price=item_price", "--map", "Tax=item_tax", "--channel", "etsy")
SAME = [word for name in ("order_id", "sku", "quantity", "ordered_at") for word in ("--map", f"{name}={name}")]


@pytest.fixture
def taxed(shop: Run) -> Run:
    """Three orders of three days, on a channel without marketplaces."""
    rows = "".join(f"E-{n},RING-7,1,2026-03-0{n}T12:00:00Z,119.00,19.00\n" for n in (1, 2, 3))
    Path("etsy.csv").write_text(HEAD + rows)
    done(shop("order", "import", "etsy.csv", *MAP, *SAME))
    return shop


def totals(run: Run) -> dict[str, str]:
    return {
        row["order_id"]: row["total"] for row in listed(run, "order", "list", "--all") if row["channel"] == "etsy"
    }


def test_orders_from_its_day_follow_a_setting_at_once(taxed: Run) -> None:
    assert totals(taxed) == dict.fromkeys(("E-1", "E-2", "E-3"), "138.00")

    ran = done(taxed("config", "set", SETTING, "yes", "--from", "2026-03-02"))

    assert ran.stdout == ""
    assert f"Set {SETTING} to yes from 2026-03-02; 2 orders brought in line (operation" in ran.stderr
    assert totals(taxed) == {"E-1": "138.00", "E-2": "119.00", "E-3": "119.00"}
    event = card(taxed, "order", "show", "E-2")["events"][-1]
    assert "price 119.00 → 100.00" in event["detail"]
    fields = {row["term"]: row for row in listed(taxed, "explain", "order", "E-2") if row["line"]}
    assert (fields["is_tax_included"]["value"], fields["is_tax_included"]["report"]) == ("yes", "setting")
    assert fields["is_tax_included"]["operations"] == str(event["operation"])


def test_a_unit_price_is_without_tax_on_the_card_as_in_the_export(taxed: Run) -> None:
    done(taxed("config", "set", SETTING, "yes", "--from", "2026-03-01"))

    (line,) = card(taxed, "order", "show", "E-2")["lines"]
    rows = csv.DictReader(StringIO(done(taxed("order", "export")).stdout))
    exported = next(row for row in rows if row["order_id"] == "E-2")

    assert (line["unit_price"], line["unit_price_shown"], exported["unit_price"]) == ("100.00", "119.00", "100.00")
    for name in ("gift_wrap_price", "gift_wrap_tax"):
        assert (line[name] or "") == exported[name]


def test_what_is_set_back_or_undone_is_as_it_was(taxed: Run) -> None:
    done(taxed("config", "set", SETTING, "yes", "--from", "2026-03-01"))
    before = totals(taxed)
    done(taxed("config", "set", SETTING, "auto", "--from", "2026-03-03"))

    assert totals(taxed) == {"E-1": "119.00", "E-2": "119.00", "E-3": "138.00"}
    done(taxed("undo", "--yes"))
    assert totals(taxed) == before == dict.fromkeys(("E-1", "E-2", "E-3"), "119.00")
    done(taxed("undo", "--yes"))
    assert totals(taxed) == dict.fromkeys(("E-1", "E-2", "E-3"), "138.00")


@pytest.mark.parametrize("order", ["id", "min(id) OVER (PARTITION BY table_name), id DESC"])
def test_an_undo_names_the_same_orders_however_the_engine_came_upon_them(
    shop: Run, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of one statement are journaled in the order in which they were found."""
    rows = "".join(f"E-{n},RING-7,1,2026-03-01T12:00:00Z,119.00,19.00\n" for n in range(5, 15))
    Path("etsy.csv").write_text(HEAD + rows)
    done(shop("order", "import", "etsy.csv", *MAP, *SAME))
    done(shop("config", "set", SETTING, "yes", "--from", "2026-03-01"))
    monkeypatch.setattr(leaving, "ENTRIES", leaving.ENTRIES.replace("ORDER BY id", f"ORDER BY {order}"))

    ran = done(shop("undo", "--yes"))

    assert "Tax included of E-10 RING-7, E-11 RING-7, E-12 RING-7 and 7 more yes → no" in ran.stderr


def test_a_file_read_later_finds_the_orders_in_line(taxed: Run) -> None:
    done(taxed("config", "set", SETTING, "yes", "--from", "2026-03-01"))

    again = done(taxed("order", "import", "etsy.csv", *MAP, *SAME))

    assert "Unchanged: " in again.stderr
    assert done(taxed("doctor")).exit_code == 0


def test_what_a_row_tells_of_its_tax_no_setting_overrules(shop: Run) -> None:
    Path("own.csv").write_text(
        "order_id,channel,sku,quantity,item_price,item_tax,is_tax_included\nE-9,etsy,RING-7,1,100.00,19.00,0\n"
    )
    done(shop("order", "import", "own.csv"))

    ran = done(shop("config", "set", SETTING, "yes"))

    assert "0 orders brought in line" in ran.stderr
    assert totals(shop) == {"E-9": "119.00"}


def test_a_refund_above_what_the_order_costs_now_is_told(taxed: Run) -> None:
    done(taxed("ship", "E-2", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    done(taxed("order", "refund", "E-2", "--amount", "138", "--part", "item", "--reason", "late", "--yes"))

    ran = done(taxed("config", "set", SETTING, "yes", "--from", "2026-03-01"))

    assert "warning: order E-2: more was refunded than its units cost now" in ran.stderr


def test_orders_follow_a_setting_that_is_taken_away(taxed: Run) -> None:
    done(taxed("config", "set", SETTING, "yes", "--from", "2026-03-01"))

    ran = done(taxed("config", "unset", SETTING, "--from", "2026-03-02"))

    assert "2 orders brought in line" in ran.stderr
    assert totals(taxed) == {"E-1": "119.00", "E-2": "138.00", "E-3": "138.00"}


def test_an_order_without_a_currency_is_in_the_shops_for_the_tax_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCLI_DB", str(tmp_path / "berlin.db"))
    done(run("init", "--time-zone", "Europe/Berlin", "--currency", "EUR"))
    done(run("product", "add", "RING-7"))
    head = ("amazon-order-id", "purchase-date", "last-updated-date", "order-status", "sku", "quantity")
    at, amounts = "2026-03-10T12:00:00+00:00", ("item-price", "item-tax", "currency")
    rows = [
        (f"250-000000{place}-0000001", at, at, "Unshipped", "RING-7", "1", "119.00", "19.00", currency)
        for place, currency in enumerate(("", "EUR"))
    ]
    Path("amazon.txt").write_text("".join("\t".join(row) + "\n" for row in ((*head, *amounts), *rows)))

    done(run("order", "import", "amazon.txt"))

    assert [row["total"] for row in listed(run, "order", "list", "--all")] == ["119.00", "119.00"]
