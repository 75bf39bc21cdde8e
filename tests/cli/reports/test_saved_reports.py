"""Statements under names of the shop's own, beside the reports of the program."""

from pathlib import Path

import pytest

from cli.steps import done, listed, receipt
from conftest import Run

SQL = "-- What sold since a day\nSELECT sku, on_hand FROM v_stock WHERE sku >= :since ORDER BY sku\n"


@pytest.fixture
def saved(shop: Run) -> Run:
    Path("best.sql").write_text(SQL, encoding="utf-8")
    done(shop("report", "save", "best", "best.sql"))
    return shop


def test_a_report_is_saved_listed_run_and_removed(saved: Run) -> None:
    (row,) = [row for row in listed(saved, "report", "list") if row["kind"] == "saved"]
    assert row == {
        "report": "best",
        "kind": "saved",
        "about": "What sold since a day",
        "parameters": "since",
        "statement": SQL.strip(),
    }
    assert [each["sku"] for each in listed(saved, "report", "run", "best", "--param", "since=RING-7")] == [
        "RING-7",
        "RING-8",
    ]

    ran = done(saved("--yes", "report", "remove", "best"))

    assert ran.stderr == "Removed saved report best (operation 5).\n"
    gone = saved("report", "run", "best")
    assert (gone.exit_code, gone.stderr) == (6, "There is no saved report 'best'.\n")
    done(saved("undo", "--yes"))
    assert listed(saved, "report", "run", "best", "--param", "since=RING-8")


def test_the_reports_of_the_program_stand_first(saved: Run) -> None:
    rows = listed(saved, "report", "list")

    assert [row["report"] for row in rows][-2:] == ["settlement", "best"]
    assert {"sales", "profit", "aging"} <= {row["report"] for row in rows if row["kind"] == "built_in"}
    assert all(row["about"] for row in rows)


def test_the_same_statement_again_changes_nothing_and_another_takes_its_place(saved: Run) -> None:
    assert receipt(saved("report", "save", "best", "best.sql", "--format", "json"))["operation"] is None
    assert done(
        saved(
            "report",
            "save",
            "best",
            "-",
            stdin="SELECT 1 AS one",
        )
    ).stderr.startswith("Changed report best")
    assert listed(saved, "report", "run", "best") == [{"one": 1}]
    assert done(saved("report", "save", "other", "best.sql", "--dry-run")).stderr.startswith("Dry run")
    assert saved("report", "run", "other").exit_code == 6


@pytest.mark.parametrize(
    ("name", "sql", "code", "sentence"),
    [
        ("sales", SQL, 5, "ordercli report sales is there already; take another name."),
        ("run", SQL, 5, "ordercli report run is there already; take another name."),
        ("Best One", SQL, 2, "NAME: 'Best One' is not a name of up to 30 lower-case letters, digits and '-'."),
        ("other", "", 2, "stdin: there is no statement in it."),
        ("other", "-- nothing", 2, "stdin: there is no statement in it."),
        ("other", "SELECT 1; SELECT", 2, "stdin: one statement at a time; a second begins at line 1, column 11."),
        ("other", "SELECT 1\nFROM x", 2, "stdin: no such table 'x' at line 2, column 6."),
        ("other", "DELETE FROM product WHERE sku = :sku", 5, "stdin: it writes; statements only read here."),
        ("other", f"SELECT '{'x' * 100_001}'", 2, "stdin: it is longer than 100,000 signs."),
    ],
)  # fmt: skip
def test_what_is_no_report_is_not_saved(shop: Run, name: str, sql: str, code: int, sentence: str) -> None:
    ran = shop("report", "save", name, "-", stdin=sql)

    assert (ran.exit_code, ran.stdout, ran.stderr) == (code, "", f"{sentence}\n")
    assert [row for row in listed(shop, "report", "list") if row["kind"] == "saved"] == []


def test_what_a_report_lacks_or_has_not_is_named(saved: Run) -> None:
    for more, sentence in (
        ((), "Report best: parameter since has no value; add --param since=VALUE."),
        (("--param", "since=A", "--param", "until=B"), "Report best: there is no parameter 'until' in it."),
    ):
        ran = saved("report", "run", "best", *more)
        assert (ran.exit_code, ran.stdout, ran.stderr) == (2, "", f"{sentence}\n")
    both = saved("report", "run", "best", "--param", "sinse=A")
    assert both.stderr == (
        "Report best: parameter since has no value; add --param since=VALUE; there is no parameter 'sinse' in"
        " it; did you mean since?\n"
    )
    near = saved("report", "run", "bset")
    assert (near.exit_code, near.stderr) == (6, "There is no saved report 'bset'; did you mean best?\n")
    assert saved("--yes", "report", "remove", "best", "bset").exit_code == 6
    assert listed(saved, "report", "run", "best", "--param", "since=RING-8")


def test_a_report_about_people_is_shown_only_on_wish(saved: Run) -> None:
    told = done(saved("report", "save", "people", "-", stdin="SELECT customer_name FROM personal_data")).stderr
    assert "It shows personal data: ordercli report run people --reveal\n" in told

    ran = saved("report", "run", "people")

    assert (ran.exit_code, ran.stderr) == (
        5,
        "Report people: personal_data.customer_name is personal data; see it with --reveal, which is logged.\n",
    )
    done(saved("report", "run", "people", "--reveal"))
    assert listed(saved, "log", "--limit", "1")[0]["command"] == "report run"
