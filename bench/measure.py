"""Running whole processes, and printing what they cost as ratios.

A cost is what the kernel counted for the process and everything it waited for (``wait4``), so interpreter start,
imports and exit are in it. Cases are run in turn, A B C A B C …, so that a slow moment of the machine hits all.
"""

import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1024 if sys.platform != "darwin" else 1024 * 1024
"""Units of ``ru_maxrss`` in one MiB."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor and of waiting, and the most memory held at once in MiB."""

    cpu: float
    wall: float
    peak: float


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure.

    Attributes:
        command: its words; or a function of the round that gives them, where each run must differ.
        environment: what is added to the clean environment.
        text: what it reads from standard input.
        before: run before each measured run, not measured.
    """

    command: Sequence[str] | Callable[[int], Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    before: Callable[[], None] | None = None

    def words(self, turn: int) -> list[str]:
        """The command of one round."""
        return [*(self.command(turn) if callable(self.command) else self.command)]


def beside_python(program: str, install: str) -> str:
    """A program of the environment these benchmarks run in; ends them with a sentence if it is not there."""
    path = Path(sys.executable).with_name(program)
    if not path.is_file():
        sys.exit(f"The benchmarks need {program} in the environment of {sys.executable}; {install}")
    return str(path)


def of_system(program: str) -> str:
    """A program of the system; ends the benchmarks with a sentence if it is not there."""
    path = shutil.which(program)
    if path is None:
        sys.exit(
            f"This benchmark needs the program {program} on the PATH, which is not there; nothing was measured."
        )
    return path


def clean_environment(home: Path) -> dict[str, str]:
    """An environment that is the same everywhere: no user configuration, a frozen present, UTF-8."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "ORDERCLI_DB": str(home / "shop.db"),
        "ORDERCLI_NOW": "2026-03-16T13:00:00Z",
    }


def run(command: Sequence[str], environment: Mapping[str, str], text: str = "") -> Cost:
    """Run one process to its end and say what it cost; a failure ends the benchmark with its message."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(text.encode())
        given.seek(0)
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=given, stdout=subprocess.DEVNULL, stderr=told, env=dict(environment)
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            sys.exit(
                f"{' '.join(command)} ended with {process.returncode}: {told.read().decode(errors='replace')}"
            )
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / MIB)


def interleaved(cases: Mapping[str, Case], environment: Mapping[str, str], rounds: int) -> dict[str, Cost]:
    """Median cost of each case over ``rounds`` turns, after one turn that is not counted."""
    costs: dict[str, list[Cost]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, case in cases.items():
            if case.before is not None:
                case.before()
            cost = run(case.words(turn), {**environment, **case.environment}, case.text)
            if turn:
                costs[name].append(cost)
    return {name: _median(measured) for name, measured in costs.items()}


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.peak for cost in costs),
    )


def verdict(value: float, goal: float, unit: str = "") -> str:
    """How a ratio stands to its goal, in words."""
    return f"≤ {goal:g}{unit}: {'met' if value <= goal else 'MISSED'}"


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table, so that it can be pasted into docs/performance/ as it is."""
    every = [headings, *rows]
    widths = [max(len(row[place]) for row in every) for place in range(len(headings))]
    lines = [" | ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)) for row in every]
    rule = "|".join("-" * (size + 2) for size in widths)
    print(f"\n{title}\n\n| {lines[0]} |\n|{rule}|")
    print("\n".join(f"| {line} |" for line in lines[1:]), flush=True)


def machine() -> str:
    """The machine and the versions, in one line."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
