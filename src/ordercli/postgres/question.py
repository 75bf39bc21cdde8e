"""A SELECT of somebody's own at a server: what it reads and calls is asked of the server before any of it runs.

What SQLite's authorizer is for a file is here the server's own reading of the statement: it becomes the
definition of a view that is taken back at once, and the tables, columns, functions and operators in it are looked
up. Names, quotes and comments are the server's to read, so there is nothing to hide behind them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg import pq

from ordercli.postgres.connection import ServerDriver, ServerError
from ordercli.server import Server

_VIEW, _CURSOR = "ordercli_asked", "ordercli_answer"
_NODE_FUNCTION = re.compile(r":(?:funcid|opfuncid|aggfnoid|winfnoid|tsmhandler) (\d+)")
_NODE_OPERATOR = re.compile(r":(?:opno|sortop|eqop) (\d+)")
_NODE_OPERATORS = re.compile(r":opnos \(o((?: \d+)+)\)")
_NODE_RELATION = re.compile(r":relid (\d+)")
_NODE_WHOLE_ROW = re.compile(r":varattno 0 ")
_TREE = f"""
SELECT ev_action::text FROM pg_catalog.pg_rewrite WHERE ev_class = 'pg_temp.{_VIEW}'::pg_catalog.regclass"""
_RELATIONS = """
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, n.oid = pg_my_temp_schema()
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY(%s::oid[])"""
_FUNCTIONS = """
SELECT n.nspname::text, p.proname::text, p.provolatile::text, p.prosecdef
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid = ANY(%s::oid[]) OR p.oid IN (SELECT oprcode FROM pg_catalog.pg_operator WHERE oid = ANY(%s::oid[]))"""
_COLUMNS = f"""
WITH RECURSIVE seen (relation) AS (
  SELECT 'pg_temp.{_VIEW}'::pg_catalog.regclass::oid
  UNION
  SELECT c.oid FROM seen
  JOIN pg_catalog.pg_rewrite r ON r.ev_class = seen.relation
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass
  JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind = 'v'
)
SELECT DISTINCT c.relname::text, a.attname::text FROM seen
JOIN pg_catalog.pg_rewrite r ON r.ev_class = seen.relation
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass
JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relnamespace = 'ordercli'::regnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.attnum > 0"""
_LOOKED_AT = frozenset(
    {
        *("pg_attribute", "pg_class", "pg_constraint", "pg_depend", "pg_description", "pg_index", "pg_indexes"),
        *("pg_namespace", "pg_proc", "pg_tables", "pg_trigger", "pg_type", "pg_views"),
    }
)
"""Tables of the server that only say what there is. Others have samples of rows, passwords, what others ask."""
_MORE_THAN_READING = re.compile(
    r"(?:pg_|lo_|txid_|inet_client|inet_server|current_setting|set_config|binary_upgrade|ts_stat|ts_rewrite)"
    r"|.*to_xml"
)
"""Names of functions that ask the server for more than values of the statement, whatever it says of them."""
_HARMLESS = frozenset(
    {
        *("bernoulli", "clock_timestamp", "gen_random_uuid", "random", "system"),
        *("pg_column_size", "pg_database_size", "pg_get_constraintdef", "pg_get_expr", "pg_get_functiondef"),
        *("pg_get_indexdef", "pg_get_triggerdef", "pg_get_viewdef", "pg_indexes_size", "pg_relation_size"),
        *("pg_size_pretty", "pg_table_is_visible", "pg_table_size", "pg_total_relation_size", "pg_typeof"),
    }
)
"""Those of them that ask for nothing else, and those whose answer is another each time."""
_WHOLE, _BROKEN, _EXACT, _TRUTH, _BYTES = {20, 21, 23, 26}, {700, 701}, 1700, 16, 17
"""Types of values by their numbers, which are the same in every server."""
_SETTINGS = (
    # Who asks in words of their own leaves the order of a join to the server, unlike ordercli's statements.
    *("cursor_tuple_fraction = 1", "join_collapse_limit = 8"),
)
_STILL_READS = b"ROLLBACK TO SAVEPOINT only_reads; SET TRANSACTION READ ONLY"
"""Makes a connection answer again after an error, which only reads as before."""
_ROOM = 4 * 1024 * 1024
"""Bytes of rows that are fetched at once, about."""
_MOST_ROWS = 1_000


class QuestionError(ServerError):
    """What the server has against a statement.

    Attributes:
        position: the sign of its text that is meant, from 1; 0 if none is.
    """

    def __init__(self, error: psycopg.Error, place: Server) -> None:
        """Keep what it says."""
        super().__init__(error, "", place, is_unsure=False)
        self.position = int(error.diag.statement_position or 0)


class Reads(NamedTuple):
    """What a statement would do.

    Attributes:
        refusal: why it may not, as a clause; None if it only reads the shop.
        columns: of which tables of the shop it sees which columns.
        has_whole_rows: whether a row is taken as one value.
        tables: the shop's that it names.
    """

    refusal: str | None
    columns: frozenset[tuple[str, str]]
    has_whole_rows: bool
    tables: frozenset[str]


@contextmanager
def _told(driver: ServerDriver) -> Iterator[None]:
    """Errors of the server, after which the connection can be asked again."""
    try:
        yield
    except psycopg.Error as error:
        told = QuestionError(error, driver.place)
        if not told.is_lost:
            driver.connection.execute(_STILL_READS)
        raise told from None


def encoded(driver: ServerDriver, text: str) -> bytes:
    """The text as it is sent."""
    return text.encode(driver.connection.info.encoding)


def columns_of(driver: ServerDriver, text: str) -> list[str]:
    """What a statement calls its columns; it is read by the server, and not run.

    That way several statements in one text are refused, however they are written.

    Raises:
        QuestionError: if it cannot be read.
    """
    connection = driver.connection.pgconn
    with _told(driver):
        for result in (connection.prepare(b"", encoded(driver, text)), connection.describe_prepared(b"")):
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result, driver.connection.info.encoding)
    encoding = driver.connection.info.encoding
    return [(result.fname(place) or b"").decode(encoding) for place in range(result.nfields)]


def limit(driver: ServerDriver, seconds: float) -> None:
    """Have the server give up what takes longer, the reading of a statement too."""
    driver.connection.execute(_limit(seconds).encode())


def reads_of(driver: ServerDriver, text: str, views: frozenset[str]) -> Reads | None:
    """What a statement would do that can be read; None if it is no question.

    Args:
        driver: reads only, from a savepoint on.
        text: the statement.
        views: temporary ones that it may use.

    Raises:
        QuestionError: if another process is in the way.
    """
    driver.execute("PRAGMA query_only = OFF")
    try:
        driver.execute("SAVEPOINT looks")
        try:
            # In brackets a SELECT may do nothing but ask, and may have several columns of one name.
            wrapped = f"CREATE TEMP VIEW {_VIEW} AS SELECT 1 AS one FROM (\n{text}\n) AS asked"
            psycopg.Cursor(driver.connection).execute(encoded(driver, wrapped), prepare=True)
            return _reads(driver, views)
        except psycopg.Error as error:
            told = QuestionError(error, driver.place)
            if not (told.sqlstate or "").startswith(("42", "0A")):
                raise told from None
            return None
        finally:
            if not driver.connection.closed:
                driver.connection.execute(b"ROLLBACK TO SAVEPOINT looks; RELEASE SAVEPOINT looks")
    finally:
        if not driver.connection.closed:
            driver.execute("PRAGMA query_only = ON")


def _reads(driver: ServerDriver, views: frozenset[str]) -> Reads:
    def asked(sql: str, *values: list[int]) -> list[Any]:
        return driver.connection.execute(sql.encode(), values).fetchall()

    ((tree,),) = asked(_TREE)
    operators = {*_NODE_OPERATOR.findall(tree), *" ".join(_NODE_OPERATORS.findall(tree)).split()}
    functions = asked(_FUNCTIONS, _numbers(_NODE_FUNCTION.findall(tree)), _numbers(operators))
    named = {int(number) for number in _NODE_RELATION.findall(tree)} - {0}
    relations = asked(_RELATIONS, sorted(named))
    reasons = [
        *(_against_relation(schema, name, kind, own, views) for _, schema, name, kind, own in relations),
        *(_against_function(*row) for row in functions),
    ]
    return Reads(
        next((reason for reason in reasons if reason), None),
        frozenset(asked(_COLUMNS)),
        _NODE_WHOLE_ROW.search(tree) is not None,
        frozenset(name for _, schema, name, _, _ in relations if schema == "ordercli"),
    )


def _numbers(found: Iterable[str]) -> list[int]:
    return sorted({int(number) for number in found} - {0})


def _against_relation(schema: str, name: str, kind: str, is_temporary: int, views: frozenset[str]) -> str | None:
    """Why a table or view may not be read, as a clause."""
    is_shops = schema == "ordercli" and kind in ("r", "v")
    is_made = is_temporary and (name in views or name == _VIEW)
    is_looked_at = schema == "information_schema" or (schema == "pg_catalog" and name in _LOOKED_AT)
    return None if is_shops or is_made or is_looked_at else f"it reads {schema}.{name}, which is not the shop's"


def _against_function(schema: str, name: str, volatility: str, is_others: int) -> str | None:
    """Why a function may not be called, as a clause."""
    if schema == "pg_catalog" and name in _HARMLESS:
        return None
    is_plain = schema == "sqlite" or (schema == "pg_catalog" and not _MORE_THAN_READING.match(name))
    if is_plain and volatility != "v" and not is_others:
        return None
    return f"it calls {name}(), which may do more than read the shop"


class AnswerRows:
    """The rows of a statement, of which not more are held at once than a few MiB."""

    def __init__(self, driver: ServerDriver, text: str, *, is_explained: bool) -> None:
        """Begin with a statement that may be run."""
        self._driver = driver
        self._text = text
        self._is_explained = is_explained
        self._cursor: psycopg.Cursor[Any] = psycopg.Cursor(driver.connection)
        self._most = 1

    def begin(self, seconds: float, memory: int) -> None:
        """Have the server plan it, and run it if it only is to be explained.

        Args:
            seconds: how long that may take.
            memory: bytes of the server's disk that its temporary files may take, where we may say so.

        Raises:
            QuestionError: of what the server has against it.
        """
        with _told(self._driver):
            settings = [f"SET LOCAL {setting}" for setting in _SETTINGS]
            if self._driver.connection.info.parameter_status("is_superuser") == "on":
                settings.append(f"SET LOCAL temp_file_limit = {memory >> 10}")
            settings.append(_limit(seconds))
            self._driver.connection.execute("; ".join(settings).encode())
            head = "" if self._is_explained else f"DECLARE {_CURSOR} NO SCROLL CURSOR FOR\n"
            try:
                self._cursor.execute(encoded(self._driver, f"{head}{self._text}"), prepare=True)
            except psycopg.Error as error:
                told = QuestionError(error, self._driver.place)
                told.position = max(0, told.position - len(head))
                if not told.is_lost:
                    self._driver.connection.execute(_STILL_READS)
                raise told from None

    def some(self, seconds: float) -> list[tuple[Any, ...]]:
        """The next rows; none after the last.

        Raises:
            QuestionError: of what goes wrong on the way, or if it takes longer than so many seconds.
        """
        if self._is_explained:
            rows, self._cursor = self._values(), psycopg.Cursor(self._driver.connection)
            return rows
        with _told(self._driver):
            self._cursor = psycopg.ClientCursor(self._driver.connection)  # which prepares nothing
            self._cursor.execute(f"{_limit(seconds)}; FETCH FORWARD {self._most} FROM {_CURSOR}".encode())
            self._cursor.nextset()
            rows = self._values()
        size = sum(len(value) for row in rows for value in row if isinstance(value, str | bytes))
        fit = _ROOM * len(rows) // max(size, 1)
        self._most = max(1, min(_MOST_ROWS, self._most * 8, fit))
        return rows

    def _values(self) -> list[tuple[Any, ...]]:
        result = self._cursor.pgresult
        if result is None:
            return []
        encoding = self._driver.connection.info.encoding
        types = [result.ftype(place) for place in range(result.nfields)]
        return [
            tuple(_value(kind, result.get_value(row, place), encoding) for place, kind in enumerate(types))
            for row in range(result.ntuples)
        ]


def _limit(seconds: float) -> str:
    return f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"


def _value(kind: int, data: bytes | None, encoding: str) -> Any:  # noqa: ANN401 - a value of any type
    """A value as SQLite would give it; what it has no type for is text."""
    if data is None:
        return None
    if kind in _WHOLE or (kind == _EXACT and data.lstrip(b"-").isdigit()):
        return int(data)
    if kind == _EXACT or kind in _BROKEN:
        number = float(data)
        return number if number == number else "NaN"  # noqa: PLR0124 - which is no number, and JSON has none
    if kind == _TRUTH:
        return int(data == b"t")
    return bytes.fromhex(data[2:].decode()) if kind == _BYTES else data.decode(encoding)


def names_in(driver: ServerDriver, tables: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of the shop's tables, and of the columns of those of them that are told."""
    known = driver.connection.execute(
        b"SELECT relname::text FROM pg_catalog.pg_class"
        b" WHERE relnamespace = 'ordercli'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1"
    ).fetchall()
    columns = driver.connection.execute(
        b"SELECT a.attname::text FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
        b" WHERE c.relnamespace = 'ordercli'::regnamespace AND c.relname = ANY(%s) AND a.attnum > 0"
        b" AND NOT a.attisdropped ORDER BY c.relname, a.attnum",
        [list(tables)],
    ).fetchall()
    return [name for (name,) in known], [name for (name,) in columns]
