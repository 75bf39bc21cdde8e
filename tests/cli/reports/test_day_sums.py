"""Sums of whole days say what the lines say, whatever is done since, and reports say the same with them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given

from campaign import shops
from cli.reports.generated_shops import GeneratedShop, furnish, live, lives, opened
from cli.steps import content, done
from cli.writers import CASES, Line, lived_shop
from conftest import Run
from ordercli import counting
from ordercli.domain.orders.personal import COUNTED, ERASED
from ordercli.models.journal_ddl import DERIVED
from ordercli.queries.reader import Reader, reading_through
from ordercli.queries.reports.day_sums import COLUMNS, FOUND, stale_day, values_of
from ordercli.services.day_marks import READ
from turned import changing, looking_into

__all__ = ["lived_shop"]

NOW = "2026-03-16T13:00:00Z"
EVER = ("--since", "2026-01-01", "--format", "csv")
REPORTS = (
    *(("report", "sales", "--by", by) for by in ("day", "week", "month", "product", "channel", "state")),
    ("report", "products"),
    ("report", "tax"),
    ("report", "tax", "--by", "country"),
    *(
        ("report", "profit", "--by", by)
        for by in ("day", "week", "month", "sku", "channel", "fulfillment", "order")
    ),
)
"""Every report that adds up sums of days, and those of the same lines that do not."""
_DAYS = "SELECT DISTINCT ordered_on FROM sales_order WHERE ordered_on > :since ORDER BY 1"


@contextmanager
def written(database: Path) -> Iterator[Reader]:
    with changing(database) as connection:
        yield reading_through(connection, now=NOW)


def count_all(database: Path, since: str = "") -> int:
    """Count every day that orders were placed on after one, however new it is."""
    with written(database) as reader:
        return counting.count_these(reader, [day for (day,) in reader.rows(_DAYS, {"since": since})])


def stale(database: Path) -> str | None:
    with looking_into(database) as connection:
        return stale_day(reading_through(connection, now=NOW))


def counted(database: Path) -> list[str]:
    with looking_into(database) as connection:
        return [day for (day,) in connection.execute("SELECT day FROM counted_day ORDER BY day")]


@pytest.mark.parametrize("line", [pytest.param(line, id=" ".join(line.words)[:60]) for _, line in CASES])
def test_no_writer_leaves_a_day_with_sums_that_are_not_those_of_its_lines(
    lived_shop: Run, database: Path, line: Line
) -> None:
    count_all(database)

    lived_shop("--yes", *line.words, stdin=line.stdin)
    after = stale(database)
    count_all(database)
    lived_shop("--yes", "undo")

    assert (after, stale(database)) == (None, None)


def test_the_tables_whose_changes_are_looked_for_are_those_that_sums_are_taken_from(database: Path) -> None:
    read = set[str]()

    def look(action: int, table: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table:
            read.add(table)
        return sqlite3.SQLITE_OK

    with looking_into(database) as connection:
        reader = reading_through(connection, now=NOW)
        connection.set_authorizer(look)
        values = values_of(reader, ["2026-03-01"])
        for sql in FOUND.values():
            reader.rows(f"EXPLAIN {sql}", values)
        connection.set_authorizer(None)
        views = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}

    assert {table for table in read - views if not table.startswith(("json_", "sqlite_"))} == READ


def test_where_somebody_lives_stays_when_they_are_erased_so_sums_by_place_do() -> None:
    assert {"state", "country"} <= set(COUNTED)
    assert not {"state", "country"} & set(ERASED)


def test_every_sum_is_read_from_a_table_that_has_no_history() -> None:
    assert {"counted_day", *COLUMNS} <= DERIVED


@pytest.fixture(scope="module")
def furnished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(template, tmp_path_factory.mktemp("counted") / "shop.db")


@shops(6)
@given(life=lives)
def test_reports_say_the_same_with_sums_of_days_and_without(
    furnished: Path, tmp_path_factory: pytest.TempPathFactory, life: list[tuple[object, int]]
) -> None:
    shop = opened(furnished, tmp_path_factory.getbasetemp() / "counted.db")
    for step in life:
        live(shop, [step])  # type: ignore[list-item]
        assert stale(shop.path) is None, step
        count_all(shop.path)
    with_sums = told(shop)
    with written(shop.path) as reader:
        reader.rows("DELETE FROM counted_day WHERE day < (SELECT max(day) FROM counted_day)")
    with_some = told(shop)
    with written(shop.path) as reader:
        reader.rows("DELETE FROM counted_day")

    assert with_sums == with_some == told(shop)


def told(shop: GeneratedShop) -> dict[tuple[str, ...], str]:
    return {words: shop.run(*words, *EVER).stdout for words in REPORTS}


def test_a_backup_counts_closed_days_of_a_large_shop_and_of_no_other(
    busy_shop: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(busy_shop("backup"))
    small = counted(database)
    monkeypatch.setattr(counting, "FEWEST_ORDERS", 2)
    before = done(busy_shop("report", "profit", "--by", "day", *EVER)).stdout

    done(busy_shop("--now", "2026-04-20T12:00:00Z", "backup"))
    large = counted(database)
    after = done(busy_shop("report", "profit", "--by", "day", *EVER)).stdout

    assert small == []
    assert large
    assert max(large) < "2026-04-13"
    assert before == after
    assert stale(database) is None


@pytest.mark.parametrize("change", [(), ("product", "edit", "RING-7", "--packaging-cost", "9.99")])
def test_others_write_while_days_are_found_and_what_they_change_is_counted_with(
    busy_shop: Run, database: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, ...]
) -> None:
    find = counting.find_these
    looked: list[list[str]] = []

    def find_slowly(reader: Reader, days: list[str]) -> counting.FoundSums:
        found = find(reader, days)
        if change and not looked:
            done(busy_shop(*change))
        looked.append(days)
        return found

    monkeypatch.setattr(counting, "FEWEST_ORDERS", 2)
    monkeypatch.setattr(counting, "find_these", find_slowly)
    done(busy_shop("--now", "2026-04-20T12:00:00Z", "backup"))

    assert len(looked) == (2 if change else 1)
    assert counted(database)
    assert stale(database) is None


@pytest.mark.usefixtures("lived_shop")
def test_days_are_counted_in_any_order(database: Path) -> None:
    with written(database) as reader:
        days = [day for (day,) in reader.rows(_DAYS, {"since": ""})]
        counting.count_these(reader, days[::-1])
        (fees,) = reader.rows("SELECT sum(referral_fee) FROM day_profit_sum").fetchone()

    assert len(days) > 1
    assert fees
    assert stale(database) is None


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT]
)
def test_a_backup_that_is_made_says_so_and_is_no_failure_where_days_cannot_be_counted(
    busy_shop: Run, database: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(*_: object) -> int:
        error = sqlite3.OperationalError("cannot be done")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(counting, "FEWEST_ORDERS", 2)
    monkeypatch.setattr(counting, "count_these", fail)

    ran = done(busy_shop("--now", "2026-04-20T12:00:00Z", "backup"))

    assert "Backed up " in ran.stderr
    assert "warning: the backup is good, but the sums of closed days" in ran.stderr
    assert counted(database) == []
    done(busy_shop("backup", "verify"))


@pytest.mark.usefixtures("busy_shop")
def test_what_another_process_counted_meanwhile_is_left_alone(database: Path) -> None:
    first = count_all(database)

    assert first > 0
    assert count_all(database) == 0
    assert stale(database) is None


def test_sums_that_are_wrong_are_found_and_taken_away(busy_shop: Run, database: Path) -> None:
    done(busy_shop("backup"))
    count_all(database)
    sound = content(database)
    with written(database) as reader:
        reader.rows("UPDATE day_place_sum SET units = units + 1")

    found = busy_shop("doctor", "--deep", "--format", "csv").stdout
    done(busy_shop("--yes", "doctor", "--fix"))

    assert "BROKEN,day-sums," in found
    assert counted(database) == []
    assert sound["counted_day"]
    after = done(busy_shop("doctor", "--deep", "--format", "csv")).stdout.splitlines()[1:]
    wanted = {line.split(",")[1] for line in after if not line.startswith("OK,")}
    assert wanted <= {"durable"}  # a server for tests is not
