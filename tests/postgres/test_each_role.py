"""Every command by who has a role of ``db roles``: who works does all, who only looks what is theirs."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cli.test_every_writer import commands
from cli.writers import CASES, LINES, Line, lived_shop
from conftest import Run
from here import Ran, run_here
from ordercli.moving import copy_shop
from ordercli.server import Server
from postgres.conftest import connected
from postgres.test_every_command_there import NOT_TRIED, example_of
from postgres.test_roles import READS_PEOPLE, as_user
from server_shops import Database, at
from some_cases import COSTLY_DAYS, turn

__all__ = ["lived_shop"]

ELSEWHERE = NOT_TRIED | {"db copy", "restore"}
"""What is asked of another place too; ``test_roles.py`` and others here have it."""
TODAY = CASES[turn(COSTLY_DAYS)]
"""The lines of writers whose turn it is."""
SHOW_BUYERS = {
    *("today", "pick", "find", "order list", "order show", "order export", "slip", "label", "explain order"),
    *("report buyers", "dashboard", "workbook build", "export ics"),
    *("message send", "message plan", "message inbox", "privacy show", "privacy export"),
}
"""What a role for those who only look may not ask."""


@pytest.fixture
def roles(cluster: str, lived_shop: Run, database: Path) -> Iterator[Database]:
    """A shop in which every command has something to do, and a user with each of the two roles."""
    del lived_shop
    server = at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "roles")
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE IF EXISTS roles WITH (FORCE)")
        first.execute(b"CREATE DATABASE roles TEMPLATE template0")
    copy_shop(database, server, wait_seconds=5)
    told = run_here(["db", "roles", "--app", "works", "--reader", "looks"])
    with closing(connected(f"{cluster} dbname=roles")) as there:
        there.execute(told.stdout.encode())
        for user, role in (("worker", "works"), ("looker", "looks")):
            there.execute(f"DROP USER IF EXISTS {user}; CREATE USER {user}; GRANT {role} TO {user}".encode())
    made = Database(server)
    with closing(made.keeper):
        yield made


def others() -> list[tuple[str, Line]]:
    """A line of every command that has none among those that write."""
    return [
        (path, Line(tuple(example_of(path, command.help or ""))))
        for path, command in commands().items()
        if not (LINES.get(path) or path in ELSEWHERE or path.startswith("amazon"))
        and (path == "backup" or not getattr(command, "commands", None))
    ]


def by(place: Server, line: Line) -> Ran:
    return run_here(["--yes", *line.words], stdin=line.stdin or "", environment={"ORDERCLI_DB": str(place)})


def test_who_works_there_does_all_that_is_done_in_a_shop(roles: Database) -> None:
    place, begun, failed = as_user(roles.server, "worker"), roles.content(), {}
    for _, line in TODAY:
        roles.put(begun)
        ran = by(place, line)
        if ran.exit_code != line.code:
            failed[line.words] = (ran.exit_code, ran.stderr)
    roles.put(begun)
    for _, line in others():
        ran = by(place, line)
        if ran.exit_code in {1, 7, 8}:
            failed[line.words] = (ran.exit_code, ran.stderr)
    assert failed == {}


def test_what_only_the_servers_keeper_lets_do_is_told(roles: Database) -> None:
    place = as_user(roles.server, "worker")
    made = by(place, Line(("backup", "--to", "kept")))
    assert (made.exit_code, made.stderr.count("\n")) == (0, 2), made.stderr
    assert "may not make a database (CREATEDB), so that the copy was read whole, but no law" in made.stderr
    begun = roles.content()
    for words in (("backup", "drill"), ("restore", str(next(Path("kept").iterdir())))):
        ran = by(place, Line(words))
        told = f"{place} does not let this user make a database to look at a copy in (CREATEDB).\n"
        assert (ran.exit_code, ran.stdout, ran.stderr) == (5, "", told)
    assert roles.content() == begun
    for user, code in (("worker", 0), ("looker", 8)):
        for how in ("--deep", "--fix"):
            ran = by(as_user(roles.server, user), Line(("doctor", how)))
            assert (ran.exit_code, "does not let this user" in ran.stderr) == (code, code == 8), ran.stderr


def test_who_only_looks_changes_nothing_and_is_told_what_shows_buyers(roles: Database) -> None:
    place, begun = as_user(roles.server, "looker"), roles.content()
    roles.put(begun)
    sentence, refused, failed = f"{place} does not let this user do that", set[str](), {}
    for path, line in [*CASES, ("pick", Line(("pick",))), *others()]:
        ran = by(place, line)
        told = ran.stderr.splitlines()[-1:]
        if told == [f"{sentence}: {READS_PEOPLE}"]:
            refused.add(path)
        is_told = told in ([f"{sentence}: {READS_PEOPLE}"], [f"{sentence}; use one who may."])
        is_raw = ran.exit_code in {1, 7} or "ermission denied" in ran.stderr
        if is_raw or is_told != (ran.exit_code == 8) or (LINES.get(path) and not is_told):
            failed[line.words] = (ran.exit_code, ran.stderr)
    assert roles.content() == begun
    assert failed == {}
    assert refused == SHOW_BUYERS
