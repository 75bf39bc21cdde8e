"""What was told before: a check that tells news leaves out what it found the last time too."""

import json

from ordercli.queries.reader import Reader

TOLD = "SELECT items FROM news_told WHERE source = :source ORDER BY id DESC LIMIT 1"


def told_before(reader: Reader, source: str) -> frozenset[str]:
    """What the last check of a report found; nothing if there was none."""
    row = reader.rows(TOLD, {"source": source}).fetchone()
    return frozenset() if row is None else frozenset(json.loads(row[0]))
