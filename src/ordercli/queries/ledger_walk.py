"""What ``doctor`` asks of the ledger, answered by one walk through the movements instead of three SELECTs."""

from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock

from ordercli.domain.demand import SELLING
from ordercli.domain.ledger_walk import Walked, walk
from ordercli.queries.reader import Reader

_MOVEMENTS = """
SELECT product_id, occurred_at, from_location, to_location, quantity FROM stock_movement
ORDER BY product_id, occurred_at, id"""
_INSIDE = "SELECT code FROM location WHERE kind <> 'outside'"
_LEVELS = f"SELECT product_id, location, quantity FROM stock_level WHERE quantity <> 0 AND location IN ({_INSIDE})"
_STOCKOUTS = "SELECT product_id, began_at, ended_at FROM stockout"
_MOMENT = "SELECT id, chain FROM operation ORDER BY id DESC LIMIT 1"


class LedgerWalk:
    """A walk that is taken once a moment, by whichever check asks first; others wait for it.

    Two readers may see the shop at two moments, between which another process wrote. Each movement is an
    operation's, and the hash of the last one is of all before it: readers that see it see the same movements.
    """

    def __init__(self) -> None:
        """Take it later."""
        self._lock = Lock()
        self._walked: dict[object, Walked] = {}

    def asking(self, law: str) -> Callable[[Reader], str | None] | None:
        """How a law of the data is asked by the walk; None for one that is not."""
        find = WALKED.get(law)
        return None if find is None else partial(self._ask, find)

    def _ask(self, find: Callable[[Reader, Walked], str | None], reader: Reader) -> str | None:
        moment = reader.rows(_MOMENT).fetchone()
        with self._lock:
            walked = self._walked.get(moment) or self._walked.setdefault(moment, _walk(reader))
        return find(reader, walked)


def _walk(reader: Reader) -> Walked:
    products, inside, selling = (
        frozenset(value for (value,) in reader.rows(sql))
        for sql in ("SELECT id FROM product", _INSIDE, f"SELECT code FROM location WHERE code IN {SELLING}")
    )
    return walk(reader.streamed(_MOVEMENTS), products, inside, selling)


def _wrong_level(reader: Reader, walked: Walked) -> str | None:
    kept = {(product, place): units for product, place, units in reader.rows(_LEVELS)}
    wrong = kept.items() ^ walked.levels.items()
    return " ".join(map(str, min(wrong)[0])) if wrong else None


def _below_zero(_: Reader, walked: Walked) -> str | None:
    return str(min(walked.below)) if walked.below else None


def _wrong_stockout(reader: Reader, walked: Walked) -> str | None:
    wrong = set(reader.rows(_STOCKOUTS)) ^ walked.stockouts
    return str(min(product for product, _, _ in wrong)) if wrong else None


WALKED: Mapping[str, Callable[[Reader, Walked], str | None]] = {
    "levels are the sum of movements": _wrong_level,
    "no balance was ever below zero": _below_zero,
    "stockouts are those of the movements": _wrong_stockout,
}
"""The laws that the walk answers, as ``laws.py`` names them."""
