"""How far a count may be from the ledger before somebody should look at it again."""

FEW = 3
"""Units in all, or products, that are never much: a shop counts one product because it is wrong, or five of which
two are."""


def is_far_off(*, products: int, differing: int, expected: int, off: int) -> bool:
    """Whether a count differs so much that it is more likely the wrong file than the truth.

    It is where more than a third of the units or of the products differ, and more than :data:`FEW`.

    Args:
        products: how many were counted.
        differing: how many of them were not as expected.
        expected: units that the ledger had of all of them.
        off: units found beyond it and units missing, together.
    """
    return (off > FEW and 3 * off > expected) or (differing > FEW and 3 * differing > products)
