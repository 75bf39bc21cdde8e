"""What a file says of a shipment that was not so: rows of other facts, and of days without stock."""

from pathlib import Path

import pytest

from cli.steps import change_row, done, listed
from conftest import Run

LABEL = "9400111899223197428503"
LATER = "2026-03-17T13:00:00Z"
HEADER = "order_id,carrier,tracking_number,service,cost,shipped_on\n"
FIRST = f"0000003,USPS,{LABEL},Ground,4.85,2026-03-16\n"


def test_a_recorded_label_with_other_facts_is_refused_and_its_correction_told(busy_shop: Run) -> None:
    done(busy_shop("ship", "--csv", "-", stdin=HEADER + FIRST))

    for others, said, options in (
        ("Ground,5.85,2026-03-16", "cost 4.85 and not 5.85", "--cost 5.85"),
        ("Priority Mail,,", "service Ground and not Priority Mail", "--service 'Priority Mail'"),
        (",4.85,2026-03-15", "day 2026-03-16 and not 2026-03-15", "--on 2026-03-15"),
        ("Ground,5.00,2026-03-15", "cost 4.85 and not 5.00, day 2026-03-16 and", "--cost 5.00 --on 2026-03-15"),
    ):
        ran = busy_shop("ship", "--csv", "-", stdin=f"{HEADER}0000003,USPS,{LABEL},{others}\n", now=LATER)
        assert ran.exit_code == 5, others
        assert said in ran.stderr
        assert f"ordercli shipment fix 1 {options}" in ran.stderr
    (row,) = listed(busy_shop, "shipment", "list")
    assert row["cost"] == "4.85"


@pytest.mark.parametrize("facts", ["Ground,4.85,2026-03-16", ",,", ",4.85,", "Ground,,"])
def test_what_a_later_file_leaves_out_or_says_alike_changes_nothing(busy_shop: Run, facts: str) -> None:
    done(busy_shop("ship", "--csv", "-", stdin=HEADER + FIRST))

    ran = done(busy_shop("ship", "--csv", "-", stdin=f"{HEADER}0000003,USPS,{LABEL},{facts}\n", now=LATER))

    assert ran.stderr.startswith("Unchanged:")


@pytest.mark.parametrize("option", [("--cost", "5"), ("--service", "Ground"), ("--on", "2026-03-15")])
def test_so_it_is_for_one_that_is_typed(busy_shop: Run, option: tuple[str, str]) -> None:
    line = ("ship", "0000003", "--carrier", "USPS", "--tracking", LABEL)
    done(busy_shop(*line))

    ran = busy_shop(*line, *option, now=LATER)

    assert ran.exit_code == 5
    assert f"shipment fix 1 {' '.join(option)}".replace("--cost 5", "--cost 5.00") in ran.stderr


def test_a_shipment_of_a_day_without_stock_is_rejected_and_the_others_recorded(
    busy_shop: Run, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    rows = f"0000003,USPS,{LABEL},,,2026-03-16\n0000002,USPS,9400111899223197428510,,,2026-03-15\n"

    ran = busy_shop("ship", "--csv", "-", "--rejects", str(rejects), stdin=HEADER + rows, now=LATER)

    assert ran.exit_code == 4
    assert "line 3: There were 0 units of RING-7 on 2026-03-15, so 2 cannot have left" in ran.stderr
    assert [row["order_id"][-2:] for row in listed(busy_shop, "shipment", "list")] == ["03"]
    assert "0000002" in rejects.read_text()


def test_earlier_shipments_of_a_file_leave_less_for_the_others(shop: Run) -> None:
    done(shop("product", "add", "NEW-1", "--unit-price", "10"))
    done(shop("stock", "receive", "NEW-1:2", "--cost", "4"))
    for order in ("A-0001", "A-0002", "A-0003"):
        done(shop("order", "add", order, "--line", "NEW-1:1"))
    done(shop("stock", "receive", "NEW-1:5", "--cost", "4", now="2026-03-18T13:00:00Z"))
    rows = "".join(f"A-000{n},USPS,940011189922319742850{n},,,2026-03-16\n" for n in (1, 2, 3))

    ran = shop("ship", "--csv", "-", stdin=HEADER + rows, now="2026-03-19T13:00:00Z")

    assert ran.exit_code == 4
    assert "line 4: There were 0 units of NEW-1 on 2026-03-16, so 1 cannot have left" in ran.stderr
    assert len(listed(shop, "shipment", "list")) == 2


@pytest.mark.parametrize(
    ("number", "name", "meant"),
    [
        pytest.param("0001", "0001", "04", id="a tracking number with zeros before"),
        pytest.param("1234", "1234", "04", id="no shipment has that number"),
        pytest.param("0001", "1", "03", id="the number here"),
        pytest.param("0001", "#1", "03", id="the number here, told as one"),
        pytest.param("0001", "0002", "04", id="zeros before a number here, and no tracking number"),
    ],
)
def test_a_tracking_number_of_digits_is_no_number_of_another_shipment(
    busy_shop: Run, number: str, name: str, meant: str
) -> None:
    done(busy_shop("ship", "0000003", "--carrier", "USPS", "--tracking", LABEL))
    done(busy_shop("ship", "0000004", "--carrier", "Van", "--tracking", number))

    shown = done(busy_shop("shipment", "show", name)).stdout
    fixed = done(busy_shop("shipment", "fix", name, "--service", "Ground", "--dry-run")).stderr
    void = done(busy_shop("--yes", "shipment", "void", name, "--dry-run")).stderr

    assert all(f"00000{meant}" in said for said in (shown, fixed, void)), (shown, fixed, void)


def test_a_number_that_is_one_shipments_and_anothers_label_is_told(busy_shop: Run, database: Path) -> None:
    done(busy_shop("ship", "0000003", "--carrier", "USPS", "--tracking", LABEL))
    done(busy_shop("ship", "0000004", "--carrier", "Van", "--tracking", "1X00"))
    change_row(database, "UPDATE shipment SET tracking_number = '1' WHERE id = 2")

    ran = busy_shop("shipment", "show", "1")

    assert (ran.exit_code, ran.stdout) == (6, "")
    assert "name #1 or #2." in ran.stderr
    assert "0000004" in done(busy_shop("shipment", "show", "#2")).stdout
