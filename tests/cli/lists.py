"""One example of every list there is, for tests of what holds of all of them."""

import shlex
import shutil
from pathlib import Path

from conftest import Run
from migrations.rows import FRIDAY, MONDAY, ON_FRIDAY, ON_MONDAY, WORDS
from ordercli.cli.lists import LISTS
from shelf import kept

NOW = "2026-03-24T10:00:00-04:00"

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
    "log show": "log show 4",
    "view show": "view show morning",
}
"""Of lists that show little or nothing without arguments."""

EXAMPLES = {path: tuple(shlex.split(MORE.get(path, path))) for path in LISTS}

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


@kept
def every_list(run: Run) -> Run:
    """A shop with rows for nearly every list, and the worst names among them."""
    for now, lines in ((MONDAY, ON_MONDAY), (FRIDAY, ON_FRIDAY), (NOW, WORST.replace("\\\n", ""))):
        for line in lines.strip().splitlines():
            command, _, stdin = line.format_map(WORDS).partition(" <<< ")
            ran = run(*shlex.split(command), stdin=stdin.replace("|", "\n"), now=now)
            assert ran.exit_code in (0, 3), ran  # a check that found something has done its work
    Path("confirm.txt").unlink()
    shutil.rmtree("outbox")
    return run
