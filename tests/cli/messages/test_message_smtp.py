"""Messages by mail, over a real server on this machine: what arrives, what does not, and what the log says."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.steps import content, done, listed
from conftest import Ran, Run
from messaging.mail_server import BUSY, PASSWORD, MailServer, mail_server
from turned import texts_in

pytestmark = pytest.mark.usefixtures("socket_enabled")

LATER = "2026-03-16T10:00:00-04:00"
Configure = Callable[..., None]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Write the configuration file, and the password into the environment."""
    monkeypatch.setenv("ORDERCLI_SMTP_PASSWORD", PASSWORD)

    def write(text: str) -> None:
        path = tmp_path / "config.toml"
        path.write_text('shop_name = "Silver & Moon"\n' + text, encoding="utf-8")
        monkeypatch.setenv("ORDERCLI_CONFIG", str(path))

    return write


@pytest.fixture
def server(tmp_path: Path, socket_enabled: None, configure: Configure) -> Iterator[MailServer]:
    del socket_enabled
    with mail_server(tmp_path) as running:
        configure(running.settings())
        yield running


def add(run: Run, order: str, email: str | None) -> None:
    person = ("--customer", "Ola Nord", *(("--email", email) if email else ()))
    done(run("order", "add", order, "--line", "RING-7:1", *person))


def states(run: Run) -> dict[str, str]:
    return {row["order_id"]: row["state"] for row in listed(run, "message", "list", "--all")}


def send(run: Run, *arguments: str, now: str | None = None) -> Ran:
    return run("message", "send", *arguments, "--via", "smtp", now=now)


def test_a_message_arrives_whole_and_once(shop: Run, server: MailServer) -> None:
    add(shop, "A-100", "ola@example.org")

    first = done(send(shop, "order_confirmation", "A-100"))
    second = done(send(shop, "order_confirmation", "A-100", now=LATER))

    (mail,) = server.postman.taken
    assert (mail["To"], mail["From"]) == ("Ola Nord <ola@example.org>", "Silver & Moon <mara@example.com>")
    assert mail["Subject"] == "Your order A-100"
    assert mail["Message-ID"] == "<A-100.order_confirmation.1@example.com>"
    assert "Thank you for your order A-100" in mail.get_content()
    assert mail.get_content().rstrip().endswith("Silver & Moon")
    assert first.stderr == "Sending order_confirmation for order A-100 by smtp: 1 sent (operation 5).\n"
    assert second.stderr == "Unchanged: 1 message sent before.\n"


def test_a_connection_encrypted_from_the_start_does_too(shop: Run, tmp_path: Path, configure: Configure) -> None:
    add(shop, "A-100", "ola@example.org")
    with mail_server(tmp_path, tls="tls") as running:
        configure(running.settings(security="tls"))
        done(send(shop, "order_confirmation", "A-100"))

    assert len(running.postman.taken) == 1


@pytest.mark.parametrize(
    ("tls", "name", "changes", "code", "reason"),
    [
        pytest.param("starttls", "127.0.0.1", {"ca_file": ""}, 5, "is not to be trusted", id="self-signed"),
        pytest.param("tls", "127.0.0.1", {"ca_file": "", "security": "tls"}, 5, "is not to be trusted", id="tls"),
        pytest.param("starttls", "mail.example.com", {}, 5, "is not to be trusted", id="another's certificate"),
        pytest.param("none", "127.0.0.1", {}, 5, "does not offer what is needed: STARTTLS", id="no encryption"),
        pytest.param(
            "starttls", "127.0.0.1", {"user": "eve"}, 5, "does not take the user and password (535)", id="login"
        ),
        pytest.param("starttls", "127.0.0.1", {"user": BUSY}, 7, "lets nobody in just now (454)", id="busy"),
        pytest.param(
            "starttls", "127.0.0.1", {"port": 1}, 7, "cannot be talked to (ConnectionRefusedError)", id="away"
        ),
        pytest.param(
            "starttls", "127.0.0.1", {"security": "tls"}, 5, "cannot be talked to (SSLError)", id="wrong way"
        ),
    ],
)
def test_a_server_that_is_away_or_not_to_be_trusted_gets_nothing_and_nothing_is_begun(
    shop: Run,
    database: Path,
    tmp_path: Path,
    configure: Configure,
    tls: str,
    name: str,
    changes: dict[str, str | int],
    code: int,
    reason: str,
) -> None:
    add(shop, "A-100", "ola@example.org")
    before = content(database)
    with mail_server(tmp_path, tls=tls, name=name) as running:
        configure(running.settings(**changes).replace("ca_file = ''\n", ""))
        ran = send(shop, "order_confirmation", "A-100")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert reason in ran.stderr
    assert PASSWORD not in ran.stderr
    assert running.postman.asked == []
    assert content(database) == before


def test_what_became_of_each_is_told_and_kept(shop: Run, server: MailServer) -> None:
    who = {"A-101": "ola@example.org", "A-102": "nobody@example.org", "A-103": "later@example.org"}
    for order, email in {**who, "A-104": "full@example.org"}.items():
        add(shop, order, email)

    ran = send(shop, "order_confirmation", "A-101", "A-102", "A-103", "A-104")

    named = "(order_confirmation, order"
    assert ran.exit_code == 4
    assert ran.stderr.splitlines() == [
        "Sending 4 messages by smtp: 1 sent, 1 failed, 2 refused (operation 8).",
        f"warning: message 2 {named} A-102) was refused by the mail server (550) and is not tried again",
        f"warning: message 3 {named} A-103) did not go out (451); the next try sends it",
        f"warning: message 4 {named} A-104) was refused by the mail server (552) and is not tried again",
    ]
    assert states(shop) == {"A-101": "sent", "A-102": "refused", "A-103": "failed", "A-104": "refused"}
    assert len(server.postman.taken) == 1


def test_no_word_of_the_servers_answer_is_kept(shop: Run, server: MailServer, database: Path) -> None:
    add(shop, "A-102", "nobody@example.org")

    ran = send(shop, "order_confirmation", "A-102")

    assert "nobody@" not in ran.stderr
    assert server.postman.asked == ["nobody@example.org"]
    assert {table for table, text in texts_in(database) if "nobody@" in text} <= {"personal_data"}


def test_a_failed_message_goes_again_and_a_refused_one_only_when_told(shop: Run, server: MailServer) -> None:
    add(shop, "A-102", "nobody@example.org")
    add(shop, "A-103", "later@example.org")
    assert send(shop, "--plan").exit_code == 4

    done(shop("order", "edit", "A-102", "--email", "ola@example.org"))
    done(shop("order", "edit", "A-103", "--email", "eva@example.org"))
    again = done(send(shop, "--plan", now=LATER))
    assert [mail["To"] for mail in server.postman.taken] == ["Ola Nord <eva@example.org>"]
    assert "1 sent, 1 held" in again.stderr

    done(shop("message", "resolve", "1", "--not-sent"))
    done(send(shop, "--plan", now=LATER))
    assert [mail["To"] for mail in server.postman.taken][1:] == ["Ola Nord <ola@example.org>"]
    assert set(states(shop).values()) == {"sent"}


def test_a_line_lost_while_sending_leaves_unknown_which_never_goes_again_by_itself(
    shop: Run, server: MailServer
) -> None:
    add(shop, "A-101", "hangup@example.org")
    add(shop, "A-102", "ola@example.org")

    ran = send(shop, "order_confirmation", "A-101", "A-102")

    assert ran.exit_code == 4
    assert (
        "message 1 (order_confirmation, order A-101) may have gone out (connection lost while sending)"
        in ran.stderr
    )
    assert states(shop) == {"A-101": "unknown", "A-102": "intended"}

    later = done(send(shop, "--plan", now=LATER))
    by_hand = done(send(shop, "order_confirmation", "A-101", now=LATER))
    assert "1 sent, 1 held" in later.stderr
    assert (
        "warning: message 1 (order_confirmation, order A-101) may have gone out and is not sent again"
        in by_hand.stderr
    )
    assert states(shop) == {"A-101": "unknown", "A-102": "sent"}
    assert server.postman.asked == ["hangup@example.org", "ola@example.org"]


@pytest.mark.parametrize(("word", "state"), [("--sent", "sent"), ("--not-sent", "failed")])
def test_the_seller_says_what_became_of_an_unknown_one(
    shop: Run, server: MailServer, word: str, state: str
) -> None:
    add(shop, "A-101", "hangup@example.org")
    assert send(shop, "order_confirmation", "A-101").exit_code == 4

    done(shop("message", "resolve", "1", word))
    again = done(shop("message", "resolve", "1", word))

    assert states(shop) == {"A-101": state}
    assert again.stderr == f"Unchanged: message 1 (order_confirmation, order A-101) is {state} already.\n"
    assert server.postman.taken == []


def test_a_line_lost_before_the_data_is_a_failure_that_goes_again(shop: Run, server: MailServer) -> None:
    add(shop, "A-101", "hangup-early@example.org")

    assert send(shop, "order_confirmation", "A-101").exit_code == 4
    assert states(shop) == {"A-101": "failed"}

    done(shop("order", "edit", "A-101", "--email", "ola@example.org"))
    done(send(shop, "order_confirmation", "A-101", now=LATER))
    assert states(shop) == {"A-101": "sent"}
    assert len(server.postman.taken) == 1


def test_a_name_that_would_add_headers_adds_none(shop: Run, server: MailServer) -> None:
    name = "=?utf-8?q?Ola=0ABcc=3A_all=40example=2Eorg?="
    done(shop("order", "add", "A-100", "--line", "RING-7:1", "--customer", name, "--email", "ola@example.org"))

    done(send(shop, "order_confirmation", "A-100"))

    (mail,) = server.postman.taken
    assert server.postman.asked == ["ola@example.org"]
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["ola@example.org"]


def test_a_dry_run_talks_to_no_server(shop: Run, server: MailServer, database: Path) -> None:
    add(shop, "A-100", "ola@example.org")
    before = content(database)

    ran = done(send(shop, "--plan", "--dry-run"))

    assert ran.stderr.splitlines() == [
        "Dry run, nothing written: sending order_confirmation for order A-100 by smtp.",
        "would send order_confirmation for order A-100 (order): it has come in",
    ]
    assert server.postman.asked == []
    assert content(database) == before


def test_the_receipt_counts_what_became_of_them(shop: Run, server: MailServer) -> None:
    del server
    add(shop, "A-100", "ola@example.org")
    add(shop, "A-101", None)

    ran = shop("--format", "json", "message", "send", "--plan", "--via", "smtp")

    receipt = json.loads(ran.stdout)
    assert receipt["changed"] == {"messages_new": 1}
    assert (receipt["messages_sent"], receipt["messages_held"]) == (1, 1)


def test_without_an_address_a_message_is_refused_with_what_to_do(shop: Run, server: MailServer) -> None:
    del server
    add(shop, "A-101", None)

    ran = send(shop, "order_confirmation", "A-101")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == (
        "order_confirmation for order A-101 on shop: no e-mail address is known; "
        "send it with --via text and paste it.\n"
    )
