"""Saved column maps: how the seller's other files are read, by name."""

from sqlalchemy import text

from ordercli.services.operations import Work


def save_map(work: Work, name: str, mapping: str) -> bool:
    """Save a map under a name, in place of an earlier one.

    Returns:
        Whether anything changed.
    """
    result = work.connection.execute(
        text(
            "INSERT INTO column_map (name, mapping, operation_id) VALUES (:name, :mapping, :operation)"
            " ON CONFLICT (name) DO UPDATE SET mapping = excluded.mapping, operation_id = excluded.operation_id"
            " WHERE mapping <> excluded.mapping"
        ),
        {"name": name, "mapping": mapping, "operation": work.operation},
    )
    return result.rowcount > 0
