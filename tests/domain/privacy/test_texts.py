"""Every column of text: emptied with its person, looked through, or one that cannot name a buyer, and why."""

import re

import pytest

import ordercli.models.schema  # noqa: F401 - maps every table
from ordercli.domain.orders.personal import COUNTED, ERASED
from ordercli.domain.privacy.texts import IN_JSON, KEYS_OF_TEXT, OF_ANYBODY, OF_ORDERS
from ordercli.models.base import Base

LOOKED_THROUGH = {(text.table, column) for text in (*OF_ORDERS, *OF_ANYBODY) for column in text.columns}

# Why a column cannot name a buyer, by its name; with a table where another table's of that name may.
CANNOT: dict[str, str] = {
    "an instant, a day or an hour": (
        r".*_(at|on)|day|hour|as_of|(computed_)?ship_by|deliver_by|promised_by|valid_from|since|until|held_from"
        r"|window_(start|end)"
    ),
    "a hash": r"sha256|.*_sha256|fingerprint|(bad_)?digest|chain|made|people|mark|operation_reference\.content",
    "a word of ordercli's own": (
        r"actor|canceled_by|changed|command|disposition|event|fault|field|fulfillment|how|kind|label_paid_by|language"
        r"|layout|occasion|operation\.command|order_days|origin|part|source|state|status|subject|table_name|verb|via"
        r"|what|metric|adjustment_reason|content|amazon_call\.(name|answer)|amazon_allowance\.name|items"
    ),
    "a code or a number of the channel's, the carrier's or the goods'": (
        r"asin|barcode|carrier|channel_return_id|channel_sku|channel_status|fnsku|item_id|sku|supplier_sku"
        r"|tracking_number|order_id|original_order_id|merchant_order_id|adjustment_id|settlement_id|shipment_id"
        r"|shipment_item_id|promotion_id|question_id|return_id|next_token|service_level|sales_channel|marketplace"
        r"|account_status|alert|currency|time_zone|rate|limit_share|payment_terms|settlement_entry\..*"
        r"|day_place_sum\.country"
        r"|fba_ledger_event\..*|fba_shipment\.reference|purchase_receipt\.(reference|rate)"
    ),
    "about the shop's own goods, places, suppliers and plans": (
        r"(product|product_past|listing|order_line|order_statement_line|location|channel|supplier|improvement)\.name"
        r"|supplier\..*|bin|packaging|location|code|from_location|to_location|outcome"
        r"|own_field\..*|column_map\..*|setting\.(name|value)|channel"
    ),
    "where a file lies, which has to be found to be deleted, or a copy of this shop": (
        r"written_file\.(path|kind)|backup_folder\.path|backup_copy\.name"
    ),
    "an entry of the journal, looked through by the column that it is of; or empty between commands": (
        r"row_change\.(old|new|row_key)|row_before\..*|erased_text\.row_key"
    ),
}


def texts() -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if str(column.type) in ("TEXT", "BLOB", "ANY")
    ]


def test_every_column_of_text_is_erased_looked_through_or_cannot_name_a_buyer() -> None:
    unknown = [
        f"{table}.{column}"
        for table, column in texts()
        if (table, column) not in LOOKED_THROUGH
        and not (table == "personal_data" and column in (*ERASED, *COUNTED))
        and not any(re.fullmatch(why, each) for why in CANNOT.values() for each in (column, f"{table}.{column}"))
    ]
    assert unknown == []


def test_what_is_looked_through_is_there_and_named_once_by_order() -> None:
    assert set(texts()) >= LOOKED_THROUGH
    assert LOOKED_THROUGH >= IN_JSON
    assert {*KEYS_OF_TEXT} <= LOOKED_THROUGH
    assert len({text.table for text in OF_ORDERS}) == len(OF_ORDERS)
    assert len({text.table for text in OF_ANYBODY}) == len(OF_ANYBODY)


@pytest.mark.parametrize("why", sorted(CANNOT))
def test_each_reason_is_one_of_some_column(why: str) -> None:
    assert any(
        re.fullmatch(CANNOT[why], each) for table, column in texts() for each in (column, f"{table}.{column}")
    )
