"""The mail account of the configuration file, and where its password may be."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ordercli.errors import Refused, UsageProblem
from ordercli.messaging.account import MailAccount, find_password, mail_account

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"hots": "x"}, "knows no 'hots'"),
    ({"password": "secret"}, "knows no 'password'"),
    ({"host": 3}, "mail.host must be text"),
    ({"security": "none"}, "mail.security must be one of starttls, tls"),
    ({"via": "pigeon"}, "mail.via must be one of text, eml, smtp"),
    ({"port": "587"}, "mail.port must be a whole number"),
    ({"port": 0}, "mail.port must be a whole number"),
    ({"port": True}, "mail.port must be a whole number"),
    ({"from": "Mara"}, "mail.from: 'Mara' is not an address"),
]


@pytest.mark.parametrize(("table", "reason"), WRONG, ids=[str(table) for table, _ in WRONG])
def test_a_wrong_key_is_named(table: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageProblem, match=reason):
        mail_account(table)


def test_what_is_not_said_has_its_usual_value() -> None:
    account = mail_account({})

    assert (account.via, account.security, account.port) == ("text", "starttls", 587)
    assert mail_account({"security": "tls"}).port == 465


def account(**keys: Any) -> MailAccount:
    return mail_account({"user": "mara", **keys})


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("from file\nsecond line\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, password_file: Path) -> None:
    monkeypatch.setenv("ORDERCLI_SMTP_PASSWORD", "from environment")

    assert find_password(account(password_file=str(password_file))) == "from environment"


def test_a_file_of_ones_own_is_read_to_the_end_of_its_first_line(password_file: Path) -> None:
    assert find_password(account(password_file=str(password_file))) == "from file"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(password_file: Path, mode: int) -> None:
    password_file.chmod(mode)

    with pytest.raises(Refused, match="can be read by others; make it yours alone with: chmod 600"):
        find_password(account(password_file=str(password_file)))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read: No such file"):
        find_password(account(password_file=str(tmp_path / "nothing")))


def test_the_keyring_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("ordercli", "mara"): "from keyring"}
    keyring = SimpleNamespace(get_password=lambda service, user: kept.get((service, user)))
    monkeypatch.setitem(sys.modules, "keyring", keyring)

    assert find_password(account()) == "from keyring"
    with pytest.raises(Refused, match="There is no password"):
        find_password(account(user="eve"))


def test_a_keyring_that_is_locked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: str) -> str:
        raise RuntimeError("secret")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=locked))

    with pytest.raises(Refused, match=r"The keyring does not give the mail password \(RuntimeError\)\."):
        find_password(account())


@pytest.mark.usefixtures("no_keyring")
def test_without_a_password_it_is_said_where_it_may_be() -> None:
    with pytest.raises(Refused, match=r"ORDERCLI_SMTP_PASSWORD.*password_file.*keyring"):
        find_password(account())
