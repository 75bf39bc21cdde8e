"""A whole workbook taken back, as one operation."""

from ordercli.domain.orders.orders import CanceledBy
from ordercli.domain.workbook.pulled import PulledBook, PulledRow
from ordercli.domain.workbook.sheets import INVENTORY, ORDERS
from ordercli.services.operations import Outcome, Work
from ordercli.services.workbook.pull import Known, Pull, outcome_of
from ordercli.services.workbook.pull_orders import pull_lines, pull_new_orders
from ordercli.services.workbook.pull_products import pull_new_products, pull_products


def pull_book(work: Work, book: PulledBook, known: Known, *, canceled_by: CanceledBy | None) -> Outcome:
    """Take back what was changed: products first, so that orders find what is there.

    What cannot be taken is in the outcome's ``rejected`` with its cell and the reason; it changes nothing.

    Args:
        work: the command's frame.
        book: what the workbook says.
        known: what the database says of the same rows.
        canceled_by: on whose wish the orders are canceled that it asks to cancel.
    """
    if book.rows:
        # Begun outside the savepoints of single changes, it outlives one that is rolled back.
        work.session.connection()
    pull = Pull(work, canceled_by, book.made_at, [*book.faults])
    for row in book.rows:
        pull.faults += row.faults
    pull_new_products(pull, _rows(book, INVENTORY, is_new=True))
    pull_products(pull, _rows(book, INVENTORY, is_new=False), known)
    pull_new_orders(pull, _rows(book, ORDERS, is_new=True))
    pull_lines(pull, _rows(book, ORDERS, is_new=False), known, with_personal_data=book.with_personal_data)
    return outcome_of(pull, book)


def _rows(book: PulledBook, sheet: str, *, is_new: bool) -> list[PulledRow]:
    """The rows of a sheet that can be read as a whole."""
    return [row for row in book.rows if row.sheet == sheet and bool(row.version) != is_new and not row.faults]
