"""``ordercli ship --csv``: shipments from a file, ordercli's own, a label tool's, or any by a map."""

from typing import TYPE_CHECKING, NamedTuple

import typer

from ordercli.cli.frame import reader, write_prepared
from ordercli.errors import UsageProblem, unknown
from ordercli.queries.reader import Reader

if TYPE_CHECKING:
    from ordercli.cli.intake import Intake
    from ordercli.domain.fields import RowError
    from ordercli.formats.shipping.ship_columns import ShipColumns
    from ordercli.formats.shipping.ship_csv import ShipmentRow
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.shipping.shipping_plan import NewShipment


class ShipFile(NamedTuple):
    """How the file is to be read, and what is to happen to its rows.

    Attributes:
        column: pairs ``COL=FIELD``; None if the header or a saved map tells.
        layout: the name of a saved map.
        save_map: the name to keep the map under.
        allowed: whether orders may share a number, and whether odd numbers are refused.
    """

    column: list[str] | None
    layout: str | None
    save_map: str | None
    day_first: bool | None
    decimal_comma: bool
    encoding: str | None
    sheet: str | None
    rejects: str | None
    allowed: tuple[bool, bool]
    strict: bool
    dry_run: bool


def ship_file(ctx: typer.Context, name: str, wish: ShipFile) -> None:
    """Run ``ship --csv``."""
    from ordercli.cli.health.late_rate import with_late_rate
    from ordercli.cli.intake import (
        exit_if_rejected,
        learned_style,
        opened_for,
        refuse_if_needed,
        report_faults,
        take_in,
    )
    from ordercli.domain.fields import RowError
    from ordercli.formats.shipping.ship_columns import REQUIRED, columns_of, require_told
    from ordercli.formats.shipping.ship_csv import group_shipments, ship_parser
    from ordercli.formats.styles import Habits
    from ordercli.formats.telling import Telling
    from ordercli.services.shipping.shipping import ship as record_shipments
    from ordercli.services.shipping.shipping_plan import Allowances

    mapped = _mapped(ctx, wish)
    habits = Habits(wish.day_first, wish.decimal_comma)
    telling = Telling(wish.encoding, wish.sheet, wish.decimal_comma)
    needs = REQUIRED if mapped is None else tuple(mapped.columns.values())
    command = "ship --csv" if mapped is None else None
    with opened_for(ctx, command, name, telling, strict=wish.strict, needs=needs) as source:
        told = mapped or columns_of(source.header)
        require_told(source.name, source.header, told)
        style = learned_style(ctx, source, told.kinds, habits)

        def prepare(opened: Reader) -> "Intake[ShipmentRow]":
            parse = ship_parser(
                source.header, opened.currency, opened.today, told, decimal_comma=wish.decimal_comma
            )
            return take_in(source, style.reading(source.header, parse))

        def use_case(work: "Work", intake: "Intake[ShipmentRow]") -> "Outcome":
            shipments, errors = _shipments(group_shipments(intake.rows), is_foreign=told.is_foreign)
            outcome, faults = record_shipments(work, shipments, Allowances(*wish.allowed))
            errors += [
                RowError(row, "", str(fault.error).removesuffix("."))
                for fault in faults
                for row in fault.shipment.lines
            ]
            rejected = sorted([*intake.errors, *errors], key=lambda error: error.line)
            report_faults(source, rejected, wish.rejects)
            refuse_if_needed(intake.rows_read, len(rejected), strict=wish.strict)
            counts = {"rows_read": intake.rows_read, "rows_rejected": len(rejected), **outcome.counts}
            return with_late_rate(work, _with_map(work, wish, told, outcome.with_counts(counts)))

        outcome = write_prepared(ctx, "ship --csv", prepare, use_case, dry_run=wish.dry_run)
        exit_if_rejected(outcome.counts["rows_rejected"])


def _mapped(ctx: typer.Context, wish: ShipFile) -> "ShipColumns | None":
    """The columns by the map that is given or saved; None if the header tells them.

    Raises:
        NotFound: naming the maps there are, if there is none of that name.
    """
    from ordercli.cli.orders.order_import import check_map_name
    from ordercli.formats.shipping.ship_columns import READS, map_from_json, parse_ship_map
    from ordercli.queries.orders.column_maps import saved_maps

    if wish.save_map is not None:
        check_map_name(wish.save_map)
        if not wish.column:
            raise UsageProblem("--save-map goes with --map COL=FIELD.")
    if wish.column:
        if wish.layout is not None:
            raise UsageProblem("--map says how to read the file; leave out --layout.")
        return parse_ship_map(wish.column)
    if wish.layout is None:
        return None
    with reader(ctx) as opened:
        maps = saved_maps(opened.connection, READS)
    if wish.layout not in maps:
        raise unknown("map", wish.layout, list(maps))
    return map_from_json(maps[wish.layout])


def _with_map(work: "Work", wish: ShipFile, told: "ShipColumns", outcome: "Outcome") -> "Outcome":
    """Keep the map, if it is to be kept."""
    if wish.save_map is None:
        return outcome
    from dataclasses import replace

    from ordercli.formats.shipping.ship_columns import map_to_json
    from ordercli.services.orders.column_maps import save_map

    is_kept = save_map(work, wish.save_map, map_to_json(told))
    note = f"The map is used with: --layout {wish.save_map}"
    return replace(outcome, changed={**outcome.changed, "maps": int(is_kept)}, notes=(*outcome.notes, note))


def _shipments(
    groups: "list[tuple[ShipmentRow, ...]]", *, is_foreign: bool
) -> "tuple[list[NewShipment], list[RowError]]":
    """One shipment a group of rows, or the fault of a group that mixes units and the whole order.

    Other tools may tell a shipment once for each of its items.
    """
    from ordercli.domain.fields import RowError
    from ordercli.services.shipping.shipping_plan import NewShipment

    shipments, errors = [], []
    for rows in groups:
        wanted = tuple((row.sku, row.quantity) for row in rows if row.sku is not None and row.quantity is not None)
        if (wanted and len(wanted) < len(rows)) or (not wanted and len(rows) > 1 and not is_foreign):
            reason = "stands for the whole order, beside other rows of the same shipment"
            errors += [RowError(row.line, "sku", reason) for row in rows if row.sku is None]
            continue
        first = rows[0]
        costs = [row.cost_minor for row in rows if row.cost_minor is not None]
        shipments.append(
            NewShipment(
                first.order_id,
                wanted,
                first.carrier,
                first.tracking_number,
                first.service,
                max(costs) if costs else None,
                first.shipped_on,
                tuple(row.line for row in rows),
                is_day_told=first.is_day_told,
            )
        )
    return shipments, errors
