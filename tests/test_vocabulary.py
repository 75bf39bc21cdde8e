"""One word for one thing: what leaves is a shipment everywhere, and a class name stands for one thing."""

import ast
import re
import sqlite3
import tokenize
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import ordercli

ROOT = Path(__file__).parents[1]
PACKAGE = Path(ordercli.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_migrations" not in path.parts)
PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *MODULES, *PACKAGE.glob("templates/*")])
ROOMS = ("src", "tests", "bench", "migrations", "docs")
COMMANDS = ROOT / "docs" / "cli.md"

# Words that were given up, as a pattern of names, with the one that stands for the thing.
GIVEN_UP = {r"parcel(?!service)": "shipment", "confirmation_?file": "upload_file", "catalogue": "catalog"}

# Where a parcel is a box that somebody packs or holds in hand. Everything else about it is a shipment.
BOXES = {
    "CHANGELOG.md",
    "docs/adr/0017-picked-units.md",
    "docs/cli.md",
    "docs/guide/sending.md",
    "docs/glossary.md",
    "docs/guide/day.md",
    "docs/guide/packing.md",
    "docs/database/orders.md",
    "docs/database/past.md",
    "docs/database/shipments.md",
    "src/ordercli/cli/commands.py",
    "src/ordercli/cli/shipping/pack.py",
    "src/ordercli/cli/shipping/pack_scan.py",
    "src/ordercli/cli/shipping/paper.py",
    "src/ordercli/domain/shipping/packing.py",
    "src/ordercli/domain/shipping/shipping.py",
    "src/ordercli/domain/paper_words.py",
    "src/ordercli/domain/shipping/slip.py",
    "src/ordercli/models/packing.py",
    "src/ordercli/models/shipment.py",
    "src/ordercli/queries/orders/find.py",
    "src/ordercli/queries/reports/profit_lines.py",
    "src/ordercli/queries/shipping/packing.py",
    "src/ordercli/queries/shipping/paper.py",
    "src/ordercli/services/shipping/packing.py",
    "src/ordercli/templates/return_answer.en.txt",
    "CONTRIBUTING.md",
}
# Names of carriers, and addresses of their pages.
CARRIERS = {"src/ordercli/domain/shipping/carrier_codes.py", "src/ordercli/domain/shipping/carriers.py"}

# Each stood for two things or more.
ONE_THING_EACH = {"Standing", "Question", "Rules", "Wanted", "Settlement", "Reader", "Label", "NewLine"}


def is_given_up(name: str) -> bool:
    return any(re.search(word, name, re.IGNORECASE) for word in GIVEN_UP)


@cache
def tree(path: Path) -> ast.Module:
    """A file as parsed code, for all tests that look at it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def names_in(path: Path) -> set[str]:
    with path.open("rb") as source:
        return {token.string for token in tokenize.tokenize(source.readline) if token.type == tokenize.NAME}


def defined_here(path: Path) -> Iterator[str]:
    """Classes and type aliases of a module, private ones too; constants come along."""
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def named_here(path: Path) -> Iterator[str]:
    """The same, with what a module imports under another name."""
    yield from defined_here(path)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname for alias in node.names if alias.asname)


def test_no_name_in_the_code_has_a_word_given_up() -> None:
    paths = [*MODULES, *(ROOT / "bench").glob("*.py")]
    found = {f"{path.relative_to(ROOT)}: {name}" for path in paths for name in names_in(path) if is_given_up(name)}
    found |= {path.name for room in ROOMS for path in (ROOT / room).rglob("*[!c]") if is_given_up(path.name)}

    assert found == set()


def test_no_name_in_the_schema_has_a_word_given_up(template: Path) -> None:
    with closing(sqlite3.connect(template)) as connection:
        things = connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_schema").fetchall()

    assert len(things) > 100
    assert [name for name, sql in things if is_given_up(name) or is_given_up(sql)] == []


def test_no_option_or_argument_has_a_word_given_up() -> None:
    shown = COMMANDS.read_text(encoding="utf-8")
    named = set(re.findall(r"--[\w-]+|\b[A-Z][A-Z_]+\b", shown))

    assert {"--tracking", "SHIPMENT"} <= named
    assert {name for name in named if is_given_up(name.replace("-", "_"))} == set()


def test_a_parcel_is_a_box_wherever_the_word_stands() -> None:
    told = {
        path.relative_to(ROOT).as_posix()
        for path in PROSE
        if re.search(r"\bparcels?\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    }

    assert told == BOXES | CARRIERS


def test_a_name_stands_for_one_thing() -> None:
    counted = Counter(found.lstrip("_") for path in MODULES for found in named_here(path))

    assert len(counted) > 500
    assert {name for name in ONE_THING_EACH if counted[name] > 1} == set()


def test_a_public_class_or_type_has_a_name_of_its_own() -> None:
    """But for the commands, whose modules name the options of each: one screen knows nothing of the other."""
    paths = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] != "cli"]
    public = [name for path in paths for name in defined_here(path) if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name)]
    counted = Counter(public)

    assert len(counted) > 300
    assert {name: times for name, times in counted.items() if times > 1} == {}
