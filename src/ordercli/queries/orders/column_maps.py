"""Saved column maps: how the seller's other files are read, by name."""

from ordercli.driver import Driver

MAPS = """
SELECT name, mapping FROM column_map WHERE json_extract(mapping, '$.reads') IS NOT DISTINCT FROM :reads
ORDER BY name"""


def saved_maps(connection: Driver, reads: str | None = None) -> dict[str, str]:
    """Every saved map of a kind of file by its name, as JSON.

    Args:
        connection: the reading's.
        reads: what the files hold, as the map says it (``formats/shipping/ship_columns.py``); None is orders,
            whose maps say nothing of it (``formats/orders/mapped.py``).
    """
    return dict(connection.execute(MAPS, {"reads": reads}))
