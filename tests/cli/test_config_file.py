"""``config`` over the configuration file: what holds and who says so, and changes that keep comments."""

import stat
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.steps import content, done, listed, receipt
from conftest import Run
from ordercli.cli.config_file import beginning, check_content, set_in_file
from ordercli.domain.amazon.labels import SENDER
from ordercli.domain.file_settings import FILE_NAMES, FILE_RULES, FILE_TABLES
from ordercli.messaging import account

GIVEN = """\
# my shop
shop_name = "Maple & Moss" # as on the parcels

[mail] # by the provider
host = "smtp.example.com"
port = 587   # as they say
"""
EXAMPLES = {
    "database": "shop.db",
    "format": "csv",
    "color": "never",
    "shop_name": 'Ana\'s "best"',
    "sender": "Ana\\n1 Mill Lane",
    "country": "US",
    "logo": "logo.png",
    "slip_template": "slip.txt",
    "fonts": "a.ttf,b.ttf",
    "hooks": "my-hooks",
    "hook_seconds": "20",
    "mail.via": "smtp",
    "mail.from": "Ana <ana@shop.example>",
    "mail.host": "smtp.example.com",
    "mail.port": "465",
    "mail.security": "tls",
    "mail.user": "ana",
    "mail.password_file": "secret",
    "mail.ca_file": "ca.pem",
    "mail.outbox": "out",
    "ship_from.sender": "Luna Silver",
    "ship_from.address_1": "1 Mill Lane",
    "ship_from.address_2": "Unit 2",
    "ship_from.city": "Bend",
    "ship_from.state": "OR",
    "ship_from.postal_code": "97701",
    "ship_from.country": "US",
    "ship_from.phone": "5415550100",
    "ship_from.email": "hello@shop.example",
    "ship_from.size": "10x7x1in",
}


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration file that this test's commands take."""
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(GIVEN)
    monkeypatch.setenv("ORDERCLI_CONFIG", str(path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return path


def held(run: Run, *flags: str) -> dict[str, tuple[str, str]]:
    """Value and source of each setting that holds."""
    rows = listed(run, *flags, "config", "list")
    return {row["name"]: (row["value"], row["source"]) for row in rows if row["is_effective"]}


def names_in(text: str) -> set[str]:
    """The settings that a file tells, those of tables with their table's name."""
    told = tomllib.loads(text)
    within = {f"{table}.{name}" for table in FILE_TABLES for name in told.pop(table)}
    return {*told, *within}


def test_every_setting_of_the_file_has_an_example_here_and_the_mail_account_has_no_other() -> None:
    assert set(EXAMPLES) == set(FILE_NAMES)
    assert {name.removeprefix("mail.") for name in FILE_NAMES if name.startswith("mail.")} == {
        *account._TEXTS,  # noqa: SLF001 - what it reads
        "port",
    }
    assert {name.removeprefix("ship_from.") for name in FILE_NAMES if name.startswith("ship_from.")} == {
        *SENDER,
        "size",
    }


@pytest.mark.parametrize("name", FILE_NAMES)
def test_what_is_set_holds_until_it_is_unset_and_nothing_else_of_the_file_changes(
    run: Run, file: Path, database: Path, name: str
) -> None:
    before = content(database)
    file.write_text(given := "# one\n\n[mail] # two\nuser = 'm' # three\n")

    ran = done(run("config", "set", name, EXAMPLES[name]))

    assert ran.stderr == f"Set {name} to {EXAMPLES[name]} in {file}.\n"
    if name != "database":  # which the runs of tests name on their line
        assert done(run("config", "get", name)).stdout == EXAMPLES[name].replace("\\n", "\n") + "\n"
    written = file.read_text()
    assert [part in written for part in ("# one\n", "[mail] # two", "# three")] == [True] * 3
    assert done(run("config", "set", name, EXAMPLES[name])).stderr.startswith(f"Unchanged: {name} is ")
    assert file.read_text() == written
    done(run("config", "unset", name))
    if name != "mail.user":
        assert file.read_text() == given
    assert done(run("config", "unset", name)).stderr == f"Unchanged: {name} is not in {file}.\n"
    assert content(database) == before


def test_the_url_of_a_server_is_kept_and_its_password_told_by_nobody(run: Run) -> None:
    url = "postgresql://packer:secret@db.example/shop"

    for ran in (
        done(run("config", "set", "database", url)),
        done(run("config", "set", "database", url)),
        done(run("config", "list")),
        run("config", "set", "database", "mysql://packer:secret@db.example/shop"),
        done(run("config", "unset", "database")),
    ):
        assert "secret" not in ran.output
    assert done(run("config", "set", "database", url)).stderr.startswith(
        "Set database to postgresql://packer@db.example/shop in "
    )


def test_each_setting_tells_who_says_it(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done(run("config", "set", "reorder_point", "5"))
    file.write_text('format = "tsv"\n' + GIVEN)

    rows = held(run)
    assert rows["shop_name"] == ("Maple & Moss", "file")
    assert rows["database"][1] == "environment"
    assert rows["mail.port"] == ("587", "file")
    assert rows["mail.security"] == ("starttls", "default")
    assert rows["reorder_point"] == ("5", "database")
    assert rows["cover_days"] == ("30", "default")
    assert rows["format"] == ("json", "flag")
    assert done(run("config", "get", "format")).stdout == "tsv\n"
    monkeypatch.setenv("ORDERCLI_FORMAT", "csv")
    assert done(run("config", "get", "format")).stdout == "csv\n"
    assert done(run("config", "get", "color", "--color", "never")).stdout == "never\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert held(run)["color"] == ("never", "environment")


def test_a_value_to_come_stands_beside_the_one_that_holds(run: Run) -> None:
    done(run("config", "set", "reorder_point", "5", "--from", "2026-04-01"))

    rows = [row for row in listed(run, "config", "list") if row["name"] == "reorder_point"]
    assert [(row["value"], row["source"], row["valid_from"], row["is_effective"]) for row in rows] == [
        ("0", "default", None, True),
        ("5", "database", "2026-04-01", False),
    ]


def test_a_dated_setting_that_is_unset_has_its_default_from_that_day_on(run: Run) -> None:
    done(run("config", "set", "reorder_point", "5", "--from", "2026-03-01"))

    ran = done(run("config", "unset", "reorder_point", "--from", "2026-03-10"))

    assert ran.stderr == "Unset reorder_point from 2026-03-10; it has its default, 0 (operation 3).\n"
    assert done(run("config", "get", "reorder_point")).stdout == "0\n"
    assert done(run("config", "get", "reorder_point", now="2026-03-05T12:00:00Z")).stdout == "5\n"
    assert held(run)["reorder_point"] == ("0", "default")
    again = done(run("config", "unset", "reorder_point"))
    assert again.stderr.startswith("Unchanged: reorder_point has its default, 0, on 2026-03-16 already")
    assert " checks: 0 BROKEN" in run("doctor").stderr
    done(run("undo", "--yes"))
    assert done(run("config", "get", "reorder_point")).stdout == "5\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("set", "shop_nam", "x"), 6, "did you mean shop_name"),
        (("get", "mail.prot"), 6, "did you mean mail.port"),
        (("unset", "mail.prot"), 6, "did you mean mail.port"),
        (("set", "format", "pdf"), 2, "There is no format 'pdf'"),
        (("set", "color", "red"), 2, "color must be one of auto, always, never"),
        (("set", "country", "USA"), 2, "country must be two letters"),
        (("set", "mail.port", "smtp"), 2, "mail.port: 'smtp' is not a whole number"),
        (("set", "mail.port", "70000"), 2, "mail.port must be a whole number from 1 to 65535"),
        (("set", "hook_seconds", "0"), 2, "hook_seconds must be a whole number from 1 to 600"),
        (("set", "mail.from", "nobody"), 2, "mail.from"),
        (("set", "mail.via", "pigeon"), 2, "mail.via must be one of"),
        (("set", "mail.security", "none"), 2, "mail.security must be one of"),
        (("set", "shop_name", "x", "--from", "2026-04-01"), 2, "knows no days"),
        (("unset", "shop_name", "--from", "2026-04-01"), 2, "knows no days"),
        (("edit",), 2, "There is no terminal to edit on"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_refused_in_one_sentence(
    run: Run, file: Path, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = run("config", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr
    assert (file.read_text(), content(database)) == (GIVEN, before)


def test_a_dry_run_writes_nothing_and_the_receipt_of_the_file_names_no_operation(run: Run, file: Path) -> None:
    ran = done(run("config", "set", "country", "US", "--dry-run"))
    assert ran.stderr == f"Dry run, nothing written: set country to US in {file}.\n"
    assert file.read_text() == GIVEN

    told = receipt(done(run("config", "set", "country", "US", "--format", "json")))
    assert told == {
        "operation": None,
        "command": "config set",
        "summary": f"set country to US in {file}",
        "changed": {"settings": 1},
        "undo": None,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shop_name = \n", "is not TOML"),
        ("\ufeffshop_name = 'x'\n", "is not TOML"),
        ("shop_nam = 'x'\n", "knows no setting 'shop_nam'; did you mean shop_name?"),
        ("[mail]\nprot = 1\n", "knows no setting 'mail.prot'; did you mean mail.port"),
        ("[mail.smtp]\nport = 1\n", "knows no setting 'mail.smtp'"),
        ("mail = 1\n", "mail must be a table"),
        ("shop_name = 7\n", "shop_name must be text"),
    ],
)
def test_a_file_with_a_fault_is_told_and_stays(run: Run, file: Path, text: str, said: str) -> None:
    file.write_text(text, encoding="utf-8")

    for words in (("list",), ("get", "shop_name"), ("set", "country", "US")):
        ran = run("config", *words)
        assert (ran.exit_code, ran.stderr.count("\n"), said in ran.stderr) == (2, 1, True), words
    assert file.read_text(encoding="utf-8") == text
    assert done(run("config", "get", "reorder_point")).stdout == "0\n"


def test_the_file_is_made_with_its_folder_for_the_user_alone_and_written_through_links(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "deeper" / "config.toml"
    monkeypatch.setenv("ORDERCLI_CONFIG", str(path))
    done(run("config", "set", "country", "US"))
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    monkeypatch.setenv("ORDERCLI_CONFIG", str(link))
    done(run("config", "set", "shop_name", "Maple"))

    assert link.is_symlink()
    assert tomllib.loads(path.read_text()) == {"country": "US", "shop_name": "Maple"}
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


def test_of_settings_set_at_one_moment_none_is_lost(file: Path) -> None:
    file.unlink()
    names = sorted(EXAMPLES)

    with ThreadPoolExecutor(len(names)) as threads:
        assert all(threads.map(lambda name: set_in_file(file, name, EXAMPLES[name]), names))

    assert names_in(file.read_text()) == set(names)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_settings_of_the_file_need_no_database(run: Run, file: Path) -> None:
    done(run("--db", "none.db", "config", "set", "country", "US"))
    assert done(run("--db", "none.db", "config", "get", "country")).stdout == "US\n"
    assert done(run("--db", "none.db", "config", "unset", "country")).exit_code == 0
    assert file.read_text() == GIVEN


# config edit -----------------------------------------------------------------------------------------


@pytest.fixture
def editing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[bytes]]:
    """Says what an editor makes of its text, one text after the other; returns what it was shown."""

    def say(*texts: str) -> list[bytes]:
        shown: list[bytes] = []
        waiting = list(texts)

        def edited(before: bytes, name: str, otherwise: str, *, may_ask: bool) -> bytes:
            assert (name, may_ask) == ("config.toml", True), otherwise
            shown.append(before)
            return waiting.pop(0).encode()

        monkeypatch.setattr("ordercli.cli.editor.edited", edited)
        return shown

    return say


def test_an_edited_file_is_checked_and_offered_again(
    run: Run, file: Path, editing: Callable[..., list[bytes]]
) -> None:
    shown = editing("format = 'pdf'\n", "format = 'csv'\n")

    ran = done(run("config", "edit", stdin="y\n"))

    assert ran.stderr == (
        f"There is no format 'pdf'; there are table, csv, tsv, json, jsonl.\nEdit it again? [Y/n]\nWrote {file}.\n"
    )
    assert shown == [GIVEN.encode(), b"format = 'pdf'\n"]
    assert file.read_text() == "format = 'csv'\n"
    editing("format = 'tsv'\n")
    assert done(run("config", "edit", "--dry-run")).stderr == f"Dry run, nothing written: {file}.\n"
    assert file.read_text() == "format = 'csv'\n"


@pytest.mark.parametrize("words", [("config", "edit"), ("template", "edit", "delay")])
def test_no_editor_is_opened_where_nothing_may_be_asked(run: Run, words: tuple[str, ...]) -> None:
    ran = run("--no-input", *words)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("--no-input opens no editor; ")


def test_a_fault_that_is_not_mended_changes_nothing(
    run: Run, file: Path, editing: Callable[..., list[bytes]]
) -> None:
    editing("format = 'pdf'\n")
    ran = run("config", "edit", stdin="n\n")
    assert (ran.exit_code, ran.stderr.splitlines()[-1]) == (5, "Nothing was changed.")
    assert file.read_text() == GIVEN


def test_a_broken_file_can_be_mended_and_an_untouched_one_is_unchanged(
    run: Run, file: Path, editing: Callable[..., list[bytes]]
) -> None:
    file.write_text("shop_name = \n")
    editing(GIVEN)
    done(run("config", "edit"))
    editing(GIVEN)
    assert done(run("config", "edit")).stderr == f"Unchanged: {file}.\n"
    assert file.read_text() == GIVEN


def test_a_first_file_begins_with_every_setting_and_its_meaning() -> None:
    text = beginning()
    check_content(text.encode(), Path("config.toml"))
    said = "".join(
        line.removeprefix("# ") + "\n" for line in text.splitlines() if " = " in line or line.startswith("# [")
    )
    assert names_in(said) == set(FILE_NAMES)
    assert all(f"# {rule.meaning}" in text for rule in FILE_RULES)
