"""Writes the first migration and the list of its objects anew from the models: ``make schema``.

It is so until the first release. That takes this file and its target in the Makefile away: from then on a landed
migration never changes, and another schema is another migration.
"""

import hashlib
import re
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import create_engine

from ordercli.db import driver_of, file_of
from ordercli.filedriver import FileDriver
from ordercli.migrate import scripts_folder, upgrade
from ordercli.models.schema import Base
from ordercli.shape import written
from schema_pages import schema_pages

FIRST = "s0001_first_schema.sql"
OBJECTS = "s0001_first_schema_objects.txt"
LANDED = Path(__file__).with_name("landed.sha256")


def main() -> None:
    """Write the migration and its checksum."""
    engine = create_engine("sqlite://", connect_args={"factory": FileDriver})
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        text = script(file_of(driver_of(connection)))
    folder = scripts_folder() / "versions"
    (folder / FIRST).write_text(text, encoding="utf-8")
    (folder / OBJECTS).write_text(objects(), encoding="utf-8")
    line = f"{hashlib.sha256(text.encode()).hexdigest()}  {FIRST}"
    landed = re.sub(rf"^\w+  {re.escape(FIRST)}$", line, LANDED.read_text("utf-8"), flags=re.MULTILINE)
    LANDED.write_text(landed, encoding="utf-8")


def objects() -> str:
    """The list of what the migration makes."""
    with create_engine("sqlite://", connect_args={"factory": FileDriver}).begin() as connection:
        upgrade(connection)
        return written(file_of(driver_of(connection)))


def script(connection: sqlite3.Connection) -> str:
    """The schema: tables and indexes in the order of ``docs/database/``, then views, then triggers."""
    told = [name for page in schema_pages() for name in page.tables]
    parts = []
    for kind in ("table", "index", "view", "trigger"):
        rows = connection.execute(
            "SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL ORDER BY rowid",
            (kind,),
        ).fetchall()
        if kind in ("table", "index"):  # views and triggers stay as attached: one may need another
            if untold := sorted({table for table, _, _ in rows} - {*told}):
                sys.exit(f"docs/database/ does not tell of {', '.join(untold)}; write that first.")
            rows.sort(key=lambda row: (told.index(row[0]), row[1]))
        parts += [f"{readable(sql)};" for *_, sql in rows]
    return "\n\n".join(parts) + "\n"


def readable(sql: str) -> str:
    """A statement without the empty lines and the blanks that SQLAlchemy leaves."""
    lines = [line.expandtabs(4).rstrip() for line in sql.splitlines()]
    return "\n".join(line for line in lines if line).replace("\n)\n STRICT", "\n) STRICT")


if __name__ == "__main__":
    main()
