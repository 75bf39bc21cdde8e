"""Each column that is looked through loses whom it names, in its table and in what the journal says it was."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conftest import insert, rolled_back
from ordercli.domain.privacy.erasing import PERSONS, TABLES
from ordercli.domain.privacy.sought import ERASED_TEXT
from ordercli.domain.privacy.texts import ERASED_TAG, IN_JSON, OF_ANYBODY, OF_ORDERS, OF_TAGS, FreeText
from ordercli.filedriver import FileDriver
from ordercli.services.privacy.texts import ErasedTexts, erase_texts

NAME = "Anastasia Quillfeather"
REFERRED = (
    *("sales_order_id", "order_line_id", "shipment_id", "return_authorization_id", "return_line_id", "message_id"),
    *("upload_item_id", "amazon_call_id", "own_field_id"),
)
WHOSE: dict[str, dict[str, object]] = {
    "sales_order": {"personal_id": 1, "personal_version": 1, "operation_id": 1},
    "order_line": {"sales_order_id": 1},
    "shipment": {"sales_order_id": 1, "operation_id": 1},
    "return_authorization": {"sales_order_id": 1, "operation_id": 1},
    "return_line": {"return_authorization_id": 1, "order_line_id": 1},
    "message": {"sales_order_id": 1, "operation_id": 1},
    "upload_item": {"shipment_id": 1, "amazon_call_id": 1},
    "own_field": {"kind": "text", "operation_id": 1},
}
TEXTS = (*OF_ORDERS, *OF_ANYBODY)
CASES, OF_SOME_ORDER = (
    [
        pytest.param(text, column, id=f"{text.table}-{column}-{'order' if text.order else 'anybody'}")
        for text in texts
        for column in text.columns
    ]
    for texts in (TEXTS, [text for text in TEXTS if text.order])
)


@contextmanager
def bare(connection: FileDriver) -> Iterator[None]:
    """Rows that stand alone: no CHECK and no trigger is about what is tested here."""
    with rolled_back(connection):
        connection.execute("PRAGMA ignore_check_constraints = ON")
        kept = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, sql in kept:
            if "INSERT ON" in sql or not ("_no_update" in name or "_journal_" in name):
                connection.execute(f"DROP TRIGGER {name}")
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
        yield
        connection.execute("PRAGMA ignore_check_constraints = OFF")


def erase(connection: FileDriver, order: int = 1) -> ErasedTexts:
    connection.execute("INSERT INTO erasing VALUES (?)", (order,))
    connection.execute(PERSONS)
    return erase_texts(connection, 2)


def told(column: str, text: FreeText, words: str) -> str:
    return json.dumps(["x", words, 5]) if (text.table, column) in IN_JSON else words


def tell(connection: FileDriver, text: FreeText, column: str, words: str) -> None:
    """Rows that are about order 1, and a text that is in one of them, and in the journal."""
    for table, row in WHOSE.items():
        if table != text.table:
            insert(connection, table, id=1, **row)
    names = {row["name"] for row in connection.execute(f"PRAGMA table_info({text.table})")}
    values = {name: 1 for name in REFERRED if name in names} | {column: words}
    values |= {"id": 90 if text.table in ("operation", "setting") else 1} if "id" in names else {}
    values |= {"operation_id": 1} if "operation_id" in names else {}
    values |= {"name": "report.mine"} if text.table == "setting" else {}
    values |= {"personal_id": 3, "version": 1} if text.table == "personal_data" else {}
    insert(connection, text.table, **values)
    if text.table == "personal_data":  # of which the journal has no image
        return
    image = json.dumps(values)
    key = f"1 {words}" if text.table == "order_tag" else "1"
    change = {"operation_id": 1, "table_name": text.table, "row_key": key, "verb": "delete", "old": image}
    insert(connection, "row_change", **change)


def said(connection: FileDriver, text: FreeText, column: str) -> object:
    held = [row[0] for row in connection.execute(f"SELECT {column} FROM {text.table}")][-1]
    return json.loads(held) if (text.table, column) in IN_JSON else held


def expected(text: FreeText, column: str) -> object:
    if (text.table, column) in OF_TAGS:
        return f"{ERASED_TAG}, today"
    words = told(column, text, f"for {ERASED_TEXT}, today")
    return json.loads(words) if (text.table, column) in IN_JSON else words


@pytest.mark.parametrize(("text", "column"), CASES)
def test_a_text_loses_whom_it_names_and_the_journal_too(blank: FileDriver, text: FreeText, column: str) -> None:
    with bare(blank):
        insert(blank, "personal_data", personal_id=1, version=1, customer_name=NAME)
        tell(blank, text, column, told(column, text, f"for {NAME.upper()}, today"))

        done = erase(blank)

        assert said(blank, text, column) == expected(text, column)
        marked = {row[0] for row in blank.execute("SELECT table_name FROM erased_text")}
        if text.table != "personal_data":
            (old,) = blank.execute("SELECT old FROM row_change").fetchone()
            assert "quillfeather" not in old.casefold()
            assert done.changed >= 2
            assert "row_change" in marked
        assert text.table in marked
        assert {"row_before"} & marked == set()
        triggers = blank.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'").fetchone()[0]
        assert triggers > 0
        assert blank.execute("SELECT count(*) FROM row_before").fetchone()[0] == 0


@pytest.mark.parametrize("own", ["Max Roth", NAME])
@pytest.mark.parametrize(("text", "column"), OF_SOME_ORDER)
def test_a_text_about_somebody_elses_order_loses_whom_it_names_but_not_its_own_buyer(
    blank: FileDriver, text: FreeText, column: str, own: str
) -> None:
    with bare(blank):
        insert(blank, "personal_data", personal_id=1, version=1, customer_name=own)
        insert(blank, "personal_data", personal_id=2, version=1, customer_name=NAME)
        insert(blank, "sales_order", id=2, order_id="O-2", personal_id=2, personal_version=1, operation_id=1)
        words = told(column, text, f"for {NAME.upper()}, today")
        tell(blank, text, column, words)
        if text.table == "personal_data":
            blank.execute("DELETE FROM return_authorization")  # which is not settled
            blank.execute("UPDATE sales_order SET personal_id = 3 WHERE id = 1")
            blank.execute("UPDATE personal_data SET customer_name = ? WHERE personal_id = 3", (own,))

        erase(blank, order=2)

        stays = said(blank, text, column) == (json.loads(words) if words.startswith("[") else words)
        assert stays if own == NAME else said(blank, text, column) == expected(text, column)
        for (old,) in blank.execute("SELECT old FROM row_change"):
            assert ("quillfeather" in old.casefold()) == (own == NAME)
