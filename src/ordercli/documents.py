"""The documents that come with the program, to read them offline: those of ``docs/``, by their names.

They are files of the package (in a wheel ``ordercli/_docs``, in a checkout ``docs`` at the top), written once.
"""

import re
from pathlib import Path
from typing import NamedTuple

_TITLE = re.compile(r"# (?:\d+\. )?(.+)")
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#[^)\s]*)?\)")
_DECISIONS = "adr"
_GUIDE = "guide"
_APART = ("cli.md", "index.md")
"""What is no document of its own here: the help of each command, and the list that help shows itself."""


class Document(NamedTuple):
    """One document.

    Attributes:
        name: the words by which help finds it: ``formats``, ``guide privacy``, ``adr 11``.
        title: its first heading.
        path: where it is.
    """

    name: str
    title: str
    path: Path

    @property
    def is_decision(self) -> bool:
        """Whether it says why something is built as it is, which only who works on it asks."""
        return self.path.parent.name == _DECISIONS

    def text(self) -> str:
        """The whole of it, in Markdown."""
        return self.path.read_text(encoding="utf-8")


def documents_folder() -> Path:
    """Where the documents are."""
    packaged = Path(__file__).with_name("_docs")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "docs"


def documents() -> list[Document]:
    """All of them: those at the top first, then the chapters and the other pages, then the decisions."""
    folder = documents_folder()
    paths = [path for path in folder.rglob("*.md") if path.name not in _APART]
    paths.sort(key=lambda path: (path.parent.name == _DECISIONS, len(path.relative_to(folder).parts), path))
    return [Document(_name(path, folder), _title(path), path) for path in paths]


def linked(document: Document, there: list[Document]) -> str:
    """The text, with what help is asked for in place of where a link leads: nobody can follow one on a terminal.

    Args:
        document: the one.
        there: all there are.
    """
    names = {other.path.resolve(): f"help {other.name}" for other in there}
    names[documents_folder().resolve() / _APART[0]] = "--help"

    def led(link: re.Match[str]) -> str:
        path = (document.path.parent / link[1]).resolve() if link[1] else document.path.resolve()
        return f"](<ordercli {names[path]}>)" if path in names else link[0]

    return _LINK.sub(led, document.text())


def _name(path: Path, folder: Path) -> str:
    *above, last = path.relative_to(folder).with_suffix("").parts
    number = last.partition("-")[0]
    return " ".join([*above, number.lstrip("0") if number.isdigit() else last])


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        found = _TITLE.match(file.readline())
    return found[1] if found else path.stem


def document_named(words: list[str], there: list[Document]) -> Document | None:
    """The one that is meant: by its whole name, or by the last word of it, a chapter of the guide first.

    Args:
        words: as they were typed.
        there: the documents to choose from.
    """
    name = " ".join(words).casefold()
    for document in there:
        if document.name.casefold() == name:
            return document
    last = [document for document in there if document.name.rpartition(" ")[2].casefold() == name]
    chapters = [document for document in last if document.path.parent.name == _GUIDE]
    found = chapters or last
    return found[0] if len(found) == 1 and not name.isdigit() else None
