"""Making a new database ready: schema, places, channels and the shop."""

import os

from sqlalchemy import Connection, text

from ordercli.domain.places import LOCATIONS
from ordercli.domain.settings import READY_CHANNELS
from ordercli.errors import Refused
from ordercli.services.operations import Outcome
from ordercli.services.settings import ShopFacts, add_channel


def set_up_shop(connection: Connection, operation: int, shop: ShopFacts) -> Outcome:
    """Fill a freshly migrated database; a second time with the same shop changes nothing.

    Raises:
        Refused: if the database's shop has another zone or currency, which are chosen once.
    """
    row = connection.execute(text("SELECT time_zone, currency FROM shop")).one_or_none()
    if row is not None:
        existing = ShopFacts(row.time_zone, row.currency)
        if existing != shop:
            raise Refused(
                f"This database is a shop in {existing.time_zone} with {existing.currency}, which cannot be "
                "changed afterwards; use another database for another shop."
            )
        return Outcome(f"the shop in {shop.time_zone} with {shop.currency} is set up already")
    connection.execute(
        text(
            "INSERT INTO shop (id, time_zone, currency, mark, operation_id)"
            " VALUES (1, :zone, :currency, :mark, :op)"
        ),
        # Two shops set up alike in one second must not be taken for one another: at random, whatever the clock.
        {"zone": shop.time_zone, "currency": shop.currency, "mark": os.urandom(16).hex(), "op": operation},
    )
    connection.execute(
        text("INSERT INTO location (code, kind) VALUES (:code, :kind)"),
        [{"code": code, "kind": kind} for code, kind in LOCATIONS.items()],
    )
    for channel, settings in READY_CHANNELS.items():
        add_channel(connection, operation, channel, settings)
    return Outcome(
        f"set up a shop in {shop.time_zone} with {shop.currency}",
        changed={"channels": len(READY_CHANNELS), "locations": len(LOCATIONS)},
    )
