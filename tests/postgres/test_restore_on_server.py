"""A backup takes the place of a shop on a server: whole or not at all, whoever is killed or works there."""

import inspect
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, cast
from unittest.mock import Mock

import psycopg
import pyrage
import pytest

from ordercli.dbplace import connect
from ordercli.errors import OutOfReach
from ordercli.moving import copy_shop, shop_digest
from ordercli.postgres import dump, erasing, restore, shape
from ordercli.postgres.connection import ServerDriver
from ordercli.server import Server
from patience import LONG, until
from postgres.conftest import Twin, connected, folder_of
from postgres.servers import Killable
from postgres.worked_shop import LATER, Shop, erase_some, keeper, shop
from server_shops import at

__all__ = ["keeper", "shop"]


@pytest.fixture(autouse=True)
def _nothing_is_left(keeper: "psycopg.Connection[Any]") -> Iterator[None]:
    yield
    assert keeper.execute(b"SELECT datname FROM pg_database WHERE datname LIKE 'ordercli%'").fetchall() == []


def test_a_copy_takes_the_place_of_the_shop(shop: Shop) -> None:
    with shop.inside() as inside:
        inside.execute(b"INSERT INTO ordercli.written_file VALUES ('out', 'outbox', '2026-03-20T14:00:00Z')")
        inside.execute(b"INSERT INTO ordercli.counted_day VALUES ('2026-03-16')")
    worked = shop.held()
    ran = shop.restored()
    assert (ran.exit_code, shop.held()) == (0, shop.digest), ran.stderr
    (kept,) = shop.kept()
    with shop.inside() as inside:
        assert ("out",) in inside.execute(b"SELECT path FROM ordercli.written_file").fetchall()
    assert ran.stderr == f"Restored {shop.server} from {shop.copy}. Before it: {kept}.\n"
    assert shape.differences(shop.server, wait_seconds=5) == []
    assert str(kept) in shop.told("backup", "list", "--format", "csv").stdout
    assert shop.told("product", "add", "AFTER", "--name", "New").exit_code == 0
    again = shop._replace(copy=kept).restored()
    assert (again.exit_code, shop.held()) == (0, worked), again.stderr
    with shop.inside() as inside:  # sums are of what was counted, not of what is brought back
        assert inside.execute(b"SELECT count(*) FROM ordercli.counted_day").fetchall() == [(0,)]
    assert "BROKEN" not in shop.told("doctor").stdout


def test_it_asks_first_and_does_nothing_else(shop: Shop) -> None:
    worked = shop.held()
    ran = shop.told("restore", str(shop.copy))
    assert (ran.exit_code, shop.held(), shop.kept()) == (2, worked, [])
    assert f"{shop.server} will be replaced by {shop.copy} (a copy is kept)." in ran.stderr


def test_it_fills_an_empty_database(shop: Shop, keeper: "psycopg.Connection[Any]") -> None:
    keeper.execute(b"DROP DATABASE IF EXISTS blank WITH (FORCE)")
    keeper.execute(b"CREATE DATABASE blank TEMPLATE template0")
    blank = shop._replace(server=shop.server.at_database("blank"))
    ran = blank.told("restore", str(shop.copy))
    assert (ran.exit_code, blank.held(), blank.kept()) == (0, shop.digest, []), ran.stderr
    assert "warning: whom you have erased since this backup was made is in it" in ran.stderr


@pytest.mark.costly
@pytest.mark.parametrize(
    "altered",
    [
        "",
        "ALTER FUNCTION sqlite.next_number(text, text) STABLE",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO lookers",
        "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO lookers",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    ],
)
def test_roles_may_what_they_might(shop: Shop, altered: str) -> None:
    roles = shop.told("db", "roles", "--app", "staff", "--reader", "lookers").stdout
    told = """SELECT n.nspname || '.' || c.relname, a.attname, c.relacl::text, a.attacl::text, n.nspacl::text
      FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE n.nspname IN ('ordercli', 'ordercli_work', 'sqlite') AND c.relkind IN ('r', 'v') AND a.attnum > 0
      ORDER BY 1, 2"""
    with shop.inside() as inside:
        inside.execute(roles.encode())
        before = inside.execute(told.encode()).fetchall()
        inside.execute(altered.encode())
        ran = shop.restored()
        assert ran.exit_code == 0, ran.stderr
        assert "BROKEN" not in shop.told("doctor").stdout
        after = inside.execute(told.encode()).fetchall()
        inside.execute(b"DROP OWNED BY staff, lookers; DROP ROLE staff, lookers")
    assert sorted(map(acl, before)) == sorted(map(acl, after))


def acl(row: tuple[Any, ...]) -> tuple[object, ...]:
    """A row of rights whose order in a list means nothing."""
    return tuple(
        "".join(sorted(cell.strip("{}").split(","))) if cell and "=" in cell else str(cell) for cell in row
    )


OTHERS = {
    "a view": "CREATE VIEW public.mine AS SELECT sku FROM ordercli.product",
    "a table that refers": "CREATE TABLE public.mine (id bigint REFERENCES ordercli.product)",
    "a table among them": "CREATE TABLE ordercli.mine (id bigint)",
    "a publication": "CREATE PUBLICATION mine FOR TABLE ordercli.product",
    "a publication of the schema": "CREATE PUBLICATION mine FOR TABLES IN SCHEMA ordercli",
    "a view among them": "CREATE VIEW ordercli.mine AS SELECT 1 AS one",
    "a function": "CREATE FUNCTION ordercli.mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "a trigger": "CREATE FUNCTION public.others() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    " CREATE TRIGGER mine BEFORE UPDATE ON ordercli.product FOR EACH ROW EXECUTE FUNCTION public.others()",
    "an index": "CREATE INDEX mine ON ordercli.product (name)",
    "a column": "ALTER TABLE ordercli.product ADD mine text",
    "a CHECK": "ALTER TABLE ordercli.product ADD CONSTRAINT mine CHECK (name <> 'x')",
    "statistics": "CREATE STATISTICS ordercli.mine ON sku, name FROM ordercli.product",
    "a policy": "CREATE POLICY mine ON ordercli.product",
    "a rule": "CREATE RULE mine AS ON DELETE TO ordercli.alembic_version DO INSTEAD NOTHING",
    "a type": "CREATE TYPE ordercli.mine AS ENUM ('one')",
    "a table of work": "CREATE TABLE ordercli_work.mine (id bigint)",
}


@pytest.mark.costly
@pytest.mark.parametrize("sql", OTHERS.values(), ids=OTHERS)
def test_what_is_of_others_is_not_dropped(shop: Shop, sql: str) -> None:
    with shop.inside() as inside:
        inside.execute(sql.encode())
    worked = shop.held()
    ran = shop.restored()
    assert (ran.exit_code, ran.stderr.count("\n"), shop.held(), shop.kept()) == (5, 1, worked, []), ran.stderr
    assert "mine" in ran.stderr


DAMAGED = {
    "a law is gone": "DROP TRIGGER operation_no_delete ON ordercli.operation",
    "a table is gone": "DROP TABLE ordercli.erased_text CASCADE",
    "the revision is gone": "DELETE FROM ordercli.alembic_version",
    "rows break a law": "ALTER TABLE ordercli.stock_level DISABLE TRIGGER USER;"
    " UPDATE ordercli.stock_level SET quantity = quantity + 7",
    "a function is altered": "ALTER FUNCTION sqlite.next_number(text, text) STABLE",
}


@pytest.mark.costly
@pytest.mark.parametrize("sql", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_shop_is_whole_again(shop: Shop, sql: str) -> None:
    with shop.inside() as inside:
        inside.execute(sql.encode())
    ran = shop.restored()
    assert (ran.exit_code, shop.held()) == (0, shop.digest), ran.stderr
    assert shape.differences(shop.server, wait_seconds=5) == []
    assert len(shop.kept()) == 1


def test_who_was_erased_since_is_erased_again(shop: Shop) -> None:
    erase_some(shop)
    named = "SELECT count(*) FROM ordercli.personal_data WHERE customer_name IS NOT NULL"
    marked = "SELECT count(*) FROM ordercli.erased_order"
    with shop.inside() as inside:
        ((still,),) = inside.execute(named.encode()).fetchall()
        ((gone,),) = inside.execute(marked.encode()).fetchall()
        assert gone
        ran = shop.restored()
        assert ran.exit_code == 0, ran.stderr
        assert " Who had been erased since is erased in it too." in ran.stderr
        assert inside.execute(named.encode()).fetchall() == [(still,)]
        assert inside.execute(marked.encode()).fetchall() == [(gone,)]
    assert "BROKEN" not in shop.told("doctor").stdout


def test_no_byte_stays_of_whom_it_erases_again(shop: Shop) -> None:
    erase_some(shop, None)
    ran = shop.restored()
    assert (ran.exit_code, "is erased in it too" in ran.stderr) == (0, True), ran.stderr
    with shop.inside() as inside, connected(f"host={shop.host} user=postgres dbname=first") as first:
        told = b"SELECT DISTINCT e.value FROM ordercli.personal_data d, jsonb_each_text(to_jsonb(d)) e"
        still = "\n".join(str(value) for (value,) in inside.execute(told).fetchall())
        said = first.execute(told + b" WHERE length(e.value) > 5")
        gone = [value for (value,) in said.fetchall() if value not in still]
        inside.execute(b"CHECKPOINT")
        held = inside.execute(b"SELECT pg_read_binary_file(pg_relation_filepath('ordercli.personal_data'))")
        ((content,),) = held.fetchall()
    assert gone
    assert [value for value in gone if value.encode() in content] == []


def test_who_reads_while_it_is_cleaned_is_told_of(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    erase_some(shop)
    clean = erasing.clean_tables

    def cleaning(*words: Any, **more: Any) -> bool:
        with closing(connect(shop.server, readonly=True)) as reader:
            reader.execute("SELECT count(*) FROM personal_data").fetchall()
            return clean(*words, **more)

    monkeypatch.setattr("ordercli.postgres.erasing.clean_tables", cleaning)
    ran = shop.told("restore", str(shop.copy), "--yes", ORDERCLI_BUSY_SECONDS="1")
    assert (ran.exit_code, "when that has ended, go on with: ordercli backup" in ran.stderr) == (7, True), (
        ran.stderr
    )
    monkeypatch.setattr("ordercli.postgres.erasing.clean_tables", clean)
    again = shop.restored()
    assert (again.exit_code, "is erased in it too" in again.stderr) == (0, True), again.stderr


def test_what_is_stopped_before_it_is_cleaned_is_told_and_gone_on_with(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_some(shop)
    with monkeypatch.context() as stopped:
        stopped.setattr("ordercli.postgres.erasing.clean_tables", Mock(side_effect=OutOfReach("killed")))
        assert shop.restored().exit_code == 7
    for words in (("backup",), ("privacy", "purge", "--yes")):
        assert "erased-again" in shop.told("doctor").stdout, words
        with shop.inside() as inside:
            (before,) = inside.execute(FILE_OF_PEOPLE).fetchall()
            assert shop.told(*words).exit_code == 0, words
            assert inside.execute(FILE_OF_PEOPLE).fetchall() != [before], words
        assert "erased-again" not in shop.told("doctor").stdout, words
        with closing(connect(shop.server)) as driver:
            erasing.mark_unclean(cast("ServerDriver", driver))


FILE_OF_PEOPLE = b"SELECT pg_relation_filepath('ordercli.personal_data')"
"""Another one once it was written anew."""


@pytest.mark.costly
@pytest.mark.parametrize("damage", ["rows break a law", "the revision is gone"])
def test_erasing_knows_what_was_kept_of_a_damaged_shop(shop: Shop, damage: str) -> None:
    with shop.inside() as inside:
        inside.execute(DAMAGED[damage].encode())
    assert shop.restored().exit_code == 0
    (kept,) = shop.kept()
    assert "-damaged-" in kept.name
    listed = shop.told("order", "list", "--all", "--format", "csv").stdout.splitlines()[1:]
    for order in (line.split(",")[0] for line in listed):
        ran = shop.told("privacy", "erase", order, "--yes", "--delete-backups", now=LATER)
        if ran.exit_code == 0 and not kept.exists():
            return
    raise AssertionError(ran.stderr)


def test_a_backup_of_another_shop_is_told_of(shop: Shop, keeper: "psycopg.Connection[Any]") -> None:
    keeper.execute(b"DROP DATABASE IF EXISTS other WITH (FORCE)")
    keeper.execute(b"CREATE DATABASE other TEMPLATE template0")
    other = shop._replace(server=shop.server.at_database("other"))
    assert other.told("init", "--time-zone", "Europe/Berlin", "--currency", "EUR").exit_code == 0
    foreign = "is of another shop, which takes the place of this one."
    assert foreign in other.told("restore", str(shop.copy)).stderr
    ran = other.restored()
    told = f"warning: {shop.copy} {foreign}\n"
    assert (ran.exit_code, told in ran.stderr, other.held()) == (0, True, shop.digest), ran.stderr


def test_what_is_no_sound_backup_is_refused(shop: Shop, tmp_path: Path, varied: Twin) -> None:
    content = shop.copy.read_bytes()
    cases = {
        "text.dump": (b"no dump", 8, "is no backup: it does not begin as one"),
        "cut.dump": (content[:-2000], 8, "pg_restore cannot do it"),
        "file.db": (varied.file.read_bytes(), 5, "ordercli db copy"),
    }
    worked = shop.held()
    for name, (told, code, words) in cases.items():
        file = tmp_path / name
        file.write_bytes(told)
        ran = shop._replace(copy=file).restored()
        assert (ran.exit_code, ran.stderr.count("\n"), words in ran.stderr) == (code, 1, True), (name, ran.stderr)
    assert shop._replace(copy=tmp_path / "nothing").restored().exit_code == 5
    assert (shop.held(), shop.kept()) == (worked, [])


def test_a_known_copy_that_was_changed_is_refused(shop: Shop, tmp_path: Path) -> None:
    assert shop.told("backup", "--quick", "--to", str(tmp_path / "own")).exit_code == 0
    (own,) = (tmp_path / "own").iterdir()
    own.write_bytes(shop.copy.read_bytes())
    ran = shop._replace(copy=own).restored()
    assert (ran.exit_code, "was changed or damaged since it was made" in ran.stderr) == (8, True), ran.stderr


def test_a_copy_with_an_altered_schema_is_refused(shop: Shop, tmp_path: Path) -> None:
    with shop.inside() as inside:
        inside.execute(b"DROP TRIGGER operation_no_delete ON ordercli.operation")
    assert shop.told("backup", "--quick", "--to", str(tmp_path / "own")).exit_code == 0
    (own,) = (tmp_path / "own").iterdir()
    assert shop.told("backup", "verify", str(own)).exit_code == 8
    ran = shop._replace(copy=own).restored()
    assert (ran.exit_code, "operation_no_delete" in ran.stderr) == (8, True), ran.stderr


def test_an_encrypted_copy_comes_back_by_its_key(shop: Shop, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    key.chmod(0o600)
    made = shop.told("backup", "--to", str(tmp_path / "own"), "--key", str(key))
    assert made.exit_code == 0, made.stderr
    (own,) = (tmp_path / "own").iterdir()
    worked = shop.held()
    assert shop.told("product", "add", "AFTER", "--name", "New").exit_code == 0
    fresh = shop._replace(copy=own, state=tmp_path / "fresh")
    assert (fresh.restored().exit_code, fresh.held() == worked) == (2, False)
    ran = fresh.restored("--key", str(key))
    assert (ran.exit_code, fresh.held()) == (0, worked), ran.stderr


def test_who_may_not_is_told_before_anything_is_done(shop: Shop, keeper: "psycopg.Connection[Any]") -> None:
    keeper.execute(b"DROP ROLE IF EXISTS porter")
    keeper.execute(b"CREATE ROLE porter LOGIN")
    with shop.inside() as inside:
        inside.execute(b"GRANT USAGE ON SCHEMA ordercli, sqlite TO porter")
        inside.execute(b"GRANT ALL ON ALL TABLES IN SCHEMA ordercli, sqlite TO porter")
    porter = shop._replace(server=Server(*[shop.server.url.replace("postgres@", "porter@")] * 2))
    worked = shop.held()
    first = porter.restored()
    keeper.execute(b"ALTER ROLE porter CREATEDB")
    second = porter.restored()
    assert [(ran.exit_code, ran.stderr.count("\n")) for ran in (first, second)] == [(5, 1)] * 2, second.stderr
    assert ("(CREATEDB)" in first.stderr, "only its owner may" in second.stderr) == (True, True), second.stderr
    assert (shop.held(), shop.kept()) == (worked, [])
    with shop.inside() as inside:
        inside.execute(b"DROP OWNED BY porter")
    keeper.execute(b"DROP ROLE porter")


def test_its_owner_needs_no_right_of_a_superuser_and_stays_its_owner(
    shop: Shop, keeper: "psycopg.Connection[Any]"
) -> None:
    keeper.execute(b"DROP DATABASE IF EXISTS owned WITH (FORCE)")
    keeper.execute(b"DROP ROLE IF EXISTS owner")
    keeper.execute(b"CREATE ROLE owner LOGIN CREATEDB")
    keeper.execute(b"CREATE DATABASE owned TEMPLATE template0 OWNER owner")
    at_own = shop.server.at_database("owned")
    owner = shop._replace(server=Server(*[at_own.url.replace("postgres@", "owner@")] * 2))
    assert owner.told("restore", str(shop.copy)).exit_code == 0
    assert owner.told("product", "add", "AFTER", "--name", "New").exit_code == 0
    for user in (owner, shop._replace(server=at_own)):
        ran = user.restored()
        assert (ran.exit_code, user.held()) == (0, shop.digest), ran.stderr
        with user.inside() as inside:
            owners = inside.execute(b"SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'ordercli'")
            assert owners.fetchall() == [("owner",)]
    keeper.execute(b"DROP DATABASE owned WITH (FORCE)")
    keeper.execute(b"DROP ROLE owner")


def plain_shop(server: Server, state: Path, copies: Path) -> Shop:
    """A shop with a product, a copy of it, and another product since."""
    made = Shop(server, state, copies, "")
    assert made.told("init", "--time-zone", "America/New_York", "--currency", "USD").exit_code == 0
    assert made.told("product", "add", "FIRST", "--name", "New").exit_code == 0
    assert made.told("backup", "--quick", "--to", str(copies)).exit_code == 0
    (copy,) = copies.iterdir()
    made = made._replace(copy=copy, digest=made.held())
    assert made.told("product", "add", "SINCE", "--name", "New").exit_code == 0
    return made


def test_a_drill_brings_it_back_beside_the_shop(
    cluster: str, keeper: "psycopg.Connection[Any]", tmp_path: Path
) -> None:
    keeper.execute(b"DROP DATABASE IF EXISTS drilled WITH (FORCE)")
    keeper.execute(b"CREATE DATABASE drilled TEMPLATE template0")
    made = plain_shop(at(folder_of(cluster), "drilled"), tmp_path / "state", tmp_path / "copies")
    worked = made.held()
    ran = made.told("backup", "drill", "--format", "csv")
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    assert [line.split(",")[:2] for line in ran.stdout.splitlines()[1:]] == [
        [step, "GOOD"] for step in ("read", "bring back", "compare", "doctor")
    ]
    assert (made.held(), made.kept()) == (worked, [])
    content = bytearray(made.copy.read_bytes())
    content[len(content) // 2] ^= 1
    made.copy.write_bytes(content)
    flipped = made.told("backup", "drill", "--format", "csv")
    assert (flipped.exit_code, "read,BAD" in flipped.stdout) == (8, True), flipped.stdout
    assert "backup-flipped" in made.told("doctor", "--deep").stdout


# Others at work -----------------------------------------------------------------------------------------


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Act once the new shop is filled, before the one of before is dropped."""
    fill = vars(restore)["fill_new"]

    def filling(*words: Any, **more: Any) -> Any:
        filled = fill(*words, **more)
        act()
        return filled

    monkeypatch.setattr("ordercli.postgres.restore.fill_new", filling)


def test_who_reads_sees_the_shop_of_before_and_afterwards_the_restored(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = shop.held()
    seen: list[str] = []
    meanwhile(monkeypatch, lambda: seen.append(shop.held()))
    ran = shop.restored()
    assert (ran.exit_code, seen, shop.held()) == (0, [worked], shop.digest), ran.stderr


def test_a_shop_that_was_made_meanwhile_is_not_replaced(
    shop: Shop, keeper: "psycopg.Connection[Any]", monkeypatch: pytest.MonkeyPatch, varied: Twin
) -> None:
    keeper.execute(b"DROP DATABASE IF EXISTS blank WITH (FORCE)")
    keeper.execute(b"CREATE DATABASE blank TEMPLATE template0")
    blank = shop._replace(server=shop.server.at_database("blank"))
    take = ServerDriver.take_turn

    def taking(driver: ServerDriver) -> None:
        monkeypatch.setattr(ServerDriver, "take_turn", take)
        copy_shop(varied.file, blank.server, wait_seconds=5)
        assert blank.told("product", "add", "SINCE", "--name", "New").exit_code == 0
        take(driver)

    monkeypatch.setattr(ServerDriver, "take_turn", taking)
    ran = blank.told("restore", str(shop.copy))
    assert (ran.exit_code, ran.stderr.count("\n"), "made a shop" in ran.stderr) == (7, 1, True), ran.stderr
    assert "SINCE" in blank.told("product", "list", "--all", "--format", "csv").stdout


def test_a_reader_that_stays_is_waited_for_and_then_nothing_changed(shop: Shop) -> None:
    worked = shop.held()
    with closing(connect(shop.server, readonly=True)) as reader:
        ran = shop.told("restore", str(shop.copy), "--yes", ORDERCLI_BUSY_SECONDS="1")
        assert shop_digest(reader).digest == worked
    assert (ran.exit_code, ran.stderr.count("\n"), shop.held(), shop.kept()) == (7, 1, worked, []), ran.stderr


def test_who_comes_while_it_is_replaced_reads_the_restored(shop: Shop) -> None:
    """One reader holds the restore up, the next waits behind it, and sees no empty table."""
    found: list[str] = []
    with closing(connect(shop.server, readonly=True)) as reader:
        restoring = threading.Thread(target=restore_plainly, args=(shop,))
        restoring.start()
        wait_for(shop, "LOCK TABLE present")
        reading = threading.Thread(target=lambda: found.append(shop.held()))
        reading.start()
        wait_for(shop, "BEGIN ISOLATION")
        reader.execute("ROLLBACK")
    restoring.join(LONG)
    reading.join(LONG)
    assert (found, shop.held()) == ([shop.digest], shop.digest)


def restore_plainly(shop: Shop) -> None:
    """What the command does, in a thread, in which no command line can be run."""
    folder = shop.state / "ordercli" / "backups"
    beside = folder.with_name("shop.db")
    with restore.proved(shop.copy, shop.server, wait_seconds=30, beside=beside, key=None) as made:
        restore.put_in_place(
            made, shop.copy, shop.server, folder, is_there=True, now="2026-03-20T14:00:00Z", wait_seconds=30
        )


def wait_for(shop: Shop, query: str) -> None:
    """Wait until somebody waits for a lock with a statement that begins so."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND starts_with(query, %s)"
    with shop.inside() as inside:
        until(lambda: inside.execute(asked.encode(), (query,)).fetchall()[0][0], query)


def test_a_writer_waits_or_is_told_and_works_on_the_restored_shop(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    process: list[int] = []

    def act() -> None:
        short = shop.told("product", "add", "SHORT", "--name", "New", ORDERCLI_BUSY_SECONDS="0.2")
        told.append(short.exit_code)
        process.append(in_child(lambda: shop.told("product", "add", "LONG", "--name", "New").exit_code))
        wait_for(shop, "SELECT pg_advisory_xact_lock")

    meanwhile(monkeypatch, act)
    ran = shop.restored()
    assert (ran.exit_code, told) == (0, [7]), ran.stderr
    assert os.waitstatus_to_exitcode(os.waitpid(process[0], 0)[1]) == 0
    assert "LONG" in shop.told("product", "list", "--all", "--format", "csv").stdout
    assert "SINCE" not in shop.told("product", "list", "--all", "--format", "csv").stdout


# Kills -----------------------------------------------------------------------------------------------------


def in_child(act: Callable[[], int]) -> int:
    """The process in which something is done; its exit code is what that gives."""
    child = os.fork()
    if child:
        return child
    try:
        os._exit(act())
    finally:
        os._exit(99)


class Kill(NamedTuple):
    """A moment: before or after what, and whether the shop is the restored one after it."""

    when: str
    what: str
    is_restored: bool = False


KILLS = [
    Kill("after", "CREATE DATABASE ordercli_verify"),
    Kill("after", "pg_restore"),
    Kill("after", "take turn"),
    Kill("after", "pg_dump"),
    Kill("after", "SET LOCAL ROLE"),
    Kill("before", "ANALYZE"),
    Kill("after", "DROP SCHEMA present CASCADE"),
    Kill("after", "commit", is_restored=True),
]


def die_at(kill: Kill, die: Callable[[], object]) -> None:
    """Have this process, or what ``die`` means, end at a moment."""

    def around(place: Any, name: str, label: Callable[..., str]) -> None:
        real = getattr(place, name)

        def acting(*words: Any, **more: Any) -> Any:
            is_it = label(*words).lstrip(";\n").startswith(kill.what)
            if is_it and kill.when == "before":
                die()
            done = real(*words, **more)
            if is_it and kill.when == "after":
                die()
            return done

        setattr(place, name, acting)

    around(ServerDriver, "run_script", lambda _, text: text)
    around(dump, "_run", lambda name, *_: name)
    around(ServerDriver, "take_turn", lambda _: "take turn" if asks_from("put_in_place") else "")
    around(ServerDriver, "commit", lambda _: "commit" if asks_from("put_in_place") else "")


def asks_from(function: str) -> bool:
    """Whether a function is what calls what was wrapped."""
    return inspect.stack()[3].function == function


@pytest.mark.costly
@pytest.mark.parametrize("kill", KILLS, ids=lambda kill: f"{kill.when} {kill.what}")
def test_who_is_killed_leaves_the_shop_of_before_or_the_restored(
    shop: Shop, kill: Kill, keeper: "psycopg.Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = shop.held()

    def act() -> int:
        die_at(kill, lambda: os.kill(os.getpid(), signal.SIGKILL))
        return shop.restored().exit_code

    child = in_child(act)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert shop.held() == (shop.digest if kill.is_restored else worked)
    assert shape.differences(shop.server, wait_seconds=5) == []
    assert shop.told("product", "add", "AFTER", "--name", "New").exit_code == 0
    listed = shop.told("backup", "list", "--format", "csv").stdout
    assert [file for file in shop.kept() if file.suffix == ".dump" and str(file) not in listed] == []
    monkeypatch.setattr("ordercli.postgres.dump._SURELY_LEFT", -60)
    left = keeper.execute(b"SELECT datname FROM pg_database WHERE datname LIKE 'ordercli_verify%'").fetchall()
    assert ("left-overs" in shop.told("doctor").stdout) == bool(left)
    with closing(connect(shop.server)) as driver:
        vars(dump)["_drop_left"](driver, shop.server)


INTERRUPTED = [
    (Kill("after", "DROP SCHEMA present CASCADE"), "nothing more was changed"),
    (Kill("before", "commit"), "the shop of before or the restored one"),
    (Kill("after", "commit", is_restored=True), "the shop of before or the restored one"),
]


@pytest.mark.costly
@pytest.mark.parametrize(("kill", "words"), INTERRUPTED, ids=lambda each: str(each)[:40])
def test_who_interrupts_it_loses_no_copy_of_what_may_be_gone(
    shop: Shop, kill: Kill, words: str, tmp_path: Path
) -> None:
    worked = shop.held()

    def interrupt() -> None:
        raise KeyboardInterrupt

    def act() -> int:
        die_at(kill, interrupt)
        ran = shop.restored()
        (tmp_path / "said").write_text(ran.stderr)
        return ran.exit_code

    assert os.waitstatus_to_exitcode(os.waitpid(in_child(act), 0)[1]) == 130
    said, kept = (tmp_path / "said").read_text(), shop.kept()
    assert (said.count("\n"), words in said, len(kept)) == (1, True, int(kill.what == "commit")), said
    assert all(str(file) in said for file in kept)
    assert shop.held() == (shop.digest if kill.is_restored else worked)


@pytest.mark.costly
@pytest.mark.parametrize("kill", [Kill("before", "ANALYZE"), Kill("after", "DROP SCHEMA present CASCADE")])
def test_a_server_that_is_killed_has_the_shop_of_before(
    tmp_path_factory: pytest.TempPathFactory, kill: Kill
) -> None:
    with private_folder() as folder:
        place = Killable(folder)
        place.make()
        place.start()
        try:
            place.asked("CREATE DATABASE shop TEMPLATE template0")
            own = tmp_path_factory.mktemp("killed")
            made = plain_shop(at(folder, "shop"), own / "state", own / "copies")
            worked = made.held()

            def act() -> int:
                die_at(kill, lambda: kill_all(place))
                return made.restored().exit_code

            assert os.waitstatus_to_exitcode(os.waitpid(in_child(act), 0)[1]) == 7
            place.start()
            assert (made.held(), shape.differences(made.server, wait_seconds=5)) == (worked, [])
            assert made.kept() == []
            assert made.restored().exit_code == 0
            assert made.held() == made.digest
        finally:
            place.stop()


def kill_all(place: Killable) -> None:
    """Kill a server with every process of it: one that works does not look whether the first is there."""
    pids = [int(str(pid)) for (pid,) in place.asked("SELECT pid FROM pg_stat_activity")]
    place.kill()
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder with a name that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="ordercli-pg-", ignore_cleanup_errors=True) as name:
        yield Path(name)
