"""Listings: which product a channel means by its SKU, and what it says about it."""

import sys
from collections.abc import Sequence

from sqlalchemy import select, text

from ordercli.domain.catalog.catalog_rows import Fields, ListingRow
from ordercli.domain.money import format_amount
from ordercli.domain.words import count
from ordercli.errors import Refused, unknown
from ordercli.models.product import Listing, Product
from ordercli.services.lookup import get_product
from ordercli.services.operations import Outcome, Work
from ordercli.services.removals import remove_row, removed_rows, was_removed
from ordercli.services.settings import channel_currency, require_channel


def listing_currency(work: Work, channel: str) -> str:
    """Currency of a channel's prices today.

    Raises:
        NotFound: if there is no such channel.
    """
    require_channel(work.connection, channel)
    return channel_currency(work.connection, channel, work.today)


def add_listing(work: Work, channel: str, channel_sku: str, sku: str, fields: Fields) -> Outcome:
    """Say that a channel sells a product under a SKU of its own.

    From then on order lines of the channel with that SKU are lines of the product.

    Raises:
        NotFound: for an unknown channel or product.
        Refused: if the SKU means another product already, by a listing or by orders, or is listed with other
            fields.
    """
    require_channel(work.connection, channel)
    product = get_product(work.connection, sku)
    listing = _listings(work, channel).get(channel_sku)
    if listing is None or listing.product_id != product.id:
        _refuse_other_product(work, channel, channel_sku, product.id)
    reference = f"{channel} {channel_sku}"
    if listing is not None:
        if listing.product_id != product.id or _differing(listing, fields):
            raise Refused(
                f"{channel_sku} is listed on {channel} with other facts; change them with: "
                f"ordercli listing edit {channel_sku} --channel {channel}"
            )
        return Outcome(f"listing {channel_sku} on {channel} is as given already", reference=reference)
    listing = Listing(
        channel=channel,
        channel_sku=channel_sku,
        product_id=product.id,
        fulfillment=fields.get("fulfillment") or "FBM",
        operation_id=work.operation,
    )
    _apply(listing, fields)
    work.session.add(listing)
    work.session.flush()
    return Outcome(f"listed product {sku} on {channel} as {channel_sku}", {"listings_new": 1}, reference=reference)


def edit_listing(work: Work, channel: str, channel_sku: str, sku: str | None, fields: Fields) -> Outcome:
    """Change what is said of a listing, or the product it means.

    Args:
        work: the command's frame.
        channel: where it is listed.
        channel_sku: the channel's key of it.
        sku: the product it means from now on; None leaves it.
        fields: columns to change.

    Raises:
        NotFound: for an unknown channel, listing or product.
        Refused: if orders came in for the product that it means now.
    """
    listing = _get_listing(work, channel, channel_sku)
    changes = [
        f"{name.removesuffix('_minor').replace('_', ' ')} {_shown(work, channel, name, getattr(listing, name))} → "
        f"{_shown(work, channel, name, value)}"
        for name, value in fields.items()
        if getattr(listing, name) != value
    ]
    if sku is not None:
        product = get_product(work.connection, sku)
        if product.id != listing.product_id:
            _refuse_other_product(work, channel, channel_sku, product.id)
            before = work.session.get_one(Product, listing.product_id).sku
            changes.insert(0, f"product {before} → {sku}")
            listing.product_id = product.id
    reference = f"{channel} {channel_sku}"
    if not changes:
        return Outcome(f"listing {channel_sku} on {channel} is as given already", reference=reference)
    _apply(listing, fields)
    work.session.flush()
    return Outcome(
        f"changed listing {channel_sku} on {channel}: {', '.join(changes)}",
        {"listings_updated": 1},
        reference=reference,
    )


def remove_listing(work: Work, channel: str, channel_sku: str) -> Outcome:
    """Take a listing back: the channel's SKU means nothing here any more. Orders that are in stay as they are.

    Raises:
        NotFound: for an unknown channel; or for an unknown listing, unless it was removed already.
    """
    reference = f"{channel} {channel_sku}"
    require_channel(work.connection, channel)
    if channel_sku not in _listings(work, channel) and was_removed(work, "listing", reference):
        return Outcome(f"listing {channel_sku} on {channel} is removed already", reference=reference)
    listing = _get_listing(work, channel, channel_sku)
    sku = work.session.get_one(Product, listing.product_id).sku
    remove_row(work, "listing", listing.id)
    return Outcome(
        f"removed listing {channel_sku} on {channel}, which meant {sku}",
        {"listings_removed": 1},
        notes=(f"Orders that come in as {channel_sku} are not taken any more, unless a product is called so.",),
        reference=reference,
    )


def _get_listing(work: Work, channel: str, channel_sku: str) -> Listing:
    require_channel(work.connection, channel)
    listings = _listings(work, channel)
    if channel_sku not in listings:
        raise unknown(f"listing on {channel}", channel_sku, listings)
    return listings[channel_sku]


def _shown(work: Work, channel: str, name: str, value: object) -> str:
    """A value of a listing for the journal."""
    if name == "price_minor" and isinstance(value, int):
        return format_amount(value, listing_currency(work, channel))
    return "(none)" if value is None else str(value)


def import_listings(
    work: Work, channel: str, rows: Sequence[ListingRow], *, rows_read: int, rows_rejected: int
) -> Outcome:
    """Bring in a listings report: listings as the channel has them, products where there are none.

    A product that exists keeps what it says; only a missing name, ASIN or price is filled in. A listing that
    means another product goes on to do so.

    Raises:
        NotFound: if there is no such channel.
    """
    currency = listing_currency(work, channel)
    listings = _listings(work, channel)
    products = {product.sku: product for product in work.session.scalars(select(Product))}
    by_id = {product.id: product for product in products.values()}
    before = len(products)
    filled: set[str] = set()
    new: set[str] = set()
    updated: set[str] = set()
    for row in rows:
        listing = listings.get(row.channel_sku)
        product = products.get(row.channel_sku) if listing is None else by_id[listing.product_id]
        is_known = product is not None
        if product is None:
            product = Product(sku=row.channel_sku, name=row.channel_sku, operation_id=work.operation)
            work.session.add(product)
            work.session.flush()
            products[product.sku] = by_id[product.id] = product
        if _fill(product, row.fields, is_priced=currency == work.shop.currency) and is_known:
            filled.add(product.sku)
        if listing is None:
            listing = Listing(
                channel=channel,
                channel_sku=row.channel_sku,
                product_id=product.id,
                fulfillment="FBM",
                operation_id=work.operation,
            )
            work.session.add(listing)
            listings[row.channel_sku] = listing
            new.add(row.channel_sku)
        elif _differing(listing, row.fields) and row.channel_sku not in new:
            updated.add(row.channel_sku)
        if _differing(listing, row.fields):
            _apply(listing, row.fields)
    work.session.flush()
    changed = {
        "listings_new": len(new),
        "listings_updated": len(updated),
        "products_new": len(products) - before,
        "products_updated": len(filled),
    }
    unchanged = len({row.channel_sku for row in rows} - new - updated)
    rejected = f"; {count(rows_rejected, 'row')} rejected" if rows_rejected else ""
    return Outcome(
        f"imported listings of {channel}: {len(new)} new, {len(updated)} updated, {unchanged} unchanged; "
        f"{count(changed['products_new'], 'product')} new, {changed['products_updated']} filled in{rejected}",
        changed,
        {"rows_read": rows_read, "rows_rejected": rows_rejected, **changed, "listings_unchanged": unchanged},
    )


def _listings(work: Work, channel: str) -> dict[str, Listing]:
    found = work.session.scalars(select(Listing).where(Listing.channel == channel))
    return {listing.channel_sku: listing for listing in found}


_CAME_AS = f"""
SELECT p.sku, count(DISTINCT o.id) AS orders
FROM (
  SELECT id AS product_id, 0 AS since, :never AS until FROM product WHERE sku = :sku
  UNION ALL SELECT product_id, operation_id, :never FROM listing WHERE channel = :channel AND channel_sku = :sku
  UNION ALL {removed_rows("listing", {"product_id": "product_id", "since": "operation_id"})}
) m
JOIN product p ON p.id = m.product_id AND p.id <> :product
JOIN order_line l ON l.product_id = p.id JOIN sales_order o ON o.id = l.sales_order_id AND o.channel = :channel
WHERE EXISTS (SELECT 1 FROM order_statement s JOIN order_statement_line t ON t.order_statement_id = s.id
  WHERE s.sales_order_id = o.id AND t.product_id = p.id AND s.operation_id BETWEEN m.since AND m.until)
GROUP BY p.id"""
"""Orders that may have come in under a SKU, by each product that it meant, while it did."""


def _refuse_other_product(work: Work, channel: str, channel_sku: str, product_id: int) -> None:
    """Orders that are in already stay lines of the product they are of, so their SKU cannot change its meaning."""
    other = work.connection.execute(
        text(_CAME_AS),
        {
            "channel": channel,
            "product": product_id,
            "sku": channel_sku,
            "called": f"{channel} {channel_sku}",
            "never": sys.maxsize,
        },
    ).first()
    if other is not None:
        raise Refused(
            f"{count(other.orders, 'order')} of {channel} may have come in for product {other.sku} under the SKU "
            f"{channel_sku}; it cannot mean another product any more."
        )


def _fill(product: Product, fields: Fields, *, is_priced: bool) -> bool:
    """Put what a report knows into the gaps of a product; whether there were any."""
    is_filled = False
    if product.name == product.sku and fields.get("name"):
        is_filled = product.name != fields["name"]
        product.name = str(fields["name"])
    if product.asin is None and fields.get("asin"):
        product.asin, is_filled = str(fields["asin"]), True
    price = fields.get("price_minor")
    if is_priced and product.unit_price_minor is None and isinstance(price, int):
        product.unit_price_minor, is_filled = price, True
    return is_filled


def _apply(listing: Listing, fields: Fields) -> None:
    for name, value in fields.items():
        setattr(listing, name, value)


def _differing(listing: Listing, fields: Fields) -> bool:
    return any(getattr(listing, name) != value for name, value in fields.items())
