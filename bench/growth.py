"""How every reader and report grows with the shop, whole processes as CSV, as multiples of bare Python.

Usage: python bench/growth.py [LARGE [ROUNDS [WORDS…]]]

WORDS leave only the questions that begin with them. The shops are those of ``large.py``; where ``ORDERCLI_SHOPS``
names a folder they are kept in it, as that of a million orders takes minutes to make.
"""

import os
import shlex
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from large import fill
from measure import Case, Cost, beside_python, clean_environment, interleaved, machine, print_table
from questions import QUESTIONS

SMALL = 1_000
LARGE = 1_000_000
ROUNDS = 3
GOAL_B = 8
GOAL_GROWTH = 1.1
GOAL_SECONDS = 2


def main() -> None:
    large = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    begin = " ".join(sys.argv[3:])
    ordercli = beside_python("ordercli", "install the project there first.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        shops = {orders: _shop(ordercli, environment, folder, orders) for orders in (SMALL, large)}
        asked = [question for question in QUESTIONS if question.startswith(begin)]
        measured = interleaved(_cases(ordercli, shops, asked), environment, rounds)
    print(f"{machine()}; medians of {rounds} interleaved runs")
    headings = (
        "command as CSV",
        f"{SMALL:,} orders, × B",
        f"{large:,} orders, × B",
        "growth",
        "CPU s",
        "MiB",
        "goals",
    )
    print_table("Readers and reports, whole process", headings, _rows(measured, asked, large))


def _shop(ordercli: str, environment: Mapping[str, str], folder: Path, orders: int) -> Path:
    kept = os.environ.get("ORDERCLI_SHOPS")
    file = Path(kept or folder) / f"{orders}.db"
    if not file.exists():
        fill(ordercli, {**environment, "ORDERCLI_DB": str(file)}, folder, orders)
    return file


def _cases(ordercli: str, shops: Mapping[int, Path], asked: Sequence[str]) -> dict[str, Case]:
    found = {"B": Case([sys.executable, "-c", "pass"])}
    for question in asked:
        for orders, file in shops.items():
            environment = {"ORDERCLI_DB": str(file), "ORDERCLI_FORMAT": "csv"}
            found[f"{question} {orders}"] = Case([ordercli, *shlex.split(question)], environment)
    return found


def _rows(measured: Mapping[str, Cost], asked: Sequence[str], large: int) -> list[list[str]]:
    base = measured["B"].cpu
    rows = []
    for question in asked:
        few, many = (measured[f"{question} {orders}"].cpu for orders in (SMALL, large))
        peak = f"{measured[f'{question} {large}'].peak:.0f}"
        met = many / base <= GOAL_B and many / few <= GOAL_GROWTH
        told = "met" if met else f"≤ {GOAL_SECONDS} s" if many <= GOAL_SECONDS else "MISSED"
        growth = f"{many / few:.2f}"
        rows.append([question, f"{few / base:.1f}", f"{many / base:.1f}", growth, f"{many:.2f}", peak, told])
    return rows


if __name__ == "__main__":
    os.umask(0o077)
    main()
