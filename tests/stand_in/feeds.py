"""The Feeds API, of quantities, cancellations and refunds: what was uploaded is processed a while later."""

import json
from collections.abc import Callable

from stand_in.account import Account, utc_text
from stand_in.orders import order_named
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong

UPLOADS = "/uploads/"


def create_document(account: Account, asked: Asked) -> Json:
    """A place for a document.

    Raises:
        Wrong: naming what is wrong with the call.
    """
    if not asked.body["contentType"].startswith(("application/json", "text/tab-separated-values")):
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
    if asked.body["feedType"] not in PROCESSES:
        raise Wrong(400, "InvalidInput", "feedType")
    return {"feedId": begin(account, document, asked.body["feedType"])}


def begin(account: Account, document: str, kind: str) -> str:
    """Begin a feed, whoever hands it over; its number."""
    account.feeds.append(document)
    account.feed_types.append(kind)
    account.feed_times.append(account.feed_moment or utc_text(account.clock()))
    return str(len(account.feeds))


def look(account: Account, asked: Asked) -> Json:
    """How far a feed is: as many looks as the account says find it in the making; then it is processed."""
    number = asked.names["feedId"]
    if int(number) > len(account.feeds):
        raise Wrong(404, "NotFound", "feedId")
    status = account.report_states.pop(0) if account.report_states else "DONE"
    feed = _feed(account, number, status)
    if status != "DONE":
        return feed
    if number not in account.processed:  # it is worked off once, however often it is looked at
        account.processed.add(number)
        process = PROCESSES[account.feed_types[int(number) - 1]]
        account.reports[f"feed{number}"] = process(account, account.uploads[account.feeds[int(number) - 1]])
    return {**feed, "resultFeedDocumentId": f"feed{number}"}


def listed(account: Account, asked: Asked) -> Json:
    """The feeds of some kinds, a page at a time."""
    if "nextToken" in asked.query:
        kind, first = asked.query["nextToken"].split()
    else:
        kind, first = asked.query["feedTypes"], "0"
    found = [str(number) for number, each in enumerate(account.feed_types, start=1) if each in kind.split(",")]
    begin, size = int(first), account.page_size
    page: Json = {"feeds": [_feed(account, number, "IN_QUEUE") for number in found[begin : begin + size]]}
    return {**page, **({"nextToken": f"{kind} {begin + size}"} if len(found) > begin + size else {})}


def _feed(account: Account, number: str, status: str) -> Json:
    return {
        "feedId": number,
        "feedType": account.feed_types[int(number) - 1],
        "createdTime": account.feed_times[int(number) - 1],
        "processingStatus": status,
    }


def document(account: Account, asked: Asked) -> Json:
    """Where a processing report is."""
    name = asked.names["feedDocumentId"]
    return {"feedDocumentId": name, "url": f"{account.address}/documents/{name}", "compressionAlgorithm": "GZIP"}


def _set_quantities(account: Account, content: bytes) -> bytes:
    feed, issues = json.loads(content), []
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


def _rows(content: bytes, header: str) -> list[dict[str, str]]:
    lines = content.decode().splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith(header))
    return [dict(zip(lines[head].split("\t"), line.split("\t"), strict=True)) for line in lines[head + 1 :]]


def _cancel(account: Account, content: bytes) -> bytes:
    rows = _rows(content, "order-id\tcancellation-reason-code")
    faults = {}
    for number, row in enumerate(rows, start=1):
        order = order_named(account, row["order-id"])
        (item,) = [each for each in order["orderItems"] if each["orderItemId"] == row["amazon-order-item-code"]]
        if order["fulfillment"]["fulfillmentStatus"] == "SHIPPED" or order.get("packages"):
            faults[number] = "The order of Ana Lindqvist has left."
            continue
        item["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 0}
        if not any(each["fulfillment"]["quantityUnfulfilled"] for each in order["orderItems"]):
            order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
        order["lastUpdatedTime"] = utc_text(account.clock() - 180)
    return _report(rows, faults, "amazon-order-item-code")


def _pay_back(account: Account, content: bytes) -> bytes:
    rows = _rows(content, "order-id\torder-item-id\tadjustment-reason-code")
    faults = {}
    for number, row in enumerate(rows, start=1):
        if row["order-id"] in account.unpaid:
            faults[number] = "Nothing is left to be paid back to Ana Lindqvist."
            continue
        account.refunds.append((row["order-id"], row["order-item-id"], row["item-price-adj"]))
    return _report(rows, faults, "order-item-id")


def _report(rows: list[dict[str, str]], faults: dict[int, str], item: str) -> bytes:
    lines = [
        "Feed Processing Summary:",
        f"\tNumber of records processed\t\t{len(rows)}",
        f"\tNumber of records successful\t\t{len(rows) - len(faults)}",
        "",
        f"original-record-number\torder-id\t{item}\terror-code\terror-type\terror-message",
        *(
            f"{number}\t{rows[number - 1]['order-id']}\t{rows[number - 1][item]}\t5000\tError\t{why}"
            for number, why in faults.items()
        ),
    ]
    return "\n".join(lines).encode()


PROCESSES: dict[str, Callable[[Account, bytes], bytes]] = {
    "JSON_LISTINGS_FEED": _set_quantities,
    "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA": _cancel,
    "POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA": _pay_back,
}
"""What is done with a feed of each kind; its processing report."""

ROUTES = (
    Route("createFeedDocument", "/feeds/2021-06-30/documents", create_document, "POST"),
    Route("createFeed", "/feeds/2021-06-30/feeds", create, "POST"),
    Route("getFeeds", "/feeds/2021-06-30/feeds", listed),
    Route("getFeed", "/feeds/2021-06-30/feeds/{feedId}", look),
    Route("getFeedDocument", "/feeds/2021-06-30/documents/{feedDocumentId}", document),
)
