"""Whether two spans of time differ by more than chance: exact tests, intervals, and what may be said of them.

Sources: R. A. Fisher, "Statistical Methods for Research Workers" (two-sided by summing all tables no likelier than
the one seen, as R's fisher.test does); R. G. Newcombe, "Interval estimation for the difference between independent
proportions", Statistics in Medicine 17 (1998), method 10; E. J. G. Pitman, "Significance tests which may be
applied to samples from any populations" (1937); B. Phipson and G. K. Smyth, "Permutation P-values should never be
zero" (2010).
"""

from collections.abc import Sequence
from itertools import combinations
from math import comb, erfc, fsum, sqrt
from random import Random
from typing import NamedTuple

ALIKE = 1 + 1e-7
"""Two tables count as equally likely up to this ratio."""

_TINY = 1e-300
_Z = 1.959963984540054
"""Standard normal quantile of 97.5 %."""

_MOST_EXACT = 20_000
_MOST_SHUFFLED = 2_000
_SHUFFLES = 9_999
CLEAR = 0.05
"""p below which a difference is said to be more than chance would often give."""


def fisher_exact(defects: int, counted: int, defects_after: int, counted_after: int) -> float:
    """Two-sided p of Fisher's exact test that both spans have the same rate.

    The weights of the tables are ratios to the likeliest one, so nothing overflows at any count. 1 where either
    span counts nothing.
    """
    total, all_defects = counted + counted_after, defects + defects_after
    least, most = max(0, all_defects - counted_after), min(all_defects, counted)
    mode = min(max((all_defects + 1) * (counted + 1) // (total + 2), least), most)
    weights = {mode: 1.0}
    weight = 1.0
    for x in range(mode, most):
        weight *= (all_defects - x) * (counted - x) / ((x + 1) * (counted_after - all_defects + x + 1))
        if weight < _TINY:
            break
        weights[x + 1] = weight
    weight = 1.0
    for x in range(mode, least, -1):
        weight *= x * (counted_after - all_defects + x) / ((all_defects - x + 1) * (counted - x + 1))
        if weight < _TINY:
            break
        weights[x - 1] = weight
    seen = weights.get(defects, 0.0) * ALIKE
    return min(1.0, fsum(w for w in weights.values() if w <= seen) / fsum(weights.values()))


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def newcombe(defects: int, counted: int, defects_after: int, counted_after: int) -> Interval:
    """Interval of the difference of two rates, after less before; both spans count something."""
    before, after = defects / counted, defects_after / counted_after
    low_1, high_1 = _wilson(before, counted)
    low_2, high_2 = _wilson(after, counted_after)
    difference = after - before
    return Interval(
        difference - sqrt((after - low_2) ** 2 + (high_1 - before) ** 2),
        difference + sqrt((high_2 - after) ** 2 + (before - low_1) ** 2),
    )


def _wilson(rate: float, counted: int) -> Interval:
    center = rate + _Z * _Z / (2 * counted)
    spread = _Z * sqrt(rate * (1 - rate) / counted + _Z * _Z / (4 * counted * counted))
    scale = 1 + _Z * _Z / counted
    return Interval((center - spread) / scale, (center + spread) / scale)


class Permutation(NamedTuple):
    """A p, and how it was found: ``exact``, ``sampled``, or ``normal`` for the limit of very many values."""

    p: float
    method: str


def permutation_test(before: Sequence[int], after: Sequence[int], *, seed: int = 1) -> Permutation:
    """Two-sided p that the difference of two means is chance.

    Every division of all values is tried where there are at most 20,000 of them; up to 2,000 values some thousands
    are drawn with a fixed seed; beyond that stands the normal distribution that so many divisions follow.
    """
    values = [*before, *after]
    size, total = len(before), sum(values)
    if not before or not after or len(set(values)) == 1:
        return Permutation(1.0, "exact")
    # Sums of whole numbers, so that equal differences are equal.
    seen = abs(sum(before) * len(values) - total * size)
    if comb(len(values), size) <= _MOST_EXACT:
        tries = [abs(sum(part) * len(values) - total * size) for part in combinations(values, size)]
        return Permutation(sum(1 for one in tries if one >= seen) / len(tries), "exact")
    if len(values) <= _MOST_SHUFFLED:
        draw = Random(seed)  # noqa: S311 - repeatable, guards nothing
        hits = sum(
            abs(sum(draw.sample(values, size)) * len(values) - total * size) >= seen for _ in range(_SHUFFLES)
        )
        return Permutation((hits + 1) / (_SHUFFLES + 1), "sampled")
    mean = total / len(values)
    variance = fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    spread = sqrt(size * len(after) / len(values) * variance)
    return Permutation(erfc(seen / len(values) / spread / sqrt(2)), "normal")


def said_p(p: float) -> str:
    """A p for people, never 0."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"  # noqa: PLR2004 - as far as it is of use


def conclusion(
    before: tuple[int, int], after: tuple[int, int], p: float, unit: str = "orders", against: str = ""
) -> str:
    """One sentence on two rates, given as (defects, counted), that claims no more than the numbers do.

    ``against`` says what a defect is, such as ``confirmed late``.
    """
    for (_, counted), when in ((before, "before"), (after, "after")):
        if not counted:
            return f"nothing counts {when}, so nothing can be compared"
    noun = f"{unit} {against}".rstrip()
    shares = [
        f"{defects:,} of {counted:,} {noun} ({defects / counted:.1%})" for defects, counted in (before, after)
    ]
    said = f"{shares[0]} before, {shares[1]} after"
    if p >= CLEAR:
        return f"{said}: no difference can be told ({said_p(p)}); with more {unit} one might show"
    word = "fewer" if after[0] * before[1] < before[0] * after[1] else "more"
    return f"{said}: {word}, and chance alone would seldom give that ({said_p(p)}); it does not say what caused it"
