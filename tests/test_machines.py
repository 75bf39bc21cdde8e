"""What other systems lack or do otherwise, as far as it shows here: docs/machines.md tells the rest."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix

import ordercli
from cli.steps import done
from conftest import Run
from ordercli.unfinished import sync_folder, wait_for_nobody

PAGE = (Path(__file__).parents[1] / "docs/machines.md").read_text(encoding="utf-8")
POSIX_ONLY = {"curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
"""Modules that Python has on some systems only. Source: the module index of its documentation."""
LOADED_WITH_CARE = {"shell_lines.py"}
"""Modules whose own lack is expected by what loads them."""
POSIX_CALLS = {"fork", "getuid", "geteuid", "getgid", "mkfifo", "statvfs", "sysconf", "fchmod", "chown", "nice"}


def parts(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    """Every piece of a module, with those it stands in."""
    yield node, above
    for below in ast.iter_child_nodes(node):
        yield from parts(below, (*above, node))


def is_expected(above: tuple[ast.AST, ...]) -> bool:
    """Whether what stands there is tried, and its lack caught."""
    handlers = [handler for node in above if isinstance(node, ast.Try) for handler in node.handlers]
    return any("ImportError" in ast.unparse(handler).partition(":")[0] for handler in handlers)


def is_asked(above: tuple[ast.AST, ...]) -> bool:
    """Whether the same expression or function asks first which system it is."""
    return any("os.name" in ast.unparse(node) for node in above if isinstance(node, ast.BoolOp | ast.FunctionDef))


def test_what_some_systems_lack_is_asked_for_where_its_lack_is_expected() -> None:
    found = 0
    for path in Path(ordercli.__file__).parent.rglob("*.py"):
        for node, above in parts(ast.parse(path.read_text(encoding="utf-8"))):
            names: set[str] = set()
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {str(node.module).partition(".")[0]}
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os" and node.attr in POSIX_CALLS:
                assert is_asked(above), (path, node.lineno)
            if names & POSIX_ONLY:
                found += 1
                assert is_expected(above) or path.name in LOADED_WITH_CARE, (path, ast.unparse(node))
            if (
                isinstance(node, ast.ImportFrom)
                and f"{str(node.module).rpartition('.')[2]}.py" in LOADED_WITH_CARE
            ):
                assert is_expected(above), (path, ast.unparse(node))
    assert found >= 3


@pytest.fixture
def closed_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that opens no folder, and has no module for locking one."""
    opening = os.open

    def refused(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if not isinstance(path, int) and Path(os.fsdecode(path)).is_dir():
            raise PermissionError(13, "Permission denied", str(path))
        return opening(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refused)
    monkeypatch.setitem(sys.modules, "fcntl", None)


@pytest.mark.usefixtures("closed_folders")
def test_where_no_folder_can_be_opened_everything_is_written_all_the_same(shop: Run, tmp_path: Path) -> None:
    other = ("--db", str(tmp_path / "other.db"))

    done(shop(*other, "init", "--time-zone", "Etc/UTC"))
    done(shop("product", "export", "products.csv"))
    done(shop("backup", "--to", str(tmp_path / "copies")))
    (copy,) = (tmp_path / "copies").glob("*.db")
    done(shop("backup", "verify", str(copy)))
    assert not set('<>:"|?*') & set(copy.name)
    assert not copy.stem.endswith((".", " "))
    assert wait_for_nobody(tmp_path, 0)
    sync_folder(tmp_path)


@pytest.mark.parametrize(
    ("encoding", "form", "shown"),
    [
        ("cp1252", "table", "\\u9280 – café"),
        ("cp437", "csv", "銀 – café"),
        ("ascii", "table", "\\u9280 \\u2013 caf\\xe9"),
    ],
)
def test_a_console_of_any_code_page_gets_what_it_can_show(shop: Run, encoding: str, form: str, shown: str) -> None:
    done(shop("product", "add", "MOON", "--name", "銀 – café"))
    ran = subprocess.run(
        [sys.executable, "-m", "ordercli", "product", "list", "--format", form],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )

    assert shown.encode("utf-8" if form == "csv" else encoding) in ran.stdout


def test_the_page_says_where_things_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    rows = {
        cells[1]: cells[2:5]
        for line in PAGE.splitlines()
        if len(cells := [cell.strip(" `") for cell in line.split("|")]) == 6
    }
    home = str(Path.home())
    for column, folders in ((0, Unix("ordercli", appauthor=False)), (1, MacOS("ordercli", appauthor=False))):
        for row, folder, file in (
            ("database", folders.user_data_path, "ordercli.db"),
            ("configuration", folders.user_config_path, "config.toml"),
            ("what was shown last", folders.user_state_path, ""),
        ):
            assert str(folder / file).replace(home, "~") == rows[row][column]
