"""What was changed on the sheet Inventory, through the use cases of ``product`` and ``stock``."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import text

from ordercli.domain.catalog.catalog_rows import Fields, OpeningRow
from ordercli.domain.fields import FieldError, parse_sku
from ordercli.domain.movements import standing_sql
from ordercli.domain.places import HOME
from ordercli.domain.workbook.pulled import CellFault, PulledRow
from ordercli.domain.workbook.requests import PRODUCT_FIELDS, RequestFault, counted_units, product_fields
from ordercli.domain.workbook.rows import StockedProduct
from ordercli.domain.workbook.versions import CellState, canonical
from ordercli.errors import Refused
from ordercli.services.catalog.known_products import known_skus
from ordercli.services.catalog.products import add_product, edit_product
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.counts import post_count, read_count
from ordercli.services.stock.stock import open_stock
from ordercli.services.workbook.pull import Known, Pull, Task, told


def pull_products(pull: Pull, rows: Sequence[PulledRow], known: Known) -> None:
    """Take back what was changed of products that are there: their fields, then what was counted."""
    products = known.products([int(row.key.partition(":")[2]) for row in rows])
    edits: list[Task] = []
    counts: list[tuple[PulledRow, StockedProduct, dict[str, CellState], int]] = []
    for row in rows:
        product = products.get(int(row.key.partition(":")[2]))
        if product is None:
            pull.faults.append(CellFault(row.cells[0], "is a product that is not there"))
            continue
        states = pull.edited(row, product.cells, partial(_is_taken, pull, product))
        fields, faults = product_fields(row.said, [*states], pull.work.shop.currency)
        pull.faults += [CellFault(row.cell(fault.column), fault.reason) for fault in faults]
        columns = [key for key in states if key in PRODUCT_FIELDS and PRODUCT_FIELDS[key][0] in fields]
        if fields:
            cells = tuple(row.cell(key) for key in columns)
            act = partial(edit_product, pull.work, product.sku, fields)
            edits.append(Task(cells, product.sku, told(states, columns), act))
        if "on_hand" in states:
            units = counted_units(row.said)
            if isinstance(units, RequestFault):
                pull.faults.append(CellFault(row.cell("on_hand"), units.reason))
            elif product.is_kit:
                pull.faults.append(CellFault(row.cell("on_hand"), "a kit is not counted; count its components"))
            else:
                counts.append((row, product, states, units))
    pull.run(edits)
    _post_counts(pull, counts)


def _is_taken(pull: Pull, product: StockedProduct, state: CellState) -> bool:
    """Whether what a cell says was taken back before: units by a count, no name by calling it by its SKU."""
    if state.column.key == "name":
        return not canonical(state.said).strip() and canonical(state.known) == product.sku
    return _is_counted(pull, product.product, state)


def _is_counted(pull: Pull, product: int, state: CellState) -> bool:
    """Whether a count since the workbook was made found these units: what moved later is no other count."""
    if state.column.key != "on_hand":
        return False
    found = pull.work.connection.execute(
        text(
            "SELECT 1 FROM stock_count c JOIN stock_count_line l ON l.stock_count_id = c.id"
            " WHERE l.product_id = :product AND l.counted = :units"
            " AND c.counted_at >= :made AND c.location = :home"
        ),
        {"product": product, "units": canonical(state.said), "made": pull.made_at, "home": HOME},
    )
    return found.first() is not None


def _post_counts(
    pull: Pull, counts: Sequence[tuple[PulledRow, StockedProduct, dict[str, CellState], int]]
) -> None:
    """Post what was counted as one count; if that cannot be, each product by itself."""
    single = [
        Task(
            (row.cell("on_hand"),),
            product.sku,
            told(states, ("on_hand",)),
            partial(_count, pull.work, {product.product: units}),
        )
        for row, product, states, units in counts
    ]
    if len(single) > 1:
        found = {product.product: units for _, product, _, units in counts}
        together = Task(
            tuple(cell for task in single for cell in task.cells),
            f"{len(single)} products",
            ", ".join(f"{task.record} {task.told}" for task in single),
            partial(_count, pull.work, found),
        )
        if pull.is_done(together):
            return
    pull.run(single)


def _count(work: Work, found: Mapping[int, int]) -> Outcome:
    mark = hashlib.sha256(f"workbook {work.operation} {sorted(found)}".encode()).hexdigest()
    entries = [(product, units, None, None, 0) for product, units in found.items()]
    return post_count(work, read_count(work, entries, sha256=mark, location=None, counted_at=None, complete=False))


def pull_new_products(pull: Pull, rows: Sequence[PulledRow]) -> None:
    """Add the products typed into blank rows, with the units on hand as opening stock."""
    tasks = []
    for row in rows:
        fields, faults = product_fields(row.said, [*PRODUCT_FIELDS], pull.work.shop.currency)
        try:
            sku = parse_sku(canonical(row.said["sku"]).strip())
        except FieldError as error:
            faults.append(RequestFault("sku", str(error)))
            sku = ""
        units = counted_units(row.said) if canonical(row.said["on_hand"]).strip() else None
        if isinstance(units, RequestFault):
            faults.append(units)
        if faults:
            pull.faults += [CellFault(row.cell(fault.column), fault.reason) for fault in faults]
            continue
        stocked = units if isinstance(units, int) else None
        given = {name: value for name, value in fields.items() if value is not None}
        told_of = f"a new product{f' with {stocked} on hand' if stocked else ''}"
        tasks.append(Task((row.cell("sku"),), sku, told_of, partial(_add, pull.work, sku, given, stocked)))
    pull.run(tasks)


def _add(work: Work, sku: str, fields: Fields, units: int | None) -> Outcome:
    outcome = add_product(work, sku, fields)
    if not units:
        return outcome
    product = known_skus(work.connection)[sku]
    if not outcome.is_change:
        if not _is_opened(work, product, units):
            raise Refused(f"{sku} is there already, opened with other units; change it in its own row.")
        return outcome
    cost = fields.get("unit_cost_minor")
    if cost is None:
        raise Refused(f"Units of {sku} are on hand: say what one cost under unit cost.")
    opened = open_stock(work, [OpeningRow(0, sku, HOME, units, int(cost) * units)], {sku: product})
    return Outcome(
        f"{outcome.summary}; {opened.summary}", {**outcome.changed, **opened.changed}, warnings=opened.warnings
    )


def _is_opened(work: Work, product: int, units: int) -> bool:
    opened = work.connection.execute(
        text(
            "SELECT sum(quantity) FROM stock_movement m"
            f" WHERE product_id = :product AND kind = 'opening' AND {standing_sql('m')}"
        ),
        {"product": product},
    ).scalar()
    return bool(opened == units)
