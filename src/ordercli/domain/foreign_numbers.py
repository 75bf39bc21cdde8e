"""Numbers as other shops and spreadsheets write them, written with a point and nothing else.

Source: the number symbols of the Unicode CLDR 44: thousands are parted by a comma or a point (whichever is not the
decimal sign), a blank that may be thin or not break, or an apostrophe.
"""

import re
from typing import Literal

from ordercli.domain.fields import FieldError, shown

NUMBER_EXAMPLES = {False: "1,234.50", True: "1.234,50"}
"""A number with a decimal point and one with a decimal comma, for what is said of a cell."""
_BLANKS = re.compile(r"[\s\u2007\u2060]")
_DECIMALS = re.compile(r"(?P<before>[0-9][0-9., '\u2019]*)(?P<sign>[.,])(?P<decimals>[0-9]+)[^0-9]*\Z")
_ZEROS = re.compile(r"\.0+\Z")
_POINT = re.compile(
    r"[0-9]{1,3}(?:(?P<part>[, '\u2019])[0-9]{3}(?:(?P=part)[0-9]{3})*)?(?:\.[0-9]+)?\Z|[0-9]+(?:\.[0-9]+)?\Z"
)
_COMMA = re.compile(
    r"[0-9]{1,3}(?:(?P<part>[. '\u2019])[0-9]{3}(?:(?P=part)[0-9]{3})*)?(?:,[0-9]+)?\Z|[0-9]+(?:,[0-9]+)?\Z"
)


def plain_number(text: str, *, decimal_comma: bool) -> str:
    """``1,234.50`` (or with a decimal comma ``1.234,50``) as ``1234.50``; never a sign.

    Raises:
        FieldError: if it is no number in that style.
    """
    bare = _BLANKS.sub(" ", text).strip()
    if not (_COMMA if decimal_comma else _POINT).match(bare):
        raise FieldError(f"{shown(text)} is not a number such as {NUMBER_EXAMPLES[decimal_comma]}")
    decimal = "," if decimal_comma else "."
    whole, sign, fraction = bare.partition(decimal)
    digits = "".join(c for c in whole if c.isdigit())
    return f"{digits}.{fraction}" if sign else digits


def plain_whole(text: str, *, decimal_comma: bool) -> str:
    """The same of a quantity, ``2.0`` (``2,0``) as ``2``; what is none stays, for the strict reader to refuse."""
    try:
        return _ZEROS.sub("", plain_number(text, decimal_comma=decimal_comma))
    except FieldError:
        return text


def decimal_shown(text: str) -> Literal["comma", "point"] | None:
    """The sign before the decimals of a number, with or without a currency beside it; None if it does not show it.

    ``12,50`` and ``1.234,5`` show a comma, ``12.50`` a point; ``1,234`` could be either.
    """
    match = _DECIMALS.search(_BLANKS.sub(" ", text).strip())
    if match is None:
        return None
    sign, decimals = match["sign"], match["decimals"]
    has_other = ("." if sign == "," else ",") in match["before"]
    if len(decimals) == 3 and not has_other:  # noqa: PLR2004 - could be thousands
        return None
    return "comma" if sign == "," else "point"
