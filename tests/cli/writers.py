"""A line of every command that writes, and a shop in which each has something to do."""

from typing import NamedTuple

from cli.steps import SETTLEMENT, SHIPMENTS, done, tsv, unshipped
from conftest import SAMPLE, Run
from shelf import kept

DATA = SAMPLE.parents[2] / "tests" / "data"
RATES = str(DATA / "amazon_performance" / "performance.json")
INVENTORY = str(DATA / "amazon_fba" / "inventory.txt")
FEEDBACK = "Date\tRating\tComments\tOrder ID\n3/15/26\t5\tfine\t114-0000001-0000001\n"
SHIPMENT = ("--carrier", "USPS", "--tracking", "9400111899223197428503")
EVENT = "tracking_number,status,occurred_at\n1Z999AA10123456784,in_transit,2026-03-16T12:30:00Z\n"
CLAIMS = "order_id,kind,status,filed_on\n114-0000003-0000003,a-to-z,denied,2026-03-15\n"
ANSWER = (
    "Feed Processing Summary:\n\tNumber of records processed\t\t1\n\tNumber of records successful\t\t0\n\n"
    "original-record-number\torder-id\torder-item-id\terror-code\terror-type\terror-message\n"
    "1\t114-0000004-0000004\t\t18028\tError\tInvalid carrier.\n"
)
CATALOG = "sku,name,unit_cost\nLOCKET-2,Locket,3.00\n"
NEW_LEVELS = "sku,quantity\nLOCKET-1,4\n"
COUNTED = "sku,quantity\nRING-7,1\nRING-8,1\nNECK-MOON,1\nEARR-LEAF,1\nBRAC-BEAD,1\n"
RETURN = "return_id,order_id,sku,quantity,reason,status\nRMA-000099,S-7,RING-7,1,too large,authorized\n"


class Line(NamedTuple):
    """One command line: what is typed and piped in, its exit code, whether it asks, whether twice is two."""

    words: tuple[str, ...]
    stdin: str | None = None
    code: int = 0
    asks: bool = False
    is_new: bool = False


def _line(text: str, stdin: str | None = None, code: int = 0, *, asks: bool = False, new: bool = False) -> Line:
    """Words between blanks; in a word, ``~`` is a blank."""
    return Line(tuple(word.replace("~", " ") for word in text.split()), stdin, code, asks, new)


LINES: dict[str, list[Line]] = {
    "init": [],  # makes another database
    "doctor": [],  # writes only where something is wrong
    # Those below need a server to answer them; their own tests have one.
    "sync amazon": [],
    "amazon label buy": [],
    "amazon label fetch": [],
    "amazon label cancel": [],
    "import": [
        _line("import -", tsv(unshipped())),
        _line("import -", tsv(unshipped(), unshipped(sku="NO")), 4),
    ],
    "order add": [_line("order add --line RING-7:1", new=True)],
    "order import": [
        _line("order import -", tsv(unshipped())),
        _line("order import -", tsv(unshipped(), unshipped(sku="NO")), 4),
    ],
    "order hold": [_line("order hold 0000001")],
    "order release": [_line("order release 0000012")],
    "order cancel": [
        _line("order cancel 0000005 --by buyer --reason x", asks=True),
        _line("order cancel S-5 --line RING-7:1 --by seller --reason x", asks=True, new=True),
    ],
    "order refund": [_line("order refund S-1 --amount 1.00 --part goodwill --reason late", asks=True)],
    "order edit": [
        _line("order edit S-5 --tag gift"),
        _line("order edit S-5 --add-line NECK-MOON:1"),
        _line("order edit S-5 --line RING-7:5"),
    ],
    "order note": [_line("order note S-5 hello")],
    "order cancel-file": [_line("order cancel-file cancel.txt")],
    "pick": [_line("pick --confirm"), _line("pick --short S-5 RING-7:1", new=True), _line("pick --put-back S-6")],
    "pack": [_line("pack 0000001")],
    "ship": [
        _line(f"ship 0000001 {' '.join(SHIPMENT)}"),
        _line("ship S-5 --line RING-7:1 --carrier UPS", new=True),
        _line(f"ship --csv {SHIPMENTS}", code=4),
    ],
    "shipment fix": [_line("shipment fix 1Z999AA10123456784 --cost 5.10")],
    "shipment void": [_line("shipment void 1Z999AA10123456784")],
    "shipment track": [_line("shipment track 1Z999AA10123456784 --status in_transit --at 2026-03-16T12:30:00Z")],
    "shipment delivered": [_line("shipment delivered 1Z999AA10123456784 --at 2026-03-16T12:30:00Z")],
    "shipment import": [_line("shipment import -", EVENT)],
    "shipment label": [_line("shipment label 1 --attach -", "%PDF-")],
    "shipment confirm": [_line("shipment confirm out.txt")],
    "shipment answer": [_line("shipment answer 1 -", ANSWER)],
    "return open": [_line("return open S-1 --line EARR-LEAF:1 --reason too~large")],
    "return authorize": [_line("return authorize RMA-000002")],
    "return decline": [_line("return decline RMA-000002 --reason late")],
    "return receive": [
        _line("return receive RMA-000001"),
        _line("return receive RMA-000001 --line RING-7:1", new=True),
    ],
    "return inspect": [
        _line("return inspect RMA-000003 --as sellable"),
        _line("return inspect RMA-000003 --line RING-7:1 --as sellable", new=True),
    ],
    "return refund": [
        _line("return refund RMA-000004", asks=True),
        _line("return refund RMA-000004 --amount 2.00", asks=True),
    ],
    "return replace": [_line("return replace RMA-000001 --line RING-7:1")],
    "return close": [_line("return close RMA-000004 --reason settled")],
    "return refund-file": [_line("return refund-file refunds.txt")],
    "return dispose": [_line("return dispose RING-7:1 --as scrapped", new=True)],
    "return import": [_line("return import -", RETURN)],
    "stock receive": [_line("stock receive BRAC-BEAD:1", new=True)],
    "stock adjust": [_line("stock adjust BRAC-BEAD --by=-1 --reason loss", new=True)],
    "stock move": [_line("stock move RING-7:1 HOME ATTIC", new=True)],
    "stock count": [
        _line("stock count -", COUNTED, asks=True),
        _line("stock count -", "sku,quantity\nBRAC-BEAD,2\n"),
    ],
    "stock feed": [_line("stock feed feed.txt")],
    "stock import": [_line("stock import -", NEW_LEVELS)],
    "stock fba send": [_line("stock fba send RING-7:1 --reference FBA-3")],
    "stock fba arrive": [_line("stock fba arrive FBA-1")],
    "stock fba receive": [
        _line("stock fba receive FBA-2 RING-7:1", new=True),
        _line("stock fba receive FBA-2 --close"),
    ],
    "stock fba import": [_line(f"stock fba import {INVENTORY}", code=4)],
    "product add": [_line("product add LOCKET-2 --unit-price 9")],
    "product edit": [_line("product edit RING-7 --unit-price 35")],
    "product kit": [_line("product kit LOCKET-9 RING-7:1 EARR-LEAF:1")],
    "product import": [_line("product import -", CATALOG)],
    "product remove": [_line("product remove LOCKET-1", asks=True)],
    "listing edit": [
        _line("listing edit RING-7-US --price 36.00"),
        _line("listing edit RING-7-US --product RING-8"),
    ],
    "listing remove": [_line("listing remove RING-7-US", asks=True)],
    "listing add": [_line("listing add RING-7-FBA --product RING-7 --fulfillment FBA")],
    "purchase add": [_line("purchase add BRAC-BEAD:5")],
    "purchase draft": [_line("purchase draft RING-7:5"), _line("purchase draft --from-reorder")],
    "purchase place": [_line("purchase place 2", asks=True)],
    "purchase edit": [_line("purchase edit 1 --note boat")],
    "purchase receive": [_line("purchase receive 1"), _line("purchase receive 1 --line RING-8:1", new=True)],
    "purchase cancel": [_line("purchase cancel 1"), _line("purchase cancel 1 --line RING-8:1", new=True)],
    "purchase close": [_line("purchase close 1")],
    "supplier add": [_line("supplier add Silver~Works")],
    "supplier edit": [
        _line("supplier edit Bead~Barn --lead-time-days 3"),
        _line("supplier edit Clay~Corner --rename Clay~Nook"),
    ],
    "supplier remove": [_line("supplier remove Clay~Corner", asks=True)],
    "supplier product": [_line("supplier product Bead~Barn RING-7")],
    "metrics import": [_line(f"metrics import {RATES}")],
    "metrics feedback add": [_line("metrics feedback add 0000003 --stars 2")],
    "metrics feedback import": [_line("metrics feedback import -", FEEDBACK)],
    "metrics claim add": [_line("metrics claim add 0000003 --kind a-to-z")],
    "metrics feedback remove": [_line("metrics feedback remove 1", asks=True)],
    "metrics claim remove": [_line("metrics claim remove 1", asks=True)],
    "metrics claim import": [_line("metrics claim import -", CLAIMS)],
    "improve start": [_line("improve start labels~early")],
    "improve end": [_line("improve end 1 --outcome kept")],
    "settlement import": [_line(f"settlement import {SETTLEMENT}")],
    "message send": [_line("message send delay 0000003 --outbox outbox")],
    "message resolve": [],  # of what a crash left
    "message received": [_line("message received 0000003 --topic where_is_it", new=True)],
    "message answer": [_line("message answer Q-000001 --settled elsewhere")],
    "template edit": [],  # writes no database
    "workbook import": [
        _line("workbook import -", "SKU,On hand,Cost\nLOCKET-3,4,3.00\n"),
        _line("workbook import -", "SKU,On hand,Cost\nLOCKET-3,4,3.00\nLOCKET-4,many,3.00\n", 4),
    ],
    "workbook pull": [],  # needs a workbook that somebody changed: tests/cli/workbook
    "privacy erase": [_line("privacy erase 0000009", asks=True)],
    "privacy purge": [_line("privacy purge --older-than 0d", asks=True)],
    "undo": [_line("undo 49", asks=True)],  # the claim of the setting up
    "restore": [],  # of another file
    "config set": [_line("config set reorder_point 7")],
    "config unset": [_line("config unset channel.amazon.handling_days")],
    "config edit": [],  # writes no database
    "channel add": [_line("channel add fair --time-zone Europe/Vienna")],
    "channel edit": [
        _line("channel edit etsy --time-zone Europe/Vienna"),
        _line("channel edit bazar --rename bazaar"),
    ],
    "report save": [_line("report save best -", "SELECT 1 AS one\n")],
    "report remove": [_line("report remove kept", asks=True)],
    "view save": [_line("view save late order list --overdue")],
    "view remove": [_line("view remove evening", asks=True)],
    "field add": [_line("field add order gift-wrap --type choice --choice box")],
    "field edit": [_line("field edit product grade --rename class --choice C")],
    "field remove": [_line("field remove product grade", asks=True)],
    "location add": [_line("location add SHED")],
    "location edit": [_line("location edit ATTIC --name roof"), _line("location edit CELLAR --open")],
    "location close": [_line("location close ATTIC")],
}
"""By the command's name; where it can do several kinds of things, a line for each."""

SETTING_UP = """
order hold 0000012
ship 0000004 --carrier USPS --tracking 9400111899223197428534
shipment confirm -
ship 0000002 --carrier UPS --tracking 1Z999AA10123456784
product add LOCKET-1 --unit-cost 3.00
product add LOCKET-9
purchase add RING-8:20
purchase draft RING-8:4
view save evening stock --low
location add ATTIC
location add CELLAR
location close CELLAR
channel add bazar
supplier add Clay~Corner
listing add RING-7-US --product RING-7
stock receive RING-7:40@9.50 EARR-LEAF:10
order add S-1 --line RING-7:2 --line EARR-LEAF:2
order add S-2 --line RING-7:2
order add S-3 --line RING-7:2
order add S-4 --line RING-7:3
order add S-5 --line RING-7:4
order add S-6 --line RING-7:1
order add S-7 --line RING-7:1
ship S-1 --carrier UPS
ship S-2 --carrier UPS
ship S-3 --carrier UPS
ship S-4 --carrier UPS
ship S-7 --carrier UPS
pick S-6 --confirm
return open S-1 --line RING-7:2 --reason x
return open S-2 --line RING-7:1 --reason x --at 2026-03-16T13:00:00Z
return open S-3 --line RING-7:2 --reason x
return receive RMA-000003
return open S-4 --line RING-7:3 --reason x
return receive RMA-000004
return inspect RMA-000004 --line RING-7:1 --as sellable
return inspect RMA-000004 --line RING-7:2 --as customer_damaged
--yes order refund 0000004 --amount 1.00 --part goodwill --reason late
--yes order cancel 0000009 --by seller --reason broken
stock fba send RING-7:2 --reference FBA-1
stock fba send RING-7:2 --reference FBA-2
stock fba arrive FBA-2
improve start boxes
metrics feedback add 0000002 --stars 1
metrics claim add 0000002
message received 0000001 --topic where_is_it
field add product grade --type choice --choice A --choice B
field add order engraving
product edit RING-7 --field grade=A
"""


def set_up(run: Run) -> Run:
    """Bring the sample shop with its eleven orders to where every line of :data:`LINES` has something to do."""
    for line in SETTING_UP.strip().splitlines():
        done(run(*_line(line).words))
    done(run("report", "save", "kept", "-", stdin="SELECT 1 AS one"))
    return run


@kept
def lived_shop(busy_shop: Run) -> Run:
    """A shop in which every command that writes has something to do."""
    return set_up(busy_shop)


CASES = [(path, line) for path, lines in LINES.items() for line in lines]
"""Every line, with the command it is of."""
