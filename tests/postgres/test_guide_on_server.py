"""The chapter on servers: its commands run against a private server, its unit is one that the system takes."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pg_server import program
from postgres.servers import Killable

TOP = Path(__file__).parents[2]
CHAPTER = (TOP / "docs" / "guide" / "server.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", CHAPTER, re.MULTILINE | re.DOTALL)


def _block(kind: str) -> str:
    return "\n".join(_blocks(kind))


@pytest.fixture
def server() -> Iterator[Killable]:
    """A server of its own, that is empty."""
    with TemporaryDirectory(prefix="ordercli-guide-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        engine = Killable(Path(name) / "server")
        engine.make()
        engine.start()
        yield engine
        engine.stop()


def test_the_commands_of_the_chapter_work(server: Killable, tmp_path: Path) -> None:
    shutil.copy(TOP / "src" / "ordercli" / "sample" / "products.csv", tmp_path)
    shown = re.findall(r"^\$ (ordercli .*)$", _block("console"), re.MULTILINE)
    typed = re.findall(r"^ordercli .*", _block("sh"), re.MULTILINE)
    made = re.findall(r"^sudo -u postgres (createuser|createdb) (.*)", _block("sh"), re.MULTILINE)
    assert (len(typed) > 4, len(made)) == (True, 2)
    for name, rest in made:
        asked = shlex.split(rest.replace("--pwprompt ", ""))
        server.does([program(name), "--host", str(server.folder), "--username", "postgres", *asked])
    for line in [*shown, *typed]:
        words = shlex.split(re.sub(r"@db.example/(\w+)", rf"@/\1?host={server.folder}", line))
        if words[0] == "ordercli":
            words = [sys.executable, "-m", *words]
            if "--db" not in words and "copy" not in words:
                words[3:3] = ["--db", "served.db"]
        frozen = {**os.environ, "ORDERCLI_NOW": "2026-03-16T13:00:00Z", "XDG_STATE_HOME": str(tmp_path)}
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path, env=frozen)
        assert done.returncode == 0, (line, done.stderr)


def test_a_shop_can_be_made_in_the_database_of_the_container(tmp_path: Path) -> None:
    """As the image begins: initdb with what it is told, then the database, which is a copy of the usual one."""
    told = dict(re.findall(r"^ {6}(POSTGRES_\w+): (.*)$", _block("yaml"), re.MULTILINE))
    assert re.search(r"^ {4}image: postgres:\d+$", _block("yaml"), re.MULTILINE)
    assert set(told) == {"POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS", "POSTGRES_DB"}
    with TemporaryDirectory(prefix="ordercli-image-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        engine = Killable(folder / "server")
        engine.does(
            [program("initdb"), "-D", str(engine.data), "-U", "postgres", *told["POSTGRES_INITDB_ARGS"].split()]
        )
        engine.start()
        try:
            engine.does(
                [
                    "psql",
                    "-h",
                    str(engine.folder),
                    "-U",
                    "postgres",
                    "-c",
                    f"CREATE DATABASE {told['POSTGRES_DB']}",
                ]
            )
            url = f"postgresql://postgres@/{told['POSTGRES_DB']}?host={engine.folder}"
            words = [sys.executable, "-m", "ordercli", "--db", url, "init", "--time-zone", "Europe/Vienna"]
            done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
        finally:
            engine.stop()


@pytest.mark.system("systemd-analyze")
def test_the_units_are_those_that_the_system_takes(tmp_path: Path) -> None:
    units = [tmp_path / f"ordercli-check.{kind}" for kind in ("service", "timer")]
    for unit, text in zip(units, _blocks("ini"), strict=True):
        unit.write_text(text, encoding="utf-8")
    words = ["systemd-analyze", "verify", *map(str, units)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert not [line for line in done.stderr.splitlines() if "ordercli-check" in line], done.stderr
