"""A message as the bytes of a mail: what SMTP carries, and what an ``.eml`` file holds.

Source: RFC 5322; ``email.message.EmailMessage`` writes and folds the headers, and every text in one has been made
a single line without control characters before.
"""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.text import clean_line

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")


class Mailbox(NamedTuple):
    """Somebody who gets or sends mail; ``name`` may be empty."""

    name: str
    address: str


def parse_address(text: str) -> str:
    """A plain ASCII mail address.

    Raises:
        FieldError: for anything else; the message does not repeat it, because it may be a buyer's.
    """
    local = text.partition("@")[0]
    if not _ADDRESS.match(text) or ".." in text or local.startswith(".") or local.endswith("."):
        raise FieldError("the e-mail address is not one")
    return text


def parse_mailbox(text: str) -> Mailbox:
    """``Name <address>`` or an address alone.

    Raises:
        FieldError: if there is no address in it.
    """
    name, address = parseaddr(text)
    try:
        return Mailbox(clean_line(name), parse_address(address))
    except FieldError as error:
        raise FieldError(f"{shown(text)} is not an address such as Mara <mara@example.com>") from error


def build_mail(
    *, sender: Mailbox | None, recipient: Mailbox, subject: str, body: str, message_id: str, now: str
) -> bytes:
    """The bytes of a mail, lines ending in CR LF, plain text in UTF-8.

    Args:
        sender: who sends it; None for a draft that the mail program will sign.
        recipient: who gets it.
        subject: any text; it becomes one line.
        body: the text.
        message_id: the left part of its Message-ID, the same whenever this message is tried.
        now: the present as UTC text.
    """
    mail = EmailMessage(policy=SMTP)
    if sender is not None:
        mail["From"] = Address(display_name=clean_line(sender.name), addr_spec=sender.address)
    mail["To"] = Address(display_name=clean_line(recipient.name), addr_spec=recipient.address)
    mail["Subject"] = clean_line(subject)
    mail["Date"] = format_datetime(datetime.fromisoformat(now))
    domain = sender.address.rpartition("@")[2] if sender is not None else "ordercli.invalid"
    mail["Message-ID"] = f"<{message_id}@{domain}>"
    mail.set_content(body, charset="utf-8", cte="quoted-printable")
    return mail.as_bytes()
