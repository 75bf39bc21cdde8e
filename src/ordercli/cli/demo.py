"""``ordercli demo``: the main job on a sample shop, each command shown before what it prints."""

import os
import shlex
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from ordercli.errors import DatabaseProblem, NotWritable, OrdercliError, Refused
from ordercli.render import console

demo_app = typer.Typer(rich_markup_mode=None, add_completion=False)

MARK = ".ordercli-demo"
"""File by which a folder is known to be a demo's, so that a second run may replace it."""

NOW = "2026-03-16T09:00:00-04:00"
LATER = "2026-03-20T10:00:00-04:00"

# (remark, command line, exit code it ends with)
STEPS: tuple[tuple[str, str, int], ...] = (
    ("A new shop.", "ordercli init --time-zone America/New_York --currency USD", 0),
    ("The catalog and what lies on the shelf.", "ordercli product import products.csv", 0),
    ("", "ordercli stock import opening-stock.csv", 0),
    ("", "ordercli stock value", 0),
    (
        "Orders come in. Two rows are faulty: they are told and kept in a file; the good ones are taken (exit 4).",
        "ordercli order import unshipped-orders.txt --rejects rejects.txt",
        4,
    ),
    (
        "Amazon's other reports meet the same orders: real prices, a cancellation, earlier sales.",
        "ordercli order import all-orders.txt order-report.txt",
        0,
    ),
    ("What is promised, what is left, what is low.", "ordercli stock", 0),
    ("", "ordercli order list", 0),
    (
        "Ship one order whole.",
        "ordercli ship 0000001 --carrier USPS --tracking 9400111899223197428503 --cost 4.85",
        0,
    ),
    ("Order 6 waits for a bracelet, so it does not ship by accident …", "ordercli ship 0000006 --carrier USPS", 5),
    (
        "… but in part, if that is meant.",
        "ordercli ship 0000006 --line BRAC-BEAD:1 --carrier USPS --tracking 9400111899223197428558",
        0,
    ),
    ("The rest as a CSV, through a pipe.", "cat shipments.csv | ordercli ship --csv -", 0),
    ("Amazon's confirmation file; each shipment goes out once.", "ordercli shipment confirm confirm.txt", 0),
    ("", "cat confirm.txt", 0),
    ("", "ordercli shipment confirm", 0),
    ("What is left, and what it cost.", "ordercli stock", 0),
    ("", "ordercli stock value", 0),
    ("A delivery: the order that waits gets its unit first.", "ordercli stock receive BRAC-BEAD:20", 0),
    ("", "ordercli order show 0000006", 0),
    (
        "Four days later two rings come back: into quarantine first, then inspected, then refunded.",
        "ordercli --now $LATER return open 0000002 --line RING-7:2 --reason 'too large'",
        0,
    ),
    ("", "ordercli --now $LATER return receive RMA-000001", 0),
    ("", "ordercli --now $LATER return inspect RMA-000001 --line RING-7:1 --as sellable", 0),
    ("", "ordercli --now $LATER return inspect RMA-000001 --line RING-7:1 --as customer_damaged", 0),
    (
        "A fifth of the price of the damaged one is kept.",
        "ordercli --now $LATER return refund RMA-000001 --restocking-fee 20% --yes",
        0,
    ),
    ("", "ordercli --now $LATER return list", 0),
    ("What to buy now (exit 3 is for cron: there is something).", "ordercli --now $LATER reorder --check", 3),
    ("", "ordercli --now $LATER purchase add NECK-MOON:11 --expected 2026-04-10", 0),
    ("The rates Amazon judges by, and the orders behind one.", "ordercli --now $LATER metrics", 0),
    ("", "ordercli --now $LATER metrics show late_shipment_rate_10d --limit 3", 0),
    ("What waits.", "ordercli --now $LATER today", 0),
    ("Everything that was done.", "ordercli log", 0),
)


_OF_THE_PLACE = (NotWritable.exit_code, DatabaseProblem.exit_code)
"""Codes that tell of the folder and its disk, not of the demo."""


@demo_app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to put the sample shop.")] = Path(
        "ordercli-demo"
    ),
) -> None:
    """Fill a folder with a sample shop and do a day's work on it, each command shown first.

    Example: ordercli demo my-demo
    """
    _prepare(folder)
    for remark, command, expected in STEPS:
        _show(remark, command)
        ended = _run(folder, command)
        if ended != expected:
            failure = OrdercliError(f"The demo's {command!r} ended with {ended} instead of {expected}.")
            failure.exit_code = ended if ended in _OF_THE_PLACE else failure.exit_code
            raise failure
    console.say("The shop is yours to try on; paste this line:")
    console.say(pasted_line(folder, None if shutil.which("ordercli") else Path(sys.executable).parent))


def pasted_line(folder: Path, programs: Path | None) -> str:
    """What a shell needs to go on in the sample shop.

    Args:
        folder: where that is.
        programs: the folder of ``ordercli``, which ``PATH`` does not have; None if it has.
    """
    path = "" if programs is None else f' PATH={shlex.quote(str(programs))}:"$PATH"'
    there = f'cd {shlex.quote(str(folder))} && export ORDERCLI_DB="$PWD/shop.db" ORDERCLI_NOW={LATER}'
    return f"{there}{path} && ordercli today"


def _prepare(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file; name a folder for the demo.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise Refused(f"{folder} is not empty and not an earlier demo; name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in [*folder.glob("shop.db*"), folder / "confirm.txt", folder / "rejects.txt"]:
            leftover.unlink(missing_ok=True)
        (folder / MARK).write_text(
            "Made by ordercli demo; running it again replaces the shop.\n", encoding="utf-8"
        )
        for sample in resources.files("ordercli").joinpath("sample").iterdir():
            (folder / sample.name).write_bytes(sample.read_bytes())
    except OSError as error:
        raise NotWritable(f"{folder} cannot be written: {error.strerror}.") from error


def _show(remark: str, command: str) -> None:
    out = console.stdout()
    out.write(f"\n# {remark}\n$ {command}\n" if remark else f"\n$ {command}\n")
    out.flush()


def _run(folder: Path, command: str) -> int:
    """Run a command line as the reader would type it, with this very ordercli first on the path."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ORDERCLI_")}
    environment |= {
        "ORDERCLI_DB": "shop.db",
        "ORDERCLI_NOW": NOW,
        "LATER": LATER,
        "ORDERCLI_IN_HOOK": "demo",  # the user's hooks are for the user's shop
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", os.defpath)]),
    }
    # One stream for both, so that receipts stand where they arise; the words are ours, not the user's.
    return subprocess.run(  # noqa: S603 - the command lines are constants above
        ["/bin/sh", "-c", command], cwd=folder, env=environment, stderr=subprocess.STDOUT, check=False
    ).returncode
