"""What only a real process shows: pipes that close, disks that are full, signals, and the modes of files."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.steps import PRODUCTS, SHIPMENTS, UNSHIPPED, content, done
from conftest import Run
from patience import LONG, started
from shelf import kept

ORDERCLI = f"{shlex.quote(sys.executable)} -m ordercli"
USER_ONLY = 0o600

pytestmark = pytest.mark.system("bash")


def shell(line: str) -> "subprocess.CompletedProcess[str]":
    """Run a command line in bash; ``ordercli`` is this very one, and a pipe fails if any part of it does."""
    script = f'set -o pipefail; ordercli() {{ {ORDERCLI} "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=LONG,
        stdin=subprocess.DEVNULL,
    )


@kept
def long_shop(busy_shop: Run) -> Run:
    """A shop whose list of orders does not fit into the buffer of a pipe."""
    rows = "".join(f"A-{number:05d},RING-8,1\n" for number in range(3000))
    assert busy_shop("order", "import", "-", stdin="order_id,sku,quantity\n" + rows).exit_code == 0
    return busy_shop


@pytest.mark.parametrize("kind", ["table", "csv", "json", "jsonl"])
@pytest.mark.usefixtures("long_shop")
def test_a_reader_that_has_seen_enough_is_no_failure(kind: str) -> None:
    ran = shell(f"ordercli order list --all --format {kind} | head -n 1")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("\n") == 1


@pytest.mark.usefixtures("long_shop")
def test_an_export_into_a_reader_that_has_seen_enough_is_no_failure() -> None:
    ran = shell("ordercli order export | head -n 2")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("order_id,")


@pytest.mark.parametrize(
    "command",
    ["order list", "order list --format csv", "stock --format json", "--version", "--help", "order export"],
)
@pytest.mark.usefixtures("busy_shop")
def test_a_full_disk_behind_stdout_is_told_in_one_line(command: str) -> None:
    ran = shell(f"ordercli {command} > /dev/full")

    assert ran.returncode not in (0, 1, 120)
    assert ran.stderr == "No space left on device.\n"


@pytest.mark.parametrize("command", ["today --check --news", "metrics --check --news"])
def test_news_that_nobody_could_read_is_still_news(busy_shop: Run, command: str) -> None:
    done(busy_shop("order", "cancel", "0000003", "--by", "seller", "--reason", "x", "--yes"))
    lost = shell(f"ordercli {command} > /dev/full")
    told, again = shell(f"ordercli {command}"), shell(f"ordercli {command}")

    assert (lost.returncode, lost.stderr) == (5, "No space left on device.\n")
    assert (told.returncode, again.returncode, again.stdout) == (3, 0, "Nothing new.\n")


@pytest.mark.parametrize("command", ["stock", "stock --format csv", "order list --format json"])
@pytest.mark.usefixtures("busy_shop")
def test_a_report_without_a_stdout_is_told_in_one_line(command: str) -> None:
    ran = shell(f"ordercli {command} >&-")

    assert ran.returncode != 0
    assert (ran.stdout, ran.stderr.count("\n")) == ("", 1)
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-", "2>/dev/full"])
def test_a_writer_does_its_work_without_any_stream(shop: Run, database: Path, closed: str) -> None:
    before = len(content(database)["sales_order"])

    ran = shell(f"ordercli order add --line RING-7:1 {closed}")

    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    assert len(content(database)["sales_order"]) == before + 1
    assert shop("order", "list").exit_code == 0


def test_shipments_whose_confirmation_did_not_come_out_are_not_taken_for_sent(
    busy_shop: Run, database: Path
) -> None:
    assert busy_shop("ship", "--csv", SHIPMENTS).exit_code == 0

    ran = shell("ordercli shipment confirm > /dev/full")

    assert ran.returncode not in (0, 1)
    assert "No space left on device." in ran.stderr.splitlines()
    assert "unknown" in content(database)["upload_file"][0]
    assert "Confirmation file 1 was begun" in busy_shop("shipment", "confirm").stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_waiting_import_with_nothing_written(
    shop: Run, database: Path, number: signal.Signals
) -> None:
    before = content(database)
    command = [sys.executable, "-m", "ordercli", "order", "import", "-"]
    with started(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write(Path(UNSHIPPED).read_text(encoding="utf-8") * 50)
        process.stdin.flush()  # more than a pipe holds: it is read, and waits for more
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=LONG)

    assert process.returncode in ({130} if number == signal.SIGINT else {143, -15})
    assert stdout == ""
    assert "Traceback" not in stderr
    assert stderr.count("\n") <= 1
    assert content(database) == before
    assert shop("stock").exit_code == 0


def test_every_file_made_is_for_the_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ORDERCLI_DB", "shop.db")
    steps = (
        "umask 022",
        "ordercli init --time-zone America/New_York",
        f"ordercli product import {PRODUCTS}",
        f"ordercli order import {UNSHIPPED} --rejects rejects.txt; test $? = 4",
        "ordercli order export orders.csv",
        "ordercli stock receive RING-7:9",
        "ordercli ship 0000001 --carrier UPS --tracking 1Z9999",
        "ordercli shipment confirm confirm.txt",
        "ordercli backup --to copies",
    )

    ran = shell(" && ".join(steps))

    files = {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    assert ran.returncode == 0, ran.stderr
    assert {"shop.db", "rejects.txt", "orders.csv", "confirm.txt"} < set(files)
    assert {name: mode for name, mode in files.items() if mode != USER_ONLY} == {}
    assert (folder / "copies").stat().st_mode & 0o777 == 0o700


def test_commands_join_through_pipes(busy_shop: Run, tmp_path: Path) -> None:
    ran = shell(f"cat {SHIPMENTS} | ordercli ship --csv - && ordercli shipment confirm - > {tmp_path / 'c.txt'}")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert (tmp_path / "c.txt").read_text(encoding="utf-8").count("\n") == 12
    assert "partially_shipped" not in busy_shop("order", "list").stdout


def test_nothing_is_asked_where_nobody_can_answer(shop: Run, tmp_path: Path) -> None:
    assert shop("backup", "--quick", "--to", str(tmp_path / "copies")).exit_code == 0
    (copy,) = (tmp_path / "copies").iterdir()

    ran = shell(f"ordercli restore {copy}")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "--yes" in ran.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.usefixtures("busy_shop")
def test_any_locale_can_be_written_to(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)

    table = shell("ordercli order list")
    rows = subprocess.run(
        [sys.executable, "-m", "ordercli", "order", "list", "--format", "csv"], capture_output=True, check=True
    )

    assert (table.returncode, table.stderr) == (0, "")
    assert "Tomás H." in rows.stdout.decode("utf-8")


@pytest.mark.parametrize("command", ["nope", "stock --nope", "--nope"])
def test_a_usage_error_names_the_program_as_it_is_called(command: str) -> None:
    ran = shell(f"ordercli {command}")

    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert "--help" in ran.stderr
    assert "root" not in ran.stderr


LIBRARY_WARNS = """
import warnings
from ordercli.cli import app
def run():
    warnings.warn("of a library")
    print("done")
app.run = run
import ordercli.__main__
ordercli.__main__.main()
"""


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [(None, 0, ""), ("error", 1, "UserWarning: of a library"), ("default", 0, "UserWarning: of a library")],
)
def test_a_warning_of_a_library_is_not_for_the_user_and_an_error_in_tests(
    asked: str | None, code: int, said: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    if asked is not None:
        environment["PYTHONWARNINGS"] = asked

    ran = subprocess.run(
        [sys.executable, "-c", LIBRARY_WARNS], env=environment, capture_output=True, text=True, check=False
    )

    assert ran.returncode == code
    assert said in ran.stderr if said else ran.stderr == ""


def test_the_processes_of_the_tests_take_warnings_for_errors() -> None:
    assert os.environ["PYTHONWARNINGS"].split(",")[0] == "error"
