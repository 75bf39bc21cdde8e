"""What Amazon lets a seller write: every rule with letters that break it and letters that do not."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.message_kinds import KINDS, kind_of
from ordercli.domain.messages.message_policy import AMAZON, POLICIES, refusals
from ordercli.domain.messages.messages import (
    Draft,
    Letter,
    OrderProgress,
    contact_until,
    is_review_time,
    review_window,
)

ORDER = "114-0000001-0000001"
OPEN = OrderProgress("2026-03-16")
REVIEWED = OrderProgress("2026-03-10", completed_on="2026-03-04", earliest="2026-03-01", latest="2026-03-04")


def letter(body: str, *, kind: str = "delay", subject: str = "Your order", **changes: Any) -> Letter:
    draft = Draft(
        order_row=1,
        order_id=ORDER,
        channel="amazon",
        policy="amazon",
        kind=kind,
        occasion="order",
        why="asked for",
        language="en",
        fields={"order_id": ORDER, "tracking_number": "987654321098", "first_name": "Ana", "lines": []},
        progress=REVIEWED if kind == "feedback_request" else OPEN,
    )
    return Letter(replace(draft, **changes), subject, f"{body} (order {ORDER})")


def breaking(name: str, *letters: Letter) -> list[Any]:
    return [pytest.param(name, one, id=f"{name} {place}") for place, one in enumerate(letters)]


TEXTS: dict[str, tuple[str, ...]] = {
    "thanks": (
        "Thank you for your order.",
        "Many thanks!",
        "thank-you",
        "Vielen Dank.",
        "Merci!",
        "Gracias",
        "Grazie",
    ),
    "link": ("See https://example.com/x", "www.example.org", "look at mara-rings.shop now", "HTTP: http:"),
    "e-mail address": ("Write to mara@example.com", "mara (at) example dot com.de", "mara+x@mail.example.co"),
    "phone number": ("Call +1 555-010-0101", "Call (555) 010 0101.", "01 23 45 67 89", "0049/30/1234567"),
    "coupon": (
        "Here is a coupon",
        "10% off your next",
        "a special offer",
        "ein Gutschein",
        "Rabatt",
        "un descuento",
    ),
    "review steering": (
        "Please leave a positive review",
        "leave us 5 stars",
        "a five-star rating",
        "If you are happy, review us",
        "please remove your feedback",
        "a free gift in exchange for a review",
        "Contact us before leaving a review",
        "eine positive Bewertung",
        "un avis positif",
        "★★★★★",
    ),
    "review asked for elsewhere": ("Please leave a review", "we love feedback", "eine Bewertung wäre schön"),
    "asks to cancel": ("Could you cancel the order?", "Please cancel it", "Bitte die Bestellung stornieren"),
    "markup": ("<b>late</b>", "late &nbsp; order", "<!-- x -->"),
    "emoji": ("sorry 😀", "late ☹"),
}
LETTERS = {
    "confirmation of an order or shipment": (
        letter("It is in.", kind="order_confirmation"),
        letter("It left.", kind="shipping_notification"),
    ),
    **{name: tuple(letter(text) for text in texts) for name, texts in TEXTS.items()},
    "order id": (replace(letter("x"), body="It is late.", subject="Your order 0000001"),),
    "length": (letter("x" * 2000), letter("x" * 800, kind="customization_check")),
    "30 days": (letter("late", progress=replace(REVIEWED, today="2026-04-04")),),
    "review window": (
        letter("A review?", kind="feedback_request", progress=OPEN),
        letter("A review?", kind="feedback_request", progress=replace(REVIEWED, today="2026-03-05")),
        letter("A review?", kind="feedback_request", progress=replace(REVIEWED, today="2026-04-04")),
    ),
    "one review request": (
        letter(
            "A review?",
            kind="feedback_request",
            occasion="again",
            progress=replace(REVIEWED, review_asked="order"),
        ),
    ),
    "review of a settled order": (
        letter("A review?", kind="feedback_request", progress=replace(REVIEWED, is_settled=True)),
    ),
}
FINE = {
    "a delay": letter("We are sorry, it is late."),
    "the shipment's number is no phone number": letter("Tracking number 987654321098."),
    "a day is no phone number": letter("We expect it by 2026-03-25, or by 25.03.2026."),
    "an amount": letter("1,234.50 USD went back."),
    "a product may be called anything": letter(
        'It was "Thank you" by www.cards.com', fields={"lines": [{"name": '"Thank you" by www.cards.com'}]}
    ),
    "a review asked for neutrally": letter("If you have a minute, leave a review.", kind="feedback_request"),
    "the last day of the review window": letter(
        "A review?", kind="feedback_request", progress=replace(REVIEWED, today="2026-04-03")
    ),
    "the last of 30 days": letter("late", progress=replace(REVIEWED, today="2026-04-03")),
    "an answer may come later": letter(
        "It left.", occasion="Q-000001", progress=replace(REVIEWED, today="2026-06-01")
    ),
    "the longest text": replace(letter("x"), body=f"{ORDER}".ljust(2000, "x")),
    "other scripts": letter("遅れて申し訳ありません。"),
}


@pytest.mark.parametrize(
    ("name", "bad"), [case for name, those in LETTERS.items() for case in breaking(name, *those)]
)
def test_a_letter_that_breaks_a_rule_is_refused_with_its_reason(name: str, bad: Letter) -> None:
    rule = next(rule for rule in AMAZON if rule.name == name)

    assert rule.refuse(bad)
    assert rule.refuse(bad) in refusals(bad)


def test_every_rule_has_letters_that_break_it() -> None:
    assert set(LETTERS) == {rule.name for rule in AMAZON}


@pytest.mark.parametrize("good", FINE.values(), ids=FINE)
def test_a_letter_that_breaks_none_may_go(good: Letter) -> None:
    assert refusals(good) == ()


def test_on_a_free_channel_everything_may_be_said() -> None:
    bad = [one for those in LETTERS.values() for one in those]

    assert [refusals(replace(one, draft=replace(one.draft, policy="free"))) for one in bad] == [()] * len(bad)
    assert POLICIES["free"] == ()


def test_a_fact_of_the_order_does_not_excuse_what_is_added_by_hand() -> None:
    assert refusals(letter("because of www.example.com", details={"cause": "www.example.com"})) == (
        "it has a link",
    )


# Days ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "is_time"),
    [
        ("2026-03-05", False),
        ("2026-03-06", True),
        ("2026-03-20", True),
        ("2026-04-03", True),
        ("2026-04-04", False),
    ],
)
def test_a_review_may_be_asked_for_from_five_days_after_the_first_to_thirty_after_the_last(
    today: str, is_time: bool
) -> None:
    assert is_review_time(OrderProgress(today, earliest="2026-03-01", latest="2026-03-04")) is is_time


def test_the_window_of_an_estimate_is_the_one_amazon_gives() -> None:
    assert review_window("2026-03-01", "2026-03-04") == ("2026-03-06", "2026-04-03")


@pytest.mark.parametrize(("first", "last"), [(None, None), ("2026-03-01", None), (None, "2026-03-04")])
def test_without_a_delivery_date_it_is_never_the_time(first: str | None, last: str | None) -> None:
    assert not is_review_time(OrderProgress("2026-03-16", earliest=first, latest=last))


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(0, 30))
def test_the_review_window_always_lies_within_the_days_a_message_may_come(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    opens, closes = review_window(first.isoformat(), last.isoformat())

    assert opens <= closes == contact_until(last.isoformat())


def test_a_template_of_ones_own_is_an_answer_sent_by_hand() -> None:
    assert kind_of("sizing").fresh_days is None
    assert kind_of("delay") is KINDS["delay"]
