"""What orders come to by the settings: asked once for many orders."""

from collections.abc import Callable
from dataclasses import dataclass

from ordercli.db import driver_of
from ordercli.services.operations import Work
from ordercli.services.orders.promises import PromiseRule

TaxInside = Callable[[str, str | None, str | None, str], int]
"""(channel, marketplace, currency, instant of the order) -> whether prices contain the tax."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What depends on settings: ship-by by a channel's handling time, what prices contain, the shop's days."""

    promise: PromiseRule
    tax_inside: TaxInside
    shop_day: Callable[[str], str]

    def teach(self, work: Work) -> None:
        """Make them functions of SQL: ``promise``, ``tax_inside`` and ``shop_day``."""
        driver = driver_of(work.connection)
        driver.teach("promise", self.promise, (str, str), str)
        driver.teach("tax_inside", self.tax_inside, (str, str, str, str), int)
        driver.teach("shop_day", self.shop_day, (str,), str)
