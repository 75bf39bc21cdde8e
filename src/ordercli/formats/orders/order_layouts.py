"""The registry of order files: which one a header is.

Columns are found by name, never by place; unknown ones are ignored, missing required ones are named. A new
layout is one module and one entry in :data:`LAYOUTS`; docs/formats/orders.md says what each column means here.

Source: Amazon's "Order Reports" and "Order Tracking Reports" attribute pages and downloads of 2025.
"""

from collections.abc import Sequence

from ordercli.errors import Refused, UsageProblem
from ordercli.formats.file_kinds import refuse_other
from ordercli.formats.orders import amazon_orders, order_csv
from ordercli.formats.orders.layout import OrderLayout

LAYOUTS: tuple[OrderLayout, ...] = (*amazon_orders.LAYOUTS, order_csv.LAYOUT)


def layout_of(
    name: str,
    header: tuple[str, ...],
    wanted: str = "auto",
    *,
    fixed: OrderLayout | None = None,
    saved: Sequence[str] = (),
) -> OrderLayout:
    """The layout of a file with this header.

    Args:
        name: the file, for messages.
        header: its trimmed column names.
        wanted: a layout's name, or ``auto`` to recognise it.
        fixed: a layout that is used whatever the header; its columns must be there.
        saved: names of saved maps, for messages.

    Raises:
        Refused: if none fits, or columns are missing.
        UsageProblem: if there is no layout of the wanted name.
    """
    columns = set(header)
    if fixed is not None:
        layout = fixed
    elif wanted == "auto":
        layout = _recognised(name, header)
    else:
        found = next((known for known in LAYOUTS if known.name == wanted), None)
        if found is None:
            names = ", ".join([*(known.name for known in LAYOUTS), *saved])
            raise UsageProblem(f"There is no layout {wanted!r}; there are auto, {names}.")
        layout = found
    missing = [column for column in layout.required if column not in columns]
    if missing:
        raise Refused(f"{name} lacks the column {', '.join(missing)}, which {layout.title} must have.")
    return layout


def _recognised(name: str, header: tuple[str, ...]) -> OrderLayout:
    columns = set(header)
    for layout in LAYOUTS:
        if layout.marks <= columns and not layout.strangers & columns:
            return layout
    refuse_other(name, header, "order import")
    seen = ", ".join(header[:6]) or "nothing"
    known = ", ".join(layout.title for layout in LAYOUTS)
    raise Refused(
        f"{name} is no order file known here (its columns: {seen}); known are {known}. "
        "Any other is read with --map COL=FIELD."
    )
