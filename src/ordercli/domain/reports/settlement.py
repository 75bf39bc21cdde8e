"""What the codes of a settlement mean.

Amazon publishes no list of them. The pairs below were seen in real reports (docs/formats.md); every other pair
is kept as it is and adds up under ``other``. The type belongs to the key: ``Shipping`` is income as an ItemPrice
and a fee as a Shipment-Fee.
"""

from typing import NamedTuple

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


def codes_of(kind: str) -> list[tuple[str, str]]:
    """The pairs of codes that mean ``kind``."""
    return [codes for codes, meaning in KINDS.items() if meaning == kind]
