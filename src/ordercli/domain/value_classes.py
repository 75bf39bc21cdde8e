"""Value classes: which products bring most of the money.

Source: the rule of value classes (share before the item) is one of two in use and fixed here.
"""

from collections.abc import Sequence

CLASSES = ("A", "B", "C")
_PERCENT_BEFORE = (("A", 80), ("B", 95))


def abc_classes(values: Sequence[int]) -> list[str]:
    """Class of each value: A while the share of all larger ones before it is below 80 %, B below 95 %, else C.

    Equal values keep their order. What is worth nothing is C.

    Args:
        values: >= 0, in any order, such as cents a year.
    """
    total = sum(values)
    classes = ["C"] * len(values)
    before = 0
    for place in sorted(range(len(values)), key=lambda place: -values[place]):
        value = values[place]
        if value:
            classes[place] = next((name for name, most in _PERCENT_BEFORE if 100 * before < most * total), "C")
        before += value
    return classes
