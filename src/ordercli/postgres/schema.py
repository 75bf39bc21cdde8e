"""The schema for PostgreSQL, made of the text of the first migration, which the models make."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ordercli.domain.made_rows import LOOSE
from ordercli.postgres.spoken import SEARCH_PATH, spoken
from ordercli.shape import scripts_folder

_TABLE_END = re.compile(r"\)\s*(?:,\s*)?STRICT$")
_REFERENCE = re.compile(r"^ *(CONSTRAINT \w+ FOREIGN KEY.*?),?$", re.MULTILINE)
_CHECK = re.compile(r"^( *CONSTRAINT \w+ CHECK )\((.*)\)(,?)$", re.MULTILINE)
_CHECKS_WAIT = """CREATE FUNCTION ordercli.checks_wait() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
 IF current_setting('ordercli.checks_wait', true) IS DISTINCT FROM 'on' THEN RETURN false; END IF;
 RETURN EXISTS (SELECT FROM ordercli.undoing);
END $$"""
"""A CHECK waits where a transaction that takes an operation back says so, and then looks itself at the end.

It may be asked before the view is there, by rows that come before it.
"""
_IMAGE = re.compile(r"printf\('[%Q,]+',((?:hex\([\w.]+\)|[\w.,])+)\)")
_ANY = re.compile(r"^(    \w+) ANY\b", re.MULTILINE)
_HAS_ID = "    id bigint NOT NULL,"
_NUMBERED = """CREATE FUNCTION ordercli.next_{0}() RETURNS bigint LANGUAGE plpgsql
SET enable_sort = off AS $$
BEGIN RETURN coalesce((SELECT {1} FROM ordercli.{0} ORDER BY {1} DESC LIMIT 1), 0) + 1; END $$"""
"""A new row has the number after the greatest, as in SQLite; writers take turns, so nobody else takes it.

A session keeps the plan, and one that was made while the table was empty reads all of it for each row; one that
must not sort goes to its end.
"""
_TOLD = "INSERT INTO sqlite.sqlite_schema VALUES ({}, {}, {}, {})"
_NAME = re.compile(r"CREATE (?:UNIQUE )?(TABLE|INDEX|VIEW|TRIGGER) (\w+)(?:[^;]*?\sON (\w+))?")
_TRIGGER = re.compile(
    r"CREATE TRIGGER (?P<name>\w+)\s+(?P<when>BEFORE|AFTER|INSTEAD OF) (?P<verb>INSERT|UPDATE|DELETE)"
    r"(?: OF (?P<columns>[\w, ]+))?\s+ON (?P<table>\w+)\s+(?:WHEN (?P<condition>.*?)\s+)?BEGIN\s(?P<body>.*)END",
    re.DOTALL,
)


_ROWS = "SELECT * FROM new_rows ORDER BY id"
_ASKING_ROWS = {
    "stock_movement_levels": "SELECT DISTINCT ON (product_id) * FROM new_rows ORDER BY product_id, occurred_at, id"
}
"""Rows of a statement for which a trigger asks, where some speak for all: when a product ran out is found anew
since the earliest of its movements, and with it since all that came later."""
_REFUSES = re.compile(r"\s*SELECT RAISE\(ABORT, '[^']+'\);\s*")


def statements() -> Iterator[str]:
    """All that makes a shop in an empty database."""
    tables, laws = in_two()
    yield from tables
    yield from laws


def in_two() -> tuple[list[str], list[str]]:
    """The same in two: the tables, and what is better made once their rows are there."""
    made = list(_schema())
    end = (
        next(place for place, sql in enumerate(made) if sql.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX")))
        - 1
    )
    head = [
        (scripts_folder() / "postgres_functions.sql").read_text(encoding="utf-8"),
        "CREATE SCHEMA ordercli",
        f"SET LOCAL search_path = {SEARCH_PATH}",
        _CHECKS_WAIT,
        "CREATE TABLE ordercli.alembic_version (version_num text PRIMARY KEY)",
        *_statements_of("postgres_working.sql"),
    ]
    return head + made[:end], made[end:]


def _statements_of(name: str) -> list[str]:
    """The statements of a file that has one after the other."""
    lines = (scripts_folder() / name).read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return [each.strip() for each in text.rstrip().rstrip(";").split(";\n")]


def _schema() -> Iterator[str]:
    """Every table, then every index, reference, view and trigger, in an order in which they can be made."""
    references: list[str] = []
    for whole in _first_schema():
        sql = spoken(whole.removesuffix(";")).replace("%%", "%")
        yield _TOLD.format(*map(_quoted, _named(whole.removesuffix(";"))))
        match sql.split()[1:3]:
            case ["TABLE", name]:
                column = "id" if _HAS_ID in sql else "rowid"
                yield _NUMBERED.format(name, column)
                yield _placed(_table(name, sql))
                references += [f"ALTER TABLE {name} ADD {text} DEFERRABLE" for text in _REFERENCE.findall(sql)]
            case ["TRIGGER", _]:
                yield _trigger(sql)
            case ["VIEW", _]:
                yield from references  # every table is there
                references = []
                yield _placed(sql)
            case _:
                yield sql


class MadeTrigger(NamedTuple):
    """A trigger of the schema: its table, what it waits for, and whether it refuses that always."""

    table: str
    verb: str
    always_refuses: bool


def triggers() -> Iterator[MadeTrigger]:
    """Every trigger of the schema."""
    for whole in _first_schema():
        if found := _TRIGGER.fullmatch(whole.removesuffix(";")):
            is_bare = not found["condition"] and not found["columns"] and found["when"] == "BEFORE"
            yield MadeTrigger(
                found["table"], found["verb"], is_bare and _REFUSES.fullmatch(found["body"]) is not None
            )


def _first_schema() -> list[str]:
    file = scripts_folder() / "versions" / "s0001_first_schema.sql"
    return file.read_text(encoding="utf-8").rstrip().split("\n\n")


def _named(sql: str) -> tuple[str, str, str, str]:
    """A row of what SQLite tells of its schema: the kind of a thing, its name, its table and its text."""
    found = _NAME.match(sql)
    if found is None:
        raise ValueError(sql)
    kind, name, table = found.groups()
    return kind.lower(), name, table if kind in ("INDEX", "TRIGGER") else name, sql


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _placed(sql: str) -> str:
    """A statement that makes its table or view where ordercli's are, and not in the first place of the path."""
    return re.sub(r"^CREATE (TABLE|VIEW) ", r"CREATE \1 ordercli.", sql)


def _table(name: str, sql: str) -> str:
    """A table without its references to others, which may come later."""
    text = _REFERENCE.sub("", _TABLE_END.sub(")", sql)).replace(" VIRTUAL", " STORED")
    text = _CHECK.sub(r"\1((\2) OR ordercli.checks_wait())\3", text)
    text = re.sub(r",\s*\)$", "\n)", text)
    number = f"bigint NOT NULL DEFAULT ordercli.next_{name}()"
    if _HAS_ID in text:
        text = text.replace(_HAS_ID, f"    id {number},", 1)
    elif name in LOOSE:
        text = text.removesuffix(")") + f",    rowid {number} UNIQUE\n)"
    return _ANY.sub(r"\1 text", text)


def _image(found: re.Match[str]) -> str:
    """A row as the literals of its values, which is what the journal keeps."""
    return f"concat_ws(',', {', '.join(f'quote({value}::text)' for value in found[1].split(','))})"


def _reads(table: str, statement: str) -> bool:
    return re.search(rf"\b(?:FROM|JOIN) {table}\b", statement) is not None


def _for_all(name: str, table: str, body: str) -> str:
    """A trigger that asks for other rows of its table: it is run once for all rows of a statement.

    SQLite runs it as soon as a row is there, PostgreSQL when all are; so what asks comes behind what is to be
    done for each.
    """
    statements = [each.strip() for each in body.split(";") if each.strip()]
    loops = "".join(
        f"FOR the_new IN {_ASKING_ROWS.get(name, _ROWS) if is_asking else _ROWS} LOOP\n"
        + "".join(f"{each};\n" for each in statements if _reads(table, each) == is_asking)
        + "END LOOP;\n"
        for is_asking in (False, True)
    )
    loops = re.sub(r"\bNEW\.", "the_new.", loops)
    return f"""CREATE FUNCTION ordercli.{name}() RETURNS trigger LANGUAGE plpgsql SET search_path = {SEARCH_PATH}
SET enable_seqscan = off AS $trigger$
DECLARE the_new record;
BEGIN
{loops}RETURN NULL;
END $trigger$;
CREATE TRIGGER {_in_order(name)} AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION ordercli.{name}()"""


def _in_order(name: str) -> str:
    """A trigger's name: those of one event run by their names, and the journal is told first that a row is new."""
    return f"_{name}" if name.endswith("_journal_insert") else name


def _trigger(sql: str) -> str:
    """A trigger and its function."""
    found = _TRIGGER.fullmatch(sql)
    if found is None:
        raise ValueError(sql)
    name, row = found["name"], "OLD" if found["verb"] == "DELETE" else "NEW"
    body = re.sub(
        r"SELECT RAISE\(ABORT, ('[^']+')\)",
        r"RAISE EXCEPTION USING MESSAGE = \1, ERRCODE = 'integrity_constraint_violation'",
        found["body"],
    )
    body = _IMAGE.sub(_image, body)
    # A row of the journal has the next number there, which NULL stands for in SQLite.
    body = body.replace("row_before SELECT NULL,", "row_before (table_name, row_key, verb, image) SELECT ")
    table, is_after_insert = found["table"], (found["when"], found["verb"]) == ("AFTER", "INSERT")
    if condition := found["condition"]:
        if is_after_insert:  # rows of the same statement that come later are there already
            condition = condition.replace(" <> NEW.id", " < NEW.id")
        body = f"IF {condition} THEN\n{body}END IF;\n"
    elif is_after_insert and _reads(table, body):
        return _for_all(name, table, body)
    of = f" OF {found['columns']}" if found["columns"] else ""
    return f"""CREATE FUNCTION ordercli.{name}() RETURNS trigger LANGUAGE plpgsql SET search_path = {SEARCH_PATH}
AS $trigger$
BEGIN
{body}RETURN {row};
END $trigger$;
CREATE TRIGGER {_in_order(name)} {found["when"]} {found["verb"]}{of} ON {found["table"]}
FOR EACH ROW EXECUTE FUNCTION ordercli.{name}()"""
