"""What a bare ``init`` asks on a terminal, what it takes elsewhere, and what becomes of the answers."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.steps import done, listed
from conftest import Run
from ordercli.cli import first_questions, setup
from ordercli.cli.config_file import set_in_file
from ordercli.cli.first_questions import CURRENCY_OF, FirstAnswers, ask_shop, zone_rows
from ordercli.domain.money import EXPONENTS
from ordercli.domain.times import is_zone
from ordercli.errors import UsageProblem
from terminal import terminal
from warm import start

NY, VIENNA = "America/New_York", "Europe/Vienna"


def answers(*lines: str) -> Callable[[str], str]:
    """Somebody who answers so, line by line."""
    waiting = list(lines)
    return lambda _: waiting.pop(0)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        pytest.param(("", "", "", "", ""), FirstAnswers(NY, "USD", None, [], wants_samples=False), id="Enter"),
        pytest.param(
            ("Europe/Vienna", "", "Ana", "fair, web fair", "y"),
            FirstAnswers("Europe/Vienna", "EUR", "Ana", ["fair", "web"], wants_samples=True),
            id="all told",
        ),
        pytest.param(
            ("germany", "", "gbp", "", "amazon", "no"),
            FirstAnswers("Europe/Berlin", "GBP", None, [], wants_samples=False),
            id="a country of several zones",
        ),
        pytest.param(
            ("de", "3", "2", "", "", "", ""),
            FirstAnswers("Europe/Busingen", "EUR", None, [], wants_samples=False),
            id="another of them",
        ),
        pytest.param(
            ("Atlantis", "Austria", "XXX", "", "", "Börse", "", ""),
            FirstAnswers("Europe/Vienna", "EUR", None, [], wants_samples=False),
            id="asked again",
        ),
        pytest.param(
            ("uk", "", "", "", ""), FirstAnswers("Europe/London", "GBP", None, [], wants_samples=False), id="UK"
        ),
    ],
)
def test_every_question_is_asked_until_it_is_answered(lines: tuple[str, ...], wanted: FirstAnswers) -> None:
    assert ask_shop(answers(*lines), zone=NY, asks_name=True) == wanted


def test_every_zone_of_the_lists_is_one_and_every_currency_is_known() -> None:
    assert [row for row in zone_rows() if not is_zone(row.zone)] == []
    assert set(CURRENCY_OF.values()) <= set(EXPONENTS)
    assert CURRENCY_OF["US"] == "USD"
    assert CURRENCY_OF["JP"] == "JPY"


def test_a_terminal_is_asked_and_the_answers_are_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORDERCLI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("color = false\n")

    with terminal() as keyboard:
        keyboard.type("at\n\nAna\nfair\ny\n")
        code, said = start("--db", "new.db", "init", stdin=keyboard.name).ended()

    assert code == 0, said
    assert said.splitlines()[-1] == (
        "The database is new.db; next: ordercli product import ordercli-samples/products.csv"
    )
    assert tomllib.loads((tmp_path / "config.toml").read_text()) == {"shop_name": "Ana", "color": False}
    assert "fair" in {row["channel"] for row in listed(run, "--db", "new.db", "channel", "list")}
    assert (tmp_path / "ordercli-samples" / "products.csv").is_file()
    done(run("--db", "new.db", "product", "import", "ordercli-samples/products.csv"))


@pytest.mark.parametrize("options", [("--no-input",), ("--yes",), ("--time-zone", NY), ("--currency", "EUR")])
def test_who_says_something_is_not_asked(tmp_path: Path, options: tuple[str, ...]) -> None:
    with terminal() as keyboard:
        code, said = start("--db", str(tmp_path / "new.db"), "init", *options, stdin=keyboard.name, TZ=NY).ended()

    assert (code, said.splitlines()[0].partition(" with")[0]) == (0, f"Set up a shop in {NY}")


def test_where_the_machine_says_utc_a_pipe_gets_utc_and_a_word_on_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ordercli.cli.setup.machine_zone", lambda: None)

    ran = done(run("--db", str(tmp_path / "new.db"), "init"))
    quiet = done(run("-q", "--db", str(tmp_path / "other.db"), "init"))
    again = done(run("--db", str(tmp_path / "new.db"), "init"))
    refused = run("--db", str(tmp_path / "third.db"), "init", "--currency", "none")

    assert ran.stderr.splitlines()[0].startswith("This machine's clock is in UTC, so the shop's days are those of")
    assert ran.stderr.splitlines()[1] == "Set up a shop in Etc/UTC with USD (operation 1)."
    assert quiet.stderr == ""
    assert "clock" not in again.stderr + refused.stderr


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        (NY, NY),
        (f":{NY}", NY),
        ("Etc/UTC", None),
        ("UTC", None),
        ("", "Europe/Vienna"),
        ("CET-1", "Europe/Vienna"),
    ],
)
def test_the_machines_zone_is_its_environments_or_its_clocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, zone: str | None
) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/" + ("Etc/UTC" if zone is None else "Europe/Vienna"))
    monkeypatch.setattr(setup, "Path", lambda _: link)
    monkeypatch.setenv("TZ", told)

    assert setup.machine_zone() == zone


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1))
def test_any_name_is_kept_as_it_is(name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new" / "config.toml"
        set_in_file(path, "shop_name", name)
        assert tomllib.loads(path.read_text(encoding="utf-8")) == {"shop_name": name}


def test_a_file_that_would_be_no_toml_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("shop_name = 'x'\nshop_name = 'x'\n")

    with pytest.raises(UsageProblem):
        set_in_file(path, "shop_name", "y")

    assert path.read_text() == "shop_name = 'x'\nshop_name = 'x'\n"


def test_samples_that_are_there_are_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first_questions.put_samples()

    assert ask_shop(answers("", "", ""), zone=NY, asks_name=False).wants_samples is False
