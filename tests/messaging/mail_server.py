"""A real mail server for tests, on this machine alone: TLS, a login, and recipients that make trouble."""

import socket
import ssl
from asyncio import AbstractServer
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from patience import LONG

HOST = "127.0.0.1"
USER, PASSWORD = "mara", "correct horse"
BUSY = "busy"
"""Who is turned away for a while."""


@dataclass
class Postman:
    """Takes mails in; some recipients are turned down, some hang up the line.

    Attributes:
        taken: the mails taken in.
        asked: recipients that were named, taken or not.
    """

    taken: list[EmailMessage] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        self.asked.append(address)
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox nobody@example.com"
        if address.startswith("later"):
            return "451 4.3.0 later"
        if address.startswith("hangup-early"):
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the same
        if envelope.rcpt_tos[0].startswith("hangup"):
            server.transport.abort()
            return ""
        if envelope.rcpt_tos[0].startswith("full"):
            return "552 5.2.2 mailbox full"
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@dataclass(frozen=True)
class MailServer:
    """A running server.

    Attributes:
        port: where it listens on :data:`HOST`.
        postman: what it took in.
        ca_file: the certificate it is to be trusted by.
    """

    port: int
    postman: Postman
    ca_file: Path

    def settings(self, **changes: str | int) -> str:
        """The table [mail] of a configuration file for it."""
        keys: dict[str, str | int] = {
            "from": "Silver & Moon <mara@example.com>",
            "host": HOST,
            "port": self.port,
            "ca_file": str(self.ca_file),
            "user": USER,
            **changes,
        }
        lines = (f"{key} = {value if isinstance(value, int) else f'{value!r}'}" for key, value in keys.items())
        return "[mail]\n" + "\n".join(lines) + "\n"


def _login(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    if isinstance(data, LoginPassword) and data.login == BUSY.encode():
        return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary authentication failure")
    return AuthResult(success=is_right, handled=False)


class _Server(Controller):
    """A server that has its port from the moment on in which that is found free."""

    def __init__(self, postman: Postman, **options: Any) -> None:
        self._socket = socket.create_server((HOST, 0))
        port = self._socket.getsockname()[1]
        super().__init__(postman, hostname=HOST, port=port, ready_timeout=LONG, **options)

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket, ssl=self.ssl_context)


@contextmanager
def mail_server(folder: Path, *, tls: str = "starttls", name: str = HOST) -> Iterator[MailServer]:
    """A server with a certificate for ``name``; ``tls`` is ``starttls``, ``tls`` from the start, or ``none``."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    postman = Postman()
    options: dict[str, Any] = {}
    if tls == "starttls":
        options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    if tls == "tls":
        # The server does not know that the line below it is encrypted, and would warn.
        options = {"auth_require_tls": False}
    encrypted = context if tls == "tls" else None
    controller = _Server(postman, ssl_context=encrypted, authenticator=_login, **options)
    controller.start()
    try:
        yield MailServer(controller.port, postman, ca_file)
    finally:
        controller.stop()
