"""Files of many things, told together: Amazon's Feeds API (2021-06-30)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from urllib.parse import quote

from ordercli.amazon.answers import same_page, understood
from ordercli.amazon.client import Call, Client, call_for_page
from ordercli.amazon.reports import unpacked
from ordercli.errors import OutOfReach
from ordercli.formats.amazon.json_values import instant, listed, text, the_object, word

CREATE_DOCUMENT, CREATE, LIST, LOOK, DOCUMENT = (
    *("createFeedDocument", "createFeed", "getFeeds", "getFeed"),
    "getFeedDocument",
)
PATH = "/feeds/2021-06-30"
JSON_TYPE = "application/json; charset=UTF-8"
TABS_TYPE = "text/tab-separated-values; charset=UTF-8"
PAUSE_SECONDS = 15.0
"""Between two looks at whether a feed is processed."""

FeedEnding = Literal["DONE", "CANCELLED", "FATAL"]
"""All of it was looked at; it was taken back before it began; nobody knows what of it holds. All else: no end."""

_ENDINGS: tuple[FeedEnding, ...] = ("DONE", "CANCELLED", "FATAL")


class ProcessedFeed(NamedTuple):
    """A feed that came to its end.

    Attributes:
        ending: how.
        document: identifier of its processing report; None without one.
    """

    ending: FeedEnding
    document: str | None


class ListedFeed(NamedTuple):
    """A feed that Amazon has.

    Attributes:
        begun_at: when it was handed over, to the second.
        number: its identifier.
    """

    begun_at: str
    number: str


def upload(client: Client, content: bytes, content_type: str) -> str:
    """Put a feed where Amazon will read it; nothing is told by that.

    Returns:
        The document's identifier.

    Raises:
        Refused: if Amazon refuses it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    answer = client.call(Call(CREATE_DOCUMENT, "POST", f"{PATH}/documents", body={"contentType": content_type}))
    with understood(CREATE_DOCUMENT):
        document, address = word(answer, "feedDocumentId"), word(answer, "url")
    client.upload(address, content, content_type)
    return document


def begin(client: Client, kind: str, marketplaces: Sequence[str], document: str) -> str:
    """Have Amazon process a feed.

    Args:
        client: the connection.
        kind: Amazon's name of what is in it.
        marketplaces: identifiers.
        document: of :func:`upload`.

    Returns:
        The feed's identifier.

    Raises:
        Refusal: if Amazon refuses it.
        OutcomeUnknown: if Amazon may have taken it and did not say so.
        OutOfReach: if it was not told.
    """
    body = {"feedType": kind, "marketplaceIds": list(marketplaces), "inputFeedDocumentId": document}
    answer = client.call(Call(CREATE, "POST", f"{PATH}/feeds", body=body, is_repeatable=False))
    with understood(CREATE, is_repeatable=False):
        return word(answer, "feedId")


def begun_since(client: Client, kind: str, since: str) -> list[ListedFeed]:
    """All feeds of a kind that Amazon was given since a moment, whoever began them.

    Raises:
        Refused: if Amazon refuses to say.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    query = {"feedTypes": kind, "createdSince": since, "pageSize": "100"}
    found: list[ListedFeed] = []
    token: str | None = None
    while True:
        asked = query if token is None else {"nextToken": token}
        answer = call_for_page(client, Call(LIST, "GET", f"{PATH}/feeds", asked), token)
        with understood(LIST):
            found += map(_listed, listed(answer, "feeds"))
            following = text(answer, "nextToken")
        if following is None:
            return found
        if following == token:
            raise same_page(LIST)
        token = following


def _listed(value: object) -> ListedFeed:
    told = the_object(value, "feed")
    return ListedFeed(instant(told, "createdTime") or "", word(told, "feedId"))


def wait_for(client: Client, feed: str, title: str) -> ProcessedFeed:
    """Look whether a feed is processed until it is, as long as patience lasts.

    Args:
        client: the connection.
        feed: its identifier.
        title: what it tells.

    Raises:
        Refused: if Amazon refuses to say.
        OutOfReach: if it is not when patience ends, or nobody answers.
    """
    while True:
        answer = client.call(Call(LOOK, "GET", f"{PATH}/feeds/{quote(feed, safe='')}"))
        with understood(LOOK):
            status, document = word(answer, "processingStatus"), text(answer, "resultFeedDocumentId")
        for ending in _ENDINGS:
            if status == ending:
                return ProcessedFeed(ending, document)
        if not client.wait(PAUSE_SECONDS):
            raise OutOfReach(
                f"Amazon is still working on the {title} it was told; run this again later, or wait longer with"
                " --max-wait."
            )


def processing_report(client: Client, document: str) -> bytes:
    """The bytes of the report on a feed.

    Raises:
        Refused: if Amazon refuses to show it.
        OutOfReach: if it cannot be had, or is damaged.
    """
    answer = client.call(Call(DOCUMENT, "GET", f"{PATH}/documents/{quote(document, safe='')}"))
    with understood(DOCUMENT):
        address, packed = word(answer, "url"), text(answer, "compressionAlgorithm")
    content = client.download(address)
    return content if packed is None else unpacked(content)
