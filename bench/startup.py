"""What short commands cost, whole processes, against bare Python, an empty Typer app and ``sqlite-utils rows``.

Usage: python bench/startup.py [ROUNDS]
"""

import os
import sys
import tempfile
from pathlib import Path

from measure import Case, Cost, beside_python, clean_environment, interleaved, machine, print_table, run, verdict
from shop import open_shop, write_order_report, write_stock

ROUNDS = 21
LINES = 400
UNITS = 20

BARE = "python -c pass (B)"
TYPER = "empty Typer app (T)"
PEER = "sqlite-utils rows (S)"

EMPTY_APP = """
import typer
app = typer.Typer(add_completion=False)
@app.command()
def main() -> None: ...
app()
"""

IN_B = {
    "stock csv": 8,
    "stock, Rich table": 13,
    "order list csv": 8,
    "today csv": 8,
    "metrics csv": 8,
    "order add": 30,
    "ship": 30,
}
"""Goals as multiples of B."""

IN_T = {
    "--version": 1.3,
    "--help": 1.3,
    "completion of a command": 1.3,
    "completion of an option": 1.3,
    "completion of an order": 1.5,
    "completion of a SKU": 1.5,
}
"""Goals as multiples of T."""


def main() -> None:
    rounds = max(15, int(sys.argv[1])) if len(sys.argv) > 1 else ROUNDS
    ordercli = beside_python("ordercli", "install the project there first.")
    peer = beside_python("sqlite-utils", "install it with: pip install -e '.[bench]'")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        fill(ordercli, environment, folder)
        measured = interleaved(cases(ordercli, peer, folder), environment, rounds)
    print(f"{machine()}; medians of {rounds} interleaved runs")
    print_table("Short commands, whole process", headings(), [row(name, measured) for name in measured])


def fill(ordercli: str, environment: dict[str, str], folder: Path) -> None:
    """Fifty products in stock and three hundred open orders."""
    open_shop(ordercli, environment, folder)
    run([ordercli, "stock", "import", str(write_stock(folder / "stock.csv", UNITS))], environment)
    run([ordercli, "order", "import", str(write_order_report(folder / "orders.txt", LINES))], environment)


def cases(ordercli: str, peer: str, folder: Path) -> dict[str, Case]:
    """Peers first, then ordercli's commands; each run of a writer writes something new."""
    app = folder / "empty.py"
    app.write_text(EMPTY_APP, encoding="utf-8")

    def completing(line: str) -> Case:
        return Case([ordercli, line, ":="], {"_ORDERCLI_COMPLETE": "bash"})

    def ship(turn: int) -> list[str]:
        order = f"115-{turn:07}-{turn:07}"
        return [ordercli, "ship", order, "--carrier", "USPS", "--tracking", f"940011189922319{turn:07}"]

    return {
        BARE: Case([sys.executable, "-c", "pass"]),
        TYPER: Case([sys.executable, str(app)]),
        PEER: Case([peer, "rows", str(folder / "shop.db"), "product"]),
        "--version": Case([ordercli, "--version"]),
        "--help": Case([ordercli, "--help"]),
        "completion of a command": completing("ordercli sto"),
        "completion of an option": completing("ordercli ship --"),
        "completion of an order": completing("ordercli ship 0000"),
        "completion of a SKU": completing("ordercli stock show sku"),
        "stock csv": Case([ordercli, "stock", "--format", "csv"]),
        "stock, Rich table": Case([ordercli, "stock"], {"FORCE_COLOR": "1"}),
        "order list csv": Case([ordercli, "order", "list", "--format", "csv"]),
        "today csv": Case([ordercli, "today", "--format", "csv"]),
        "metrics csv": Case([ordercli, "metrics", "--format", "csv"]),
        "order add": Case([ordercli, "order", "add", "--line", "SKU-003:1"]),
        "ship": Case(ship),
        "stock receive": Case([ordercli, "stock", "receive", "SKU-003:1@5.00"]),
        "product edit": Case(
            lambda turn: [ordercli, "product", "edit", "SKU-003", "--reorder-point", str(turn + 1)]
        ),
    }


def headings() -> list[str]:
    return ["process", "CPU ms", "wall ms", "CPU / B", "wall / B", "CPU / T", "CPU / S", "goal on CPU"]


def row(name: str, measured: dict[str, Cost]) -> list[str]:
    """One line of the table."""
    cost, bare, typer, peer = (measured[key] for key in (name, BARE, TYPER, PEER))
    goals = [
        verdict(cost.cpu / base.cpu, goals[name], f" {unit}")
        for base, goals, unit in ((bare, IN_B, "B"), (typer, IN_T, "T"))
        if name in goals
    ]
    return [
        name,
        f"{cost.cpu * 1000:.1f}",
        f"{cost.wall * 1000:.1f}",
        f"{cost.cpu / bare.cpu:.1f}",
        f"{cost.wall / bare.wall:.1f}",
        f"{cost.cpu / typer.cpu:.2f}",
        f"{cost.cpu / peer.cpu:.2f}",
        "".join(goals),
    ]


if __name__ == "__main__":
    os.umask(0o077)
    main()
