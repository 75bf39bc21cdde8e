"""Taking in a page of orders from Amazon: statements like a file's, and where to go on, in one operation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from ordercli.domain.amazon.windows import Cursor
from ordercli.driver import Driver
from ordercli.services.amazon.report_pull import keep_cursor
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_import import StagedFile, import_orders
from ordercli.services.orders.order_staging import ParsedRow, clear_staging, stage_rows, staged_errors

WHAT = "orders"
NAME = "Amazon"
"""How a page is called where a file has its name."""


@dataclass(frozen=True, slots=True)
class StagedPage:
    """A page as staging left it.

    Attributes:
        file: what the import needs to know of it.
        faults: what is wrong with some of its lines.
    """

    file: StagedFile
    faults: tuple[str, ...]


def stage_page(
    driver: Driver,
    rows: Iterable[ParsedRow],
    *,
    layout: str,
    content: bytes,
    create_products: bool,
    now: str,
) -> StagedPage:
    """Put the lines of a page into staging.

    Args:
        driver: the connection the import will run on, with no transaction open.
        rows: its lines, or what is wrong with them.
        layout: of the rows.
        content: of the page, for its fingerprint.
        create_products: make products of unknown SKUs.
        now: the present.
    """
    clear_staging(driver)
    count = stage_rows(driver, 0, rows, create_products=create_products)
    faults = tuple(f"order {error.order_id or 'without id'}: {error.reason}" for error in staged_errors(driver, 0))
    digest = sha256(content).hexdigest()
    file = StagedFile(NAME, layout, digest, count, len(faults), is_complete=True, ranked_at=now)
    return StagedPage(file, faults)


def take_in_page(work: Work, page: StagedPage, before: Cursor, behind: Cursor) -> Outcome:
    """Import a staged page, and keep where to go on behind it.

    A span of one page without news leaves no operation: the next pull begins where this one began.

    Args:
        work: the transaction.
        page: the page.
        before: the cursor it was asked for with.
        behind: the cursor behind it.
    """
    outcome = import_orders(work, [page.file])
    summary = outcome.summary.replace("imported 1 file", "took in orders from Amazon", 1)
    outcome = replace(outcome, summary=summary, doubts=(*outcome.doubts, *page.faults))
    if not (outcome.is_change or before.is_within or behind.is_within):
        return outcome
    keep_cursor(work, WHAT, behind)
    return replace(outcome, changed={**outcome.changed, "pages": 1})
