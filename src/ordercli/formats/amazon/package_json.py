"""Packages in the words of Amazon's APIs: what confirms one (Orders v0), those an order has (2026-01-01)."""

from collections.abc import Iterator

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


def has_package(answer: Json, package: Package) -> bool:
    """Whether an order, as ``getOrder`` answers, has a package as it was told.

    Amazon may show a number of its own for it, so what is compared is what the carrier knows it by and what is in
    it. One that was canceled there does not count.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    wanted = dict(package.items)
    return any(
        number == package.tracking_number and items == wanted for number, items in _packages(part(answer, "order"))
    )


def _packages(order: Json) -> Iterator[tuple[str | None, dict[str, int]]]:
    for each in the_list(order.get("packages"), "packages"):
        found = the_object(each, "package")
        if text(part(found, "packageStatus"), "status") != "CANCELLED":
            yield text(found, "trackingNumber"), dict(_items(found))


def _items(package: Json) -> Iterator[tuple[str, int]]:
    for each in the_list(package.get("packageItems"), "packageItems"):
        item = the_object(each, "packageItem")
        units = item.get("quantity")
        if not isinstance(units, int):
            raise FieldError("quantity is no whole number")
        yield text(item, "orderItemId") or "", units
