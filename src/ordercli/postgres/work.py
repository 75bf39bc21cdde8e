"""Tables of work that a server keeps: where a writer would make a temporary table, it finds one that is there.

To make a temporary table writes a hundred rows into the server's catalog, and to end the session removes them:
that was a quarter of what an order cost that was added alone. The tables are ``migrations/postgres_working.sql``.
They are used by the one whose turn it is to write, who empties them as it commits, and all of them before it uses
one: rows that somebody left there by another program are no command's. Who makes a table of work before its turn,
as an import does, has many rows, and makes all of them for itself. Statements say nothing of this: those that
make, index, analyze or drop such a table are exchanged here.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

SCHEMA = "ordercli_work"
"""Where they are: the last place of the search path, so that a temporary table of the same name is meant first."""
KEPT = {
    **dict.fromkeys(("staged", "staged_error", "told_order", "scattered", "staged_line"), ""),
    "staged_order": "channel, order_id, fingerprint, ordered_at, ship_by, computed_ship_by, deliver_by,"
    " fulfillment, service_level, currency, channel_status, sales_channel, original_order_id, is_released,"
    " is_replacement, channel_updated_at, as_of, tags, own_fields, row_count, units, units_shipped, address_row,"
    " has_shipments, customer_name, customer_email, customer_phone, note, is_new, sales_order_id, is_plain,"
    " personal_id, personal_version, is_new_person, is_tax_included, promised, rowid",
    "channel_shipment": "sales_order_id, order_line_id, product_id, sold_on, units, is_new_order, is_plain,"
    " shipment_id, rowid",
    **dict.fromkeys(("opened_order", "changed_order", "target_line", "changed_cancel", "gone_line"), ""),
    **dict.fromkeys(("taken_back", "target_text", "moved_unit", "new_person"), ""),
    **dict.fromkeys(("pending_movement", "pending_piece", "touched_product", "touched_line"), ""),
    **dict.fromkeys(("allocation_target", "tied_product", "planned_shipment", "planned_line", "planned_unit"), ""),
    **dict.fromkeys(("batch_order", "batch_tracking", "counted_product", "wanted_order"), ""),
}
"""Names, and the columns of those that a statement makes of a SELECT, in its order."""
PERSONAL = ("staged", "staged_order", "target_text", "new_person")
"""Those in which people are."""

_ABOUT = re.compile(
    r"\s*(?:CREATE TEMP TABLE (?:IF NOT EXISTS )?(?P<made>\w+)"
    r" (?:\((?:(?P<numbered>\w+) bigint PRIMARY KEY DEFAULT)?|AS\n(?P<select>SELECT made\.\*.*))"
    r"|CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?\w+ ON (?P<indexed>\w+) "
    r"|ANALYZE pg_temp\.(?P<analyzed>\w+)|DROP TABLE IF EXISTS pg_temp\.(?P<dropped>\w+)$)",
    re.DOTALL,
)


class _About(NamedTuple):
    """What a statement does to a kept table as a whole."""

    verb: str
    table: str
    select: str | None
    numbered: str | None


@lru_cache(maxsize=4096)
def _about(text: str) -> _About | None:
    found = _ABOUT.match(text)
    if found is None:
        return None
    verb = next(name for name in ("made", "indexed", "analyzed", "dropped") if found[name])
    return _About(verb, found[verb], found["select"], found["numbered"]) if found[verb] in KEPT else None


class WorkTables:
    """Which of them a session uses."""

    def __init__(self) -> None:
        """Begin with none."""
        self._makes_own = False
        self._is_turn = False
        self._are_emptied = False
        self._used: set[str] = set()
        self._numbered: dict[str, str] = {}

    def number_of(self, table: str, columns: str) -> str | None:
        """The column that numbers the rows of a table which this session uses, if these columns are without it."""
        column = self._numbered.get(table.removeprefix("pg_temp."))
        return None if column in re.findall(r"\w+", columns) else column

    def begin_turn(self) -> None:
        """From here on nobody else writes."""
        self._is_turn = True

    def end_turn(self) -> None:
        """The transaction is over, and what was in them is gone."""
        self._is_turn = self._are_emptied = False
        self._used.clear()

    def instead(self, text: str) -> str:
        """What to run instead of a statement in the server's words; empty if nothing is to be done."""
        about = _about(text)
        if about is None:
            return text
        if about.numbered:
            self._numbered[about.table] = about.numbered
        if self._makes_own or not self._is_turn:
            self._makes_own = self._makes_own or about.verb == "made"
            return text
        match about:
            case ("made", table, select, _):
                self._used.add(table)
                return f"INSERT INTO {table} ({KEPT[table]})\n{select}" if select else ""
            case ("dropped", table, *_) if table in self._used:
                return _emptied(table)
        return ""

    def each_instead(self, texts: Iterable[str]) -> Iterator[str]:
        """The same of several, without those of which nothing is to be done."""
        return (told for text in texts if (told := self.instead(text)))

    def due(self) -> str:
        """What is to be run before a statement that was exchanged: the first of a turn finds all of them empty."""
        if self._are_emptied or not self._used:
            return ""
        self._are_emptied = True
        return EMPTIES

    def emptied(self) -> str:
        """What empties those that were used, before the transaction is committed."""
        return "".join(f"{_emptied(table)};\n" for table in sorted(self._used))


def _emptied(table: str) -> str:
    return f"DELETE FROM {SCHEMA}.{table}"


EMPTIES = ";\n".join(map(_emptied, KEPT))
"""What empties all of them."""
