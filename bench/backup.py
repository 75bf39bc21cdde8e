"""What a backup of a large shop costs beside SQLite's own copy of it.

Usage: python bench/backup.py [LINES]

``VACUUM INTO`` makes the copy and looks at nothing; ``integrity_check`` is SQLite's own look at one. Both run in
Python's driver, as a backup does. A backup looks at the pages and the schema of its copy; that everything in it is
proved, as once a week, is measured by a shop that has no copy yet.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from measure import Case, beside_python, clean_environment, interleaved, machine, print_table, run, verdict
from shop import open_shop, write_all_orders

LINES = 133_333
"""Order lines, in three quarters as many orders."""
ROUNDS = 5
GOAL, MEMORY = 3, 64

COPY = "import sqlite3; sqlite3.connect('shop.db', isolation_level=None).execute(\"VACUUM INTO 'copies/copy.db'\")"
LOOK = "import sqlite3; sqlite3.connect('looked-at.db').execute('PRAGMA integrity_check').fetchone()"


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    ordercli = beside_python("ordercli", "make dev")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        open_shop(ordercli, environment, folder)
        run([ordercli, "order", "import", str(write_all_orders(folder / "all-orders.txt", lines))], environment)
        for name_of_it in ("looked-at.db", "without.db"):
            shutil.copy(folder / "shop.db", folder / name_of_it)
        run([ordercli, "backup", "--to", str(folder / "first")], environment)

        def emptied() -> None:
            shutil.rmtree(folder / "copies", ignore_errors=True)
            (folder / "copies").mkdir()

        def forgotten() -> None:
            emptied()
            shutil.copy(folder / "without.db", folder / "fresh.db")

        def python(code: str) -> Case:
            return Case([sys.executable, "-c", f"import os; os.chdir({name!r}); {code}"], before=emptied)

        backup = [ordercli, "backup", "--to", str(folder / "copies")]
        cases = {
            "VACUUM INTO": python(COPY),
            "integrity_check": python(LOOK),
            "backup --quick": Case([*backup, "--quick"], before=emptied),
            "backup": Case(backup, before=emptied),
            "backup that proves": Case(
                [*backup[:1], "--db", str(folder / "fresh.db"), *backup[1:]], before=forgotten
            ),
        }
        costs = interleaved(cases, environment, ROUNDS)
        size = (folder / "shop.db").stat().st_size / 1024**2
    base = costs["VACUUM INTO"].cpu
    rows = [
        (
            what,
            f"{cost.cpu:.2f}",
            f"{cost.cpu / base:.1f}",
            f"{cost.peak:.0f}",
            f"{verdict(cost.cpu / base, GOAL)}; {verdict(cost.peak, MEMORY, ' MiB')}"
            if what in ("backup", "backup --quick")
            else "",
        )
        for what, cost in costs.items()
    ]
    print(machine())
    title = f"A backup of {lines:,} order lines, {size:.0f} MiB"
    print_table(title, ("what", "CPU s", "× VACUUM INTO", "MiB", "goal"), rows)


if __name__ == "__main__":
    main()
