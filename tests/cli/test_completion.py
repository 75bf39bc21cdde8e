"""What may be typed next: a kind of value for every parameter, live values, and nothing a shell would obey."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.steps import SETTLEMENT, done
from cli.writers import set_up
from conftest import Run
from ordercli.cli.app import command_named
from ordercli.cli.command_line import quoted, split_line, unquoted
from ordercli.cli.commands import ENTRIES
from ordercli.cli.completing import TABLE, Row, answer_shell, answer_words
from ordercli.cli.value_kinds import BY_COMMAND, BY_WORD, FILE, NOTHING, keys, word_of
from ordercli.cli.word_table import known_words, table
from ordercli.dbfile import connect
from ordercli.queries.completion import MOST, STATEMENTS, live_values
from shelf import kept
from turned import changing

BREAKS = " \t\n\"'@><=;|&(:"
"""What bash breaks words at, as it comes."""


@kept
def full_shop(busy_shop: Run) -> Run:
    """A shop in which there is something of every kind."""
    run = set_up(busy_shop)
    own = "Order No,Art,Pcs,Price\nC-1,RING-7,1,5\n"
    maps = (f"--map={told}" for told in ("Order No=order_id", "Art=sku", "Pcs=quantity", "Price=unit_price"))
    done(run("order", "import", "-", *maps, "--save-map", "fair", stdin=own))
    done(run("order", "edit", "0006", "--tag", "gift"))
    done(run("message", "send", "delay", "0006", "--field", "cause=x", "--via", "text"))
    done(run("stock", "count", "-", stdin="RING-8,4\n"))
    done(run("settlement", "import", SETTLEMENT))
    return run


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, database: Path) -> Path:
    monkeypatch.setenv("ORDERCLI_DB", str(database))
    return database


def offered(line: str) -> list[str]:
    *words, typed = line.split(" ")
    return [value.text for value in answer_words(words, typed).values]


def parameters() -> Iterator[tuple[str, Any]]:
    waiting = [(name, command_named(name)) for name in ENTRIES]
    while waiting:
        path, command = waiting.pop()
        waiting += [(f"{path} {name}", below) for name, below in getattr(command, "commands", {}).items()]
        yield from ((path, parameter) for parameter in command.params)


# The table -------------------------------------------------------------------------------------------


def test_the_table_is_what_the_commands_say_and_tells_a_kind_of_every_value() -> None:
    assert table() == TABLE.read_text(encoding="utf-8"), "make docs writes it anew"


def test_every_line_of_the_kinds_is_of_a_value_that_some_command_takes() -> None:
    used = set()
    for path, parameter in parameters():
        if not (getattr(parameter.type, "choices", None) or getattr(parameter, "is_flag", False)):
            used.update([next((key for key in keys(path, parameter) if key in BY_COMMAND), word_of(parameter))])
    assert {*BY_WORD, *BY_COMMAND} - used == set()


def test_every_kind_is_known() -> None:
    known = {*STATEMENTS, *known_words(), "zone", FILE, NOTHING}
    told = {part.rstrip(":=,") for kind in {*BY_WORD.values(), *BY_COMMAND.values()} for part in kind.split(" ")}
    assert told == known


@pytest.mark.parametrize("kind", STATEMENTS)
@pytest.mark.usefixtures("full_shop")
def test_every_kind_that_the_database_knows_is_found_there(database: Path, kind: str) -> None:
    found = live_values(database, [kind], "")[0].values

    assert found
    for value in found:
        assert value in live_values(database, [kind], value.text[:-1])[0].values


def test_orders_are_looked_up_through_an_index(database: Path) -> None:
    bound = dict.fromkeys(("low", "high", "like", "tail", "last", "most"), 1)
    with closing(connect(database, readonly=True)) as connection:
        for statement in STATEMENTS["order"]:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", bound).fetchall()
            assert not [row for row in plan if row[3].startswith("SCAN sales_order")], plan


# What is offered -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("sto", ["stock"]),
        ("stock rec", ["receive"]),
        ("--db x.db stock rec", ["receive"]),
        ("-f json stock rec", ["receive"]),
        ("stock fba s", ["send"]),
        ("order list --ful", ["--fulfillment"]),
        ("order list --fulfillment ", ["FBM", "FBA"]),
        ("order list --fulfillment=FBM --ful", []),
        ("order list --status unshipped --stat", ["--status"]),
        ("order list --for", ["--format"]),
        ("order list --format c", ["csv"]),
        ("order show 0006", ["114-0000006-0000006"]),
        ("order show 006", []),
        ("order show 114-0000006", ["114-0000006-0000006"]),
        ("order show 0006 ", ["114-0000012-0000012", "114-0000001-0000001"]),  # one of several ids
        ("order show 0006 -", ["--reveal"]),
        ("explain order 0006 ", ["--limit"]),  # it takes one
        ("order show -- --", []),
        ("pick --short 0006 NECK", ["NECK-MOON:"]),
        ("stock show ring", ["RING-7", "RING-8"]),
        ("stock --sku=ring-7", ["RING-7"]),
        ("stock receive RING-7:1 NECK", ["NECK-MOON:"]),
        ("metrics what-if --ship 0001,0006", ["114-0000006-0000006"]),
        ("metrics show order_d", ["order_defect_rate"]),
        ("config get channel.amazon.time", ["channel.amazon.time_zone"]),
        ("config set product.RING-7", ["product.RING-7.fba_fee"]),
        ("config set product.ring-7.fba", ["product.RING-7.fba_fee"]),
        ("order import --map Who=customer_e", ["customer_email"]),
        ("order import --map A=B=order_i", ["order_id"]),
        ("order import --map=Who=order_i", ["order_id"]),
        ("order import --map order_i", []),  # the name of a column
        ("order import --map-value Weg=ship", ["shipped"]),
        ("ship --csv x --map No=track", ["tracking_number"]),
        ("shipment import --map No=occ", ["occurred_at"]),
        ("workbook import --map Sheet1=suppl", ["supplier", "suppliers"]),
        ("message send delay 0006 --occasion ord", ["order"]),
        ("order list --channel ama", ["amazon"]),
        ("message render del", ["delay"]),
        ("init --time-zone europe/vie", ["Europe/Vienna"]),
        ("order add --customer x", []),
        ("order nonsense --what x", []),
        ("supplier show silver", ["Silver & Son"]),
        ("order list --columns order_id,is_on", ["is_on_hold"]),
        ("stock --sort cover", ["cover_days"]),
    ],
)
@pytest.mark.usefixtures("busy_shop", "there")
def test_what_may_come_next_is_offered(line: str, wanted: list[str]) -> None:
    assert offered(line)[: len(wanted) or None] == wanted


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("order import ", "files"),
        ("order import --rejects ", "files"),
        ("order import --rejects=x", "files"),
        ("--db ", "files"),
        ("stock --db ", "files"),
        ("backup --to ", "folders"),
        ("order show ", "words"),
        ("order add --note ", "words"),
        ("stock receive RING", "open"),
        ("metrics what-if --ship 0006", "open"),
    ],
)
@pytest.mark.usefixtures("busy_shop", "there")
def test_files_are_offered_where_one_belongs_and_nowhere_else(line: str, kind: str) -> None:
    *words, typed = line.split(" ")
    assert answer_words(words, typed).kind == kind


@pytest.mark.usefixtures("there")
def test_of_many_a_screenful_is_offered_and_nothing_is_put_in(shop: Run) -> None:
    lines = "".join(f"A-{number:03},x\n" for number in range(MOST + 1))
    done(shop("product", "import", "-", stdin=f"sku,name\n{lines}"))

    answer = answer_words(["stock", "show"], "A")

    assert (answer.kind, len(answer.values)) == ("keep", MOST)
    assert answer_shell("bash", ["ordercli stock show A", BREAKS]).splitlines()[-1] == "..."


@pytest.mark.usefixtures("there")
def test_several_orders_with_one_end_leave_what_was_typed(shop: Run) -> None:
    for name in ("A-5555", "B-5555"):
        done(shop("order", "add", name, "--line", "RING-7:1"))
    assert answer_words(["order", "show"], "5555").kind == "keep"
    assert answer_words(["order", "show"], "A").kind == "words"


@pytest.mark.usefixtures("shop")
def test_the_database_that_the_line_names_is_asked(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERCLI_DB", "elsewhere.db")
    for line in (f"--db {there} stock show RING-7", f"stock show --db={there} RING-7"):
        assert offered(line) == ["RING-7"]


@pytest.mark.usefixtures("shop")
def test_what_a_terminal_would_obey_is_not_offered(there: Path) -> None:
    with changing(there) as driver:
        for name in ("char(27) || ']0;x'", "char(8238) || 'x'", "char(10) || 'x'"):
            driver.execute(f"INSERT INTO channel SELECT 'am' || {name}, operation_id FROM channel LIMIT 1")

    assert offered("order list --channel am") == ["amazon"]

    with changing(there) as driver:
        assert driver.execute("DELETE FROM channel WHERE name <> 'amazon' AND name LIKE 'am%'").rowcount == 3


# Nothing to say --------------------------------------------------------------------------------------


def test_where_there_is_no_database_of_ours_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database")
    (tmp_path / "empty.db").touch()
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as connection:
        connection.execute("CREATE TABLE product (sku, name)")
        connection.execute("INSERT INTO product VALUES ('A', 'x')")
        connection.commit()
    before = sorted(tmp_path.iterdir())

    for name in ("none.db", "text.db", "empty.db", "foreign.db", "."):
        assert offered(f"--db {tmp_path / name} stock show A") == []

    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh"])
def test_a_shell_that_asks_oddly_is_told_nothing(shell: str, tmp_path: Path) -> None:
    for arguments in ([], ["ordercli --db", BREAKS, "x"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ordercli", *arguments],
            env={**os.environ, "_ORDERCLI_COMPLETE": shell, "ORDERCLI_DB": str(tmp_path / "none.db")},
            capture_output=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (0, b"")


# Words of a line -------------------------------------------------------------------------------------

LINES = [
    ("ordercli ", [], "", ""),
    ("ordercli sto", [], "sto", "sto"),
    ("ordercli stock show 'a b' c", ["stock", "show", "a b"], "c", "c"),
    ("ordercli stock show a\\ b", ["stock", "show"], "a b", "a b"),
    ("ordercli --channel=ama", [], "--channel=ama", "ama"),
    ("ordercli x a:b", ["x"], "a:b", "b"),
    ("ordercli x a\\:b", ["x"], "a:b", "a:b"),
    ("ordercli x 'a:b", ["x"], "a:b", "a:b"),
    ('ordercli x --y="a b', ["x"], "--y=a b", "a b"),
    ("ordercli x a\\", ["x"], "a", "a"),
    ("ordercli x ''", ["x"], "", ""),
]


@pytest.mark.parametrize(("line", "words", "typed", "replaced"), LINES)
def test_a_line_is_cut_as_bash_cuts_it(line: str, words: list[str], typed: str, replaced: str) -> None:
    cut = split_line(line, BREAKS)
    assert (cut.words, cut.typed, cut.typed[cut.kept :]) == (["ordercli", *words], typed, replaced)


@given(st.text())
def test_a_quoted_word_is_read_as_itself(text: str) -> None:
    text = text.replace("\0", "").replace("\n", "")
    assert unquoted(quoted(text)) == text
    assert split_line(f"x {quoted(text)}", "").typed == text


@given(st.text(), st.sampled_from(["", "'", '"']))
def test_a_word_put_in_is_read_as_itself(text: str, quote: str) -> None:
    text = text.replace("\0", "").replace("\n", "")
    cut = split_line(f"x {quote}", BREAKS)
    assert unquoted(f"{quote}{cut.fitted(text)}{quote}") == text


@given(st.lists(st.text(max_size=5), max_size=5), st.text(max_size=5))
def test_no_line_is_too_odd(words: list[str], typed: str) -> None:
    answer_words(["--db", "/nowhere.db", *words], typed)


def test_a_row_has_five_cells() -> None:
    assert all(len(line.split("\t")) == len(Row._fields) for line in table().splitlines())
