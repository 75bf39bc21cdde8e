"""Reports that Amazon makes on being asked (Reports API, 2021-06-30), for what no call tells."""

import io
import zlib
from collections.abc import Sequence
from gzip import GzipFile
from typing import Literal, NamedTuple
from urllib.parse import quote

from ordercli.amazon.answers import same_page, understood
from ordercli.amazon.client import LONGEST_DOCUMENT, Call, Client, call_for_page
from ordercli.errors import OutOfReach
from ordercli.formats.amazon.json_values import instant, listed, text, the_object, word

CREATE, LOOK, LIST, DOCUMENT = "createReport", "getReport", "getReports", "getReportDocument"
PATH = "/reports/2021-06-30"
PAUSE_SECONDS = 15.0
"""Between two looks at whether a report is there."""

ReportEnding = Literal["DONE", "CANCELLED", "FATAL"]
"""It is there; there was nothing to report; it could not be made. All else means that it is not there yet."""


class MadeReport(NamedTuple):
    """A report that has come to its end.

    Attributes:
        ending: how.
        document: identifier of its document; None without one.
    """

    ending: ReportEnding
    document: str | None


def ask_for(client: Client, kind: str, marketplaces: Sequence[str], since: str, until: str) -> str:
    """Ask Amazon to make a report of a span of time.

    Returns:
        Its identifier.

    Raises:
        Refused: if Amazon refuses it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    body = {
        "reportType": kind,
        "marketplaceIds": list(marketplaces),
        "dataStartTime": since,
        "dataEndTime": until,
    }
    answer = client.call(Call(CREATE, "POST", f"{PATH}/reports", body=body))
    with understood(CREATE):
        return word(answer, "reportId")


def wait_for(client: Client, report: str, title: str) -> MadeReport:
    """Look whether a report is there until it is, as long as patience lasts.

    Raises:
        Refused: if Amazon refuses to say.
        OutOfReach: if it is not there when patience ends, or nobody answers.
    """
    while True:
        answer = client.call(Call(LOOK, "GET", f"{PATH}/reports/{quote(report, safe='')}"))
        with understood(LOOK):
            status = word(answer, "processingStatus")
            document = text(answer, "reportDocumentId")
        for ending in _ENDINGS:
            if status == ending:
                return MadeReport(ending, document)
        if not client.wait(PAUSE_SECONDS):
            raise OutOfReach(
                f"Amazon is still making {title}; run this again later, or wait longer with --max-wait."
            )


_ENDINGS: tuple[ReportEnding, ...] = ("DONE", "CANCELLED", "FATAL")


class ListedReport(NamedTuple):
    """A report that Amazon made by itself.

    Attributes:
        made_at: when, to the second.
        document: identifier of its document.
    """

    made_at: str
    document: str


def made_since(client: Client, kind: str, marketplaces: Sequence[str], since: str) -> list[ListedReport]:
    """The reports of a kind that Amazon made by itself since a moment, oldest first.

    Raises:
        Refused: if Amazon refuses it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    query = {
        "reportTypes": kind,
        "processingStatuses": "DONE",
        "marketplaceIds": ",".join(marketplaces),
        "createdSince": since,
        "pageSize": "100",
    }
    found: list[ListedReport] = []
    token: str | None = None
    while True:
        asked = query if token is None else {"nextToken": token}
        answer = call_for_page(client, Call(LIST, "GET", f"{PATH}/reports", asked), token)
        with understood(LIST):
            found += map(_listed, listed(answer, "reports"))
            following = text(answer, "nextToken")
        if following is None:
            return sorted(found)
        if following == token:
            raise same_page(LIST)
        token = following


def _listed(value: object) -> ListedReport:
    told = the_object(value, "report")
    return ListedReport(instant(told, "createdTime") or "", word(told, "reportDocumentId"))


def content_of(client: Client, document: str) -> bytes:
    """The bytes of a report's document.

    Raises:
        Refused: if Amazon refuses it.
        OutOfReach: if it cannot be had, or is damaged.
    """
    answer = client.call(Call(DOCUMENT, "GET", f"{PATH}/documents/{quote(document, safe='')}"))
    with understood(DOCUMENT):
        address, packed = word(answer, "url"), text(answer, "compressionAlgorithm")
    content = client.download(address)
    return content if packed is None else unpacked(content)


def unpacked(content: bytes) -> bytes:
    """The bytes of a document that Amazon packed.

    Raises:
        OutOfReach: if it is damaged, or too long to be one.
    """
    try:
        with GzipFile(fileobj=io.BytesIO(content)) as packed:
            found = packed.read(LONGEST_DOCUMENT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise OutOfReach("Amazon gives a report that is damaged; try again later.") from error
    if len(found) > LONGEST_DOCUMENT:
        raise OutOfReach("Amazon gives a report that is too long to be one; try again later.")
    return found
