"""``doctor``: a sound shop has nothing wrong, and whatever is wrong is found under a code of its own."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cli.steps import Content, content, done, listed
from cli.writers import set_up
from conftest import Run
from ordercli.checkup import checked
from ordercli.models.journal_ddl import DERIVED as KEPT_SUMS
from ordercli.queries.doctor import DEEP, LAW_CODES, ROWS, Check
from ordercli.queries.laws import LAWS
from ordercli.queries.reader import reading
from ordercli.server import ShopPlace
from shelf import kept
from turned import changing, spoiling
from workbench import workbench

NOW = "2026-03-16T13:00:00Z"


@kept
def rich_shop(busy_shop: Run) -> Run:
    """A shop that has something of nearly every kind, and a price that changed."""
    shop = set_up(busy_shop)
    done(shop("product", "edit", "RING-8", "--unit-price", "37"))
    done(shop("purchase", "receive", "1"))
    return shop


@pytest.fixture(autouse=True)
def _own_file(database: ShopPlace) -> None:
    if isinstance(database, Path):
        database.chmod(0o600)


def codes(database: ShopPlace, *, deep: bool = True, now: str = NOW) -> dict[str, str]:
    """What is wrong: status by code."""
    folder = database.parent / "backups" if isinstance(database, Path) else None
    with reading(database, now=now, wait_seconds=5) as opened:
        found = checked(opened, database, folder, deep=deep)
        return {each.check.code: each.status for each in found if each.example is not None}


def force(database: ShopPlace, statement: str) -> None:
    """Make rows as no command would leave them."""
    with spoiling(database) as driver:
        assert driver.execute(statement).rowcount > 0, statement


@pytest.fixture
def spoilt(database: ShopPlace, template: Path) -> Iterator[ShopPlace]:
    """The test's database, whose laws may be broken in the end, as they are meant to be."""
    yield database
    workbench(template, database)


@pytest.fixture
def looked_at(database: ShopPlace) -> set[str]:
    """What is to be said of a place with a backup: a server of tests gives up safety for speed."""
    return set() if isinstance(database, Path) else {"durable"}


def held(database: ShopPlace) -> bytes | Content:
    """What is in it, of a file byte by byte."""
    return database.read_bytes() if isinstance(database, Path) else content(database)


PROMISED = "SELECT sales_order_id FROM order_line WHERE quantity_allocated > 0"
PLACED = "SELECT id FROM purchase WHERE placed_on IS NOT NULL"
CALL = (
    "INSERT INTO amazon_call (name, subject, content, called_at, state, is_open)"
    " VALUES ('createShipment', 'X', '[]', '2026-03-16T00:00:00Z',"
)
MESSAGE = (
    "INSERT INTO message (sales_order_id, kind, occasion, language, details, intended_at, state, operation_id)"
    " VALUES (1, 'delay', 'x', 'en', '{}', '2026-03-16T13:00:00Z',"
)
OF_ROWS = {check.code for check in ROWS}
FIRST = "WHERE id = (SELECT min(id) FROM {})"
SEEDS = [
    ("level-sum", "UPDATE stock_level SET quantity = quantity + 1 WHERE location = 'HOME'"),
    (
        "balance-below-zero",
        "UPDATE stock_movement SET occurred_at = '2026-12-01T00:00:00Z' WHERE to_location = 'HOME'",
    ),
    ("movement-places", "UPDATE stock_movement SET to_location = 'NOWHERE' WHERE id = 1"),
    ("promised-twice", "UPDATE stock_level SET allocated = allocated + 1 WHERE location = 'HOME'"),
    ("kit-parts", "UPDATE order_line SET is_assembled = 1 WHERE is_assembled = 0"),
    (
        "shipped-parts",
        "UPDATE order_line SET is_assembled = 1 WHERE id IN (SELECT order_line_id FROM shipment_line)",
    ),
    ("movement-places", f"UPDATE stock_movement SET to_location = 'NOWHERE' {FIRST.format('stock_movement')}"),
    ("kit-stock", "UPDATE product SET is_kit = 1 WHERE id IN (SELECT product_id FROM stock_movement)"),
    ("promised-elsewhere", f"UPDATE sales_order SET fulfillment = 'FBA' WHERE id IN ({PROMISED})"),
    ("layer-units", "UPDATE cost_layer SET quantity = quantity + 1"),
    ("layer-origin", "UPDATE cost_layer SET acquired_at = '2020-01-01T00:00:00Z'"),
    ("layer-made", "UPDATE cost_layer SET cost_minor = cost_minor + 1 WHERE quantity_used = 0"),
    ("layer-use", "UPDATE cost_layer SET quantity_used = quantity_used + 1"),
    (
        "movement-cost",
        "UPDATE stock_movement SET cost_minor = cost_minor + 1 WHERE id IN (SELECT movement_id FROM layer_use)",
    ),
    ("shipped-units", "UPDATE order_line SET quantity_shipped = quantity_shipped + 1"),
    ("canceled-units", "UPDATE order_line SET quantity_canceled = quantity_canceled + 1"),
    ("picked-units", "UPDATE order_line SET quantity_picked = 99"),
    ("order-sums", "UPDATE sales_order SET units = units + 1"),
    ("daily-sales", "UPDATE daily_sales SET units = units + 1"),
    ("daily-demand", "UPDATE daily_demand SET units = units + 1"),
    ("stockouts", "UPDATE stockout SET began_at = '2026-01-01T00:00:00Z'"),
    ("returned-too-many", "UPDATE order_line SET quantity_returned = 99"),
    ("return-sums", "UPDATE return_line SET quantity_inspected = quantity_inspected + 1"),
    ("refund-sums", "UPDATE order_line SET refunded_minor = refunded_minor + 1"),
    ("return-steps", "UPDATE return_authorization SET requested_at = '2026-01-01T00:00:00Z'"),
    ("settled-twice", "UPDATE return_line SET quantity_settled = quantity_settled + 1"),
    ("return-cost", "UPDATE return_event SET cost_minor = cost_minor + 1 WHERE movement_id IS NOT NULL"),
    ("quarantine", "UPDATE return_line SET quantity_received = quantity_received + 1"),
    ("fba-shipments", "UPDATE fba_shipment_line SET quantity_arrived = quantity_arrived + 1"),
    ("shipment-state", "UPDATE shipment SET status = 'exception'"),
    ("upload-items", "DELETE FROM upload_item WHERE shipment_id IS NOT NULL"),
    ("purchase-sums", "UPDATE purchase_line SET quantity_received = quantity_received + 1"),
    ("purchase-cost", "UPDATE purchase_receipt SET cost_minor = cost_minor + 1"),
    ("purchase-facts", f"UPDATE purchase_line SET expected_on = NULL WHERE purchase_id IN ({PLACED})"),
    ("message-state", f"{MESSAGE} 'refused', 1)"),
    ("hourly-sums", "UPDATE hourly_sum SET counted = counted + 1"),
    ("confirmed-orders", "UPDATE confirmed_order SET shipments = shipments + 1"),
    ("bulk-left", "INSERT INTO bulk_write (id) VALUES (1)"),
    ("unsealed", f"UPDATE operation SET summary = NULL {FIRST.format('operation')}"),
    ("recorded-backwards", "UPDATE operation SET recorded_at = '2020-01-01T00:00:00Z' WHERE id = 5"),
    ("clock", "UPDATE operation SET recorded_at = '2099-01-01T00:00:00Z' WHERE id = 5"),
    ("upload-in-doubt", "UPDATE upload_file SET state = 'unknown'"),
    ("call-in-doubt", f"{CALL} 'unknown', 1)"),
    ("message-in-doubt", f"{MESSAGE} 'unknown', 1)"),
    ("erasing-unfinished", "INSERT INTO erasure (operation_id, held_from, last_order) VALUES (1, '', 0)"),
    ("personal-data-orphan", "INSERT INTO personal_data (personal_id, version) VALUES (9999, 1)"),
    ("chain", "UPDATE operation SET summary = summary || '.' WHERE id = 3"),
    ("chain", "UPDATE operation SET words = NULL WHERE id = 3"),
    (
        "chain",
        "UPDATE row_change SET old = json_set(old, '$.unit_price_minor', 1) WHERE old ->> 'unit_price_minor'",
    ),
    ("chain", "DELETE FROM row_change WHERE old ->> 'unit_price_minor'"),
    ("made-rows", "UPDATE product SET name = 'Silver thing' WHERE sku = 'RING-7'"),
    ("made-rows", "UPDATE order_event SET detail = 'x'"),
    ("made-rows", "UPDATE stock_movement SET reference = 'x' WHERE id = 1"),
    ("people", "UPDATE personal_data SET city = 'Ithaka' WHERE city = 'Ithaca'"),
    ("order-book", f"UPDATE order_line SET name = 'x' {FIRST.format('order_line')}"),
    ("order-book", f"UPDATE sales_order SET service_level = 'Expedited' {FIRST.format('sales_order')}"),
    ("estimated-prices", "UPDATE order_line SET item_price_minor = item_price_minor + 1024"),
    ("shop", "INSERT INTO shop SELECT 2, time_zone, currency, mark, operation_id FROM shop"),
    ("settings", "UPDATE setting SET value = 'many' WHERE name LIKE '%handling_days'"),
    ("settings", f"UPDATE setting SET name = 'reorder_pint' {FIRST.format('setting')}"),
    ("own-fields", "UPDATE product_field_value SET value = 'C'"),
    ("own-fields", "UPDATE own_field SET subject = 'order'"),
    ("journal-present", "UPDATE product SET unit_price_minor = 1 WHERE sku = 'RING-8'"),
    ("instants", "UPDATE sales_order SET ship_by = '2026-13-45T00:00:00Z'"),
    ("flags", "UPDATE sales_order SET is_on_hold = 2"),
    ("currencies", "UPDATE sales_order SET currency = 'usd'"),
    ("texts", "UPDATE product SET name = 'a' || char(7)"),
    ("references", "UPDATE listing SET product_id = 9999"),
    ("constraints", "UPDATE cost_layer SET quantity_used = -1"),
    ("constraints", "UPDATE order_line SET quantity_canceled = -1"),
]


def test_a_shop_in_which_everything_was_done_has_nothing_wrong(
    rich_shop: Run, database: ShopPlace, looked_at: set[str]
) -> None:
    no_backup = {"backup-missing"} if isinstance(database, Path) else set()
    assert set(codes(database)) == no_backup | looked_at
    ran = done(rich_shop("doctor", "--deep"))
    assert "0 BROKEN" in ran.stderr


@pytest.mark.parametrize(("code", "statement"), SEEDS, ids=[f"{n} {code}" for n, (code, _) in enumerate(SEEDS)])
def test_what_is_wrong_is_found_under_its_own_code_and_a_fix_leaves_nothing_broken_or_changes_nothing(
    rich_shop: Run, spoilt: ShopPlace, code: str, statement: str
) -> None:
    force(spoilt, statement)
    before = held(spoilt)

    found, told = codes(spoilt), codes(spoilt, deep=False)
    ran = rich_shop("--yes", "doctor", "--fix")

    assert code in found
    assert found.keys() & OF_ROWS == told.keys() & OF_ROWS
    if ran.exit_code == 0:
        assert "BROKEN" not in codes(spoilt).values()
    else:
        assert (ran.exit_code, "Nothing was fixed: " in ran.stderr) in ((5, True), (8, False)), ran
        assert "ordercli restore" in ran.stderr
        assert held(spoilt) == before


MOVED = [
    ("daily-sales", "INSERT INTO daily_sales SELECT min(product_id), '2026-03-1x', 7 FROM daily_sales"),
    ("daily-sales", "UPDATE daily_sales SET day = day || 'T09:00'"),
    ("daily-sales", "UPDATE daily_sales SET day = day || char(0)"),
    ("daily-sales", "UPDATE daily_sales SET product_id = product_id + 16, day = date(day, '-19 days')"),
    ("daily-demand", "INSERT INTO daily_demand SELECT min(product_id), '2026-03-1x', 'FBM', 7 FROM daily_demand"),
    ("daily-demand", "UPDATE daily_demand SET day = day || 'T09:00'"),
    ("daily-demand", "UPDATE daily_demand SET product_id = product_id + 16, day = date(day, '-19 days')"),
    ("daily-demand", "UPDATE daily_demand SET day = '2026-02-30' WHERE day = (SELECT min(day) FROM daily_demand)"),
    ("daily-demand", "UPDATE daily_demand SET fulfillment = 'XXX'"),
    ("hourly-sums", "UPDATE hourly_sum SET channel = 'bazaar' WHERE channel = 'amazon'"),
    ("hourly-sums", "UPDATE hourly_sum SET hour = hour || ':00'"),
    ("hourly-sums", "UPDATE hourly_sum SET hour = replace(hour, 'T', ' ')"),
    ("order-sums", "UPDATE sales_order SET units = units + iif(id % 2, 1, -1) WHERE id < 3"),
    (
        "shipped-units",
        "UPDATE order_line SET quantity_shipped = quantity_shipped + iif(id % 2, 1, -1) WHERE id < 3",
    ),
    ("layer-use", "UPDATE cost_layer SET quantity_used = quantity_used + iif(id % 2, 1, -1) WHERE id < 3"),
]
"""What is moved to another place, day, hour or channel, or to none, so that all in all is the same."""


@pytest.mark.parametrize(("code", "statement"), MOVED, ids=[f"{n} {code}" for n, (code, _) in enumerate(MOVED)])
@pytest.mark.usefixtures("rich_shop")
def test_what_is_moved_to_another_place_is_found_without_deep(
    spoilt: ShopPlace, code: str, statement: str
) -> None:
    force(spoilt, statement)

    assert code in codes(spoilt, deep=False)


FORGOTTEN = "(SELECT max(sales_order_id) FROM confirmed_order)"
UNJUDGED = "(SELECT min(id) FROM sales_order WHERE id NOT IN (SELECT sales_order_id FROM confirmed_order))"


@pytest.mark.usefixtures("rich_shop")
def test_a_confirmed_order_that_stands_for_another_is_found_though_the_view_says_so_too(spoilt: ShopPlace) -> None:
    is_file = isinstance(spoilt, Path)
    schema = "" if is_file else "ordercli."
    with changing(spoilt) as driver:
        (forgotten,) = driver.execute(f"SELECT {FORGOTTEN}").fetchone()
        (unjudged,) = driver.execute(f"SELECT {UNJUDGED}").fetchone()
        (view,) = driver.execute("SELECT sql FROM sqlite_schema WHERE name = 'confirmed_order_now'").fetchone()
        if is_file:
            driver.execute("DROP VIEW confirmed_order_now")
            driver.execute(view.replace("confirmed_order_now", "sound_order", 1))
        else:
            driver.execute("ALTER VIEW ordercli.confirmed_order_now RENAME TO sound_order")
        driver.execute(
            f"CREATE VIEW {schema}confirmed_order_now AS"
            f" SELECT iif(sales_order_id = {forgotten}, {unjudged}, sales_order_id) AS sales_order_id, channel,"
            " ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed, units_on_time"
            " FROM sound_order"
        )
    force(spoilt, f"UPDATE confirmed_order SET sales_order_id = {unjudged} WHERE sales_order_id = {forgotten}")

    found = codes(spoilt, deep=False)
    if not is_file:  # the next test has the same schema
        with changing(spoilt) as driver:
            driver.execute("DROP VIEW ordercli.confirmed_order_now")
            driver.execute("ALTER VIEW ordercli.sound_order RENAME TO confirmed_order_now")

    assert "confirmed-orders" in found


def test_every_law_has_a_code_and_every_check_of_rows_is_tried() -> None:
    assert LAW_CODES.keys() == LAWS.keys()
    tried = {code for code, _ in SEEDS}
    assert {check.code for check in (*ROWS, *DEEP)} <= tried
    assert len({check.code for check in ROWS}) == len(ROWS)
    assert len(tried) >= 40
    assert "backup-missing" not in tried  # all that is found in the shop in which nothing is wrong


@pytest.mark.usefixtures("rich_shop")
def test_an_index_that_does_not_have_its_rows_is_found(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        changed = connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, '(operation_id)', '(row_key)')"
            " WHERE name = 'ix_row_change_operation_id'"
        )
        assert changed.rowcount == 1

    assert codes(database)["integrity"] == "BROKEN"


# The file and its backups ------------------------------------------------------------------------------


@pytest.mark.usefixtures("rich_shop")
def test_a_schema_that_was_changed_and_a_file_that_others_may_read_are_found(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TRIGGER product_journal_update")
    database.chmod(0o644)

    assert {"schema", "permissions"} <= set(codes(database, deep=False))


FORCED_SINCE = [
    ("backup-facts", "UPDATE stock_movement SET reason = 'forced' WHERE id = 1"),
    ("backup-states", "UPDATE product SET bin = 'Z-9' WHERE sku = 'RING-7'"),
    ("backup-chain", "UPDATE operation SET chain = 'x' WHERE id = (SELECT max(id) FROM operation)"),
]


@pytest.mark.parametrize(("code", "statement"), FORCED_SINCE, ids=[code for code, _ in FORCED_SINCE])
def test_what_differs_from_the_backup_without_a_command_is_found(
    rich_shop: Run, spoilt: ShopPlace, code: str, statement: str
) -> None:
    done(rich_shop("backup"))
    sound = codes(spoilt)

    force(spoilt, statement)

    assert code not in sound
    assert code in codes(spoilt)


def test_what_commands_changed_since_a_backup_is_no_difference(rich_shop: Run, database: Path) -> None:
    done(rich_shop("backup"))
    done(rich_shop("product", "edit", "RING-7", "--unit-price", "39"))
    done(rich_shop("order", "add", "--line", "RING-7:1"))
    done(rich_shop("ship", "S-5", "--line", "RING-7:1", "--carrier", "UPS"))

    assert not [code for code in codes(database) if code.startswith("backup")]
    assert "backup-old" in codes(database, now="2026-03-24T13:00:00Z")


def test_what_was_undone_since_a_backup_is_no_difference(rich_shop: Run, database: Path) -> None:
    done(rich_shop("ship", "S-5", "--line", "RING-7:1", "--carrier", "UPS"))
    done(rich_shop("order", "add", "S-9", "--line", "RING-7:1"))
    done(rich_shop("order", "hold", "S-9", "--reason", "waits"))
    done(rich_shop("backup"))

    for _ in range(3):
        done(rich_shop("--yes", "undo"))
        assert not [code for code in codes(database) if code.startswith("backup")]


def test_a_backup_that_was_damaged_is_found(rich_shop: Run, database: Path) -> None:
    done(rich_shop("backup"))
    (saved,) = (database.parent / "backups").iterdir()
    whole = bytearray(saved.read_bytes())
    whole[whole.index(b"Silver")] ^= 1
    saved.chmod(0o600)
    saved.write_bytes(whole)

    assert "backup-flipped" in codes(database)


# --fix -----------------------------------------------------------------------------------------------

MENDED = {
    "level-sum": "UPDATE stock_level SET quantity = quantity + 1 WHERE location = 'HOME'",
    "promised-twice": "UPDATE stock_level SET allocated = allocated - 1 WHERE allocated > 0",
    "daily-sales": "UPDATE daily_sales SET units = units + 1",
    "daily-demand": "DELETE FROM daily_demand",
    "stockouts": "INSERT INTO stockout (product_id, began_at) SELECT max(id), '2026-01-01T00:00:00Z' FROM product",
    "confirmed-orders": "UPDATE confirmed_order SET shipments = shipments + 1",
    "hourly-sums": "UPDATE hourly_sum SET counted = counted + 1",
}


def sums(rows: Content, tables: Collection[str]) -> Content:
    """Kept sums, without those of nothing."""
    return {name: [row for row in rows[name] if row[-2:] != (0, 0) and row[-1] != 0] for name in tables} | {
        "hourly_sum": [row for row in rows["hourly_sum"] if row[-2:] != (0, 0)],
        "stock_level": [row for row in rows["stock_level"] if row[-2:] != (0, 0)],
        "confirmed_order": rows["confirmed_order"],
    }


def test_what_can_be_made_anew_from_facts_is_as_before_after_a_fix(
    rich_shop: Run, database: ShopPlace, looked_at: set[str]
) -> None:
    done(rich_shop("backup"))
    sound, derived = content(database), KEPT_SUMS - {"cost_layer"}
    for statement in MENDED.values():
        force(database, statement)
    before = content(database)

    found, trial = codes(database), done(rich_shop("doctor", "--fix", "--dry-run"))
    unasked = rich_shop("doctor", "--fix")
    after_trial = content(database)
    fixed = done(rich_shop("--yes", "doctor", "--fix"))

    assert MENDED.keys() <= found.keys()
    assert "Dry run, nothing written: make " in trial.stderr
    assert (unasked.exit_code, "add --yes" in unasked.stderr) == (2, True)
    assert after_trial == before
    assert "(operation " in fixed.stderr
    assert codes(database).keys() == looked_at
    assert sums(content(database), derived) == sums(sound, derived)
    assert done(rich_shop("--yes", "doctor", "--fix")).stderr.endswith("Unchanged: nothing here is for --fix.\n")


BOOK = {
    "a name": "UPDATE order_line SET name = 'x' WHERE name IS NOT NULL",
    "a level of service": "UPDATE sales_order SET service_level = 'Expedited'",
    "units of a line": "UPDATE order_line SET quantity = quantity + 1 WHERE quantity_open > 0",
    "units of an order": "UPDATE sales_order SET units = units + 1",
}


@pytest.mark.parametrize("statement", BOOK.values(), ids=BOOK)
def test_orders_are_again_what_files_said_of_them_after_a_fix(
    rich_shop: Run, database: Path, statement: str
) -> None:
    tables = ("sales_order", "order_line", "stock_level", "daily_demand", "shipment", "cancellation")
    sound = {name: rows for name, rows in content(database).items() if name in tables}
    force(database, statement)

    found = codes(database)
    done(rich_shop("--yes", "doctor", "--fix"))

    assert found.keys() & {"order-book", "order-sums"}
    assert "BROKEN" not in codes(database).values()
    assert {name: rows for name, rows in content(database).items() if name in tables} == sound


@pytest.mark.usefixtures("rich_shop")
def test_an_index_that_lost_rows_is_made_anew(rich_shop: Run, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        (sql,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'ix_order_event_sales_order_id'"
        ).fetchone()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'ix_order_event_sales_order_id'"
        )
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("REINDEX ix_order_event_sales_order_id")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'ix_order_event_sales_order_id'", (sql,))

    found = codes(database)
    done(rich_shop("--yes", "doctor", "--fix"))

    assert "integrity" in found
    assert set(codes(database)) <= {"backup-missing"}


@pytest.mark.usefixtures("rich_shop")
def test_files_are_put_in_order_without_an_operation(rich_shop: Run, database: Path) -> None:
    database.chmod(0o644)
    left = database.with_name(".shop.csv.ordercli-0123456789abcdef.part")
    left.write_text("half")
    before = content(database)

    found = codes(database)
    ran = done(rich_shop("--yes", "doctor", "--fix"))

    assert {"permissions", "left-overs"} <= found.keys()
    assert ran.stderr.endswith("Put the files in order.\n")
    assert not left.exists()
    assert database.stat().st_mode & 0o777 == 0o600
    assert content(database) == before


# The command -----------------------------------------------------------------------------------------


def test_doctor_shows_what_is_wrong_with_what_to_do_and_a_check_for_cron(
    rich_shop: Run, spoilt: ShopPlace, looked_at: set[str]
) -> None:
    done(rich_shop("backup"))
    well = rich_shop("doctor", "--check")
    everything = listed(rich_shop, "doctor")

    force(spoilt, "UPDATE daily_sales SET units = units + 1")
    ill = rich_shop("doctor", "--check")

    assert (well.exit_code, well.stdout == "All is well.\n") == ((3, False) if looked_at else (0, True))
    assert len(everything) >= 50
    assert {row["code"] for row in everything if row["status"] != "OK"} == looked_at
    assert ill.exit_code == 3
    assert "BROKEN  daily-sales" in ill.stdout
    assert ill.stderr.endswith(f"1 BROKEN, {len(looked_at)} to look at.\n")


def test_every_check_says_what_holds_and_what_to_do() -> None:
    for check in ROWS:
        assert isinstance(check, Check)
        assert check.sentence
        assert check.fix
