"""Packages in the words of Amazon's APIs: what confirms one (Orders v0), those an order has (2026-01-01)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ordercli.domain.amazon.packages import Package
from ordercli.domain.fields import FieldError
from ordercli.formats.amazon.json_values import Json, part, text, the_list, the_object


def confirmation(package: Package, marketplace: str, shipped_at: str) -> Json:
    """The body that confirms a package.

    Args:
        package: it.
        marketplace: identifier of the order's marketplace.
        shipped_at: the moment it left.
    """
    told = {
        "packageReferenceId": str(package.number),
        "carrierCode": package.carrier,
        "carrierName": package.carrier_name,
        "shippingMethod": package.service,
        "trackingNumber": package.tracking_number,
        "shipDate": shipped_at,
        "orderItems": [{"orderItemId": item, "quantity": units} for item, units in package.items],
    }
    detail = {name: value for name, value in told.items() if value is not None}
    return {"marketplaceId": marketplace, "packageDetail": detail}


class ShownPackage(NamedTuple):
    """A package as an order shows it.

    Attributes:
        number: tracking number; None without one.
        items: units by order-item id.
        is_canceled: whether it was taken back.
    """

    number: str | None
    carrier: str | None
    service: str | None
    items: Mapping[str, int]
    is_canceled: bool


def packages_of(answer: Json) -> list[ShownPackage]:
    """The packages of an order, as ``getOrder`` answers.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    found = the_list(the_object(answer.get("order"), "order").get("packages"), "packages")
    return [_package(the_object(each, "package")) for each in found]


def has_package(answer: Json, package: Package) -> bool:
    """Whether an order, as ``getOrder`` answers, has a package as it was told.

    Amazon may show a number of its own for it, so what is compared is what the carrier knows it by and what is in
    it. One that was canceled there does not count.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    wanted = dict(package.items)
    return any(
        each.number == package.tracking_number and each.items == wanted and not each.is_canceled
        for each in packages_of(answer)
    )


def _package(told: Json) -> ShownPackage:
    return ShownPackage(
        text(told, "trackingNumber"),
        text(told, "carrier"),
        text(told, "shippingService"),
        dict(_items(told)),
        text(part(told, "packageStatus"), "status") == "CANCELLED",
    )


def _items(package: Json) -> Iterator[tuple[str, int]]:
    for each in the_list(package.get("packageItems"), "packageItems"):
        item = the_object(each, "packageItem")
        units = item.get("quantity")
        if not isinstance(units, int):
            raise FieldError("quantity is no whole number")
        yield text(item, "orderItemId") or "", units
