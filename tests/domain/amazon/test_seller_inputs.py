"""What Amazon wants to know more before it sells a label: values of each kind, and the fields they are for."""

from typing import Any

import pytest

from ordercli.domain.amazon.seller_inputs import InputField, filled, missing_inputs, parse_inputs
from ordercli.domain.fields import FieldError


def field(
    kind: str, *, item: str | None = None, choices: tuple[str, ...] = (), is_needed: bool = True
) -> InputField:
    return InputField(item, "A", kind, "a title", choices, is_needed)


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("String", "Merchandise = more", {"ValueAsString": "Merchandise = more"}),
        ("Boolean", "Yes", {"ValueAsBoolean": True}),
        ("Boolean", "false", {"ValueAsBoolean": False}),
        ("Integer", "-12", {"ValueAsInteger": -12}),
        ("Timestamp", "2026-03-16T09:00:00-04:00", {"ValueAsTimestamp": "2026-03-16T13:00:00Z"}),
        ("Weight", "12.5g", {"ValueAsWeight": {"Value": 12.5, "Unit": "g"}}),
        ("Dimension", "4 in", {"ValueAsDimension": {"value": 4.0, "unit": "inches"}}),
        ("Currency", "12.50 USD", {"ValueAsCurrency": {"CurrencyCode": "USD", "Amount": 12.5}}),
        ("OF_TOMORROW", "7", {"ValueAsString": "7"}),
    ],
)
def test_a_value_is_of_the_kind_that_amazon_wants(kind: str, said: str, value: dict[str, Any]) -> None:
    (told,) = filled([field(kind)], parse_inputs([f"A={said}"]), {})

    assert told.value == {"DataType": kind, **value}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        *[("Boolean", "perhaps"), ("Integer", "1.5"), ("Integer", "12345678901"), ("Timestamp", "soon")],
        *[
            ("Weight", "120"),
            ("Dimension", "1m"),
            ("Currency", "12.50"),
            ("Currency", "12.505 USD"),
            ("Address", "x"),
        ],
        *[("String", ""), ("Weight", "")],
    ],
)
def test_a_value_of_another_kind_is_refused(kind: str, said: str) -> None:
    with pytest.raises(FieldError):
        filled([field(kind)], parse_inputs([f"A={said}"]), {})


def test_a_field_of_a_product_takes_its_own_value_before_the_common_one() -> None:
    fields, skus = [field("String", item="1"), field("String", item="2")], {"1": "a:b", "2": "c"}
    told = parse_inputs(["A=x", "a:b:A=y"])

    assert [each.value["ValueAsString"] for each in filled(fields, told, skus)] == ["y", "x"]
    assert missing_inputs(fields, parse_inputs(["a:b:A=y"]), skus) == fields[1:]
    assert missing_inputs([field("String", is_needed=False)], {}, skus) == []


@pytest.mark.parametrize("texts", [["A"], ["=1"], ["A=1", "A=2"], ["A=\x1b"], ["A=" + "x" * 600]])
def test_what_is_no_name_and_value_is_refused(texts: list[str]) -> None:
    with pytest.raises(FieldError):
        parse_inputs(texts)
