"""Purchases of one product with a free-text supplier become purchases with lines, receipts and suppliers."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from ordercli import migrate
from ordercli.dbfile import connect
from ordercli.queries.laws import broken_laws


def test_purchases_from_before_there_were_suppliers_keep_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    alembic = [sys.executable, "-m", "alembic", "-x", f"db={path}", "upgrade"]
    here = migrate.scripts_folder().parent
    assert subprocess.run([*alembic, "0005"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        connection.executescript(
            """
INSERT INTO operation (id, recorded_at, actor, command, summary)
VALUES (1, '2026-03-01T13:00:00Z', 'test', 'init', 'made'),
  (2, '2026-03-02T13:00:00Z', 'test', 'purchase add', 'ordered'),
  (3, '2026-03-09T13:00:00Z', 'test', 'purchase receive', 'received 4 RING-7 of purchase 1'),
  (4, '2026-03-10T13:00:00Z', 'test', 'purchase cancel', 'canceled 6 RING-7 of purchase 1');
INSERT INTO shop VALUES (1, 'America/New_York', 'EUR', 1);
INSERT INTO location (code, kind) VALUES ('HOME', 'sellable'), ('SUPPLIER', 'outside');
INSERT INTO product (id, sku, name, supplier, operation_id)
VALUES (1, 'RING-7', 'Ring', 'Silver & Son', 1), (2, 'BEAD', 'Bead', NULL, 1);
INSERT INTO purchase (id, product_id, supplier, quantity, quantity_received, quantity_canceled, unit_cost_minor,
  ordered_on, expected_on, operation_id)
VALUES (1, 1, 'Silver & Son', 10, 4, 6, 950, '2026-03-02', '2026-03-16', 2),
  (2, 2, 'Bead Barn', 5, 0, 0, 10, '2026-03-02', '2026-03-16', 2),
  (3, 2, NULL, 5, 0, 5, 10, '2026-03-02', '2026-03-16', 2);
INSERT INTO stock_movement (id, operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at, reason)
VALUES (1, 3, 'receipt', 1, 'SUPPLIER', 'HOME', 4, 3800, '2026-03-09T13:00:00Z', '2026-03-09T13:00:00Z',
  'purchase 1');
INSERT INTO cost_layer (product_id, location, movement_id, acquired_at, quantity, cost_minor)
VALUES (1, 'HOME', 1, '2026-03-09T13:00:00Z', 4, 3800);
"""
        )
    assert subprocess.run([*alembic, "head"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        suppliers = connection.execute("SELECT name, currency FROM supplier ORDER BY name").fetchall()
        lines = connection.execute(
            "SELECT u.id, s.name, p.sku, l.quantity, l.quantity_received, l.quantity_canceled, u.placed_on"
            " FROM purchase u JOIN purchase_line l ON l.purchase_id = u.id JOIN product p ON p.id = l.product_id"
            " LEFT JOIN supplier s ON s.id = u.supplier_id ORDER BY u.id"
        ).fetchall()
        receipts = connection.execute(
            "SELECT purchase_line_id, quantity, received_on, cost_minor, movement_id, operation_id"
            " FROM purchase_receipt"
        ).fetchall()
        canceled = connection.execute("SELECT purchase_line_id, quantity, operation_id FROM purchase_cancellation")
        assert suppliers == [("Bead Barn", "EUR"), ("Silver & Son", "EUR")]
        assert lines == [
            (1, "Silver & Son", "RING-7", 10, 4, 6, "2026-03-02"),
            (2, "Bead Barn", "BEAD", 5, 0, 0, "2026-03-02"),
            (3, None, "BEAD", 5, 0, 5, "2026-03-02"),
        ]
        assert receipts == [(1, 4, "2026-03-09", 3800, 1, 3)]
        assert canceled.fetchall() == [(1, 6, 4), (3, 5, 2)]
        assert broken_laws(connection) == []
