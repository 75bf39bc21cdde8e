"""Saved column maps: how the seller's other files are read, by name."""

import sqlite3


def saved_maps(connection: sqlite3.Connection) -> dict[str, str]:
    """Every saved map by its name, as JSON (``formats/orders/mapped.py``)."""
    return dict(connection.execute("SELECT name, mapping FROM column_map ORDER BY name"))
