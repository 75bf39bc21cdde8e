"""``ordercli sync amazon inventory``: the stock that Amazon keeps."""

from typing import TYPE_CHECKING, NamedTuple

import typer

from ordercli.cli.frame import write_prepared
from ordercli.errors import Refused

if TYPE_CHECKING:
    from ordercli.amazon.account import Account
    from ordercli.amazon.client import Client
    from ordercli.domain.amazon.inventory import InventoryRecord
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work


class _Told(NamedTuple):
    """What Amazon told, and when it was asked."""

    at: str
    records: "list[InventoryRecord]"
    faults: list[str]
    content: bytes


def take_inventory(ctx: typer.Context, client: "Client", account: "Account", *, dry_run: bool) -> int:
    """Take in Amazon's stock, all pages as one statement.

    Returns:
        How many listings were rejected.
    """

    def use_case(work: "Work", told: _Told) -> "Outcome":
        from ordercli.services.amazon.inventory_pull import take_in_inventory

        return take_in_inventory(work, told.records, told.faults, content=told.content, stated_at=told.at)

    outcome = write_prepared(
        ctx, "sync amazon", lambda opened: _told(opened, client, account), use_case, dry_run=dry_run
    )
    return outcome.counts["rows_rejected"]


def _told(opened: "Reader", client: "Client", account: "Account") -> _Told:
    """Ask for all of it.

    Raises:
        Refused: if two marketplaces have units of one listing.
    """
    from ordercli.amazon.inventory import fingerprint, summaries
    from ordercli.domain.amazon.inventory import TwoPlaces, told_once
    from ordercli.domain.fields import FieldError
    from ordercli.formats.amazon.inventory_json import record_of

    answers = {place: summaries(client, place) for place in account.marketplaces}
    records: dict[str, list[InventoryRecord]] = {}
    faults = []
    for place, found in answers.items():
        records[place] = []
        for each in found:
            try:
                records[place].append(record_of(each))
            except FieldError as error:
                faults.append(f"a listing cannot be understood: {error}")
    try:
        once = told_once(records)
    except TwoPlaces as problem:
        raise Refused(
            f"Amazon tells of units of {problem.sku} in {' and in '.join(problem.places)}, which may be the same"
            " ones; import its FBA inventory report instead: ordercli stock fba import FILE"
        ) from problem
    return _Told(opened.now, once, faults, fingerprint(answers))
