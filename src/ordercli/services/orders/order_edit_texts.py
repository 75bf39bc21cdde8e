"""Personal data and texts of an order changed by hand.

They are never overwritten: a change makes a new version of the row, and the event names only that version.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from ordercli.domain.near import did_you_mean
from ordercli.domain.orders.order_edits import LineEdit, personal_bit, split_keyed_text
from ordercli.domain.orders.order_rows import ADDRESS, LINE_TEXT, PERSONAL
from ordercli.errors import NotFound, UsageProblem
from ordercli.models.order import LineText, PersonalData, SalesOrder
from ordercli.services.operations import Work
from ordercli.services.orders.order_changes import CALLED, Edit, TextField
from ordercli.services.orders.order_edit_lines import the_line


def person_of(work: Work, order: SalesOrder) -> PersonalData | None:
    """The personal data of an order as it holds now."""
    if order.personal_id is None:
        return None
    return work.session.get(PersonalData, (order.personal_id, order.personal_version))


def set_personal(edit: Edit, wanted: Mapping[str, str | None]) -> None:
    """Set fields of ``PERSONAL``; those that are so already are left alone."""
    order = edit.order
    old = person_of(edit.work, order)
    new = _differing(old, wanted)
    if not new:
        return
    order.personal_id, order.personal_version = _new_version(edit.work, old, new)
    for name in new:
        order.edited_fields |= int(personal_bit(name))
    called = dict.fromkeys("address" if name in ADDRESS else CALLED.get(name, name) for name in new)
    edit.named += called
    edit.said.append(f"personal data, version {order.personal_version}")


def set_texts(edit: Edit, wanted: Iterable[tuple[TextField, str]]) -> None:
    """Set (field, ``KEY=TEXT``) of lines.

    Raises:
        NotFound: if a key means no line, or several.
        UsageProblem: if a text is given twice.
    """
    session = edit.work.session
    keys = {line.sku for line in edit.lines}
    keys |= {f"#{line.row.item_id}" for line in edit.lines if line.row.item_id is not None}
    told: dict[int, dict[str, str | None]] = {}
    for name, keyed in wanted:
        found = split_keyed_text(keyed, keys)
        if found is None:
            key = keyed.partition("=")[0]
            raise NotFound(f"{edit.name} has no line {key}{did_you_mean(key, keys)}")
        line = the_line(edit, found[0])
        texts = told.setdefault(line.row.id, {})
        if name in texts:
            raise UsageProblem(f"The {CALLED.get(name, name)} of {line.sku} is given twice.")
        texts[name] = found[1].strip() or None
    for line in edit.lines:
        place = session.get(LineText, line.row.id) if line.row.id in told else None
        old = None if place is None else session.get(PersonalData, (place.personal_id, place.personal_version))
        new = _differing(old, told.get(line.row.id, {}))
        if not new:
            continue
        number, version = _new_version(edit.work, old, new)
        if place is None:
            session.add(LineText(order_line_id=line.row.id, personal_id=number, personal_version=version))
        else:
            place.personal_version = version
        for changed in new:
            line.row.edited_fields |= int(LineEdit[changed.upper()])
            edit.named.append(f"{CALLED.get(changed, changed)} of {line.sku}")
        edit.said.append(f"{line.sku}: text, version {version}")


def _differing(old: PersonalData | None, wanted: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: value for name, value in wanted.items() if value != getattr(old, name, None)}


def _new_version(work: Work, old: PersonalData | None, values: Mapping[str, str | None]) -> tuple[int, int]:
    """Key and version of a copy of ``old`` with other values, or of a first row."""
    session = work.session
    if old is None:
        number = (session.scalar(select(func.max(PersonalData.personal_id))) or 0) + 1
        row = PersonalData(personal_id=number, version=1, **values)
    else:
        latest = session.scalar(
            select(func.max(PersonalData.version)).where(PersonalData.personal_id == old.personal_id)
        )
        kept = {name: getattr(old, name) for name in (*PERSONAL, *LINE_TEXT)}
        row = PersonalData(personal_id=old.personal_id, version=(latest or 0) + 1, **kept | dict(values))
    session.add(row)
    session.flush()
    return row.personal_id, row.version
