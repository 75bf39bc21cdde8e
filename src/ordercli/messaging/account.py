"""The mail account: the table ``[mail]`` of the configuration file, and the password, which is never in it.

The password comes from the variable ``ORDERCLI_SMTP_PASSWORD``, else from the file that ``password_file`` names
(readable by its owner alone), else from the system's keyring where the package ``keyring`` is installed. It is no
option: options can be read by every user of the machine.
"""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ordercli.domain.fields import FieldError
from ordercli.errors import Refused, UsageProblem
from ordercli.formats.messages.eml import Mailbox, parse_mailbox
from ordercli.secret_file import read_secret

WAYS = ("text", "eml", "smtp")
PORTS = {"starttls": 587, "tls": 465}
PASSWORD = "ORDERCLI_SMTP_PASSWORD"  # noqa: S105 - the variable's name
KEYRING_SERVICE = "ordercli"

_TEXTS = ("via", "from", "host", "security", "user", "password_file", "ca_file", "outbox")
_MOST_PORT = 65535


@dataclass(frozen=True, slots=True)
class MailAccount:
    """What the configuration file says of mail; what it does not say is None.

    Attributes:
        via: how messages go out unless a command says otherwise.
        sender: the shop's mailbox.
        security: ``starttls`` or ``tls``; there is no third way.
        ca_file: certificates to trust besides the system's.
        outbox: the folder of ``.eml`` files.
    """

    via: str
    sender: Mailbox | None
    host: str | None
    port: int
    security: str
    user: str | None
    password_file: Path | None
    ca_file: Path | None
    outbox: Path | None


def mail_account(table: Mapping[str, Any]) -> MailAccount:
    """The account a ``[mail]`` table describes.

    Raises:
        UsageProblem: naming the key that is wrong or unknown.
    """
    unknown = sorted(set(table) - {*_TEXTS, "port"})
    if unknown:
        raise UsageProblem(f"In the configuration file, [mail] knows no {unknown[0]!r}.")
    texts: dict[str, str | None] = {key: table.get(key) for key in _TEXTS}
    for key, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise UsageProblem(f"In the configuration file, mail.{key} must be text.")
    security = _one_of("security", texts["security"] or "starttls", tuple(PORTS))
    return MailAccount(
        via=_one_of("via", texts["via"] or "text", WAYS),
        sender=_sender(texts["from"]),
        host=texts["host"],
        port=_port(table.get("port", PORTS[security])),
        security=security,
        user=texts["user"],
        password_file=_path(texts["password_file"]),
        ca_file=_path(texts["ca_file"]),
        outbox=_path(texts["outbox"]),
    )


def _one_of(key: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise UsageProblem(f"In the configuration file, mail.{key} must be one of {', '.join(words)}.")
    return value


def _sender(text: str | None) -> Mailbox | None:
    if text is None:
        return None
    try:
        return parse_mailbox(text)
    except FieldError as error:
        raise UsageProblem(f"In the configuration file, mail.from: {error}.") from error


def _port(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MOST_PORT:
        raise UsageProblem(f"In the configuration file, mail.port must be a whole number from 1 to {_MOST_PORT}.")
    return value


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser()


def find_password(account: MailAccount) -> str:
    """The password of the account's user.

    Raises:
        Refused: if there is none, or its file can be read by others.
    """
    told = os.environ.get(PASSWORD)
    if told:
        return told
    if account.password_file is not None:
        return (read_secret(account.password_file, " (mail.password_file)") or [""])[0]
    kept = _from_keyring(account.user or "")
    if kept is None:
        raise Refused(
            f"There is no password for the mail user; put it into {PASSWORD}, into a file of mode 0600 that"
            " mail.password_file names, or into the keyring."
        )
    return kept


def _from_keyring(user: str) -> str | None:
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        return None
    try:
        found = keyring.get_password(KEYRING_SERVICE, user)
    except Exception as error:  # its backends raise what they like
        raise Refused(f"The keyring does not give the mail password ({type(error).__name__}).") from error
    return None if found is None else str(found)
