"""Changes of how the shop works: when they began, and whether they stayed."""

from sqlalchemy import text

from ordercli.errors import NotFound, Refused
from ordercli.services.operations import Outcome, Work


def start_improvement(work: Work, name: str, *, metric: str | None, started_on: str) -> Outcome:
    """Note that something is done in another way from a day on; the same again changes nothing.

    Raises:
        Refused: if another change of that name runs.
    """
    running = work.connection.execute(
        text(
            "SELECT id, metric, started_on FROM improvement WHERE name = :name"
            " AND id NOT IN (SELECT improvement_id FROM improvement_end)"
        ),
        {"name": name},
    ).first()
    if running is not None:
        if (running.metric, running.started_on) == (metric, started_on):
            return Outcome(f"improvement {running.id} runs already", reference=str(running.id))
        raise Refused(f"Improvement {running.id} has that name and runs since {running.started_on}; end it first.")
    new = work.connection.execute(
        text(
            "INSERT INTO improvement (name, metric, started_on, operation_id)"
            " VALUES (:name, :metric, :day, :operation) RETURNING id"
        ),
        {"name": name, "metric": metric, "day": started_on, "operation": work.operation},
    ).scalar_one()
    return Outcome(f"noted improvement {new} from {started_on}: {name}", {"improvements": 1}, reference=str(new))


def end_improvement(work: Work, number: int, *, ended_on: str, outcome: str) -> Outcome:
    """Note how a change was judged; the same again changes nothing.

    Raises:
        NotFound: if there is no such change.
        Refused: if it ended otherwise already, or would end before it began.
    """
    found = work.connection.execute(
        text(
            "SELECT i.started_on, e.ended_on, e.outcome FROM improvement i"
            " LEFT JOIN improvement_end e ON e.improvement_id = i.id WHERE i.id = :number"
        ),
        {"number": number},
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no improvement {number}; see: ordercli improve list")
    if found.ended_on is not None:
        if (found.ended_on, found.outcome) == (ended_on, outcome):
            return Outcome(f"improvement {number} ended so already", reference=str(number))
        raise Refused(f"Improvement {number} ended on {found.ended_on} ({found.outcome}) already.")
    if ended_on < found.started_on:
        raise Refused(f"Improvement {number} began on {found.started_on}, after {ended_on}.")
    work.connection.execute(
        text(
            "INSERT INTO improvement_end (improvement_id, ended_on, outcome, operation_id)"
            " VALUES (:number, :day, :outcome, :operation)"
        ),
        {"number": number, "day": ended_on, "outcome": outcome, "operation": work.operation},
    )
    return Outcome(
        f"ended improvement {number} on {ended_on}: {outcome}", {"improvements": 1}, reference=str(number)
    )
