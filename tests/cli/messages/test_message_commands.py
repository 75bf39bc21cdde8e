"""``message``: what is due, what is written, what goes out once, and what Amazon does not allow."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from cli.steps import SHIPMENTS, change_row, content, done, listed, ship_all_allocated, tsv, unshipped
from conftest import Run
from ordercli.queries.messages import message_plan
from shelf import kept
from turned import changing, held_back, texts_in

LATE = "2026-03-19T09:00:00-04:00"
SHIPMENT = ("--carrier", "USPS", "--tracking", "9400111899223197428503")
BUYER = ("--customer", "Ola Nord", "--email", "ola@example.com")


def add(run: Run, order: str, *options: str, now: str | None = None) -> None:
    done(run("order", "add", order, "--line", "RING-7:1", *BUYER, *options, now=now))


def plan(run: Run, now: str | None = None) -> list[tuple[str, str, str, str]]:
    """(last digits of the order, kind, occasion, status) of every row."""
    rows = listed(run, "message", "plan", now=now)
    return [(row["order_id"][-7:], row["kind"], row["occasion"], row["status"]) for row in rows]


def why_held(run: Run, now: str | None = None) -> dict[str, str]:
    return {row["kind"]: row["held_back"] for row in listed(run, "message", "plan", now=now) if row["held_back"]}


# The plan --------------------------------------------------------------------------------------------


def test_a_new_order_of_the_own_shop_is_confirmed_and_amazons_are_not(busy_shop: Run) -> None:
    add(busy_shop, "SHOP-7")

    assert plan(busy_shop) == [("SHOP-7", "order_confirmation", "order", "DUE")]


@pytest.mark.parametrize("turn", [list, lambda rows: [*rows][::-1]], ids=["as they come", "the other way round"])
def test_each_shipment_is_told(
    shop: Run, monkeypatch: pytest.MonkeyPatch, turn: Callable[[Iterable[Any]], list[Any]]
) -> None:
    find = vars(message_plan)["_found"]
    monkeypatch.setattr(message_plan, "_found", lambda *asked: turn(find(*asked)))
    add(shop, "SHOP-7", "--line", "RING-8:1", now="2026-03-01T09:00:00-05:00")
    done(shop("ship", "SHOP-7", "--line", "RING-7:1", *SHIPMENT))
    done(shop("ship", "SHOP-7", "--line", "RING-8:1", "--carrier", "UPS", "--tracking", "1Z9999"))

    assert plan(shop) == [
        ("SHOP-7", "shipping_notification", "shipment:1", "DUE"),
        ("SHOP-7", "shipping_notification", "shipment:2", "DUE"),
    ]
    first = done(shop("message", "render", "shipping_notification", "SHOP-7", "--occasion", "shipment:1")).stdout
    latest = done(shop("message", "render", "shipping_notification", "SHOP-7")).stdout
    assert ("9400111899223197428503" in first, "1Z9999" in latest) == (True, True)
    assert "size 7" in first
    assert "size 8" in latest


def test_an_order_past_its_date_is_due_an_apology_for_that_promise(busy_shop: Run) -> None:
    assert plan(busy_shop) == []

    late = plan(busy_shop, LATE)
    assert ("0000001", "delay", "ship_by:2026-03-17", "DUE") in late
    assert {row[1] for row in late} == {"delay"}


def test_a_new_promise_missed_is_a_new_occasion(shop: Run) -> None:
    add(shop, "SHOP-7", "--ship-by", "2026-03-17", now="2026-03-10T09:00:00-04:00")
    done(shop("message", "send", "--plan", now=LATE))
    assert plan(shop, LATE) == []

    done(shop("order", "edit", "SHOP-7", "--ship-by", "2026-03-20"))

    assert plan(shop, "2026-03-23T09:00:00-04:00") == [("SHOP-7", "delay", "ship_by:2026-03-20", "DUE")]


def test_units_the_seller_cancels_are_a_problem_to_write_about(busy_shop: Run) -> None:
    done(busy_shop("--yes", "order", "cancel", "0000005", "--by", "seller", "--reason", "none left"))
    done(busy_shop("--yes", "order", "cancel", "0000004", "--by", "buyer", "--reason", "asked"))

    ((order, kind, occasion, status),) = plan(busy_shop)
    assert (order, kind, occasion, status) == ("0000005", "order_problem", "cancellation:5", "DUE")
    text = done(busy_shop("message", "render", "order_problem", "0000005")).stdout
    assert text.startswith("Subject: Problem with order 114-0000005-0000005\n")
    assert "Beaded bracelet" in text


def test_a_return_and_a_refund_are_answered(busy_shop: Run) -> None:
    ship_all_allocated(busy_shop)
    done(busy_shop("return", "open", "0000002", "--line", "RING-7:1", "--reason", "too large"))
    assert plan(busy_shop) == [("0000002", "return_answer", "RMA-000001", "DUE")]

    done(busy_shop("return", "receive", "RMA-000001"))
    done(busy_shop("return", "inspect", "RMA-000001", "--as", "sellable"))
    done(busy_shop("--yes", "return", "refund", "RMA-000001", "--amount", "12.50"))

    ((_, kind, occasion, status),) = plan(busy_shop)
    assert (kind, occasion.partition(":")[0], status) == ("refund_sent", "refund", "DUE")
    assert "12.50 USD" in done(busy_shop("message", "render", "refund_sent", "0000002")).stdout


def test_a_no_that_follows_a_yes_is_an_answer_of_its_own(busy_shop: Run) -> None:
    ship_all_allocated(busy_shop)
    done(busy_shop("return", "open", "0000002", "--line", "RING-7:1", "--reason", "too large"))
    done(busy_shop("message", "send", "--plan"))

    done(busy_shop("return", "decline", "RMA-000001", "--reason", "worn"))

    assert plan(busy_shop) == [("0000002", "return_answer", "RMA-000001:declined", "DUE")]
    text = done(busy_shop("message", "render", "return_answer", "0000002")).stdout
    assert "we cannot take back" in text
    assert "The reason: worn." in text


def test_what_is_long_past_is_not_written_any_more(shop: Run) -> None:
    add(shop, "SHOP-7")
    done(shop("ship", "SHOP-7", *SHIPMENT))

    assert {row[1] for row in plan(shop, "2026-03-18T09:00:00-04:00")} == {
        "order_confirmation",
        "shipping_notification",
    }
    assert plan(shop, "2026-03-20T09:00:00-04:00") == []


def test_an_order_on_hold_is_held_back(shop: Run) -> None:
    add(shop, "SHOP-7")
    done(shop("order", "hold", "SHOP-7"))

    assert why_held(shop) == {"order_confirmation": "the order is on hold"}
    assert done(shop("message", "send", "--plan")).stderr == "Unchanged: no message is to be sent.\n"


def test_what_the_template_needs_and_the_order_has_not_holds_it_back(shop: Run) -> None:
    add(shop, "SHOP-7")
    text = "Subject: x\n\nShipment {{ tracking_number }}\n"
    done(shop("template", "edit", "order_confirmation", "--file", "-", stdin=text))

    assert why_held(shop) == {
        "order_confirmation": "its template cannot be filled: line 3: 'tracking_number' is undefined"
    }


def test_a_channel_gets_the_kinds_its_setting_names(busy_shop: Run) -> None:
    add(busy_shop, "SHOP-7")
    done(busy_shop("config", "set", "channel.shop.messages", "refund_sent, delay"))
    done(busy_shop("config", "set", "channel.amazon.messages", "order_confirmation"))

    rows = plan(busy_shop)
    assert {row[1:] for row in rows} == {("order_confirmation", "order", "HELD")}
    assert set(why_held(busy_shop).values()) == {"Amazon confirms orders itself; a message may not say thanks"}
    assert busy_shop("config", "set", "channel.shop.messages", "birthday").exit_code == 2


def test_a_message_goes_in_its_channels_language(shop: Run) -> None:
    add(shop, "SHOP-7")
    done(shop("config", "set", "channel.shop.language", "de"))

    german = done(shop("message", "render", "order_confirmation", "SHOP-7")).stdout
    english = done(shop("message", "render", "order_confirmation", "SHOP-7", "--language", "en")).stdout
    french = shop("message", "render", "order_confirmation", "SHOP-7", "--language", "fr")

    assert german.startswith("Subject: Ihre Bestellung SHOP-7\n")
    assert english.startswith("Subject: Your order SHOP-7\n")
    assert french.exit_code == 5
    assert "There is no template order_confirmation in language 'fr'" in french.stderr


# Reviews ---------------------------------------------------------------------------------------------


@kept
def delivered(shop: Run, database: Path) -> Run:
    """An order of Amazon, shipped, with its delivery promised by 4 March."""
    row = unshipped(purchase_date="2026-02-20T20:00:00+00:00", promise_date="2026-02-26T07:59:59+00:00")
    done(shop("stock", "receive", "RING-7:5", "--cost", "4", "--on", "2026-02-01"))
    done(shop("order", "import", "-", stdin=tsv(row)))
    done(shop("ship", "0000021", *SHIPMENT, now="2026-02-24T09:00:00-05:00"))
    change_row(database, "UPDATE sales_order SET deliver_by = '2026-03-05T07:59:59Z'")
    return shop


def at(day: str) -> str:
    return f"{day}T09:00:00-07:00"


@pytest.mark.parametrize(
    ("day", "is_due"), [("2026-03-08", False), ("2026-03-09", True), ("2026-04-03", True), ("2026-04-04", False)]
)
def test_a_review_is_asked_for_within_its_days(delivered: Run, day: str, is_due: bool) -> None:
    assert (("0000021", "feedback_request", "order", "DUE") in plan(delivered, at(day))) is is_due

    ran = delivered("message", "render", "feedback_request", "0000021", now=at(day))
    assert ran.exit_code == (0 if is_due else 5)
    assert is_due or "a review may be asked for from 2026-03-09 to 2026-04-03" in ran.stderr


def test_there_is_one_review_request_an_order(delivered: Run, database: Path) -> None:
    done(delivered("message", "send", "--plan", now=at("2026-03-10")))
    before = content(database)

    same = done(delivered("message", "send", "feedback_request", "0000021", now=at("2026-03-12")))
    second = delivered(
        "message", "send", "feedback_request", "0000021", "--occasion", "second", now=at("2026-03-12")
    )

    assert same.stderr == "Unchanged: 1 message sent before.\n"
    assert (second.exit_code, "the order has had its one review request" in second.stderr) == (5, True)
    assert plan(delivered, at("2026-03-12")) == []
    assert content(database) == before


def test_nobody_who_sent_something_back_is_asked_for_a_review(delivered: Run) -> None:
    done(delivered("return", "open", "0000021", "--reason", "too large", now=at("2026-03-01")))

    held = why_held(delivered, at("2026-03-12"))
    ran = delivered("message", "send", "feedback_request", "0000021", now=at("2026-03-12"))

    assert held == {"feedback_request": "units of it were canceled, returned or paid back"}
    assert ran.exit_code == 5


def test_without_a_delivery_date_amazons_buyers_are_not_asked_and_ones_own_after_a_week_and_five_days(
    shop: Run,
) -> None:
    done(shop("stock", "receive", "RING-7:5", "--cost", "4", "--on", "2026-02-01"))
    add(shop, "SHOP-7", now="2026-02-20T09:00:00-05:00")
    done(shop("ship", "SHOP-7", *SHIPMENT, now="2026-02-24T09:00:00-05:00"))
    done(shop("order", "import", "-", stdin=tsv(unshipped(purchase_date="2026-02-20T20:00:00+00:00"))))
    done(shop("ship", "0000021", "--carrier", "UPS", "--tracking", "1Z9999", now="2026-02-24T09:00:00-05:00"))

    assert plan(shop, at("2026-03-07")) == []
    assert plan(shop, at("2026-03-08")) == [("SHOP-7", "feedback_request", "order", "DUE")]
    assert "nothing says when the buyer has it" in shop("message", "render", "feedback_request", "0000021").stderr


# Writing ---------------------------------------------------------------------------------------------


def test_a_text_is_all_that_is_on_stdout(busy_shop: Run) -> None:
    ran = done(busy_shop("message", "render", "delay", "0000001", "--field", "cause=a storm"))

    assert ran.stderr == ""
    assert ran.stdout == (
        "Subject: Your order 114-0000001-0000001 is delayed\n\nHello Ana,\n\n"
        "We are sorry: your order 114-0000001-0000001 is late. The reason is a storm.\n\n"
        "You need not do anything. If you would rather not wait, answer this message and we will find a "
        "solution.\n"
    )


def test_several_texts_are_rows(busy_shop: Run) -> None:
    rows = listed(busy_shop, "message", "render", "delay", "0000001", "0000002")

    assert [row["order_id"] for row in rows] == ["114-0000001-0000001", "114-0000002-0000002"]
    assert list(rows[0]) == ["order_id", "channel", "kind", "occasion", "language", "subject", "body"]


def test_all_orders_late_for_one_cause_get_their_apology(busy_shop: Run, database: Path) -> None:
    done(busy_shop("ship", "--csv", SHIPMENTS))
    first = "(SELECT min(id) FROM shipment WHERE carrier = 'USPS')"
    under_way = f"VALUES ({first}, 1, 'in_transit', '2026-03-17T13:00:00Z')"
    change_row(
        database, f"INSERT INTO shipment_event (shipment_id, operation_id, status, occurred_at) {under_way}"
    )
    with changing(database) as connection:
        connection.execute("UPDATE sales_order SET deliver_by = '2026-03-20T06:59:59Z'")
        ((wanted,),) = connection.execute(
            "SELECT o.order_id FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"
            " WHERE s.status = 'in_transit'"
        ).fetchall()
    late = "2026-03-22T09:00:00-04:00"

    ran = done(
        busy_shop("message", "render", "delay", "--where", "late and carrier=usps", "--format", "json", now=late)
    )

    (row,) = json.loads(ran.stdout)
    assert row["order_id"] == wanted
    assert row["occasion"] == "deliver_by:2026-03-19"
    assert "It should have arrived by 2026-03-19." in row["body"]


@pytest.mark.parametrize(
    ("where", "orders"),
    [
        ("overdue", 11),
        ("overdue and sku=RING-8", 2),
        ("overdue and sku='RING-8' and channel=shop", 0),
        ("status=unshipped and on_hold", 1),
        ("backordered and fulfillment=fbm", 1),
        ("tag=gift", 1),
    ],
)
def test_facts_name_the_orders_they_are_true_of(busy_shop: Run, where: str, orders: int) -> None:
    done(busy_shop("order", "hold", "0000001"))
    done(busy_shop("order", "edit", "0000002", "--tag", "gift"))

    ran = done(busy_shop("message", "render", "delay", "--where", where, "--format", "json", now=LATE))

    assert len(json.loads(ran.stdout)) == orders


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("render", "delay"), 2, "Name orders by their ids, or by --where FACTS"),
        (("render", "delay", "0000001", "--where", "late"), 2, "and not by both"),
        (("render", "delay", "--where", "price=3"), 2, "there is no fact 'price'"),
        (("render", "delay", "0000099"), 6, "There is no order"),
        (("render", "dealy", "0000001"), 6, "There is no template 'dealy'; did you mean delay?"),
        (("send", "dealy", "0000001"), 6, "There is no template 'dealy'; did you mean delay?"),
        (("render", "dealy", "--where", "late"), 6, "There is no template 'dealy'; did you mean delay?"),
        (("render", "delay", "0000001", "--field", "weather=x"), 2, "cause, new_date, question, remark"),
        (("render", "delay", "0000001", "--occasion", "a b"), 2, "--occasion"),
        (("render", "delay", "0000001", "--field", "cause=see www.example.com"), 5, "it has a link"),
        (("render", "shipping_notification", "0000001"), 5, "has not had a shipment to write about"),
        (("render", "return_answer", "0000001", "--occasion", "RMA-000009"), 5, "has no return RMA-000009"),
        (("send", "--plan", "delay", "0000001"), 2, "Name a KIND of message and its orders, or --plan"),
        (("send",), 2, "Name a KIND of message and its orders, or --plan"),
        (("send", "delay", "0000001", "--via", "smtp"), 2, "mail.host is not set"),
        (("send", "delay", "0000001", "--via", "eml"), 2, "There is no outbox"),
        (("send", "order_confirmation", "0000001"), 5, "Amazon confirms orders itself"),
        (("send", "shipping_notification", "0000001"), 5, "has not had a shipment to write about"),
        (("resolve", "7", "--sent"), 6, "There is no message 7"),
        (("resolve", "7"), 2, "--sent or --not-sent"),
        (("answer", "Q-000009", "--with", "delay"), 6, "There is no question"),
        (("answer", "Q-000009", "--with", "dealy"), 6, "There is no template 'dealy'; did you mean delay?"),
        (("answer", "Q-000009"), 2, "Say --with KIND"),
        (("received", "0000099"), 6, "There is no order"),
        (("received", "--channel", "amzon"), 6, "did you mean amazon?"),
        (("received", "0000001", "--at", "2026-03-17T09:00:00-04:00"), 5, "is still to come"),
        (("received", "0000001", "--at", "yesterday"), 2, "--at"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_is_told_in_one_sentence_and_changes_nothing(
    busy_shop: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = busy_shop("message", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr
    assert content(database) == before


# Sending ---------------------------------------------------------------------------------------------


def test_what_is_due_goes_out_once_however_often_it_is_sent(busy_shop: Run, database: Path) -> None:
    add(busy_shop, "SHOP-7")
    first = done(busy_shop("message", "send", "--plan", now=LATE))
    before = content(database)

    second = done(busy_shop("message", "send", "--plan", now=LATE))

    assert first.stdout.count("Subject: ") == 12
    assert (second.stdout, second.stderr) == ("", "Unchanged: no message is to be sent.\n")
    assert content(database) == before


def test_a_file_in_the_outbox_is_a_mail_for_the_user_alone(busy_shop: Run, tmp_path: Path) -> None:
    done(busy_shop("message", "send", "delay", "0000001", "--outbox", str(tmp_path / "out")))

    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "000001-delay-114-0000001-0000001.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"To: Ana Lindqvist <buyer01.sample@marketplace.amazon.com>\r\n" in file.read_bytes()
    ((row),) = listed(busy_shop, "message", "list")
    assert (row["state"], row["via"], row["detail"], row["attempts"]) == ("sent", "eml", file.name, 1)


def test_an_outbox_that_cannot_be_written_leaves_a_failure_that_goes_again(busy_shop: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "000001-delay-114-0000001-0000001.eml").mkdir(parents=True)

    failed = busy_shop("message", "send", "delay", "0000001", "--outbox", str(out))
    (out / "000001-delay-114-0000001-0000001.eml").rmdir()
    done(busy_shop("message", "send", "delay", "0000001", "--outbox", str(out)))

    assert failed.exit_code == 4
    assert "the outbox cannot be written" in failed.stderr
    assert len(list(out.iterdir())) == 1


def test_the_good_ones_go_and_the_others_are_told(busy_shop: Run) -> None:
    done(busy_shop("order", "add", "SHOP-8", "--line", "RING-7:1"))
    add(busy_shop, "SHOP-7")

    ran = busy_shop("message", "send", "order_confirmation", "SHOP-7", "SHOP-8", "0000001", "--outbox", "out")

    assert ran.exit_code == 4
    assert "order SHOP-8 on shop: no e-mail address is known" in ran.stderr
    assert "order 114-0000001-0000001 on amazon: Amazon confirms orders itself" in ran.stderr
    assert [row["order_id"] for row in listed(busy_shop, "message", "list")] == ["SHOP-7"]


def test_another_occasion_is_another_message(shop: Run) -> None:
    add(shop, "SHOP-7")
    done(shop("message", "send", "address_question", "SHOP-7"))
    done(shop("message", "send", "address_question", "SHOP-7"))
    done(shop("message", "send", "address_question", "SHOP-7", "--occasion", "second"))

    rows = listed(shop, "message", "list", "--order", "SHOP-7")
    assert [row["occasion"] for row in rows] == ["second", "order"]


def test_what_went_out_is_among_the_orders_events_without_its_words(shop: Run, database: Path) -> None:
    add(shop, "SHOP-7")
    done(shop("message", "send", "delay", "SHOP-7", "--field", "cause=a storm"))

    assert "delay sent by text" in done(shop("order", "show", "SHOP-7")).stdout
    dump = "\n".join(text for table, text in texts_in(database) if table != "personal_data")
    assert "a storm" in dump  # given by hand: kept with the message, so that a retry says it again
    assert "Ola" not in dump
    assert "sorry" not in dump


def test_a_crash_in_mid_send_leaves_unknown_which_waits(shop: Run, database: Path) -> None:
    add(shop, "SHOP-7")
    done(shop("message", "send", "delay", "SHOP-7"))
    with changing(database) as connection:
        # As if the process had died between the claim and the end.
        with held_back(connection, "message_event_no_delete"):
            connection.execute("DELETE FROM message_event WHERE state = 'sent'")
        connection.execute("UPDATE message SET state = 'unknown'")

    ran = done(shop("message", "send", "delay", "SHOP-7"))
    held = why_held(shop)

    assert ran.stdout == ""
    assert "warning: message 1 (delay, order SHOP-7) may have gone out and is not sent again" in ran.stderr
    assert "ordercli message resolve 1 --sent" in held["delay"]
    done(shop("message", "resolve", "1", "--sent"))
    assert "delay" not in why_held(shop)


# The inbox -------------------------------------------------------------------------------------------


def status(run: Run, now: str | None = None) -> dict[str, str]:
    return {row["question_id"]: row["status"] for row in listed(run, "message", "inbox", "--done", now=now)}


@pytest.mark.parametrize(
    ("now", "word", "code"),
    [
        ("2026-03-17T02:59:59-04:00", "WAITING", 0),
        ("2026-03-17T03:00:01-04:00", "DUE_SOON", 3),
        ("2026-03-17T09:00:00-04:00", "DUE_SOON", 3),
        ("2026-03-17T09:00:01-04:00", "OVERDUE", 3),
    ],
)
def test_a_question_has_24_hours(busy_shop: Run, now: str, word: str, code: int) -> None:
    done(busy_shop("message", "received", "0000001"))

    assert status(busy_shop, now) == {"Q-000001": word}
    assert busy_shop("message", "inbox", "--check", now=now).exit_code == code
    assert busy_shop("message", "inbox", now=now).exit_code == 0


def test_a_question_taken_in_twice_is_one(busy_shop: Run) -> None:
    first = done(busy_shop("message", "received", "0000001", "--topic", "size"))
    again = done(busy_shop("message", "received", "0000001", "--topic", "size"))
    other = done(busy_shop("message", "received", "0000001", "--topic", "color"))

    assert first.stderr == "Question Q-000001 about order 114-0000001-0000001 (operation 5).\n"
    assert again.stderr == "Unchanged: Q-000001 about order 114-0000001-0000001 is in already.\n"
    assert "Q-000002" in other.stderr


def test_the_buyers_words_are_personal_data(busy_shop: Run, database: Path) -> None:
    done(busy_shop("message", "received", "0000001", "--text", "-", stdin="I am Zoe, where is it?\n"))

    hidden, shown = (
        done(busy_shop("message", "inbox")).stdout,
        done(busy_shop("message", "inbox", "--reveal")).stdout,
    )

    assert ("Zoe" in hidden, "hidden" in hidden, "I am Zoe, where is it?" in shown) == (False, True, True)
    assert [table for table, text in texts_in(database) if "Zoe" in text] == ["personal_data"]


@pytest.mark.parametrize(
    "answer",
    [("--with", "where_is_it"), ("--settled", "elsewhere"), ("--settled", "none-needed")],
    ids=lambda words: words[1],
)
def test_an_answer_stops_the_clock_and_is_given_once(
    busy_shop: Run, database: Path, answer: tuple[str, str]
) -> None:
    done(busy_shop("message", "received", "0000001"))
    done(busy_shop("message", "answer", "q-000001", *answer))
    before = content(database)

    again = done(busy_shop("message", "answer", "Q-000001", *answer, now=LATE))

    assert again.stderr.startswith("Unchanged: ")
    assert status(busy_shop, LATE) == {"Q-000001": "ANSWERED"}
    assert busy_shop("message", "inbox", "--check", now=LATE).exit_code == 0
    assert content(database) == before


def test_a_late_answer_is_called_late_and_another_answer_is_refused(busy_shop: Run) -> None:
    done(busy_shop("message", "received", "0000001"))
    done(busy_shop("message", "answer", "Q-000001", "--with", "where_is_it", now=LATE))

    ran = busy_shop("message", "answer", "Q-000001", "--settled", "elsewhere", now=LATE)

    assert status(busy_shop, LATE) == {"Q-000001": "ANSWERED_LATE"}
    assert (ran.exit_code, ran.stderr) == (5, "Q-000001 is answered already.\n")


def test_a_question_about_no_order_is_answered_where_it_came_in(shop: Run) -> None:
    done(shop("message", "received", "--channel", "shop"))

    ran = shop("message", "answer", "Q-000001", "--with", "where_is_it")

    assert (ran.exit_code, "is about no order" in ran.stderr) == (5, True)
    done(shop("message", "answer", "Q-000001", "--settled", "elsewhere"))


# Interfaces ------------------------------------------------------------------------------------------

COLUMNS = {
    "message plan": "order_id,channel,kind,occasion,status,why,held_back,language,message",
    "message list": (
        "message,order_id,channel,kind,occasion,state,via,occurred_at,detail,language,attempts,operation"
    ),
    "message inbox": (
        "question_id,channel,order_id,customer,topic,received_at,answer_by,status,answered_at,words"
    ),
    "template list": "kind,language,channel,is_own,about,file",
    "template lint": "kind,language,channel,line,finding,file",
    "template fields": "field,about,there,example",
}


@pytest.mark.parametrize(("command", "columns"), COLUMNS.items(), ids=COLUMNS)
def test_the_columns_are_an_interface(run: Run, command: str, columns: str) -> None:
    ran = done(run(*command.split(), "--format", "csv"))

    assert ran.stdout.splitlines()[0] == columns


WRITERS = [
    ("message", "send", "delay", "0000001"),
    ("message", "send", "--plan"),
    ("message", "received", "0000001"),
    ("message", "answer", "Q-000001", "--with", "where_is_it"),
    ("message", "answer", "Q-000001", "--settled", "elsewhere"),
]


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_a_dry_run_writes_nothing(busy_shop: Run, database: Path, command: tuple[str, ...]) -> None:
    done(busy_shop("message", "received", "0000002"))
    before = content(database)

    ran = done(busy_shop(*command, "--dry-run", now=LATE))

    assert ran.stdout == ""
    assert "Dry run, nothing written: " in ran.stderr
    assert content(database) == before


def test_many_letters_of_one_kind_are_one_decision_in_a_table(shop: Run) -> None:
    for number in range(1, 6):
        done(shop("order", "add", f"S-100{number}", "--line", "EARR-LEAF:1"))

    table, every = done(shop("message", "plan")), done(shop("message", "plan", "--all"))
    two = done(shop("message", "plan", "--limit", "2"))

    assert [line.split()[:4] for line in table.stdout.splitlines()[1:]] == [
        ["5", "letters", "shop", "order_confirmation"]
    ]
    assert "DUE" in table.stdout
    assert table.stderr == "5 letters in all; --all shows each.\n"
    assert (every.stdout.count("order_confirmation"), every.stderr) == (5, "")
    assert (two.stdout.count("order_confirmation"), two.stderr) == (2, "2 of 5; --all shows all.\n")
    assert len(listed(shop, "message", "plan")) == 5


def test_a_few_letters_are_told_one_by_one(shop: Run) -> None:
    for number in range(1, 4):
        done(shop("order", "add", f"S-100{number}", "--line", "EARR-LEAF:1"))

    table = done(shop("message", "plan"))

    assert (table.stdout.count("S-100"), table.stderr) == (3, "")
