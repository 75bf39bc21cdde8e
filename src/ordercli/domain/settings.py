"""Every setting that changes a number: its name, its meaning, its default, and what values it takes.

They are dated rows in the database (``models/shop.py``), so that a figure of the past is computed with the
rules of the past. Paths and looks are not here but in the configuration file (``config.py``).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from ordercli.domain.fields import FieldError, parse_whole, shown
from ordercli.domain.percent import parse_percent, parse_service_level
from ordercli.domain.times import parse_zone

BEGINNING = "0001-01-01"
"""``valid_from`` of values that have always held."""


def _whole(text: str) -> str:
    return str(parse_whole(text))


def _days(text: str) -> str:
    return str(parse_whole(text, least=1, most=365))


def _limit(text: str) -> str:
    if not parse_percent(text):
        raise FieldError(f"{shown(text)} is no limit; give a percentage above 0")
    return text.strip().removesuffix("%").strip() + "%"


def _zone(text: str) -> str:
    return parse_zone(text) if text else ""


def _confirmation(text: str) -> str:
    if text not in ("upload", "ship"):
        raise FieldError(f"{shown(text)} is neither upload nor ship")
    return text


class SettingRule(NamedTuple):
    """One setting.

    Attributes:
        name: key in ``config set``; with ``channel.*.`` in front it exists once for each channel.
        default: value where no row holds.
        meaning: one line for ``config list``.
        normalize: checks a value and gives it as stored; raises FieldError.
    """

    name: str
    default: str
    meaning: str
    normalize: Callable[[str], str]


RULES = (
    SettingRule("cover_days", "30", "days of sales a reorder should last", _days),
    SettingRule("lead_time_days", "14", "days from order to receipt, for products without their own", _whole),
    SettingRule("service_level", "95%", "how surely stock should last through the lead time", parse_service_level),
    SettingRule("velocity_days", "30", "days of sales that velocity is the mean of", _days),
    SettingRule("limit.order_defect_rate", "1%", "a rate at or above it is a BREACH", _limit),
    SettingRule("limit.late_shipment_rate", "4%", "a rate at or above it is a BREACH", _limit),
    SettingRule("limit.cancellation_rate", "2.5%", "a rate at or above it is a BREACH", _limit),
    SettingRule("reorder_point", "0", "available units at which a product without its own is LOW", _whole),
)

CHANNEL_RULES = (
    SettingRule("time_zone", "", "zone of the channel's days and promises; empty is the shop's", _zone),
    SettingRule(
        "confirmation",
        "ship",
        "when a parcel counts as confirmed: upload (in the confirmation file) or ship (when recorded)",
        _confirmation,
    ),
)

READY_CHANNELS: dict[str, dict[str, str]] = {
    "amazon": {"time_zone": "America/Los_Angeles", "confirmation": "upload"},
    "etsy": {},
    "shop": {},
}
"""Channels every new database has, with the settings that differ from the defaults."""


def rule_of(name: str, channels: list[str]) -> SettingRule | None:
    """The rule behind a setting's full name, or None if there is no such setting or channel."""
    prefix, _, rest = name.partition(".")
    if prefix == "channel":
        channel, _, key = rest.partition(".")
        return next((r for r in CHANNEL_RULES if r.name == key and channel in channels), None)
    return next((r for r in RULES if r.name == name), None)


def setting_names(channels: list[str]) -> list[str]:
    """Full names of all settings of a shop with these channels, in the order they are listed."""
    return [r.name for r in RULES] + [f"channel.{c}.{r.name}" for c in channels for r in CHANNEL_RULES]


def is_channel_name(name: str) -> bool:
    """Whether a name can be a channel's: up to 20 lower-case ASCII letters, digits and dashes."""
    return re.fullmatch(r"[a-z][a-z0-9-]{0,19}", name) is not None
