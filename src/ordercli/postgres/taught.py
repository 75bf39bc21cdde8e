"""Functions of Python in the statements of a server, which cannot call them."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.sql import Literal

from ordercli.driver import Values

_READS = re.compile(r"\s*(?:SELECT|WITH(?!.*\b(?:INSERT|UPDATE|DELETE)\b))", re.DOTALL)
_MADE_OF = re.compile(
    r"\s*(?:INSERT INTO [\w.]+\s*\([^()]*\)\s*(?=SELECT|WITH)|CREATE TEMP TABLE \w+ AS\b)", re.IGNORECASE
)
"""The head of a statement that puts into a table what the rest of it asks."""
_BEHIND = re.compile(r"\s+(?:ON CONFLICT|RETURNING)\b.*", re.DOTALL)
"""What may stand behind that."""
_TAUGHT_VALUES = """\
CREATE TEMP TABLE IF NOT EXISTS taught_value (name text, given text, value text,
  is_known boolean NOT NULL DEFAULT false, PRIMARY KEY (name, given));
"""
_TEACHES = """\
DELETE FROM pg_temp.taught_value WHERE name = '{name}';
CREATE OR REPLACE FUNCTION pg_temp.{name}({arguments}) RETURNS {gives} LANGUAGE plpgsql AS $$
DECLARE known boolean; found text; wanted text := {given};
BEGIN
  SELECT is_known, value INTO known, found FROM pg_temp.taught_value WHERE name = '{name}' AND given = wanted;
  IF known IS NULL THEN INSERT INTO pg_temp.taught_value (name, given) VALUES ('{name}', wanted); END IF;
  RETURN found;
END $$;
"""
_ASKED = "SELECT name, given FROM pg_temp.taught_value WHERE NOT is_known"
_TELLS = """\
INSERT INTO pg_temp.taught_value (name, given, value, is_known) VALUES {rows}
ON CONFLICT (name, given) DO UPDATE SET value = excluded.value, is_known = true;
"""
_FEW_VALUES = 50
"""Values up to which they are told in a statement."""
_NONE = re.compile(r"(?!)")
_TYPES = {str: "text", int: "bigint"}
"""What a function of Python takes and gives, in PostgreSQL's words."""


class TaughtFunctions:
    """Functions of Python in SQL: what they are asked is found by asking, and computed before it is asked again.

    At the server each of them looks its value up in a temporary table, and notes there what it does not find. What
    makes them, and what they are told, goes to the server with the statement that needs it: each way there and
    back is waited for while other writers wait too.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._functions: dict[str, Callable[..., Any]] = {}
        self._made_by: dict[str, str] = {}
        self.calls = _NONE
        self._due = ""

    def teach(self, name: str, function: Callable[..., Any], takes: Sequence[type], gives: type) -> None:
        """Make a function, or give one that there is another meaning, before the next statement that calls one."""
        arguments = ", ".join(_TYPES[kind] for kind in takes)
        given = f"json_build_array({', '.join(f'${place}' for place in range(1, len(takes) + 1))})::text"
        self._functions[name] = function
        self.calls = re.compile(rf"\b({'|'.join(self._functions)})\(")
        self._made_by[name] = _TEACHES.format(name=name, arguments=arguments, given=given, gives=_TYPES[gives])
        self._due += ("" if self._due else _TAUGHT_VALUES) + self._made_by[name]

    def teach_again(self) -> None:
        """Make all of them anew: what was taken back may have been what made them."""
        self._due = _TAUGHT_VALUES + "".join(self._made_by.values()) if self._made_by else ""

    def run(self, cursor: "psycopg.Cursor[Any]", text: str, values: Values) -> None:
        """Run a statement, and again until no function of Python in it was asked what it had not told.

        A statement that writes is asked first for what it would write, where it is made of a SELECT: a row that
        lacks a value would be refused. Then it runs, and is taken back while it asks for more.
        """
        if not self.calls.search(text):
            cursor.execute(text.encode(), values)
            return
        text = self.calls.sub(r"pg_temp.\1(", text)
        if _READS.match(text):
            while asked := self._asked(cursor, text, values):
                self._tell(cursor, asked)
            return
        if made := _MADE_OF.match(text):
            rows = _BEHIND.sub("", text[made.end() :], 1)
            asked = self._asked(cursor, f"SELECT count(*) FROM ({rows}) AS rows", values)
            if not asked:
                cursor.execute(text.encode(), values)
                return
            self._tell(cursor, asked)
        while asked := self._asked(cursor, f"SAVEPOINT taught;\n{text}", values):
            cursor.connection.execute(b"ROLLBACK TO SAVEPOINT taught")
            self._tell(cursor, asked)
        cursor.connection.execute(b"RELEASE SAVEPOINT taught")

    def _asked(self, cursor: "psycopg.Cursor[Any]", text: str, values: Values) -> list[Any]:
        """Run a statement, and stand at what it gives; what functions were asked in it that they do not know."""
        due = self._due.replace("%", "%%")
        cursor.execute(f"{due}{text};\n{_ASKED}".encode(), values)
        self._due = ""
        cursor.set_result(-1)
        asked = cursor.fetchall()
        cursor.set_result(-2)
        return asked

    def _tell(self, cursor: "psycopg.Cursor[Any]", asked: Sequence[tuple[str, str]]) -> None:
        """Have functions know what they were asked: few values with the next statement, many at once."""
        told = [(name, given, self._value(name, given), "t") for name, given in asked]
        beside = cursor.connection.cursor()
        if len(told) > _FEW_VALUES:
            beside.execute(b"DELETE FROM pg_temp.taught_value WHERE NOT is_known")
            with beside.copy(b"COPY pg_temp.taught_value (name, given, value, is_known) FROM STDIN") as copy:
                for row in told:
                    copy.write_row(row)
            return
        rows = ", ".join(f"({', '.join(Literal(cell).as_string(beside) for cell in row)})" for row in told)
        self._due += _TELLS.format(rows=rows)

    def _value(self, name: str, given: str) -> str | None:
        value = self._functions[name](*json.loads(given))
        return None if value is None else str(int(value) if isinstance(value, bool) else value)
