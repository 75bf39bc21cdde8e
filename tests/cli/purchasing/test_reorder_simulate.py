"""``reorder simulate``: what the last year would have missed and cost by the settings and by others."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from cli.purchasing.test_reorder_commands import sell
from cli.steps import content, done, listed
from conftest import Run
from shelf import kept

STEADY = [2, 1, 0, 1] * 40


@kept
def old_shop(shop: Run) -> Run:
    """RING-7 sold one a day for 160 days, RING-8 only in the last month."""
    sell(shop, STEADY)
    lines = ["order_id,sku,quantity,quantity_shipped,ordered_at"]
    days = [date(2026, 3, 15) - timedelta(days=back) for back in range(30)]
    lines += [f"T-{day},RING-8,1,1,{day}T12:00:00-04:00" for day in days]
    done(shop("order", "import", "-", stdin="\n".join(lines) + "\n"))
    return shop


def test_a_steady_product_would_have_missed_nothing_by_usual_settings(old_shop: Run, database: Path) -> None:
    before = content(database)

    rows = {row["settings"]: row for row in listed(old_shop, "reorder", "simulate")}

    assert list(rows) == [
        "as set",
        "service 90%",
        "service 98%",
        "cover 14 days",
        "cover 60 days",
        "computed points",
    ]
    now = rows["as set"]
    # 160 days less the first 30; RING-8 has too short a history.
    assert (now["sku"], now["products"], now["wanted"], now["missed"], now["fill_rate"]) == (None, 1, 129, 0, 1.0)
    assert (now["service_level"], now["cover_days"], now["lead_time_days"]) == ("95%", "30", "14")
    assert rows["cover 14 days"]["mean_stock"] < now["mean_stock"] < rows["cover 60 days"]["mean_stock"]
    assert rows["cover 14 days"]["purchases"] > now["purchases"]
    assert float(now["cost"]) == 9.5 * now["units_bought"]
    assert float(now["stock_value"]) == pytest.approx(9.5 * now["mean_stock"], abs=0.5)
    assert content(database) == before


def test_other_settings_are_laid_beside_those_there_are(old_shop: Run) -> None:
    asked = ("--service-level", "99%", "--cover", "20", "--lead-time", "40", "--sku", "RING-7")

    now, other = listed(old_shop, "reorder", "simulate", *asked)

    assert (now["settings"], now["sku"], other["settings"]) == ("as set", "RING-7", "as asked")
    assert (other["service_level"], other["cover_days"], other["lead_time_days"]) == ("99%", "20", "40")
    assert (now["wanted"], other["wanted"]) == (129, 129)


def test_a_typed_point_that_is_too_low_misses_what_the_computed_one_does_not(old_shop: Run) -> None:
    done(old_shop("product", "edit", "RING-7", "--reorder-point", "1"))

    typed, computed = listed(old_shop, "reorder", "simulate", "--computed")

    assert typed["missed"] > 0 == computed["missed"]


def test_each_product_can_have_its_row(old_shop: Run) -> None:
    rows = listed(old_shop, "reorder", "simulate", "--each", now="2026-06-01T09:00:00-04:00")

    assert [(row["settings"], row["sku"]) for row in rows[:2]] == [("as set", "RING-7"), ("as set", "RING-8")]


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl"])
def test_every_format_shows_it(old_shop: Run, form: str) -> None:
    ran = done(old_shop("reorder", "simulate", "--format", form))

    assert "as set" in ran.stdout
    assert ran.stderr == ""


def test_a_young_shop_is_told_what_is_missing(shop: Run) -> None:
    assert done(shop("reorder", "simulate")).stdout == "No product has orders that go back 60 days or more.\n"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (6, ("--sku", "RING-77")),
        (2, ("--service-level", "50%")),
        (2, ("--cover", "0")),
        (2, ("--lead-time", "-1")),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(old_shop: Run, code: int, arguments: tuple[str, ...]) -> None:
    ran = old_shop("reorder", "simulate", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
