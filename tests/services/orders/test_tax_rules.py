"""Whether prices contain the tax follows a setting from the day it is of, in the shop's zone."""

import pytest

from ordercli.domain.orders.order_rows import extras_of
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import set_setting
from workbench import Workbench, told

PRICE, TAX = 11900, 1900
PAID = [PRICE, TAX, None, None, None, None, None]
FROM = "2026-03-15"

# When the order was placed, the setting from that day on, the marketplace's word, and the price that is stored.
CASES = {
    "the evening before, in New York": ("2026-03-15T03:30:00Z", "yes", None, PRICE),
    "that day": ("2026-03-15T04:00:00Z", "yes", None, PRICE - TAX),
    "no, though the marketplace has it so": ("2026-03-15T04:00:00Z", "no", "Amazon.de", PRICE),
    "no from that day on, not the evening before": ("2026-03-15T03:59:59Z", "no", "Amazon.de", PRICE - TAX),
}


@pytest.mark.parametrize("name", CASES)
def test_a_setting_holds_from_its_day_in_the_shops_zone(bench: Workbench, name: str) -> None:
    ordered_at, value, market, wanted = CASES[name]
    bench.make_product("RING-7")

    def setting(work: Work) -> Outcome:
        set_setting(work.connection, work.operation, "channel.amazon.prices_include_tax", value, FROM)
        return Outcome("set", {"settings": 1})

    bench.do(setting)
    row = told("114-0000001-0000001", "RING-7", 1, ordered_at=ordered_at, currency="USD", amounts=PAID)
    bench.take_in([row._replace(extras=extras_of(sales_channel=market))])
    assert bench.rows("SELECT item_price_minor, item_tax_minor FROM order_line") == [(wanted, TAX)]
