"""Rows of files of products, of what channels sell of them and of what is there, as the files tell them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ordercli.domain.own_fields import OwnValues

Fields = Mapping[str, str | int | None]
"""Columns of a table by name, as far as a command or file tells them; a blank is None."""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One row of a catalog.

    Attributes:
        fields: of ``product``, those that the file has columns for; ``supplier`` is its name.
        components: what a kit is made of, as (SKU, units); empty for other products.
        own: values of the shop's own fields that the file has columns for.
    """

    line: int
    sku: str
    fields: Fields
    components: tuple[tuple[str, int], ...] = ()
    own: OwnValues = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One row of a listings report.

    Attributes:
        channel_sku: the seller's SKU of the listing.
        fields: what that kind of report tells of ``listing``: ``name``, ``asin``, ``price_minor`` in the channel's
            currency, ``fulfillment`` as ``FBM`` or ``FBA``, ``channel_status`` such as ``Active``.
    """

    channel_sku: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """Units of one product that are there to begin with, at one cost; ``cost_minor`` is for all of them."""

    line: int
    sku: str
    location: str
    quantity: int
    cost_minor: int
