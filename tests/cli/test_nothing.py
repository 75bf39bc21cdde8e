"""A list with nothing to show says which filter leaves nothing, and in a new shop what comes next."""

import pytest

from cli.steps import done
from conftest import Run
from ordercli.cli.app import command_named
from ordercli.cli.lists import LISTS, OPTIONS
from ordercli.cli.nothing import FILTERS, FIRST, NEXT, OTHERS
from ordercli.cli.shared_options import SHARED

FILLED = {
    *("metrics", "metrics forecast", "metrics compare", "review", "template list", "template fields", "log"),
    *("privacy show", "report list"),
    *("db info", "config list", "channel list", "location list"),
}
"""Lists that a new shop has rows in."""
OF_ONE = {"stock history", "metrics what-if", "explain stock", "explain order", "view show", "log show"}
"""Lists that are of one thing, which has to be there."""
SAYS_ITSELF = {
    *("metrics amazon", "view list", "template lint", "doctor", "backup list", "backup verify", "backup drill"),
}
"""Lists whose own sentence on nothing names the command, or says that all is well."""
WORDS = {"find": ("abc",), "metrics show": ("order_defect_rate",), "explain metric": ("order_defect_rate",)}


def test_every_option_of_a_list_is_a_filter_or_is_none() -> None:
    usual = {name for shared in SHARED for name in shared.names}
    found = set()
    for path in LISTS:
        first, *below = path.split()
        command = command_named(first)
        for word in below:
            command = command.commands[word]
        told = [each for each in command.params if each.param_type_name == "option" and each.name not in OPTIONS]
        found |= {each.opts[0] for each in told if not usual.intersection(each.opts)}
    assert found == FILTERS | OTHERS
    assert not FILTERS & OTHERS


def test_every_list_has_a_way_on_or_a_reason_for_none() -> None:
    assert set(LISTS) == {*NEXT} | FILLED | OF_ONE | SAYS_ITSELF


@pytest.mark.parametrize("path", NEXT)
def test_a_list_of_a_new_shop_names_the_next_command(run: Run, path: str) -> None:
    ran = done(run(*path.split(), *WORDS.get(path, ())))

    step = NEXT[path][0]
    assert ran.stderr == f"next: {FIRST.get(step, step)}\n"
    assert ran.stdout.count("\n") >= 1
    assert done(run("-q", *path.split(), *WORDS.get(path, ()))).stderr == ""
    assert done(run("-f", "csv", *path.split(), *WORDS.get(path, ()))).stderr == ""


def test_what_comes_next_follows_what_there_is(run: Run) -> None:
    assert done(run("shipment", "list")).stderr == "next: ordercli product import FILE\n"
    done(run("product", "add", "A"))
    assert done(run("shipment", "list")).stderr == "next: ordercli order import FILE\n"
    assert done(run("stock", "value")).stderr == "next: ordercli stock import FILE\n"
    done(run("order", "add", "--line", "A:1"))
    assert done(run("shipment", "list")).stderr.startswith("next: ordercli ship ID")
    assert done(run("return", "due")).stderr == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("order list --tag gift", "No orders with tag gift; 11 without it.\n"),
        ("order list --hold", "No orders with --hold; 11 without it.\n"),
        ("order list --tag gift --limit 3", "No orders with tag gift; 11 without it.\n"),
        (
            "order list --tag gift --status canceled",
            "No orders with status canceled and tag gift; 11 without them.\n",
        ),
        ("order list --sku EARR-LEAF --status shipped", "No orders with status shipped and sku EARR-LEAF; "),
        ("order list --since 2026-03-16", "No orders since 2026-03-16; 11 without it.\n"),
        ("shipment list --order 0001", "No shipments with order 0001; none without it.\n"),
        ("pick --due 2026-03-10", "Nothing to pick with due 2026-03-10; "),
        ("report sales --since today", "No sales between these days; "),
        ("listing list --sku RING-7", "No listings with sku RING-7; none without it.\n"),
    ],
)
def test_a_filter_that_leaves_nothing_is_named(busy_shop: Run, line: str, said: str) -> None:
    ran = done(busy_shop(*line.split()))

    assert ran.stdout.startswith(said), ran.stdout
    assert "next:" not in ran.stderr


def test_machines_get_no_sentence(busy_shop: Run) -> None:
    ran = done(busy_shop("order", "list", "--tag", "gift", "-f", "json"))
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")


def test_a_filter_of_a_view_is_named_too(busy_shop: Run) -> None:
    done(busy_shop("view", "save", "gifts", "order", "list", "--tag", "gift"))
    assert (
        done(busy_shop("order", "list", "--view", "gifts")).stdout == "No orders with tag gift; 11 without it.\n"
    )
