"""What was known at a moment stays so: every report that takes --known-at, over shops made at random."""

import importlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given

from campaign import shops
from cli.reports.generated_shops import SKUS, GeneratedShop, furnish, live, lives, opened
from cli.steps import done
from cli.writers import lived_shop
from conftest import NOW, Ran, Run
from ordercli.cli.commands import ENTRIES
from ordercli.domain.health.metrics import METRICS
from ordercli.models.reversal import KINDS
from ordercli.queries import undone

__all__ = ["lived_shop"]

ASKED: dict[str, list[tuple[str, ...]]] = {
    "stock": [(), ("--by", "location")],
    "stock value": [()],
    "stock history": [(sku,) for sku in SKUS[:3]],
    "explain stock": [(sku,) for sku in SKUS[:3]],
    "report sales": [("--by", by) for by in ("day", "product", "channel", "state")],
    "report profit": [("--by", by) for by in ("order", "sku", "fulfillment")],  # the others are sums of orders
    "metrics": [("--lag", "none"), ("--lag", "none", "--channel", "tokyo")],
    "metrics show": [(rule.name, "--lag", "none") for rule in METRICS],
}
"""What is asked of each command that can be asked what was known."""
IN_LIVED_SHOP: dict[str, list[tuple[str, ...]]] = {
    "stock history": [("RING-7",)],
    "explain stock": [("RING-7",)],
    "metrics": [("--lag", "none")],
}
"""The same in a shop that has no generated SKUs."""


def commands_with(option: str) -> set[str]:
    """The commands there are that take an option, from the table of commands."""
    found = set()
    for name, entry in ENTRIES.items():
        module = importlib.import_module(f"ordercli.cli.{entry.module}")
        waiting = [(name, typer.main.get_command(getattr(module, f"{name}_app")))]
        while waiting:
            path, command = waiting.pop()
            if any(option in parameter.opts for parameter in command.params):
                found.add(path)
            waiting += [(f"{path} {below}", each) for below, each in getattr(command, "commands", {}).items()]
    return found


def test_every_command_that_takes_it_is_asked() -> None:
    assert commands_with("--known-at") == set(ASKED)


@pytest.fixture(scope="module")
def furnished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(template, tmp_path_factory.mktemp("furnished") / "shop.db")


def told(shop: GeneratedShop, moment: str) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    return {
        (*command.split(), *arguments): shop.rows(*command.split(), *arguments, "--known-at", moment)
        for command, several in ASKED.items()
        for arguments in several
    }


@shops(4)
@given(before=lives, after=lives)
def test_what_was_known_stays_so_whatever_comes_later(
    furnished: Path, tmp_path_factory: pytest.TempPathFactory, before: Any, after: Any
) -> None:
    shop = opened(furnished, tmp_path_factory.getbasetemp() / "known.db")
    live(shop, before)
    moment = shop.days(0)
    seen = told(shop, moment)

    live(shop, after)
    shop.now += timedelta(hours=1)

    later = told(shop, moment)
    assert {asked for asked in seen if seen[asked] != later[asked]} == set()


LEAVING = [name for name, kind in KINDS.items() if kind.may_leave]
HIDDEN = f"SELECT value, 0 FROM json_each('{json.dumps(LEAVING)}') WHERE :known > 0"


@pytest.mark.parametrize("command", ASKED)
def test_the_past_is_told_alike_where_undos_since_hide_every_table(
    lived_shop: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def answers() -> list[Ran]:
        lines = [(*command.split(), *arguments) for arguments in IN_LIVED_SHOP.get(command, ASKED[command])]
        return [done(lived_shop("-f", "csv", *line, "--known-at", NOW)) for line in lines]

    plain = answers()
    monkeypatch.setattr(undone, "_TOUCHED", HIDDEN)

    assert answers() == plain
