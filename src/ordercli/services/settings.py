"""Reading and setting the dated settings, the shop's facts and the channels."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from ordercli.domain.fields import FieldError
from ordercli.domain.settings import BEGINNING, names_to_mean, product_setting, rule_of, value_sql
from ordercli.domain.shop_facts import fault_of_shop
from ordercli.errors import DatabaseProblem, Refused, UsageProblem, wrong_content
from ordercli.naming import CHANNELS, no_setting, one_channel
from ordercli.services.lookup import no_such_product

_VALUE = text(f"SELECT {value_sql(':name', ':day')}")


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """Zone and currency chosen at ``init``."""

    time_zone: str
    currency: str


def get_shop(connection: Connection) -> ShopFacts:
    """The shop of this database.

    Raises:
        DatabaseProblem: if ``init`` has not made it yet, or its zone or currency is none.
    """
    row = connection.execute(text("SELECT time_zone, currency FROM shop")).one_or_none()
    if row is None:
        raise DatabaseProblem("This database has no shop yet; make it with: ordercli init")
    if fault := fault_of_shop(row.time_zone, row.currency):
        raise wrong_content(fault)
    return ShopFacts(row.time_zone, row.currency)


def channel_names(connection: Connection) -> list[str]:
    """All channels, alphabetically."""
    return list(connection.execute(text(CHANNELS)).scalars())


def require_channel(connection: Connection, name: str) -> None:
    """Raise NotFound, with the nearest name, unless the channel exists."""
    one_channel(name, channel_names(connection))


def setting_on(connection: Connection, name: str, day: str) -> str:
    """Value of a setting on a day.

    Raises:
        NotFound: if there is no such setting.
    """
    channels = channel_names(connection)
    rule = rule_of(name, channels)
    if rule is None:
        raise no_setting(name, names_to_mean(channels))
    value = connection.execute(_VALUE, {"name": name, "day": day}).scalar()
    return rule.default if value is None else str(value)


def channel_zone(connection: Connection, channel: str, day: str) -> str:
    """The zone a channel counts its days in; the shop's where the channel has none."""
    return setting_on(connection, f"channel.{channel}.time_zone", day) or get_shop(connection).time_zone


def channel_currency(connection: Connection, channel: str, day: str) -> str:
    """Currency of a channel's orders that tell none; the shop's where the channel has none."""
    return setting_on(connection, f"channel.{channel}.currency", day) or get_shop(connection).currency


def confirms_by_upload(connection: Connection, channel: str, day: str) -> bool:
    """Whether a channel has its own book of orders, which is told of shipments, refunds and the like by files.

    Its shipments count as confirmed when they go out in one; those of others when they are recorded.
    """
    return setting_on(connection, f"channel.{channel}.confirmation", day) == "upload"


def set_setting(
    connection: Connection, operation: int, name: str, value: str, valid_from: str = BEGINNING
) -> bool:
    """Add a dated row, unless that value holds on that day already.

    Returns:
        Whether a row was added.

    Raises:
        NotFound: if there is no such setting.
        UsageProblem: if the value does not fit it.
    """
    before = setting_on(connection, name, valid_from)
    if (product := product_setting(name)) is not None:
        _require_product(connection, product[0])
    rule = rule_of(name, channel_names(connection))
    if rule is None:  # setting_on has raised already
        return False
    try:
        normal = rule.normalize(value)
    except FieldError as error:
        raise UsageProblem(f"Setting {name}: {error}.") from error
    if normal == before:
        return False
    connection.execute(
        text(
            "INSERT INTO setting (name, valid_from, value, operation_id)"
            " VALUES (:name, :valid_from, :value, :operation)"
        ),
        {"name": name, "valid_from": valid_from, "value": normal, "operation": operation},
    )
    return True


def unset_setting(connection: Connection, operation: int, name: str, valid_from: str) -> bool:
    """Let a setting have its default from a day on, unless it has no value of its own then.

    Returns:
        Whether a row was added.

    Raises:
        NotFound: if there is no such setting.
    """
    setting_on(connection, name, valid_from)
    if connection.execute(_VALUE, {"name": name, "day": valid_from}).scalar() is None:
        return False
    connection.execute(
        text("INSERT INTO setting (name, valid_from, operation_id) VALUES (:name, :valid_from, :operation)"),
        {"name": name, "valid_from": valid_from, "operation": operation},
    )
    return True


def _require_product(connection: Connection, sku: str) -> None:
    """Raise NotFound unless the product exists."""
    if connection.execute(text("SELECT 1 FROM product WHERE sku = :sku"), {"sku": sku}).scalar() is None:
        raise no_such_product(connection, sku)


def add_channel(connection: Connection, operation: int, name: str, settings: dict[str, str]) -> bool:
    """Make a channel and set what differs from the defaults.

    Returns:
        Whether it is new.

    Raises:
        Refused: if it exists; change it with ``config set`` then.
    """
    if name in channel_names(connection):
        different = [
            key
            for key, value in settings.items()
            if setting_on(connection, f"channel.{name}.{key}", "9999-12-31") != value
        ]
        if different:
            raise Refused(
                f"Channel {name} exists with another {different[0]}; change it with: "
                f"ordercli config set channel.{name}.{different[0]} VALUE"
            )
        return False
    connection.execute(
        text("INSERT INTO channel (name, operation_id) VALUES (:name, :operation)"),
        {"name": name, "operation": operation},
    )
    for key, value in settings.items():
        set_setting(connection, operation, f"channel.{name}.{key}", value)
    return True
