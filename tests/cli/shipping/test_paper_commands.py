"""``slip``, ``label``, ``shipment label``, and ``--pdf`` of ``pick`` and ``purchase export``: what is printed."""

import builtins
import importlib.resources
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cli.steps import card, content, done, receipt
from conftest import Run
from formats.printed import codes, pages_of
from ordercli.cli.shipping.paper import country_of_zone
from ordercli.errors import install_line

PDF = b"%PDF-1.4\n%of a carrier\n"


PRINTING = [
    ("pick", "--pdf", "x.pdf"),
    ("slip", "0000001", "--pdf", "x.pdf"),
    ("label", "0000001", "--pdf", "x.pdf"),
    ("purchase", "export", "--purchase", "1", "--pdf", "x.pdf"),
]


def read(name: str) -> bytes:
    assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
    return Path(name).read_bytes()


def _lines_of(name: str) -> list[str]:
    text = subprocess.run(["pdftotext", "-layout", name, "-"], capture_output=True, check=True).stdout.decode()
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.system("pdftotext")
def test_a_slip_has_no_prices_unless_asked_for_and_the_buyer_in_full(busy_shop: Run, tmp_path: Path) -> None:
    done(busy_shop("order", "edit", "0000002", "--gift-message", "RING-7=Alles Gute, Ö"))

    ran = done(busy_shop("slip", "0000002", "0000007", "--pdf", "s.pdf", "--sender", r"Luna Silver\n1 Mill Lane"))
    first, second = pages_of(read("s.pdf"), tmp_path)

    assert (ran.stdout, ran.stderr) == ("", "Wrote 2 slips to s.pdf.\n")
    for words in ("Luna Silver 1 Mill Lane", "Order 114-0000002-0000002", "Tucson, AZ 85701", "Alles Gute, Ö"):
        assert words in first
    assert "34.00" not in first + second
    assert "Leaf drop earrings" in second
    done(busy_shop("slip", "0000002", "--pdf", "s.pdf", "--prices"))
    (page,) = pages_of(read("s.pdf"), tmp_path)
    assert "2 Silver stacking ring, size 7 34.00 USD 68.00 USD" in page


@pytest.mark.system("pdftotext")
@pytest.mark.parametrize(("is_inside", "said"), [("1", "11.90 USD 23.80 USD"), ("0", "10.00 USD 20.00 USD")])
def test_a_slip_tells_the_prices_that_the_buyer_was_shown(
    shop: Run, tmp_path: Path, is_inside: str, said: str
) -> None:
    """In ordercli's own layout the price is without the tax, and a column says whether the buyer saw it so."""
    head = "order_id,sku,quantity,item_price,item_tax,is_tax_included,currency,ship_name,address_1"
    done(
        shop(
            "order", "import", "-", stdin=f"{head}\nS-1,RING-7,2,20.00,3.80,{is_inside},USD,Ana Pop,1 Birch Lane\n"
        )
    )

    done(shop("slip", "S-1", "--pdf", "s.pdf", "--prices"))

    (page,) = pages_of(read("s.pdf"), tmp_path)
    assert f"2 Silver stacking ring, size 7 {said}" in page


@pytest.mark.system("pdftotext")
def test_the_sellers_own_template_is_used_and_a_wrong_one_refused(busy_shop: Run, tmp_path: Path) -> None:
    shown = done(busy_shop("slip", "--show-template")).stdout
    Path("own.txt").write_text(shown.replace("Thank you for your order.", "Merci, {order_id}!"), encoding="utf-8")

    done(busy_shop("slip", "0000001", "--pdf", "s.pdf", "--template", "own.txt"))

    assert "Merci, 114-0000001-0000001!" in pages_of(read("s.pdf"), tmp_path)[0]
    Path("own.txt").write_text("{lines}\n{prise}\n", encoding="utf-8")
    ran = busy_shop("slip", "0000001", "--pdf", "t.pdf", "--template", "own.txt")
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith("The template own.txt cannot be used: line 2: there is no field {prise};")
    assert not Path("t.pdf").exists()


@pytest.mark.system("pdftotext")
def test_sender_template_and_logo_may_be_configured(
    busy_shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("own.txt").write_text("# {shop}\n{lines}\n", encoding="utf-8")
    Path("c.toml").write_text('sender = "Luna Silver\\nBend"\nslip_template = "own.txt"\n', encoding="utf-8")
    monkeypatch.setenv("ORDERCLI_CONFIG", "c.toml")

    done(busy_shop("slip", "0000001", "--pdf", "s.pdf"))

    (page,) = pages_of(read("s.pdf"), tmp_path)
    assert page.startswith("Luna Silver Qty Item 1 Silver stacking ring")


@pytest.mark.system("zbarimg")
@pytest.mark.system("pdftoppm")
def test_a_label_has_the_order_and_once_shipped_the_tracking_number(busy_shop: Run, tmp_path: Path) -> None:
    done(busy_shop("label", "0000001", "0000002", "--pdf", "l.pdf", "--zpl", "l.zpl"))
    assert codes(read("l.pdf"), tmp_path) == [
        {f"CODE-128:114-{n}-{n}", f"QR-Code:114-{n}-{n}"} for n in ("0000001", "0000002")
    ]
    assert read("l.zpl").count(b"^XA") == 2
    assert b"^FD114-0000002-0000002^FS" in read("l.zpl")

    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    done(busy_shop("label", "0000001", "--pdf", "l.pdf", "--size", "a6"))

    (tmp_path / "again").mkdir()
    (found,) = codes(read("l.pdf"), tmp_path / "again")
    assert found == {"CODE-128:9400111899223197428503", "QR-Code:114-0000001-0000001"}


def test_without_orders_all_that_are_picked_and_still_here_are_printed(busy_shop: Run) -> None:
    ran = busy_shop("label", "--pdf", "l.pdf")
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "pick --confirm" in ran.stderr

    done(busy_shop("pick", "0000001", "0000007", "--confirm"))

    assert done(busy_shop("label", "--pdf", "l.pdf")).stderr == "Wrote 2 labels to l.pdf.\n"
    assert done(busy_shop("slip", "--pdf", "s.pdf")).stderr == "Wrote 2 slips to s.pdf.\n"


COUNTRIES = {
    "of the zone": ("", "US", False),
    "abroad": ("", "DE", True),
    "as configured": ('country = "de"', "DE", False),
    "abroad as configured": ('country = "DE"', "US", True),
}


@pytest.mark.system("pdftotext")
@pytest.mark.parametrize(("line", "country", "is_named"), COUNTRIES.values(), ids=COUNTRIES)
def test_mail_within_the_country_does_not_name_it(
    busy_shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, country: str, is_named: bool
) -> None:
    Path("c.toml").write_text(line + "\n", encoding="utf-8")
    monkeypatch.setenv("ORDERCLI_CONFIG", "c.toml")
    done(busy_shop("order", "edit", "0000002", "--country", country))

    done(busy_shop("label", "0000002", "--pdf", "l.pdf", "--zpl", "l.zpl"))

    (page,) = pages_of(read("l.pdf"), tmp_path)
    name = {"US": "UNITED STATES", "DE": "GERMANY"}[country]
    assert (name in page, name in read("l.zpl").decode()) == (is_named, is_named)
    assert "2×RING-7" in page


def test_a_country_that_is_none_is_refused(busy_shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("c.toml").write_text('country = "Germany"\n', encoding="utf-8")
    monkeypatch.setenv("ORDERCLI_CONFIG", "c.toml")

    ran = busy_shop("label", "0000002", "--pdf", "l.pdf")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "country must be two letters, such as US" in ran.stderr


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("America/New_York", "US"),
        ("Europe/Berlin", "DE"),
        ("Asia/Tokyo", "JP"),
        ("UTC", ""),
        ("Nowhere/At_All", ""),
    ],
)
def test_a_time_zone_is_of_a_country(zone: str, country: str) -> None:
    assert country_of_zone(zone) == country


@pytest.mark.system("pdftotext")
def test_the_name_of_the_shop_stands_on_every_paper(
    busy_shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("c.toml").write_text('shop_name = "Luna Silver"\nsender = "Mara Luna\\nBend"\n', encoding="utf-8")
    monkeypatch.setenv("ORDERCLI_CONFIG", "c.toml")
    done(busy_shop("purchase", "draft", "RING-7:5"))

    for command in PRINTING:
        done(busy_shop(*command))
        page = pages_of(read("x.pdf"), tmp_path)[0]
        Path("x.pdf").unlink()

        assert "Luna Silver" in page, command
        assert ("Mara Luna" in page) == (command[0] != "pick"), command


@pytest.mark.system("pdftotext")
def test_the_pick_list_is_printed_as_it_is_shown(busy_shop: Run, tmp_path: Path, database: Path) -> None:
    before = content(database)

    assert done(busy_shop("pick", "--pdf", "p.pdf")).stderr == "Wrote 5 rows to p.pdf.\n"

    (page,) = pages_of(read("p.pdf"), tmp_path)
    assert page.startswith("Pick list 2026-03-16 09:00 · 17 units of 5 products for 11 orders Bin A-1 4 RING-7 ")
    assert "114-0000005-0000005 × 2 114-0000006-0000006 × 1" in page
    assert content(database) == before


@pytest.mark.system("pdftotext")
def test_a_purchase_is_written_as_it_goes_to_the_supplier(
    shop: Run, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "set.toml").write_text('sender = "Luna Silver\\n1 Mill Lane"\n')
    monkeypatch.setenv("ORDERCLI_CONFIG", str(tmp_path / "set.toml"))
    where = ("--address", r"14 rue des Lilas\n69003 Lyon", "--payment-terms", "30 days net")
    done(shop("supplier", "add", "Ateliers Noir", "--currency", "EUR", "--email", "orders@noir.example", *where))
    done(shop("supplier", "product", "Ateliers Noir", "RING-7", "--price", "1@8.75", "--supplier-sku", "R7-925"))
    what = ("RING-7:52", "RING-8:10@9.10", "BRAC-BEAD:1@4.00")
    done(shop("purchase", "add", *what, "--supplier", "Ateliers Noir", "--reference", "A-17"))
    done(shop("purchase", "cancel", "1", "--line", "RING-7:2", "--line", "BRAC-BEAD:1"))
    done(shop("purchase", "edit", "1", "--expected", "2026-04-10", "--sku", "RING-8", "--note", "by boat"))
    before = content(database)

    ran = done(shop("purchase", "export", "--purchase", "1", "--pdf", "o.pdf"))

    (page,) = pages_of(read("o.pdf"), tmp_path)
    assert (ran.stdout, ran.stderr, content(database)) == ("", "Wrote purchase 1 to o.pdf.\n", before)
    assert page.startswith("Luna Silver 1 Mill Lane Purchase order 1 Supplier Ship to Details Ateliers Noir ")
    for words in ("14 rue des Lilas", "69003 Lyon", "orders@noir.example", "Terms: 30 days net"):
        assert words in page
    for words in ("Date: 2026-03-16", "To arrive by: 2026-04-10", "Your number: A-17"):
        assert words in page
    assert re.search(r"50 R7-925 Silver stacking ring, size 7 2026-..-.. 8\.75 437\.50 our SKU RING-7", page)
    assert "10 Silver stacking ring, size 8 2026-04-10 9.10 91.00 our SKU RING-8 Total 528.50 EUR" in page
    assert "BRAC-BEAD" not in page
    assert "by boat" in page


def test_a_purchase_of_which_all_was_canceled_is_not_written(shop: Run) -> None:
    done(shop("purchase", "add", "RING-7:5"))
    done(shop("purchase", "cancel", "1"))

    ran = shop("purchase", "export", "--purchase", "1", "--pdf", "o.pdf")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == "Purchase 1 holds nothing to order; see: ordercli purchase show 1\n"
    assert not Path("o.pdf").exists()


@pytest.mark.parametrize(
    ("command", "package"),
    [
        *((command, package) for command in PRINTING for package in ("reportlab", "uharfbuzz")),
        *((command, "zxingcpp") for command in PRINTING if command[0] in ("slip", "label")),
    ],
    ids=str,
)
def test_without_the_extra_one_line_says_how_to_get_it(
    busy_shop: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], package: str
) -> None:
    done(busy_shop("purchase", "draft", "RING-7:5"))
    load = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(name)
        return load(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)

    ran = busy_shop(*command)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == f"Printing needs reportlab and fonts; install with: {install_line('labels')}\n"
    assert not Path("x.pdf").exists()


@pytest.mark.parametrize("package", ["_PACKAGE", "_HAN_PACKAGE"])
def test_without_the_fonts_the_same_line_is_said(
    busy_shop: Run, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setattr(f"ordercli.formats.typeset.{package}", "no_such_fonts")

    ran = busy_shop("pick", "--pdf", "x.pdf")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == f"Printing needs reportlab and fonts; install with: {install_line('labels')}\n"


@pytest.mark.parametrize("command", PRINTING, ids=" ".join)
def test_a_configured_logo_that_is_not_there_is_said_on_every_paper(
    busy_shop: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    done(busy_shop("purchase", "draft", "RING-7:5"))
    Path("c.toml").write_text('logo = "none.png"\n', encoding="utf-8")
    monkeypatch.setenv("ORDERCLI_CONFIG", "c.toml")

    ran = busy_shop(*command)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == "The configured logo none.png cannot be read: No such file or directory.\n"


LAST_WORDS = 'Change the text, or name a font that has them in the configuration file: fonts = ["FILE.ttf"]\n'


@pytest.mark.parametrize(
    ("command", "about"),
    [
        (("label", "0000001", "0000002", "--pdf", "x.pdf"), "order 114-0000002-0000002"),
        (("label", "0000001", "0000002", "--zpl", "x.pdf"), "order 114-0000002-0000002"),
        (("slip", "0000001", "0000002", "--pdf", "x.pdf"), "order 114-0000002-0000002"),
        (("pick", "--pdf", "x.pdf"), "product RING-7"),
        (("purchase", "export", "--purchase", "1", "--pdf", "x.pdf"), "purchase 1"),
    ],
    ids=str,
)
def test_letters_that_no_font_has_are_named_with_what_they_are_for_and_nothing_is_written(
    busy_shop: Run, command: tuple[str, ...], about: str
) -> None:
    done(busy_shop("order", "edit", "0000002", "--customer", "Tenzin བོད", "--ship-name", "Tenzin བོད"))
    done(busy_shop("product", "edit", "RING-7", "--name", "Ring བོད"))
    done(busy_shop("purchase", "draft", "RING-7:5"))

    ran = busy_shop(*command)

    letters = "ད (U+0F51 TIBETAN LETTER DA), བ (U+0F56 TIBETAN LETTER BA), (U+0F7C TIBETAN VOWEL SIGN O)"
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith("Nothing was printed, for no font has these letters: ")
    assert f"{about}: {letters}" in ran.stderr
    assert ran.stderr.endswith(LAST_WORDS)
    assert "Tenzin" not in ran.stderr
    assert not Path("x.pdf").exists()


@pytest.mark.system("pdftotext")
def test_a_font_of_the_sellers_is_asked_for_letters_that_ours_lack(
    busy_shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(busy_shop("order", "edit", "0000002", "--ship-name", "רות לוי"))
    monkeypatch.setattr("ordercli.formats.typeset._SCRIPTS", ("Arabic",))
    own = importlib.resources.files("manimgx_fonts") / "NotoSansHebrew[wght].ttf"
    assert busy_shop("label", "0000002", "--pdf", "x.pdf").exit_code == 5

    Path("c.toml").write_text(f"fonts = ['{own}']\n", encoding="utf-8")
    monkeypatch.setenv("ORDERCLI_CONFIG", "c.toml")
    done(busy_shop("label", "0000002", "--pdf", "x.pdf", "--zpl", "x.zpl"))

    (page,) = pages_of(read("x.pdf"), tmp_path)
    assert "רות לוי" in page


FONTS = {
    "no list": ('fonts = "a.ttf"', 2, "fonts must be a list of files"),
    "no text": ("fonts = [1]", 2, "fonts must be a list of files"),
    "no file": ('fonts = ["none.ttf"]', 5, "There is no font file none.ttf."),
    "no font": ('fonts = ["c.toml"]', 5, "The font c.toml has no outlines to print"),
}


@pytest.mark.parametrize(("line", "code", "said"), FONTS.values(), ids=FONTS)
def test_what_is_wrong_with_a_font_is_said(
    busy_shop: Run, monkeypatch: pytest.MonkeyPatch, line: str, code: int, said: str
) -> None:
    done(busy_shop("order", "edit", "0000002", "--ship-name", "བོད"))
    Path("c.toml").write_text(line + "\n", encoding="utf-8")
    monkeypatch.setenv("ORDERCLI_CONFIG", "c.toml")

    ran = busy_shop("label", "0000002", "--pdf", "x.pdf")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr


@pytest.mark.system("pdftotext")
def test_a_line_break_in_a_cell_is_a_blank_on_every_paper(busy_shop: Run) -> None:
    done(busy_shop("order", "edit", "0000002", "--ship-name", "Ana\nLaska", "--address", "1 Elm\r\nRear house"))
    done(busy_shop("product", "edit", "RING-7", "--name", "Silver\nring"))
    done(busy_shop("purchase", "draft", "RING-7:5"))

    for command in (*PRINTING, ("label", "0000002", "--pdf", "x.pdf"), ("slip", "0000002", "--pdf", "x.pdf")):
        done(busy_shop(*command))
    done(busy_shop("label", "0000002", "--pdf", "l.pdf", "--zpl", "l.zpl"))
    lines = _lines_of("l.pdf") + _lines_of("x.pdf")

    assert "Ana Laska" in lines
    assert "1 Elm Rear house" in lines
    assert b"^FDAna Laska^FS" in read("l.zpl")
    assert b"^FD1 Elm Rear house^FS" in read("l.zpl")


WRONG = {
    "a slip to nowhere": (("slip", "0000001"), 2, "--pdf FILE"),
    "a label to nowhere": (("label", "0000001"), 2, "--zpl FILE"),
    "both to stdout": (("label", "0000001", "--pdf", "-", "--zpl", "-"), 2, "Only one"),
    "an unknown order": (("label", "9999999", "--pdf", "x"), 6, "no order"),
    "a missing logo": (("slip", "0000001", "--pdf", "x", "--logo", "no.png"), 5, "no.png cannot be read"),
    "a missing template": (("slip", "0000001", "--pdf", "x", "--template", "no.txt"), 5, "cannot be read"),
    "no such folder": (("label", "0000001", "--pdf", "no/x.pdf"), 5, "cannot be written"),
    "a label of no shipment": (("shipment", "label", "9", "--pdf", "x"), 6, "no shipment 9"),
    "a label both ways": (("shipment", "label", "9", "--pdf", "x", "--attach", "y"), 2, "--attach FILE to keep"),
    "a missing label": (("shipment", "label", "9", "--attach", "no.pdf"), 5, "cannot be read"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_sentence(
    busy_shop: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = busy_shop(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr


def test_an_order_without_an_address_gets_no_label(busy_shop: Run) -> None:
    done(busy_shop("order", "add", "W-1000", "--line", "RING-7:1", "--channel", "shop", "--customer", "Ana"))

    ran = busy_shop("label", "0000001", "W-1000", "--pdf", "l.pdf")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith("No address is known of W-1000;")


def test_a_carriers_label_is_kept_with_its_shipment_and_written_again(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    Path("usps.pdf").write_bytes(PDF)

    told = receipt(busy_shop("shipment", "label", "1", "--attach", "usps.pdf", "--format", "json"))
    assert told["changed"] == {"labels": 1}
    assert done(busy_shop("shipment", "label", "1", "--attach", "-", stdin=PDF)).stderr.startswith("Unchanged")

    done(busy_shop("shipment", "label", "1", "--attach", "-", stdin=PDF + b"2"))
    done(busy_shop("shipment", "label", "1", "--pdf", "again.pdf"))
    assert read("again.pdf") == PDF + b"2"
    assert "label_file" not in card(busy_shop, "order", "show", "0000001")
    Path("usps.pdf").write_bytes(b"GIF89a")
    ran = busy_shop("shipment", "label", "1", "--attach", "usps.pdf")
    assert (ran.exit_code, ran.stderr) == (5, "usps.pdf is no PDF; ask the carrier's page for one.\n")
