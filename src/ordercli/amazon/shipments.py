"""Packages of orders: telling Amazon of one (Orders v0), and looking whether it knows it (Orders 2026-01-01)."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from ordercli.amazon.answers import understood
from ordercli.amazon.client import Call, Client
from ordercli.domain.amazon.packages import Package
from ordercli.formats.amazon.json_values import Json
from ordercli.formats.amazon.package_json import ShownPackage, confirmation, has_package, packages_of
from ordercli.formats.amazon.seller_inputs_json import item_asins

CONFIRM = "confirmShipment"
LOOK = "getOrder"
T = TypeVar("T")


def confirm(client: Client, package: Package, marketplace: str, shipped_at: str) -> None:
    """Tell Amazon that a package has left.

    Raises:
        Refusal: if Amazon does not take it.
        OutcomeUnknown: if Amazon may have taken it and did not say so.
        OutOfReach: if it was not told.
    """
    path = f"/orders/v0/orders/{quote(package.order_id, safe='')}/shipmentConfirmation"
    body = confirmation(package, marketplace, shipped_at)
    client.call(Call(CONFIRM, "POST", path, body=body, is_repeatable=False, has_answer=False))


def is_known(client: Client, package: Package) -> bool:
    """Whether Amazon shows a package, as it was told of it.

    Raises:
        Refused: if Amazon refuses to show the order.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    return _shown(client, package.order_id, lambda answer: has_package(answer, package))


def packages(client: Client, order_id: str) -> list[ShownPackage]:
    """The packages that Amazon shows of an order.

    Raises:
        Refused: if Amazon refuses to show the order.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    return _shown(client, order_id, packages_of)


def asins(client: Client, order_id: str) -> dict[str, str]:
    """What the items of an order are: ASIN by order-item id.

    Raises:
        Refused: if Amazon refuses to show the order.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    return _shown(client, order_id, item_asins)


def _shown(client: Client, order_id: str, read: Callable[[Json], T]) -> T:
    path = f"/orders/2026-01-01/orders/{quote(order_id, safe='')}"
    answer = client.call(Call(LOOK, "GET", path, {"includedData": "PACKAGES"}))
    with understood(LOOK):
        return read(answer)
