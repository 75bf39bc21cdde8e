"""A shop on a server, as commands ask for it as a whole: see ``keeper.py`` of the folder above."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from ordercli.db import driver_of
from ordercli.domain.report import Report
from ordercli.encryption import BackupKey
from ordercli.erasing import Cleaned, is_unfinished
from ordercli.keeping import FoundCopy
from ordercli.postgres import drill, erasing, opening, restore
from ordercli.queries.reader import reading
from ordercli.server import Server
from ordercli.services.operations import Outcome
from ordercli.services.settings import ShopFacts
from ordercli.upkeep import Restored, create_database


class ServerKeeper:
    """The server; what its methods promise stands at :class:`ordercli.keeper.Keeper`."""

    def __init__(self, server: Server, beside: Path) -> None:
        """With the file beside which encrypted copies are opened on this machine."""
        self._server, self._beside = server, beside

    def create(self, shop: ShopFacts, *, now: str, actor: str, wait_seconds: float) -> Outcome:
        """In a database that is there, and empty."""

        def make_schema(connection: Connection) -> None:
            with connection.begin():
                opening.make_or_check(driver_of(connection), self._server)

        return create_database(self._server, make_schema, shop, now=now, actor=actor, wait_seconds=wait_seconds)

    def upgrade(self, *, now: str, wait_seconds: float) -> None:
        """There is one schema of a server yet."""
        with reading(self._server, now=now, wait_seconds=wait_seconds):  # which sees that it is current
            pass

    def is_at(self, _: Path) -> bool:
        """No file is."""
        return False

    def restore(
        self, backup: Path, key: BackupKey | None, agree: Callable[[bool], None], *, now: str, wait_seconds: float
    ) -> Restored:
        """The backup is made a database beside the shop's before anybody is asked."""
        is_there, folder = restore.has_shop(self._server), self._beside.absolute().parent / "backups"
        with restore.proved(backup, self._server, wait_seconds=wait_seconds, beside=self._beside, key=key) as made:
            if is_there:
                agree(restore.is_other_shops(made, self._server))
            return restore.put_in_place(
                made, backup, self._server, folder, is_there=is_there, now=now, wait_seconds=wait_seconds
            )

    def finish_restore(self, *, wait_seconds: float) -> None:
        """Write the tables anew, which only their owner may."""
        if erasing.left_unclean(self._server):
            erasing.clean_tables(self._server, wait_seconds=wait_seconds)

    def drill(self, copy: FoundCopy, key: BackupKey | None, *, now: str, wait_seconds: float) -> Report:
        """In a database beside the shop's."""
        return drill.drill(copy, self._server, self._beside, key, now=now, wait_seconds=wait_seconds)

    def is_erasing(self) -> bool:
        """As the shop says, or a restore that was stopped before its tables were written anew."""
        return is_unfinished(self._server) or erasing.left_unclean(self._server)

    def held(self) -> None:
        """Copies of before, by the number of the operation that erases."""

    def clean(self, *, now: str, wait_seconds: float, may_delete: bool) -> Cleaned:
        """Write the tables anew; no copy can be rewritten."""
        return erasing.clean(self._server, now=now, wait_seconds=wait_seconds, may_delete=may_delete)
