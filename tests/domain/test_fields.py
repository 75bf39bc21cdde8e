"""Typed fields from text: what is accepted, and the sentence that refuses the rest."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordercli.domain.fields import (
    MAX_QUANTITY,
    MAX_TEXT,
    FieldError,
    RowError,
    parse_asin,
    parse_country,
    parse_difference,
    parse_item_id,
    parse_line_option,
    parse_order_id,
    parse_quantity,
    parse_sku,
    parse_text,
    parse_tracking,
    parse_whole,
    shown,
)

NOT_WHOLE = ["", " 1", "1 ", "1_000", "1,000", "1.5", "1e3", "+1", "-1", "٣", "１", "0x1", "two", "²", "1\n"]


@pytest.mark.parametrize("text", [*NOT_WHOLE, "1000001", str(2**63), "9" * 20, "9" * 5_000])
def test_a_quantity_is_plain_digits_up_to_a_million(text: str) -> None:
    with pytest.raises(FieldError, match="is not a whole number from 1 to 1,000,000"):
        parse_quantity(text)


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("007", 7), ("1000000", MAX_QUANTITY)])
def test_a_quantity_is_read_as_written(text: str, value: int) -> None:
    assert parse_quantity(text) == value


def test_a_quantity_of_zero_is_refused_but_zero_is_a_whole_number() -> None:
    assert parse_whole("0") == 0
    with pytest.raises(FieldError):
        parse_quantity("0")


@pytest.mark.parametrize(("text", "accepted"), [("4", False), ("5", True), ("9", True), ("10", False)])
def test_a_whole_number_keeps_both_its_bounds(text: str, *, accepted: bool) -> None:
    if accepted:
        assert parse_whole(text, least=5, most=9) == int(text)
    else:
        with pytest.raises(FieldError, match="from 5 to 9"):
            parse_whole(text, least=5, most=9)


@given(st.text(max_size=30))
def test_any_text_is_a_whole_number_or_a_field_error(text: str) -> None:
    try:
        value = parse_whole(text)
    except FieldError:
        return
    assert text.isascii()
    assert text.isdigit()
    assert int(text) == value <= MAX_QUANTITY


@pytest.mark.parametrize(("text", "value"), [("+3", 3), ("-1", -1), ("-1000000", -MAX_QUANTITY)])
def test_a_correction_carries_its_sign(text: str, value: int) -> None:
    assert parse_difference(text) == value


@pytest.mark.parametrize("text", ["3", "+0", "-0", "", "+", "+-1", "+1000001", "-1000001", "+1.5", "+٣", "+ 1"])
def test_a_correction_without_sign_or_effect_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match=r"is not a correction such as \+3 or -1"):
        parse_difference(text)


@pytest.mark.parametrize("sku", ["R", "RING-7", "Ring 7/größe", "A:B@C", "#1", "x" * 40])
def test_a_sku_is_kept_as_the_seller_wrote_it(sku: str) -> None:
    assert parse_sku(sku) == sku


@pytest.mark.parametrize("sku", [" R", "R ", "\tR", "x" * 41, "A\0B", "A\nB", "A\x1b[0mB", "A\u202eB", "A\u200bB"])
def test_a_sku_that_hides_something_or_is_too_long_is_refused(sku: str) -> None:
    with pytest.raises(FieldError, match="is not a SKU of 1 to 40 printable characters"):
        parse_sku(sku)


def test_an_empty_sku_is_called_empty() -> None:
    with pytest.raises(FieldError, match=r"^the SKU is empty$"):
        parse_sku("")


@pytest.mark.parametrize("order_id", ["114-0000001-0000001", "S01-3718414-0463502"])
def test_an_amazon_order_id_has_groups_of_three_seven_seven(order_id: str) -> None:
    assert parse_order_id(order_id, channel="amazon") == order_id


@pytest.mark.parametrize(
    "order_id",
    [
        "",
        "114-0000001-000001",
        "114-00000001-000001",
        "s01-3718414-0463502",
        "114-0000001-0000001 ",
        "114-0000001-0000001\n",
        "114-000000٣-0000001",
        "1140000001-0000001",
    ],
)
def test_another_shape_is_no_amazon_order_id(order_id: str) -> None:
    with pytest.raises(FieldError, match="is not an Amazon order id such as 114-0000001-0000001"):
        parse_order_id(order_id, channel="amazon")


@pytest.mark.parametrize("order_id", ["1", "W-1001", "2026_1", "a#b.c", "x" * 50])
def test_another_channels_order_id_is_free_within_reason(order_id: str) -> None:
    assert parse_order_id(order_id, channel="shop") == order_id


@pytest.mark.parametrize(
    "order_id", ["", "../../x", "/etc/x", "..", ".x", "x.", "--help", "a/b", "a\\b", "a b", "a\nb", "é1", "x" * 51]
)
def test_an_order_id_cannot_lead_out_of_a_folder(order_id: str) -> None:
    with pytest.raises(FieldError, match="is not an order id of 1 to 50 letters"):
        parse_order_id(order_id, channel="shop")


@pytest.mark.parametrize("channel", ["amazon", "shop"])
@pytest.mark.parametrize("order_id", ["1.14E+16", "1E+16", "2e+10"])
def test_an_order_id_that_a_spreadsheet_mangled_says_so(order_id: str, channel: str) -> None:
    with pytest.raises(FieldError, match="was turned into a number by a spreadsheet"):
        parse_order_id(order_id, channel=channel)


@pytest.mark.parametrize("item_id", ["0", "05835637773450", "123456789012345", "a_b-c", "x" * 40])
def test_an_item_id_keeps_its_leading_zero(item_id: str) -> None:
    assert parse_item_id(item_id) == item_id


@pytest.mark.parametrize("item_id", ["", "-1", "_1", "1 2", "1/2", "x" * 41, "٣"])
def test_another_item_id_is_refused(item_id: str) -> None:
    with pytest.raises(FieldError, match="is not an order-item id of 1 to 40 letters and digits"):
        parse_item_id(item_id)


def test_an_asin_is_ten_capitals_or_digits() -> None:
    assert parse_asin("B0SAMPLE07") == "B0SAMPLE07"


@pytest.mark.parametrize("asin", ["", "b0sample07", "B0SAMPLE0", "B0SAMPLE071", "B0SAMPLE 7"])
def test_another_asin_is_refused(asin: str) -> None:
    with pytest.raises(FieldError, match="is not an ASIN of ten capital letters and digits"):
        parse_asin(asin)


@pytest.mark.parametrize(("text", "code"), [("US", "US"), ("de", "DE")])
def test_a_country_is_its_two_letters_in_capitals(text: str, code: str) -> None:
    assert parse_country(text) == code


@pytest.mark.parametrize("text", ["", "U", "USA", "U1", "Ü1", "uſ", "ß", " US"])
def test_another_country_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a two-letter country code such as US"):
        parse_country(text)


def test_free_text_may_be_long_but_not_without_end() -> None:
    assert parse_text("x" * MAX_TEXT) == "x" * MAX_TEXT
    with pytest.raises(FieldError, match="the cell has 2,001 characters, more than the 2,000 allowed"):
        parse_text("x" * (MAX_TEXT + 1))


def test_free_text_with_a_nul_is_damaged() -> None:
    with pytest.raises(FieldError, match="NUL character"):
        parse_text("a\0b")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9400 1118 9922 3197 4285 10", "9400111899223197428510"),
        ("9400\u00a01118\u202f9922\u200931", "94001118992231"),
        ("1z999aa10123456784", "1Z999AA10123456784"),
        ("RR-12", "RR-12"),
    ],
)
def test_a_tracking_number_loses_its_blanks_and_small_letters(text: str, number: str) -> None:
    assert parse_tracking(text) == number


@pytest.mark.parametrize(
    ("scanned", "number"),
    [
        ("420972019400111899223197428527", "9400111899223197428527"),
        ("420 97201 9400 1118 9922 3197 4285 27", "9400111899223197428527"),
        ("4209720112349400111899223197428527", "9400111899223197428527"),
        ("42097201940011189922319742852", "42097201940011189922319742852"),
        ("9400111899223197428527", "9400111899223197428527"),
        ("4200000012", "4200000012"),
        ("420972018400111899223197428527", "420972018400111899223197428527"),
    ],
)
def test_the_post_code_in_the_bar_code_of_a_label_is_no_part_of_the_number(scanned: str, number: str) -> None:
    assert parse_tracking(scanned) == number
    assert parse_tracking(number) == number


@pytest.mark.parametrize(
    "text", ["", "123", "x" * 51, "12_34", "1234!", "追跡番号1234", "ß1234", "ﬁ1234", "1234ſ"]
)
def test_another_tracking_number_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a tracking number of 4 to 50 letters and digits"):
        parse_tracking(text)


SKUS = st.text(alphabet=string.ascii_letters + string.digits + ":@#- .", min_size=1, max_size=12)
DIGITS = st.text(alphabet=string.digits, min_size=1, max_size=3)


@given(SKUS, DIGITS)
@example("A:1@B", "2")
@example("A:@", "2")
@example("A@9", "2")
def test_a_line_is_split_from_the_right_whatever_the_sku_holds(sku: str, quantity: str) -> None:
    assert parse_line_option(f"{sku}:{quantity}") == (sku, quantity, None)


@given(SKUS, DIGITS, DIGITS)
@example("A:1@B", "2", "9")
@example("A:1@9", "2", "9")
def test_a_line_with_a_price_is_split_from_the_right_whatever_the_sku_holds(
    sku: str, quantity: str, price: str
) -> None:
    assert parse_line_option(f"{sku}:{quantity}@{price}") == (sku, quantity, price)


@pytest.mark.parametrize("text", ["", "RING-7", "RING-7@9.50", ":2", ":2@9.50"])
def test_a_line_without_sku_or_quantity_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not SKU:QTY or SKU:QTY@PRICE"):
        parse_line_option(text)


def test_a_missing_quantity_is_left_to_whoever_reads_it() -> None:
    assert parse_line_option("RING-7:") == ("RING-7", "", None)


def test_a_value_in_a_message_is_escaped_and_clipped() -> None:
    assert shown("a\x1b]0;b") == r"'a\x1b]0;b'"
    assert shown("x" * 40) == repr("x" * 40)
    assert shown("x" * 41) == repr("x" * 39 + "…")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RowError(7, "sku", "the SKU is empty"), "line 7, column sku: the SKU is empty"),
        (RowError(7, "", "has 3 cells"), "line 7: has 3 cells"),
    ],
    ids=["cell", "row"],
)
def test_a_fault_says_where_it_is(error: RowError, sentence: str) -> None:
    assert str(error) == sentence
