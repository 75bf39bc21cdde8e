"""Handing mails to a mail server, and knowing what became of each.

The connection is always encrypted and the server's certificate checked. A mail's way has one moment in which
nobody knows: from the first byte of its data to the server's answer. Lost then, it is ``unknown``; lost before, it
surely did not go. Answers of the server are kept as their code only, since their words may repeat an address.
"""

import smtplib
import ssl
from typing import NamedTuple, Self

from ordercli.errors import OutOfReach, Refused, UsageProblem
from ordercli.messaging.account import MailAccount

SECONDS = 30.0
"""How long to wait for the server, each time."""

_DONE = (250, 251)
_CLOSING = 421
_FINAL = 500


class SendResult(NamedTuple):
    """What became of one message.

    Attributes:
        state: ``sent``, ``failed`` (surely not out, try again), ``refused`` (never) or ``unknown``.
        detail: the server's code, or why; no personal data.
        is_over: whether nothing more can be sent now.
    """

    state: str
    detail: str | None = None
    is_over: bool = False


class Post:
    """An open connection to the mail server; close it when done."""

    def __init__(self, account: MailAccount, password: str | None) -> None:
        """Connect, encrypt, log in.

        Raises:
            UsageProblem: if the account lacks what that needs.
            Refused: if the server cannot be trusted, does not speak as asked or does not let us in.
            OutOfReach: if it does not answer now, or lets nobody in for a while.
        """
        if account.host is None or account.sender is None:
            missing = "mail.host" if account.host is None else "mail.from"
            raise UsageProblem(f"{missing} is not set in the configuration file; sending by smtp needs it.")
        self._sender = account.sender.address
        self._server = _connect(account, account.host, password)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye; a server that is gone already does not matter."""
        try:
            self._server.quit()
        except (smtplib.SMTPException, OSError):
            self._server.close()

    def deliver(self, recipient: str, content: bytes) -> SendResult:
        """Hand over one mail and say what became of it."""
        try:
            code, _ = self._server.mail(self._sender)
            if code not in _DONE:
                return SendResult("failed", f"sender {code}", is_over=True)
            code, _ = self._server.rcpt(recipient)
            if code not in _DONE:
                return self._turned_down(code)
        except (smtplib.SMTPException, OSError):
            return SendResult("failed", "connection lost", is_over=True)
        return self._data(content)

    def _data(self, content: bytes) -> SendResult:
        try:
            code, _ = self._server.data(content)
        except smtplib.SMTPDataError as error:
            return self._turned_down(error.smtp_code)
        except (smtplib.SMTPException, OSError):
            return SendResult("unknown", "connection lost while sending", is_over=True)
        return SendResult("sent", str(code)) if code in _DONE else self._turned_down(code)

    def _turned_down(self, code: int) -> SendResult:
        is_over = code in (_CLOSING, -1)
        if not is_over:
            try:
                self._server.rset()
            except (smtplib.SMTPException, OSError):
                is_over = True
        return SendResult("refused" if code >= _FINAL else "failed", str(code), is_over)


def _connect(account: MailAccount, host: str, password: str | None) -> smtplib.SMTP:
    place = f"{host}:{account.port}"
    try:
        server = _encrypted(account, host)
        try:
            if account.user is not None and password is not None:
                server.login(account.user, password)
        except BaseException:
            server.close()
            raise
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"The certificate of {place} is not to be trusted ({error.verify_message}).") from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(f"The mail server {place} does not offer what is needed: {error}") from error
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < _FINAL:
            raise OutOfReach(f"The mail server {place} lets nobody in just now ({error.smtp_code}).") from error
        raise Refused(
            f"The mail server {place} does not take the user and password ({error.smtp_code})."
        ) from error
    except OSError as error:  # smtplib's errors are such too
        is_answer = isinstance(error, (ssl.SSLError, smtplib.SMTPResponseException))
        kind = Refused if is_answer and getattr(error, "smtp_code", _FINAL) >= _FINAL else OutOfReach
        raise kind(f"The mail server {place} cannot be talked to ({type(error).__name__}).") from error
    return server


def _encrypted(account: MailAccount, host: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if account.ca_file is not None:
        context.load_verify_locations(account.ca_file)
    if account.security == "tls":
        return smtplib.SMTP_SSL(host, account.port, "localhost", timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, account.port, "localhost", timeout=SECONDS)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server
