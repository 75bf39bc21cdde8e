"""Labels that carriers made: personal data, kept with the shipment they are for."""

import hashlib

from sqlalchemy import text

from ordercli.errors import NotFound
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work

_WRITE = (
    """
INSERT INTO personal_data (personal_id, version, label_file) VALUES (:person, :version, :content)""",
    """
INSERT INTO shipment_label (shipment_id, sha256, personal_id, personal_version, operation_id)
VALUES (:shipment, :sha256, :person, :version, :operation)
ON CONFLICT (shipment_id) DO UPDATE SET sha256 = excluded.sha256, personal_version = excluded.personal_version,
  operation_id = excluded.operation_id""",
)


def attach_label(work: Work, shipment: int, content: bytes) -> Outcome:
    """Keep a carrier's label with its shipment; another one replaces it, the old one stays as an older version.

    Args:
        work: the command's frame.
        shipment: number of the shipment.
        content: the PDF.

    Raises:
        NotFound: if there is no such shipment.
    """
    row = work.connection.execute(
        text(
            "SELECT s.sales_order_id, o.order_id, l.sha256, l.personal_id, l.personal_version,"
            " d.label_file IS NOT NULL AS is_kept FROM shipment s"
            " JOIN sales_order o ON o.id = s.sales_order_id"
            " LEFT JOIN shipment_label l ON l.shipment_id = s.id"
            " LEFT JOIN personal_data d ON d.personal_id = l.personal_id AND d.version = l.personal_version"
            " WHERE s.id = :shipment"
        ),
        {"shipment": shipment},
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no shipment {shipment}; find it with: ordercli shipment list")
    sha256 = hashlib.sha256(content).hexdigest()
    if row.sha256 == sha256 and row.is_kept:
        return Outcome(f"shipment {shipment} has this label already", reference=str(shipment))
    person = row.personal_id
    if person is None:
        newest = "SELECT coalesce(max(personal_id), 0) + 1 FROM personal_data"
        person = work.connection.exec_driver_sql(newest).scalar_one()
    values = {
        "shipment": shipment,
        "sha256": sha256,
        "person": person,
        "version": (row.personal_version or 0) + 1,
        "content": content,
        "operation": work.operation,
    }
    for statement in _WRITE:
        work.connection.execute(text(statement), values)
    add_events(work, "label", [(row.sales_order_id, f"of the carrier, for shipment {shipment}")])
    return Outcome(
        f"kept the carrier's label of shipment {shipment}, order {row.order_id} ({len(content):,} bytes)",
        {"labels": 1},
        reference=str(shipment),
    )
