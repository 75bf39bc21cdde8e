"""What `workbook build` costs beside pandas' `to_excel` of the same rows, and what taking it back costs.

Usage: python bench/workbook.py [ROWS]

pandas gets the rows of Order Tracking ready in memory and writes them plainly: no formats, no formulas, no
other sheet. It is no dependency of anything: install it beside XlsxWriter in the environment of the benchmarks.
"""

import os
import pickle
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from measure import Case, Cost, beside_python, clean_environment, interleaved, machine, print_table, run, verdict
from shop import open_shop, write_all_orders, write_stock

from ordercli.domain.workbook.sheets import ORDER_COLUMNS
from ordercli.queries.reader import reading
from ordercli.queries.workbook.order_rows import tracked_lines

ROWS = 100_000
ROUNDS = 3
AGAINST_PANDAS = 1.0
MOST_MEMORY = 300.0
BUILD, PULL, PEER, NOTHING = "workbook build", "workbook pull", "pandas to_excel", "workbook build --help"
SINCE = "2024-01-01"
KEEP = "--keep"
WRITER = """
import pickle, sys
import pandas
with open(sys.argv[1], "rb") as file:
    headings, rows = pickle.load(file)
pandas.DataFrame(rows, columns=headings).to_excel(sys.argv[2], index=False)
"""


def main() -> None:
    if sys.argv[1:2] == [KEEP]:
        keep_rows(os.environ, Path(sys.argv[2]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    ordercli = beside_python("ordercli", "install the project there first.")
    with tempfile.TemporaryDirectory() as name:
        measured = measure(ordercli, Path(name), rows)
    print(f"{machine()}; medians of {ROUNDS} interleaved runs")
    print_table(f"A workbook of {rows:,} order lines", HEADINGS, table(measured))


def measure(ordercli: str, folder: Path, rows: int) -> dict[str, Cost]:
    """Costs of building, of taking back what nobody changed, of pandas, and of ordercli doing nothing."""
    environment = clean_environment(folder)
    open_shop(ordercli, environment, folder)
    run([ordercli, "stock", "import", str(write_stock(folder / "stock.csv", rows))], environment)
    run([ordercli, "order", "import", str(write_all_orders(folder / "orders.txt", rows))], environment)
    book, ready = folder / "shop.xlsx", folder / "rows.pickle"
    build = [ordercli, "workbook", "build", str(book), "--since", SINCE]
    run(build, environment)
    # In a process of its own: what this one holds would count as the peak of those it starts.
    run([sys.executable, __file__, KEEP, str(ready)], environment)
    cases = {
        PEER: Case([sys.executable, "-c", WRITER, str(ready), str(folder / "peer.xlsx")]),
        # A workbook that is there is read first, lest changes be lost: that is what taking it back costs.
        BUILD: Case(build, before=lambda: book.unlink(missing_ok=True)),
        PULL: Case([ordercli, "workbook", "pull", str(book), "--dry-run"]),
        NOTHING: Case([ordercli, "workbook", "build", "--help"]),
    }
    return interleaved(cases, environment, ROUNDS)


def keep_rows(environment: Mapping[str, str], ready: Path) -> None:
    """The rows of Order Tracking, as pandas gets them."""
    path, now = Path(environment["ORDERCLI_DB"]), environment["ORDERCLI_NOW"]
    with reading(path, now=now, wait_seconds=5) as reader:
        lines = tracked_lines(reader, f"{SINCE}T00:00:00Z", with_personal_data=False)
        rows = [line.cells for line in lines]
    with ready.open("wb") as file:
        pickle.dump(([column.heading for column in ORDER_COLUMNS], rows), file)


HEADINGS = ("what", "CPU s", "against pandas", "goal", "peak MB", "goal")


def table(measured: Mapping[str, Cost]) -> list[list[str]]:
    peer = measured[PEER]
    rows = []
    for name, cost in measured.items():
        ratio = cost.cpu / peer.cpu
        is_judged = name == BUILD
        rows.append(
            [
                name,
                f"{cost.cpu:.1f}",
                f"{ratio:.2f} ×",
                verdict(ratio, AGAINST_PANDAS, " ×") if is_judged else "",
                f"{cost.peak:.0f}",
                verdict(cost.peak, MOST_MEMORY, " MB") if is_judged else "",
            ]
        )
    return rows


if __name__ == "__main__":
    main()
