"""Which counts are so far off that they ask first."""

import pytest

from ordercli.domain.stock.counting import is_far_off


@pytest.mark.parametrize(
    ("products", "differing", "expected", "off", "told"),
    [
        pytest.param(1, 1, 2, 1, False, id="one of two missing"),
        pytest.param(1, 1, 3, 3, False, id="three units are few, even if they are all"),
        pytest.param(1, 1, 12, 4, False, id="exactly a third of the units"),
        pytest.param(1, 1, 11, 4, True, id="more than a third of the units"),
        pytest.param(1, 1, 0, 4, True, id="nothing expected"),
        pytest.param(5, 2, 35, 3, False, id="two products of five, a unit or two each"),
        pytest.param(5, 5, 35, 29, True, id="one of each"),
        pytest.param(9, 3, 90, 3, False, id="three products are few"),
        pytest.param(12, 4, 90, 4, False, id="exactly a third of the products"),
        pytest.param(11, 4, 90, 4, True, id="more than a third of the products"),
        pytest.param(100, 30, 1000, 300, False, id="just below"),
        pytest.param(0, 0, 0, 0, False, id="nothing there, nothing found"),
    ],
)
def test_more_than_a_third_and_more_than_a_few(
    products: int, differing: int, expected: int, off: int, told: bool
) -> None:
    assert is_far_off(products=products, differing=differing, expected=expected, off=off) == told
