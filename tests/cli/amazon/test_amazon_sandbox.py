"""``make amazon-sandbox``, as the guide shows it: a server of its own, what it prints, and what comes from it."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.steps import done, listed
from conftest import Run

TESTS = Path(__file__).parents[2]
GUIDE = TESTS.parent / "docs/guide/amazon.md"


@pytest.mark.usefixtures("socket_enabled")
def test_the_line_of_the_guide_takes_in_the_orders_of_the_sandbox(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(run("init", "--time-zone", "America/New_York", "--currency", "USD"))
    page = GUIDE.read_text(encoding="utf-8").split("\n## Without an account\n")[1]
    (line,) = re.findall(r"`ordercli (sync [^`]*)` takes in the sample's sixteen orders", page)
    words = [sys.executable, "-m", "stand_in", "0"]

    with subprocess.Popen(
        words, env={**os.environ, "PYTHONPATH": str(TESTS)}, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            for _ in range(6):
                name, value = shlex.split(server.stdout.readline())[1].split("=", 1)
                monkeypatch.setenv(name, value)
            checked = done(run("amazon", "check"))
            done(run(*shlex.split(line)))
        finally:
            server.terminate()

    assert checked.stdout.startswith("Amazon lets the account in (region na, credentials from the environment).")
    assert len(listed(run, "order", "list", "--all")) == 16
