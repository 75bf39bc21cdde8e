"""Tests that are about the file of a shop, or about SQLite itself: skipped where tests run on a server."""

COPIES = "copies of the file, which a server makes otherwise"
FILE = "the file itself: its place, its header, its journal"
ITS_OWN = "opens databases of its own, by SQLite's driver"
PUT_BACK = "puts the file of before back, byte by byte"
PLAN = "how SQLite goes through the rows"
PLACE = "names the file, and a server of tests has another name each time"
SCHEMA = "the schema as SQLite has it"
OWN_SQL = "SQL of the seller's own is asked of a file alone"

REASONS = {
    "campaigns/": ITS_OWN,
    "migrations/": SCHEMA,
    "postgres/": "has a server of its own",
    "cli/reports/test_day.py::test_pipes_leave_the_same_behind": PUT_BACK,
    "cli/test_completion.py::test_orders_are_looked_up_through_an_index": PLAN,
    "cli/test_doctor.py::test_a_backup_that_was_damaged": COPIES,
    "cli/test_doctor.py::test_a_schema_that_was_changed": FILE,
    "cli/test_doctor.py::test_an_index_that": FILE,
    "cli/test_doctor.py::test_files_are_put_in_order": FILE,
    "cli/test_doctor.py::test_what_differs_from_the_backup": COPIES,
    "cli/test_every_writer.py::test_restoring_over": COPIES,
    "cli/test_flips.py": FILE,
    "cli/test_golden.py::test_a_list_fits_each_terminal_as_it_did[every.config-list": PLACE,
    "cli/test_golden.py::test_a_report_is_as_it_was[config-list": PLACE,
    "cli/test_golden.py::test_a_screen_is_as_it_was[config-list": PLACE,
    "cli/test_golden.py::test_the_columns_of_a_list_are_as_they_were[every.config-list": PLACE,
    "cli/test_own_fields.py::test_sql_has_them": OWN_SQL,
    "cli/test_place.py": FILE,
    "cli/test_processes.py::test_nothing_is_asked": COPIES,
    "cli/test_run.py::test_an_interrupt_ends_a_list_that_would_go_on[a statement": OWN_SQL,
    "cli/test_setup_commands.py::test_a_database_of_another_schema_is_left_alone[newer backup drill": COPIES,
    "cli/test_undo.py::test_what_only_was_shown": OWN_SQL,
    "services/stock/test_ledger.py::test_what_moves_stock_costs_the_same": "counts steps of SQLite's machine",
    "test_copies.py": COPIES,
    "test_encrypted_copies.py": COPIES,
    "test_machines.py": ITS_OWN,
    "test_queries.py": "prepares statements by SQLite's means",
    "test_races.py": "SQLite's lock, and the queue for it",
    "test_shape.py": SCHEMA,
    "test_shelf.py": FILE,
    "test_turn.py": "SQLite's lock, and the queue for it",
    "test_upkeep.py": FILE,
}
"""By the beginning of a test's name, from the folder of tests on."""

LINES = {"backup drill": COPIES, "report save": OWN_SQL, "report remove": OWN_SQL, "stock > shop.db": FILE}
"""By the beginning of the line that a test is about."""


def reason_of(name: str) -> str | None:
    """Why a test is about a file; None if it holds on a server too."""
    line = name.partition("[")[2]
    reason = next((reason for beginning, reason in LINES.items() if line.startswith(beginning)), None)
    return reason or next((reason for beginning, reason in REASONS.items() if name.startswith(beginning)), None)
