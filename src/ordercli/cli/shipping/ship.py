"""``ordercli ship``: record shipments that left."""

import os.path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, Rejects
from ordercli.cli.frame import write
from ordercli.cli.options import (
    ColumnMap,
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
from ordercli.cli.several import SomeOrderIds
from ordercli.cli.shipping.ship_file import ShipFile, ship_file
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

_OF_FILE = (
    "--map, --layout, --save-map, --day-first, --month-first, --decimal-comma, --encoding, --sheet, --rejects and"
    " --strict"
)

ship_app = typer.Typer(rich_markup_mode=None, add_completion=False)


CarrierName = Annotated[
    str | None, typer.Option(help="USPS, UPS, FedEx … or any name; may be left out if the number tells.")
]
CsvFile = Annotated[
    str | None,
    typer.Option("--csv", metavar="FILE", parser=EACH, help="Shipments from a CSV; - is stdin; repeatable."),
]
Scan = Annotated[
    bool,
    typer.Option("--scan", help="Read from stdin what a scanner types: an order, then its label, and so on."),
]
MapName = Annotated[str | None, typer.Option(help="Read the CSV by this saved map.")]
SaveMap = Annotated[
    str | None, typer.Option("--save-map", metavar="NAME", help="Keep the map; --layout NAME uses it.")
]


@ship_app.command()
def ship(
    ctx: typer.Context,
    orders: SomeOrderIds = None,
    line: Lines = None,
    carrier: CarrierName = None,
    tracking: Annotated[str | None, typer.Option(help="The carrier's number.")] = None,
    service: Annotated[str | None, typer.Option(help="Such as 'Ground Advantage'.")] = None,
    cost: Annotated[str | None, typer.Option(metavar="X", help="What the label cost.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day it left; today if left out.")] = None,
    combined: Combined = False,
    strict_tracking: StrictTracking = False,
    reference: OwnReference = None,
    csv_file: CsvFile = None,
    scan: Scan = False,
    column: ColumnMap = None,
    layout: MapName = None,
    save_map: SaveMap = None,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Record shipments of whole orders, or of the units named; or many from a CSV or a scanner.

    The CSV is of Pirate Ship, Shippo, ShipStation, EasyPost or Click & Drop, of another tool by --map, or has
    order_id, sku, quantity, carrier, tracking_number, service, cost, shipped_on; a row without SKU is the whole
    order. Units without a tracking number go out once more if told again, but not under the same --reference.

    With --scan the code of a slip or label names the order, the next one is its tracking number; "undo" takes the
    last one back. Each shipment is recorded at once. What is refused is said (exit 4 in a pipe), and rings.

    Example: ordercli ship 0000001 --carrier USPS --tracking 9400111899223197428503
    """
    allowed = (combined, strict_tracking)
    own = (orders or None, line, tracking, cost, reference)
    of_file = (column, layout, save_map, day_first, decimal_comma, encoding, sheet)
    is_of_file = day_first is not None or any(told not in (None, False) for told in (*of_file, rejects, strict))
    if scan:
        _refuse_beside("--scan reads orders and numbers from stdin", *own, csv_file, is_of_file or None)
        _scan(ctx, carrier, service, on, allowed, dry_run=dry_run)
    elif csv_file is not None:
        if any(os.path.isfile(order) for order in orders or ()):  # noqa: PTH113 - says no where a Path would fail
            raise UsageProblem("Give --csv for each file, or one pattern in quotes: ship --csv '*.csv'")
        _refuse_beside("--csv has everything in the file", *own, carrier, service, on)
        ship_file(ctx, csv_file, ShipFile(*of_file, rejects, allowed, strict, dry_run))
    elif is_of_file:
        raise UsageProblem(f"{_OF_FILE} go with --csv.")
    elif not orders or (carrier is None and tracking is None):
        raise UsageProblem("Name the order and its --carrier, or a file with --csv, or --scan.")
    else:
        label = told_reference(reference)
        _ship_them(ctx, orders, line, carrier or "", tracking, service, cost, on, allowed, label, dry_run=dry_run)


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


def _ship_them(
    ctx: typer.Context,
    orders: list[str],
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
        paid = parsed("--cost", cost, lambda text: parse_amount(text, work.shop.currency)) if cost else None
        day = parsed("--on", on, lambda text: parse_day(text, today=today)) if on else today
        facts = (wanted, who, number, how, paid, day)
        shipments = [NewShipment(order, *facts, is_day_told=on is not None) for order in orders]
        outcome, faults = record_shipments(work, shipments, Allowances(*allowed))
        if faults:
            raise faults[0].error
        return with_late_rate(work, outcome)

    content = (*orders, wanted, who.title, number, how, cost, on)
    write(ctx, "ship", once("ship", reference, content, use_case), dry_run=dry_run)
