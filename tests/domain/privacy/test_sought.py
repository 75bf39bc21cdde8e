"""People are found in texts however they are written there, and nobody else is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.privacy.people import same_text
from ordercli.domain.privacy.sought import ERASED_TEXT, sought

ANA = {
    "customer_name": "Ana-María Straße",
    "customer_email": "ana.s@example.com",
    "customer_phone": "+49 (0)30 1234567",
    "ship_name": "Büro Straße",
    "address_1": "Am Wehr 12",
    "address_2": "B",
    "city": "Berlin",
    "postal_code": "10115",
    "note": "wants the blue box",
}


@pytest.mark.parametrize(
    ("text", "closely", "elsewhere"),
    [
        ("sent to Ana-María Straße today", "sent to [erased] today", "sent to [erased] today"),
        ("ANA MARÍA STRAßE", "[erased]", "[erased]"),
        (unicodedata.normalize("NFD", "for ana maría straße"), "for [erased]", "for [erased]"),
        ("Straße, Ana María", "[erased]", "[erased]"),
        ("ANA MARÍA STRASSE is her name", "[erased] is her name", "[erased] is her name"),
        ("ﬁt for Aﬃliata", "ﬁt for Aﬃliata", "ﬁt for Aﬃliata"),
        ("ana_maría_straße.csv", "[erased].csv", "[erased].csv"),
        ("mail ANA.S@example.com now", "mail [erased] now", "mail [erased] now"),
        ("call 030 1234567", "call [erased]", "call [erased]"),
        ("call 00490301234567", "call [erased]", "call [erased]"),
        ("am wehr 12, ring twice", "[erased], ring twice", "[erased], ring twice"),
        ("for Ana", "for [erased]", "for Ana"),
        ("she wants the BLUE box", "she [erased]", "she wants the BLUE box"),
        ("b", "[erased]", "b"),
        ("Banana", "Banana", "Banana"),
        ("to Berlin, 10115", "to Berlin, 10115", "to Berlin, 10115"),
        ("order 114-1234567-1234567", "order 114-1234567-1234567", "order 114-1234567-1234567"),
        ("", "", ""),
    ],
)
def test_what_names_somebody_goes_and_all_else_stays(text: str, closely: str, elsewhere: str) -> None:
    assert sought([ANA], closely=True).without(text) == closely
    assert sought([ANA], closely=False).without(text) == elsewhere


@pytest.mark.parametrize(
    ("name", "text", "closely", "elsewhere"),
    [
        ("王小明", "送给王小明的", "送给[erased]的", "送给[erased]的"),
        ("王明", "送给王明的", "送给[erased]的", "送给王明的"),
        ("Q", "Q", "[erased]", "Q"),
        ("Q", "Quite", "Quite", "Quite"),
        ("Fiona Affleck", "to ﬁona aﬀleck", "[erased]", "[erased]"),  # other signs, the same as compared
        ("Silver", "a silver ring", "a [erased] ring", "a silver ring"),
    ],
)
def test_short_names_and_scripts_without_blanks(name: str, text: str, closely: str, elsewhere: str) -> None:
    people = [{"customer_name": name}]
    assert sought(people, closely=True).without(text) == closely
    assert sought(people, closely=False).without(text) == elsewhere


LETTERS = st.characters(categories=("Lu", "Ll", "Lt", "Lm", "Lo"))
NAMES = st.lists(st.text(LETTERS, min_size=3, max_size=8), min_size=2, max_size=3)


@examples(60)
@given(
    words=NAMES, before=st.text(max_size=8), after=st.text(max_size=8), between=st.sampled_from((" ", "-", ", "))
)
def test_no_text_holds_a_name_afterwards(words: list[str], before: str, after: str, between: str) -> None:
    name = " ".join(words)
    text = f"{before} {between.join(words)} {after}"

    for closely in (True, False):
        told = sought([{"customer_name": name}], closely=closely).without(text)
        assert ERASED_TEXT in told
        assert same_text(name) not in same_text(told)
        assert sought([{"customer_name": name}], closely=closely).without(told) == told


@pytest.mark.parametrize(
    ("told", "text", "left"),
    [
        ("a ring of ANA-MARÍA straße", "for Ana-María Straße", "for Ana-María Straße"),
        ("Straße, Ana María", "for Ana-María Straße, or Straße, Ana María", "for [erased], or Straße, Ana María"),
        ("Ana", "for Ana-María Straße", "for [erased]"),
        ("ana.s@example.com", "ana.s@example.com, 030 1234567", "ana.s@example.com, [erased]"),
        ("0049 030 1234567", "ana.s@example.com, 030 1234567", "[erased], 030 1234567"),
        ("Am Wehr 12", "Am Wehr 12", "Am Wehr 12"),
        ("Am Wehr 1", "Am Wehr 12", "[erased]"),
        ("", "Am Wehr 12", "[erased]"),
    ],
)
def test_what_is_called_that_too_or_somebody_else_is_stays(told: str, text: str, left: str) -> None:
    assert sought([ANA], closely=False).besides([told, None]).without(text) == left


def test_a_name_in_a_script_without_blanks_stays_where_something_is_called_that() -> None:
    people = sought([{"customer_name": "王小明"}], closely=False)
    assert people.besides(["王小明 ring"]).without("送给王小明的") == "送给王小明的"
    assert people.besides(["ring"]).without("送给王小明的") == "送给[erased]的"
