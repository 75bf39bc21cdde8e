"""Texts about something else that name a person who is being erased: they lose what names them.

Rows that are never changed are changed here, so the triggers that refuse that, or would keep what was there in the
journal, stand aside for the statement; which rows it were is marked, for their hashes prove them no more.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from ordercli.domain.journal import read_image, write_image
from ordercli.domain.orders.personal import person_rows_sql
from ordercli.domain.privacy.sought import ERASED_TEXT, SOUGHT, WORDS, Sought, sought
from ordercli.domain.privacy.texts import (
    ERASED_TAG,
    IN_JOURNAL,
    IN_JSON,
    KEYS_OF_TEXT,
    MARKED_TEXT,
    OF_ANYBODY,
    OF_ORDERS,
    OF_TAGS,
    OWN_VALUES,
    TOLD_BY_OPEN_ORDERS,
    WORDS_OF_THE_SHOP,
    FreeText,
)
from ordercli.driver import Driver, Trigger

_SOUGHT = ", ".join(f"p.{name}" for name in SOUGHT)
_OF_ORDERS = f"""
SELECT DISTINCT r.sales_order_id, {_SOUGHT} FROM ({person_rows_sql("IN (SELECT sales_order_id FROM erasing)")}) r
JOIN personal_data p ON p.personal_id = r.personal_id"""
_OF_UNDONE = f"""
SELECT coalesce(CAST(c.old ->> 'sales_order_id' AS INTEGER), CAST(c.row_key AS INTEGER)), {_SOUGHT}
FROM row_change c JOIN personal_data p ON p.personal_id = CAST(c.old ->> 'personal_id' AS INTEGER)
WHERE c.verb = 'delete' AND c.table_name IN ('sales_order', 'order_statement')
  AND p.personal_id IN (SELECT personal_id FROM erasing_loose)"""
_OF_EVERYBODY = (
    f"SELECT {_SOUGHT} FROM personal_data p WHERE p.personal_id IN (SELECT personal_id FROM erasing_person)"
)
_OWN = ", ".join(f"p.{name}" for name in SOUGHT if name not in WORDS)
_OF_ORDER = f"""
SELECT DISTINCT {_OWN} FROM ({person_rows_sql("= :order")}) r
JOIN personal_data p ON p.personal_id = r.personal_id"""
_KEYS = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
_TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?"
_STANDS_IN_THE_WAY = re.compile(r"\A\s*CREATE TRIGGER \w+ (BEFORE|AFTER) (UPDATE|DELETE) ON ", re.IGNORECASE)
_CHANGES = """
SELECT id, table_name, row_key, operation_id, old, new FROM row_change
WHERE table_name IN (SELECT value FROM json_each(?))"""
_REMOVED = """
SELECT CAST(old ->> 'operation_id' AS INTEGER) FROM row_change
WHERE table_name = :table AND row_key = :key AND verb = 'delete' ORDER BY id DESC LIMIT 1"""
_REMOVED_RETURN = """
SELECT coalesce(r.operation_id, CAST(a.old ->> 'operation_id' AS INTEGER)) FROM row_change c
LEFT JOIN return_authorization r ON r.id = CAST(c.old ->> 'return_authorization_id' AS INTEGER)
LEFT JOIN row_change a ON a.table_name = 'return_authorization' AND a.verb = 'delete'
  AND a.row_key = c.old ->> 'return_authorization_id'
WHERE c.table_name = :table AND c.row_key = :key AND c.verb = 'delete' ORDER BY c.id DESC LIMIT 1"""
_REMOVED_OF = """
SELECT CAST(old ->> 'sales_order_id' AS INTEGER) FROM row_change
WHERE table_name = ? AND row_key = ? AND verb = 'delete' ORDER BY id DESC LIMIT 1"""
_OWNER_TABLES = {
    "order_line_id": "order_line",
    "shipment_id": "shipment",
    "return_authorization_id": "return_authorization",
}
_OWNERS = (
    "order_line_id",
    "shipment_id",
    "return_authorization_id",
    "return_line_id",
    "upload_item_id",
    "message_id",
)
_UNFIT = "SELECT 1 FROM own_field WHERE id = ? AND kind <> 'text'"

_SAME_PAST = """EXISTS (
  SELECT 1 FROM main.operation b JOIN present.operation o ON o.id = b.id AND o.chain = b.chain
  WHERE b.id = (SELECT max(id) FROM main.operation))"""
_IS_MARKED_ELSEWHERE = f"""
SELECT {_SAME_PAST} AND EXISTS (SELECT table_name, row_key FROM present.erased_text
  EXCEPT SELECT table_name, row_key FROM main.erased_text)"""
_MARKED_KEYS = "SELECT row_key FROM present.erased_text WHERE table_name = ?"
_TOLD_ELSEWHERE = """
{row}.operation_id IN (SELECT made_by FROM present.erased_text WHERE table_name = '{table}')
AND {row}.{column} NOT IN (SELECT p.{column} FROM present.{table} p WHERE p.operation_id = {row}.operation_id)"""
_ONE_KEY = f"""
DELETE FROM main.{{table}} WHERE {_TOLD_ELSEWHERE.replace("{row}", "{table}")} AND EXISTS (
  SELECT 1 FROM main.{{table}} o WHERE o.{{owner}} = {{table}}.{{owner}} AND o.{{column}} <> {{table}}.{{column}}
  AND (o.{{column}} = '{ERASED_TAG}'
    OR o.{{column}} < {{table}}.{{column}} AND {_TOLD_ELSEWHERE.replace("{row}", "o")}))"""
"""What becomes the same as another row once it has no name, of the same order or command."""
_ERASE_KEY = f"""
UPDATE main.{{table}} SET {{column}} = '{ERASED_TAG}' WHERE {_TOLD_ELSEWHERE.replace("{row}", "{table}")}"""
_NO_VALUE = f"""
DELETE FROM main.{{}} WHERE value = '{ERASED_TEXT}'
  AND own_field_id IN (SELECT id FROM main.own_field WHERE kind <> 'text')"""
_MARK_AS_ELSEWHERE = """
INSERT OR IGNORE INTO main.erased_text (table_name, row_key, made_by)
SELECT table_name, row_key, (SELECT id FROM main.operation WHERE id = made_by) FROM present.erased_text"""

_Without = Callable[[str], str]


class ErasedTexts(NamedTuple):
    """What became of the texts that named people.

    Attributes:
        changed: how many rows changed.
        left_in: ids of open orders whose own buyers name them, in words that are left until that order is over.
    """

    changed: int
    left_in: tuple[str, ...]


def erase_texts(driver: Driver, operation: int | None) -> ErasedTexts:
    """Take the people whose rows are about to be emptied out of every text that may name them.

    Args:
        driver: the connection, in a transaction, with the temporary tables that name whom.
        operation: the one that erases; None in a backup.
    """
    texts = _Texts(driver, operation)
    return ErasedTexts(texts.erase(), tuple(dict.fromkeys(texts.left_in())))


def is_marked_elsewhere(copy: Driver) -> bool:
    """Whether the database attached as ``present`` erased texts that a copy of it may still have."""
    return bool(copy.execute(_IS_MARKED_ELSEWHERE).fetchone()[0])


def erase_texts_elsewhere(copy: Driver) -> None:
    """Give a copy the texts of the database attached as ``present``, in rows of which that one erased some.

    So a text goes also from a copy of a time when nobody knew yet whom it named.
    """
    (is_marked,) = copy.execute(_IS_MARKED_ELSEWHERE).fetchone()
    if not is_marked:
        return
    for table, column in KEYS_OF_TEXT:
        with _standing_aside(copy, table):
            (owner,) = {name for (name,) in copy.execute(_KEYS, (table,))} - {column}
            for sql in (_ONE_KEY, _ERASE_KEY):
                copy.execute(sql.format(table=table, column=column, owner=owner))
    for text in (*OF_ORDERS, *OF_ANYBODY, FreeText("row_change", ("row_key", "old", "new"))):
        keys = [name for (name,) in copy.execute(_KEYS, (text.table,))]
        same = " AND ".join(f"p.{name} = {text.table}.{name}" for name in keys)
        key = " || ' ' || ".join(f"{text.table}.{name}" for name in keys)
        sets = ", ".join(
            f"{name} = iif({name} IS NULL, NULL, coalesce("
            f"(SELECT p.{name} FROM present.{text.table} p WHERE {same}), '{ERASED_TEXT}'))"
            for name in text.columns
        )
        with _standing_aside(copy, text.table):
            copy.execute(f"UPDATE {text.table} SET {sets} WHERE {key} IN ({_MARKED_KEYS})", (text.table,))
    for table in OWN_VALUES:
        with _standing_aside(copy, table):
            copy.execute(_NO_VALUE.format(table))
    copy.execute(_MARK_AS_ELSEWHERE)


class _Texts:
    """The texts of one database, and who is sought in them."""

    def __init__(self, driver: Driver, operation: int | None) -> None:
        self._driver = driver
        self._operation = operation
        self._keys: dict[str, list[str]] = {}
        self._lost: dict[int, dict[str, str]] = defaultdict(dict)
        """By operation, the texts of its rows that named somebody, each with what is left of it."""
        self._orders = self._closely()
        everybody = [dict(zip(SOUGHT, row, strict=True)) for row in driver.execute(_OF_EVERYBODY)]
        shops = (name for (name,) in driver.execute(WORDS_OF_THE_SHOP))
        self._everybody = sought(everybody, closely=False).besides(shops)
        self._others: dict[int, Sought] = {}

    def erase(self) -> int:
        done = sum(self._erase_of_orders(text) for text in OF_ORDERS)
        done += self._erase_in_journal()
        done += self._erase_in_operations()
        return done + sum(self._erase_of_anybody(text) for text in (*OF_ORDERS, *OF_ANYBODY))

    def left_in(self) -> Iterator[str]:
        """Ids of open orders of others in whose own words somebody who is sought is named."""
        for order, order_id, *words in self._driver.execute(TOLD_BY_OPEN_ORDERS).fetchall():
            without = self._besides(order).without
            if any(told is not None and without(told) != told for told in words):
                yield order_id

    def _closely(self) -> dict[int, Sought]:
        people: dict[int, list[Mapping[str, str | None]]] = defaultdict(list)
        for order, *row in [*self._driver.execute(_OF_ORDERS), *self._driver.execute(_OF_UNDONE)]:
            people[order].append(dict(zip(SOUGHT, row, strict=True)))
        return {order: sought(told, closely=True) for order, told in people.items()}

    def _key(self, table: str) -> list[str]:
        if table not in self._keys:
            self._keys[table] = [name for (name,) in self._driver.execute(_KEYS, (table,))]
        return self._keys[table]

    def _erase_of_orders(self, text: FreeText) -> int:
        rows = self._driver.execute(
            f"SELECT * FROM (SELECT {text.order} AS about, {text.made_by}, {_columns(self._key(text.table), text)}"
            f" FROM {text.table} t) AS found WHERE about IN (SELECT sales_order_id FROM erasing)"
        ).fetchall()
        return self._write(
            text, ((self._orders[row[0]].without, *row[1:]) for row in rows if row[0] in self._orders)
        )

    def _erase_of_anybody(self, text: FreeText) -> int:
        without, source = self._everybody.without, text.source or text.table
        found = {
            column: [
                value
                for (value,) in self._driver.execute(
                    f"SELECT DISTINCT {column} FROM {source} t WHERE {column} IS NOT NULL AND {text.which}"
                ).fetchall()
                if _told_without(text.table, column, value, without) != value
            ]
            for column in text.columns
        }
        if not any(found.values()):
            return 0
        where = " OR ".join(f"{column} IN (SELECT value FROM json_each(?))" for column in found)
        rows = self._driver.execute(
            f"SELECT {text.order or 'NULL'}, {text.made_by}, {_columns(self._key(text.table), text)}"
            f" FROM {source} t WHERE ({where}) AND {text.which}",
            [json.dumps(values) for values in found.values()],
        ).fetchall()
        return self._write(text, ((self._besides(row[0]).without, *row[1:]) for row in rows))

    def _besides(self, order: int | None) -> Sought:
        """Who is looked for in a text about an order: whom it is about, if that order stays, is meant by it."""
        if order is None or order in self._orders:
            return self._everybody
        if order not in self._others:
            own = self._driver.execute(_OF_ORDER, {"order": order}).fetchall()
            self._others[order] = self._everybody.besides(value for row in own for value in row)
        return self._others[order]

    def _write(self, text: FreeText, rows: Iterable[tuple[Any, ...]]) -> int:
        """Write texts anew of (what takes people out, the operation that made the row, its key, its texts)."""
        keys = self._key(text.table)
        changed = []
        for without, made_by, *cells in rows:
            key, was = cells[: len(keys)], cells[len(keys) :]
            now = [
                value if value is None else _told_without(text.table, column, value, without)
                for column, value in zip(text.columns, was, strict=True)
            ]
            if now != was:
                changed.append((made_by, key, now))
                self._lose(made_by, was, now)
        if not changed:
            return 0
        sets = ", ".join(f"{column} = ?" for column in text.columns)
        which = " AND ".join(f"{key} = ?" for key in keys)
        with _standing_aside(self._driver, text.table):
            for made_by, key, now in changed:
                told = dict(zip(text.columns, now, strict=True))
                named = [told.get(name, part) for name, part in zip(keys, key, strict=True)]
                if text.table in OWN_VALUES and self._driver.execute(_UNFIT, (key[1],)).fetchone():
                    self._driver.execute(f"DELETE FROM {text.table} WHERE {which}", key)
                else:
                    if named != key:  # two tags may have become one
                        self._driver.execute(f"DELETE FROM {text.table} WHERE {which}", named)
                    self._driver.execute(f"UPDATE {text.table} SET {sets} WHERE {which}", [*now, *key])
                self._mark(text.table, " ".join(map(str, named)), made_by)
        return len(changed)

    def _lose(self, operation: int | None, was: Iterable[Any], now: Iterable[Any]) -> None:
        if operation is not None:
            pairs = zip(was, now, strict=True)
            self._lost[operation].update({str(old): new for old, new in pairs if old != new})

    def _erase_in_operations(self) -> int:
        """Take texts that were erased out of the lines that told them, and out of what was said of it."""
        (text,) = (each for each in OF_ANYBODY if each.table == "operation")
        rows = []
        for operation, lost in self._lost.items():
            sql = f"SELECT t.id, {_columns(['id'], text)} FROM operation t WHERE t.id = ?"
            without = _replacing(dict(lost))
            rows += [(without, *row) for row in self._driver.execute(sql, (operation,)).fetchall()]
        return self._write(text, rows)

    def _mark(self, table: str, key: str, made_by: int | None) -> None:
        values = {"table": table, "key": key, "made_by": made_by, "operation": self._operation}
        self._driver.execute(MARKED_TEXT, values)

    def _erase_in_journal(self) -> int:
        """Take people out of what the journal says that texts were, and became."""
        changed = []
        rows = self._driver.execute(_CHANGES, (json.dumps(sorted(IN_JOURNAL)),)).fetchall()
        for number, table, key, made_by, *images in rows:
            without = self._about(table, key, images)
            told = [image and _image_without(IN_JOURNAL[table], image, without) for image in images]
            named = _tag_key_without(key, without) if table == "order_tag" else key
            if told != images or named != key:
                changed.append((named, *told, number))
                maker = self._maker(table, key, images)
                self._mark("row_change", str(number), made_by)
                self._mark(table, named, maker)
                for was, now in zip(map(read_image, images), map(read_image, told), strict=True):
                    for operation in (made_by, maker):
                        self._lose(operation, was.values(), now.values())
        if changed:
            with _standing_aside(self._driver, "row_change"):
                self._driver.executemany(
                    "UPDATE row_change SET row_key = ?, old = ?, new = ? WHERE id = ?", changed
                )
        return len(changed)

    def _maker(self, table: str, key: str, images: Sequence[str | None]) -> int | None:
        """The operation that made a row which the journal tells of, be it there or removed."""
        told = {name: value for image in images for name, value in read_image(image).items()}
        keys = " || ' ' || ".join(f"t.{name}" for name in self._key(table))
        there = f"SELECT {IN_JOURNAL[table].made_by} FROM {table} t WHERE {keys} = :key"
        for sql in (there, _REMOVED, _REMOVED_RETURN if table == "return_line" else _REMOVED):
            row = self._driver.execute(sql, {"table": table, "key": key}).fetchone()
            if row is not None and row[0] is not None:
                return int(row[0])
        maker: int | None = told.get("operation_id")
        return maker

    def _order_of(self, table: str, told: Mapping[str, Any]) -> str:
        """SQL of the order that a row is about, by what the journal says it referred to, or by the row itself."""
        keys = " || ' ' || ".join(f"t.{name}" for name in self._key(table))
        owner = next((name for name in _OWNERS if name in told), None)
        source = f"(SELECT :{owner} AS {owner}) t" if owner else f"{table} t WHERE {keys} = :key"
        return f"SELECT {IN_JOURNAL[table].order} FROM {source}"

    def _order_before(self, told: Mapping[str, Any]) -> int | None:
        """The order of what a removed row referred to, where that was removed with it."""
        for column, table in _OWNER_TABLES.items():
            if column in told:
                row = self._driver.execute(_REMOVED_OF, (table, str(told[column]))).fetchone()
                return None if row is None else row[0]
        return None

    def _about(self, table: str, key: str, images: Sequence[str | None]) -> _Without:
        """How people are taken out of an entry of the journal: by the order it is about, where that is known."""
        told = {name: value for image in images for name, value in read_image(image).items()}
        order = told.get("sales_order_id")
        if order is None and table in ("order_field_value", "order_tag"):
            order = int(key.split(" ", 1)[0])
        if order is None and IN_JOURNAL[table].order:
            row = self._driver.execute(self._order_of(table, told), {**told, "key": key}).fetchone()
            order = row[0] if row is not None and row[0] is not None else self._order_before(told)
        close = self._orders.get(order) if order is not None else None
        far = self._besides(order)
        return (lambda value: far.without(close.without(value))) if close else far.without


def _replacing(lost: Mapping[str, str]) -> _Without:
    """Takes whole texts out of others, in which they stand as words."""
    longest = sorted(lost, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest))})(?!\w)")
    return lambda text: pattern.sub(lambda found: lost[found[1]], text)


def _tag_key_without(key: str, without: _Without) -> str:
    order, tag = key.split(" ", 1)
    return f"{order} {_told_without('order_tag', 'tag', tag, without)}"


def _columns(keys: Sequence[str], text: FreeText) -> str:
    return ", ".join(f"t.{name}" for name in (*keys, *text.columns))


def _told_without(table: str, column: str, value: str, without: _Without) -> str:
    if (table, column) in OF_TAGS:
        return ",".join(tag if without(tag) == tag else ERASED_TAG for tag in value.split(","))
    if (table, column) not in IN_JSON:
        return without(value)
    held = json.loads(value)
    told = _walked(held, without)
    return value if told == held else json.dumps(told, ensure_ascii=table != "message")


def _walked(held: Any, without: _Without) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(held, dict):
        return {name: _walked(value, without) for name, value in held.items()}
    if isinstance(held, list):
        return [_walked(value, without) for value in held]
    return without(held) if isinstance(held, str) else held


def _image_without(text: FreeText, image: str, without: _Without) -> str:
    held = read_image(image)
    told = {
        name: _told_without(text.table, name, value, without)
        if name in text.columns and isinstance(value, str)
        else value
        for name, value in held.items()
    }
    return image if told == held else write_image(told)


def _standing_aside(driver: Driver, table: str) -> AbstractContextManager[None]:
    """Change rows of a table without the triggers that keep them, or what they were."""
    triggers = driver.execute(_TRIGGERS, (table,)).fetchall()
    return driver.without([Trigger(name, table, sql) for name, sql in triggers if _STANDS_IN_THE_WAY.match(sql)])
