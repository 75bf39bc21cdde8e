"""Several files, folders and patterns wherever a command reads one: each an operation, the gravest code told."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.steps import ALL_ORDERS, SETTLEMENT, SHIPMENTS, UNSHIPPED, Content, content, done
from cli.test_wrong_files import COMMANDS, FILES, MADE
from cli.tree import commands
from conftest import Ran, Run
from ordercli.cli.each_file import gravest
from ordercli.cli.file_options import ReadFile
from workbench import workbench

PERFORMANCE = str(Path(__file__).parents[1] / "data" / "amazon_performance" / "performance.json")
ONE = {
    "how one thing is to look, not what there is": {"slip --template", "slip --logo", "workbook build --style"},
    "a statement, or a list of commands": {"run", "report save", "sql --file"},
    "it belongs to the one thing named beside it": {"shipment label --attach", "template edit --file"},
}
"""Files of which a command takes one, by why."""
IN_ONE = {"import", "order import", "day"}
"""Commands that take many by themselves: as files of every kind, as one operation, or for its first step."""


def readers() -> dict[str, Any]:
    """Every argument and option that names a file to read."""
    return {
        f"{path} {parameter.opts[0]}" if parameter.param_type_name == "option" else path: parameter
        for path, command in commands().items()
        for parameter in command.params
        if isinstance(getattr(parameter.type, "func", None), ReadFile)
    }


def test_every_command_that_takes_a_file_takes_several() -> None:
    found = readers()
    each = {name for name, parameter in found.items() if parameter.type.func.each}
    told = {name for names in ONE.values() for name in names}

    assert {name for name, parameter in found.items() if not parameter.type.func.many} == told
    assert {name for name, parameter in found.items() if parameter.type.func.many} - each == IN_ONE
    assert each == (set(COMMANDS) - {"order import"}) | {"workbook import", "workbook pull"}
    assert all(found[name].multiple if " --" in name else found[name].nargs == -1 for name in each | IN_ONE)
    assert all(
        (parameter.metavar or "").rstrip("]").endswith("...")
        for name, parameter in found.items()
        if name in each | IN_ONE and " --" not in name
    )


def sample(command: str, folder: Path) -> Path:
    """A file that a command reads."""
    folder.mkdir(exist_ok=True)
    if command in MADE:
        made = folder / f"{command.replace(' ', '-')}.csv"
        made.write_text(MADE[command])
        return made
    name = PERFORMANCE if command == "metrics import" else FILES[command][0]
    return Path(shutil.copy(name, folder))


def line(command: str, *files: str) -> list[str]:
    """The command's line with these files."""
    *words, _ = COMMANDS[command]
    if words[-1] == "--csv":
        return [*words[:-1], *(word for file in files for word in ("--csv", file))]
    return [*words, *files]


@pytest.fixture
def on_copies(busy_shop: Run, database: Path) -> Callable[..., tuple[Ran, Content]]:
    """Runs a line on a copy of the shop and gives what it said and left."""

    def ran(*words: str) -> tuple[Ran, Content]:
        copy = workbench(database, Path("copy.db")).path
        result = busy_shop("--db", str(copy), *words)
        held = content(copy)
        for file in Path().glob("copy.db*"):
            file.unlink()
        return result, held

    return ran


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"order import"}))
def test_several_files_do_what_each_does_and_what_is_anothers_is_passed_over(
    command: str, on_copies: Callable[..., tuple[Ran, Content]], tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    own, other = sample(command, folder), ALL_ORDERS
    shutil.copy(other, folder)
    alone, held = on_copies(*line(command, str(own)), "--yes")

    both, after = on_copies(*line(command, other, str(own)), "--yes")
    twice, same = on_copies(*line(command, str(own), str(own)), "--yes")
    all_there, of_folder = on_copies(*line(command, str(folder)), "--yes")

    title = "Amazon's all-orders report; read it with: ordercli order import"
    assert both.stderr.startswith(f"Passed over: {other} is {title}\n")
    assert f"Passed over: {folder}/all-orders.txt is {title}\n" in all_there.stderr
    assert {ran.exit_code for ran in (both, twice, all_there)} == {alone.exit_code}
    assert held == after == same == of_folder


def shipped(*rows: str) -> str:
    return "order_id,tracking_number,carrier\n" + "".join(f"{row}\n" for row in rows)


def test_each_file_has_its_receipt_and_its_rejects_and_the_gravest_code_is_the_commands(
    busy_shop: Run, tmp_path: Path
) -> None:
    rows = [f"114-000000{n}-000000{n},940011189922319742850{n},USPS" for n in (1, 2)]
    for name, text in (
        ("a.csv", shipped(rows[0])),
        ("b.csv", shipped(rows[1], "NO-1,1Z999AA10123456784,UPS")),
        ("c.csv", shipped("NO-2,1Z999AA10123456784,UPS")),
    ):
        (tmp_path / name).write_text(text)
    a, b, c = (str(tmp_path / name) for name in ("a.csv", "b.csv", "c.csv"))
    told = ["ship", "--rejects", str(tmp_path / "rejects"), "--format", "json"]

    good = busy_shop(*told, "--csv", a, "--csv", b)
    graver = busy_shop(*told, "--csv", str(tmp_path / "*.csv"))

    assert good.exit_code == 4
    receipts = [json.loads(receipt) for receipt in good.stdout.splitlines()]
    assert [(receipt["command"], receipt["rows_rejected"]) for receipt in receipts] == [
        ("ship --csv", 0),
        ("ship --csv", 1),
    ]
    assert receipts[1]["operation"] == receipts[0]["operation"] + 1
    assert [line.split(": ")[0] for line in good.stderr.splitlines() if "(operation" in line] == [a, b]
    script = done(busy_shop("log", "--as-script", "--command", "ship --csv")).stdout.splitlines()
    assert [line for line in script if line.startswith("ordercli")] == [
        f"ordercli ship --csv {file} --rejects {tmp_path}/rejects/" for file in (a, b)
    ]
    assert graver.exit_code == 5
    assert f"{c}: nothing of it was taken." in graver.stderr
    assert f"Unchanged: 1 file held already: {a}." in graver.stderr
    assert [file.name for file in sorted((tmp_path / "rejects").iterdir())] == ["rejects-b.csv", "rejects-c.csv"]


@pytest.mark.parametrize(
    ("command", "file"), [(["import"], UNSHIPPED), (["order", "import", ALL_ORDERS], UNSHIPPED), (["ship"], "")]
)
def test_where_rejects_are_to_lie_is_made_only_for_rejects(
    shop: Run, tmp_path: Path, command: list[str], file: str
) -> None:
    folder = tmp_path / "rejects"
    words = [*command, *([file] if file else ["--csv", SHIPMENTS, "--csv", "-"])]

    ran = shop(*words, "--rejects", str(folder), stdin=shipped("NO-2,1Z999AA10123456784,UPS"))
    (tmp_path / "file").write_text("mine")
    taken = shop(*words, "--rejects", str(tmp_path / "file"))
    nowhere = shop(*words, "--rejects", str(tmp_path / "no" / "rejects"))

    assert folder.is_dir() is (ran.exit_code in (4, 5)) is bool(list(tmp_path.glob("rejects/rejects-*")))
    assert taken.exit_code == nowhere.exit_code == 5
    assert f"{tmp_path / 'file'} is no folder; name one, in which each file gets its own." in taken.stderr
    assert f"there is no folder {tmp_path / 'no'}." in nowhere.stderr


def test_one_file_may_keep_its_rejects_in_a_folder_that_is_to_be(shop: Run, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text(shipped("NO-2,1Z999AA10123456784,UPS"))

    shop("ship", "--csv", str(file), "--rejects", f"{tmp_path}/kept/")

    assert "error_line" in (tmp_path / "kept" / "rejects-s.csv").read_text()


def test_a_file_that_is_not_there_is_told_before_any_is_read(busy_shop: Run, database: Path) -> None:
    before = content(database)

    ran = busy_shop("settlement", "import", SETTLEMENT, "none.txt")

    assert (ran.exit_code, ran.stdout, ran.stderr) == (
        5,
        "",
        "none.txt: there is no such file; nothing was read.\n",
    )
    assert content(database) == before


def test_what_lies_in_a_folder_and_is_not_known_waits_to_be_named(busy_shop: Run, tmp_path: Path) -> None:
    (tmp_path / "scanned.txt").write_text("RING-7\n")

    found = busy_shop("stock", "count", str(tmp_path), "--yes")
    named = done(busy_shop("stock", "count", str(tmp_path / "*.txt"), "--yes"))

    assert found.exit_code == 5
    assert "scanned.txt is not known as a file of ordercli stock count; name it to have it read." in found.stderr
    assert named.stderr.startswith("Count 1: ")


def test_a_pattern_that_the_shell_has_spread_says_how_to_give_it(busy_shop: Run) -> None:
    ran = busy_shop("ship", "--csv", SHIPMENTS, UNSHIPPED)

    assert (ran.exit_code, ran.stderr) == (
        2,
        "Give --csv for each file, or one pattern in quotes: ship --csv '*.csv'\n",
    )


def test_the_gravest_code_is_that_which_the_next_run_can_do_least_about() -> None:
    assert [gravest(*codes) for codes in ((), (0, 3), (3, 4), (8, 3), (4, 6, 5), (5, 8, 0), (8, 1), (1, 130))] == [
        *(0, 3, 4, 8, 5, 8, 1, 130)
    ]
