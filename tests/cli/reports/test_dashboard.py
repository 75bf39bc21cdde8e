"""The dashboard: within the width of a terminal, and right as a page in a real browser."""

import json
import re
import subprocess
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cli.steps import card, done, ship_all_allocated
from conftest import Run
from shelf import kept

DATA = Path(__file__).parents[2] / "data" / "dashboard"
LATER = "2026-03-20T10:00:00-04:00"
MEASURE = """
addEventListener('load', () => {
  const page = document.getElementById('page').contentDocument, view = page.defaultView, faults = [];
  const root = page.documentElement;
  if (root.scrollWidth > view.innerWidth) faults.push('the page is wider than its window');
  let smallest = 99, charts = 0;
  for (const svg of page.querySelectorAll('svg')) {
    charts += 1;
    const box = svg.getBoundingClientRect(), card = svg.closest('section').getBoundingClientRect();
    if (box.left < card.left || box.right > card.right) faults.push('a chart leaves its box');
    for (const shape of svg.querySelectorAll('text, rect, line')) {
      const it = shape.getBoundingClientRect();
      if (it.left < box.left - 1 || it.right > box.right + 1 || it.top < box.top - 1 || it.bottom > box.bottom + 1)
        faults.push('outside its chart: ' + (shape.textContent || shape.tagName));
    }
    const scale = box.width / svg.viewBox.baseVal.width;
    for (const text of svg.querySelectorAll('text'))
      smallest = Math.min(smallest, parseFloat(view.getComputedStyle(text).fontSize) * scale);
    const lines = [...svg.querySelectorAll('text')].map((text) => text.getBoundingClientRect());
    for (const [i, a] of lines.entries()) for (const b of lines.slice(i + 1))
      if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
        faults.push('two texts overlap');
  }
  document.body.dataset.found = JSON.stringify({charts, smallest, faults});
});
"""


@kept
def sold_out(busy_shop: Run) -> Run:
    """The sample shop after its shipments left, with a product whose name would be markup anywhere."""
    ship_all_allocated(busy_shop)
    done(busy_shop("shipment", "confirm", "c.txt", now="2026-03-18T12:00:00Z"))
    Path("c.txt").unlink()
    name = '</title><script>alert("x")</script>[red]&'
    done(busy_shop("product", "add", '<b id="SKU">', "--name", name, "--unit-price", "52"))
    buyer = ("--customer", "Ada Byron", "--city", "Dover")
    done(busy_shop("order", "add", "A-100", "--line", '<b id="SKU">:3', *buyer))
    return busy_shop


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_terminal_and_is_as_it_was(
    sold_out: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    text = done(sold_out("dashboard", now=LATER)).stdout

    file = DATA / f"{columns}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
    assert max(len(line) for line in text.splitlines()) <= columns
    assert "\x1b" not in text


def test_color_only_repeats_what_the_words_say(sold_out: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = done(sold_out("dashboard", now=LATER)).stdout
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")

    colored = done(sold_out("dashboard", now=LATER)).stdout

    assert "\x1b[" in colored
    without = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in without.splitlines()] == plain.splitlines()


def test_an_empty_shop_says_what_there_is_not(run: Run) -> None:
    text = done(run("dashboard")).stdout

    assert "No sales in the last 30 days." in text
    assert "No products." in text
    page = done(run("dashboard", "--html", "-")).stdout
    assert "No sales in the last 30 days." in page


class Outline(HTMLParser):
    """Elements of a page, and what it would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.outside += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name.startswith("on") or (name in ("src", "href", "action", "srcset") and value != "data:,")
        ]


def test_the_page_loads_and_runs_nothing_and_has_a_table_behind_each_chart(sold_out: Run, tmp_path: Path) -> None:
    said = done(sold_out("dashboard", "--html", "shop.html", now=LATER))
    page = (tmp_path / "shop.html").read_text(encoding="utf-8")
    outline = Outline()
    outline.feed(page)

    assert (said.stdout, said.stderr) == ("", "Wrote shop.html.\n")
    assert (tmp_path / "shop.html").stat().st_mode & 0o777 == 0o600
    assert outline.outside == []
    assert not {"script", "b", "iframe", "object", "img"} & set(outline.tags)
    assert "url(" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<svg") == page.count("<desc") == page.count("<table") >= 4
    assert page.count("<title") > page.count("<svg")
    assert "Ada" not in page
    assert escape('</title><script>alert("x")</script>[red]&') in page


def luminance(color: str) -> float:
    parts = color.lstrip("#")
    parts = "".join(digit * 2 for digit in parts) if len(parts) == 3 else parts
    channels = [int(parts[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_text_stands_out_in_light_and_dark_and_on_paper(run: Run) -> None:
    page = done(run("dashboard", "--html", "-")).stdout
    palettes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", block))
        for block in re.findall(r":root \{(.*?)\}", page, re.DOTALL)
    ]

    assert len(palettes) == 3
    for palette in palettes:
        for ground in ("page", "card"):
            for ink in ("ink", "soft", "bad"):
                assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)
        assert contrast(palette["bar"], palette["card"]) >= 3


def test_scripts_get_the_tables(sold_out: Run) -> None:
    found = card(sold_out, "dashboard")

    assert {panel["key"] for panel in found["panels"]} >= {"sales-USD", "products-USD", "stock", "rates", "late"}
    assert sold_out("dashboard", "--format", "csv").exit_code == 2
    assert sold_out("dashboard", "--channel", "ebay").exit_code == 6


@pytest.mark.system("chromium")
@pytest.mark.parametrize("width", [390, 1280])
def test_in_a_browser_charts_stay_in_their_boxes_and_nothing_complains(
    sold_out: Run, tmp_path: Path, width: int
) -> None:
    page = done(sold_out("dashboard", "--html", "-", now=LATER)).stdout
    framed = (
        f'<!DOCTYPE html><body><iframe id="page" style="width:{width}px;height:3000px;border:0"'
        f' srcdoc="{escape(page)}"></iframe><script>{MEASURE}</script></body>'
    )
    (tmp_path / "framed.html").write_text(framed, encoding="utf-8")
    browser = [
        "chromium",
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'user'}",
    ]
    arguments = ["--enable-logging=stderr", "--window-size=1400,3200", "--dump-dom", "framed.html"]

    ran = subprocess.run(
        [*browser, *arguments], cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60, check=True
    )

    assert [line for line in ran.stderr.splitlines() if "CONSOLE" in line] == []
    told = re.search(r'data-found="([^"]*)"', ran.stdout)
    assert told is not None
    found = json.loads(told[1].replace("&quot;", '"'))
    assert found["faults"] == []
    assert found["charts"] >= 4
    assert found["smallest"] >= 12
