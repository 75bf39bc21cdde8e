"""What a mail in the outbox is called, by which it is found again when its buyer is erased."""

from pathlib import PurePath
from typing import NamedTuple

OUTBOX = "a folder of mails"
"""What the outbox is, among the files that commands wrote."""


class MailFile(NamedTuple):
    """A message to a buyer as a mail: its number, its kind, and the order it is about."""

    number: int
    kind: str
    order_id: str

    @property
    def name(self) -> str:
        """A file name without surprises: an order's id may hold ``#`` and dots, but no slash."""
        return f"{self.number:06d}-{self.kind}-{PurePath(self.order_id).name}.eml"

    @property
    def message_id(self) -> str:
        """The left part of the mail's Message-ID."""
        return f"{self.order_id.replace('#', '')}.{self.kind}.{self.number}"


MAILS_OF_ERASED = """
SELECT m.id, m.kind, o.order_id FROM erased_order e
JOIN message m ON m.sales_order_id = e.sales_order_id JOIN sales_order o ON o.id = m.sales_order_id
WHERE EXISTS (SELECT 1 FROM message_event h WHERE h.message_id = m.id AND h.via = 'eml') ORDER BY m.id"""
"""The :class:`MailFile` of each message to a buyer who was erased."""
