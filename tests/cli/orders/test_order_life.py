"""An order's life on the command line: edited, noted, held, shipped in parts, canceled with its effect told."""

from pathlib import Path

import pytest

from cli.steps import card, content, done, level, listed, receipt, tsv, typed, unshipped
from conftest import Ran, Run
from shelf import kept

ADDED = ("order", "add", "A-100", "--line", "RING-7:1", "--line", "EARR-LEAF:2@20.00", "--customer", "Ana Pop")
PRIVATE = ("Bo Ek", "12 Birch", "Dover", "bo@example.org", "for Tom", "ring twice", "555 0100")
PERSONAL = (
    *("--customer", "Bo Ek", "--email", "bo@example.org", "--phone", "555 0100", "--ship-name", "Bo Ek"),
    *("--address", "12 Birch Lane", "--address", "Rear house", "--city", "Dover", "--state", "DE"),
    *("--postal-code", "19901", "--country", "us", "--note", "ring twice"),
    *("--gift-message", "RING-7=for Tom", "--customization", "EARR-LEAF=for Tom"),
)


@kept
def order(shop: Run) -> Run:
    """The sample shop with one order typed in."""
    done(shop(*ADDED))
    return shop


def edit(run: Run, *options: str, order: str = "A-100") -> Ran:
    return run("order", "edit", order, *options)


# Editing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said", "shown"),
    [
        (
            ("--line", "RING-7:2"),
            "quantity of RING-7; order A-100 gets 1 RING-7",
            {"units": 4, "total": "108.00"},
        ),
        (("--line", "EARR-LEAF:2@19.50"), "price of EARR-LEAF", {"units": 3, "total": "73.00"}),
        (("--price", "EARR-LEAF:19.50"), "price of EARR-LEAF", {"units": 3, "total": "73.00"}),
        (("--add-line", "RING-8:1"), "new line RING-8", {"units": 4, "total": "108.00"}),
        (("--ship-by", "2026-03-20"), "ship by", {"ship_by": "2026-03-21T03:59:59Z"}),
        (("--ship-by", "2026-03-20T09:00:00-07:00"), "ship by", {"ship_by": "2026-03-20T16:00:00Z"}),
        (("--deliver-by", "2026-03-25"), "deliver by", {"deliver_by": "2026-03-26T03:59:59Z"}),
        (("--service-level", "Expedited"), "service level", {"service_level": "Expedited"}),
        (("--city", "Moab", "--state", "UT"), "address", {"city": "Moab", "state": "UT"}),
        (("--country", "us"), "address", {"country": "US"}),
        (("--customer", "Bo Ek"), "customer", {"customer_name": "Bo E."}),
        (("--customer", ""), "customer", {"customer_name": None}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_is_edited_is_said_and_shown(
    order: Run, options: tuple[str, ...], said: str, shown: dict[str, object]
) -> None:
    ran = done(edit(order, *options))

    assert ran.stdout == ""
    assert ran.stderr.splitlines()[0] == f"Edited order A-100: {said} (operation 5)."
    found = card(order, "order", "show", "A-100")
    assert {name: found[name] for name in shown} == shown
    assert [(event["kind"], event["operation"]) for event in found["events"]] == [("created", 4), ("edited", 5)]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "Say what to change, such as --ship-by 2026-03-20."),
        (("--line", "RING-7"), 2, "--line: 'RING-7' is not SKU:QTY or SKU:QTY@PRICE."),
        (("--line", "RING-7:0"), 2, "--line: '0' is not a whole number from 1 to 1,000,000."),
        (("--line", "RING-7:1@x"), 2, "--line: 'x' is not an amount such as 34.00."),
        (("--add-line", "RING-8:-1"), 2, "--add-line: '-1' is not a whole number from 1 to 1,000,000."),
        (("--price", "RING-7"), 2, "--price: 'RING-7' is not SKU:PRICE."),
        (("--price", "RING-7:1.005"), 2, "--price: '1.005' has more decimals than the 2 of USD."),
        (("--ship-by", "soon"), 2, "--ship-by: 'soon' is not a date such as 2026-03-16, today, yesterday or 3d."),
        (("--deliver-by", "2026-02-30"), 2, "--deliver-by: '2026-02-30' is not a possible date."),
        (("--country", "Atlantis"), 2, "--country: 'Atlantis' is not a two-letter country code such as US."),
        (("--address", "a") * 4, 2, "--address: 3 lines at most."),
        (("--tag", "Gift"), 2, "--tag: 'Gift' is not a tag of up to 30 lower-case letters, digits and '-'."),
        (("--untag", "a b"), 2, "--untag: 'a b' is not a tag of up to 30 lower-case letters, digits and '-'."),
        (("--gift-message", "hi"), 2, "--gift-message: say KEY=TEXT, with the SKU of a line as its key."),
        (("--city", "x" * 2001), 2, "--city: the cell has 2,001 characters, more than the 2,000 allowed."),
        (("--email", "a\0b"), 2, "--email: the cell holds a NUL character; the file is damaged."),
        (("--line", "RING-8:1"), 6, "Order A-100 has no line RING-8; did you mean RING-7?"),
        (("--add-line", "RING-9:1"), 6, "There is no product 'RING-9'; did you mean RING-8 or RING-7?"),
        (("--customization", "NO=hi"), 6, "Order A-100 has no line NO."),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_an_edit_that_makes_no_sense_is_refused_in_one_sentence(
    order: Run, database: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = edit(order, *options)

    assert (ran.exit_code, ran.stdout, ran.stderr) == (code, "", f"{said}\n")
    assert content(database) == before


def test_all_personal_data_is_edited_and_none_of_it_told(order: Run, database: Path) -> None:
    told = done(edit(order, *PERSONAL, "--format", "json"))
    told_again = done(edit(order, *PERSONAL))
    trial = done(edit(order, "--city", "Dover", "--note", "ring twice, 555 0100", "--dry-run"))

    shown = order("order", "show", "A-100", "--reveal").stdout
    assert [word for word in PRIVATE if word not in shown] == []
    assert told_again.stderr == "Unchanged: order A-100 is as given already.\n"
    said = told.stdout + told.stderr + trial.stderr + order("log", "--format", "csv").stdout
    said += str(content(database)["order_event"])
    assert [word for word in PRIVATE if word in said] == []


def test_an_address_is_replaced_line_by_line(order: Run) -> None:
    done(edit(order, "--address", "1 A", "--address", "2 B", "--address", "3 C"))
    done(edit(order, "--address", "4 D"))

    shown = order("order", "show", "A-100", "--reveal", "--format", "json").stdout
    assert '"address_1": "4 D"' in shown
    assert '"address_2": null' in shown


def test_an_edit_has_a_receipt_for_scripts(order: Run) -> None:
    told = receipt(edit(order, "--line", "RING-7:11", "--add-line", "RING-8:1", "--format", "json"))

    assert told == {
        "operation": 5,
        "command": "order edit",
        "summary": told["summary"],
        "changed": {"orders_updated": 1},
        "lines_new": 1,
        "lines_allocated": 1,
        "units_backordered": 1,
        "undo": "ordercli undo 5",
        "reference": "A-100",
    }


@pytest.mark.parametrize(
    "command",
    [
        ("order", "edit", "A-100", "--line", "RING-7:2", "--ship-by", "2026-03-17", *PERSONAL, "--tag", "gift"),
        ("order", "edit", "A-100", "--add-line", "BRAC-BEAD:4@1"),
        ("order", "note", "A-100", "x"),
        ("order", "hold", "A-100", "--reason", "odd"),
        ("--yes", "order", "cancel", "A-100", "--line", "RING-7:1", "--by", "seller", "--reason", "broken"),
    ],
    ids=lambda command: " ".join(command[1:5]),
)
def test_a_dry_run_tells_the_same_and_writes_nothing(order: Run, database: Path, command: tuple[str, ...]) -> None:
    before = content(database)

    trial = receipt(order(*command, "--format", "json", "--dry-run"))
    after_trial = content(database)
    real = receipt(order(*command, "--format", "json"))

    assert after_trial == before
    assert trial["changed"]
    assert trial | {"operation": real["operation"], "undo": real["undo"]} == real
    assert content(database) != before


def test_an_edited_order_is_as_edited_after_the_file_comes_again(busy_shop: Run) -> None:
    row = unshipped(order_id="114-0000003-0000003", order_item_id="03100000000000", sku="NECK-MOON")
    done(edit(busy_shop, "--city", "Dover", "--price", "#03100000000000:40", order="0000003"))
    before = card(busy_shop, "order", "show", "0000003")

    done(busy_shop("order", "import", "-", stdin=tsv(row | {"ship-city": "Zzyzx"})))

    after = card(busy_shop, "order", "show", "0000003")
    assert (after["city"], after["total"]) == (before["city"], before["total"]) == ("Dover", "40.00")


# Notes and holds ----------------------------------------------------------------------------------


def test_notes_are_added_and_the_same_again_is_unchanged(order: Run) -> None:
    first = done(order("order", "note", "A-100", "silver box"))
    second = done(order("order", "note", "A-100", " red ribbon "))
    again = done(order("order", "note", "A-100", "red ribbon"))

    assert (first.stdout, first.stderr) == ("", "Added to the note of order A-100 (operation 5).\n")
    assert second.stderr == "Added to the note of order A-100 (operation 6).\n"
    assert again.stderr == "Unchanged: the note of order A-100 ends so already.\n"
    assert (
        '"note": "silver box\\nred ribbon"'
        in order("order", "show", "A-100", "--reveal", "--format", "json").stdout
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("A-100", " "), 2, "TEXT: say something."),
        (("A-100", "x" * 2001), 2, "TEXT: the cell has 2,001 characters, more than the 2,000 allowed."),
        (("A-999", "x"), 6, "There is no order 'A-999'."),
    ],
    ids=["blank", "too long", "unknown order"],
)
def test_a_note_that_makes_no_sense_is_refused(
    order: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = order("order", "note", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr) == (code, "", f"{said}\n")
    assert content(database) == before


def test_a_full_note_takes_no_more(order: Run, database: Path) -> None:
    done(order("order", "note", "A-100", "x" * 1999))
    before = content(database)

    ran = order("order", "note", "A-100", "y")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith(
        "The note of order A-100 would have 2,001 characters, more than the 2,000 allowed"
    )
    assert content(database) == before


def test_a_note_of_several_lines_is_exported_and_read_back(order: Run, tmp_path: Path, template: Path) -> None:
    done(order("order", "note", "A-100", "silver box"))
    done(order("order", "note", "A-100", "red ribbon"))
    catalog, orders = done(order("product", "export")).stdout, done(order("order", "export")).stdout
    second = tmp_path / "second.db"
    second.write_bytes(template.read_bytes())

    done(order("--db", str(second), "product", "import", "-", stdin=catalog))
    done(order("--db", str(second), "order", "import", "-", stdin=orders))

    assert done(order("--db", str(second), "order", "export")).stdout == orders


def test_why_an_order_is_held_is_kept_in_its_history(order: Run) -> None:
    done(order("order", "hold", "A-100", "--reason", "address to be checked"))
    blank = order("order", "hold", "A-100", "--reason", " ")

    events = card(order, "order", "show", "A-100")["events"]
    assert (events[-1]["kind"], events[-1]["detail"]) == ("hold", "address to be checked")
    assert (blank.exit_code, blank.stderr) == (2, "--reason: say why, in a word or two.\n")


# Splitting ----------------------------------------------------------------------------------------


def test_one_line_leaves_in_two_shipments_of_two_carriers(order: Run) -> None:
    first = ("--line", "EARR-LEAF:1", "--carrier", "USPS", "--tracking", "9400111899223197428503")
    second = ("--line", "EARR-LEAF:1", "--carrier", "UPS", "--tracking", "1Z999AA10123456784")
    done(order("ship", "A-100", *first))
    part = card(order, "order", "show", "A-100")
    done(order("ship", "A-100", *second))
    done(order("ship", "A-100", "--carrier", "USPS", "--tracking", "9400111899223197428510"))

    whole = card(order, "order", "show", "A-100")
    assert (part["status"], whole["status"]) == ("partially_shipped", "shipped")
    assert [(s["carrier"], s["contents"]) for s in whole["shipments"]] == [
        ("USPS", "EARR-LEAF:1"),
        ("UPS", "EARR-LEAF:1"),
        ("USPS", "RING-7:1"),
    ]
    assert [line["shipped"] for line in whole["lines"]] == [1, 2]
    assert level(order, "EARR-LEAF")["on_hand"] == 10


# Canceling ----------------------------------------------------------------------------------------

WEEK = "7 days ending 2026-03-16"
WINDOW = f"Cancellation rate, {WEEK}: "
ELSEWHERE = (
    "amazon does not learn of this: cancel it in Seller Central as well, or upload what ordercli order "
    "cancel-file writes."
)


def number(place: int) -> str:
    return f"114-{place:07d}-{place:07d}"


@kept
def sixty(shop: Run) -> Run:
    """Sixty orders of the last seven days, today among them, one older and one of the shop's own."""
    days = ["2026-03-12T12:00:00+00:00"] * 59 + ["2026-03-16T09:00:00+00:00", "2026-03-10T06:59:59+00:00"]
    rows = [
        unshipped(order_id=number(place), order_item_id=f"{place:014d}", purchase_date=day)
        for place, day in enumerate(days, start=1)
    ]
    done(shop("order", "import", "-", stdin=tsv(*rows)))
    done(shop("order", "add", "A-100", "--line", "RING-8:1"))
    return shop


def cancel(run: Run, order: str, *options: str, by: str = "seller") -> Ran:
    return done(run("--yes", "order", "cancel", order, "--by", by, "--reason", "broken", *options))


def test_the_effect_on_the_cancellation_rate_is_told(sixty: Run) -> None:
    first = cancel(sixty, number(1))
    second = cancel(sixty, number(60), by="buyer-message")
    third = cancel(sixty, number(2))

    told = [ran.stderr.splitlines() for ran in (first, second, third)]
    assert [ran.stdout for ran in (first, second, third)] == ["", "", ""]
    assert [lines[1] for lines in told] == [
        f"{WINDOW}0 of 60 (0.00 %) → 1 of 60 (1.67 %), limit 2.5 %: AT_RISK.",
        f"{WINDOW}1 of 60 (1.67 %) → 2 of 60 (3.33 %), limit 2.5 %: BREACH.",
        f"{WINDOW}2 of 60 (3.33 %) → 3 of 60 (5.00 %), limit 2.5 %: BREACH.",
    ]
    assert [lines[2] for lines in told] == [ELSEWHERE] * 3


@pytest.mark.parametrize(
    ("order", "by", "notes"),
    [
        pytest.param(
            number(1),
            "buyer",
            ["The buyer asked through the channel, so it does not count in the cancellation rate.", ELSEWHERE],
            id="by the buyer",
        ),
        pytest.param(
            number(61),
            "seller",
            [
                f"The order is outside the {WEEK}: it does not count in the cancellation rate now.",
                ELSEWHERE,
            ],
            id="too old",
        ),
        pytest.param("A-100", "seller", [], id="a channel without the rate"),
    ],
)
@pytest.mark.parametrize("way", [(), ("--dry-run",)], ids=["real", "dry run"])
def test_what_does_not_count_is_said_not_to(
    sixty: Run, way: tuple[str, ...], order: str, by: str, notes: list[str]
) -> None:
    ran = cancel(sixty, order, *way, by=by)

    assert [line for line in ran.stderr.splitlines()[1:] if not line.startswith(("would ", "warning: "))] == notes


def test_what_is_told_agrees_with_the_metrics_of_tomorrow(sixty: Run) -> None:
    cancel(sixty, number(1))

    (row,) = [
        row
        for row in listed(sixty, "metrics", now="2026-03-17T09:00:00-04:00")
        if row["metric"] == "cancellation_rate"
    ]
    assert (row["window_end"], row["numerator"], row["denominator"]) == ("2026-03-16", 1, 60)


def test_quiet_and_repeated_cancellations_tell_no_effect(sixty: Run) -> None:
    quiet = done(sixty("--quiet", "--yes", "order", "cancel", number(1), "--by", "seller", "--reason", "broken"))
    again = cancel(sixty, number(1))

    assert [line for line in quiet.stderr.splitlines() if not line.startswith("warning: ")] == []
    assert again.stderr == f"Unchanged: order {number(1)} is canceled already.\n"


CANCEL_SIXTH = ("order", "cancel", "0000006", "--by", "seller", "--reason", "broken")


@pytest.mark.parametrize("answer", ["n", "", "nonsense"])
def test_on_a_terminal_the_effect_is_shown_before_the_question(
    busy_shop: Run, database: Path, answer: str
) -> None:
    del busy_shop
    before = content(database)

    ran = typed(answer, *CANCEL_SIXTH)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.splitlines() == [
        f"{WINDOW}0 of 11 (0.00 %) → 1 of 11 (9.09 %), limit 2.5 %: BREACH.",
        ELSEWHERE,
        "Cancel 2 units of order 114-0000006-0000006? [y/N]",
        "Nothing was changed.",
    ]
    assert content(database) == before


def test_on_a_terminal_a_yes_cancels_and_tells_the_effect_once(busy_shop: Run) -> None:
    ran = typed("y", *CANCEL_SIXTH)

    assert (ran.exit_code, ran.stdout) == (0, "")
    assert ran.stderr.count("Cancellation rate") == 1
    assert "Canceled 2 units of order 114-0000006-0000006 by seller" in ran.stderr
    assert card(busy_shop, "order", "show", "0000006")["status"] == "canceled"


@pytest.mark.parametrize(("flag", "code", "status"), [("--yes", 0, "canceled"), ("--no-input", 2, "unshipped")])
def test_whoever_wants_no_question_is_not_asked(busy_shop: Run, flag: str, code: int, status: str) -> None:
    ran = typed("y", flag, *CANCEL_SIXTH)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert "[y/N]" not in ran.stderr
    assert card(busy_shop, "order", "show", "0000006")["status"] == status
