"""Running the migrations; the only importer of Alembic."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ordercli.db import driver_of
from ordercli.dbfile import APPLICATION_ID
from ordercli.errors import DatabaseProblem
from ordercli.shape import scripts_folder

__all__ = ["revisions", "scripts_folder", "upgrade"]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revisions() -> list[str]:
    """Every revision in the scripts, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def upgrade(connection: Connection, *, target: str = "head") -> None:
    """Bring the schema to ``target`` inside the transaction already begun on ``connection``.

    Foreign keys must be off (set before the transaction began, where the pragma still works), because
    rebuilding a table drops the old one; they are checked here before the caller commits.

    Raises:
        DatabaseProblem: if rows refer to missing ones afterwards.
    """
    driver = driver_of(connection)
    command.upgrade(_config(connection), target)
    driver.execute("DELETE FROM counted_day")  # their sums are what the reports found before
    driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise DatabaseProblem(
            f"The upgrade would leave {len(broken)} rows pointing nowhere; nothing changed, keep the backup "
            "and report this."
        )
