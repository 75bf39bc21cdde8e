"""Order files of other shops by a map, folders, previews, and what the receipt says of each file."""

import json
import re
from pathlib import Path

from cli.steps import ALL_ORDERS, SETTLEMENT, content, done
from conftest import Run

PERFORMANCE = str(Path(__file__).parents[2] / "data" / "amazon_performance" / "performance.json")
ETSY = """Sale Date,Order ID,Item Name,Quantity,Price,Order Shipping,Currency,Ship Name,Ship City,SKU,Wish
03/14/26,2801,Silver ring,2,"$1,020.00",4.50,USD,Ana Pop,Portland,RING-7,"engrave: A & B"
03/15/26,2802,Leaf earrings,1,20.00,,USD,Ben Ode,Tucson,EARR-LEAF,
03/15/26,2803,Leaf earrings,none,20.00,,USD,Ben Ode,Tucson,EARR-LEAF,
"""
MAP = (
    "Order ID=order_id",
    "Sale Date=ordered_at",
    "SKU=sku",
    "Quantity=quantity",
    "Price=unit_price",
    "Order Shipping=shipping_price",
    "Currency=currency",
    "Ship Name=ship_name",
    "Ship City=city",
    "Wish=customization",
)


def mapped(*extra: str) -> list[str]:
    return [part for pair in MAP for part in ("--map", pair)] + ["--channel", "etsy", *extra]


def etsy(text: str = ETSY) -> str:
    Path("etsy.csv").write_text(text, encoding="utf-8")
    return "etsy.csv"


def test_a_map_reads_the_file_of_another_shop(shop: Run) -> None:
    ran = shop("order", "import", etsy(), *mapped("--create-products"))

    assert ran.exit_code == 4
    assert "etsy.csv: line 4, column Quantity: 'none' is not a whole number" in ran.stderr
    card = json.loads(done(shop("order", "show", "2801", "--format", "json")).stdout)
    assert (card["channel"], card["total"], card["ordered_at"]) == ("etsy", "2044.50", "2026-03-14T04:00:00Z")
    assert card["lines"][0]["unit_price"] == "1020.00"


def test_a_dash_is_an_empty_cell_unless_it_is_mapped_as_a_word(shop: Run) -> None:
    maps = mapped("--map", "State=status", "--map-value", "-=shipped", "--map", "Shipped=shipped_at")
    head, first = ETSY.splitlines()[:2]
    row = first.replace("4.50", "-").replace("Ana Pop", "--").replace('"engrave: A & B"', "\u2013")

    done(shop("order", "import", etsy(f"{head},State,Shipped\n{row},-,-\n"), *maps))

    card = json.loads(done(shop("order", "show", "2801", "--reveal", "--format", "json")).stdout)
    assert (card["status"], card["total"], card["ship_name"]) == ("shipped", "2040.00", None)
    assert "\u2013" not in json.dumps(card, ensure_ascii=False)


def test_a_dash_is_no_name_of_an_order(shop: Run) -> None:
    ran = shop("order", "import", etsy(ETSY.replace("2801", "-")), *mapped("--create-products"))

    assert ran.exit_code == 4
    assert "etsy.csv: line 2, column Order ID: '-'" in ran.stderr


def test_a_saved_map_is_a_layout(shop: Run) -> None:
    file = etsy(ETSY.replace("none", "1"))
    ran = done(shop("order", "import", file, *mapped("--create-products", "--save-map", "etsy-sales")))
    assert "--layout etsy-sales" in ran.stderr

    again = done(shop("order", "import", file, "--layout", "etsy-sales"))
    assert again.stderr.splitlines()[-1].startswith(
        "Unchanged: imported 1 file: orders 0 new, 0 updated, 3 unchanged"
    )

    unknown = shop("order", "import", file, "--layout", "etsy")
    assert unknown.exit_code == 2
    assert "ordercli, etsy-sales" in unknown.stderr


def test_a_preview_shows_the_first_rows_and_writes_nothing(shop: Run) -> None:
    ran = done(shop("order", "import", etsy(), *mapped("--preview"), "--format", "csv"))

    lines = ran.stdout.splitlines()
    assert lines[0] == "file,line,order_id,ordered_at,sku,name,quantity,item_price,currency,ship_by,customer,error"
    assert lines[1].startswith("etsy.csv,2,2801,2026-03-14T04:00:00Z,RING-7,,2,2040.00,USD,,Ana P.,")
    assert lines[3].startswith("etsy.csv,4,,,,")
    assert "column Quantity" in lines[3]
    assert done(shop("log", "--format", "csv")).stdout.count("order import") == 0


def test_json_lines_come_in_by_name_and_by_map(shop: Run) -> None:
    Path("own.jsonl").write_text('{"order_id": "S-1001", "sku": "RING-7", "quantity": 1}\n', encoding="utf-8")
    done(shop("order", "import", "own.jsonl"))
    Path("web.jsonl").write_text('{"no": "#1002", "item": "RING-7", "n": 1}\n', encoding="utf-8")
    done(shop("order", "import", "web.jsonl", "--map", "no=order_id", "--map", "item=sku", "--map", "n=quantity"))

    listed = done(shop("order", "list", "--format", "csv")).stdout
    assert "S-1001," in listed
    assert "\n1002," in listed


def test_a_folder_gives_its_order_files_and_passes_the_rest_over(shop: Run) -> None:
    folder = Path("downloads")
    folder.mkdir()
    (folder / "orders.csv").write_text("order_id,sku,quantity\nS-1001,RING-7,1\n", encoding="utf-8")
    (folder / "more.csv").write_text("order_id,sku,quantity\nS-1002,RING-7,1\n", encoding="utf-8")
    (folder / "notes.txt").write_text("milk\nbread\n", encoding="utf-8")

    ran = done(shop("order", "import", "downloads", "--format", "json"))

    receipt = json.loads(ran.stdout)
    assert [(f["name"], f["orders_new"]) for f in receipt["files"]] == [("more.csv", 1), ("orders.csv", 1)]
    assert "Passed over: downloads/notes.txt is no order file" in ran.stderr
    assert "more.csv: 1 row; orders 1 new" in ran.stderr


def test_a_known_file_of_another_kind_among_several_is_named_and_the_rest_is_taken(
    shop: Run, database: Path
) -> None:
    ran = shop("order", "import", ALL_ORDERS, SETTLEMENT, PERFORMANCE, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    for file, command in ((SETTLEMENT, "settlement import"), (PERFORMANCE, "metrics import")):
        assert re.search(
            f"^Passed over: {file} is .*; read it with: ordercli {command}$", ran.stderr, re.MULTILINE
        )
    before = content(database)
    alone = shop("order", "import", SETTLEMENT)
    assert (alone.exit_code, "read it with: ordercli settlement import" in alone.stderr) == (5, True)
    both = shop("order", "import", SETTLEMENT, PERFORMANCE)
    assert both.exit_code == 5
    assert "None of these files holds orders; nothing changed." in both.stderr
    unknown = Path("notes.txt")
    unknown.write_text("milk\nbread\n", encoding="utf-8")
    assert shop("order", "import", ALL_ORDERS, "notes.txt").exit_code == 5
    assert content(database) == before


def test_rejects_of_several_files_go_to_a_folder(shop: Run) -> None:
    for name, sku in (("a.csv", "RING-7"), ("b.csv", "NOPE")):
        Path(name).write_text(f"order_id,sku,quantity\nS-{name[0]}001,{sku},1\n", encoding="utf-8")
    assert shop("order", "import", "a.csv", "b.csv", "--rejects", "rejects.csv").exit_code == 2
    Path("kept").mkdir()

    assert shop("order", "import", "a.csv", "b.csv", "--rejects", "kept").exit_code == 4

    assert [path.name for path in Path("kept").iterdir()] == ["rejects-b.csv"]


def test_a_forced_encoding_is_taken_or_refused(shop: Run) -> None:
    text = "order_id,sku,quantity,customer_name\nS-1001,RING-7,1,山田花子\n"
    Path("jp.csv").write_bytes(text.encode("cp932"))
    done(shop("order", "import", "jp.csv", "--encoding", "cp932"))
    card = json.loads(done(shop("order", "show", "1001", "--reveal", "--format", "json")).stdout)
    assert card["customer_name"] == "山田花子"
    assert shop("order", "import", "jp.csv", "--encoding", "utf-8").exit_code == 5
    assert shop("order", "import", "jp.csv", "--encoding", "ebcdic").exit_code == 2


def test_a_dry_run_names_every_field_that_would_change(shop: Run) -> None:
    Path("one.csv").write_text(
        "order_id,sku,quantity,item_price,deliver_by\nS-1001,RING-7,1,20.00,\n", encoding="utf-8"
    )
    done(shop("order", "import", "one.csv"))
    Path("two.csv").write_text(
        "order_id,sku,quantity,item_price,deliver_by,tags\nS-1001,RING-7,2,40.00,2026-03-20T12:00:00Z,fair\n",
        encoding="utf-8",
    )

    ran = done(shop("order", "import", "two.csv", "--dry-run"))

    assert "would change S-1001: changed deliver by (none) → 2026-03-20T12:00:00Z" in ran.stderr
    assert "quantity 1 → 2; price 20.00 → 40.00" in ran.stderr
    assert "tags fair" in ran.stderr
