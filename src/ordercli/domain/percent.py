"""Percentages as sellers write them: limits, fees, service levels."""

from decimal import Decimal

from ordercli.domain.fields import FieldError, shown


def parse_percent(text: str) -> Decimal:
    """``20%`` or ``20`` as the fraction 0.20, from 0 to 100 percent.

    Raises:
        FieldError: for anything else.
    """
    digits = text.strip().removesuffix("%").strip()
    whole, _, fraction = digits.partition(".")
    if not (digits.isascii() and whole.isdigit() and (not fraction or fraction.isdigit()) and len(digits) <= 8):  # noqa: PLR2004
        raise FieldError(f"{shown(text)} is not a percentage such as 20%")
    value = Decimal(digits) / 100
    if value > 1:
        raise FieldError(f"{shown(text)} is more than 100%")
    return value


def parse_service_level(text: str) -> str:
    """``95%`` as stored; more than 50 % and less than 100 %.

    A level of 100 % would need endless stock, one of 50 % or less none.

    Raises:
        FieldError: for anything else.
    """
    fraction = float(parse_percent(text))
    if not 0.5 < fraction < 1:  # noqa: PLR2004 - see the docstring
        raise FieldError(f"{shown(text)} is not a service level above 50% and below 100%")
    return text.strip().removesuffix("%").strip() + "%"
