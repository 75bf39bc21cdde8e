"""How many units a product has to sell, and at how many it is low, wherever that is asked.

Each rule is said once as a function and once as SQL over ``product p``; a test holds both together.
"""

from collections.abc import Sequence
from typing import Literal

from ordercli.domain.places import HOME

StockStatus = Literal["OK", "LOW", "OUT"]

VELOCITY_DAYS = 30
"""Days of sales behind the usual reorder point and ``cover_days``, ending yesterday in the shop's zone."""


def is_retired(retired_on: str | None, today: str) -> bool:
    """Whether a product is sold no more: from its day on."""
    return retired_on is not None and retired_on <= today


RETIRED = "coalesce(p.retired_on <= :today, 0)"
"""SQL of :func:`is_retired`: 1 or 0."""


def kits_available(parts: Sequence[tuple[int, int]]) -> int:
    """How many of a kit the available units of its components make.

    Args:
        parts: (available units, units in one kit > 0) of each component; at least one.
    """
    return min(available // each for available, each in parts)


KIT_AVAILABLE = f"""(SELECT min(coalesce(s.quantity - s.allocated, 0) / k.quantity) FROM kit_component k
    LEFT JOIN stock_level s ON s.product_id = k.component_id AND s.location = '{HOME}'
    WHERE k.kit_id = p.id AND k.quantity > 0)"""
"""SQL of :func:`kits_available` of kit ``p``."""

AVAILABLE = f"""CASE WHEN p.is_kit THEN {KIT_AVAILABLE}
    ELSE coalesce((SELECT s.quantity - s.allocated FROM stock_level s
      WHERE s.product_id = p.id AND s.location = '{HOME}'), 0) END"""
"""SQL: units of product ``p`` that orders can draw on and that are not promised; of a kit, how many it makes."""


def reorder_point(own: int | None, *, is_kit: bool, sold: int, lead_days: int, least: int) -> int:
    """Available units at or below which a product is low.

    Args:
        own: the product's own, which holds where there is one.
        is_kit: a kit without its own has 0, since its components have theirs.
        sold: units of the last :data:`VELOCITY_DAYS`.
        lead_days: days from order to receipt: the product's, its supplier's, else the setting's.
        least: the setting ``reorder_point``.

    Returns:
        The product's own, else what is sold in the lead time, rounded up, or ``least`` if that is more.
    """
    if own is not None:
        return own
    return 0 if is_kit else max(least, -(-sold * lead_days // VELOCITY_DAYS))


_LEAD_DAYS = (
    "coalesce(p.lead_time_days, (SELECT r.lead_time_days FROM supplier r WHERE r.id = p.supplier_id), :lead)"
)

SOLD = f"""(SELECT sum(d.units) FROM daily_sales d WHERE d.product_id = p.id
      AND d.day >= date(:today, '-{VELOCITY_DAYS} days') AND d.day < :today)"""
"""SQL: units of product ``p`` sold in the days of velocity; NULL for none."""


def reorder_point_sql(sold: str = SOLD) -> str:
    """SQL of :func:`reorder_point` of product ``p``; binds ``lead`` and ``usual``, the settings' values.

    Args:
        sold: the units sold, where a statement has them already; NULL counts as 0.
    """
    usual = f"max(:usual, (coalesce({sold}, 0) * {_LEAD_DAYS} + {VELOCITY_DAYS - 1}) / {VELOCITY_DAYS})"
    return f"coalesce(p.reorder_point, iif(p.is_kit, 0, {usual}))"


POINT_SETTINGS = {"usual": "reorder_point", "lead": "lead_time_days"}
"""The settings whose values :func:`reorder_point_sql` binds, by the name it binds them under."""


def stock_status(available: int, point: int) -> StockStatus:
    """``OUT`` with nothing to sell, ``LOW`` at or below the reorder point, else ``OK``."""
    if available <= 0:
        return "OUT"
    return "LOW" if available <= point else "OK"


def stock_status_sql(available: str, point: str) -> str:
    """SQL of :func:`stock_status` of two expressions."""
    return f"CASE WHEN {available} <= 0 THEN 'OUT' WHEN {available} <= {point} THEN 'LOW' ELSE 'OK' END"


def low_sql(available: str, point: str) -> str:
    """SQL: whether :func:`stock_status` is ``LOW`` or ``OUT``."""
    return f"{available} <= max({point}, 0)"
