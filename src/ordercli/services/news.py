"""Remembering what a check has told, so that the next one tells only what is new."""

import json
from collections.abc import Collection

from sqlalchemy import text

from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work


def keep_told(work: Work, source: str, items: Collection[str]) -> Outcome:
    """Record what a check of a report has found; what is gone from it is news again when it comes back."""
    work.connection.execute(
        text("INSERT INTO news_told (source, items, operation_id) VALUES (:source, :items, :operation)"),
        {"source": source, "items": json.dumps(sorted(items)), "operation": work.operation},
    )
    return Outcome(f"told what is new in {source}, which finds {count(len(items), 'thing')}", {"checks": 1})
