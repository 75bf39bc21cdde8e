"""Taking back what was typed in by mistake: a word goes only while nothing stands on it, and what it said is kept.

Rows of the ledger, of orders and of any other fact are never removed; a word they name stays with them.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from ordercli.domain.journal import told_value
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
            'SELECT t.name, f."from" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f'
            " WHERE t.type = 'table' AND f.\"table\" = :table ORDER BY t.name, f.seq"
        ),
        {"table": table},
    )
    yield from ((name, column) for name, column in rows)


_CALLED = {"channel": ("name",), "listing": ("channel", "channel_sku"), "product": ("sku",), "supplier": ("name",)}
"""The columns that make up what the seller calls a row, by table."""


def removed_rows(table: str, columns: Mapping[str, str]) -> str:
    """SQL of the rows of a table that were removed under the name ``:called``, and the operation that did it.

    Args:
        table: where they stood.
        columns: what is wanted of them, by the name it gets.
    """
    wanted = "".join(f"{told_value('c.old', column)} AS {name}, " for name, column in columns.items())
    called = " || ' ' || ".join(f"(c.old ->> '{column}')" for column in _CALLED[table])
    return f"""SELECT {wanted}c.operation_id AS until FROM row_change c
  WHERE c.verb = 'delete' AND c.table_name = '{table}' AND {called} = :called"""


def was_removed(work: Work, table: str, name: str) -> bool:
    """Whether something of this kind and name was removed once."""
    return work.connection.execute(text(removed_rows(table, {})), {"called": name}).first() is not None


def remove_row(work: Work, table: str, key: int | str, owned: Owned = frozenset()) -> None:
    """Delete a row and those that belong to it; what they said is in the journal.

    Args:
        work: the command's frame.
        table: of the row.
        key: its primary key.
        owned: what goes with it.
    """
    column = work.connection.execute(
        text("SELECT name FROM pragma_table_info(:table) WHERE pk = 1"), {"table": table}
    ).scalar_one()
    for other, its in (*sorted(owned), (table, column)):
        work.connection.execute(text(f'DELETE FROM "{other}" WHERE "{its}" = :key'), {"key": key})
