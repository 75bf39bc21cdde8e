"""Two classical figures to hold a suggestion against: the order that costs least, and stock by the worst seen.

Sources: Harris/Wilson, economic order quantity √(2·D·K/h); safety stock by maximum and average, dmax·Lmax - d·L.
"""

from math import sqrt
from typing import NamedTuple


class Economy(NamedTuple):
    """The order that makes ordering and holding cost the least together.

    Attributes:
        quantity: units an order, unrounded.
        orders_a_year, days_between: how often that is.
        cost_a_year: of ordering and holding, in the unit of the costs given.
    """

    quantity: float
    orders_a_year: float
    days_between: float
    cost_a_year: float


def economic_order(units_a_year: float, order_cost: float, holding_cost: float) -> Economy:
    """Economic order quantity.

    Args:
        units_a_year: demand, > 0.
        order_cost: of one order whatever its size, > 0.
        holding_cost: of one unit for a year, > 0, in the same unit.
    """
    quantity = sqrt(2 * units_a_year * order_cost / holding_cost)
    orders = units_a_year / quantity
    return Economy(quantity, orders, 365 / orders, order_cost * orders + holding_cost * quantity / 2)


def worst_case_stock(most_a_day: float, longest_lead: float, per_day: float, lead_time_days: float) -> float:
    """Safety stock without statistics: the busiest day all through the slowest delivery, less the usual need."""
    return most_a_day * longest_lead - per_day * lead_time_days
