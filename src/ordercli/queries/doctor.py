"""What ``doctor`` asks of the rows: every law of the data under a code, and what no law says.

A check is a SELECT that must find nothing; the first row that it finds is the example told. What is asked of the
file and of its backups is in ``checkup.py``.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from ordercli.domain.chain import first_broken
from ordercli.domain.fields import FieldError
from ordercli.domain.journal import is_told
from ordercli.domain.money import EXPONENTS
from ordercli.domain.own_fields import OWNERS, VALUE_TABLES, is_canonical
from ordercli.domain.report import Column, Report
from ordercli.domain.settings import rule_of
from ordercli.domain.shop_facts import fault_of_shop
from ordercli.naming import CHANNELS
from ordercli.queries.laws import LAWS, one_of
from ordercli.queries.ledger_walk import LedgerWalk
from ordercli.queries.made_rows import changed_people, changed_rows
from ordercli.queries.own_fields import own_fields
from ordercli.queries.reader import Reader

RESTORE = "ordercli restore FILE brings the last sound backup back; log shows what was done since"
"""What helps against rows that no command leaves so."""


class Check(NamedTuple):
    """One thing that must hold.

    Attributes:
        code: its name, which stays.
        sentence: what holds if all is well.
        fix: what to do if it does not.
        is_grave: whether figures cannot be relied on then; else it only wants a look.
        is_mended: whether ``doctor --fix`` mends it, since all that is lost can be made again.
    """

    code: str
    sentence: str
    fix: str = RESTORE
    is_grave: bool = True
    is_mended: bool = False


class Checked(NamedTuple):
    """What a check found: nothing, if ``example`` is None."""

    check: Check
    example: str | None = None

    @property
    def status(self) -> str:
        """``OK``, ``BROKEN``, or ``LOOK`` for what only wants a look."""
        return "OK" if self.example is None else "BROKEN" if self.check.is_grave else "LOOK"


COLUMNS = (
    Column("status", "word", importance="key"),
    Column("code", "word", importance="key"),
    Column("check", "word"),
    Column("example", importance="spare"),
    Column("fix", "word"),
)


def findings_report(findings: Sequence[Checked]) -> Report:
    """A row a check."""
    rows = [
        (f.status, f.check.code, f.check.sentence, f.example, f.check.fix if f.example else None) for f in findings
    ]
    return Report(COLUMNS, rows, "All is well.")


LAW_CODES = {
    "levels are the sum of movements": "level-sum",
    "no balance was ever below zero": "balance-below-zero",
    "nothing is promised twice": "promised-twice",
    "lines of kits and packs have their parts": "kit-parts",
    "parts in shipments are those of their lines": "shipped-parts",
    "movements are between places there are": "movement-places",
    "a kit has no stock": "kit-stock",
    "only lines the seller ships are promised stock": "promised-elsewhere",
    "cost layers hold what is on hand": "layer-units",
    "units of layers were acquired when some came": "layer-origin",
    "layers are what their movements brought": "layer-made",
    "layers are used as recorded": "layer-use",
    "a movement costs what its layers cost": "movement-cost",
    "shipped units are in shipments": "shipped-units",
    "canceled units are recorded": "canceled-units",
    "picked units are recorded": "picked-units",
    "orders are the sum of their lines": "order-sums",
    "daily sales are the shipments' lines": "daily-sales",
    "daily demand is what orders ask for": "daily-demand",
    "stockouts are those of the movements": "stockouts",
    "no more comes back than was shipped": "returned-too-many",
    "returns are the sum of their events": "return-sums",
    "refunds are on their lines": "refund-sums",
    "returns are where their steps brought them": "return-steps",
    "returned units are settled once": "settled-twice",
    "returned units keep the cost they were sold at": "return-cost",
    "quarantine holds what is received and not inspected": "quarantine",
    "shipments to Amazon are where they are": "fba-shipments",
    "shipments stand as their events say": "shipment-state",
    "shipments that went out are in the file they name": "upload-items",
    "lines of purchases are the sum of what came and what was given up": "purchase-sums",
    "what came of a purchase came into stock at its cost": "purchase-cost",
    "a placed purchase knows its costs and days": "purchase-facts",
    "messages are as their last event says": "message-state",
    "hours hold the sums of their orders": "hourly-sums",
    "confirmed orders are those of their shipments": "confirmed-orders",
    "triggers keep the sums of each new row": "bulk-left",
    "every operation is sealed": "unsealed",
}
"""The code of each law."""

MENDED = {
    "level-sum": "stock levels are made anew from the movements",
    "promised-twice": "promised units are made anew from the lines they are promised to",
    "order-sums": "units of orders are made anew from their lines",
    "daily-sales": "daily sales are made anew from the shipments",
    "daily-demand": "daily demand is made anew from the orders",
    "stockouts": "stockouts are made anew from the movements",
    "confirmed-orders": "confirmed orders are made anew from the shipments",
    "hourly-sums": "sums by hour are made anew from the orders",
}
"""Laws of sums that are kept beside facts: where the facts are proved, ``doctor --fix`` makes them anew."""


def mended(what: str) -> str:
    """What to do where ``doctor --fix`` does ``what``."""
    return f"ordercli doctor --fix: {what}"


def _law(law: str) -> Check:
    code = LAW_CODES[law]
    return Check(code, law, mended(MENDED[code]), is_mended=True) if code in MENDED else Check(code, law)


ROWS: dict[Check, str] = {
    **{_law(law): sql for law, sql in LAWS.items()},
    Check(
        "recorded-backwards",
        "no operation is recorded before an earlier one",
        "nothing to do where --now or ORDERCLI_NOW said so; its clock was ahead or behind otherwise: set it right",
        is_grave=False,
    ): """
SELECT id, recorded_at FROM (
 SELECT id, recorded_at, lag(recorded_at) OVER (ORDER BY id) AS earlier FROM operation) AS found
WHERE recorded_at < earlier""",
    Check(
        "clock",
        "no operation is recorded in the future",
        "set the machine's clock right; ordercli works again when that moment has come",
        is_grave=False,
    ): """
SELECT id, recorded_at FROM operation WHERE recorded_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '+5 minutes')""",
    Check(
        "upload-in-doubt",
        "every file to upload was written to its end",
        "write it again under its number: ordercli shipment confirm --rewrite NUMBER FILE",
        is_grave=False,
    ): "SELECT id, name FROM upload_file WHERE state = 'unknown'",
    Check(
        "call-in-doubt",
        "of all that Amazon was told, and of labels it sold, it is recorded what came of it",
        "go on with it: ordercli sync amazon push, quantities, cancellations or refunds; of a label:"
        " ordercli amazon label buy ORDER --offer OFFER, which looks there first",
        is_grave=False,
    ): "SELECT id, name, subject FROM amazon_call WHERE is_open = 1",
    Check(
        "message-in-doubt",
        "of every message it is known whether it went out",
        "look at the mail account, then: ordercli message resolve",
        is_grave=False,
    ): "SELECT id, state FROM message WHERE state IN ('sending', 'unknown')",
    Check(
        "erasing-unfinished",
        "what was erased of people is gone from the database, its journal and the backups",
        "go on with it: ordercli privacy purge",
        is_grave=False,
    ): "SELECT operation_id FROM erasure WHERE finished_at IS NULL",
    Check("personal-data-orphan", "all personal data belongs to something", is_grave=False): """
SELECT personal_id, version FROM personal_data WHERE personal_id IN (
  SELECT personal_id FROM personal_data
  EXCEPT SELECT personal_id FROM sales_order
  EXCEPT SELECT personal_id FROM order_statement
  EXCEPT SELECT personal_id FROM order_statement_line
  EXCEPT SELECT personal_id FROM line_text
  EXCEPT SELECT personal_id FROM message_event
  EXCEPT SELECT personal_id FROM question
  EXCEPT SELECT personal_id FROM shipment_label
  EXCEPT SELECT CAST(old ->> 'personal_id' AS INTEGER) FROM row_change WHERE verb = 'delete')""",
}
"""SELECTs that must find nothing."""

CHAIN = Check("chain", "each operation is as it was sealed, and so is what the journal says it changed")
JOURNAL = Check("journal-present", "rows are as the last entry of the journal left them")
MADE = Check(
    "made-rows", "rows are as their operations made them, but for what the journal says was changed since"
)
PEOPLE = Check("people", "personal data that files and messages told is as it was told")
SHOP = Check("shop", "there is one shop, with a time zone and a currency")
SETTINGS = Check(
    "settings",
    "every setting is one that there is, with a value that it takes",
    "set it again: ordercli config set NAME VALUE",
    is_grave=False,
)
OWN_FIELDS = Check(
    "own-fields",
    "every value of an own field is one that the field takes",
    "set it again: ordercli product edit SKU --field NAME=VALUE, or order edit",
    is_grave=False,
)
INSTANTS = Check("instants", "every instant and every day is one")
FLAGS = Check("flags", "every yes or no is one")
GUESSES = Check("estimated-prices", "a price that no file told is one that the product had")
CONSTRAINTS = Check("constraints", "no row breaks a CHECK of its table")
CURRENCIES = Check("currencies", "every currency is one")
TEXTS = Check("texts", "no text holds a control character")


Find = Callable[[Reader], str | None]
"""How a check is asked: the example that it finds, None if all is well."""


def row_checks(*, deep: bool) -> Iterator[tuple[Check, Find]]:
    """What is to be asked of the rows; ``deep`` looks at every cell too."""
    walked = LedgerWalk()
    for check, sql in ROWS.items():
        yield check, walked.asking(check.sentence) or partial(_first_of, sql)
    yield CHAIN, _broken_link
    yield SHOP, _fault_of_shop
    yield SETTINGS, _odd_setting
    yield OWN_FIELDS, _odd_own_value
    yield JOURNAL, _not_as_left
    if deep:
        yield from DEEP.items()
        yield from ((check, partial(_odd_cell, *told)) for check, told in CELLS.items())


def row_findings(reader: Reader, *, deep: bool) -> Iterator[Checked]:
    """What is asked of the rows, one check after the other."""
    for check, find in row_checks(deep=deep):
        yield asked(check, partial(find, reader))


_SENSELESS = (sqlite3.Error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What comes of asking rows that no command wrote."""
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT)
"""Errors that say nothing of the rows."""


def asked(check: Check, find: Callable[[], str | None]) -> Checked:
    """Ask one check; rows of which nothing can be made are a finding of it.

    Raises:
        sqlite3.Error: if the database is busy, or the reading was stopped.
    """
    try:
        return Checked(check, find())
    except _SENSELESS as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _PASSING:
            raise
        is_told = isinstance(error, sqlite3.Error)  # of others the words may be about a person
        return Checked(check, str(error)[:80] if is_told else f"rows without sense ({type(error).__name__})")


def _first_of(sql: str, reader: Reader) -> str | None:
    return _example(reader.rows(one_of(sql)).fetchone())


def _example(row: Sequence[object] | None) -> str | None:
    return None if row is None else " ".join(str(cell) for cell in row if cell is not None)[:80] or "?"


def _broken_link(reader: Reader) -> str | None:
    """The first operation whose hash is not the one it must have."""
    broken = first_broken(reader.rows)
    return None if broken is None else f"operation {broken}"


def _fault_of_shop(reader: Reader) -> str | None:
    shops = reader.rows("SELECT time_zone, currency FROM shop").fetchall()
    return fault_of_shop(*shops[0]) if len(shops) == 1 else f"{len(shops)} shops"


_FORMER = "SELECT row_key FROM row_change WHERE verb = 'delete' AND table_name = 'channel'"


# Saved views and reports are rows of the same table, and no settings.
_KEPT_SETTINGS = """
SELECT name, value FROM setting
WHERE NOT glob('view.*', name) AND NOT glob('report.*', name) AND value IS NOT NULL ORDER BY id"""


def _odd_setting(reader: Reader) -> str | None:
    # Those of a channel under its old name stay where they are.
    channels = [name for (name,) in reader.rows(f"SELECT name FROM ({CHANNELS}) AS found UNION {_FORMER}")]
    for name, value in reader.rows(_KEPT_SETTINGS):
        rule = rule_of(name, channels)
        if rule is None:
            return str(name)
        try:
            rule.normalize(value)
        except FieldError:
            return f"{name} = {value}"[:80]
    return None


_OF_ANOTHER = {
    subject: f"""SELECT f.name FROM own_field f CROSS JOIN {table} v ON v.own_field_id = f.id
WHERE f.subject <> '{subject}' LIMIT 1"""
    for subject, (table, _) in VALUE_TABLES.items()
}


def _odd_own_value(reader: Reader) -> str | None:
    """A value that its field does not take, or of something that has no such field."""
    for subject in OWNERS:
        table, _ = VALUE_TABLES[subject]
        for (name,) in reader.rows(_OF_ANOTHER[subject]):
            return f"{name} of {subject}s"
        for field in own_fields(reader, subject):
            told = reader.rows(f"SELECT DISTINCT value FROM {table} WHERE own_field_id = :id", {"id": field.id})
            if field.kind != "text" and any(not is_canonical(field, value) for (value,) in told):
                return f"{field.name} of {subject}s"
    return None


_CONSTRAINT = re.compile(r"^\s*CONSTRAINT (ck_\w+) CHECK \((.*)\),?$", re.MULTILINE)


def _broken_constraint(reader: Reader) -> str | None:
    """A CHECK that some row breaks; SQLite's own look does not see all of them."""
    rows = reader.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    for table, sql in rows.fetchall():
        for name, condition in _CONSTRAINT.findall(sql):
            if reader.rows(f"SELECT 1 FROM {table} WHERE NOT ({condition}) LIMIT 1").fetchone() is not None:
                return str(name)
    return None


_GUESSED = """
SELECT o.order_id, p.sku FROM order_line l JOIN product p ON p.id = l.product_id
JOIN sales_order o ON o.id = l.sales_order_id
WHERE l.price_is_estimated = 1
  AND l.item_price_minor IS DISTINCT FROM l.quantity * l.units_per_pack * p.unit_price_minor
  AND NOT EXISTS (SELECT 1 FROM row_change c WHERE c.table_name = 'product' AND c.row_key = CAST(p.id AS TEXT)
    AND l.item_price_minor IN (l.quantity * l.units_per_pack * CAST(c.old ->> 'unit_price_minor' AS INTEGER),
      l.quantity * l.units_per_pack * CAST(c.new ->> 'unit_price_minor' AS INTEGER)))
  AND NOT EXISTS (SELECT 1 FROM order_statement s JOIN order_statement_line t ON t.order_statement_id = s.id
    WHERE s.sales_order_id = o.id AND s.withdrawn_operation_id IS NULL AND t.product_id = p.id
      AND t.item_price_minor IS NOT NULL)"""


def _odd_guess(reader: Reader) -> str | None:
    return _first_of(_GUESSED, reader)


DEEP = {MADE: changed_rows, PEOPLE: changed_people, GUESSES: _odd_guess, CONSTRAINTS: _broken_constraint}
"""What only ``--deep`` asks, beside what every cell is asked."""

_ENTRIES = """
SELECT DISTINCT c.table_name, j.key FROM row_change c, json_each(c.new) j WHERE c.verb = 'update'"""


def _not_as_left(reader: Reader) -> str | None:
    """A row whose column is not what the journal says that the last operation left."""
    there = set(reader.rows(_COLUMNS))
    for table, column in reader.rows(_ENTRIES).fetchall():
        if (table, column) not in there:
            return f"{column} of {table}"
        keys = [
            name
            for (name,) in reader.rows(f"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk")
        ]
        key = " || ' ' || ".join(f"r.{name}" for name in keys)
        first = "c.row_key" if len(keys) == 1 else f"r.{keys[0]}"
        row = reader.rows(
            f"SELECT {key} FROM (SELECT row_key, max(id) AS last FROM row_change"
            f" WHERE table_name = :table AND {is_told('new', ':column')} GROUP BY row_key) c"
            f" CROSS JOIN row_change l ON l.id = c.last CROSS JOIN {table} r ON r.{keys[0]} = {first}"
            f" AND {key} = c.row_key WHERE r.{column} IS DISTINCT FROM l.new ->> :column"
            # Under the number of a row that left stands another one.
            " AND NOT EXISTS (SELECT 1 FROM row_change d WHERE d.table_name = :table AND d.row_key = c.row_key"
            " AND d.verb = 'delete' AND d.id >= c.last) LIMIT 1",
            {"table": table, "column": column},
        ).fetchone()
        if row is not None:
            return f"{column} of {table} {row[0]}"
    return None


_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_IS_MOMENT = f"""({{0}} GLOB '{_DAY}' OR {{0}} GLOB '{_DAY}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]*Z')
  AND strftime('%Y-%m-%d', substr({{0}}, 1, 10)) IS NOT DISTINCT FROM substr({{0}}, 1, 10)"""
_KNOWN = ", ".join(f"'{code}'" for code in EXPONENTS)
_CONTROLS = "*[" + "".join(map(chr, (*range(1, 10), *range(11, 32), 127))) + "]*"
CELLS: dict[Check, tuple[str, str]] = {
    INSTANTS: (r"(?!ranked_).*_(at|on)$|(ship|deliver|promised)_by", f"{{0}} <> '' AND NOT ({_IS_MOMENT})"),
    FLAGS: (r"is_.*", "{0} NOT IN (0, 1)"),
    CURRENCIES: (r"currency$", f"{{0}} NOT IN ({_KNOWN})"),
    TEXTS: (r".*", f"typeof({{0}}) = 'text' AND CAST({{0}} AS TEXT) GLOB '{_CONTROLS}'"),
}
"""What every cell of the columns so named must not be."""

_COLUMNS = """
SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*' AND t.name <> 'row_change' ORDER BY t.name, c.cid"""


def _odd_cell(named: str, wrong: str, reader: Reader) -> str | None:
    """A cell that is wrong, of all columns of a name, in one look at each table."""
    tables: dict[str, list[str]] = {}
    for table, column in reader.rows(_COLUMNS).fetchall():
        if re.fullmatch(named, column):
            tables.setdefault(table, []).append(column)
    for table, names in tables.items():
        odd = " OR ".join(f"({wrong.format(name)})" for name in names)
        row: Any = reader.rows(f"SELECT {', '.join(names)} FROM {table} WHERE {odd} LIMIT 1").fetchone()
        if row is not None:
            return f"a row of {table}"
    return None
