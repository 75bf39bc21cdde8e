"""Saved views, as they are listed and found."""

import shlex
from typing import NamedTuple

from ordercli.domain.report import Column, Report
from ordercli.domain.views import PREFIX
from ordercli.errors import NotFound, unknown
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("view", "word"),
    Column("list", "word"),
    Column("options", "word"),
)

# The last row of a name is what it holds now; an empty one says that it was removed.
VIEWS = f"""
SELECT substr(name, {len(PREFIX) + 1}) AS name, value FROM setting s
WHERE name >= '{PREFIX}' AND name < '{PREFIX[:-1]}/'
  AND id = (SELECT max(id) FROM setting WHERE name = s.name) AND value <> ''
ORDER BY name"""


class View(NamedTuple):
    """A saved view.

    Attributes:
        name: its name, one of the shop.
        path: the words of the list's command.
        options: what the list is asked for, as words of a command line.
    """

    name: str
    path: str
    options: tuple[str, ...]


def saved_views(reader: Reader) -> list[View]:
    """All views, by name."""
    views = []
    for name, line in reader.rows(VIEWS):
        words = shlex.split(line)
        at = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
        views.append(View(name, " ".join(words[:at]), tuple(words[at:])))
    return views


def list_views(reader: Reader, names: list[str] | None = None) -> Report:
    """All views, or those named.

    Raises:
        NotFound: with the nearest names, for one that is none.
    """
    views = {view.name: view for view in saved_views(reader)}
    wanted = [views.get(name) or _fail(name, list(views)) for name in names] if names else views.values()
    rows = [(view.name, view.path, shlex.join(view.options)) for view in wanted]
    return Report(COLUMNS, rows, "No views; save one with: ordercli view save NAME LIST OPTIONS")


def view_of(reader: Reader, name: str, path: str) -> View:
    """A view of a list.

    Raises:
        NotFound: with the nearest names, if the list has none of that name.
    """
    views = {view.name: view for view in saved_views(reader)}
    here = [view.name for view in views.values() if view.path == path]
    if name in here:
        return views[name]
    if name in views:
        raise NotFound(f"{name} is a view of another list: ordercli {views[name].path} --view {name}")
    raise unknown("view", name, here, end=f" of ordercli {path}")


def _fail(name: str, known: list[str]) -> View:
    raise unknown("view", name, known)
