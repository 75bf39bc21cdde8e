"""Money back on returns: computed from the inspected units, or an amount given by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import text

from ordercli.domain.money import format_amount
from ordercli.domain.orders.paid import PaidLine
from ordercli.domain.returns.refunds import Before, Judgement, refund_for_units, refund_of_amount, spread_amount
from ordercli.domain.returns.return_reasons import Fault
from ordercli.domain.returns.return_terms import ReturnDates, ReturnTerms, label_share, terms_of
from ordercli.domain.returns.returns import DISPOSITIONS, left_after_replacing
from ordercli.domain.shares import Amounts
from ordercli.errors import Refused, UsageProblem
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.paid_lines import (
    Origin,
    RefundEntry,
    insert_refunds,
    paid_lines,
    refuse_the_same,
    said,
    told_already,
)
from ordercli.services.returns.return_lines import Return, get_return
from ordercli.services.settings import channel_zone, setting_on


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A line of a return as far as money is concerned.

    Attributes:
        paid: of its order line.
        recorded: the same without what only settlements tell of.
        told: what that is.
        settled: units of the order line that refunds or replacements have settled, on whatever return.
        waiting: units of this line that neither has.
        open_units: those of them that are inspected, by disposition.
        before: what went back for the units of this line.
        is_begun: whether a refund has settled any unit of this line.
    """

    id: int
    order_line_id: int
    sku: str
    fault: Fault
    paid: PaidLine
    recorded: PaidLine
    told: int
    settled: int
    waiting: int
    open_units: Mapping[str, int]
    before: Before
    is_begun: bool

    @property
    def units(self) -> Amounts:
        """What the units cost the buyer that nothing has settled."""
        return self.paid.share(self.settled, self.settled + self.waiting)

    @property
    def left(self) -> int:
        """What can still go back: of what its units cost, and of what was paid for the order line."""
        if not self.paid.is_priced:
            return self.paid.left
        return min(self.paid.left, self.before.room(self.units.total))

    def by_books(self) -> "RefundLine":
        """The same by what is recorded here alone."""
        return replace(self, paid=self.recorded, told=0)

    def by_hand(self, amount: int) -> RefundEntry:
        """A refund of an amount for this line."""
        refund = refund_of_amount(self.paid, amount, self.before.rest_of(self.units))
        return RefundEntry(self.sku, self.order_line_id, refund, self.id)


def refund_return(
    work: Work, reference: str, *, amount: int | None, fee: Decimal | None, again: bool = False
) -> Outcome:
    """Give money back: for the inspected units not settled yet, or an amount given by hand.

    What went back for the units before counts, whoever gave it: by hand, by an earlier refund, or by the channel.

    Args:
        work: the command's frame.
        reference: the return.
        amount: minor units of the order's currency; None computes it from the inspected units.
        fee: restocking fee as a fraction of the price, for units that allow one; None for the channel's usual.
        again: whether an amount by hand that was given for this return already is meant to be given once more.

    Raises:
        NotFound: for an unknown return.
        UsageProblem: if the price of a line is not known and no amount is given.
        Refused: if nothing is inspected, more is asked than is left of what the units cost, or the same amount was
            given before.
    """
    rma = get_return(work, reference)
    told = _take_told(work, rma)
    lines = refund_lines(work, rma)
    if amount is not None:
        return write_refund(work, rma, _by_hand(work, rma, lines, amount, again=again), told)
    judgements = {line.id: judgement_of(work, rma, line, fee) for line in lines}
    found = list(_auto(lines, judgements, _label_left(work, rma)))
    entries = [entry for _, entry in found]
    if not entries:
        if any(line.is_begun for line in lines) or rma.units_replaced:
            return Outcome(f"return {rma.return_id} is refunded already", reference=rma.return_id)
        raise Refused(f"Return {rma.return_id} has no inspected units; inspect them, or give an --amount.")
    if not all(line.paid.is_priced for line, _ in found):
        raise UsageProblem(f"The price paid is not known for return {rma.return_id}; give an --amount.")
    return write_refund(work, rma, entries, (*told, *_hints(entries, judgements)))


def _take_told(work: Work, rma: Return) -> tuple[str, ...]:
    """Record what settlements tell beyond what is recorded as given by the channel for the return's units.

    Returns:
        What is to be said of it.
    """
    entries: list[RefundEntry] = []
    rest: dict[int, int] = {}
    for line in refund_lines(work, rma):
        told = rest.get(line.order_line_id, line.told)
        amount = min(told, line.by_books().left)
        rest[line.order_line_id] = told - amount
        if amount:
            entries.append(line.by_books().by_hand(amount))
    if not entries:
        return ()
    insert_refunds(work, entries, "GeneralAdjustment", "channel")
    currency = currency_of(work, rma)
    said_of_it = told_already(sum(entry.refund.amount for entry in entries), currency)
    add_events(work, "refund", [(rma.sales_order_id, f"{rma.return_id}: {said_of_it}")])
    return (f"  {said_of_it}; it counts",)


def currency_of(work: Work, rma: Return) -> str:
    """What a return is refunded in: its order's currency."""
    return rma.currency or work.shop.currency


_OF_RETURN = "f.return_line_id IN (SELECT id FROM return_line WHERE return_authorization_id = :rma)"


def _by_hand(
    work: Work, rma: Return, lines: Sequence[RefundLine], amount: int, *, again: bool
) -> list[RefundEntry]:
    currency = currency_of(work, rma)
    if not again:
        refuse_the_same(work, f"return {rma.return_id}", _OF_RETURN, {"rma": rma.id}, amount, currency)
    rooms = [line.left for line in lines]
    parts = spread_amount(amount, rooms)
    if parts is None:
        raise Refused(
            f"Return {rma.return_id} has {format_amount(sum(rooms), currency)} {currency} left of what its units "
            f"cost, not {format_amount(amount, currency)}."
        )
    return [line.by_hand(part) for line, part in zip(lines, parts, strict=True) if part]


def _auto(
    lines: Sequence[RefundLine], judgements: Mapping[int, tuple[Judgement, int]], label_left: int
) -> Iterator[tuple[RefundLine, RefundEntry]]:
    """The refund for the open units of each disposition; what is kept follows the unit, whatever came before."""
    for line in lines:
        judgement, label = judgements[line.id]
        paid, settled, before = line.paid, line.settled, line.before
        for name in DISPOSITIONS:
            units = line.open_units.get(name, 0)
            if not units:
                continue
            refund = refund_for_units(
                paid, name, units, settled, judgement, label=min(label, label_left), earlier=before
            )
            yield line, RefundEntry(line.sku, line.order_line_id, refund, line.id, name)
            settled += units
            label_left -= refund.return_shipping
            before = before.after(refund)
            given = (one + other for one, other in zip(paid.given, refund.parts, strict=True))
            paid = replace(paid, given=Amounts(*given))


_DATES = """
SELECT return_line_id, channel, ordered_at, deliver_by, shipped_on, channel_shipped_at, delivered_at, requested_at,
  received_at, delivered_on FROM return_dates WHERE return_line_id = :line"""


def terms(work: Work, rma: Return, line: int) -> ReturnTerms:
    """The rules of the channel as they apply to a line of a return."""
    row = work.connection.execute(text(_DATES), {"line": line}).one()
    zone = channel_zone(work.connection, rma.channel, work.today)
    return terms_of(
        ReturnDates(*row),
        zone,
        lambda key, day: setting_on(work.connection, f"channel.{rma.channel}.{key}", day),
    )


def judgement_of(work: Work, rma: Return, line: RefundLine, fee: Decimal | None) -> tuple[Judgement, int]:
    """What decides about the money for a line, and what it may have to bear of the label for the way back."""
    found = terms(work, rma, line.id)
    label = work.connection.execute(
        text(
            "SELECT coalesce(label_cost_minor, 0) AS cost, label_paid_by FROM return_authorization WHERE id = :rma"
        ),
        {"rma": rma.id},
    ).one()
    share = label_share(label.cost, label.label_paid_by, line.fault, is_free=found.rules.is_free)
    return Judgement(line.fault, found.is_late, found.rules.rates, fee), share


def _label_left(work: Work, rma: Return) -> int:
    """What of the label no refund has kept yet."""
    return int(
        work.connection.execute(
            text(
                "SELECT coalesce(a.label_cost_minor, 0) - (SELECT coalesce(sum(f.return_shipping_minor), 0)"
                "  FROM refund f JOIN return_line r ON r.id = f.return_line_id"
                "  WHERE r.return_authorization_id = a.id)"
                " FROM return_authorization a WHERE a.id = :rma"
            ),
            {"rma": rma.id},
        ).scalar_one()
    )


# What the channel gave without a return counts for the first one of the line.
_LINES = f"""
SELECT r.id, r.order_line_id, p.sku, r.fault, r.quantity_settled, r.quantity_replaced,
  r.quantity - r.quantity_settled - r.quantity_replaced AS waiting,
  (SELECT sum(o.quantity_settled + o.quantity_replaced) FROM return_line o
    WHERE o.order_line_id = r.order_line_id) AS settled,
  coalesce(sum(f.cost_minor), 0) AS cost,
  coalesce(sum(f.amount_minor) FILTER (WHERE f.quantity > 0), 0) AS given_for_units,
  {", ".join(f"coalesce(sum(f.{part}_minor) FILTER (WHERE f.quantity = 0), 0)" for part in Amounts._fields)}
FROM return_line r JOIN order_line l ON l.id = r.order_line_id JOIN product p ON p.id = r.product_id
LEFT JOIN refund f ON f.order_line_id = r.order_line_id AND (f.return_line_id = r.id
  OR f.return_line_id IS NULL AND f.origin = 'channel'
    AND r.id = (SELECT min(o.id) FROM return_line o WHERE o.order_line_id = r.order_line_id))
WHERE r.return_authorization_id = :rma GROUP BY r.id, l.id, p.id ORDER BY l.line_no"""


def refund_lines(work: Work, rma: Return) -> list[RefundLine]:
    """The lines of a return with what was paid, given back and inspected."""
    inspected = _units_by_disposition(work, "return_event", rma.id)
    settled = _units_by_disposition(work, "refund", rma.id)
    paid = paid_lines(work, rma.sales_order_id)
    return [
        RefundLine(
            row.id,
            row.order_line_id,
            row.sku,
            row.fault,
            paid[row.order_line_id].paid,
            paid[row.order_line_id].recorded,
            paid[row.order_line_id].told,
            row.settled,
            row.waiting,
            left_after_replacing(inspected.get(row.id, {}), settled.get(row.id, {}), row.quantity_replaced),
            Before(row.cost, row.given_for_units, Amounts(*row[-len(Amounts._fields) :])),
            row.quantity_settled > 0,
        )
        for row in work.connection.execute(text(_LINES), {"rma": rma.id})
    ]


def _units_by_disposition(work: Work, table: str, rma: int) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for line, disposition, units in work.connection.execute(
        text(
            f"SELECT e.return_line_id, e.disposition, sum(e.quantity) FROM {table} e"
            " JOIN return_line r ON r.id = e.return_line_id"
            " WHERE r.return_authorization_id = :rma AND e.disposition IS NOT NULL GROUP BY 1, 2"
        ),
        {"rma": rma},
    ):
        found.setdefault(line, {})[disposition] = units
    return found


def write_refund(
    work: Work,
    rma: Return,
    entries: Sequence[RefundEntry],
    hints: tuple[str, ...] = (),
    *,
    origin: Origin = "seller",
) -> Outcome:
    """Write refunds, and say what each is made of; nothing, if no unit has anything to get, keep or count."""
    total = sum(entry.refund.amount for entry in entries)
    fee = sum(entry.refund.fee for entry in entries)
    label = sum(entry.refund.return_shipping for entry in entries)
    if not total + fee + label + sum(entry.refund.before for entry in entries):
        return Outcome(f"there is nothing left to refund on return {rma.return_id}", reference=rma.return_id)
    insert_refunds(work, entries, "CustomerReturn" if rma.units_received else "GeneralAdjustment", origin)
    currency = currency_of(work, rma)
    kept = f", restocking fee {format_amount(fee, currency)} kept" if fee else ""
    kept += f", return label {format_amount(label, currency)} kept" if label else ""
    sentence = f"{format_amount(total, currency)} {currency}{kept}"
    add_events(work, "refund", [(rma.sales_order_id, f"{rma.return_id}: {sentence}")])
    return Outcome(
        f"refunded {sentence} on return {rma.return_id} of order {rma.order_id}",
        {"refunds": 1},
        {"amount_minor": total, "fee_minor": fee, "return_shipping_minor": label},
        notes=(*(said(entry, currency) for entry in entries), *hints),
        reference=rma.return_id,
    )


def _hints(entries: Sequence[RefundEntry], judgements: Mapping[int, tuple[Judgement, int]]) -> tuple[str, ...]:
    """Why a fee is not kept although it was asked for, or might be."""
    if any(entry.refund.fee for entry in entries):
        return ()
    deciding = [(entry, judgements[entry.return_line_id][0]) for entry in entries if entry.return_line_id]
    if any(judgement.asked for _, judgement in deciding):
        return ("No unit allows a restocking fee: it came back in time as it was sent, or the fault is yours.",)
    if any(j.fault == "review" and j._replace(fault="buyer").fee_for(str(e.disposition))[0] for e, j in deciding):
        return ("Whose fault it is is to be reviewed, so no fee is kept; --restocking-fee P keeps one.",)
    return ()


def return_currency(work: Work, reference: str) -> str:
    """The currency a return is refunded in: its order's."""
    return currency_of(work, get_return(work, reference))
