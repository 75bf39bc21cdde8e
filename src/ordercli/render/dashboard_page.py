"""The dashboard as one HTML page that needs nothing else: no network, no script, own charts."""

from ordercli.domain.reports.dashboard import Board, Figure, Panel
from ordercli.render.svg import chart, text_of

_STYLE = """
:root { color-scheme: light dark; --page: #f6f6f3; --card: #fff; --ink: #1c1c1a; --soft: #595954;
  --rail: #e4e4de; --bar: #24619c; --bad: #a3270f; --mark: #1c1c1a; --edge: #d5d5cd; }
@media (prefers-color-scheme: dark) { :root { --page: #161615; --card: #21211f; --ink: #ededea; --soft: #b3b3ab;
  --rail: #3a3a36; --bar: #7fb2e5; --bad: #ff9d85; --mark: #ededea; --edge: #3f3f3a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 16px 8px 32px; max-width: 1280px; background: var(--page); color: var(--ink);
  font: 16px/1.45 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 8px; } h2 { font-size: 18px; margin: 0 0 8px; }
header p { margin: 0 8px 16px; color: var(--soft); }
main { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
  align-items: start; }
section, dl div { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 12px; }
section { min-width: 0; }
dl { display: grid; gap: 8px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin: 0 0 16px; }
dt { color: var(--soft); font-size: 14px; } dd { margin: 0; font-size: 24px; font-variant-numeric: tabular-nums; }
dd small { display: block; font-size: 13px; color: var(--soft); }
svg { display: block; width: 100%; max-width: 460px; height: auto; font-size: 14px; }
svg text { fill: var(--ink); } svg .value { text-anchor: end; font-variant-numeric: tabular-nums; }
svg text.bad { fill: var(--bad); font-weight: 600; }
.rail { fill: var(--rail); } .bar { fill: var(--bar); } .bar.bad { fill: var(--bad); }
.mark { stroke: var(--mark); stroke-width: 2; } .axis { stroke: var(--soft); }
section p { margin: 8px 0; color: var(--soft); font-size: 14px; }
details { margin-top: 8px; } summary { cursor: pointer; font-size: 14px; padding: 4px 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 14px; width: 100%; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
td { font-variant-numeric: tabular-nums; }
@media print { :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --rail: #ddd;
    --bar: #333; --bad: #8a1f0a; --mark: #000; --edge: #999; }
  body { padding: 0; font-size: 12pt; } section { break-inside: avoid; }
  main { grid-template-columns: 1fr 1fr; } }
"""


def dashboard_page(board: Board) -> str:
    """The whole page; everything from outside is escaped."""
    figures = "".join(_figure(figure) for figure in board.figures)
    panels = "".join(_section(panel) for panel in board.panels)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
        ' img-src data:">\n<link rel="icon" href="data:,">\n'
        f"<title>Dashboard, {text_of(board.made_at)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>Dashboard</h1><p>As of {text_of(board.made_at)}; the last 30 days up to yesterday.</p>"
        "</header>\n"
        f"<dl>{figures}</dl>\n<main>\n{panels}</main>\n</body>\n</html>\n"
    )


def _figure(figure: Figure) -> str:
    return (
        f"<div><dt>{text_of(figure.name)}</dt><dd>{text_of(figure.value)}"
        f"<small>{text_of(figure.note)}</small></dd></div>"
    )


def _section(panel: Panel) -> str:
    drawn = chart(panel) if panel.bars else ""
    mark = f" The stroke is the {text_of(panel.mark)}." if panel.mark and panel.bars else ""
    said = f"<p>{text_of(panel.sentence)}{mark}</p>" if panel.bars else f"<p>{text_of(panel.empty)}</p>"
    return f"<section>\n<h2>{text_of(panel.title)}</h2>\n{drawn}{said}\n{_table(panel)}</section>\n"


def _table(panel: Panel) -> str:
    if not panel.rows:
        return ""
    head = "".join(f'<th scope="col">{text_of(heading)}</th>' for heading in panel.headings)
    rows = "".join(
        f'<tr><th scope="row">{text_of(row[0])}</th>'
        + "".join(f"<td>{text_of(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in panel.rows
    )
    caption = f"<caption hidden>{text_of(panel.title)}</caption>"
    return (
        f'<details><summary>Figures: {text_of(panel.title)}</summary><div class="scroll"><table>{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>\n"
    )
