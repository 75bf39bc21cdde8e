"""What Amazon advises, kept as it was told: its figures beside ours in ``reorder --fba``."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from ordercli.domain.fba.fba_rows import AdviceRow
from ordercli.domain.words import count
from ordercli.services.fba.fba_statements import moment_of_report, other_report
from ordercli.services.operations import Outcome, Work

_FIGURES = (
    "days_of_supply",
    "recommended_quantity",
    "units_7",
    "units_30",
    "units_60",
    "units_90",
    "excess_quantity",
    "alert",
)
_FEWEST = ("days_of_supply",)


def keep_advice(
    work: Work, kind: str, rows: Sequence[AdviceRow], *, sha256: str, stated_at: str | None
) -> Outcome:
    """Keep what a report advises; the same file again changes nothing.

    Args:
        work: the command's frame.
        kind: ``restock`` or ``planning``.
        rows: what it says.
        sha256: of the file.
        stated_at: its time; None for now.

    Raises:
        Refused: if its time is still to come, or another report of the kind is of the same time.
    """
    moment = moment_of_report(work, stated_at)
    known = work.connection.execute(
        text(
            "SELECT stated_at, sha256 FROM fba_advice WHERE kind = :kind"
            " AND (sha256 = :sha256 AND :at IS NULL OR stated_at = :moment) ORDER BY sha256 <> :sha256, id DESC"
        ),
        {"kind": kind, "sha256": sha256, "at": stated_at, "moment": moment},
    ).first()
    if known is not None and known.sha256 != sha256:
        raise other_report(kind, moment)
    if known is not None:
        return Outcome(f"the {kind} report of {known.stated_at} is in already")
    figures = _together(rows)
    _insert(work, kind, moment, sha256, figures)
    return Outcome(
        f"{kind} report of {count(len(figures), 'product')} at {moment}: Amazon's figures kept",
        {"fba_advice": 1},
    )


def _insert(work: Work, kind: str, moment: str, sha256: str, figures: Mapping[int, Mapping[str, object]]) -> None:
    number = work.connection.execute(
        text(
            "INSERT INTO fba_advice (kind, stated_at, sha256, operation_id)"
            " VALUES (:kind, :at, :sha256, :operation) RETURNING id"
        ),
        {"kind": kind, "at": moment, "sha256": sha256, "operation": work.operation},
    ).scalar_one()
    if figures:
        names = ", ".join(_FIGURES)
        values = ", ".join(f":{name}" for name in _FIGURES)
        work.connection.execute(
            text(
                f"INSERT INTO fba_advice_line (fba_advice_id, product_id, {names})"
                f" VALUES (:advice, :product, {values})"
            ),
            [
                {"advice": number, "product": product, **dict.fromkeys(_FIGURES), **told}
                for product, told in sorted(figures.items())
            ],
        )


def _together(rows: Sequence[AdviceRow]) -> dict[int, dict[str, object]]:
    """Figures by product: units of all listings added up, days the fewest, the first warning."""
    sums: dict[int, dict[str, int]] = {}
    alerts: dict[int, str] = {}
    for row in rows:
        for product, each in row.parts.items():
            told = sums.setdefault(product, {})
            for figure, value in row.figures.items():
                if figure in _FEWEST:
                    told[figure] = min(value, told.get(figure, value))
                else:
                    told[figure] = told.get(figure, 0) + value * each
            if row.alert:
                alerts.setdefault(product, row.alert)
    return {product: {**told, "alert": alerts.get(product)} for product, told in sums.items()}
