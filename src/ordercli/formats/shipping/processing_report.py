"""Amazon's processing report on an uploaded file: a summary, and a row for each thing that was not taken.

Rows name the order and the item, or the SKU, and the row of the file; the words for error and warning are in the
language of the account. Read leniently: columns by name, whatever their order.

Source: reports as sellers' software reads them; Amazon publishes no description. Read 2026-03.
"""

from ordercli.domain.fields import FieldError
from ordercli.domain.shipping.upload_files import ReportedRow
from ordercli.errors import Refused
from ordercli.formats.file_kinds import refuse_other_bytes

_NUMBER = "original-record-number"
_WARNINGS = frozenset({"warning", "warnung", "avertissement", "avviso", "advertencia", "info", "information"})


def read_processing_report(name: str, content: bytes) -> list[ReportedRow]:
    """The rows of a report; none if everything was taken.

    Raises:
        Refused: if the file is no processing report.
    """
    lines = _text(content).splitlines()
    head = next((place for place, line in enumerate(lines) if _NUMBER in line.split("\t")), None)
    if head is None:
        if lines and lines[0].strip().casefold().startswith("feed processing summary"):
            return []
        refuse_other_bytes(name, content, "shipment answer")
        raise Refused(f"{name} is not one of Amazon's processing reports; it has no column {_NUMBER}.")
    header = [cell.strip().casefold() for cell in lines[head].split("\t")]
    rows = enumerate(lines[head + 1 :], head + 2)
    return [_row(name, number, header, line) for number, line in rows if line.strip()]


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")


def _row(name: str, line: int, header: list[str], text: str) -> ReportedRow:
    cells = dict(zip(header, (cell.strip() for cell in text.split("\t")), strict=False))
    try:
        number = _whole(cells.get(_NUMBER, ""))
    except FieldError as error:
        raise Refused(f"{name}: line {line}: {error}.") from error
    kind = (cells.get("error-type") or "error").casefold()
    message = cells.get("error-message") or "not taken, without a reason"
    return ReportedRow(
        number,
        cells.get("order-id") or None,
        cells.get("order-item-id") or cells.get("amazon-order-item-code") or None,
        cells.get("error-code") or None,
        " ".join(message.split())[:500],
        kind not in _WARNINGS,
    )


def _whole(cell: str) -> int:
    if not cell:
        return 0
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 9):  # noqa: PLR2004 - more rows than a file has
        raise FieldError(f"{cell[:40]!r} is not the number of a row")
    return int(cell)
