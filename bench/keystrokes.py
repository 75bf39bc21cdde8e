"""How many keys a day of 22 orders takes beside what a scanner types, before there was a round and now.

Usage: python bench/keystrokes.py
"""

import csv
import io
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import beside_python, clean_environment, machine, print_table, run
from shop import open_shop, write_order_report, write_stock

ORDERS = 22
LINES = 30
"""Of a report with that many orders."""
STEP = "s skips, q leaves: "
BEFORE = {
    "ten commands from the import to the upload file": 302,
    "pack, an order each": 190,
    "a CSV of the label tool brought into ordercli's columns": 1_562,
}
"""As counted before there was a round: every character of a command line, and Enter."""


def main() -> None:
    ordercli = beside_python("ordercli", "install the project there first.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        open_shop(ordercli, environment, folder)
        run([ordercli, "stock", "import", str(write_stock(folder / "stock.csv", 4 * ORDERS))], environment)
        (folder / "in").mkdir()
        write_order_report(folder / "in" / "orders.txt", LINES)
        keys, scans = walk(ordercli, environment, folder)
        listed = subprocess.run(
            [ordercli, "shipment", "list", "--format", "csv"], env=environment, capture_output=True, check=True
        ).stdout
    shipped = len(list(csv.DictReader(io.StringIO(listed.decode()))))
    rows = [[f"before: {what}", f"{count:,}"] for what, count in BEFORE.items()]
    rows.append([f"now: ordercli day, {shipped} orders out, beside {scans} scans", f"{keys:,}"])
    print(machine())
    print_table(f"Keys for a day of {ORDERS} orders", ["what is typed", "keys"], rows)


def walk(ordercli: str, environment: dict[str, str], folder: Path) -> tuple[int, int]:
    """Do the round on a terminal: Enter for each step, codes where a scanner is asked for; keys and scans."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [ordercli, "day", "in"], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    keys, scans, said = len("ordercli day in\n"), 0, ""
    labels = codes()
    while True:
        try:
            said += os.read(ours, 4096).decode("utf-8", "replace")
        except OSError:  # the program has gone
            break
        if said.endswith(STEP):
            keys += 1
            os.write(ours, b"\n")
        elif said.endswith("Unit: "):
            # All units of an order are scanned when it is asked for.
            units = re.findall(r"^Order \S+: (.+)\r$", said, re.MULTILINE)
            for count, sku in re.findall(r"(\d+) ([^ ,]+)", "".join(units[-1:])):
                scans += int(count)
                os.write(ours, f"{sku}\n".encode() * int(count))
        elif said.endswith(("Order: ", "Tracking number: ")):
            scans += 1
            os.write(ours, f"{next(labels)}\n".encode())
        else:
            continue
        said = ""
    process.wait()
    return keys, scans


def codes() -> Iterator[str]:
    """What is on the slip and on the label of each order of the report, in turn."""
    for order in range(ORDERS):
        yield f"115-{order:07}-{order:07}"
        digits = f"9400111899223{order:08}"
        total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
        yield f"{digits}{-total % 10}"


if __name__ == "__main__":
    main()
