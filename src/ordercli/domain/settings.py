"""Every setting that changes a number: its name, its meaning, its default, and what values it takes.

They are dated rows in the database (``models/shop.py``), so that a figure of the past is computed with the
rules of the past. Paths and looks are not here but in the configuration file (``config.py``).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ordercli.domain.fields import FieldError, parse_whole, shown
from ordercli.domain.times import parse_zone

BEGINNING = "0001-01-01"
"""``valid_from`` of values that have always held."""


def _whole(text: str) -> str:
    return str(parse_whole(text))


def _confirmation(text: str) -> str:
    if text not in ("upload", "ship"):
        raise FieldError(f"{shown(text)} is neither upload nor ship")
    return text


@dataclass(frozen=True, slots=True)
class SettingRule:
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
    SettingRule(
        "reorder_point", "0", "available units at or below which a product without its own is LOW", _whole
    ),
)

CHANNEL_RULES = (
    SettingRule("time_zone", "", "zone of the channel's days and promises; empty is the shop's", parse_zone),
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
