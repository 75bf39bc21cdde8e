"""Which files the FILE arguments of an import mean."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ordercli.cli.input_files import InputFile, input_files
from ordercli.errors import Refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.TSV", "c.csv", "d.jsonl", ".hidden.txt", "photo.png", "one [1].txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "deeper.txt").mkdir()
    return tmp_path


CASES: dict[str, tuple[Callable[[Path], list[str]], list[str]]] = {
    "one file": (lambda at: [f"{at}/b.txt"], ["b.txt"]),
    "a file that is not there is left to whoever opens it": (lambda at: [f"{at}/none.txt"], ["none.txt"]),
    "a file named with brackets": (lambda at: [f"{at}/one [1].txt"], ["one [1].txt"]),
    "stdin": (lambda _: ["-"], ["-"]),
    "a folder, by name": (lambda at: [str(at)], ["a.TSV", "b.txt", "c.csv", "d.jsonl", "one [1].txt"]),
    "a quoted pattern": (lambda at: [f"{at}/*.txt"], ["b.txt", "one [1].txt"]),
    "the same file twice": (lambda at: [f"{at}/b.txt", f"{at}/./b.txt"], ["b.txt"]),
    "a folder and a file of it": (
        lambda at: [str(at), f"{at}/c.csv"],
        ["a.TSV", "b.txt", "c.csv", "d.jsonl", "one [1].txt"],
    ),
}


@pytest.mark.parametrize(("arguments", "names"), CASES.values(), ids=CASES)
def test_an_argument_means_these_files(
    folder: Path, arguments: Callable[[Path], list[str]], names: list[str]
) -> None:
    assert [Path(file.name).name for file in input_files(arguments(folder))] == names


def test_what_is_named_is_told_from_what_lies_in_a_folder(folder: Path) -> None:
    found = input_files([str(folder), f"{folder}/c.csv"])
    assert [Path(file.name).name for file in found if file.is_named] == ["c.csv"]
    assert input_files([f"{folder}/*.csv"]) == [InputFile(f"{folder}/c.csv", is_named=True)]


@pytest.mark.parametrize("nothing", ["*.pdf", "deeper.txt"])
def test_a_pattern_or_folder_without_files_is_refused(folder: Path, nothing: str) -> None:
    with pytest.raises(Refused, match=r"No file matches|folder without"):
        input_files([f"{folder}/{nothing}"])
