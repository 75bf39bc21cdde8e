"""Which fields of an answer are asked for: those of items in the request, and none is lost in silence."""

from typing import Any

import pytest

from ordercli.errors import Refused
from ordercli.formats.amazon.seller_inputs_json import fields_of

ASINS = {"1": "B000000001", "2": "B000000002", "3": "B000000001", "4": ""}


def answer(asin: str, *, is_needed: bool = True, kept: str | None = None) -> Any:
    definition = {"IsRequired": is_needed, "DataType": "String", "StoredValue": {"ValueAsString": kept}}
    field = {"AdditionalInputFieldName": "HS_CODE", "SellerInputDefinition": definition}
    return {"payload": {"ItemLevelFieldsList": [{"Asin": asin, "AdditionalInputs": [field]}]}}


@pytest.mark.parametrize(
    ("told", "items"),
    [
        (answer("B000000001"), ["1", "3"]),
        (answer("B000000002"), []),  # of the order, and not of the request
        (answer("B000000404", is_needed=False), []),
        (answer("B000000404", kept="711311"), []),
    ],
    ids=["two items", "another box", "not needed", "kept at Amazon"],
)
def test_a_product_has_its_fields_once_for_each_of_its_items_in_the_request(told: Any, items: list[str]) -> None:
    assert [each.item for each in fields_of(told, ASINS, {"1", "3", "4"})] == items


def test_what_is_needed_of_a_product_that_is_no_item_names_its_asin() -> None:
    with pytest.raises(Refused, match="ASIN 'B000000404'"):
        fields_of(answer("B000000404"), ASINS, {"1", "3", "4"})
