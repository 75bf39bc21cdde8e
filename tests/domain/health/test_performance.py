"""What explains the difference between the channel's figure and ours."""

import pytest

from ordercli.domain.health.performance import Ours, ReportedFigure, why_different

CONTRADICTS = "; the channel's rate contradicts its own counts"


@pytest.mark.parametrize(
    ("theirs", "ours", "why"),
    [
        pytest.param((2, 60, None), (2, 60, True), "same", id="same"),
        pytest.param((3, 60, None), (2, 60, True), "1 defect not recorded here", id="a defect more there"),
        pytest.param(
            (0, 60, None),
            (2, 60, True),
            "2 defects recorded here that the channel does not count",
            id="two defects more here",
        ),
        pytest.param((58, 60, None), (60, 60, False), "2 defects not recorded here", id="less in order there"),
        pytest.param(
            (60, 60, None),
            (59, 60, False),
            "1 defect recorded here that the channel does not count",
            id="less in order here",
        ),
        pytest.param(
            (2, 1062, None),
            (2, 60, True),
            "1,002 orders not known here: import the reports of these days",
            id="orders missing here",
        ),
        pytest.param(
            (0, 59, None), (2, 60, True), "1 order known here that the channel does not count", id="one order more"
        ),
        pytest.param((0, 0, None), (0, 0, True), "same", id="nothing on either side"),
        pytest.param((None, None, "0.05"), (0, 0, True), "no counts told, only a rate", id="only a rate"),
        pytest.param((None, None, None), (0, 0, True), "no figures told", id="nothing told"),
        pytest.param((2, 60, "0.0333"), (2, 60, True), "same", id="a rounded rate is no contradiction"),
        pytest.param((2, 60, "0.01"), (2, 60, True), "same" + CONTRADICTS, id="a rate that contradicts"),
        pytest.param((2, 60, "0.01"), None, "not counted here", id="no such rate here"),
    ],
)
def test_why_two_figures_differ(
    theirs: tuple[int | None, int | None, str | None], ours: tuple[int, int, bool] | None, why: str
) -> None:
    numerator, denominator, rate = theirs
    figure = ReportedFigure("x", numerator=numerator, denominator=denominator, rate=rate)

    assert why_different(figure, None if ours is None else Ours(*ours[:2], "orders", ours[2])) == why
