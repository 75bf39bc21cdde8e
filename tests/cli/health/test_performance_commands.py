"""Amazon's own figures: taken in once, and laid beside ours over Amazon's days."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cli.health.test_metrics_commands import CANCELED, DEFECTS, LATE_30, TRACKED, sixty
from cli.steps import content, done, listed
from conftest import Run

__all__ = ["sixty"]
REPORT = Path(__file__).parents[2] / "data" / "amazon_performance" / "performance.json"


def beside(run: Run) -> dict[str, dict[str, Any]]:
    return {row["metric"]: row for row in listed(run, "metrics", "amazon")}


def test_amazons_figures_stand_beside_ours_with_what_explains_the_difference(sixty: Run) -> None:
    ran = done(sixty("metrics", "import", str(REPORT)))

    rows = beside(sixty)

    assert "Imported 8 figures of 1 marketplace" in ran.stderr
    late = rows[LATE_30]
    assert (late["amazon_numerator"], late["amazon_denominator"], late["amazon_status"]) == (3, 60, "BAD")
    assert (late["numerator"], late["denominator"], round(late["difference"], 4)) == (2, 60, -0.0167)
    assert {name: rows[name]["why"] for name in (LATE_30, CANCELED, DEFECTS, TRACKED, "onTimeDeliveryRate")} == {
        LATE_30: "1 defect not recorded here",
        CANCELED: "2 orders not known here: import the reports of these days",
        DEFECTS: "same",
        TRACKED: "10 shipments known here that the channel does not count",
        "onTimeDeliveryRate": "not counted here",
    }
    assert (late["marketplace"], late["account_status"], late["stated_on"]) == (
        "SAMPLEPLACE1",
        "NORMAL",
        "2026-03-16",
    )
    assert (rows["accountHealthRating"]["amazon_status"], rows["accountHealthRating"]["denominator"]) == (
        "GREAT",
        None,
    )


def test_a_report_on_one_marketplace_may_name_it_in_the_statuses_alone(run: Run) -> None:
    told = json.loads(REPORT.read_text(encoding="utf-8"))
    del told["performanceMetrics"][0]["marketplaceId"]

    ran = done(run("metrics", "import", "-", stdin=json.dumps(told)))

    assert "Imported 8 figures of 1 marketplace" in ran.stderr
    assert {(row["marketplace"], row["account_status"]) for row in beside(run).values()} == {
        ("SAMPLEPLACE1", "NORMAL")
    }


def test_the_same_report_again_is_unchanged_and_a_dry_run_writes_nothing(run: Run, database: Path) -> None:
    before = content(database)
    assert "Dry run" in done(run("metrics", "import", str(REPORT), "--dry-run")).stderr
    assert content(database) == before
    done(run("metrics", "import", str(REPORT)))
    kept = content(database)

    again = done(run("metrics", "import", "-", stdin=REPORT.read_text(encoding="utf-8")))

    assert again.stderr == "Unchanged: this report is recorded already.\n"
    assert content(database) == kept


def test_the_report_that_looks_farthest_counts_in_whatever_order_they_come(run: Run) -> None:
    late, early = REPORT.read_text(encoding="utf-8"), REPORT.read_text(encoding="utf-8").replace("03-15", "03-14")
    done(run("metrics", "import", "-", stdin=late))
    done(run("metrics", "import", "-", stdin=early))

    assert beside(run)[LATE_30]["window_end"] == "2026-03-15"


def test_names_of_amazons_own_example_are_read_too(run: Run) -> None:
    text = REPORT.read_text(encoding="utf-8").replace("preFulfillmentCancellationRate", "prefulfillmentCancelRate")
    done(run("metrics", "import", "-", stdin=text.replace('"2026-02-14T00:00Z"', '"2026-03-06T00:00Z"')))

    rows = beside(run)

    assert (rows[CANCELED]["amazon_denominator"], "late_shipment_rate_10d" in rows) == (62, True)


def test_before_any_report_the_table_says_what_to_do(run: Run) -> None:
    ran = done(run("metrics", "amazon"))

    assert "ordercli metrics import" in ran.stdout + ran.stderr


def one_figure(**told: object) -> str:
    return json.dumps({"performanceMetrics": [{"marketplaceId": "A1", "lateShipmentRate": told}]})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("{", "is not JSON", id="cut off"),
        pytest.param("", "is not JSON", id="empty"),
        pytest.param("[" * 100_000, "is not JSON", id="nested without end"),
        pytest.param('{"performanceMetrics": NaN}', "is not JSON", id="no number"),
        pytest.param("[1]", "no performanceMetrics", id="a list"),
        pytest.param('{"performanceMetrics": []}', "no performanceMetrics", id="nothing in it"),
        pytest.param('{"performanceMetrics": [{}]}', "names no marketplace", id="named nowhere"),
        pytest.param(
            '{"accountStatuses": [{"marketplaceId": "A1"}, {"marketplaceId": "A2"}], "performanceMetrics": [{}]}',
            "names no marketplace",
            id="which of two is not told",
        ),
        pytest.param(
            '{"accountStatuses": [{"marketplaceId": "A1"}], "performanceMetrics": [{}, {}]}',
            "names no marketplace",
            id="two of one place",
        ),
        pytest.param('{"performanceMetrics": [7]}', "names no marketplace", id="no object"),
        pytest.param(
            '{"performanceMetrics": [{"marketplaceId": "\\u001b[31m"}]}',
            "names no marketplace",
            id="a control code",
        ),
        pytest.param(one_figure(orderCount=-1), "orderCount is '-1', not a count", id="a negative count"),
        pytest.param(one_figure(orderCount=True), "orderCount is 'True'", id="a flag for a count"),
        pytest.param(one_figure(rate=5), "not a fraction", id="a percentage for a rate"),
        pytest.param(
            one_figure(reportingDateRange={"reportingDateFrom": "yesterday"}), "is not a day", id="no day"
        ),
    ],
)
def test_what_is_no_such_report_is_one_sentence(run: Run, database: Path, text: str, words: str) -> None:
    before = content(database)

    ran = run("metrics", "import", "-", stdin=text)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1), ran
    assert words in ran.stderr
    assert content(database) == before


@pytest.mark.skipif("ORDERCLI_SAMPLES" not in os.environ, reason="needs the collected reports")
def test_amazons_published_example_is_taken(run: Run) -> None:
    done(
        run("metrics", "import", str(Path(os.environ["ORDERCLI_SAMPLES"]) / "amazon/account-health-example.json"))
    )

    rows = beside(run)

    assert (rows[CANCELED]["amazon_numerator"], rows["order_defect_rate_fba"]["amazon_denominator"]) == (
        551,
        539000,
    )
    assert rows[CANCELED]["why"].endswith("contradicts its own counts")
