"""Feedback and claims from files, supposing, comparing, and noted changes."""

from pathlib import Path

import pytest

from cli.health.test_metrics_commands import DUE, LATE_30, confirm, number, rates, sixty, take_in
from cli.health.test_rates import SHIPPED, promised, ship
from cli.steps import content, done, listed
from conftest import Run

__all__ = ["sixty"]
FEEDBACK = "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"


def open_orders(run: Run) -> None:
    rows = "order_id,order_line_id,channel,ordered_at,ship_by,sku,quantity\n"
    rows += "".join(
        f"{number(place)},{place},amazon,2026-03-13T12:00:00-04:00,2026-03-18T06:59:59Z,PIN,1\n"
        for place in (61, 62, 63)
    )
    done(run("order", "import", "-", stdin=rows))


def test_shipping_all_that_is_due_and_missing_one(sixty: Run) -> None:
    open_orders(sixty)
    ids = [number(place) for place in (61, 62, 63)]

    (all_shipped,) = (
        row for row in listed(sixty, "metrics", "what-if", "--ship", ",".join(ids)) if row["metric"] == LATE_30
    )
    (one_missed,) = (
        row
        for row in listed(sixty, "metrics", "what-if", "--ship", ",".join(ids[:2]), "--miss", ids[2])
        if row["metric"] == LATE_30
    )

    assert (all_shipped["numerator"], all_shipped["denominator"]) == (2, 60)
    assert (all_shipped["numerator_then"], all_shipped["denominator_then"]) == (2, 63)
    assert (round(all_shipped["rate_then"], 4), all_shipped["clean_to_recover"]) == (0.0317, 0)
    assert (one_missed["numerator_then"], one_missed["denominator_then"]) == (3, 63)
    assert (round(one_missed["rate_then"], 4), one_missed["status_then"]) == (0.0476, "BREACH")
    assert one_missed["clean_to_recover"] == 13


def test_an_order_past_its_promise_is_late_even_if_it_ships_now(sixty: Run) -> None:
    take_in(sixty, ["2026-02-27T12:00:00-05:00"] * 61, ship_by=DUE)

    rows = listed(sixty, "metrics", "what-if", "--ship", number(61))

    assert {row["metric"]: row["numerator_then"] for row in rows}[LATE_30] == 3


def test_the_rates_supposed_of_begin_with_those_of_metrics(sixty: Run) -> None:
    take_in(sixty, ["2026-02-27T12:00:00-05:00"] * 62, ship_by=DUE)
    now = rates(sixty)[LATE_30]

    (row,) = (row for row in listed(sixty, "metrics", "what-if", "--ship", number(61)) if row["metric"] == LATE_30)

    assert (row["numerator"], row["denominator"], row["status"]) == (
        now["numerator"],
        now["denominator"],
        now["status"],
    )
    assert row["status_then"] == "BREACH"


def test_a_comparison_says_what_it_counts(run: Run) -> None:
    promised(run, "2026-02-20", "2026-02-21", "2026-03-05")
    ship(run, 1, 2)
    ship(run, 3, tracked=False)
    confirm(run, now=SHIPPED)

    (row,) = listed(
        run,
        "metrics",
        "compare",
        "--before",
        "2026-02-15..2026-02-28",
        "--after",
        "2026-03-01..2026-03-14",
        "--measure",
        "valid_tracking_rate",
    )

    assert (row["before_defects"], row["before_counted"], row["after_defects"], row["after_counted"]) == (
        0,
        2,
        1,
        1,
    )
    assert row["conclusion"].startswith(
        "0 of 2 orders without valid tracking (0.0%) before, 1 of 1 orders without valid tracking (100.0%) after"
    )


def test_a_breach_is_explained_by_what_brings_it_back(sixty: Run) -> None:
    def sentence() -> str:
        return done(sixty("explain", "metric", LATE_30)).stdout.splitlines()[0]

    assert sentence().endswith("limit 4 %: AT_RISK; 0 more defects would still be within it.")
    done(sixty("config", "set", "limit.late_shipment_rate", "3%"))
    assert sentence().endswith("limit 3 %: BREACH; 7 more orders without a defect bring it back.")


def test_canceling_counts_once_in_the_window_that_ends_today(sixty: Run) -> None:
    open_orders(sixty)

    (row,) = listed(sixty, "metrics", "what-if", "--cancel", f"{number(61)},{number(62)}")

    assert (row["metric"], row["numerator"], row["numerator_then"]) == ("cancellation_rate", 0, 2)
    assert row["denominator"] == row["denominator_then"] == 3


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        pytest.param(2, ("what-if",), id="nothing supposed"),
        pytest.param(6, ("what-if", "--ship", "9999999"), id="an unknown order"),
        pytest.param(5, ("what-if", "--ship", number(1)), id="a confirmed order"),
        pytest.param(5, ("what-if", "--ship", number(61), "--miss", number(61)), id="an order twice"),
        pytest.param(2, ("compare", "--before", "2026-02-01", "--after", "2026-03-01..2026-03-02"), id="one day"),
        pytest.param(
            2, ("compare", "--before", "2026-02-01..2026-02-20", "--after", "2026-02-20..2026-03-02"), id="shared"
        ),
        pytest.param(
            6,
            ("compare", "--before", "5d..4d", "--after", "3d..2d", "--measure", "late"),
            id="an unknown rate",
        ),
    ],
)
def test_what_cannot_be_supposed_or_compared_is_one_sentence(
    sixty: Run, code: int, arguments: tuple[str, ...]
) -> None:
    open_orders(sixty)

    ran = sixty("metrics", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran


def test_two_spans_are_compared_rate_by_rate(sixty: Run) -> None:
    open_orders(sixty)
    spans = ("--before", "2026-02-27..2026-02-27", "--after", "2026-02-28..2026-02-28")

    rows = {row["measure"]: row for row in listed(sixty, "metrics", "compare", *spans)}

    late = rows[LATE_30]
    assert (late["before_counted"], late["after_defects"], late["after_counted"]) == (0, 2, 60)
    assert (late["p_value"], late["test"]) == (1.0, "Fisher exact")
    assert late["conclusion"] == "nothing counts before, so nothing can be compared"
    assert rows["hours_to_confirm"]["before_counted"] == 60


def test_amazons_feedback_report_is_taken_and_its_comments_are_not(run: Run, database: Path) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"] * 3)
    file = FEEDBACK + f"3/8/26\t1\tAwful, says Ana Pop\t\t{number(1)}\tana@example.com\n"
    file += f"3/9/26\t5\tFine\t\t{number(2)}\tbo@example.com\n3/9/26\t2\t\t\t{number(9)}\tx@example.com\n"

    ran = run("metrics", "feedback", "import", "-", stdin=file)

    assert (ran.exit_code, "line 4, column Order ID" in ran.stderr) == (4, True)
    assert rates(run)["order_defect_rate"]["numerator"] == 1
    assert "Ana Pop" not in str(content(database))
    before = content(database)
    again = run("metrics", "feedback", "import", "-", stdin=file)
    assert (again.exit_code, "Unchanged: every feedback row is recorded already." in again.stderr) == (4, True)
    assert content(database) == before


def test_files_of_feedback_give_the_same_in_any_order(run: Run) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"] * 2)
    early, late = (FEEDBACK + f"3/{day}/26\t{stars}\t\t\t{number(1)}\t\n" for day, stars in ((8, 1), (12, 5)))
    done(run("metrics", "feedback", "import", "-", stdin=late))
    done(run("metrics", "feedback", "import", "-", stdin=early))

    days = ("2026-03-09", "2026-03-13")

    assert [rates(run, "--as-of", day)["order_defect_rate"]["numerator"] for day in days] == [1, 0]


def test_claims_and_chargebacks_come_from_a_file(run: Run) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"] * 3)
    file = "order_id,kind,status,filed_on\n"
    file += f"{number(1)},a-to-z,granted,2026-03-08\n{number(2)},chargeback,open,2026-03-09\n"
    file += f"{number(3)},a-to-z,denied,2026-03-09\n"

    done(run("metrics", "claim", "import", "-", stdin=file))

    assert rates(run)["order_defect_rate"]["numerator"] == 2
    bad = run(
        "metrics", "claim", "import", "-", stdin=f"order_id,kind,status,filed_on\n{number(1)},theft,open,3d\n"
    )
    assert (bad.exit_code, "theft" in bad.stderr) == (5, True)


def test_columns_that_are_read_under_another_name_are_not_said_to_be_left_out(run: Run) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"])

    ran = done(
        run("metrics", "feedback", "import", "-", stdin=f"Order ID,Rating,Date\n{number(1)},1,2026-03-08\n")
    )

    assert "did you mean" not in ran.stderr
    assert rates(run)["order_defect_rate"]["numerator"] == 1


def test_a_file_without_the_columns_is_refused(run: Run) -> None:
    ran = run("metrics", "feedback", "import", "-", stdin="Order ID,Date\n1,2\n")

    assert (ran.exit_code, "no column stars (or Rating)" in ran.stderr) == (5, True)


def test_a_change_is_noted_compared_and_judged(run: Run) -> None:
    start = ("improve", "start", "labels the evening before", "--measure", LATE_30, "--on", "2026-03-10")
    done(run(*start))
    assert "Unchanged" in run(*start).stderr

    (row,) = listed(run, "improve", "list")
    assert (row["outcome"], row["started_on"], row["metric"]) == ("running", "2026-03-10", LATE_30)
    assert row["command"] == (
        "ordercli metrics compare --before 2026-03-04..2026-03-09 --after 2026-03-10..2026-03-15"
        f" --measure {LATE_30}"
    )
    done(run(*row["command"].split()[1:]))
    done(run("improve", "end", "1", "--outcome", "kept", "--on", "2026-03-14"))
    assert "Unchanged" in run("improve", "end", "1", "--outcome", "kept", "--on", "2026-03-14").stderr
    assert run("improve", "end", "1", "--outcome", "dropped").exit_code == 5
    assert run("improve", "end", "7", "--outcome", "kept").exit_code == 6
    assert run("improve", "start", "x", "--measure", "late").exit_code == 6
    assert listed(run, "improve", "list")[0]["outcome"] == "kept"
