"""One value as text: for machines exactly, for people briefly."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from ordercli.domain.money import format_amount
from ordercli.domain.report import Column
from ordercli.domain.text import guard_formula, mask_name, visible
from ordercli.domain.times import wall_clock

Convert = Callable[[Any, Sequence[Any]], Any]
"""(value, whole row) -> value to write."""

_amount = lru_cache(maxsize=10_000)(format_amount)
"""The same amounts come again and again in a long list."""


def machine_cells(columns: Sequence[Column], shop_currency: str, *, guarded: bool) -> list[Convert | None]:
    """Converters for CSV and TSV (``guarded``: formulas disarmed, None and flags as text) or JSON.

    None stands where the value is written as it is, so that long reports pay only for cells that change. A
    converter is not asked for a cell without a value.
    """
    place = _currency_place(columns)
    return [_machine_cell(column.kind, place, shop_currency, guarded=guarded) for column in columns]


def _machine_cell(kind: str, currency_place: int, shop_currency: str, *, guarded: bool) -> Convert | None:
    if kind == "money":
        return _money_cell(currency_place, shop_currency)
    if kind == "person":
        return lambda value, _: _guard(mask_name(value)) if guarded else mask_name(value)
    if kind in ("text", "key", "keys") and guarded:
        return lambda value, _: guard_formula(value)
    if kind == "value" and guarded:
        return lambda value, _: guard_formula(value) if isinstance(value, str) else value
    if kind == "flag" and not guarded:
        return lambda value, _: bool(value)
    if kind == "rate":
        return lambda value, _: f"{value:.6f}" if guarded else round(value, 6)
    if kind == "number" and not guarded:
        return lambda value, _: float(value)
    return None


def _money_cell(currency_place: int, shop_currency: str) -> Convert:
    if currency_place < 0:
        return lambda value, _: _amount(value, shop_currency)
    return lambda value, row: _amount(value, row[currency_place] or shop_currency)


def _guard(value: str | None) -> str | None:
    return None if value is None else guard_formula(value)


def table_cells(columns: Sequence[Column], time_zone: str, shop_currency: str) -> list[Convert]:
    """Converters to the words of a table; everything from outside is made visible."""
    place = _currency_place(columns)

    def convert(kind: str) -> Convert:
        if kind == "money":
            return lambda value, row: (
                "" if value is None else format_amount(value, _currency(row, place, shop_currency))
            )
        if kind == "instant":
            return lambda value, _: "" if value is None else wall_clock(value, time_zone)
        if kind == "person":
            return lambda value, _: visible(mask_name(value) or "")
        if kind == "rate":
            return lambda value, _: "" if value is None else f"{value:.2%}"
        if kind == "whole":
            return lambda value, _: "" if value is None else str(value)
        return lambda value, _: "" if value is None else visible(str(value))

    def flag(column: Column) -> Convert:
        word = "LATE" if column.name == "is_late" else column.heading.upper()
        return lambda value, _: word if value else ""

    return [flag(column) if column.kind == "flag" else convert(column.kind) for column in columns]


def _currency_place(columns: Sequence[Column]) -> int:
    return next((place for place, column in enumerate(columns) if column.name == "currency"), -1)


def _currency(row: Sequence[Any], place: int, shop_currency: str) -> str:
    told = row[place] if place >= 0 else None
    return str(told) if told else shop_currency
