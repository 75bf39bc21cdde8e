"""Lines of an order changed by hand: which one is meant, its quantity and price, and new ones."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from ordercli.domain.money import format_amount
from ordercli.domain.near import did_you_mean
from ordercli.domain.orders.order_edits import LineEdit, resized_price
from ordercli.domain.orders.orders import handle_of, names_line
from ordercli.domain.shares import COLUMNS, Amounts
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, UsageProblem
from ordercli.models.order import OrderLine, SalesOrder
from ordercli.services.lookup import get_product, products_of
from ordercli.services.operations import Work
from ordercli.services.orders.order_changes import Edit, EditedLine, LineChange
from ordercli.services.orders.orders import NewLine


def lines_of(work: Work, order: SalesOrder) -> list[EditedLine]:
    """The lines of an order in their order, canceled ones too."""
    lines = work.session.scalars(
        select(OrderLine).where(OrderLine.sales_order_id == order.id).order_by(OrderLine.line_no)
    ).all()
    products = products_of(work.connection, {line.product_id for line in lines})
    return [EditedLine(line, products[line.product_id]) for line in lines]


def the_line(edit: Edit, key: str) -> EditedLine:
    """The one line that ``key`` means.

    Raises:
        NotFound: if it means none, or several.
    """
    handles = {line.row.id: handle_of(line.row.item_id, line.row.line_no) for line in edit.lines}
    meant = [line for line in edit.lines if names_line(key, line.sku, handles[line.row.id])]
    if not meant:
        raise NotFound(f"{edit.name} has no line {key}{did_you_mean(key, (line.sku for line in edit.lines))}")
    if len(meant) > 1:
        ways = " or ".join(f"'#{handles[line.row.id]}'" for line in meant)
        raise NotFound(f"{edit.name} has {len(meant)} lines of {key}; name one of them by {ways}.")
    return meant[0]


def plan_lines(edit: Edit, wanted: Iterable[LineChange]) -> dict[int, int]:
    """Put the lines to resize into ``edit``; the new price of one of each line to be priced is returned.

    Raises:
        NotFound: for a line that is not there, or several are meant.
        Refused: if a quantity cannot be had any more.
        UsageProblem: if one thing of a line is told twice.
    """
    units: dict[int, int] = {}
    prices: dict[int, int] = {}
    for change in wanted:
        line = the_line(edit, change.key)
        for told, value, what in (
            (units, change.quantity, "quantity"),
            (prices, change.unit_price_minor, "price"),
        ):
            if value is None:
                continue
            if line.row.id in told:
                raise UsageProblem(f"The {what} of {line.sku} is given twice.")
            told[line.row.id] = value
    edit.resized = [
        (line, units[line.row.id])
        for line in edit.lines
        if line.row.id in units and units[line.row.id] != line.row.quantity
    ]
    for line, quantity in edit.resized:
        _refuse_resizing(edit, line, quantity)
    return prices


def _refuse_resizing(edit: Edit, line: EditedLine, quantity: int) -> None:
    row = line.row
    if row.channel_canceled:
        raise Refused(f"{edit.order.channel} has canceled {line.sku} of order {edit.order.order_id}.")
    gone = row.quantity_shipped + row.quantity_canceled
    if quantity < gone:
        raise Refused(
            f"{edit.name} has {count(row.quantity_shipped, 'unit')} of {line.sku} shipped and "
            f"{row.quantity_canceled:,} canceled; its quantity cannot be less than {gone:,}."
        )


def plan_added(edit: Edit, wanted: Iterable[NewLine]) -> None:
    """Put the lines to add into ``edit``; a line that is there as asked already is none.

    Raises:
        NotFound: for an unknown SKU.
        Refused: if the order has another line of it.
        UsageProblem: if a SKU is told twice.
    """
    for new in wanted:
        product = get_product(edit.work.connection, new.sku)
        if any(product.id == other.id for _, other in edit.added):
            raise UsageProblem(f"--add-line: {new.sku} is given twice.")
        there = [line.row for line in edit.lines if line.product.id == product.id]
        if any(_is_as_asked(row, new) for row in there):
            continue
        if there:
            raise Refused(
                f"{edit.name} has a line of {new.sku} already; change it with: --line {new.sku}:{new.quantity}"
            )
        edit.added.append((new, product))


def _is_as_asked(row: OrderLine, new: NewLine) -> bool:
    price = new.unit_price_minor
    return row.quantity == new.quantity and (price is None or price * new.quantity == row.item_price_minor)


def set_lines(edit: Edit, prices: Mapping[int, int]) -> None:
    """Set planned quantities, and prices of one by line.

    Raises:
        Refused: if less was paid then than went back.
    """
    sizes = {line.row.id: quantity for line, quantity in edit.resized}
    for line in edit.lines:
        row, said = line.row, []
        if (quantity := sizes.get(row.id, row.quantity)) != row.quantity:
            said.append(f"quantity {row.quantity} → {quantity}")
            edit.named.append(f"quantity of {line.sku}")
        was_priced, was_estimated = row.item_price_minor, row.price_is_estimated
        _resize(row, quantity)
        if (price := prices.get(row.id)) is not None and (
            row.item_price_minor != price * quantity or row.price_is_estimated
        ):
            row.item_price_minor, row.price_is_estimated = price * quantity, 0
            row.edited_fields |= int(LineEdit.PRICE)
            edit.named.append(f"price of {line.sku}")
        if (row.item_price_minor, row.price_is_estimated) != (was_priced, was_estimated):
            before = _price(edit, was_priced, was_estimated)
            said.append(f"price {before} → {_price(edit, row.item_price_minor, row.price_is_estimated)}")
        if said:
            _refuse_less_than_refunded(edit, line)
            edit.said.append(f"{line.sku}: {', '.join(said)}")


def _resize(row: OrderLine, quantity: int) -> None:
    """Set a quantity, and the price of the items at the same price of one.

    A price that is told is then the seller's too, since the channel's is that of another quantity. An estimate
    stays one, and gives way to a told price.
    """
    if quantity == row.quantity:
        return
    if row.item_price_minor is not None and row.quantity:
        row.item_price_minor = resized_price(row.item_price_minor, row.quantity, quantity)
        if not row.price_is_estimated:
            row.edited_fields |= int(LineEdit.PRICE)
    open_units = quantity - row.quantity_shipped - row.quantity_canceled
    row.quantity_short = max(0, row.quantity_short - max(0, row.quantity - quantity))
    row.quantity = quantity
    row.quantity_allocated = min(row.quantity_allocated, open_units)
    row.quantity_picked = min(row.quantity_picked, open_units)
    row.edited_fields |= int(LineEdit.QUANTITY)


def _refuse_less_than_refunded(edit: Edit, line: EditedLine) -> None:
    row = line.row
    if not row.refunded_minor:
        return
    parts = Amounts(*(getattr(row, column) or 0 for column in COLUMNS.values()))
    paid = parts.first(row.quantity - row.quantity_canceled, row.quantity).total
    if paid < row.refunded_minor:
        raise Refused(
            f"{format_amount(row.refunded_minor, edit.currency)} {edit.currency} of {line.sku} were refunded; "
            f"at this price only {format_amount(paid, edit.currency)} would have been paid."
        )


def _price(edit: Edit, minor: int | None, is_estimated: int) -> str:
    if minor is None:
        return "(none)"
    return format_amount(minor, edit.currency) + (" (estimated)" if is_estimated else "")


def add_lines(edit: Edit) -> None:
    """Insert the planned lines; without a told price, at the product's where its currency is the order's."""
    last = max((line.row.line_no for line in edit.lines), default=0)
    for number, (new, product) in enumerate(edit.added, start=last + 1):
        is_told = new.unit_price_minor is not None
        # The product's price is in the shop's currency.
        is_comparable = edit.currency == edit.work.shop.currency
        unit_price = new.unit_price_minor if is_told or not is_comparable else product.unit_price_minor
        row = OrderLine(
            sales_order_id=edit.order.id,
            line_no=number,
            product_id=product.id,
            quantity=new.quantity,
            item_price_minor=None if unit_price is None else unit_price * new.quantity,
            price_is_estimated=int(not is_told and unit_price is not None),
            edited_fields=int(LineEdit.ADDED | LineEdit.QUANTITY | (LineEdit.PRICE if is_told else 0)),
        )
        edit.work.session.add(row)
        edit.work.session.flush()
        edit.lines.append(EditedLine(row, product))
        price = _price(edit, row.item_price_minor, row.price_is_estimated)
        edit.changed(f"new line {product.sku}", f"{product.sku}: new line, quantity {new.quantity}, price {price}")
