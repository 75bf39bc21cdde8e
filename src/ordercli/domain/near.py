"""Which of the names there are may be meant by one that is none of them."""

from collections.abc import Iterable
from difflib import get_close_matches

_SIMILAR = 0.6
_MOST = 3
_SHORTEST_START = 3


def nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """The names that may be meant, three at most.

    Those that differ in capitals only, else similar ones, else those that begin so.
    """
    folded: dict[str, list[str]] = {}
    for name in dict.fromkeys(known):
        folded.setdefault(name.casefold(), []).append(name)
    key = wanted.casefold()
    keys = [key] if key in folded else get_close_matches(key, list(folded), n=_MOST, cutoff=_SIMILAR)
    if not keys and len(key) >= _SHORTEST_START:
        keys = [name for name in folded if name.startswith(key)]
    return [name for match in keys for name in folded[match]][:_MOST]


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """The end of a sentence on a name that is none: a full stop, or the names that may be meant."""
    return offered(nearest(wanted, known))


def offered(near: list[str]) -> str:
    """The end of a sentence on a name that is none, with the names that may be meant."""
    return f"; did you mean {' or '.join(near)}?" if near else "."
