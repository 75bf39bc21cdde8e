"""Runs the recipes of docs/guide/data.md on a sample shop, each of which prints the sum of all orders."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "guide" / "data.md"
RECIPES = re.findall(r"```python\n(# (\S+).*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def main() -> int:
    """Exit code 1 if a recipe prints another sum than ``ordercli sql``."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "demo"
        ordercli = [sys.executable, "-m", "ordercli"]
        subprocess.run([*ordercli, "demo", str(shop)], check=True, capture_output=True)

        def printed(*line: str) -> str:
            return subprocess.run(line, cwd=shop, check=True, capture_output=True, text=True).stdout

        printed(*ordercli, "--db", "shop.db", "export", "data", "shop-data.sqlite")
        sql = "SELECT round(sum(total), 2) AS total FROM v_orders"
        wanted = float(printed(*ordercli, "--db", "shop.db", "--format", "tsv", "sql", sql).splitlines()[1])
        found = {name: float(printed(sys.executable, "-c", code)) for code, name in RECIPES}
    for name, total in found.items():
        told = "as ordercli sql" if total == wanted else f"but ordercli sql has {wanted}"
        print(f"{name:<14}{total:>10.2f}  {told}")
    return int(set(found.values()) != {wanted} or len(found) < 4)


if __name__ == "__main__":
    sys.exit(main())
