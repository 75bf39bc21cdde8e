"""What commands do with a shop as a whole: one interface of a file and of a server.

Everything else that they ask goes to a connection (``driver.py``) or through the door (``dbplace.py``); how copies
are written and looked at is ``copying.py``, what ``doctor`` asks of the place ``checkup.py``.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ordercli.server import ShopPlace

if TYPE_CHECKING:
    from ordercli.belonging import Held
    from ordercli.domain.report import Report
    from ordercli.encryption import BackupKey
    from ordercli.erasing import Cleaned
    from ordercli.keeping import FoundCopy
    from ordercli.services.operations import Outcome
    from ordercli.services.settings import ShopFacts
    from ordercli.upkeep import Restored


class Keeper(Protocol):
    """What keeps one shop: a file (``filekeeper.py``), or a server (``postgres/keeper.py``)."""

    def create(self, shop: "ShopFacts", *, now: str, actor: str, wait_seconds: float) -> "Outcome":
        """Make the shop, or find that it is made; two processes may do so at once.

        Raises:
            DatabaseProblem: if the place belongs to another program, or has another schema.
            Refused: if it is another shop's.
        """

    def upgrade(self, *, now: str, wait_seconds: float) -> Path | None:
        """Bring the schema up to this program's.

        Returns:
            The backup that was made before; None if there was nothing to do.

        Raises:
            DatabaseProblem: if nothing leads from its schema to this program's.
        """

    def is_at(self, file: Path) -> bool:
        """Whether a file is the shop itself."""

    def restore(
        self,
        backup: Path,
        key: "BackupKey | None",
        agree: Callable[[bool], None],
        *,
        now: str,
        wait_seconds: float,
    ) -> "Restored":
        """Put what a backup holds in the place of the shop; what was there is kept as a backup.

        Args:
            backup: the copy.
            key: of an encrypted one.
            agree: asked before something is replaced, and told whether the backup is of another shop.
            now: the present.
            wait_seconds: for other processes.

        Raises:
            OrdercliError: for what is no sound backup of such a place, and for what stands in its way.
        """

    def finish_restore(self, *, wait_seconds: float) -> None:
        """Have whom a restored shop erased again in no byte of it any more; again does no harm.

        Raises:
            DatabaseBusy: if another process reads it all the while.
        """

    def drill(self, copy: "FoundCopy", key: "BackupKey | None", *, now: str, wait_seconds: float) -> "Report":
        """Bring a copy back beside the shop, of which nothing changes, and look at it there; a row a step.

        Raises:
            NotWritable: if there is no room for that.
            Refused: if the user may not.
        """

    def is_erasing(self) -> bool:
        """Whether what an earlier run erased may still be somewhere."""

    def held(self) -> "Sequence[Held] | None":
        """The files that hold what the shop did; None where that is known only once something is erased."""

    def clean(self, *, now: str, wait_seconds: float, may_delete: bool) -> "Cleaned":
        """See to it that what was erased is in no byte of the shop, its backups and its mails; again does no harm.

        Args:
            now: the present.
            wait_seconds: for other processes.
            may_delete: whether backups that cannot be rewritten are deleted.

        Raises:
            DatabaseBusy: if another process reads what was there before all the while; the next run goes on.
        """


def keeper_of(place: ShopPlace, beside: Path) -> Keeper:
    """What keeps a shop.

    Args:
        place: where it is.
        beside: the file beside which others are kept, and encrypted copies opened: its own, if it is in a file.
    """
    if isinstance(place, Path):
        from ordercli.filekeeper import FileKeeper  # noqa: PLC0415 - one of the two is needed

        return FileKeeper(place)
    from ordercli.postgres.keeper import ServerKeeper  # noqa: PLC0415 - the same

    return ServerKeeper(place, beside)
