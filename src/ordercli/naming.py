"""Which one order the words of a command mean.

Shared by the write side and the read side, so that both understand the same words and say the same sentences.
"""

from collections.abc import Sequence

from ordercli.errors import NotFound

SHORTEST_TAIL = 4
"""Fewest characters by which an order may be named."""


def one_order(reference: str, found: Sequence[tuple[int, str]]) -> int:
    """The one row an order reference means.

    Args:
        reference: as the user named it: the id, or its last four characters or more.
        found: (row id, order id) of every order whose id is the reference or ends in it.

    Raises:
        NotFound: if it is none or several, unless exactly one is the whole id.
    """
    exact = [row for row, order_id in found if order_id == reference]
    candidates = exact or [row for row, _ in found]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        short = f" (the end of an id needs {SHORTEST_TAIL} characters)" if len(reference) < SHORTEST_TAIL else ""
        raise NotFound(f"There is no order {reference!r}{short}.")
    names = ", ".join(order_id for _, order_id in found[:5])
    raise NotFound(f"{reference!r} could be several orders ({names}); give more of the id.")
