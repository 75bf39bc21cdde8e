"""Another language is another set of words: no paper says anything of its own."""

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from formats.printed import pages_of
from ordercli.domain.paper import (
    SIZES,
    Label,
    PickPaper,
    PickRow,
    PurchaseOrder,
    PurchaseOrderLine,
    SlipLine,
    Stationery,
)
from ordercli.domain.paper_words import ENGLISH, PaperWords, counted
from ordercli.domain.shipping.slip import fill_template, parse_template
from ordercli.formats.purchasing.purchase_pdf import purchase_pdf
from ordercli.formats.shipping.label_pdf import label_pdf
from ordercli.formats.shipping.label_zpl import label_zpl
from ordercli.formats.shipping.pick_pdf import pick_pdf
from ordercli.formats.shipping.slip_pdf import Slip, slip_pdf


def translated(text: str) -> str:
    """The letters outside braces as a Greek one."""
    return "".join(
        part if part[:1] == "{" else re.sub("[A-Za-z]", "ω", part) for part in re.split(r"(\{.*?\})", text)
    )


def in_greek() -> PaperWords:
    told: dict[str, Any] = {
        field.name: tuple(map(translated, value)) if isinstance(value, tuple) else translated(value)
        for field in fields(ENGLISH)
        if (value := getattr(ENGLISH, field.name))
    }
    return replace(ENGLISH, **told)


SELLER = Stationery("Σ", ("1",), words=in_greek())
ROWS = (
    PickRow("1", "2", "3", 2, (("4", 2),), "5", is_overdue=True, kit="6", customization="7", gift_message="8"),
    PickRow("", "2", "3", 1, (("4", 1),)),
)


def papers() -> dict[str, bytes]:
    words = SELLER.words
    filled = fill_template(parse_template(words.slip), {"order_id": "1", "ordered_on": "2", "gift_message": "3"})
    line = PurchaseOrderLine("1", "2", "3", 4, "5", "6", "7")
    facts = ((words.date, "8"), (words.needed_by, "8"), (words.your_number, "8"), (words.terms, "9"))
    return {
        "slip": slip_pdf([Slip("1", filled, [SlipLine("1", "2", 3, "4", "5", "6")])], SIZES["a4"], SELLER),
        "label": label_pdf([Label("1", "1", ("2",), "3", "4×5")], "a6", SELLER),
        "list by product": pick_pdf(PickPaper("1", ROWS * 30), SIZES["a4"], SELLER),
        "list by order": pick_pdf(PickPaper("1", ROWS, is_by_order=True), SIZES["a4"], SELLER),
        "empty list": pick_pdf(PickPaper("1", ()), SIZES["a4"], SELLER),
        "purchase": purchase_pdf(PurchaseOrder(1, ("2",), ("3",), facts, (line,), "€", "4"), SIZES["a4"], SELLER),
    }


@pytest.mark.system("pdftotext")
def test_no_paper_says_a_word_that_is_not_in_the_language(tmp_path: Path) -> None:
    for paper, written in papers().items():
        text = " ".join(pages_of(written, tmp_path))

        assert "ω" in text, paper
        assert re.findall("[A-Za-z]+", text) == [], paper


def test_labels_for_the_printer_speak_it_too() -> None:
    written = label_zpl([Label("1", "1", ("2",), "3", "4×5")], "a6", SELLER).decode()

    assert re.findall(r"\^FD(?!MA,)[^^]*[A-Za-z]{3}", re.sub("_[0-9A-F]{2}", "", written)) == []


@pytest.mark.parametrize(("count", "told"), [(0, "0 items"), (1, "1 item"), (2, "2 items"), (1200, "1,200 items")])
def test_a_number_has_the_word_that_goes_with_it(count: int, told: str) -> None:
    assert counted(ENGLISH.items, count) == told
