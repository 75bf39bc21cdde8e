"""What every question costs SQLite, in steps of its virtual machine: the same on every machine, under any load.

``steps.tsv`` keeps them for two sizes of the shop of ``large.py``, so that a change that makes a question dearer
is seen in its diff. Another version of SQLite may plan otherwise; what it counts is compared with nothing.

Usage: python bench/steps.py [--check]

Without ``--check`` the file is written anew; with it a question that moved by more than a tenth ends it with 1.
"""

import os
import shlex
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from large import NOW, fill
from measure import beside_python, clean_environment, print_table
from questions import QUESTIONS

from ordercli.cli.app import program
from ordercli.queries import reader

SIZES = (1_000, 10_000)
KEPT = Path(__file__).with_name("steps.tsv")
UNIT = 100
"""Steps between two counts."""
MOST = 1.1
FEW = 10
"""Counts by which a question may differ whatever its share: small ones hang on a row more or less."""


class _Counter:
    """In the place of the reader's guard: counts, and stops nothing."""

    counted = 0

    def __init__(self, path: Path) -> None:
        del path
        self.problem = None

    def __call__(self) -> bool:
        _Counter.counted += 1
        return False


def main() -> None:
    counts = {question: tuple(found) for question, *found in _counted()}
    told = _text(counts)
    if "--check" not in sys.argv[1:]:
        KEPT.write_text(told, encoding="utf-8")
        print(f"{KEPT.name} has {len(counts)} questions.")
        return
    version, kept = _kept()
    if version != sqlite3.sqlite_version:
        print(f"{KEPT.name} is of SQLite {version}, this one is {sqlite3.sqlite_version}: nothing is compared.")
        return
    moved = [
        [question, *(f"{kept.get(question, (0, 0))[place]} → {found[place]}" for place in (0, 1))]
        for question, found in counts.items()
        if any(_has_moved(*pair) for pair in zip(kept.get(question, (0, 0)), found, strict=True))
    ]
    if moved or kept.keys() != counts.keys():
        headings = ["question", *(f"hundreds of steps at {size:,} orders" for size in SIZES)]
        print_table(
            "These moved by more than a tenth; if they should, write the file anew: make steps", headings, moved
        )
        sys.exit(1)
    print(f"{len(counts)} questions cost what {KEPT.name} says.")


def _counted() -> Iterator[list[Any]]:
    """Each question with its counts at every size."""
    ordercli = beside_python("ordercli", "install the project there first.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        for size in SIZES:
            fill(ordercli, {**environment, "ORDERCLI_DB": str(folder / f"{size}.db")}, folder, size)
        os.environ.update({**environment, "ORDERCLI_NOW": NOW, "ORDERCLI_FORMAT": "csv"})
        reader._Guard, reader._STEPS = _Counter, UNIT  # type: ignore[misc, assignment]  # noqa: SLF001
        for question in QUESTIONS:
            yield [question, *(_asked(folder / f"{size}.db", question) for size in SIZES)]


def _asked(file: Path, question: str) -> int:
    os.environ["ORDERCLI_DB"] = str(file)
    _Counter.counted = 0
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
        code = program().run_line(shlex.split(question))
    if code not in (0, 1):
        sys.exit(f"{question} ended with {code}: {said.getvalue()}")
    return _Counter.counted


def _has_moved(before: int, now: int) -> bool:
    return abs(now - before) > FEW and not before / MOST <= now <= before * MOST


def _text(counts: dict[str, tuple[int, ...]]) -> str:
    head = f"# SQLite {sqlite3.sqlite_version}, hundreds of steps; written by bench/steps.py\n"
    sizes = "\t".join(f"{size}" for size in SIZES)
    rows = [
        f"{question}\t" + "\t".join(map(str, found)) + f"\t{found[-1] / max(found[0], 1):.1f}\n"
        for question, found in counts.items()
    ]
    return f"{head}question\t{sizes}\tgrowth\n{''.join(rows)}"


def _kept() -> tuple[str, dict[str, tuple[int, ...]]]:
    head, _, *rows = KEPT.read_text(encoding="utf-8").splitlines()
    cells = [row.split("\t") for row in rows]
    return head.split()[2].rstrip(","), {name: tuple(map(int, told[:-1])) for name, *told in cells}


if __name__ == "__main__":
    os.umask(0o077)
    main()
