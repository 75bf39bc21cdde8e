"""What ``doctor`` asks of a shop: of its rows, and of the file or the server that keeps it."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ordercli.checks import DAY_SUMS, ORDERS
from ordercli.queries.doctor import Check, Checked, Find, asked, row_checks
from ordercli.queries.reader import Reader, reading_through
from ordercli.queries.reports.day_sums import stale_day
from ordercli.queries.side_by_side import side_by_side
from ordercli.server import ShopPlace

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Examiner(Protocol):
    """What is asked of what keeps a shop: a file (``filecheckup.py``), or a server (``postgres/checkup.py``)."""

    @property
    def mends(self) -> str:
        """What :meth:`mend` does, as a clause."""

    @property
    def mended(self) -> str:
        """The same once it is done, as a sentence."""

    @property
    def of_place_codes(self) -> frozenset[str]:
        """Codes of the checks that :meth:`mend` is for; what the others find is mended in the rows."""

    def of_engine(self, *, deep: bool) -> Iterable[tuple[Check, Find]]:
        """What is asked of the rows by the engine's own means."""

    def apart(self, find: Find) -> Find:
        """A look of which an error leaves the transaction as it was."""

    def folders(self, reader: Reader, told: Path | None) -> list[Path]:
        """Where its backups are: where somebody told, or all that were used."""

    def of_place(self, reader: Reader, told: Path | None, *, deep: bool) -> Iterator[Checked]:
        """The checks of the place itself, and of the backups.

        Args:
            reader: of the shop.
            told: the folder of its backups; all that were used if left out.
            deep: read the newest backup, and look into it.
        """

    def unread(self, reader: Reader, told: Path | None, findings: Iterable[Checked]) -> Path | None:
        """The newest backup, if none of these looked into it and a passphrase would have one do so."""

    def mend(self, folders: Sequence[Path], *, wait_seconds: float) -> None:
        """Put in order what is not in the rows."""


def examiner_of(place: ShopPlace) -> Examiner:
    """What is asked of what keeps a shop."""
    if isinstance(place, Path):
        from ordercli.filecheckup import FileExaminer  # noqa: PLC0415 - one of the two is needed

        return FileExaminer(place)
    from ordercli.postgres.checkup import ServerExaminer  # noqa: PLC0415 - the same

    return ServerExaminer(place)


def checked(reader: Reader, place: ShopPlace, backups: Path | None, *, deep: bool) -> Iterator[Checked]:
    """Every check, those of the rows first.

    Args:
        reader: of the database.
        place: where it is.
        backups: the folder of its backups; those that were used, and ``backups`` beside a file, if left out.
        deep: also look at every cell, and hold every row against the newest backup.
    """
    examiner = examiner_of(place)
    yield from side_by_side(reader, place, list(_held(examiner, deep=deep)))
    if deep:
        yield from _made_of_rows(reader, place, examiner)
    yield from examiner.of_place(reader, backups, deep=deep)


def held(reader: Reader, place: ShopPlace, *, deep: bool) -> Iterator[Checked]:
    """The checks of what is in a database, wherever it lies, one after the other."""
    examiner = examiner_of(place)
    for check, find in _held(examiner, deep=deep):
        yield asked(check, partial(find, reader))
    if deep:
        yield from _made_of_rows(reader, place, examiner)


def _held(examiner: Examiner, *, deep: bool) -> Iterator[tuple[Check, Find]]:
    for check, find in (*examiner.of_engine(deep=deep), *row_checks(deep=deep)):
        yield check, examiner.apart(find)


def _made_of_rows(reader: Reader, place: ShopPlace, examiner: Examiner) -> Iterator[Checked]:
    """The checks of what is kept of other rows, and is made of them once more."""
    for check, find in ((ORDERS, partial(_order_out_of_line, place)), (DAY_SUMS, stale_day)):
        yield asked(check, partial(examiner.apart(find), reader))


def _order_out_of_line(place: ShopPlace, reader: Reader) -> str | None:
    from ordercli.db import trying  # noqa: PLC0415 - the write side takes long to load

    with trying(place) as connection:
        return _odd_order(connection, reader.now)


def _odd_order(connection: "Connection", now: str) -> str | None:
    """The first order that is not what the use cases of the import make of what is held of it."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - as above

    from ordercli.services.operations import Work  # noqa: PLC0415
    from ordercli.services.orders.book_check import orders_out_of_line  # noqa: PLC0415
    from ordercli.services.settings import get_shop  # noqa: PLC0415

    try:
        found = orders_out_of_line(Work(connection, now, 0, get_shop(connection)))
    except SQLAlchemyError as error:
        return f"rows without sense ({type(error).__name__})"
    return f"order {found[0][1]}" if found else None


def left_broken(place: ShopPlace, codes: Collection[str], *, now: str, wait_seconds: float) -> Checked | None:
    """What would still be broken if what these checks are about were made anew; it is tried, and taken back."""
    from sqlalchemy.exc import IntegrityError, InvalidRequestError  # noqa: PLC0415 - the write side takes long to load

    from ordercli.db import driver_of, writing  # noqa: PLC0415
    from ordercli.services.operations import Work, begin_operation, seal_operation  # noqa: PLC0415
    from ordercli.services.safety.rebuilding import rebuild  # noqa: PLC0415
    from ordercli.services.settings import get_shop  # noqa: PLC0415

    with writing(place, wait_seconds=wait_seconds) as connection, connection.begin() as transaction:
        try:
            driver = driver_of(connection)
            number = begin_operation(connection, command="doctor", actor="", now=now)
            seal_operation(connection, number, rebuild(Work(connection, now, number, get_shop(connection)), codes))
            reader = reading_through(driver, now=now)
            found = [
                *(asked(check, partial(find, reader)) for check, find in _held(examiner_of(place), deep=True)),
                asked(ORDERS, partial(_odd_order, connection, now)),
            ]
        except (IntegrityError, sqlite3.IntegrityError):  # what is damaged cannot be held against laws
            return Checked(ORDERS, "rows that break a law")
        except InvalidRequestError:  # no row, or several, where there is one of each shop
            return Checked(ORDERS, "rows without sense")
        finally:
            transaction.rollback()
    return next((each for each in found if each.status == "BROKEN"), None)
