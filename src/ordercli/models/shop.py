"""The shop itself, its channels, its locations and every setting that changes a number."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, RowId, String, strict
from ordercli.models.operation import Operation, OperationId


class Shop(Base):
    """The one shop of this database; zone and currency are chosen at ``init`` for good, and so is its mark."""

    __tablename__ = "shop"
    __table_args__ = strict(CheckConstraint("id = 1", name="one_row"))

    id: Mapped[RowId]
    time_zone: Mapped[String]
    currency: Mapped[String]
    mark: Mapped[String]
    operation_id: Mapped[OperationId]


class Channel(Base):
    """A place where orders come from."""

    __tablename__ = "channel"
    __table_args__ = strict()

    name: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[OperationId]


class Setting(Base):
    """One dated value of a setting; the row with the latest ``valid_from`` not after a day holds on it.

    Of two rows for one day the later one holds; one without a value says that the default does. ``name`` is a key
    of ``domain/settings.py``; settings of a channel are named ``channel.NAME.KEY``.
    """

    __tablename__ = "setting"
    __table_args__ = strict(Index(None, "name", "valid_from", "id"))

    id: Mapped[RowId]
    name: Mapped[String]
    valid_from: Mapped[String]
    value: Mapped[str | None]
    operation_id: Mapped[OperationId]


class Location(Base):
    """Where units can be.

    ``kind`` is ``sellable`` (orders draw on it), ``storage`` (own places that do not sell), ``quarantine``,
    ``damaged``, ``fba`` (sold by Amazon), ``fba_inbound``, ``fba_unsellable``, or ``outside`` (supplier,
    customer, loss), which holds no stock. Places that every shop has name no operation. ``closed_on`` is the day
    from which nothing is put there any more.
    """

    __tablename__ = "location"
    __table_args__ = strict(
        CheckConstraint(
            "kind IN ('sellable', 'storage', 'quarantine', 'damaged', 'fba', 'fba_inbound', 'fba_unsellable',"
            " 'outside')",
            name="kind",
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[String]
    name: Mapped[str | None]
    operation_id: Mapped[int | None] = mapped_column(ForeignKey(Operation.id))
    closed_on: Mapped[str | None]


class ImportFile(Base):
    """A file whose import changed something; its hash tells that it has been seen, and decides nothing."""

    __tablename__ = "import_file"
    __table_args__ = strict(Index(None, "sha256"))

    id: Mapped[RowId]
    operation_id: Mapped[OperationId]
    name: Mapped[String]
    layout: Mapped[String]
    sha256: Mapped[String]
