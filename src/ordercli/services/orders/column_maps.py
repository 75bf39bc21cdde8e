"""Saved column maps: how the seller's other files are read, by name."""

from sqlalchemy import text

from ordercli.errors import Refused
from ordercli.services.operations import Work

_OF_ANOTHER_KIND = """
SELECT 1 FROM column_map
WHERE name = :name AND json_extract(mapping, '$.reads') IS DISTINCT FROM json_extract(:mapping, '$.reads')"""


def save_map(work: Work, name: str, mapping: str) -> bool:
    """Save a map under a name, in place of an earlier one of the same kind of file.

    Returns:
        Whether anything changed.

    Raises:
        Refused: if a map of another kind of file has that name.
    """
    other = work.connection.execute(text(_OF_ANOTHER_KIND), {"name": name, "mapping": mapping}).first()
    if other is not None:
        raise Refused(f"--save-map: a map of other files is called {name}; choose another name.")
    result = work.connection.execute(
        text(
            "INSERT INTO column_map (name, mapping, operation_id) VALUES (:name, :mapping, :operation)"
            " ON CONFLICT (name) DO UPDATE SET mapping = excluded.mapping, operation_id = excluded.operation_id"
            " WHERE column_map.mapping <> excluded.mapping"
        ),
        {"name": name, "mapping": mapping, "operation": work.operation},
    )
    return result.rowcount > 0
