"""``metrics feedback`` and ``claim``: what was recorded by mistake counts no more, and was known until then."""

from pathlib import Path

import pytest

from cli.health.test_metrics_commands import number, rates, take_in
from cli.steps import content, done, listed
from conftest import Run
from shelf import kept

BEFORE = "2026-03-16T20:00:00-04:00"
LATER = "2026-03-17T09:00:00-04:00"
DEFECTS = "order_defect_rate"


@kept
def noted(run: Run) -> Run:
    """A hundred orders; the first with three stars and then one, the second with a claim."""
    take_in(run, ["2026-02-20T12:00:00-05:00"] * 100)
    done(run("metrics", "feedback", "add", number(1), "--stars", "3", "--on", "2026-03-01"))
    done(run("metrics", "feedback", "add", number(1), "--stars", "1", "--on", "2026-03-02"))
    done(run("metrics", "claim", "add", number(2), "--on", "2026-03-03"))
    return run


def defects(run: Run, *options: str, now: str = LATER) -> object:
    """The defects of the rate, as asked for at a moment."""
    (row,) = (row for row in listed(run, "metrics", *options, now=now) if row["metric"] == DEFECTS)
    return row["numerator"]


def test_what_is_removed_counts_no_more_and_was_known_until_then(noted: Run) -> None:
    assert rates(noted)[DEFECTS]["numerator"] == 2

    feedback = done(noted("--yes", "metrics", "feedback", "remove", "2", now=LATER))
    claim = done(noted("--yes", "metrics", "claim", "remove", "1", now=LATER))

    assert feedback.stderr.startswith(f"Removed 1-star feedback of 2026-03-02 on order {number(1)} (operation ")
    assert claim.stderr.startswith(f"Removed a-to-z (open) of 2026-03-03 on order {number(2)} (operation ")
    assert defects(noted) == 0
    assert defects(noted, "--known-at", BEFORE) == 2
    assert defects(noted, "--as-of", "2026-03-10") == 0
    assert listed(noted, "metrics", "show", DEFECTS, "--all", now=LATER) != []


def test_what_a_removed_remark_replaced_holds_again(noted: Run) -> None:
    done(noted("metrics", "feedback", "add", number(1), "--stars", "5", "--on", "2026-03-04"))
    five = defects(noted)
    done(noted("--yes", "metrics", "feedback", "remove", "3"))

    assert (five, defects(noted)) == (1, 2)
    again = done(noted("metrics", "feedback", "add", number(1), "--stars", "1", "--on", "2026-03-02"))
    assert again.stderr.startswith("Unchanged: ")


def test_a_rate_of_which_everything_is_removed_has_no_data(noted: Run) -> None:
    for words in (("feedback", "remove", "1"), ("feedback", "remove", "2"), ("claim", "remove", "1")):
        done(noted("--yes", "metrics", *words))

    assert rates(noted)[DEFECTS]["status"] == "NO_DATA"


def test_the_lists_tell_the_numbers_and_what_was_removed(noted: Run) -> None:
    done(noted("--yes", "metrics", "feedback", "remove", "2", now=LATER))

    kept_rows = listed(noted, "metrics", "feedback", "list")
    every = listed(noted, "metrics", "feedback", "list", "--removed", "--order", number(1))
    claims = listed(noted, "metrics", "claim", "list")

    assert [(row["feedback"], row["stars"]) for row in kept_rows] == [(1, 3)]
    assert [(row["feedback"], row["removed_at"]) for row in every] == [(2, "2026-03-17T13:00:00Z"), (1, None)]
    assert [(row["claim"], row["kind"], row["status"], row["filed_on"]) for row in claims] == [
        (1, "a-to-z", "open", "2026-03-03")
    ]


def test_a_file_does_not_bring_back_what_was_removed(noted: Run, database: Path) -> None:
    told = f"order_id,kind,status,filed_on\n{number(2)},a-to-z,open,2026-03-03\n"
    done(noted("--yes", "metrics", "claim", "remove", "1"))
    before = content(database)

    ran = done(noted("metrics", "claim", "import", "-", stdin=told))

    assert ran.stderr.startswith("Unchanged: ")
    assert content(database) == before


@pytest.mark.parametrize("kind", ["feedback", "claim"])
def test_removing_twice_changes_nothing_and_a_number_that_is_none_is_refused(noted: Run, kind: str) -> None:
    done(noted("--yes", "metrics", kind, "remove", "1"))

    again = done(noted("--yes", "metrics", kind, "remove", "1"))
    missing = noted("--yes", "metrics", kind, "remove", "99")

    assert again.stderr == f"Unchanged: {kind} 1 is removed already.\n"
    assert (missing.exit_code, missing.stderr) == (
        6,
        f"There is no {kind} 99; see: ordercli metrics {kind} list\n",
    )
