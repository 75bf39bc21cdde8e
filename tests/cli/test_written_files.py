"""What commands may write over: never what would be lost, whatever command, option or name it is."""

import ast
import importlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import ordercli
from cli.steps import UNSHIPPED, done
from conftest import Run
from ordercli.cli.commands import ENTRIES
from ordercli.cli.file_options import EXPORTED, REJECTS, ReadFile, Written
from ordercli.cli.several import Ids
from ordercli.domain.fields import RowError
from ordercli.files import FileKind
from ordercli.formats.rejects import write_rejects
from ordercli.formats.source import open_source
from ordercli.server import ShopPlace

FOLDERS = {"demo folder", "message send outbox", "message answer outbox", "backup to", "doctor backups"}
FOLDERS |= {"backup list backups", "backup verify backups", "backup drill backups"}
"""Options that name a folder, in which files get names of ordercli's own."""

SECRETS = ("key", "passphrase_file")
BACKUPS = {"restore file", "backup verify files", "backup drill file"}
"""Options whose file is read as a database."""


KEYS = {f"{path} {name}" for path in ("backup", "backup verify", "backup drill", "restore") for name in SECRETS}
"""Options whose file holds a secret."""


def below(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, subcommand in getattr(command, "commands", {}).items():
        yield from below(subcommand, f"{path} {name}")


def options() -> Iterator[tuple[str, Any, Any]]:
    """Every option and argument of every command."""
    for entry in ENTRIES.values():
        module = importlib.import_module(f"ordercli.cli.{entry.module}")
        for path, command in below(typer.main.get_command(getattr(module, f"{entry.name}_app")), entry.name):
            for parameter in command.params:
                yield path, command, parameter


def marker(parameter: Any) -> Any:
    return getattr(parameter.type, "func", None)


def is_about_files(parameter: Any) -> bool:
    words = f"{parameter.metavar} {parameter.name}".lower()
    help_text = getattr(parameter, "help", "") or ""
    named = re.search(r"\b(file|files|dir|folder|report|path|csv|pdf|zpl|html|rejects|outbox)\b", words)
    is_choice = parameter.name in ("format", "layout") or getattr(parameter, "is_flag", False)
    return not is_choice and (named is not None or "stdin" in help_text or "stdout" in help_text)


ALL = list(options())
WRITTEN = {f"{path} {p.name}": (path, c, p) for path, c, p in ALL if isinstance(marker(p), Written)}
NOT_NAMES = {
    "message received text",  # words, or - for stdin
}


def test_every_option_that_names_a_file_says_what_it_is_for() -> None:
    found = {f"{path} {p.name}" for path, _, p in ALL if is_about_files(p)}
    told = {f"{path} {p.name}" for path, _, p in ALL if isinstance(marker(p), Written | ReadFile)}
    ids = {f"{path} {p.name}" for path, _, p in ALL if isinstance(marker(p), Ids)}  # of things, or - for stdin

    assert found - told - ids - FOLDERS - BACKUPS - KEYS - NOT_NAMES == set()
    assert len(WRITTEN) >= 25


def test_only_one_module_writes_files() -> None:
    allowed = {
        "checksum.py",  # into the header of a copy
        "files.py",  # it is the one
        "erasing.py",  # over the header of a backup that another has replaced
        "turn.py",  # the empty file that writers queue for
        "unfinished.py",  # names for what is not whole yet
        "copies.py",  # of the database
        "filecopy.py",  # the same
        "cli/ending.py",  # gives up a stdout that takes no more, on the null device
        "cli/demo.py",  # a folder of its own, marked as such
        "cli/editor.py",  # a draft for the editor in a temporary folder
    }
    package = Path(ordercli.__file__).parent
    writing = re.compile(r"\.(write_bytes|write_text)\(|open\([^)\n]*[\"'](w|a|x|r\+)b?[\"']|os\.open\(|mkstemp\(")
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "_migrations" not in path.parts and writing.search(ast.unparse(ast.parse(path.read_text())))
    }
    assert found <= allowed


def command_line(name: str, target: str, source: str) -> list[str]:
    """A line of the command that writes to ``target``; whatever else it needs is there, if senseless."""
    path, command, written = WRITTEN[name]
    line = path.split()
    for parameter in command.params:
        if parameter is written:
            line += [parameter.opts[0], target] if parameter.param_type_name == "option" else [target]
        elif isinstance(marker(parameter), ReadFile) and (parameter.required or written.name == "rejects"):
            is_option = parameter.param_type_name == "option"
            line += [parameter.opts[0], source] if is_option else [source]
        elif parameter.required:
            value = "1" if "Int" in type(parameter.type).__name__ else "X"
            line += [parameter.opts[0], value] if parameter.param_type_name == "option" else [value]
    return line


@pytest.fixture
def targets(database: ShopPlace, template: Path, tmp_path: Path) -> dict[str, Path]:
    """Files that nothing may write over, by what they are; of a shop on a server, the file of another one."""
    if not isinstance(database, Path):
        database = Path(shutil.copy(template, tmp_path / "shop.db"))
    backup = tmp_path / "backups" / "shop-20260316T130000Z.db"
    backup.parent.mkdir()
    shutil.copy(database, backup)
    source = tmp_path / "source.csv"
    shutil.copy(UNSHIPPED, source)
    links = {"hard": tmp_path / "hard.txt", "soft": tmp_path / "soft.txt", "lost": tmp_path / "lost.txt"}
    os.link(database, links["hard"])
    links["soft"].symlink_to(database)
    links["lost"].symlink_to(tmp_path / "nowhere.txt")
    journals = {
        suffix: database.with_name(database.name + suffix) for suffix in ("-wal", "-shm", "-journal", "-turn")
    }
    copies = {"a backup of a server": b"PGDMP\1\16", "an encrypted backup": b"age-encryption.org/v1\n-> X25519 "}
    for name, head in copies.items():
        (tmp_path / name).write_bytes(head)
    other = backup.with_name(backup.name + "-wal")
    other.write_bytes(b"what an open copy has not taken over yet")
    return {
        "the database": database,
        **{f"its {suffix}": file for suffix, file in journals.items()},
        "a backup": backup,
        "a journal of a backup": other,
        **{name: tmp_path / name for name in copies},
        "a hard link to the database": links["hard"],
        "a link to the database": links["soft"],
        "a link to nowhere": links["lost"],
        "a folder": tmp_path / "backups",
        "a file of a missing folder": tmp_path / "missing" / "file.csv",
        "its own input": source,
    }


@pytest.mark.parametrize("yes", [(), ("--yes",)], ids=["plain", "yes"])
@pytest.mark.parametrize("name", WRITTEN)
def test_what_would_be_lost_is_refused_whatever_the_options(
    name: str, yes: tuple[str, ...], run: Run, targets: dict[str, Path], tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    has_input = any(isinstance(marker(p), ReadFile) for p in WRITTEN[name][1].params)
    has_many = any(getattr(marker(p), "many", False) for p in WRITTEN[name][1].params)
    for what, target in targets.items():
        if what == "a folder" and has_many:
            continue  # for the rejects of several files
        if what == "its own input" and not (has_input and WRITTEN[name][2].name == "rejects"):
            continue
        ran = run(*yes, *command_line(name, str(target), str(targets["its own input"])))

        assert (ran.exit_code, ran.stdout) == (5, ""), (what, ran)
        assert ran.stderr.count("\n") == 1, (what, ran)
        assert str(target) in ran.stderr, (what, ran)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_of_another_kind_is_kept_unless_yes_is_said(
    name: str, run: Run, tmp_path: Path, targets: dict[str, Path]
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ana,\n")
    source = str(targets["its own input"])

    ran = run(*command_line(name, str(letter), source))
    with_yes = run("--yes", *command_line(name, str(letter), source))

    assert (ran.exit_code, ran.stdout, letter.is_file()) == (5, "", True), ran
    is_folder = marker(WRITTEN[name][2]).is_folder
    assert f"letter.txt {'is no folder' if is_folder else 'is there and is not '}" in ran.stderr
    assert "is there and is not " not in with_yes.stderr


def test_a_reject_file_is_never_the_input_found_in_a_folder(shop: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    file = folder / "orders.txt"
    shutil.copy(UNSHIPPED, file)
    before = file.read_bytes()

    ran = shop("--yes", "order", "import", str(folder), "--rejects", str(file))

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == f"{file} is read by this command; name another file to write.\n"
    assert file.read_bytes() == before


LINES = {
    "workbook build": ["workbook", "build", "{file}"],
    "privacy export --to": ["privacy", "export", "0000002", "--to", "{file}"],
    "order export": ["order", "export", "{file}"],
    "product export": ["product", "export", "{file}"],
    "stock export": ["stock", "export", "{file}"],
    "return export": ["return", "export", "{file}"],
    "purchase export": ["purchase", "export", "{file}"],
    "purchase export --pdf": ["purchase", "export", "--purchase", "1", "--pdf", "{file}"],
    "dashboard --html": ["dashboard", "--html", "{file}"],
    "export ics": ["export", "ics", "{file}"],
    "export data": ["export", "data", "{file}"],
    "pick --pdf": ["pick", "--pdf", "{file}"],
    "slip --pdf": ["slip", "0000002", "--pdf", "{file}"],
    "label --pdf": ["label", "0000002", "--pdf", "{file}"],
    "label --zpl": ["label", "0000002", "--zpl", "{file}"],
    "shipment label --pdf": ["shipment", "label", "1", "--pdf", "{file}"],
    "shipment confirm": ["shipment", "confirm", "{file}"],
    "order cancel-file": ["order", "cancel-file", "{file}"],
    "return refund-file": ["return", "refund-file", "{file}"],
    "stock feed": ["stock", "feed", "{file}"],
    "stock feed --channel": ["stock", "feed", "--channel", "shop", "{file}"],
}
"""Every file that is written from the shop below; reject files have a table of their own."""


@pytest.fixture
def lively_shop(busy_shop: Run, tmp_path: Path) -> Run:
    """The busy shop with something to write into each kind of file."""
    label = tmp_path / "carrier.pdf"
    label.write_bytes(b"%PDF-1.4\n%%EOF\n")
    lines: list[tuple[str, ...]] = [
        ("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"),
        ("shipment", "label", "1", "--attach", str(label)),
        ("return", "open", "0000001", "--reason", "DEFECTIVE"),
        ("return", "receive", "RMA-000001"),
        ("return", "inspect", "RMA-000001", "--as", "defective"),
        ("--yes", "return", "refund", "RMA-000001", "--amount", "1"),
        ("--yes", "order", "cancel", "0000003", "--by", "seller", "--reason", "NoInventory"),
        ("purchase", "add", "RING-7:5", "--cost", "9"),
        ("listing", "add", "RING-7", "--product", "RING-7"),
        ("listing", "add", "SHOP-RING-7", "--product", "RING-7", "--channel", "shop"),
    ]
    for line in lines:
        done(busy_shop(*line))
    return busy_shop


def test_each_kind_of_file_is_recognised_and_written_again(lively_shop: Run, tmp_path: Path) -> None:
    kinds = {name: marker(p).kind for name, (_, _, p) in WRITTEN.items()}
    assert {kind.name for kind in kinds.values()} - {REJECTS.kind.name, EXPORTED.kind.name} == set(WRITES.values())
    for name, line in LINES.items():
        file = tmp_path / f"out {name.replace(' ', '-')}"
        told = [part.format(file=file) for part in line]
        done(lively_shop("--yes", *told))
        written = file.read_bytes()
        kind = next(kind for kind in kinds.values() if kind.name == WRITES[name])

        assert written, name
        assert kind.is_kind_of(written), (name, written[:200])
        assert not any(other.is_kind_of(written) for other in kinds.values() if other != kind), name
        if WRITES[name] not in ("a confirmation file", "a refund file", "a cancellation file"):
            done(lively_shop(*told))  # upload files have a stricter rule: they may not be uploaded yet


WRITES = {
    "order export": "an export of orders",
    "product export": "an export of the catalog",
    "stock export": "an export of stock",
    "return export": "an export of returns",
    "purchase export": "an export of purchases",
    "purchase export --pdf": "a PDF",
    "dashboard --html": "a web page",
    "export ics": "a calendar",
    "export data": "a file of open views",
    "pick --pdf": "a PDF",
    "slip --pdf": "a PDF",
    "label --pdf": "a PDF",
    "label --zpl": "a file of labels",
    "shipment label --pdf": "a PDF",
    "shipment confirm": "a confirmation file",
    "order cancel-file": "a cancellation file",
    "return refund-file": "a refund file",
    "stock feed": "a file of quantities",
    "stock feed --channel": "a file of quantities",
    "workbook build": "a workbook",
    "privacy export --to": "an export about people",
}


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "a;b\n1;2\n", "a\tb\n1\t2\n", '{"a": "1"}\n{"a": "2"}\n'])
def test_a_reject_file_is_known_in_every_form(tmp_path: Path, text: str) -> None:
    file = tmp_path / "in"
    file.write_text(text)
    with open_source(str(file)) as source:
        (line, *_), *_ = source.records()
        written = write_rejects(source, [RowError(line, "a", "x")])
    assert REJECTS.kind.is_kind_of(written)
    assert not REJECTS.kind.is_kind_of(text.encode())


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbfA,B\n1,2\n", b"a,b"])
def test_an_empty_file_and_the_same_header_are_of_the_kind(head: bytes) -> None:
    assert FileKind("a sheet", "a,b").is_kind_of(head)
    assert not FileKind("a sheet", "a,b").is_kind_of(b"x," + head)


def test_a_full_device_is_told_and_nothing_is_changed(busy_shop: Run) -> None:
    ran = busy_shop("order", "export", "/dev/full")
    assert (ran.exit_code, ran.stdout, ran.stderr) == (
        5,
        "",
        "/dev/full cannot be written: No space left on device.\n",
    )


def test_a_link_to_a_file_of_the_kind_stays_a_link(shop: Run, tmp_path: Path) -> None:
    file, link = tmp_path / "products.csv", tmp_path / "link.csv"
    done(shop("product", "export", str(file)))
    before = file.read_bytes()
    file.write_bytes(before.splitlines(keepends=True)[0])
    link.symlink_to(file)

    done(shop("product", "export", str(link)))

    assert link.is_symlink()
    assert file.read_bytes() == before


def test_a_pipe_gets_the_bytes_straight(shop: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        done(shop("product", "export", str(pipe)))
        assert os.read(reading, 100).startswith(b"sku,name,")
    finally:
        os.close(reading)
