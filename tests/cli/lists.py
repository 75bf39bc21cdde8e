"""One example of every list there is, for tests of what holds of all of them."""

import shlex

import pytest

from cli.steps import done
from conftest import SAMPLE, Run
from ordercli.cli.lists import LISTS
from shelf import kept

MONDAY, FRIDAY, NOW = "2026-03-16T09:00:00-04:00", "2026-03-20T10:00:00-04:00", "2026-03-24T10:00:00-04:00"

MORE = {
    "find": "find 114-",
    "report profit": "report profit --since 2026-03-01",
    "metrics show": "metrics show late_shipment_rate_30d",
    "metrics what-if": "metrics what-if --ship 0000003",
    "metrics compare": "metrics compare --before 2026-03-01..2026-03-10 --after 2026-03-11..2026-03-20",
    "report settlement": "report settlement",
    "stock history": "stock history RING-7",
    "stock sheet": "stock sheet --blind",
    "stock fba list": "stock fba list --done",
    "purchase list": "purchase list --done",
    "reorder": "reorder --every-product",
    "explain stock": "explain stock RING-7",
    "explain order": "explain order SO-1",
    "explain metric": "explain metric cancellation_rate",
    "message inbox": "message inbox --done",
    "view show": "view show morning",
    "log show": "log show 15",
}
"""Of lists that show little or nothing without arguments."""

EXAMPLES = {path: tuple(shlex.split(MORE.get(path, path))) for path in LISTS}

EARLY = """
product import {sample}/products.csv
stock import {sample}/opening-stock.csv
order import {sample}/order-report.txt {sample}/all-orders.txt
channel add fair --time-zone Europe/Vienna
location add ATTIC --name "Boxes in the attic"
stock move RING-7:1 HOME ATTIC
product add GIFT-SET --name "A ring and earrings" --unit-price 50.00
product kit GIFT-SET RING-7:1 EARR-LEAF:1
listing add R7-FBA --product RING-7 --fulfillment FBA
stock receive RING-7:30@9.50 EARR-LEAF:30@6.00 NECK-MOON:30@15.00 --freight 12.00
order add SO-1 --line GIFT-SET:1 --line RING-7:2@30.00 --customer "Ana Pop"
order add SO-2 --line NECK-MOON:3@48.00 --customer "Max Roth"
order cancel SO-2 --line NECK-MOON:1 --by seller --reason "out of stock" --yes
ship SO-1 --carrier USPS --tracking 9400111899223197428503 --cost 4.85
ship 114-0000001-0000001 --carrier USPS --tracking 9400111899223197428510
shipment confirm -
stock fba send RING-7:5 --reference FBA15DEMO001
stock fba send RING-8:1 --reference FBA15DEMO002
stock fba receive FBA15DEMO001 RING-7:4
"""
LATER = """
shipment delivered 1 --at 2026-03-18
return open SO-1 --line RING-7:2 --reason "too large"
return receive RMA-000001
return inspect RMA-000001 --line RING-7:1 --as sellable
return inspect RMA-000001 --line RING-7:1 --as customer_damaged
return refund RMA-000001 --yes
return open SO-1 --line GIFT-SET:1 --reason "arrived broken" --at 2026-03-20
supplier product "Silver & Son" RING-7 --price 1@9.50 --price 50@8.75
purchase add RING-7:35 --supplier "Silver & Son" --expected 2026-04-02
purchase receive 1 --line RING-7:20
settlement import {sample}/settlement.txt
metrics feedback add 0000003 --stars 2
metrics claim add 0000003 --kind a-to-z --status denied
improve start "labels the evening before" --measure late_shipment_rate_30d
improve end 1 --outcome kept
message send delay 0000003 --via text --field cause=x
message received 114-0000001-0000001 --topic "where is it"
message answer Q-000001 --settled elsewhere
field add product grade --type choice --choice A --choice B
product edit RING-7 --field grade=A
field add order weight --type number
order edit SO-2 --field weight=0.5
"""
WORST = """
supplier add "A supplier whose name is as long as names of suppliers get, GmbH & Co. KG" --currency EUR
product add =LOCKET-WITH-A-VERY-LONG-SKU-0123456789 --name "Locket [/] 愛の長い名前のロケット with a 45 cm chain" \
  --unit-price 1234567.89 --supplier "A supplier whose name is as long as names of suppliers get, GmbH & Co. KG"
stock receive =LOCKET-WITH-A-VERY-LONG-SKU-0123456789:3@1234.56
order add A-VERY-LONG-ORDER-ID-0123456789 --line =LOCKET-WITH-A-VERY-LONG-SKU-0123456789:2 \
  --customer "+Ada [b]Byron-Lovelace of the Engine Row" --ship-by 2026-03-21
order add A-101 --line =LOCKET-WITH-A-VERY-LONG-SKU-0123456789:2 --ship-by 2026-03-29
ship A-VERY-LONG-ORDER-ID-0123456789 --line =LOCKET-WITH-A-VERY-LONG-SKU-0123456789:1 --carrier \
  "A carrier with a long name" --tracking PE-1234-5678-9012-3456-7890-1234
purchase add =LOCKET-WITH-A-VERY-LONG-SKU-0123456789:5@99.90 --expected 2026-04-02
message received A-VERY-LONG-ORDER-ID-0123456789 --topic "whether the chain can be had in another length, and when"
view save morning order list --status unshipped --status partially_shipped --columns order_id,ship_by
"""


@pytest.fixture
def every_list(lived_in: Run, request: pytest.FixtureRequest) -> Run:
    """The same, and for the lists of copies a copy."""
    return with_copy(lived_in, request)


def with_copy(run: Run, request: pytest.FixtureRequest) -> Run:
    """A shop, and for the lists of copies a copy of it, which knows its folder and so is on no shelf."""
    told = getattr(request.node, "callspec", None)
    if told is not None and str(told.params.get("path")).startswith("backup "):
        done(run("backup", "--to", "copies"))
    return run


@kept
def lived_in(run: Run) -> Run:
    """A shop with rows for nearly every list, and the worst names among them."""
    for now, lines in ((MONDAY, EARLY), (FRIDAY, LATER), (NOW, WORST.replace("\\\n", ""))):
        for line in lines.strip().splitlines():
            done(run(*shlex.split(line.format(sample=SAMPLE)), now=now))
    return run
