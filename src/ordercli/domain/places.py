"""The places units can be, which every room speaks of."""

HOME = "HOME"
QUARANTINE = "QUARANTINE"
DAMAGED = "DAMAGED"
FBA = "FBA"
FBA_INBOUND = "FBA-INBOUND"
FBA_RECEIVING = "FBA-RECEIVING"
FBA_UNSELLABLE = "FBA-UNSELLABLE"
SUPPLIER = "SUPPLIER"
CUSTOMER = "CUSTOMER"
LOSS = "LOSS"

LOCATIONS = {
    HOME: "sellable",
    QUARANTINE: "quarantine",
    DAMAGED: "damaged",
    FBA: "fba",
    FBA_INBOUND: "fba_inbound",
    FBA_RECEIVING: "fba_inbound",
    FBA_UNSELLABLE: "fba_unsellable",
    SUPPLIER: "outside",
    CUSTOMER: "outside",
    LOSS: "outside",
}
"""Every place units can be, and its kind; the outside holds no stock."""
