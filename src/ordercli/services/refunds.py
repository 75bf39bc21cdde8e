"""Money back on returns: computed from the inspected units, or an amount given by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import text

from ordercli.domain.money import format_amount
from ordercli.domain.refunds import LineRefund, PaidLine, refund_for_units, spread_amount
from ordercli.domain.returns import DISPOSITIONS
from ordercli.errors import Refused, UsageProblem
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.return_lines import Return, get_return


@dataclass(frozen=True, slots=True)
class _RefundableLine:
    id: int
    paid: PaidLine
    is_priced: bool
    settled: int
    units: Mapping[str, int]
    units_settled: Mapping[str, int]

    def open_units(self, disposition: str) -> int:
        """Inspected units of a disposition that no refund has settled yet."""
        return self.units.get(disposition, 0) - self.units_settled.get(disposition, 0)


def refund_return(work: Work, reference: str, *, amount: int | None, fee: Decimal) -> Outcome:
    """Give money back: for the inspected units not settled yet, or an amount given by hand.

    Args:
        work: the command's frame.
        reference: the return.
        amount: minor units of the order's currency; None computes it from the inspected units.
        fee: restocking fee as a fraction of the price, for units whose disposition allows one.

    Raises:
        NotFound: for an unknown return.
        UsageProblem: if the price of a line is not known and no amount is given.
        Refused: if nothing is inspected, or more is asked than is left of what was paid.
    """
    rma = get_return(work, reference)
    currency = rma.currency or work.shop.currency
    lines = _refund_lines(work, rma.id)
    if amount is not None:
        rooms = [line.paid.left for line in lines]
        parts = spread_amount(amount, rooms)
        if parts is None:
            raise Refused(
                f"Return {rma.return_id} has {format_amount(sum(rooms), currency)} {currency} left of what was "
                f"paid, not {format_amount(amount, currency)}."
            )
        by_hand = [
            (line.id, None, LineRefund(0, part, 0)) for line, part in zip(lines, parts, strict=True) if part
        ]
        return _write_refund(work, rma, currency, by_hand)
    refunds = [(line.id, name, refund) for line in lines for name, refund in _auto(line, fee)]
    if not refunds:
        if any(line.units_settled for line in lines):
            return Outcome(f"return {rma.return_id} is refunded already", reference=rma.return_id)
        raise Refused(f"Return {rma.return_id} has no inspected units; inspect them, or give an --amount.")
    unpriced = {line.id for line in lines if not line.is_priced}
    if any(line in unpriced for line, _, _ in refunds):
        raise UsageProblem(f"The price paid is not known for return {rma.return_id}; give an --amount.")
    return _write_refund(work, rma, currency, refunds)


def _auto(line: _RefundableLine, fee: Decimal) -> Iterator[tuple[str, LineRefund]]:
    """The refund for the open units of each disposition; the fee follows the unit, whatever came before."""
    paid, settled = line.paid, line.settled
    for name in DISPOSITIONS:
        units = line.open_units(name)
        if units > 0:
            refund = refund_for_units(paid, {name: units}, settled, fee)
            yield name, refund
            settled += units
            paid = replace(paid, refunded=paid.refunded + refund.amount)


def _refund_lines(work: Work, rma: int) -> list[_RefundableLine]:
    inspected = _units_by_disposition(work, "return_event", rma)
    settled = _units_by_disposition(work, "refund", rma)
    rows = work.connection.execute(
        text(
            "SELECT r.id, l.quantity, l.quantity_canceled, l.item_price_minor, l.refunded_minor,"
            " coalesce(l.item_tax_minor, 0) + coalesce(l.gift_wrap_price_minor, 0)"
            " + coalesce(l.gift_wrap_tax_minor, 0) AS tax, coalesce(l.discount_minor, 0) AS discount,"
            " coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0) AS shipping,"
            " (SELECT coalesce(sum(f.quantity), 0) FROM refund f JOIN return_line o ON o.id = f.return_line_id"
            "   WHERE o.order_line_id = l.id) AS settled"
            " FROM return_line r JOIN order_line l ON l.id = r.order_line_id"
            " WHERE r.return_authorization_id = :rma ORDER BY l.line_no"
        ),
        {"rma": rma},
    )
    return [
        _RefundableLine(
            row.id,
            PaidLine(
                row.quantity,
                row.item_price_minor or 0,
                row.tax,
                row.discount,
                row.shipping,
                row.refunded_minor,
                row.quantity_canceled,
            ),
            row.item_price_minor is not None,
            row.settled,
            inspected.get(row.id, {}),
            settled.get(row.id, {}),
        )
        for row in rows
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


def _write_refund(
    work: Work, rma: Return, currency: str, refunds: Sequence[tuple[int, str | None, LineRefund]]
) -> Outcome:
    total = sum(refund.amount for *_, refund in refunds)
    fee = sum(refund.fee for *_, refund in refunds)
    if not total:
        return Outcome(f"there is nothing left to refund on return {rma.return_id}", reference=rma.return_id)
    work.connection.execute(
        text(
            "INSERT INTO refund (return_line_id, disposition, quantity, fee_minor, amount_minor, refunded_at,"
            " operation_id) VALUES (:line, :disposition, :units, :fee, :amount, :now, :operation)"
        ),
        [
            {
                "line": line,
                "disposition": disposition,
                "units": refund.quantity,
                "fee": refund.fee,
                "amount": refund.amount,
                "now": work.now,
                "operation": work.operation,
            }
            for line, disposition, refund in refunds
        ],
    )
    kept = f", restocking fee {format_amount(fee, currency)} kept" if fee else ""
    sentence = f"{format_amount(total, currency)} {currency}{kept}"
    add_events(work, "refund", [(rma.sales_order_id, f"{rma.return_id}: {sentence}")])
    return Outcome(
        f"refunded {sentence} on return {rma.return_id} of order {rma.order_id}",
        {"refunds": 1},
        {"amount_minor": total, "fee_minor": fee},
        reference=rma.return_id,
    )
