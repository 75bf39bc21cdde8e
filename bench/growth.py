"""How every reader and report grows with the shop, whole processes as CSV, as multiples of bare Python.

Usage: python bench/growth.py [LARGE [ROUNDS [WORDS…]]]

One question is asked after another, each of both shops and beside bare Python: what takes more than two seconds
once, all else ROUNDS times after a turn that is not counted. WORDS leave only the questions that begin with them.
The shops are those of ``large.py``; where ``ORDERCLI_SHOPS`` names a folder they are kept in it, as that of a
million orders takes minutes to make.
"""

import os
import shlex
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from measure import Cost, beside_python, clean_environment, machine, print_table, run
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
        shops = {orders: shop_of(ordercli, environment, folder, orders) for orders in (SMALL, large)}
        asked = [question for question in QUESTIONS if question.startswith(begin)]
        rows = [_row(ordercli, environment, shops, question, rounds) for question in asked]
    print(f"{machine()}; medians of {rounds} turns, one of what takes more than {GOAL_SECONDS} s")
    headings = (
        "command as CSV",
        f"{SMALL:,} orders, × B",
        f"{large:,} orders, × B",
        "growth",
        "CPU s",
        "MiB",
        "goals",
    )
    print_table("Readers and reports, whole process", headings, rows)


def shop_of(ordercli: str, environment: Mapping[str, str], folder: Path, orders: int) -> Path:
    kept = os.environ.get("ORDERCLI_SHOPS")
    file = Path(kept or folder) / f"{orders}.db"
    if not file.exists():
        from large import fill  # noqa: PLC0415 - a process counts the memory of who starts it: this one stays small

        fill(ordercli, {**environment, "ORDERCLI_DB": str(file)}, folder, orders)
    return file


def _row(
    ordercli: str, environment: Mapping[str, str], shops: Mapping[int, Path], question: str, rounds: int
) -> list[str]:
    """What a question costs in both shops, beside bare Python in the same turns."""
    words = [ordercli, *shlex.split(question)]
    base = _median([sys.executable, "-c", "pass"], environment, rounds).cpu
    few, many = (
        _median(words, {**environment, "ORDERCLI_DB": str(file), "ORDERCLI_FORMAT": "csv"}, rounds)
        for file in shops.values()
    )
    met = many.cpu / base <= GOAL_B and many.cpu / few.cpu <= GOAL_GROWTH
    told = "met" if met else f"≤ {GOAL_SECONDS} s" if many.cpu <= GOAL_SECONDS else "MISSED"
    ratios = (f"{few.cpu / base:.1f}", f"{many.cpu / base:.1f}", f"{many.cpu / few.cpu:.2f}")
    row = [question, *ratios, f"{many.cpu:.2f}", f"{many.peak:.0f}", told]
    print("\t".join(row), file=sys.stderr, flush=True)
    return row


def _median(words: Sequence[str], environment: Mapping[str, str], rounds: int) -> Cost:
    first = run(words, environment)
    if first.cpu > GOAL_SECONDS:
        return first
    costs = sorted((run(words, environment) for _ in range(rounds)), key=lambda cost: cost.cpu)
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        max(cost.peak for cost in costs),
    )


if __name__ == "__main__":
    os.umask(0o077)
    main()
