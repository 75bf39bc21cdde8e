"""The schema as SQLAlchemy mappings, one module for each aggregate; no behaviour beyond constraints."""

from ordercli.models import ddl as ddl
from ordercli.models import purchase_ddl as purchase_ddl
from ordercli.models.base import Base
from ordercli.models.fba import FbaLedgerEvent, FbaShipment, FbaShipmentLine, FbaStatement, FbaStatementLine
from ordercli.models.health import (
    Claim,
    ConfirmedOrder,
    Feedback,
    HourlySum,
    Improvement,
    ImprovementEnd,
    PerformanceLine,
    PerformanceStatement,
)
from ordercli.models.message import Answer, Message, MessageEvent, Question
from ordercli.models.operation import Operation
from ordercli.models.order import (
    Cancellation,
    ColumnMap,
    LineText,
    OrderEvent,
    OrderLine,
    OrderLineComponent,
    OrderTag,
    PersonalData,
    ReportedParcel,
    SalesOrder,
)
from ordercli.models.packing import LinePick, Packing, PackingLine, ShipmentLabel
from ordercli.models.product import KitComponent, Listing, Product
from ordercli.models.purchase import (
    PriceBreak,
    Purchase,
    PurchaseCancellation,
    PurchaseLine,
    PurchaseReceipt,
    Supplier,
    SupplierProduct,
)
from ordercli.models.returns import (
    Refund,
    Replacement,
    ReturnAuthorization,
    ReturnEvent,
    ReturnLine,
    ReturnStep,
)
from ordercli.models.settlement import Settlement, SettlementEntry
from ordercli.models.shipment import Shipment, ShipmentComponent, ShipmentEvent, ShipmentFix, ShipmentLine
from ordercli.models.shop import Channel, ImportFile, Location, Setting, Shop
from ordercli.models.stock import (
    CostLayer,
    CountQuestion,
    DailySales,
    LayerUse,
    StockCount,
    StockCountLine,
    StockLevel,
    StockMovement,
)
from ordercli.models.upload import ConfirmationFile, UploadFailure, UploadItem

__all__ = [
    "Answer",
    "Base",
    "Cancellation",
    "Channel",
    "Claim",
    "ColumnMap",
    "ConfirmationFile",
    "ConfirmedOrder",
    "CostLayer",
    "CountQuestion",
    "DailySales",
    "FbaLedgerEvent",
    "FbaShipment",
    "FbaShipmentLine",
    "FbaStatement",
    "FbaStatementLine",
    "Feedback",
    "HourlySum",
    "ImportFile",
    "Improvement",
    "ImprovementEnd",
    "KitComponent",
    "LayerUse",
    "LinePick",
    "LineText",
    "Listing",
    "Location",
    "Message",
    "MessageEvent",
    "Operation",
    "OrderEvent",
    "OrderLine",
    "OrderLineComponent",
    "OrderTag",
    "Packing",
    "PackingLine",
    "PerformanceLine",
    "PerformanceStatement",
    "PersonalData",
    "PriceBreak",
    "Product",
    "Purchase",
    "PurchaseCancellation",
    "PurchaseLine",
    "PurchaseReceipt",
    "Question",
    "Refund",
    "Replacement",
    "ReportedParcel",
    "ReturnAuthorization",
    "ReturnEvent",
    "ReturnLine",
    "ReturnStep",
    "SalesOrder",
    "Setting",
    "Settlement",
    "SettlementEntry",
    "Shipment",
    "ShipmentComponent",
    "ShipmentEvent",
    "ShipmentFix",
    "ShipmentLabel",
    "ShipmentLine",
    "Shop",
    "StockCount",
    "StockCountLine",
    "StockLevel",
    "StockMovement",
    "Supplier",
    "SupplierProduct",
    "UploadFailure",
    "UploadItem",
]
