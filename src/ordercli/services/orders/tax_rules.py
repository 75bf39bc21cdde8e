"""Whether prices of an order contain their tax, by its marketplace and the channel's dated setting."""

from collections.abc import Callable
from functools import cache

from ordercli.domain.orders.tax_inside import contains_tax
from ordercli.domain.settings import CHANNEL_RULES, value_on
from ordercli.services.orders.order_rules import TaxInside
from ordercli.services.orders.promises import ChannelSettings

_DEFAULT = next(rule.default for rule in CHANNEL_RULES if rule.name == "prices_include_tax")


def tax_function(told_of: ChannelSettings, shop_day: Callable[[str], str], shop_currency: str) -> TaxInside:
    """A function of (channel, marketplace, currency, instant of the order), fast enough to ask for every order.

    Args:
        told_of: what ``dated_settings`` gives.
        shop_day: the day of an instant in the shop's zone, from whose begin a setting of that day holds.
        shop_currency: of orders that tell none.
    """
    dated = {channel: settings.get("prices_include_tax", []) for channel, settings in told_of.items()}
    uploads = {
        channel
        for channel, settings in told_of.items()
        if any(value == "upload" for _, value in settings.get("confirmation", []))
    }

    @cache
    def on_day(channel: str, sales_channel: str | None, currency: str | None, day: str) -> int:
        setting = value_on(dated.get(channel, []), day) or _DEFAULT
        # Where a channel has no marketplaces, the tax of its orders is beside their prices unless it is said.
        told = (currency or shop_currency) if channel in uploads else None
        return int(contains_tax(sales_channel, told, day, setting))

    return lambda channel, sales_channel, currency, at: on_day(channel, sales_channel, currency, shop_day(at))
