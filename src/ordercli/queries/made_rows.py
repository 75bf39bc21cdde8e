"""Whether rows are as their operations made them: put together again from the journal, and hashed anew."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from ordercli.domain.journal import read_image
from ordercli.domain.made_rows import (
    BY_STATEMENTS,
    COLUMNS,
    HASHED,
    IS_NOT_AS_TOLD,
    PARTS,
    PERSONAL_LINE,
    REFERRING,
    TOLD_AFTER,
    Made,
    line_of,
    made_of,
)
from ordercli.queries.reader import Reader

_JOURNAL = """
SELECT row_key, verb, old, operation_id FROM row_change WHERE table_name = :table
ORDER BY row_key, id"""
_SEALED = "SELECT id, made, people FROM operation WHERE summary IS NOT NULL ORDER BY id"
_ORDER_OF_LINE = "SELECT sales_order_id FROM order_line WHERE id = :id"
_FIRST_TOLD = "SELECT min(operation_id) FROM order_statement WHERE sales_order_id = :order"
_ERASED = """
SELECT DISTINCT s.operation_id FROM erased_order e JOIN order_statement s ON s.sales_order_id = e.sales_order_id"""
_TEXT_ERASED = "SELECT made_by FROM erased_text WHERE made_by IS NOT NULL"
_HAS_ERASED = "SELECT EXISTS (SELECT 1 FROM erasure) OR EXISTS (SELECT 1 FROM erased_order)"
_EMPTIED = f"SELECT personal_id, version FROM personal_data p WHERE {IS_NOT_AS_TOLD}"
_PERSON = f"SELECT {PERSONAL_LINE} FROM personal_data p WHERE personal_id = :person AND version = :version"

MadeLine = tuple[int, tuple[Any, ...], str]
"""The operation that made a row, its key, and its line."""

_PLACE = itemgetter(0, 1)


class RowLife(NamedTuple):
    """What the journal says of a row from when it was made, or brought back, to when it was removed.

    Attributes:
        came_later: whether it came to a row of an earlier operation, or came back: the journal has it whole then.
        first: of each column that changed what it was first.
        over_by: the operation that removed the row.
    """

    came_later: bool
    first: dict[str, Any]
    over_by: int | None = None


class Gone(NamedTuple):
    """A row that was removed: the operations that made and removed it, its key, and what it was when made."""

    made_by: int
    over_by: int
    key: str
    image: dict[str, Any]


def changed_rows(reader: Reader) -> str | None:
    """The first operation whose rows are not as it made them, where nothing was erased from one of them since."""
    remade = _Remade(reader)
    aside = {row[0] for row in reader.rows(_TEXT_ERASED)}
    return _first_other(reader, _hashes(HASHED, remade.lines), 1, aside)


def changed_people(reader: Reader) -> str | None:
    """The first operation of whose rows the personal data is not as it was, where nobody was erased since."""
    remade = _Remade(reader)
    return _first_other(reader, _hashes(REFERRING, remade.people), 2, remade.erased())


def _hashes(tables: Sequence[str], lines_of: Callable[[str], Iterator[MadeLine]]) -> dict[int, Any]:
    """By operation."""
    found: dict[int, Any] = {}
    for table in tables:
        for operation, lines in groupby(lines_of(table), key=itemgetter(0)):
            digest = found.setdefault(operation, sha256())
            digest.update(f"{table}\n".encode())
            digest.update("".join([f"{line}\n" for *_, line in lines]).encode())
    return found


def _first_other(reader: Reader, hashes: Mapping[int, Any], place: int, aside: Collection[int] = ()) -> str | None:
    for row in reader.rows(_SEALED).fetchall():
        found = hashes.get(row[0])
        if row[0] not in aside and (found and found.hexdigest()) != row[place]:
            return f"operation {row[0]}"
    return None


class _Remade:
    """The rows of one table after the other, as they were made."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._tables: dict[str, Made] = {}
        self._removed: dict[str, list[Gone]] = {}

    def lines(self, name: str) -> Iterator[MadeLine]:
        """The lines of a table by operation and key."""
        table, lives = self._table(name), self._lives(name)
        there = map(_line, self._reader.streamed(table.lines()))
        if not lives:
            return there
        back = [
            (gone.made_by, _key(table, gone), self._told(table, gone.image))
            for gone in self._gone(name)
            if not self._is_by_statements(name, gone)
        ]
        return merge(self._made(table, there, lives), sorted(back, key=_PLACE), key=_PLACE)

    def people(self, name: str) -> Iterator[MadeLine]:
        """The lines of the personal data that a table refers to, by operation and key."""
        table, gone = self._table(name), self._gone(name)
        names = {(each.made_by, each.key) for each in gone}
        there = (
            line
            for line in map(_line, self._reader.streamed(table.people()))
            if (line[0], " ".join(map(str, line[1]))) not in names
        )
        back = []
        for each in gone:
            person = {"person": each.image["personal_id"], "version": each.image["personal_version"]}
            row = self._reader.rows(_PERSON, person).fetchone()
            if row is not None:
                back.append((each.made_by, _key(table, each), str(row[0])))
        return merge(there, sorted(back, key=_PLACE), key=_PLACE)

    def erased(self) -> set[int]:
        """Operations that brought personal data which was erased since."""
        if not self._reader.rows(_HAS_ERASED).fetchone()[0]:
            return set()
        there = {row[0] for row in self._reader.rows(_ERASED)}
        there |= {row[0] for name in REFERRING for row in self._reader.rows(self._table(name).emptied())}
        people = {(row[0], row[1]) for row in self._reader.rows(_EMPTIED)}
        gone = (each for name in REFERRING for each in self._gone(name))
        return there | {
            each.made_by for each in gone if (each.image["personal_id"], each.image["personal_version"]) in people
        }

    def _table(self, name: str) -> Made:
        if name not in self._tables:
            (self._tables[name],) = made_of(self._reader.rows(COLUMNS, {"tables": json.dumps([name])}))
        return self._tables[name]

    def _lives(self, name: str) -> dict[str, list[RowLife]]:
        found: dict[str, list[RowLife]] = defaultdict(list)
        for key, verb, old, operation in self._reader.streamed(_JOURNAL, {"table": name}):
            lives = found[key]
            over_by = lives[-1].over_by if lives else None
            if not lives or (over_by is not None and (verb != "delete" or operation != over_by)):
                lives.append(RowLife(verb == "insert", {}))
            first = lives[-1].first
            first.update({column: value for column, value in read_image(old).items() if column not in first})
            if verb == "delete":
                lives[-1] = lives[-1]._replace(over_by=operation)
        return found

    def _gone(self, name: str) -> list[Gone]:
        """The rows that were removed, brought back or not, as they were when they were made."""
        if name not in self._removed:
            found = self._removed[name] = []
            for key, lives in self._lives(name).items():
                for life in lives:
                    image = dict.fromkeys(self._table(name).columns) | life.first
                    column, told_after = TOLD_AFTER.get(name, ("", ""))
                    if life.over_by is not None and not life.came_later and image.get(column, "-") != told_after:
                        made_by = self._maker(name, image, life.over_by)
                        if made_by is not None:
                            found.append(Gone(made_by, life.over_by, key, image))
        return self._removed[name]

    def _maker(self, name: str, image: Mapping[str, Any], over_by: int) -> int | None:
        """The operation that made a row: its own, or that of the row it belonged to, which may have left too."""
        if name not in PARTS:
            made_by: int | None = image["operation_id"]
            return made_by
        owner, column = PARTS[name]
        later = [gone for gone in self._gone(owner) if gone.key == str(image[column]) and gone.over_by >= over_by]
        if later:
            return min(later, key=lambda gone: gone.over_by).made_by
        found = self._reader.rows(f"SELECT * FROM {owner} WHERE id = :id", {"id": image[column]})
        values = found.fetchone()
        if values is None:
            return None
        return self._maker(owner, dict(zip([told[0] for told in found.description], values, strict=True)), over_by)

    def _is_by_statements(self, name: str, gone: Gone) -> bool:
        """Whether the statements of its order prove a removed row: some were there when it was made."""
        if name not in BY_STATEMENTS:
            return False
        order = gone.image["id"] if name == "sales_order" else gone.image.get("sales_order_id")
        if name == "line_text":
            line = str(gone.image["order_line_id"])
            row = self._reader.rows(_ORDER_OF_LINE, {"id": line}).fetchone()
            lines = [each.image["sales_order_id"] for each in self._gone("order_line") if each.key == line]
            order = lines[0] if lines else row and row[0]
        (first,) = self._reader.rows(_FIRST_TOLD, {"order": order}).fetchone()
        told = [each.made_by for each in self._gone("order_statement") if each.image["sales_order_id"] == order]
        return any(made_by <= gone.made_by for made_by in (*told, *([first] if first else [])))

    def _made(
        self, table: Made, there: Iterator[MadeLine], lives: Mapping[str, Sequence[RowLife]]
    ) -> Iterator[MadeLine]:
        """The rows that are there, as they were; without those that came to a row of an earlier operation."""
        gone = {(each.made_by, each.key) for each in self._gone(table.name)}
        chosen = " AND ".join(f"{column} = ?" for column in table.keys)
        for operation, key, line in there:
            name = " ".join(map(str, key))
            if (operation, name) in gone:  # it was removed and brought back
                continue
            life = lives[name][-1] if name in lives else None
            if life is None or life.over_by is not None:
                yield operation, key, line
            elif not life.came_later:
                values = self._reader.connection.execute(
                    f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {chosen}", key
                ).fetchone()
                image = dict(zip(table.columns, values, strict=True)) | life.first
                yield operation, key, self._told(table, image)

    def _told(self, table: Made, image: Mapping[str, Any]) -> str:
        """The line of a row that is not there any more as it was."""
        marks = [told.replace(f"t.{column}", f":{column}") for column, told in table.values.items()]
        return str(self._reader.rows(f"SELECT {line_of(marks)}", image).fetchone()[0])


def _line(row: Sequence[Any]) -> MadeLine:
    return row[0], tuple(row[1:-1]), row[-1]


def _key(table: Made, gone: Gone) -> tuple[Any, ...]:
    return tuple(gone.image[column] for column in table.keys)
