"""What the FILE arguments of an import mean: files, folders, patterns, stdin."""

import os.path
from glob import glob
from pathlib import Path
from typing import NamedTuple

from ordercli.errors import Refused

WORKBOOKS = frozenset({".xlsx", ".xls", ".ods"})
SUFFIXES = frozenset({".txt", ".csv", ".tsv", ".jsonl", ".ndjson"}) | WORKBOOKS
"""Files of a folder that are looked into."""


class InputFile(NamedTuple):
    """One file to read.

    Attributes:
        name: as ``open_source`` takes it.
        is_named: whether the user named it, or a pattern; what only lay in a named folder may be something else.
    """

    name: str
    is_named: bool


def input_files(arguments: list[str], more: frozenset[str] = frozenset()) -> list[InputFile]:
    """The files that the arguments mean, each once, those of a folder by name.

    Cron and scripts may quote a pattern, so patterns are spread here too.

    Args:
        arguments: as the user gave them.
        more: suffixes that files of a folder may have too.

    Raises:
        Refused: if a pattern or a folder holds no file.
    """
    found: dict[str, InputFile] = {}
    for argument in arguments:
        for file in _meant(argument, SUFFIXES | more):
            key = file.name if file.name == "-" else os.path.abspath(file.name)  # noqa: PTH100 - never fails
            if key not in found or file.is_named:
                found[key] = file
    return list(found.values())


def rejects_in(folder: str, name: str) -> str:
    """Where the rejects of one of several files go: into the folder, under the file's own name."""
    kept = "stdin" if name == "-" else Path(name).name
    return str(Path(folder) / f"rejects-{kept}{'.csv' if Path(kept).suffix.lower() in WORKBOOKS else ''}")


def _meant(argument: str, suffixes: frozenset[str]) -> list[InputFile]:
    if argument == "-" or "\0" in argument:
        return [InputFile(argument, is_named=True)]
    # os.path says no where a Path would fail, on names too long for the system.
    if os.path.isdir(argument):  # noqa: PTH112
        names = sorted(str(entry) for entry in Path(argument).iterdir() if _is_candidate(entry, suffixes))
        if not names:
            raise Refused(f"{argument} is a folder without a .txt, .csv, .tsv or .jsonl file or a workbook.")
        return [InputFile(name, is_named=False) for name in names]
    if not os.path.exists(argument) and any(sign in argument for sign in "*?["):  # noqa: PTH110
        pattern = os.path.expanduser(argument)  # noqa: PTH111
        names = sorted(name for name in glob(pattern, recursive=True) if os.path.isfile(name))  # noqa: PTH113, PTH207
        if not names:
            raise Refused(f"No file matches {argument}.")
        return [InputFile(name, is_named=True) for name in names]
    return [InputFile(argument, is_named=True)]


def _is_candidate(entry: Path, suffixes: frozenset[str]) -> bool:
    return entry.suffix.lower() in suffixes and not entry.name.startswith(".") and entry.is_file()
