"""The Feeds API, as far as quantities go: a document is uploaded, a feed of it processed a while later."""

import json

from stand_in.account import Account
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong

UPLOADS = "/uploads/"


def create_document(account: Account, asked: Asked) -> Json:
    """A place for a document.

    Raises:
        Wrong: naming what is wrong with the call.
    """
    if not asked.body["contentType"].startswith("application/json"):
        raise Wrong(400, "InvalidInput", "contentType")
    number = f"document{len(account.uploads) + 1}"
    account.uploads[number] = b""
    return {"feedDocumentId": number, "url": f"{account.address}{UPLOADS}{number}"}


def create(account: Account, asked: Asked) -> Json:
    """Begin a feed.

    Raises:
        Wrong: naming what is wrong with the call.
    """
    document = asked.body["inputFeedDocumentId"]
    if asked.body["marketplaceIds"] != [MARKETPLACE] or not account.uploads.get(document):
        raise Wrong(400, "InvalidInput", "marketplaceIds or inputFeedDocumentId")
    account.feeds.append(document)
    return {"feedId": str(len(account.feeds))}


def look(account: Account, asked: Asked) -> Json:
    """How far a feed is: as many looks as the account says find it in the making; then it is processed."""
    number = asked.names["feedId"]
    if int(number) > len(account.feeds):
        raise Wrong(404, "NotFound", "feedId")
    status = account.report_states.pop(0) if account.report_states else "DONE"
    feed = {
        "feedId": number,
        "feedType": "JSON_LISTINGS_FEED",
        "createdTime": "2026-03-16T13:00:00Z",
        "processingStatus": status,
    }
    if status != "DONE":
        return feed
    account.reports[f"feed{number}"] = _processed(
        account, json.loads(account.uploads[account.feeds[int(number) - 1]])
    )
    return {**feed, "resultFeedDocumentId": f"feed{number}"}


def document(account: Account, asked: Asked) -> Json:
    """Where a processing report is."""
    name = asked.names["feedDocumentId"]
    return {"feedDocumentId": name, "url": f"{account.address}/documents/{name}", "compressionAlgorithm": "GZIP"}


def _processed(account: Account, feed: Json) -> bytes:
    issues = []
    for message in feed["messages"]:
        if message["sku"] in account.unlisted:
            about = {"messageId": message["messageId"], "sku": message["sku"]}
            issues.append({**about, "code": "8541", "severity": "ERROR", "message": "no such thing"})
            continue
        ((patch,),) = (message["patches"],)
        account.quantities[message["sku"]] = patch["value"][0]["quantity"]
    header = {"sellerId": feed["header"]["sellerId"], "version": "2.0", "feedId": "1"}
    counts = {"messagesProcessed": len(feed["messages"]), "messagesInvalid": len(issues)}
    summary = {
        "errors": len(issues),
        "warnings": 0,
        "messagesAccepted": counts["messagesProcessed"] - len(issues),
        **counts,
    }
    return json.dumps({"header": header, "issues": issues, "summary": summary}).encode()


ROUTES = (
    Route("createFeedDocument", "/feeds/2021-06-30/documents", create_document, "POST"),
    Route("createFeed", "/feeds/2021-06-30/feeds", create, "POST"),
    Route("getFeed", "/feeds/2021-06-30/feeds/{feedId}", look),
    Route("getFeedDocument", "/feeds/2021-06-30/documents/{feedDocumentId}", document),
)
