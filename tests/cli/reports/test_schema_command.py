"""JSON Schema of what is printed, made of the columns that print it; and every output fits its schema."""

import json
import shlex
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from cli.lists import EXAMPLES, NOW, every_list, lived_in
from cli.steps import done, receipt
from cli.tree import commands
from conftest import Run
from ordercli.cli.commands import ENTRIES
from ordercli.cli.lists import LISTS
from ordercli.cli.reports.schema import CARDS, RECEIPT, schema_names, schema_of
from ordercli.domain.report import Column, ValueKind
from ordercli.domain.reports.json_schema import row_schema

__all__ = ["every_list", "lived_in"]

PINNED = Path(__file__).parents[2] / "data" / "schemas" / "schemas.jsonl"
OF_ONE = {
    "order show": "SO-1",
    "stock show": "RING-7",
    "product show": "GIFT-SET",
    "supplier show": '"Silver & Son"',
    "shipment show": "1",
    "return show": "RMA-000001",
    "purchase show": "1",
}


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    return [
        f"{list(error.absolute_path)}: {error.message[:200]}"
        for error in Draft202012Validator(schema).iter_errors(value)
    ]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_as_its_schema_says(every_list: Run, path: str) -> None:
    ran = every_list(*EXAMPLES[path], "--format", "json", now=NOW)

    assert faults(schema_of(path), json.loads(done(ran).stdout)) == []


def test_a_card_is_as_its_schema_says(lived_in: Run) -> None:
    assert OF_ONE.keys() == CARDS.keys() == {path for path in commands() if path.endswith(" show")} - APART
    for path, name in OF_ONE.items():
        for more in ((), (*shlex.split(name),)):
            ran = done(lived_in(*path.split(), *shlex.split(name), *more, "--format", "json", now=NOW))
            assert faults(schema_of(path), json.loads(ran.stdout)) == [], path


APART = {"log show", "metrics show", "template show", "view show", "privacy show"}
"""Commands of that name that show rows, or text."""


def test_a_receipt_is_as_its_schema_says(shop: Run) -> None:
    schema = schema_of(RECEIPT)
    for line in (
        "stock receive RING-7:1 --reference R",
        "stock receive RING-7:1 --reference R",
        "order add S-1 --line RING-7:1",
        "config set reorder_point 3",
        "order hold S-1",
    ):
        assert faults(schema, receipt(shop(*line.split(), "--format", "json"))) == [], line
    assert faults(schema, {"operation": 1})


def test_a_schema_refuses_what_the_command_would_not_print() -> None:
    schema = schema_of("stock")
    row = dict.fromkeys(schema["anyOf"][0]["items"]["properties"])

    assert faults(schema, [row]) == []
    assert faults(schema, [{**row, "on_hand": "3"}])
    assert faults(schema, [{**row, "unit_cost": 3.5}])
    assert faults(schema, [{**row, "more": 1}])
    assert faults(schema, [{key: value for key, value in row.items() if key != "sku"}])


def test_every_kind_of_values_has_a_schema() -> None:
    columns = [Column(f"c{place}", kind) for place, kind in enumerate(get_args(ValueKind))]
    Draft202012Validator.check_schema(row_schema(columns))
    for name in schema_names():
        Draft202012Validator.check_schema(schema_of(name))


def test_the_schemas_stay_as_they_are(request: pytest.FixtureRequest) -> None:
    """Scripts rely on them: read the difference before it is kept."""
    text = "".join(f"{json.dumps(schema_of(name))}\n" for name in schema_names())
    if request.config.getoption("--update-golden"):
        PINNED.write_text(text, encoding="utf-8")

    assert text == PINNED.read_text(encoding="utf-8")


def test_schemas_are_printed_and_listed(run: Run) -> None:
    assert json.loads(done(run("schema", "order", "list")).stdout) == schema_of("order list")
    assert json.loads(done(run("schema", "order list")).stdout) == schema_of("order list")
    assert done(run("schema", "--list")).stdout.splitlines() == schema_names()
    assert (run("schema").exit_code, run("schema", "stock", "--list").exit_code) == (2, 2)
    near = run("schema", "order", "lists")
    assert (
        near.exit_code,
        near.stderr.startswith("There is no schema 'order lists'; did you mean order list"),
    ) == (6, True)


def test_the_tree_of_commands_is_told_as_data(run: Run) -> None:
    tree = json.loads(done(run("help", "--json")).stdout)

    assert [command["name"] for command in tree["commands"]] == list(ENTRIES)
    assert {code["code"] for code in tree["exit_codes"]} >= {0, 2, 3, 4, 5, 6, 7, 8}
    told: dict[str, Any] = {}

    def walk(found: list[dict[str, Any]]) -> None:
        for command in found:
            told[command["name"]] = command
            walk(command["commands"])

    walk(tree["commands"])
    assert told.keys() == commands().keys()
    for path, command in commands().items():
        names = {name for option in told[path]["options"] for name in option["names"]}
        assert names <= {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
        assert told[path]["help"], path
    by = next(option for option in told["report sales"]["options"] if option["names"] == ["--by"])
    assert (by["default"], by["choices"][:2], by["type"]) == ("day", ["day", "week"], "string")
    limit = next(option for option in told["order list"]["options"] if option["names"] == ["--limit"])
    assert (limit["type"], limit["is_flag"], limit["metavar"]) == ("integer", False, "N")
    (database,) = [option for option in tree["options"] if "--db" in option["names"]]
    assert database["environment"] == ["ORDERCLI_DB"]
    assert told["ship"]["arguments"][0]["name"] == "ID"
    one = json.loads(done(run("help", "--json", "report", "sales")).stdout)
    assert one == {key: value for key, value in told["report sales"].items() if key != "section"}
    assert run("help", "--json", "report", "nothing").exit_code == 6
