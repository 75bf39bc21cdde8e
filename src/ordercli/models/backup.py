"""Where copies of this database are: what a command must know to prove them, or to erase a person from them."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Count, Flag, Instant, RowId, String, strict


class BackupFolder(Base):
    """A folder that copies were put into. It is remembered before the first one is, and stays so.

    Attributes:
        path: absolute, links resolved.
        first_used_at: when that was.
    """

    __tablename__ = "backup_folder"
    __table_args__ = strict(UniqueConstraint("path"))

    id: Mapped[RowId]
    path: Mapped[String]
    first_used_at: Mapped[Instant]


class BackupCopy(Base):
    """A copy that was made and found good, until a rotation deletes it.

    Attributes:
        name: of the file.
        made_at: when.
        last_operation: the last operation that is in it.
        row_count: rows in all its tables but these.
        byte_count: length of the file.
        digest: SHA-256 of the file, in hex.
        is_encrypted: whether only a key opens it.
        proved_at: when all laws were found to hold in it; NULL if it was only looked at quickly.
        bad_digest: what the file's digest was when it was last found bad, empty if it could not be read; NULL
            while it is not.
    """

    __tablename__ = "backup_copy"
    __table_args__ = strict(UniqueConstraint("backup_folder_id", "name"))

    id: Mapped[RowId]
    backup_folder_id: Mapped[int] = mapped_column(ForeignKey(BackupFolder.id))
    name: Mapped[String]
    made_at: Mapped[Instant]
    last_operation: Mapped[Count]
    row_count: Mapped[Count]
    byte_count: Mapped[Count]
    digest: Mapped[String]
    is_encrypted: Mapped[Flag]
    proved_at: Mapped[str | None]
    bad_digest: Mapped[str | None]
