"""What the sheets and columns of a seller's own spreadsheet are, by their names and by what she says of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from ordercli.domain.fields import FieldError
from ordercli.domain.workbook.tracker_words import (
    COLUMN_WORDS,
    NOT_TAKEN,
    OTHER_SHEETS,
    SHEET_WORDS,
    SheetKind,
    word_key,
)

IGNORE = "ignore"
KINDS: tuple[SheetKind, ...] = ("orders", "inventory", "suppliers")
MORE_FIELDS: Mapping[SheetKind, tuple[str, ...]] = {
    "orders": (
        "item_tax",
        "shipping_tax",
        "gift_wrap_price",
        "gift_wrap_tax",
        "discount",
        "channel_updated_at",
    ),
    "inventory": (),
    "suppliers": ("spread_days", "order_days"),
}
"""Fields that no name of a column is certain enough for; ``--map`` gives them."""
LOOKED_FOR = (
    "a sheet of orders has a number, a product and a day of each; one of products a SKU or a name, and a quantity,"
    " a cost or a price; one of suppliers their names"
)
_STRONG_SUPPLIER = frozenset(COLUMN_WORDS["suppliers"]["supplier"]) - {word_key("name"), word_key("company")}
_TELLS_PRODUCT = ("quantity", "unit_cost", "unit_price", "reorder_point")
_RETURNED = frozenset(map(word_key, ("return id", "rma", "return reason", "reason", "Rückgabegrund")))


class SheetCorrection(NamedTuple):
    """What the user says: a sheet is of a kind, or a column of a sheet (or of any) is a field; or is ignored."""

    left: str
    target: str


class TrackedColumn(NamedTuple):
    """One column of a sheet.

    Attributes:
        place: from 0.
        heading: its name, with its letter if another has the same.
        fields: what is read of it; several where a name is the key too.
        reason: why nothing is.
    """

    place: int
    heading: str
    fields: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """How a sheet is read.

    Attributes:
        sheet: its name.
        kind: what it is taken for.
        row: number of its header.
        columns: those with a name.
        rank: how well it fits.
    """

    sheet: str
    kind: SheetKind
    row: int
    columns: tuple[TrackedColumn, ...]
    rank: int

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(heading, field) of what is read."""
        return tuple((column.heading, field) for column in self.columns for field in column.fields)

    def heading_of(self, field: str) -> str | None:
        """The heading of the column that a field is read from."""
        return next((heading for heading, read in self.pairs if read == field), None)

    def reading(self, heading: str, fields: tuple[str, ...], reason: str = "") -> "SheetPlan":
        """The same with another meaning of a column."""
        columns = tuple(
            column._replace(fields=fields, reason=reason) if column.heading == heading else column
            for column in self.columns
        )
        return replace(self, columns=columns)


class LeftOut(NamedTuple):
    """A sheet that is not read, and why."""

    sheet: str
    reason: str


def fields_of(kind: SheetKind) -> tuple[str, ...]:
    """What can be read of a row of a kind."""
    return (*COLUMN_WORDS[kind], *MORE_FIELDS[kind])


def targets() -> tuple[str, ...]:
    """What a sheet or a column may be said to be."""
    return (*dict.fromkeys(field for kind in KINDS for field in fields_of(kind)), *KINDS, IGNORE)


def parse_corrections(pairs: Iterable[str]) -> tuple[SheetCorrection, ...]:
    """What ``--map SHEET.COLUMN=FIELD``, ``--map COLUMN=FIELD`` and ``--map SHEET=KIND`` say.

    Raises:
        FieldError: for a field that there is not.
    """
    known = targets()
    corrections = []
    for pair in pairs:
        left, sign, target = (part.strip() for part in pair.rpartition("="))
        if not sign or not left:
            raise FieldError(f'{pair!r}: write SHEET.COLUMN=FIELD, such as "Orders.Item=sku"')
        if target not in known:
            near = get_close_matches(target, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise FieldError(f"{pair!r}: there is no field {target!r}; {hint}")
        corrections.append(SheetCorrection(_bare(left), target))
    lefts = [correction.left for correction in corrections]
    twice = next((left for left in lefts if lefts.count(left) > 1), None)
    if twice is not None:
        raise FieldError(f"{twice!r} is told twice")
    return tuple(corrections)


def refuse_unmet(corrections: Sequence[SheetCorrection], sheets: Mapping[str, Sequence[str]]) -> None:
    """Refuse what names no sheet and no column that there is.

    Args:
        corrections: what the user says.
        sheets: the headings of every sheet.

    Raises:
        FieldError: naming the nearest.
    """
    names = [
        name
        for sheet, headings in sheets.items()
        for name in (sheet, *(f"{sheet}.{heading}" for heading in headings), *headings)
    ]
    there = {_bare(name): name for name in names}
    for correction in corrections:
        if correction.left in there:
            continue
        near = get_close_matches(correction.left, list(there), n=1)
        hint = f"did you mean {there[near[0]]!r}?" if near else f"its sheets are {', '.join(sheets)}"
        raise FieldError(f"there is no sheet and no column {correction.left!r}; {hint}")


def plan_header(
    sheet: str, row: int, cells: Sequence[tuple[int, str]], corrections: Sequence[SheetCorrection]
) -> SheetPlan | None:
    """How a sheet is read if this row is its header; None if it cannot be.

    Args:
        sheet: its name.
        row: the row's number.
        cells: place and text of its cells that hold any.
        corrections: what the user says.
    """
    told_kind, hinted = kind_told(sheet, corrections), SHEET_WORDS.get(word_key(sheet))
    found = []
    for kind in KINDS if (meant := told_kind or hinted) is None else [meant]:
        columns = _columns(sheet, kind, cells, corrections)
        fields = {field for column in columns for field in column.fields}
        keys = {word_key(heading) for _, heading in cells}
        if fields and (told_kind is not None or _is_whole(kind, fields, keys, is_hinted=hinted is not None)):
            found.append(SheetPlan(sheet, kind, row, columns, len(fields)))
    return max(found, key=lambda plan: plan.rank, default=None)


def kind_told(sheet: str, corrections: Sequence[SheetCorrection]) -> SheetKind | None:
    """The kind that the user says a sheet is of."""
    target = _told(corrections, _bare(sheet))
    return next((kind for kind in KINDS if kind == target), None)


def left_out(sheet: str, corrections: Sequence[SheetCorrection]) -> str | None:
    """Why a sheet is not even looked at; None if it is."""
    target = _told(corrections, _bare(sheet))
    if target == IGNORE:
        return "you said so"
    return OTHER_SHEETS.get(word_key(sheet)) if target is None else None


def missing_of(plan: SheetPlan) -> str:
    """What a sheet lacks that it must have, in words; empty if nothing."""
    fields = {field for _, field in plan.pairs}
    needs: Mapping[SheetKind, tuple[tuple[str, tuple[str, ...]], ...]] = {
        "orders": (
            ("of order numbers", ("order_id",)),
            ("of SKUs or products", ("sku",)),
            ("of days", ("ordered_at", "shipped_at")),
        ),
        "inventory": (("of SKUs or names", ("sku",)),),
        "suppliers": (("of suppliers", ("supplier",)),),
    }
    return ", ".join(what for what, any_of in needs[plan.kind] if fields.isdisjoint(any_of))


def _told(corrections: Sequence[SheetCorrection], *lefts: str) -> str | None:
    return next((each.target for each in corrections if each.left in lefts), None)


def _bare(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_whole(kind: SheetKind, fields: set[str], keys: set[str], *, is_hinted: bool) -> bool:
    """Whether what a header names is enough to take a sheet for one of a kind."""
    if kind == "orders":
        is_bought = bool(keys & _STRONG_SUPPLIER) and not fields & {"customer_name", "channel"}
        return (
            {"order_id", "sku"} <= fields
            and bool(fields & {"ordered_at", "shipped_at"})
            and not (is_bought or keys & _RETURNED)
        )
    if kind == "inventory":
        return "sku" in fields and not fields.isdisjoint(_TELLS_PRODUCT)
    return "supplier" in fields and len(fields) > 1 and (is_hinted or bool(keys & _STRONG_SUPPLIER))


@cache
def _ranked(kind: SheetKind) -> Mapping[str, tuple[str, int]]:
    """Field and rank of every name of a column."""
    ranked: dict[str, tuple[str, int]] = {}
    for field, words in COLUMN_WORDS[kind].items():
        for rank, word in enumerate((word_key(field), *words)):
            ranked.setdefault(word, (field, rank))
    for field in MORE_FIELDS[kind]:
        ranked.setdefault(word_key(field), (field, 0))
    return ranked


def _columns(
    sheet: str, kind: SheetKind, cells: Sequence[tuple[int, str]], corrections: Sequence[SheetCorrection]
) -> tuple[TrackedColumn, ...]:
    """What each column is in a sheet of a kind."""
    told = {
        place: target
        for place, heading in cells
        if (target := _told(corrections, _bare(f"{sheet}.{heading}"), _bare(heading))) is not None
    }
    claims: dict[str, list[tuple[int, int]]] = {}
    for place, heading in cells:
        if place in told:
            if told[place] in fields_of(kind):
                claims.setdefault(told[place], []).append((-1, place))
        elif (claim := _ranked(kind).get(word_key(heading.partition("\n")[0]))) is not None:
            claims.setdefault(claim[0], []).append((claim[1], place))
    chosen = {min(places)[1]: field for field, places in claims.items()}
    headings = dict(cells)
    columns = []
    for place, heading in cells:
        if (field := chosen.get(place)) is not None:
            columns.append(TrackedColumn(place, heading, (field,)))
            continue
        claimed = next((field for field, places in claims.items() if place in [each for _, each in places]), None)
        if told.get(place) == IGNORE:
            reason = "you said so"
        elif claimed is not None:
            reason = f"{claimed}: read from {headings[min(claims[claimed])[1]]}"
        else:
            reason = NOT_TAKEN.get(word_key(heading), "not known here")
        columns.append(TrackedColumn(place, heading, (), reason))
    return _settled(kind, tuple(columns), frozenset(told.values()))


def _settled(
    kind: SheetKind, columns: tuple[TrackedColumn, ...], told: frozenset[str]
) -> tuple[TrackedColumn, ...]:
    """The same with what one column means for another."""
    at = {field: number for number, column in enumerate(columns) for field in column.fields}
    settled = list(columns)
    if kind != "suppliers" and "sku" not in at and "name" in at:
        # Where products have no keys, their names are.
        settled[at["name"]] = settled[at["name"]]._replace(fields=("sku", "name"))
    if kind == "orders" and {"unit_price", "item_price"} <= at.keys():
        spare = "unit_price" if "item_price" in told and "unit_price" not in told else "item_price"
        settled[at[spare]] = settled[at[spare]]._replace(
            fields=(), reason="computed from the price of one and the quantity"
        )
    return tuple(settled)
