"""``export data``: the open views as tables of a file that any program reads."""

import csv
import io
import resource
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from cli.lists import NOW, lived_in
from cli.steps import done, listed
from conftest import Run
from ordercli.queries.reports.open_views import VERSION, VIEWS

__all__ = ["lived_in"]


def tables(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as made:
        assert made.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert made.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = made.execute("SELECT name FROM sqlite_schema ORDER BY rowid").fetchall()
        return {name: made.execute(every_row(name)).fetchall() for (name,) in names}


def every_row(view: str) -> str:
    """The question for all of a view, in an order that both engines take; a view itself has none."""
    places = range(1, len(VIEWS[view].columns) + 1)
    return f"SELECT * FROM {view} ORDER BY {', '.join(f'{place} NULLS FIRST' for place in places)}"


def shown(value: Any) -> Any:
    """A number to the digits that the command shows."""
    return float(f"{value:.15g}") if isinstance(value, float) else value


def test_the_file_has_every_view_with_its_rows_and_nobody_in_it(lived_in: Run) -> None:
    assert done(lived_in("export", "data", "shop.sqlite", now=NOW)).stderr == "Wrote shop.sqlite.\n"

    found = tables(Path("shop.sqlite"))

    assert list(found) == list(VIEWS)
    for name, rows in found.items():
        told = listed(lived_in, "sql", every_row(name), now=NOW)
        assert len(told) == len(rows) > 0
        assert [dict(zip(told[0], map(shown, row), strict=True)) for row in rows] == told, name
    content = Path("shop.sqlite").read_bytes()
    assert not [
        name for name in (b"Ana Pop", b"Max Roth", b"Birch Lane", b"marketplace.amazon.com") if name in content
    ]
    assert Path("shop.sqlite").stat().st_mode & 0o777 == 0o600


def test_the_file_takes_the_place_of_an_older_one_and_of_nothing_else(shop: Run, database: Path) -> None:
    done(shop("export", "data", "shop.sqlite"))
    done(shop("export", "data", "shop.sqlite"))
    with closing(sqlite3.connect("foreign.db")) as other, other:
        other.execute("CREATE TABLE mine (a)")

    for name in ("foreign.db", str(database)):
        ran = shop("export", "data", name)
        assert (ran.exit_code, ran.stdout) == (5, "")
    assert done(shop("sql", "SELECT 1 AS n", "--format", "csv")).stdout == "n\n1\n"


def test_the_list_of_the_guide_opens_as_a_spreadsheet_does(shop: Run) -> None:
    ran = done(shop("sql", "SELECT sku, stock_value FROM v_stock", "--format", "csv"))

    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert sum(float(row["stock_value"]) for row in rows) == 295.6


def test_a_file_that_cannot_be_written_to_its_end_is_not_there(shop: Run) -> None:
    done(shop("export", "data", "whole.sqlite"))
    before = Path("whole.sqlite").read_bytes()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) - 1, most[1]))
    try:
        ran = [shop("export", "data", name) for name in ("whole.sqlite", "new.sqlite")]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert [(it.exit_code, it.stderr.partition(":")[0]) for it in ran] == [
        (5, "whole.sqlite cannot be written"),
        (5, "new.sqlite cannot be written"),
    ]
    assert Path("whole.sqlite").read_bytes() == before
    assert sorted(path.name for path in Path().iterdir() if "sqlite" in path.name) == ["whole.sqlite"]
