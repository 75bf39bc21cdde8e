"""Which three suggestions a week gets, and in which order."""

import pytest

from ordercli.domain.reports.review import SUGGESTIONS, Money, ReviewedRate, Week, change, suggestions

FULL = Week(
    (Money("USD", 700, 1000),),
    (ReviewedRate("valid_tracking_rate", is_breach=False), ReviewedRate("late_shipment_rate_30d", is_breach=True)),
    2,
    1,
    9,
    1,
    ("RING-7", "RING-8", "RING-9", "PIN"),
    ("RING-7", "too small"),
)
USUAL = ["ordercli metrics amazon", "ordercli report aging", "ordercli backup"]


@pytest.mark.parametrize(
    ("week", "commands"),
    [
        pytest.param(
            FULL,
            [
                "ordercli order list --overdue",
                "ordercli metrics show late_shipment_rate_30d",
                "ordercli metrics show valid_tracking_rate",
            ],
            id="the account comes first, breaches before risks",
        ),
        pytest.param(
            Week(refunds_due=1, to_buy=("PIN",), sales=(Money("USD", 0, 10),)),
            ["ordercli return due", "ordercli purchase draft --from-reorder", "ordercli report products"],
            id="buyers, then what is bought and sold",
        ),
        pytest.param(
            Week(late=1, shipped=2, costliest=("PIN", "broken")),
            ["ordercli return cost --since 90d", "ordercli improve start NAME", USUAL[0]],
            id="causes of returns and of lateness",
        ),
        pytest.param(Week(sales=(Money("USD", 80, 100),)), USUAL, id="a fall of a fifth is how weeks differ"),
        pytest.param(
            Week(sales=(Money("EUR", 79, 100), Money("USD", 0, 0))),
            ["ordercli report products", *USUAL[:2]],
            id="a larger fall is worth a look",
        ),
        pytest.param(Week(), USUAL, id="a quiet week"),
    ],
)
def test_three_suggestions_in_the_order_that_they_matter(week: Week, commands: list[str]) -> None:
    found = suggestions(week)

    assert [line.command for line in found] == commands
    assert len(found) == SUGGESTIONS
    assert {line.kind for line in found} == {"suggestion"}


def test_suggestions_say_how_many_and_name_the_first() -> None:
    texts = [line.text for line in suggestions(Week(overdue=1, to_buy=FULL.to_buy, sales=FULL.sales))]

    assert texts == [
        "Ship 1 order past the promise first.",
        "Buy 4 products: RING-7, RING-8, RING-9 ….",
        "Sales in USD fell by 30%: see which products.",
    ]


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        pytest.param(112, 100, "+12% on the week before", id="more"),
        pytest.param(0, 100, "-100% on the week before", id="nothing"),
        pytest.param(5, 0, "nothing the week before", id="nothing to compare with"),
    ],
)
def test_change_on_the_week_before(now: int, before: int, told: str) -> None:
    assert change(now, before) == told
