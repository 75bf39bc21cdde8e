"""ordercli opens a connection for mail and Amazon alone: every test of anything else runs with sockets blocked."""

import re
import socket
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError

TESTS = Path(__file__).parent
OPENED = re.compile(r'"socket_enabled"|socket_enabled:|usefixtures\("server"\)')
CONNECTED = {
    "cli/amazon/test_every_operation.py",
    "cli/amazon/test_finances.py",
    "cli/amazon/test_one_day.py",
    "cli/amazon/test_inventory.py",
    "cli/amazon/test_bought_labels.py",
    "cli/amazon/test_killed.py",
    "cli/amazon/test_login.py",
    "cli/amazon/test_order_feeds.py",
    "cli/amazon/test_order_history.py",
    "cli/amazon/test_amazon_messages.py",
    "cli/amazon/test_amazon_sandbox.py",
    "cli/amazon/test_push.py",
    "cli/amazon/test_quantities.py",
    "cli/amazon/test_return_pull.py",
    "cli/amazon/test_sync.py",
    "cli/messages/test_message_smtp.py",
    "formats/amazon/test_sandbox_pairs.py",
    "migrations/test_upgrades.py",  # fills a database by every command, those of Amazon too
    "stand_in/fixtures.py",
}
"""The files whose tests may connect."""


def test_a_test_that_asks_for_nothing_has_no_socket() -> None:
    with pytest.warns(UserWarning, match="tried to use socket"), pytest.raises(SocketBlockedError):
        socket.socket()


def test_only_mail_and_amazon_are_tested_with_sockets() -> None:
    opened = {
        file.relative_to(TESTS).as_posix()
        for file in TESTS.rglob("*.py")
        if file != Path(__file__) and OPENED.search(file.read_text("utf-8"))
    }

    assert opened == CONNECTED
