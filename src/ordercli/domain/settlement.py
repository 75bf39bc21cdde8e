"""What the codes of a settlement mean.

Amazon publishes no list of them. The pairs below were seen in real reports (docs/formats/money.md); every other
pair is kept as it is and adds up under ``other``. The type belongs to the key: ``Shipping`` is income
as an ItemPrice and a fee as a Shipment-Fee.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ordercli.domain.shares import share, share_sql

OTHER = "other"


class Summary(NamedTuple):
    """The first row of a settlement: its period and what was paid out."""

    line: int
    settlement_id: str
    starts_at: str
    ends_at: str
    deposited_at: str | None
    total_minor: int
    currency: str


class Transaction(NamedTuple):
    """What amounts of one settlement that follow each other have in common."""

    settlement_id: str
    transaction_type: str
    order_id: str | None
    merchant_order_id: str | None
    adjustment_id: str | None
    shipment_id: str | None
    marketplace: str | None
    fulfillment: str | None
    item_id: str | None
    sku: str | None
    promotion_id: str | None
    posted_at: str | None
    quantity: int | None


AmountEntry = tuple[int, str, str, int, Transaction]
"""One amount: line of the file, amount type, description, minor units, and what it is part of.

A plain tuple, because a settlement has a million of them. Those of one transaction share the same object.
"""


KINDS: dict[tuple[str, str], str] = {
    (amount_type, description): kind
    for kind, amount_type, descriptions in (
        ("sales", "ItemPrice", ("Principal",)),
        ("shipping", "ItemPrice", ("Shipping",)),
        ("gift_wrap", "ItemPrice", ("GiftWrap",)),
        ("tax", "ItemPrice", ("Tax", "ShippingTax", "GiftWrapTax")),
        ("goodwill", "ItemPrice", ("Goodwill",)),
        ("goodwill", "ItemFees", ("Goodwill",)),
        ("restocking_fee", "ItemPrice", ("RestockingFee",)),
        ("restocking_fee", "ItemFees", ("RestockingFee",)),
        ("discount", "Promotion", ("Principal", "Shipping")),
        ("referral_fee", "ItemFees", ("Commission", "ShippingHB")),
        ("refund_administration_fee", "ItemFees", ("RefundCommission",)),
        (
            "fba_fee",
            "ItemFees",
            ("FBAPerUnitFulfillmentFee", "FBAPerOrderFulfillmentFee", "FBAWeightBasedFee"),
        ),
        (
            "fba_fee",
            "Shipment-Fees",
            (
                "FBAPerOrderFulfillmentFee",
                "FBATransportationFee",
                "Shipping",
                "Multi-Channel Fulfillment Brand-Neutral Box Fee",
            ),
        ),
        ("shipping_chargeback", "ItemFees", ("ShippingChargeback", "GiftwrapChargeback")),
        (
            "selling_fee",
            "ItemFees",
            ("VariableClosingFee", "DigitalServicesFee", "SalesTaxServiceFee", "ReturnShipping"),
        ),
        (
            "tax_withheld",
            "ItemFees",
            ("MarketplaceFacilitatorVAT-Principal", "MarketplaceFacilitatorVAT-Shipping"),
        ),
        ("subscription", "other-transaction", ("Subscription Fee",)),
        ("storage", "other-transaction", ("Storage Fee", "StorageRenewalBilling")),
        (
            "label_cost",
            "other-transaction",
            ("Shipping label purchase", "ShippingServices", "ShippingServicesRefund"),
        ),
        ("reserve", "other-transaction", ("Previous Reserve Amount Balance", "Current Reserve Amount")),
        (
            "fba_service",
            "other-transaction",
            (
                "DisposalComplete",
                "RemovalComplete",
                "FBAInboundTransportationFee",
                "FBACustomerReturnPerOrderFee",
                "FBACustomerReturnPerUnitFee",
                "FBACustomerReturnWeightBasedFee",
            ),
        ),
        (
            "reimbursement",
            "other-transaction",
            (
                "FBA Inventory Reimbursement - Customer Return",
                "MISSING_FROM_INBOUND",
                "MULTICHANNEL_ORDER_DAMAGED",
                "MULTICHANNEL_ORDER_LATE",
                "MULTICHANNEL_ORDER_LOST",
                "REMOVAL_ORDER_DAMAGED",
                "REVERSAL_REIMBURSEMENT",
                "Refund Reimbursal",
                "WAREHOUSE_DAMAGE",
                "WAREHOUSE_DAMAGE_EXCEPTION",
                "WAREHOUSE_LOST",
            ),
        ),
    )
    for description in descriptions
}
"""(amount type, amount description) to what it is here."""

WHOLE_TYPES = {
    "Promotion": "discount",
    "ItemWithheldTax": "tax_withheld",
    "Cost of Advertising": "advertising",
    "FBA Inventory Reimbursement": "reimbursement",
    "CouponRedemptionFee": "selling_fee",
}
"""Amount types all of whose descriptions mean the same."""

INCOME = frozenset({"sales", "shipping", "gift_wrap", "discount", "goodwill", "restocking_fee"})
FEES = frozenset(
    {
        "referral_fee",
        "refund_administration_fee",
        "fba_fee",
        "fba_service",
        "shipping_chargeback",
        "selling_fee",
        "subscription",
        "storage",
        "label_cost",
        "advertising",
    }
)
TAX = frozenset({"tax", "tax_withheld"})


def kind_of(amount_type: str, description: str) -> str:
    """What a pair of codes means; :data:`OTHER` for one that is not known."""
    return KINDS.get((amount_type, description)) or WHOLE_TYPES.get(amount_type, OTHER)


def codes_of(kind: str) -> list[tuple[str, str | None]]:
    """The pairs of codes that mean ``kind``; without a description where all of a type do."""
    whole: list[tuple[str, str | None]] = [
        (name, None) for name, meaning in WHOLE_TYPES.items() if meaning == kind
    ]
    return whole + [codes for codes, meaning in KINDS.items() if meaning == kind and codes[0] not in WHOLE_TYPES]


def is_of_kinds_sql(kinds: Iterable[str], amount_type: str, description: str) -> str:
    """SQL: whether a pair of codes, never NULL, means one of ``kinds``."""
    codes = [pair for kind in sorted(kinds) for pair in codes_of(kind)]
    whole = ", ".join(f"'{name}'" for name, one in codes if one is None)
    pairs = ", ".join(f"('{name}', '{one}')" for name, one in codes if one is not None)
    return f"({amount_type} IN ({whole}) OR ({amount_type}, {description}) IN (VALUES {pairs}))"


EXPECTED = ("referral_fee", "refund_administration_fee", "fba_fee", "label_cost")
"""Fees that are known before a settlement tells them: the settings expect them, a label's cost is recorded."""

UNEXPECTED = tuple(sorted(FEES - {*EXPECTED}))
"""Fees that only a settlement tells; all that it charges for an order counts with the order."""

REPAID = INCOME | {"tax"}
"""What a buyer gets back in a refund: all that was paid, less what is kept of it."""


AS_TOLD = "as a settlement tells"
"""The reason of a refund that is recorded because a settlement told of it before more was given."""


def is_refund_sql(transaction_type: str) -> str:
    """SQL: whether a transaction gives money back; a chargeback and a claim that was granted do too."""
    return f"{transaction_type} LIKE '%refund%'"


class Repaid(NamedTuple):
    """What went back for an order line by the books here and by settlements, tax included, in minor units.

    Attributes:
        recorded, recorded_tax: in refunds recorded here, and the tax in them.
        named: in refunds that a settlement tells of this line.
        unnamed: in those it tells of the order alone; they stand on its first line.
        told_tax: the tax that the settlement names apart in both.
        paid, paid_tax: what the line cost, and the tax in it.
        is_tax_included: whether the channel shows prices with the tax in them.
    """

    recorded: int = 0
    recorded_tax: int = 0
    named: int = 0
    unnamed: int = 0
    told_tax: int = 0
    paid: int = 0
    paid_tax: int = 0
    is_tax_included: bool = False


def given_back(lines: Sequence[Repaid]) -> list[tuple[int, int]]:
    """What the buyer of an order got back for each line, and the tax in it.

    A refund of a settlement counts unless one recorded here covers it: of each line the greater of the two. What a
    settlement tells of the order alone is covered by what is recorded of any line and not settled under its name.
    The settlement's tax is what it names apart; where it names none and prices contain the tax, the line's share.
    """
    room = sum(max(0, line.recorded - line.named) for line in lines)
    found = []
    for line in lines:
        beyond = max(0, line.named - line.recorded) + max(0, line.unnamed - room)
        tax = min(beyond, max(0, line.told_tax - line.recorded_tax))
        if line.told_tax == 0 and line.is_tax_included:
            tax = share(beyond, line.paid_tax, line.paid)
        found.append((line.recorded + beyond, line.recorded_tax + tax))
    return found


def beyond_named_sql(named: str, recorded: str) -> str:
    """SQL of what a settlement says went back for a line beyond what is recorded of it."""
    return f"max(0, {named} - {recorded})"


def recorded_only_sql(named: str, recorded: str) -> str:
    """SQL of what is recorded of a line and not settled under its name."""
    return f"max(0, {recorded} - {named})"


def beyond_unnamed_sql(unnamed: str, room: str) -> str:
    """SQL of what a settlement says of an order alone, beyond ``room``: the sum of what is only recorded."""
    return f"max(0, {unnamed} - {room})"


def tax_beyond_sql(beyond: str, told: str, recorded: str, is_included: str, paid_tax: str, paid: str) -> str:
    """SQL of the tax in what a settlement gave back beyond what is recorded, as :func:`given_back` has it."""
    return (
        f"iif({told} = 0 AND {is_included} = 1, {share_sql(beyond, paid_tax, paid)},"
        f" min({beyond}, max(0, {told} - {recorded})))"
    )
