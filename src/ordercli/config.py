"""How this run is set up: flags before ``ORDERCLI_*`` variables before the configuration file before defaults.

The file (``config.toml`` in the platform's configuration folder, or ``ORDERCLI_CONFIG``) holds paths, looks, the
shop's name and the mail account. Whatever changes a number is a dated row in the database
(``domain/settings.py``).
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ordercli.errors import UsageProblem, about_a_file
from ordercli.server import ShopPlace, place_of

FORMATS = ("table", "csv", "tsv", "json", "jsonl")
COLORS = {"auto": None, "always": True, "never": False}
"""Whether there is color, by the word for it; None lets the terminal decide."""
DATABASE_NAME = "ordercli.db"
HOOK_SECONDS, MOST_HOOK_SECONDS = 10, 600
"""How long a hook may take unless the file says otherwise, and at most."""
_ON_LINUX: bool = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything about a run that is not the command's own business.

    Attributes:
        database: where the shop's database is: a file, or on a server.
        output_format: one of :data:`FORMATS`.
        is_format_told: whether the line says so, and not the environment or the file, whose word is a wish.
        frozen_now: the instant that stands for now; None asks the clock.
        color: None lets the terminal decide.
        interactive: whether questions may be asked.
        assume_yes: answer every question with yes.
        raw: leave formulas in CSV cells as they are.
        wait_seconds: how long to wait for a database another process has locked.
        config_folder: where the configuration file is, or would be; the seller's templates are in it.
        shop_name: what messages to buyers are signed with.
        mail: the table ``[mail]`` of the file; ``messaging/account.py`` knows what it means.
        ship_from: the table ``[ship_from]`` of the file, the sender of labels that Amazon sells;
            ``domain/amazon/labels.py`` knows what it means.
        sender: the seller's address, for what is printed.
        country: two letters of where it sends from.
        logo: a picture for what is printed.
        slip_template: a file.
        fonts: font files for letters that ours lack.
        hooks: the folder of programs that are told of each operation.
        hook_seconds: how long each of them may take.
    """

    database: ShopPlace
    output_format: str = "table"
    is_format_told: bool = False
    frozen_now: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: bool | None = None
    interactive: bool = True
    assume_yes: bool = False
    raw: bool = False
    wait_seconds: float = 30.0
    config_folder: Path = Path()
    shop_name: str | None = None
    mail: Mapping[str, Any] = field(default_factory=dict)
    ship_from: Mapping[str, Any] = field(default_factory=dict)
    sender: str | None = None
    country: str | None = None
    logo: str | None = None
    slip_template: str | None = None
    fonts: tuple[Path, ...] = ()
    hooks: Path = Path("hooks")
    hook_seconds: int = HOOK_SECONDS

    @property
    def file(self) -> Path:
        """The database's file, for what is about a file.

        Raises:
            Refused: if the shop is on a server.
        """
        if isinstance(self.database, Path):
            return self.database
        raise about_a_file()

    @property
    def beside(self) -> Path:
        """The file beside which others are kept: the database's; of a server's, one in this user's folder."""
        return self.database if isinstance(self.database, Path) else state_folder() / DATABASE_NAME


def resolve(
    *,
    database: str | None,
    output_format: str | None,
    is_format_told: bool,
    frozen_now: str | None,
    quiet: bool,
    verbose: bool,
    color: str | None,
    no_input: bool,
    assume_yes: bool,
    mends_file: bool = False,
) -> Settings:
    """Settings of this run from its flags and everything behind them.

    With ``mends_file`` the run is about the configuration file itself, so that a fault in it does not stop it;
    then nothing of the file holds.

    Raises:
        UsageProblem: if a variable or the configuration file holds something impossible.
    """
    path = config_path()
    file = _file_to_mend(path) if mends_file else config_file(path)
    chosen = output_format if output_format is not None else _text(file, "format") or "table"
    return Settings(
        database=_place(database, file),
        output_format=checked_format(chosen),
        is_format_told=is_format_told,
        frozen_now=frozen_now,
        quiet=quiet,
        verbose=verbose,
        color=checked_color(color if color is not None else _color(file)),
        interactive=not no_input,
        assume_yes=assume_yes,
        wait_seconds=_seconds(os.environ.get("ORDERCLI_BUSY_SECONDS", "30")),
        config_folder=path.parent,
        shop_name=_text(file, "shop_name"),
        mail=_table(file, "mail"),
        ship_from=_table(file, "ship_from"),
        sender=_text(file, "sender"),
        country=_country(file),
        logo=_text(file, "logo"),
        slip_template=_text(file, "slip_template"),
        fonts=_paths(file, "fonts"),
        hooks=_hooks(file, path),
        hook_seconds=_hook_seconds(file),
    )


def database_of(told: str | None) -> ShopPlace:
    """The database of a run that has no settings, as completion: told on its line, or behind it as always.

    Raises:
        UsageProblem: if the configuration file holds something impossible, or what is told is no place of a shop.
    """
    named = told if told is not None else os.environ.get("ORDERCLI_DB") or None
    place = place_of(named) if named is not None else _database(config_file(config_path()))
    return place.expanduser() if isinstance(place, Path) else place


def _place(told: str | None, file: dict[str, Any]) -> ShopPlace:
    """The database that the line or the environment names, else the configuration file; nothing is no name."""
    return place_of(told) if told is not None else _database(file)


def checked_format(name: str) -> str:
    """The name of an output format.

    Raises:
        UsageProblem: if there is none of that name.
    """
    if name not in FORMATS:
        raise UsageProblem(f"There is no format {name!r}; there are {', '.join(FORMATS)}.")
    return name


def checked_color(when: str) -> bool | None:
    """Whether there is to be color; None lets the terminal decide.

    Raises:
        UsageProblem: for another word than ``auto``, ``always`` and ``never``.
    """
    if when not in COLORS:
        raise UsageProblem(f"--color: {when!r} is none of {', '.join(COLORS)}.")
    return COLORS[when]


def actor() -> str:
    """Who runs this, as the machine names them."""
    import getpass  # noqa: PLC0415 - only writers sign

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _database(file: dict[str, Any]) -> ShopPlace:
    named = _text(file, "database")
    if named is not None:
        place = place_of(named)
        return place.expanduser() if isinstance(place, Path) else place
    return usual_database()


def usual_database() -> Path:
    """Where the database is if nobody says anything: in the platform's folder for the program's data."""
    from platformdirs import user_data_path  # noqa: PLC0415 - needed only when no file is named

    return user_data_path("ordercli", appauthor=False) / DATABASE_NAME


def config_path() -> Path:
    """Where the configuration file is, or would be."""
    named = os.environ.get("ORDERCLI_CONFIG")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME")
    return Path(home) / "ordercli" / "config.toml" if home else _usual_config_folder() / "config.toml"


def config_file(path: Path) -> dict[str, Any]:
    """What the configuration file holds; nothing where there is none.

    Raises:
        UsageProblem: if it is no TOML, or is not there though ``ORDERCLI_CONFIG`` names it.
    """
    if not path.is_file():
        if os.environ.get("ORDERCLI_CONFIG"):
            raise UsageProblem(f"There is no configuration file {path} (ORDERCLI_CONFIG).")
        return {}
    return parsed_file(path.read_bytes(), path)


def parsed_file(content: bytes, path: Path) -> dict[str, Any]:
    """What the bytes of a configuration file say.

    Raises:
        UsageProblem: if they are no TOML.
    """
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(f"The configuration file {path} is not TOML: {error}.") from error


def check_file(file: dict[str, Any]) -> None:
    """Refuse what no run could take from a configuration file; unknown keys and the mail account apart.

    Raises:
        UsageProblem: naming the key.
    """
    for key in ("database", "shop_name", "sender", "logo", "slip_template"):
        _text(file, key)
    _database(file)
    checked_format(_text(file, "format") or "table")
    _color(file)
    _country(file)
    _paths(file, "fonts")
    _text(file, "hooks")
    _hook_seconds(file)
    _table(file, "mail")
    ship_from = _table(file, "ship_from")
    for key in ship_from:
        if not isinstance(ship_from[key], str):
            raise UsageProblem(f"In the configuration file, ship_from.{key} must be text.")


def _file_to_mend(path: Path) -> dict[str, Any]:
    try:
        file = config_file(path)
        check_file(file)
    except UsageProblem:
        return {}
    return file


def _usual_config_folder() -> Path:
    if _ON_LINUX:  # what platformdirs says there, without loading it at every start
        return Path.home() / ".config" / "ordercli"
    from platformdirs import user_config_path  # noqa: PLC0415 - the same

    return user_config_path("ordercli", appauthor=False)


def state_folder() -> Path:
    """Where is kept what this user was shown last, which is no part of a shop's data."""
    home = os.environ.get("XDG_STATE_HOME")
    if home:
        return Path(home) / "ordercli"
    if _ON_LINUX:
        return Path.home() / ".local" / "state" / "ordercli"
    from platformdirs import user_state_path  # noqa: PLC0415 - the same

    return user_state_path("ordercli", appauthor=False)


def _text(file: dict[str, Any], key: str) -> str | None:
    value = file.get(key)
    if value is not None and not isinstance(value, str):
        raise UsageProblem(f"In the configuration file, {key} must be text.")
    return value


def _hooks(file: dict[str, Any], path: Path) -> Path:
    """The folder of hooks, as the configuration file says, else beside it."""
    named = _text(file, "hooks")
    return Path(named).expanduser() if named else path.parent / "hooks"


def _hook_seconds(file: dict[str, Any]) -> int:
    value = file.get("hook_seconds", HOOK_SECONDS)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_HOOK_SECONDS:
        raise UsageProblem(
            f"In the configuration file, hook_seconds must be a whole number from 1 to {MOST_HOOK_SECONDS}."
        )
    return value


def _color(file: dict[str, Any]) -> str:
    value = file.get("color", "auto")
    if isinstance(value, bool):
        return "auto" if value else "never"
    if value not in COLORS:
        raise UsageProblem(f"In the configuration file, color must be one of {', '.join(COLORS)}.")
    return str(value)


def _country(file: dict[str, Any]) -> str | None:
    value = _text(file, "country")
    if value is not None and not (len(value) == 2 and value.isascii() and value.isalpha()):  # noqa: PLR2004
        raise UsageProblem("In the configuration file, country must be two letters, such as US.")
    return value.upper() if value else None


def _paths(file: dict[str, Any], key: str) -> tuple[Path, ...]:
    value = file.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageProblem(f'In the configuration file, {key} must be a list of files: {key} = ["FILE", …].')
    return tuple(Path(item) for item in value)


def _table(file: dict[str, Any], key: str) -> Mapping[str, Any]:
    value = file.get(key, {})
    if not isinstance(value, dict):
        raise UsageProblem(f"In the configuration file, {key} must be a table: [{key}].")
    return value


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:  # noqa: PLR2004 - an hour is long enough for anybody
        raise UsageProblem(f"ORDERCLI_BUSY_SECONDS {text!r} is not a number of seconds from 0 to 3600.")
    return seconds
