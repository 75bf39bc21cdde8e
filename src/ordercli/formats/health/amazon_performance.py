"""Amazon's seller performance report: one JSON object, with a list of figures for each marketplace.

Read leniently, because Amazon's schema (accountHealthReport-2020-11-18) and its own example differ in names:
cancellations and what is not known are looked for by more than one. Days are taken as written; they are the
marketplace's. Buyers do not occur in it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ordercli.domain.health.performance import PerformanceReport, ReportedFigure
from ordercli.errors import Refused
from ordercli.formats.file_kinds import refuse_other_bytes

_FEWEST_DAYS_OF_30 = 11
_LARGEST = 10**12
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,59}\Z")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")

_RATES = {
    "preFulfillmentCancellationRate": ("cancellation_rate", "cancellationCount", "orderCount"),
    "prefulfillmentCancelRate": ("cancellation_rate", "cancellationCount", "orderCount"),
    "validTrackingRate": ("valid_tracking_rate", "validTrackingCount", "shipmentCount"),
    "unitOnTimeDeliveryRate": ("on_time_delivery_rate", "unitOnTimeDeliveryCount", "totalUnitCount"),
    # Shipments, where ours counts units: it stays Amazon's alone.
    "onTimeDeliveryRate": ("onTimeDeliveryRate", "onTimeDeliveryCount", "shipmentCountWithValidTracking"),
    "lateShipmentRate": ("", "lateShipmentCount", "orderCount"),
    "invoiceDefectRate": ("invoiceDefectRate", "invoiceDefect", "orderCount"),
}
"""Amazon's name of a rate: the name here, and the fields with its counts."""
_DEFECT_RATES = {"mfn": "order_defect_rate", "afn": "order_defect_rate_fba"}


def read_performance(name: str, content: bytes) -> list[PerformanceReport]:
    """What the report says, a part for each marketplace.

    Raises:
        Refused: if it is no such report, or a number in it is none.
    """
    try:
        report = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        refuse_other_bytes(name, content, "metrics import")
        raise Refused(f"{name} is not JSON; download the seller performance report again.") from error
    metrics = report.get("performanceMetrics") if isinstance(report, dict) else None
    if isinstance(metrics, dict):
        metrics = [metrics]
    if not isinstance(metrics, list) or not metrics:
        raise Refused(f"{name} is not Amazon's seller performance report; it has no performanceMetrics.")
    accounts = report.get("accountStatuses")
    statuses = {
        account["marketplaceId"]: _word(account.get("status"))
        for account in (accounts if isinstance(accounts, list) else [])
        if isinstance(account, dict) and isinstance(account.get("marketplaceId"), str)
    }
    found: dict[str, PerformanceReport] = {}
    # A report on one marketplace may name it in the statuses alone.
    only = next(iter(statuses)) if len(metrics) == len(statuses) == 1 else None
    for place, entry in enumerate(metrics, start=1):
        marketplace = (_word(entry.get("marketplaceId")) or only) if isinstance(entry, dict) else None
        if marketplace is None or marketplace in found:
            raise Refused(f"{name}: entry {place} of performanceMetrics names no marketplace of its own.")
        figures = {figure.metric: figure for figure in _figures(f"{name}: {marketplace}", entry)}
        found[marketplace] = PerformanceReport(marketplace, statuses.get(marketplace), tuple(figures.values()))
    return list(found.values())


def _refuse_constant(text: str) -> None:
    raise ValueError(text)


def _figures(where: str, entry: Mapping[str, Any]) -> Iterator[ReportedFigure]:
    for key, told in entry.items():
        if not isinstance(told, dict) or not _NAME.match(key):
            continue
        where_in = f"{where}: {key}"
        if key == "orderDefectRate":
            for part, metric in _DEFECT_RATES.items():
                if isinstance(told.get(part), dict):
                    yield _figure(f"{where_in}.{part}", told[part], metric, "orderWithDefects", "orderCount")
        elif key in _RATES:
            metric, numerator, denominator = _RATES[key]
            yield _figure(where_in, told, metric, numerator, denominator)
        else:
            yield _figure(where_in, told, key, "defectsCount", "")


def _figure(where: str, told: Mapping[str, Any], metric: str, numerator: str, denominator: str) -> ReportedFigure:
    span = told.get("reportingDateRange")
    span = span if isinstance(span, dict) else {}
    first, last = (_day(where, span.get(f"reportingDate{edge}")) for edge in ("From", "To"))
    return ReportedFigure(
        metric or _late_shipment(first, last),
        first,
        last,
        _whole(where, numerator, told.get(numerator)),
        _whole(where, denominator, told.get(denominator)),
        _decimal(where, "rate", told.get("rate")),
        _decimal(where, "targetValue", told.get("targetValue")),
        _word(told.get("status") or told.get("ahrStatus")),
    )


def _late_shipment(first: str | None, last: str | None) -> str:
    """Amazon has one name for both rates; the length of the window tells which."""
    days = 30 if not first or not last else (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return f"late_shipment_rate_{30 if days >= _FEWEST_DAYS_OF_30 else 10}d"


def _day(where: str, value: object) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise Refused(f"{where}: {str(value)[:40]!r} is not a day.") from None


def _whole(where: str, field: str, value: object) -> int | None:
    if isinstance(value, dict):
        value = value.get("count")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise Refused(f"{where}: {field} is {str(value)[:40]!r}, not a count.")
    return value


def _decimal(where: str, field: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1:
        raise Refused(f"{where}: {field} is {str(value)[:40]!r}, not a fraction from 0 to 1.")
    return f"{value:f}"


def _word(value: object) -> str | None:
    """A code of Amazon's; what is none is left out."""
    return value if isinstance(value, str) and _WORD.match(value) else None
