"""Units that have left although the channel has canceled them: a shipment to stop."""

UNITS_LEFT = "({line}.channel_canceled - {line}.quantity_canceled)"
"""Units of an order line that left although they are canceled, as SQL; the same as :func:`units_left`."""

LINE_LEFT_CANCELED = "{line}.channel_canceled > {line}.quantity_canceled"
"""Whether a line has such units; the condition of the index ``ix_order_line_left_canceled``."""

SHIPMENT_LEFT_CANCELED = (
    "EXISTS (SELECT 1 FROM shipment_line i JOIN order_line x ON x.id = i.order_line_id"
    " WHERE i.shipment_id = {shipment}.id AND " + LINE_LEFT_CANCELED.format(line="x") + ")"
)
"""Whether a shipment holds such units; it is not confirmed."""


def units_left(channel_canceled: int, quantity_canceled: int) -> int:
    """Units of a line that the channel has canceled and that could not be canceled here, since they have left."""
    return max(0, channel_canceled - quantity_canceled)
