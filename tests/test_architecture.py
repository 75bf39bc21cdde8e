"""Imports point one way, commands that only look load little, and names say what is in a module."""

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import ordercli
from conftest import SAMPLE, Run
from shelf import kept

PACKAGE = Path(ordercli.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_migrations" not in path.parts)

# Who may import what of ours. "files" writes whole files, "upkeep" is the life of the database file as a whole:
# both serve the commands; what is above the line of db.py never asks for time, settings or the terminal.
ALLOWED = {
    "domain": {"domain"},
    "errors": {"domain"},
    "clock": {"domain", "errors"},
    "config": {"errors", "server"},
    "extension": set(),
    "files": {"errors", "turn", "unfinished"},
    "unfinished": set(),
    "attended": set(),
    "turn": set(),
    "checksum": set(),
    "naming": {"domain", "errors"},
    "subjects": {"domain", "errors", "naming"},
    "dbfile": {"errors", "filedriver"},
    "shape": {"dbfile", "errors"},
    # Where a shop is, and the door to it: a file, or a database on a server.
    "server": {"errors"},
    "driver": set(),
    "filedriver": {"checksum", "driver", "turn"},
    "postgres.spoken": set(),
    "postgres.work": set(),
    "postgres.values": set(),
    "postgres.portions": {"driver"},
    "postgres.taught": {"driver"},
    "postgres.connection": {
        *("driver", "errors", "server"),
        *("postgres.portions", "postgres.spoken", "postgres.taught", "postgres.values", "postgres.work"),
    },
    "postgres.question": {"server", "postgres.connection"},
    "postgres.schema": {"domain", "shape", "postgres.spoken"},
    "postgres.opening": {
        "dbfile",
        "driver",
        "errors",
        "server",
        "postgres.schema",
        "postgres.work",
        "postgres.connection",
    },
    "dbplace": {"dbfile", "postgres.opening", "driver", "errors", "server", "shape"},
    "db": {"dbplace", "driver", "errors", "filedriver", "server"},
    "migrate": {"db", "dbfile", "errors", "shape"},
    "models": {"models", "domain"},
    "door": {"domain"},
    "place": {"errors", "server", "unfinished"},
    "documents": set(),
    "csv_out": set(),
    "formats": {"formats", "csv_out", "domain", "door", "errors"},
    "render": {"attended", "render", "csv_out", "domain", "errors"},
    # What a message goes through from draft to mail server; it knows no database.
    "messaging": {"messaging", "formats", "domain", "errors", "files", "secret_file", "unfinished"},
    # What talks to Amazon; it knows no database and no terminal.
    "amazon": {"amazon", "formats", "domain", "errors", "files", "secret_file", "__version__"},
    "services": {
        "services",
        "domain",
        "models",
        "db",
        "driver",
        "errors",
        "naming",
        "server",
        "subjects",
    },
    "queries": {
        *("queries", "dbfile", "dbplace", "domain", "driver", "errors", "filedriver", "naming", "server", "shape"),
        # A statement of somebody's own at a server.
        *("postgres.question", "postgres.connection"),
        "subjects",
    },
    # The life of the database file as a whole: its copies, those that are kept, and the file itself.
    "secret_file": {"errors"},
    # The library is loaded where something is encrypted.
    "encryption": {"errors", "secret_file"},
    "copies": {
        *("checksum", "dbfile", "dbplace", "driver", "encryption", "domain", "errors", "filedriver", "queries"),
        *("copying", "server", "services", "unfinished"),
    },
    # How they are written and looked at.
    "copying": {"driver", "filecopy", "postgres.dump", "server"},
    "filecopy": {
        *("checksum", "copying", "dbfile", "domain", "driver", "errors", "filedriver", "queries", "shape"),
    },
    # A shop as a whole, as commands ask for it.
    "keeper": {"filekeeper", "postgres.keeper", "server"},
    "filekeeper": {
        *("belonging", "domain", "drill", "encryption", "erasing", "keeping", "services", "upkeep"),
    },
    "postgres.keeper": {
        *("db", "domain", "encryption", "erasing", "keeping", "queries", "server", "services", "upkeep"),
        *("postgres.drill", "postgres.erasing", "postgres.opening", "postgres.restore"),
    },
    # What is counted at leisure for reports over long windows.
    "counting": {"copies", "domain", "errors", "queries", "server"},
    "keeping": {
        *("checksum", "copies", "copying", "dbplace", "domain", "driver", "errors", "queries", "server"),
        "services",
    },
    # Whose a file is that lies where copies do.
    "belonging": {
        *("checksum", "copies", "dbfile", "domain", "encryption", "errors", "files", "queries"),
    },
    "drill": {
        *("checkup", "copies", "dbfile", "domain", "encryption", "errors", "filecopy", "files", "keeping"),
        *("queries", "server", "unfinished", "upkeep"),
    },
    "postgres.drill": {
        *("dbplace", "domain", "drill", "encryption", "keeping", "moving", "server"),
        *("postgres.dump", "postgres.restore"),
    },
    "upkeep": {
        "belonging",
        "encryption",
        *(
            "checksum",
            "copies",
            "db",
            "dbfile",
            "domain",
            "erasing",
            "errors",
            "filecopy",
            "filedriver",
            "files",
            "migrate",
            "queries",
            "server",
            "services",
            "shape",
        ),
        "unfinished",
    },
    # What doctor asks of a server.
    "postgres.shape": {
        "dbplace",
        "server",
        "postgres.schema",
        "postgres.work",
        "postgres.connection",
        "postgres.spoken",
    },
    "postgres.checkup": {
        *(
            "checks",
            "dbplace",
            "domain",
            "driver",
            "errors",
            "keeping",
            "queries",
            "server",
            "shape",
            "unfinished",
        ),
        *("postgres.connection", "postgres.dump", "postgres.erasing", "postgres.shape", "postgres.work"),
    },
    "postgres.dump": {
        *("checksum", "copying", "dbplace", "postgres.opening", "domain", "driver", "errors", "moving"),
        *("queries", "server"),
        *("postgres.shape", "postgres.connection", "shape"),
    },
    # A copy brought back there.
    "postgres.restore": {
        "checksum",
        *(
            "copies",
            "dbfile",
            "dbplace",
            "postgres.opening",
            "domain",
            "driver",
            "encryption",
            "erasing",
            "errors",
        ),
        *(
            "moving",
            "queries",
            "server",
            "postgres.dump",
            "postgres.erasing",
            "postgres.others",
            "postgres.shape",
            "postgres.work",
            "postgres.connection",
            "services",
            "shape",
        ),
        *("postgres.spoken", "unfinished", "upkeep"),
    },
    "postgres.others": {"dbfile", "errors", "server", "postgres.connection", "shape", "postgres.spoken"},
    "postgres.erasing": {
        *(
            "belonging",
            "copies",
            "dbplace",
            "domain",
            "driver",
            "erasing",
            "errors",
            "keeping",
            "server",
            "services",
        ),
        *("postgres.connection", "postgres.work"),
    },
    "postgres.roles": {"dbfile", "domain", "errors", "postgres.schema", "postgres.work", "shape"},
    # A shop copied to another place.
    "moving": {
        *("db", "dbfile", "dbplace", "postgres.opening", "domain", "driver", "errors", "migrate", "queries"),
        *("server", "postgres.schema", "postgres.connection", "shape", "unfinished"),
    },
    # What erasing people is besides emptying rows.
    "erasing": {
        *("belonging", "checksum", "copies", "dbfile", "dbplace", "domain", "driver", "errors", "filedriver"),
        *("filecopy", "keeping", "queries", "server", "services", "unfinished"),
    },
    # What doctor asks of a shop, of a file, and of a file and its backup at once.
    "checks": {"queries"},
    "checkup": {"checks", "db", "filecheckup", "postgres.checkup", "queries", "server", "services"},
    "filecheckup": {
        *("against_backup", "belonging", "checks", "checksum", "copies", "domain", "encryption", "errors"),
        *("filedriver", "keeping", "place", "queries", "shape", "unfinished"),
    },
    "against_backup": {"checks", "dbfile", "domain", "queries"},
    "__init__": set(),
    "postgres.__init__": set(),
    "__main__": {"cli"},
}
OUTSIDE = {
    "alembic": {"migrate"},
    "sqlalchemy": {"checkup", "db", "migrate", "models", "postgres.keeper", "services", "upkeep", "cli"},
    "psycopg": {
        f"postgres.{name}" for name in ("connection", "opening", "portions", "question", "taught", "values")
    },
    "sqlite3": {
        "belonging",
        "against_backup",
        "checkup",
        "filecheckup",
        "checksum",
        "filecopy",
        "copies",
        "db",
        "dbfile",
        "dbplace",
        "postgres.opening",
        "erasing",
        "keeping",
        "moving",
        "queries",
        "postgres.restore",
        "postgres.connection",
        "filedriver",
        "services",
        "shape",
        "turn",
        "upkeep",
    },
    "rich": {"render"},
    "jinja2": {"messaging"},
    "icalendar": {"formats"},
    "python_calamine": {"formats"},
    "xlsxwriter": {"formats"},
    "smtplib": {"messaging"},
    "httpx": {"amazon"},
    "pyrage": {"encryption"},
    "tomlkit": {"cli"},
    "typer": {"cli"},
}
# By capability, each may use those before it: ADR 24. The commands are exempt: one screen may show several rooms.
ROOMS = (
    "catalog",
    "stock",
    "fba",
    "orders",
    "shipping",
    "returns",
    "purchasing",
    "health",
    "messages",
    "privacy",
    "reports",
    "workbook",
    "safety",
    "amazon",
)
ROOMED = ("cli", "services", "queries", "domain", "formats")
LAZY = {
    "icalendar",
    "sqlalchemy",
    "alembic",
    "pydantic",
    "jinja2",
    "rich",
    "openpyxl",
    "python_calamine",
    "xlsxwriter",
    "reportlab",
    "pyrage",
    "http",
    "smtplib",
    "httpx",
}


def layer(parts: Sequence[str]) -> str:
    """The layer that a dotted name below the package is of: each module about a server is one."""
    return ".".join(parts[:2]) if parts[0] == "postgres" else parts[0]


def layer_of(path: Path) -> str:
    return layer(path.relative_to(PACKAGE).with_suffix("").parts)


@cache
def imported(path: Path) -> frozenset[tuple[str, ...]]:
    """Dotted names a module imports anywhere in it; those only for type checking do not run and do not count."""
    found: set[tuple[str, ...]] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by place, not by name"
            found |= {(*(node.module or "").split("."), alias.name) for alias in node.names}
        elif isinstance(node, ast.stmt):
            waiting += [below for below in ast.iter_child_nodes(node) if not isinstance(below, ast.expr)]
        elif not isinstance(node, ast.expr):
            waiting += ast.iter_child_nodes(node)
    return frozenset(found)


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_a_module_imports_only_layers_below_its_own() -> None:
    # "from ordercli import x" and "from ordercli.x import y" both name the layer in second place.
    above = {
        (name_of(path), layer(name[1:]))
        for path in MODULES
        if layer_of(path) != "cli"
        for name in imported(path)
        if name[0] == "ordercli" and layer(name[1:]) not in {"__version__", *ALLOWED[layer_of(path)]}
    }
    assert above == set()


def room_of(parts: tuple[str, ...]) -> int:
    """Place of the room that a dotted name below the package names; -1 for a layer's root."""
    is_roomed = len(parts) > 1 and parts[0] in ROOMED and parts[1] in ROOMS
    return ROOMS.index(parts[1]) if is_roomed else -1


def test_a_room_uses_only_rooms_before_its_own() -> None:
    after = {
        (name_of(path), name)
        for path in MODULES
        if layer_of(path) in ROOMED[1:]
        for name in imported(path)
        if name[0] == "ordercli" and room_of(name[1:]) > room_of(path.relative_to(PACKAGE).parts)
    }
    assert after == set()


@pytest.mark.parametrize("layer", ROOMED)
def test_the_rooms_are_the_same_in_every_layer(layer: str) -> None:
    folders = (PACKAGE / layer, Path(__file__).parent / layer)
    found = {path.name for folder in folders for path in folder.glob("*/") if path.is_dir()}
    assert found - {"__pycache__"} <= set(ROOMS)


def test_the_map_has_every_room_and_all_that_stands_beside_them() -> None:
    told = (
        (PACKAGE.parents[1] / "CONTRIBUTING.md")
        .read_text(encoding="utf-8")
        .partition("\n## Where new things go")[0]
    )
    assert " < ".join(ROOMS) in told
    there = {path.name for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    of_python = {name for name in there if name.startswith("_")}
    assert {name for name in there - of_python if not re.search(rf"\b{re.escape(name)}", told)} == set()


def test_most_imports_between_rooms_stay_in_one() -> None:
    pairs = [
        (room_of(path.relative_to(PACKAGE).parts), room_of(name[1:-1]))
        for path in MODULES
        for name in imported(path)
        if name[0] == "ordercli" and room_of(name[1:-1]) >= 0
    ]
    inside = [own == used for own, used in pairs if own >= 0]
    assert sum(inside) >= 0.8 * len(inside)


def test_what_comes_from_outside_is_kept_in_its_layer() -> None:
    astray = {
        (name_of(path), name[0])
        for path in MODULES
        for name in imported(path)
        if name[0] in OUTSIDE and layer_of(path) not in OUTSIDE[name[0]]
    }
    assert astray == set()


def test_a_module_says_what_is_in_it() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert re.match('r?"""', text), path
        assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
        assert not re.search(r"^\s*class \w*Manager\b", text, re.MULTILINE), path


MOST_LINES = 450
MOST_LINES_OF_A_FUNCTION = 60
TESTS = sorted(Path(__file__).parent.rglob("*.py"))


def too_long(path: Path, *, module: int, function: int) -> set[str]:
    """The module and its functions that have more lines than these; a function counts what is defined in it."""
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else Path(__file__).parent))
    long = {
        f"{name}:{node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > function
    }
    return long | ({name} if text.count("\n") > module else set())


def test_modules_and_functions_fit_on_a_screen_or_few() -> None:
    long = set().union(*(too_long(path, module=MOST_LINES, function=MOST_LINES_OF_A_FUNCTION) for path in MODULES))
    assert long == set()


def test_modules_and_functions_of_tests_do_too() -> None:
    assert set().union(*(too_long(path, module=750, function=80) for path in TESTS)) == set()


SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|DROP|PRAGMA|BEGIN)\b", re.ASCII)


def nodes_of(layer: str) -> Iterator[tuple[str, Any]]:
    """Every piece of the code of a layer, with the name of its module."""
    for path in MODULES:
        if layer_of(path) == layer:
            name = name_of(path)
            yield from ((name, node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def called(node: ast.Call) -> str:
    """The last name of what is called, behind a dot where one stands there: ``.execute``, ``text``."""
    return f".{node.func.attr}" if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_commands_hold_no_sql() -> None:
    found = [
        (module, node.lineno)
        for module, node in nodes_of("cli")
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SQL.match(node.value)
            and not node.value.islower()
        )
        or (isinstance(node, ast.Call) and called(node) in {"text", ".execute", ".exec_driver_sql"})
    ]
    assert found == []


def test_rules_do_no_input_or_output() -> None:
    calls = [
        (module, node.lineno)
        for module, node in nodes_of("domain")
        if isinstance(node, ast.Call)
        and (
            called(node) in {"open", "print", "input"}
            or (called(node) == ".now" and "datetime" in ast.unparse(node))
        )
    ]
    assert calls == []


COMMANDS = {
    "help": ["--help"],
    "version": ["--version"],
    "stock": ["stock", "--format", "csv"],
    "orders": ["order", "list", "--format", "csv"],
    "completion script": ["completion", "bash"],
    "help of a command": ["order", "import", "--help"],
}


def modules_of(arguments: list[str], told: Path, **environment: str) -> set[str]:
    """Modules that a run loads from its first line to its last."""
    code = (
        "import atexit, pathlib, sys\n"
        f"atexit.register(lambda: pathlib.Path({str(told)!r}).write_text(' '.join(sys.modules)))\n"
        f"sys.argv = ['ordercli', *{arguments!r}]\n"
        "from ordercli.__main__ import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(told.read_text(encoding="utf-8").split())


def loaded_by(arguments: list[str], told: Path, **environment: str) -> set[str]:
    """Top-level packages that a run loads from its first line to its last."""
    return {name.partition(".")[0] for name in modules_of(arguments, told, **environment)}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_command_that_only_looks_loads_little(database: Path, tmp_path: Path, arguments: list[str]) -> None:
    loaded = loaded_by(arguments, tmp_path / "loaded", ORDERCLI_DB=str(database))
    assert "typer" in loaded
    assert loaded & LAZY == set()


@pytest.mark.parametrize("line", ["ordercli sto", "ordercli order show 114", "ordercli ship --"])
def test_completion_loads_no_command_and_no_framework(database: Path, tmp_path: Path, line: str) -> None:
    asked = {"_ORDERCLI_COMPLETE": "bash", "ORDERCLI_DB": str(database)}
    loaded = loaded_by([line, ":"], tmp_path / "loaded", **asked)
    assert loaded & (LAZY | {"typer"}) == set()


NO_TABLES: set[str] = set()
CATALOG = {"base", "operation", "shop", "supplier", "product"}
TRACKING = "9400111899223197428490"
# What a writer maps is what it edits as records, with what those tables refer to; the rest is SQL on a connection.
WRITERS = {
    "order add": (["order", "add", "--line", "NECK-MOON:1"], NO_TABLES),
    "order import": (["order", "import", str(SAMPLE / "order-report.txt")], NO_TABLES),
    "order hold": (["order", "hold", "SO-000001"], NO_TABLES),
    "order cancel": (["--yes", "order", "cancel", "SO-000001", "--by", "seller", "--reason", "broken"], NO_TABLES),
    "ship": (["ship", "SO-000001", "--carrier", "USPS", "--tracking", TRACKING], NO_TABLES),
    "stock receive": (["stock", "receive", "NECK-MOON:1@5.00"], NO_TABLES),
    "stock adjust": (["stock", "adjust", "NECK-MOON", "--by", "-1", "--reason", "damage"], NO_TABLES),
    "config set": (["config", "set", "reorder_point", "5"], NO_TABLES),
    "config unset": (["config", "unset", "channel.amazon.handling_days"], NO_TABLES),
    "product edit": (["product", "edit", "NECK-MOON", "--reorder-point", "5"], CATALOG | {"supply"}),
    "order edit": (["order", "edit", "SO-000001", "--tag", "gift"], CATALOG | {"order"}),
    "purchase add": (
        ["purchase", "add", "NECK-MOON:1@5.00"],
        CATALOG | {"supply", "purchase", "stock"},
    ),
}


@kept
def one_order(shop: Run) -> Run:
    assert shop("order", "add", "--line", "NECK-MOON:1").exit_code == 0
    return shop


@pytest.mark.usefixtures("one_order")
@pytest.mark.parametrize("name", WRITERS)
def test_a_writer_maps_what_it_edits_as_records_and_loads_no_more(
    database: Path, tmp_path: Path, name: str
) -> None:
    arguments, tables = WRITERS[name]
    loaded = modules_of(arguments, tmp_path / "loaded", ORDERCLI_DB=str(database))
    mapped = {
        module.removeprefix("ordercli.models.") for module in loaded if module.startswith("ordercli.models.")
    }
    assert mapped == tables
    assert ("sqlalchemy.orm" in loaded) == bool(tables)
    assert {module.partition(".")[0] for module in loaded} & LAZY == {"sqlalchemy"}


MODELS = [path for path in MODULES if layer_of(path) == "models"]
FOREIGN_KEYS = {"ForeignKey": 0, "ForeignKeyConstraint": 1}
"""What refers to another table, and which of its arguments names columns there."""


def test_a_module_of_tables_imports_those_it_refers_to() -> None:
    """A name in a string resolves only if something else has mapped that table; a class has to be imported."""
    own: set[tuple[str, str]] = set()
    told: set[tuple[str, str]] = set()
    for module, node in nodes_of("models"):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__tablename__":
            own.add((module, ast.literal_eval(node.value)))
        elif isinstance(node, ast.Call) and called(node) in FOREIGN_KEYS:
            told |= {
                (module, name.value.partition(".")[0])
                for name in ast.walk(node.args[FOREIGN_KEYS[called(node)]])
                if isinstance(name, ast.Constant) and isinstance(name.value, str)
            }
    assert told
    assert told <= own


def test_the_whole_schema_has_every_module_of_tables_triggers_and_views() -> None:
    found: set[str] = set()
    waiting = ["schema"]
    while waiting:
        name = waiting.pop()
        found.add(name)
        names = {part for dotted in imported(PACKAGE / "models" / f"{name}.py") for part in dotted}
        waiting += sorted((names & {path.stem for path in MODELS}) - found)
    assert found == {path.stem for path in MODELS} - {"__init__"}


def test_what_a_module_defines_is_used_somewhere() -> None:
    root = Path(__file__).parents[1]
    used: Counter[str] = Counter()
    for path in (
        *MODULES,
        *(each for room in ("tests", "bench", "migrations") for each in (root / room).rglob("*.py")),
    ):
        used.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    unused = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in MODULES
        if path.parent.name != "models"  # whose classes are asked for by the names of their tables
        for name in defined_in(ast.parse(path.read_text(encoding="utf-8")))
        if used[name] == 1
    }
    assert unused == set()


def defined_in(module: ast.Module) -> Iterator[str]:
    """Functions, classes and constants of a module; commands apart, which their words call."""
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_a_file_of_tests_has_a_name_of_its_own() -> None:
    """Without packages pytest imports files by their bare names, and takes one of two for the other."""
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))

    assert [name for name, times in names.items() if times > 1] == []
