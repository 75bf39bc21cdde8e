"""The sheets of a seller's own spreadsheet as tables: which are read, where each begins, what is left out.

People keep titles above a table, sums and remarks below it, headings within, another table beside it. A row of
such is left out and told; one that says something of an order or a product and cannot be read is a fault.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from shlex import quote

from ordercli.domain.fields import FieldError
from ordercli.domain.foreign_numbers import decimal_shown
from ordercli.domain.own_sheet import OWN_SHEET
from ordercli.domain.workbook.tracker import (
    LOOKED_FOR,
    LeftOut,
    SheetCorrection,
    SheetPlan,
    left_out,
    missing_of,
    plan_header,
    refuse_unmet,
)
from ordercli.domain.workbook.tracker_words import TICKS, TOTAL_WORDS, word_key
from ordercli.errors import Refused, UsageProblem
from ordercli.formats.encodings import UTF8, Reading
from ordercli.formats.file_kinds import KnownFile, kind_of
from ordercli.formats.own_columns import COLUMNS
from ordercli.formats.sheet_table import (
    DEEPEST_HEADER,
    PlainRow,
    header_of,
    row_faults,
    text_of_cell,
    write_rows,
)
from ordercli.formats.source import Source
from ordercli.formats.spreadsheet import CellValue, SheetRow
from ordercli.formats.spreadsheet_guard import Hollows, address, column_letters
from ordercli.formats.telling import OWN_WORKBOOK, OwnWorkbook, SourceSheet
from ordercli.formats.workbook.tracker_book import TrackerBook, open_tracker

AMOUNTS = frozenset(
    {
        *("unit_price", "item_price", "item_tax", "discount", "shipping_price", "shipping_tax", "gift_wrap_price"),
        *("gift_wrap_tax", "unit_cost", "packaging_cost", "minimum"),
    }
)
"""Fields that are money."""
NUMBERS = AMOUNTS | {
    *("quantity", "quantity_shipped", "quantity_canceled", "reorder_point", "lead_time_days", "cover_days"),
    *("weight_grams", "case_pack", "minimum_units"),
}
"""Fields that are numbers, which no cell tells for several rows."""
_OF_LINES = frozenset({"item_price", "shipping_price", "item_tax", "shipping_tax", "discount", "gift_wrap_price"})
"""Amounts that count for each row."""
_SAMPLES = 3
_OWN_PARTS = frozenset({"order import", "product import", "stock import"})
"""Commands whose files may stand in a spreadsheet as its sheets."""
_MOST_STATES = 200


@dataclass(slots=True)
class TrackerSheet:
    """One sheet that is read.

    Attributes:
        plan: how.
        source: its rows, as those of a CSV.
        decimal_comma: whether its numbers have one.
        row_count: rows that say something.
        states: words in its column of status, with how often.
        samples: the first values of each column, by heading.
        left_out: rows that are no orders or products.
        doubled: amounts that rows of one order have in common, by heading: the first such order.
    """

    plan: SheetPlan
    source: Source
    decimal_comma: bool
    row_count: int = 0
    states: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    doubled: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Tracker:
    """A whole spreadsheet: what is read of it, and what is not."""

    name: str
    sheets: list[TrackerSheet]
    others: list[LeftOut]


def read_tracker(
    stack: ExitStack,
    book: TrackerBook,
    digest: str,
    corrections: Sequence[SheetCorrection],
    *,
    decimal_comma: bool,
    is_saved: bool = False,
) -> Tracker:
    """Find the tables of a spreadsheet and write each out; the tables are open as long as ``stack``.

    Args:
        stack: closes them.
        book: the spreadsheet.
        digest: hash of its bytes.
        corrections: what the user says of it.
        decimal_comma: whether she says that its numbers have one.
        is_saved: whether the corrections are a saved map, which may name sheets that are not there.

    Raises:
        Refused: if nothing of it is known, or ordercli built it.
        UsageProblem: if a correction is of nothing that is there.
    """
    if OWN_SHEET in book.hidden:
        raise OwnWorkbook(
            f"{book.name} is {OWN_WORKBOOK}; take back what you changed with: ordercli workbook pull"
        )
    tracker = Tracker(book.name, [], [])
    seen: dict[str, list[str]] = {}
    for sheet in book.sheets:
        if sheet in book.hidden:
            continue
        found = _found(book, sheet, corrections, seen)
        if isinstance(found, LeftOut):
            tracker.others.append(found)
        elif found is not None:
            tracker.sheets.append(_written(stack, book, found, digest, decimal_comma=decimal_comma))
    try:
        refuse_unmet(() if is_saved else corrections, seen)
    except FieldError as error:
        raise UsageProblem(f"--map: {error}{'' if str(error)[-1] == '?' else '.'}") from error
    if not tracker.sheets:
        told = "; ".join(f"{other.sheet}: {other.reason}" for other in tracker.others) or "it is empty"
        raise Refused(
            f"{book.name} has no sheet that is known here ({told}). {LOOKED_FOR[0].upper()}{LOOKED_FOR[1:]}. Say"
            " what it is with --map SHEET=orders (inventory, suppliers) and --map SHEET.COLUMN=FIELD."
        )
    return tracker


def known_sheets(name: str) -> int:
    """How many sheets of a file a spreadsheet's import would read; none of what is no spreadsheet.

    Args:
        name: a file.
    """
    try:
        with open_tracker(name, None) as (book, _):
            if OWN_SHEET in book.hidden:
                return 0
            sheets = [sheet for sheet in book.sheets if sheet not in book.hidden]
            return sum(isinstance(_found(book, sheet, (), {}), SheetPlan) for sheet in sheets)
    except Refused:
        return 0


def _found(
    book: TrackerBook, sheet: str, corrections: Sequence[SheetCorrection], seen: dict[str, list[str]]
) -> SheetPlan | LeftOut | None:
    """How a sheet is read, or why not; None for an empty one."""
    rows = list(islice(book.rows(sheet), DEEPEST_HEADER))
    if not rows:
        return None
    seen[sheet] = [name for row in rows for name in header_of(row.cells) if name]
    if (reason := left_out(sheet, corrections)) is not None:
        return LeftOut(sheet, reason)
    known = next(filter(None, (_of_another(row) for row in rows)), None)
    if known is not None and book.is_text:
        raise Refused(f"{book.name} is {known.title}; read it with: ordercli {known.command}")
    if known is not None:
        return LeftOut(sheet, f"{known.title}; read it with: ordercli {known.command} --sheet {quote(sheet)}")
    plans = [
        plan for row in rows if (plan := plan_header(sheet, row.number, _named(row), corrections)) is not None
    ]
    best = max(plans, key=lambda plan: plan.rank, default=None)
    if best is None:
        return LeftOut(sheet, "none of its rows names the columns of one of these")
    if missing := missing_of(best):
        raise Refused(
            f"{book.name}: sheet {sheet} is to be read as {best.kind}, and has no column {missing}; say which it"
            f" is with --map {sheet!r}.COLUMN=FIELD."
        )
    return best


def _of_another(row: SheetRow) -> KnownFile | None:
    """What a header is, if it is of a report of Amazon's, or of ordercli's own for another command."""
    header = tuple(name for name in header_of(row.cells) if name)
    known = kind_of(header)
    if known is None:
        return None
    is_own = set(header) <= set(COLUMNS.get(known.command, ())) and known.command not in _OWN_PARTS
    return known if is_own or known.title.startswith("Amazon's") else None


def _named(row: SheetRow) -> list[tuple[int, str]]:
    """Places and names of a header's columns; one whose name is there before has its letter behind it."""
    names = header_of(row.cells)
    named: list[tuple[int, str]] = []
    for place, name in enumerate(names):
        if name:
            named.append((place, f"{name} ({column_letters(place)})" if name in names[:place] else name))
    return named


def _written(
    stack: ExitStack, book: TrackerBook, plan: SheetPlan, digest: str, *, decimal_comma: bool
) -> TrackerSheet:
    """The rows of a sheet in a file that is read as often as needed."""
    plan = _ticked(book, plan)
    comma = decimal_comma or _has_comma(book, plan)
    header = tuple(column.heading for column in plan.columns)
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - of the stack
    mark = hashlib.sha256(f"{digest} {plan.sheet}".encode("utf-8", "replace")).hexdigest()
    at = SourceSheet("" if book.is_text else plan.sheet, tuple(column.place for column in plan.columns), 0)
    source = Source(book.name, mark, Reading(UTF8), header, ",", has_nul=False, _file=file, sheet=at)
    sheet = TrackerSheet(plan, source, comma)
    write_rows(file, _taken(_Rows(book, plan), sheet))
    return sheet


def _ticked(book: TrackerBook, plan: SheetPlan) -> SheetPlan:
    """A column of days of shipment in which only *yes* and *no* stand tells the status."""
    heading = plan.heading_of("shipped_at") if plan.kind == "orders" else None
    if heading is None:
        return plan
    place = next(column.place for column in plan.columns if column.heading == heading)
    told = [row.cells[place] for row in book.rows(plan.sheet) if row.number > plan.row and place < len(row.cells)]
    words = {word_key(_plain_text(cell)) for cell in told if cell != ""}
    if not words or not words <= TICKS.keys():
        return plan
    if plan.heading_of("status") is None:
        return plan.reading(heading, ("status",))
    return plan.reading(heading, (), f"says only whether, which {plan.heading_of('status')} says too")


def _has_comma(book: TrackerBook, plan: SheetPlan) -> bool:
    """Whether the numbers that are written as text have a decimal comma, as far as they show it."""
    places = [column.place for column in plan.columns if NUMBERS & set(column.fields)]
    shown = Counter(
        decimal_shown(cell)
        for row in book.rows(plan.sheet)
        if row.number > plan.row
        for place in places
        if place < len(row.cells) and isinstance(cell := row.cells[place], str) and cell
    )
    return shown["comma"] > 0 and not shown["point"]


class _Rows:
    """The rows below a header, each with what is wrong with it, and the cells that are merged down filled in."""

    def __init__(self, book: TrackerBook, plan: SheetPlan) -> None:
        self._book, self._plan = book, plan
        self.formulas = book.formulas(plan.sheet)
        self.read = {column.place for column in plan.columns if column.fields}
        shared = {c.place for c in plan.columns if c.fields and not NUMBERS & set(c.fields)}
        merged = book.merged_ranges(plan.sheet)
        self._down = {
            (row, left): (top, left)
            for (top, left), (bottom, right) in merged
            if left == right and left in shared
            for row in range(top + 1, bottom + 1)
        }
        others = [each for each in merged if not (each[0][1] == each[1][1] and each[0][1] in shared)]
        hollow = row_faults(book.hollows(plan.sheet), (), self.read)
        self.hollow = hollow.keys()
        self.faults = hollow | row_faults(Hollows(), others, self.read)

    def __iter__(self) -> Iterator[SheetRow]:
        tops: dict[tuple[int, int], CellValue] = {}
        wanted = set(self._down.values())
        for number, cells in self._book.rows(self._plan.sheet):
            if number <= self._plan.row:
                continue
            for place in self.read:
                if (at := (number - 1, place)) in wanted and place < len(cells):
                    tops[at] = cells[place]
                elif (top := self._down.get(at)) is not None and place < len(cells):
                    cells[place] = tops.get(top, "")
            yield SheetRow(number, cells)


def _taken(rows: _Rows, sheet: TrackerSheet) -> Iterator[PlainRow]:
    """The rows that say something, as they are written out; what they tell is noted in the sheet."""
    plan = sheet.plan
    headings = {column.heading for column in plan.columns}
    key = next(column.place for column in plan.columns if {"order_id", "supplier", "sku"} & set(column.fields))
    for column in plan.columns:
        sheet.samples[column.heading] = []
    state = next((n for n, column in enumerate(plan.columns) if "status" in column.fields), None)
    order = next((n for n, column in enumerate(plan.columns) if "order_id" in column.fields), None)
    before: list[str] = []
    for number, cells in rows:
        told = {place for place in rows.read if place < len(cells) and cells[place] not in ("", False)}
        typed = {place for place in told if (number, place) not in rows.formulas}
        if not typed and number not in rows.hollow:
            continue
        reason = _no_record(cells, told, key, headings)
        if not reason and len(typed) == 1 and len(headings) > 1 and number not in rows.hollow:
            reason = "nothing but one cell"
        if reason:
            sheet.left_out.setdefault(reason, []).append(number)
            continue
        row = _plain(number, cells, plan, rows.faults.get(number, ""), decimal_comma=sheet.decimal_comma)
        sheet.row_count += 1
        if state is not None and len(sheet.states) < _MOST_STATES and not row.fault:
            sheet.states[row.cells[state].strip()] += 1
        for column, cell in zip(plan.columns, row.cells, strict=True):
            if cell and len(sheet.samples[column.heading]) < _SAMPLES:
                sheet.samples[column.heading].append(cell)
        if order is not None and before and before[order] == row.cells[order]:
            _note_doubled(sheet, order, before, row.cells)
        before = row.cells
        yield row


def _note_doubled(sheet: TrackerSheet, order: int, before: Sequence[str], cells: Sequence[str]) -> None:
    """Note the amounts that two rows of one order have in common: they may be of the whole order."""
    for column, cell, above in zip(sheet.plan.columns, cells, before, strict=True):
        if _OF_LINES.intersection(column.fields) and cell and cell == above:
            sheet.doubled.setdefault(column.heading, cells[order])


def _no_record(cells: Sequence[CellValue], told: set[int], key: int, headings: set[str]) -> str:
    """Why a row is no order and no product whatever it holds; empty if it may be one."""
    texts = [" ".join(cell.split()) for cell in cells if isinstance(cell, str) and cell]
    if sum(text in headings for text in texts) > len(headings) // 2:
        return "the header again"
    is_keyed = key in told and not (isinstance(cells[key], str) and word_key(str(cells[key])) in TOTAL_WORDS)
    if not is_keyed and any(word_key(text) in TOTAL_WORDS for text in texts):
        return "sums"
    return ""


def _plain(
    number: int, cells: Sequence[CellValue], plan: SheetPlan, fault: str, *, decimal_comma: bool
) -> PlainRow:
    texts = []
    for column in plan.columns:
        value = cells[column.place] if column.place < len(cells) else ""
        try:
            text = value if isinstance(value, str) else text_of_cell(value)
        except FieldError as error:
            text = str(value)
            if column.fields:
                fault = fault or f"cell {address(number, column.place)}: {error}"
        texts.append(text.replace(".", ",") if decimal_comma and isinstance(value, float) else text)
    return PlainRow(number, fault, texts)


def _plain_text(value: CellValue) -> str:
    try:
        return value if isinstance(value, str) else text_of_cell(value)
    except FieldError:
        return str(value)


def states_meaning(sheet: TrackerSheet, told: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    """What each word of status of a sheet means; words that nobody explained are not in it.

    Args:
        sheet: the sheet.
        told: what the user says, by the words as maps compare them.
        words: what is known, by :func:`word_key`.
    """
    meaning = {}
    for word in sheet.states:
        bare = " ".join(word.casefold().split())
        if (known := told.get(bare) or words.get(word_key(word))) is not None and bare:
            meaning[bare] = known
    return meaning
