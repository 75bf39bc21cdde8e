"""What the FILE arguments of an import mean: files, folders, patterns, stdin."""

import os
from glob import glob
from pathlib import Path
from typing import NamedTuple

from ordercli.errors import Refused, UsageProblem
from ordercli.files import check_folder

STDIN = "-"
WORKBOOKS = frozenset({".xlsx", ".xls", ".ods"})
SUFFIXES = frozenset({".txt", ".csv", ".tsv", ".json", ".jsonl", ".ndjson"}) | WORKBOOKS
"""Files of a folder that are looked into."""


class InputFile(NamedTuple):
    """One file to read.

    Attributes:
        name: as ``open_source`` takes it.
        is_named: whether the user named it, or a pattern; what only lay in a named folder may be something else.
    """

    name: str
    is_named: bool


def input_files(arguments: list[str]) -> list[InputFile]:
    """The files that the arguments mean, each once, those of a folder by name.

    Cron and scripts may quote a pattern, so patterns are spread here too.

    Raises:
        Refused: if a pattern or a folder holds no file.
    """
    found: dict[str, InputFile] = {}
    for argument in arguments:
        for file in _meant(argument):
            key = file.name if file.name == STDIN else os.path.abspath(file.name)  # noqa: PTH100 - never fails
            if key not in found or file.is_named:
                found[key] = file
    return list(found.values())


def rejects_in(folder: str, name: str) -> str:
    """Where the rejects of one of several files go: into the folder, under the file's own name."""
    kept = "stdin" if name == STDIN else Path(name).name
    return str(Path(folder) / f"rejects-{kept}{'.csv' if Path(kept).suffix.lower() in WORKBOOKS else ''}")


def rejects_of(rejects: str, name: str, *, is_one: bool) -> str:
    """Where the rejects of a file go: the file named, or one of the file's name in the folder named.

    Args:
        rejects: what ``--rejects`` names.
        name: the file.
        is_one: whether no other file is read.
    """
    return rejects_in(rejects, name) if is_rejects_folder(rejects, is_one=is_one) else rejects


def is_rejects_folder(rejects: str, *, is_one: bool) -> bool:
    """Whether ``--rejects`` names a folder, one that is there or is to be made: several files need one."""
    return not is_one or rejects.endswith(os.sep) or os.path.isdir(rejects)  # noqa: PTH112 - never fails


def check_rejects_folder(rejects: str, database: Path) -> bool:
    """Refuse a folder for rejects that is none and cannot become one; looks, and changes nothing.

    Returns:
        Whether it is there already.

    Raises:
        UsageProblem: if it is not there and has the name of a file.
        Refused: if something else is there, or it cannot be made.
    """
    is_there = check_folder(rejects, database=database)
    if not is_there and not rejects.endswith(os.sep) and Path(rejects).suffix.lower() in SUFFIXES:
        raise UsageProblem(
            f"--rejects {rejects}: several tables keep theirs in a folder; name one, and it is made."
        )
    return is_there


def _meant(argument: str) -> list[InputFile]:
    if argument == STDIN or "\0" in argument:
        return [InputFile(argument, is_named=True)]
    # os.path says no where a Path would fail, on names too long for the system.
    if os.path.isdir(argument):  # noqa: PTH112
        names = sorted(str(entry) for entry in Path(argument).iterdir() if _is_candidate(entry))
        if not names:
            raise Refused(f"{argument} is a folder without a file of text, a table or a workbook to read.")
        return [InputFile(_no_option(name), is_named=False) for name in names]
    if not os.path.exists(argument) and any(sign in argument for sign in "*?["):  # noqa: PTH110
        pattern = os.path.expanduser(argument)  # noqa: PTH111
        names = sorted(name for name in glob(pattern, recursive=True) if os.path.isfile(name))  # noqa: PTH113, PTH207
        if not names:
            raise Refused(f"No file matches {argument}.")
        return [InputFile(_no_option(name), is_named=True) for name in names]
    return [InputFile(_no_option(argument), is_named=True)]


def _no_option(name: str) -> str:
    """A name that no command takes for an option, whatever the file is called."""
    return os.path.join(os.curdir, name) if name.startswith("-") else name  # noqa: PTH118 - Path drops the dot


def _is_candidate(entry: Path) -> bool:
    return entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".") and entry.is_file()
