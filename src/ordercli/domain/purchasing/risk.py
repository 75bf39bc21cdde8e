"""How likely it is to run out: the probability that demand over some days is more than there is.

Poisson where demand varies about as much as it is large, as a small shop's does; normal where it varies more.
"""

from math import exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

_OVERDISPERSED = 1.5
_LARGE = 500
_NEGLIGIBLE = 1e-17


class Risk(NamedTuple):
    """A probability from 0 to 1, and the distribution it was found with."""

    probability: float
    method: Literal["poisson", "normal"]


def shortage_risk(mean: float, variance: float, available: int) -> Risk:
    """Probability that demand is more than ``available`` units.

    Poisson up to a variance of 1.5 x the mean; else, and for means above 500, normal with continuity correction.

    Args:
        mean: units expected over the days in question, >= 0.
        variance: of those units.
        available: units there are, >= 0.
    """
    if mean <= 0:
        return Risk(0.0, "poisson")
    if variance > _OVERDISPERSED * mean or mean > _LARGE:
        return Risk(1 - NormalDist(mean, sqrt(max(variance, mean))).cdf(available + 0.5), "normal")
    return Risk(_poisson_above(mean, available), "poisson")


def _poisson_above(mean: float, available: int) -> float:
    """The upper tail, summed from its own first term, so that small probabilities keep their digits."""
    k = available + 1
    term = exp(k * log(mean) - mean - lgamma(k + 1))
    total = term
    while term > _NEGLIGIBLE * total or k < mean:
        k += 1
        term *= mean / k
        total += term
    return min(1.0, total)
