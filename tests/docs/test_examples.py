"""The console blocks of the documents are run, and what they show is what is printed."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import SAMPLE
from here import run_here
from ordercli.formats.rejects import ADDED
from ordercli.formats.shipping.shipment_confirmation import HEADER
from patience import LONG

ROOT = Path(__file__).parents[2]
LEFT_OUT = "…"
# Files of these kinds may be written over without a question; of what is in them, the header tells.
LEFT_BY_THE_DEMO = {"confirm.txt": HEADER, "rejects.txt": ("order-id", *ADDED)}
ALONE = ("README.md", "docs/tutorial.md", "docs/recipes.md")
PROGRAMS = {"docs/recipes.md": ("jq", "mlr")}
"""What a page runs besides ordercli."""
GOES_ON = re.compile(r"goes on where \[[^\]]*\]\(([\w-]+)\.md\) ends")
FED = re.compile(r"((?:printf|echo|cat|\{) (?:(?!ordercli).)*) \| (ordercli [^|>]*)", re.DOTALL)
"""A line that gives ordercli what other programs print."""
OWN = "\n## With your own files\n"
"""The part of the README that is a walk by itself: in an empty folder with files of Amazon."""
MOST_LINES = 300
"""Of a page of the guide: what a person reads at a time."""


def walks() -> dict[str, tuple[Path, ...]]:
    """What is run in one folder: pages that go on where another one ends together with it, by their first."""
    pages = sorted((ROOT / "docs/guide").glob("*.md"))
    after = {found[1]: page for page in pages if (found := GOES_ON.search(page.read_text(encoding="utf-8")))}
    told: dict[str, tuple[Path, ...]] = {name: (ROOT / name,) for name in ALONE}
    for first in pages:
        if first in after.values():
            continue
        walk = [first]
        while walk[-1].stem in after:
            walk.append(after[walk[-1].stem])
        told[str(first.relative_to(ROOT))] = tuple(walk)
    return told


WALKS = walks()


@dataclass(frozen=True, slots=True)
class Example:
    """A command line, the code it should end with, and the lines it should print."""

    command: str
    exit_code: int
    shown: tuple[str, ...]


def examples(page: Path, *, own: bool = False) -> Iterator[Example]:
    """What a page shows; of the README the one walk, or the one with the reader's own files."""
    before, _, rest = page.read_text(encoding="utf-8").partition(OWN)
    inside, next_heading, after = rest.partition("\n## ")
    yield from shown_in(inside if own else before + next_heading + after, "console")


def shown_in(text: str, kind: str) -> Iterator[Example]:
    for block in re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        before, *parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
        assert not before, f"output without a command: {before}"
        for part in parts:
            command, *lines = part.rstrip("\n").split("\n")
            ended = re.fullmatch(r"\[exit code (\d+)\]", lines[-1]) if lines else None
            yield Example(command, int(ended[1]) if ended else 0, tuple(lines[:-1] if ended else lines))


def run_example(command: str) -> tuple[int, list[str]]:
    """Run one line as a reader would type it: in this process, if the shell has no more to do than to feed it."""
    feed, last = fed.groups() if (fed := FED.fullmatch(command)) else ("", command)
    words = shlex.split(last)
    if words[0] == "ordercli" and not {"|", ">"} & set(words):
        result = run_here(words[1:], stdin=run_in_shell(feed)[1] if feed else None)
        return result.exit_code, result.output.splitlines()
    code, printed = run_in_shell(command)
    return code, printed.splitlines()


def run_in_shell(command: str) -> tuple[int, str]:
    """What a line of the shell ends with and prints, where ordercli is a program."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    ran = subprocess.run(
        ["/bin/sh", "-c", command],
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONG,
        check=False,
    )
    return ran.returncode, ran.stdout


@pytest.fixture
def sample_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample files in a folder of their own, with what the demo leaves beside them."""
    folder = tmp_path / "sample"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__*"))
    for leftover, header in LEFT_BY_THE_DEMO.items():
        (folder / leftover).write_text("\t".join(header) + "\n", encoding="utf-8")
    monkeypatch.setenv("LOGNAME", "mara")
    monkeypatch.chdir(folder)
    return folder


def test_every_page_of_the_guide_is_in_one_walk_and_short_enough_to_read() -> None:
    pages = [page for walk in WALKS.values() for page in walk]

    assert sorted(pages[len(ALONE) :]) == sorted((ROOT / "docs/guide").glob("*.md"))
    assert {page.name for page in pages if page.read_text(encoding="utf-8").count("\n") > MOST_LINES} == set()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.system(each) for each in PROGRAMS.get(name, ())]) for name in WALKS],
)
def test_the_examples_of_a_document_work_and_print_what_it_shows(
    name: str, sample_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = dict(re.findall(r"(ORDERCLI_\w+)=(\S+)", WALKS[name][0].read_text(encoding="utf-8")))
    assert sorted(told) == ["ORDERCLI_DB", "ORDERCLI_NOW"]
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)

    for example in (example for page in WALKS[name] for example in examples(page)):
        holds(example)
    assert (sample_folder / told["ORDERCLI_DB"]).is_file()


def holds(example: Example) -> None:
    """The command ends and prints as shown."""
    code, printed = run_example(example.command)

    assert code == example.exit_code, (example.command, printed)
    there = [" ".join(line.split()) for line in printed]
    shown = [" ".join(line.split()) for line in example.shown]
    if LEFT_OUT in shown:
        assert set(shown) - {LEFT_OUT} <= set(there), example.command
    else:
        assert shown == there, example.command


def test_the_readme_begins_with_what_its_first_day_shows() -> None:
    readme = ROOT / "README.md"
    begins = list(shown_in(readme.read_text(encoding="utf-8").partition("\n## ")[0], "text"))

    assert begins
    for example in begins:
        assert any(
            example.command == later.command and {*example.shown} - {LEFT_OUT} <= {*later.shown}
            for later in examples(readme)
        )


LISTED = ("item-name", "seller-sku", "price", "quantity", "asin1", "fulfillment-channel", "status")


def from_seller_central() -> None:
    """The reports of the README's walk with own files: the sample's products as listings, its good orders."""
    with (SAMPLE / "products.csv").open(encoding="utf-8", newline="") as file:
        products = list(csv.DictReader(file))
    rows = [(p["name"], p["sku"], p["unit_price"], "5", p["asin"], "DEFAULT", "Active") for p in products]
    listings = "\n".join("\t".join(row) for row in (LISTED, *rows))
    Path("listings.txt").write_text(listings, encoding="utf-8")
    orders = (SAMPLE / "unshipped-orders.txt").read_text(encoding="utf-8").splitlines()
    Path("unshipped.txt").write_text("\n".join(dict.fromkeys(orders[:14])), encoding="utf-8")


def fill_in_the_shelf() -> None:
    """What the reader does in a spreadsheet."""
    with Path("shelf.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with Path("shelf.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "quantity"])
        writer.writeheader()
        writer.writerows(row | {"unit_cost": "9.50", "quantity": "30"} for row in rows)


def test_the_walk_with_own_files_comes_from_an_empty_folder_to_the_file_for_amazon() -> None:
    from_seller_central()
    for example in examples(ROOT / "README.md", own=True):
        holds(example)
        if example.command.startswith("ordercli product export"):
            fill_in_the_shelf()

    assert Path("to-upload.txt").read_text(encoding="utf-8").count("\n") == len(("the header", "the shipment"))


def test_the_readme_shows_the_main_path() -> None:
    commands = " ".join(example.command for example in examples(ROOT / "README.md"))

    for needed in (
        "init",
        "product import",
        "order import",
        "stock",
        "ship ",
        "shipment confirm",
        "stock receive",
    ):
        assert f"ordercli {needed}" in commands
