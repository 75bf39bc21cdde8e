"""``reorder --fba``: what to send to Amazon from own stock, what to buy, and Amazon's advice beside it."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from cli.steps import content, done, listed
from conftest import Run
from ordercli.domain.demand import Demand
from ordercli.domain.purchasing.fba_plan import plan_sending
from ordercli.domain.reorder_point import Policy
from shelf import kept

DATA = Path(__file__).parents[2] / "data" / "amazon_fba"
NOON = "2026-03-15T12:00:00-04:00"
SELLING = Demand(per_day=1.0, deviation=0.0, days=30, units=30)
NONE = Demand(per_day=0.0, deviation=0.0, days=30, units=0)
SENDING = Policy(10, 30, 0.95)
BUYING = Policy(14, 30, 0.95)


@pytest.mark.parametrize(
    ("there", "own", "at_home", "needed", "reserve", "sent"),
    [
        pytest.param(10, 100, NONE, 30, 0, 30, id="at its point"),
        pytest.param(11, 100, NONE, 0, 0, 0, id="above its point"),
        pytest.param(0, 25, NONE, 40, 0, 25, id="all there is"),
        pytest.param(0, 25, SELLING, 40, 14, 11, id="own orders keep theirs"),
        pytest.param(0, 10, SELLING, 40, 14, 0, id="nothing to spare"),
        pytest.param(0, -3, NONE, 40, 0, 0, id="units owed"),
    ],
)
def test_what_is_sent_fills_amazon_up_and_leaves_what_own_orders_need(
    there: int, own: int, at_home: Demand, needed: int, reserve: int, sent: int
) -> None:
    found = plan_sending(SELLING, SENDING, there=there, own=own, at_home=at_home, buying=BUYING)

    assert (found.needed, found.reserve, found.quantity) == (needed, reserve, sent)


def test_nothing_is_sent_of_what_amazon_does_not_sell() -> None:
    assert plan_sending(NONE, SENDING, there=0, own=50, at_home=NONE, buying=BUYING).needed == 0


def fba_orders(units: int) -> str:
    lines = ["order_id,channel,sku,quantity,quantity_shipped,ordered_at,fulfillment"]
    for place in range(units):
        day = date(2026, 3, 15) - timedelta(days=place)
        lines.append(f"114-00000{place:02}-00000{place:02},amazon,R7-FBA,1,1,{day}T12:00:00-04:00,FBA")
    return "\n".join(lines) + "\n"


@kept
def fba_shop(shop: Run) -> Run:
    """RING-7 sold by Amazon: one a day for fifteen days, of thirty; 14 there, 10 at home."""
    done(shop("listing", "add", "R7-FBA", "--product", "RING-7", "--fulfillment", "FBA", "--fnsku", "X001ABCDEF"))
    done(shop("order", "import", "-", stdin=fba_orders(15)))
    done(shop("product", "edit", "RING-7", "--reorder-point", ""))
    return shop


def plan(run: Run, *arguments: str) -> dict[str, object]:
    (row,) = listed(run, "reorder", "--fba", "--sku", "RING-7", *arguments)
    return row


def test_units_are_sent_from_home_and_the_rest_is_bought(fba_shop: Run) -> None:
    row = plan(fba_shop)

    # point 0.5 x 10 + 1.645 x 0.509 x sqrt(10) = 7.6; target 0.5 x 40 + 2.6 = 22.6
    assert (row["fba_velocity_per_day"], row["fba_reorder_point"], row["fba_target"]) == (0.5, 8, 23)
    assert (row["available"], row["own_reserve"], row["send_quantity"], row["fba_units_30"]) == (10, 0, 10, 15)
    assert "13 of 23 cannot be spared" in str(row["reason"])
    (bought,) = listed(fba_shop, "reorder", "--sku", "RING-7")
    assert row["buy_quantity"] == bought["suggested_quantity"] > 0
    assert fba_shop("reorder", "--fba", "--check").exit_code == 3


def test_units_on_their_way_count(fba_shop: Run) -> None:
    done(fba_shop("stock", "fba", "send", "RING-7:10", "--reference", "FBA1"))

    row = plan(fba_shop)

    assert (row["fba_inbound"], row["send_quantity"], row["fba_days_of_supply"]) == (10, 0, 20.0)


def test_settings_decide_how_long_units_sent_should_last(fba_shop: Run) -> None:
    done(fba_shop("config", "set", "fba_cover_days", "60"))
    done(fba_shop("config", "set", "fba_lead_time_days", "20"))

    assert plan(fba_shop)["fba_target"] == 44  # 0.5 x 80 + 3.7


def test_amazons_figures_stand_beside_ours(fba_shop: Run) -> None:
    done(fba_shop("stock", "fba", "import", str(DATA / "restock.txt"), "--at", NOON))

    row = plan(fba_shop)

    told = ("amazon_recommended_quantity", "amazon_days_of_supply", "amazon_units_30", "amazon_alert")
    assert [row[name] for name in told] == [12, 30, 3, "low_stock"]
    assert row["amazon_stated_at"] == "2026-03-15T16:00:00Z"


def test_the_planning_report_fills_what_the_restock_report_leaves_open(fba_shop: Run) -> None:
    ran = done(fba_shop("stock", "fba", "import", str(DATA / "planning.txt"), "--at", NOON))
    assert ran.stderr.startswith("Planning report of 1 product at 2026-03-15T16:00:00Z: Amazon's figures kept")

    row = plan(fba_shop)

    told = ("amazon_recommended_quantity", "amazon_days_of_supply", "amazon_units_30", "amazon_excess_quantity")
    assert [row[name] for name in told] == [None, 365, 9, 0]


@pytest.mark.parametrize("file", ["restock.txt", "planning.txt"])
def test_the_same_report_again_changes_nothing(fba_shop: Run, database: Path, file: str) -> None:
    done(fba_shop("stock", "fba", "import", str(DATA / file), "--at", NOON))
    before = content(database)

    for at in ((), ("--at", NOON)):
        ran = done(fba_shop("stock", "fba", "import", str(DATA / file), *at))
        assert ran.stderr.startswith("Unchanged:")
    assert content(database) == before


def test_another_report_of_the_same_moment_is_refused(fba_shop: Run) -> None:
    done(fba_shop("stock", "fba", "import", str(DATA / "planning.txt"), "--at", NOON))
    other = (DATA / "planning.txt").read_text(encoding="utf-8").replace("\t9\t", "\t8\t")

    ran = fba_shop("stock", "fba", "import", "-", "--at", NOON, stdin=other)

    assert (ran.exit_code, "Another planning report is of 2026-03-15" in ran.stderr) == (5, True)


def test_a_figure_that_is_none_names_its_row_and_column(fba_shop: Run, database: Path) -> None:
    before = content(database)
    bad = (DATA / "planning.txt").read_text(encoding="utf-8").replace("365+", "plenty")

    ran = fba_shop("stock", "fba", "import", "-", stdin=bad)

    assert (ran.exit_code, "line 2, column days-of-supply: 'plenty' is not a number" in ran.stderr) == (5, True)
    assert content(database) == before


def test_listings_of_packs_are_added_up_in_units(fba_shop: Run) -> None:
    done(
        fba_shop(
            "listing", "add", "R7-FBA-3", "--product", "RING-7", "--fulfillment", "FBA", "--units-per-pack", "3"
        )
    )
    row = (DATA / "planning.txt").read_text(encoding="utf-8").splitlines()
    pack = row[1].replace("R7-FBA", "R7-FBA-3").replace("X001ABCDEF", "X009").replace("365+", "40")
    done(fba_shop("stock", "fba", "import", "-", stdin="\n".join([*row, pack]) + "\n"))

    found = plan(fba_shop)

    assert (found["amazon_units_30"], found["amazon_days_of_supply"]) == (9 + 3 * 9, 40)
