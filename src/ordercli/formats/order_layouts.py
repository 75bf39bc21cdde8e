"""The registry of order files: which one a header is.

Columns are found by name, never by place; unknown ones are ignored, missing required ones are named. A new
layout is one module and one entry in :data:`LAYOUTS`; docs/formats.md says what each column means here.

Source: Amazon's "Order Reports" and "Order Tracking Reports" attribute pages and downloads of 2025.
"""

from ordercli.errors import Refused, UsageProblem
from ordercli.formats import amazon_orders, order_csv
from ordercli.formats.layout import OrderLayout

LAYOUTS: tuple[OrderLayout, ...] = (*amazon_orders.LAYOUTS, order_csv.LAYOUT)


def layout_of(name: str, header: tuple[str, ...], wanted: str = "auto") -> OrderLayout:
    """The layout of a file with this header.

    Args:
        name: the file, for messages.
        header: its trimmed column names.
        wanted: a layout's name, or ``auto`` to recognise it.

    Raises:
        Refused: if none fits, or columns are missing.
        UsageProblem: if there is no layout of the wanted name.
    """
    columns = set(header)
    if wanted == "auto":
        layout = next(
            (known for known in LAYOUTS if known.marks <= columns and not known.strangers & columns), None
        )
        if layout is None:
            seen = ", ".join(header[:6]) or "nothing"
            known = ", ".join(layout.title for layout in LAYOUTS)
            raise Refused(f"{name} is no order file known here (its columns: {seen}); known are {known}.")
    else:
        layout = next((known for known in LAYOUTS if known.name == wanted), None)
        if layout is None:
            names = ", ".join(layout.name for layout in LAYOUTS)
            raise UsageProblem(f"There is no layout {wanted!r}; there are auto, {names}.")
    missing = [column for column in layout.required if column not in columns]
    if missing:
        raise Refused(f"{name} lacks the column {', '.join(missing)}, which {layout.title} must have.")
    return layout
