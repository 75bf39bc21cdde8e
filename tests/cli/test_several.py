"""Several ids wherever one is taken, on the line or from stdin: one operation, all or none."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.steps import content, done
from cli.tree import arguments, commands
from cli.writers import set_up
from conftest import Run
from ordercli.cli.file_options import ReadFile, Written
from ordercli.cli.several import MOST_TOLD, Ids, joined
from ordercli.cli.writers import WRITERS
from ordercli.services.operations import Outcome
from shelf import kept

ONE = {
    "an id that is yet to be": {
        *("order add ORDER_ID", "product add SKU", "listing add CHANNEL_SKU", "supplier add NAME"),
        *("improve start NAME", "channel add NAME", "location add CODE", "view save NAME", "report save NAME"),
        "field add FIELD",
    },
    "what stands beside it is of that one alone": {
        *("shipment label SHIPMENT", "shipment answer NUMBER", "stock fba receive REFERENCE", "product kit SKU"),
        *("supplier edit NAME", "supplier product NAME", "supplier product SKU", "channel edit NAME"),
        *("config set NAME", "config unset NAME", "message received ID", "undo OP"),
        "field edit FIELD",
    },
    "a sentence and a table of one thing": {
        *("explain stock SKU", "explain order ID", "explain metric RATE", "metrics show RATE"),
        *("metrics forecast RATE", "report settlement SETTLEMENT", "log show OP"),
    },
    "no thing of the shop's, but a word or a text": {
        *(
            "sql STATEMENT|-",
            "today N",
            "find TEXT",
            "demo DIR",
            "order note TEXT",
            "message render KIND",
            "message send KIND",
        ),
        *(
            "report run NAME",
            "template show KIND",
            "template edit KIND",
            "config get NAME",
            "config set VALUE",
            "completion SHELL",
            "export by EXPORTER",
        ),
        *("sync amazon WHAT", "db copy SOURCE", "db copy TARGET"),
    },
    "one that is paid, or paid back, by a question of its own": {
        *("amazon label buy ID", "amazon label fetch SHIPMENT", "amazon label cancel SHIPMENT"),
    },
    "a word that names a table or a place": {
        *(f"field {verb} product|order" for verb in ("add", "edit", "remove", "list")),
        *("stock move FROM", "stock move TO"),
    },
}
"""Arguments that take one thing, by why."""


def word(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper()).translate(str.maketrans("", "", "[].")).strip()


def test_every_argument_that_takes_ids_takes_several_and_stdin() -> None:
    one = {
        f"{path} {word(argument)}"
        for path, command in commands().items()
        for argument in arguments(command)
        if argument.nargs == 1 and not isinstance(getattr(argument.type, "func", None), ReadFile | Written)
    }
    told = {path for paths in ONE.values() for path in paths}

    assert {path for path in one if path.split()[-1] != "FILE"} == told


TWO = """
order show 0000001 0000003
order hold 0000001 0000003 --reason x
order release 0000012 0000003
order cancel 0000001 0000003 --by seller --reason x
order refund S-1 S-2 --amount 1.00 --part goodwill --reason x
order edit 0000001 0000003 --tag gift
order note 0000001 0000003 hello
pick 0000001 0000003
pack 0000001 0000003
ship 0000001 0000003 --carrier USPS
shipment show 1 2
shipment fix 1 2 --cost 4.00
shipment void 2 11
shipment track 1 2
shipment delivered 1 2
return open 0000002 0000004 --reason x
return authorize RMA-000002 RMA-000005
return decline RMA-000002 RMA-000005 --reason x
return receive RMA-000001 RMA-000008
return inspect RMA-000003 RMA-000006 --as sellable
return refund RMA-000004 RMA-000007
return replace RMA-000001 RMA-000008 --line RING-7:1
return close RMA-000004 RMA-000007 --reason x
return show RMA-000001 RMA-000002
stock show RING-7 RING-8
stock adjust RING-7 RING-8 --by +1 --reason found
stock history RING-7 RING-8
stock fba arrive FBA-1 FBA-3
product show RING-7 RING-8
product edit RING-7 RING-8 --bin B-1
product remove LOCKET-1 LOCKET-9
listing edit RING-7-US RING-8-US --price 36.00
listing remove RING-7-US RING-8-US
purchase show 1 2
purchase place 2 3
purchase edit 1 2 --note boat
purchase receive 1 3
purchase cancel 1 2
purchase close 1 3
supplier show Clay~Corner Clay~Works
supplier remove Clay~Corner Clay~Works
metrics feedback add 0000001 0000003 --stars 2
metrics feedback remove 1 2
metrics claim add 0000001 0000003
metrics claim remove 1 2
improve end 1 2 --outcome kept
message answer Q-000001 Q-000002 --settled elsewhere
message render delay 0000001 0000003 --field cause=x
message send delay 0000001 0000003 --field cause=x --via text
location edit ATTIC SHED --name roof
location close ATTIC SHED
field remove product grade since
view show evening morning
view remove evening morning
report remove kept second
"""
"""A line with two ids for each command that takes them; ``~`` is a blank."""
LEFT_OUT = {
    "slip": "a PDF",
    "label": "a PDF",
    "message resolve": "of what a crash left",
    **dict.fromkeys(("privacy show", "privacy export", "privacy erase"), "people, whom no sentence names"),
}

MORE = """
order add S-8 --line RING-7:2
order add S-9 --line RING-7:2
order add S-10 --line RING-7:2
ship S-8 S-9 S-10 --carrier UPS
order add S-11 --line RING-7:1
ship S-11 --carrier UPS
return open S-7 --line RING-7:1 --reason x --at 2026-03-16T13:00:00Z
return open S-8 S-9 S-10 --line RING-7:2 --reason x
return receive RMA-000006 RMA-000007
return inspect RMA-000007 --as sellable
stock fba send RING-7:2 --reference FBA-3
listing add RING-8-US --product RING-8
purchase draft RING-8:3
purchase add RING-7:5
supplier add Clay~Works
location add SHED
improve start labels
metrics feedback add 0000004 --stars 1
metrics claim add 0000004
report save second -
view save morning order list --overdue
message received 0000003 --topic when
field add product since --type date
"""


def words_of(line: str) -> list[str]:
    return [part.replace("~", " ") for part in line.split()]


def path_of(words: list[str]) -> str:
    return next(path for length in (3, 2, 1) if (path := " ".join(words[:length])) in commands())


LINES = {path_of(words_of(line)): words_of(line) for line in TWO.strip().splitlines()}


def marker_of(path: str) -> Ids | None:
    found = (getattr(argument.type, "func", None) for argument in arguments(commands()[path]))
    return next((marker for marker in found if isinstance(marker, Ids)), None)


def test_every_command_that_takes_ids_has_a_line_here() -> None:
    assert {path for path in commands() if marker_of(path)} == LINES.keys() | LEFT_OUT.keys()


@kept
def pairs(busy_shop: Run) -> Run:
    """Two of everything that an id names."""
    set_up(busy_shop)
    for line in MORE.strip().splitlines():
        done(busy_shop(*words_of(line), stdin="SELECT 1 AS one\n"))
    return busy_shop


def operations(database: Path) -> int:
    return len(content(database)["operation"])


@pytest.mark.parametrize("path", LINES)
def test_two_are_one_operation_the_same_from_stdin_and_none_if_one_is_not_there(
    pairs: Run, database: Path, path: str
) -> None:
    words = LINES[path]
    marker = marker_of(path)
    assert marker is not None
    at = len(path.split()) + (path in ("message render", "message send", "field remove"))
    ids, rest = words[at : at + 2], words[at + 2 :]
    missing = "999" if marker.is_number else "NOSUCH-1"
    before = content(database)
    writes = path in WRITERS and path not in ("pick", "shipment track")
    dry = ("--dry-run",) if writes else ()
    table = f"other,{marker.column}\nx,{ids[0]}\nx,{ids[1]}\n"

    wrong = pairs("--yes", *words[:at], *ids, missing, *rest, *dry)
    line = done(pairs("--yes", *words, *dry))
    piped = done(pairs("--yes", *words[:at], "-", *rest, *dry, stdin="\n".join(ids) + "\n"))
    assert (wrong.exit_code, wrong.stdout) == (6, "")
    assert missing in wrong.stderr
    assert piped == line
    assert content(database) == before

    ran = done(pairs("--yes", *words[:at], "-", *rest, stdin=table))
    assert operations(database) - len(before["operation"]) == int(writes)
    assert ran.stdout == line.stdout or writes


@pytest.mark.parametrize("path", LINES)
def test_no_ids_on_stdin_are_nothing_to_do(pairs: Run, database: Path, path: str) -> None:
    words = LINES[path]
    at = len(path.split()) + (path in ("message render", "message send", "field remove"))
    before = content(database)

    ran = done(pairs(*words[:at], "-", *words[at + 2 :], stdin="\n"))

    assert (ran.stdout, ran.stderr) == ("", "There were no ids on stdin; nothing to do.\n")
    assert content(database) == before


def test_what_one_command_lists_another_takes(pairs: Run) -> None:
    rows = done(pairs("order", "list", "--status", "unshipped", "--format", "csv")).stdout
    tabs = done(pairs("order", "list", "--status", "unshipped", "--format", "tsv")).stdout
    first = done(pairs("order", "hold", "-", stdin=rows))
    again = done(pairs("order", "hold", "-", stdin=tabs))

    assert first.stderr.count("\n") > 2
    assert again.stderr.startswith("Unchanged: ")
    held = json.loads(done(pairs("order", "list", "--hold", "--format", "json")).stdout)
    assert len(held) == rows.count("\n") - 1


def test_cards_of_several_are_a_list_and_of_one_an_object(shop: Run) -> None:
    def shown(*words: str, stdin: str | None = None) -> Any:
        return json.loads(done(shop("product", "show", *words, "--format", "json", stdin=stdin)).stdout)

    assert shown("RING-7")["sku"] == "RING-7"
    assert [card["sku"] for card in shown("RING-7", "RING-8")] == ["RING-7", "RING-8"]
    assert [card["sku"] for card in shown("-", stdin="RING-7\n")] == ["RING-7"]
    lines = done(shop("product", "show", "RING-7", "RING-8", "--format", "jsonl")).stdout.splitlines()
    assert [json.loads(line)["sku"] for line in lines] == ["RING-7", "RING-8"]


@pytest.mark.parametrize(
    ("words", "stdin", "code", "said"),
    [
        ("order hold -", "sku,quantity\nRING-7,1\n", 2, "The table on stdin has no column order_id"),
        ("order hold -", b"\xff\xfe\x00", 2, "What is on stdin is not UTF-8 text"),
        ("purchase close -", "first\n", 2, "'first' is not a number as the list has it"),
        ("purchase close first", "", 2, "'first' is not a number as the list has it"),
        ("pack - --scan", "0000001\n", 2, "The ids and --scan cannot both be read from stdin."),
        ("order hold 0000001 -", "0000002\n0000001\n", 0, "2 orders: "),
        ("order hold -", "\ufefforder_id\n0000001\n", 0, "Order 114-0000001-0000001"),
    ],
)
def test_what_stands_on_stdin_is_looked_at(
    busy_shop: Run, words: str, stdin: str | bytes, code: int, said: str
) -> None:
    ran = busy_shop(*words.split(), stdin=stdin)

    assert ran.exit_code == code
    assert said in ran.stderr


def test_of_many_a_receipt_tells_the_first_and_how_many_more() -> None:
    many = [Outcome(f"held {number}", {"orders": 1}, counts={"rows": 2}) for number in range(MOST_TOLD + 5)]
    told = joined(many, "order")

    assert told.summary == "25 orders: held 0; held 1 …"
    assert len(told.notes) == MOST_TOLD + 1
    assert told.notes[-1] == "… and 5 orders more"
    assert (told.changed, told.counts) == ({"orders": 25}, {"rows": 50})
    assert joined([many[0], Outcome("held already")], "order").summary == "1 of 2 orders: held 0; held already"
    assert joined(many[:1], "order") is many[0]
