"""``ordercli ship``: record shipments that left."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import READ, Rejects
from ordercli.cli.frame import write, write_prepared
from ordercli.cli.options import (
    Combined,
    DayFirst,
    DecimalComma,
    DryRun,
    Encoding,
    Lines,
    OwnReference,
    SheetName,
    Strict,
    StrictTracking,
    parsed,
    parsed_lines,
    told_reference,
    told_text,
)
from ordercli.errors import UsageProblem
from ordercli.queries.reader import Reader

if TYPE_CHECKING:
    from ordercli.cli.intake import Intake
    from ordercli.domain.fields import RowError
    from ordercli.formats.shipping.ship_csv import ShipmentRow
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.shipping.shipping_plan import NewShipment

ship_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@ship_app.command()
def ship(
    ctx: typer.Context,
    order: Annotated[str | None, typer.Argument(metavar="[ID]", help="The order's id, or its tail.")] = None,
    line: Lines = None,
    carrier: Annotated[
        str | None, typer.Option(help="USPS, UPS, FedEx … or any name; may be left out if the number tells.")
    ] = None,
    tracking: Annotated[str | None, typer.Option(help="The carrier's number.")] = None,
    service: Annotated[str | None, typer.Option(help="Such as 'Ground Advantage'.")] = None,
    cost: Annotated[str | None, typer.Option(metavar="X", help="What the label cost.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day it left; today if left out.")] = None,
    combined: Combined = False,
    strict_tracking: StrictTracking = False,
    reference: OwnReference = None,
    csv_file: Annotated[
        str | None, typer.Option("--csv", metavar="FILE", parser=READ, help="Shipments from a CSV; - is stdin.")
    ] = None,
    scan: Annotated[
        bool,
        typer.Option("--scan", help="Read from stdin what a scanner types: an order, then its label, and so on."),
    ] = False,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Record a shipment: the whole order, or the units named; or many shipments from a CSV or a scanner.

    The CSV has order_id, sku, quantity, carrier, tracking_number and may have service, cost, shipped_on. Rows
    of one order with one number are one shipment; a row without SKU is the whole order. Units shipped without a
    tracking number go out once more if told again; name them with --reference, and a repeat changes nothing.

    With --scan the code of a slip or label names the order, the next one is its tracking number; "undo" takes the
    last one back. Each shipment is recorded at once. What is refused is said (exit 4 in a pipe), and rings.

    Example: ordercli ship 0000001 --carrier USPS --tracking 9400111899223197428503
    """
    allowed = (combined, strict_tracking)
    own = (order, line, tracking, cost, reference)
    if scan:
        _refuse_beside("--scan reads orders and numbers from stdin", *own, csv_file)
        _scan(ctx, carrier, service, on, allowed, dry_run=dry_run)
    elif csv_file is not None:
        _refuse_beside("--csv has everything in the file", *own, carrier, service, on)
        style = (day_first, decimal_comma, encoding, sheet)
        _ship_file(ctx, csv_file, style, rejects, allowed, strict=strict, dry_run=dry_run)
    elif day_first is not None or decimal_comma or encoding is not None or sheet is not None:
        raise UsageProblem("--day-first, --month-first, --decimal-comma, --encoding and --sheet go with --csv.")
    elif order is None or (carrier is None and tracking is None):
        raise UsageProblem("Name the order and its --carrier, or a file with --csv, or --scan.")
    else:
        label = told_reference(reference)
        _ship_one(ctx, order, line, carrier or "", tracking, service, cost, on, allowed, label, dry_run=dry_run)


def _refuse_beside(why: str, *others: object) -> None:
    if any(value is not None for value in others):
        raise UsageProblem(f"{why}; leave out the other options.")


def _scan(
    ctx: typer.Context,
    carrier: str | None,
    service: str | None,
    on: str | None,
    allowed: tuple[bool, bool],
    *,
    dry_run: bool,
) -> None:
    from ordercli.cli.shipping.ship_scan import ScanWish, ship_scanned

    ship_scanned(ctx, ScanWish(carrier or "", told_text("--service", service), on, allowed, dry_run))


def _ship_one(
    ctx: typer.Context,
    order: str,
    line: list[str] | None,
    carrier: str,
    tracking: str | None,
    service: str | None,
    cost: str | None,
    on: str | None,
    allowed: tuple[bool, bool],
    reference: str | None,
    *,
    dry_run: bool,
) -> None:
    from ordercli.cli.health.late_rate import with_late_rate
    from ordercli.domain.fields import parse_tracking
    from ordercli.domain.money import parse_amount
    from ordercli.domain.shipping.tracking import named_carrier
    from ordercli.domain.times import parse_day
    from ordercli.services.references import once
    from ordercli.services.shipping.shipping import ship as record_shipments
    from ordercli.services.shipping.shipping_plan import Allowances, NewShipment

    wanted = parsed_lines(line)
    number = parsed("--tracking", tracking, parse_tracking) if tracking else None
    how = told_text("--service", service)
    who = parsed("--carrier", carrier, lambda text: named_carrier(text, number))

    def use_case(work: "Work") -> "Outcome":
        today = work.today
        shipment = NewShipment(
            order,
            wanted,
            who,
            number,
            how,
            parsed("--cost", cost, lambda text: parse_amount(text, work.shop.currency)) if cost else None,
            parsed("--on", on, lambda text: parse_day(text, today=today)) if on else today,
        )
        outcome, faults = record_shipments(work, [shipment], Allowances(*allowed))
        if faults:
            raise faults[0].error
        return with_late_rate(work, outcome)

    content = (order, wanted, who.title, number, how, cost, on)
    write(ctx, "ship", once("ship", reference, content, use_case), dry_run=dry_run)


def _ship_file(
    ctx: typer.Context,
    name: str,
    told: tuple[bool | None, bool, str | None, str | None],
    rejects: str | None,
    allowed: tuple[bool, bool],
    *,
    strict: bool,
    dry_run: bool,
) -> None:
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
    from ordercli.formats.catalog.product_csv import require_columns
    from ordercli.formats.shipping.ship_csv import KINDS, REQUIRED, group_shipments, ship_parser
    from ordercli.formats.styles import Habits
    from ordercli.formats.telling import Telling
    from ordercli.services.shipping.shipping import ship as record_shipments
    from ordercli.services.shipping.shipping_plan import Allowances

    day_first, decimal_comma, encoding, sheet = told
    habits, telling = Habits(day_first, decimal_comma), Telling(encoding, sheet, decimal_comma)
    with opened_for(ctx, "ship --csv", name, telling, strict=strict, needs=REQUIRED) as source:
        require_columns(source.name, source.header, REQUIRED, "a CSV of shipments")
        style = learned_style(ctx, source, KINDS, habits)

        def prepare(opened: Reader) -> "Intake[ShipmentRow]":
            parse = ship_parser(source.header, opened.currency, opened.today)
            return take_in(source, style.reading(source.header, parse))

        def use_case(work: "Work", intake: "Intake[ShipmentRow]") -> "Outcome":
            shipments, errors = _shipments([group.rows for group in group_shipments(intake.rows)])
            outcome, faults = record_shipments(work, shipments, Allowances(*allowed))
            errors += [
                RowError(row, "", str(fault.error).removesuffix("."))
                for fault in faults
                for row in fault.shipment.lines
            ]
            rejected = sorted([*intake.errors, *errors], key=lambda error: error.line)
            report_faults(source, rejected, rejects)
            refuse_if_needed(intake.rows_read, len(rejected), strict=strict)
            counts = {"rows_read": intake.rows_read, "rows_rejected": len(rejected), **outcome.counts}
            return with_late_rate(work, outcome.with_counts(counts))

        outcome = write_prepared(ctx, "ship --csv", prepare, use_case, dry_run=dry_run)
        exit_if_rejected(outcome.counts["rows_rejected"])


def _shipments(groups: "list[tuple[ShipmentRow, ...]]") -> "tuple[list[NewShipment], list[RowError]]":
    """One shipment a group of rows, or the fault of a group that mixes units and the whole order."""
    from ordercli.domain.fields import RowError
    from ordercli.services.shipping.shipping_plan import NewShipment

    shipments, errors = [], []
    for rows in groups:
        wanted = tuple((row.sku, row.quantity) for row in rows if row.sku is not None and row.quantity is not None)
        if (wanted and len(wanted) < len(rows)) or (not wanted and len(rows) > 1):
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
            )
        )
    return shipments, errors
