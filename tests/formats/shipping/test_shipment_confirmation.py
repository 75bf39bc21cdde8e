"""The confirmation file, byte by byte."""

from hypothesis import given
from hypothesis import strategies as st

from formats.reading import DATA
from ordercli.domain.shipping.confirmation import ConfirmationRow
from ordercli.formats.shipping.shipment_confirmation import HEADER, write_confirmation

DAY = "2026-03-16"
ROWS = [
    ConfirmationRow(
        "250-0000011-0000011",
        "05000000000011",
        2,
        DAY,
        "USPS",
        None,
        "9400111899223197428510",
        "Ground Advantage",
    ),
    ConfirmationRow("250-0000012-0000012", None, None, DAY, "Other", "Corner Courier", None, None),
    ConfirmationRow(
        "250-0000013-0000013", "05000000000013", 1, DAY, "Transaragonés", None, "RR-12", "Two\nlines\tand a\r\ntab"
    ),
]


def test_the_file_is_written_as_amazon_wants_it() -> None:
    assert write_confirmation(ROWS) == (DATA / "shipment_confirmation/confirmation.txt").read_bytes()


def test_without_shipments_there_is_only_the_header() -> None:
    assert write_confirmation([]) == ("\t".join(HEADER) + "\n").encode()


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_name_can_break_out_of_its_cell(name: str, service: str) -> None:
    row = ConfirmationRow("250-0000012-0000012", None, None, DAY, "Other", name, None, service)

    text = write_confirmation([row, row]).decode()

    assert text.endswith("\n")
    assert text.count("\n") == 3
    assert "\r" not in text
    assert {line.count("\t") for line in text.removesuffix("\n").split("\n")} == {len(HEADER) - 1}
