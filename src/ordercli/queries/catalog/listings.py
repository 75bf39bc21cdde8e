"""The listings: how channels name products."""

from ordercli.domain.report import Column, Report
from ordercli.domain.settings import value_sql
from ordercli.queries.channels import require_channel
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader

LISTING_COLUMNS = Selected(
    (Column("channel", "word"), "l.channel"),
    (Column("channel_sku", "key", "channel SKU"), "l.channel_sku"),
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name"), "coalesce(l.name, p.name)"),
    (Column("asin", "key", "ASIN", importance="spare"), "l.asin"),
    (Column("price", "money"), "l.price_minor"),
    (Column("fulfillment", "word"), "l.fulfillment"),
    (Column("channel_status", title="status", importance="spare"), "l.channel_status"),
    (
        Column("currency", "word", in_table=False),
        f"""coalesce(nullif({value_sql("'channel.' || l.channel || '.currency'", ":today")}, ''), :currency)""",
    ),
    (Column("fnsku", "key", "FNSKU", in_table=False), "l.fnsku"),
    (Column("units_per_pack", "whole", "units a pack"), "l.units_per_pack"),
    (Column("buffer", "whole", in_table=False), "l.buffer"),
    (Column("cap", "whole", in_table=False), "l.cap"),
)

LISTINGS = f"""
SELECT {LISTING_COLUMNS.sql}
FROM listing l JOIN product p ON p.id = l.product_id
WHERE (:channel IS NULL OR l.channel = :channel) AND (:sku IS NULL OR p.sku = :sku OR l.channel_sku = :sku)
ORDER BY l.channel, l.channel_sku"""


def list_listings(reader: Reader, *, channel: str | None = None, sku: str | None = None) -> Report:
    """Listings by channel; prices are in the channel's currency.

    Args:
        reader: the database.
        channel: only its listings.
        sku: only those of this product, or that the channel calls so.

    Raises:
        NotFound: if there is no such channel.
    """
    if channel is not None:
        require_channel(reader, channel)
    values = {"channel": channel, "sku": sku, "today": reader.today}
    return Report(LISTING_COLUMNS, reader.streamed(LISTINGS, values), "No listings.")
