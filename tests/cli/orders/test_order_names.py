"""An id that orders of two channels have: it is told, and everywhere a way remains to name each of them."""

from pathlib import Path

import pytest

from cli.steps import done, listed, receipt, statuses, tsv, unshipped
from cli.tree import commands
from conftest import Run
from ordercli.cli.value_kinds import kind_of
from shelf import kept

SEVERAL = "'1003' could be several orders (etsy:1003, shop:1003); name one as it stands here."
LINES = {
    ("order list", "--after"): "order list --after @",
    ("order show", "orders"): "order show @",
    ("order hold", "orders"): "order hold @ --dry-run",
    ("order release", "orders"): "order release @ --dry-run",
    ("order cancel", "orders"): "--yes order cancel @ --by buyer --reason x --dry-run",
    ("order refund", "orders"): "--yes order refund @ --amount 1 --part goodwill --reason x --dry-run",
    ("order edit", "orders"): "order edit @ --tag gift --dry-run",
    ("order note", "orders"): "order note @ hello --dry-run",
    ("pick", "orders"): "pick @",
    ("pick", "--short"): "pick --short @ EARR-LEAF:1 --dry-run",
    ("pack", "orders"): "pack @ --dry-run",
    ("slip", "orders"): "slip @ --pdf -",
    ("amazon label buy", "order"): "amazon label buy @",
    ("label", "orders"): "label @ --pdf - --size a6",
    ("ship", "orders"): "ship @ --carrier USPS --tracking 9400111899223197428510 --dry-run",
    ("shipment list", "--order"): "shipment list --order @",
    ("return open", "orders"): "return open @ --line EARR-LEAF:1 --reason x --dry-run",
    ("metrics what-if", "--ship"): "metrics what-if --channel etsy --ship @",
    ("metrics what-if", "--miss"): "metrics what-if --channel etsy --miss @",
    ("metrics what-if", "--cancel"): "metrics what-if --channel etsy --cancel @",
    ("metrics feedback add", "orders"): "metrics feedback add @ --stars 5 --dry-run",
    ("metrics feedback list", "--order"): "metrics feedback list --order @",
    ("metrics claim add", "orders"): "metrics claim add @ --kind a-to-z --dry-run",
    ("metrics claim list", "--order"): "metrics claim list --order @",
    ("privacy show", "people"): "privacy show @",
    ("privacy export", "people"): "privacy export @ --to -",
    ("privacy erase", "people"): "--yes privacy erase @ --dry-run",
    ("explain order", "order_id"): "explain order @",
    ("message render", "orders"): "message render delay @",
    ("message send", "orders"): "message send delay @ --dry-run",
    ("message list", "--order"): "message list --order @",
    ("message received", "order"): "message received @ --topic where --dry-run",
}
"""Every argument and option that takes an order; @ is its name."""
SHIPS = "order_id,carrier,tracking_number\n@,USPS,9400111899223197428510\n"
RETURNS = "order_id,sku,quantity,reason\n@,EARR-LEAF,1,too large\n"
FEEDBACK = "order_id,given_on,rating\n@,2026-03-16,5\n"
CLAIMS = "order_id,kind,status,filed_on\n@,a-to-z,denied,2026-03-16\n"
FILES = {
    "ship --csv -": SHIPS,
    "return import -": RETURNS,
    "metrics feedback import -": FEEDBACK,
    "metrics claim import -": CLAIMS,
    "ship --scan": "@\n9400111899223197428510\n",
}
OWN = "order_id,sku,quantity,channel\n"


@kept
def two_channels(shop: Run) -> Run:
    """The sample shop with order 1003 on two channels, the first of which left."""
    done(shop("order", "add", "1003", "--line", "RING-7:1"))
    done(shop("order", "add", "1003", "--channel", "etsy", "--line", "EARR-LEAF:2"))
    return shop


def test_whatever_takes_an_order_has_a_line() -> None:
    takers = {
        (path, str(each.opts[0] if each.param_type_name == "option" else each.name))
        for path, command in commands().items()
        if not getattr(command, "commands", None)
        for each in command.params
        if not getattr(each, "is_flag", False) and kind_of(path, each).replace(",", " ").split(" ")[0] == "order"
    }

    assert takers == set(LINES)


def test_a_shared_id_is_told_and_the_channel_before_it_names_one(two_channels: Run) -> None:
    for line in LINES.values():
        words = line.split()
        told = two_channels(*(word.replace("@", "1003") for word in words))
        assert (told.exit_code, told.stderr.splitlines()[-1]) == (6, SEVERAL), line
        named = two_channels(*(word.replace("@", "Etsy:1003") for word in words))
        assert "several orders" not in named.stderr, line
        nothing_left = line.startswith(
            ("return open", "--yes order refund", "label", "amazon label", "--yes privacy erase")
        )
        assert named.exit_code == (5 if nothing_left else 0), (line, named.stderr)


@pytest.mark.parametrize("line", FILES)
def test_a_row_of_a_file_names_one_of_two_with_its_channel(two_channels: Run, line: str) -> None:
    if line.startswith("return"):
        done(two_channels("ship", "etsy:1003", "--carrier", "USPS", "--tracking", "9400111899223197428510"))

    told = two_channels(*line.split(), stdin=FILES[line].replace("@", "1003"))
    named = two_channels(*line.split(), stdin=FILES[line].replace("@", "etsy:1003"))

    assert told.exit_code in {4, 5}
    assert "several orders" in told.stderr
    done(named)
    assert "1" in named.stderr


def test_a_new_order_with_another_channels_id_is_warned_of(shop: Run) -> None:
    done(shop("order", "add", "1003", "--line", "RING-7:1"))

    added = done(shop("order", "add", "1003", "--channel", "etsy", "--line", "EARR-LEAF:2"))

    assert "order 1003 is on etsy and on shop; name them etsy:1003 and shop:1003" in added.stderr


@pytest.mark.parametrize("second", ["1001,RING-7,1,etsy", "1001,RING-7,2,etsy", "1001,EARR-LEAF,1,etsy"])
@pytest.mark.parametrize("options", [(), ("--map", "order_id=order_id", "--map", "channel=channel")])
def test_one_file_may_tell_an_id_of_two_channels(
    shop: Run, tmp_path: Path, second: str, options: tuple[str, ...]
) -> None:
    if options:
        options = (*options, "--map", "sku=sku", "--map", "quantity=quantity")
    file = tmp_path / "two.csv"
    file.write_text(f"{OWN}1001,RING-7,1,shop\n{second}\n1002,RING-7,1,shop\n")

    first = receipt(shop("order", "import", str(file), *options, "--format", "json"))
    again = receipt(shop("order", "import", str(file), *options, "--format", "json"))

    assert (first["orders_new"], again["orders_new"], again["orders_updated"]) == (3, 0, 0)
    units = {(each["channel"], each["order_id"]): each["units"] for each in listed(shop, "order", "list")}
    assert units["etsy", "1001"] == int(second.split(",")[2])
    assert units["shop", "1001"] == units["shop", "1002"] == 1


AMAZONS = "114-0000001-0000001"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("order add 114-0000001-0000001 --line RING-7:1", ""),
        ("order import -", "order_id,sku,quantity\n114-0000001-0000001,RING-7,2\n"),
        ("order import -", "order_id,sku,quantity,channel\n114-0000001-0000001,RING-7,2,\n"),
        (
            "order import - --map No=order_id --map Item=sku --map Units=quantity",
            "No,Item,Units\n114-0000001-0000001,RING-7,2\n",
        ),
    ],
)
def test_an_id_of_amazons_form_without_a_channel_is_amazons(shop: Run, line: str, told: str) -> None:
    done(shop("order", "import", "-", stdin=tsv(unshipped(order_id=AMAZONS))))

    shop(*line.split(), stdin=told)

    assert [each["channel"] for each in listed(shop, "order", "list")] == ["amazon"]
    assert list(statuses(shop)) == [AMAZONS[-2:]]
