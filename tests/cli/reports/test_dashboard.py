"""The dashboard: its numbers are those of the reports, within the width of a terminal, and safe as a page."""

import re
from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.reports.dashboard_shop import MARKUP, SHOP_NAME, WORST, DashboardShop, fill
from conftest import Run
from ordercli.domain.health.metrics import METRICS
from ordercli.domain.money import parse_signed_amount, symbol_amount
from ordercli.domain.reports.board_words import ENGLISH
from ordercli.domain.reports.dashboard import SPANS, WAITING
from ordercli.queries.reports import today
from ordercli.render.layout import width
from ordercli.render.svg import axis_ticks
from shelf import Shelf
from workbench import workbench

DATA = Path(__file__).parents[2] / "data" / "dashboard"
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf"
    b"\xa4q\0\0\0\0IEND\xaeB`\x82"
)


@pytest.fixture(scope="module")
def full(template: Path, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> DashboardShop:
    """Only read here."""
    shop = DashboardShop(workbench(template, tmp_path_factory.mktemp("dashboard") / "shop.db").path)
    fill(shop, shelf)
    return shop


class Page(HTMLParser):
    """Elements of a page, the text of those with a key and of table cells, and what it would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.keyed: dict[str, str] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self._key = self._table = ""
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.outside += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name.startswith("on")
            or name == "style"
            or (name in ("src", "href", "action", "srcset") and not (value or "").startswith("data:"))
        ]
        self._key = told.get("data-key") or self._key
        if tag in ("section", "table"):
            self._table = told.get("id") or (told.get("aria-labelledby") or "").removesuffix("-h") or self._table
        if tag == "tr":
            self.tables.setdefault(self._table, []).append([])
        if tag in ("td", "th"):
            self._cell = True
            self.tables[self._table][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False
        if tag in ("strong", "p"):
            self._key = ""

    def handle_data(self, data: str) -> None:
        if self._key:
            self.keyed[self._key] = self.keyed.get(self._key, "") + data
        if self._cell:
            self.tables[self._table][-1][-1] += data


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


@pytest.fixture(scope="module")
def page(full: DashboardShop) -> Page:
    return parsed(full("dashboard", "--html", "-").stdout)


def money(row: dict[str, Any], column: str) -> str:
    """An amount of a report as the page writes it."""
    return symbol_amount(parse_signed_amount(row[column], row["currency"]), row["currency"])


def added(rows: list[dict[str, Any]], column: str, currency: str = "USD") -> str:
    total = sum(
        parse_signed_amount(row[column], currency) for row in rows if row["currency"] == currency and row[column]
    )
    return symbol_amount(total, currency)


def since(days: int) -> tuple[str, ...]:
    return ("--since", f"{days}d", "--until", "yesterday")


@pytest.mark.parametrize("days", SPANS)
def test_every_figure_of_a_span_is_that_of_its_report(full: DashboardShop, page: Page, days: int) -> None:
    sales = full.rows("report", "sales", *since(days))
    profit = full.rows("report", "profit", "--by", "channel", *since(days))

    assert page.keyed[f"sales-{days}"] == added(sales, "sales")
    assert page.keyed[f"profit-{days}"] == added(profit, "profit")
    assert page.keyed[f"orders-{days}"] == f"{sum(row['orders'] for row in sales):,}"
    assert page.keyed[f"units-{days}"] == f"{sum(row['units'] for row in sales):,}"
    mine = [row for row in sales if row["currency"] == "USD"]
    orders = sum(row["orders"] for row in mine)
    average = (sum(Decimal(row["sales"]) for row in mine) / orders).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert page.keyed[f"average_order-{days}"] == f"${average:,}"
    asked = [row for row in full.rows("return", "list") if row["status"] != "declined"]
    assert page.keyed[f"returns-{days}"] == str(len({row["return_id"] for row in asked})) == "2"


@pytest.mark.parametrize("days", SPANS)
def test_what_was_before_is_the_same_report_of_the_days_before(full: DashboardShop, days: int) -> None:
    (span,) = [span for span in full.record()["spans"] if span["days"] == days]
    before = ("--since", f"{2 * days}d", "--until", f"{days + 1}d")

    sales = [row for row in full.rows("report", "sales", *before) if row["currency"] == "USD"]
    profit = [row for row in full.rows("report", "profit", "--by", "channel", *before) if row["currency"] == "USD"]

    assert Decimal(span["figures"]["sales"]["before"]) == sum(Decimal(row["sales"]) for row in sales)
    assert Decimal(span["figures"]["profit"]["before"]) == sum(Decimal(row["profit"]) for row in profit)
    (trend,) = [trend for trend in span["trends"] if trend["currency"] == "USD"]
    for name, total in (("sales", "now"), ("before", "before")):
        told = sum(Decimal(point[name]) for point in trend["points"])
        assert told == Decimal(span["figures"]["sales"][total])


@pytest.mark.parametrize(("days", "by"), [(30, "day"), (90, "day"), (365, "week")])
def test_the_table_behind_a_chart_is_the_reports(full: DashboardShop, page: Page, days: int, by: str) -> None:
    for currency in ("USD", "EUR", "JPY", "KWD"):
        only = (*since(days), "--currency", currency)
        sales = full.rows("report", "sales", "--by", by, *only)
        profit = {row[by]: row for row in full.rows("report", "profit", "--by", by, *only)}
        year = ("--since", f"{days + 364}d", "--until", "365d", "--currency", currency)
        if not sales:
            continue
        _, *rows = page.tables[f"sales-{days}-{currency}"]

        assert [row[1] for row in rows] == [money(row, "sales") for row in sales]
        place = 4 if by == "day" else 3  # 365 days before are nearly 52 weeks before, which are left out
        assert [row[place] for row in rows] == [
            money(profit[row[by]], "profit") if row[by] in profit else symbol_amount(0, currency) for row in sales
        ]
        assert [row[place + 1 : place + 3] for row in rows] == [
            [f"{row['orders']:,}", f"{row['units']:,}"] for row in sales
        ]
        if by == "day":
            then = full.rows("report", "sales", "--by", "day", *year)
            assert [row[3] for row in rows] == (
                [money(row, "sales") for row in then] or [symbol_amount(0, currency)] * len(rows)
            )


@pytest.mark.parametrize("days", SPANS)
def test_products_and_channels_are_the_reports(full: DashboardShop, page: Page, days: int) -> None:
    for currency in ("USD", "EUR", "JPY", "KWD"):
        best = full.rows("report", "products", *since(days), "--currency", currency)[:8]
        shown = page.tables.get(f"products-{days}-{currency}", [[]])[1:]
        assert [row[1:] for row in shown] == [
            [money(row, "sales"), f"{row['units']:,}", f"{row['units_returned']:,}"] for row in best
        ]
        assert [row[0] for row in shown] == [(row["name"] or "") + row["sku"] for row in best]
    channels = full.rows("report", "sales", "--by", "channel", *since(days))
    assert sorted(page.tables[f"channels-{days}"][1:]) == sorted(
        [row["channel"], money(row, "sales"), f"{row['orders']:,}", f"{row['units']:,}"] for row in channels
    )


def test_today_stock_and_rates_are_those_of_their_commands(full: DashboardShop, page: Page) -> None:
    counts = {row["section"]: row["count"] for row in full.rows("today")}
    to_buy = [row for row in full.rows("reorder") if row["suggested_quantity"]]
    for key, sections in WAITING.items():
        expected = len(to_buy) if key == "buy" else sum(counts.get(section, 0) for section in sections)
        assert page.keyed[key].split()[0] == str(expected), key
    stock = {row["sku"]: row for row in full.rows("stock")}
    record = full.record()
    assert record["stock"]["low"] == counts["low stock"] == sum(r["status"] != "OK" for r in stock.values())
    for row in record["stock"]["rows"]:
        there = stock[row["sku"]]
        assert {name: there[name] for name in row} == row | {"name": there["name"]}
    assert page.keyed["stock_value"] == added(list(stock.values()), "stock_value")
    metrics = {row["metric"]: row for row in full.rows("metrics")}
    assert {row["metric"] for row in record["rates"]} == set(metrics)
    for row in record["rates"]:
        there = metrics[row["metric"]]
        assert (row["status"], row["headroom"], row["numerator"]) == (
            there["status"],
            there["headroom"],
            there["numerator"],
        )
    shown = {row[0]: row[1:] for row in page.tables["health"][1:]}
    for metric, there in metrics.items():
        if there["rate"] is not None:
            told = shown[ENGLISH.rates[metric]]
            assert told[0] == f"{there['rate']:.2%}"
            if there["status"] == "OK" and there["limit"] is not None:
                assert told[3] == f"{there['headroom'] + 1} more would break it"


def test_everything_is_named_in_words() -> None:
    assert set(ENGLISH.rates) == {rule.name for rule in METRICS}
    assert set(ENGLISH.waiting) == set(WAITING)
    sections = {section for group in WAITING.values() for section in group}
    told = Path(today.__file__ or "").read_text(encoding="utf-8")
    assert {section for section in sections if f'"{section}"' not in told} == set()
    assert set(re.findall(r'"(to ship[^"]*)"', told)) <= sections
    assert not any("_" in name for name in (*ENGLISH.rates.values(), *ENGLISH.figures.values()))


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_terminal_and_is_as_it_was(
    full: DashboardShop, request: pytest.FixtureRequest, columns: int
) -> None:
    text = full("dashboard", COLUMNS=str(columns)).stdout

    file = DATA / f"{columns}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
    assert max(width(line) for line in text.splitlines()) <= columns
    assert "\x1b" not in text
    assert not any(rule.name in text for rule in METRICS)


def test_the_terminal_says_the_same_as_the_page(full: DashboardShop, page: Page) -> None:
    lines = full("dashboard", COLUMNS="80").stdout.splitlines()

    names, counts = lines[3].split("  "), lines[4].split()
    assert [name.strip() for name in names if name.strip()] == list(ENGLISH.waiting.values())
    assert [count.rstrip("!") for count in counts] == [page.keyed[key].split()[0] for key in WAITING]
    for key, name in ENGLISH.figures.items():
        (line,) = [line for line in lines if line.startswith(f"  {name} ")][:1]
        assert page.keyed[f"{key}-30"] in line


def test_color_only_repeats_what_the_words_say(full: DashboardShop) -> None:
    plain = full("dashboard", COLUMNS="80").stdout

    colored = full("dashboard", COLUMNS="80", NO_COLOR="", FORCE_COLOR="1").stdout

    assert "\x1b[" in colored
    without = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in without.splitlines()] == plain.splitlines()


def test_an_empty_shop_is_told_its_first_steps(run: Run) -> None:
    steps = ["product import", "stock import", "order import"]
    for done in range(3):
        text = run("dashboard").stdout
        page = run("dashboard", "--html", "-").stdout
        for number, step in enumerate(steps):
            assert (f"ordercli {step}" in text) == (f"ordercli {step}" in page) == (number >= done)
        assert "<svg" not in page
        assert "<script" not in page
        if done == 0:
            run("product", "add", "RING", "--unit-price", "3")
        elif done == 1:
            run("stock", "receive", "RING:3", "--cost", "1")
    run("order", "add", "A-1", "--line", "RING:1", "--customer", "Ada Byron")
    text = run("dashboard").stdout
    assert "First steps" not in text
    assert "No sales in these 30 days." in text  # today's count tomorrow


def test_the_page_loads_nothing_and_holds_nothing_of_a_buyer(full: DashboardShop, tmp_path: Path) -> None:
    said = full("dashboard", "--html", str(tmp_path / "shop.html"))
    text = (tmp_path / "shop.html").read_text(encoding="utf-8")
    page = parsed(text)

    assert (said.stdout, said.stderr) == ("", f"Wrote {tmp_path / 'shop.html'}.\n")
    assert (tmp_path / "shop.html").stat().st_mode & 0o777 == 0o600
    assert page.outside == []
    assert page.tags.count("script") == 1
    assert not {"b", "i", "iframe", "object", "img", "form"} & set(page.tags)
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "Ada" not in text
    assert len(text) <= 300_000
    names = {row[0] for rows in page.tables.values() for row in rows}
    assert any(name.startswith(MARKUP) for name in names)


def test_the_policy_allows_the_pages_own_script_and_style_alone(full: DashboardShop) -> None:
    text = full("dashboard", "--html", "-").stdout
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"
    for kind, tag in (("script", "script"), ("style", "style")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert rules[f"{kind}-src"] == f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
    assert "unsafe" not in policy


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    (tmp_path / "logo.png").write_bytes(PNG)
    file = tmp_path / "config.toml"
    quoted = SHOP_NAME.replace('"', '\\"')
    file.write_text(f'shop_name = "{quoted}"\nlogo = "{tmp_path / "logo.png"}"\n', encoding="utf-8")
    return file


def test_the_shops_name_and_logo_stand_on_it(full: DashboardShop, configured: Path) -> None:
    text = full("dashboard", "--html", "-", ORDERCLI_CONFIG=str(configured)).stdout

    assert full("dashboard", ORDERCLI_CONFIG=str(configured)).stdout.startswith(f"{SHOP_NAME}\nDashboard. As of")
    assert "<h1>Luna &amp; &quot;Oak&quot; &lt;i&gt;Jewellery&lt;/i&gt;</h1>" in text
    assert text.count('<img alt="" src="data:image/png;base64,iVBORw0KGgo') == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PNG + bytes(100_000), "The configured logo is left out: it has 100 kB; the page takes 100.\nWrote "),
        (b"GIF89a", "The configured logo is no PNG or JPEG."),
    ],
)
def test_a_logo_that_a_page_cannot_hold_is_said(
    run: Run, configured: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    (configured.parent / "logo.png").write_bytes(content)
    monkeypatch.setenv("ORDERCLI_CONFIG", str(configured))

    ran = run("dashboard", "--html", "shop.html")

    assert said in ran.stderr
    assert Path("shop.html").exists() == (ran.exit_code == 0)
    assert ran.exit_code or "<img" not in Path("shop.html").read_text(encoding="utf-8")


def test_worst_names_are_all_there(page: Page) -> None:
    shown = "\n".join(row[0] for rows in page.tables.values() for row in rows)

    assert sum(name in shown for name in WORST.values()) >= 4


def test_what_it_does_not_have_is_refused(run: Run) -> None:
    assert run("dashboard", "--format", "csv").exit_code == 2
    assert run("dashboard", "--channel", "ebay").exit_code == 6


@pytest.mark.parametrize(
    ("highest", "unit", "ticks"),
    [
        (1, 100, [0, 100]),
        (400, 100, [0, 100, 200, 300, 400]),
        (401, 100, [0, 200, 400, 600]),
        (290_00, 100, [0, 100_00, 200_00, 300_00]),
        (15_810, 1, [0, 5000, 10_000, 15_000, 20_000]),
        (999_999, 1000, [0, 500_000, 1_000_000]),
    ],
)
def test_an_axis_has_few_round_values_up_to_the_highest(highest: int, unit: int, ticks: list[int]) -> None:
    assert axis_ticks(highest, unit) == ticks


@given(highest=st.integers(1, 10**12), unit=st.sampled_from([1, 100, 1000]))
def test_an_axis_always_reaches_the_highest(highest: int, unit: int) -> None:
    ticks = axis_ticks(highest, unit)

    assert ticks[0] == 0
    assert ticks[-2] < highest <= ticks[-1]
    assert len(ticks) <= 5
    assert str(ticks[1]).rstrip("0") in ("1", "2", "5")
