"""The ways a letter leaves: as text to paste, as a file in the outbox, or handed to a mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from ordercli.domain.fields import FieldError
from ordercli.domain.messages.amazon_actions import call_fault
from ordercli.domain.messages.mail_files import MailFile
from ordercli.domain.messages.messages import Letter
from ordercli.errors import Refused, UsageProblem
from ordercli.files import PendingFile
from ordercli.formats.messages.eml import Mailbox, build_mail, parse_address
from ordercli.messaging.account import MailAccount, find_password
from ordercli.messaging.smtp import Post, SendResult
from ordercli.unfinished import make_folder

BETWEEN = "-" * 72
"""The line between two texts."""


class Way(Protocol):
    """One way out."""

    def deliver(self, letter: Letter, number: int, now: str) -> SendResult:
        """Let a letter out, the message ``number`` of the log, and say what became of it."""


def address_fault(letter: Letter, via: str) -> str:
    """Why a letter cannot go this way; "" if it can."""
    if via == "text":
        return ""
    if via == "amazon":
        return call_fault(letter)
    if not letter.draft.email:
        return "no e-mail address is known; send it with --via text and paste it"
    try:
        parse_address(letter.draft.email)
    except FieldError as error:
        return str(error)
    return ""


@contextmanager
def open_way(via: str, account: MailAccount, out: TextIO) -> Iterator[Way]:
    """A way that is ready to be used.

    Raises:
        UsageProblem: if the configuration lacks what it needs.
        Refused: if the outbox or the mail server is not to be had.
    """
    if via == "text":
        yield TextWay(out)
    elif via == "eml":
        yield OutboxWay(account)
    else:
        password = find_password(account) if account.user is not None else None
        with Post(account, password) as post:
            yield SmtpWay(account, post)


class TextWay:
    """Texts on stdout, to paste where the channel wants them."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_first = True

    def deliver(self, letter: Letter, number: int, now: str) -> SendResult:
        """Write the text and flush it."""
        del number, now
        write_text(self._out, letter, is_first=self._is_first)
        self._is_first = False
        self._out.flush()
        return SendResult("sent")


def write_text(out: TextIO, letter: Letter, *, is_first: bool) -> None:
    """A letter as text; from the second on with a line before it that says whose it is."""
    if not is_first:
        out.write(f"{BETWEEN}\n")
    out.write(f"Subject: {letter.subject}\n\n{letter.body}")


class OutboxWay:
    """A folder of ``.eml`` files, which mail programs open as drafts."""

    def __init__(self, account: MailAccount) -> None:
        if account.outbox is None:
            raise UsageProblem(
                "There is no outbox; name a folder with --outbox or mail.outbox in the configuration file."
            )
        self._folder, self._sender = account.outbox, account.sender
        try:
            make_folder(self._folder, 0o700)
        except OSError as error:
            raise Refused(f"The outbox {self._folder} cannot be made: {error.strerror}.") from error

    def deliver(self, letter: Letter, number: int, now: str) -> SendResult:
        """Write the file, whole or not at all."""
        target = self._folder / _file_of(letter, number).name
        try:
            with PendingFile(str(target)) as pending:
                pending.fill(mail_of(letter, number, self._sender, now))
                pending.publish()
        except (Refused, OSError):
            return SendResult("failed", "the outbox cannot be written", is_over=True)
        return SendResult("sent", target.name)


def _file_of(letter: Letter, number: int) -> MailFile:
    return MailFile(number, letter.draft.kind, letter.draft.order_id)


def mail_of(letter: Letter, number: int, sender: Mailbox | None, now: str) -> bytes:
    """The letter as a mail; its address has been looked at before."""
    return build_mail(
        sender=sender,
        recipient=Mailbox(letter.draft.name or "", letter.draft.email or ""),
        subject=letter.subject,
        body=letter.body,
        message_id=_file_of(letter, number).message_id,
        now=now,
    )


class SmtpWay:
    """An open connection to the mail server."""

    def __init__(self, account: MailAccount, post: Post) -> None:
        self._sender, self._post = account.sender, post

    def deliver(self, letter: Letter, number: int, now: str) -> SendResult:
        """Hand the mail over."""
        return self._post.deliver(letter.draft.email or "", mail_of(letter, number, self._sender, now))
