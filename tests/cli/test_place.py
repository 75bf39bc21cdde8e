"""Where a database is made, and where it is better not to be."""

from pathlib import Path

import pytest

from cli.steps import done
from conftest import Run
from ordercli.place import is_synced

INIT = ("init", "--time-zone", "America/New_York")


def test_init_and_restore_make_no_database_through_a_link_that_leads_nowhere(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "nowhere.db")

    for command in (INIT, (*INIT, "--dry-run"), ("--yes", "restore", str(database))):
        ran = shop("--db", str(link), *command)
        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
        assert f"is a link to {tmp_path / 'nowhere.db'}, which is not there" in ran.stderr
    assert not (tmp_path / "nowhere.db").exists()


def test_a_link_to_a_database_is_that_database(shop: Run, database: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(database)

    assert done(shop("--db", str(link), *INIT)).stderr.startswith("Unchanged: ")
    assert link.is_symlink()


def test_no_folder_is_made_as_a_surprise(shop: Run, database: Path, tmp_path: Path) -> None:
    for command in (INIT, (*INIT, "--dry-run"), ("restore", str(database))):
        ran = shop("--db", str(tmp_path / "misspelled" / "shop.db"), *command)
        assert (ran.exit_code, ran.stdout) == (5, "")
        assert ran.stderr == (
            f"There is no folder {tmp_path / 'misspelled'}; make it first, or name another place with --db.\n"
        )
    assert not (tmp_path / "misspelled").exists()


def test_the_programs_own_folder_is_made(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ORDERCLI_DB")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    done(run(*INIT))

    assert (tmp_path / "data" / "ordercli" / "ordercli.db").is_file()


@pytest.mark.parametrize(
    "folder",
    [
        "Dropbox",
        "Dropbox (Personal)/shop",
        "OneDrive - Moon Jewelry/Documents",
        "Library/Mobile Documents/com~apple~CloudDocs",
        "Library/CloudStorage/GoogleDrive-ana@example.com/My Drive",
        "Google Drive",
        "iCloud Drive/shop",
    ],
)
def test_a_database_in_a_folder_that_a_cloud_client_syncs_is_warned_of(
    run: Run, tmp_path: Path, folder: str
) -> None:
    place = tmp_path / folder / "shop.db"
    place.parent.mkdir(parents=True)
    there = ("--db", str(place))

    made = done(run(*there, *INIT))
    written = done(run(*there, "product", "add", "RING-9"))

    done(run(*there, "stock", "receive", "RING-9:2", "--cost", "4"))
    done(run(*there, "order", "add", "A-1", "--line", "RING-9:1"))
    canceled = done(run(*there, "--yes", "order", "cancel", "A-1", "--by", "seller", "--reason", "broken"))

    for ran in (made, written, canceled):
        assert ran.stderr.count("is kept in step by a cloud client") == 1
    assert done(run(*there, "stock")).stderr == ""
    assert done(run(*there, "--quiet", "product", "add", "RING-8")).stderr == ""


def test_a_link_into_such_a_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    link = tmp_path / "shop.db"
    link.symlink_to(tmp_path / "Dropbox" / "shop.db")

    assert is_synced(link) == str(tmp_path / "Dropbox")
    assert is_synced(tmp_path / "drops" / "shop.db") is None
