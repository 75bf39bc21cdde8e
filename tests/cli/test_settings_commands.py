"""``config`` and ``channel``: settings that change numbers, dated, so that the past keeps its own."""

from pathlib import Path

import pytest

from cli.steps import content, done, listed
from conftest import Run
from ordercli.queries.reader import reading


def value(run: Run, name: str, now: str | None = None) -> str:
    """What ``config get`` prints."""
    return done(run("config", "get", name, now=now)).stdout


def test_a_setting_has_its_default_until_it_is_set(run: Run) -> None:
    assert value(run, "reorder_point") == "0\n"
    assert value(run, "channel.amazon.time_zone") == "America/Los_Angeles\n"
    assert value(run, "channel.amazon.confirmation") == "upload\n"
    assert value(run, "channel.shop.confirmation") == "ship\n"


def test_settings_asked_together_are_what_each_is_alone(run: Run, database: Path) -> None:
    names = ("cover_days", "reorder_point", "service_level.a", "channel.amazon.time_zone", "reorder_point")
    for number, day in (("7", "2026-03-10"), ("5", "2026-02-01"), ("9", "2026-04-01")):
        done(run("config", "set", "reorder_point", number, "--from", day))

    with reading(database, now="2026-03-16T13:00:00Z", wait_seconds=5) as reader:
        assert reader.settings(*names) == [reader.setting(name) for name in names]
        assert reader.settings(*names)[1::3] == ["7", "7"]


def test_a_setting_holds_from_its_day_on_in_the_shops_zone(run: Run) -> None:
    ran = done(run("config", "set", "reorder_point", "5", "--from", "2026-04-01"))

    assert ran.stderr == "Set reorder_point to 5 from 2026-04-01 (operation 2).\n"
    assert value(run, "reorder_point") == "0\n"
    assert value(run, "reorder_point", now="2026-03-31T23:59:59-04:00") == "0\n"
    assert value(run, "reorder_point", now="2026-04-01T00:00:00-04:00") == "5\n"


def test_the_latest_of_several_dated_values_holds_whenever_they_were_set(run: Run) -> None:
    for number, day in (("7", "2026-03-10"), ("5", "2026-02-01"), ("6", "2026-03-10")):
        done(run("config", "set", "reorder_point", number, "--from", day))

    rows = [row for row in listed(run, "config", "list") if row["name"] == "reorder_point"]
    assert value(run, "reorder_point") == "6\n"
    assert (rows[0]["value"], rows[0]["valid_from"]) == ("5", "2026-02-01")
    assert value(run, "reorder_point", now="2026-02-20T12:00:00Z") == "5\n"


def test_without_a_day_a_setting_holds_from_today(run: Run) -> None:
    done(run("config", "set", "reorder_point", "5"))

    (row,) = (row for row in listed(run, "config", "list") if row["name"] == "reorder_point")
    assert (row["value"], row["valid_from"]) == ("5", "2026-03-16")


def test_a_value_that_holds_already_changes_nothing(run: Run, database: Path) -> None:
    done(run("config", "set", "reorder_point", "5"))
    before = content(database)

    ran = done(run("config", "set", "reorder_point", "5"))

    assert ran.stderr.startswith("Unchanged: reorder_point is 5 on 2026-03-16 already")
    assert content(database) == before


NO_SETTINGS = {
    "nosuch": "There is no setting 'nosuch'; see: ordercli config list\n",
    "currency": "There is no setting 'currency': ordercli init chose the shop's currency for good.\n",
    "time_zone": "There is no setting 'time_zone': ordercli init chose the shop's time zone for good.\n",
}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("get", "reorder_pont"), 6, "did you mean reorder_point"),
        (("set", "reorder_pont", "1"), 6, "did you mean reorder_point"),
        (("get", "channel.ebay.time_zone"), 6, "There is no setting"),
        *(
            (words, 6, said)
            for name, said in NO_SETTINGS.items()
            for words in (("get", name), ("set", name, "1"), ("unset", name))
        ),
        (("set", "reorder_point", "--", "-1"), 2, "'-1'"),
        (("set", "reorder_point", "1.5"), 2, "reorder_point: '1.5'"),
        (("set", "reorder_point", "1_0"), 2, "'1_0'"),
        (("set", "channel.shop.confirmation", "mail"), 2, "'mail' is neither upload nor ship"),
        (("set", "channel.shop.time_zone", "Mars/Olympus"), 2, "'Mars/Olympus' is not a time zone"),
        (("set", "reorder_point", "1", "--from", "soon"), 2, "--from: 'soon'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(
    run: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = run("config", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr
    assert content(database) == before


def test_a_new_shop_has_three_channels(run: Run) -> None:
    common = {"currency": "USD", "cutoff": None, "holidays": None, "work_days": "mon,tue,wed,thu,fri"}
    found = {row["channel"]: row for row in listed(run, "channel", "list")}
    assert found == {
        "amazon": {
            "channel": "amazon",
            "time_zone": "America/Los_Angeles",
            "confirmation": "upload",
            "handling_days": "1",
            "fee_profile": "amazon",
            "message_policy": "amazon",
            **common,
        },
        "etsy": {
            "channel": "etsy",
            "time_zone": "America/New_York",
            "confirmation": "ship",
            "handling_days": "1",
            "fee_profile": "etsy",
            "message_policy": "free",
            **common,
        },
        "shop": {
            "channel": "shop",
            "time_zone": "America/New_York",
            "confirmation": "ship",
            "handling_days": None,
            "fee_profile": "none",
            "message_policy": "free",
            **common,
        },
    }


@pytest.mark.parametrize(
    ("key", "given", "kept"),
    [
        ("currency", "EUR", "EUR"),
        ("handling_days", "2", "2"),
        ("cutoff", "14:00", "14:00"),
        ("holidays", "12-25, 2026-11-26,12-25", "12-25,2026-11-26"),
        ("work_days", "mon-wed,sat", "mon,tue,wed,sat"),
        ("work_days", "Sat-Mon", "mon,sat,sun"),
        ("fee_profile", "etsy", "etsy"),
        ("message_policy", "amazon", "amazon"),
    ],
)
def test_a_setting_of_a_channel_is_kept_in_one_form(shop: Run, key: str, given: str, kept: str) -> None:
    done(shop("config", "set", f"channel.shop.{key}", given))
    assert done(shop("config", "get", f"channel.shop.{key}")).stdout == f"{kept}\n"


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("currency", "euro"),
        ("handling_days", "31"),
        ("handling_days", "soon"),
        ("cutoff", "25:00"),
        ("cutoff", "noon"),
        ("holidays", "02-30"),
        ("holidays", "christmas"),
        ("work_days", "monday"),
        ("work_days", ""),
        ("fee_profile", "ebay"),
        ("message_policy", "strict"),
    ],
)
def test_a_setting_of_a_channel_that_makes_no_sense_is_refused(shop: Run, key: str, given: str) -> None:
    ran = shop("config", "set", f"channel.shop.{key}", given)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"channel.shop.{key}" in ran.stderr


def test_a_channel_of_ones_own_takes_orders_in_its_zone(shop: Run) -> None:
    ran = done(shop("channel", "add", "fair", "--time-zone", "Europe/Vienna"))
    done(shop("order", "add", "F-1", "--channel", "fair", "--line", "RING-7:1", "--ship-by", "2026-03-20"))

    (order,) = listed(shop, "order", "list", "--channel", "fair")
    assert ran.stderr == "Added channel fair (operation 4).\n"
    assert order["ship_by"] == "2026-03-20T22:59:59Z"


@pytest.mark.parametrize("zone", [(), ("--time-zone", "Europe/Vienna")], ids=["without zone", "with zone"])
def test_the_same_channel_again_changes_nothing(run: Run, database: Path, zone: tuple[str, ...]) -> None:
    done(run("channel", "add", "fair", *zone))
    before = content(database)

    ran = done(run("channel", "add", "fair", *zone))

    assert ran.stderr == "Unchanged: channel fair is there already.\n"
    assert content(database) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("amazon", "--time-zone", "Europe/Vienna"), 5),
        (("Fair",), 2),
        (("a.b",), 2),
        (("x" * 21,), 2),
        (("fair", "--time-zone", "../../etc/passwd"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_channel_that_cannot_be_is_refused(
    run: Run, database: Path, arguments: tuple[str, ...], code: int
) -> None:
    before = content(database)

    ran = run("channel", "add", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert content(database) == before


def test_an_order_of_an_unknown_channel_is_not_found(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("order", "add", "--channel", "amazonn", "--line", "RING-7:1")

    assert (ran.exit_code, ran.stderr) == (6, "There is no channel 'amazonn'; did you mean amazon?\n")
    assert content(database) == before


def test_how_a_channel_confirms_is_decided_when_a_shipment_is_recorded(busy_shop: Run) -> None:
    done(busy_shop("config", "set", "channel.amazon.confirmation", "ship"))
    done(busy_shop("ship", "0000001", "--carrier", "UPS", "--tracking", "1Z9999"))

    (shipment,) = listed(busy_shop, "shipment", "list")
    assert shipment["confirmed_at"] == "2026-03-16T13:00:00Z"
    assert done(busy_shop("shipment", "confirm")).stdout == ""
