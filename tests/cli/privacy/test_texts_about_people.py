"""Texts of the seller's own and of the channel's lose whom they name when that person is erased."""

import json
from pathlib import Path

from cli.steps import done, listed, receipt
from conftest import Run
from ordercli.server import Server, ShopPlace
from shelf import kept
from turned import looking_into, texts_in

LATER = "2026-06-01T09:00:00-04:00"
ORDER = "114-0000001-0000001"
NAME = "Anastasia Quillfeather"
SAID = ("anastasia", "quillfeather", "zq@example.com", "wren row", "15558017313", "555 801 7313")
"""What nobody else says."""
ANSWER = (
    "Feed Processing Summary:\n\tNumber of records processed\t\t1\n\tNumber of records successful\t\t0\n\n"
    "original-record-number\torder-id\torder-item-id\terror-code\terror-type\terror-message\n"
    f"1\t{ORDER}\t\t18028\tError\tThe parcel of {NAME} is not known.\n"
)


def looked_at(database: ShopPlace) -> set[str]:
    """What doctor may say of the place: a server of tests is not durable, and its copies hold who was erased."""
    more = {"durable", "erasing-unfinished"} if isinstance(database, Server) else set()
    return {"backup-old", "permissions"} | more


def found_in(folder: Path, database: ShopPlace) -> list[tuple[str, str]]:
    """(file, text) of what any file of a shop still says, in three encodings; on a server (table, text)."""
    rows = texts_in(database) if isinstance(database, Server) else []
    return sorted(
        [
            (file.name, text)
            for file in folder.rglob("shop*.db*")
            for content in [file.read_bytes().lower()]
            for text in SAID
            for encoding in ("utf-8", "utf-16-le", "utf-16-be")
            if text.encode(encoding) in content
        ]
        + [(table, text) for table, row in rows for text in SAID if text in row.lower()]
    )


@kept
def talkative_shop(shop: Run) -> Run:
    """A shop in which texts about other things name a buyer, one of them before she is known."""
    done(shop("stock", "receive", "RING-7:10@9"))
    done(shop("field", "add", "order", "gift-for"))
    done(shop("field", "add", "order", "call", "--type", "number"))
    done(shop("field", "add", "order", "wrap", "--type", "choice", "--choice", "quillfeather"))
    done(shop("order", "add", ORDER, "--channel", "amazon", "--line", "RING-7:2"))
    done(shop("order", "add", "S-2", "--channel", "shop", "--line", "RING-7:1", "--customer", "Max Roth"))
    own = ("--field", "gift-for=for Anastasia", "--field", "call=15558017313", "--field", "wrap=quillfeather")
    done(shop("order", "edit", ORDER, *own, "--tag", "quillfeather", "--tag", "rush"))
    return shop


def named(run: Run) -> Run:
    """Tell who the buyer is, and name her in more texts."""
    done(run("order", "edit", ORDER, "--field", "gift-for=zq@example.com"))
    who = (
        "--customer",
        NAME,
        "--email",
        "zq@example.com",
        "--phone",
        "+1 555 801 7313",
        "--address",
        "12 Wren Row",
    )
    done(run("order", "edit", ORDER, *who))
    why = ("--reason", "Quillfeather, Anastasia moved from 12 Wren-Row")
    done(run("--yes", "order", "cancel", ORDER, "--line", "RING-7:1", "--by", "seller", *why))
    done(run("ship", ORDER, "--carrier", "Anastasia Express", "--tracking", "TRACK0001"))
    done(run("shipment", "confirm", "confirm.txt"))
    done(run("shipment", "answer", "1", "-", stdin=ANSWER))
    done(run("return", "open", ORDER, "--line", "RING-7:1", "--reason", "ANASTASIA said so"))
    done(run("--yes", "undo"))
    return run


def test_no_byte_of_a_name_is_left_in_any_text_and_every_proof_holds(
    talkative_shop: Run, database: ShopPlace, tmp_path: Path
) -> None:
    done(talkative_shop("backup"))  # of when nobody knew whom it names
    run = named(talkative_shop)
    done(run("backup", "--to", str(tmp_path / "more")))
    assert {text for _, text in found_in(tmp_path, database)} == {*SAID}

    told = receipt(run("--yes", "--format", "json", "privacy", "erase", NAME, now=LATER))

    assert isinstance(database, Server) or told["backups_rewritten"] == 2
    assert told["changed"]["texts_erased"] > 10
    left = {text for _, text in found_in(tmp_path, database)}
    assert left == {"quillfeather"}  # what a choice may be is a word of the shop's, until it goes too
    done(run("--yes", "field", "remove", "order", "wrap", now=LATER))
    codes = {row["code"] for row in listed(run, "doctor", "--deep", now=LATER) if row["status"] != "OK"}
    assert codes <= looked_at(database)
    assert {row["status"] for row in listed(run, "backup", "verify", "--all", now=LATER)} == {"GOOD"}
    card = json.loads(done(run("order", "show", ORDER, "--format", "json")).stdout)
    assert (card["field_gift_for"], card["field_call"], card["tags"]) == ("[erased]", None, "erased, rush")
    log = done(run("log", "--all")).stdout
    assert "Quillfeather" not in log


def test_what_names_somebody_else_stays(talkative_shop: Run) -> None:
    run = named(talkative_shop)
    done(run("order", "edit", "S-2", "--tag", "quillfeather", "--field", "gift-for=for Max"))
    done(run("--yes", "order", "cancel", "S-2", "--by", "buyer", "--reason", "mistake"))

    done(run("--yes", "privacy", "erase", NAME, now=LATER))

    card = json.loads(done(run("order", "show", "S-2", "--format", "json")).stdout)
    assert (card["field_gift_for"], card["tags"]) == ("for Max", "quillfeather")


def test_texts_about_others_and_about_goods_lose_whom_they_name(
    talkative_shop: Run, database: ShopPlace, tmp_path: Path
) -> None:
    run = named(talkative_shop)
    done(run("field", "add", "product", "made-for"))
    done(run("field", "add", "product", "batch", "--type", "number"))
    done(run("product", "edit", "RING-7", "--field", f"made-for={NAME}", "--field", "batch=15558017313"))
    done(run("order", "add", "S-3", "--channel", "shop", "--line", "RING-7:1", "--customer", "Zoe Marsh"))
    done(
        run("order", "edit", "S-3", "--field", f"gift-for={NAME}, 12 Wren Row", "--tag", "anastasia-quillfeather")
    )
    done(run("order", "hold", "S-3", "--reason", f"goes with the parcel of {NAME}"))
    done(run("order", "note", "S-3", f"ask {NAME} at zq@example.com"))
    done(run("order", "note", "S-2", f"{NAME}, +1 555 801 7313, may take it in"))
    done(run("order", "release", "S-3"))
    done(run("--yes", "order", "cancel", "S-3", "--by", "buyer", "--reason", f"{NAME} has it"))
    done(run("backup"))

    ran = done(run("--yes", "privacy", "erase", ORDER, now=LATER))

    assert "1 open order of others (S-2) still names them in a note" in ran.stderr
    assert {text for _, text in found_in(tmp_path, database)} == {*SAID} - {
        "wren row",
        "zq@example.com",
        "15558017313",
    }
    done(run("ship", "S-2", "--carrier", "UPS", "--tracking", "TRACK0009", now=LATER))
    done(run("--yes", "privacy", "erase", "S-2", now=LATER))
    assert {text for _, text in found_in(tmp_path, database)} == {"quillfeather"}  # a choice's
    card = json.loads(done(run("order", "show", "S-3", "--format", "json")).stdout)
    assert (card["field_gift_for"], card["tags"]) == ("[erased], [erased]", "erased")
    (product,) = [row for row in listed(run, "product", "list") if row["sku"] == "RING-7"]
    assert (product["field_made_for"], product["field_batch"]) == ("[erased]", None)
    codes = {row["code"] for row in listed(run, "doctor", "--deep", now=LATER) if row["status"] != "OK"}
    assert codes <= looked_at(database)
    assert {row["status"] for row in listed(run, "backup", "verify", "--all", now=LATER)} == {"GOOD"}


def test_a_name_that_goods_have_too_is_theirs(shop: Run) -> None:
    done(shop("field", "add", "product", "metal"))
    done(shop("product", "edit", "RING-7", "--name", "Ring of Rose Gold", "--field", "metal=rose gold"))
    done(shop("stock", "receive", "RING-7:10@9", "--reference", "Rose Gold lot"))
    done(shop("order", "add", "S-1", "--channel", "shop", "--line", "RING-7:1", "--customer", "Rose Gold"))
    done(shop("order", "add", "S-2", "--channel", "shop", "--line", "RING-7:1", "--customer", "Max Roth"))
    for order in ("S-1", "S-2"):
        done(shop("--yes", "order", "cancel", order, "--by", "buyer", "--reason", "no rose gold, please"))

    done(shop("--yes", "privacy", "erase", "S-1", now=LATER))

    (product,) = [row for row in listed(shop, "product", "list") if row["sku"] == "RING-7"]
    assert product["field_metal"] == "rose gold"
    events = [json.loads(done(shop("order", "show", each, "--format", "json")).stdout) for each in ("S-1", "S-2")]
    assert "rose gold" not in json.dumps(events[0])
    assert "no rose gold, please" in json.dumps(events[1])


def test_a_file_brings_no_word_back_into_an_erased_order(talkative_shop: Run) -> None:
    run = named(talkative_shop)
    done(run("--yes", "privacy", "erase", NAME, now=LATER))
    header = "order_id,channel,ordered_at,sku,quantity,unit_price,tags,field_gift_for,field_call,field_wrap\n"
    own = f"quillfeather,for {NAME},15558017313,quillfeather"
    file = f"{header}{ORDER},amazon,2026-03-16T13:00:00Z,RING-7,2,34.00,{own}\n"

    ran = done(run("order", "import", "-", stdin=file, now=LATER))

    assert "people of 1 order was not taken" in ran.stderr
    card = json.loads(done(run("order", "show", ORDER, "--format", "json")).stdout)
    assert (card["field_gift_for"], card["field_call"], card["tags"]) == ("[erased]", None, "erased, rush")


def test_who_was_only_in_an_undone_import_is_shown_exported_and_erased(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    file = (
        "order_id,channel,ordered_at,sku,quantity,unit_price,customer_name,customer_email,tags\n"
        f"P-1,shop,2026-03-15T10:00:00Z,RING-7,1,34.00,{NAME},zq@example.com,for-anastasia\n"
    )
    done(shop("order", "import", "-", stdin=file))
    done(shop("--yes", "undo"))

    (row,) = listed(shop, "privacy", "show", "zq@example.com")
    assert (row["order_id"], row["status"], row["kept"]) == (None, "undone", "name, e-mail")
    told = json.loads(done(shop("privacy", "export", NAME)).stdout)
    assert told["orders"] == []
    assert told["undone"][0]["personal_data"][0]["customer_email"] == "zq@example.com"
    done(shop("--yes", "privacy", "erase", NAME))

    assert found_in(tmp_path, database) == []
    assert shop("privacy", "show", NAME).exit_code == 6
    with looking_into(database) as connection:
        assert connection.execute("SELECT count(*) FROM erased_text").fetchone()[0] > 0
