"""The whole workbook as the bytes of an ``.xlsx``."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ordercli.domain.workbook.rows import BookContent
from ordercli.domain.workbook.sheets import (
    BLANK_ROWS,
    BOOK,
    DASHBOARD,
    HELP,
    INVENTORY,
    LISTS,
    MOST_TABLE_ROWS,
    ORDER_FIELDS,
    ORDERS,
    PRODUCT_FIELDS,
    TITLES,
)
from ordercli.errors import lacks_extra
from ordercli.formats.spreadsheet import NEEDS
from ordercli.formats.workbook.canvas import Canvas, Scattered
from ordercli.formats.workbook.dashboard_sheet import figures, put_charts, write_dashboard
from ordercli.formats.workbook.inventory_sheet import write_inventory
from ordercli.formats.workbook.list_sheets import PRESENT, put_lists, write_help, write_mark
from ordercli.formats.workbook.order_sheet import write_orders
from ordercli.formats.workbook.report_sheet import Reported, write_report
from ordercli.formats.workbook.style import BookStyle

if TYPE_CHECKING:
    from ordercli.formats.workbook.plain_sheet import PlainSheet


def write_book(content: BookContent, style: BookStyle, logo: str | None, least: int) -> bytes:
    """Write a workbook.

    Args:
        content: what is in it.
        style: how it looks.
        logo: a file with a picture; None for none.
        least: the setting ``reorder_point``.

    Raises:
        Refused: if the extra is not installed.
    """
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - an extra

        from ordercli.formats.workbook.plain_sheet import PlainSheet  # noqa: PLC0415 - the same
    except ImportError as error:
        raise lacks_extra(*NEEDS) from error
    is_streamed = content.order_count + BLANK_ROWS > MOST_TABLE_ROWS
    buffer = io.BytesIO()
    options = {
        "constant_memory": is_streamed,
        "in_memory": not is_streamed,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with Workbook(buffer, options) as book:
        book.set_properties({"title": "ordercli", "comments": f"made {content.made:%Y-%m-%d %H:%M}"})
        book.set_calc_mode("auto")
        sheets = {key: book.add_worksheet(TITLES[key], PlainSheet) for key in _wanted(content)}
        _draw(Canvas(book, style, content.currency, is_streamed), sheets, content, logo, least)
    return buffer.getvalue()


def _wanted(content: BookContent) -> list[str]:
    """Keys of the sheets, in their order."""
    return [key for key in TITLES if key in content.sheets or key in (LISTS, HELP, BOOK)]


def _draw(
    canvas: Canvas, sheets: "Mapping[str, PlainSheet]", content: BookContent, logo: str | None, least: int
) -> None:
    lists = Scattered(sheets[LISTS])
    put_lists(canvas, lists, content, least)
    orders = write_orders(canvas, sheets[ORDERS], content, PRESENT) if ORDERS in sheets else None
    stocked = None
    if INVENTORY in sheets:
        products = content.inventory(orders.ordered if orders else {})
        stocked = write_inventory(canvas, sheets[INVENTORY], content, products, orders.place if orders else None)
    reports: dict[str, Reported] = {
        key: write_report(canvas, sheets[key], key, report, content, _note(key, content))
        for key, report in content.reports.items()
    }
    headings = {key: canvas.style.arranged(key) for key in (ORDERS, INVENTORY) if key in sheets}
    if DASHBOARD in sheets:
        charts = put_charts(canvas, lists, content, stocked)
        summaries = figures(content, orders, stocked, reports)
        write_dashboard(canvas, sheets[DASHBOARD], content, summaries, charts=charts, logo=logo)
    lists.write()
    write_help(canvas, sheets[HELP], headings)
    write_mark(sheets[BOOK], content, headings)
    next(iter(sheets.values())).activate()


def _note(key: str, content: BookContent) -> str:
    made = f"As of {content.made:%Y-%m-%d %H:%M} {content.zone}"
    notes: Mapping[str, str] = {
        "purchases": f"{made}: drafts, what is on order, and what came.",
        "returns": f"{made}: every line of a return, newest first.",
        "metrics": f"{made}: the rates you are judged by. Late and defects count as the channel counts them.",
        "profit": f"{made}: what is left of orders placed since {content.since}, by product.",
        PRODUCT_FIELDS: f"{made}: what products have in fields of your own.",
        ORDER_FIELDS: f"{made}: what orders have in fields of your own; those on Order Tracking.",
    }
    return f"{notes[key]} Nothing on this sheet is taken back."
