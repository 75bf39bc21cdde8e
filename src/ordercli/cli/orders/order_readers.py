"""How each file of ``order import`` is read: by a map, a layout of ours, or one of a package."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from ordercli.errors import Refused

if TYPE_CHECKING:
    from ordercli.cli.extensions import PluggedLayout
    from ordercli.cli.orders.order_import import Wish
    from ordercli.driver import Driver
    from ordercli.formats.orders.layout import OrderLayout
    from ordercli.formats.orders.mapped import ColumnMapping
    from ordercli.formats.source import Source


def saved_mapping(name: str, text: str, *, is_book: bool) -> "ColumnMapping":
    """A saved map, for a file of its kind.

    Raises:
        Refused: if it was damaged, or is of the other kind: single files, or whole spreadsheets.
    """
    from ordercli.formats.orders.mapped import mapping_from_json

    mapping = mapping_from_json(text)
    if mapping.is_book != is_book:
        what, command = ("single files", "order") if is_book else ("whole spreadsheets", "workbook")
        raise Refused(f"{name} is a map of {what}; use it with: ordercli {command} import --layout {name}")
    return mapping


def recognised(source: "Source") -> "OrderLayout | PluggedLayout":
    """What a file is by its header: a layout of ours, or else of a package that extends ordercli.

    Raises:
        Refused: if it is none.
    """
    from ordercli.formats.orders.order_layouts import layout_of

    try:
        return layout_of(source.name, source.header)
    except Refused:
        from ordercli.cli.extensions import plugged_layout_of

        if (plugged := plugged_layout_of(source.header)) is None:
            raise
        return plugged


def plugged_mapping(name: str) -> "ColumnMapping | None":
    """The map of a package's layout; None if there is none of that name."""
    from ordercli.cli.extensions import plugged_layouts

    plugged = plugged_layouts().get(name)
    return None if plugged is None else plugged.mapping


def layouts_of(
    ctx: typer.Context, driver: "Driver", sources: "Sequence[Source]", wish: "Wish"
) -> "list[OrderLayout]":
    """The layout of each file: the map given, a saved one by name, or what its header says."""
    from ordercli.formats.orders.order_layouts import LAYOUTS, layout_of
    from ordercli.queries.orders.column_maps import saved_maps

    if wish.mapping is not None:
        return [_mapped(ctx, source, "mapped", wish.mapping, wish.day_first) for source in sources]
    if wish.is_recognised:
        return [_layout(ctx, source, wish) for source in sources]
    maps = saved_maps(driver)
    is_ours = any(layout.name == wish.layout for layout in LAYOUTS)
    kept = maps.get(wish.layout)
    mapping = None if is_ours else plugged_mapping(wish.layout)
    if kept is not None:
        mapping = saved_mapping(wish.layout, kept, is_book=False)
    if mapping is not None:
        return [_mapped(ctx, source, wish.layout, mapping, wish.day_first) for source in sources]
    return [layout_of(source.name, source.header, wish.layout, saved=tuple(maps)) for source in sources]


def _layout(ctx: typer.Context, source: "Source", wish: "Wish") -> "OrderLayout":
    """The layout of a file that is known by its header."""
    from ordercli.formats.orders.layout import OrderLayout

    found = recognised(source)
    if isinstance(found, OrderLayout):
        return found
    return _mapped(ctx, source, found.layout.name, found.mapping, wish.day_first)


def _mapped(
    ctx: typer.Context, source: "Source", name: str, mapping: "ColumnMapping", day_first: bool | None
) -> "OrderLayout":
    """The layout of a file read by a map, with the order of its dates."""
    from ordercli.cli.intake import learned_style
    from ordercli.formats.orders.mapped import mapped_layout
    from ordercli.formats.orders.order_layouts import layout_of
    from ordercli.formats.styles import Habits

    layout_of(source.name, source.header, fixed=mapped_layout(name, mapping))
    habits = Habits(mapping.day_first if day_first is None else day_first)
    style = learned_style(ctx, source, mapping.kinds, habits)
    return mapped_layout(name, mapping, style.day_first(source.header))
