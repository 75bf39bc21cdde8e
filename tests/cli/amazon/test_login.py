"""``ordercli amazon login``, ``check`` and ``logout``: what is kept, where, and which account is in use."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.steps import done
from conftest import Run
from stand_in.routes import MARKETPLACE
from stand_in.server import CREDENTIALS

pytestmark = pytest.mark.usefixtures("server")

SINCE = ("--since", "2026-03-01")

WORDS = "\n".join(CREDENTIALS.values()) + "\n"


@pytest.fixture
def stranger(shop: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    for name in (*(name.upper() for name in CREDENTIALS), "MARKETPLACES"):
        monkeypatch.delenv(f"ORDERCLI_AMAZON_{name}")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "config.toml").touch()
    monkeypatch.setenv("ORDERCLI_CONFIG", str(tmp_path / "settings" / "config.toml"))
    return shop


def test_a_login_is_tried_kept_for_its_owner_alone_and_forgotten(stranger: Run, tmp_path: Path) -> None:
    kept = tmp_path / "settings" / "amazon.json"

    into = done(stranger("amazon", "login", stdin=WORDS))
    mode = kept.stat().st_mode & 0o777
    shown = done(stranger("amazon", "check")).stdout
    taken = done(stranger("sync", "amazon", *SINCE))
    out = done(stranger("amazon", "logout"))
    after = stranger("amazon", "check")

    assert into.stderr.splitlines() == [
        f"Logged in (www.amazon.com); the credentials are in {kept}.",
        "next: ordercli sync amazon orders",
    ]
    assert mode == 0o600
    assert shown.splitlines() == [
        f"Amazon lets the account in (region na, credentials from {kept}).",
        f"It sells on www.amazon.com ({MARKETPLACE}).",
    ]
    assert "orders 16 new" in taken.stderr
    assert out.stderr == f"Logged out; removed from {kept}.\n"
    assert not kept.exists()
    assert after.exit_code == 5


@pytest.mark.parametrize(
    ("stdin", "code", "said"),
    [
        ("a\nb\n", 2, "give client id, client secret, refresh token on stdin, a line each"),
        ("", 2, "Nobody can be asked here"),
        ("a\nb\nc\n", 5, "Amazon does not accept the login (invalid_grant, status 400)"),
    ],
)
def test_a_login_that_fails_keeps_nothing(stranger: Run, tmp_path: Path, stdin: str, code: int, said: str) -> None:
    ran = stranger("amazon", "login", stdin=stdin)

    assert ran.exit_code == code
    assert said in ran.stderr
    assert not (tmp_path / "settings" / "amazon.json").exists()


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (json.dumps(CREDENTIALS), 0o644, "can be read by others; make it yours alone with: chmod 600"),
        ("{", 0o600, "cannot be read; log in again: ordercli amazon login"),
        ("{}", 0o600, "is not whole; log in again: ordercli amazon login"),
    ],
)
def test_a_file_of_credentials_that_is_not_right(
    stranger: Run, tmp_path: Path, text: str, mode: int, said: str
) -> None:
    kept = tmp_path / "settings" / "amazon.json"
    kept.write_text(text)
    kept.chmod(mode)

    ran = stranger("amazon", "check")

    assert ran.exit_code == 5
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_typed_words_that_cannot_be_credentials(stranger: Run, tmp_path: Path) -> None:
    ran = stranger("amazon", "login", stdin="a\x07\nb\nc\n")

    assert ran.exit_code == 2
    assert ran.stderr.startswith("Client id, client secret and refresh token are all needed")
    assert not (tmp_path / "settings" / "amazon.json").exists()


# Which account is in use ------------------------------------------------------------------------------

FIRST = "warning: the account that ORDERCLI_AMAZON_CLIENT_ID and its like name in the environment"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """What a keyring of this test keeps."""
    kept: dict[tuple[str, str], str] = {}
    keyring = SimpleNamespace(
        get_password=lambda service, user: kept.get((service, user)),
        set_password=lambda service, user, word: kept.__setitem__((service, user), word),
        delete_password=lambda service, user: kept.__delitem__((service, user)),
    )
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    return kept


@pytest.mark.parametrize("ways", [("file", "keyring"), ("keyring", "file"), ("keyring", "keyring")])
def test_the_last_login_is_the_one_in_use_wherever_it_is_kept(
    stranger: Run, tmp_path: Path, ring: dict[tuple[str, str], str], ways: tuple[str, str]
) -> None:
    option = {"file": (), "keyring": ("--keyring",)}
    kept = tmp_path / "settings" / "amazon.json"

    done(stranger("amazon", "login", "--seller-id", "A1FIRST", *option[ways[0]], stdin=WORDS))
    done(stranger("amazon", "login", "--seller-id", "A1LAST", *option[ways[1]], stdin=WORDS))
    places = [json.loads(text)["seller_id"] for text in ring.values()]
    places += [json.loads(kept.read_text())["seller_id"]] if kept.exists() else []
    shown = done(stranger("amazon", "check")).stdout
    out = done(stranger("amazon", "logout"))

    place = "the keyring" if ways[1] == "keyring" else str(kept)
    assert places == ["A1LAST"]
    assert f"credentials from {place})" in shown
    assert out.stderr == f"Logged out; removed from {place}.\n"
    assert (ring, kept.exists(), stranger("amazon", "check").exit_code) == ({}, False, 5)


def test_an_account_of_the_environment_is_said_to_come_first(
    stranger: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(f"ORDERCLI_AMAZON_{name.upper()}", value)

    into = done(stranger("amazon", "login", stdin=WORDS))
    out = done(stranger("amazon", "logout"))
    nobody = done(stranger("amazon", "logout"))

    assert into.stderr.splitlines()[1].startswith(FIRST)
    assert out.stderr.splitlines()[1].startswith(FIRST)
    assert [line[:20] for line in nobody.stderr.splitlines()] == ["Nobody was logged in", FIRST[:20]]


@pytest.mark.parametrize(
    ("variable", "told", "said"),
    [
        ("REFRESH_TOKEN", "Atzr|other", "correct ORDERCLI_AMAZON_CLIENT_ID, ORDERCLI_AMAZON_CLIENT_SECRET, "),
        ("CLIENT_SECRET", "a\x07", "ORDERCLI_AMAZON_CLIENT_SECRET is not what Amazon shows"),
        ("MARKETPLACES", "", "The account names no marketplace; correct ORDERCLI_AMAZON_MARKETPLACES"),
    ],
)
def test_no_login_is_advised_where_the_environment_comes_first(
    shop: Run, monkeypatch: pytest.MonkeyPatch, variable: str, told: str, said: str
) -> None:
    monkeypatch.setenv(f"ORDERCLI_AMAZON_{variable}", told)

    ran = shop("sync", "amazon", "orders")

    assert ran.exit_code in (2, 5)
    assert said in ran.stderr
    assert "amazon login" not in ran.stderr


def test_a_marketplace_that_is_not_asked_for_is_shown_with_what_adds_it(
    shop: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCLI_AMAZON_MARKETPLACES", "A1PA6795UKMFR9")

    ran = done(shop("amazon", "check"))

    assert f"({MARKETPLACE}); not asked for: correct ORDERCLI_AMAZON_MARKETPLACES\n" in ran.stdout
