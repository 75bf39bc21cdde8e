"""The sheet Dashboard: figures that are formulas on the other sheets, and charts of them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from ordercli.domain.money import EXPONENTS
from ordercli.domain.workbook.figures import OVERDUE, TO_SHIP
from ordercli.domain.workbook.rows import BookContent, StockedProduct
from ordercli.domain.workbook.sheets import DASHBOARD, LISTS, TITLES
from ordercli.formats.spreadsheet_guard import column_letters
from ordercli.formats.workbook.canvas import HEADER_ROW, Canvas, Scattered, serial
from ordercli.formats.workbook.inventory_sheet import Stocked
from ordercli.formats.workbook.list_sheets import (
    BEST_COLUMN,
    LISTS_FIRST,
    RATE_COLUMN,
    STOCK_COLUMN,
    TREND_COLUMN,
)
from ordercli.formats.workbook.order_sheet import WrittenOrders
from ordercli.formats.workbook.report_sheet import Reported

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

    from ordercli.formats.workbook.plain_sheet import PlainSheet

_MOST_BARS = 12
_URGENCY = {"OUT": 0, "LOW": 1, "OK": 2}
_CHARTS = ((-1, 3, 760), (0, 0, 570), (0, 6, 570), (15, 0, 1150))
"""Where the charts stand, in this order: rows below the figures (-1 is beside them), column, width in pixels."""


class Headline(NamedTuple):
    """One figure: what it is, its formula, what that gives, and how it is shown."""

    label: str
    formula: str
    value: float
    kind: str


def figures(
    content: BookContent,
    orders: WrittenOrders | None,
    stocked: Stocked | None,
    reports: Mapping[str, Reported],
) -> Iterator[Headline]:
    """The figures, as far as their sheets are in the workbook."""
    if content.trend:
        now, before = (_column(TREND_COLUMN + place, len(content.trend)) for place in (1, 2))
        yield Headline(
            f"Sales of {len(content.trend)} days", f"=SUM({now})", sum(day.sales for day in content.trend), "money"
        )
        yield Headline(
            "Sales of as many days before",
            f"=SUM({before})",
            sum(day.before for day in content.trend),
            "money",
        )
    if orders is not None:
        status, alert = orders.place.range("status"), orders.place.range("alert")
        to_ship = "+".join(f'COUNTIF({status},"{word}")' for word in TO_SHIP)
        yield Headline("Order lines to ship", f"={to_ship}", orders.lines_to_ship, "whole")
        yield Headline("Order lines overdue", f'=COUNTIF({alert},"{OVERDUE}")', orders.lines_overdue, "whole")
        yield Headline("Units on Order Tracking", f"=SUM({orders.place.range('quantity')})", orders.units, "whole")
    if stocked is not None:
        status = stocked.place.range("status")
        for word, name in (("OUT", "Products out of stock"), ("LOW", "Products low")):
            count = sum(product.status == word for product in stocked.products)
            yield Headline(name, f'=COUNTIF({status},"{word}")', count, "whole")
        total = sum(round((product.total_cost or 0) * 1000) for product in stocked.products) / 1000
        yield Headline("Available stock at cost", f"=SUM({stocked.place.range('total_cost')})", total, "money")
    if (bought := reports.get("purchases")) is not None:
        coming = sum(row["inbound"] or 0 for row in bought.rows)
        yield Headline("Units on order", f"=SUM({bought.place.range('inbound')})", coming, "whole")
    if (returned := reports.get("returns")) is not None:
        open_words = ("requested", "authorized", "received", "inspected")
        count = sum(row["status"] in open_words for row in returned.rows)
        cells = returned.place.range("status")
        formula = "+".join(f'COUNTIF({cells},"{word}")' for word in open_words)
        yield Headline("Return lines not settled", f"={formula}", count, "whole")
    if (judged := reports.get("metrics")) is not None:
        cells = judged.place.range("status")
        count = sum(row["status"] in ("BREACH", "AT_RISK") for row in judged.rows)
        yield Headline(
            "Rates at risk or over", f'=COUNTIF({cells},"BREACH")+COUNTIF({cells},"AT_RISK")', count, "whole"
        )
    if (earned := reports.get("profit")) is not None:
        amount = sum(row["profit"] for row in earned.rows if row["currency"] == content.currency)
        cells, codes = earned.place.range("profit"), earned.place.range("currency")
        yield Headline(
            f"Profit of orders since {content.since}",
            f'=SUMIFS({cells},{codes},"{content.currency}")',
            amount / 10 ** EXPONENTS.get(content.currency, 2),
            "money",
        )


def write_dashboard(
    canvas: Canvas,
    sheet: "PlainSheet",
    content: BookContent,
    summaries: Iterator[Headline],
    *,
    charts: "list[Chart]",
    logo: str | None,
) -> None:
    """The figures on the left, the charts beside and below them."""
    canvas.head(
        sheet,
        TITLES[DASHBOARD],
        f"As of {content.made:%Y-%m-%d %H:%M} {content.zone}, amounts in {content.currency}.",
    )
    label = canvas.looks(bottom=1, bottom_color="#D9D9D9")
    row = HEADER_ROW
    for row, summary in enumerate(summaries, start=HEADER_ROW):
        shape = canvas.cell(summary.kind).num_format
        looks = canvas.looks(bold=True, num_format=shape, bottom=1, bottom_color="#D9D9D9")
        sheet.put_text(row, 0, summary.label, label)
        sheet.write_formula(row, 1, summary.formula, looks, summary.value)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 3)
    below = max(row + 2, HEADER_ROW + 15)
    for number, chart in enumerate(charts):
        line, column, width = _CHARTS[number]
        chart.set_size({"width": width, "height": 280})
        sheet.insert_chart(below + line if line >= 0 else HEADER_ROW, column, chart, {"object_position": 2})
    if logo is not None:
        sheet.insert_image(0, 9, logo, {"object_position": 2, "x_scale": 0.5, "y_scale": 0.5})
    sheet.hide_gridlines(2)
    canvas.print_out(sheet)
    sheet.protect("", {"objects": True})


def put_charts(canvas: Canvas, cells: Scattered, content: BookContent, stocked: Stocked | None) -> "list[Chart]":
    """What the charts show, on the sheet Lists, and the charts."""
    charts = []
    if content.trend:
        charts.append(_trend(canvas, cells, content))
    if stocked is not None and stocked.products:
        charts.append(_stock(canvas, cells, stocked))
    if content.best:
        charts.append(_best(canvas, cells, content))
    if content.rates:
        charts.append(_rates(canvas, cells, content))
    return charts


def _column(column: int, count: int) -> str:
    """Cells of a column of Lists."""
    letter = column_letters(column)
    return f"{TITLES[LISTS]}!${letter}${LISTS_FIRST}:${letter}${LISTS_FIRST + count - 1}"


def _series(canvas: Canvas, name: str, categories: int, values: int, count: int, color: str) -> dict[str, object]:
    shade = canvas.style.colors[color]
    return {
        "name": name,
        "categories": f"={_column(categories, count)}",
        "values": f"={_column(values, count)}",
        "fill": {"color": shade},
        "line": {"color": shade, "width": 2},
        "border": {"color": shade},
    }


def _chart(canvas: Canvas, kind: str) -> "Chart":
    return cast("Chart", canvas.book.add_chart({"type": kind}))


def _named(chart: "Chart", title: str) -> "Chart":
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"position": "bottom"})
    return chart


def _trend(canvas: Canvas, cells: Scattered, content: BookContent) -> "Chart":
    bold, day, money = canvas.looks(bold=True), canvas.cell("day"), canvas.cell("money")
    for place, heading in enumerate(("day", "sales", "before")):
        cells.put(HEADER_ROW, TREND_COLUMN + place, heading, bold)
    for row, told in enumerate(content.trend, start=LISTS_FIRST - 1):
        cells.put(row, TREND_COLUMN, serial(told.day), day)
        cells.put(row, TREND_COLUMN + 1, told.sales, money)
        cells.put(row, TREND_COLUMN + 2, told.before, money)
    cells.sheet.set_column(TREND_COLUMN, TREND_COLUMN, 11)
    count = len(content.trend)
    chart = _chart(canvas, "line")
    before = _series(canvas, f"the {count} days before", TREND_COLUMN, TREND_COLUMN + 2, count, "before")
    chart.add_series(
        before | {"line": {"color": canvas.style.colors["before"], "width": 1.5, "dash_type": "dash"}}
    )
    chart.add_series(_series(canvas, f"last {count} days", TREND_COLUMN, TREND_COLUMN + 1, count, "accent"))
    chart.set_x_axis({"date_axis": True, "num_format": "mm-dd", "major_unit": 7, "major_unit_type": "days"})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5"}}})
    return _named(chart, f"Sales a day, {content.currency}")


def _stock(canvas: Canvas, cells: Scattered, stocked: Stocked) -> "Chart":
    def urgency(product: StockedProduct) -> tuple[int, int, str]:
        return _URGENCY.get(product.status, 2), product.available - product.reorder_point, product.sku

    shown = sorted(stocked.products, key=urgency)[:_MOST_BARS]
    bold, whole = canvas.looks(bold=True), canvas.cell("whole")
    for place, heading in enumerate(("SKU", "available", "reorder point")):
        cells.put(HEADER_ROW, STOCK_COLUMN + place, heading, bold)
    row_of = {product.sku: stocked.place.first + number for number, product in enumerate(stocked.products)}
    for row, product in enumerate(shown, start=LISTS_FIRST - 1):
        cells.put(row, STOCK_COLUMN, product.sku)
        for place, key in ((1, "available"), (2, "reorder_point")):
            cell = f"='{stocked.place.title}'!{stocked.place.cell(key, row_of[product.sku])}"
            cells.put(row, STOCK_COLUMN + place, getattr(product, key), whole, formula=cell)
    cells.sheet.set_column(STOCK_COLUMN, STOCK_COLUMN, 18)
    count = len(shown)
    chart = _chart(canvas, "column")
    chart.add_series(_series(canvas, "available", STOCK_COLUMN, STOCK_COLUMN + 1, count, "accent"))
    points = _chart(canvas, "line")
    mark = canvas.style.colors["header"]
    marker = {"type": "diamond", "size": 7, "fill": {"color": mark}, "border": {"color": mark}}
    line = _series(canvas, "reorder point", STOCK_COLUMN, STOCK_COLUMN + 2, count, "header")
    points.add_series(line | {"line": {"none": True}, "marker": marker})
    chart.combine(points)
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#E5E5E5"}}})
    return _named(chart, "Stock and reorder point, most urgent first")


def _best(canvas: Canvas, cells: Scattered, content: BookContent) -> "Chart":
    bold, money = canvas.looks(bold=True), canvas.cell("money")
    for place, heading in enumerate(("SKU", "sales")):
        cells.put(HEADER_ROW, BEST_COLUMN + place, heading, bold)
    for row, told in enumerate(content.best, start=LISTS_FIRST - 1):
        cells.put(row, BEST_COLUMN, told.sku)
        cells.put(row, BEST_COLUMN + 1, told.sales, money)
    cells.sheet.set_column(BEST_COLUMN, BEST_COLUMN, 18)
    chart = _chart(canvas, "bar")
    chart.add_series(_series(canvas, "sales", BEST_COLUMN, BEST_COLUMN + 1, len(content.best), "accent"))
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5"}}})
    named = _named(chart, f"Top products, {content.currency}")
    named.set_legend({"none": True})
    return named


def _rates(canvas: Canvas, cells: Scattered, content: BookContent) -> "Chart":
    bold, rate = canvas.looks(bold=True), canvas.cell("rate")
    for place, heading in enumerate(("rate", "now", "limit", "part of limit", "limit")):
        cells.put(HEADER_ROW, RATE_COLUMN + place, heading, bold)
    for row, told in enumerate(content.rates, start=LISTS_FIRST - 1):
        cells.put(row, RATE_COLUMN, told.metric.replace("_", " "))
        if told.rate is not None:
            cells.put(row, RATE_COLUMN + 1, told.rate, rate)
        if told.limit is not None:
            cells.put(row, RATE_COLUMN + 2, told.limit, rate)
        now, limit = (f"${column_letters(RATE_COLUMN + place)}{row + 1}" for place in (1, 2))
        part = told.rate / told.limit if told.rate is not None and told.limit else ""
        formula = f'=IF(OR({now}="",{limit}=""),"",{now}/{limit})'
        cells.put(row, RATE_COLUMN + 3, part, rate, formula=formula)
        cells.put(row, RATE_COLUMN + 4, 1, rate)
    cells.sheet.set_column(RATE_COLUMN, RATE_COLUMN, 26)
    count = len(content.rates)
    chart = _chart(canvas, "column")
    chart.add_series(_series(canvas, "part of its limit", RATE_COLUMN, RATE_COLUMN + 3, count, "accent"))
    limits = _chart(canvas, "line")
    limits.add_series(_series(canvas, "limit", RATE_COLUMN, RATE_COLUMN + 4, count, "header"))
    chart.combine(limits)
    chart.set_y_axis({"num_format": "0%", "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5"}}})
    return _named(chart, "Rates, as parts of their limits")
