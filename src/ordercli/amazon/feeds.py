"""Files of many quantities, told together: Amazon's Feeds API (2021-06-30) with a ``JSON_LISTINGS_FEED``."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ordercli.amazon.answers import understood
from ordercli.amazon.client import Call, Client
from ordercli.amazon.listings import Place
from ordercli.amazon.reports import unpacked
from ordercli.domain.fields import FieldError
from ordercli.errors import OutOfReach
from ordercli.formats.amazon.json_values import text, word
from ordercli.formats.amazon.quantity_feed import feed_of, refused_in

CREATE_DOCUMENT, CREATE, LOOK, DOCUMENT = "createFeedDocument", "createFeed", "getFeed", "getFeedDocument"
PATH = "/feeds/2021-06-30"
KIND = "JSON_LISTINGS_FEED"
CONTENT_TYPE = "application/json; charset=UTF-8"
PAUSE_SECONDS = 15.0
"""Between two looks at whether a feed is processed."""

_ENDINGS = ("DONE", "CANCELLED", "FATAL")


class ProcessedFeed(NamedTuple):
    """A feed that came to its end.

    Attributes:
        is_done: whether all of it was looked at; else nobody knows what of it holds.
        document: identifier of its processing report; None without one.
    """

    is_done: bool
    document: str | None


def upload(client: Client, place: Place, quantities: Mapping[str, int]) -> str:
    """Put a feed where Amazon will read it; nothing is told by that.

    Args:
        client: the connection.
        place: whose listings.
        quantities: by channel SKU.

    Returns:
        The document's identifier.

    Raises:
        Refused: if Amazon refuses it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    answer = client.call(Call(CREATE_DOCUMENT, "POST", f"{PATH}/documents", body={"contentType": CONTENT_TYPE}))
    with understood(CREATE_DOCUMENT):
        document, address = word(answer, "feedDocumentId"), word(answer, "url")
    client.upload(address, feed_of(place.seller_id, quantities), CONTENT_TYPE)
    return document


def begin(client: Client, place: Place, document: str) -> str:
    """Have Amazon process a feed.

    Returns:
        The feed's identifier.

    Raises:
        Refusal: if Amazon refuses it.
        OutcomeUnknown: if Amazon may have taken it and did not say so.
        OutOfReach: if it was not told.
    """
    body = {"feedType": KIND, "marketplaceIds": [place.marketplace], "inputFeedDocumentId": document}
    answer = client.call(Call(CREATE, "POST", f"{PATH}/feeds", body=body, is_repeatable=False))
    with understood(CREATE, is_repeatable=False):
        return word(answer, "feedId")


def wait_for(client: Client, feed: str) -> ProcessedFeed:
    """Look whether a feed is processed until it is, as long as patience lasts.

    Raises:
        Refused: if Amazon refuses to say.
        OutOfReach: if it is not when patience ends, or nobody answers.
    """
    while True:
        answer = client.call(Call(LOOK, "GET", f"{PATH}/feeds/{quote(feed, safe='')}"))
        with understood(LOOK):
            status, document = word(answer, "processingStatus"), text(answer, "resultFeedDocumentId")
        if status in _ENDINGS:
            return ProcessedFeed(status == "DONE", document)
        if not client.wait(PAUSE_SECONDS):
            raise OutOfReach(
                "Amazon is still working on the quantities it was told; run this again later, or wait longer with"
                " --max-wait."
            )


def refusals(client: Client, document: str) -> dict[str, str]:
    """Amazon's codes for not taking the quantities of listings, by channel SKU.

    Raises:
        Refused: if Amazon refuses to show its report.
        OutOfReach: if it cannot be had, or is of another shape than documented.
    """
    answer = client.call(Call(DOCUMENT, "GET", f"{PATH}/documents/{quote(document, safe='')}"))
    with understood(DOCUMENT):
        address, packed = word(answer, "url"), text(answer, "compressionAlgorithm")
        content = client.download(address)
        return refused_in(_parsed(content if packed is None else unpacked(content)))


def _parsed(content: bytes) -> Any:  # noqa: ANN401 - whatever it holds
    try:
        return json.loads(content)
    except ValueError as error:
        raise FieldError("its processing report is no JSON") from error
