"""The recipes for cron in the guide run as shell scripts, with a mail program that keeps what it is given."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.purchasing.test_reorder_commands import MONTH, sell
from cli.steps import done
from conftest import Run
from patience import LONG

GUIDE = Path(__file__).parents[2] / "docs/guide"
MAIL = '#!/bin/sh\nprintf "%s\\n" "$@" > mail.txt\ncat >> mail.txt\n'


def recipe(name: str, chapter: str) -> str:
    """The shell script of a chapter that begins with this word as a comment."""
    text = (GUIDE / chapter).read_text(encoding="utf-8")
    found = re.search(rf"^```sh\n# {name}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group(1)


def run_script(name: str, folder: Path, chapter: str = "purchasing.md") -> "subprocess.CompletedProcess[str]":
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "mail").write_text(MAIL, encoding="utf-8")
    (programs / "mail").chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return subprocess.run(
        ["/bin/sh", "-u", "-c", recipe(name, chapter)],
        env={**os.environ, "PATH": path},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=LONG,
        check=False,
    )


def test_one_line_of_cron_mails_what_to_buy_and_nothing_if_that_is_nothing(shop: Run, tmp_path: Path) -> None:
    quiet = run_script("daily", tmp_path, "reorder.md")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert not (tmp_path / "mail.txt").exists()

    sell(shop, MONTH)
    ran = run_script("daily", tmp_path, "reorder.md")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    subject, to, *body = (tmp_path / "mail.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert (subject, to) == ("To buy", "you@example.com")
    assert [line.split()[0] for line in body] == ["SKU", "RING-7"]
    assert "\x1b" not in "".join(body)


@pytest.mark.usefixtures("database")
def test_mornings_mail_what_to_buy_and_keep_one_draft(shop: Run, tmp_path: Path) -> None:
    quiet = run_script("morning", tmp_path)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert not (tmp_path / "mail.txt").exists()

    sell(shop, MONTH)
    runs = [run_script("morning", tmp_path) for _ in range(2)]

    assert [(ran.returncode, ran.stdout, ran.stderr) for ran in runs] == [(0, "", "")] * 2
    subject, to, *body = (tmp_path / "mail.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert (subject, to) == ("What to buy", "mara@example.org")
    assert [line.split()[0] for line in body] == ["SKU", "RING-7"]
    assert done(shop("purchase", "export")).stdout.count("\n") == 2


def test_weekly_each_draft_becomes_a_file(shop: Run, tmp_path: Path) -> None:
    done(shop("purchase", "draft", "RING-7:5", "BRAC-BEAD:9"))

    ran = run_script("weekly", tmp_path)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert sorted(path.name for path in tmp_path.glob("order-*.csv")) == ["order-1.csv", "order-2.csv"]
    assert "RING-7" in (tmp_path / "order-1.csv").read_text(encoding="utf-8")


def test_a_mail_says_what_runs_low_and_nothing_if_nothing_does(shop: Run, tmp_path: Path) -> None:
    done(shop("stock", "receive", "BRAC-BEAD:10"))
    quiet = run_recipe("low", tmp_path)
    assert (quiet.returncode, quiet.stdout, (tmp_path / "mail.txt").exists()) == (0, "", False)

    done(shop("order", "add", "--line", "NECK-MOON:5"))
    ran = run_recipe("low", tmp_path)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert "NECK-MOON" in (tmp_path / "mail.txt").read_text(encoding="utf-8")


def run_recipe(name: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """A script of the page of recipes, which is no chapter."""
    return run_script(name, folder, "../recipes.md")
