"""Tracking numbers: real examples, ten thousand made ones of each carrier, and what a wrong digit is told as."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ordercli.domain.fields import FieldError
from ordercli.domain.shipping.carrier_codes import CARRIER_CODES
from ordercli.domain.shipping.carriers import Carrier, carrier_of
from ordercli.domain.shipping.tracking import (
    S10_POSTS,
    SCHEMES,
    WELL_KNOWN,
    Scheme,
    named_carrier,
    possible_carriers,
    tracking_fault,
)

CHECKED = {scheme.name: scheme for scheme in SCHEMES if scheme.rule is not None}
MANY, SOME = 10_000, 200
ROOT = Path(__file__).parents[3]
EXAMPLES_IN = ("docs/cli.md", "src/ordercli/cli/commands.py", "src/ordercli/cli/demo.py")
HELP = "".join((ROOT / name).read_text(encoding="utf-8") for name in EXAMPLES_IN)

EXAMPLES = {
    "UPS": "1Z5R89390357567127 1Z879E930346834440 1Z410E7W0392751591 T1234567890 123456789 K2479825491 J4603636537"
    " V0490119172 V0431105627 K1506235620",
    "USPS": (
        "03071790000523483741 71123456789123456787 71969010756003077385 9405803699300124287899"
        " 9361289878700317633795 92748931507708513018050063 420221539101026837331000039521"
        " 4201002334249200190132607600833457 RB123456785US 940011291234567812345678901233 8200000000"
        " 70160910000108310009 23153630000057728970"
    ),
    "FedEx": (
        "986578788855 477179081230 041441760228964 568283610012734 9611020987654312345672 9261292700768711948021"
        " 61299998820821171811 1001921334250001000300779017972697 9622001900000000000000776632517510"
        " 1002297871540001000300790695517286 9632001560123456789900794808390594 000123450000000027"
        " 32971514560102447849175802862014"
    ),
    "DHL Express": "3318810025 73891051146 8487135506 JJD0099999999 JVGL0999999990",
    "DHL eCommerce": "GM2951173225174494 GM295117494011169042 SG295117322517449 60120172242323",
    "DHL-Paket": "00340433836442636597 201298452277 563102430313 218025809066 JJD1410302937991",
    "Hermes": "09133131530724",
    "DPD": "01015026003653C 008182709980000020033350276C 008182709980000020045327276N",
    "OnTrac": "C11031500001879 C10999911320231 D10011354453707 D10011345983010",
    "Canada Post": "0073938000549297",
    "Amazon Shipping": "TBA502887274000",
    "Canpar": "D576002440000001718010 L576002440000000001004 S576002440000000025001",
    "PUROLATOR": "320595463938 287809468872 331434972567 KYV009956937 TLR000083964",
    "Old Dominion": "07209562763 77767553207 77806528897 80003280379",
    "Lasership": "LX17635036 1LS717793482164 1LS7119013618127-1 1LSCXVE0058631Y",
    "GOFO": "GFUS01011884214464",
    "Landmark Global": "LTN74207623N1",
    "Spee-Dee": "SP029692510000920746",
    "Yun Express": "YT2229521272164446",
    "Yodel": "JJD0002257639032011 JD0002254405060992",
    "PostNL": "3SOVAC7567398 3SABCD123456785",
    "Colissimo": "6A12345678901",
    "Royal Mail": "RB123456785GB",
    "Parcelforce": "AA1234567 RB123456785GB",
}
MISREAD = {
    "UPS": "1Z1111111111111111 K2479825492 V0490119173",
    "USPS": "03071790000523483742 9200000000000000000000 4201028200009261290113185417468511 RB123456786US",
    "FedEx": "996578788855 9261292700768711948020 568283610012732 9622001560001234567100794808390595"
    " 000123450000000028 32971514560102447849175802852014 1002297871540001000300790695517287",
    "DHL Express": "3318810010 3318810034 3318810011",
    "OnTrac": "C10000000000000 C11031500001889 D10011345983012",
    "DPD": "008182709980000020033350276A",
    "Canada Post": "0073938000549292",
    "PUROLATOR": "320595463939 287809468875",
    "Old Dominion": "07209562773 80003280389",
}


def pairs(told: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, number) for code, numbers in told.items() for number in numbers.split()]


@pytest.mark.parametrize(("code", "number"), pairs(EXAMPLES))
def test_a_right_number_is_not_doubted(code: str, number: str) -> None:
    assert tracking_fault(Carrier(code), number) is None


@pytest.mark.parametrize(("code", "number"), pairs(MISREAD))
def test_a_wrong_check_digit_is_told_with_the_right_one(code: str, number: str) -> None:
    fault = tracking_fault(Carrier(code), number)

    assert fault is not None
    assert re.search(rf"{number} is misread or not of {code}: its check digit should be .", fault)


# Made numbers -----------------------------------------------------------------------------------------


def made(scheme: Scheme, how_many: int) -> Iterator[str]:
    """Valid numbers of a scheme: some of its shape, their digits after the fourth drawn anew, the check right."""
    chance = random.Random(scheme.name)  # noqa: S311 - the same numbers in every run
    shape = scheme.shape.replace("(?:420[0-9]{5}(?:[0-9]{4})?)?", "").replace(f"(?!{'|'.join(S10_POSTS)})", "")
    models = [match for match in (scheme.match(_filled(shape, chance)) for _ in range(40)) if match is not None]
    for _ in range(how_many):
        model = chance.choice(models)
        start, stop = model.start("body") + 4, model.end("body")
        drawn = f"{chance.randrange(10 ** (stop - start)):0{stop - start}d}"
        text = model.string[:start] + drawn + model.string[stop:]
        right = scheme.right_digit(text)
        place = model.start("check")
        yield text if right is None else text[:place] + right + text[place + 1 :]


def _filled(shape: str, chance: random.Random) -> str:
    """A text of a simple pattern: literals, classes with counts, groups, alternatives."""
    shape = re.sub(r"\(\?P<\w+>|\(\?:", "(", shape)
    while "(" in shape:
        shape = re.sub(r"\(([^()]*)\)", lambda found: chance.choice(found[1].split("|")), shape, count=1)
    return re.sub(
        r"\[([^]]+)\](?:\{(\d+)(?:,(\d+))?\})?",
        lambda found: "".join(
            chance.choice(_signs(found[1])) for _ in range(chance.randint(*_counts(found[2], found[3])))
        ),
        shape,
    )


def _signs(told: str) -> str:
    ranges = re.findall(r"(.)-(.)", told)
    spanned = (chr(sign) for first, last in ranges for sign in range(ord(first), ord(last) + 1))
    return re.sub(r".-.", "", told) + "".join(spanned)


def _counts(least: str | None, most: str | None) -> tuple[int, int]:
    low = int(least or 1)
    return low, int(most or low)


def changed(number: str, scheme: Scheme, chance: random.Random) -> tuple[str, int]:
    """The number with one digit of its body or check digit misread, and by how much."""
    match = scheme.match(number)
    assert match is not None
    places = [p for p in range(match.start("body"), match.end("check")) if number[p].isdigit()]
    place = chance.choice(places)
    other = chance.choice([digit for digit in "0123456789" if digit != number[place]])
    return number[:place] + other + number[place + 1 :], abs(int(other) - int(number[place]))


# What each arithmetic cannot see: a difference by which two digits weigh the same, or, where two remainders share
# a digit, the most that slips through.
CANNOT_SEE_FIVE = {"UPS 1Z", "UPS waybill", "DHL Paket 12", "OnTrac C", "OnTrac D"}
CANNOT_SEE_SEVEN = {"DHL Express"}
SHARES_A_DIGIT = {name for name in CHECKED if name.startswith(("S10", "FedEx 12", "FedEx 34", "FedEx ASTRA"))}
FAMILIES = {
    "UPS 1Z",
    "USPS",
    "FedEx 12",
    "FedEx Ground",
    "DHL Express",
    "DHL Paket 12",
    "DHL Paket 20",
    "S10 US",
    "GLS",
    "DPD 15",
    "Hermes",
    "OnTrac C",
}


@pytest.mark.parametrize("name", CHECKED)
def test_made_numbers_are_accepted_and_refused_with_one_digit_changed(name: str) -> None:
    scheme = CHECKED[name]
    chance = random.Random(f"changed {name}")  # noqa: S311 - the same changes in every run
    numbers = list(made(scheme, MANY if name in FAMILIES else SOME))
    missed = []
    for number in numbers:
        assert scheme.fits(number), number
        other, by = changed(number, scheme, chance)
        if scheme.fits(other):
            missed.append(by)

    assert len(set(numbers)) > 0.9 * len(numbers)
    if name in CANNOT_SEE_FIVE:
        assert set(missed) <= {5}
    elif name in CANNOT_SEE_SEVEN:
        assert set(missed) <= {7}
    elif name in SHARES_A_DIGIT:
        assert len(missed) < 0.06 * len(numbers)
    else:
        assert missed == []


# Whose number ----------------------------------------------------------------------------------------


def test_a_number_that_only_one_carrier_can_have_names_it() -> None:
    assert named_carrier("", "1Z5R89390357567127") == Carrier("UPS")
    assert named_carrier(" ", "9405803699300124287899") == Carrier("USPS")
    assert named_carrier("", "RB123456785GB") == Carrier("Royal Mail")


def test_an_ambiguous_number_names_all_it_can_be_of() -> None:
    both = next(number for number in made(CHECKED["FedEx 12"], MANY) if CHECKED["GLS"].fits(number))

    with pytest.raises(
        FieldError, match=rf"{both} can be a number of FedEx(, DHL-Paket)? or GLS; name the carrier"
    ):
        named_carrier("", both)
    assert tracking_fault(Carrier("FedEx"), both) is None
    assert tracking_fault(Carrier("GLS"), both) is None


@pytest.mark.parametrize("number", ["ABC-123", "12345", None])
def test_a_number_that_says_nothing_needs_a_carrier(number: str | None) -> None:
    with pytest.raises(FieldError, match=r"name the carrier|is empty"):
        named_carrier("", number)


def test_a_number_of_another_carrier_is_told_with_that_carrier() -> None:
    fault = tracking_fault(Carrier("USPS"), "1Z5R89390357567127")

    assert fault == "1Z5R89390357567127 does not look like a number of USPS; it could be of UPS"


def test_a_known_number_under_an_unknown_name_is_told() -> None:
    fault = tracking_fault(Carrier("Other", "Pony Express"), "1Z5R89390357567127")

    assert fault == "1Z5R89390357567127 is a number of UPS, not of Pony Express; name that carrier"


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        (Carrier("Other", "Pony Express"), "PE-1234"),
        (Carrier("Sendle"), "S123456"),
        (Carrier("Lasership"), "of its own"),
        (Carrier("Other", "Pony Express"), "K2479825491"),
        (Carrier("Other", "Evri"), "H01CZA0012345678"),
    ],
)
def test_numbers_of_carriers_not_known_here_are_not_doubted(carrier: Carrier, number: str) -> None:
    assert tracking_fault(carrier, number) is None


def test_a_misread_international_number_is_told_whoever_carries_it() -> None:
    fault = tracking_fault(Carrier("Other", "Correo Argentino"), "RB123456786AR")

    assert fault == "RB123456786AR is misread: its check digit should be 5"


NOT_LISTED = {
    "Canpar",
    "Canpar Express",
    "GOFO",
    "GOFO Express",
    "Spee-Dee Delivery",
    "Spee-Dee",
    "Speedee",
}


def test_a_carrier_that_amazon_does_not_list_is_known_by_its_name() -> None:
    assert named_carrier("", "SP029692510000920746") == Carrier("Other", "Spee-Dee Delivery")
    assert tracking_fault(carrier_of("spee-dee"), "SP029692510000920746") is None
    assert tracking_fault(carrier_of("Pony Express"), "SP029692510000920746") is None


@pytest.mark.parametrize(
    ("carrier", "number"),
    re.findall(r"--carrier (\S+) --tracking (\d\w+)", HELP)
    + [("", number) for number in re.findall(r"(?:--tracking|track) (\d\w+)", HELP)],
)
def test_an_example_of_the_help_draws_no_warning(carrier: str, number: str) -> None:
    assert tracking_fault(named_carrier(carrier, number), number) is None


def test_the_help_has_such_examples() -> None:
    assert all("--tracking 9" in (ROOT / name).read_text(encoding="utf-8") for name in EXAMPLES_IN)


def test_every_carrier_of_the_table_is_one_amazon_knows_or_goes_out_by_its_name() -> None:
    named = {code for scheme in SCHEMES for code in scheme.codes}
    assert (named | WELL_KNOWN) - set(CARRIER_CODES) == NOT_LISTED
    assert {carrier_of(name) for name in NOT_LISTED} == {Carrier("Other", name) for name in NOT_LISTED}


def test_dashes_in_a_number_are_no_part_of_it() -> None:
    assert tracking_fault(Carrier("USPS"), "9405-8036-9930-0124-2878-99") is None
    assert possible_carriers("1Z5R89390357567127") == ("UPS",)
