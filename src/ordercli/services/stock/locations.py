"""The seller's own places: making them, and telling them from the others."""

from sqlalchemy import Connection, text

from ordercli.domain.places import QUARANTINE
from ordercli.errors import Refused, unknown
from ordercli.services.operations import Outcome, Work


def add_location(work: Work, code: str, name: str | None) -> Outcome:
    """Make a place that stores units but does not sell them; again with another name renames it.

    Raises:
        Refused: if every shop has a place of that code, which is not the seller's to change.
    """
    row = work.connection.execute(
        text("SELECT kind, name FROM location WHERE code = :code"), {"code": code}
    ).one_or_none()
    if row is not None and row.kind != "storage":
        raise Refused(f"{code} is a place that every shop has; choose another code.")
    if row is not None and name in (None, row.name):
        return Outcome(f"location {code} is there already", reference=code)
    if row is not None:
        work.connection.execute(
            text("UPDATE location SET name = :name WHERE code = :code"), {"code": code, "name": name}
        )
        return Outcome(f"renamed location {code}", {"locations_updated": 1}, reference=code)
    work.connection.execute(
        text("INSERT INTO location (code, kind, name, operation_id) VALUES (:code, 'storage', :name, :operation)"),
        {"code": code, "name": name, "operation": work.operation},
    )
    return Outcome(f"added location {code}", {"locations_new": 1}, reference=code)


def own_places(connection: Connection) -> dict[str, str]:
    """Kind by code of the places where the seller keeps units: all but Amazon's and the outside."""
    rows = connection.exec_driver_sql(
        "SELECT code, kind FROM location WHERE kind NOT LIKE 'fba%' AND kind <> 'outside'"
    )
    return {row.code: row.kind for row in rows}


def require_own_place(connection: Connection, code: str) -> None:
    """Check that units at a place may be moved, corrected and counted by hand.

    Raises:
        NotFound: for an unknown place.
        Refused: for QUARANTINE, which only returns and inspections fill and empty, and places of others.
    """
    places = own_places(connection)
    if code == QUARANTINE:
        raise Refused(
            "Units come to QUARANTINE with a return and leave it by an inspection: ordercli return inspect"
        )
    if code in places:
        return
    if connection.execute(text("SELECT 1 FROM location WHERE code = :code"), {"code": code}).first():
        raise Refused(f"{code} is no place of yours; those are {', '.join(sorted(set(places) - {QUARANTINE}))}.")
    raise unknown("location", code, places)
