"""Reading one typed field from text, strictly.

Python's own ``int()`` and ``Decimal()`` accept ``1_000``, ``٣``, blanks and ``NaN``; a seller's file that
holds one of those is damaged, so each reader here first matches plain ASCII and then checks the range.
A bad value raises :class:`FieldError`; the readers of whole files turn it into a :class:`RowError`, which
also says where it stood.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

MAX_QUANTITY = 1_000_000
MAX_TEXT = 2_000
"""Longest cell accepted, in characters."""

AMAZON = "amazon"
"""The channel whose reports, files and calls are known; its order ids have a form of their own."""

_DIGITS = re.compile(r"[0-9]{1,19}\Z")
_SIGNED = re.compile(r"[+-][0-9]{1,7}\Z")
_ORDER_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._#-]{0,48}[A-Za-z0-9])?\Z")
_AMAZON_ORDER_ID = re.compile(r"[A-Z0-9]{3}-[0-9]{7}-[0-9]{7}\Z")
_EXCEL_NUMBER = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+\Z", re.IGNORECASE)
_TRACKING = re.compile(r"[A-Z0-9-]{4,50}\Z")
_ROUTES = tuple(re.compile(f"420[0-9]{{{post}}}(9[1-5][0-9]{{20}}(?:[0-9]{{4}})?)\\Z") for post in (5, 9))
"""The bar code of a label of USPS by the digits of its post code."""
_ITEM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
_LOCATION = re.compile(r"[A-Z][A-Z0-9-]{0,19}\Z")
_BARCODE = re.compile(r"[0-9]+\Z")
_BARCODE_LENGTHS = (8, 12, 13, 14)
_COMPONENT = re.compile(r"(.+?):([0-9]+)(?:;|\Z)")
_ASIN = re.compile(r"[A-Z0-9]{10}\Z")
_TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,29}\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")


class FieldError(ValueError):
    """Why a piece of text is not the value it should be, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One fault of one row of a file.

    Attributes:
        line: physical line of the file on which the row begins, from 1.
        column: header of the column at fault, or "" when it is the row as a whole.
        reason: what is wrong and what is expected, without a full stop.
        order_id: the order it speaks of, if that could be read.
    """

    line: int
    column: str
    reason: str
    order_id: str | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.reason}"


def shown(text: str) -> str:
    """The value quoted for an error message: control characters escaped, at most 40 characters."""
    clipped = text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - a line of a terminal
    return repr(clipped)


def _refuse(text: str, expected: str) -> NoReturn:
    raise FieldError(f"{shown(text)} is not {expected}")


def parse_whole(text: str, *, least: int = 0, most: int = MAX_QUANTITY) -> int:
    """A whole number written in plain ASCII digits, within ``least`` … ``most``.

    Raises:
        FieldError: for anything else, blanks, separators and other scripts' digits included.
    """
    if not _DIGITS.match(text) or not least <= (value := int(text)) <= most:
        _refuse(text, f"a whole number from {least:,} to {most:,}")
    return value


def parse_quantity(text: str) -> int:
    """Units of an order line, 1 to 1,000,000."""
    return parse_whole(text, least=1)


def parse_signed(text: str) -> int:
    """A whole number that may be negative or zero, within a million both ways."""
    if not _SIGNED.match(text if text[:1] in ("+", "-") else f"+{text}") or abs(value := int(text)) > MAX_QUANTITY:
        _refuse(text, "a whole number such as 2 or -1")
    return value


def parse_difference(text: str) -> int:
    """A correction with its sign, ``+3`` or ``-1``; zero is refused."""
    if not _SIGNED.match(text) or not 0 < abs(value := int(text)) <= MAX_QUANTITY:
        _refuse(text, "a correction such as +3 or -1")
    return value


def parse_sku(text: str) -> str:
    """The seller's key of a product, 1 to 40 characters, not blank at either end.

    Source: Amazon's SKUType (1 to 40 characters, inner blanks significant), read 2026-03.

    Raises:
        FieldError: for anything else.
    """
    if not text:
        raise FieldError("the SKU is empty")
    if len(text) > 40 or text != text.strip() or not text.isprintable():  # noqa: PLR2004 - see Source
        _refuse(text, "a SKU of 1 to 40 printable characters without blanks at its ends")
    return text


def parse_location(text: str) -> str:
    """The code of a place: up to 20 capital letters, digits and dashes."""
    if not _LOCATION.match(text):
        _refuse(text, "a code of up to 20 capitals, digits and dashes such as ATTIC")
    return text


def parse_order_id(text: str, *, channel: str) -> str:
    """The channel's key of an order; on ``amazon`` three groups of 3-7-7 characters.

    The pattern also keeps ids usable as parts of file names: no slash, no leading dot or dash.

    Raises:
        FieldError: for anything else.
    """
    if channel == AMAZON and _AMAZON_ORDER_ID.match(text):
        return text
    if _EXCEL_NUMBER.match(text):
        raise FieldError(
            f"{shown(text)} was turned into a number by a spreadsheet; use the file as it was downloaded"
        )
    if channel == AMAZON:
        _refuse(text, "an Amazon order id such as 114-0000001-0000001")
    if not _ORDER_ID.match(text):
        _refuse(text, "an order id of 1 to 50 letters, digits, '.', '_', '#' or '-'")
    return text


def channel_of(order_id: str) -> str:
    """The channel of an order that is told without one: ``amazon`` for an id of its form, else ``shop``."""
    return AMAZON if _AMAZON_ORDER_ID.match(order_id) else "shop"


def parse_item_id(text: str) -> str:
    """The channel's key of an order line; Amazon's have 13 to 15 digits and may begin with 0."""
    if not _ITEM_ID.match(text):
        _refuse(text, "an order-item id of 1 to 40 letters and digits")
    return text


def parse_asin(text: str) -> str:
    """Amazon's catalog key, ten capital letters or digits."""
    if not _ASIN.match(text):
        _refuse(text, "an ASIN of ten capital letters and digits")
    return text


def _gs1_check(body: str) -> int:
    """The digit that belongs behind the others."""
    return -sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))) % 10


def parse_barcode(text: str) -> str:
    """An EAN-8, UPC-A, EAN-13 or GTIN-14, whose last digit is right.

    Source: GS1 General Specifications, 7.9: from the right, digits count 3 and 1 by turns.

    Raises:
        FieldError: for any other number of digits, or a last digit that is wrong.
    """
    if not _BARCODE.match(text) or len(text) not in _BARCODE_LENGTHS:
        _refuse(text, "an EAN or UPC of 8, 12, 13 or 14 digits")
    right = _gs1_check(text[:-1])
    if int(text[-1]) != right:
        raise FieldError(f"{shown(text)} is misread: its check digit should be {right}")
    return text


def same_barcode(text: str) -> str:
    """The one spelling of a barcode that scanners give with or without leading zeros."""
    return text.zfill(max(_BARCODE_LENGTHS))


def parse_fnsku(text: str) -> str:
    """Amazon's key of units in its stores: ten capital letters or digits, such as X001ABCDEF or an ASIN."""
    if not _ASIN.match(text):
        _refuse(text, "an FNSKU of ten capital letters and digits")
    return text


def parse_recipe(text: str) -> tuple[tuple[str, int], ...]:
    """What a kit is made of, written ``SKU:QTY;SKU:QTY``.

    Raises:
        FieldError: for another form, a component named twice, or nothing at all.
    """
    parts = _COMPONENT.findall(text)
    if not parts or "".join(f"{sku}:{units};" for sku, units in parts) != text.rstrip(";") + ";":
        _refuse(text, "components such as RING-7:1;NECK-MOON:2")
    recipe = tuple((parse_sku(sku.strip()), parse_quantity(units)) for sku, units in parts)
    if len({sku for sku, _ in recipe}) < len(recipe):
        _refuse(text, "a list that names each component once")
    return recipe


def parse_country(text: str) -> str:
    """A two-letter country code; longer names are left to the seller as they are refused here."""
    if not text.isascii() or not _COUNTRY.match(text.upper()):
        _refuse(text, "a two-letter country code such as US")
    return text.upper()


def parse_tag(text: str) -> str:
    """A word to find orders by: up to 30 lower-case letters, digits and dashes."""
    if not _TAG.match(text):
        _refuse(text, "a tag of up to 30 lower-case letters, digits and '-'")
    return text


def parse_tags(text: str) -> str:
    """Tags joined by commas, each once and in alphabetical order."""
    return ",".join(sorted({parse_tag(part.strip()) for part in text.split(",") if part.strip()}))


def parse_text(text: str) -> str:
    """Any text of up to 2,000 characters without NUL.

    Raises:
        FieldError: if it is longer, or has one.
    """
    if len(text) > MAX_TEXT:
        raise FieldError(f"the cell has {len(text):,} characters, more than the {MAX_TEXT:,} allowed")
    if "\0" in text:
        raise FieldError("the cell holds a NUL character; the file is damaged")
    return text


def parse_tracking(text: str) -> str:
    """A tracking number without its blanks: 4 to 50 ASCII letters, digits and dashes.

    The bar code on a label of USPS has 420 and the post code in front of the number, which a scanner types too and
    nobody else writes; they are taken off, so that a scan and a file mean the same shipment.

    Source: Amazon refuses special and non-Latin characters ("Valid tracking rate", read 2026-03); USPS Publication
    199, the routing code of an IMpb.
    """
    bare = "".join(text.split())
    if not bare.isascii() or not _TRACKING.match(bare.upper()):
        _refuse(text, "a tracking number of 4 to 50 letters and digits")
    numbers = [found[1] for route in _ROUTES if (found := route.match(bare))]
    right = (number for number in numbers if int(number[-1]) == _gs1_check(number[:-1]))
    return next(right, numbers[0] if len(numbers) == 1 else bare.upper())


def parse_line_option(text: str) -> tuple[str, str, str | None]:
    """Split ``SKU:QTY[@PRICE]`` from the right, since a SKU may hold ``:`` and ``@`` itself.

    Returns:
        SKU (or ``#ITEM_ID``), quantity text and price text or None, none of them checked yet.
    """
    head, price = text, None
    before, at, after = text.rpartition("@")
    if at and ":" not in after and re.search(r":[0-9]*\Z", before):
        head, price = before, after
    sku, colon, quantity = head.rpartition(":")
    if not colon or not sku:
        _refuse(text, "SKU:QTY or SKU:QTY@PRICE")
    return sku, quantity, price
