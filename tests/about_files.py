"""Tests of the file of a shop, of SQLite itself, or of no shop: skipped where tests run on a server."""

from collections.abc import Iterator
from typing import Any

COPIES = "copies of the file, which a server makes otherwise"
FILE = "the file itself: its place, its header, its journal"
ITS_OWN = "opens databases of its own, by SQLite's driver"
PUT_BACK = "puts the file of before back, byte by byte"
PLAN = "how SQLite goes through the rows"
PLACE = "names the file, and a server of tests has another name each time"
SCHEMA = "the schema as SQLite has it"
OWN_SQL = "a statement in SQLite's own words; those of a server are asked in tests/postgres"

REASONS = {
    "campaigns/": ITS_OWN,
    "docs/test_docs.py": SCHEMA,
    "migrations/": SCHEMA,
    "cli/reports/test_day.py::test_pipes_leave_the_same_behind": PUT_BACK,
    "cli/privacy/test_files_of_others.py": COPIES,
    "cli/privacy/test_killed_purges.py": FILE,
    "cli/privacy/test_privacy.py::test_a_backup_that_cannot_be_rewritten": COPIES,
    "cli/privacy/test_privacy.py::test_a_copy_of_the_database": FILE,
    "cli/privacy/test_privacy.py::test_no_byte_of_anybody": COPIES,
    "cli/privacy/test_privacy.py::test_who_brings_a_copy_back_elsewhere": "brings it back into a file",
    "cli/privacy/test_privacy.py::test_who_was_in_an_import_that_was_undone_is_erased_in_time": COPIES,
    "cli/test_completion.py::test_orders_are_looked_up_through_an_index": PLAN,
    "cli/test_doctor.py::test_a_backup_that_was_damaged": COPIES,
    "cli/test_doctor.py::test_a_schema_that_was_changed": FILE,
    "cli/test_doctor.py::test_an_index_that": FILE,
    "cli/test_doctor.py::test_files_are_put_in_order": FILE,
    "cli/test_doctor.py::test_what_differs_from_the_backup": COPIES,
    "cli/reports/test_day_sums.py::test_the_tables_whose_changes": "asks SQLite which tables a statement reads",
    "cli/test_flips.py": FILE,
    "cli/test_full_disk.py": FILE,
    "cli/test_golden.py::test_a_list_fits_each_terminal_as_it_did[every.config-list": PLACE,
    "cli/test_golden.py::test_a_report_is_as_it_was[config-list": PLACE,
    "cli/test_golden.py::test_a_screen_is_as_it_was[config-list": PLACE,
    "cli/test_golden.py::test_the_columns_of_a_list_are_as_they_were[every.config-list": PLACE,
    **{
        f"cli/reports/test_sql_command.py::{test}": OWN_SQL
        for test in (
            "test_a_statement_that_writes_is_refused",
            "test_a_statement_that_reaches_out",
            "test_a_statement_that_asks_too_much",
            "test_a_step_that_does_not_come_back",
            "test_personal_data_are_not_shown_unasked",
            "test_the_authorizer_alone",
            "test_the_schema_can_be_looked_at",
            "test_whatever_a_statement_gives",
        )
    },
    "cli/test_place.py": FILE,
    "services/stock/test_ledger.py::test_what_moves_stock_costs_the_same": "counts steps of SQLite's machine",
    "test_copies.py": COPIES,
    "test_encrypted_copies.py": COPIES,
    "test_kept_open.py": FILE,
    "test_machines.py": ITS_OWN,
    "test_queries.py": "prepares statements by SQLite's means",
    "test_races.py": "SQLite's lock, and the queue for it",
    "test_shape.py": SCHEMA,
    "test_shelf.py": FILE,
    "test_turn.py": "SQLite's lock, and the queue for it",
    "test_upkeep.py": FILE,
    "test_vocabulary.py": SCHEMA,
}
"""By the beginning of a test's name, from the folder of tests on."""

ROOMS = ["campaigns", "domain", "migrations"]
"""Folders in which no test is for a server, as a test looks: to collect them takes seconds."""

LINES = {"stock > shop.db": FILE}
"""By the beginning of the line that a test is about."""


SHOPS = {"database", "template"}
"""Fixtures of ``conftest.py`` from which every shop of a test is, directly or through others."""
IN_MEMORY = "blank"
"""The fixture that is SQLite's in memory wherever tests run."""


def _behind(item: Any) -> Iterator[Any]:
    """The fixtures that a test asks for, and those that they ask for; not what the one in memory is made of."""
    found = vars(item)["_fixtureinfo"]
    asked, known = [*found.initialnames], {IN_MEMORY}
    while asked:
        name = asked.pop()
        if name not in known:
            known.add(name)
            for fixture in found.name2fixturedefs.get(name, ()):
                yield fixture
                asked += fixture.argnames


def opens_shop(item: Any) -> bool:
    """Whether a test has a shop; one without is the same test wherever shops are."""
    return any(fixture.func.__name__ in SHOPS for fixture in _behind(item))


def is_of_servers(item: Any) -> bool:
    """Whether a test has a server of its own, wherever the others run."""
    return str(item.nodeid).removeprefix("tests/").startswith("postgres/")


def reason_of(item: Any) -> str | None:
    """Why a test is not for a server; None if it is."""
    if is_of_servers(item):
        return None
    if reason := _about_file(item.nodeid.removeprefix("tests/")):
        return f"about files: {reason}"
    return None if opens_shop(item) else "opens no shop: it is the same test where shops are on a server"


def _about_file(name: str) -> str | None:
    line = name.partition("[")[2]
    reason = next((reason for beginning, reason in LINES.items() if line.startswith(beginning)), None)
    return reason or next((reason for beginning, reason in REASONS.items() if name.startswith(beginning)), None)
