"""Hooks: programs that are told of each operation, and harm none."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.steps import content, done, listed, receipt
from conftest import Run
from ordercli.cli import demo
from ordercli.server import line_of
from patience import LONG, state_of, until
from shelf import kept

Hook = Callable[..., Path]
FIRST = ("stock", "adjust", "RING-7", "--by", "-1", "--reason", "damage")


@kept
def stocked(shop: Run) -> Run:
    return shop


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of hooks beside a configuration file of this test's own."""
    config = tmp_path_factory.mktemp("config")
    (config / "config.toml").write_text(f"hook_seconds = {LONG:g}\n")
    monkeypatch.setenv("ORDERCLI_CONFIG", str(config / "config.toml"))
    hooks = config / "hooks"
    hooks.mkdir(mode=0o700)
    return hooks


@pytest.fixture
def hook(folder: Path) -> Hook:
    """Makes a hook of a shell script; ``out`` in it is the folder of what hooks wrote."""

    def make(script: str, name: str = "tell", mode: int = 0o700) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\nout={folder.parent}\n{script}\n")
        path.chmod(mode)
        return path

    return make


def test_a_hook_gets_the_receipt_of_what_was_kept(stocked: Run, folder: Path, hook: Hook, database: Path) -> None:
    hook('cat > $out/told; echo "$ORDERCLI_DB $ORDERCLI_IN_HOOK" > $out/environment; echo data; echo talk >&2')

    ran = done(stocked("--format", "json", *FIRST))

    told = json.loads((folder.parent / "told").read_text())
    assert told == receipt(ran)
    assert (told["command"], told["operation"]) == ("stock adjust", 4)
    assert (folder.parent / "environment").read_text() == f"{line_of(database)} 4\n"
    assert (ran.stdout.count("\n"), "talk" in ran.stderr) == (1, False)
    assert listed(stocked, "log", "--limit", "1")[0]["operation"] == told["operation"]


def test_hooks_run_by_name_and_only_for_what_was_kept(stocked: Run, folder: Path, hook: Hook) -> None:
    hook("echo second >> $out/order", "20-tell")
    hook("echo first >> $out/order", "10-tell")
    hook("echo hidden >> $out/order", ".draft")
    hook("echo old >> $out/order", "10-tell~")
    seen = folder.parent / "order"

    done(stocked(*FIRST, "--dry-run"))
    done(stocked("stock"))
    done(stocked("config", "set", "reorder_point", "0"))
    assert stocked("stock", "adjust", "NONE", "--by", "+1", "--reason", "found").exit_code == 6
    assert not seen.exists()
    done(stocked(*FIRST))
    assert seen.read_text() == "first\nsecond\n"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'no network' >&2; exit 3", "hook tell ended with 3: no network"),
        ("exit 1", "hook tell ended with 1"),
        ("kill -9 $$", "hook tell was ended by SIGKILL"),
        ("kill -9 0", "hook tell was ended by SIGKILL"),
        ("printf '\\033[31m\\000\\377\\n' >&2; exit 1", "hook tell ended with 1: \\u001b[31m"),
        ("printf '\\377\\000\\001'; head -c 100000 /dev/urandom", None),
        ("exec 0<&-", None),
        ("head -c 3000000 /dev/zero >&2; sleep 60", "hook tell said more than 1 MB on stderr and was ended"),
    ],
    ids=[
        "fails",
        "silent",
        "kills itself",
        "kills its group",
        "binary talk",
        "binary data",
        "reads nothing",
        "floods",
    ],
)
def test_what_a_hook_does_harms_no_operation(stocked: Run, hook: Hook, script: str, said: str | None) -> None:
    hook(script)

    ran = done(stocked(*FIRST))

    lines = ran.stderr.splitlines()
    assert lines[0].endswith("(operation 4).")
    assert any(line.startswith("warning: hook") for line in lines) == (said is not None)
    if said is not None:
        assert f"warning: {said}" in ran.stderr
        assert lines[-1].endswith(("(operation 4 stands).", "(operation 4 stands)."))


def test_a_hook_that_hangs_is_ended_with_all_that_it_started(stocked: Run, folder: Path, hook: Hook) -> None:
    hook("trap '' TERM\nsleep 3600 &\necho $! > $out/begun\nmv $out/begun $out/child\nwait")
    child, ran, seconds = folder.parent / "child", None, 0
    for seconds in (1, 5, 25, 125):  # a second is enough for a shell to begin, but where the machine stands still
        (folder.parent / "config.toml").write_text(f"hook_seconds = {seconds}\n")
        ran = done(stocked(*FIRST))
        if child.exists():
            break

    assert ran is not None
    assert f"warning: hook tell took longer than {seconds} s and was ended (operation " in ran.stderr
    assert ran.stderr.endswith(" stands).\n")
    started = int(child.read_text())
    until(lambda: state_of(started) in ("", "Z"))  # killed is not dead: the system may not have come to it yet


def test_what_a_hook_does_itself_runs_no_hooks(
    stocked: Run, folder: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook("echo told >> $out/seen")
    monkeypatch.setenv("ORDERCLI_IN_HOOK", "4")

    done(stocked(*FIRST))

    assert not (folder.parent / "seen").exists()


def test_the_demo_runs_no_hooks(tmp_path: Path) -> None:
    assert demo._run(tmp_path, 'test -n "$ORDERCLI_IN_HOOK"') == 0  # noqa: SLF001 - as it runs each command


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (0o600, "it is not executable; chmod +x it, or take it away"),
        (0o720, "it is not yours alone to write; chown it, or chmod go-w"),
        (0o702, "it is not yours alone to write; chown it, or chmod go-w"),
    ],
)
def test_a_file_that_others_may_write_or_that_is_no_program_is_not_run(
    stocked: Run, folder: Path, hook: Hook, mode: int, said: str
) -> None:
    hook("echo told >> $out/seen", mode=mode)

    assert f"warning: hook tell is not run: {said}.\n" in done(stocked(*FIRST)).stderr
    assert not (folder.parent / "seen").exists()


def test_a_folder_that_others_may_write_runs_nothing(stocked: Run, folder: Path, hook: Hook) -> None:
    hook("echo told >> $out/seen")
    folder.chmod(0o770)

    assert f"warning: no hook is run: {folder} is not yours alone" in done(stocked(*FIRST)).stderr
    assert not (folder.parent / "seen").exists()


def test_what_is_no_program_is_told(stocked: Run, folder: Path, hook: Hook) -> None:
    (folder / "broken").symlink_to("nowhere")
    (folder / "deep").mkdir()
    hook("").write_bytes(b"\x7fELF nonsense")

    said = done(stocked(*FIRST)).stderr

    assert "hook broken is not run: it cannot be looked at: No such file or directory." in said
    assert "hook deep is not run: it is no file." in said
    assert "hook tell cannot be run: Exec format error (operation 4 stands)." in said


def test_another_folder_can_be_named(
    stocked: Run, folder: Path, hook: Hook, tmp_path: Path, database: Path
) -> None:
    hook("echo told >> $out/seen")
    (folder.parent / "config.toml").write_text(f'hooks = "{tmp_path / "none"}"\n')
    done(stocked(*FIRST))
    assert not (folder.parent / "seen").exists()
    assert content(database)
    assert os.environ["ORDERCLI_CONFIG"]
