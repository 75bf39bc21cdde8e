"""What is trusted of a database file: a schema as ordercli made it, a shop to work with, bytes as sealed."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from cli.steps import content
from conftest import SAMPLE, Run
from ordercli.checksum import is_as_sealed, seal
from ordercli.copies import make_backup
from ordercli.dbfile import REVISIONS, connect
from ordercli.errors import DatabaseProblem
from ordercli.queries import reader
from ordercli.shape import MOST_NAMED, check_shape, scripts_folder, written
from ordercli.upkeep import restore_database

NOW = "2026-03-16T13:00:00Z"


def altered(database: Path, *statements: str) -> None:
    """Change the schema as somebody with SQLite's shell would; a statement may name the schema table."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)


# Every object of ours ----------------------------------------------------------------------------------


def test_every_revision_has_its_list_and_the_newest_is_what_its_migration_makes(template: Path) -> None:
    for revision in REVISIONS:
        assert len(list((scripts_folder() / "versions").glob(f"{revision}_*_objects.txt"))) == 1
    (newest,) = (scripts_folder() / "versions").glob(f"{REVISIONS[-1]}_*_objects.txt")
    with closing(connect(template, readonly=True)) as connection:
        assert written(connection) == newest.read_text(encoding="utf-8")


@pytest.fixture
def copy(template: Path) -> Iterator[Callable[[], sqlite3.Connection]]:
    """Gives copies of the empty shop in memory, with a schema that can be written to."""
    made = []

    def make() -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        made.append(connection)
        with closing(sqlite3.connect(template)) as file:
            file.backup(connection)
        connection.execute("PRAGMA writable_schema = ON")
        return connection

    yield make
    for connection in made:
        connection.close()


WAYS = {
    "altered": "UPDATE sqlite_schema SET sql = sql || ' /**/' WHERE name = ?",
    "missing": "DELETE FROM sqlite_schema WHERE name = ?",
}


@pytest.mark.parametrize("way", WAYS)
def test_each_object_that_is_altered_or_missing_is_named(copy: Callable[[], sqlite3.Connection], way: str) -> None:
    names = [
        (kind, name)
        for kind, name in copy().execute("SELECT type, name FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'")
        if name != "alembic_version"  # without it the file does not say which schema it has
    ]
    assert {kind for kind, _ in names} == {"table", "index", "view", "trigger"}
    told_alike = {"altered": ("index",), "missing": ("table", "index")}[way]
    names = [(kind, name) for kind, name in names if kind not in told_alike]
    connection = copy()
    for at in range(0, len(names), MOST_NAMED):  # each look costs a reading of the whole schema
        connection.execute("BEGIN")
        for _, name in names[at : at + MOST_NAMED]:
            connection.execute(WAYS[way], (name,))
        with pytest.raises(DatabaseProblem) as refused:
            check_shape(connection, Path("shop.db"))
        for kind, name in names[at : at + MOST_NAMED]:
            assert re.search(rf"the {kind} {name} is {way}[,;]", str(refused.value))
        connection.execute("ROLLBACK")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sqlite_schema SET sql = replace(replace(sql, char(10), ' '), ', ', ',   ')",
        "CREATE TABLE foreigner (name TEXT)",
        "CREATE VIEW foreigner AS SELECT * FROM product",
        "CREATE INDEX foreigner ON product (name)",
        "ANALYZE",
    ],
)
def test_other_blanks_and_foreign_things_that_do_nothing_are_let_be(
    copy: Callable[[], sqlite3.Connection], sql: str
) -> None:
    connection = copy()
    connection.execute(sql)
    check_shape(connection, Path("shop.db"))


def test_blanks_inside_a_text_matter(copy: Callable[[], sqlite3.Connection]) -> None:
    connection = copy()
    connection.execute("UPDATE sqlite_schema SET sql = replace(sql, 'is append-only', 'is  append-only')")
    with pytest.raises(DatabaseProblem, match="is altered"):
        check_shape(connection, Path("shop.db"))


# Through the commands ----------------------------------------------------------------------------------

EVIL = "BEGIN UPDATE stock_level SET quantity = quantity + 1; END"
TAMPERED = {
    "a foreign trigger": (
        [f"CREATE TRIGGER evil AFTER INSERT ON stock_movement {EVIL}"],
        "the trigger evil is not ordercli's",
    ),
    "a foreign trigger on a foreign table": (
        ["CREATE TABLE foreigner (a)", f"CREATE TRIGGER evil AFTER INSERT ON foreigner {EVIL}"],
        "the trigger evil is not ordercli's",
    ),
    "facts that can be changed": (
        ["DROP TRIGGER stock_movement_no_update"],
        "the trigger stock_movement_no_update is missing",
    ),
    "a replaced view": (
        ["DROP VIEW shipment_news", "CREATE VIEW shipment_news AS SELECT 1 AS shipment_id"],
        "the view shipment_news is altered",
    ),
    "a CHECK removed": (
        [
            "UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (id = 1)', ' CHECK (1)') WHERE name = 'shop'",
        ],
        "the table shop is altered",
    ),
    "a schema that is not the revision's": (
        ["ALTER TABLE product ADD COLUMN color TEXT", "DROP INDEX ix_upload_item_refund_id"],
        "the index ix_upload_item_refund_id is missing, the table product is altered",
    ),
}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for a restored database."""
    place = tmp_path / "elsewhere" / "new.db"
    place.parent.mkdir()
    monkeypatch.setenv("ORDERCLI_DB", str(place))
    return place


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_database_is_refused_by_writers_restore_and_backup(
    shop: Run, database: Path, elsewhere: Path, name: str
) -> None:
    statements, named = TAMPERED[name]
    altered(database, *statements)
    before = content(database)
    writer = shop("--db", str(database), "stock", "receive", "RING-7:1", "--cost", "4")
    copied = shop("--db", str(database), "backup", "--to", "copies")
    restored = shop("restore", str(database))

    for ran in (writer, copied, restored):
        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (8, "", 1), ran
        assert named in ran.stderr
    assert content(database) == before
    assert not elsewhere.exists()
    assert not list(Path("copies").glob("*.db"))
    database.unlink()  # some laws of it are broken on purpose


def test_foreign_tables_views_and_indexes_come_along(shop: Run, database: Path, elsewhere: Path) -> None:
    altered(
        database,
        "CREATE TABLE foreigner (name TEXT)",
        "CREATE VIEW foreign_view AS SELECT name FROM foreigner",
        "CREATE INDEX foreign_index ON product (name)",
        "ANALYZE",
    )

    writer = shop("--db", str(database), "stock", "receive", "RING-7:1", "--cost", "4")
    restored = shop("restore", str(database))

    assert (writer.exit_code, restored.exit_code) == (0, 0), (writer, restored)
    assert "foreigner" in content(elsewhere)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE shop SET time_zone = 'Mars/Olympus'", "the shop's time zone 'Mars/Olympus' is none"),
        ("UPDATE shop SET time_zone = '../../etc/passwd'", "the shop's time zone '../../etc/passwd' is none"),
        ("UPDATE shop SET time_zone = ''", "the shop's time zone '' is none"),
        ("UPDATE shop SET currency = 'GOLD'", "the shop's currency 'GOLD' is none known here"),
        ("DELETE FROM shop", "no shop"),
    ],
)
def test_a_shop_without_a_zone_or_currency_cannot_be_opened(
    shop: Run, database: Path, elsewhere: Path, statement: str, named: str
) -> None:
    altered(database, statement)
    there = ("--db", str(database))
    reading = shop(*there, "stock")
    writing = shop(*there, "stock", "receive", "RING-7:1")
    restored = shop("restore", str(database))

    for ran in (reading, writing, restored):
        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (8, "", 1), ran
        assert named in ran.stderr
    assert not elsewhere.exists()


def test_a_channel_without_a_zone_is_told(busy_shop: Run, database: Path) -> None:
    zone = "INSERT INTO setting (name, valid_from, value, operation_id)"
    altered(database, f"{zone} VALUES ('channel.amazon.time_zone', '2000-01-01', 'Mars/Olympus', 1)")

    for command in (("metrics",), ("order", "import", str(SAMPLE / "unshipped-orders.txt"))):
        ran = busy_shop(*command)
        assert (ran.exit_code, ran.stderr.count("\n")) == (8, 1), ran
        assert "the time zone 'Mars/Olympus' is none" in ran.stderr


ENDLESS = "WITH RECURSIVE n(shipment_id) AS (SELECT 1 UNION ALL SELECT shipment_id + 1 FROM n)"


def test_a_view_without_end_does_not_hang_a_reader(
    busy_shop: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert busy_shop("ship", "--csv", str(SAMPLE / "shipments.csv")).exit_code == 0
    columns = "shipment_id, '' AS status, '' AS occurred_at, '' AS detail"
    altered(database, "DROP VIEW shipment_news", f"CREATE VIEW shipment_news AS {ENDLESS} SELECT {columns} FROM n")
    monkeypatch.setattr(reader, "PATIENCE_SECONDS", 0.3)

    ran = busy_shop("shipment", "list", "--stuck", "3")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (8, "", 1), ran
    assert "the view shipment_news is altered" in ran.stderr
    database.unlink()  # looking for broken laws in it would have no end


def test_a_reader_that_takes_long_over_a_sound_schema_may(busy_shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(reader, "_STEPS", 1)

    assert busy_shop("order", "list").exit_code == 0


# Flipped bytes -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def backup(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    return make_backup(template, folder, now=NOW, wait_seconds=5).path


Flips = st.lists(st.tuples(st.integers(0, 2**30), st.integers(1, 255)), min_size=1, max_size=3)


@examples(150)
@given(flips=Flips, at_header=st.booleans())
def test_a_flipped_copy_is_refused_or_its_content_is_equal(
    backup: Path, flips: list[tuple[int, int]], at_header: bool
) -> None:
    whole = backup.read_bytes()
    flipped = bytearray(whole)
    for place, bits in flips:
        flipped[place % (100 if at_header else len(whole))] ^= bits
    folder = backup.parent / "flipped"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copied, restored = folder / "copy.db", folder / "restored.db"
    copied.write_bytes(flipped)

    try:
        restore_database(copied, restored, now=NOW, wait_seconds=5)
    except DatabaseProblem:
        assert not restored.exists()
    else:
        assert content(restored) == content(backup)
        with closing(sqlite3.connect(restored)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (0,)


def test_every_bit_but_those_that_opening_changes_is_sealed(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    whole = bytes(range(256)) * 20
    copy.write_bytes(whole)
    assert not is_as_sealed(copy)
    seal(copy)
    sealed = copy.read_bytes()
    assert is_as_sealed(copy)
    assert [place for place in range(len(whole)) if whole[place] != sealed[place]] <= [60, 61, 62, 63]
    unseen = set()
    for place in range(400):
        flipped = bytearray(sealed)
        flipped[place] ^= 1
        copy.write_bytes(flipped)
        unseen |= {place} if is_as_sealed(copy) else set()
    assert unseen == {18, 19, *range(24, 28), *range(92, 100)}


def test_a_backup_that_was_worked_on_since_is_a_database_like_others(
    shop: Run, database: Path, tmp_path: Path, elsewhere: Path
) -> None:
    shop("--db", str(database), "backup", "--to", "copies")
    (copied,) = Path("copies").glob("*.db")
    assert shop("--db", str(copied), "stock").exit_code == 0
    assert is_as_sealed(copied)
    assert shop("--db", str(copied), "stock", "receive", "RING-7:1", "--cost", "4").exit_code == 0

    assert shop("restore", str(copied)).exit_code == 0
    assert content(elsewhere) == content(copied)
    assert tmp_path.exists()
