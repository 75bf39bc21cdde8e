"""The ship-by that a channel's dated handling time gives, fast enough to ask for every imported order."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from sqlalchemy import Connection, text

from ordercli.domain.orders.handling import HandlingRules, ship_by_of_day
from ordercli.domain.settings import CHANNEL_RULES, OLDEST_FIRST, value_on
from ordercli.domain.times import start_of_day, zone_of

PromiseRule = Callable[[str, str], str | None]
ChannelSettings = dict[str, dict[str, list[tuple[str, str | None]]]]
"""Of each channel, of each of its settings: its (valid from, value), the one that holds last."""


def promise_function(dated: ChannelSettings, shop_zone: str) -> PromiseRule:
    """A function of (channel, instant of the order) that gives the computed ship-by, or None.

    None means that the channel had no handling time on the order's day in its zone. What a day gives is
    remembered, so that most calls are one lookup.

    Args:
        dated: what :func:`dated_settings` gives.
        shop_zone: the shop's, for channels that have none.
    """

    @cache
    def changes_of(channel: str) -> list[str]:
        return sorted({since for told in dated.get(channel, {}).values() for since, _ in told})

    @cache
    def rules_since(channel: str, change: str) -> HandlingRules | None:
        return handling_rules(dated.get(channel, {}), shop_zone, change)

    def rules_on(channel: str, day: str) -> HandlingRules | None:
        changes = changes_of(channel)
        place = bisect_right(changes, day)
        return rules_since(channel, changes[place - 1] if place else "")

    @cache
    def steps_of(channel: str, utc_day: str) -> tuple[list[str], list[str | None]]:
        """Instants of a UTC day from which on a ship-by holds, and these."""
        rules = rules_on(channel, utc_day)
        zone = rules.zone if rules is not None else shop_zone
        steps = [step for days in (-1, 0, 1) for step in steps_of_local(channel, _plus(utc_day, days), zone)]
        return [start for start, _ in steps], [ship_by for _, ship_by in steps]

    @cache  # three UTC days ask for each
    def steps_of_local(channel: str, day: str, zone: str) -> list[tuple[str, str | None]]:
        rules = rules_on(channel, day)
        if rules is None:
            return [(start_of_day(day, zone), None)]
        steps: list[tuple[str, str | None]] = [(start_of_day(day, zone), ship_by_of(day, rules))]
        if rules.cutoff:
            steps.append((_cutoff(day, rules), ship_by_of(_plus(day, 1), rules)))
        return steps

    @cache
    def ship_by_of(day: str, rules: HandlingRules) -> str | None:
        return ship_by_of_day(date.fromisoformat(day), rules)

    def promise(channel: str, ordered_at: str) -> str | None:
        starts, promises = steps_of(channel, ordered_at[:10])
        return promises[max(bisect_right(starts, ordered_at) - 1, 0)]

    return promise


def handling_rules(
    dated: dict[str, list[tuple[str, str | None]]], shop_zone: str, day: str
) -> HandlingRules | None:
    """A channel's rules on a day, or None if it has no handling time then.

    Args:
        dated: of each setting of the channel its (valid from, value), the one that holds last.
        shop_zone: zone of a channel without one.
        day: of the order, in the channel's zone.
    """
    value = {
        rule.name: rule.default if (told := value_on(dated.get(rule.name, ()), day)) is None else told
        for rule in CHANNEL_RULES
    }
    if not value["handling_days"]:
        return None
    return HandlingRules(
        value["time_zone"] or shop_zone,
        int(value["handling_days"]),
        value["cutoff"],
        frozenset(value["holidays"].split(",")) - {""},
        frozenset(value["work_days"].split(",")),
    )


def dated_settings(connection: Connection) -> ChannelSettings:
    """The settings of all channels."""
    found: ChannelSettings = {}
    rows = connection.execute(
        text(f"SELECT name, valid_from, value FROM setting WHERE name LIKE 'channel.%' ORDER BY {OLDEST_FIRST}")
    )
    for name, valid_from, value in rows:
        _, channel, key = name.split(".", 2)
        found.setdefault(channel, {}).setdefault(key, []).append((valid_from, value))
    return found


def _plus(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _cutoff(day: str, rules: HandlingRules) -> str:
    """The first instant of a day at which its clock shows the cut-off or later."""
    wall = datetime.combine(date.fromisoformat(day), time.fromisoformat(rules.cutoff), zone_of(rules.zone))
    return wall.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
