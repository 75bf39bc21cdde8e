"""Changes of how the shop works: when they began, and whether they stayed."""

from sqlalchemy import select

from ordercli.errors import NotFound, Refused
from ordercli.models import Improvement, ImprovementEnd
from ordercli.services.operations import Outcome, Work


def start_improvement(work: Work, name: str, *, metric: str | None, started_on: str) -> Outcome:
    """Note that something is done in another way from a day on; the same again changes nothing.

    Raises:
        Refused: if another change of that name runs.
    """
    running = work.session.scalar(
        select(Improvement)
        .outerjoin(ImprovementEnd, ImprovementEnd.improvement_id == Improvement.id)
        .where(Improvement.name == name, ImprovementEnd.improvement_id.is_(None))
    )
    if running is not None:
        if (running.metric, running.started_on) == (metric, started_on):
            return Outcome(f"improvement {running.id} runs already", reference=str(running.id))
        raise Refused(f"Improvement {running.id} has that name and runs since {running.started_on}; end it first.")
    new = Improvement(name=name, metric=metric, started_on=started_on, operation_id=work.operation)
    work.session.add(new)
    work.session.flush()
    return Outcome(
        f"noted improvement {new.id} from {started_on}: {name}", {"improvements": 1}, reference=str(new.id)
    )


def end_improvement(work: Work, number: int, *, ended_on: str, outcome: str) -> Outcome:
    """Note how a change was judged; the same again changes nothing.

    Raises:
        NotFound: if there is no such change.
        Refused: if it ended otherwise already, or would end before it began.
    """
    found = work.session.get(Improvement, number)
    if found is None:
        raise NotFound(f"There is no improvement {number}; see: ordercli improve list")
    end = work.session.get(ImprovementEnd, number)
    if end is not None:
        if (end.ended_on, end.outcome) == (ended_on, outcome):
            return Outcome(f"improvement {number} ended so already", reference=str(number))
        raise Refused(f"Improvement {number} ended on {end.ended_on} ({end.outcome}) already.")
    if ended_on < found.started_on:
        raise Refused(f"Improvement {number} began on {found.started_on}, after {ended_on}.")
    work.session.add(
        ImprovementEnd(improvement_id=number, ended_on=ended_on, outcome=outcome, operation_id=work.operation)
    )
    return Outcome(
        f"ended improvement {number} on {ended_on}: {outcome}", {"improvements": 1}, reference=str(number)
    )
