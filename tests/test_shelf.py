"""The shelf of shops: what comes from it is what building gives, and what it cannot keep it refuses."""

import ast
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from shelf import Shelf, check_laws
from workbench import Workbench, workbench


@pytest.fixture
def empty(tmp_path: Path) -> Shelf:
    folder = tmp_path.parent / f"{tmp_path.name}-shelf"
    folder.mkdir()
    return Shelf(folder)


def skus(database: Path) -> list[tuple[str]]:
    return Workbench(database).rows("SELECT sku FROM product ORDER BY sku")


def test_a_shop_is_built_once_and_each_copy_is_its_own(
    empty: Shelf, template: Path, tmp_path: Path, bench: Workbench
) -> None:
    built = []

    def build(database: Path) -> Callable[[], None]:
        def add() -> None:
            Workbench(database).make_product("RING-7")
            built.append(database)

        return add

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        copy = tmp_path / name / "shop.db"
        shutil.copy(template, copy)
        empty.fill(copy, "a ring", build(copy))
        Workbench(copy).make_product(name)
        assert skus(copy) == [("RING-7",), (name,)]
    assert len(built) == 1

    bench.make_product("ELSE")  # built from another shop, it is another one
    empty.fill(bench.path, "a ring", build(bench.path))
    assert (skus(bench.path), len(built)) == ([("ELSE",), ("RING-7",)], 2)


@pytest.fixture
def filled(empty: Shelf, template: Path, tmp_path: Path) -> list[list[tuple[str]]]:
    """What two shops have for who fills them and looks at once: the first is built, the second a copy."""
    found = []
    for name in ("one", "two"):
        bench = workbench(template, tmp_path / f"{name}.db")
        empty.fill(bench.path, "a ring", partial(bench.make_product, "RING-7"))
        found.append(skus(bench.path))
    return found


def test_a_fixture_that_goes_on_with_what_it_filled_finds_it_whoever_built_it(
    filled: list[list[tuple[str]]],
) -> None:
    assert filled == [[("RING-7",)], [("RING-7",)]]


def leave_a_file(bench: Workbench) -> None:
    bench.path.with_name("left.txt").touch()


def tell_the_folder(bench: Workbench) -> None:
    with closing(sqlite3.connect(bench.path)) as connection, connection:
        connection.execute("UPDATE shop SET time_zone = ?", (str(bench.path.parent),))


def break_a_law(bench: Workbench) -> None:
    with closing(sqlite3.connect(bench.path)) as connection, connection:
        connection.execute("INSERT INTO operation (command, actor, recorded_at) VALUES ('x', 'y', '2026')")


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (leave_a_file, "only the database is kept"),
        (tell_the_folder, "it knows its folder"),
        (break_a_law, "every operation is sealed"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    empty: Shelf, bench: Workbench, does: Callable[[Workbench], None], said: str
) -> None:
    sound = bench.path.read_bytes()
    with pytest.raises(AssertionError, match=said):
        empty.fill(bench.path, does.__name__, lambda: does(bench))
    assert list(empty.folder.iterdir()) == []
    bench.path.write_bytes(sound)


def test_a_law_broken_since_the_last_look_is_seen(bench: Workbench) -> None:
    check_laws(bench.path)
    sound = bench.path.read_bytes()
    break_a_law(bench)
    with pytest.raises(AssertionError):
        check_laws(bench.path)
    bench.path.write_bytes(sound)


def test_a_schema_is_read_anew_where_it_is_another_under_the_same_number(bench: Workbench) -> None:
    check_laws(bench.path)
    sound = bench.path.read_bytes()
    with closing(sqlite3.connect(bench.path, isolation_level=None)) as connection:
        (number,) = connection.execute("PRAGMA schema_version").fetchone()
        connection.execute("DROP VIEW stockout_now")
        connection.execute("CREATE VIEW stockout_now AS SELECT 1 AS product_id, '' AS began_at, '' AS ended_at")
        connection.execute(f"PRAGMA schema_version = {number}")
    with pytest.raises(AssertionError, match="stockouts are those of the movements"):
        check_laws(bench.path)
    bench.path.write_bytes(sound)


def test_a_copy_is_looked_at_once_something_is_written_to_it(bench: Workbench) -> None:
    sound = bench.path.read_bytes()
    break_a_law(bench)  # before anybody looked
    with pytest.raises(AssertionError, match="every operation is sealed"):
        check_laws(bench.path)
    bench.path.write_bytes(sound)


def lasting_fixtures(module: ast.Module) -> set[str]:
    """Fixtures of a module that are made for more than one test."""
    return {
        node.name
        for node in module.body
        if isinstance(node, ast.FunctionDef) and any("scope=" in ast.unparse(each) for each in node.decorator_list)
    }


def test_what_is_made_for_many_tests_is_not_imported_as_each_who_imports_it_would_have_it_made_again() -> None:
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.rglob("*.py")}
    lasting = {path.stem: names for path, module in modules.items() if (names := lasting_fixtures(module))}
    again = [
        (path.name, told.name)
        for path, module in modules.items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module
        for told in node.names
        if told.name in lasting.get(node.module.rpartition(".")[2], ())
    ]

    assert sum(map(len, lasting.values())) > 10
    assert again == []
