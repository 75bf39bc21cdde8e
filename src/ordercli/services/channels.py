"""Setting a channel right after it was made."""

from collections.abc import Mapping

from sqlalchemy import text

from ordercli.domain.settings import BEGINNING
from ordercli.errors import Refused
from ordercli.services.operations import Outcome, Work
from ordercli.services.removals import remove_row, used_in
from ordercli.services.settings import channel_names, require_channel, set_setting, setting_on


def edit_channel(
    work: Work, name: str, settings: Mapping[str, str], *, rename: str | None, valid_from: str | None
) -> Outcome:
    """Change settings of a channel from a day on, or the name of one that was never used.

    Args:
        work: the command's frame.
        name: the channel.
        settings: new values by the last part of the setting's name.
        rename: its new name; None keeps it.
        valid_from: the first day the settings hold; None is today, or always for a channel that was never used.

    Raises:
        NotFound: if there is no such channel.
        Refused: if the new name is taken, or something came from the channel under the old one.
    """
    require_channel(work.connection, name)
    used = used_in(work.connection, "channel", name)
    day = valid_from or (work.today if used else BEGINNING)
    changes = []
    for key, value in settings.items():
        setting = f"channel.{name}.{key}"
        before = setting_on(work.connection, setting, day)
        if set_setting(work.connection, work.operation, setting, value, day):
            changes.append(f"{key.replace('_', ' ')} {before or '(the shop)'} → {value}")
    if rename not in (None, name):
        _rename(work, name, str(rename), used)
        changes.append(f"name → {rename}")
    if not changes:
        return Outcome(f"channel {name} is as given already", reference=name)
    return Outcome(f"changed channel {name}: {', '.join(changes)}", {"channels": 1}, reference=rename or name)


def _rename(work: Work, name: str, new: str, used: str | None) -> None:
    if new in channel_names(work.connection):
        raise Refused(f"There is a channel {new} already; no two can have one name.")
    made_by = work.connection.execute(
        text("SELECT o.command FROM channel c JOIN operation o ON o.id = c.operation_id WHERE c.name = :name"),
        {"name": name},
    ).scalar_one()
    if made_by == "init":
        raise Refused(f"{name} is a channel that every shop has; it keeps its name.")
    if used is not None:
        raise Refused(f"Channel {name} has {used} already, which keep its name; add {new} beside it.")
    work.connection.execute(
        text("INSERT INTO channel (name, operation_id) VALUES (:name, :operation)"),
        {"name": new, "operation": work.operation},
    )
    work.connection.execute(
        text(
            "INSERT INTO setting (name, valid_from, value, operation_id)"
            " SELECT :new || substr(name, length(:old) + 1), valid_from, value, :operation FROM setting"
            " WHERE substr(name, 1, length(:old)) = :old ORDER BY id"
        ),
        {"new": f"channel.{new}.", "old": f"channel.{name}.", "operation": work.operation},
    )
    remove_row(work, "channel", name)
