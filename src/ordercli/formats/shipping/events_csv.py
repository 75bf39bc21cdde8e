"""What carriers tell of shipments, as CSV: tracking_number, status, occurred_at, detail; other columns by a map.

A file without status lists deliveries. A day without a time counts as its noon, so that it is that day in any zone
nearby. Rows of shipments that have not left yet say nothing.
"""

from collections.abc import Callable, Iterator, Sequence

from ordercli.domain.fields import FieldError, RowError, parse_tracking
from ordercli.domain.shipping.shipment_events import CarrierEvent, ShipmentStatus, parse_shipment_status
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import day_of, noon_of
from ordercli.errors import Refused
from ordercli.formats.cells import row_error, text, unless_dash, wide_instant
from ordercli.formats.column_map import columns_by_field
from ordercli.formats.source import Source
from ordercli.formats.styles import Kinds, Style

FIELDS = ("tracking_number", "status", "occurred_at", "detail")
REQUIRED = ("tracking_number", "occurred_at")
LONGEST_DETAIL = 200


def parse_event_map(pairs: Sequence[str]) -> dict[str, str]:
    """Field to column, from ``--map COL=FIELD`` options; a column may hold ``=`` itself.

    Raises:
        UsageProblem: for an unknown or doubled field.
    """
    return columns_by_field(pairs, FIELDS, example="Tracking ID=tracking_number")


def kinds_of(columns: dict[str, str]) -> Kinds:
    """Which column is a date, under a map from fields to columns."""
    return Kinds(dates=(columns.get("occurred_at", "occurred_at"),))


def read_events(
    source: Source, columns: dict[str, str], style: Style, *, zone: str, now: str
) -> Iterator[CarrierEvent | RowError]:
    """Every row that says something of a shipment, or what is wrong with it.

    Raises:
        Refused: if a column that is needed, or named in the map, is not there.
    """
    places = _places(source, columns)
    parse = style.reading(
        source.header, _parser(source.header, places, zone=zone, now=now, is_mapped=bool(columns))
    )
    for row in source.rows():
        read = row if isinstance(row, RowError) else parse(*row)
        if read is not None:
            yield read


def _places(source: Source, columns: dict[str, str]) -> dict[str, int]:
    places = {}
    for field in FIELDS:
        column = columns.get(field, field)
        if column in source.header:
            places[field] = source.header.index(column)
        elif field in columns or field in REQUIRED:
            raise Refused(f"{source.name} has no column {column!r}; say which is it with: --map COLUMN={field}")
    return places


def _parser(
    header: tuple[str, ...], places: dict[str, int], *, zone: str, now: str, is_mapped: bool
) -> Callable[[int, list[str]], CarrierEvent | RowError | None]:
    first = wide_instant(zone)
    last = wide_instant(zone, is_end=True)

    def moment(cell: str) -> str:
        at = first(cell)
        if at == last(cell):
            return at
        noon = noon_of(day_of(at, zone), zone)
        return min(noon, now) if at <= now else noon

    def parse(line: int, raw: list[str]) -> CarrierEvent | RowError | None:
        cells = {field: unguard_formula(raw[place].strip()) for field, place in places.items()}
        if is_mapped:
            cells = {field: unless_dash(cell) for field, cell in cells.items()}
        field = "tracking_number"
        try:
            number = parse_tracking(cells[field])
            field = "status"
            status: ShipmentStatus | None = "delivered"
            if field in cells:
                status = parse_shipment_status(cells[field])
            field = "occurred_at"
            if status is None:
                return None
            at = moment(cells[field])
        except FieldError as error:
            return row_error(line, header, places[field], error)
        said = text(cells.get("detail") or cells.get("status", ""))
        detail = None if status == "delivered" or said is None else said[:LONGEST_DETAIL]
        return CarrierEvent(line, number, status, at, detail)

    return parse
