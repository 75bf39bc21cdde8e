"""Small words of the domain: counted nouns, headings of columns, and the rules of settings."""

import pytest

from ordercli.domain.fields import FieldError
from ordercli.domain.report import Column, Report
from ordercli.domain.settings import (
    CHANNEL_RULES,
    READY_CHANNELS,
    RULES,
    SettingRule,
    is_channel_name,
    rule_of,
    setting_names,
)
from ordercli.domain.words import count

CHANNELS = ["amazon", "shop"]


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 units"), (1, "1 unit"), (2, "2 units"), (1_000, "1,000 units"), (-1, "-1 units")]
)
def test_a_number_agrees_with_its_noun(number: int, text: str) -> None:
    assert count(number, "unit") == text


@pytest.mark.parametrize(
    ("column", "heading"),
    [
        (Column("unit_price", "money"), "unit price"),
        (Column("unit_price", "money", title="price"), "price"),
        (Column("flag", "flag", title=""), ""),
    ],
    ids=["derived", "titled", "without"],
)
def test_a_columns_heading_is_its_title_or_its_name_in_words(column: Column, heading: str) -> None:
    assert column.heading == heading


def test_a_report_has_no_total_unless_it_is_given_one() -> None:
    assert Report([Column("sku")], [], empty="No products.").total is None


def test_the_shops_settings_are_listed_before_each_channels_own() -> None:
    names = setting_names(CHANNELS)
    assert len(names) == len(set(names))
    assert names == [rule.name for rule in RULES] + [
        f"channel.{channel}.{rule.name}" for channel in ("amazon", "shop") for rule in CHANNEL_RULES
    ]
    assert {"reorder_point", "channel.amazon.time_zone", "channel.shop.confirmation"} <= set(names)


def test_every_setting_listed_has_its_rule() -> None:
    for name in setting_names(CHANNELS):
        rule = rule_of(name, CHANNELS)
        assert rule is not None
        assert name.endswith(rule.name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "reorder",
        "channel",
        "channel.amazon",
        "channel.ebay.time_zone",
        "channel.amazon.color",
        "amazon.time_zone",
    ],
)
def test_another_name_is_no_setting(name: str) -> None:
    assert rule_of(name, CHANNELS) is None


@pytest.mark.parametrize("rule", [*RULES, *CHANNEL_RULES], ids=lambda rule: rule.name)
def test_every_setting_can_be_set_back_to_its_default(rule: SettingRule) -> None:
    assert rule.normalize(rule.default) == rule.default


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("reorder_point", "005", "5"),
        ("cover_days", "045", "45"),
        ("limit.cancellation_rate", " 2.5 ", "2.5%"),
        ("limit.cancellation_rate", "100%", "100%"),
        ("service_level", "97.5", "97.5%"),
        ("channel.shop.time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("channel.shop.confirmation", "upload", "upload"),
        ("channel.shop.confirmation", "ship", "ship"),
    ],
)
def test_a_setting_is_stored_in_its_normal_form(name: str, value: str, stored: str) -> None:
    rule = rule_of(name, CHANNELS)
    assert rule is not None
    assert rule.normalize(value) == stored


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("reorder_point", "-1", "whole number"),
        ("cover_days", "0", "whole number from 1 to 365"),
        ("cover_days", "366", "whole number from 1 to 365"),
        ("limit.cancellation_rate", "0.0%", "is no limit; give a percentage above 0"),
        ("limit.cancellation_rate", "100.1%", "is more than 100%"),
        ("limit.cancellation_rate", "-1%", "is not a percentage such as 20%"),
        ("limit.cancellation_rate", "٣%", "is not a percentage such as 20%"),
        ("limit.cancellation_rate", "1%%", "is not a percentage such as 20%"),
        ("limit.cancellation_rate", "1.2.3", "is not a percentage such as 20%"),
        ("limit.cancellation_rate", "1.00000000", "is not a percentage such as 20%"),
        ("service_level", "50%", "is not a service level above 50% and below 100%"),
        ("service_level", "100%", "is not a service level above 50% and below 100%"),
        ("channel.shop.time_zone", "Mars/Base", "time zone"),
        ("channel.shop.confirmation", "Upload", "'Upload' is neither upload nor ship"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name: str, value: str, reason: str) -> None:
    rule = rule_of(name, CHANNELS)
    assert rule is not None
    with pytest.raises(FieldError, match=reason):
        rule.normalize(value)


def test_every_ready_channel_has_a_name_and_values_that_fit() -> None:
    for channel, values in READY_CHANNELS.items():
        assert is_channel_name(channel)
        for key, value in values.items():
            rule = rule_of(f"channel.{channel}.{key}", list(READY_CHANNELS))
            assert rule is not None
            assert rule.normalize(value) == value


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("etsy", True),
        ("my-shop2", True),
        ("a" * 20, True),
        ("a" * 21, False),
        ("", False),
        ("Etsy", False),
        ("2shop", False),
        ("-shop", False),
        ("my.shop", False),
        ("shop\n", False),
        ("größe", False),
    ],
)
def test_a_channels_name_is_short_and_lower_case(name: str, *, accepted: bool) -> None:
    assert is_channel_name(name) is accepted


def test_a_setting_is_the_shops_or_the_channels_never_both() -> None:
    assert {rule.name for rule in RULES} & {rule.name for rule in CHANNEL_RULES} == set()


@pytest.mark.parametrize(
    "name", ["cover_days", "lead_time_days", "review_days", "fba_cover_days", "fba_lead_time_days"]
)
def test_days_of_buying_are_a_year_at_most(name: str) -> None:
    rule = rule_of(name, [])
    assert rule is not None
    assert rule.normalize("365") == "365"
    with pytest.raises(FieldError, match=r"whole number from [01] to 365"):
        rule.normalize("366")
