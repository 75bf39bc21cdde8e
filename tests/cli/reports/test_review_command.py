"""The week in review."""

from cli.health.test_metrics_commands import number, sixty
from cli.steps import done, listed
from conftest import Run

__all__ = ["sixty"]


def told(run: Run, kind: str, now: str | None = None) -> list[str]:
    rows = listed(run, "review", now=now) if now else listed(run, "review")
    return [row["text"] for row in rows if row["kind"] == kind]


def test_an_empty_shop_has_five_facts_and_three_suggestions(run: Run) -> None:
    rows = listed(run, "review")

    assert [row["kind"] for row in rows] == ["fact"] * 5 + ["suggestion"] * 3
    assert rows[0]["text"] == "No sales in two weeks."
    for row in rows:
        program, *arguments = row["command"].split()
        assert program == "ordercli"
        assert run(*arguments, "--help").exit_code == 0
        if row["kind"] == "fact":
            done(run(*arguments))


def test_the_facts_of_a_week(run: Run) -> None:
    header = "order_id,order_line_id,channel,ordered_at,ship_by,sku,quantity,item_price,currency\n"
    week = [("2026-03-02T12:00:00-05:00", "10.00"), ("2026-03-09T12:00:00-04:00", "10.00")]
    week += [("2026-03-15T23:59:00-04:00", "5.00"), ("2026-03-16T00:00:00-04:00", "99.00")]
    rows = [
        f"114-{place:07d}-{place:07d},{place:014d},amazon,{moment},,PIN,1,{price},USD\n"
        for place, (moment, price) in enumerate(week, start=1)
    ]
    done(run("order", "import", "-", "--create-products", stdin=header + "".join(rows)))

    facts = told(run, "fact")

    assert facts == [
        "Sales of the last 7 days: 15.00 USD (+50% on the week before).",
        "Best seller: PIN, 2 units.",
        "Late: 0 of 0 orders due this week and confirmed.",
        "Returns asked for: 0, of 0 units.",
        "Stock: 1 sold out and 0 low of 1 product.",
    ]


def test_late_orders_of_the_week_and_overdue_ones_are_told(sixty: Run) -> None:
    header = "order_id,order_line_id,channel,ordered_at,ship_by,sku,quantity\n"
    row = f"{number(61)},61,amazon,2026-03-02T12:00:00-05:00,2026-03-05T07:59:59Z,PIN,1\n"
    done(sixty("order", "import", "-", stdin=header + row))

    facts = told(sixty, "fact", "2026-03-05T12:00:00-05:00")
    rows = [row for row in listed(sixty, "review") if row["kind"] == "suggestion"]

    assert "Late: 2 of 60 orders due this week and confirmed." in facts
    assert (rows[0]["text"], rows[0]["command"]) == (
        "Ship 1 order past the promise first.",
        "ordercli order list --overdue",
    )
