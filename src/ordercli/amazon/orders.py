"""Pages of orders, as Amazon's Orders API (2026-01-01) gives them.

A page asks for what changed in a span of time. Buyers and addresses are asked for as long as Amazon lets the
account see them; without that right everything else comes all the same.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from ordercli.amazon.answers import same_page, understood
from ordercli.amazon.client import Call, Client, Refusal
from ordercli.domain.amazon.windows import Cursor
from ordercli.errors import Refused
from ordercli.formats.amazon.json_values import instant, listed, part, text
from ordercli.formats.amazon.order_json import DATASETS, PERSONAL_DATASETS

SEARCH = "searchOrders"
PATH = "/orders/2026-01-01/orders"
_FORBIDDEN = 403
_BAD = 400
_MOST = 100
"""Orders a page."""


class TokenExpired(Refused):
    """Amazon does not know a page's token any more; its span is read from the begin."""


class Page(NamedTuple):
    """What one call answered.

    Attributes:
        orders: as they came.
        until: end of the span, as Amazon tells it.
        next_token: of the page behind it; None where none is left.
        has_people: whether buyers and addresses were asked for and not refused.
        content: the answer's bytes, for a fingerprint.
    """

    orders: Sequence[object]
    until: str
    next_token: str | None
    has_people: bool
    content: bytes


def page_at(client: Client, marketplaces: Sequence[str], cursor: Cursor, now: str, *, with_people: bool) -> Page:
    """The page at a cursor.

    Raises:
        TokenExpired: if Amazon does not know the cursor's token.
        Refused: if Amazon refuses it for another reason.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    datasets = (*DATASETS, *PERSONAL_DATASETS) if with_people else DATASETS
    try:
        answer = client.call(Call(SEARCH, "GET", PATH, _query(marketplaces, cursor, datasets)))
    except Refusal as refusal:
        if refusal.status == _FORBIDDEN and with_people:
            return page_at(client, marketplaces, cursor, now, with_people=False)
        if refusal.status == _BAD and cursor.is_within:
            raise TokenExpired(str(refusal)) from refusal
        raise
    with understood(SEARCH):
        orders = listed(answer, "orders")
        token = text(part(answer, "pagination"), "nextToken")
        until = instant(answer, "lastUpdatedBefore") or now
    if token is not None and token == cursor.next_token:
        raise same_page(SEARCH)
    return Page(orders, until, token, with_people, json.dumps(answer, sort_keys=True).encode())


def _query(marketplaces: Sequence[str], cursor: Cursor, datasets: Sequence[str]) -> dict[str, str]:
    query = {
        "lastUpdatedAfter": cursor.since,
        "marketplaceIds": ",".join(marketplaces),
        "includedData": ",".join(datasets),
        "maxResultsPerPage": str(_MOST),
    }
    if cursor.next_token is not None:
        query["paginationToken"] = cursor.next_token
    return query
