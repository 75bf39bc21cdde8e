"""The order in which the letters of a line stand, where some of it runs from right to left.

Source: Unicode Standard Annex #9, Unicode Bidirectional Algorithm, rules P2, W1 to W7, N0 to N2, I1, I2, L1, L2.
The rules for embeddings and isolates (X) have nothing to do: text loses those characters at the door.
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

_FIRST_RTL = "\u0590"
"""Letters before it all run from left to right."""
_STRONG = frozenset({"L", "R", "AL"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_MARKS = frozenset({"NSM", "BN"})
"""Take the class of what they stand on; the joiners are BN, which the rules let a program treat so."""
_FAR_PAIRS = {"[": "]", "{": "}"}
"""Brackets whose partner is not the next code."""


class Run(NamedTuple):
    """A piece of a line that runs one way; its text in the order in which it is read."""

    text: str
    is_rtl: bool


def is_rtl(text: str) -> bool:
    """Whether a paragraph runs from right to left: its first letter does (rule P2)."""
    first = next((kind for c in text if (kind := unicodedata.bidirectional(c)) in _STRONG), "L")
    return first != "L"


def visual_runs(text: str, *, base_rtl: bool | None = None) -> list[Run]:
    """The pieces of one line as they stand from left to right.

    Args:
        text: without line breaks and controls of direction.
        base_rtl: which way its paragraph runs; None: as its first letter.
    """
    if base_rtl is None:
        if max(text, default="") < _FIRST_RTL:
            return [Run(text, is_rtl=False)] if text else []
        base_rtl = is_rtl(text)
    levels = _levels(text, int(base_rtl))
    runs = []
    start = 0
    for level, group in groupby(levels):
        end = start + len(list(group))
        runs.append((level, text[start:end]))
        start = end
    return [Run(piece, is_rtl=bool(level % 2)) for level, piece in _reordered(runs)]


def _reordered(runs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Runs with their levels from left to right (rule L2)."""
    for level in range(max((level for level, _ in runs), default=0), 0, -1):
        turned: list[tuple[int, str]] = []
        for is_turned, group in groupby(runs, key=lambda run: run[0] >= level):
            piece = list(group)
            turned += reversed(piece) if is_turned else piece
        runs = turned
    return runs


def _levels(text: str, base: int) -> list[int]:
    kinds = [unicodedata.bidirectional(c) or "L" for c in text]
    resolved = _resolve_weak(kinds, base)
    _resolve_brackets(text, kinds, resolved, base)
    _resolve_neutral(resolved, base)
    raised = ({"R": 1, "AN": 2, "EN": 2}, {"L": 1, "AN": 1, "EN": 1})[base]
    levels = [base + raised.get(kind, 0) for kind in resolved]
    for place in range(len(text) - 1, -1, -1):  # L1: blanks at the end of the line
        if kinds[place] not in ("WS", "S", "B", "BN"):
            break
        levels[place] = base
    return levels


def _resolve_weak(kinds: list[str], base: int) -> list[str]:
    """W1 to W7: marks, numbers and what stands between them."""
    kinds = _with_letters(kinds, base)
    for place in range(1, len(kinds) - 1):
        around = {kinds[place - 1], kinds[place + 1]}
        if (kinds[place] in ("ES", "CS") and around == {"EN"}) or (kinds[place] == "CS" and around == {"AN"}):
            kinds[place] = around.pop()
    _join_signs(kinds)
    strong = "LR"[base]
    for place, kind in enumerate(kinds):
        if kind == "AL":
            kinds[place] = "R"
        elif kind in ("ES", "ET", "CS"):
            kinds[place] = "ON"
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"
        strong = kind if kind in _STRONG else strong
    return kinds


def _with_letters(kinds: list[str], base: int) -> list[str]:
    """W1 and W2: marks are of the class of what they stand on, and numbers among Arabic letters are Arabic."""
    resolved: list[str] = []
    strong = "LR"[base]
    for kind in kinds:
        if kind in _MARKS:
            resolved.append(resolved[-1] if resolved else "LR"[base])
        else:
            resolved.append("AN" if kind == "EN" and strong == "AL" else kind)
        strong = kind if kind in _STRONG else strong
    return resolved


def _join_signs(kinds: list[str]) -> None:
    """W5: signs of money and the like belong to the number beside them."""
    start = 0
    for kind, group in groupby(kinds.copy()):
        end = start + len(list(group))
        if kind == "ET" and "EN" in (*kinds[start - 1 : start], *kinds[end : end + 1]):
            kinds[start:end] = ["EN"] * (end - start)
        start = end


def _resolve_brackets(text: str, kinds: list[str], resolved: list[str], base: int) -> None:
    """N0: a pair of brackets goes with what it holds."""
    own = "LR"[base]
    for opened, closed in sorted(_pairs(text, resolved)):
        inside = {_direction(kind) for kind in resolved[opened + 1 : closed]} - {""}
        if not inside:
            continue
        side = own
        if own not in inside:
            before = (d for kind in reversed(resolved[:opened]) if (d := _direction(kind)))
            side = next(before, own)
        for place in (opened, closed):
            resolved[place] = side
            for mark in range(place + 1, len(text)):
                if kinds[mark] not in _MARKS:
                    break
                resolved[mark] = side


def _pairs(text: str, resolved: list[str]) -> Iterator[tuple[int, int]]:
    """Places of brackets that open and close each other."""
    waiting: list[tuple[str, int]] = []
    for place, c in enumerate(text):
        if resolved[place] != "ON" or not unicodedata.mirrored(c):
            continue
        category = unicodedata.category(c)
        if category == "Ps":
            waiting.append((_FAR_PAIRS.get(c) or chr(ord(c) + 1), place))
        elif category == "Pe":
            found = next((depth for depth in range(len(waiting) - 1, -1, -1) if waiting[depth][0] == c), None)
            if found is not None:
                yield waiting[found][1], place
                del waiting[found:]


def _direction(kind: str) -> str:
    return "R" if kind in ("R", "AN", "EN") else "L" if kind == "L" else ""


def _resolve_neutral(resolved: list[str], base: int) -> None:
    """N1 and N2: what has no direction goes with both its neighbors, or else with the line."""
    start = 0
    before = own = "LR"[base]
    for is_neutral, group in groupby(resolved.copy(), key=_NEUTRAL.__contains__):
        kinds = list(group)
        end = start + len(kinds)
        if is_neutral:
            after = _direction(resolved[end]) if end < len(resolved) else own
            resolved[start:end] = [before if before == after else own] * len(kinds)
        else:
            before = _direction(kinds[-1])
        start = end
