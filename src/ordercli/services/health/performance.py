"""What the channel itself says of the seller's performance, kept as its reports told it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import text

from ordercli.domain.health.performance import PerformanceReport
from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import require_channel


def import_performance(
    work: Work, reports: Sequence[PerformanceReport], *, sha256: str, channel: str = "amazon"
) -> Outcome:
    """Keep the figures of one file, once.

    Args:
        work: the command's frame.
        reports: what the file says, a part for each marketplace.
        sha256: hash of the file, by which it is known again.
        channel: whose report it is.

    Raises:
        NotFound: if there is no such channel.
    """
    require_channel(work.connection, channel)
    known = work.connection.execute(
        text("SELECT 1 FROM performance_statement WHERE channel = :channel AND sha256 = :sha256"),
        {"channel": channel, "sha256": sha256},
    )
    if known.first() is not None:
        return Outcome("this report is recorded already", counts={"figures": 0})
    figures = sum(_keep(work, report, sha256, channel) for report in reports)
    summary = f"imported {count(figures, 'figure')} of {count(len(reports), 'marketplace')}"
    return Outcome(summary, {"performance": len(reports)}, {"figures": figures})


def _keep(work: Work, report: PerformanceReport, sha256: str, channel: str) -> int:
    last = max((figure.window_end for figure in report.figures if figure.window_end), default=None)
    today = work.today
    statement = work.connection.execute(
        text(
            "INSERT INTO performance_statement (channel, marketplace, stated_on, account_status, sha256,"
            " operation_id) VALUES (:channel, :marketplace, :stated_on, :status, :sha256, :operation)"
            " RETURNING id"
        ),
        {
            "channel": channel,
            "marketplace": report.marketplace,
            "stated_on": today if last is None else (date.fromisoformat(last) + timedelta(days=1)).isoformat(),
            "status": report.account_status,
            "sha256": sha256,
            "operation": work.operation,
        },
    ).scalar_one()
    rows = [{"statement": statement, **asdict(figure)} for figure in report.figures]
    if rows:
        work.connection.execute(
            text(
                "INSERT INTO performance_line (performance_statement_id, metric, window_start, window_end,"
                " numerator, denominator, rate, limit_share, status) VALUES (:statement, :metric, :window_start,"
                " :window_end, :numerator, :denominator, :rate, :limit_share, :status)"
            ),
            rows,
        )
    return len(rows)
