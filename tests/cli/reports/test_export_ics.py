"""``export ics``: the dates of ``today`` in a calendar, valid, the same entries each time, without buyers."""

import builtins
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from cli.steps import change_row, done, listed
from conftest import Run
from ordercli.domain.reports.calendar import Calendar, Deadline
from ordercli.domain.text import cleaned
from ordercli.errors import install_line
from ordercli.formats.reports.ics import ics
from shelf import kept

Entries = dict[str, Any]
LATER = "2026-03-18T15:00:00-04:00"
MOST_OCTETS = 75
"""Of a line. Source: RFC 5545, 3.1."""


@kept
def due_shop(busy_shop: Run) -> Run:
    """The busy shop with something due of every kind."""
    for line in (
        ("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"),
        ("ship", "0000002", "--carrier", "USPS", "--tracking", "9400111899223197428510"),
        ("return", "open", "0000001", "--reason", "DEFECTIVE"),
        ("return", "receive", "RMA-000001"),
        ("return", "open", "0000002", "--reason", "too large", "--at", "2026-03-16T08:00:00-04:00"),
        ("supplier", "add", 'Silver, Son; "Co"'),
        (
            "purchase",
            "add",
            "RING-7:5",
            "--cost",
            "9",
            "--expected",
            "2026-03-16",
            "--supplier",
            'Silver, Son; "Co"',
        ),
        ("purchase", "add", "RING-8:7", "--cost", "9", "--expected", "2026-04-02"),
        ("message", "received", "0000003", "--text", "Where is my order?"),
    ):
        done(busy_shop(*line))
    return busy_shop


def entries(text: str) -> Entries:
    """The entries by what their names begin with, as the reading library understands them."""
    made = icalendar.Calendar.from_ical(text)
    assert made.errors == []
    events = list(made.walk("VEVENT"))
    assert all(event.errors == [] for event in events)
    found = {str(event["uid"]).partition("@")[0]: event for event in events}
    assert len(found) == len(events)
    return found


def told(run: Run, now: str | None = None) -> Entries:
    """The entries of ``export ics``."""
    ran = done(run("export", "ics", now=now))
    assert ran.stderr == ""
    return entries(ran.stdout)


def open_ones(found: Entries) -> Entries:
    return {name: event for name, event in found.items() if event["status"] == "CONFIRMED"}


def test_what_is_due_is_told_at_its_time(due_shop: Run) -> None:
    found = open_ones(told(due_shop))

    assert {name: str(event["summary"]) for name, event in found.items()} == {
        "purchase-1": 'Expect 5 units from Silver, Son; "Co"',
        "ship-20260317T065959Z": "Ship 1 order",
        "ship-20260318T065959Z": "Ship 8 orders",
        "answer-RMA-000002": "Answer the return request RMA-000002",
        "question-Q-000001": "Answer question Q-000001",
        "refund-RMA-000001": "Refund RMA-000001 (1 unit)",
        "purchase-2": "Expect 7 units from Silver & Son",
    }
    ends = {name: event.end for name, event in found.items()}
    assert ends["ship-20260317T065959Z"] == datetime(2026, 3, 17, 6, 59, 59, tzinfo=UTC)
    assert found["refund-RMA-000001"].start == date(2026, 3, 18)
    assert found["purchase-2"].start == date(2026, 4, 2)
    assert found["purchase-2"]["description"] == "7 RING-8 on 2026-04-02\nordercli purchase show 2"


@pytest.mark.parametrize("now", [None, LATER])
def test_it_tells_what_today_and_return_due_tell(due_shop: Run, now: str | None) -> None:
    found = open_ones(told(due_shop, now))
    day = Counter({row["section"]: row["count"] for row in listed(due_shop, "today", now=now)})
    due = {f"{row['task']}-{row['return_id']}" for row in listed(due_shop, "return", "due", now=now)}

    ships = [int(str(event["summary"]).split()[1]) for name, event in found.items() if name.startswith("ship-")]
    late = [name for name, event in found.items() if "(overdue)" in str(event["summary"])]
    assert sum(ships) == sum(day[name] for name in ("overdue", "to ship today", "to ship tomorrow"))
    assert {name for name in found if name.startswith(("answer-", "refund-"))} == due
    assert sum(name.startswith("question-") for name in found) == day["questions"]
    assert sum(name.startswith("purchase-") for name in late) == day["purchases overdue"] == (now == LATER)
    assert any(name.startswith("ship-") for name in late) == (day["overdue"] > 0) == (now == LATER)


def test_an_order_on_hold_is_due_all_the_same(due_shop: Run) -> None:
    before = told(due_shop).keys()
    done(due_shop("order", "hold", "0000012"))
    assert told(due_shop).keys() == before


def test_what_is_done_is_taken_out_under_the_same_name_and_a_higher_version(due_shop: Run) -> None:
    before = told(due_shop)
    for line in (
        ("ship", "0000012", "--carrier", "USPS", "--tracking", "9400111899223197428534"),
        ("return", "inspect", "RMA-000001", "--as", "defective"),
        ("--yes", "return", "refund", "RMA-000001", "--auto"),
        ("return", "authorize", "RMA-000002"),
        ("purchase", "receive", "2"),
        ("message", "answer", "Q-000001", "--settled", "elsewhere"),
    ):
        done(due_shop(*line))
    after = told(due_shop, LATER)

    gone = {"ship-20260317T065959Z", "refund-RMA-000001", "answer-RMA-000002", "purchase-2", "question-Q-000001"}
    assert gone <= open_ones(before).keys()
    assert gone <= after.keys() - open_ones(after).keys()
    assert before.keys() <= after.keys()
    assert all(after[name]["uid"] == event["uid"] for name, event in before.items())
    assert all(after[name]["sequence"] > event["sequence"] for name, event in before.items())


def test_a_purchase_that_came_in_part_is_the_same_entry_with_the_rest(due_shop: Run) -> None:
    first = told(due_shop)["purchase-2"]
    done(due_shop("purchase", "receive", "2", "--line", "RING-8:5"))
    second = told(due_shop)["purchase-2"]

    assert str(second["summary"]) == "Expect 2 units from Silver & Son"
    assert first["uid"] == second["uid"]


def test_two_shops_have_names_of_their_own(due_shop: Run, tmp_path: Path) -> None:
    own = {str(event["uid"]).partition("@")[2] for event in told(due_shop).values()}
    other = ("--db", str(tmp_path / "other.db"), "--now", "2026-03-02T10:00:00-05:00")
    done(due_shop(*other, "init", "--time-zone", "America/New_York"))
    done(due_shop(*other, "product", "add", "A"))
    done(due_shop(*other, "purchase", "add", "A:1@1", "--expected", "2026-03-09"))
    others = entries(done(due_shop(*other, "export", "ics")).stdout)

    assert len(own) == 1
    assert not own & {str(event["uid"]).partition("@")[2] for event in others.values()}


def test_nothing_of_a_buyer_is_in_it(due_shop: Run) -> None:
    text = done(due_shop("export", "ics")).stdout.replace("\r\n ", "")
    people = due_shop("order", "export", "--format", "csv").stdout
    words = {word for word in re.findall(r"\w[\w@.]{3,}", people) if not word[0].isdigit()}
    of_the_shop = {"RING", "NECK", "MOON", "Silver", "ordercli", "order"}

    assert words
    assert "Where is my order" not in text
    assert {word for word in words - of_the_shop if re.search(rf"\b{re.escape(word)}\b", text)} <= {"UTC"}


def test_a_file_is_the_same_bytes_as_the_pipe_and_says_how_many(due_shop: Run, tmp_path: Path) -> None:
    file = tmp_path / "shop.ics"
    ran = done(due_shop("export", "ics", str(file)))

    assert (ran.stdout, ran.stderr) == ("", f"Wrote {file}: 7 due.\n")
    assert file.read_bytes().decode() == done(due_shop("export", "ics", "-")).stdout.replace("\n", "\r\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert done(due_shop("--quiet", "export", "ics", str(file))).stderr == ""


def test_a_new_shop_has_a_calendar_without_entries(run: Run) -> None:
    assert told(run) == {}


def test_without_the_package_one_line_says_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "icalendar":
            raise ModuleNotFoundError(name)
        return load(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    ran = run("export", "ics", "x.ics")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == f"Calendars need a package; install with: {install_line('calendar')}\n"
    assert not Path("x.ics").exists()


def test_a_name_that_something_else_wrote_breaks_no_line(due_shop: Run, database: Path) -> None:
    name = "Evil\r\nEND:VEVENT\x1b[31m\u202e;,\\n" + "é" * 200
    change_row(database, f"UPDATE supplier SET name = '{name}' WHERE name LIKE '%Co%'")
    ran = done(due_shop("export", "ics"))

    assert cleaned(name) in str(entries(ran.stdout)["purchase-1"]["summary"])
    assert "\x1b" not in ran.stdout
    change_row(database, "UPDATE supplier SET name = 'Silver' WHERE name LIKE 'Evil%'")


@examples(60)
@given(
    st.text(max_size=200),
    st.text(max_size=3000),
    st.sampled_from(["2026-03-17T06:59:59Z", "2026-10-25", "2026-12-31", "2026-03-29T01:00:00Z"]),
    st.booleans(),
)
def test_any_text_makes_lines_that_are_read_back(title: str, detail: str, due: str, is_done: bool) -> None:
    deadline = Deadline("ship-1", due, title, detail, "ordercli pick", is_done)
    content = ics(Calendar("abc", "2026-03-16T13:00:00Z", 7, [deadline]))

    *lines, last = content.split(b"\r\n")
    assert last == b""
    assert all(len(line) <= MOST_OCTETS and not set(line) & {10, 13} for line in lines)
    (event,) = entries(content.decode()).values()
    assert event["summary"] == cleaned(title)
    assert str(event["description"]).endswith("ordercli pick")
    start = event.start
    assert (start.isoformat() if deadline.is_day else event.end.strftime("%Y-%m-%dT%H:%M:%SZ")) == due
    assert str(event["uid"]) == "ship-1@abc.ordercli"
