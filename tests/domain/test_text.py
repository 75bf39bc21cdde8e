"""Text made safe for terminals and spreadsheets, and masked names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.text import guard_formula, mask_name, paper_line, unguard_formula, visible

ANY_TEXT = st.text(alphabet=st.characters())
FORMULA_LIKE = st.text(alphabet="'=+-@\t\r\n＝＋－＠aé ", max_size=6)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("[/] ¡olé! 指輪 🙂", "[/] ¡olé! 指輪 🙂"),
        ("\x1b]0;title\x07", r"\u001b]0;title\u0007"),
        ("a\nb\tc\r", r"a\u000ab\u0009c\u000d"),
        ("\x9b31m", r"\u009b31m"),
        ("abc\u202edef", r"abc\u202edef"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("line\u2028para\u2029", r"line\u2028para\u2029"),
        ("half\ud800", r"half\ud800"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("no\u00a0break", "no\u00a0break"),
        ("\0", r"\u0000"),
    ],
)
def test_what_a_terminal_would_obey_becomes_readable(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(st.text(alphabet=st.characters()))
def test_what_is_shown_has_no_control_characters(text: str) -> None:
    assert not [c for c in visible(text) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))))
def test_harmless_text_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r1", "\n1", "＝1", "＋1", "－1", "＠x"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guard_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["", "1+1", "a=b", "'quoted'", "'tis", "x@y"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guard_formula(text) == text
    assert unguard_formula(text) == text


@given(ANY_TEXT | FORMULA_LIKE)
def test_unguarding_undoes_guarding(text: str) -> None:
    assert unguard_formula(guard_formula(text)) == text


@given(FORMULA_LIKE)
def test_guarded_text_never_begins_as_a_formula(text: str) -> None:
    assert not guard_formula(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("Ana", "A…"),
        ("Ana Pires", "Ana P."),
        (" Ana  Maria   Pires ", "Ana P."),
    ],
)
def test_a_buyer_is_a_first_name_and_an_initial(name: str | None, masked: str | None) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Weg 1", "Weg 1"),
        ("Weg 1\nHinterhaus", "Weg 1 Hinterhaus"),
        ("Weg 1 \r\n\t Hinterhaus", "Weg 1 Hinterhaus"),
        ("Weg\u20281\x0b2\x853", "Weg 1 2 3"),
        ("two  blanks", "two  blanks"),
        ("\u202eabc\x1b[2J\u0000\ufeff", "abc[2J"),
        ("می\u200cخواهم \u2067x\u2069", "می\u200cخواهم x"),
    ],
)
def test_a_printed_line_has_no_breaks_and_nothing_that_cannot_be_seen(text: str, printed: str) -> None:
    assert paper_line(text) == printed


@given(st.text())
def test_a_printed_line_never_has_an_escape_that_was_not_there(text: str) -> None:
    printed = paper_line(text)

    unseen = {c for c in printed if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert unseen <= {"\u200c", "\u200d"}
    assert printed.count("\\") == text.count("\\")
