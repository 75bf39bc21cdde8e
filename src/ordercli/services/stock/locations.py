"""The seller's own places: making them, and telling them from the others."""

from typing import Any

from sqlalchemy import Connection, Row, text

from ordercli.domain.places import QUARANTINE
from ordercli.domain.words import count
from ordercli.errors import Refused, unknown
from ordercli.services.operations import Outcome, Work


def add_location(work: Work, code: str, name: str | None) -> Outcome:
    """Make a place that stores units but does not sell them.

    Raises:
        Refused: if every shop has a place of that code, or it exists with another name.
    """
    row = work.connection.execute(
        text("SELECT kind, name FROM location WHERE code = :code"), {"code": code}
    ).one_or_none()
    if row is not None and row.kind != "storage":
        raise Refused(f"{code} is a place that every shop has; choose another code.")
    if row is not None and name not in (None, row.name):
        raise Refused(f"Location {code} exists with another name; change it with: ordercli location edit {code}")
    if row is not None:
        return Outcome(f"location {code} is there already", reference=code)
    work.connection.execute(
        text("INSERT INTO location (code, kind, name, operation_id) VALUES (:code, 'storage', :name, :operation)"),
        {"code": code, "name": name, "operation": work.operation},
    )
    return Outcome(f"added location {code}", {"locations_new": 1}, reference=code)


def edit_location(work: Work, code: str, *, name: str | None, is_open: bool) -> Outcome:
    """Name a place of the seller's anew ("" takes its name away), or open a closed one again.

    Raises:
        NotFound: if there is no such place.
        Refused: if every shop has it.
    """
    row = _storage(work, code)
    changes = (
        [] if name is None or (name or None) == row.name else [f"{row.name or '(none)'} → {name or '(none)'}"]
    )
    changes += ["open again"] if is_open and row.closed_on else []
    if not changes:
        return Outcome(f"location {code} is as given already", reference=code)
    work.connection.execute(
        text(
            "UPDATE location SET name = iif(:name IS NULL, name, nullif(:name, '')),"
            " closed_on = iif(:open, NULL, closed_on) WHERE code = :code"
        ),
        {"code": code, "name": name, "open": int(is_open)},
    )
    return Outcome(f"changed location {code}: {', '.join(changes)}", {"locations_updated": 1}, reference=code)


def close_location(work: Work, code: str) -> Outcome:
    """Say that nothing is put at a place of the seller's any more; its history stays.

    Raises:
        NotFound: if there is no such place.
        Refused: if every shop has it, or units are there.
    """
    row = _storage(work, code)
    if row.closed_on:
        return Outcome(f"location {code} is closed since {row.closed_on} already", reference=code)
    held = work.connection.execute(
        text(
            "SELECT p.sku, s.quantity FROM stock_level s JOIN product p ON p.id = s.product_id"
            " WHERE s.location = :code AND s.quantity > 0 ORDER BY p.sku"
        ),
        {"code": code},
    ).all()
    if held:
        sku, units = held[0]
        more = f" and {count(len(held) - 1, 'other product')}" if len(held) > 1 else ""
        raise Refused(
            f"{code} still has {units} {sku}{more}; move them first: ordercli stock move {sku}:{units} {code} HOME"
        )
    work.connection.execute(
        text("UPDATE location SET closed_on = :today WHERE code = :code"), {"code": code, "today": work.today}
    )
    return Outcome(f"closed location {code}", {"locations_updated": 1}, reference=code)


def _storage(work: Work, code: str) -> Row[Any]:
    """A place that the seller made.

    Raises:
        NotFound: if there is none of that code.
        Refused: if every shop has it.
    """
    row = work.connection.execute(
        text("SELECT kind, name, closed_on FROM location WHERE code = :code"), {"code": code}
    ).one_or_none()
    if row is None:
        raise unknown("location", code, own_places(work.connection))
    if row.kind != "storage":
        raise Refused(f"{code} is a place that every shop has; it stays as it is.")
    return row


def own_places(connection: Connection) -> dict[str, str]:
    """Kind by code of the places where the seller keeps units: all but Amazon's, the outside and closed ones."""
    rows = connection.exec_driver_sql(
        "SELECT code, kind FROM location WHERE kind NOT LIKE 'fba%' AND kind <> 'outside' AND closed_on IS NULL"
    )
    return {row.code: row.kind for row in rows}


def require_own_place(connection: Connection, code: str) -> None:
    """Check that units at a place may be moved, corrected and counted by hand.

    Raises:
        NotFound: for an unknown place.
        Refused: for QUARANTINE, which only returns and inspections fill and empty, closed places, and places of
            others.
    """
    places = own_places(connection)
    if code == QUARANTINE:
        raise Refused(
            "Units come to QUARANTINE with a return and leave it by an inspection: ordercli return inspect"
        )
    if code in places:
        return
    row = connection.execute(text("SELECT closed_on FROM location WHERE code = :code"), {"code": code}).first()
    if row is not None and row.closed_on:
        raise Refused(
            f"{code} is closed since {row.closed_on}; open it with: ordercli location edit {code} --open"
        )
    if row is not None:
        raise Refused(f"{code} is no place of yours; those are {', '.join(sorted(set(places) - {QUARANTINE}))}.")
    raise unknown("location", code, places)
