"""Taking back what was typed in by mistake: a word goes only while nothing stands on it, and what it said is kept.

Rows of the ledger, of orders and of any other fact are never removed; a word they name stays with them.
"""

import json
from collections.abc import Iterator

from sqlalchemy import Connection, text

from ordercli.services.operations import Work

_FACTS = {
    "order_line": "orders",
    "sales_order": "orders",
    "stock_movement": "stock",
    "purchase": "purchases",
    "purchase_line": "purchases",
    "kit_component": "kits",
    "listing": "listings",
}
"""What sellers call the facts of a table, those first that are plainest."""

Owned = frozenset[tuple[str, str]]
"""(table, column) of rows that belong to the removed one and go with it."""


def used_in(connection: Connection, table: str, key: int | str, owned: Owned = frozenset()) -> str | None:
    """What kind of facts refers to a row, such as ``orders``; None if no row but its own does.

    What refers to what is read from the schema, so that a table to come counts too.

    Args:
        connection: the database.
        table: of the row.
        key: its primary key.
        owned: what does not count.
    """
    found = {
        name
        for name, column in _references(connection, table)
        if (name, column) not in owned
        and connection.execute(
            text(f'SELECT 1 FROM "{name}" WHERE "{column}" = :key LIMIT 1'), {"key": key}
        ).first()
    }
    return next((word for name, word in _FACTS.items() if name in found), "other facts" if found else None)


def _references(connection: Connection, table: str) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        text(
            'SELECT t.name, f."from" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f'
            " WHERE t.type = 'table' AND f.\"table\" = :table ORDER BY t.name, f.seq"
        ),
        {"table": table},
    )
    yield from ((name, column) for name, column in rows)


def was_removed(work: Work, kind: str, name: str) -> bool:
    """Whether something of this kind and name was removed once."""
    found = work.connection.execute(
        text("SELECT 1 FROM removal WHERE kind = :kind AND name = :name LIMIT 1"), {"kind": kind, "name": name}
    )
    return found.first() is not None


def remove_row(work: Work, table: str, key: int | str, name: str, owned: Owned = frozenset()) -> None:
    """Delete a row and those that belong to it, and keep in ``removal`` what they said.

    Args:
        work: the command's frame.
        table: of the row; also the kind of what is removed.
        key: its primary key.
        name: what the seller calls it.
        owned: what goes with it.
    """
    column = work.connection.execute(
        text("SELECT name FROM pragma_table_info(:table) WHERE pk = 1"), {"table": table}
    ).scalar_one()
    content: dict[str, list[dict[str, object]]] = {}
    for other, its in (*sorted(owned), (table, column)):
        gone = work.connection.execute(
            text(f'DELETE FROM "{other}" WHERE "{its}" = :key RETURNING *'), {"key": key}
        ).mappings()
        rows = [dict(row) for row in gone]
        content |= {other: content.get(other, []) + rows} if rows else {}
    work.connection.execute(
        text(
            "INSERT INTO removal (kind, name, content, operation_id) VALUES (:kind, :name, :content, :operation)"
        ),
        {"kind": table, "name": name, "content": json.dumps(content), "operation": work.operation},
    )
