"""The rules of the shop's own fields: names, types, and that a value has one spelling."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.own_fields import (
    OwnField,
    is_canonical,
    parse_choices,
    parse_decimal,
    parse_field_name,
    split_told,
    value_of,
)
from ordercli.domain.report import Column
from ordercli.queries.own_fields import SHOWN_AS, own_column

TEXT = OwnField(1, "note", "text")
NUMBER = OwnField(2, "margin", "number")
DAY = OwnField(3, "since", "date")
GRADE = OwnField(4, "grade", "choice", ("A", "B"))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (TEXT, " as it is ", "as it is"),
        (TEXT, "   ", None),
        (NUMBER, "007.50", "7.5"),
        (NUMBER, "-0.0", "0"),
        (NUMBER, "+3", "3"),
        (NUMBER, "000", "0"),
        (NUMBER, "-.5", None),
        (NUMBER, "1e5", None),
        (NUMBER, "1,5", None),
        (NUMBER, "٣", None),
        (NUMBER, "123456789012345", "123456789012345"),
        (NUMBER, "12345678901234.56", None),
        (NUMBER, "0.000000000000001", "0.000000000000001"),
        (DAY, "2026-03-16", "2026-03-16"),
        (DAY, "2026-02-30", None),
        (DAY, "3d", None),
        (GRADE, "A", "A"),
        (GRADE, "a", None),
        (GRADE, "", None),
    ],
)
def test_a_text_is_a_value_in_its_one_spelling_or_none(field: OwnField, text: str, value: str | None) -> None:
    if value is None and text.strip():
        with pytest.raises(FieldError):
            value_of(field, text)
        assert not is_canonical(field, text)
        return
    assert value_of(field, text) == value


def test_a_day_may_be_told_by_how_long_ago_it_was_where_it_is_typed() -> None:
    assert value_of(DAY, "3d", today="2026-03-16") == "2026-03-13"


def test_a_wrong_choice_is_refused_with_what_there_is() -> None:
    with pytest.raises(FieldError, match="'C' is none of A, B"):
        value_of(GRADE, "C")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**9), max_value=10**9))
def test_a_number_keeps_its_size_and_equal_ones_are_one_text(number: Decimal) -> None:
    told = parse_decimal(f"{number:f}")

    assert Decimal(told) == number
    assert told == parse_decimal(told) == parse_decimal(f"{number:.9f}".replace("-", "-00", 1))
    assert Decimal(repr(float(told))) == number


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("supplier-code", "supplier_code"),
        ("field_grade", "grade"),
        ("a1", "a1"),
        ("1a", None),
        ("Grade", None),
        ("grade;", None),
        ("", None),
        ("a" * 31, None),
        ("größe", None),
    ],
)
def test_a_name_can_stand_over_a_column(text: str, name: str | None) -> None:
    if name is not None:
        assert parse_field_name(text) == name
        return
    with pytest.raises(FieldError, match="is not a name of up to 30"):
        parse_field_name(text)


@pytest.mark.parametrize("texts", [["A", "A"], [""], ["a,b"], ["x" * 41], [str(n) for n in range(51)], ["a\tb"]])
def test_choices_can_be_told_apart_in_a_list(texts: list[str]) -> None:
    with pytest.raises(FieldError):
        parse_choices(texts)


def test_what_stands_behind_the_first_sign_is_the_value() -> None:
    assert split_told("supplier-code=a=b") == ("supplier-code", "a=b")
    with pytest.raises(FieldError, match="is not NAME=VALUE"):
        split_told("grade")


@pytest.mark.parametrize("field", [TEXT, NUMBER, DAY, GRADE])
def test_every_type_is_a_column_that_a_table_has_room_for_last(field: OwnField) -> None:
    kind = SHOWN_AS[field.kind]

    assert own_column(field) == Column(f"field_{field.name}", kind, field.name, importance="spare", is_seldom=True)
