"""Names that may be meant: each once, however often it is known."""

import pytest

from ordercli.domain.near import did_you_mean


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("ring-7", "; did you mean RING-7?"),  # two lines of an order have it
        ("RING-8", "; did you mean RING-7?"),
        ("SET-3", "; did you mean SET-2 or SET-1?"),
        ("BOX", "."),
    ],
)
def test_a_name_that_may_be_meant_is_told_once(wanted: str, said: str) -> None:
    assert did_you_mean(wanted, ["RING-7", "SET-1", "RING-7", "SET-2"]) == said
