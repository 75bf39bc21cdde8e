"""What the guide shows of a pull is what is printed."""

import re
from pathlib import Path

from cli.steps import ALL_ORDERS, ORDER_REPORT, done
from cli.workbook.office import Edited, by_openpyxl
from conftest import Run

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "workbook.md"
EDITS = [
    Edited("inventory", "RING-7", "on hand", 15),
    Edited("inventory", "RING-8", "lead time", "soon"),
    Edited("orders", "114-0000001-0000001", "price", 30),
    Edited("orders", "114-0000002-0000002", "status", "shipped"),
    Edited("orders", "114-0000002-0000002", "carrier", "USPS"),
]


def test_the_guide_shows_what_a_pull_says(shop: Run, tmp_path: Path) -> None:
    done(shop("order", "import", ALL_ORDERS, ORDER_REPORT))
    done(shop("workbook", "build", "shop.xlsx"))
    by_openpyxl(tmp_path / "shop.xlsx", EDITS).rename(tmp_path / "changed.xlsx")

    ran = shop("workbook", "pull", "changed.xlsx", "--dry-run")

    (shown,) = re.findall(r"^```text\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert ran.exit_code == 4
    assert (
        shown.splitlines()
        == [line for line in ran.stderr.splitlines() if line in shown or "warning" not in line][
            : len(shown.splitlines())
        ]
    )
