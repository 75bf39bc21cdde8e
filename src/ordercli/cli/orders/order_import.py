"""``ordercli order import``: orders from files."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import MANY, Rejects
from ordercli.cli.frame import is_told_by_another, reader, settings_of, show, write_prepared
from ordercli.cli.options import ColumnMap, DayFirst, DecimalComma, DryRun, Encoding, SheetName, Strict, ValueMap
from ordercli.cli.orders.order_options import SoldThrough
from ordercli.cli.orders.order_readers import layouts_of, plugged_mapping, recognised, saved_mapping
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.cli.input_files import InputFile
    from ordercli.domain.fields import RowError
    from ordercli.domain.orders.order_rows import OrderRow, RowGroup
    from ordercli.formats.orders.layout import OrderLayout, ShopDefaults
    from ordercli.formats.orders.mapped import ColumnMapping
    from ordercli.formats.source import Source
    from ordercli.formats.telling import Telling
    from ordercli.queries.reader import Reader
    from ordercli.render.progress import Meter
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.orders.order_import import StagedFile

PREVIEW_ROWS = 10
_MAP_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}\Z")


MadeAt = Annotated[
    str | None, typer.Option("--as-of", metavar="TS", help="When files without a date of their own were made.")
]


@dataclass(frozen=True, slots=True)
class Wish:
    """How the files are to be read and what is to happen to faulty rows."""

    layout: str
    mapping: "ColumnMapping | None"
    day_first: bool | None
    rejects: str | None
    strict: bool
    create_products: bool
    as_of: str | None = None

    @property
    def is_recognised(self) -> bool:
        """Whether files must be known by their headers, since the user names no layout and no map."""
        return self.mapping is None and self.layout == "auto"


def import_(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", parser=MANY, help="Files, folders or quoted patterns; - is stdin."),
    ],
    layout: Annotated[str, typer.Option(help="auto, or the name of a layout or of a saved map.")] = "auto",
    column: ColumnMap = None,
    value: ValueMap = None,
    channel: SoldThrough = None,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    save_map: Annotated[
        str | None, typer.Option("--save-map", metavar="NAME", help="Keep the map; --layout NAME uses it.")
    ] = None,
    encoding: Encoding = None,
    sheet: SheetName = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show the first rows as they would be read, and stop.")
    ] = False,
    rejects: Rejects = None,
    strict: Strict = False,
    create_products: Annotated[
        bool, typer.Option("--create-products", help="Make products of unknown SKUs.")
    ] = False,
    as_of: MadeAt = None,
    dry_run: DryRun = False,
) -> None:
    """Import orders from Amazon's reports, ordercli's own CSV or any shop's file, as often as you like.

    The file is recognised by its header; --map reads any other CSV or JSON lines. A row that says nothing new
    changes nothing. Good rows go in, faulty ones are told with line, column and reason (exit code 4). A file of
    your own that comes again lists its orders whole: what it has no more is canceled, and told.

    Example: ordercli order import unshipped.txt all-orders.txt --rejects rejects.txt
    """
    from ordercli.cli.input_files import input_files
    from ordercli.cli.intake import exit_if_rejected

    mapping = _mapping(column, value, layout, channel, save_map, day_first=day_first, decimal_comma=decimal_comma)
    wish = Wish(layout, mapping, day_first, rejects, strict, create_products, instant_told(as_of))
    found = input_files(files)
    with ExitStack() as stack:
        sources = _open(stack, ctx, found, _telling(ctx, wish, encoding, sheet), wish)
        if preview:
            _show_preview(ctx, sources, wish)
            return
        outcome = write_prepared(
            ctx,
            "order import",
            lambda opened: stage_orders(ctx, opened, sources, wish),
            lambda work, staged: _import(work, staged, save_map, mapping),
            dry_run=dry_run,
        )
    exit_if_rejected(outcome.counts["rows_rejected"])


def instant_told(as_of: str | None) -> str | None:
    """The instant of ``--as-of``; None if it is not given.

    Raises:
        UsageProblem: if it is none.
    """
    if as_of is None:
        return None
    from ordercli.domain.fields import FieldError
    from ordercli.domain.times import parse_instant

    try:
        return parse_instant(as_of)
    except FieldError as error:
        raise UsageProblem(f"--as-of: {error}.") from error


def modified(name: str) -> str:
    """When a file was last changed, to the microsecond; a pipe ranks oldest.

    A clock elsewhere may be ahead, so that it lies in the future; whoever ranks by it takes now instead.
    """
    if name == "-":
        return ""
    return datetime.fromtimestamp(Path(name).stat().st_mtime_ns / 1e9, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _mapping(
    columns: list[str] | None,
    values: list[str] | None,
    layout: str,
    channel: str | None,
    save_map: str | None,
    *,
    day_first: bool | None,
    decimal_comma: bool,
) -> "ColumnMapping | None":
    from ordercli.formats.orders.order_layouts import LAYOUTS

    known = {layout.name for layout in LAYOUTS}
    if not columns:
        if save_map is not None or values or decimal_comma or channel is not None:
            raise UsageProblem("--save-map, --map-value, --channel and --decimal-comma go with --map COL=FIELD.")
        if day_first is not None and layout in {"auto", *known}:
            raise UsageProblem(
                "--day-first and --month-first go with --map COL=FIELD, or with --layout and a saved map; files"
                " recognised by their header write dates in one way."
            )
        return None
    if layout != "auto":
        raise UsageProblem("--map says how to read the file; leave out --layout.")
    if save_map is not None:
        check_map_name(save_map)
    from ordercli.formats.orders.mapped import parse_mapping

    return parse_mapping(
        columns, channel=channel or "", day_first=day_first, decimal_comma=decimal_comma, values=values or ()
    )


def check_map_name(name: str) -> None:
    """Refuse a name that no map can have.

    Raises:
        UsageProblem: if it is no name, or a layout's.
    """
    from ordercli.formats.orders.order_layouts import LAYOUTS

    if name == "auto" or not _MAP_NAME.match(name):
        raise UsageProblem(f"--save-map: {name!r} is not a name of up to 30 lower-case letters, digits and '-'.")
    if name in {layout.name for layout in LAYOUTS}:
        raise UsageProblem(f"--save-map: {name} is a layout already; choose another name.")


def _import(
    work: "Work", staged: "list[StagedFile]", save_map: str | None, mapping: "ColumnMapping | None"
) -> "Outcome":
    from ordercli.services.orders.order_import import import_orders

    outcome = import_orders(work, staged)
    if save_map is None or mapping is None:
        return outcome
    return with_map(work, outcome, save_map, mapping)


def with_map(work: "Work", outcome: "Outcome", name: str, mapping: "ColumnMapping") -> "Outcome":
    """Keep a map under a name, as a part of what was done."""
    from ordercli.formats.orders.mapped import mapping_to_json
    from ordercli.services.orders.column_maps import save_map

    is_kept = save_map(work, name, mapping_to_json(mapping))
    return replace(
        outcome,
        changed={**outcome.changed, "maps": int(is_kept)},
        notes=(*outcome.notes, f"The map is used with: --layout {name}"),
    )


def _open(
    stack: ExitStack,
    ctx: typer.Context,
    files: "Sequence[InputFile]",
    told: "tuple[Telling, tuple[str, ...]]",
    wish: Wish,
) -> "list[Source]":
    """Every file, examined.

    What only lay in a folder and cannot be an order file is passed over, and so is one of several that is known to
    be for another command. ``told`` is what the user says of the files, and the columns they must have for it.
    """
    from ordercli.cli.intake import fits_command, tell_mistaken, tell_reading
    from ordercli.formats.file_kinds import kind_of
    from ordercli.formats.source import open_source

    telling, needs = told
    fits = partial(fits_command, None if needs else "order import", needs)
    sources = []
    for file in files:
        try:
            source = stack.enter_context(open_source(file.name, telling, fits=fits))
            if wish.is_recognised:
                recognised(source)
        except Refused as problem:
            sentence = str(problem) if not file.is_named else _anothers(file.name) if len(files) > 1 else None
            if sentence is None:
                raise
            if file.is_named or not settings_of(ctx).quiet:
                console.say(f"Passed over: {sentence}")
            continue
        kind = kind_of(source.header)
        if wish.is_recognised and kind is not None and kind.command == "order import":
            tell_mistaken(source, "order import")
        tell_reading(ctx, source, strict=wish.strict)
        sources.append(source)
    if not sources:
        raise Refused("None of these files holds orders; nothing changed.")
    return sources


def _anothers(name: str) -> str | None:
    """What a file is and which command reads it, if it is known and no order file."""
    from ordercli.formats.file_kinds import kind_of_file

    try:
        kind = None if name == "-" else kind_of_file(name)
    except Refused:
        return None
    if kind is None or kind.command == "order import":
        return None
    return f"{name} is {kind.title}; read it with: ordercli {kind.command}"


def _telling(
    ctx: typer.Context, wish: Wish, encoding: str | None, sheet: str | None
) -> "tuple[Telling, tuple[str, ...]]":
    """What the user says of the files, and the columns they must have by the layout or map that is named."""
    from ordercli.formats.orders.mapped import mapped_layout
    from ordercli.formats.orders.order_layouts import LAYOUTS
    from ordercli.formats.telling import Telling
    from ordercli.queries.orders.column_maps import saved_maps

    mapping = wish.mapping
    if mapping is None and not wish.is_recognised:
        for layout in LAYOUTS:
            if layout.name == wish.layout:
                return Telling(encoding, sheet), layout.required
        with reader(ctx) as opened:
            kept = saved_maps(opened.connection).get(wish.layout)
        mapping = plugged_mapping(wish.layout) if kept is None else saved_mapping(wish.layout, kept, is_book=False)
    if mapping is None:
        return Telling(encoding, sheet), ()
    return Telling(encoding, sheet, mapping.decimal_comma), mapped_layout("mapped", mapping).required


def stage_orders(
    ctx: typer.Context, opened: "Reader", sources: "Sequence[Source]", wish: Wish
) -> "list[StagedFile]":
    """Put the rows of files into staging, and tell what is wrong with some.

    Raises:
        Refused: if one is no order file, or no row can be taken.
    """
    from ordercli.cli.input_files import rejects_of
    from ordercli.cli.intake import refuse_if_needed, report_faults, tell_unknown_own
    from ordercli.formats.orders.layout import group_parser, is_complete
    from ordercli.render.progress import metered, phase
    from ordercli.services.orders.order_import import StagedFile, earlier_imports
    from ordercli.services.orders.order_staging import clear_staging, stage_groups, staged_errors

    driver = opened.connection
    if wish.as_of is not None and wish.as_of > opened.now:
        raise UsageProblem(f"--as-of: {wish.as_of} is still to come.")
    layouts = layouts_of(ctx, driver, sources, wish)
    shops = [shop_defaults(opened, layout) for layout in layouts]
    clear_staging(driver)
    staged = []
    is_quiet, rejects, is_one = settings_of(ctx).quiet, wish.rejects, len(sources) == 1
    meter = metered(sources)
    for number, (source, layout, shop) in enumerate(zip(sources, layouts, shops, strict=True)):
        if layout.is_own:
            tell_unknown_own(source, "order", shop.own_fields)
        ranked_at = wish.as_of or min(modified(source.name), opened.now)
        told = stage_groups(
            driver,
            number,
            partial(groups_of, meter, source, layout, shop),
            group_parser(source, layout, shop),
            create_products=wish.create_products,
            ranked_at=ranked_at,
        )
        phase("Checking", 0, 0)
        errors = list(staged_errors(driver, number))
        staged.append(
            StagedFile(
                Path(source.name).name,
                layout.name,
                source.sha256,
                told.rows_read,
                len(errors),
                told.rows_known,
                told.orders_known,
                is_complete(source, layout),
                layout.joins_rows,
                ranked_at,
                is_own=layout.is_own,
            )
        )
        report_faults(source, errors, None if rejects is None else rejects_of(rejects, source.name, is_one=is_one))
        if not is_quiet:
            earlier = () if is_told_by_another(ctx) else earlier_imports(driver, source.sha256)
            _remark(source, told.rows_read, earlier)
    refuse_if_needed(sum(f.rows_read for f in staged), sum(f.rows_rejected for f in staged), strict=wish.strict)
    return staged


def shop_defaults(opened: "Reader", layout: "OrderLayout") -> "ShopDefaults":
    """What a file leaves unsaid: the shop's zone, and its currency or that of the channel its map is for."""
    from ordercli.formats.orders.layout import ShopDefaults
    from ordercli.queries.channels import require_channel
    from ordercli.queries.own_fields import own_fields

    own_currency = None
    if (channel := layout.channel) is not None:
        require_channel(opened, channel)
        own_currency = opened.setting(f"channel.{channel}.currency")
    zone = opened.setting("channel.amazon.time_zone") or opened.time_zone
    own = tuple(own_fields(opened, "order"))
    currency = own_currency or opened.currency
    return ShopDefaults(opened.time_zone, currency, opened.now, zone, own, is_currency_set=bool(own_currency))


def groups_of(
    meter: "Meter", source: "Source", layout: "OrderLayout", shop: "ShopDefaults"
) -> "Iterable[RowGroup]":
    """The rows of a file in groups of one order, watched by the meter."""
    from ordercli.formats.orders.layout import read_groups

    return meter.watch(source, read_groups(source, layout, shop))


def _remark(source: "Source", rows_read: int, earlier: "Iterable[int]") -> None:
    if not rows_read:
        console.say(f"{source.name} has a header and no rows.")
    for operation in earlier:
        console.say(f"{source.name} was imported before, in operation {operation}.")


def _show_preview(ctx: typer.Context, sources: "Sequence[Source]", wish: Wish) -> None:
    """The first rows of each file as they would be read, faulty ones with their fault."""
    from ordercli.domain.orders.order_preview import PREVIEW_COLUMNS, preview_row
    from ordercli.domain.report import Report
    from ordercli.formats.orders.layout import read_rows

    with reader(ctx) as opened:
        layouts = layouts_of(ctx, opened.connection, sources, wish)

        def rows() -> Iterator[tuple[object, ...]]:
            for source, layout in zip(sources, layouts, strict=True):
                for row in _first(read_rows(source, layout, shop_defaults(opened, layout))):
                    yield preview_row(source.name, row, opened.currency)

        show(ctx, opened, Report(PREVIEW_COLUMNS, rows(), "No rows."))
    if not settings_of(ctx).quiet:
        console.say(f"The first {PREVIEW_ROWS} rows of each file at most; nothing was written.")


def _first(rows: "Iterator[OrderRow | RowError]") -> "Iterator[OrderRow | RowError]":
    return islice(rows, PREVIEW_ROWS)
