"""Which order file a header is, and that no row and no stray file can break a reader."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.reading import DATA, SHOP, order_parser
from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import AMOUNTS, PERSONAL, OrderRow
from ordercli.errors import Refused, UsageProblem
from ordercli.formats.orders.layout import OrderLayout
from ordercli.formats.orders.order_layouts import LAYOUTS, layout_of
from ordercli.formats.source import open_source

FILES = {
    "amazon/all-orders-31.txt": "amazon-all-orders",
    "amazon/all-orders-91.txt": "amazon-all-orders",
    "amazon/unshipped-27.txt": "amazon-unshipped",
    "amazon/unshipped-68.txt": "amazon-unshipped",
    "amazon/order-report-29.txt": "amazon-order-report",
    "amazon/order-report-34.txt": "amazon-order-report",
    "order_csv/orders.csv": "ordercli",
}
SAMPLES = os.environ.get("ORDERCLI_SAMPLES", "")


def header_of(name: str) -> tuple[str, ...]:
    with open_source(str(DATA / name)) as source:
        return source.header


@pytest.mark.parametrize(("file", "layout"), FILES.items())
def test_a_file_is_recognised_by_its_header(file: str, layout: str) -> None:
    assert layout_of(file, header_of(file)).name == layout


@pytest.mark.parametrize("file", FILES)
def test_the_place_of_a_column_plays_no_part(file: str) -> None:
    header = header_of(file)
    assert layout_of(file, header[::-1]) is layout_of(file, header)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_may_be_named_and_must_then_have_its_columns(layout: OrderLayout) -> None:
    assert layout_of("file", layout.required, layout.name) is layout
    with pytest.raises(Refused, match=f"^file lacks the column .*{layout.required[0]}.*, which {layout.title}"):
        layout_of("file", ("nothing",), layout.name)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_required_column_is_missed_by_name(layout: OrderLayout) -> None:
    for column in layout.required:
        header = tuple(other for other in layout.required if other != column)
        with pytest.raises(Refused, match=f"lacks the column {column}, which"):
            layout_of("file", header, layout.name)


def test_an_unknown_header_is_refused_with_what_was_seen_and_what_is_known() -> None:
    with pytest.raises(
        Refused, match=r"its columns: a, b, c, d, e, f\); known are Amazon's FBA shipments report, "
    ):
        layout_of("file", tuple("abcdefg"))
    with pytest.raises(Refused, match=r"its columns: nothing\)"):
        layout_of("file", ())


def test_a_list_of_shipments_is_no_order_file() -> None:
    with pytest.raises(Refused, match="read it with: ordercli ship --csv"):
        layout_of("shipments.csv", header_of("ship_csv/shipments.csv"))


def test_an_unknown_layout_is_a_usage_error_that_lists_the_known() -> None:
    with pytest.raises(
        UsageProblem, match=r"no layout 'ebay'; there are auto, amazon-fba-shipments, .*, ordercli\."
    ):
        layout_of("file", ("order_id",), "ebay")


PLAUSIBLE = st.sampled_from(
    ["", "1", "0", "2.50", "USD", "JPY", "A-1", "250-0000001-0000001", "2026-03-10T18:04:05Z", "Cancelled", "AFN"]
)
CELLS = PLAUSIBLE | st.text(max_size=12) | st.text(alphabet="0123456789.-+:TZE", max_size=26)


@pytest.mark.parametrize("file", FILES)
@given(data=st.data())
def test_any_cells_are_a_row_or_a_fault_of_one_of_its_columns(file: str, data: st.DataObject) -> None:
    header = header_of(file)
    parse = order_parser(header)
    with open_source(str(DATA / file)) as source:
        cells = next(source.records())[1]
    for place, cell in data.draw(st.dictionaries(st.integers(0, len(header) - 1), CELLS, max_size=9)).items():
        cells[place] = cell

    row = parse(7, cells)

    assert row.line == 7
    if isinstance(row, RowError):
        assert row.column in header
        assert row.reason
    else:
        assert_is_sound(row)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@given(data=st.data())
def test_a_file_with_only_the_required_columns_survives_any_cells(
    layout: OrderLayout, data: st.DataObject
) -> None:
    width = len(layout.required)
    row = layout.parser(layout.required, SHOP)(7, data.draw(st.lists(CELLS, min_size=width, max_size=width)))

    if isinstance(row, RowError):
        assert row.column in layout.required
    else:
        assert_is_sound(row)


def assert_is_sound(row: OrderRow) -> None:
    assert row.quantity > 0 or row.is_canceled
    assert 0 <= row.quantity_shipped + row.quantity_canceled <= row.quantity
    assert (row.sold_on is None) == (row.quantity_shipped == 0)
    assert all(amount is None or amount >= 0 for amount in row.amounts)
    assert len(row.amounts) == len(AMOUNTS)
    assert len(row.person) == len(PERSONAL)
    assert row.fulfillment in ("FBM", "FBA", None)


@pytest.mark.skipif(not SAMPLES, reason="ORDERCLI_SAMPLES does not name a folder of further order files")
def test_every_further_sample_is_recognised_or_refused() -> None:
    files = [file for file in sorted(Path(SAMPLES).rglob("*")) if file.suffix in (".txt", ".csv")]
    assert files
    for file in files:
        assert read_or_refuse(file)


def read_or_refuse(file: Path) -> str:
    """How many rows of each kind a file gives, or why it is refused; anything else it raises is a failure."""
    try:
        with open_source(str(file)) as source:
            parse = layout_of(source.name, source.header).parser(source.header, SHOP)
            rows = [row if isinstance(row, RowError) else parse(*row) for row in source.rows()]
    except Refused as refusal:
        return str(refusal)
    good = sum(isinstance(row, OrderRow) for row in rows)
    return f"{good} good, {len(rows) - good} faulty"
