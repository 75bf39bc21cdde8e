"""What a calendar is told: what has to be done by when, and what was to be done and is."""

from collections.abc import Sequence
from typing import NamedTuple


class Deadline(NamedTuple):
    """One entry of a calendar.

    Attributes:
        name: the same for the same thing whenever it is told, and for nothing else: ``refund-RMA-0003``.
        due: an instant, or a day, which is one in whatever zone the calendar is read.
        title: what is to be done, in a line.
        detail: which ones.
        command: what does or shows it.
        is_done: whether there is nothing left to do, so that the entry is to go.
    """

    name: str
    due: str
    title: str
    detail: str
    command: str
    is_done: bool = False

    @property
    def is_day(self) -> bool:
        """Whether it is a day and no instant."""
        return "T" not in self.due


class Calendar(NamedTuple):
    """Everything a calendar is told at one moment.

    Attributes:
        shop: tells this shop from others, in letters and digits.
        now: when it was told, UTC text.
        version: higher than at any earlier moment at which something else would have been told.
        deadlines: by what is due first.
    """

    shop: str
    now: str
    version: int
    deadlines: Sequence[Deadline]
