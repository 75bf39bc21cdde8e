"""The bar of a long import: every phase on a terminal's stderr, nothing in a pipe, nothing with --quiet."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.steps import SETTLEMENT, UNSHIPPED
from conftest import SAMPLE, Run
from ordercli.render import progress
from ordercli.render.progress import rate_text
from terminal import terminal

SMALL = "import ordercli.render.progress as p; p.LEAST_BYTES = 1; from ordercli.__main__ import main; main()"


def on_terminal(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a run whose stderr is a terminal; every file is large enough for a bar."""
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    with (
        terminal() as screen,
        subprocess.Popen(
            [sys.executable, "-c", SMALL, *arguments],
            stdout=subprocess.PIPE,
            stderr=screen.theirs,
            env=environment,
            text=True,
        ) as process,
    ):
        said = screen.screen(process)
        out, _ = process.communicate()
    return process.returncode, out, said


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@pytest.mark.parametrize(
    ("words", "phases"),
    [
        pytest.param(
            ("order", "import", UNSHIPPED), ("Reading", "Checking", "Merging", "Allocating"), id="orders"
        ),
        pytest.param(("settlement", "import", SETTLEMENT), ("Reading", "Writing"), id="settlement"),
        pytest.param(("product", "import", str(SAMPLE / "products.csv")), ("Reading", "Writing"), id="products"),
        pytest.param(("import", UNSHIPPED), ("Reading", "Merging"), id="inbox"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_terminal_sees_every_phase_and_then_the_receipt(words: tuple[str, ...], phases: tuple[str, ...]) -> None:
    code, out, said = on_terminal(*words)

    assert (code in (0, 4), out) == (True, "")
    places = [said.find(phase) for phase in phases]
    assert -1 not in places
    assert places == sorted(places)
    assert "(operation " in plain(said) or "nchanged" in plain(said)


@pytest.mark.parametrize("words", [("order", "import", UNSHIPPED, "-q"), ("-q", "import", UNSHIPPED)])
@pytest.mark.usefixtures("shop")
def test_quiet_is_quiet(words: tuple[str, ...]) -> None:
    _, out, said = on_terminal(*words)

    assert out == ""
    assert "Reading" not in said
    assert "\x1b" not in said


def test_a_pipe_sees_no_bar(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LEAST_BYTES", 1)

    ran = shop("order", "import", UNSHIPPED)

    assert "Reading" not in ran.stderr


def test_a_refused_file_leaves_no_bar_behind(shop: Run, tmp_path: Path) -> None:
    del shop
    bad = tmp_path / "bad.csv"
    bad.write_text("sku,name,unit_price\n,,x\n")

    code, _, said = on_terminal("product", "import", str(bad))

    assert code == 5
    assert plain(said).splitlines()[-1].startswith("The only row could not be taken")


@pytest.mark.parametrize(
    ("speed", "unit", "text"),
    [(None, "B", ""), (0.0, "rows", ""), (2_340_000, "B", "2.3 MB/s"), (51234.5, "rows", "51,234 rows/s")],
)
def test_the_rate_is_told_in_words(speed: float | None, unit: str, text: str) -> None:
    assert rate_text(speed, unit) == text
