"""Mails as bytes: whatever the order holds, the headers are those meant and no others."""

import sys
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.text import clean_line, clean_text
from ordercli.formats.messages.eml import Mailbox, build_mail, parse_address, parse_mailbox

NOW = "2026-03-16T13:00:00Z"
SHOP = Mailbox("Silver & Moon", "mara@example.com")


def built(name: str = "Ana Pop", subject: str = "Your order", body: str = "Late.\n") -> bytes:
    return build_mail(
        sender=SHOP,
        recipient=Mailbox(name, "ana@example.org"),
        subject=subject,
        body=body,
        message_id="A-100.delay.7",
        now=NOW,
    )


def test_a_mail_says_who_writes_to_whom_about_what() -> None:
    mail = message_from_bytes(built(), policy=default)

    assert dict(mail.items()) == {
        "From": "Silver & Moon <mara@example.com>",
        "To": "Ana Pop <ana@example.org>",
        "Subject": "Your order",
        "Date": "Mon, 16 Mar 2026 13:00:00 +0000",
        "Message-ID": "<A-100.delay.7@example.com>",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }
    assert mail.get_content() == "Late.\r\n"


def test_a_draft_without_a_shop_has_no_sender() -> None:
    content = build_mail(
        sender=None, recipient=Mailbox("", "a@b.example"), subject="x", body="y\n", message_id="1", now=NOW
    )

    assert message_from_bytes(content, policy=default)["From"] is None


INJECTED = [
    "Ana\r\nBcc: all@example.com",
    "Ana\nBcc: all@example.com",
    "Ana\rBcc: all@example.com",
    "Ana\u2028Bcc: all@example.com",
    "Ana\x85Bcc: all@example.com",
    "Ana\x0bBcc: x\x0c\x00\x1b[31m",
    'Ana" <all@example.com>, "x',
    "=?utf-8?q?Ana=0ABcc=3A_all=40example=2Ecom?=",
    "Ana, all@example.com;",
    "\u202eana",
]


@pytest.mark.parametrize("name", INJECTED, ids=ascii)
def test_a_name_cannot_add_a_header_or_a_recipient(name: str) -> None:
    mail = message_from_bytes(built(name=name, subject=f"Order of {name}"), policy=default)

    assert [address.addr_spec for address in mail["To"].addresses] == ["ana@example.org"]
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"
    }  # fmt: skip
    assert mail.get_content() == "Late.\r\n"


@given(st.text(max_size=200), st.text(max_size=300))
def test_whatever_the_texts_there_is_one_recipient_and_no_header_more(text: str, body: str) -> None:
    content = built(name=text, subject=text, body=clean_text(body))
    mail = message_from_bytes(content, policy=default)

    assert [address.addr_spec for address in mail["To"].addresses] == ["ana@example.org"]
    assert len(mail.keys()) == 8
    assert mail.get_content() == clean_text(body).replace("\n", "\r\n")
    assert not any(ord(sign) < 32 for sign in str(mail["Subject"]))
    assert content.isascii()


@pytest.mark.parametrize("text", ["ana@example.org", "a.b+c@x-y.example", "x@localhost"])
def test_a_plain_address_is_taken(text: str) -> None:
    assert parse_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "@example.org",
        "a b@example.org",
        "ana@example.org\n",
        "ana@example.org\r\nBcc: x@y.example",
        "ana@example.org,all@example.org",
        "<ana@example.org>",
        ".ana@example.org",
        "ana..b@example.org",
        "änä@example.org",
        "ana@exämple.org",
        "ana@example.org>",
        "ana\0@example.org",
        f"{'a' * 65}@example.org",
    ],
    ids=ascii,
)
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(FieldError, match="the e-mail address is not one"):
        parse_address(text)


def test_a_mailbox_has_a_name_or_none() -> None:
    assert parse_mailbox("Mara <mara@example.com>") == ("Mara", "mara@example.com")
    assert parse_mailbox("mara@example.com") == ("", "mara@example.com")
    with pytest.raises(FieldError, match="is not an address such as"):
        parse_mailbox("Mara")


@given(st.text())
def test_a_cleaned_line_is_one_line_and_cleaning_is_done_once(text: str) -> None:
    line = clean_line(text)

    assert "\n" not in line
    assert "\r" not in line
    assert len(line) <= 150
    assert clean_line(line) == line
    assert clean_text(clean_text(text)) == clean_text(text)


def test_what_python_can_print_is_all_sent_and_nothing_that_is_not_seen() -> None:
    printed = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isprintable()).strip()

    assert clean_text(printed) == f"{printed}\n"
    assert clean_text(f"{printed}\x00\u202e\ue000") == f"{printed}\n"
