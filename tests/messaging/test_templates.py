"""Templates: ordercli's own are in order, the seller's come first, and what is none is not taken."""

from pathlib import Path

import pytest

from cli.steps import done, listed
from conftest import Run
from ordercli.domain.message_kinds import KINDS
from ordercli.domain.messages.message_fields import BY_HAND, FIELDS
from ordercli.errors import NotFound, Refused
from ordercli.messaging.lint import lint_file
from ordercli.messaging.sandbox import Sandbox, sandbox
from ordercli.messaging.templates import find_template, list_templates, own_path, parse_template, read_template

NOWHERE = Path("/nowhere")
OURS = list_templates(NOWHERE)
POLICIES = {"amazon": "amazon", "shop": "free"}


@pytest.fixture(scope="module")
def guard() -> Sandbox:
    return sandbox()


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_has_a_template(language: str) -> None:
    assert {file.kind for file in OURS if file.language == language} == set(KINDS)


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.path.name))
def test_ours_have_no_fault_and_break_no_rule(guard: Sandbox, file: object) -> None:
    assert list(lint_file(guard, file, POLICIES)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.path.name))
def test_ours_do_with_the_fields_that_are_always_there_and_those_of_their_occasion(
    guard: Sandbox, file: object
) -> None:
    template = read_template(file.path)  # type: ignore[attr-defined]
    ours = {
        "shipping_notification": ("carrier", "shipped_on", "shipment_lines"),
        "return_answer": ("return_id", "return_status", "return_lines"),
        "refund_sent": ("refund_amount", "refunded_on"),
    }.get(file.kind, ())  # type: ignore[attr-defined]
    there = {field.name: field.example for field in FIELDS if field.there == "always" or field.name in ours}

    filled = guard.fill(template.subject, template.body, there)

    assert isinstance(filled[0], str), filled
    assert str(there["order_id"]) in "".join(map(str, filled))


def test_the_sellers_come_before_ours_and_a_channels_before_the_general(tmp_path: Path) -> None:
    for name in ("delay.en.txt", "delay.shop.en.txt", "size.en.txt", "notes.txt", "Delay.en.txt.bak"):
        (tmp_path / name).write_text("Subject: x\n\ny\n", encoding="utf-8")

    def found(kind: str, channel: str, language: str = "en") -> str:
        return str(find_template(tmp_path, kind, channel, language).path.relative_to(tmp_path.parent))

    assert found("delay", "shop") == f"{tmp_path.name}/delay.shop.en.txt"
    assert found("delay", "amazon") == f"{tmp_path.name}/delay.en.txt"
    assert not find_template(tmp_path, "delay", "shop", "de").is_own
    assert found("size", "etsy") == f"{tmp_path.name}/size.en.txt"
    assert {file.kind for file in list_templates(tmp_path)} == {*KINDS, "size"}
    with pytest.raises(NotFound, match="template edit delay --language fr"):
        find_template(tmp_path, "delay", "shop", "fr")
    with pytest.raises(NotFound, match="did you mean delay"):
        find_template(tmp_path, "dely", "shop", "en")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "first line must be"),
        (b"Hello\n\nx\n", "first line must be"),
        (b"Subject:\n\nx\n", "first line must be"),
        (b"Subject: x\ny\n", "second line must be empty"),
        (b"Subject: x\n\n \n", "a text must follow"),
        (b"Subject: \xff\n\nx\n", "not UTF-8"),
        (b"Subject: x\n\n" + b"x" * 50_000, "has more than the 50,000 bytes"),
    ],
    ids=range(7),
)
def test_what_is_no_template_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse_template(content, "delay.en.txt")


def test_a_file_of_windows_is_a_template_too() -> None:
    template = parse_template(b"\xef\xbb\xbfSubject: x\r\n\r\na\r\nb\r\n", "x")

    assert (template.subject, template.body) == ("x", "a\nb\n")


@pytest.mark.parametrize(
    "name", [("../x", None, "en"), ("x", None, "english"), ("X", None, "en"), ("x", "../", "en")]
)
def test_a_name_cannot_lead_out_of_the_folder(name: tuple[str, str | None, str]) -> None:
    with pytest.raises(Refused):
        own_path(NOWHERE, *name)


# The commands ----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the seller's templates go in tests."""
    return tmp_path / "home" / ".config" / "ordercli" / "templates"


def test_a_template_of_ones_own_replaces_ours(shop: Run, folder: Path) -> None:
    text = "Subject: Late: {{ order_id }}\n\nSorry, {{ order_id }} is late.\n"
    done(shop("order", "add", "SHOP-7", "--line", "RING-7:1"))

    ran = done(shop("template", "edit", "delay", "--file", "-", stdin=text))
    again = done(shop("template", "edit", "delay", "--file", "-", stdin=text))

    file = folder / "delay.en.txt"
    assert (ran.stderr, again.stderr) == (f"Wrote {file}.\n", f"Unchanged: {file}.\n")
    assert (file.read_text(encoding="utf-8"), file.stat().st_mode & 0o777) == (text, 0o600)
    assert done(shop("template", "show", "delay")).stdout == text
    assert done(shop("message", "render", "delay", "SHOP-7")).stdout == (
        "Subject: Late: SHOP-7\n\nSorry, SHOP-7 is late.\n"
    )
    rows = listed(shop, "template", "list")
    assert [row["is_own"] for row in rows if (row["kind"], row["language"]) == ("delay", "en")] == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Subject: x\n\n{{ frist_name }}\n", "there is no field frist_name; did you mean first_name?"),
        ("Subject: x\n\n{% if %}\n", "line 3: Expected an expression"),
        ("Subject: x\n\n{{ ''.__class__ }}\n", "line 3: access to attribute '__class__'"),
        ("Subject: x\n\n{{ 'x' * 10**9 }}\n", "memory"),
        ("Hello\n", "the first line must be"),
    ],
    ids=range(5),
)
def test_a_text_with_a_fault_is_not_taken(run: Run, folder: Path, text: str, said: str) -> None:
    ran = run("template", "edit", "delay", "--file", "-", stdin=text)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert said in ran.stderr
    assert not folder.exists()


def test_a_text_that_a_channel_refuses_is_taken_with_a_warning_and_found_by_lint(run: Run, folder: Path) -> None:
    text = "Subject: x\n\nOrder {{ order_id }}: thanks, see www.example.com\n"

    ran = done(run("template", "edit", "delay", "--file", "-", stdin=text))
    found = run("template", "lint", "--format", "json")

    assert "warning: on amazon: a message may not say thanks" in ran.stderr
    assert (folder / "delay.en.txt").exists()
    assert found.exit_code == 3
    assert found.stdout.count('"channel": "amazon"') == 2
    assert run("template", "lint", "order_problem").exit_code == 0


def test_a_fault_in_a_file_is_found_by_lint(run: Run, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "delay.en.txt").write_text("Subject: x\n\nfine\n{{ nope }}\n", encoding="utf-8")
    (folder / "size.en.txt").write_text("no subject\n", encoding="utf-8")

    ran = run("template", "lint", "--format", "csv")

    assert ran.exit_code == 3
    assert [line.split(",")[0] for line in ran.stdout.splitlines()[1:]] == ["delay", "size"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("edit", "delay"), 2, "There is no terminal to edit on"),
        (("edit", "dealy", "--file", "-"), 2, "did you mean delay? Add --new"),
        (("edit", "delay", "--language", "x1", "--file", "-"), 5, "is not a language of two letters"),
        (("edit", "delay", "--file", "missing.txt"), 5, "missing.txt cannot be read"),
        (("show", "dealy"), 6, "did you mean delay?"),
        (("show", "delay", "--language", "fr"), 6, "template edit delay --language fr"),
        (("lint", "dealy"), 6, "did you mean delay?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_is_told(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = run("template", *arguments, stdin="")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr


def test_a_new_answer_is_sent_like_the_others(shop: Run) -> None:
    done(shop("order", "add", "SHOP-7", "--line", "RING-7:1"))
    text = "Subject: Size of {{ order_id }}\n\nIt is a size 7. {{ remark }}\n"
    done(shop("template", "edit", "size", "--new", "--file", "-", stdin=text))

    ran = done(shop("message", "send", "size", "SHOP-7", "--field", "remark=US sizes."))

    assert ran.stdout == "Subject: Size of SHOP-7\n\nIt is a size 7. US sizes.\n"


def test_a_dry_run_of_edit_writes_nothing(run: Run, folder: Path) -> None:
    ran = done(run("template", "edit", "delay", "--file", "-", "--dry-run", stdin="Subject: x\n\ny\n"))

    assert ran.stderr.splitlines()[-1].startswith("Dry run, nothing written: ")
    assert not folder.exists()


def test_the_fields_are_listed_and_filled_with_examples(run: Run) -> None:
    names = [row["field"] for row in listed(run, "template", "fields")]

    assert names == [field.name for field in FIELDS]
    assert set(BY_HAND) == {"cause", "new_date", "question", "remark"}
    shown = done(run("template", "show", "delay", "--filled")).stdout
    assert "It should have arrived by 2026-03-17; the reason is a storm on the way." in shown
    assert "Silver & Moon" in shown
