"""The Reports API: reports that are made a while after they were asked for."""

import gzip

from stand_in.account import Account, utc_text
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong

DOCUMENTS = "/documents/"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"


def create(account: Account, asked: Asked) -> Json:
    """Begin a report.

    Raises:
        Wrong: naming what is wrong with the call.
    """
    if asked.body["marketplaceIds"] != [MARKETPLACE] or asked.body["dataStartTime"] >= asked.body["dataEndTime"]:
        raise Wrong(400, "InvalidInput", "marketplaceIds or dataStartTime")
    account.asked_reports.append(asked.body["reportType"])
    account.asked_spans.append((asked.body["dataStartTime"], asked.body["dataEndTime"]))
    return {"reportId": str(len(account.asked_reports))}


def look(account: Account, asked: Asked) -> Json:
    """How far a report is: as many looks as the account says find it in the making."""
    number = asked.names["reportId"]
    if int(number) > len(account.asked_reports):
        raise Wrong(404, "NotFound", "reportId")
    kind = account.asked_reports[int(number) - 1]
    status = account.report_states.pop(0) if account.report_states else "DONE"
    report = {
        "reportId": number,
        "reportType": kind,
        "createdTime": utc_text(account.clock()),
        "processingStatus": status if status != "DONE" or kind in account.reports else "CANCELLED",
    }
    return {**report, "reportDocumentId": kind} if report["processingStatus"] == "DONE" else report


def listed(account: Account, asked: Asked) -> Json:
    """The settlement reports made since a moment, a page at a time.

    Raises:
        Wrong: naming what is wrong with the query.
    """
    if "nextToken" in asked.query:
        if len(asked.query) > 1:
            raise Wrong(400, "InvalidInput", "nextToken")
        since, first = asked.query["nextToken"].split()
    else:
        since, first = asked.query["createdSince"], "0"
    made = sorted(each for each in account.settlements if each[0] >= since)
    begin, size = int(first), account.page_size
    reports = [
        {
            "reportId": document,
            "reportType": SETTLEMENT,
            "createdTime": made_at,
            "processingStatus": "DONE",
            "reportDocumentId": document,
        }
        for made_at, document in made[begin : begin + size]
    ]
    return {"reports": reports, **({"nextToken": f"{since} {begin + size}"} if len(made) > begin + size else {})}


def document(account: Account, asked: Asked) -> Json:
    """Where a report is."""
    kind = asked.names["reportDocumentId"]
    return {"reportDocumentId": kind, "url": f"{account.address}{DOCUMENTS}{kind}", "compressionAlgorithm": "GZIP"}


def packed(account: Account, path: str) -> bytes | None:
    """The bytes of a document; None if the path is none."""
    kind = path.removeprefix(DOCUMENTS)
    return gzip.compress(account.reports[kind]) if path.startswith(DOCUMENTS) and kind in account.reports else None


ROUTES = (
    Route("createReport", "/reports/2021-06-30/reports", create, "POST"),
    Route("getReports", "/reports/2021-06-30/reports", listed),
    Route("getReport", "/reports/2021-06-30/reports/{reportId}", look),
    Route("getReportDocument", "/reports/2021-06-30/documents/{reportDocumentId}", document),
)
