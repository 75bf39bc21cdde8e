"""``ordercli help``: the same as ``--help``, and the topics that are about no command."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest

import ordercli
from cli.steps import done
from conftest import Run
from here import run_here
from ordercli.cli.commands import ENTRIES
from ordercli.cli.environment import TOPICS, VARIABLES
from ordercli.documents import documents
from ordercli.render.console import Look
from ordercli.render.document import WIDEST, laid, write_document

DOCUMENTS = {document.name: document for document in documents()}
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
    own, asked = done(run(name, "--help")).stdout, done(run("help", name)).stdout

    more = asked.removeprefix(own)
    assert asked.startswith(own)
    assert more == (f"\nMore: ordercli help guide {name}\n" if f"guide {name}" in DOCUMENTS else "")


def test_help_of_a_subcommand_is_its_help(run: Run) -> None:
    assert done(run("help", "stock", "fba", "send")).stdout == done(run("stock", "fba", "send", "--help")).stdout


def test_help_alone_is_the_programs_and_names_the_topics(run: Run) -> None:
    program, _, topics = done(run("help")).stdout.partition("\nTopics (ordercli help TOPIC):\n")

    assert program == done(run("--help")).stdout
    told = [re.split(r"  +", line.strip())[0] for line in topics.splitlines()]
    assert [*TOPICS, *(name for name in DOCUMENTS if not name.startswith("adr "))] == told[:-1]
    assert told[-1] == f"adr 1 to {sum(name.startswith('adr ') for name in DOCUMENTS)}"
    assert max(map(len, topics.splitlines())) <= 80


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_found_by_its_name_and_is_the_one_of_the_docs_folder(run: Run, name: str) -> None:
    document = DOCUMENTS[name]
    ran = done(run("help", *name.split()))

    source = document.path.read_text(encoding="utf-8")
    assert ran.stdout.splitlines()[0] == source.splitlines()[0]
    assert re.sub(r"\]\([^)]*\)", "", ran.stdout) == re.sub(r"\]\([^)]*\)", "", source)
    for asked in re.findall(r"\]\(<ordercli help ([^>]*)>\)", ran.stdout):
        assert asked in DOCUMENTS
    assert ".md)" not in ran.stdout.replace("CONTRIBUTING.md)", "")


def test_a_chapter_is_found_by_its_own_name_unless_a_command_has_it(run: Run) -> None:
    assert done(run("help", "shipping")).stdout == done(run("help", "guide", "shipping")).stdout
    assert done(run("help", "privacy")).stdout != done(run("help", "guide", "privacy")).stdout
    assert done(run("help", "past")).stdout == done(run("help", "database", "past")).stdout


def test_of_pages_with_one_last_word_the_guides_is_found_and_of_others_none(run: Run) -> None:
    assert {"guide orders", "database orders", "formats orders"} <= {*DOCUMENTS}
    assert done(run("help", "orders")).stdout == done(run("help", "guide", "orders")).stdout
    assert {"database products", "formats products"} <= {*DOCUMENTS}
    assert run("help", "products").exit_code == 6


def test_no_word_of_help_needs_a_database(tmp_path: Path) -> None:
    ran = run_here(["--db", str(tmp_path / "none.db"), "help", "formats"])
    assert (ran.exit_code, ran.stderr) == (0, "")


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_document_fits_its_terminal(width: int) -> None:
    lines = laid(
        "# A\n\n" + "word " * 60 + "\n\n| a | b |\n|---|---|\n| `x` | " + "word " * 60 + "|\n",
        Look(width, color=False),
    )
    assert max(map(len, lines.splitlines())) <= min(width, WIDEST)
    assert "\x1b" not in lines


def test_a_terminal_gets_it_through_the_pager_and_one_without_a_pager_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    monkeypatch.setenv("PAGER", f"tee '{tmp_path / 'paged'}'")
    write_document(out, "# Words\n", Look(80, color=False))
    assert (out.getvalue(), "Words" in (tmp_path / "paged").read_text()) == ("", True)

    monkeypatch.setenv("PAGER", "no-such-pager-there")
    write_document(out, "# Words\n", Look(80, color=False))
    assert "Words" in out.getvalue()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("enviroment",), "There is no command or topic 'enviroment'; did you mean environment?"),
        (("stok",), "There is no command or topic 'stok'; did you mean stock?"),
        (("fromats",), "There is no command or topic 'fromats'; did you mean formats?"),
        (("guide", "pakcing"), "There is no command 'guide pakcing'; did you mean guide packing?"),
        (("adr", "0"), "There is no command 'adr 0'"),
        (("11",), "There is no command or topic '11'."),
        (("stock", "shw"), "There is no command 'stock shw'"),
        (("stock", "show", "x"), "There is no command 'stock show x'"),
    ],
)
def test_help_on_what_is_not_there_is_told(run: Run, words: tuple[str, ...], said: str) -> None:
    ran = run("help", *words)

    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr.startswith(said)
