"""What triggers ask to know whether the writer of new rows keeps their sums itself."""

ROW_BY_ROW = "NOT EXISTS (SELECT 1 FROM bulk_write)"
"""SQL of whether triggers keep the sums, and the past, of a new row: not if its writer does it by the set."""

WRITTEN_SO = frozenset({"order_line", "shipment_line"})
"""Tables with rows of other rows that are written by the set: those of orders that are new in the same command."""
