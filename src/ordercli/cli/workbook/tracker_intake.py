"""A spreadsheet that was read, on its way to the use case: its rows parsed and staged, its faults told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

import typer

from ordercli.cli.file_options import REJECTS
from ordercli.cli.frame import is_told_by_another, settings_of
from ordercli.cli.input_files import check_rejects_folder, is_rejects_folder
from ordercli.cli.intake import learned_style, refuse_if_needed, report_faults
from ordercli.cli.orders.order_import import groups_of, shop_defaults
from ordercli.domain.fields import RowError
from ordercli.domain.words import count
from ordercli.errors import Refused, UsageProblem
from ordercli.files import check_target
from ordercli.formats.catalog.product_csv import CATALOG
from ordercli.formats.orders.layout import OrderLayout, group_parser, is_complete
from ordercli.formats.orders.mapped import ColumnMapping, ShopNow, mapped_layout
from ordercli.formats.styles import Habits, Kinds
from ordercli.formats.workbook.tracker_rows import (
    ProductSheets,
    SupplierRecord,
    cells_under,
    order_mapping,
    read_suppliers,
    shown_first,
    sku_names,
)
from ordercli.formats.workbook.tracker_sheets import Tracker, TrackerSheet
from ordercli.queries.reader import Reader
from ordercli.queries.workbook.known_catalog import KnownCatalog, known_catalog
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.services.orders.order_import import StagedFile
    from ordercli.services.workbook.import_book import TrackerContent

_MOST_ROWS_TOLD = 3
_NO_NAME = re.compile(r"[^\w-]+")


class Wish(NamedTuple):
    """What the user says of the spreadsheet and of what is to become of it.

    Attributes:
        mapping: the map, with the channel, the order of dates, and words of status.
        strict: all rows or none.
        create_products: make products of unknown SKUs in orders.
        ranked_at: when the file was made.
    """

    mapping: ColumnMapping
    strict: bool
    create_products: bool
    ranked_at: str


def tell_tracker(ctx: typer.Context, tracker: Tracker) -> None:
    """Say what each sheet is taken for and what of it is left out."""
    if settings_of(ctx).quiet:
        return
    for sheet in tracker.sheets:
        console.say(told_of(sheet))
    for sheet in tracker.sheets:
        for heading, order in sheet.doubled.items():
            console.say(
                f"warning: {sheet.plan.sheet}: {heading} is the same on several rows of an order, such as {order}."
                " If it is of the whole order, it counts too often: leave it on one row, or map it to ignore."
            )
    for other in tracker.others:
        console.say(f"{other.sheet}: not read; {other.reason}.")


def told_of(sheet: TrackerSheet) -> str:
    """A sheet in a sentence."""
    parts = [f"{sheet.plan.sheet}: {count(sheet.row_count, 'row')} of {sheet.plan.kind}"]
    for reason, rows in sheet.left_out.items():
        first = ", ".join(map(str, rows[:_MOST_ROWS_TOLD]))
        more = ", …" if len(rows) > _MOST_ROWS_TOLD else ""
        parts.append(f"left out {count(len(rows), 'row')} of {reason} ({first}{more})")
    if unread := [column.heading for column in sheet.plan.columns if not column.fields]:
        parts.append(f"columns not taken: {', '.join(unread)}")
    return f"{'; '.join(parts)}."


def reject_files(ctx: typer.Context, tracker: Tracker, rejects: str | None, file: str) -> list[str | None]:
    """Where the rejects of each sheet go.

    Raises:
        Refused: if a file that is there would be lost, or stands where a folder is needed.
    """
    if rejects is None or not is_rejects_folder(rejects, is_one=len(tracker.sheets) == 1):
        return [rejects] * len(tracker.sheets)
    settings = settings_of(ctx)
    is_there = check_rejects_folder(rejects, settings.beside)
    stem = "stdin" if file == "-" else Path(file).stem
    names = [
        str(Path(rejects) / f"rejects-{stem}-{_NO_NAME.sub('-', sheet.plan.sheet)}.csv")
        for sheet in tracker.sheets
    ]
    for name in names if is_there else ():
        check_target(name, REJECTS.kind, database=settings.beside, read=[file], replace=settings.assume_yes)
    return [*names]


def _as_called(sheet: TrackerSheet, error: RowError) -> RowError:
    """A fault with its column as the spreadsheet calls it."""
    return replace(error, column=sheet.plan.heading_of(error.column) or error.column)


@dataclass
class TrackerIntake:
    """What of a spreadsheet goes into the shop.

    Attributes:
        ctx: the command's.
        tracker: the spreadsheet.
        wish: what the user says of it.
        targets: where the rejects of each sheet go.
    """

    ctx: typer.Context
    tracker: Tracker
    wish: Wish
    targets: Sequence[str | None]
    rejected: int = field(default=0, init=False)

    def prepare(self, opened: Reader) -> "TrackerContent":
        """Everything read and staged, before the database is locked.

        Raises:
            Refused: where the contract says that nothing is taken.
            UsageProblem: if it cannot be told whether the orders of a sheet were shipped.
        """
        from ordercli.services.workbook.import_book import TrackerContent

        known = known_catalog(opened)
        suppliers = self._suppliers(opened, known)
        shelf = self._shelf(opened, known)
        staged = self._orders(opened, shelf, known)
        rows_read = sum(sheet.row_count for sheet in self.tracker.sheets)
        refuse_if_needed(rows_read, self.rejected, strict=self.wish.strict)
        return TrackerContent(
            Path(self.tracker.name).name,
            [(row.name, row.terms) for row in suppliers],
            shelf.products,
            shelf.levels,
            staged,
            rows_read,
            self.rejected,
        )

    def _of(self, kind: str) -> list[tuple[TrackerSheet, str | None]]:
        pairs = zip(self.tracker.sheets, self.targets, strict=True)
        return [(sheet, target) for sheet, target in pairs if sheet.plan.kind == kind]

    def _report(self, sheet: TrackerSheet, errors: Sequence[RowError], target: str | None) -> None:
        self.rejected += len({error.line for error in errors})
        report_faults(sheet.source, errors, target)

    def _suppliers(self, opened: Reader, known: KnownCatalog) -> list[SupplierRecord]:
        records: dict[str, SupplierRecord] = {}
        for sheet, target in self._of("suppliers"):
            read, errors = read_suppliers(sheet, known.currencies, opened.currency)
            self._report(sheet, errors, target)
            records |= {record.name: record for record in read if record.name not in records}
        return list(records.values())

    def _shelf(self, opened: Reader, known: KnownCatalog) -> ProductSheets:
        shelf = ProductSheets(opened.currency, known.costs, known.barcodes, known.kits)
        sheets = self._of("inventory")
        faults = [shelf.take_in(sheet, self._day_first(sheet, CATALOG.dates)) for sheet, _ in sheets]
        for (sheet, target), errors in zip(sheets, faults, strict=True):
            told = sorted([*errors, *shelf.open_levels(sheet)], key=lambda error: error.line)
            self._report(sheet, told, target)
        if shelf.uncosted:
            first, *more = shelf.uncosted
            others = f" and {count(len(more), 'other product')}" if more else ""
            console.say(
                f"warning: nobody knows what {first}{others} cost, so their stock is not opened; add a column of"
                " unit costs and import it again."
            )
        return shelf

    def _day_first(self, sheet: TrackerSheet, fields: Sequence[str]) -> dict[str, bool]:
        """Of the columns of dates of a sheet, whether the day comes first."""
        dates = tuple(heading for heading, name in sheet.plan.pairs if name in fields)
        told = self.wish.mapping.day_first
        if told is None and (shown := shown_first(sheet.source, dates)) is not None:
            told, heading = shown
            if not settings_of(self.ctx).quiet and len(dates) > 1:
                first = "day" if told else "month"
                console.note(
                    f"{sheet.plan.sheet}: dates are read with the {first} first, as column {heading} shows."
                )
        style = learned_style(self.ctx, sheet.source, Kinds(dates=dates), Habits(told))
        return style.day_first(sheet.source.header)

    def _layout(self, sheet: TrackerSheet, known: ShopNow) -> OrderLayout:
        from ordercli.formats.orders.mapped import DATES

        mapping = order_mapping(sheet, self.wish.mapping)
        tells = {name for _, name in mapping.columns} & {"status", "shipped_at", "quantity_shipped"}
        if not tells and "" not in dict(mapping.values):
            raise UsageProblem(
                f"{self.tracker.name}: sheet {sheet.plan.sheet} does not tell which of its orders were shipped;"
                " say it of all with --map-value =shipped (or =unshipped), or name the column with --map"
                f" {quote(f'{sheet.plan.sheet}.COLUMN=status')}."
            )
        day_first = self._day_first(sheet, DATES)
        # A word that only another row says makes no other statement of this one: its own is in its cells.
        told = mapped_layout("workbook", mapping._replace(values=self.wish.mapping.values), day_first)
        return replace(mapped_layout("workbook", mapping, day_first, known), reading=told.reading)

    def _orders(self, opened: Reader, shelf: ProductSheets, known: KnownCatalog) -> "list[StagedFile]":
        from ordercli.render.progress import metered
        from ordercli.services.orders.order_import import StagedFile, earlier_imports
        from ordercli.services.orders.order_staging import clear_staging, stage_groups, staged_errors

        sheets = self._of("orders")
        self._refuse_doubled([sheet for sheet, _ in sheets])
        ranked_at = min(self.wish.ranked_at, opened.now)
        left_at = ranked_at or opened.now
        now = ShopNow(sku_names(shelf, known.names), known.open_orders, known.stock_since, left_at)
        layouts = [self._layout(sheet, now) for sheet, _ in sheets]
        coming = {row.sku for row in shelf.products}
        driver = opened.connection
        clear_staging(driver)
        staged = []
        is_quiet = settings_of(self.ctx).quiet
        meter = metered([sheet.source for sheet, _ in sheets])
        for number, ((sheet, target), layout) in enumerate(zip(sheets, layouts, strict=True)):
            shop = shop_defaults(opened, layout)
            source = sheet.source
            told = stage_groups(
                driver,
                number,
                partial(groups_of, meter, source, layout, shop),
                group_parser(source, layout, shop),
                create_products=self.wish.create_products,
                ranked_at=ranked_at,
                coming=coming,
            )
            errors = [_as_called(sheet, error) for error in staged_errors(driver, number)]
            self._report(sheet, errors, target)
            name = f"{Path(self.tracker.name).name}: {sheet.plan.sheet}"
            staged.append(
                StagedFile(
                    name,
                    layout.name,
                    source.sha256,
                    told.rows_read,
                    len(errors),
                    told.rows_known,
                    told.orders_known,
                    is_complete=is_complete(source, layout),
                    ranked_at=ranked_at,
                    is_own=layout.is_own,
                )
            )
            if not is_quiet and not is_told_by_another(self.ctx):
                for operation in earlier_imports(driver, source.sha256):
                    console.say(f"{name} was imported before, in operation {operation}.")
        return staged

    def _refuse_doubled(self, sheets: Sequence[TrackerSheet]) -> None:
        """Refuse sheets that tell the same order.

        Raises:
            Refused: naming both, and how to leave one out.
        """
        seen: dict[str, str] = {}
        for sheet in sheets if len(sheets) > 1 else []:
            name = sheet.plan.sheet
            for order in sorted(cells_under(sheet.source, str(sheet.plan.heading_of("order_id")))):
                if (other := seen.setdefault(order, name)) != name:
                    raise Refused(
                        f"{self.tracker.name}: the sheets {other} and {name} both have order {order}; leave one"
                        f" out with --map {quote(f'{name}=ignore')}. Nothing changed."
                    )
