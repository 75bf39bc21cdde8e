"""``ordercli help``: the same as ``--help``, and the topics that are about no command."""

import ast
import re
from pathlib import Path

import pytest

import ordercli
from cli.steps import done
from conftest import Run
from ordercli.cli.commands import ENTRIES
from ordercli.cli.environment import TOPICS, VARIABLES

BY_LIBRARIES = {"COLUMNS", "XDG_DATA_HOME"}
"""Read by what ordercli asks for the width of a terminal and for the platform's folders."""
FOR_PROGRAMS = {"_ORDERCLI_COMPLETE"}
"""Of the scripts that complete, and for nobody to set."""


def read_by_the_code() -> set[str]:
    """Names that stand where the environment is read, or in an option's ``envvar``, constants looked up."""
    found: set[str] = set()
    for path in Path(ordercli.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            told = [keyword.value for keyword in node.keywords if keyword.arg == "envvar"]
            if ast.unparse(node.func) in ("os.environ.get", "os.getenv"):
                told.append(node.args[0])
            if path.name != "demo.py":  # which sets what its commands read
                found |= {str(constants.get(ast.unparse(name)) or ast.literal_eval(name)) for name in told}
    return found


def test_every_variable_that_is_read_is_told_and_no_other() -> None:
    assert {variable.name for variable in VARIABLES} == read_by_the_code() - FOR_PROGRAMS | BY_LIBRARIES


def test_help_environment_lists_them(run: Run) -> None:
    ran = done(run("help", "environment"))

    lines = ran.stdout.splitlines()
    assert lines[0] == "Environment:"
    assert [line.split()[0] for line in lines[1:]] == [variable.name for variable in VARIABLES]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", ENTRIES)
def test_help_of_a_command_is_its_help(run: Run, name: str) -> None:
    assert done(run("help", name)).stdout == done(run(name, "--help")).stdout


def test_help_of_a_subcommand_is_its_help(run: Run) -> None:
    assert done(run("help", "stock", "fba", "send")).stdout == done(run("stock", "fba", "send", "--help")).stdout


def test_help_alone_is_the_programs_and_names_the_topics(run: Run) -> None:
    ran = done(run("help"))

    assert ran.stdout.startswith(done(run("--help")).stdout)
    assert re.search(r"^Topics \(ordercli help TOPIC\): ", ran.stdout.splitlines()[-1])
    assert all(topic in ran.stdout.splitlines()[-1] for topic in TOPICS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("enviroment",), "There is no command 'enviroment'; did you mean environment?"),
        (("stok",), "There is no command 'stok'; did you mean stock?"),
        (("stock", "shw"), "There is no command 'stock shw'"),
        (("stock", "show", "x"), "There is no command 'stock show x'"),
    ],
)
def test_help_on_what_is_not_there_is_told(run: Run, words: tuple[str, ...], said: str) -> None:
    ran = run("help", *words)

    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr.startswith(said)
