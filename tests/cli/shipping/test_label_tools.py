"""Files of the tools that labels are bought with, read as they are, and any other by a map."""

from functools import partial
from pathlib import Path

import pytest

from cli.steps import content, done, listed
from conftest import Run
from ordercli.formats.file_kinds import kind_of
from ordercli.formats.shipping.ship_columns import TOOLS, columns_of

ONE, TWO = "114-0000001-0000001", "114-0000002-0000002"
FIRST, SECOND = "9400111899223197428503", "1Z999AA10123456784"
LATER = "2026-03-18T09:00:00-04:00"
BRITISH = "AB123456785GB"

FILES = {
    "Pirate Ship's shipments": (
        (
            "Created Date,Recipient,Company,Tracking Number,Cost,Status,Batch,Ship Date,Carrier,Service,Order ID\n"
            f'"March 16, 2026",Ola Nordin,,{FIRST},$4.85,Printed,,3/16/2026,USPS,Ground Advantage,{ONE}\n'
            f'"March 16, 2026",Ola Nordin,,{FIRST},$4.85,Refunded,,3/16/2026,USPS,Ground Advantage,{TWO}\n'
            f'"March 17, 2026",Ola Nordin,,{SECOND},"$1,011.20",Printed,,3/17/2026,UPS,Ground,{TWO}\n'
        ),
        4,
    ),
    "Shippo's labels": (
        (
            "Order Number,Order Date,Recipient Name,Tracking Number,Carrier,Service Level,Rate,Shipment Date\n"
            f"#{ONE},2026-03-15,Ola Nordin,{FIRST},USPS,Ground Advantage,4.85 USD,2026-03-16T10:12:00Z\n"
            f"#{TWO},2026-03-15,Ola Nordin,{SECOND},UPS,Ground,1011.20 USD,2026-03-17T10:12:00Z\n"
        ),
        0,
    ),
    "ShipStation's shipments": (
        (
            "Order - Number,Date - Shipped Date,Ship To - Name,Shipment - Carrier,Shipment - Service,"
            "Shipment - Tracking Number,Carrier - Fee,Item - SKU\n"
            f"{ONE},3/16/2026,Ola Nordin,USPS,Ground Advantage,{FIRST},4.85,RING-7\n"
            f"{TWO},3/17/2026,Ola Nordin,UPS,Ground,{SECOND},1011.20,RING-7\n"
            f"{TWO},3/17/2026,Ola Nordin,UPS,Ground,{SECOND},1011.20,RING-7\n"
        ),
        0,
    ),
    "EasyPost's shipments": (
        (
            "id,created_at,tracking_code,status,carrier,service,rate,reference,refund_status,postage_label_created_at\n"
            f"shp_1,2026-03-15 09:00:00,{FIRST},unknown,USPS,Ground Advantage,4.85,{ONE},,2026-03-16 09:00:01\n"
            f"shp_2,2026-03-15 09:00:00,{SECOND},unknown,UPS,Ground,1011.20,{TWO},,2026-03-17 09:00:01\n"
        ),
        0,
    ),
    "Royal Mail's Click & Drop": (
        (
            "Order number,Channel reference,Customer,Service name,Tracking number,Despatch date,Shipping cost\n"
            f"1001,{ONE},Ola Nordin,Tracked 24,{BRITISH},16/03/2026,4.85\n"
            f"1002,{TWO},Ola Nordin,Tracked 48,{SECOND},17/03/2026,1011.20\n"
        ),
        0,
    ),
}
"""Invented rows under the columns of each, with the exit code; the second order left the day after the first."""


WHOLE = {
    "Pirate Ship's shipments": (
        "Created Date,Recipient,Company,Email,Tracking Number,Cost,Status,Batch,Label Size,Saved Package,"
        "Ship From,Ship Date,Estimated Delivery Time,Weight (oz),Zone,Package Type,Package Length,Package Width,"
        "Package Height,Tracking Status,Tracking Info,Tracking Date,Address Line 1,Address Line 2,City,State,"
        "Zipcode,Country,Carrier,Service,Order ID,Rubber Stamp 1,Rubber Stamp 2,Rubber Stamp 3,Order Value"
    ),
    "ShipStation's shipments": (
        "Amount - Order Total,Amount - Shipping Cost,Carrier - Fee,Carrier - Name,Carrier - Service Selected,"
        "Customer - Email,Date - Label Create Date,Date - Order Date,Date - Shipped Date,Order - Number,"
        "Order - Source,Order - Status,Shipment - Package Count,Shipment - Tracking Number"
    ),
    "EasyPost's shipments": (
        "id,tracking_code,status,created_at,updated_at,length,width,height,weight,postage_label_created_at,service,"
        "carrier,rate,insured_value,is_return,refund_status,reference,label_fee,postage_fee,insurance_fee,options"
    ),
}
"""Headers as the tools write them: Pirate Ship's export of labels and ShipStation's report of shipments as
programs that read them have them, EasyPost's report of shipments as its client's own documentation has it."""
MEANT = {
    "Pirate Ship's shipments": "Order ID|Tracking Number|Carrier|Service|Cost|Ship Date|Status",
    "ShipStation's shipments": (
        "Order - Number|Shipment - Tracking Number|Carrier - Name|Carrier - Service Selected|Carrier - Fee"
        "|Date - Shipped Date|"
    ),
    "EasyPost's shipments": (
        "reference|tracking_code|carrier|service|rate|postage_label_created_at|refund_status"
    ),
}
"""Which of them are read, as order, number, carrier, service, cost, day, status."""


@pytest.mark.parametrize("name", WHOLE)
def test_of_a_whole_header_the_right_columns_are_read(name: str) -> None:
    header = tuple(WHOLE[name].split(","))
    found = columns_of(header)

    kind = kind_of(header)
    assert (kind.title if kind else None, kind.command if kind else None) == (name, "ship --csv")
    fields = ("order_id", "tracking_number", "carrier", "service", "cost", "shipped_on")
    assert "|".join([*(found.columns[field] for field in fields), found.status]) == MEANT[name]


def told(run: Run) -> list[tuple[str | None, ...]]:
    names = ("order_id", "carrier", "tracking_number", "cost", "shipped_on")
    return sorted(tuple(row[name] for name in names) for row in listed(run, "shipment", "list"))


def test_every_tool_has_a_file_and_a_kind() -> None:
    assert FILES.keys() == TOOLS.keys()
    for name, (text, _) in FILES.items():
        kind = kind_of(tuple(text.split("\n")[0].split(",")))
        assert kind is not None
        assert (kind.title, kind.command) == (name, "ship --csv")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", [("ship", "--csv"), ("import",)], ids=["ship", "import"])
def test_a_file_of_a_label_tool_is_read_as_it_is(
    busy_shop: Run, tmp_path: Path, name: str, command: tuple[str, ...]
) -> None:
    text, code = FILES[name]
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")

    ran = busy_shop(*command, "labels.csv", now=LATER)

    is_british = name.startswith("Royal")
    assert (ran.exit_code, ran.stdout) == (code, ""), ran
    assert told(busy_shop) == [
        (ONE, "Royal Mail" if is_british else "USPS", BRITISH if is_british else FIRST, "4.85", "2026-03-16"),
        (TWO, "Royal Mail" if is_british else "UPS", SECOND, "1011.20", "2026-03-17"),
    ]
    assert "did you mean" not in ran.stderr
    if code:
        assert "column Status: the label was given back; nothing was sent with it." in ran.stderr
    assert "nchanged" in busy_shop(*command, "labels.csv", now=LATER).stderr


OTHER = f"Ref;Paket;Wer;Porto\n{ONE};{FIRST};USPS;4,85\n{TWO};{SECOND};UPS;5,10\n"
MAP = ("--map", "Ref=order_id", "--map", "Paket=tracking_number", "--map", "Wer=carrier", "--map", "Porto=cost")


def test_any_other_file_is_read_by_a_map_that_can_be_kept(busy_shop: Run, database: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(OTHER, encoding="utf-8")
    line = ("ship", "--csv", "labels.csv", "--decimal-comma")
    fresh = content(database)

    refused = busy_shop(*line)
    assert refused.exit_code == 5
    assert "--map COLUMN=order_id" in refused.stderr
    assert content(database) == fresh
    ran = done(busy_shop(*line, *MAP, "--save-map", "post"))
    assert "The map is used with: --layout post" in ran.stderr
    assert [row[3] for row in told(busy_shop)] == ["4.85", "5.10"]

    again = done(busy_shop(*line, "--layout", "post"))
    assert again.stderr == "Unchanged: every shipment is recorded already.\n"


def test_a_dash_is_an_empty_cell_of_a_foreign_file(busy_shop: Run, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(f"Ref;Paket;Wer;Porto\n{ONE};-;USPS;-\n", encoding="utf-8")

    done(busy_shop("ship", "--csv", "labels.csv", *MAP))

    assert [row[2:4] for row in told(busy_shop)] == [(None, None)]


@pytest.mark.parametrize(
    ("currency", "cell", "cost"),
    [
        ("EUR", "€4,85", "4.85"),
        ("EUR", "1.004,85 €", "1004.85"),
        ("EUR", "EUR 4,85", "4.85"),
        ("EUR", "4,85", "4.85"),
        ("GBP", "£4,85", "4.85"),
        ("EUR", "$4,85", None),
        ("USD", "€4,85", None),
    ],
)
def test_what_a_label_cost_may_have_the_shops_currency_beside_it_and_a_decimal_comma(
    run: Run, tmp_path: Path, currency: str, cell: str, cost: str | None
) -> None:
    there = partial(run, "--db", "other.db")
    done(there("init", "--time-zone", "Europe/Berlin", "--currency", currency))
    done(there("product", "add", "RING-7"))
    done(there("stock", "receive", "RING-7:1@2"))
    done(there("order", "add", "S-1001", "--line", "RING-7:1"))
    (tmp_path / "labels.csv").write_text(f"Ref;Paket;Wer;Porto\nS-1001;{FIRST};USPS;{cell}\n", encoding="utf-8")

    ran = there("ship", "--csv", "labels.csv", "--decimal-comma", *MAP)

    if cost is None:
        assert ran.exit_code == 5
        assert "labels.csv: line 2, column Porto: " in ran.stderr
    else:
        assert [row["cost"] for row in listed(there, "shipment", "list")] == [cost], ran


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        pytest.param(("--map", "Ref=order"), 2, "no field 'order'; did you mean order_id?", id="no field"),
        pytest.param(("--map", "Ref=order_id"), 2, "say also which column is tracking_number", id="half a map"),
        pytest.param((*MAP, "--map", "X=cost"), 2, "the field cost is given twice", id="twice"),
        pytest.param((*MAP[:2], "--map", "X=tracking_number"), 5, "column X, which the map names", id="column"),
        pytest.param((*MAP, "--layout", "post"), 2, "leave out --layout", id="both"),
        pytest.param(("--save-map", "post"), 2, "goes with --map", id="nothing to save"),
        pytest.param((*MAP, "--save-map", "Post!"), 2, "--save-map", id="name"),
        pytest.param(("--layout", "nope"), 6, "nope", id="no such map"),
    ],
)
def test_a_wrong_map_is_told(
    busy_shop: Run, database: Path, tmp_path: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "labels.csv").write_text(OTHER, encoding="utf-8")
    before = content(database)

    ran = busy_shop("ship", "--csv", "labels.csv", "--decimal-comma", *options)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr
    assert content(database) == before


def test_a_map_of_orders_and_one_of_shipments_do_not_take_each_others_name(busy_shop: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("No,Item,Count\nX-1,RING-7,1\n", encoding="utf-8")
    (tmp_path / "labels.csv").write_text(OTHER, encoding="utf-8")
    orders = (
        "order",
        "import",
        "orders.csv",
        "--map",
        "No=order_id",
        "--map",
        "Item=sku",
        "--map",
        "Count=quantity",
    )
    done(busy_shop(*orders, "--save-map", "mine"))

    ran = busy_shop("ship", "--csv", "labels.csv", "--decimal-comma", *MAP, "--save-map", "mine")

    assert (ran.exit_code, told(busy_shop)) == (5, [])
    assert "a map of other files is called mine" in ran.stderr
    assert busy_shop("ship", "--csv", "labels.csv", "--layout", "mine").exit_code == 6
    assert busy_shop("ship", ONE, "--carrier", "USPS", "--layout", "mine").exit_code == 2
