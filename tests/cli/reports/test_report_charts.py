"""``--chart``: a bar for every row of the report, as long as the amount beside it."""

from itertools import pairwise

import pytest

from cli.reports.test_profit import earned
from cli.steps import done, listed
from conftest import Run
from ordercli.domain.money import parse_signed_amount, symbol_amount
from ordercli.render.layout import width

__all__ = ["earned"]
KEYS = {
    "sales": {
        "day": ("day",),
        "week": ("week",),
        "month": ("month",),
        "product": ("sku",),
        "channel": ("channel",),
        "state": ("country", "state"),
    },
    "profit": {
        "order": ("order_id",),
        "sku": ("sku",),
        "channel": ("channel",),
        "fulfillment": ("sku", "fulfillment"),
        "day": ("day",),
        "week": ("week",),
        "month": ("month",),
    },
}
SINCE = ("--since", "2026-03-09")


@pytest.mark.parametrize(("report", "by"), [(report, by) for report, keys in KEYS.items() for by in keys])
def test_every_row_has_its_bar_with_the_reports_own_amount(
    earned: Run, monkeypatch: pytest.MonkeyPatch, report: str, by: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    asked = ("report", report, "--by", by, *SINCE)
    keys = KEYS[report][by]

    lines = done(earned(*asked, "--chart")).stdout.splitlines()

    told, code = [], ""
    for line in lines:
        if line.startswith("  "):
            told.append((code, line.split()[: -1 if "░" in line or "█" in line else None], line.split()[-1]))
        elif line:
            code = line.removeprefix(f"{report.capitalize()}, ")
    assert [(code, amount) for code, _, amount in told] == [
        (row["currency"], symbol_amount(parse_signed_amount(row[report], row["currency"]), row["currency"]))
        for row in sorted(listed(earned, *asked), key=lambda row: row["currency"])
    ]
    names = [" ".join(str(row[key]) for key in keys if row[key]) for row in listed(earned, *asked)]
    assert all(any(line.startswith(f"  {name or 'not told'} ") for line in lines) for name in names)
    assert max(width(line) for line in lines) <= 80


def test_a_longer_bar_is_more_and_a_loss_is_drawn_otherwise(earned: Run) -> None:
    lines = done(earned("report", "profit", "--chart", "--currency", "USD", *SINCE)).stdout.splitlines()
    bars = [line for line in lines if "░" in line or "█" in line]
    amounts = [parse_signed_amount(line.split()[-1].replace("$", ""), "USD") for line in bars]

    assert any(amount < 0 for amount in amounts)
    for line, amount in zip(bars, amounts, strict=True):
        assert ("░" in line) == (amount < 0)
    drawn = sorted(
        (abs(amount), line.count("█") + line.count("░")) for line, amount in zip(bars, amounts, strict=True)
    )
    assert all(shorter[1] <= longer[1] for shorter, longer in pairwise(drawn))


def test_a_list_cut_off_says_so_and_nothing_to_draw_is_said(earned: Run) -> None:
    ran = done(earned("report", "profit", "--chart", "--limit", "1", *SINCE))
    assert ran.stderr == "1 of 4; --all shows all.\n"
    assert len([line for line in ran.stdout.splitlines() if line.startswith("  ")]) == 1

    nothing = done(earned("report", "sales", "--chart", "--since", "2020-01-01", "--until", "2020-01-02"))
    assert nothing.stdout == "No sales between these days.\n"


def test_a_chart_is_for_people(earned: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for report in KEYS:
        ran = earned("report", report, "--chart", "--format", "csv")
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert "leave --format csv away" in ran.stderr
    monkeypatch.setenv("ORDERCLI_FORMAT", "csv")  # a wish that cannot be had
    assert "█" in done(earned("report", "sales", "--chart", *SINCE)).stdout


def test_profit_by_period_has_every_period_and_the_sums_of_the_orders(earned: Run) -> None:
    rows = listed(earned, "report", "profit", "--by", "day", *SINCE, "--until", "2026-03-12")

    assert [row["day"] for row in rows if row["currency"] == "USD"] == [
        f"2026-03-{day:02}" for day in range(9, 13)
    ]
    assert [(row["day"], row["profit"]) for row in rows if row["currency"] == "EUR"][-1] == ("2026-03-12", "25.50")
    assert rows[0]["margin"] is None
    assert {row["month"] for row in listed(earned, "report", "profit", "--by", "month")} >= {"2025-04", "2026-03"}
