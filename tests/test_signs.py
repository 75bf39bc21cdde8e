"""A text is found in a file wherever it stands between long gaps, and nothing is found that is not there."""

import pytest

from signs import ENCODINGS, standing_in

TEXTS = ("Anastasia Quillfeather", "王小明様", "ab", "a")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("gap", [0, 1, 63, 64, 65, 4096])
def test_a_text_is_found_between_gaps_of_any_length(encoding: str, gap: int) -> None:
    for text in TEXTS:
        content = b"\xff" + bytes(gap) + text.encode(encoding) + bytes(gap) + b"\xff"

        assert standing_in(content, TEXTS) == {each for each in TEXTS if each in text and each.isascii()} | {text}


def test_what_a_gap_parts_is_not_found_as_one() -> None:
    for gap in (64, 65, 200):
        assert standing_in(b"Anastasia " + bytes(gap) + b"Quillfeather", TEXTS[:3]) == set()
