"""The channels: where orders come from, and what is set for each."""

from ordercli.domain.report import Column, Report
from ordercli.naming import CHANNELS, one_channel
from ordercli.queries.reader import Reader

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


def require_channel(reader: Reader, name: str) -> None:
    """Raise NotFound, with the nearest name, unless the channel exists."""
    one_channel(name, channel_names(reader))
