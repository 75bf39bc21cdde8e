"""What the channel itself says of the seller's performance, kept as its reports told it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import insert, select

from ordercli.domain.health.performance import PerformanceReport
from ordercli.domain.words import count
from ordercli.models import PerformanceLine, PerformanceStatement
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
    known = select(PerformanceStatement.id).where(
        PerformanceStatement.channel == channel, PerformanceStatement.sha256 == sha256
    )
    if work.session.scalar(known.limit(1)) is not None:
        return Outcome("this report is recorded already", counts={"figures": 0})
    figures = sum(_keep(work, report, sha256, channel) for report in reports)
    summary = f"imported {count(figures, 'figure')} of {count(len(reports), 'marketplace')}"
    return Outcome(summary, {"performance": len(reports)}, {"figures": figures})


def _keep(work: Work, report: PerformanceReport, sha256: str, channel: str) -> int:
    last = max((figure.window_end for figure in report.figures if figure.window_end), default=None)
    today = work.today
    statement = PerformanceStatement(
        channel=channel,
        marketplace=report.marketplace,
        stated_on=today if last is None else (date.fromisoformat(last) + timedelta(days=1)).isoformat(),
        account_status=report.account_status,
        sha256=sha256,
        operation_id=work.operation,
    )
    work.session.add(statement)
    work.session.flush()
    rows = [{"performance_statement_id": statement.id, **asdict(figure)} for figure in report.figures]
    if rows:
        work.connection.execute(insert(PerformanceLine), rows)
    return len(rows)
