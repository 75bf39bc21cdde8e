"""Eight processes that work in one shop at once: each command is done or refused, and the book is one at the end.

Every command is one operation of its own number, and ``doctor --deep`` proves all rows and sums. Which commands
these are is random, so that many meet on the same orders and products.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from campaign import SALT, TIMES
from cli.steps import done
from conftest import Run
from warm import start

WRITERS = 8
COMMANDS = 4 if TIMES == 1 else 10 * TIMES
"""How many each process gives."""

WORKING = """
import json, pathlib, random, re
from ordercli.cli.app import app
from typer.testing import CliRunner

number, how_many, seed = {number}, {how_many}, {seed!r}
draw = random.Random(f"{{number}} {{seed}}")
skus = ("RING-7", "EARR-LEAF", "NECK-MOON")
said = []


def order():
    return f"O-{{draw.randrange(100, 104)}}"


def units(most=2):
    return f"{{draw.choice(skus)}}:{{draw.randrange(1, most + 1)}}"


def line():
    return draw.choice((
        lambda: ["order", "add", order(), "--line", units()],
        lambda: ["order", "add", "--line", units(), "--no-backorder"],
        lambda: ["order", "add", "--line", units(9), "--customer", "Ana Pop"],
        lambda: ["ship", order(), "--carrier", "USPS", "--tracking", f"94001118992{{draw.randrange(10**9)}}00"],
        lambda: ["order", "cancel", order(), "--by", "seller", "--reason", "no stock"],
        lambda: ["stock", "adjust", draw.choice(skus), "--by", "+1", "--reason", "found"],
        lambda: ["stock", "adjust", draw.choice(skus), "--by=-1", "--reason", "loss"],
        lambda: ["stock", "receive", f"{{units(5)}}@9.50"],
        lambda: ["order", "edit", order(), "--tag", draw.choice(("rush", "gift"))],
        lambda: ["product", "edit", draw.choice(skus), "--unit-price", str(draw.randrange(20, 60))],
        lambda: ["undo"],
        lambda: ["backup", "--quick"],
        lambda: ["stock"],
        lambda: ["today"],
    ))()


for _ in range(how_many):
    words = line()
    ran = CliRunner().invoke(app, ["--yes", *words])
    done = re.search(r"\\(operation ([0-9]+)\\)", ran.stderr)
    said.append([words, ran.exit_code, int(done[1]) if done else None, ran.stderr[-300:]])
pathlib.Path(f"said-{{number}}").write_text(json.dumps(said))
"""


@pytest.mark.campaign
def test_eight_writers_leave_one_book_in_which_every_operation_is_one_commands(
    shop: Run, database: Path, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        (before,) = connection.execute("SELECT max(id) FROM operation").fetchone()
    running = [
        start("stock", first=WORKING.format(number=number, how_many=COMMANDS, seed=SALT))
        for number in range(WRITERS)
    ]
    ended = [process.ended(600) for process in running]
    assert [code for code, _ in ended] == [0] * WRITERS, ended

    said = [each for number in range(WRITERS) for each in json.loads((tmp_path / f"said-{number}").read_text())]
    assert {code for _, code, *_ in said} <= {0, 5, 6}, [each for each in said if each[1] not in (0, 5, 6)]
    done_ones = sorted(number for *_, number, _ in said if number is not None)
    assert done_ones == list(range(before + 1, before + 1 + len(done_ones)))
    ran = done(shop("doctor", "--deep"))
    assert " 0 BROKEN" in ran.stderr, ran
    counts = Counter(code for _, code, *_ in said)
    record_property("commands that eight processes gave at once, and that are one book", len(said))
    record_property("of them operations, each of its own number", len(done_ones))
    record_property("of them refused, as somebody had come before", counts[5] + counts[6])
