"""People are erased for good: from the rows, from every byte of every file, and from the backups; figures stay."""

import csv
import io
import json
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from cli.steps import done, listed, receipt, typed
from conftest import Run
from ordercli import erasing
from ordercli.domain.orders.order_rows import PERSONAL
from ordercli.domain.orders.personal import COUNTED, ERASED
from ordercli.server import Server, ShopPlace
from shelf import kept
from signs import standing_in
from turned import looking_into, staying, texts_in, writing_meanwhile

LATER = "2026-06-01T09:00:00-04:00"
NAMES = {
    "P-1": "Anastasia Quillfeather",
    "P-2": "Anastas",  # a part of another one's
    "P-3": "José Peñaranda",
    "P-4": unicodedata.normalize("NFD", "Zoë Ångström-Łukasz"),
    "P-5": "王小明様",
    "P-6": "Q",
    "P-7": "Ὀδυσσεύς d'Œuvre \u202f& Søn",
}
"""Buyers by their orders, one signs and parts of others among them."""


def marked(order: str, field: str) -> str:
    """What an order says in a field about its person, and nobody else says."""
    if field in COUNTED:
        return {"state": "OR", "country": "US"}[field]
    if field in ("customer_name", "ship_name"):
        return NAMES[order] + (" c/o Wróbel" if field == "ship_name" else "")
    if field == "customer_email":
        return f"zq{order.lower()}kv@example.com"
    if field == "customer_phone":
        return f"+1 555 80{order[-1]} 7313"
    return f"Ξvx{order[-1]}{field.replace('_', '')}ůq"


def orders_file() -> str:
    names = ("order_id", "channel", "ordered_at", "sku", "quantity", "unit_price", *PERSONAL)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for number, order in enumerate(NAMES):
        head = (order, "shop", f"2026-03-15T1{number}:00:00Z", "RING-7", "1", "34.00")
        writer.writerow([*head, *(marked(order, field) for field in PERSONAL)])
    return out.getvalue()


def texts_of(order: str) -> Iterator[str]:
    """Everything that is to be gone of an order, in each way it may be composed."""
    told = [marked(order, field) for field in (*PERSONAL, "gift_message", "customization") if field not in COUNTED]
    for text in (*told, f"%PDF-1.4 to <{NAMES[order]}>", f"{NAMES[order]} asked where it is"):
        for form in ("NFC", "NFD"):
            yield unicodedata.normalize(form, text)


def found_in(folder: Path, orders: tuple[str, ...], database: ShopPlace | None = None) -> list[tuple[str, str]]:
    """(file, text) of what some orders said and any file below a folder still holds, in three encodings.

    Of a database on a server, which is in no folder of ours, it is (table, text).
    """
    wanted = {
        text
        for order in orders
        for text in texts_of(order)
        if len(text) > len("Anastas")  # less is part of other words
    }
    rows = texts_in(database) if isinstance(database, Server) else []
    return sorted(
        [
            (str(file.relative_to(folder)), text)
            for file in folder.rglob("*")
            if file.is_file()
            for text in standing_in(file.read_bytes(), wanted)
        ]
        + [(table, text) for table, row in rows for text in wanted if text in row]
    )


@kept
def peopled_shop(shop: Run) -> Run:
    """A shop whose orders say everything that can be said of people, all of it shipped or canceled."""
    done(shop("stock", "receive", "RING-7:40@9.50"))
    done(shop("order", "import", "-", stdin=orders_file()))
    for order, name in NAMES.items():
        texts = (f"RING-7={marked(order, 'gift_message')}", f"RING-7={marked(order, 'customization')}")
        done(shop("order", "edit", order, "--gift-message", texts[0], "--customization", texts[1]))
        done(shop("message", "received", order, "--text", f"{name} asked where it is", "--topic", "where"))
    done(shop("order", "edit", "P-1", "--city", "Elsewhere"))
    for number, order in enumerate(list(NAMES)[:-1], start=1):
        done(shop("ship", order, "--carrier", "USPS"))
        label = f"%PDF-1.4 to <{NAMES[order]}>".encode()
        done(shop("shipment", "label", str(number), "--attach", "-", stdin=label))
    done(shop("--yes", "order", "cancel", "P-7", "--by", "buyer", "--reason", "mistake"))
    done(shop("shipment", "delivered", "1", "--at", "2026-03-16"))
    return shop


def erased_values(database: ShopPlace) -> list[tuple[object, ...]]:
    names = ", ".join(ERASED)
    anything = " OR ".join(f"{name} IS NOT NULL" for name in ERASED)
    with looking_into(database) as connection:
        return connection.execute(f"SELECT {names} FROM personal_data WHERE {anything}").fetchall()


def wrong(run: Run, *options: str) -> set[str]:
    """What doctor does not find well."""
    return {row["code"] for row in listed(run, "doctor", *options, now=LATER) if row["status"] != "OK"}


# What is gone ----------------------------------------------------------------------------------------


def test_no_byte_of_anybody_who_was_purged_is_left_anywhere_and_the_journal_holds(
    peopled_shop: Run, database: Path, tmp_path: Path
) -> None:
    done(peopled_shop("backup"))
    done(peopled_shop("backup", "--to", str(tmp_path)))
    names = {name for name, _ in found_in(tmp_path, tuple(NAMES))}
    assert len(names) >= 3, "the database and both backups hold them before"

    told = receipt(peopled_shop("--yes", "--format", "json", "privacy", "purge", now=LATER))

    assert told["changed"]["orders_erased"] == len(NAMES)
    assert told["backups_rewritten"] == 2
    assert found_in(tmp_path, tuple(NAMES)) == []
    for file in (database, *tmp_path.rglob("shop-*.db")):
        assert erased_values(file) == []
    assert {row["status"] for row in listed(peopled_shop, "backup", "verify", now=LATER)} == {"GOOD"}
    assert wrong(peopled_shop, "--deep") <= {"backup-old", "permissions"}


def test_who_is_erased_by_name_is_gone_and_everybody_else_stays(
    peopled_shop: Run, database: Path, tmp_path: Path
) -> None:
    done(peopled_shop("backup"))
    everybody = {text for _, text in found_in(tmp_path, tuple(NAMES), database)}

    done(peopled_shop("--yes", "privacy", "erase", "ANASTAS", now=LATER))
    done(peopled_shop("--yes", "privacy", "erase", unicodedata.normalize("NFD", "josé  peñaranda"), now=LATER))
    done(peopled_shop("--yes", "privacy", "erase", "5558057313", "ZQP-6KV@example.com", now=LATER))

    gone = ("P-2", "P-3", "P-5", "P-6")
    mine = {text for order in gone for text in texts_of(order)}
    assert found_in(tmp_path, gone, database) == []
    left = tuple(order for order in NAMES if order not in gone)
    assert {text for _, text in found_in(tmp_path, left, database)} == everybody - mine
    rows = {row["order_id"]: row["kept"] for row in listed(peopled_shop, "privacy", "show", *NAMES, now=LATER)}
    assert {order for order, said in rows.items() if not said} == set(gone)
    assert rows["P-1"] == "name, e-mail, phone, address, note, gift message, customization, label"
    assert all("Q" not in row for row in erased_values(database))


REPORTS = """
report sales --by day|report sales --by state|report sales --by product|report sales --by channel
report sales --known-at 2026-03-16|report profit --by order|report products|report fees|report aging|report tax
report buyers|report settlement|stock|stock value|stock history RING-7|reorder|metrics|metrics --as-of 2026-04-20
dashboard|log --until 2026-03-17|shipment list --all|return list
order list --all --columns order_id,status,units,total,ship_by
"""


def figures(run: Run) -> dict[str, str]:
    found = {}
    for line in REPORTS.replace("\n", "|").strip("|").split("|"):
        ran = run(*line.split(), *(() if line == "dashboard" else ("--format", "csv")), now=LATER)
        assert ran.exit_code == 0, (line, ran)
        found[line] = ran.stdout
    return found


def test_figures_are_the_same_before_and_after(peopled_shop: Run) -> None:
    before = figures(peopled_shop)

    done(peopled_shop("--yes", "privacy", "purge", now=LATER))

    assert figures(peopled_shop) == before


def test_a_file_brings_nobody_back_and_says_so(peopled_shop: Run, database: Path, tmp_path: Path) -> None:
    done(peopled_shop("--yes", "privacy", "purge", now=LATER))
    before = figures(peopled_shop)

    same = done(peopled_shop("order", "import", "-", stdin=orders_file(), now=LATER))
    other = orders_file().replace("US,", "CA,").replace("34.00", "34.00").replace("Wróbel", "Wrona")
    newer = done(peopled_shop("order", "import", "-", stdin=other, now=LATER))

    assert "Unchanged" in same.stderr
    assert f"people of {len(NAMES)} orders was not taken: it was erased here" in newer.stderr
    assert erased_values(database) == []
    assert [name for name, _ in found_in(tmp_path, tuple(NAMES), database)] == []
    assert {k: v for k, v in figures(peopled_shop).items() if not k.startswith("log")} == {
        k: v for k, v in before.items() if not k.startswith("log")
    }


def test_the_same_order_typed_again_is_unchanged_though_nobody_knows_its_buyer_any_more(shop: Run) -> None:
    order = ("order", "add", "S-9", "--line", "RING-7:1", "--customer", "Ana Pop")
    done(shop(*order))
    done(shop("--yes", "order", "cancel", "S-9", "--by", "buyer", "--reason", "mistake"))
    done(shop("--yes", "privacy", "erase", "ana pop"))

    assert "Unchanged" in done(shop(*order)).stderr


def test_an_order_and_its_replacement_are_one_persons(shop: Run, database: Path) -> None:
    done(shop("order", "add", "S-1", "--line", "RING-7:1", "--customer", "Ana Pop"))
    done(shop("ship", "S-1", "--carrier", "USPS"))
    done(shop("return", "open", "S-1", "--line", "RING-7:1", "--reason", "broken"))
    done(shop("return", "replace", "RMA-000001", "--line", "RING-7:1"))
    done(shop("return", "close", "RMA-000001", "--reason", "it was lost"))

    while_open = shop("--yes", "privacy", "erase", "S-1")
    done(shop("--yes", "privacy", "purge", now=LATER))
    assert (while_open.exit_code, len(erased_values(database))) == (5, 1)

    (replacing,) = [row["order_id"] for row in listed(shop, "order", "list", "--status", "unshipped")]
    done(shop("ship", replacing, "--carrier", "USPS"))
    done(shop("--yes", "privacy", "purge", now=LATER))
    assert erased_values(database) == []


def test_a_question_before_the_purchase_is_kept_no_longer_than_an_order(shop: Run, database: Path) -> None:
    done(shop("message", "received", "--text", "Is it silver? Ana", "--topic", "silver"))
    done(shop("message", "received", "--text", "Is it gold? Max", "--topic", "gold"))

    done(shop("--yes", "privacy", "erase", "q-000001"))
    assert len(erased_values(database)) == 1
    done(shop("--yes", "privacy", "purge", now="2026-04-15T08:59:59-04:00"))
    assert len(erased_values(database)) == 1
    done(shop("--yes", "privacy", "purge", now="2026-04-15T09:00:00-04:00"))
    assert erased_values(database) == []


def bought(run: Run) -> tuple[int, int, int]:
    (row,) = [row for row in listed(run, "report", "buyers", now=LATER) if row["channel"] == "shop"]
    return row["buyers"], row["repeat_buyers"], row["orders_without_buyer"]


def test_who_bought_again_is_still_one_buyer_when_a_first_order_is_erased(shop: Run) -> None:
    def buy(order: str, *who: str) -> None:
        done(shop("order", "add", order, "--channel", "shop", "--line", "RING-7:1", *who, now=LATER))
        done(shop("ship", order, "--carrier", "USPS", now=LATER))

    buy("B-1", "--customer", "Ana", "--email", "a@x.test")
    buy("B-2", "--customer", "Ana Pop", "--email", "A@x.test")
    buy("B-3", "--customer", "Max", "--email", "m@x.test")
    buy("B-4")
    assert bought(shop) == (2, 1, 1)
    done(shop("backup", now=LATER))

    done(shop("--yes", "privacy", "erase", "B-1", "B-3", now=LATER))
    assert bought(shop) == (2, 1, 1)
    buy("B-5", "--customer", "Ana P.", "--email", "a@x.test")
    assert bought(shop) == (2, 1, 1)
    done(shop("--yes", "privacy", "erase", "a@x.test", now=LATER))
    assert bought(shop) == (2, 1, 1)

    (backup,) = [row["file"] for row in listed(shop, "backup", "list")]
    done(shop("--yes", "restore", backup, now=LATER))
    assert bought(shop) == (2, 1, 1)


# When it is due --------------------------------------------------------------------------------------


def due(run: Run, now: str) -> list[int]:
    return [row["count"] for row in listed(run, "today", now=now) if row["section"] == "people to erase"]


def test_today_tells_when_somebody_is_due_and_the_channel_how_long_they_are_kept(peopled_shop: Run) -> None:
    assert due(peopled_shop, "2026-04-15T12:59:59Z") == []
    # The canceled order counts from its cancellation, the delivered one from its delivery.
    assert due(peopled_shop, "2026-04-15T13:00:00Z") == [2]
    # 14 days of delivery, and 30 of keeping, for the rest.
    assert due(peopled_shop, "2026-04-28T23:59:59Z") == [2]
    assert due(peopled_shop, "2026-04-29T00:00:00Z") == [7]

    done(peopled_shop("config", "set", "channel.shop.personal_days", "70"))
    assert due(peopled_shop, "2026-04-29T00:00:00Z") == []
    (row,) = [row for row in listed(peopled_shop, "privacy", "show", now=LATER) if row["channel"] == "shop"]
    assert (row["personal_days"], row["orders"], row["due"]) == (70, 7, 2)
    ran = done(peopled_shop("privacy", "purge", "--older-than", "30d", "--dry-run", now=LATER))
    assert "Dry run, nothing written: erased what was kept about the people of 7 orders" in ran.stderr


def test_after_a_purge_old_orders_that_come_in_are_due_again(peopled_shop: Run) -> None:
    done(peopled_shop("--yes", "privacy", "purge", now=LATER))
    assert due(peopled_shop, LATER) == []

    done(peopled_shop("order", "add", "S-1", "--line", "RING-7:1", "--customer", "Ana", now=LATER))
    done(peopled_shop("--yes", "order", "cancel", "S-1", "--by", "buyer", "--reason", "x", now=LATER))

    assert due(peopled_shop, "2026-08-01T09:00:00Z") == [1]


# What is refused -------------------------------------------------------------------------------------


def test_who_is_nobody_several_people_or_still_waits_is_refused_and_nothing_is_changed(
    peopled_shop: Run, database: Path
) -> None:
    done(
        peopled_shop("order", "add", "S-1", "--line", "RING-7:1", "--customer", "Max Roth", "--email", "m@x.test")
    )
    done(
        peopled_shop("order", "add", "S-2", "--line", "RING-7:1", "--customer", "Max Roth", "--email", "r@x.test")
    )
    before = erased_values(database)

    nobody = peopled_shop("--yes", "privacy", "erase", "Anastasia")
    several = peopled_shop("--yes", "privacy", "erase", "max roth")
    waiting = peopled_shop("--yes", "privacy", "erase", "m@x.test")

    assert (nobody.exit_code, several.exit_code, waiting.exit_code) == (6, 5, 5)
    assert several.stderr == ("That could be 2 people, of the orders S-1; S-2; name the orders that are meant.\n")
    assert "(S-1) is still open" in waiting.stderr
    for ran in (nobody, several, waiting):
        assert ran.stdout == ""
        assert not {"max", "roth", "x.test", "anastasia"} & {
            word.strip(".,;()") for word in ran.stderr.lower().split()
        }
    assert erased_values(database) == before


@pytest.mark.parametrize("days", ["", "-1", "30w", "9999", "many"])
def test_days_that_are_none_are_refused(shop: Run, days: str) -> None:
    ran = shop("--yes", "privacy", "purge", f"--older-than={days}")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "--older-than" in ran.stderr


def test_nobody_is_erased_unasked(peopled_shop: Run, database: Path) -> None:
    unasked = peopled_shop("privacy", "erase", "P-2", now=LATER)
    no = typed("n", "--now", LATER, "privacy", "erase", "P-2")

    assert (unasked.exit_code, no.exit_code) == (2, 5)
    assert "Erase for good what was kept about the people of 1 order?" in no.stderr
    assert any("Anastas" in row for row in erased_values(database))


def test_while_another_process_writes_nothing_is_erased(
    peopled_shop: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCLI_BUSY_SECONDS", "0.1")
    before = erased_values(database)
    with writing_meanwhile(database):
        ran = peopled_shop("--yes", "privacy", "purge", now=LATER)

    assert (ran.exit_code, ran.stdout) == (7, "")
    assert "nothing changed" in ran.stderr
    assert erased_values(database) == before


def test_what_somebody_reads_meanwhile_is_told_and_the_next_run_goes_on(
    peopled_shop: Run, database: ShopPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCLI_BUSY_SECONDS", "0.1")
    place = "journal" if isinstance(database, Path) else "tables"
    with closing(staying(database)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM personal_data").fetchone()
        ran = peopled_shop("--yes", "privacy", "purge", now=LATER)

        assert ran.exit_code == 7
        assert "Erased what was kept about the people of 7 orders (operation " in ran.stderr
        assert f"what was erased is still in its {place}; erase again" in ran.stderr
        assert "erasing-unfinished" in wrong(peopled_shop)
        other.execute("ROLLBACK")

    again = done(peopled_shop("privacy", "purge", now=LATER))
    assert "What an earlier run had begun to erase is gone now from wherever it was." in again.stderr
    assert found_in(tmp_path, tuple(NAMES), database) == []


# Backups ---------------------------------------------------------------------------------------------


def chains(database: ShopPlace) -> list[tuple[object, ...]]:
    with looking_into(database) as driver:
        return driver.execute("SELECT chain FROM operation ORDER BY id").fetchall()


def test_a_backup_of_before_is_whole_and_comes_back_without_who_was_erased(
    peopled_shop: Run, database: ShopPlace, tmp_path: Path
) -> None:
    done(peopled_shop("backup"))
    (backup,) = [row["file"] for row in listed(peopled_shop, "backup", "list")]
    before = chains(database)
    figured = figures(peopled_shop)

    purged = done(peopled_shop("--yes", "privacy", "purge", now=LATER))
    done(peopled_shop("--yes", "restore", backup, now=LATER))

    # A copy of a server cannot be rewritten, which is told; nobody comes back with it all the same.
    assert isinstance(database, Path) == ("a copy of a server cannot be rewritten" not in purged.stderr)
    assert chains(database) == before
    assert erased_values(database) == []
    assert [table for table, _ in found_in(tmp_path / "nothing", tuple(NAMES), database)] == []
    assert figures(peopled_shop) == figured
    newer = done(peopled_shop("order", "import", "-", stdin=orders_file().replace("Wróbel", "Wrona"), now=LATER))
    assert "was not taken" in newer.stderr


def away(shop: Run, folder: Path) -> str:
    """A copy that no erasing reaches: the disk is not plugged in."""
    done(shop("backup", "--to", str(folder / "usb")))
    (backup,) = (folder / "usb").iterdir()
    return str(backup.parent.rename(folder / "drawer") / backup.name)


def test_who_was_erased_is_not_back_with_a_copy_that_no_erasing_reached(
    peopled_shop: Run, database: ShopPlace, tmp_path: Path
) -> None:
    backup = away(peopled_shop, tmp_path)
    done(peopled_shop("--yes", "privacy", "purge", now=LATER))
    figured = figures(peopled_shop)

    brought = done(peopled_shop("--yes", "restore", backup, now=LATER))

    assert " Who had been erased since is erased in it too.\n" in brought.stderr
    assert erased_values(database) == []
    texts = [row for _, row in texts_in(database)] if isinstance(database, Server) else [database.read_bytes()]
    names = [name for name in NAMES.values() if len(name) > 1]
    assert not any(
        name in text if isinstance(text, str) else name.encode() in text for name in names for text in texts
    )
    assert figures(peopled_shop) == figured
    newer = done(peopled_shop("order", "import", "-", stdin=orders_file().replace("Wróbel", "Wrona"), now=LATER))
    assert "was not taken" in newer.stderr


def test_who_brings_a_copy_back_elsewhere_is_told_that_the_erased_are_in_it(
    peopled_shop: Run, tmp_path: Path
) -> None:
    backup = away(peopled_shop, tmp_path)
    done(peopled_shop("--yes", "privacy", "purge", now=LATER))
    new = tmp_path / "new" / "shop.db"
    new.parent.mkdir()

    elsewhere = done(peopled_shop("--db", str(new), "restore", backup, now=LATER))

    assert erased_values(new) != []
    assert "; erase them again: ordercli privacy erase\n" in elsewhere.stderr
    assert "who that was" in elsewhere.stderr


def test_a_backup_that_cannot_be_rewritten_is_told_of_and_deleted_only_on_wish(
    peopled_shop: Run, database: Path
) -> None:
    done(peopled_shop("backup"))
    folder = database.parent / "backups"
    (backup,) = folder.iterdir()
    done(peopled_shop("backup"))
    (damaged,) = set(folder.iterdir()) - {backup}
    damaged.write_bytes(damaged.read_bytes()[:-4096])
    key = folder.parent / "key.txt"
    key.write_text(f"{pyrage.x25519.Identity.generate()}\n", encoding="utf-8")
    key.chmod(0o600)
    done(peopled_shop("backup", "--key", str(key)))
    (locked,) = folder.glob("*.age")

    told = peopled_shop("--yes", "privacy", "purge", now=LATER)
    assert told.exit_code == 0
    assert f"{locked} still holds what was erased, it is encrypted; delete it, or erase again with" in told.stderr
    assert f"{damaged} still holds what was erased, it cannot be read (DatabaseError)" in told.stderr

    again = done(peopled_shop("--yes", "privacy", "purge", now=LATER)).stderr
    assert "still holds what was erased" in again
    assert "is gone now" not in again
    ended = done(peopled_shop("--yes", "privacy", "purge", "--delete-backups", now=LATER)).stderr
    assert "What an earlier run had begun to erase is gone now" in ended
    assert list(folder.iterdir()) == [backup]
    assert wrong(peopled_shop) <= {"backup-old", "permissions"}


def test_mails_in_the_outbox_go_with_whom_they_are_to_and_no_other_file_does(
    busy_shop: Run, tmp_path: Path
) -> None:
    run, out = busy_shop, tmp_path / "out"
    done(run("message", "send", "delay", "0000001", "0000002", "--outbox", str(out)))
    gone, stays = sorted(out.iterdir())
    assert b"Ana Lindqvist" in gone.read_bytes()
    foreign = out / "000009-delay-114-0000001-0000001.eml"
    foreign.write_bytes(gone.read_bytes().replace(b".delay.1@", b".delay.2@"))
    done(run("--yes", "order", "cancel", "0000001", "--by", "buyer", "--reason", "asked"))

    asked = run("privacy", "erase", "0000001", now=LATER)
    assert asked.exit_code == 2
    assert f"Mails to them are deleted from {out}." in asked.stderr
    assert gone.exists()
    told = receipt(run("--yes", "--format", "json", "privacy", "erase", "0000001", now=LATER))

    assert told["mails_deleted"] == 1
    assert sorted(out.iterdir()) == [stays, foreign]
    assert told["files"] == [str(out)]


def test_a_mail_that_cannot_be_deleted_is_told_of_until_it_can(
    busy_shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, out = busy_shop, tmp_path / "out"
    done(run("message", "send", "delay", "0000001", "--outbox", str(out)))
    (mail,) = out.iterdir()
    done(run("--yes", "order", "cancel", "0000001", "--by", "buyer", "--reason", "asked"))
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_delete_mails", lambda files: ((), tuple(files)))
        kept = done(run("--yes", "privacy", "erase", "0000001", now=LATER))
    assert f"warning: {mail} is a mail to whom was erased and could not be deleted; delete it" in kept.stderr
    assert "erasing-unfinished" in done(run("doctor", now=LATER)).stdout

    ended = done(run("--yes", "privacy", "purge", now=LATER))

    assert "1 mail deleted" in ended.stderr
    assert "is gone now from wherever it was" in ended.stderr
    assert not mail.exists()


# What is shown ---------------------------------------------------------------------------------------


def test_what_was_shown_in_full_is_logged_with_how_many_and_not_who(peopled_shop: Run, tmp_path: Path) -> None:
    done(peopled_shop("order", "show", "P-1", "P-2", "--reveal"))
    done(peopled_shop("order", "show", "P-3"))
    done(peopled_shop("message", "inbox", "--reveal"))
    done(peopled_shop("privacy", "export", NAMES["P-1"], "--to", str(tmp_path / "her.json")))

    rows = listed(peopled_shop, "log", "--limit", "3")
    assert [(row["command"], row["summary"]) for row in rows] == [
        ("privacy export", "showed what is kept about the people of 1 order"),
        ("message inbox", "showed what is kept about the people of 7 orders"),
        ("order show", "showed what is kept about the people of 2 orders"),
    ]
    assert "Anastasia" not in done(peopled_shop("log", "--as-script")).stdout


def test_an_export_has_all_that_is_kept_of_a_person_and_nothing_of_others(peopled_shop: Run) -> None:
    ran = done(peopled_shop("privacy", "export", NAMES["P-1"]))

    told = json.loads(ran.stdout)
    assert [order["order_id"] for order in told["orders"]] == ["P-1"]
    text = json.dumps(told, ensure_ascii=False)
    for field in (*PERSONAL, "gift_message", "customization"):
        assert marked("P-1", field) in text, field
    assert "asked where it is" in text
    assert not any(marked(other, "note") in text for other in NAMES if other != "P-1")


def test_a_copy_of_the_database_elsewhere_is_not_touched(
    peopled_shop: Run, database: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    copy = Path(shutil.copy(database, elsewhere / "copy.db"))
    before = copy.read_bytes()

    done(peopled_shop("--yes", "privacy", "purge", now=LATER))

    assert copy.read_bytes() == before


# What is taken back ----------------------------------------------------------------------------------


def test_what_was_erased_is_gone_for_good_and_so_is_the_import_that_told_of_it(peopled_shop: Run) -> None:
    told = next(row for row in listed(peopled_shop, "log", "--all") if row["command"] == "order import")[
        "operation"
    ]
    done(peopled_shop("--yes", "privacy", "purge", now=LATER))
    purge = listed(peopled_shop, "log", "--limit", "1", now=LATER)[0]["operation"]

    erased = peopled_shop("--yes", "undo", str(purge), now=LATER)
    imported = peopled_shop("--yes", "undo", str(told), "--with-later", now=LATER)

    assert (erased.exit_code, imported.exit_code) == (5, 5)
    for ran in (erased, imported):
        assert "what was erased of people is gone for good" in ran.stderr


def test_a_change_of_address_taken_back_after_all_brings_no_address(peopled_shop: Run, database: Path) -> None:
    (moved,) = [
        row["operation"]
        for row in listed(peopled_shop, "log", "--all")
        if "city" in row["summary"] or "address" in row["summary"]
    ]
    done(peopled_shop("--yes", "privacy", "purge", now=LATER))

    done(peopled_shop("--yes", "undo", str(moved), now=LATER))

    assert erased_values(database) == []


def test_who_was_in_an_import_that_was_undone_is_erased_by_name_and_doing_it_again_brings_nobody_back(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    done(shop("order", "import", "-", stdin=orders_file()))
    done(shop("backup"))
    done(shop("--yes", "undo"))
    (undone,) = [row["operation"] for row in listed(shop, "log", "--limit", "1")]
    held = erased_values(database)

    for order in NAMES:
        done(shop("--yes", "privacy", "erase", marked(order, "customer_name")))
    again = shop("--yes", "undo", str(undone))
    nobody = shop("--yes", "privacy", "erase", marked("P-1", "customer_name"))

    assert held != []
    assert again.exit_code == 0, again
    assert nobody.exit_code == 6, nobody
    assert erased_values(database) == []
    assert found_in(tmp_path, tuple(NAMES), database) == []


def test_who_was_in_an_import_that_was_undone_is_erased_in_time_from_backups_too(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    done(shop("order", "import", "-", stdin=orders_file()))
    done(shop("backup"))
    done(shop("--yes", "undo"))

    done(shop("--yes", "privacy", "purge", now="2026-04-15T08:00:00-04:00"))
    assert len(erased_values(database)) == len(NAMES)
    told = done(shop("--yes", "privacy", "purge", now="2026-04-15T09:00:00-04:00"))

    assert f"the people of {len(NAMES)} undone records; 1 backup rewritten" in told.stderr
    assert erased_values(database) == []
    assert found_in(tmp_path, tuple(NAMES)) == []
