"""A seller's own spreadsheet taken in as one operation, through the use cases that take in its parts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ordercli.domain.catalog.catalog_rows import OpeningRow, ProductRow
from ordercli.domain.words import count
from ordercli.services.catalog.known_products import known_skus
from ordercli.services.catalog.suppliers import Terms, add_supplier, edit_supplier, supplier_ids
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_import import StagedFile, import_orders
from ordercli.services.stock.recipes import import_catalog
from ordercli.services.stock.stock import open_stock


@dataclass(frozen=True, slots=True)
class TrackerContent:
    """What a spreadsheet says.

    Attributes:
        name: the file.
        suppliers: (name, terms) of each.
        products: rows of the catalog.
        levels: units on hand, of products whose stock is to be opened.
        orders: the sheets of orders, staged under their numbers.
        rows_read: rows of all sheets.
        rows_rejected: rows of which something could not be read.
    """

    name: str
    suppliers: Sequence[tuple[str, Terms]]
    products: Sequence[ProductRow]
    levels: Sequence[OpeningRow]
    orders: list[StagedFile]
    rows_read: int
    rows_rejected: int


def import_book(work: Work, content: TrackerContent) -> Outcome:
    """Take a spreadsheet in: suppliers, catalog and opening stock first, so that orders find what is there.

    Orders of the past are history: what they tell to have left before the stock was opened moves none of it. The
    same spreadsheet again changes nothing.

    Returns:
        The outcome; stock that is there already and is told otherwise is left alone, doubted and counted as a
        rejected row.
    """
    outcomes = [_suppliers(work, content.suppliers)] if content.suppliers else []
    if content.products:
        outcomes.append(import_catalog(work, content.products, rows_read=0, rows_rejected=0))
        work.flush()
    if content.levels:
        outcomes.append(open_stock(work, content.levels, known_skus(work.connection), is_lenient=True))
    if content.orders:
        outcomes.append(import_orders(work, content.orders))
    changed: Counter[str] = Counter()
    counts: dict[str, int] = {}
    for outcome in outcomes:
        changed.update(outcome.changed)  # several parts count new products
        counts |= {name: number for name, number in outcome.counts.items() if not name.startswith("rows_")}
    refused = sum(outcome.counts.get("rows_rejected", 0) for outcome in outcomes if not _is_of_orders(outcome))
    rejected = content.rows_rejected + refused
    faults = [f"{count(rejected, 'row')} rejected"] if rejected else []
    return Outcome(
        f"imported {content.name}: {'; '.join([*_parts(counts), *faults])}",
        changed,
        {"rows_read": content.rows_read, "rows_rejected": rejected, **counts},
        tuple(warning for outcome in outcomes for warning in outcome.warnings),
        tuple(note for outcome in outcomes for note in outcome.notes),
        tuple(doubt for outcome in outcomes for doubt in outcome.doubts),
    )


def _is_of_orders(outcome: Outcome) -> bool:
    """Whether the rejected rows of an outcome are known before it began."""
    return "files" in outcome.details


def _parts(counts: Mapping[str, int]) -> list[str]:
    """What is said of each kind of record."""
    parts = []
    for noun in ("suppliers", "products", "orders", "lines"):
        if f"{noun}_new" in counts:
            told = ", ".join(f"{counts[f'{noun}_{kind}']} {kind}" for kind in ("new", "updated", "unchanged"))
            parts.append(f"{noun} {told}")
    if counts.get("units_opened"):
        parts.insert(len(parts) - 2 * ("orders_new" in counts), f"{count(counts['units_opened'], 'unit')} on hand")
    return parts


def _suppliers(work: Work, told: Sequence[tuple[str, Terms]]) -> Outcome:
    """Make suppliers, and give those that are there the terms that are told."""
    known = supplier_ids(work.connection)
    new = updated = 0
    for name, terms in told:
        if name in known:
            updated += edit_supplier(work, name, terms).is_change
        else:
            new += add_supplier(work, name, {"currency": work.shop.currency, **terms}).is_change
    counts = {
        "suppliers_new": new,
        "suppliers_updated": updated,
        "suppliers_unchanged": len(told) - new - updated,
    }
    return Outcome("imported suppliers", {"suppliers_new": new, "suppliers_updated": updated}, counts)
