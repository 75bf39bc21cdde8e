"""Which rows an operation made, and the lines that their hash is made of.

A row is hashed as it was when its operation was sealed; what changed in it since is in the journal, so that it
can be put together again (``queries/made_rows.py``). One line is the JSON array of a row's values without the
NULLs at its end: a column that comes later changes no line of earlier.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

ROOTS = (
    *("answer", "cancellation", "claim", "count_question", "fba_advice", "fba_ledger_event", "fba_shipment"),
    *("fba_statement", "feedback", "import_file", "improvement", "line_pick", "listing", "message", "news_told"),
    *("order_event", "order_line_past", "order_field_value", "order_past", "order_statement", "order_tag"),
    *("own_field", "packing"),
    *(
        "performance_statement",
        "product",
        "product_field_value",
        "product_past",
        "purchase",
        "purchase_cancellation",
        "purchase_receipt",
    ),
    *("question", "refund", "replacement", "reported_shipment", "return_authorization", "return_event"),
    *("return_past", "return_step", "sales_order", "setting", "settlement", "shipment", "shipment_event"),
    *("shipment_fix", "shipment_line_past", "shipment_past", "stock_count", "stock_movement", "supplier"),
    "upload_file",
)
"""Tables whose rows carry their operation and come one after the other: those of the last one are the last."""

PARTS = {
    "fba_advice_line": ("fba_advice", "fba_advice_id"),
    "fba_shipment_line": ("fba_shipment", "fba_shipment_id"),
    "fba_statement_line": ("fba_statement", "fba_statement_id"),
    "layer_use": ("stock_movement", "movement_id"),
    "line_text": ("order_line", "order_line_id"),
    "order_line": ("sales_order", "sales_order_id"),
    "order_statement_line": ("order_statement", "order_statement_id"),
    "packing_line": ("packing", "packing_id"),
    "performance_line": ("performance_statement", "performance_statement_id"),
    "purchase_line": ("purchase", "purchase_id"),
    "return_line": ("return_authorization", "return_authorization_id"),
    "settlement_entry": ("settlement", "settlement_id"),
    "shipment_component": ("shipment_line", "shipment_line_id"),
    "shipment_line": ("shipment", "shipment_id"),
    "stock_count_line": ("stock_count", "stock_count_id"),
    "upload_item": ("upload_file", "upload_file_id"),
}
"""Tables whose rows are made with a row of another, which this column names."""

REFERRING = ("order_statement", "order_statement_line", "question")
"""Facts that refer to personal data; it has a hash of its own, since it may have to go some day."""
_PERSONAL = (
    *("personal_id", "version", "customer_name", "customer_email", "customer_phone", "ship_name", "address_1"),
    *(
        "address_2",
        "address_3",
        "city",
        "state",
        "postal_code",
        "country",
        "note",
        "gift_message",
        "customization",
    ),
    "label_file",
)

_IS_TOLD = """EXISTS (SELECT 1 FROM order_statement s
  WHERE s.sales_order_id = root.id AND s.operation_id <= root.operation_id)"""
_ALL = "root.operation_id IS NOT NULL"

BY_STATEMENTS = ("line_text", "order_line", "sales_order")
"""What is proved by the statements of an order where it has some, and hashed where it has none."""


def has_untold(which: str) -> str:
    """A SELECT of whether any order has no statements, among those that ``which`` takes of ``root``."""
    return f"SELECT EXISTS (SELECT 1 FROM sales_order root WHERE {which} AND NOT {_IS_TOLD})"


UNTRACED = {"message": ("state",), "upload_file": ("state",)}
"""Columns that change outside operations, when a file or a mail has left the house."""

LOOSE = frozenset({"order_field_value", "order_tag", "product_field_value", "reported_shipment"})
"""Those of :data:`ROOTS` that have no ``id``: which row came first only SQLite's ``rowid`` tells."""


def place_of(root: str) -> str:
    """The column of one of :data:`ROOTS` that says which row came first: its ``id``, where it has one."""
    return "rowid" if root in LOOSE else "id"


def last_of(roots: Iterable[str]) -> str:
    """A SELECT of the operation of the last row of each of some of :data:`ROOTS`."""
    return (
        f"SELECT {', '.join(f'(SELECT operation_id FROM {t} ORDER BY {place_of(t)} DESC LIMIT 1)' for t in roots)}"
    )


def ends_of(roots: Iterable[str]) -> str:
    """A SELECT of the last row of each of some of :data:`ROOTS`, and the operation of the row before it."""
    return "SELECT " + ", ".join(
        f"(SELECT max({place_of(t)}) FROM {t}),"
        f" (SELECT operation_id FROM {t} ORDER BY {place_of(t)} DESC LIMIT 1 OFFSET 1)"
        for t in roots
    )


def line_of(values: Iterable[str]) -> str:
    """SQL of a line of these values."""
    return f"rtrim(json_array({', '.join(values)}), ',nul]')"


def _as_text(value: str, column: str) -> str:
    """SQL of a value as JSON can hold it."""
    return f"hex({value})" if column in ("fingerprint", "label_file") else value


PERSONAL_LINE = line_of(_as_text(f"p.{column}", column) for column in _PERSONAL)
"""SQL of the line of a row ``p`` of personal data."""


IS_EMPTIED = " AND ".join(f"p.{column} IS NULL" for column in _PERSONAL[2:] if column not in ("state", "country"))
"""SQL of whether a row ``p`` of personal data was emptied, when its person was erased."""
IS_NOT_AS_TOLD = f"""({IS_EMPTIED} OR EXISTS (SELECT 1 FROM erased_text e
  WHERE e.table_name = 'personal_data' AND e.row_key = p.personal_id || ' ' || p.version))"""
"""SQL of whether a row ``p`` of personal data was emptied, or named somebody who was erased."""
_PEOPLE = "CROSS JOIN personal_data p ON p.personal_id = t.personal_id AND p.version = t.personal_version"

TOLD_AFTER = {"order_event": ("kind", "message")}
"""Rows that are written after their operation, once a mail has left the house, by a column and its value."""


class Made(NamedTuple):
    """One table of rows that operations make.

    Attributes:
        name: the table.
        columns: its stored columns.
        keys: those of its primary key, in order.
    """

    name: str
    columns: Sequence[str]
    keys: Sequence[str]

    @property
    def values(self) -> dict[str, str]:
        """SQL of what a line has of row ``t``, by column."""
        left_out = UNTRACED.get(self.name, ())
        return {column: _as_text(f"t.{column}", column) for column in self.columns if column not in left_out}

    def lines(self, which: str = _ALL) -> str:
        """A SELECT of the operation of each row, the parts of its key and its line, as they are hashed.

        Args:
            which: SQL of the rows to take, by the row ``root`` that carries the operation.
        """
        return self._select(line_of(self.values.values()), which)

    def people(self, which: str = _ALL) -> str:
        """The same of the personal data that each row refers to."""
        return self._select(PERSONAL_LINE, which, _PEOPLE)

    def last_lines(self, first: int) -> str:
        """A SELECT of the lines alone of what the last operation made, in the order in which they are hashed.

        Args:
            first: number of the first row that carries the operation; it made all from there on.
        """
        return self._select_last(line_of(self.values.values()), first)

    def last_people(self, first: int) -> str:
        """The same of the personal data that each row refers to."""
        return self._select_last(PERSONAL_LINE, first, _PEOPLE)

    def _select_last(self, line: str, first: int, join: str = "") -> str:
        """As :meth:`_select`, without a sort of the lines where rows can be read in the order of their numbers."""
        path, wanted = path_of(self.name), f"t.id >= {first}"
        if self.name in BY_STATEMENTS or list(self.keys) != ["id"] or len(path) > 2:  # noqa: PLR2004 - parts of parts
            return self._select(line, f"root.{place_of(path[-1])} >= {first}", join)
        if self.name in PARTS:
            above = PARTS[self.name][1]
            wanted = (
                f"t.id >= (SELECT min(id) FROM {self.name} WHERE {above} >= {first}) AND +t.{above} >= {first}"
            )
        return f"SELECT {line} FROM {self.name} t {join} WHERE {wanted}{self._told_after()} ORDER BY t.id"

    def emptied(self) -> str:
        """A SELECT of the operations whose rows refer to personal data that was erased since."""
        return self._select("''", f"{_ALL} AND {IS_NOT_AS_TOLD}", _PEOPLE)

    def _select(self, line: str, which: str, join: str = "") -> str:
        keys = ", ".join(f"t.{key}" for key in self.keys)
        above, source = "root", ""
        path = path_of(self.name)
        for place, table in enumerate(path[-2::-1], 1):
            alias = "t" if table == self.name else f"o{place}"
            # CROSS: of a large shop only what hangs on the last rows is looked at.
            source += f" CROSS JOIN {table} {alias} ON {alias}.{PARTS[table][1]} = {above}.id"
            above = alias
        where = which if self.name not in BY_STATEMENTS else f"{which} AND NOT {_IS_TOLD}"
        where += self._told_after()
        select = (
            f"SELECT root.operation_id, {keys}, {line} FROM {path[-1]} root{source} {join} WHERE {where}"
            f" ORDER BY root.operation_id, {keys}"
        )
        return (
            select if source else select.replace("root.", "t.").replace(f"{path[-1]} root ", f"{path[-1]} t ", 1)
        )

    def _told_after(self) -> str:
        return " AND t.{} <> '{}'".format(*TOLD_AFTER[self.name]) if self.name in TOLD_AFTER else ""


def path_of(table: str) -> list[str]:
    """A table, the one with whose rows its rows are made, and so on up to the one that carries the operation."""
    path = [table]
    while path[-1] in PARTS:
        path.append(PARTS[path[-1]][0])
    return path


HASHED = tuple(sorted((*ROOTS, *PARTS)))
"""The tables of made rows, in the order in which they are hashed."""
MADE_WITH: Mapping[str, Sequence[str]] = {root: [t for t in HASHED if path_of(t)[-1] == root] for root in ROOTS}
"""Of each of :data:`ROOTS` itself and all tables whose rows are made with its rows."""

COLUMNS = """
SELECT j.value, x.name, x.pk FROM json_each(:tables) j JOIN pragma_table_xinfo(j.value) x ON x.hidden = 0
ORDER BY CAST(j.key AS INTEGER), x.cid"""
"""The stored columns of tables, in the order in which these are named, and their places in the key."""


def made_of(rows: Iterable[tuple[str, str, int]]) -> list[Made]:
    """Tables of made rows, of what :data:`COLUMNS` gives."""
    found = []
    for name, columns in groupby(rows, key=itemgetter(0)):
        told = [(column, place) for _, column, place in columns]
        keys = sorted((place, column) for column, place in told if place)
        found.append(Made(name, [column for column, _ in told], [column for _, column in keys]))
    return found
