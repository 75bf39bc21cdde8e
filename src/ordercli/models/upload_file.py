"""What a channel is told together, mostly in a file for its upload page; the things are in ``upload_item.py``."""

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, RowId, String, strict
from ordercli.models.operation import OperationId
from ordercli.models.shop import Channel


class UploadFile(Base):
    """One file for a channel's upload page, or what calls of one run told it.

    ``kind`` is ``confirmation`` of shipments, ``refund`` or ``cancellation``. ``state`` is ``unknown`` from the
    moment what it tells is marked until the bytes are known to be out, then ``written``. A crash in between
    leaves ``unknown``, and nothing is sent again by itself. ``via`` is ``file``, or ``call`` for what was told by
    calls: those are known to have been taken or refused when the row is made.
    """

    __tablename__ = "upload_file"
    __table_args__ = strict(
        CheckConstraint("state IN ('unknown', 'written')", name="state"),
        CheckConstraint("kind IN ('confirmation', 'refund', 'cancellation')", name="kind"),
        CheckConstraint("via = 'file' OR (via = 'call' AND state = 'written')", name="via"),
    )

    id: Mapped[RowId]
    operation_id: Mapped[OperationId]
    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name))
    written_at: Mapped[Instant]
    name: Mapped[String]
    state: Mapped[String]
    kind: Mapped[str] = mapped_column(server_default=text("'confirmation'"))
    via: Mapped[str] = mapped_column(server_default=text("'file'"))
