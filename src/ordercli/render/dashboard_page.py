"""The dashboard as one HTML page that needs nothing else: no network, own charts, a script that chooses a span.

Everything from outside is escaped. What the page may do is said in it: run that one script and use that one style,
both known by their hash, and show pictures that it holds itself.
"""

from base64 import b64encode
from hashlib import sha256
from importlib import resources

from ordercli.domain.money import symbol_amount
from ordercli.domain.paper_words import counted
from ordercli.domain.periods import Step
from ordercli.domain.reports.bars import Bar
from ordercli.domain.reports.board_panels import Panel, late_panels, rate_lines, span_panels, stock_panel
from ordercli.domain.reports.board_words import (
    ENGLISH,
    BoardWords,
    change_text,
    day_text,
    others_text,
    point_text,
    value_text,
    waiting_note,
)
from ordercli.domain.reports.dashboard import Board, Figure, Point, SalesTrend, Span, TodayTile, days_in
from ordercli.render.svg import FRAMES, bar, has_year, is_part, lines_of, spark, text_of, trend_chart

MOST_LOGO = 100_000
"""Bytes of a logo that a page takes."""

_LONG = 50
"""Characters of a name that may be cut off where it is shown, and can be pointed at."""
_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


def is_picture(logo: bytes) -> bool:
    """Whether a page can show it: a PNG or JPEG by its first bytes."""
    return logo.startswith(tuple(_PICTURES))


def dashboard_page(board: Board, *, shop: str = "", logo: bytes | None = None, words: BoardWords = ENGLISH) -> str:
    """The whole page.

    Args:
        board: what it shows.
        shop: the shop's name; may be empty.
        logo: a PNG or JPEG of at most :data:`MOST_LOGO` bytes.
        words: the language.
    """
    title = f"{shop}, {words.title}" if shop else words.title
    style, script = (_own(f"dashboard.{kind}") for kind in ("css", "js"))
    body = _first_steps(words, board) if board.steps else _figures(words, board)
    run = "" if board.steps else f"<script>{script}</script>\n"
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{text_of(title)}, {text_of(board.made_at)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{_head(words, board, shop, logo)}<main>\n{body}</main>\n{run}</body>\n</html>\n"
    )


def _own(file: str) -> str:
    """A file beside this module."""
    return resources.files("ordercli.render").joinpath(file).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _head(words: BoardWords, board: Board, shop: str, logo: bytes | None) -> str:
    picture = ""
    if logo is not None:
        kind = next(kind for magic, kind in _PICTURES.items() if logo.startswith(magic))
        picture = f'<img alt="" src="data:image/{kind};base64,{b64encode(logo).decode()}">'
    made = words.as_of.format(made_at=board.made_at, zone=board.zone)
    said = f"{words.title}. {made}" if shop else made
    return (
        f"<header>{picture}<div><h1>{text_of(shop or words.title)}</h1><p>{text_of(said)}</p>"
        f"{_elsewhere(words, board)}</div></header>\n"
    )


def _first_steps(words: BoardWords, board: Board) -> str:
    steps = "".join(
        f"<li>{text_of(said)}:<br><code>{text_of(command)}</code></li>"
        for said, command in (words.steps[step] for step in board.steps)
    )
    return (
        f'<section class="card"><h2>{text_of(words.first_steps)}</h2><p>{text_of(words.no_orders)}</p>'
        f"<ol>{steps}</ol><p>{text_of(words.then)}</p></section>\n"
    )


def _figures(words: BoardWords, board: Board) -> str:
    low = words.low.format(low=f"{board.stock.low:,}", products=f"{board.stock.products:,}")
    today = "".join(_waiting(words, waiting, low) for waiting in board.waiting)
    buttons = "".join(
        f'<button type="button" aria-controls="days-{span.days}" aria-pressed="false">'
        f"{text_of(words.days.format(days=span.days))}</button>"
        for span in board.spans
    )
    spans = "".join(_span(words, board, span) for span in board.spans)
    return (
        f'<section aria-labelledby="today"><h2 id="today">{text_of(words.today)}</h2><dl>{today}</dl></section>\n'
        f'<nav id="spans" aria-label="{text_of(words.choose)}" hidden>{buttons}</nav>\n'
        f'{spans}<section class="grid now" aria-label="{text_of(words.now_label)}">{_now(words, board)}'
        "</section>\n"
    )


def _elsewhere(words: BoardWords, board: Board) -> str:
    """On paper, which has room for one currency, that there are others."""
    codes = sorted({code for span in board.spans for code in span.products} - {board.currency})
    said = words.elsewhere.format(currencies=", ".join(codes))
    return f'<p class="paper">{text_of(said)}</p>' if codes else ""


def _waiting(words: BoardWords, waiting: TodayTile, low: str) -> str:
    bad = ' class="bad"' if waiting.is_urgent else ""
    urgent = f" <small>{text_of(words.urgent)}</small>" if waiting.is_urgent else ""
    note = waiting_note(words, waiting, low)
    return (
        f'<div><dt>{text_of(words.waiting[waiting.key])}</dt><dd data-key="{waiting.key}"><strong{bad}>'
        f"{waiting.number:,}{urgent}</strong>{_small(note)}</dd></div>"
    )


def _small(said: str, kind: str = "") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f"<small{shown}>{text_of(said)}</small>" if said else ""


def _span(words: BoardWords, board: Board, span: Span) -> str:
    name = f"days-{span.days}"
    dates = words.from_to.format(first=span.first, last=span.last)
    has_table = any(map(_is_drawn, span.trends[:1]))
    tiles = "".join(_tile(words, span, figure, has_table=has_table) for figure in span.figures)
    trends = "".join(_trend(words, board, span, trend) for trend in span.trends)
    cards = "".join(_card(panel, board.currency) for panel in span_panels(words, span, board.currency))
    grid = f'<div class="grid">{cards}</div>' if cards else ""
    if not trends:
        trends = f'<p class="card">{text_of(words.no_sales.format(days=span.days))}</p>'
    return (
        f'<section class="span" id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">'
        f"{text_of(words.span.format(days=span.days))}<small>{text_of(dates)}</small></h2>"
        f"<dl>{tiles}</dl>{trends}{grid}</section>\n"
    )


def _tile(words: BoardWords, span: Span, figure: Figure, *, has_table: bool) -> str:
    name = words.figures[figure.key]
    told = value_text(words, figure.now, figure.currency)
    drawn = ""
    if has_table and figure.line:
        drawn = spark(figure.line, name, _table_id(span, span.trends[0]))
    bad = ' class="bad"' if (figure.now or 0) < 0 else ""
    others = _small(others_text(words, figure), "other")
    return (
        f'<div><dt>{text_of(name)}</dt><dd data-key="{figure.key}-{span.days}">'
        f"<strong{bad}>{text_of(told)}</strong>{others}"
        f"{_small(change_text(words, figure))}{drawn}</dd></div>"
    )


def _table_id(span: Span, trend: SalesTrend) -> str:
    return f"sales-{span.days}-{trend.currency}"


def _is_drawn(trend: SalesTrend) -> bool:
    """Whether there is anything to draw of a currency."""
    return any(point.sold.sales or point.before or point.year for point in trend.points)


def _trend(words: BoardWords, board: Board, span: Span, trend: SalesTrend) -> str:
    if not _is_drawn(trend):
        return ""
    is_other = trend.currency != board.currency
    title = words.sales_by_day if trend.step is Step.DAY else words.sales_by_week
    title += f", {trend.currency}" if is_other else ""
    best = max(trend.points, key=lambda point: point.sold.sales)
    sentence = (words.best if trend.step is Step.DAY else words.best_week).format(
        amount=symbol_amount(best.sold.sales, trend.currency), day=point_text(words, best)
    )
    table = _table_id(span, trend)
    label = f"{title}. {sentence}"
    drawn = "".join(trend_chart(words, trend, size, label=label, table=table) for size in FRAMES)
    return (
        f'<section class="card{" other" if is_other else ""}" aria-label="{text_of(title)}, {span.days}">'
        f"<h3>{text_of(title)}</h3>{_key(words, span, trend)}{drawn}"
        f'<p class="note">{text_of(sentence)}</p>{_days(words, span, trend, title)}</section>'
    )


def _key(words: BoardWords, span: Span, trend: SalesTrend) -> str:
    """What the bars and the lines are."""
    names = {"before": words.before.format(days=span.days), "year": words.year}
    drawn = [_swatch("bar", words.this)]
    if any(is_part(trend, point) for point in trend.points):
        drawn.append(_swatch("bar part", words.part))
    for kind, _ in lines_of(trend):
        drawn.append(_swatch(f"line {kind}", names[kind]))
    return f'<ul class="key">{"".join(drawn)}</ul>'


def _swatch(kind: str, said: str) -> str:
    shape = "M0 5H28" if kind.startswith("line") else "M0 0H28V10H0z"
    drawn = f'<svg viewBox="0 0 28 10" aria-hidden="true"><path d="{shape}" class="{kind}"/></svg>'
    return f"<li>{drawn}{text_of(said)}</li>"


def _days(words: BoardWords, span: Span, trend: SalesTrend, title: str) -> str:
    """The table behind a chart of days and behind the lines of the figures."""
    heads = (
        words.day if trend.step is Step.DAY else words.week_column,
        *(words.sales, words.before.format(days=span.days)),
        *((words.year,) if has_year(trend) else ()),
        *(words.profit, words.orders, words.units, words.returns),
    )

    def cells(point: Point) -> tuple[str, ...]:
        year = (point.year,) if has_year(trend) else ()
        amounts = (point.sold.sales, point.before, *year, point.sold.profit)
        counts = (point.sold.orders, point.sold.units, point.returns)
        return (
            *(symbol_amount(amount, trend.currency) for amount in amounts),
            *(f"{count:,}" for count in counts),
        )

    rows = "".join(
        f'<tr><th scope="row">{text_of(_row_name(words, trend, point))}</th>'
        + "".join(f"<td>{cell}</td>" for cell in cells(point))
        + "</tr>"
        for point in trend.points
    )
    name = words.table.format(title=f"{title}, {words.span.format(days=span.days)}")
    head = "".join(f'<th scope="col">{text_of(told)}</th>' for told in heads)
    return (
        f'<details><summary>{text_of(name)}</summary><div class="scroll" role="region" tabindex="0"'
        f' aria-label="{text_of(name)}"><table class="days" id="{_table_id(span, trend)}">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _row_name(words: BoardWords, trend: SalesTrend, point: Point) -> str:
    if trend.step is Step.DAY:
        return day_text(words, point.first)
    days = counted(words.day_count, days_in(point))
    return f"{point.label} ({days})" if is_part(trend, point) else point.label


def _card(panel: Panel, currency: str) -> str:
    other = " other" if panel.currency not in (None, currency) else ""
    note = f'<p class="note">{text_of(panel.note)}</p>' if panel.note else ""
    return (
        f'<section class="card{other}" aria-labelledby="{panel.key}-h"><h3 id="{panel.key}-h">'
        f"{text_of(panel.title)}</h3>{_bars(panel)}{note}</section>"
    )


def _bars(panel: Panel) -> str:
    """A table whose rows hold their bars."""
    has_words = any(row.word for row in panel.bars)
    longest = max(max(row.value, row.mark or 0) for row in panel.bars)
    last = len(panel.headings) - 1
    head = "".join(
        f'<th scope="col"{_class(number, last, has_words=has_words)}>{text_of(heading)}</th>'
        for number, heading in enumerate(panel.headings)
    )
    rows = "".join(_bar_row(row, longest, has_words=has_words) for row in panel.bars)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _class(number: int, last: int, *, has_words: bool) -> str:
    """What a narrow screen has no room for: all but the first number, and the words."""
    if has_words and number == last:
        return ' class="words"'
    return ' class="wide"' if number > 1 else ""


def _bar_row(row: Bar, longest: float, *, has_words: bool) -> str:
    is_bad = has_words and row.word != "OK"
    drawn = bar(row.value, longest, mark=row.mark, is_bad=is_bad)
    detail = f"<small>{text_of(row.detail)}</small>" if row.detail else ""
    cells = "".join(f'<td class="wide">{text_of(cell)}</td>' for cell in row.cells)
    word = f'<td class="words{" bad" if is_bad else ""}">{text_of(row.word)}</td>' if has_words else ""
    title = f' title="{text_of(row.label)}"' if len(row.label) > _LONG else ""
    return (
        f'<tr><th scope="row"><span{title}><bdi>{text_of(row.label)}</bdi>{detail}</span>{drawn}</th>'
        f"<td>{text_of(row.text)}</td>{cells}{word}</tr>"
    )


def _now(words: BoardWords, board: Board) -> str:
    """What does not depend on a span, in two columns: stock, rates, what made orders late."""
    stock, late = stock_panel(words, board), late_panels(words, board)
    left = [panel for panel in (stock, *late[:1]) if panel is not None]
    columns = (
        "".join(_card(panel, board.currency) for panel in left),
        _health(words, board) + _value(words, board) + "".join(_card(panel, board.currency) for panel in late[1:]),
    )
    return "".join(f'<div class="stack">{column}</div>' for column in columns if column)


def _health(words: BoardWords, board: Board) -> str:
    lines, unknown = rate_lines(words, board)
    rows = "".join(
        f'<tr><th scope="row">{text_of(line.name)}</th><td>{text_of(line.now)}</td>'
        f'<td class="wide">{text_of(line.limit)}</td>'
        f'<td class="words {"good" if line.status == "OK" else "bad"}">{text_of(line.status)}</td>'
        f'<td class="words">{text_of(line.room)}</td></tr>'
        for line in lines
    )
    kinds = ("", "", ' class="wide"', ' class="words"', ' class="words"')
    heads = (words.rate, words.now, words.limit, words.status, words.room)
    head = "".join(f'<th scope="col"{kind}>{text_of(told)}</th>' for kind, told in zip(kinds, heads, strict=True))
    table = f'<table class="rates"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>' if lines else ""
    title = text_of(words.health.format(channel=board.channel))
    note = f"<p>{text_of(unknown)}</p>" if unknown else ""
    return (
        f'<section class="card" aria-labelledby="health-h"><h3 id="health-h">{title}</h3>{table}{note}</section>'
    )


def _value(words: BoardWords, board: Board) -> str:
    stock = board.stock
    if not (stock.value or stock.on_hand or stock.inbound or stock.at_amazon):
        return ""
    said = [words.at_cost.format(units=counted(words.unit_count, stock.on_hand))]
    for form, units in ((words.inbound, stock.inbound), (words.at_amazon, stock.at_amazon)):
        said += [form.format(units=counted(words.unit_count, units))] if units else []
    return (
        f'<section class="card value" aria-labelledby="value-h"><h3 id="value-h">{text_of(words.stock_value)}</h3>'
        f'<p class="figure" data-key="stock_value">{text_of(symbol_amount(stock.value, board.currency))}</p>'
        f"<p>{text_of(', '.join(said))}</p></section>"
    )
