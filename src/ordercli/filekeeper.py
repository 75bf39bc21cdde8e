"""A shop in a file, as commands ask for it as a whole: see ``keeper.py``."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ordercli import drill, erasing, upkeep
from ordercli.belonging import Held
from ordercli.domain.report import Report
from ordercli.encryption import BackupKey
from ordercli.keeping import FoundCopy
from ordercli.services.operations import Outcome
from ordercli.services.settings import ShopFacts


class FileKeeper:
    """The file; what its methods promise stands at :class:`ordercli.keeper.Keeper`."""

    def __init__(self, path: Path) -> None:
        """At this place, whether it is there or not."""
        self._path = path

    def create(self, shop: ShopFacts, *, now: str, actor: str, wait_seconds: float) -> Outcome:
        """Make the file."""
        make_schema = partial(upkeep.make_schema, path=self._path)
        return upkeep.create_database(
            self._path, make_schema, shop, now=now, actor=actor, wait_seconds=wait_seconds
        )

    def upgrade(self, *, now: str, wait_seconds: float) -> Path | None:
        """By the migrations."""
        return upkeep.upgrade_database(self._path, now=now, wait_seconds=wait_seconds)

    def is_at(self, file: Path) -> bool:
        """By the path, links followed."""
        return self._path.exists() and file.resolve() == self._path.resolve()

    def restore(
        self, backup: Path, key: BackupKey | None, agree: Callable[[bool], None], *, now: str, wait_seconds: float
    ) -> upkeep.Restored:
        """Through SQLite, into the file."""
        if self._path.exists():
            agree(upkeep.is_other_shops(backup, self._path, key))
        return upkeep.restore_database(backup, self._path, now=now, wait_seconds=wait_seconds, key=key)

    def finish_restore(self, *, wait_seconds: float) -> None:
        """Nothing: the file is written whole."""

    def drill(self, copy: FoundCopy, key: BackupKey | None, *, now: str, wait_seconds: float) -> Report:
        """In a scratch file."""
        return drill.drill(copy, self._path, key, now=now, wait_seconds=wait_seconds)

    def is_erasing(self) -> bool:
        """As the file says."""
        return erasing.is_unfinished(self._path)

    def held(self) -> Sequence[Held]:
        """In every folder where its copies may be."""
        return list(erasing.held_in(erasing.folders_of(self._path), self._path))

    def clean(self, *, now: str, wait_seconds: float, may_delete: bool) -> erasing.Cleaned:
        """Write the file and its backups anew."""
        folders = erasing.folders_of(self._path)
        return erasing.clean(self._path, folders, now=now, wait_seconds=wait_seconds, may_delete=may_delete)
