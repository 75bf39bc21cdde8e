"""The schema as SQLAlchemy mappings, one module for each aggregate; no behaviour beyond constraints."""

from ordercli.models import ddl as ddl
from ordercli.models.base import Base
from ordercli.models.health import Claim, Feedback
from ordercli.models.operation import Operation
from ordercli.models.order import Cancellation, OrderEvent, OrderLine, PersonalData, SalesOrder
from ordercli.models.product import Product
from ordercli.models.purchase import Purchase
from ordercli.models.returns import Refund, ReturnAuthorization, ReturnEvent, ReturnLine
from ordercli.models.shipment import Shipment, ShipmentLine
from ordercli.models.shop import Channel, ConfirmationFile, ImportFile, Location, Setting, Shop
from ordercli.models.stock import CostLayer, DailySales, LayerUse, StockLevel, StockMovement

__all__ = [
    "Base",
    "Cancellation",
    "Channel",
    "Claim",
    "ConfirmationFile",
    "CostLayer",
    "DailySales",
    "Feedback",
    "ImportFile",
    "LayerUse",
    "Location",
    "Operation",
    "OrderEvent",
    "OrderLine",
    "PersonalData",
    "Product",
    "Purchase",
    "Refund",
    "ReturnAuthorization",
    "ReturnEvent",
    "ReturnLine",
    "SalesOrder",
    "Setting",
    "Shipment",
    "ShipmentLine",
    "Shop",
    "StockLevel",
    "StockMovement",
]
