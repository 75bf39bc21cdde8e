"""The dashboard's page in a real browser: on every width, light, dark, printed, without script, under worst names.

One browser looks at all states at once: each is a frame of one page, so that a start is paid once.
"""

import json
import os
import re
import shutil
import subprocess
from html import escape
from pathlib import Path
from typing import Any

import pytest

from cli.reports.dashboard_shop import SHOP_NAME, DashboardShop, fill
from cli.reports.test_dashboard import PNG
from patience import LONG
from shelf import Shelf
from workbench import workbench

pytestmark = pytest.mark.system("chromium")

AXE = Path(__file__).parents[3] / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
STATES = [
    ("full", 1280, "light", True),
    ("full", 768, "light", True),
    ("full", 390, "light", True),
    ("full", 1280, "dark", True),
    ("full", 390, "dark", False),
    ("empty", 1280, "light", True),
    ("empty", 390, "dark", True),
]
MEASURE = r"""
function parse(color) {
  const parts = color.match(/[\d.]+/g).map(Number);
  return {rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1};
}
function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
function ground(view, element) {
  for (let at = element; at; at = at.parentElement) {
    const color = parse(view.getComputedStyle(at).backgroundColor);
    if (color.alpha === 1) return color.rgb;
  }
  return [255, 255, 255];
}
function within(inner, outer, slack) {
  return inner.left >= outer.left - slack && inner.right <= outer.right + slack &&
    inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
}
function measure(page) {
  const view = page.defaultView, faults = new Set();
  const shown = (element) => element.getClientRects().length > 0 && element.getBoundingClientRect().width > 0;
  if (page.documentElement.scrollWidth > view.innerWidth) faults.add('the page is wider than its window');
  let smallest = 99, charts = 0, texts = 0, least = 99;
  for (const svg of [...page.querySelectorAll('svg')].filter(shown)) {
    charts += 1;
    const box = svg.getBoundingClientRect(), card = svg.closest('.card, dl > div').getBoundingClientRect();
    if (!within(box, card, 1)) faults.add('a chart leaves its card: ' + svg.getAttribute('aria-label'));
    const table = svg.closest('tr, .key') || page.getElementById(svg.getAttribute('aria-details') || '-');
    if (!table) faults.add('no table behind ' + svg.getAttribute('aria-label'));
    const lines = [...svg.querySelectorAll('text')];
    for (const text of lines) {
      const place = text.getBoundingClientRect();
      if (!within(place, box, 1)) faults.add('outside its chart: ' + text.textContent);
      const scale = box.width / svg.viewBox.baseVal.width;
      smallest = Math.min(smallest, parseFloat(view.getComputedStyle(text).fontSize) * scale);
    }
    const boxes = lines.map((text) => text.getBoundingClientRect());
    for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1))
      if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
        faults.add('two texts overlap in ' + svg.getAttribute('aria-label'));
  }
  for (const element of page.querySelectorAll('body *')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own.length || !shown(element) || element.closest('script, style, title')) continue;
    texts += 1;
    const style = view.getComputedStyle(element);
    const color = parse(element.closest('svg') ? style.fill : style.color).rgb;
    const found = contrast(color, ground(view, element));
    least = Math.min(least, found);
    if (found < 4.5) faults.add('contrast ' + found.toFixed(2) + ': ' + element.textContent.slice(0, 30));
    const card = element.closest('.card, dl > div, nav, header, .span');
    const clipped = element.closest('tbody th > span, .scroll');
    const range = page.createRange();
    if (card && !clipped) for (const node of own) {
      range.selectNodeContents(node);
      for (const box of range.getClientRects())
        if (!within(box, card.getBoundingClientRect(), 1)) faults.add('leaves its card: ' + node.textContent);
    }
  }
  for (const grid of [...page.querySelectorAll('.grid, dl')].filter(shown)) {
    const rows = {}, box = grid.getBoundingClientRect();
    for (const child of [...grid.children].filter(shown)) {
      const place = child.getBoundingClientRect();
      rows[Math.round(place.top)] = Math.max(rows[Math.round(place.top)] || 0, place.right);
    }
    for (const right of Object.values(rows)) if (right < box.right - 2) faults.add('a half empty row');
  }
  for (const card of [...page.querySelectorAll('.card')].filter(shown))
    if (card.textContent.trim().length < 20) faults.add('an empty card');
  const spans = () => [...page.querySelectorAll('.span')].filter(shown).map((span) => span.id);
  const at_first = spans(), button = [...page.querySelectorAll('nav button')].filter(shown)[1];
  if (button) button.click();
  return {charts, texts, smallest, least, faults: [...faults], at_first, after: spans(),
    ground: view.getComputedStyle(page.body).backgroundColor,
    open: [...page.querySelectorAll('details')].length};
}
addEventListener('load', () => {
  const found = [...document.querySelectorAll('iframe')].map((frame) => measure(frame.contentDocument));
  document.body.dataset.found = JSON.stringify(found);
});
"""


def browse(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a browser that has nothing of its own."""
    browser = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'user'}"]
    return subprocess.run(
        [*browser, *arguments], cwd=folder, capture_output=True, encoding="utf-8", timeout=LONG, check=True
    )


def dumped(folder: Path, body: str, *arguments: str) -> tuple[Any, list[str]]:
    """What a page found out, and what the browser complained of."""
    (folder / "framed.html").write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body>{body}</body>', encoding="utf-8"
    )
    ran = browse(
        folder, "--enable-logging=stderr", "--window-size=1400,900", *arguments, "--dump-dom", "framed.html"
    )
    told = re.search(r'data-found="([^"]*)"', ran.stdout)
    assert told is not None, ran.stderr[-2000:]
    found = json.loads(
        told[1].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    )
    return found, [line for line in ran.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture(scope="module")
def pages(template: Path, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The page of a shop under the worst names, and of an empty one."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "logo.png").write_bytes(PNG)
    name = SHOP_NAME.replace('"', '\\"')
    config = folder / "config.toml"
    config.write_text(f'shop_name = "{name}"\nlogo = "{folder / "logo.png"}"\n', encoding="utf-8")
    written = {}
    for kind in ("full", "empty"):
        shop = DashboardShop(workbench(template, folder / f"{kind}.db").path)
        if kind == "full":
            fill(shop, shelf)
        written[kind] = shop("dashboard", "--html", "-", ORDERCLI_CONFIG=str(config)).stdout
    return written


def frame(page: str, width: int, scheme: str) -> str:
    looks = f"color-scheme:{scheme};width:{width}px;height:900px;border:0"
    return f'<iframe style="{looks}" srcdoc="{escape(page)}"></iframe>'


def test_nothing_overflows_and_all_can_be_read_in_every_state(pages: dict[str, str], tmp_path: Path) -> None:
    frames = [
        frame(
            pages[kind] if has_script else re.sub("<script>.*?</script>", "", pages[kind], flags=re.DOTALL),
            width,
            scheme,
        )
        for kind, width, scheme, has_script in STATES
    ]

    seen, complaints = dumped(tmp_path, "".join(frames) + f"<script>{MEASURE}</script>")

    assert complaints == []
    found = dict(zip(STATES, seen, strict=True))
    assert {state: told["faults"] for state, told in found.items() if told["faults"]} == {}
    for (kind, _, scheme, has_script), told in found.items():
        assert told["least"] >= 4.5
        assert told["ground"] == ("rgb(22, 22, 21)" if scheme == "dark" else "rgb(245, 245, 242)")
        if kind == "empty":
            assert told["charts"] == 0
            continue
        assert told["charts"] >= 20
        assert told["texts"] > 100
        assert told["smallest"] >= 11
        every = ["days-30", "days-90", "days-365"]
        assert (told["at_first"], told["after"]) == ((every[:1], every[1:2]) if has_script else (every, every))


@pytest.mark.system("pdftotext")
def test_it_is_printed_on_one_sheet(pages: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(pages["full"], encoding="utf-8")

    browse(tmp_path, "--no-pdf-header-footer", "--print-to-pdf=page.pdf", "page.html")

    told = subprocess.run(
        ["pdftotext", "-layout", "page.pdf", "-"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert told.count("\f") == 1
    for word in ("Today", "Last 30 days", "Top products", "Stock cover", "Account health", "Stock value"):
        assert word in told
    assert "Last 90 days" not in told
    assert "are on the page itself" in told
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "page.pdf", "-"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    ).stdout
    margin = 7 / 25.4 * 72
    rights = [float(right) for right in re.findall(r'xMax="([\d.]+)"', boxes)]
    assert rights
    assert max(rights) <= 595 - margin - 3  # within the cards' own edge


RUN_AXE = """
axe.run(document, {resultTypes: ['violations']}).then(function (found) {
  parent.document.body.dataset['of' + window.name] = JSON.stringify(found.violations.map(function (fault) {
    return fault.id + ': ' + fault.nodes.map(function (node) { return node.html.slice(0, 120); }).join(' | ');
  }));
  var body = parent.document.body;
  if (body.dataset.of0 && body.dataset.of1)
    body.dataset.found = JSON.stringify([JSON.parse(body.dataset.of0), JSON.parse(body.dataset.of1)]);
});
"""


def test_axe_finds_no_violation(pages: dict[str, str], tmp_path: Path) -> None:
    if not AXE.is_file():
        if os.environ.get("ORDERCLI_REQUIRE_SYSTEM"):
            pytest.fail("axe is not there; get it with: make axe")
        pytest.skip("needs axe; get it with: make axe")
    shutil.copy(AXE, tmp_path / "axe.js")
    frames = ""
    for number, (kind, width, scheme) in enumerate((("full", 1280, "light"), ("empty", 390, "dark"))):
        # The page's own policy would not let another script run.
        open_page = re.sub("<meta http-equiv.*?>", "", pages[kind]).replace("<details>", "<details open>", 1)
        page = open_page.replace("</body>", f'<script src="axe.js"></script><script>{RUN_AXE}</script></body>')
        frames += frame(page, width, scheme).replace("<iframe", f'<iframe name="{number}"')

    found, _ = dumped(tmp_path, frames, "--virtual-time-budget=60000", "--allow-file-access-from-files")

    assert found == [[], []]
