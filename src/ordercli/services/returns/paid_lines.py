"""What was paid for the lines of an order and went back, and the rows that refunds are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Row, text

from ordercli.domain.money import format_amount
from ordercli.domain.orders.orders import HANDLE
from ordercli.domain.orders.paid import PaidLine, RefundPart
from ordercli.domain.repaid import EVER, GIVEN_BACK, SETTLED, settled_values
from ordercli.domain.returns.refunds import LineRefund, refund_of_amount
from ordercli.domain.shares import COLUMNS, Amounts
from ordercli.errors import Refused
from ordercli.services.operations import Work

Origin = Literal["seller", "channel"]

_PARTS = Amounts._fields
_PAID = f"""
SELECT l.id, p.sku, {HANDLE} AS handle, l.quantity, l.quantity_shipped,
  l.item_price_minor IS NOT NULL AS is_priced,
  {", ".join(f"coalesce(l.{column}, 0) AS paid_{part}" for part, column in COLUMNS.items())},
  {", ".join(f"coalesce(sum(f.{part}_minor), 0) AS given_{part}" for part in _PARTS)},
  (SELECT coalesce(sum(r.quantity_replaced), 0) FROM return_line r WHERE r.order_line_id = l.id) AS replaced
FROM order_line l JOIN product p ON p.id = l.product_id LEFT JOIN refund f ON f.order_line_id = l.id
WHERE l.sales_order_id = :order GROUP BY l.id, p.id ORDER BY l.line_no"""
_FIRST_AMOUNT = 6

_TOLD = f"""
WITH sold AS (
  SELECT id AS order_row, order_id, channel, coalesce(currency, :currency) AS currency
  FROM sales_order WHERE id = :order
), {SETTLED}, {GIVEN_BACK}
SELECT order_line_id, beyond FROM compared WHERE beyond > 0"""


@dataclass(frozen=True, slots=True)
class OrderLineMoney:
    """A line of an order as far as money is concerned.

    Attributes:
        handle: what names it behind ``#``.
        paid: of which has been given what is recorded here, and what settlements tell beyond that.
        recorded: the same without what only settlements tell.
        told: what that is, in minor units of the order's currency.
    """

    id: int
    sku: str
    handle: str
    paid: PaidLine
    recorded: PaidLine
    told: int


def paid_lines(work: Work, order: int) -> dict[int, OrderLineMoney]:
    """The lines of an order in their order, by their row ids."""
    rows = work.connection.execute(text(_PAID), {"order": order}).all()
    values = {"order": order, "currency": work.shop.currency, **EVER, **settled_values()}
    told = {row.order_line_id: row.beyond for row in work.connection.execute(text(_TOLD), values)}
    return {row.id: _money(row, told.get(row.id, 0)) for row in rows}


def _money(row: Row[Any], told: int) -> OrderLineMoney:
    """What was paid and given back of a line, with what settlements tell of it beyond what is recorded."""
    behind = _FIRST_AMOUNT + len(_PARTS)
    recorded = PaidLine(
        row.quantity,
        Amounts(*row[_FIRST_AMOUNT:behind]),
        row.quantity_shipped,
        Amounts(*row[behind : behind + len(_PARTS)]),
        bool(row.is_priced),
        row.replaced,
    )
    more = refund_of_amount(recorded, min(told, recorded.left)).parts
    given = Amounts(*(one + other for one, other in zip(recorded.given, more, strict=True)))
    return OrderLineMoney(row.id, row.sku, row.handle, replace(recorded, given=given), recorded, told)


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """A refund to write.

    Attributes:
        sku: of the line.
        order_line_id, return_line_id: what it is for; no return line where nothing comes back.
        disposition: of the inspected units it settles; None for an amount by hand.
        part, reason: of an amount without a return: what it is for, and why.
    """

    sku: str
    order_line_id: int
    refund: LineRefund
    return_line_id: int | None = None
    disposition: str | None = None
    part: RefundPart | None = None
    reason: str | None = None


_INSERT = f"""
INSERT INTO refund (order_line_id, return_line_id, disposition, quantity,
  {", ".join(f"{part}_minor" for part in _PARTS)}, amount_minor, cost_minor, fee_minor, fee_reason,
  return_shipping_minor, adjustment_reason, part, reason, origin, refunded_at, operation_id)
VALUES (:order_line, :return_line, :disposition, :units, {", ".join(f":{part}" for part in _PARTS)}, :amount,
  :cost, :fee, :fee_reason, :label, :code, :part, :reason, :origin, :now, :operation)"""


def insert_refunds(work: Work, entries: Sequence[RefundEntry], code: str, origin: Origin) -> None:
    """Write refunds; ``code`` is the reason for the channel's refund file."""
    work.connection.execute(text(_INSERT), [_values(work, entry, code, origin) for entry in entries])


def _values(work: Work, entry: RefundEntry, code: str, origin: Origin) -> Mapping[str, object]:
    refund = entry.refund
    return {
        "order_line": entry.order_line_id,
        "return_line": entry.return_line_id,
        "disposition": entry.disposition,
        "units": refund.quantity,
        **refund.parts._asdict(),
        "amount": refund.amount,
        "cost": max(0, refund.cost),
        "fee": refund.fee,
        "fee_reason": refund.fee_reason,
        "label": refund.return_shipping,
        "code": code,
        "part": entry.part,
        "reason": entry.reason,
        "origin": origin,
        "now": work.now,
        "operation": work.operation,
    }


def refuse_the_same(
    work: Work, name: str, of: str, values: Mapping[str, object], amount: int, currency: str
) -> None:
    """Refuse an amount by hand that was given before for the same thing, here or by the channel.

    Args:
        work: the command's frame.
        name: the thing, as in "return RMA-000001".
        of: SQL over ``refund f`` for the amounts that count.
        values: its parameters.
        amount: what is to be given, in minor units of ``currency``.
        currency: the order's.

    Raises:
        Refused: naming the operation that gave it.
    """
    operation = work.connection.execute(
        text(
            f"SELECT f.operation_id FROM refund f WHERE f.quantity = 0 AND {of}"
            " GROUP BY f.operation_id HAVING sum(f.amount_minor) = :amount ORDER BY f.operation_id DESC LIMIT 1"
        ),
        {**values, "amount": amount},
    ).scalar()
    if operation is not None:
        raise Refused(
            f"{format_amount(amount, currency)} {currency} were given for {name} already (operation {operation}); "
            "to give as much once more, say --again."
        )


def told_already(told: int, currency: str) -> str:
    """What is to be said of money that went back as only settlements tell."""
    return f"{format_amount(told, currency)} {currency} went back before by the channel, as a settlement tells"


def said(entry: RefundEntry, currency: str) -> str:
    """A refund as a sum, for the receipt."""
    refund = entry.refund
    units = f"{refund.quantity} {entry.disposition}" if entry.disposition else entry.part or "by hand"
    parts = [
        f"{name.replace('_', ' ')} {format_amount(part, currency)}"
        for name, part in zip(_PARTS[:-1], refund.parts[:-1], strict=True)
        if part
    ]
    less = f" - discount {format_amount(refund.parts.discount, currency)}" if refund.parts.discount else ""
    after = []
    if refund.before:
        after.append(f"given before: {format_amount(refund.before, currency)}")
    if refund.fee:
        rate = f"{(100 * refund.fee_rate).normalize():f}%"
        after.append(f"kept: fee {format_amount(refund.fee, currency)}, {rate} of the price: {refund.fee_reason}")
    if refund.return_shipping:
        kept = "" if refund.fee else "kept: "
        after.append(f"{kept}return label {format_amount(refund.return_shipping, currency)}")
    noted = f" ({'; '.join(after)})" if after else ""
    whole = f"{' + '.join(parts) or '0'}{less} = {format_amount(refund.amount, currency)}"
    return f"  {entry.sku}, {units}: {whole}{noted}"
