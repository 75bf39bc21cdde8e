"""Color says what words say already, to terminals that take it: errors, warnings, help and status words."""

import re
from typing import get_args

import pytest

from cli.steps import done, tsv, unshipped
from conftest import Run
from ordercli.cli.commands import ENTRIES
from ordercli.domain.health.metrics import MetricStatus
from ordercli.domain.reorder_point import StockStatus
from ordercli.domain.reports.aging import STATUSES
from ordercli.render.table import _STYLES
from ordercli.render.tint import plain, tinted_help

COLOR = "\x1b["
CALM = {"NEW", "ANSWERED", "WAITING"}
"""Words of a state that asks for nothing and is no praise."""


@pytest.fixture
def colored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")


@pytest.mark.usefixtures("colored")
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(("stock", "show", "NO"), id="not found"),
        pytest.param(("stock", "--nope"), id="usage"),
        pytest.param(("nope",), id="no command"),
        pytest.param(("order", "import", "none.txt"), id="refused"),
        pytest.param(("--db", "none.db", "stock"), id="no database"),
    ],
)
def test_why_a_run_failed_is_red(shop: Run, line: tuple[str, ...]) -> None:
    ran = shop(*line)

    assert re.fullmatch(r"\x1b\[31m[^\x1b\n]+\x1b\[0m\n", ran.stderr), ran.stderr


@pytest.mark.usefixtures("colored")
def test_the_word_warning_is_yellow_and_receipts_are_plain(shop: Run) -> None:
    ran = done(shop("product", "add", "ring-7"))

    receipt, warning = ran.stderr.splitlines()
    assert COLOR not in receipt
    assert warning.startswith("\x1b[1;33mwarning:\x1b[0m ring-7 is another product")


@pytest.mark.usefixtures("colored")
@pytest.mark.parametrize(
    "line", [("--help",), *((name, "--help") for name in ENTRIES), ("order",), ("help",), ("help", "environment")]
)
def test_help_in_color_is_help(run: Run, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...]) -> None:
    told = run(*line)
    monkeypatch.delenv("FORCE_COLOR")
    usual = run(*line)

    assert COLOR in told.stdout + told.stderr
    assert COLOR not in usual.stdout + usual.stderr
    assert (plain(told.stdout), plain(told.stderr), told.exit_code) == (
        usual.stdout,
        usual.stderr,
        usual.exit_code,
    )


def test_headings_names_and_examples_are_told_apart() -> None:
    text = "Usage: x\n\n  W.\n\n  Example: ordercli x -y\n\nOptions:\n  -n, --dry-run  Check.\n  --raw          A."
    assert tinted_help(text) == (
        "\x1b[1mUsage:\x1b[0m x\n\n  W.\n\n  Example: \x1b[2mordercli x -y\x1b[0m\n\n\x1b[1mOptions:\x1b[0m\n"
        "  \x1b[36m-n, --dry-run\x1b[0m  Check.\n  \x1b[36m--raw\x1b[0m          A."
    )


@pytest.mark.parametrize(
    ("environment", "before", "after", "is_colored"),
    [
        pytest.param({}, (), (), False, id="a pipe"),
        pytest.param({}, ("--color", "always"), (), True, id="always"),
        pytest.param({}, (), ("--color=always",), True, id="always, after the command"),
        pytest.param({"NO_COLOR": "1"}, ("--color", "always"), (), False, id="NO_COLOR is stronger"),
        pytest.param({"FORCE_COLOR": "1"}, ("--no-color",), (), False, id="none"),
        pytest.param({"FORCE_COLOR": "1"}, (), ("--no-color",), False, id="none, after the command"),
        pytest.param({"FORCE_COLOR": "1"}, ("--color", "never"), (), False, id="never"),
        pytest.param({"FORCE_COLOR": "1", "TERM": "dumb"}, (), (), True, id="forced on a dumb terminal"),
    ],
)
def test_color_is_for_those_who_want_it(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    before: tuple[str, ...],
    after: tuple[str, ...],
    is_colored: bool,
) -> None:
    monkeypatch.delenv("NO_COLOR")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for line in (("stock", "show", "NO"), ("stock", "--nope"), ("stock", "--help")):
        ran = run(*before, *line, *after)
        assert (COLOR in ran.stderr + ran.stdout) == is_colored, line


@pytest.mark.usefixtures("colored")
def test_the_configuration_files_word_on_color_holds(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text("color = false\n")
    monkeypatch.setenv("ORDERCLI_CONFIG", str(path))

    assert COLOR not in run("stock", "show", "NO").stderr
    assert COLOR in run("--color", "always", "stock", "show", "NO").stderr


@pytest.mark.usefixtures("colored")
def test_hostile_text_in_an_error_brings_no_color_of_its_own(run: Run) -> None:
    ran = run("order", "import", "-", stdin=tsv(unshipped(sku="\x1b[32mgreen")))

    assert "\x1b[32m" not in ran.stderr


def test_every_word_of_a_status_that_wants_attention_has_a_color() -> None:
    words = {*get_args(MetricStatus), *get_args(StockStatus), *STATUSES}
    words |= {"OVERDUE", "LATE", "URGENT", "HOLD", "HELD", "DUE_SOON", "ANSWERED_LATE"}
    assert words - CALM <= set(_STYLES)
