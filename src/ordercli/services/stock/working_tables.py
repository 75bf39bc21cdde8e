"""Temporary tables in which a command plans movements and promises before it writes them."""

from ordercli.driver import Driver

_TEMPORARY = (
    (
        "CREATE TEMP TABLE IF NOT EXISTS pending_movement (id INTEGER PRIMARY KEY, kind TEXT, product_id INTEGER,"
        " from_location TEXT, to_location TEXT, quantity INTEGER, cost_minor INTEGER, occurred_at TEXT,"
        " acquired_at TEXT, reference TEXT, reason TEXT, from_lot INTEGER, to_lot INTEGER)"
    ),
    (
        "CREATE TEMP TABLE IF NOT EXISTS pending_piece (pending_id INTEGER, cost_layer_id INTEGER,"
        " quantity INTEGER, cost_minor INTEGER, acquired_at TEXT)"
    ),
    "CREATE INDEX IF NOT EXISTS temp.pending_piece_of ON pending_piece (pending_id)",
    "CREATE TEMP TABLE IF NOT EXISTS touched_product (product_id INTEGER PRIMARY KEY, available INTEGER)",
    (
        "CREATE TEMP TABLE IF NOT EXISTS touched_line (id INTEGER PRIMARY KEY, allocated INTEGER,"
        " shipped INTEGER, picked INTEGER)"
    ),
    "CREATE TEMP TABLE IF NOT EXISTS allocation_target (id INTEGER PRIMARY KEY, before INTEGER, after INTEGER)",
    "CREATE TEMP TABLE IF NOT EXISTS tied_product (product_id INTEGER PRIMARY KEY)",
)


def create_working_tables(driver: Driver) -> None:
    """Make the tables, which live as long as the connection; each use leaves them empty."""
    driver.run_each(_TEMPORARY)
