"""Every report, by each of its filters, says of the same shop the same in both engines, byte by byte."""

import shlex
from collections.abc import Iterator
from difflib import unified_diff

import pytest

from cli.lists import EXAMPLES
from cli.tree import commands, options, value_of
from here import Ran, run_here
from ordercli.cli.lists import LISTS
from ordercli.postgres import portions
from postgres.conftest import NOW, Twin
from some_cases import turn

MOST = 8
"""Lines of a difference that are told."""
FILES = ("backup", "db", "doctor")
"""The first words of lists that are about the file."""
BASES = {
    **EXAMPLES,
    **{
        path: (*path.split(), "--since", "2024-01-01")
        for path in ("report sales", "report products", "report tax", "report buyers", "report profit")
    },
    "find": ("find", "0000003"),
    "log show": ("log", "show", "5"),
    "metrics compare": tuple(
        shlex.split("metrics compare --before 2026-02-01..2026-02-28 --after 2026-03-01..2026-03-20")
    ),
}
"""A list as it is asked before a filter is added."""
NO_FILTERS = {
    **dict.fromkeys(
        ("--dry-run", "--fix", "--mark", "--confirm", "--withdraw", "--put-back", "--short"), "it writes"
    ),
    **dict.fromkeys(("--at", "--status", "--detail", "--reference", "--pdf"), "goes with what writes"),
    **dict.fromkeys(
        ("--before", "--after", "--ship", "--miss", "--cancel"), "told by the example, or with others"
    ),
    "--chart": "another picture of the same rows",
}
"""Options that narrow no list, and why; but where VALUES has them for a command they do."""
VALUES = {
    "--actor": ("test", "nobody"),
    "--advertising": ("12.50",),
    "--as-of": ("2026-03-01", "2026-03-17"),
    "--channel": ("amazon", "shop"),
    "--command": ("ship", "order add"),
    "--cover": ("10", "45"),
    "--currency": ("USD", "EUR", "JPY"),
    "--due": ("2026-03-18",),
    "--explain": ("RING-7",),
    "--field": ("gift-wrap=box", "metal=silver"),
    "--kind": ("delay", "order_confirmation"),
    "--known-at": ("2026-03-01", "2026-03-16T18:00:00Z", "2026-03-18"),
    "--lead-time": ("9",),
    "--limit": ("1",),
    "--location": ("HOME", "ATTIC"),
    "--measure": ("late_shipment_rate_30d",),
    "--order": ("SO-1", "0000003"),
    "--recount": ("1",),
    "--service-level": ("90", "99.5"),
    "--since": ("2026-03-01", "2026-03-17"),
    "--sku": ("RING-7", "EARR-LEAF"),
    "--stuck": ("1", "4"),
    "--supplier": ("Silver & Son",),
    "--tag": ("gift",),
    "--until": ("2026-03-10", "2026-03-17"),
    "order list --after": ("114-0000003-0000003",),
    "order list --status": ("canceled", "partially_shipped", "pending", "shipped", "unshipped"),
    "purchase list --status": ("canceled", "closed", "draft", "partially_received", "placed", "received"),
    "return list --status": ("authorized", "closed", "inspected", "received", "refunded", "replaced", "requested"),
}
"""What filters are told, where they do not name it themselves; some for one command alone."""
CARDS = """\
order show SO-1
order show SO-2
order show 114-0000001-0000001
order show 114-0000003-0000003
stock show RING-7
product show RING-7
product show GIFT-SET
purchase show 1
supplier show "Silver & Son"
shipment show 1
return show RMA-000001
dashboard
order export
product export
listing export
views
explain stock EARR-LEAF
explain order 114-0000001-0000001
explain metric late_shipment_rate_30d
explain metric valid_tracking_rate
metrics show order_defect_rate
metrics show cancellation_rate
metrics show on_time_delivery_rate
metrics what-if --miss 0000003
metrics what-if --cancel 0000003
report profit --since 2024-01-01 --until 2026-03-17 --by sku
report sales --since 2026-03-01 --until 2026-03-17 --by day --as-of 2026-03-18
find Ana
find ring
find gift
"""
"""What else is looked at: things in full, and files to take along."""


def filters(path: str) -> Iterator[tuple[str, ...]]:
    """Each filter of a list with each value it is asked with."""
    everywhere = set.intersection(*({o.opts[0] for o in options(commands()[each])} for each in LISTS))
    for option in options(commands()[path]):
        name = max(option.opts, key=len)
        told = VALUES.get(f"{path} {name}")
        if told is None and (option.opts[0] in everywhere or name in NO_FILTERS):
            continue
        if told is None and value_of(option) == "":
            yield (name,)
            continue
        kind = value_of(option)
        if (
            told is None and "|" in kind and (kind.islower() or kind == "FBA|FBM")
        ):  # the others are days or instants
            told = tuple(kind.split("|"))
        for value in told or VALUES[name]:
            yield (name, value)


def looks() -> Iterator[tuple[str, ...]]:
    """Every list by itself and by each of its filters, and the cards."""
    for path in LISTS:
        if path.split()[0] not in FILES:
            base = BASES[path]
            yield base
            for told in filters(path):
                yield (*base, *told) if told[0] not in base else (*path.split(), *told)
    yield from (tuple(shlex.split(line)) for line in CARDS.splitlines())


def asked(where: str, words: tuple[str, ...]) -> Ran:
    """What a shop answers; cards as JSON, rows as CSV."""
    told = {"ORDERCLI_DB": where, "ORDERCLI_NOW": NOW, "ORDERCLI_FORMAT": "csv"}
    card = ("show" in words or words == ("dashboard",)) and words[0] not in ("metrics", "log", "view")
    ran = run_here([*words, "--format", "json"] if card else words, environment=told)
    return Ran(ran.exit_code, ran.stdout.replace(where, "SHOP"), ran.stderr.replace(where, "SHOP"))


def difference(here: Ran, there: Ran) -> str:
    """The lines in which two answers differ, or what ended one of them."""
    one, other = ([str(it.exit_code), *it.stderr.splitlines(), *it.stdout.splitlines()] for it in (here, there))
    return "\n".join(list(unified_diff(one, other, lineterm="", n=0))[2:MOST])


SHOPS = ["varied", "large"]
TURNS = {shop: turn(len(SHOPS), part) for part, shop in enumerate(SHOPS)}
"""Where not all cases are taken, each line is asked of one shop, and the next day of the other."""


@pytest.mark.parametrize("shop", SHOPS)
def test_a_report_says_the_same_of_a_file_and_of_a_server(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, shop: str
) -> None:
    both: Twin = request.getfixturevalue(shop)
    monkeypatch.setattr(portions, "AT_ONCE", 3)  # so that an answer of some rows comes in several
    wrong: dict[str, str] = {}
    full = 0
    lines = list(dict.fromkeys(looks()))[TURNS[shop]]
    for words in lines:
        here, there = asked(str(both.file), words), asked(both.url, words)
        assert here.exit_code in (0, 1, 2, 3, 5, 6), here
        full += here.stdout.count("\n") > 1
        if here != there:
            wrong[shlex.join(words)] = difference(here, there)
    assert wrong == {}, "\n".join(f"== {line}\n{what}" for line, what in wrong.items())
    assert full > len(lines) / 2, full
