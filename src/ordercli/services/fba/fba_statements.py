"""Amazon's reports of the stock it has, each taken as the truth at its time."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from ordercli.domain.fba.fba_rows import StatementRow
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.fba.fba_book import Correction, Facts, correction_counts, correction_notes, keep_book
from ordercli.services.operations import Outcome, Work

_FIGURES = ("fulfillable", "reserved", "unsellable", "inbound")


def import_statement(
    work: Work, kind: str, rows: Sequence[StatementRow], *, sha256: str, stated_at: str | None
) -> Outcome:
    """Take a report of Amazon's stock as the truth at its time; what nothing explains was found or lost.

    The same file again changes nothing, unless it is told to be of another moment.

    Args:
        work: the command's frame.
        kind: ``available``, ``inventory``, ``reserved`` or ``restock``.
        rows: what it says.
        sha256: of the file.
        stated_at: its time; None for now.

    Raises:
        Refused: if its time is still to come, or another report of the kind is of the same time.
    """
    moment = moment_of_report(work, stated_at)
    posted = work.connection.execute(
        text(
            "SELECT id, stated_at FROM fba_statement WHERE kind = :kind AND sha256 = :sha256"
            " AND (:at IS NULL OR stated_at = :at) ORDER BY id DESC LIMIT 1"
        ),
        {"kind": kind, "sha256": sha256, "at": stated_at},
    ).one_or_none()
    if posted is not None:
        return Outcome(
            f"this file is the {kind} report of {posted.stated_at} already; give --at if it holds for another time"
        )
    sums = _sums(rows)
    same = _stated(work, kind, moment)
    if same is not None:
        if same == sums:
            return Outcome(f"the {kind} report of {moment} is in already")
        raise other_report(kind, moment)
    _keep(work, kind, moment, sha256, sums)
    facts = Facts()
    corrections = keep_book(work, set(sums), facts)
    return Outcome(
        f"{kind} report of {count(len(sums), 'product')} at {moment}{_said(corrections)}",
        {"fba_statements": 1, "fba_corrections": len(corrections)},
        correction_counts(corrections),
        facts.warnings,
        notes=correction_notes(work, corrections),
    )


def moment_of_report(work: Work, stated_at: str | None) -> str:
    """When a report was made, as told; now if it is not.

    Raises:
        Refused: if that is still to come.
    """
    moment = stated_at or work.now
    if moment > work.now:
        raise Refused(f"{moment} is still to come; give the time at which the report was made.")
    return moment


def other_report(kind: str, moment: str) -> Refused:
    """What is said of a report that tells another thing of a moment than the one that is in."""
    return Refused(f"Another {kind} report is of {moment}; say with --at when this one was made.")


_Figures = tuple[int | None, ...]


def _keep(work: Work, kind: str, moment: str, sha256: str, sums: "Mapping[int, _Figures]") -> None:
    number = work.connection.execute(
        text(
            "INSERT INTO fba_statement (kind, stated_at, sha256, operation_id)"
            " VALUES (:kind, :at, :sha256, :operation) RETURNING id"
        ),
        {"kind": kind, "at": moment, "sha256": sha256, "operation": work.operation},
    ).scalar_one()
    if sums:
        work.connection.execute(
            text(
                "INSERT INTO fba_statement_line (fba_statement_id, product_id, fulfillable, reserved, unsellable,"
                " inbound) VALUES (:statement, :product, :fulfillable, :reserved, :unsellable, :inbound)"
            ),
            [
                {"statement": number, "product": product, **dict(zip(_FIGURES, figures, strict=True))}
                for product, figures in sorted(sums.items())
            ],
        )


def _sums(rows: Sequence[StatementRow]) -> dict[int, _Figures]:
    """Units by product of all listings together, each figure as far as any of them tells it."""
    sums: dict[int, dict[str, int]] = {}
    for row in rows:
        for product, each in row.parts.items():
            told = sums.setdefault(product, {})
            for figure, units in row.figures.items():
                told[figure] = told.get(figure, 0) + units * each
    return {product: tuple(told.get(figure) for figure in _FIGURES) for product, told in sums.items()}


def _stated(work: Work, kind: str, moment: str) -> dict[int, _Figures] | None:
    number = work.connection.execute(
        text("SELECT id FROM fba_statement WHERE kind = :kind AND stated_at = :at"), {"kind": kind, "at": moment}
    ).scalar()
    if number is None:
        return None
    rows = work.connection.execute(
        text(
            "SELECT product_id, fulfillable, reserved, unsellable, inbound FROM fba_statement_line"
            " WHERE fba_statement_id = :statement"
        ),
        {"statement": number},
    )
    return {product: tuple(figures) for product, *figures in rows}


def _said(corrections: Sequence[Correction]) -> str:
    counts = correction_counts(corrections)
    parts = [f"{counts[f'units_{word}']} {word}" for word in ("found", "lost") if counts[f"units_{word}"]]
    return f": {', '.join(parts)} without explanation" if parts else ": as the book has it"
