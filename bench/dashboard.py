"""What the dashboard costs, whole processes, as multiples of bare Python; and how large the page is.

Usage: python bench/dashboard.py [ORDERS [BESIDE]]

``BESIDE`` is another ``ordercli``, of an older version say, whose dashboard is measured in turn with this one's,
on a shop of its own.
"""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from health import fill
from measure import Case, Cost, beside_python, clean_environment, interleaved, machine, print_table

SMALL = 1_000
LARGE = 100_000
ROUNDS = 5
MOST_BYTES = 300_000


def main() -> None:
    large = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    programs = {"this": beside_python("ordercli", "install the project there first.")}
    if len(sys.argv) > 2:
        programs["beside"] = sys.argv[2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        for which, program in programs.items():
            for orders in (SMALL, large):
                fill(program, {**environment, "ORDERCLI_DB": str(shop(folder, which, orders))}, folder, orders)
        measured = interleaved(cases(programs, folder, large), environment, ROUNDS)
        pages = {orders: (folder / f"this-{orders}.html").stat().st_size for orders in (SMALL, large)}
    print(f"{machine()}; medians of {ROUNDS} interleaved runs")
    print_table("Dashboard, whole process", ("what", "CPU s", "× B"), rows(measured))
    for orders, size in pages.items():
        told = "met" if size <= MOST_BYTES else "MISSED"
        print(f"The page of {orders:,} orders has {size / 1000:,.0f} kB; ≤ {MOST_BYTES // 1000}: {told}")


def shop(folder: Path, which: str, orders: int) -> Path:
    """The database of a program with so many orders."""
    return folder / f"{which}-{orders}.db"


def cases(programs: Mapping[str, str], folder: Path, large: int) -> dict[str, Case]:
    """Bare Python, then the dashboard of each shop as text and as a page, by each program in turn."""
    found = {"B": Case([sys.executable, "-c", "pass"])}
    for orders in (SMALL, large):
        for words in (["dashboard"], ["--yes", "dashboard", "--html"]):
            for which, program in programs.items():
                page = [str(folder / f"{which}-{orders}.html")] if "--html" in words else []
                environment = {"ORDERCLI_DB": str(shop(folder, which, orders))}
                kind = "page" if page else "terminal"
                found[f"{kind}, {orders:,} orders, {which}"] = Case([program, *words, *page], environment)
    return found


def rows(measured: Mapping[str, Cost]) -> list[list[str]]:
    """One row a case, in seconds and in B."""
    base = measured["B"].cpu
    return [[name, f"{cost.cpu:.2f}", f"{cost.cpu / base:.1f}"] for name, cost in measured.items() if name != "B"]


if __name__ == "__main__":
    main()
