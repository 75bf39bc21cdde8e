"""A shop with rows in every table, and its rows as text: what upgrades are tested with.

``make rows`` keeps the rows of the present schema in ``rows/REVISION.sql``. It is run before the models change for
a new migration: afterwards no command fills a database of that schema any more.
"""

import os
import shlex
import sqlite3
from contextlib import chdir, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from typer.testing import CliRunner

from ordercli import counting
from ordercli.dbfile import HEAD
from stand_in.account import Account
from stand_in.server import environment, serving

KEPT = Path(__file__).with_name("rows")
TOP = Path(__file__).parents[2]
ANSWER = (
    "Feed Processing Summary:|\tNumber of records processed\t\t1|\tNumber of records successful\t\t0||"
    "original-record-number\torder-id\torder-item-id\terror-code\terror-type\terror-message|"
    "1\t114-0000001-0000001\t\t18028\tError\tIncomplete."
)
WORDS = {"sample": TOP / "src" / "ordercli" / "sample", "data": TOP / "tests" / "data", "answer": ANSWER}

MONDAY = "2026-03-16T09:00:00-04:00"
LATER = "2026-05-01T12:00:00Z"
FRIDAY = "2026-03-20T10:00:00-04:00"

ON_MONDAY = """
product import {sample}/products.csv
stock import {sample}/opening-stock.csv
order import {sample}/order-report.txt {sample}/all-orders.txt
order import {data}/order_csv/orders.csv --create-products
order import - --map Nr=order_id --map SKU=sku --map Qty=quantity --save-map fair <<< Nr,SKU,Qty|F-1,RING-7,1
order import {data}/amazon/order-report-30.txt {data}/amazon/fba-shipments-48.txt --create-products
channel add fair --time-zone Europe/Vienna
location add ATTIC --name "Boxes in the attic"
stock move RING-7:1 HOME ATTIC --reference N-1
product add GIFT-SET --name "A ring and earrings" --unit-price 50.00
product kit GIFT-SET RING-7:1 EARR-LEAF:1
listing add R7-FBA --product RING-7 --fulfillment FBA
listing add R8-FBA --product RING-8
listing remove R8-FBA --yes
stock receive RING-7:30@9.50 EARR-LEAF:30@6.00 NECK-MOON:30@15.00 --freight 12.00
order add SO-1 --line GIFT-SET:1 --line RING-7:2@30.00 --customer "Ana Pop" --email ana@example.com
order add SO-2 --line NECK-MOON:3@48.00 --customer "Max Roth"
order edit SO-1 --tag gift --gift-message RING-7=Cheers
field add product supplier-code
field add order gift-wrap --type choice --choice paper --choice box
product edit RING-7 --field supplier-code=SS-7
order edit SO-1 --field gift-wrap=box
order edit SO-2 --price NECK-MOON:45.00
product edit RING-7 --packaging-cost 0.40
order note SO-2 "asked for a silver box"
order cancel SO-2 --line NECK-MOON:1 --by seller --reason "out of stock" --yes
pick SO-1 --confirm
pack SO-1
pick --short SO-2 NECK-MOON:1
ship SO-1 --carrier USPS --tracking 9400111899223197428503 --cost 4.85
ship 114-0000001-0000001 --carrier USPS --tracking 9400111899223197428510
shipment fix 1 --tracking 9400111899223197428527
shipment label 1 --attach - <<< %PDF-1.4
shipment confirm confirm.txt
shipment answer 1 - <<< {answer}
stock count - --yes <<< RING-7,40|EARR-LEAF,38
stock fba send RING-7:5 --reference FBA15DEMO001
stock fba arrive FBA15DEMO001
stock fba receive FBA15DEMO001 RING-7:5 --close
stock fba import {data}/amazon_fba/inventory.txt
stock fba import {data}/amazon_fba/ledger.csv
stock fba import {data}/amazon_fba/restock.txt
"""
ON_FRIDAY = """
shipment delivered 1 --at 2026-03-18
shipment fix 7 --on 2026-03-17
return open SO-1 --line RING-7:2 --reason "too large"
return authorize RMA-000001 --label-cost 4.20 --label-paid-by seller
return receive RMA-000001
return inspect RMA-000001 --line RING-7:1 --as sellable
return inspect RMA-000001 --line RING-7:1 --as customer_damaged
return refund RMA-000001 --yes
return open SO-1 --line GIFT-SET:1 --reason "arrived broken"
return replace RMA-000002 --line GIFT-SET:1
supplier product "Silver & Son" RING-7 --price 1@9.50 --price 50@8.75
purchase add RING-7:35 --supplier "Silver & Son" --expected 2026-04-02
purchase receive 1 --line RING-7:20
purchase cancel 1
settlement import {sample}/settlement.txt
metrics import {data}/amazon_performance/performance.json
metrics feedback add 0000003 --stars 2
metrics claim add 0000003 --kind a-to-z --status denied
metrics feedback remove 1 --yes
metrics claim remove 1 --yes
improve start "labels the evening before" --measure late_shipment_rate_30d
improve end 1 --outcome kept
message send delay 0000003 --outbox outbox
message received 114-0000001-0000001 --topic "where is it"
message answer Q-000001 --settled elsewhere
config set reorder_point 9
undo --yes
today --check --news
backup --to backups
sync amazon orders --since 2026-03-01
sync amazon push
order edit 114-0000001-0000001 --customer "Eva Berg" --tag berg
privacy erase 114-0000001-0000001 --yes
"""


def fill() -> None:
    """Give the new database that ORDERCLI_DB names rows in every table; files go to the working folder."""
    with serving(Account()) as address, patch.dict(os.environ, environment(address)):
        for now, lines in ((MONDAY, ON_MONDAY), (FRIDAY, ON_FRIDAY)):
            for line in lines.strip().splitlines():
                run(line, now)
    with patch.object(counting, "FEWEST_ORDERS", 1):
        counting.count_days(Path(os.environ["ORDERCLI_DB"]), now=LATER, wait_seconds=1)


def run(line: str, now: str) -> None:
    """Run one command line; what stands behind ``<<<`` is its stdin, a bar for each end of line."""
    from ordercli.cli.app import app  # noqa: PLC0415 - after the environment is clean

    command, _, stdin = line.format_map(WORDS).partition(" <<< ")
    ran = CliRunner().invoke(app, shlex.split(command), input=stdin.replace("|", "\n"), env={"ORDERCLI_NOW": now})
    if ran.exit_code not in (0, 3):  # a check that found something has done its work
        message = f"{line}: {ran.output}"
        raise RuntimeError(message)


def dump(connection: sqlite3.Connection) -> list[str]:
    """INSERT statements of all rows but the schema's revision; foreign keys must sleep when they run."""
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
    statements = []
    for (table,) in connection.execute(names).fetchall():
        # This pragma leaves generated columns out, which no INSERT may name.
        columns = [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        values = " || ', ' || ".join(f"quote({column})" for column in columns)
        if table != "alembic_version":
            statements += [
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({row});"
                for (row,) in connection.execute(f"SELECT {values} FROM {table} ORDER BY {', '.join(columns)}")
            ]
    return statements


def load(connection: sqlite3.Connection, statements: str) -> None:
    """Put dumped rows as they are into an empty database: its triggers and foreign keys sleep meanwhile."""
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    connection.execute("PRAGMA foreign_keys = OFF")
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.executescript(f"BEGIN; {statements}; COMMIT")
    for _, sql in triggers:
        connection.execute(sql)


def main() -> None:
    """Fill a shop in a folder of its own and keep its rows."""
    kept = KEPT / f"{HEAD}.sql"
    with TemporaryDirectory() as folder, chdir(folder):
        own = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERCLI_", "XDG_"))}
        os.environ.clear()
        os.environ.update(own, HOME=folder, ORDERCLI_DB="shop.db")
        run("init --time-zone America/New_York --currency USD", MONDAY)
        fill()
        with closing(sqlite3.connect("shop.db")) as connection:
            text = "\n".join(dump(connection)) + "\n"
    KEPT.mkdir(exist_ok=True)
    kept.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
