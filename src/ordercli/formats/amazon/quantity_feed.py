"""Quantities of listings in the words of Amazon's JSON feed of listings (version 2) and its processing report."""

import json
from collections.abc import Mapping

from ordercli.domain.fields import FieldError
from ordercli.formats.amazon.json_values import text, the_list, the_object


def patch_of(units: int) -> dict[str, object]:
    """The change that makes a listing have so many units that can be sold."""
    return {
        "op": "merge",
        "path": "/attributes/fulfillment_availability",
        "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": units}],
    }


def feed_of(seller_id: str, quantities: Mapping[str, int]) -> bytes:
    """The bytes of a feed that tells quantities by channel SKU."""
    messages = [
        {
            "messageId": number,
            "sku": sku,
            "operationType": "PATCH",
            "productType": "PRODUCT",
            "patches": [patch_of(units)],
        }
        for number, (sku, units) in enumerate(quantities.items(), start=1)
    ]
    feed = {"header": {"sellerId": seller_id, "version": "2.0", "issueLocale": "en_US"}, "messages": messages}
    return json.dumps(feed, ensure_ascii=False).encode()


def refused_in(report: bytes) -> dict[str, str]:
    """What a processing report does not take: Amazon's code by channel SKU, the first error of each.

    Raises:
        FieldError: if the report has another shape than documented, or an error is of no listing.
    """
    try:
        parsed = json.loads(report)
    except ValueError as error:
        raise FieldError("its processing report is no JSON") from error
    told = the_object(parsed, "its processing report")
    refused: dict[str, str] = {}
    for each in the_list(told.get("issues"), "issues"):
        issue = the_object(each, "issue")
        if text(issue, "severity") != "ERROR":
            continue
        sku = text(issue, "sku")
        if sku is None:
            raise FieldError("an error of its processing report is of no listing")
        code = text(issue, "code")
        refused.setdefault(sku, code if code and code.isascii() and code.isalnum() else "INVALID")
    return refused
