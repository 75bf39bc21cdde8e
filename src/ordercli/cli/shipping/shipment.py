"""``ordercli shipment``: shipments listed, corrected, followed, and confirmed to the channel."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, Rejects
from ordercli.cli.frame import CHECK_FOUND, reader, show_list, write
from ordercli.cli.options import (
    All,
    ColumnMap,
    Combined,
    DayFirst,
    DryRun,
    Encoding,
    Limit,
    SheetName,
    Strict,
    StrictTracking,
    parsed,
)
from ordercli.cli.several import SHIPMENTS, ShipmentNames, for_each, show_cards
from ordercli.cli.shipping.shipment_label import label
from ordercli.cli.shipping.upload_file import answer, confirm
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.shipping.shipment_fix import ShipmentChanges

shipment_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Shipments, and their confirmation."
)

At = Annotated[
    str | None,
    typer.Option("--at", metavar="DATE|TS", help="When it happened; now if left out, a day means its noon."),
]


class Became(StrEnum):
    """What can be told of a shipment."""

    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED = "returned"


@shipment_app.command("list")
def list_(
    ctx: typer.Context,
    order: Annotated[str | None, typer.Option(metavar="ID", help="Only shipments of this order.")] = None,
    unconfirmed: Annotated[
        bool, typer.Option("--unconfirmed", help="Only those that the next confirmation file will hold.")
    ] = False,
    stuck: Annotated[
        int | None,
        typer.Option("--stuck", metavar="DAYS", min=0, max=10_000, help="Only those not heard of for DAYS days."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if there is any.")] = False,
    limit: Limit = None,
    every: All = False,
) -> None:
    """List shipments, newest first.

    Example: ordercli shipment list --stuck 5 --check
    """
    from functools import partial

    from ordercli.queries.orders.orders import find_order
    from ordercli.queries.shipping.shipments import list_shipments

    with reader(ctx) as opened:
        row = find_order(opened, order) if order else None
        wanted = partial(list_shipments, opened, order=row, unconfirmed=unconfirmed, stuck_days=stuck)
        show_list(ctx, opened, lambda rows: wanted(limit=rows), limit=limit, every=every)
        if check and list(wanted(limit=1).rows):
            raise typer.Exit(CHECK_FOUND)


@shipment_app.command("show")
def show_(ctx: typer.Context, shipments: ShipmentNames) -> None:
    """Show shipments in full: what happened to each, what was corrected, in which files it went out.

    Example: ordercli shipment show 12
    """
    from ordercli.queries.shipping.shipments import shipment_card

    with reader(ctx) as opened:
        show_cards(ctx, opened, [shipment_card(opened, shipment, _page_of) for shipment in shipments])


@shipment_app.command("fix")
def fix(
    ctx: typer.Context,
    shipments: ShipmentNames,
    carrier: Annotated[str | None, typer.Option(help="The right carrier.")] = None,
    tracking: Annotated[str | None, typer.Option(help="The right tracking number.")] = None,
    service: Annotated[str | None, typer.Option(help="The right service.")] = None,
    cost: Annotated[str | None, typer.Option(metavar="X", help="What the label really cost.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day it really left.")] = None,
    combined: Combined = False,
    strict_tracking: StrictTracking = False,
    dry_run: DryRun = False,
) -> None:
    """Correct shipments; what each said before stays in its history.

    If the channel was told otherwise, the shipment goes out anew in the next confirmation file.

    Example: ordercli shipment fix 12 --tracking 9400111899223197428503
    """
    from ordercli.services.shipping.shipment_fix import fix_shipment
    from ordercli.services.shipping.shipping_plan import Allowances

    told = (carrier, tracking, service, cost, on)
    if all(value is None for value in told):
        raise UsageProblem("Say what is wrong: --carrier, --tracking, --service, --cost or --on.")
    if any(value is not None and not value.strip() for value in told):
        raise UsageProblem("What is known cannot be blanked; give the right value.")

    def fix_one(work: "Work", shipment: str) -> "Outcome":
        changes = _changes(work, carrier, tracking, service, cost, on)
        return fix_shipment(work, shipment, changes, Allowances(combined, strict_tracking))

    write(ctx, "shipment fix", for_each(shipments, fix_one, "shipment"), dry_run=dry_run)


def _changes(
    work: "Work",
    carrier: str | None,
    tracking: str | None,
    service: str | None,
    cost: str | None,
    on: str | None,
) -> "ShipmentChanges":
    from ordercli.domain.fields import parse_text, parse_tracking
    from ordercli.domain.money import parse_amount
    from ordercli.domain.shipping.carriers import parse_carrier
    from ordercli.domain.times import parse_day
    from ordercli.services.shipping.shipment_fix import ShipmentChanges

    today = work.today
    return ShipmentChanges(
        parsed("--carrier", carrier, parse_carrier) if carrier else None,
        parsed("--tracking", tracking, parse_tracking) if tracking else None,
        parsed("--service", service.strip(), parse_text) if service else None,
        parsed("--cost", cost, lambda text: parse_amount(text, work.shop.currency)) if cost else None,
        parsed("--on", on, lambda text: parse_day(text, today=today)) if on else None,
    )


@shipment_app.command("void")
def void(ctx: typer.Context, shipments: ShipmentNames, dry_run: DryRun = False) -> None:
    """Take shipments back that never left: their units are allocated to the order again.

    Example: ordercli shipment void 12
    """
    from ordercli.services.shipping.shipment_fix import void_shipment

    write(ctx, "shipment void", for_each(shipments, void_shipment, "shipment"), dry_run=dry_run)


def _page_of(carrier: str | None, number: str | None) -> str | None:
    """The page that a package knows for a carrier; looked for only where ordercli knows none."""
    if carrier is None or number is None:
        return None
    from ordercli.cli.extensions import plugged_link

    return plugged_link(carrier, number)


@shipment_app.command("track")
def track(
    ctx: typer.Context,
    shipments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SHIPMENT...]", parser=SHIPMENTS, help="Numbers here, or tracking numbers; - reads stdin."
        ),
    ] = None,
    status: Annotated[Became | None, typer.Option("--status", help="Record what became of them.")] = None,
    at: At = None,
    detail: Annotated[str | None, typer.Option("--detail", help="With --status: the carrier's words.")] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back what was recorded last of a shipment.")
    ] = False,
    limit: Limit = None,
    every: All = False,
    dry_run: DryRun = False,
) -> None:
    """Follow shipments: what was last heard of them, with the carrier's page; those on their way if none is named.

    Example: ordercli shipment track 9400111899223197428503
    """
    from ordercli.queries.shipping.shipments import track_shipments

    if status is not None or withdraw:
        _tell(ctx, shipments or [], status, at, detail, withdraw=withdraw, dry_run=dry_run)
        return
    if at is not None or detail is not None or dry_run:
        raise UsageProblem("--at, --detail and --dry-run go with --status.")
    with reader(ctx) as opened:
        show_list(
            ctx,
            opened,
            lambda rows: track_shipments(opened, shipments or [], page_of=_page_of, limit=rows),
            limit=limit,
            every=every,
        )


def _tell(
    ctx: typer.Context,
    shipments: list[str],
    status: Became | None,
    at: str | None,
    detail: str | None,
    *,
    withdraw: bool,
    dry_run: bool,
) -> None:
    from ordercli.domain.fields import parse_text
    from ordercli.services.shipping.shipment_events import tell_shipments, withdraw_event

    if not shipments or (withdraw and (len(shipments) > 1 or status is not None)):
        raise UsageProblem("Name the shipments with --status, or one shipment with --withdraw.")
    words = parsed("--detail", detail, parse_text) if detail else None

    def use_case(work: "Work") -> "Outcome":
        if status is None:
            return withdraw_event(work, shipments[0])
        return tell_shipments(work, shipments, status.value, _moment(work, at), words)

    write(ctx, "shipment track", use_case, dry_run=dry_run)


@shipment_app.command("delivered")
def delivered(
    ctx: typer.Context,
    shipments: ShipmentNames,
    at: At = None,
    dry_run: DryRun = False,
) -> None:
    """Record that shipments were delivered.

    Example: ordercli shipment delivered 12 13 --at 2026-03-18
    """
    from ordercli.services.shipping.shipment_events import tell_shipments

    write(
        ctx,
        "shipment delivered",
        lambda work: tell_shipments(work, shipments, "delivered", _moment(work, at)),
        dry_run=dry_run,
    )


def _moment(work: "Work", text: str | None) -> str:
    """When something happened: now, an instant, or the noon of a day."""
    from ordercli.domain.times import noon_of, parse_day, parse_instant

    if text is None:
        return work.now
    if "T" in text or ":" in text:
        return parsed("--at", text, parse_instant)
    today = work.today
    day = parsed("--at", text, lambda value: parse_day(value, today=today))
    noon = noon_of(day, work.shop.time_zone)
    return min(noon, work.now) if day == today else noon


@shipment_app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE...", parser=EACH, help="Carriers' CSVs; - is stdin.")],
    column: ColumnMap = None,
    day_first: DayFirst = None,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Read what a carrier tells of shipments: tracking_number, status, occurred_at and detail, or mapped columns.

    Without a status every row is a delivery. Rows may come in any order and any number of times.

    Example: ordercli shipment import carrier.csv --map "Tracking ID=tracking_number" --map "Event=status"
    """
    from ordercli.cli.shipping.shipment_import import import_shipment_events
    from ordercli.formats.telling import Telling

    import_shipment_events(
        ctx,
        file,
        column or [],
        day_first=day_first,
        telling=Telling(encoding, sheet),
        rejects=rejects,
        strict=strict,
        dry_run=dry_run,
    )


shipment_app.command("label")(label)
shipment_app.command("confirm")(confirm)
shipment_app.command("answer")(answer)
