"""Amounts and measures as other shops and spreadsheets write them, with what stands beside the number.

Source: the currency symbols of the Unicode CLDR 44, in the languages of the currencies' countries. A symbol that
several currencies have (``$``, ``kr``) can be any of theirs; which one, the row or the shop says.
"""

import re
from functools import lru_cache

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.foreign_numbers import NUMBER_EXAMPLES, plain_number
from ordercli.domain.money import EXPONENTS, SYMBOLS

_LOCAL = {
    "$": "ARS AUD CAD CLP COP HKD MXN NZD SGD TWD USD",
    "us$": "USD",
    "c$": "CAD",
    "au$": "AUD",
    "s$": "SGD",
    "eur.": "EUR",
    "£": "GBP",
    "e£": "EGP",
    "¥": "CNY JPY",
    "￥": "CNY JPY",
    "円": "JPY",
    "元": "CNY",
    "kr": "DKK ISK NOK SEK",
    "kr.": "DKK ISK NOK SEK",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "fr.": "CHF",
    "sfr.": "CHF",
    "₺": "TRY",
    "tl": "TRY",
    "rs": "INR",
    "rs.": "INR",
    "r": "ZAR",
    "฿": "THB",
    "₴": "UAH",
    "rm": "MYR",
    "rp": "IDR",
    "s/": "PEN",
}
_MEANT = {
    **{code.casefold(): frozenset({code}) for code in EXPONENTS},
    **{symbol.casefold(): frozenset({code}) for code, symbol in SYMBOLS.items()},
    **{symbol: frozenset(codes.split()) for symbol, codes in _LOCAL.items()},
}
"""The currencies that a word beside an amount can mean."""
_PARTS = re.compile(r"(?P<before>[^0-9]*)(?P<number>[0-9].*[0-9]|[0-9])(?P<after>[^0-9]*)\Z", re.DOTALL)
_NO_CENTS = re.compile(r"(?<=[0-9])[.,][-\u2212\u2013\u2014]{1,2}(?=[^0-9]*\Z)")
"""What Switzerland, Germany and others write for no cents: ``20.-``."""
_SIGNS = frozenset("-\u2212\u2013\ufe63\uff0d(")
_PIECES = frozenset({"", "pc", "pcs", "pcs.", "x", "ea", "unit", "units", "st", "st.", "stk", "stk.", "stück"})
_DAYS = frozenset({"", "d", "day", "days", "tag", "tage"})
_GRAMS = frozenset({"", "g", "gr", "gram", "grams"})


@lru_cache(maxsize=65_536)
def plain_money(text: str, currency: str, *, decimal_comma: bool = False) -> str:
    """An amount with or without its currency beside it, written with a point and nothing else.

    Args:
        text: ``$12.50``, ``12,50 €``, ``EUR 12,50``, ``CHF 20.-``; a currency may stand on both sides.
        currency: the code of the currency it has to be in.
        decimal_comma: how its decimals are parted.

    Raises:
        FieldError: if it is below zero (``-5.00``, ``5.00-``, ``(5.00)``), in another currency, of something that
            is no currency (``7kg``), or no number.
    """
    before, number, after = _parts(text, decimal_comma=decimal_comma, no_cents=",00" if decimal_comma else ".00")
    for word in (before, after):
        meant = _MEANT.get(word.casefold(), frozenset()) if word else frozenset({currency})
        if not meant:
            raise FieldError(f"{shown(text)} is no amount: {shown(word)} is not a currency known here")
        if currency not in meant:
            raise FieldError(f"{shown(text)} is not in {currency}")
    return _number(text, number, decimal_comma=decimal_comma)


@lru_cache(maxsize=65_536)
def currencies_beside(text: str) -> frozenset[str]:
    """The currencies that an amount can be in by what stands beside it; empty if nothing known does."""
    match = _PARTS.match(_NO_CENTS.sub("", text).strip())
    words = [] if match is None else [match["before"].strip(" +"), match["after"].strip()]
    meant = [found for word in words if (found := _MEANT.get(word.casefold()))]
    return frozenset.intersection(*meant) if meant else frozenset()


def plain_measure(text: str, field: str, *, decimal_comma: bool = False) -> str:
    """A count, a number of days or a weight with or without its unit beside it, as :func:`plain_money`.

    Args:
        text: ``7``, ``7 pcs``, ``12 days``, ``250 g``.
        field: what it is of; days where it ends so, grams where it ends so, else pieces.
        decimal_comma: how its decimals are parted.

    Raises:
        FieldError: if it is below zero, in another unit, or no number.
    """
    before, number, after = _parts(text, decimal_comma=decimal_comma)
    kind, units = "units", _PIECES
    if field.endswith("_days"):
        kind, units = "days", _DAYS
    elif field.endswith("_grams"):
        kind, units = "grams", _GRAMS
    if before or after.casefold() not in units:
        raise FieldError(f"{shown(text)} is not a number of {kind}")
    return _number(text, number, decimal_comma=decimal_comma)


def _parts(text: str, *, decimal_comma: bool, no_cents: str | None = None) -> tuple[str, str, str]:
    """What stands before a number, the number, and what stands behind it, without blanks.

    ``no_cents`` is what a dash in the place of cents is read as.
    """
    match = _PARTS.match((text if no_cents is None else _NO_CENTS.sub(no_cents, text)).strip())
    if match is None:
        raise FieldError(f"{shown(text)} is not a number such as {NUMBER_EXAMPLES[decimal_comma]}")
    before, after = match["before"].strip(), match["after"].strip()
    if _SIGNS & {*before, *after}:
        raise FieldError(f"{shown(text)} is below zero, which an amount or a quantity cannot be here")
    return before.removeprefix("+").lstrip(), match["number"], after


def _number(text: str, number: str, *, decimal_comma: bool) -> str:
    try:
        return plain_number(number, decimal_comma=decimal_comma)
    except FieldError as error:
        raise FieldError(str(error).replace(shown(number), shown(text), 1)) from error
