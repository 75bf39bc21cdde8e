"""Packages that extend ordercli: layouts of order files, carriers' pages, exporters."""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.steps import content, done, listed
from conftest import SAMPLE, Run
from ordercli.cli import extensions
from test_architecture import modules_of

PACKAGE = Path(__file__).parents[1] / "data" / "plug_in"
FILE = 'Cart No,Article,Pieces,Placed,Each,Extra\nB-1,RING-7,2,2026-03-15,"34,00",x\nB-2,NONE,1,2026-03-15,1,x\n'
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a package where Python finds it, with the metadata that pip makes of its ``pyproject.toml``."""
    for kept in (extensions._loaded, extensions._warn):  # noqa: SLF001 - as a process of its own would begin
        kept.cache_clear()
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)

    def put(name: str, points: dict[str, dict[str, str]], module: str, source: str) -> None:
        (site / module).mkdir()
        (site / module / "__init__.py").write_text(source, encoding="utf-8")
        info = site / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(
            "".join(
                f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in told.items())
                for group, told in points.items()
            )
        )
        monkeypatch.delitem(sys.modules, module, raising=False)

    return put


@pytest.fixture
def example(install: Install) -> None:
    """The example package of the documents, installed."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    source = (PACKAGE / "src" / "ordercli_bigcart" / "__init__.py").read_text()
    install(project["name"], project["entry-points"], "ordercli_bigcart", source)


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("words", [("order", "import"), ("order", "import", "--layout", "bigcart"), ("import",)])
def test_a_file_of_a_packages_layout_is_read(shop: Run, words: tuple[str, ...]) -> None:
    Path("cart.csv").write_text(FILE)

    ran = shop(*words, "cart.csv")

    assert ran.exit_code == 4
    assert "cart.csv: line 3, column sku: there is no product 'NONE'" in ran.stderr
    (order,) = listed(shop, "order", "list")
    assert (order["order_id"], order["channel"], order["units"], order["total"]) == ("B-1", "shop", 2, "68.00")
    again = shop(*words, "cart.csv")
    assert "unchanged" in again.stderr
    assert len(listed(shop, "order", "list")) == 1


@pytest.mark.usefixtures("example")
def test_each_file_of_several_has_the_currency_of_its_own_channel(shop: Run) -> None:
    done(shop("channel", "edit", "shop", "--currency", "EUR"))
    Path("cart.csv").write_text(FILE.splitlines(keepends=True)[0] + FILE.splitlines(keepends=True)[1])
    amazon = str(SAMPLE / "unshipped-orders.txt")

    shop("order", "import", amazon, "cart.csv")

    orders = {row["order_id"]: row["currency"] for row in listed(shop, "order", "list")}
    assert (orders.pop("B-1"), set(orders.values())) == ("EUR", {"USD"})


def test_the_page_shows_the_package_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
    assert (PACKAGE / "src" / "ordercli_bigcart" / "__init__.py").read_text() in page
    points = (PACKAGE / "pyproject.toml").read_text().partition("[project.entry-points")[2]
    assert points in page


def test_without_the_package_the_file_is_unknown(shop: Run) -> None:
    for kept in (extensions._loaded, extensions._warn):  # noqa: SLF001 - as a process of its own would begin
        kept.cache_clear()
    Path("cart.csv").write_text(FILE)
    assert "is no order file known here" in shop("order", "import", "cart.csv").stderr
    assert "There is no layout 'bigcart'" in shop("order", "import", "--layout", "bigcart", "cart.csv").stderr


@pytest.mark.usefixtures("example")
def test_a_carriers_page_is_shown(busy_shop: Run) -> None:
    for order, carrier in (("0000001", "nord post ab"), ("0000002", "Pony Express"), ("0000003", "UPS")):
        done(busy_shop("ship", order, "--carrier", carrier, "--tracking", f"NP{order}-X"))

    links = {row["carrier"]: row["link"] for row in listed(busy_shop, "shipment", "track")}

    assert links["nord post ab"] == "https://nordpost.example/track?id=NP0000001-X"
    assert links["Pony Express"] is None
    assert "ups.com" in links["UPS"]
    assert "nordpost.example" in done(busy_shop("shipment", "show", "1")).stdout


@pytest.mark.usefixtures("example")
def test_an_exporter_writes_its_file(shop: Run, database: Path) -> None:
    before = content(database)
    said = done(shop("export", "by", "ledger")).stdout
    assert said == "stock of 2026-03-16\nBRAC-BEAD 3\nEARR-LEAF 12\n" + said[said.index("NECK") :]
    assert done(shop("export", "by", "ledger", "out.txt")).stderr == "Wrote out.txt.\n"
    assert (Path("out.txt").read_text(), Path("out.txt").stat().st_mode & 0o777) == (said, 0o600)
    assert "add --yes to replace it" in shop("export", "by", "ledger", "out.txt").stderr
    done(shop("--yes", "export", "by", "ledger", "out.txt"))
    ran = shop("export", "by", "leger")
    assert (ran.exit_code, "did you mean ledger?" in ran.stderr) == (6, True)
    assert content(database) == before


BAD = {
    "raises": ("raise RuntimeError('no \\x1b[31mlicense')", "RuntimeError: no "),
    "leaves": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "lacks": ("import nothing_like_it", "ModuleNotFoundError"),
    "empty": ("", "AttributeError"),
    "is none": ("THING = 7", "it is no FileLayout of ordercli.extension"),
    "no columns": (
        "from ordercli.extension import FileLayout\nTHING = FileLayout('bad', 'x', {'A': 'order_id'})",
        "the layout bad of a package is not used: --map",
    ),
}


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(("source", "said"), BAD.values(), ids=BAD)
def test_a_package_that_fails_is_named_and_the_rest_works(
    shop: Run, install: Install, source: str, said: str
) -> None:
    install("ordercli-bad", {"ordercli.layouts": {"bad": "ordercli_bad:THING"}}, "ordercli_bad", source)
    Path("cart.csv").write_text(FILE)

    ran = shop("order", "import", "cart.csv")

    assert ran.exit_code == 4
    (warning,) = (line for line in ran.stderr.splitlines() if "bad" in line)
    assert warning.startswith("warning: the ")
    assert said in warning
    assert "\x1b" not in ran.stderr
    assert len(listed(shop, "order", "list")) == 1


def test_an_exporter_that_fails_writes_nothing_and_tells_no_words_of_its_own(shop: Run, install: Install) -> None:
    source = (
        "from ordercli.extension import Exporter\n"
        "def write(shop):\n    yield b'half'\n    raise ValueError('Ana Pop')\n"
        "THING = Exporter('half', 'Half.', write)\n"
        "WRITES = Exporter('writes', 'Writes.', lambda shop: list(shop.rows('DELETE FROM product RETURNING 1')))\n"
    )
    points = {"half": "ordercli_half:THING", "writes": "ordercli_half:WRITES"}
    install("ordercli-half", {"ordercli.exporters": points}, "ordercli_half", source)
    for name in points:
        ran = shop("export", "by", name, "out.txt")
        assert (ran.exit_code, f"The exporter {name} failed" in ran.stderr, "Ana" in ran.stderr) == (
            5,
            True,
            False,
        )
    assert not Path("out.txt").exists()


@pytest.mark.parametrize("words", [["--help"], ["stock"], ["order", "list"], ["export", "--help"], ["today"]])
def test_help_and_lists_do_not_look_for_packages(database: Path, tmp_path: Path, words: list[str]) -> None:
    loaded = modules_of(words, tmp_path / "loaded", ORDERCLI_DB=str(database))
    looks = {"ordercli.cli.extensions", "ordercli.cli.programs"}
    if isinstance(database, Path):  # the driver of a server looks up its own version
        looks.add("importlib.metadata")
    assert loaded & looks == set()
