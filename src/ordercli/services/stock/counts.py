"""Counting: what was found at a place against what the ledger had there at that moment.

The difference is posted at the moment of the count. What moved since then stays as it is, so a count may be
posted hours after the shelf was looked at, while shipments leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from ordercli.domain.places import HOME, LOSS
from ordercli.domain.words import count as counted_words
from ordercli.errors import Refused
from ordercli.services.lookup import on_hand
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.allocation import forget_short, release, settle, touch
from ordercli.services.stock.ledger import Posting, post
from ordercli.services.stock.locations import require_own_place
from ordercli.services.stock.usual_cost import unknown_cost_warnings, usual_cost

_MOST_NOTES = 10
"""Differences told one by one, the largest; the JSON receipt has all."""

_EXPECTED = """
SELECT p.id, p.sku, c.counted, coalesce((
  SELECT sum(CASE :location WHEN m.to_location THEN m.quantity ELSE -m.quantity END) FROM stock_movement m
  WHERE m.product_id = p.id AND :location IN (m.from_location, m.to_location) AND m.occurred_at <= :at), 0
) AS expected
FROM counted_product c JOIN product p ON p.id = c.product_id ORDER BY p.sku"""


@dataclass(frozen=True, slots=True)
class Variance:
    """One product of a count: units the ledger had at its moment, and units found."""

    product_id: int
    sku: str
    expected: int
    counted: int

    @property
    def difference(self) -> int:
        """Units found beyond those expected; negative where some are missing."""
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class CountedStock:
    """What was counted.

    Attributes:
        location: where.
        units: units found by product id.
        counted_at: the moment it is true of.
        sha256: of the file, so that the same one is posted once.
        is_dated: whether that moment was told; if not, it is the present.
        is_complete: whether what is not in ``units`` is not there.
    """

    location: str
    units: Mapping[int, int]
    counted_at: str
    sha256: str
    is_dated: bool
    is_complete: bool


CountEntry = tuple[int, int | None, str | None, str | None, int]
"""Product id, units found or None if not counted, place and moment as far as the row tells, line of the file."""


def read_count(
    work: Work,
    entries: Sequence[CountEntry],
    *,
    sha256: str,
    location: str | None,
    counted_at: str | None,
    complete: bool,
) -> CountedStock:
    """What the rows of a file say together; those of one product add up.

    Args:
        work: the command's frame.
        entries: the rows.
        sha256: of the file.
        location: the place, if it is told beside the file.
        counted_at: the moment, if it is told beside the file.
        complete: whether what is not in the file is not there.

    Raises:
        Refused: if rows tell several places or moments, or nothing was counted, or a row of a complete count
            has no quantity.
    """
    places = {place for _, _, place, _, _ in entries if place} if location is None else {location}
    moments = {moment for *_, moment, _ in entries if moment} if counted_at is None else {counted_at}
    if len(places) > 1 or len(moments) > 1:
        raise Refused(
            "The rows tell several places or moments; count each place by itself, with --location and --at."
        )
    units: dict[int, int] = {}
    for product, found, _, _, line in entries:
        if found is not None:
            units[product] = units.get(product, 0) + found
        elif complete:
            raise Refused(
                f"line {line} has no quantity; with --complete every row must have one, 0 if none is there."
            )
    if not units and not complete:
        raise Refused("Nothing is counted yet: fill in the column quantity.")
    return CountedStock(
        places.pop() if places else HOME,
        units,
        next(iter(moments)) if moments else work.now,
        sha256,
        is_dated=counted_at is not None,
        is_complete=complete,
    )


def post_count(work: Work, count: CountedStock) -> Outcome:
    """Correct the ledger by what a count found, at the moment of the count.

    The same file again changes nothing, unless it is told to be of another moment.

    Raises:
        NotFound: for an unknown place.
        Refused: if the moment is still to come, or if what left since then was not there to leave.
    """
    require_own_place(work.connection, count.location)
    if count.counted_at > work.now:
        raise Refused(f"{count.counted_at} is still to come; count first.")
    posted = _posted(work, count)
    if posted is not None:
        return posted
    variances = _variances(work, count)
    differing = [variance for variance in variances if variance.difference]
    answered = _answered(work, count)
    number = _record(work, count, variances)
    touch(work.connection, {variance.product_id for variance in differing} | answered.keys())
    if any(variance.difference < 0 for variance in differing):
        release(work.connection)
    found = [variance.product_id for variance in differing if variance.difference > 0]
    costless = unknown_cost_warnings(work.connection, found)
    post(work, [_posting(work, count, number, variance) for variance in differing])
    if count.location == HOME:
        forget_short(work.connection, answered.keys())
    settled = settle(work)
    return _outcome(count, number, variances, sorted(answered.values()), costless + settled.warnings)


def _posted(work: Work, count: CountedStock) -> Outcome | None:
    row = work.connection.execute(
        text(
            "SELECT id, counted_at, operation_id FROM stock_count WHERE sha256 = :sha256 AND location = :location"
            " AND (:at IS NULL OR counted_at = :at) ORDER BY id DESC LIMIT 1"
        ),
        {
            "sha256": count.sha256,
            "location": count.location,
            "at": count.counted_at if count.is_dated else None,
        },
    ).one_or_none()
    if row is None:
        return None
    return Outcome(
        f"this file is count {row.id} of {row.counted_at} already (operation {row.operation_id}); "
        "give --at if the same was counted at another time"
    )


def ask(work: Work, product_id: int, units: int, *, order: int | None = None, location: str = HOME) -> None:
    """Open the question how many units of a product there are, since some were missing where they should be.

    ``stock sheet --questions`` lists it; the next count of the product there answers it.

    Args:
        work: the command's frame.
        product_id: what is in question.
        units: how many were missing.
        order: row id of the order they were wanted for.
        location: where they were looked for.
    """
    work.connection.execute(
        text(
            "INSERT INTO count_question (product_id, location, quantity, sales_order_id, asked_at, operation_id)"
            " VALUES (:product, :location, :units, :order, :now, :operation)"
        ),
        {
            "product": product_id,
            "location": location,
            "units": units,
            "order": order,
            "now": work.now,
            "operation": work.operation,
        },
    )


def _answered(work: Work, count: CountedStock) -> dict[int, str]:
    """SKU by product of the open questions that this count, not recorded yet, will answer."""
    rows = work.connection.execute(
        text(
            "SELECT DISTINCT p.id, p.sku FROM open_question q"
            " JOIN counted_product c ON c.product_id = q.product_id JOIN product p ON p.id = q.product_id"
            " WHERE q.location = :location AND q.asked_at <= :at"
        ),
        {"location": count.location, "at": count.counted_at},
    )
    return {row.id: row.sku for row in rows}


def _variances(work: Work, count: CountedStock) -> list[Variance]:
    connection = work.connection
    connection.exec_driver_sql(
        "CREATE TEMP TABLE IF NOT EXISTS counted_product (product_id INTEGER PRIMARY KEY, counted INTEGER)"
    )
    connection.exec_driver_sql("DELETE FROM counted_product")
    if count.units:
        connection.execute(
            text("INSERT INTO counted_product VALUES (:product, :units)"),
            [{"product": product, "units": units} for product, units in count.units.items()],
        )
    if count.is_complete:
        connection.execute(
            text(
                "INSERT OR IGNORE INTO counted_product"
                " SELECT product_id, 0 FROM stock_level WHERE location = :location"
            ),
            {"location": count.location},
        )
    rows = connection.execute(text(_EXPECTED), {"location": count.location, "at": count.counted_at})
    return [Variance(row.id, row.sku, row.expected, row.counted) for row in rows]


def _record(work: Work, count: CountedStock, variances: list[Variance]) -> int:
    number = int(
        work.connection.execute(
            text(
                "INSERT INTO stock_count (location, counted_at, sha256, operation_id)"
                " VALUES (:location, :at, :sha256, :operation) RETURNING id"
            ),
            {
                "location": count.location,
                "at": count.counted_at,
                "sha256": count.sha256,
                "operation": work.operation,
            },
        ).scalar_one()
    )
    if variances:
        work.connection.execute(
            text("INSERT INTO stock_count_line VALUES (:number, :product, :expected, :counted)"),
            [
                {"number": number, "product": v.product_id, "expected": v.expected, "counted": v.counted}
                for v in variances
            ],
        )
    return number


def _posting(work: Work, count: CountedStock, number: int, variance: Variance) -> Posting:
    reference = f"count {number}"
    units = abs(variance.difference)
    if variance.difference > 0:
        cost = usual_cost(work.connection, variance.product_id, units)
        return Posting(
            "count", variance.product_id, LOSS, count.location, units, count.counted_at, cost, reference=reference
        )
    held, _ = on_hand(work.connection, variance.product_id, count.location)
    if held < units:
        raise Refused(
            f"{variance.sku}: {variance.counted} were counted, but {variance.expected - held} have left "
            f"{count.location} since {count.counted_at}; count it again."
        )
    return Posting(
        "count", variance.product_id, count.location, LOSS, units, count.counted_at, reference=reference
    )


def _outcome(
    count: CountedStock, number: int, variances: list[Variance], answered: list[str], warnings: tuple[str, ...]
) -> Outcome:
    differing = [variance for variance in variances if variance.difference]
    largest = sorted(differing, key=lambda variance: -abs(variance.difference))[:_MOST_NOTES]
    notes = [f"{v.sku}: expected {v.expected}, counted {v.counted}: {v.difference:+d}" for v in largest]
    if len(differing) > len(largest):
        notes.append(f"… and {len(differing) - len(largest)} more, none larger; --format json has them all")
    notes += [f"answers the question how many {', '.join(answered)} there are"] if answered else []
    counts = {
        "products_counted": len(variances),
        "products_differing": len(differing),
        "units_expected": sum(v.expected for v in variances),
        "units_found": sum(max(0, v.difference) for v in differing),
        "units_missing": sum(max(0, -v.difference) for v in differing),
    }
    lines = [
        {"sku": v.sku, "expected": v.expected, "counted": v.counted, "difference": v.difference} for v in differing
    ]
    return Outcome(
        f"count {number}: {counted_words(len(variances), 'product')} at {count.location}, "
        f"{len(differing)} differing ({counted_words(counts['units_found'], 'unit')} found, "
        f"{counts['units_missing']} missing)",
        {"counts": 1, "movements": len(differing)},
        counts,
        warnings,
        tuple(notes),
        reference=str(number),
        details={"differences": lines},
    )
