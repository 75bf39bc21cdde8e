"""Fixtures shared by all tests: a migrated database copied for each test, and the command line run on it.

The schema is made by migrating, once; a test gets a copy, which costs a fraction of a millisecond. The clock
is frozen, the home folder and the environment are empty.
"""

import gc
import os
import shutil
import signal
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import about_files
import campaign  # noqa: F401 - how many examples, for all tests
import kept_open
import server_shops
import some_cases
import turned
from here import Ran, run_here
from lean import become_lean
from ordercli.filedriver import FileDriver
from ordercli.keeper import keeper_of
from ordercli.server import ShopPlace
from ordercli.services.settings import ShopFacts
from server_shops import ServerShelf
from shelf import Shelf, check_laws, forget, kept, may_look, only_names, put, settle
from workbench import Workbench

collect_ignore = [
    *([] if "ORDERCLI_TWO_ENGINES" in os.environ else ["postgres"]),
    *(about_files.ROOMS if server_shops.IS_CHOSEN and some_cases.IS_ASKED else []),
]
"""``make test-postgres`` runs the first, which need a server, and does not look for what it would leave out."""
pytest_plugins = ["light_locks", "stand_in.fixtures"]
NOW = "2026-03-16T09:00:00-04:00"
ROOM = 2 * 1024**3
"""What the files of a run may take at most: those of a test that passed are removed at once."""
SAMPLE = Path(__file__).parents[1] / "src" / "ordercli" / "sample"


__all__ = ["NOW", "SAMPLE", "Ran", "Run", "insert", "rolled_back"]
Run = Callable[..., Ran]


def pytest_configure() -> None:
    """Put temporary files into memory where the system has a folder for that: else each commit syncs a disk."""
    hear_signals()
    become_lean()
    kept_open.begin()
    some_cases.set_day()
    gc.disable()  # until all tests are collected: what is made for them stays
    memory = "/dev/shm"  # noqa: S108 - whoever makes files in it makes a folder of the user's own first
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        os.environ["TMPDIR"] = memory
        tempfile.tempdir = None  # look again
    # In the processes that tests start, as in this one: a library's warning is an error. One that a signal ends
    # may leave files open.
    os.environ["PYTHONWARNINGS"] = "error,ignore::ResourceWarning"


def hear_signals() -> None:
    """Hear the signals that tests send, in the processes they start as well, also where who started us does not.

    A shell that runs something in the background has it ignore Ctrl-C, and nohup the end of the terminal.
    """
    if not hasattr(signal, "pthread_sigmask"):
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPROF):
        if signal.getsignal(number) is signal.SIG_IGN:
            is_ctrl_c = number == signal.SIGINT
            signal.signal(number, signal.default_int_handler if is_ctrl_c else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def pytest_report_header() -> str | None:
    """Say which cases are taken, where not all are."""
    return some_cases.header()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what plays whole lives or many examples: then no processor waits for one of them at the end."""
    if server_shops.IS_CHOSEN:
        about = {item: reason for item in items if (reason := about_files.reason_of(item))}
        for item, reason in about.items():
            item.add_marker(pytest.mark.skip(reason=reason))
        if some_cases.IS_ASKED:  # to skip as many tests as are run takes its time too
            items[:] = [item for item in items if item not in about]
    if later := some_cases.left_out(items):
        items[:] = [item for item in items if item not in later]
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Begin with what has a server of its own: what those tests share is made by one process, most of it."""
    if about_files.is_of_servers(item):
        return 0
    return 1 if {"campaign", "hypothesis"} & {mark.name for mark in item.iter_markers()} else 2


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what the tests themselves are: it stays as long as the run."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionfinish() -> None:
    """Remove the one file that is in no test's folder."""
    turned.forget()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the files of tests/golden anew")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose system program is missing; fail it where the run promises to have them all."""
    for marker in item.iter_markers("system"):
        (program,) = marker.args
        if shutil.which(program) is None:
            if os.environ.get("ORDERCLI_REQUIRE_SYSTEM"):
                pytest.fail(f"the program {program} is not installed")
            pytest.skip(f"needs the program {program}")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Let go of the test's files."""
    kept_open.forget()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> None:
    """Make a copy of a shop that is due before another fixture may look at it."""
    if may_look(fixturedef.func):
        settle()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call() -> None:
    """Make it before the test does."""
    settle()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how often in all the campaigns did what they count, as the tests recorded it."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", ()):
        counts.update({what: number for what, number in report.user_properties if isinstance(number, int)})
    for what, number in counts.items():
        terminalreporter.write_line(f"{number:>9,}  {what}")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("ORDERCLI_", "XDG_")) and name not in (
            "ORDERCLI_SAMPLES",
            "ORDERCLI_SPAPI_MODELS",
            "ORDERCLI_REQUIRE_SYSTEM",
        ):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("ORDERCLI_NOW", NOW)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop in New York with USD."""
    if server_shops.IS_CHOSEN:
        request.getfixturevalue("server_shelf")  # where benches are copied to
    return empty_file(tmp_path_factory)


def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop in New York with USD, in a file wherever tests run."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    _set_up(path)
    return path


def _set_up(place: ShopPlace) -> None:
    shop = ShopFacts("America/New_York", "USD")
    keeper_of(place, Path("beside.db")).create(shop, now="2026-03-16T13:00:00Z", actor="test", wait_seconds=5)


@pytest.fixture(scope="session")
def server_shelf() -> Iterator[ServerShelf]:
    """A private server, with the empty shop on its shelf."""
    with server_shops.server_shelf(_set_up) as shelf:
        yield shelf


@pytest.fixture(scope="session")
def blank(template: Path) -> Iterator[FileDriver]:
    """The empty shop in memory, for tests that hold a rule's SQL and its function together row by row.

    Foreign keys are off, so that a row can stand alone. Rows are named by their columns; each example rolls
    back what it wrote.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None, factory=FileDriver)) as connection:
        with closing(sqlite3.connect(template)) as file:
            file.backup(connection)
        connection.row_factory = sqlite3.Row
        yield connection


@contextmanager
def rolled_back(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction of which nothing stays."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def insert(connection: sqlite3.Connection, table: str, **row: object) -> int:
    """Insert one row; columns not told that must not be NULL and have no default get 0 or nothing.

    Returns:
        Its row id.
    """
    told = dict(row)
    for _, name, kind, is_required, default, _ in connection.execute(f"PRAGMA table_info({table})"):
        if is_required and default is None and name not in told and name != "id":
            told[name] = {"INTEGER": 0, "BLOB": b""}.get(kind, "")
    places = ", ".join("?" * len(told))
    sql = f"INSERT INTO {table} ({', '.join(told)}) VALUES ({places})"
    return connection.execute(sql, tuple(told.values())).lastrowid or 0


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A copy of the empty shop, named by ORDERCLI_DB; every law of the data is checked when the test ends."""
    if server_shops.IS_CHOSEN:
        on_server: ServerShelf = request.getfixturevalue("server_shelf")
        server = on_server.empty()
        monkeypatch.setenv("ORDERCLI_DB", str(server))
        yield server
        on_server.check()
        return
    yield from copied_file(request.getfixturevalue("template"), tmp_path / "shop.db", monkeypatch)


def copied_file(template: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the empty shop as :func:`database` has it where tests run on files."""
    put(template, path, b"the empty shop")
    monkeypatch.setenv("ORDERCLI_DB", str(path))
    yield path
    if path.exists():
        check_laws(path)
    forget(path)


@pytest.fixture(scope="session")
@only_names
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Any:
    """Where shops are kept for this run, for all its worker processes: each has a folder in that of the run."""
    if server_shops.IS_CHOSEN:
        return request.getfixturevalue("server_shelf")
    return shelf_of_files(tmp_path_factory, worker_id)


def shelf_of_files(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Shelf:
    """A shelf in the folder of the run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "shelf"
    folder.mkdir(exist_ok=True)
    return Shelf(folder)


@pytest.fixture
@only_names
def bench(database: Path) -> Workbench:
    """The test's database, for use cases without a command line."""
    return Workbench(database)


@pytest.fixture
@only_names
def run(database: Path) -> Run:
    """Run a command line on the test's database: ``run("stock", "--low")``, input as ``stdin=``."""
    del database  # named by the environment

    def run_command(*arguments: str, stdin: str | bytes | None = None, now: str | None = None) -> Ran:
        return run_here(arguments, stdin=stdin, environment={"ORDERCLI_NOW": now} if now else None)

    return run_command


@kept
def shop(run: Run) -> Run:
    """The sample shop's products and opening stock (35 units worth 295.60), without orders."""
    assert run("product", "import", str(SAMPLE / "products.csv")).exit_code == 0
    assert run("stock", "import", str(SAMPLE / "opening-stock.csv")).exit_code == 0
    return run


@kept
def busy_shop(shop: Run) -> Run:
    """The sample shop with the eleven orders of the unshipped-orders report."""
    assert shop("order", "import", str(SAMPLE / "unshipped-orders.txt")).exit_code == 4
    return shop
