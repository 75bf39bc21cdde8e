"""Dated settings: what holds, since when, and who says so."""

from collections.abc import Sequence

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
from ordercli.naming import no_setting
from ordercli.queries.channels import channel_names
from ordercli.queries.lookup import require_sku
from ordercli.queries.reader import Reader

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


def setting_today(reader: Reader, name: str) -> str:
    """Value of a setting today.

    Raises:
        NotFound: naming the nearest settings, if there is none of that name.
    """
    channels = channel_names(reader)
    if rule_of(name, channels) is None:
        raise no_setting(name, names_to_mean(channels))
    if (product := product_setting(name)) is not None:
        require_sku(reader, product[0])
    return reader.setting(name)
