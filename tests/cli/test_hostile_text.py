"""Text that nobody sees and machines obey: cleaned at the door, whichever door, and never let out again."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from cli.steps import content, done
from cli.test_written_files import ALL, marker
from cli.test_wrong_files import COMMANDS, FILES
from conftest import SAMPLE, Run
from ordercli.cli.ending import UNWANTED
from ordercli.cli.file_options import ReadFile, Written, clean_arguments
from ordercli.csv_out import csv_writer
from ordercli.domain.text import cleaned, guard_formula, has_unwanted
from terminal import terminal
from turned import changing, texts_in

OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\u2028\u2029]")
CORPUS = (
    "Ana\rPereira",
    "Ana\r\nPereira",
    "Ana\nPereira",
    "Ana\u2028Pereira",
    "\x1b]0;owned\x07Ana",
    "\x1b[2JAna\x9b31m",
    "A\x01\x02\x03B",
    "abc\u202edcb\u2066x\u2069",
    "=1+1",
    "+1\r=1+1",
    "-A1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "'=quoted",
    'a,"b";c\td',
    "نام\u200cها می\u200dشود \u200f",
    "👩\u200d👩\u200d👧 Åsa ﬃ",
    "‘[red]x[/red]’",
)


def stored(database: Path) -> list[tuple[str, str]]:
    """Everything stored that a door should have kept out, with its table."""
    return [(table, text) for table, text in texts_in(database) if OBEYED.search(text)]


# The rule ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb\rc\nd\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("\n\n", "\n\n"),
        ("a\x00b", "a\x00b"),  # damage, which the reader refuses
        ("a\x01\x1b\x9bb\x85c\td", "a b c d"),
        ("a\u202e\u2066b\u2069", "a b "),
        ("a\ud800b", "a b"),
        ("می\u200cروم\u200f 👩\u200d👧 \u061c", "می\u200cروم\u200f 👩\u200d👧 \u061c"),
        ("e\u0301 \u00ad\ufeff", "e\u0301 \u00ad\ufeff"),
    ],
)
def test_what_is_kept_of_a_text(text: str, kept: str) -> None:
    assert cleaned(text) == kept


@given(text=st.text())
def test_what_is_clean_stays_and_nothing_unwanted_is_left(text: str) -> None:
    kept = cleaned(text)

    assert cleaned(kept) == kept
    assert not OBEYED.search(kept.replace("\x00", ""))
    assert not has_unwanted(kept)


@given(rows=st.lists(st.lists(st.text(), min_size=2, max_size=4), max_size=5), delimiter=st.sampled_from(",;\t"))
def test_any_cells_are_read_back_from_csv_as_they_were(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv_writer(out, delimiter).writerows(rows)

    text = out.getvalue()
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == rows
    outside = re.sub('"(?:[^"]|"")*"', "", text)
    assert outside.count("\n") == len(rows)
    assert "\r" not in outside


# Arguments --------------------------------------------------------------------------------------------


def test_every_text_of_every_command_goes_through_the_door_and_no_file_name_does() -> None:
    cleaned_ones = files = 0
    for _, command, parameter in ALL:
        context = typer.Context(command)
        context.params = {parameter.name: "\x1ba\rb", "many": ["\x1ba\rb"]}
        clean_arguments(context)
        is_file = isinstance(marker(parameter), Written | ReadFile)
        assert context.params[parameter.name] == ("\x1ba\rb" if is_file else " a\nb")
        files += is_file
        cleaned_ones += not is_file
    assert files > 30
    assert cleaned_ones > 300


def test_what_became_blanks_is_told_once_a_run(shop: Run, database: Path) -> None:
    ran = done(
        shop("order", "add", "A-1", "--line", "RING-7:1", "--customer", "A\x1b[2J", "--note", "b\x85\u202ec")
    )
    quiet = done(shop("order", "add", "A-2", "--line", "RING-7:1", "--note", "two\r\nlines"))

    assert ran.stderr.count(UNWANTED) == 1
    assert UNWANTED not in quiet.stderr
    assert stored(database) == []


def test_an_argument_that_is_no_text_is_refused(database: Path) -> None:
    before = content(database)
    for command in ([b"order", b"add", b"--note", b"a\xff"], [b"--db", b"\xff.db", b"stock"], [b"\xfe\xff"]):
        ran = subprocess.run(
            [os.fsencode(sys.executable), b"-m", b"ordercli", *command], capture_output=True, check=False
        )
        assert (ran.returncode, ran.stdout) == (2, b"")
        assert re.fullmatch(rb"Argument \d is not UTF-8 text; nothing was done.\n", ran.stderr), ran.stderr
    assert content(database) == before


# Files ------------------------------------------------------------------------------------------------

TEXT = re.compile(
    "name|comment|detail|title|city|address|street|note|message|words|state|description", re.IGNORECASE
)


def spoiled(content: str) -> str | None:
    """The file with a hostile end in each cell of free text; None for one that has no such column."""
    first = content.partition("\n")[0]
    tabs = "\t" in first
    rows = list(
        csv.reader(io.StringIO(content, newline=""), delimiter="\t" if tabs else ",", quoting=3 if tabs else 0)
    )
    places = [place for place, column in enumerate(rows[0]) if TEXT.search(column)]
    if not places:
        return None
    for row in rows[1:]:
        for place in places:
            if place < len(row) and row[place]:
                row[place] += "\x1b]0;x\x07\x9b\u202e" + ("" if tabs else "\r\n=1+1\rb")
    out = io.StringIO(newline="")
    if tabs:
        out.writelines("\t".join(row) + "\n" for row in rows)
    else:
        csv_writer(out).writerows(rows)
    return out.getvalue()


SPOILED = [
    (command, file)
    for command, files in FILES.items()
    for file in files
    if file.endswith((".txt", ".csv")) and "answer" not in command
]


@pytest.mark.parametrize(("command", "file"), SPOILED, ids=lambda value: Path(value).name)
def test_no_reader_takes_in_what_machines_obey(
    busy_shop: Run, database: Path, tmp_path: Path, command: str, file: str
) -> None:
    raw = Path(file).read_bytes()
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = raw.decode("cp932") if "jp" in file else raw.decode("cp1252")
    text = spoiled(content)
    target = tmp_path / Path(file).name
    target.write_text(text or content, encoding="utf-8", newline="")

    ran = busy_shop(*(part.format(file=target) for part in COMMANDS[command]))

    assert ran.exit_code in (0, 4, 5), ran
    assert stored(database) == []
    assert not OBEYED.search(ran.stderr)


# Out again --------------------------------------------------------------------------------------------


def test_hostile_orders_and_products_come_back_byte_by_byte(shop: Run, tmp_path: Path) -> None:
    for place, text in enumerate(CORPUS):
        words = ("--customer", text, "--note", text, "--address", f"{text}, 1 Road, Moab")
        done(shop("order", "add", f"A-{place}", "--line", "RING-7:1", *words[:4]))
        done(shop("product", "add", f"P-{place}", "--name", text))
    for kind in ("order", "product"):
        done(shop(kind, "export", f"{kind}.csv"))
    written = {kind: Path(f"{kind}.csv").read_bytes() for kind in ("order", "product")}
    names = [row["name"] for row in csv.DictReader(io.StringIO(written["product"].decode(), newline=""))]
    for text in CORPUS:
        kept = cleaned(text).strip()
        assert guard_formula(kept) in names

    empty = ("--db", str(tmp_path / "empty.db"))
    done(shop(*empty, "init", "--time-zone", "America/New_York"))
    for kind in ("product", "order"):
        done(shop(*empty, kind, "import", f"{kind}.csv"))
    for kind in ("order", "product"):
        done(shop(*empty, kind, "export", f"{kind}-again.csv"))
        assert Path(f"{kind}-again.csv").read_bytes() == written[kind]


SCREENS = [
    (*command, "--format", kind)
    for command in (("order", "list"), ("product", "list"), ("stock",), ("stock", "show", "RING-7"))
    for kind in ("table", "csv", "tsv", "json", "jsonl")
    if not (command == ("stock", "show", "RING-7") and kind in ("csv", "tsv"))
] + [("order", "export"), ("product", "export"), ("order", "show", "A-1", "--reveal")]


def test_nothing_stored_can_command_a_terminal_in_any_format(shop: Run, database: Path) -> None:
    done(shop("order", "add", "A-1", "--line", "RING-7:1", "--customer", "Ana", "--note", "n"))
    hostile = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eAna"
    with changing(database) as connection:  # as no command would
        connection.execute("UPDATE product SET name = ?", (hostile,))
        connection.execute("UPDATE personal_data SET customer_name = ?", (hostile,))

    for command in SCREENS:
        with terminal() as seen:
            process = seen.start(sys.executable, "-m", "ordercli", *command, NO_COLOR="1", TERM="xterm")
            text = seen.screen(process)
        assert process.returncode == 0, (command, text)
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text), (command, text)
        assert "Ana" in text or "list" in command, command


def test_the_sample_has_nothing_unwanted() -> None:
    assert not any(OBEYED.search(file.read_text("utf-8").replace("\t", "")) for file in SAMPLE.glob("*.csv"))
