"""Money as whole minor units (cents) of an ISO 4217 currency; no floats, no hidden rounding."""

import re

from ordercli.domain.fields import FieldError, shown

_TWO = """AED ARS AUD BRL CAD CHF CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR MXN MYR NOK NZD PEN PHP PLN
RON SAR SEK SGD THB TRY TWD UAH USD ZAR"""

EXPONENTS = {
    code: digits
    for digits, codes in ((2, _TWO), (0, "CLP ISK JPY KRW VND"), (3, "BHD JOD KWD OMR TND"))
    for code in codes.split()
}
"""Digits after the point of each currency known, by ISO 4217."""

SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "ILS": "₪",
    "VND": "₫",
    "PHP": "₱",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "MXN": "MX$",
    "BRL": "R$",
    "HKD": "HK$",
    "TWD": "NT$",
    "CNY": "CN¥",
}
"""How English text writes currencies before an amount (Unicode CLDR); the code stands for the others."""

MAX_MINOR = 10_000_000_000
"""Largest amount accepted, in minor units: a hundred million dollars."""

_AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?\Z")
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:(?P<sign>[.,])[0-9]{3})(?:(?P=sign)[0-9]{3})*)(?P<rest>[.,][0-9]{1,6})\Z"
)
_EITHER = re.compile(r"[0-9]{1,3},[0-9]{3}")
_USUAL_DECIMALS = 2


def parse_currency(text: str) -> str:
    """An ISO 4217 code known to :data:`EXPONENTS`.

    Raises:
        FieldError: for a code that is not known.
    """
    code = text.upper()
    if not text.isascii() or code not in EXPONENTS:
        raise FieldError(f"{shown(text)} is not a currency code known here, such as USD")
    return code


def parse_amount(text: str, currency: str) -> int:
    """Minor units of a non-negative decimal such as ``34``, ``9.9`` or ``9.50``.

    Raises:
        FieldError: for a sign, an exponent, a separator, NaN, more decimals than the currency has (zeros
            beyond are accepted), or more than :data:`MAX_MINOR`.
    """
    digits = EXPONENTS[currency]
    match = _AMOUNT.match(text)
    if match is None:
        raise FieldError(f"{shown(text)} is not an amount such as 34.00")
    whole, fraction = match.group(1), (match.group(2) or "")
    if fraction[digits:].strip("0"):
        raise FieldError(f"{shown(text)} has more decimals than the {digits} of {currency}")
    minor = int(whole + fraction[:digits].ljust(digits, "0"))
    if minor > MAX_MINOR:
        raise FieldError(f"{shown(text)} is more than the {format_amount(MAX_MINOR, currency)} accepted")
    return minor


def parse_signed_amount(text: str, currency: str) -> int:
    """Minor units of an amount as Amazon's settlements write it: ``-19.50``, ``-19,50`` or ``1.234,50``.

    The sign that comes last is the decimal one; the other may part thousands before it. ``1,234`` of a currency
    with two decimals could mean either, and is refused.

    Raises:
        FieldError: as :func:`parse_amount`.
    """
    is_negative = text[:1] in ("-", "\u2212")
    digits = text[1:] if is_negative or text[:1] == "+" else text
    grouped = _GROUPED.match(digits)
    if grouped is not None and grouped["rest"][0] != grouped["sign"]:
        digits = grouped["whole"].replace(grouped["sign"], "") + "." + grouped["rest"][1:]
    plain = digits.replace(",", ".", 1)
    if EXPONENTS[currency] <= _USUAL_DECIMALS and _EITHER.fullmatch(digits):
        raise FieldError(f"{shown(text)} could be thousands or decimals; give it without the comma")
    try:
        minor = parse_amount(plain, currency)
    except FieldError as error:
        raise FieldError(str(error).replace(shown(plain), shown(text), 1)) from error
    return -minor if is_negative else minor


def format_amount(minor: int, currency: str) -> str:
    """``3400`` of USD as ``34.00``; of JPY as ``3400``."""
    digits = EXPONENTS.get(currency, 2)
    if not digits:
        return str(minor)
    sign, value = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{value // 10**digits}.{value % 10**digits:0{digits}d}"


def told_money(minor: int | None, currency: str) -> str:
    """:func:`format_amount` of an amount that may not be known."""
    return "(none)" if minor is None else format_amount(minor, currency)


def decimals_sql(currency: str) -> str:
    """SQL of the digits after the point of a currency."""
    others = " ".join(
        f"WHEN '{code}' THEN {digits}" for code, digits in EXPONENTS.items() if digits != _USUAL_DECIMALS
    )
    return f"CASE {currency} {others} ELSE {_USUAL_DECIMALS} END"


def written_in(minor: int, told: str, currency: str) -> int | None:
    """The amount that is written alike in another currency: ``200000`` of USD as ``2000`` of JPY.

    None where it cannot be: of more decimals than that has, or above the largest amount.
    """
    more = EXPONENTS.get(currency, _USUAL_DECIMALS) - EXPONENTS.get(told, _USUAL_DECIMALS)
    whole, rest = divmod(minor * 10 ** max(0, more), 10 ** max(0, -more))
    return None if rest or whole > MAX_MINOR else whole


def has_other_decimals(told: str, currency: str) -> bool:
    """Whether one of two currencies has more digits after the point."""
    return EXPONENTS.get(told, _USUAL_DECIMALS) != EXPONENTS.get(currency, _USUAL_DECIMALS)


def nearest_number(minor: int, currency: str) -> float:
    """The number that is nearest to an amount, for programs that know no decimals; ``3410`` of USD is 34.1.

    Rounded to the decimals of the currency it is the amount again. Nothing here calculates with it.
    """
    return float(minor / 10 ** EXPONENTS.get(currency, 2))


def nearest_number_sql(minor: str, currency: str) -> str:
    """SQL of :func:`nearest_number` of expressions; NULL where there is no amount."""
    others = " ".join(f"WHEN '{code}' THEN {10**digits}.0" for code, digits in EXPONENTS.items() if digits != 2)  # noqa: PLR2004 - as nearly all have
    return f"({minor} / CASE {currency} {others} ELSE 100.0 END)"


def grouped_amount(minor: int, currency: str) -> str:
    """The same for people to read on paper: thousands are parted by commas."""
    whole, point, decimals = format_amount(minor, currency).partition(".")
    return (
        f"{int(whole):,}{point}{decimals}"
        if abs(minor) >= 10 ** (3 + len(decimals))
        else f"{whole}{point}{decimals}"
    )


def symbol_amount(minor: int, currency: str, *, whole: bool = False) -> str:
    """``-$1,234.00``, ``¥1,234``, ``CHF 1,234.00``: for people to read where the currency is not said otherwise.

    Args:
        minor: minor units, of any sign.
        currency: its code.
        whole: leave out what is behind the point, for an axis.
    """
    symbol = SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    amount, _, decimals = grouped_amount(abs(minor), currency).partition(".")
    return f"{'-' if minor < 0 else ''}{symbol}{amount}{'' if whole or not decimals else f'.{decimals}'}"


def split(minor: int, weights: list[int]) -> list[int]:
    """Share an amount by weight so that the parts add up to it exactly (largest remainder first).

    Args:
        minor: amount >= 0.
        weights: non-negative; if all are zero the amount is shared evenly.
    """
    shares = weights if any(weights) else [1] * len(weights)
    total = sum(shares)
    parts = [minor * share // total for share in shares]
    order = sorted(range(len(parts)), key=lambda i: (-(minor * shares[i] % total), i))
    for i in order[: minor - sum(parts)]:
        parts[i] += 1
    return parts


def layer_cost(cost_minor: int, quantity: int, start: int, stop: int) -> int:
    """Cost of units ``start`` … ``stop`` of a layer of ``quantity`` units that cost ``cost_minor`` in all.

    Taking a layer piece by piece this way gives away exactly its cost, whatever the pieces.
    """
    return cost_minor * stop // quantity - cost_minor * start // quantity


def layer_cost_sql(cost_minor: str, quantity: str, start: str, stop: str) -> str:
    """SQL of :func:`layer_cost` of expressions."""
    return f"({cost_minor} * ({stop}) / {quantity} - {cost_minor} * ({start}) / {quantity})"


def layer_left_sql(layer: str = "") -> str:
    """SQL of what the rest of a row of ``cost_layer`` costs; ``layer`` is its alias with a dot, or nothing."""
    return f"({layer}cost_minor - {layer}cost_minor * {layer}quantity_used / {layer}quantity)"
