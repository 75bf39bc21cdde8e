"""``ordercli run``: a list of commands in one process, each as if it had been typed alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from cli.steps import done
from conftest import Ran, Run
from here import run_here
from ordercli.cli.script import read_script
from ordercli.cli.shell_lines import is_kept, offers
from ordercli.config import Settings
from ordercli.files import LinesFile
from ordercli.server import ShopPlace
from ordercli.turn import TURN
from patience import LONG, started, until
from turned import staying

if TYPE_CHECKING:
    from ordercli.postgres.connection import ServerDriver


def run_list(run: Run, text: str, *options: str) -> Ran:
    Path("list.txt").write_text(text, encoding="utf-8")
    return run("run", "list.txt", *options)


def operations(run: Run) -> int:
    return len(run("log", "--format", "csv", "--all").stdout.splitlines()) - 1


def test_each_command_is_an_operation_with_the_words_it_would_have_alone(shop: Run) -> None:
    before = operations(shop)

    ran = run_list(
        shop, "# morning\nordercli stock adjust RING-7 --by +1 --reason found\nlocation add ATTIC\nstock -q\n"
    )

    assert ran.exit_code == 0
    assert ran.stdout == shop("stock").stdout
    assert ran.stderr.count("(operation ") == 2
    assert operations(shop) == before + 2
    script = shop("log", "--as-script").stdout
    assert "ordercli stock adjust --by +1 --reason found RING-7\n" in script
    assert "ordercli location add ATTIC\n" in script


def test_what_the_log_prints_as_a_script_runs(shop: Run, tmp_path: Path) -> None:
    shop("product", "add", "GLUE", "--name", "Glue")
    shop("location", "add", "ATTIC")
    script = shop("log", "--as-script").stdout
    again = tmp_path / "again.db"
    assert (
        run_here(["--db", str(again), "init", "--time-zone", "America/New_York", "--currency", "USD"]).exit_code
        == 0
    )

    (tmp_path / "list").write_text(
        "".join(line for line in script.splitlines(keepends=True) if "sample" not in line)
    )
    ran = run_here(["--db", str(again), "run", "list"])

    assert (ran.exit_code, ran.stdout) == (0, "")
    assert run_here(["--db", str(again), "product", "list", "--format", "csv"]).stdout.count("GLUE") == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("stock lst", "No such command 'lst'"),
        ("stcok", "Did you mean: ordercli stock"),
        ("order list --nope", "No such option: --nope"),
        ("config set reorder_point -1", "; a value that begins with '-' stands behind '--': -- -1 (help:"),
        ("order list --limit many", "Invalid value for '--limit'"),
        ("order show", "Missing argument"),
        ("order", "a command is missing"),
        ("find 'a", "is opened and not closed"),
        ("stock; today", "; means nothing here"),
        ("shell", "shell is no command for a list"),
        ("--quiet run list.txt", "run is no command for a list"),
        ("stock --format xml", "There is no format 'xml'"),
    ],
)
def test_a_line_that_cannot_be_understood_is_told_before_anything_runs(shop: Run, wrong: str, said: str) -> None:
    before = operations(shop)

    ran = run_list(shop, f"location add ATTIC\n\n\n\n\n\n{wrong}\n")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("list.txt, line 7: ")
    assert said in ran.stderr
    assert ran.stderr.endswith("Nothing was run.\n")
    assert operations(shop) == before


def test_every_wrong_line_is_told(run: Run) -> None:
    ran = run_list(run, "nope\nstock\n" * 25)

    assert ran.exit_code == 2
    assert [line.split(":")[0] for line in ran.stderr.splitlines()[:20]] == [
        f"list.txt, line {number}" for number in range(1, 40, 2)
    ]
    assert "5 more lines" in ran.stderr


def test_every_line_whose_shape_is_wrong_is_told(run: Run) -> None:
    ran = run_list(run, "stock && today\n!\nstock > a > b\n> x\nnope\n\\\n< y\nstock `date`\n|\nstock\n")

    assert ran.exit_code == 2
    assert [line.split(": ")[0] for line in ran.stderr.splitlines()[:-1]] == [
        f"list.txt, line {number}" for number in (1, 2, 3, 4, 5, 6, 8, 9)
    ]


def test_what_may_belong_to_a_quote_is_not_told_of(run: Run) -> None:
    ran = run_list(run, 'stock; today\nfind "a $HOME\nnope"\n')

    assert [line.split(": ")[0] for line in ran.stderr.splitlines()[:-1]] == [
        "list.txt, line 1",
        "list.txt, line 2",
    ]


def test_what_stands_behind_an_exit_is_told_of(shop: Run) -> None:
    ran = run_list(shop, "location add ATTIC\nexit\nlocation add CELLAR\nstock\n")

    assert ran.exit_code == 0
    assert ran.stderr.endswith("exit in line 2 ends the list: 2 commands after it did not run.\n")
    assert "CELLAR" not in shop("location", "list").stdout
    assert "exit" not in run_list(shop, "location add LOFT\nexit\n").stderr


def test_a_list_tells_how_a_command_of_the_system_ended(run: Run) -> None:
    ran = run_list(run, "!exit 3\n!kill -9 $$\n", "--keep-going")

    assert "line 1: a command of the system ended with exit code 3.\n" in ran.stderr
    assert "line 2: a command of the system was killed by signal 9.\n" in ran.stderr


FAILS = "location add ATTIC\nstock show NOPE\nstock receive RING-7:0\nlocation add CELLAR\n"


def test_a_list_stops_at_the_first_failure_with_its_code(shop: Run) -> None:
    ran = run_list(shop, FAILS)

    assert ran.exit_code == 6
    assert "list.txt, line 2: ended with exit code 6.\n" in ran.stderr
    assert ran.stderr.endswith("Stopped: 1 command before it ran, 2 after it did not.\n")
    assert "CELLAR" not in shop("location", "list").stdout


def test_keep_going_runs_all_and_ends_with_the_gravest_code(shop: Run) -> None:
    ran = run_list(shop, FAILS + "stock --low --check\nstock show NOPE > nope.txt\n!false\n", "--keep-going")

    assert ran.exit_code == 2
    assert ran.stderr.endswith("5 of 7 commands failed: lines 2, 3, 5, 6, 7.\n")
    assert "CELLAR" in shop("location", "list").stdout
    assert not Path("nope.txt").exists()


def test_parse_only_runs_nothing(shop: Run) -> None:
    ran = run_list(shop, "location add ATTIC\nstock\n", "--parse-only")

    assert (ran.exit_code, ran.stdout) == (0, "")
    assert ran.stderr == "2 commands, all understood; nothing was run.\n"
    assert "ATTIC" not in shop("location", "list").stdout


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", 0), (b"# nothing\n\n", 0), (b"stock\n\xff\n", 5), (b"exit\nnope", 2), (b"\0" * 100_000, 5)],
)
def test_an_odd_list_ends_with_a_code_of_ours(run: Run, content: bytes, code: int) -> None:
    Path("list").write_bytes(content)

    ran = run("run", "list")

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert "Traceback" not in ran.stderr
    assert content != b"stock\n\xff\n" or "line 2 is not UTF-8" in ran.stderr


def test_a_missing_list_and_a_folder_are_refused(run: Run, tmp_path: Path) -> None:
    for name in ("nope.txt", str(tmp_path)):
        ran = run("run", name)
        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)


def test_a_list_on_stdin_leaves_nothing_there_and_nobody_to_ask(shop: Run) -> None:
    ran = shop("run", "-", "--keep-going", stdin="order show -\nundo 2 --with-later\n")

    assert ran.exit_code == 2
    assert "There were no ids on stdin" in ran.stderr
    assert "Nobody can be asked here; add --yes.\nstdin, line 2: ended with exit code 2.\n" in ran.stderr


def test_output_goes_to_files_and_programs_and_input_comes_from_files(shop: Run, tmp_path: Path) -> None:
    (tmp_path / "ids").write_text("RING-7\n")
    (tmp_path / "old.csv").write_text("what was there before\n" * 100)

    ran = run_list(
        shop,
        "stock --format csv > old.csv\nstock --format csv | cut -d , -f 1 > cut.txt\n"
        "stock show - < ids > one.txt\nstock show RING-8 >> one.txt\nstock --format csv | head -1 > head.txt\n",
    )

    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")
    table = shop("stock", "--format", "csv").stdout
    assert (tmp_path / "old.csv").read_text() == table
    assert (tmp_path / "old.csv").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cut.txt").read_text().split() == [
        "sku",
        *(line.split(",")[0] for line in table.splitlines()[1:]),
    ]
    one = (tmp_path / "one.txt").read_text()
    assert "RING-7" in one.splitlines()[0]
    assert "RING-8" in one
    assert (tmp_path / "head.txt").read_text().startswith("sku,")
    assert list(tmp_path.glob(".*part*")) == []


def test_a_program_on_the_path_takes_part_in_redirects(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "ordercli-shout"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ntr a-z A-Z\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    (tmp_path / "said").write_text("hello\n")

    ran = run_list(run, "shout < said > out.txt\nshout < out.txt | cat > again.txt\n")

    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")
    assert (tmp_path / "out.txt").read_text() == (tmp_path / "again.txt").read_text() == "HELLO\n"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("stock > shop.db", 5, "is the database"),
        ("stock > shop.db-wal", 5, "a journal of it"),
        ("stock > nowhere/x", 5, "there is no folder"),
        ("stock > .", 5, "is a folder"),
        ("stock show - < nowhere", 5, "nowhere cannot be read"),
        ("stock show - < .", 5, "cannot be read"),
        ("stock show - < ids > ids", 5, "is read by this command"),
        ("stock > *.txt", 5, "2 files; name one"),
        ("stock show NOPE > kept.txt", 6, "NOPE"),
        ("stock | false", 5, "exit code 5"),
    ],
)
def test_what_must_not_be_written_over_stays(shop: Run, tmp_path: Path, line: str, code: int, said: str) -> None:
    for name in ("ids", "kept.txt"):
        (tmp_path / name).write_text("RING-7\n")

    ran = run_list(shop, line)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr
    assert (tmp_path / "kept.txt").read_text() == (tmp_path / "ids").read_text() == "RING-7\n"
    assert shop("stock").exit_code == 0


LOUD = """stock --format json
stock show NOPE --verbose --color always
stock --no-color --quiet --now 2026-04-01T00:00:00Z
order note 1 "a\x1bb" --yes
stock --format csv | head -0
stock > x.csv
--db elsewhere.db stock
stock --raw --format tsv
report sales --by week --columns nope
!ORDERCLI_DB=nowhere true
"""


def test_a_command_leaves_nothing_behind_for_the_next(busy_shop: Run) -> None:
    alone = busy_shop("today"), busy_shop("stock", "show", "NOPE")
    between = LOUD.splitlines()
    before = dict(os.environ)

    ran = run_list(
        busy_shop, "".join(f"{line}\ntoday > today.{number}\n" for number, line in enumerate(between)), "-k"
    )

    assert ran.exit_code in (2, 8)
    printed = {Path(f"today.{number}").read_text() for number in range(len(between))}
    assert printed == {alone[0].stdout}
    assert dict(os.environ) == before
    assert busy_shop("stock", "show", "NOPE") == alone[1]
    assert ran.stderr.count("Traceback") == 1
    assert "\x1b[" not in busy_shop("stock", "show", "NOPE").stderr


@pytest.mark.usefixtures("shop")
def test_global_options_hold_for_all_commands_and_yield_to_their_own(tmp_path: Path) -> None:
    Path("list").write_text(
        "stock\nstock --format jsonl\n!ordercli_says=$ORDERCLI_FORMAT; echo $ordercli_says > said\n"
    )

    ran = run_here(["--format", "csv", "--now", "2026-04-01T00:00:00Z", "run", "list"])

    assert ran.exit_code == 0
    first, *rest = ran.stdout.splitlines()
    assert first.startswith("sku,name,")
    assert rest[-1].startswith("{")
    assert (tmp_path / "said").read_text() == "csv\n"


@pytest.mark.usefixtures("shop")
def test_a_list_is_one_process_whose_end_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("stock show RING-7 --format json > /dev/null\n" * 20)

    ran = subprocess.run(
        [sys.executable, "-m", "ordercli", "run", "list"], capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


# The prompt's line ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("sto", ["stock "]),
        ("ordercli sto", ["stock "]),
        ("stock show ring-7", ["RING-7 "]),
        ("stock show 'ring-7", ["'RING-7' "]),
        ("stock --lo", ["--low ", "--location "]),
        ("stock receive RING-7", ["RING-7:"]),
        ("order list --status ship", ["shipped "]),
        ("order list --status=ship", ["--status=shipped "]),
        ("stock > le", ["levels.csv "]),
        ("order import fold", ["folder/"]),
        ("order import ./fold", ["./folder/"]),
        ("order import '~/do", []),
        ("order import ~/do", ["~/downloads/"]),
        ("product import 'a b", ["b.csv' "]),
        ("stock | le", []),
        ("!stock sh", []),
        ("nope x", []),
    ],
)
def test_tab_offers_what_the_shells_are_offered(tmp_path: Path, typed: str, offered: list[str]) -> None:
    (tmp_path / "levels.csv").touch()
    (tmp_path / "a b.csv").touch()
    (tmp_path / "folder").mkdir()
    (Path.home() / "downloads").mkdir()
    begun = max(typed.rfind(" "), typed.rfind("\t")) + 1

    assert offers(typed, begun) == offered


def test_an_end_of_several_ids_stays_until_one_is_chosen(shop: Run) -> None:
    for order in ("X-90001", "Y-90001"):
        assert shop("order", "add", order, "--line", "RING-7:1").exit_code == 0

    assert sorted(offers("order show 90001", 11)) == ["...", "X-90001", "Y-90001"]
    assert offers("order show X", 11) == ["X-90001 "]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("stock show RING-7", True),
        ("order list --status shipped > x.csv", True),
        ("order edit 0000001 --customer 'Ana Pop'", False),
        ("order note 0000001 'she moved'", False),
        ("find 'ana pop'", False),
        ("privacy show ana@example.com", False),
        ("stock shwo RING-7 ana@example.com", False),
        ("order list | grep Ana", False),
        ("!mail ana@example.com", False),
    ],
)
def test_no_line_about_people_is_kept(database: Path, line: str, *, kept: bool) -> None:
    (read,) = read_script(line)

    assert is_kept(read, Settings(database)) is kept


def test_the_history_is_for_the_user_alone_and_does_not_grow_for_ever(tmp_path: Path) -> None:
    history = LinesFile(tmp_path / "state" / "history", 10)
    assert history.lines() == []

    for number in range(40):
        history.add(f"stock {number}")

    path = tmp_path / "state" / "history"
    assert path.stat().st_mode & 0o777 == 0o600
    assert history.lines() == [f"stock {number}" for number in range(30, 40)]
    assert len(path.read_text().splitlines()) == 10
    path.unlink()
    path.mkdir()
    history.add("stock")
    assert history.lines() == []


# Ctrl-C -----------------------------------------------------------------------------------------------

HEARING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from ordercli.__main__ import main; main()"
)
"""A run that hears Ctrl-C also where whoever started the tests does not."""
ENDLESS = 'sql "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"'


@pytest.mark.parametrize("line", [ENDLESS, "!sleep 3600"], ids=["a statement", "a program"])
def test_an_interrupt_ends_a_list_that_would_go_on(shop: Run, tmp_path: Path, line: str) -> None:
    (tmp_path / "list.txt").write_text(f"stock > begun.csv\n{line}\nlocation add ATTIC\n")
    command = [sys.executable, "-c", HEARING, "run", "--keep-going", "list.txt"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        until((tmp_path / "begun.csv").exists)
        time.sleep(0.2)  # to come in the midst of it; where it comes does not matter to what is said
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=LONG)

    assert process.returncode == 130, said
    assert b"OperationalError" not in said
    assert "ATTIC" not in done(shop("location", "list")).stdout


@pytest.mark.parametrize("line", ["!kill -INT $$", "!exit 130", "stock | sh -c 'cat > /dev/null; kill -INT $$'"])
def test_a_program_that_was_interrupted_ends_the_list(shop: Run, line: str) -> None:
    ran = run_list(shop, f"{line}\nlocation add ATTIC\n", "--keep-going")

    assert ran.exit_code == 130
    assert ran.stderr.endswith("Stopped: 0 commands before it ran, 1 after it did not.\n")
    assert "ATTIC" not in done(shop("location", "list")).stdout


@contextmanager
def writing_elsewhere(database: ShopPlace) -> Iterator[Callable[[], bool]]:
    """Another writer has its turn meanwhile; gives what looks whether somebody waits for it."""
    with closing(staying(database)) as other:
        if isinstance(database, Path):
            other.execute("BEGIN IMMEDIATE")
            yield database.with_name(f"{database.name}{TURN}").exists  # the queue is made by the first who waits
        else:
            cast("ServerDriver", other).take_turn()
            yield lambda: bool(other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0])


def test_an_interrupt_while_another_process_writes_is_said(shop: Run, database: Path) -> None:
    command = [sys.executable, "-c", HEARING, "location", "add", "ATTIC"]
    with (
        writing_elsewhere(database) as is_waited_for,
        started(command, stderr=subprocess.PIPE, start_new_session=True) as process,
    ):
        until(is_waited_for)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=LONG)

    assert (process.returncode, said) == (130, b"Interrupted; nothing more was changed.\n")
    assert "ATTIC" not in done(shop("location", "list")).stdout
