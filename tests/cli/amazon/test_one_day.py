"""The day of the demo, once by files and once by the account's calls: what can be seen of the shop is the same."""

import csv
import json
import shlex
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cli.steps import done
from conftest import SAMPLE, Run
from ordercli.cli.demo import LATER, NOW, STEPS
from ordercli.cli.writers import WRITERS
from ordercli.domain.orders.order_rows import ADDRESS
from stand_in.account import Account
from stand_in.reports import SETTLEMENT

pytestmark = pytest.mark.usefixtures("server")

BY_CALLS = {
    "ordercli order import unshipped-orders.txt --rejects rejects.txt": "",
    "ordercli order import all-orders.txt order-report.txt": "sync amazon orders --since 2026-03-01",
    "ordercli shipment confirm confirm.txt": "sync amazon push",
    "ordercli shipment confirm": "sync amazon push",
}
"""What takes the place of a step; nothing where the calls need none."""

SEEN = (
    *(
        "order list --all",
        "order export",
        "stock",
        "stock value",
        "stock history RING-7",
        "stock history BRAC-BEAD",
    ),
    *("shipment list --all", "return list", "reorder", "purchase list", "today --all", "metrics"),
    *("metrics show late_shipment_rate_10d", "report sales", "report products", "report profit", "report tax"),
    *("report fees", "report settlement", "report aging", "message plan --all", "return due", "return cost"),
)
"""Every report that has something to show of that day."""

OF_ITS_WAY = {
    *("operation", "occasion"),  # with the number of the operation in it
    *("channel_status", "order_line_id"),  # an open order is called Pending in the all-orders report
    *ADDRESS,  # of orders that left, files tell state and country, and the API nothing
}
"""Columns that tell which way something came, and not what it is."""


def steps(*, by_calls: bool) -> Iterator[tuple[list[str], str, int]]:
    """The commands of the day that write: words, the present, exit code."""
    for _, command, code in STEPS:
        told = (
            BY_CALLS.get(command, command.removeprefix("ordercli "))
            if by_calls
            else command.removeprefix("ordercli ")
        )
        if told.startswith("cat shipments.csv"):
            told = "ship --csv shipments.csv"
        now = LATER if told.startswith("--now $LATER") else NOW
        words = shlex.split(told.removeprefix("--now $LATER "))
        if {" ".join(words[:number]) for number in (1, 2)} & WRITERS.keys() - {"init"}:
            yield words, now, 0 if by_calls and command in BY_CALLS else code


def lived(run: Run, *where: str, by_calls: bool) -> None:
    for words, now, code in steps(by_calls=by_calls):
        ran = run(*where, *words, now=now)
        assert (words, ran.exit_code) == (words, code), ran.stderr
    settle = ("sync", "amazon", "finances") if by_calls else ("settlement", "import", "settlement.txt")
    done(run(*where, *settle, now=LATER))


def digest(run: Run, *where: str) -> dict[str, str]:
    """Of each report a hash of what it shows, but for what tells the way it came."""
    return {command: sha256(json.dumps(seen(run, command, *where)).encode()).hexdigest() for command in SEEN}


def seen(run: Run, command: str, *where: str) -> list[dict[str, Any]]:
    kind = "csv" if command == "order export" else "json"
    text = done(run(*where, *command.split(), "--format", kind, now=LATER)).stdout
    if kind == "csv":
        rows: list[dict[str, Any]] = list(csv.DictReader(text.splitlines()))
    else:
        rows = json.loads(text)
    return [{name: value for name, value in row.items() if name not in OF_ITS_WAY} for row in rows]


def test_the_day_by_calls_is_the_day_by_files(
    run: Run, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in SAMPLE.iterdir():
        shutil.copy(file, tmp_path / file.name)
    account.reports = {SETTLEMENT: (SAMPLE / "settlement.txt").read_bytes()}
    account.settlements = [("2026-03-16T00:00:00Z", SETTLEMENT)]
    files = ("--db", str(tmp_path / "files.db"))
    done(run(*files, "init", "--time-zone", "America/New_York", "--currency", "USD", now=NOW))

    lived(run, *files, by_calls=False)
    lived(run, by_calls=True)

    by_files, by_calls = digest(run, *files), digest(run)
    differing = [command for command in SEEN if by_files[command] != by_calls[command]]
    assert differing == [], [
        (command, pair)
        for command in differing
        for pair in zip(seen(run, command, *files), seen(run, command), strict=False)
        if pair[0] != pair[1]
    ][:4]
    assert len(set(by_files.values())) > len(SEEN) // 2
