"""What is said, and with which code, where a server is not there, lets nobody in, or goes away in the middle."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import psycopg
import psycopg.sql
import pytest
import pytest_socket
import trustme

from here import Ran, run_here
from ordercli.keeper import keeper_of
from ordercli.server import Server
from ordercli.services.settings import ShopFacts
from patience import LONG, until
from pg_server import NotStartedError, owner, private_server, running
from postgres.conftest import connected
from server_shops import at
from warm import start

HOST = "shop.example"
NOW = "2026-03-20T14:00:00Z"
pytestmark = pytest.mark.enable_socket
TRUSTED = "local all postgres trust\nlocal all all scram-sha-256\nhostssl all all all scram-sha-256\n"
LOST = "was lost; what was not committed was rolled back, run it again"


class Place:
    """A server of this module's own: its folder, its port on this machine, and who vouches for it."""

    def __init__(self, folder: Path, port: int, trusted: str) -> None:
        self.folder = folder
        self.port = port
        self.trusted = trusted
        self.shop = at(folder, "shop")

    def anna(self, password: str = "", database: str = "shop", **more: str) -> str:
        """The URL of a user with a password, over the network."""
        told = "&".join(f"{name}={value}" for name, value in {"hostaddr": "127.0.0.1", **more}.items())
        secret = f":{password}" if password else ""
        return f"postgresql://anna{secret}@{more.get('host', HOST)}:{self.port}/{database}?{told}"


@contextmanager
def secured(folder: Path) -> Iterator[Callable[[Path], None]]:
    """Certificates for a server, which are put beside its data."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(folder / "other.pem"))
    issued = authority.issue_cert(HOST)

    def prepare(server: Path) -> None:
        (server / "data" / "pg_hba.conf").write_text(TRUSTED)
        issued.private_key_pem.write_to_path(str(server / "key.pem"))
        for pem in issued.cert_chain_pems:
            pem.write_to_path(str(server / "cert.pem"), append=True)
        for file in ("key.pem", "cert.pem"):
            (server / file).chmod(0o600)
            if owner():
                shutil.chown(server / file, "postgres")

    yield prepare


def free_port() -> int:
    pytest_socket.enable_socket()
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    finally:
        pytest_socket.disable_socket(allow_unix_socket=True)


def listening(stack: ExitStack, prepare: Callable[[Path], None]) -> tuple[Path, int]:
    """A server and its port; one that somebody takes in the moment after it was found free is left to him."""
    settings = ("listen_addresses=127.0.0.1", "ssl=on", "ssl_cert_file=../cert.pem", "ssl_key_file=../key.pem")
    while True:
        port = free_port()
        try:
            return stack.enter_context(private_server(prepare, f"port={port}", *settings)), port
        except NotStartedError as error:
            if "in use" not in str(error):
                raise


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("trust")
    with ExitStack() as stack:
        server, port = listening(stack, stack.enter_context(secured(folder)))
        # The socket has the port in its name.
        found = Place(server, port, str(folder))
        found.shop = Server(*[f"postgresql://postgres@:{port}/shop?host={server}"] * 2)
        with closing(connected(f"host={server} port={port} user=postgres dbname=postgres")) as first:
            for statement in (
                "CREATE ROLE anna LOGIN PASSWORD 'right' SUPERUSER",
                "CREATE DATABASE shop TEMPLATE template0",
                "CREATE DATABASE theirs TEMPLATE template0",
                "CREATE DATABASE swiss TEMPLATE template0 LOCALE 'C.UTF-8'",
                "CREATE DATABASE nothing TEMPLATE template0",
            ):
                first.execute(statement.encode())
        with closing(connected(f"host={server} port={port} user=postgres dbname=theirs")) as theirs:
            theirs.execute(b"CREATE TABLE public.book (x int)")
        shop = ShopFacts("America/New_York", "USD")
        keeper_of(found.shop, Path("beside.db")).create(shop, now=NOW, actor="test", wait_seconds=5)
        yield found


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.delenv("PGPASSWORD", raising=False)


def at_place(url: str, *words: str) -> Ran:
    return run_here(words, environment={"ORDERCLI_DB": url, "ORDERCLI_NOW": NOW})


def refused(ran: Ran, code: int, *said: str) -> None:
    assert (ran.exit_code, ran.stdout) == (code, ""), ran.stderr
    assert ran.stderr.count("\n") == 1, ran.stderr
    for each in said:
        assert each in ran.stderr
    assert "right" not in ran.stderr.replace("the right one", "")


COMMANDS = (("stock",), ("product", "add", "A", "--name", "A"), ("init",), ("order", "list", "--format", "csv"))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_server_is_7_and_which_one(words: tuple[str, ...], tmp_path: Path) -> None:
    for url in (
        f"postgresql://anna@/shop?host={tmp_path}",
        "postgresql://anna@127.0.0.1:1/shop",
        "postgresql://anna@localhost:1/shop",
    ):
        refused(at_place(url, *words), 7, f"No server answers for {url}; nothing changed")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_who_is_not_let_in_is_told_8(place: Place, words: tuple[str, ...]) -> None:
    local = f"postgresql://anna@:{place.port}/shop?host={place.folder}"
    root = f"{place.trusted}/ca.pem"
    refused(at_place(local, *words), 8, "wants a password", ".pgpass", "keyring")
    refused(at_place(place.anna(sslrootcert=root), *words), 8, "wants a password")
    nobody = f"postgresql://nobody@:{place.port}/shop?host={place.folder}"
    refused(at_place(nobody, *words), 8, "wants a password")
    missing = f"postgresql://postgres@:{place.port}/missing?host={place.folder}"
    refused(at_place(missing, *words), 8, 'database "missing" does not exist')


def test_a_wrong_password_is_8_and_is_not_shown(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    local = f"postgresql://anna@:{place.port}/shop?host={place.folder}"
    monkeypatch.setenv("PGPASSWORD", "wrong-one")
    ran = at_place(local, "stock")
    refused(ran, 8, "does not take this user with this password")
    assert "wrong-one" not in ran.stderr


def test_the_password_comes_from_the_environment_a_file_or_the_keyring(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    local = f"postgresql://anna@:{place.port}/shop?host={place.folder}"
    with monkeypatch.context() as told:
        told.setenv("PGPASSWORD", "right")
        assert at_place(local, "stock").exit_code == 0
    with monkeypatch.context() as told:
        kept = tmp_path / "pgpass"
        kept.write_text("*:*:*:anna:right\n")
        kept.chmod(0o600)
        told.setenv("PGPASSFILE", str(kept))
        assert at_place(local, "stock").exit_code == 0
    for found, code in (("right", 0), ("wrong", 8), (None, 8)):
        keys = {("ordercli-postgresql", local): found}
        keyring = SimpleNamespace(get_password=lambda service, user, keys=keys: keys.get((service, user)))
        monkeypatch.setitem(sys.modules, "keyring", keyring)
        assert at_place(local, "stock").exit_code == code


def test_a_password_that_is_kept_for_the_shop_alone_opens_what_its_copies_are_looked_at_in(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "pgpass"
    kept.write_text("*:*:shop:anna:right\n", encoding="utf-8")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    url, copies = f"postgresql://anna@:{place.port}/shop?host={place.folder}", str(tmp_path / "copies")
    for words in (["backup", "--to", copies], ["backup", "verify"]):
        ran = at_place(url, *words)
        assert ran.exit_code == 0, ran.stderr


def test_a_password_in_the_url_works_is_warned_of_and_is_shown_nowhere(place: Place) -> None:
    url = f"postgresql://anna:right@:{place.port}/shop?host={place.folder}"
    read, written = at_place(url, "stock"), at_place(url, "product", "add", "P-1", "--name", "P")
    assert (read.exit_code, written.exit_code) == (0, 0)
    assert written.stderr.startswith("warning: the password stands in the URL")
    for ran in (read, written, at_place(url, "db", "info"), at_place(url, "config", "list")):
        assert "right" not in ran.output


def test_a_server_elsewhere_proves_who_it_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "right")
    ours, others = f"{place.trusted}/ca.pem", f"{place.trusted}/other.pem"
    assert at_place(place.anna(sslrootcert=ours), "stock").exit_code == 0
    told = "cannot be trusted to be the one meant"
    refused(at_place(place.anna(sslrootcert=others), "stock"), 8, told, "certificate verify failed")
    wrong = place.anna(sslrootcert=ours).replace(f"@{HOST}", "@other.example")
    refused(at_place(wrong, "stock"), 8, told, "other.example")
    refused(at_place(place.anna(), "stock"), 8, told)  # the system's certificates do not vouch for it
    assert at_place(place.anna(sslmode="require"), "stock").exit_code == 0  # whoever says so


def test_one_that_only_the_environment_or_a_service_names_proves_it_too(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told, ours = "cannot be trusted to be the one meant", f"{place.trusted}/ca.pem"
    services = tmp_path / "services"
    words = f"host={HOST}\nhostaddr=127.0.0.1\nport={place.port}\nuser=anna\ndbname=shop\n"
    services.write_text(f"[bare]\n{words}[ours]\n{words}sslrootcert={ours}\n[loose]\n{words}sslmode=require\n")
    for name, value in (("PASSWORD", "right"), ("SERVICEFILE", str(services))):
        monkeypatch.setenv(f"PG{name}", value)

    refused(at_place("postgresql:///?service=bare", "stock"), 8, told)
    assert at_place("postgresql:///?service=ours", "stock").exit_code == 0
    assert at_place("postgresql:///?service=loose", "stock").exit_code == 0  # whoever says so
    monkeypatch.setenv("PGHOST", HOST)
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    refused(at_place(f"postgresql://anna@:{place.port}/shop", "stock"), 8, told)
    assert at_place(f"postgresql://anna@:{place.port}/shop?sslrootcert={ours}", "stock").exit_code == 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("service=nowhere", 'definition of service "nowhere" not found'),
        ("port=abc", 'invalid integer value "abc"'),
        ("sslmode=odd", 'invalid sslmode value: "odd"'),
        ("connect_timeout=soon", "bad value for connect_timeout"),
        ("host=a,b&hostaddr=127.0.0.1", "could not match 2 host names"),
    ],
)
def test_words_that_no_server_can_be_reached_with_are_told_8(told: str, said: str) -> None:
    refused(at_place(f"postgresql://anna@/shop?{told}", "stock"), 8, "cannot be opened: ", said)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgresql://a@h:1/shop?x=1&dbname=y", "postgresql://a@h:1/other?x=1"),
        ("postgresql:///shop", "postgresql:///other"),
        ("postgresql:///?service=mine", "postgresql:///other?service=mine"),
        ("postgresql://a@[::1]:5432/My%20Shop", "postgresql://a@[::1]:5432/other"),
        ("postgresql://a@h,i:2", "postgresql://a@h,i:2/other"),
    ],
)
def test_another_database_of_the_same_server_has_a_url(url: str, other: str) -> None:
    assert str(Server(url, url).at_database("other")) == other


@pytest.mark.parametrize("name", ["My Shop", 'sh"op', "UPPER", "sh/op", "o'shop", "sh%op", "läden"])
def test_a_database_may_have_any_name(place: Place, name: str) -> None:
    with closing(connected(f"host={place.folder} port={place.port} user=postgres dbname=postgres")) as first:
        first.execute(
            psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(psycopg.sql.Identifier(name))
        )
    url = f"postgresql://postgres@:{place.port}/{quote(name, safe='')}?host={place.folder}"

    made = at_place(url, "init", "--time-zone", "Europe/Vienna")

    assert (made.exit_code, f"The database is {url}; next" in made.stderr) == (0, True), made
    assert at_place(url, "stock").exit_code == 0


def test_what_is_in_the_database_is_told_8(place: Place) -> None:
    def url(name: str) -> str:
        return f"postgresql://postgres@:{place.port}/{name}?host={place.folder}"

    for words in COMMANDS:
        refused(at_place(url("theirs"), *words), 8, "belongs to another program")
        if words != ("init",):
            refused(at_place(url("nothing"), *words), 8, "is empty; make a shop in it with: ordercli init")
    refused(at_place(url("swiss"), "init"), 8, "orders text by C.UTF-8", "createdb --template=template0")


@pytest.mark.parametrize(
    ("revision", "said"),
    [("s9999", "was made by a newer ordercli (schema s9999"), ("0007", "before ordercli's first release")],
)
def test_another_schema_is_told_8(place: Place, revision: str, said: str) -> None:
    address = f"host={place.folder} port={place.port} user=postgres dbname=shop"
    with closing(connected(address)) as there:
        (before,) = there.execute("SELECT version_num FROM ordercli.alembic_version").fetchone() or ("",)
        there.execute("UPDATE ordercli.alembic_version SET version_num = %s", (revision,))
        try:
            for words in (*COMMANDS, ("db", "upgrade"), ("db", "info")):
                refused(at_place(place.shop.url, *words), 8, said)
        finally:
            there.execute("UPDATE ordercli.alembic_version SET version_num = %s", (before,))


@contextmanager
def held_up(address: str) -> Iterator["psycopg.Connection[Any]"]:
    """Keep writers waiting in the midst of their transactions, where they have their turn and have written."""
    with closing(connected(address)) as there, there.transaction():
        there.execute(b"LOCK TABLE ordercli.product IN EXCLUSIVE MODE")
        yield there


_WAITING = b"""
SELECT pid FROM pg_stat_activity WHERE application_name = 'ordercli' AND wait_event_type = 'Lock'"""


def waiting(there: "psycopg.Connection[Any]") -> int:
    def found() -> tuple[Any, ...] | None:
        there.execute(b"SELECT pg_stat_clear_snapshot()")
        return there.execute(_WAITING).fetchone()

    (process,) = until(found, "nobody waits") or (0,)
    return int(process)


def operations(place: Place) -> str:
    return at_place(place.shop.url, "log", "--format", "csv").stdout


ADD = ("product", "add", "LOST-1", "--name", "Lost")


def test_a_connection_that_is_lost_in_the_middle_changes_nothing(place: Place) -> None:
    address = f"host={place.folder} port={place.port} user=postgres dbname=shop"
    before = operations(place)
    with held_up(address) as there:
        running_one = start(*ADD, ORDERCLI_DB=place.shop.url, ORDERCLI_NOW=NOW, ORDERCLI_BUSY_SECONDS=f"{LONG}")
        there.execute("SELECT pg_terminate_backend(%s)", (waiting(there),))
        code, said = running_one.ended()
    assert code == 7, said
    assert LOST in said
    assert said.count("\n") == 1
    assert operations(place) == before
    assert at_place(place.shop.url, *ADD).exit_code == 0
    assert "nchanged" in at_place(place.shop.url, *ADD).stderr
    assert at_place(place.shop.url, "product", "remove", "LOST-1", "--yes").exit_code == 0


def test_who_waits_too_long_for_another_writer_is_told_7(place: Place) -> None:
    address = f"host={place.folder} port={place.port} user=postgres dbname=shop"
    with held_up(address):
        ran = run_here(
            ADD, environment={"ORDERCLI_DB": place.shop.url, "ORDERCLI_NOW": NOW, "ORDERCLI_BUSY_SECONDS": "0.3"}
        )
    refused(ran, 7, "Another process kept", place.shop.url)
    assert at_place(place.shop.url, "product", "show", "LOST-1").exit_code == 6


@contextmanager
def running_again(folder: Path) -> Iterator[None]:
    """The server of a folder after it was killed, as soon as the last of its processes has ended."""
    with ExitStack() as server:

        def is_started() -> bool:
            with suppress(NotStartedError):
                server.enter_context(running(folder))
                return True
            return False

        until(is_started, lambda: (folder / "log").read_text()[-600:])
        yield


def test_a_server_killed_in_the_middle_loses_nothing_that_was_told() -> None:
    with private_server() as folder:
        shop, address = at(folder, "shop"), f"host={folder} user=postgres"
        with closing(connected(f"{address} dbname=postgres")) as first:
            first.execute(b"CREATE DATABASE shop TEMPLATE template0")
        keeper_of(shop, Path("beside.db")).create(
            ShopFacts("America/New_York", "USD"), now=NOW, actor="test", wait_seconds=5
        )
        assert at_place(shop.url, "product", "add", "TOLD-1", "--name", "Told").exit_code == 0
        with suppress(psycopg.OperationalError), held_up(f"{address} dbname=shop") as there:
            running_one = start(*ADD, ORDERCLI_DB=shop.url, ORDERCLI_NOW=NOW, ORDERCLI_BUSY_SECONDS=f"{LONG}")
            backend = waiting(there)
            server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(server, signal.SIGKILL)
            os.kill(backend, signal.SIGKILL)
            os.waitpid(server, 0)
            code, said = running_one.ended()
        assert (code, LOST in said) == (7, True), said
        assert at_place(shop.url, "stock").exit_code == 7
        with running_again(folder):
            connected(f"{address} dbname=shop").close()
            listed = at_place(shop.url, "product", "list", "--format", "csv", "--columns", "sku").stdout
            assert listed.split() == ["sku", "TOLD-1"]
            assert at_place(shop.url, *ADD).exit_code == 0
