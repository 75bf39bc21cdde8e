"""The plain lists: products, settings, channels, places, operations."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from ordercli.domain.report import Column, Report
from ordercli.domain.settings import (
    BEGINNING,
    OLDEST_FIRST,
    SettingRule,
    names_to_mean,
    product_setting,
    rule_of,
    setting_names,
    value_sql,
)
from ordercli.errors import unknown
from ordercli.naming import CHANNELS, one_channel
from ordercli.queries.columns import Selected
from ordercli.queries.lookup import require_sku
from ordercli.queries.own_fields import OwnFilter, behind, own_bound, own_columns, own_where
from ordercli.queries.reader import Reader

RECIPE = """(SELECT group_concat(part || ':' || units, ';') FROM (
    SELECT c.sku AS part, k.quantity AS units FROM kit_component k JOIN product c ON c.id = k.component_id
    WHERE k.kit_id = p.id AND k.quantity > 0 ORDER BY c.sku))"""
"""What product ``p`` is made of, as ``SKU:QTY;SKU:QTY``; NULL if it is no kit."""

PRODUCT_COLUMNS = Selected(
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name"), "p.name"),
    (Column("unit_price", "money"), "p.unit_price_minor"),
    (Column("unit_cost", "money"), "p.unit_cost_minor"),
    (Column("reorder_point", "whole"), "p.reorder_point"),
    (Column("cover_days", "whole", in_table=False), "p.cover_days"),
    (Column("supplier", importance="spare"), "(SELECT name FROM supplier WHERE id = p.supplier_id)"),
    (Column("lead_time_days", "whole", "lead days", importance="spare"), "p.lead_time_days"),
    (Column("weight_grams", "whole", "grams", importance="spare"), "p.weight_grams"),
    (Column("bin", importance="spare"), "p.bin"),
    (Column("asin", "key", "ASIN", importance="spare"), "p.asin"),
    (Column("currency", "word", in_table=False), ":currency"),
    (Column("barcode", "key", in_table=False), "p.barcode"),
    (Column("case_pack", "whole", in_table=False), "p.case_pack"),
    (Column("retired_on", "day", in_table=False), "p.retired_on"),
    (Column("components", in_table=False), RECIPE),
    (Column("packaging", in_table=False), "p.packaging"),
    (Column("packaging_cost", "money", in_table=False), "p.packaging_cost_minor"),
    (Column("service_level", "word", in_table=False), "p.service_level"),
)

PRODUCTS = f"""
SELECT {PRODUCT_COLUMNS.sql}{{own}}
FROM product p WHERE (:sku IS NULL OR p.sku = :sku){{kept}} ORDER BY p.sku"""


def list_products(reader: Reader, sku: str | None = None, wanted: OwnFilter = ()) -> Report:
    """Every product, one, or those with some values of own fields; also the layout of ``product export``."""
    own = own_columns(reader, "product", "p.id")
    kept = f" AND {own_where(wanted, 'product', 'p.id')}" if wanted else ""
    rows = reader.rows(PRODUCTS.format(own=behind(own), kept=kept), {"sku": sku, **own_bound(wanted)})
    return Report((*PRODUCT_COLUMNS, *own), rows, "No products.")


SETTING_COLUMNS = (
    Column("name", "word"),
    Column("value"),
    Column("source", "word"),
    Column("valid_from", "day", "valid from", is_seldom=True),
    Column("is_effective", "flag", "holds", in_table=False),
    Column("meaning", "word"),
)

_SETTING_ROWS = f"SELECT value, valid_from FROM setting WHERE name = :name ORDER BY {OLDEST_FIRST}"


PRODUCT_SETTINGS = "SELECT DISTINCT name FROM setting WHERE name >= 'product.' AND name < 'product/' ORDER BY name"


SettingRow = tuple[str, str, str, str | None, int, str]
"""As :data:`SETTING_COLUMNS`."""


def list_settings(reader: Reader, before: Sequence[SettingRow] = ()) -> Report:
    """Every dated setting with all its values; one without any shows its default.

    Args:
        reader: where from.
        before: rows of other settings, to stand before these.
    """
    channels = channel_names(reader)
    rows = list(before)
    for name in [*setting_names(channels), *(name for (name,) in reader.rows(PRODUCT_SETTINGS))]:
        if (rule := rule_of(name, channels)) is not None:
            rows += _dated_rows(reader, name, rule)
    return Report(SETTING_COLUMNS, rows, "No such setting.")


def _dated_rows(reader: Reader, name: str, rule: SettingRule) -> list[SettingRow]:
    dated = reader.rows(_SETTING_ROWS, {"name": name}).fetchall()
    holding = max((place for place, row in enumerate(dated) if row[1] <= reader.today), default=None)
    rows = [
        _setting_row(name, rule, value, valid_from, is_effective=place == holding)
        for place, (value, valid_from) in enumerate(dated)
    ]
    return rows if holding is not None else [_setting_row(name, rule, None, BEGINNING, is_effective=True), *rows]


def _setting_row(
    name: str, rule: SettingRule, value: str | None, valid_from: str, *, is_effective: bool
) -> SettingRow:
    source = "default" if value is None else "database"
    since = None if valid_from == BEGINNING else valid_from
    return name, rule.default if value is None else value, source, since, int(is_effective), rule.meaning


def setting_source(reader: Reader, name: str) -> str:
    """Where the value of a dated setting comes from today: ``database`` or ``default``."""
    (value,) = reader.rows(f"SELECT {value_sql(':name', ':today')}", {"name": name}).fetchone()
    return "default" if value is None else "database"


CHANNEL_COLUMNS = (
    Column("channel", "word"),
    Column("time_zone", "word"),
    Column("confirmation", "word"),
    Column("currency", "word"),
    Column("handling_days", "word", "handling"),
    Column("cutoff", "word", importance="spare"),
    Column("holidays", "word", in_table=False),
    Column("work_days", "word", in_table=False),
    Column("fee_profile", "word", "fees", importance="spare"),
    Column("message_policy", "word", "messages", importance="spare"),
)


def list_channels(reader: Reader) -> Report:
    """Every channel with its settings of today; zone and currency are the shop's where it has none."""
    shops = {"time_zone": reader.time_zone, "currency": reader.currency}
    rows = [
        (name, *(reader.setting(f"channel.{name}.{c.name}") or shops.get(c.name) for c in CHANNEL_COLUMNS[1:]))
        for name in channel_names(reader)
    ]
    return Report(CHANNEL_COLUMNS, rows, "No channels.")


def channel_names(reader: Reader) -> list[str]:
    """All channels, alphabetically."""
    return [name for (name,) in reader.rows(CHANNELS)]


LOCATION_COLUMNS = Selected(
    (Column("location", "word"), "l.code"),
    (Column("kind", "word"), "l.kind"),
    (Column("name"), "l.name"),
    (
        Column("products", "whole"),
        "iif(l.kind = 'outside', NULL, count(s.product_id) FILTER (WHERE s.quantity > 0))",
    ),
    (Column("units", "whole"), "iif(l.kind = 'outside', NULL, coalesce(sum(s.quantity), 0))"),
    (Column("closed_on", "day", "closed"), "l.closed_on"),
)

LOCATIONS = f"""
SELECT {LOCATION_COLUMNS.sql}
FROM location l LEFT JOIN stock_level s ON s.location = l.code
GROUP BY l.code ORDER BY l.kind = 'outside', l.kind <> 'sellable', l.kind, l.code"""


def list_locations(reader: Reader) -> Report:
    """Every place, with how many products and units are there; the outside holds none."""
    return Report(LOCATION_COLUMNS, reader.rows(LOCATIONS), "No places.")


def require_channel(reader: Reader, name: str) -> None:
    """Raise NotFound, with the nearest name, unless the channel exists."""
    one_channel(name, channel_names(reader))


def setting_today(reader: Reader, name: str) -> str:
    """Value of a setting today.

    Raises:
        NotFound: naming the nearest settings, if there is none of that name.
    """
    channels = channel_names(reader)
    if rule_of(name, channels) is None:
        raise unknown("setting", name, names_to_mean(channels))
    if (product := product_setting(name)) is not None:
        require_sku(reader, product[0])
    return reader.setting(name)


INFO_COLUMNS = (Column("item", "word"), Column("value"))


def database_info(reader: Reader, path: Path) -> Report:
    """Facts about the file, its settings, and rows of the tables a seller knows."""
    pragmas = ("journal_mode", "page_size", "page_count")
    rows: list[tuple[str, str]] = [
        ("file", str(path.absolute())),
        ("bytes", str(path.stat().st_size)),
        ("schema", str(reader.rows("SELECT version_num FROM alembic_version").fetchone()[0])),
        ("sqlite", sqlite3.sqlite_version),
        ("time_zone", reader.time_zone),
        ("currency", reader.currency),
        *((name, str(reader.rows(f"PRAGMA {name}").fetchone()[0])) for name in pragmas),
    ]
    for name, table in _COUNTED.items():
        rows.append((name, str(reader.rows(f"SELECT count(*) FROM {table}").fetchone()[0])))
    return Report(INFO_COLUMNS, rows, "Nothing.")


_COUNTED = {
    "products": "product",
    "orders": "sales_order",
    "order_lines": "order_line",
    "stock_movements": "stock_movement",
    "shipments": "shipment",
    "operations": "operation",
}


LAST_OPERATION = "SELECT coalesce(max(id), 0) FROM operation"


def last_operation(reader: Reader) -> int:
    """The number of the last operation; 0 if there is none."""
    return int(reader.rows(LAST_OPERATION).fetchone()[0])


LACKING = """
SELECT NOT EXISTS (SELECT 1 FROM product), NOT EXISTS (SELECT 1 FROM stock_movement),
  NOT EXISTS (SELECT 1 FROM sales_order)"""


def lacking(reader: Reader) -> set[str]:
    """What a shop has nothing of yet, of ``products``, ``stock`` and ``orders``."""
    return {
        name
        for name, lacks in zip(("products", "stock", "orders"), reader.rows(LACKING).fetchone(), strict=True)
        if lacks
    }
