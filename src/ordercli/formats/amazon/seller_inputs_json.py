"""What Amazon wants to know more before it sells a label, in the words of its Merchant Fulfillment API (v0)."""

from collections.abc import Collection, Mapping, Sequence

from ordercli.domain.amazon.seller_inputs import FilledField, InputField
from ordercli.domain.fields import FieldError, shown
from ordercli.errors import Refused
from ordercli.formats.amazon.json_values import Json, part, text, the_list, the_object, word

_LONGEST = 200


def fields_of(answer: Json, asins: Mapping[str, str], wanted: Collection[str]) -> list[InputField]:
    """The fields of an answer, those of a product once for each of its items in the request.

    Args:
        answer: of ``getAdditionalSellerInputs``, which tells of all products of the order.
        asins: ASIN by order-item id, of all items of the order.
        wanted: the items in the request.

    Raises:
        FieldError: if the answer has another shape than documented.
        Refused: if nothing is sold without a field of a product that is no item's: it could not be told.
    """
    told = the_object(answer.get("payload"), "payload")
    fields = [_field(None, each) for each in the_list(told.get("ShipmentLevelFields"), "ShipmentLevelFields")]
    for each in the_list(told.get("ItemLevelFieldsList"), "ItemLevelFieldsList"):
        of_item = the_object(each, "ItemLevelFields")
        asin, inputs = word(of_item, "Asin"), the_list(of_item.get("AdditionalInputs"), "AdditionalInputs")
        items = [item for item, known in asins.items() if known == asin]
        fields += [_field(item, field) for item in items if item in wanted for field in inputs]
        if not items and any(_field(None, field).is_needed for field in inputs):
            raise Refused(
                f"Amazon wants to know more about ASIN {shown(asin)} before it sells this, and shows it in no item"
                " of the order; buy the label in Seller Central."
            )
    return fields


def item_asins(answer: Json) -> dict[str, str]:
    """ASIN by order-item id, as ``getOrder`` answers.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    items = the_list(the_object(answer.get("order"), "order").get("orderItems"), "orderItems")
    told = [the_object(each, "orderItem") for each in items]
    return {word(each, "orderItemId"): text(part(each, "product"), "asin") or "" for each in told}


def inputs_json(filled: Sequence[FilledField], item: str | None) -> list[dict[str, object]]:
    """The values about an item, or about the request as a whole, as ``createShipment`` takes them."""
    return [
        {"AdditionalInputFieldName": each.name, "AdditionalSellerInput": dict(each.value)}
        for each in filled
        if each.item == item
    ]


def _field(item: str | None, value: object) -> InputField:
    told = the_object(value, "AdditionalInputs")
    name, definition = word(told, "AdditionalInputFieldName"), part(told, "SellerInputDefinition")
    choices = the_list(definition.get("RestrictedSetValues"), "RestrictedSetValues")
    if not all(isinstance(each, str) for each in choices):
        raise FieldError("RestrictedSetValues holds something that is no text")
    return InputField(
        item,
        name,
        text(definition, "DataType") or "String",
        " ".join((text(definition, "InputDisplayText") or name).split())[:_LONGEST],
        tuple(map(str, choices)),
        definition.get("IsRequired") is True and not _is_kept(part(definition, "StoredValue")),
    )


def _is_kept(stored: Json) -> bool:
    """Whether Amazon has a value from before."""
    return any(value is not None for name, value in stored.items() if name.startswith("ValueAs"))
