"""The only place that asks the machine for the time.

Everything else gets "now" handed in, so that ``--now`` (or ``ORDERCLI_NOW``) freezes it in tests and demos.
"""

from datetime import UTC, datetime

from ordercli.domain.fields import FieldError
from ordercli.domain.times import parse_instant
from ordercli.errors import UsageProblem


def current_instant(frozen: str | None) -> str:
    """The present moment as UTC text ending in ``Z``, whole seconds.

    Args:
        frozen: an ISO 8601 instant with offset that stands for now, or None to ask the machine.

    Raises:
        UsageProblem: if ``frozen`` is not such an instant.
    """
    if frozen is None:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        return parse_instant(frozen)
    except FieldError as error:
        raise UsageProblem(f"--now {frozen!r}: {error}; write it like 2026-03-16T09:00:00-04:00.") from error
