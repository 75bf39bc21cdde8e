"""A calendar as an iCalendar file (RFC 5545), written by the library icalendar, which loads here alone.

Instants are written in UTC, which every calendar shows in the zone it is read in; days are days in any zone. A
name is the same every time, so that a calendar that takes the file again changes its entry and makes no other.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ordercli.domain.reports.calendar import Calendar, Deadline
from ordercli.domain.text import cleaned
from ordercli.errors import lacks_extra

if TYPE_CHECKING:
    from icalendar import Event

_NEEDS = ("Calendars need a package", "calendar")
_SHOWN = timedelta(minutes=30)
"""How long before an instant its entry begins: one of no length is hard to see in a calendar."""
_MOST_DETAIL = 2000
"""Letters of what is named in one entry; a thousand orders would make it unreadable."""


def ics(calendar: Calendar) -> bytes:
    """The file.

    Raises:
        Refused: if the library is not installed.
    """
    try:
        import icalendar  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise lacks_extra(*_NEEDS) from error
    made = icalendar.Calendar()
    made.add("prodid", "-//ordercli//calendar//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "ordercli")
    for deadline in calendar.deadlines:
        made.add_component(_event(icalendar.Event(), calendar, deadline))
    content: bytes = made.to_ical()
    return content


def _event(event: "Event", calendar: Calendar, deadline: Deadline) -> "Event":
    event.add("uid", f"{deadline.name}@{calendar.shop}.ordercli")
    event.add("dtstamp", datetime.fromisoformat(calendar.now))
    event.add("sequence", calendar.version)
    if deadline.is_day:
        day = date.fromisoformat(deadline.due)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    else:
        due = datetime.fromisoformat(deadline.due)
        event.add("dtstart", due - _SHOWN)
        event.add("dtend", due)
    event.add("summary", cleaned(deadline.title))
    detail = deadline.detail
    if len(detail) > _MOST_DETAIL:
        detail = detail[:_MOST_DETAIL].rpartition(" ")[0] + " …"
    event.add("description", cleaned("\n".join(part for part in (detail, deadline.command) if part)))
    event.add("status", "CANCELLED" if deadline.is_done else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy because something is due
    return event
