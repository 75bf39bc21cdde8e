"""``--dry-run`` of every command that writes: the same checks and words, and nothing written."""

from pathlib import Path

import pytest

from cli.steps import SETTLEMENT, SHIPMENTS, UNSHIPPED, content, done, receipt, tsv, unshipped
from conftest import Run
from shelf import kept

SHIPMENT = ("--carrier", "USPS", "--tracking", "9400111899223197428503")
CATALOGUE = "sku,name,unit_cost\nLOCKET-2,Locket,3.00\n"
NEW_LEVELS = "sku,quantity\nLOCKET-1,4\n"
WRITERS = [
    pytest.param(("order", "add", "--line", "RING-7:1"), None, 0, id="order add"),
    pytest.param(("order", "import", "-"), tsv(unshipped()), 0, id="order import"),
    pytest.param(
        ("order", "import", "-"), tsv(unshipped(), unshipped(sku="NO")), 4, id="order import with faults"
    ),
    pytest.param(("order", "cancel", "0000005", "--by", "buyer", "--reason", "x"), None, 0, id="order cancel"),
    pytest.param(("order", "hold", "0000001"), None, 0, id="order hold"),
    pytest.param(("order", "release", "0000012"), None, 0, id="order release"),
    pytest.param(("pick", "--confirm"), None, 0, id="pick --confirm"),
    pytest.param(("pack", "0000001"), None, 0, id="pack"),
    pytest.param(("shipment", "label", "1", "--attach", "-"), "%PDF-", 0, id="shipment label"),
    pytest.param(("pick", "--short", "0000003", "NECK-MOON:1"), None, 0, id="pick --short"),
    pytest.param(("ship", "0000001", *SHIPMENT), None, 0, id="ship"),
    pytest.param(("ship", "--csv", SHIPMENTS), None, 4, id="ship --csv"),
    pytest.param(("shipment", "confirm", "out.txt"), None, 0, id="shipment confirm"),
    pytest.param(("stock", "receive", "BRAC-BEAD:2"), None, 0, id="stock receive"),
    pytest.param(("stock", "adjust", "BRAC-BEAD", "--by=-2", "--reason", "loss"), None, 0, id="stock adjust"),
    pytest.param(("stock", "import", "-"), NEW_LEVELS, 0, id="stock import"),
    pytest.param(("product", "add", "LOCKET-2", "--unit-price", "9"), None, 0, id="product add"),
    pytest.param(("product", "edit", "RING-7", "--unit-price", "35"), None, 0, id="product edit"),
    pytest.param(("product", "import", "-"), CATALOGUE, 0, id="product import"),
    pytest.param(("settlement", "import", SETTLEMENT), None, 0, id="settlement import"),
    pytest.param(("supplier", "add", "Silver Works"), None, 0, id="supplier add"),
    pytest.param(("supplier", "edit", "Bead Barn", "--lead-time-days", "3"), None, 0, id="supplier edit"),
    pytest.param(("supplier", "product", "Bead Barn", "RING-7"), None, 0, id="supplier product"),
    pytest.param(("purchase", "add", "BRAC-BEAD:5"), None, 0, id="purchase add"),
    pytest.param(("purchase", "receive", "1"), None, 0, id="purchase receive"),
    pytest.param(("purchase", "cancel", "1"), None, 0, id="purchase cancel"),
    pytest.param(("purchase", "close", "1"), None, 0, id="purchase close"),
    pytest.param(("purchase", "edit", "1", "--note", "by boat"), None, 0, id="purchase edit"),
    pytest.param(("purchase", "draft", "RING-7:5"), None, 0, id="purchase draft"),
    pytest.param(("purchase", "draft", "--from-reorder"), None, 0, id="purchase draft --from-reorder"),
    pytest.param(("purchase", "place", "2"), None, 0, id="purchase place"),
    pytest.param(("config", "set", "reorder_point", "7"), None, 0, id="config set"),
    pytest.param(("channel", "add", "fair", "--time-zone", "Europe/Vienna"), None, 0, id="channel add"),
]


@kept
def ready_shop(busy_shop: Run) -> Run:
    """The sample orders with one held, one shipped and not confirmed, no stock of one, a purchase, a draft."""
    done(busy_shop("order", "hold", "0000012"))
    done(busy_shop("ship", "0000002", "--carrier", "UPS", "--tracking", "1Z999AA10123456784"))
    done(busy_shop("product", "add", "LOCKET-1", "--unit-cost", "3.00"))
    done(busy_shop("purchase", "add", "RING-8:20"))
    done(busy_shop("purchase", "draft", "RING-8:4"))
    return busy_shop


@pytest.mark.parametrize(("command", "stdin", "code"), WRITERS)
def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    ready_shop: Run, database: Path, tmp_path: Path, command: tuple[str, ...], stdin: str | None, code: int
) -> None:
    before, files = content(database), sorted(tmp_path.rglob("*.txt"))

    ran = ready_shop(*command, "--dry-run", stdin=stdin)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert "Dry run, nothing written: " in ran.stderr
    assert content(database) == before
    assert sorted(tmp_path.rglob("*.txt")) == files


@pytest.mark.parametrize(("command", "stdin", "code"), WRITERS)
def test_a_dry_run_tells_the_same_as_the_real_one(
    ready_shop: Run, database: Path, command: tuple[str, ...], stdin: str | None, code: int
) -> None:
    before = content(database)

    trial = receipt(ready_shop("--format", "json", *command, "--dry-run", stdin=stdin), code)
    real = receipt(ready_shop("--format", "json", *command, stdin=stdin), code)

    assert trial["operation"] is None
    assert real["operation"] == max(row[0] for row in content(database)["operation"])
    assert trial["changed"]
    assert trial | {"operation": real["operation"]} == real
    assert content(database) != before


def test_a_dry_run_of_init_makes_no_file(run: Run, tmp_path: Path) -> None:
    ran = done(run("--db", str(tmp_path / "new" / "x.db"), "init", "--time-zone", "Europe/Vienna", "--dry-run"))

    assert ran.stderr.startswith("Dry run, nothing written: ")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("order", "add", "--line", "BRAC-BEAD:9", "--no-backorder"), 5),
        (("order", "add", "--line", "NOPE:1"), 6),
        (("ship", "0000006", *SHIPMENT), 5),
        (("order", "import", UNSHIPPED, "--strict"), 5),
        (("stock", "adjust", "RING-7", "--by=-99", "--reason", "loss"), 5),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_a_dry_run_refuses_what_the_real_one_refuses(
    ready_shop: Run, database: Path, command: tuple[str, ...], code: int
) -> None:
    before = content(database)

    trial, real = ready_shop(*command, "--dry-run"), ready_shop(*command)

    assert (trial.exit_code, trial.stderr) == (code, real.stderr)
    assert real.exit_code == code
    assert content(database) == before
