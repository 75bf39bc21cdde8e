"""The order of letters where some run from right to left, compared with a library that does it for others."""

import pytest
from bidi import get_base_level, get_display
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.bidi import Run, is_rtl, visual_runs

PIECES = [*"aאع 1١+-,.$([{)]}!", "\u0301", "\u05b0", "12", "(א", "[a", "ב)", "b]", " (", ") "]
RUNS = {
    "left to right": ("Ana 5", [("Ana 5", False)]),
    "nothing": ("", []),
    "Hebrew": ("תל אביב", [("תל אביב", True)]),
    "a number within": ("הרצל 5, תל אביב", [(", תל אביב", True), ("5", False), ("הרצל ", True)]),
    "Arabic digits": ("١٢٣ شارع", [(" شارع", True), ("١٢٣", False)]),
    "a city in brackets": (
        "الرياض (Riyadh) 12345",
        [("12345", False), (") ", True), ("Riyadh", False), ("الرياض (", True)],
    ),
    "brackets after Hebrew, in an English line": ("a א(ב) c", [("a ", False), ("א(ב)", True), (" c", False)]),
    "a sum among Arabic letters": ("ع 1-1", [("1", False), ("-", True), ("1", False), ("ع ", True)]),
    "brackets that cross": ("א (ב[ג) a] b", [("a] b", False), ("א (ב[ג) ", True)]),
    "Hebrew in an English line": ("c/o אב 5 x", [("c/o ", False), ("5", False), ("אב ", True), (" x", False)]),
}


@pytest.mark.parametrize(("text", "runs"), RUNS.values(), ids=RUNS)
def test_a_line_falls_into_runs_from_left_to_right(text: str, runs: list[tuple[str, bool]]) -> None:
    assert visual_runs(text) == [Run(*run) for run in runs]


@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join), st.sampled_from([None, False, True])
)
def test_letters_stand_as_the_rules_of_unicode_have_them(text: str, base: bool | None) -> None:
    runs = visual_runs(text, base_rtl=base)

    shown = "".join("".join(reversed(run.text)) if run.is_rtl else run.text for run in runs)
    assert shown == get_display(text, base_dir={None: None, False: "L", True: "R"}[base])
    assert is_rtl(text) == bool(get_base_level(text))
