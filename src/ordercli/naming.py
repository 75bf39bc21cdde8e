"""Which one order, shipment, channel or field the words of a command mean.

Shared by the write side and the read side, so that both understand the same words and say the same sentences.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ordercli.domain.fields import FieldError
from ordercli.domain.own_fields import FieldOwner, OwnField, name_told, split_told, value_of
from ordercli.errors import NotFound, UsageProblem, unknown

SHORTEST_TAIL = 4
"""Fewest characters by which an order may be named."""


NEAR_ORDERS = """
SELECT order_id FROM sales_order WHERE lower(substr(order_id, -length(:reference))) = lower(:reference)
ORDER BY order_id LIMIT 3"""
"""Orders that a reference which is none's would mean in other capitals; no index helps, it is for a sentence."""


PRODUCT_GONE = """
SELECT c.operation_id, o.command FROM row_change c JOIN operation o ON o.id = c.operation_id
WHERE c.verb = 'delete' AND c.table_name = 'product' AND c.old ->> 'sku' = :sku ORDER BY c.id DESC LIMIT 1"""
"""The operation that took a product away that is not there any more, and its command."""


_CHOSEN_FOR_GOOD = {"currency": "currency", "time_zone": "time zone"}
"""What looks like a setting and is a fact of the shop, and its words."""


def no_setting(name: str, known: Iterable[str]) -> NotFound:
    """That there is no setting of a name: what it is instead, what may be meant, or where they are listed.

    Args:
        name: what was asked for.
        known: the names there are.
    """
    if fact := _CHOSEN_FOR_GOOD.get(name):
        return NotFound(f"There is no setting {name!r}: ordercli init chose the shop's {fact} for good.")
    return unknown("setting", name, known, see="ordercli config list")


def no_product(sku: str, gone: tuple[int, str] | None, known: Iterable[str]) -> NotFound:
    """That no product has a SKU: what took it away, or what may be meant.

    Args:
        sku: what was asked for.
        gone: the row of :data:`PRODUCT_GONE`; None if there is none.
        known: the SKUs there are.
    """
    if gone is None:
        return unknown("product", sku, known)
    number, command = gone
    return NotFound(
        f"There is no product {sku!r} any more: operation {number} ({command}) took it away;"
        f" to have it again: ordercli undo {number}"
    )


def no_orders(_: str) -> Sequence[str]:
    """Nothing is near: where it is not worth a look."""
    return ()


class Candidate(NamedTuple):
    """An order that a reference could mean: its row, its id, and the channel whose id that is."""

    row: int
    order_id: str
    channel: str


def order_name(channel: str, order_id: str) -> str:
    """A reference that can mean no order but this one; no id and no channel's name has a colon."""
    return f"{channel}:{order_id}"


def order_words(reference: str) -> dict[str, str | None]:
    """``ID`` or ``CHANNEL:ID`` in parts: ``reference``, the id or the end of one, and ``channel``, or None."""
    channel, colon, order_id = reference.partition(":")
    if not colon:
        return {"reference": reference, "channel": None}
    return {"reference": order_id, "channel": channel.lower()}


def means_order_sql(reference: str, channel: str) -> str:
    """Whether ``sales_order`` is one that a reference could mean, by the index on its last four signs.

    Args:
        reference: SQL of that value of :func:`order_words`.
        channel: SQL of the other.
    """
    return (
        f"substr(order_id, -{SHORTEST_TAIL}) = substr({reference}, -{SHORTEST_TAIL})"
        f" AND (order_id = {reference} OR length({reference}) >= {SHORTEST_TAIL}"
        f" AND substr(order_id, -length({reference})) = {reference})"
        f" AND ({channel} IS NULL OR channel = {channel})"
    )


ORDERS_NAMED = f"""
SELECT id, order_id, channel FROM sales_order WHERE {means_order_sql(":reference", ":channel")}
ORDER BY order_id = :reference DESC, order_id, channel LIMIT 6"""
"""Orders that a reference means, of the values that :func:`order_words` gives; each is a :class:`Candidate`."""


def one_order(reference: str, found: Sequence[Candidate], near: Callable[[str], Sequence[str]] = no_orders) -> int:
    """The one row an order reference means.

    Args:
        reference: as the user named it: the id, or its last four characters or more, maybe behind ``CHANNEL:``.
        found: every order of which :func:`means_order_sql` is true.
        near: the ids of :data:`NEAR_ORDERS`; asked only where there is no order, for what to say.

    Raises:
        NotFound: if it is none or several, unless exactly one is the whole id.
    """
    told = order_words(reference)["reference"] or ""
    exact = [each for each in found if each.order_id == told]
    candidates = exact or found
    if len(candidates) == 1:
        return candidates[0].row
    if not candidates:
        if len(told) >= SHORTEST_TAIL and told.upper() != told.lower():
            raise unknown("order", reference, near(told), is_near=True)
        short = f" (the end of an id needs {SHORTEST_TAIL} characters)" if len(told) < SHORTEST_TAIL else ""
        raise NotFound(f"There is no order {reference!r}{short}.")
    shown = candidates[:5]
    if len({each.order_id for each in candidates}) < len(candidates):
        names = ", ".join(order_name(each.channel, each.order_id) for each in shown)
        raise NotFound(f"{reference!r} could be several orders ({names}); name one as it stands here.")
    names = ", ".join(each.order_id for each in shown)
    raise NotFound(f"{reference!r} could be several orders ({names}); give more of the id.")


_SHORT = 7
"""Characters of a short id: the last group of Amazon's."""


def short_id(order_id: str) -> str:
    """The end of an id, as lists show it where there is little room; it never begins with a sign."""
    short = order_id[-_SHORT:].lstrip(_SIGNS)
    return short if len(short) >= SHORTEST_TAIL else order_id


def short_id_sql(column: str) -> str:
    """The same in SQL."""
    short = f"ltrim(substr({column}, -{_SHORT}), '{_SIGNS}')"
    return f"iif(length({short}) >= {SHORTEST_TAIL}, {short}, {column})"


_SIGNS = "-._#"

CHANNELS = "SELECT name FROM channel ORDER BY name"
"""Every channel, by name."""


def one_channel(name: str, names: Sequence[str]) -> str:
    """The channel a command names.

    Raises:
        NotFound: naming the nearest of ``names``, if it is none of them.
    """
    if name not in names:
        raise unknown("channel", name, names)
    return name


SHIPMENTS_NAMED = """
SELECT s.id, s.tracking_number, o.order_id, s.status <> 'void' FROM shipment s
JOIN sales_order o ON o.id = s.sales_order_id
WHERE s.id = :number OR s.tracking_number = :tracking ORDER BY s.id"""
"""Every shipment that a reference could mean; its values are :func:`shipment_words`."""

LONGEST_NUMBER = 9
"""Most digits of a shipment's number here; most tracking numbers made of digits have more."""


def shipment_words(reference: str) -> dict[str, int | str]:
    """A shipment's number here, and a carrier's number, as the words of a command may mean them.

    ``#12`` can only be the shipment's number.
    """
    bare = reference.removeprefix("#")
    number = int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= LONGEST_NUMBER else -1
    return {"number": number, "tracking": "".join(reference.split()).upper()}


def named_shipments(reference: str, found: Sequence[tuple[int, str | None, str, int]]) -> list[int]:
    """The shipments a reference means: the one of that number, or those with that tracking number.

    A tracking number that begins with 0 goes before the number here, which is never written so.

    Args:
        reference: as the user named it.
        found: (id, tracking number, order id, whether not void) of the rows of :data:`SHIPMENTS_NAMED`.

    Returns:
        Their ids; void ones only if there are no others.

    Raises:
        NotFound: if there is none, or one shipment has that number and another that tracking number.
    """
    words = shipment_words(reference)
    ours = [row for row, *_ in found if row == words["number"]]
    tracked = [each for each in found if each[1] == words["tracking"]]
    theirs = [row for row, *_, is_live in tracked if is_live] or [row for row, *_ in tracked]
    if ours and theirs and set(theirs) != set(ours) and reference == str(words["number"]):
        (order,) = (order for row, _, order, _ in found if row in ours)
        raise NotFound(
            f"{reference} is the shipment of order {order} and the tracking number of shipment #{theirs[0]};"
            f" name #{reference} or #{theirs[0]}."
        )
    meant = theirs if reference.startswith("0") and theirs else ours or theirs
    if not meant:
        raise NotFound(f"There is no shipment {reference!r}; see: ordercli shipment list")
    return meant


def one_shipment(reference: str, found: Sequence[tuple[int, str | None, str, int]]) -> int:
    """The one shipment a reference means.

    Raises:
        NotFound: if it is none or several.
    """
    rows = named_shipments(reference, found)
    if len(rows) > 1:
        listed = ", ".join(f"{row} of order {order}" for row, _, order, _ in found if row in rows)
        raise NotFound(f"{reference} is on several shipments ({listed}); name one by its number.")
    return rows[0]


def one_field(told: str, subject: FieldOwner, known: Mapping[str, OwnField]) -> OwnField:
    """A field of the shop's own by its name, as it was typed.

    Raises:
        NotFound: with the nearest, or how to make the first.
    """
    if (name := name_told(told)) in known:
        return known[name]
    if not known:
        raise NotFound(
            f"There is no field {told!r} of {subject}s; make one with: "
            f"ordercli field add {subject} NAME --type text"
        )
    raise unknown("field", told, known, end=f" of {subject}s")


def told_fields(
    texts: Sequence[str], subject: FieldOwner, known: Mapping[str, OwnField], *, today: str
) -> dict[OwnField, str | None]:
    """The values that ``NAME=VALUE`` say, by field; an empty one is None.

    Args:
        texts: as they were typed behind ``--field``.
        subject: what has the fields.
        known: those there are, by name.
        today: the day it is, for a day told by how long ago it was.

    Raises:
        NotFound: for a field that there is not.
        UsageProblem: for a value that does not fit its field, or a field named twice.
    """
    found: dict[OwnField, str | None] = {}
    for each in texts:
        try:
            name, value = split_told(each)
        except FieldError as error:
            raise UsageProblem(f"--field: {error}.") from error
        field = one_field(name, subject, known)
        if field in found:
            raise UsageProblem(f"--field names {field.name} twice; give it one value.")
        try:
            found[field] = value_of(field, value, today=today)
        except FieldError as error:
            raise UsageProblem(f"--field {field.name}: {error}.") from error
    return found
