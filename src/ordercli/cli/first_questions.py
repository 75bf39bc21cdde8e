"""What ``init`` asks somebody at a terminal: zone, currency, the shop's name, channels, and the sample files."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib import resources
from pathlib import Path
from typing import NamedTuple, TypeVar

from ordercli.domain.fields import FieldError
from ordercli.domain.money import EXPONENTS, parse_currency
from ordercli.domain.settings import is_channel_name
from ordercli.domain.times import is_zone, parse_zone
from ordercli.files import write_file
from ordercli.render import console

T = TypeVar("T")
Ask = Callable[[str], str]
"""Says a question and gives the line that answers it."""

SAMPLES = Path("ordercli-samples")

_CURRENCIES = {
    "EUR": "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK",
    "GBP": "GB GG IM JE",
    "CHF": "CH LI",
    "USD": "US PR",
    **{code: code[:2] for code in sorted(EXPONENTS) if code[:2] not in ("EU", "US", "GB", "CH")},
}
"""Where a currency is used: most codes begin with their country's."""
CURRENCY_OF = {country: code for code, countries in _CURRENCIES.items() for country in countries.split()}
"""The usual currency of a country, to propose it."""


class FirstAnswers(NamedTuple):
    """What was answered.

    Attributes:
        shop_name: for the configuration file; None if it stays as it is.
        channels: to be added to those that every shop has.
        wants_samples: whether the sample files are to be put here.
    """

    time_zone: str
    currency: str
    shop_name: str | None
    channels: list[str]
    wants_samples: bool


def ask_shop(ask: Ask, *, zone: str, asks_name: bool) -> FirstAnswers:
    """Ask everything, one question after the other; Enter takes what is proposed.

    Args:
        ask: puts a question.
        zone: the machine's.
        asks_name: whether the shop's name is not known yet.
    """
    console.say("Enter takes what is in brackets. The zone and the currency are for good.")
    time_zone = _ask_zone(ask, zone)
    usual = CURRENCY_OF.get(next((row.country for row in zone_rows() if row.zone == time_zone), ""), "USD")
    currency = _answered(ask, f"Currency of your prices and costs [{usual}]:", usual, parse_currency)
    name = _answered(ask, "Name of the shop, as messages to buyers are signed []:", "", str) if asks_name else ""
    channels = _answered(
        ask, "Other places where you sell, beside amazon, etsy and shop, such as fair []:", "", _channels
    )
    samples = ""
    if not SAMPLES.exists():
        samples = _answered(ask, f"Put sample files into {SAMPLES}, to try imports with? [y/N]", "n", str)
    return FirstAnswers(time_zone, currency, name or None, channels, samples.lower() in ("y", "yes"))


def _answered(ask: Ask, question: str, proposed: str, parse: Callable[[str], T]) -> T:
    """The answer, asked again until it is one."""
    while True:
        try:
            return parse(ask(question).strip() or proposed)
        except FieldError as error:
            console.say(f"{error}.")


def _channels(text: str) -> list[str]:
    names = [name for name in re.split(r"[\s,]+", text) if name]
    for name in names:
        if not is_channel_name(name):
            raise FieldError(f"{name!r} is not a channel name of up to 20 lower-case letters, digits and '-'")
    return [name for name in dict.fromkeys(names) if name not in ("amazon", "etsy", "shop")]


# Zones -----------------------------------------------------------------------------------------------


class ZoneRow(NamedTuple):
    """One zone of a country: its two letters, the zone's name, and which part of the country it is of."""

    country: str
    zone: str
    part: str


def zone_rows() -> Iterator[ZoneRow]:
    """The zones of all countries, from the table that comes with the zone data."""
    for cells in _table("zone.tab"):
        yield ZoneRow(cells[0], cells[2], cells[3] if len(cells) > 3 else "")  # noqa: PLR2004 - the fourth cell


def _countries() -> dict[str, str]:
    """Two letters of each country by its name and by these letters themselves, both in small letters."""
    rows = list(_table("iso3166.tab"))
    return {name.lower(): code for code, *names in rows for name in (code, *names)} | {"uk": "GB", "usa": "US"}


def _table(name: str) -> Iterator[list[str]]:
    text = resources.files("tzdata.zoneinfo").joinpath(name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


def _ask_zone(ask: Ask, machine: str) -> str:
    """A zone by its name, or chosen from those of a country."""
    while True:
        text = ask(f"Time zone of the shop, or your country for a list [{machine}]:").strip() or machine
        if is_zone(text):
            return parse_zone(text)
        country = _countries().get(text.lower())
        rows = [row for row in zone_rows() if row.country == country]
        if len(rows) == 1:
            console.say(rows[0].zone)
            return rows[0].zone
        if not rows:
            console.say(f"{text!r} is neither a time zone such as America/New_York nor a country such as US.")
            continue
        for number, row in enumerate(rows, start=1):
            console.say(f"{number:>3}  {row.zone:<32}{row.part}".rstrip())
        return _answered(ask, "Which one? [1]", "1", partial(_chosen, rows))


def _chosen(rows: list[ZoneRow], text: str) -> str:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= len(rows):
        return rows[int(text) - 1].zone
    if text in {row.zone for row in rows}:
        return text
    raise FieldError(f"{text!r} is no number from 1 to {len(rows)}")


# What is kept outside the database ---------------------------------------------------------------------


def put_samples() -> None:
    """Put ordercli's sample files into a folder of their own here."""
    SAMPLES.mkdir()
    for sample in resources.files("ordercli").joinpath("sample").iterdir():
        write_file(str(SAMPLES / sample.name), sample.read_bytes())
