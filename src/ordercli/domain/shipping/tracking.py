"""Tracking numbers: whose a number can be, and whether it was misread.

One row of :data:`SCHEMES` is one way in which carriers write their numbers. A scheme with a check digit finds most
typing errors; one without says only what a number looks like. Sources, all read 2026-03: carriers' label
specifications as gathered in the open "tracking number data" collection (UPS, USPS, FedEx, DHL Express, OnTrac,
Canada Post, Canpar, Purolator, DPD, Yodel, Amazon, LaserShip, GOFO, YunExpress, Landmark Global, Old Dominion,
Spee-Dee); UPU standard S10; paketda.de, "Prüfziffern" (DHL Paket, Hermes, DPD); GLS,
"Uni-Box" 3.2.1; Österreichische Post, "Belabelung" 4.1.6; Parcelforce, "Tracking number formats". Shapes without
a check digit are what shops' software takes for numbers of that carrier.
"""

import re
from collections.abc import Callable
from functools import cache
from string import ascii_uppercase, digits
from typing import NamedTuple

from ordercli.domain.fields import FieldError
from ordercli.domain.shipping.carriers import OTHER, Carrier, parse_carrier

CheckRule = Callable[[str], str]
"""From the characters that a check digit guards to the digit."""

_SIGNS = digits + ascii_uppercase


class Scheme(NamedTuple):
    """One way of writing tracking numbers.

    Attributes:
        name: for messages.
        codes: Amazon's codes of the carriers that use it, or names of those that Amazon does not list; the first
            is meant where none is named. None for S10 numbers of posts that are not listed here.
        shape: pattern of a whole number; with a rule it has the groups ``body`` and ``check``.
        rule: how ``check`` follows from ``body``; None where it is not known, or there is none.
        is_telling: whether the shape says anything about who the carrier is.
    """

    name: str
    codes: tuple[str, ...]
    shape: str
    rule: CheckRule | None = None
    is_telling: bool = True

    def match(self, number: str) -> re.Match[str] | None:
        """The parts of a number of this shape."""
        return _pattern(self.shape).fullmatch(number)

    def right_digit(self, number: str) -> str | None:
        """What the check digit of a number of this shape should be; None if it is right or there is none."""
        match = self.match(number)
        if match is None or self.rule is None:
            return None
        right = self.rule(match["body"])
        return None if right == match["check"] else right

    def fits(self, number: str) -> bool:
        """Whether a number has the shape, and the right check digit if there is one."""
        return self.match(number) is not None and self.right_digit(number) is None


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


_LETTERS = str.maketrans({sign: str((ord(sign) - ord("A") + 2) % 10) for sign in ascii_uppercase})
"""What letters count as: A is 2, as UPS counts them."""


def _from_right(body: str, weights: tuple[int, ...]) -> int:
    """Sum of the characters weighted by turns from the right."""
    signs = body.translate(_LETTERS)[::-1].encode()
    total = 0
    for place, weight in enumerate(weights):
        part = signs[place :: len(weights)]
        total += weight * (sum(part) - ord("0") * len(part))
    return total


def _tens(*weights: int, more: int = 0) -> CheckRule:
    """What is missing to the next ten; ``more`` stands for digits that the label leaves out."""
    return lambda body: str(-(_from_right(body, weights) + more) % 10)


def _luhn(body: str) -> str:
    """The modulo 10 of bank cards: from the right each second digit doubled, and its own digits added."""
    doubled = [int(digit) * (1 + (place % 2 == 0)) for place, digit in enumerate(reversed(body))]
    return str(-sum(sum(divmod(number, 10)) for number in doubled) % 10)


def _elevens(body: str) -> str:
    return str(_from_right(body, (1, 3, 7)) % 11 % 10)


def _sevens(body: str) -> str:
    return str(int(body) % 7)


def _s10(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: "0", 11: "5"}.get(11 - total % 11, str(11 - total % 11))


def _iso_7064(body: str) -> str:
    """Modulo 37, 36 of ISO 7064."""
    rest = 36
    for sign in body:
        rest = (rest + _SIGNS.index(sign)) % 36 or 36
        rest = rest * 2 % 37
    return _SIGNS[(37 - rest) % 36]


_GS1 = _tens(3, 1)
_IMPB = ("USPS", "UPSMI", "UPS Mail Innovations", "DHL eCommerce", "DHL Global Mail", "OSM", "Newgistics")
_ROUTE = "(?:420[0-9]{5}(?:[0-9]{4})?)?"
_PAKET = ("DHL-Paket", "DHL", "Deutsche Post")

S10_POSTS = {
    "AT": ("AT POST", "AT Post"),
    "AU": ("Australia Post", "Australia Post-ArticleId", "Australia Post-Consignment", "AUSSIE_POST"),
    "BE": ("BPOST",),
    "BR": ("Correios",),
    "CA": ("Canada Post",),
    "CH": ("Swiss post", "Schweizer Post"),
    "CN": ("China Post", "EUB"),
    "DE": ("Deutsche Post", "DHL-Paket", "DHL"),
    "DK": ("PostNord",),
    "ES": ("Correos",),
    "FR": ("La Poste", "Colissimo", "Coliposte", "Chronopost"),
    "GB": ("Royal Mail", "ROYAL_MAIL", "RMLGB", "Parcelforce"),
    "HK": ("Hongkong Post",),
    "IN": ("India Post",),
    "IT": ("Poste Italiane", "SDA"),
    "JP": ("Japan Post",),
    "NL": ("PostNL", "Post NL"),
    "PL": ("Polish Post",),
    "SE": ("PostNord",),
    "SG": ("Singapore Post",),
    "US": ("USPS",),
}
"""Which post an S10 number of a country is of."""


def _s10_shape(country: str) -> str:
    return f"[A-Z]{{2}}(?P<body>[0-9]{{8}})(?P<check>[0-9]){country}"


SCHEMES: tuple[Scheme, ...] = (
    Scheme("UPS 1Z", ("UPS", "UPS Freight"), "1Z(?P<body>[0-9A-Z]{15})(?P<check>[0-9])", _tens(1, 2)),
    # A letter and ten digits are numbers of many, and one in ten passes the check.
    Scheme(
        "UPS waybill",
        ("UPS", "UPS Freight"),
        "[AHJKVW](?P<body>[0-9]{9})(?P<check>[0-9])",
        _tens(1, 2),
        is_telling=False,
    ),
    Scheme("UPS T", ("UPS",), "T[0-9]{10}"),
    Scheme("UPS 9 or 12", ("UPS", "UPS Freight"), "[0-9]{9}|[0-9]{12}", is_telling=False),
    Scheme("USPS", _IMPB, _ROUTE + "(?P<body>9[1-5][0-9]{19}|9[1-5][0-9]{23}|94[0-9]{27})(?P<check>[0-9])", _GS1),
    Scheme("USPS 20", ("USPS",), "(?P<body>[0-9]{19})(?P<check>[0-9])", _GS1),
    Scheme("USPS 20 without 91", ("USPS",), "(?P<body>[0-9]{19})(?P<check>[0-9])", _tens(3, 1, more=28)),
    Scheme("USPS 82", ("USPS",), "82[0-9]{8}", is_telling=False),
    Scheme("FedEx 12", ("FedEx",), "(?P<body>[0-9]{11})(?P<check>[0-9])", _elevens),
    Scheme("FedEx Ground", ("FedEx",), "(?P<body>[0-9]{14})(?P<check>[0-9])", _GS1),
    Scheme("FedEx 96", ("FedEx",), "96[0-9]{5}(?P<body>[0-9]{14})(?P<check>[0-9])", _GS1),
    # 42 in front is the way to a post code, of USPS.
    Scheme(
        "FedEx 34",
        ("FedEx",),
        "(?:[0-35-8][0-9]{19}|4[013-9][0-9]{18}|96[0-9]{18})(?P<body>[0-9]{13})(?P<check>[0-9])",
        _elevens,
    ),
    Scheme(
        "FedEx ASTRA",
        ("FedEx",),
        "[0-9]{16}(?P<body>[0-9]{11})(?P<check>[0-9])[0-9]{4}",
        _elevens,
        is_telling=False,
    ),
    # The kind of container, 00 to 04, is outside the check; every shipper's pallets have such numbers.
    Scheme("FedEx SSCC-18", ("FedEx",), "0[0-4](?P<body>[0-9]{15})(?P<check>[0-9])", _GS1, is_telling=False),
    Scheme("FedEx SmartPost", ("FedEx SmartPost", "FedEx"), "(?P<body>9261[0-9]{17})(?P<check>[0-9])", _GS1),
    Scheme(
        "FedEx SmartPost 20",
        ("FedEx SmartPost", "FedEx"),
        "(?P<body>61[0-9]{17})(?P<check>[0-9])",
        _tens(3, 1, more=29),
    ),
    Scheme("DHL Express", ("DHL Express", "DHL"), "(?P<body>[0-9]{9,10})(?P<check>[0-6])", _sevens),
    Scheme("DHL piece", ("DHL Express", *_PAKET), "J(?:JD|D|VGL)[0-9]{9,31}|J[A-Z]{2,3}[0-9]{9,10}"),
    Scheme("DHL forwarding", ("DHL Express", "DHL"), "[A-Z]{3}[0-9]{7}", is_telling=False),
    Scheme("DHL eCommerce", ("DHL eCommerce", "DHL Global Mail", "DHL"), "(?:GM|LX|RX|UV|CN)[0-9]{10,39}"),
    Scheme(
        "DHL eCommerce other",
        ("DHL eCommerce", "DHL Global Mail", "DHL"),
        "(?:SG|TH|IN|HK|MY)[0-9]{10,39}|[0-9]{14}",
        is_telling=False,
    ),
    Scheme("DHL Paket 12", _PAKET, "(?P<body>[0-9]{11})(?P<check>[0-9])", _tens(4, 9)),
    Scheme("DHL Paket 20", _PAKET, "(?P<body>00[0-9]{17})(?P<check>[0-9])", _GS1),
    Scheme("GLS", ("GLS",), "(?P<body>[0-9]{11})(?P<check>[0-9])", _tens(3, 1, more=1)),
    Scheme("GLS other", ("GLS",), "[0-9]{10,11}|[0-9]{14}|[0-9]{20}|[0-9A-Z]{8}", is_telling=False),
    Scheme("DPD 28", ("DPD", "DPD Local"), "(?P<body>[0-9]{27})(?P<check>[0-9A-Z])", _iso_7064),
    Scheme("DPD 15", ("DPD", "DPD Local"), "(?P<body>[0-9]{14})(?P<check>[0-9A-Z])", _iso_7064),
    Scheme("DPD 14", ("DPD", "DPD Local"), "[0-9]{14}"),
    Scheme("DPD France", ("DPD",), "250[0-9]{12,13}", is_telling=False),
    Scheme("DPD Polska", ("DPD",), "[0-9]{13}U", is_telling=False),
    Scheme("DPD 10", ("DPD", "DPD Local"), "[0-9]{10}", is_telling=False),
    Scheme("Hermes", ("Hermes Logistik Gruppe", "Hermes"), "(?P<body>[0-9]{13})(?P<check>[0-9])", _GS1),
    Scheme("Österreichische Post", ("AT POST", "AT Post"), "(?P<body>[0-9]{15})(?P<check>[0-9])", _GS1),
    Scheme("Canada Post", ("Canada Post",), "(?P<body>[0-9]{15})(?P<check>[0-9])", _GS1),
    Scheme("OnTrac C", ("OnTrac",), "C(?P<body>[0-9]{13})(?P<check>[0-9])", _tens(2, 1, more=4)),
    Scheme("OnTrac D", ("OnTrac",), "D(?P<body>[0-9]{13})(?P<check>[0-9])", _tens(2, 1, more=5)),
    Scheme("Canpar", ("Canpar", "Canpar Express"), "[CDKLSUXZ][0-9]{21}"),
    Scheme("Purolator", ("PUROLATOR",), "(?P<body>[0-5][0-9]{10})(?P<check>[0-9])", _luhn, is_telling=False),
    Scheme("Purolator letters", ("PUROLATOR",), "[A-Z]{3}[0-9]{9}", is_telling=False),
    Scheme(
        "Old Dominion",
        ("Old Dominion",),
        "(?P<body>77[78][0-9]{7}|072[0-9]{7}|80[0-9]{8})(?P<check>[0-9])",
        _luhn,
        is_telling=False,
    ),
    Scheme(
        "LaserShip",
        ("Lasership", "OnTrac"),
        "L[AEHINX][1-3][0-9]{7}|1LS7[12][0-9]{10}|1LS7[12][0-9]{2}01[1-4][0-9]{6}1|1LSCX[0-9A-Z]{10}",
    ),
    Scheme("GOFO", ("GOFO Express", "GOFO"), "GFUS[0-9]{14}"),
    Scheme("Landmark Global", ("Landmark Global", "Landmark"), "LTN[0-9]{8}N[0-9]"),
    Scheme("Spee-Dee", ("Spee-Dee Delivery", "Spee-Dee", "Speedee"), "SP[0-9]{18}"),
    Scheme("Amazon", ("Amazon Shipping", "AMZL", "AMZL_UK", "ATS"), "TB[ACM][0-9]{12}"),
    Scheme("Amazon abroad", ("Amazon Shipping", "AMZL", "AMZL_UK"), "(?:UK|DE|FR)[0-9]{10}", is_telling=False),
    Scheme(
        "Royal Mail 2D",
        ("Royal Mail", "ROYAL_MAIL", "RMLGB"),
        "[0-9A-F]{2}[0-9]{7}[0-9A-F]{12}",
        is_telling=False,
    ),
    Scheme("Yodel", ("Yodel",), "JJ?D[0-9]{16}"),
    Scheme("PostNL 3S", ("PostNL", "Post NL"), "3S[A-Z]{4}[0-9]{6,9}"),
    Scheme("Colissimo", ("Colissimo", "Coliposte", "La Poste"), "[0-9][A-Z][0-9]{11}"),
    Scheme("InPost", ("InPost",), "[0-9]{24}"),
    Scheme("Yun Express", ("Yun Express",), "YT[0-9]{16}"),
    Scheme("Parcelforce", ("Parcelforce",), "[A-Z]{2}[0-9]{7}|[A-Z]{4}[0-9]{10}|[0-9]{12}", is_telling=False),
    *(Scheme(f"S10 {country}", codes, _s10_shape(country), _s10) for country, codes in S10_POSTS.items()),
    Scheme("S10", (), _s10_shape(f"(?!{'|'.join(S10_POSTS)})[A-Z]{{2}}"), _s10),
)

WELL_KNOWN = frozenset({"UPS", "USPS", "FedEx", "DHL Express"})
"""Carriers whose every usual scheme is in the table, so that a number of another shape is odd."""


@cache
def _of_carrier(title: str) -> tuple[Scheme, ...]:
    """The schemes of a carrier by its code, or its name where Amazon has no code for it."""
    wanted = title.casefold()
    return tuple(scheme for scheme in SCHEMES if wanted in map(str.casefold, scheme.codes))


def possible_carriers(number: str) -> tuple[str, ...]:
    """Codes, or names, of the carriers a number can be of, by shape and check digit; none if nothing tells."""
    codes = [s.codes[0] for s in SCHEMES if s.is_telling and s.codes and s.fits(number)]
    return tuple(dict.fromkeys(codes))


def named_carrier(text: str, number: str | None) -> Carrier:
    """The carrier that a cell or an option names; without a name, the only one that the number can be of.

    Raises:
        FieldError: for a name that is none, or where the number could be of several carriers, or of none.
    """
    if text.strip() or number is None:
        return parse_carrier(text)
    possible = possible_carriers(number.replace("-", ""))
    if len(possible) == 1:
        return parse_carrier(possible[0])
    if possible:
        raise FieldError(f"{number} can be a number of {_listed(possible)}; name the carrier")
    raise FieldError(f"{number} is no number of a carrier known here; name the carrier")


def tracking_fault(carrier: Carrier, number: str) -> str | None:
    """What is wrong with a number for its carrier, as a sentence without full stop; None if nothing is known.

    Args:
        carrier: as named.
        number: as :func:`ordercli.domain.fields.parse_tracking` gives it.
    """
    bare = number.replace("-", "")
    own = [scheme for scheme in _of_carrier(carrier.title) if scheme.match(bare)]
    if any(scheme.fits(bare) for scheme in own):
        return None
    name = carrier.title
    others = tuple(code for code in possible_carriers(bare) if code != name)
    if own:
        right = " or ".join(dict.fromkeys(str(scheme.right_digit(bare)) for scheme in own))
        hint = f"; it could be of {_listed(others)}" if others else ""
        return f"{number} is misread or not of {name}: its check digit should be {right}{hint}"
    if carrier.code in WELL_KNOWN:
        hint = f"; it could be of {_listed(others)}" if others else ""
        return f"{number} does not look like a number of {name}{hint}"
    return _plain_fault(bare, number, name, is_other=carrier.code == OTHER)


def _plain_fault(bare: str, number: str, name: str, *, is_other: bool) -> str | None:
    """What letters and a check digit together prove about the number of a carrier whose schemes are not known."""
    checked = [s for s in SCHEMES if s.rule is not None and s.is_telling]
    lettered = [s for s in checked if not bare.isdigit() and s.match(bare)]
    proved = next((s for s in lettered if s.fits(bare)), None)
    if proved is not None and proved.codes and is_other:
        return f"{number} is a number of {_listed(proved.codes[:1])}, not of {name}; name that carrier"
    s10 = next((s for s in lettered if s.rule is _s10 and not s.fits(bare)), None)
    if s10 is not None and proved is None:
        return f"{number} is misread: its check digit should be {s10.right_digit(bare)}"
    return None


def _listed(codes: tuple[str, ...]) -> str:
    return f"{', '.join(codes[:-1])} or {codes[-1]}" if len(codes) > 1 else codes[0]
