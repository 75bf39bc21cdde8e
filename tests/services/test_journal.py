"""The journal: operations tied to one another, and the words of their command lines."""

import json
import sqlite3
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

import ordercli.models.schema  # noqa: F401 - maps every table
from cli.steps import done
from conftest import Run
from ordercli.cli.app import command_named
from ordercli.cli.words import PERSONAL
from ordercli.cli.writers import WRITERS
from ordercli.domain.chain import BEGINNING, CHAINED, CHAINED_CHANGES, chained
from ordercli.driver import Driver
from ordercli.models.base import Base
from ordercli.models.journal_ddl import journaled
from ordercli.services.safety.leaving import key_parts
from turned import changing, held_back, looking_into


def chain_of(connection: Driver) -> list[tuple[str, str]]:
    """Of each operation the hash it holds, and the one it should."""
    found, previous = [], BEGINNING
    for *operation, chain in connection.execute(f"SELECT {CHAINED}, chain FROM operation ORDER BY id").fetchall():
        found.append(
            (chain, chained(previous, operation, connection.execute(CHAINED_CHANGES, {"operation": operation[0]})))
        )
        previous = chain
    return found


def test_each_operation_holds_the_hash_of_itself_its_changes_and_the_one_before(
    busy_shop: Run, database: Path
) -> None:
    done(busy_shop("product", "edit", "RING-7", "--unit-price", "35"))

    with looking_into(database) as connection:
        links = chain_of(connection)
        assert connection.execute("SELECT count(*) FROM row_change").fetchone()[0] > 0

    assert [held for held, _ in links] == [due for _, due in links]
    assert len({held for held, _ in links}) == len(links)


class _TakenBackError(Exception):
    """Nothing of it is to stay."""


_TRIGGERS = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('operation', 'row_change')"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE operation SET summary = 'x' WHERE id = 2",
        "UPDATE operation SET recorded_at = '2026-03-01T00:00:00Z' WHERE id = 2",
        "UPDATE operation SET words = NULL WHERE id = 2",
        "UPDATE row_change SET old = '{\"unit_price_minor\":1}' WHERE table_name = 'product'",
        "UPDATE row_change SET operation_id = operation_id - 1 WHERE table_name = 'product'",
        "DELETE FROM row_change WHERE table_name = 'product'",
    ],
)
def test_nothing_of_the_journal_changes_and_whoever_forces_it_breaks_the_chain(
    busy_shop: Run, database: Path, statement: str
) -> None:
    done(busy_shop("product", "edit", "RING-7", "--unit-price", "35"))
    done(busy_shop("product", "edit", "RING-7", "--unit-price", "36"))

    with pytest.raises(sqlite3.IntegrityError), changing(database) as connection:
        connection.execute(statement)
    with suppress(_TakenBackError), changing(database) as connection, ExitStack() as held:
        for (trigger,) in connection.execute(_TRIGGERS).fetchall():
            held.enter_context(held_back(connection, trigger))
        assert connection.execute(statement).rowcount > 0
        assert any(has != due for has, due in chain_of(connection))
        raise _TakenBackError


WORDS = """
    add_line amount as_of asin at barcode bin buffer by cap carrier case_pack channel channel_sku choice code
    column components cost cover_days currency damaged deliver_by detail due duty encoding expected fnsku freight
    fulfillment kind label_cost language layout lead_time lead_time_days line lines location minimum minimum_units
    list_columns list_sort list_view name no_choice occasion offer
    older_than on order order_days order_id ordered_at own packaging packaging_cost part payment_terms
    price prices product quantity rate reason reference rename reorder_point requested restocking_fee
    retired_on save_map service service_level sheet ship_by shipment since size sku skus source spread supplier
    supplier_sku tag target template time_zone topic tracking unit_cost unit_price units_per_pack untag valid_from
    value weight weight_grams what where words"""
PLAIN = frozenset(WORDS.split())
"""Texts that writers take and that are about no person, or are kept in the ledger anyway."""


def test_of_every_text_that_a_writer_takes_it_is_known_whether_it_may_be_about_a_person() -> None:
    texts = set()
    for path in WRITERS:
        command = command_named(path.split()[0])
        for word in path.split()[1:]:
            command = command.commands[word]
        texts |= {
            option.name
            for option in command.params
            if option.expose_value and type(option.type).__name__ == "StringParamType"
        }
    assert texts - PERSONAL == PLAIN
    assert not PERSONAL & PLAIN


def test_the_words_of_a_command_are_kept_without_what_is_about_a_person(shop: Run, database: Path) -> None:
    done(shop("order", "add", "W-1", "--line", "RING-7:1", "--customer", "Ana Popescu", "--city=Wien", "--yes"))
    done(shop("order", "note", "W-1", "Ana rang"))
    done(shop("--quiet", "stock", "adjust", "RING-7", "--by=-1", "--reason", "loss", "-f", "json"))

    with looking_into(database) as connection:
        rows = connection.execute("SELECT words FROM operation ORDER BY id DESC LIMIT 3").fetchall()

    adjusted, noted, added = (json.loads(words) for (words,) in rows)
    assert added == ["order", "add", "--line", "RING-7:1", "--customer", None, "--city", None, "W-1"]
    assert noted == ["order", "note", "W-1", None]
    assert adjusted == ["stock", "adjust", "--by", "-1", "--reason", "loss", "RING-7"]


def test_bytes_in_tables_of_states_are_never_null_since_a_trigger_could_not_tell_it() -> None:
    binary = {
        f"{table.name}.{column.name}": column.nullable
        for table in journaled(Base.metadata)
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }

    assert binary == {"order_statement.fingerprint": False}


def test_a_key_of_very_many_digits_is_compared_as_a_word() -> None:
    keys = ["9" * 5000, "10", "b", "9", "9 10", "9 9"]

    assert sorted(keys, key=key_parts) == ["9", "9 9", "9 10", "10", "9" * 5000, "b"]
