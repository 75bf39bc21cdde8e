"""An option that would do nothing beside another one is refused, and nothing is done without it."""

from pathlib import Path

import pytest

from cli.steps import content
from conftest import Run

SHIP = ("ship", "0000001", "--carrier", "USPS")
IDLE = [
    (("shipment", "confirm", "-", "--rewrite", "1", "--shipment", "1"), "leave out --shipment"),
    (("report", "settlement", "77", "--currency", "USD"), "leave out --currency"),
    ((*SHIP, "--strict"), "go with --csv"),
    ((*SHIP, "--rejects", "bad.csv"), "go with --csv"),
    ((*SHIP, "--decimal-comma"), "go with --csv"),
    (("ship", "--scan", "--strict"), "leave out the other options"),
    (("ship", "--scan", "--rejects", "bad.csv"), "leave out the other options"),
    (("ship", "--csv", "-", "--carrier", "USPS"), "leave out the other options"),
]


@pytest.mark.parametrize(("words", "said"), [pytest.param(*each, id=" ".join(each[0])) for each in IDLE])
def test_an_option_that_would_do_nothing_is_refused(
    busy_shop: Run, database: Path, words: tuple[str, ...], said: str
) -> None:
    before = content(database)

    ran = busy_shop(*words)

    assert (ran.exit_code, ran.stdout, said in ran.stderr) == (2, "", True), ran.stderr
    assert content(database) == before
    assert not Path("bad.csv").exists()
