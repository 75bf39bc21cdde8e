"""How many of each listing can be sold, as a plain CSV for channels without a file of their own."""

import io
from collections.abc import Iterable

from ordercli.csv_out import csv_writer
from ordercli.domain.text import guard_formula

HEADER = ("channel_sku", "quantity")


def write_quantities(rows: Iterable[tuple[str, int]], *, raw: bool) -> bytes:
    """The file's bytes from (SKU, quantity) pairs; SKUs that look like formulas are guarded unless ``raw``."""
    out = io.StringIO()
    writer = csv_writer(out)
    writer.writerow(HEADER)
    writer.writerows((sku if raw else guard_formula(sku), quantity) for sku, quantity in rows)
    return out.getvalue().encode()
