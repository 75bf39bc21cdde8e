"""Making a database, refusing what is not one, help, version and completion."""

import re
import shutil
import sqlite3
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest

from cli.steps import OPENING, PRODUCTS, SETTLEMENT, SHIPMENTS, UNSHIPPED, change_row, content, done, listed
from cli.tree import commands
from conftest import Run
from ordercli import __version__
from ordercli.cli.commands import ENTRIES, SECTIONS
from ordercli.cli.demo import pasted_line
from ordercli.dbfile import BEFORE_RELEASE, HEAD
from ordercli.errors import install_line
from server_shops import IS_CHOSEN
from turned import changing

RETURNS = str(Path(__file__).parents[1] / "data" / "amazon_returns" / "seller.txt")
PROCESSED = str(Path(__file__).parents[1] / "data" / "shipment_confirmation" / "processing-report.txt")
PERFORMANCE = str(Path(__file__).parents[1] / "data" / "amazon_performance" / "performance.json")
COUNTED = str(Path(__file__).parents[1] / "data" / "count" / "sheet.csv")
FEEDBACK = str(Path(__file__).parents[1] / "data" / "remarks" / "feedback.txt")
CLAIMS = str(Path(__file__).parents[1] / "data" / "remarks" / "claims.csv")
EVENTS = str(Path(__file__).parents[1] / "data" / "shipment_events" / "events.csv")
FBA_INVENTORY = str(Path(__file__).parents[1] / "data" / "amazon_fba" / "inventory.txt")
STATEMENT = str(Path(__file__).parents[1] / "data" / "saved_report" / "one.sql")
ZONE = ("--time-zone", "Europe/Vienna")
READERS = (
    ("pick",),
    ("amazon", "login"),
    ("amazon", "check"),
    ("sql", "SELECT 1"),
    ("privacy", "show"),
    ("privacy", "export", "Ana Pop", "--to", "ana.json"),
    ("slip", "0001", "--pdf", "x.pdf"),
    ("label", "0001", "--pdf", "x.pdf"),
    ("shipment", "label", "1", "--pdf", "x.pdf"),
    ("order", "list"),
    ("order", "show", "0001"),
    ("order", "export"),
    ("shipment", "list"),
    ("shipment", "show", "1"),
    ("shipment", "track"),
    ("stock",),
    ("stock", "show", "A"),
    ("stock", "value"),
    ("stock", "history", "A"),
    ("stock", "export"),
    ("stock", "sheet"),
    ("stock", "fba", "list"),
    ("location", "list"),
    ("field", "list"),
    ("listing", "list"),
    ("product", "list"),
    ("product", "show", "A"),
    ("product", "export"),
    ("explain", "stock", "A"),
    ("explain", "order", "AAAA"),
    ("explain", "metric", "cancellation_rate"),
    ("config", "list"),
    ("config", "get", "reorder_point"),
    ("channel", "list"),
    ("today",),
    ("find", "abc"),
    ("return", "list"),
    ("return", "show", "R-1"),
    ("return", "due"),
    ("return", "cost"),
    ("return", "export"),
    ("export", "ics"),
    ("reorder",),
    ("reorder", "simulate"),
    ("workbook", "build", "x.xlsx"),
    ("purchase", "list"),
    ("purchase", "show", "1"),
    ("purchase", "export"),
    ("supplier", "list"),
    ("supplier", "show", "A"),
    ("metrics",),
    ("metrics", "show", "order_defect_rate"),
    ("metrics", "what-if", "--ship", "0001"),
    ("metrics", "compare", "--before", "9d..8d", "--after", "7d..6d"),
    ("metrics", "forecast"),
    ("metrics", "why", "late"),
    ("metrics", "amazon"),
    ("metrics", "feedback", "list"),
    ("metrics", "claim", "list"),
    ("improve", "list"),
    ("review",),
    ("message", "list"),
    ("message", "plan"),
    ("message", "inbox"),
    ("message", "render", "delay", "0001"),
    ("report", "sales"),
    ("report", "products"),
    ("report", "tax"),
    ("report", "buyers"),
    ("report", "profit"),
    ("report", "fees"),
    ("report", "settlement"),
    ("report", "aging"),
    ("dashboard",),
    ("log",),
    ("log", "show", "1"),
    ("doctor",),
    ("report", "list"),
    ("report", "run", "mine"),
    ("export", "data", "shop.sqlite"),
    ("view", "list"),
    ("view", "show", "morning"),
    ("db", "info"),
    ("backup",),
    ("backup", "list"),
    ("backup", "verify"),
    ("backup", "drill"),
)
WRITERS = (
    ("sync", "amazon"),
    ("amazon", "label", "buy", "0001"),
    ("amazon", "label", "fetch", "1"),
    ("amazon", "label", "cancel", "1"),
    ("undo", "1"),
    ("privacy", "erase", "Ana Pop"),
    ("privacy", "purge", "--older-than", "30d"),
    ("order", "add", "--line", "A:1"),
    ("order", "hold", "0001"),
    ("order", "release", "0001"),
    ("order", "cancel", "0001", "--by", "seller", "--reason", "x"),
    ("order", "edit", "0001", "--tag", "gift"),
    ("order", "note", "0001", "x"),
    ("order", "refund", "0001", "--amount", "1", "--part", "goodwill", "--reason", "x"),
    ("pick", "--confirm"),
    ("pack", "0001"),
    ("shipment", "label", "1", "--attach", "x.pdf"),
    ("ship", "0001", "--carrier", "UPS"),
    ("shipment", "confirm"),
    ("shipment", "confirm", "--rewrite", "1"),
    ("shipment", "fix", "1", "--carrier", "UPS"),
    ("shipment", "void", "1"),
    ("shipment", "delivered", "1"),
    ("order", "cancel-file"),
    ("return", "refund-file"),
    ("message", "send", "--plan"),
    ("message", "received", "0001"),
    ("message", "resolve", "1", "--sent"),
    ("message", "answer", "Q-000001", "--with", "where_is_it"),
    ("stock", "receive", "A:1"),
    ("stock", "adjust", "A", "--by=-1", "--reason", "loss"),
    ("stock", "move", "A:1", "HOME", "DAMAGED"),
    ("location", "add", "ATTIC"),
    ("location", "edit", "ATTIC", "--open"),
    ("location", "close", "ATTIC"),
    ("field", "add", "product", "grade"),
    ("field", "edit", "product", "grade", "--rename", "class"),
    ("field", "remove", "product", "grade"),
    ("listing", "add", "A", "--product", "A"),
    ("listing", "edit", "A", "--product", "A"),
    ("listing", "remove", "A"),
    ("product", "add", "A"),
    ("product", "edit", "A", "--bin", "B"),
    ("product", "remove", "A"),
    ("product", "kit", "A", "B:1"),
    ("stock", "feed"),
    ("stock", "fba", "send", "A:1", "--reference", "S1"),
    ("stock", "fba", "arrive", "S1"),
    ("stock", "fba", "receive", "S1"),
    ("config", "set", "reorder_point", "1"),
    ("view", "save", "morning", "order", "list", "--overdue"),
    ("report", "remove", "mine", "--yes"),
    ("report", "save", "mine", STATEMENT),
    ("view", "remove", "morning", "--yes"),
    ("channel", "add", "fair"),
    ("channel", "edit", "fair", "--rename", "market"),
    ("return", "open", "0001", "--line", "A:1", "--reason", "x"),
    ("return", "receive", "R-1"),
    ("return", "inspect", "R-1", "--line", "A:1", "--as", "sellable"),
    ("return", "authorize", "R-1"),
    ("return", "decline", "R-1", "--reason", "x"),
    ("return", "refund", "R-1", "--amount", "1"),
    ("return", "replace", "R-1"),
    ("return", "close", "R-1"),
    ("return", "dispose", "A:1", "--as", "scrapped"),
    ("purchase", "add", "A:1", "--expected", "2026-04-01"),
    ("purchase", "receive", "1"),
    ("purchase", "cancel", "1"),
    ("purchase", "draft", "A:1"),
    ("purchase", "place", "1"),
    ("purchase", "edit", "1", "--note", "x"),
    ("purchase", "close", "1"),
    ("supplier", "add", "A"),
    ("supplier", "edit", "A", "--note", "x"),
    ("supplier", "remove", "A"),
    ("supplier", "product", "A", "B"),
    ("metrics", "feedback", "add", "0001", "--stars", "5"),
    ("metrics", "claim", "add", "0001"),
    ("metrics", "feedback", "remove", "1"),
    ("metrics", "claim", "remove", "1"),
    ("improve", "start", "x"),
    ("improve", "end", "1", "--outcome", "kept"),
    ("db", "upgrade"),
)
IMPORTS = (
    ("import", UNSHIPPED),
    ("order", "import", UNSHIPPED),
    ("product", "import", PRODUCTS),
    ("stock", "import", OPENING),
    ("workbook", "import", PRODUCTS),
    ("return", "import", RETURNS),
    ("stock", "count", COUNTED),
    ("ship", "--csv", SHIPMENTS),
    ("metrics", "feedback", "import", FEEDBACK, "--day-first"),
    ("metrics", "claim", "import", CLAIMS),
    ("stock", "fba", "import", FBA_INVENTORY),
    ("settlement", "import", SETTLEMENT),
    ("shipment", "import", EVENTS),
    ("shipment", "answer", "1", PROCESSED),
    ("metrics", "import", PERFORMANCE),
)
TEMPLATES = {("template", name) for name in ("list", "show", "fields", "edit", "lint")}
"""They read and write files of their own, and no database."""
ELSEWHERE = {
    ("schema",),
    ("export", "by"),
    ("amazon", "logout"),
    ("config", "edit"),
    ("config", "unset"),
    ("day",),
    ("run",),
    ("shell",),
    ("init",),
    ("demo",),
    ("workbook", "pull"),
    ("restore",),
    ("db", "copy"),
    ("db", "roles"),
    ("completion",),
    ("help",),
    *TEMPLATES,
}
EVERY = (*READERS, *WRITERS, *IMPORTS)


def test_init_makes_a_database_for_the_user_and_says_what_comes_next(run: Run, tmp_path: Path) -> None:
    made = tmp_path / "vienna.db"

    ran = done(run("--db", str(made), "init", *ZONE, "--currency", "eur"))

    assert ran.stdout == ""
    assert ran.stderr.splitlines() == [
        "Set up a shop in Europe/Vienna with EUR (operation 1).",
        f"The database is {made}; next: ordercli product import products.csv",
    ]
    (first,) = listed(run, "--db", str(made), "log")
    assert (first["command"], first["recorded_at"]) == ("init", "2026-03-16T13:00:00Z")


def test_init_again_with_the_same_shop_changes_nothing(shop: Run, database: Path) -> None:
    before = content(database)

    ran = done(shop("init", "--time-zone", "America/New_York"))

    assert ran.stderr == "Unchanged: the shop in America/New_York with USD is set up already.\n"
    assert content(database) == before


@pytest.mark.parametrize(
    "other", [ZONE, ("--time-zone", "America/New_York", "--currency", "EUR")], ids=["zone", "currency"]
)
def test_init_over_another_shop_is_refused(shop: Run, database: Path, other: tuple[str, ...]) -> None:
    before = content(database)

    ran = shop("init", *other)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert "a shop in America/New_York with USD" in ran.stderr
    assert content(database) == before


@pytest.mark.parametrize(
    "options", [("--time-zone", "Vienna"), (*ZONE, "--currency", "XXX")], ids=["no such zone", "no such currency"]
)
def test_init_with_an_impossible_shop_makes_no_file(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    ran = run("--db", str(tmp_path / "new.db"), "init", *options)

    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "new.db").exists()


def test_no_command_makes_a_missing_database(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "empty" / "none.db"
    missing.parent.mkdir()
    for command in EVERY:
        ran = run("--db", str(missing), *command)

        assert (ran.exit_code, ran.stdout) == (8, ""), command
        assert ran.stderr == f"There is no database at {missing}; make one with: ordercli init\n"
        assert list(missing.parent.iterdir()) == [], command


def music(folder: Path, mode: str) -> Path:
    """Another program's database, as a program that was killed leaves it: with what its journal holds back."""
    made = folder / "made.db"
    with closing(sqlite3.connect(made, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("CREATE TABLE song (title TEXT)")
        connection.execute("INSERT INTO song VALUES ('One')")
        for file in folder.glob("made.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, folder / file.name.replace("made", "music"))
    return folder / "music.db"


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_programs_database_is_left_alone(run: Run, tmp_path: Path, mode: str) -> None:
    folder = tmp_path / mode
    folder.mkdir()
    foreign = music(folder, mode)
    before = {file.name: file.read_bytes() for file in folder.glob("music.db*")}
    for command in (*EVERY, ("init", *ZONE)):
        ran = run("--db", str(foreign), *command)

        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (8, "", 1), command
        assert f"{foreign}: This file belongs to another program" in ran.stderr
        after = {file.name: file.read_bytes() for file in folder.glob("music.db*")}
        assert {name: bytes_ for name, bytes_ in after.items() if not name.endswith("-shm")} == before, command
        for index in folder.glob("music.db-shm"):
            index.unlink()  # as it was: its program is dead


SCHEMAS = {
    "newer": ("UPDATE alembic_version SET version_num = 's9999'", "newer ordercli (schema s9999"),
    "from before the release": (
        "UPDATE alembic_version SET version_num = '0001'",
        "before ordercli's first release (schema 0001) and cannot be upgraded; make a new ",
    ),
    "not told": ("DELETE FROM alembic_version", "does not say which schema it has; bring back a backup"),
    "told twice": ("INSERT INTO alembic_version VALUES ('s9999')", "does not say which schema it has"),
    "told nowhere": (
        "ALTER TABLE alembic_version RENAME TO version",
        "belongs to another program" if IS_CHOSEN else "does not say which schema it has",
    ),
}
"""What makes the schema another one, and what is said."""


FEW = (("stock",), ("product", "add", "A"), ("db", "upgrade"), ("backup",), ("init", *ZONE))
LEFT_ALONE = [
    pytest.param(command, change, said, id=f"{kind} {' '.join(command[:2])}")
    for kind, (change, said) in SCHEMAS.items()
    for command in ((*EVERY, ("init", *ZONE)) if kind == "newer" else FEW)
]


@pytest.mark.parametrize(("command", "change", "said"), LEFT_ALONE)
def test_a_database_of_another_schema_is_left_alone(
    run: Run, database: Path, command: tuple[str, ...], change: str, said: str
) -> None:
    with changing(database) as connection:
        connection.execute(change)
    before = content(database)

    ran = run(*command)
    after = content(database)
    if "RENAME" in change:  # the table is there for other tests, which have the same database on a server
        with changing(database) as connection:
            connection.execute("ALTER TABLE version RENAME TO alembic_version")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (8, "", 1)
    assert str(database) in ran.stderr
    assert said in ran.stderr
    assert after == before


def test_every_schema_from_before_the_release_is_refused_with_what_to_do(run: Run, database: Path) -> None:
    assert len(BEFORE_RELEASE) == 14
    new = "shop in another database" if IS_CHOSEN else "database with: ordercli --db NEW.db init"
    for revision in BEFORE_RELEASE:
        change_row(database, f"UPDATE alembic_version SET version_num = '{revision}'")
        ran = run("db", "upgrade")
        assert (ran.exit_code, ran.stdout) == (8, "")
        assert ran.stderr == (
            f"{database} was made before ordercli's first release (schema {revision}) and cannot be upgraded; make"
            f" a new {new}, and import your reports and products again.\n"
        )


@pytest.mark.parametrize(
    ("name", "said"),
    [("text.db", "is not an ordercli database"), ("folder.db", "is a folder"), ("empty.db", "is empty")],
)
@pytest.mark.parametrize("command", [("stock",), ("product", "add", "A")], ids=["reader", "writer"])
def test_what_is_no_database_is_said_to_be_none(
    run: Run, tmp_path: Path, command: tuple[str, ...], name: str, said: str
) -> None:
    (tmp_path / "text.db").write_text("dear diary, " * 100, encoding="utf-8")
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()

    ran = run("--db", str(tmp_path / name), *command)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (8, "", 1)
    assert said in ran.stderr


def test_the_database_is_found_by_option_then_variable_then_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORDERCLI_DB")
    by_folder = run("stock")
    monkeypatch.setenv("ORDERCLI_DB", str(tmp_path / "variable.db"))
    by_variable = run("stock")
    by_option = run("--db", str(tmp_path / "option.db"), "stock")

    assert f"at {tmp_path / 'home'}" in by_folder.stderr
    assert f"at {tmp_path / 'variable.db'}" in by_variable.stderr
    assert f"at {tmp_path / 'option.db'}" in by_option.stderr


def test_version_prints_the_version(run: Run) -> None:
    ran = done(run("--version"))

    assert (ran.stdout, ran.stderr) == (f"ordercli {__version__}\n", "")


def test_version_in_full_tells_what_a_report_of_a_fault_needs(run: Run, database: Path) -> None:
    ran = done(run("--version", "--verbose"))
    told = dict(re.split(r"  +", line, maxsplit=1) for line in ran.stdout.splitlines())
    extras = {name.removeprefix("extra ") for name in told if name.startswith("extra ")}
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert ran.stderr == ""
    assert list(told)[:7] == ["ordercli", "Python", "SQLite", "system", "schema", "database", "configuration"]
    assert (told["ordercli"], told["SQLite"], told["schema"]) == (__version__, sqlite3.sqlite_version, HEAD)
    assert told["database"].startswith(f"{database} (schema {HEAD}")
    assert ("PostgreSQL" in told["database"]) == IS_CHOSEN
    assert told["configuration"].endswith("config.toml (not there)")
    assert extras == set(project["optional-dependencies"]) - {"all", "bench", "dev", "recipes", "site"}
    assert "xlsxwriter 3." in told["extra xlsx"].lower()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "(not there)"), (b"words" * 1000, "is not an ordercli database"), (b"", "(schema none, it is empty)")],
)
def test_version_in_full_says_what_is_wrong_with_the_file(
    run: Run, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "other.db"
    if content is not None:
        file.write_bytes(content)
    ran = done(run("--db", str(file), "--version", "--verbose"))

    (line,) = [line for line in ran.stdout.splitlines() if line.startswith("database")]
    assert str(file) in line
    assert said in line


def test_version_in_full_names_what_gets_an_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)

    assert f"not installed: {install_line('labels')}\n" in done(run("--version", "--verbose")).stdout


@pytest.mark.parametrize(
    ("shell", "mark"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef ordercli"), ("fish", "complete --command")],
)
def test_each_shell_has_a_completion_script(run: Run, shell: str, mark: str) -> None:
    ran = done(run("completion", shell))

    assert ran.stderr == ""
    assert mark in ran.stdout
    assert "_ORDERCLI_COMPLETE" in ran.stdout


def test_an_unknown_shell_is_a_usage_error(run: Run) -> None:
    ran = run("completion", "tcsh")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "tcsh" in ran.stderr


def paths(*, with_groups: bool = False) -> Iterator[tuple[str, ...]]:
    """Every command and subcommand there is; groups that do nothing alone only if asked for."""
    for path, command in commands().items():
        if with_groups or not getattr(command, "commands", {}) or command.invoke_without_command:
            yield tuple(path.split())


COMMANDS = sorted(paths())


def test_every_command_is_tried_on_wrong_databases() -> None:
    tried = {command[:length] for command in EVERY for length in range(1, len(command) + 1)}

    assert set(COMMANDS) - ELSEWHERE <= tried


def test_every_command_explains_itself_with_an_example(run: Run) -> None:
    for path in COMMANDS:
        ran = done(run(*path, "--help"))

        assert ran.stderr == "", path
        assert ran.stdout.startswith("Usage: "), path
        assert f"Example: ordercli {' '.join(path)}" in ran.stdout


def test_every_group_lists_its_commands_with_a_line_of_help(run: Run) -> None:
    groups = {*paths(with_groups=True)} - set(COMMANDS)
    assert groups
    for path in groups:
        ran = done(run(*path, "--help"))

        lines = ran.stdout.partition("Commands:\n")[2].strip().splitlines()
        assert ran.stdout.splitlines()[2].strip(), path
        assert lines, path
        assert all(len(line.split()) >= 3 for line in lines), path


def test_help_lists_all_commands_in_sections_with_an_example_each(run: Run) -> None:
    ran = done(run("--help"))

    places = [ran.stdout.index(f"\n{title}:\n") for title, _ in SECTIONS]
    assert places == sorted(places)
    assert all(f"  {entry.name:<12}{entry.help}\n" in ran.stdout for entry in ENTRIES.values())
    assert all(f"              {entry.example}\n" in ran.stdout for entry in ENTRIES.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ordr", "list"), "Did you mean: ordercli order | ordercli reorder"),
        (("stok",), "Did you mean: ordercli stock"),
        (("xyzzy",), "No such command 'xyzzy'"),
        (("order", "lst"), "Did you mean: ordercli order list"),
        (("receive",), "Did you mean: ordercli return receive | ordercli stock receive |"),
        (("stock", "RING-7"), "Did you mean: ordercli stock show RING-7"),
        (("order", "a b;c"), "Did you mean: ordercli order show 'a b;c'"),
        (("stock", "fba", "receve"), "Did you mean: ordercli stock fba receive"),
        (("stock", "--nope"), "No such option: --nope"),
        (("order", "list", "--limit", "0"), "--limit"),
        (("--format", "xml", "stock"), "There is no format 'xml'"),
        (("stock", "--format", "xml"), "There is no format 'xml'"),
        (("--now", "2026-03-16T09:00:00", "stock"), "has no time zone"),
        (("--now", "noon", "stock"), "--now 'noon'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_slip_of_the_pen_is_a_usage_error_in_one_sentence(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    ran = run(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr


@pytest.mark.parametrize("group", ["order", "report", "metrics feedback"])
def test_a_group_without_a_command_shows_its_help(run: Run, group: str) -> None:
    ran = run(*group.split())

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == done(run(*group.split(), "--help")).stdout


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    ran = run()

    assert "Usage:" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("has_pip", [True, False])
def test_the_line_that_gets_an_extra_is_for_the_python_that_runs(
    has_pip: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if has_pip and name == "pip" else None)
    monkeypatch.setattr(sys, "executable", "/home/new user/bin/python")
    how = "'{}' -m pip install" if has_pip else "uv pip install --python '{}'"

    assert install_line("xlsx") == how.format("/home/new user/bin/python") + " 'ordercli[xlsx]'"


@pytest.mark.parametrize(
    ("programs", "exported"),
    [(None, ""), (Path("/home/new user/.venv/bin"), " PATH='/home/new user/.venv/bin':\"$PATH\"")],
)
def test_the_line_to_paste_after_the_demo_finds_the_program(programs: Path | None, exported: str) -> None:
    line = pasted_line(Path("build/my demo"), programs)
    assert line == (
        "cd 'build/my demo' && export ORDERCLI_DB=\"$PWD/shop.db\" ORDERCLI_NOW=2026-03-20T10:00:00-04:00"
        f"{exported} && ordercli today"
    )


OTHER_URL = (
    "A shop is an SQLite file or a database of PostgreSQL: --db and ORDERCLI_DB take a path, or"
    " postgresql://USER@HOST/DATABASE, and no other URL.\n"
)
NO_SERVER = (
    "No server answers for postgresql://ana@127.0.0.1:1/shop; nothing changed, look whether it runs,"
    " and try again.\n"
)
WHERE_HOST = (
    "In the URL of a server, write a / of a name or password as %2F, and an @ as %40: it is not plain where the"
    " host begins.\n"
)
URLS = {
    "mysql://ana:secret@localhost/shop": (2, OTHER_URL),
    "postgresql+psycopg://localhost/shop": (2, OTHER_URL),
    "sqlite:///shop.db": (2, OTHER_URL),
    "mysql:/ana:secret@localhost/shop": (2, OTHER_URL),
    "mysql:ana:secret@localhost/shop": (2, OTHER_URL),
    "postgresql:/ana:secret@localhost/shop": (2, OTHER_URL),
    "postgres:ana:secret@localhost/shop": (2, OTHER_URL),
    "\tmysql://ana:secret@localhost/shop": (2, OTHER_URL),
    "postgresql://ana:se/secret@127.0.0.1:1/shop": (2, WHERE_HOST),
    "postgresql://ana:secr@secret@127.0.0.1:1/shop": (2, WHERE_HOST),
    "postgresql://ana:1/secret?secret@127.0.0.1:1/shop": (2, WHERE_HOST),
    "postgresql://ana:1@secret/secret@127.0.0.1:1/shop": (2, WHERE_HOST),
    " postgresql://ana:secret@127.0.0.1:1/shop\n": (7, NO_SERVER),
    "POSTGRES://ana:secret@127.0.0.1:1/shop": (7, NO_SERVER),
    "postgresql://ana@127.0.0.1:1/shop?password=secret": (7, NO_SERVER),
    "postgresql://ana@127.0.0.1:1/shop?pass%77ord=secret": (7, NO_SERVER),
    "postgresql://ana@127.0.0.1:1/shop?sslpassword=secret": (7, NO_SERVER),
    "postgresql://ana:secret@127.0.0.1:1/shop": (7, NO_SERVER),
}


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("command", [("today",), ("init", *ZONE)])
def test_the_url_of_a_server_is_no_file_and_its_password_is_not_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {file.name for file in tmp_path.iterdir()}
    code, told = URLS[url]

    by_option = run("--db", url, *command)
    behind = run(*command, "--db", url)
    monkeypatch.setenv("ORDERCLI_DB", url)
    by_variable = run(*command)

    for ran in (by_option, behind, by_variable):
        assert (ran.exit_code, ran.stdout) == (code, "")
        assert ran.stderr.endswith(told)
        assert ("warning: the password stands in the URL" in ran.stderr) == (code == 7 and command[0] == "init")
        assert "secret" not in ran.stderr
    assert {file.name for file in tmp_path.iterdir()} == before
    assert "secret" not in run("--db", url, "--version", "--verbose").stdout
