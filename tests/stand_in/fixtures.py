"""The account that a test of the live connection talks to."""

from collections.abc import Iterator

import pytest

from stand_in.account import Account
from stand_in.server import environment, serving


@pytest.fixture
def account() -> Account:
    """What the server knows; a test changes it as it likes."""
    return Account()


@pytest.fixture
def server(account: Account, monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> Iterator[str]:
    """The address of a server for the account, into which the test is logged in."""
    del socket_enabled
    with serving(account) as address:
        for name, value in environment(address).items():
            monkeypatch.setenv(name, value)
        yield address
