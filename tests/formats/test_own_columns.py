"""A column under another name is told, for every layout of our own; our own exports are never in doubt."""

import pytest

from ordercli.formats.own_columns import COLUMNS, mistaken_columns


@pytest.mark.parametrize(
    ("command", "header", "told"),
    [
        ("product import", ("sku", "price"), {"price": ["unit_price"]}),
        ("product import", ("SKU", "Unit Price"), {"SKU": ["sku"], "Unit Price": ["unit_price"]}),
        (
            "product import",
            ("sku", "title", "EAN", "wieght_grams"),
            {
                "title": ["name"],
                "EAN": ["barcode"],
                "wieght_grams": ["weight_grams"],
            },
        ),
        ("product import", ("sku", "unit_price", "price"), {}),  # ours is there: the other is a remark
        ("product import", ("sku", "color", "remark", "", "x"), {}),
        ("stock import", ("sku", "qty"), {"qty": ["quantity"]}),
        ("stock count", ("sku", "Quantity"), {"Quantity": ["quantity"]}),
        ("ship --csv", ("order_id", "tracking", "carrier"), {"tracking": ["tracking_number"]}),
        (
            "order import",
            ("order_id", "sku", "quantity", "price"),
            {
                "price": ["unit_price", "item_price", "shipping_price"],
            },
        ),
        ("metrics claim import", ("order_id", "kind", "status", "filed"), {"filed": ["filed_on"]}),
        ("product import", ("item-name", "seller-sku", "price", "quantity"), {}),  # Amazon's own report
    ],
)
def test_a_column_that_looks_like_one_of_ours_is_told(
    command: str, header: tuple[str, ...], told: dict[str, list[str]]
) -> None:
    assert dict(mistaken_columns(command, header)) == told


@pytest.mark.parametrize("command", COLUMNS)
def test_the_columns_of_a_layout_are_not_in_doubt(command: str) -> None:
    assert dict(mistaken_columns(command, COLUMNS[command])) == {}
    for left_out in COLUMNS[command]:
        rest = tuple(name for name in COLUMNS[command] if name != left_out)
        assert dict(mistaken_columns(command, rest)) == {}
