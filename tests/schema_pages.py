"""The pages of ``docs/database/``, in the order in which ``docs/database.md`` lists them."""

import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"


class SchemaPage(NamedTuple):
    """One page.

    Attributes:
        path: where it is.
        tables: the tables and views that it tells of, each with the names of its columns, in its order.
    """

    path: Path
    tables: dict[str, list[str]]


def schema_pages() -> list[SchemaPage]:
    """All that are listed."""
    listed = re.findall(r"\]\((database/\w+\.md)\)", (DOCS / "database.md").read_text(encoding="utf-8"))
    return [SchemaPage(DOCS / name, _tables((DOCS / name).read_text(encoding="utf-8"))) for name in listed]


def _tables(text: str) -> dict[str, list[str]]:
    parts = re.split(r"^\*\*`(\w+)`\*\*", text, flags=re.MULTILINE)
    return {
        name: re.findall(r"^\| `(\w+)` \| \S", part, re.MULTILINE)
        for name, part in zip(parts[1::2], parts[2::2], strict=True)
    }
