"""What an edit by hand sets, and how its options are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.orders.order_edits import (
    LineEdit,
    OrderEdit,
    add_note_line,
    parse_keyed_price,
    personal_bit,
    resized_price,
    split_keyed_text,
)
from ordercli.domain.orders.order_rows import LINE_TEXT, PERSONAL


@pytest.mark.parametrize(
    ("total", "was", "quantity", "expected"),
    [(6800, 2, 3, 10200), (6800, 2, 1, 3400), (1000, 3, 2, 667), (1000, 3, 1, 333), (1, 2, 1, 1), (0, 5, 9, 0)],
)
def test_a_line_of_another_size_keeps_the_price_of_one(total: int, was: int, quantity: int, expected: int) -> None:
    assert resized_price(total, was, quantity) == expected


@given(st.integers(0, 10**10), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_whole_price_of_one_survives_any_size(unit: int, was: int, quantity: int) -> None:
    assert resized_price(unit * was, was, quantity) == unit * quantity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RING-7:3.50", ("RING-7", "3.50")),
        ("A:B:3", ("A:B", "3")),
        ("#0610:7", ("#0610", "7")),
        ("A@2:1", ("A@2", "1")),
    ],
)
def test_a_price_is_split_off_from_the_right(text: str, expected: tuple[str, str]) -> None:
    assert parse_keyed_price(text) == expected


@pytest.mark.parametrize("text", ["", "RING-7", ":3", "RING-7:", ":"])
def test_a_price_without_a_line_or_an_amount_is_none(text: str) -> None:
    with pytest.raises(FieldError, match="is not SKU:PRICE"):
        parse_keyed_price(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=hello", ("A", "hello")),
        ("A=B=hello", ("A=B", "hello")),
        ("A=B", ("A", "B")),
        ("A=B=", ("A=B", "")),
        ("A=", ("A", "")),
        ("A=1=2", ("A", "1=2")),
        ("#12=hi", ("#12", "hi")),
        ("C=hi", None),
        ("A", None),
        ("", None),
    ],
)
def test_a_text_belongs_to_the_longest_key_it_begins_with(text: str, expected: tuple[str, str] | None) -> None:
    assert split_keyed_text(text, ["A", "A=B", "#12"]) == expected


@pytest.mark.parametrize(
    ("note", "line", "expected"),
    [
        (None, "a", "a"),
        ("", "a", "a"),
        ("a", "b", "a\nb"),
        ("a\nb", "b", "a\nb"),
        ("a", "a", "a"),
        ("b\na", "b", "b\na\nb"),
        ("xa", "a", "xa\na"),
        ("a\nb\nc", "b\nc", "a\nb\nc"),
    ],
)
def test_a_note_gets_a_line_more_unless_it_ends_in_it(note: str | None, line: str, expected: str) -> None:
    assert add_note_line(note, line) == expected


def test_every_personal_field_has_a_bit() -> None:
    assert {name: personal_bit(name).name for name in PERSONAL} == {
        "customer_name": "CUSTOMER_NAME",
        "customer_email": "CUSTOMER_EMAIL",
        "customer_phone": "CUSTOMER_PHONE",
        "note": "NOTE",
        "ship_name": "ADDRESS",
        "address_1": "ADDRESS",
        "address_2": "ADDRESS",
        "address_3": "ADDRESS",
        "city": "ADDRESS",
        "state": "ADDRESS",
        "postal_code": "ADDRESS",
        "country": "ADDRESS",
    }
    assert [LineEdit[name.upper()].value for name in LINE_TEXT] == [4, 8]
    assert len({bit.value for bit in OrderEdit}) == len(OrderEdit)
