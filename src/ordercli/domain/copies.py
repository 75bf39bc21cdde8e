"""Names of copies of a database, and which of them a rule like ``14d,8w,12m`` keeps."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.times import local

PROVE_DAYS = 7
"""So long after a copy was proved in full the next one is proved in full too."""
PLAIN = ".db"
DUMP = ".dump"
"""What the name of a copy of a shop on a server ends with, in the place of :data:`PLAIN`."""
LOCKED = ".age"
"""What follows in the name of an encrypted one."""
ENCRYPTED = f"{PLAIN}{LOCKED}"
_STAMP = re.compile(
    r"-([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z(?:-([1-9][0-9]*))?(\.db|\.dump)(\.age)?"
)
_RULE = re.compile(r"([1-9][0-9]{0,3})([hdwmy]?)")


class CopyName(NamedTuple):
    """What the name of a copy says; such names sort by when they were made, and then by their number.

    Attributes:
        made_at: when, as UTC text.
        number: 1, or which one it is of those made in one second.
        is_encrypted: whether only a key opens it.
    """

    made_at: str
    number: int
    is_encrypted: bool


def parse_copy_name(stem: str, name: str, plain: str = PLAIN) -> CopyName | None:
    """What a file's name says; None for one that is no copy of the database with this stem.

    Args:
        stem: what the name begins with.
        name: of the file.
        plain: :data:`PLAIN`, or :data:`DUMP` of a shop on a server.
    """
    found = _STAMP.fullmatch(name.removeprefix(stem)) if name.startswith(stem) else None
    if found is None or found[8] != plain:
        return None
    year, month, day, hour, minute, second, number, _, locked = found.groups()
    return CopyName(f"{year}-{month}-{day}T{hour}:{minute}:{second}Z", int(number or 1), locked is not None)


def copy_stem(stem: str, now: str) -> str:
    """The beginning of the names of copies made at an instant, which is UTC text."""
    return f"{stem}-{now.replace('-', '').replace(':', '')}"


class KnownCopy(NamedTuple):
    """A copy as it was when it was found good; the fields are those of ``backup_copy``.

    Attributes:
        folder: absolute.
    """

    folder: str
    name: str
    made_at: str
    last_operation: int
    row_count: int
    byte_count: int
    digest: str
    is_encrypted: int
    proved_at: str | None
    bad_digest: str | None = None


class Keep(NamedTuple):
    """One part of a rule: the newest copy of each of the last ``most`` spans that have one.

    Attributes:
        most: how many, from 1 to 9999.
        unit: ``h``, ``d``, ``w``, ``m`` or ``y``; empty for the copies themselves.
    """

    most: int
    unit: str


def parse_keep(text: str) -> tuple[Keep, ...]:
    """Parts such as ``14d,8w,12m`` or ``30``.

    Raises:
        FieldError: for anything else.
    """
    parts = [_RULE.fullmatch(part) for part in text.replace(" ", "").split(",")]
    found = tuple(Keep(int(part[1]), part[2]) for part in parts if part)
    if len(found) < len(parts):
        raise FieldError(f"{shown(text)} is not a number of copies such as 30, or spans such as 14d,8w,12m")
    return found


def _week(instant: str, zone: str) -> str:
    year, week, _ = local(instant, zone).isocalendar()
    return f"{year}-{week:02}"


_SPANS: dict[str, Callable[[str, str], str]] = {
    "h": lambda instant, _: instant[:13],
    "d": lambda instant, zone: local(instant, zone).date().isoformat(),
    "w": _week,
    "m": lambda instant, zone: local(instant, zone).date().isoformat()[:7],
    "y": lambda instant, zone: local(instant, zone).date().isoformat()[:4],
}


def kept(copies: Sequence[CopyName], rules: Sequence[Keep], zone: str) -> set[CopyName]:
    """Those of the copies that a rule keeps: of each part of it the newest of each span.

    Spans without a copy do not count, so that a shop that makes no more copies does not lose those it has. Days,
    weeks (from Monday), months and years are those of ``zone``.
    """
    newest_first = sorted(copies, reverse=True)
    found: set[CopyName] = set()
    for most, unit in rules:
        if not unit:
            found.update(newest_first[:most])
            continue
        spans: dict[str, CopyName] = {}
        for copy in newest_first:
            spans.setdefault(_SPANS[unit](copy.made_at, zone), copy)
        found.update(list(spans.values())[:most])
    return found
