"""Where a database may be made, and where it is better not to be.

A database is made where the user said and nowhere else: not at the far end of a link that leads nowhere, and not
in a folder that a slip of the pen would make.
"""

from pathlib import Path

from ordercli.errors import Refused
from ordercli.server import ShopPlace
from ordercli.unfinished import make_folder

_SYNCED = ("dropbox", "onedrive", "icloud drive", "mobile documents", "icloud~", "google drive", "googledrive")
"""How folders begin that cloud clients keep in step, as their clients name them on each system."""
_WITHIN = {"cloudstorage", "com~apple~clouddocs", "my drive"}


def make_room(database: Path, usual: Path) -> None:
    """Make the folder of a new database, if it is the program's own; any other has to be there.

    Args:
        database: where it is to be.
        usual: where it is if nobody says anything.

    Raises:
        Refused: for a link that leads nowhere, or a folder that is not there.
    """
    if database.is_symlink() and not database.exists():
        raise Refused(f"{database} is a link to {database.readlink()}, which is not there; name the file itself.")
    folder = database.absolute().parent
    if database == usual:
        make_folder(folder, 0o700)
    elif not folder.is_dir():
        raise Refused(f"There is no folder {folder}; make it first, or name another place with --db.")


def is_synced(database: Path) -> str | None:
    """The folder a cloud client keeps in step that a database lies in; None if it lies in none that is known.

    A client copies a file while it is written to, and brings back an older one: both lose orders.
    """
    path = database.absolute()
    for place in (path.parent, path.resolve().parent):
        for folder in (place, *place.parents):
            name = folder.name.casefold()
            if name.startswith(_SYNCED) or name in _WITHIN:
                return str(folder)
    return None


def warning_of(place: ShopPlace) -> str | None:
    """What is said of where a shop's database is, before something is written to it; None if all is well."""
    if isinstance(place, Path):
        return sync_warning(place)
    if place.has_password:
        return (
            "warning: the password stands in the URL, where other users of this machine and the shell's history"
            " see it; write it into ~/.pgpass, set PGPASSWORD, or keep it in the keyring."
        )
    return None


def sync_warning(database: Path) -> str | None:
    """What is said of a database in such a folder; None of any other."""
    folder = is_synced(database)
    if folder is None:
        return None
    return (
        f"warning: {folder} is kept in step by a cloud client, which can damage a database or bring back an old "
        "one; keep it elsewhere and let the client have its backups: ordercli backup --to DIR"
    )
