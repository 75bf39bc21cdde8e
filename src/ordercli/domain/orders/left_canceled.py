"""Units that have left although the channel has canceled them: a shipment to stop."""

UNITS_LEFT = "({line}.channel_canceled - {line}.quantity_canceled)"
"""Units of an order line that left although they are canceled, as SQL, of lines that have some."""

LINE_LEFT_CANCELED = "{line}.channel_canceled > {line}.quantity_canceled"
"""Whether a line has such units; the condition of the index ``ix_order_line_left_canceled``."""

SHIPMENT_LEFT_CANCELED = (
    "EXISTS (SELECT 1 FROM shipment_line i JOIN order_line x ON x.id = i.order_line_id"
    " WHERE i.shipment_id = {shipment}.id AND " + LINE_LEFT_CANCELED.format(line="x") + ")"
)
"""Whether a shipment holds such units; it is not confirmed."""
