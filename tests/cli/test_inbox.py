"""``ordercli import``: each file of a folder goes to the command that reads it, and what came of it is said."""

import json
from pathlib import Path

import pytest

from cli.steps import ALL_ORDERS, OPENING, PRODUCTS, SETTLEMENT, UNSHIPPED, content, done, listed, tsv, unshipped
from cli.test_wrong_files import COMMANDS, FILES
from conftest import Run
from ordercli.cli.inbox import ANSWER, READERS
from ordercli.formats.file_kinds import KINDS
from shelf import kept
from workbench import workbench

PERFORMANCE = str(Path(__file__).parents[1] / "data" / "amazon_performance" / "performance.json")
SAMPLES = FILES | {"metrics import": [PERFORMANCE]}
TAKEN = [
    pytest.param(command, name, id=Path(name).name)
    for command in READERS
    # What a processing report is on has to go out first; a spreadsheet is tried in tests/cli/workbook.
    if command not in (ANSWER, "workbook import")
    for name in SAMPLES[command]
]


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """A folder as browsers leave it."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name in (ALL_ORDERS, OPENING, PRODUCTS, SETTLEMENT, PERFORMANCE):
        (folder / Path(name).name).write_bytes(Path(name).read_bytes())
    (folder / "recipe.txt").write_text("flour\tsugar\n1\t2\n")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    return folder


def test_every_reader_has_a_kind_of_file_and_a_sample() -> None:
    # JSON has no header, and a spreadsheet several.
    assert set(READERS) - {kind.command for kind in KINDS} == {"metrics import", "workbook import"}
    assert set(READERS) - {"workbook import"} <= set(SAMPLES)


@pytest.mark.parametrize(("command", "name"), TAKEN)
def test_a_file_is_taken_as_its_own_command_takes_it(
    busy_shop: Run, database: Path, tmp_path: Path, command: str, name: str
) -> None:
    fresh = workbench(database, tmp_path / "fresh.db").path
    own = busy_shop(*(part.format(file=name) for part in COMMANDS[command]))
    by_own = content(database)
    workbench(fresh, database)

    taken = busy_shop("import", name)

    assert (taken.exit_code, taken.stdout) == (own.exit_code, "")
    assert content(database) == by_own


def test_a_folder_is_taken_whole_in_whatever_order_its_names_are(run: Run, downloads: Path) -> None:
    done(run("init", "--time-zone", "America/New_York"))

    first = run("import", str(downloads))
    again = run("import", str(downloads))

    assert (first.exit_code, first.stdout) == (0, "")
    told = [line.removeprefix(f"{downloads}/").split(":")[0] for line in first.stderr.splitlines()]
    assert [word for word in told if "." in word and " " not in word] == [
        "products.csv",
        "opening-stock.csv",
        "all-orders.txt",
        "settlement.txt",
        "performance.json",
    ]
    assert first.stderr.splitlines()[-1] == f"Not known, and left alone: {downloads}/recipe.txt."
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr.startswith(f"Unchanged: 5 files held already: {downloads}/products.csv, ")
    assert len(again.stderr.splitlines()) == 2
    assert done(run("--quiet", "import", str(downloads))).stderr == ""


def test_each_file_has_its_receipt(run: Run, downloads: Path) -> None:
    done(run("init", "--time-zone", "America/New_York"))

    ran = done(run("import", str(downloads), "--format", "json"))

    receipts = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [receipt["command"] for receipt in receipts] == [
        "product import",
        "stock import",
        "order import",
        "settlement import",
        "metrics import",
    ]
    assert [receipt["operation"] for receipt in receipts] == [2, 3, 4, 5, 6]


def test_the_gravest_code_is_the_commands_and_the_rest_is_taken(shop: Run, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.txt"
    faulty.write_text(tsv(unshipped(), unshipped(sku="NO")))
    broken = tmp_path / "broken.txt"
    broken.write_text(tsv(unshipped(sku="NO")))
    rejects = tmp_path / "rejects"
    rejects.mkdir()

    rejected = shop("import", str(faulty), SETTLEMENT, "--rejects", str(rejects))
    refused = shop("import", str(faulty), str(broken), ALL_ORDERS)

    assert rejected.exit_code == 4
    assert "error_line" in (rejects / "rejects-faulty.txt").read_text()
    assert f"{SETTLEMENT}: Imported 1 settlement" in rejected.stderr
    assert refused.exit_code == 5
    assert f"{broken}: nothing of it was taken." in refused.stderr
    assert f"{ALL_ORDERS}: Imported 1 file" in refused.stderr


def test_what_is_a_decision_is_left_to_its_own_command(shop: Run, database: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("bin,sku,name,location,expected,quantity,counted_at\nA1,RING-7,Ring,HOME,,3,\n")
    before = content(database)

    alone = shop("import", str(sheet))
    among = shop("import", str(sheet), PRODUCTS)

    assert (alone.exit_code, among.exit_code) == (5, 5)
    assert alone.stderr == (
        f"{sheet} is a count sheet; read it with: ordercli stock count\n"
        "None of these files could be imported; nothing changed.\n"
    )
    assert among.stderr.splitlines()[-1] == f"{sheet} is a count sheet; read it with: ordercli stock count"
    assert content(database) == before


def test_what_may_be_a_count_is_left_to_that_command(shop: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "count.csv"
    sheet.write_text("sku,quantity\nRING-7,9\n")

    ran = shop("import", str(sheet))

    assert (ran.exit_code, ran.stderr.splitlines()[0]) == (
        5,
        f"{sheet} is a list of SKUs and quantities; read it with: ordercli stock count --dry-run",
    )
    assert "RING-7" in done(shop("stock", "count", str(sheet), "--dry-run")).stderr


def test_a_pipe_is_recognised_too(shop: Run) -> None:
    text = Path(UNSHIPPED).read_text()

    taken = shop("import", "-", stdin=text)

    assert taken.exit_code == 4
    assert "-: Imported 1 file: orders 11 new" in taken.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        pytest.param(("nothing.txt",), 5, "nothing.txt: there is no such file.", id="missing"),
        pytest.param(("*.nothing",), 5, "No file matches *.nothing.", id="pattern"),
        pytest.param((UNSHIPPED, "--rejects", UNSHIPPED), 5, "unshipped-orders.txt is no folder", id="rejects"),
        pytest.param(("--strict", UNSHIPPED), 5, "--strict takes all or none", id="strict"),
    ],
)
def test_bad_input_changes_nothing(
    shop: Run, database: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    before = content(database)

    ran = shop("import", *words)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert sentence in ran.stderr
    assert content(database) == before


def test_without_a_database_one_sentence_is_enough(run: Run, downloads: Path) -> None:
    ran = run("--db", "none.db", "import", str(downloads))

    assert ran.exit_code == 8
    assert ran.stderr.count("ordercli init") == 1


def test_what_is_said_of_her_own_files_leaves_amazons_alone(shop: Run, tmp_path: Path) -> None:
    own = tmp_path / "levels.csv"
    own.write_text("sku;quantity;unit_cost\nLOCKET;1.000;9,50\n")
    done(shop("product", "add", "LOCKET"))

    ran = done(shop("import", str(own), ALL_ORDERS, "--decimal-comma"))

    assert f"{own}: Opened stock of 1 product with 1,000 units" in ran.stderr
    assert f"{ALL_ORDERS}: Imported 1 file" in ran.stderr


# Processing reports do not say what file they are on ---------------------------------------------------

SUMMARY = "Feed Processing Summary:\n\tNumber of records processed\t\t{}\n\tNumber of records successful\t\t{}\n\n"
HEAD = "original-record-number\torder-id\terror-code\terror-type\terror-message\n"
ROW = "{}\t{}\t18028\tError\tInvalid carrier.\n"
ONE, TWO = "114-0000001-0000001", "114-0000004-0000004"
LEFT = "- is Amazon's processing report; read it with: ordercli shipment answer NUMBER\n"


@kept
def uploaded(busy_shop: Run) -> Run:
    """Confirmation file 1 has two orders, and 2 one of them again."""
    for order in (ONE, TWO):
        done(busy_shop("ship", order, "--carrier", "USPS"))
    done(busy_shop("shipment", "confirm"))
    return busy_shop


def test_a_processing_report_goes_to_the_file_it_can_only_be_on(uploaded: Run, database: Path) -> None:
    report = SUMMARY.format(2, 1) + HEAD + ROW.format(1, ONE)

    taken = done(uploaded("import", "-", stdin=report))
    before = content(database)
    again = done(uploaded("import", "-", stdin=report))

    assert taken.stderr.splitlines() == [
        "-: The channel took 1 of 2 of file 1; what it did not take waits for the next file (operation 8).",
        f"warning: order {ONE}: Invalid carrier.",
    ]
    assert "Unchanged: 1 file held already: -." in again.stderr
    assert content(database) == before


def test_a_report_that_says_all_was_taken_tells_nothing_new(uploaded: Run, database: Path) -> None:
    before = content(database)

    ran = done(uploaded("import", "-", stdin=SUMMARY.format(2, 2)))

    assert ran.stderr == "Unchanged: 1 file held already: -.\n"
    assert content(database) == before


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(SUMMARY.format(1, 0) + HEAD + ROW.format(1, ONE), id="other number of rows"),
        pytest.param(SUMMARY.format(2, 1) + HEAD + ROW.format(1, ""), id="no order is named"),
        pytest.param(SUMMARY.format(2, 1) + HEAD + ROW.format(1, "114-0000009-0000009"), id="another order"),
        pytest.param(SUMMARY.format(2, 1) + HEAD + ROW.format(1, ONE) + ROW.format(2, ""), id="not all are named"),
        pytest.param(SUMMARY.format(3, 3), id="all of another file"),
        pytest.param(SUMMARY.format(2, 1), id="unreadable"),
    ],
)
def test_a_report_that_is_on_no_known_file_is_left_to_its_command(
    uploaded: Run, database: Path, report: str
) -> None:
    before = content(database)

    ran = uploaded("import", "-", stdin=report)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == f"{LEFT}None of these files could be imported; nothing changed.\n"
    assert content(database) == before


def test_a_report_that_two_files_could_be_meant_by_is_left_to_its_command(uploaded: Run, database: Path) -> None:
    done(uploaded("shipment", "confirm", "--shipment", "1"))
    done(uploaded("shipment", "confirm", "--shipment", "1"))
    before = content(database)

    ran = uploaded("import", "-", stdin=SUMMARY.format(1, 0) + HEAD + ROW.format(1, ONE))

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith(LEFT)
    assert content(database) == before


def test_a_file_of_a_folder_is_never_an_option(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "order_id,sku,quantity\n"
    Path("in").mkdir()
    Path("in/--create-products.csv").write_text(f"{head}O-1,NOBODY-1,1\nO-2,RING-7,1\n")
    Path("in/-x.csv").write_bytes(f"{head}O-3,RING-7,1\n".encode("utf-16"))
    monkeypatch.chdir("in")

    ran = shop("import", ".")

    assert (ran.exit_code, ran.stdout) == (4, "")
    assert {row["order_id"] for row in listed(shop, "order", "list", "--all")} == {"O-2", "O-3"}
