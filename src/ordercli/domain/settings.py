"""Every setting that changes a number: its name, its meaning, its default, and what values it takes.

They are dated rows in the database (``models/shop.py``), so that a figure of the past is computed with the
rules of the past. Paths and looks are not here but in the configuration file (``config.py``).

Which of the dated rows holds on a day is said by :func:`value_on` and, for statements, by :func:`value_sql`.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from ordercli.domain.fields import FieldError, parse_whole, shown
from ordercli.domain.file_settings import FILE_NAMES
from ordercli.domain.limits import parse_limit, parse_window
from ordercli.domain.money import parse_currency
from ordercli.domain.percent import parse_percent, parse_service_level
from ordercli.domain.return_extension import parse_holiday
from ordercli.domain.times import DAY_NAMES, parse_zone

_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?\Z")

_YEAR = 365
BEGINNING = "0001-01-01"
"""``valid_from`` of values that have always held."""

OLDEST_FIRST = "valid_from, id"
"""The order of dated rows that :func:`value_on` wants, as the end of an ORDER BY over ``setting``."""


def value_on(dated: Sequence[tuple[str, str | None]], day: str) -> str | None:
    """The value a setting has on a day; None where no row holds yet or it was unset, and its default does.

    Args:
        dated: its (valid from, value), by day and of one day in the order they were set; the last that holds wins.
            The value of one that was unset is None.
        day: ``YYYY-MM-DD``.
    """
    return next((value for since, value in reversed(dated) if since <= day), None)


def value_sql(name: str, day: str, known: str | None = None, *, column: str = "value") -> str:
    """SQL of :func:`value_on`: the value of a setting, NULL where its default holds; name and day are expressions.

    ``known`` is one for the last operation that was known; None for all there are.
    """
    then = "" if known is None else f" AND s.operation_id <= {known}"
    return f"""(SELECT s.{column} FROM setting s WHERE s.name = {name} AND s.valid_from <= {day}{then}
    ORDER BY s.valid_from DESC, s.id DESC LIMIT 1)"""


def values_sql(day: str, known: str | None = None) -> str:
    """A SELECT of several settings, whose names are in ``:names``, and the :func:`value_sql` of each."""
    return f"SELECT j.value, {value_sql('j.value', day, known)} FROM json_each(:names) j"


def _whole(text: str) -> str:
    return str(parse_whole(text))


def _days(text: str) -> str:
    return str(parse_whole(text, least=1, most=_YEAR))


def _lead(text: str) -> str:
    return str(parse_whole(text, most=_YEAR))


def _kept_days(text: str) -> str:
    return str(parse_whole(text, most=3_650))


def _level(text: str) -> str:
    return parse_service_level(text) if text else ""


def _amount(text: str) -> str:
    if text and not (_AMOUNT.match(text) and float(text)):
        raise FieldError(f"{shown(text)} is not an amount such as 25.00")
    return text


def _yearly(text: str) -> str:
    if text and not parse_percent(text):
        raise FieldError(f"{shown(text)} is no share; give a percentage above 0")
    return text.strip().removesuffix("%").strip() + "%" if text else ""


def _limit(*, is_most: bool = True, is_optional: bool = False) -> Callable[[str], str]:
    def normalize(text: str) -> str:
        if is_optional and not text.strip():
            return ""
        parse_limit(text, is_most=is_most)
        return text.replace(" ", "").removesuffix("%") + "%"

    return normalize


def _window(text: str) -> str:
    return str(parse_window(text))


def _percent(text: str) -> str:
    parse_percent(text)
    return text.strip().removesuffix("%").strip() + "%"


def _zone(text: str) -> str:
    return parse_zone(text) if text else ""


_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")


def _confirmation(text: str) -> str:
    if text not in ("upload", "ship"):
        raise FieldError(f"{shown(text)} is neither upload nor ship")
    return text


def _currency(text: str) -> str:
    return parse_currency(text) if text else ""


def _handling(text: str) -> str:
    return str(parse_whole(text, most=30)) if text else ""


def _cutoff(text: str) -> str:
    if text and not _CLOCK.match(text):
        raise FieldError(f"{shown(text)} is not a time of day such as 14:00")
    return text


def _holidays(text: str) -> str:
    days = {part.strip() for part in text.split(",")} - {""}
    return ",".join(sorted(_holiday(day) for day in days))


def _holiday(text: str) -> str:
    is_every_year = len(text) == len("12-25")
    try:
        day = date.fromisoformat(f"2024-{text}" if is_every_year else text).isoformat()
    except ValueError as error:
        raise FieldError(f"{shown(text)} is not a day such as 2026-12-25, or 12-25 for every year") from error
    return day[5:] if is_every_year else day


def parse_weekdays(text: str) -> str:
    """Names of weekdays and ranges of them, ``mon-fri`` or ``mon,wed,sat``, in the order of the week.

    Raises:
        FieldError: for a word that is no weekday.
    """
    found: set[str] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAY_NAMES or (last or first) not in DAY_NAMES:
            raise FieldError(f"{shown(text)} is not a list of weekdays such as mon-fri or mon,wed,sat")
        start, stop = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        found |= {DAY_NAMES[(start + step) % 7] for step in range((stop - start) % 7 + 1)}
    return ",".join(day for day in DAY_NAMES if day in found)


def _share(text: str) -> str:
    """A percentage of up to four decimals, or empty for the fee profile's."""
    if not text:
        return ""
    digits = text.strip().removesuffix("%").strip()
    if parse_percent(text) and len(digits.partition(".")[2]) > 4:  # noqa: PLR2004 - see the docstring
        raise FieldError(f"{shown(text)} has more than four decimals")
    return digits + "%"


def _fee_amount(text: str) -> str:
    """An amount such as 0.30 in the order's currency, or empty for the fee profile's."""
    if text and re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) is None:
        raise FieldError(f"{shown(text)} is not an amount such as 0.30")
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def normalize(text: str) -> str:
        if text not in words:
            raise FieldError(f"{shown(text)} is none of {', '.join(words)}")
        return text

    return normalize


def _reasons(text: str) -> str:
    """Words for why stock is corrected, each once, in the order given; ``damage`` is always among them."""
    words = [part.strip() for part in text.split(",")]
    for word in words:
        if re.fullmatch(r"[a-z][a-z0-9-]{0,29}", word) is None:
            raise FieldError(f"{shown(word)} is not a word of lower-case letters, digits and dashes")
    return ",".join(dict.fromkeys(["damage", *words]))


def _return_holiday(text: str) -> str:
    holiday = parse_holiday(text)
    return "" if holiday is None else f"{holiday.basis} {holiday.first}..{holiday.last} until {holiday.until}"


def _fee(text: str) -> str:
    parse_percent(text)
    return text.strip().removesuffix("%").strip() + "%"


def _planned_kinds(text: str) -> str:
    """Kinds of message that have occasions of their own, each once, in the order of the table of kinds."""
    from ordercli.domain.message_kinds import KINDS  # noqa: PLC0415 - every command loads this module, few set this

    wanted = {part.strip() for part in text.split(",")} - {""}
    known = [kind.name for kind in KINDS.values() if kind.fresh_days is not None]
    for word in sorted(wanted - set(known)):
        raise FieldError(f"{shown(word)} is none of {', '.join(known)}")
    return ",".join(name for name in known if name in wanted)


def _language(text: str) -> str:
    if re.fullmatch(r"[a-z]{2}", text) is None:
        raise FieldError(f"{shown(text)} is not a language of two letters such as en")
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


_MOST = "a rate at or above it is a BREACH; with <= before it, only above"
_LEAST = "a rate under it is a BREACH; with > before it, at it too"
_SPAN = "days the rate looks at, and how many days before yesterday Amazon's own window ends"

RULES = (
    SettingRule("cover_days", "30", "days of sales a reorder should last", _days),
    SettingRule("lead_time_days", "14", "days from order to receipt, for products without their own", _lead),
    SettingRule("service_level", "95%", "how surely stock should last through the lead time", parse_service_level),
    *(
        SettingRule(
            f"service_level.{name}", "", f"the same for value class {name.upper()}; empty: as usual", _level
        )
        for name in ("a", "b", "c")
    ),
    SettingRule(
        "review_days",
        "7",
        "days between two looks at what to buy; added to the lead time where no order days are known",
        _lead,
    ),
    SettingRule(
        "order_cost", "", "cost of one purchase whatever its size, such as 25.00; empty: not told", _amount
    ),
    SettingRule(
        "holding_rate", "", "cost of holding stock for a year as a share of its value; empty: not told", _yearly
    ),
    SettingRule("dead_days", "180", "days without a sale after which stock is DEAD", _days),
    SettingRule("excess_days", "90", "days of supply above which stock is EXCESS", _days),
    SettingRule("fba_cover_days", "30", "days of sales that units sent to Amazon should last", _days),
    SettingRule("fba_lead_time_days", "10", "days from sending units until Amazon sells them", _lead),
    SettingRule("limit.order_defect_rate", "1%", _MOST, _limit()),
    SettingRule("limit.late_shipment_rate", "4%", _MOST, _limit()),
    SettingRule("limit.cancellation_rate", "2.5%", _MOST, _limit()),
    SettingRule("limit.valid_tracking_rate", "95%", _LEAST, _limit(is_most=False)),
    SettingRule("limit.on_time_delivery_rate", "90%", _LEAST, _limit(is_most=False)),
    SettingRule("limit.return_dissatisfaction_rate", "10%", _MOST, _limit()),
    SettingRule("limit.refund_rate", "", f"{_MOST}; empty: none", _limit(is_optional=True)),
    SettingRule("limit.return_rate", "", f"{_MOST}; empty: none", _limit(is_optional=True)),
    SettingRule("window.order_defect_rate", "60 days, lag 16", _SPAN, _window),
    SettingRule("window.cancellation_rate", "7 days, lag 1", _SPAN, _window),
    SettingRule("window.valid_tracking_rate", "30 days, lag 14", _SPAN, _window),
    SettingRule("window.on_time_delivery_rate", "14 days, lag 7", _SPAN, _window),
    SettingRule("window.return_dissatisfaction_rate", "30 days", _SPAN, _window),
    SettingRule("window.refund_rate", "30 days", _SPAN, _window),
    SettingRule("window.return_rate", "30 days", _SPAN, _window),
    SettingRule(
        "adjustment_reasons",
        "damage,loss,found,gift,sample,correction",
        "why stock can be corrected; damage takes units to DAMAGED",
        _reasons,
    ),
    SettingRule(
        "over_receipt_percent",
        "10%",
        "how much more than was ordered may be received of a purchase, rounded down to units",
        _percent,
    ),
    SettingRule(
        "backup_days",
        "7",
        "how old the last good backup may be before today and doctor say so",
        _days,
    ),
    SettingRule(
        "reorder_point",
        "0",
        "units at which a product without its own is LOW, unless its demand asks for more",
        _whole,
    ),
)

CHANNEL_RULES = (
    SettingRule("time_zone", "", "zone of the channel's days and promises; empty is the shop's", _zone),
    SettingRule(
        "confirmation",
        "ship",
        "when a shipment counts as confirmed: upload (in the confirmation file) or ship (when recorded)",
        _confirmation,
    ),
    SettingRule("currency", "", "of orders whose file tells none; empty is the shop's", _currency),
    SettingRule(
        "prices_include_tax",
        "auto",
        "whether prices in its reports contain the tax: yes, no, or auto (as the row or the marketplace tells)",
        _one_of("auto", "yes", "no"),
    ),
    SettingRule(
        "handling_days",
        "",
        "business days until an order must ship if its file does not say; empty: none",
        _handling,
    ),
    SettingRule("cutoff", "", "time of day from which an order counts for the next day; empty: midnight", _cutoff),
    SettingRule("holidays", "", "days without shipping, such as 2026-11-26, or 12-25 for every year", _holidays),
    SettingRule("work_days", "mon,tue,wed,thu,fri", "weekdays with shipping", parse_weekdays),
    SettingRule(
        "fee_profile", "none", "whose selling fees apply: amazon, etsy or none", _one_of("amazon", "etsy", "none")
    ),
    SettingRule("referral_fee", "", "share of an order the channel takes; empty: as its fee profile", _share),
    SettingRule("referral_fee_minimum", "", "at least this much a unit; empty: as its fee profile", _fee_amount),
    SettingRule(
        "refund_administration_fee",
        "",
        "share of the referral fee kept on a refund; empty: as its fee profile",
        _share,
    ),
    SettingRule(
        "refund_administration_fee_cap", "", "at most this much of it; empty: as its fee profile", _fee_amount
    ),
    SettingRule(
        "message_policy",
        "free",
        "what may be written to buyers: amazon (its rules) or free",
        _one_of("amazon", "free"),
    ),
    SettingRule("return_window_days", "30", "days to send back, from delivery", _days),
    SettingRule(
        "return_holiday",
        "",
        "orders with longer to send back, such as: shipped 11-01..12-31 until 01-31; empty: none",
        _return_holiday,
    ),
    SettingRule("return_transit_days", "14", "days a return may be under way after its last day", _whole),
    SettingRule("restocking_fee_late", "20%", "of the price, kept for units returned late", _fee),
    SettingRule("restocking_fee_damaged", "50%", "of the price, kept for units the buyer damaged", _fee),
    SettingRule("restocking_fee_missing", "100%", "of the price, kept where something else or nothing came", _fee),
    SettingRule("free_returns", "no", "yes: buyers never pay the way back", _one_of("yes", "no")),
    SettingRule(
        "messages",
        "",
        "kinds of message that plan themselves, such as delay,refund_sent; empty: all the policy takes",
        _planned_kinds,
    ),
    SettingRule("language", "en", "of the messages to its buyers, two letters", _language),
    SettingRule("personal_days", "30", "days from delivery that a buyer's name and address are kept", _kept_days),
    SettingRule("delivery_days", "14", "days a delivery takes of which nobody told the day", _whole),
)

PRODUCT_RULES = (
    SettingRule(
        "fba_fee", "0", "what Amazon takes to pick, pack and ship one unit, in the shop's currency", _fee_amount
    ),
)
"""Settings that exist once for each product, named ``product.SKU.KEY``."""

READY_CHANNELS: dict[str, dict[str, str]] = {
    "amazon": {
        "time_zone": "America/Los_Angeles",
        "confirmation": "upload",
        "handling_days": "1",
        "fee_profile": "amazon",
        "message_policy": "amazon",
        "return_holiday": "shipped 11-01..12-31 until 01-31",
    },
    "etsy": {"handling_days": "1", "fee_profile": "etsy"},
    "shop": {},
}
"""Channels every new database has, with the settings that differ from the defaults."""


def product_setting(name: str) -> tuple[str, SettingRule] | None:
    """SKU and rule of a setting named ``product.SKU.KEY``; a SKU may hold dots itself. None for another name."""
    sku, _, key = name.removeprefix("product.").rpartition(".")
    rule = next((r for r in PRODUCT_RULES if r.name == key), None)
    return (sku, rule) if name.startswith("product.") and sku and rule is not None else None


def default_of(name: str) -> str:
    """The default of a setting there is, by its full name; of channels and products it is the same for all."""
    key = name.rpartition(".")[2] if name.startswith(("channel.", "product.")) else name
    return next(rule.default for rule in (*RULES, *CHANNEL_RULES, *PRODUCT_RULES) if rule.name == key)


def rule_of(name: str, channels: list[str]) -> SettingRule | None:
    """The rule behind a setting's full name, or None if there is no such setting or channel.

    Whether a product of that SKU exists is for the caller to see.
    """
    if (product := product_setting(name)) is not None:
        return product[1]
    prefix, _, rest = name.partition(".")
    if prefix == "channel":
        channel, _, key = rest.partition(".")
        return next((r for r in CHANNEL_RULES if r.name == key and channel in channels), None)
    return next((r for r in RULES if r.name == name), None)


def setting_names(channels: list[str]) -> list[str]:
    """Full names of all settings of a shop with these channels, in the order they are listed."""
    return [r.name for r in RULES] + [f"channel.{c}.{r.name}" for c in channels for r in CHANNEL_RULES]


def names_to_mean(channels: list[str]) -> list[str]:
    """All names of settings, those of the configuration file too, of which a wrong one may be meant."""
    return [*setting_names(channels), *FILE_NAMES]


def is_channel_name(name: str) -> bool:
    """Whether a name can be a channel's: up to 20 lower-case ASCII letters, digits and dashes."""
    return re.fullmatch(r"[a-z][a-z0-9-]{0,19}", name) is not None
