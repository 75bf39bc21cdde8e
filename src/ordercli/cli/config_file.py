"""The configuration file as ``config`` sees it: what holds and who says so, and changes that keep its comments."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from ordercli.cli.frame import settings_of
from ordercli.cli.shared_options import TOLD_BEHIND
from ordercli.config import COLORS, check_file, config_file, config_path, parsed_file, usual_database
from ordercli.domain.file_settings import FILE_NAMES, FILE_RULES, FILE_TABLES, FileRule, file_rule
from ordercli.domain.near import did_you_mean
from ordercli.errors import Refused, UsageProblem
from ordercli.server import Server, place_of

if TYPE_CHECKING:  # loaded by what writes the file
    from tomlkit import TOMLDocument

_FOLDER_MODE = 0o700
_MAIL = "mail."


class Effective(NamedTuple):
    """What holds of a setting of the file in this run.

    Attributes:
        source: ``flag``, ``environment``, ``file`` or ``default``.
    """

    name: str
    value: str
    source: str
    meaning: str


def effective_settings(ctx: typer.Context) -> list[Effective]:
    """Every setting of the file, as it holds in this run.

    Raises:
        UsageProblem: if the file holds something impossible.
    """
    file = config_file(config_path())
    checked(file)
    return [_effective(ctx, rule, file) for rule in FILE_RULES]


def effective_setting(ctx: typer.Context, name: str) -> Effective | None:
    """One of them; None if the file has no setting of that name."""
    return next((each for each in effective_settings(ctx) if each.name == name), None)


def _effective(ctx: typer.Context, rule: FileRule, file: dict[str, Any]) -> Effective:
    told = _told(rule, file)
    if rule.field and _is_on_line(ctx, rule.field):
        held = getattr(settings_of(ctx), rule.field)
        value = str(held) if rule.name != "color" else next(word for word, wish in COLORS.items() if wish == held)
        return Effective(rule.name, value, "flag", rule.meaning)
    if rule.name == "color":
        return _color(rule, told)
    environment = dict(os.environ)
    if variable := next((name for name in rule.variables if environment.get(name)), None):
        return Effective(rule.name, shown_value(rule.name, environment[variable]), "environment", rule.meaning)
    if told is not None:
        return Effective(rule.name, shown_value(rule.name, told), "file", rule.meaning)
    return Effective(rule.name, _default(rule, file), "default", rule.meaning)


def shown_value(name: str, told: str) -> str:
    """A value of a setting as it was told, but for the password in the URL of a server."""
    if name != "database":
        return told
    place = place_of(told)
    return str(place) if isinstance(place, Server) else told


def _color(rule: FileRule, told: str | None) -> Effective:
    """Of color NO_COLOR is stronger than the file, and the file's ``never`` than FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return Effective(rule.name, "never", "environment", rule.meaning)
    if os.environ.get("FORCE_COLOR") and told != "never":
        return Effective(rule.name, "always", "environment", rule.meaning)
    return Effective(rule.name, told or rule.default, "file" if told else "default", rule.meaning)


_BEFORE = {"database": ("db",), "output_format": ("output_format",), "color": ("color", "no_color")}
"""The program's own parameters, by the field of the settings that they fill."""


def _is_on_line(ctx: typer.Context, field: str) -> bool:
    """Whether the line says it, before the command's name or after it."""
    root: Any = ctx.find_root()
    sources = [root.get_parameter_source(name) for name in _BEFORE[field]]
    is_before = any(source is not None and source.name == "COMMANDLINE" for source in sources)
    return is_before or field in root.meta.get(TOLD_BEHIND, ())


def _default(rule: FileRule, file: dict[str, Any]) -> str:
    if rule.name == "database":
        return str(usual_database())
    if rule.name == f"{_MAIL}port":
        from ordercli.messaging.account import mail_account

        return str(mail_account(file.get("mail", {})).port)
    return rule.default


def _told(rule: FileRule, file: dict[str, Any]) -> str | None:
    """What the file says of a setting, as text; None if it does not."""
    table, _, key = rule.name.rpartition(".")
    value = (file.get(table, {}) if table else file).get(key)
    if rule.name == "color" and isinstance(value, bool):
        return "auto" if value else "never"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return None if value is None else str(value)


def checked(file: dict[str, Any]) -> None:
    """Refuse a configuration file that no run could follow as a whole.

    Raises:
        UsageProblem: naming the key that is wrong or unknown, with those that may be meant.
    """
    from ordercli.messaging.account import mail_account

    for name in _names(file):
        if name not in FILE_NAMES:
            raise UsageProblem(f"The configuration file knows no setting {name!r}{did_you_mean(name, FILE_NAMES)}")
    check_file(file)
    mail_account(file.get("mail", {}))


def _names(file: dict[str, Any]) -> Iterator[str]:
    for key, value in file.items():
        if key not in FILE_TABLES:
            yield key
        elif isinstance(value, dict):
            yield from (f"{key}.{below}" for below in value)


def set_in_file(path: Path, name: str, value: str, *, dry_run: bool = False) -> bool:
    """Put a setting into the file, whose other lines stay as they are; made if it is not there.

    Args:
        path: the file.
        name: one of :data:`FILE_NAMES`.
        value: as typed; of a list its parts, with commas between.
        dry_run: check it all, write nothing.

    Returns:
        Whether anything changed.

    Raises:
        UsageProblem: if the value does not fit, or the file is no TOML.
        Refused: if it cannot be written.
    """
    table, _, key = name.rpartition(".")
    written = _as_written(name, value)

    def change(document: "TOMLDocument") -> None:
        if table and table not in document:
            from tomlkit import table as new_table

            document[table] = new_table()
        place: Any = document[table] if table else document
        if key not in place or place[key] != written or isinstance(place[key], bool) != isinstance(written, bool):
            place[key] = written

    return _change(path, change, dry_run=dry_run)


def unset_in_file(path: Path, name: str, *, dry_run: bool = False) -> bool:
    """Take a setting out of the file; as :func:`set_in_file`."""
    table, _, key = name.rpartition(".")

    def change(document: "TOMLDocument") -> None:
        place: Any = document.get(table, {}) if table else document
        if key in place:
            del place[key]
            if table and not place.as_string().strip() and not place.trivia.comment:
                del document[table]

    return path.is_file() and _change(path, change, dry_run=dry_run)


def _as_written(name: str, value: str) -> str | int | list[str]:
    """A typed value as it stands in the file.

    Raises:
        UsageProblem: if a number is none.
    """
    rule = file_rule(name)
    if rule is not None and rule.shape == "list":
        return [part.strip() for part in value.split(",") if part.strip()]
    if rule is not None and rule.shape == "whole":
        if not (value.isascii() and value.isdigit()):
            raise UsageProblem(f"Setting {name}: {value!r} is not a whole number.")
        return int(value)
    return value.replace("\\n", "\n") if name == "sender" else value


def _change(path: Path, change: "Callable[[TOMLDocument], None]", *, dry_run: bool) -> bool:
    before, after = _changed(path, change)
    if after == before or dry_run:
        return after != before
    from ordercli.unfinished import in_turn

    _make_folder_of(path)
    with in_turn(path):
        before, after = _changed(path, change)  # of what another may have written since
        if after != before:
            write_config(path, after)
    return True


def _changed(path: Path, change: "Callable[[TOMLDocument], None]") -> tuple[bytes, bytes]:
    """The file as it is and as it will be.

    Raises:
        UsageProblem: if either is no configuration file.
    """
    from tomlkit import dumps, parse

    before = path.read_bytes() if path.is_file() else b""
    parsed_file(before, path)  # whose sentence names the file and the line
    document = parse(before.decode())
    keys = len(document)
    change(document)
    text = dumps(document)
    after = (text if len(document) >= keys else text.rstrip("\n") + "\n").encode()  # a table leaves its blank line
    if after != before:
        check_content(after, path)
    return before, after


def replace_config(path: Path, before: bytes, after: bytes) -> None:
    """Write the file, if it still says what it said before.

    Raises:
        Refused: if it does not, or cannot be written.
    """
    from ordercli.unfinished import in_turn

    _make_folder_of(path)
    with in_turn(path):
        if (path.read_bytes() if path.is_file() else b"") != before:
            raise Refused(f"{path} was changed by something else while you edited it; nothing was written.")
        write_config(path, after)


def check_content(content: bytes, path: Path) -> None:
    """Refuse bytes that are no configuration file.

    Raises:
        UsageProblem: saying why.
    """
    checked(parsed_file(content, path))


def write_config(path: Path, content: bytes) -> None:
    """Write the file: whole or not at all, through links, for the user alone (0600).

    Raises:
        Refused: if it cannot be written.
    """
    from ordercli.files import write_file

    _make_folder_of(path)
    write_file(str(path), content)


def _make_folder_of(path: Path) -> None:
    path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)


def beginning() -> str:
    """A configuration file in which every setting stands as a comment with its meaning."""
    lines = ["# The configuration of ordercli. Take away the # before what you want to say.", ""]
    within = ""
    for rule in FILE_RULES:
        table, _, key = rule.name.rpartition(".")
        if table != within:
            within = table
            lines += [f"# [{table}]"]
        value = {"list": "[]", "whole": rule.default or "587"}.get(rule.shape, f'"{rule.default}"')
        lines += [f"# {rule.meaning}", f"# {key} = {value}", ""]
    return "\n".join(lines)
