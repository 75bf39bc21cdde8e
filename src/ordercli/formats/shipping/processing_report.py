"""Amazon's processing report on an uploaded file: a summary, and a row for each thing that was not taken.

Rows name the order and the item, or the SKU, and the row of the file; row 0 is about the file. The words for
error and warning are in the language of the account, and so are those of the summary, whose first number is the
rows read and whose second the rows taken. Read leniently: columns by name, whatever their order.

Source: reports as sellers' software reads them; Amazon publishes no description. Read 2026-03.
"""

from ordercli.domain.fields import FieldError
from ordercli.domain.shipping.upload_files import ProcessingReport, ReportedRow, Weight
from ordercli.door import clean
from ordercli.errors import Refused
from ordercli.formats.file_kinds import refuse_other_bytes

_NUMBER = "original-record-number"
_WARNINGS = frozenset({"warning", "warnung", "avertissement", "avviso", "advertencia", "info", "information"})
_FATAL = "fatal"
"""How the word for more than an error begins in every language of which it is known."""


def read_processing_report(name: str, content: bytes) -> ProcessingReport:
    """What a report says.

    Raises:
        Refused: if the file is no processing report, or one that leaves open what was taken.
    """
    lines = _text(content).splitlines()
    head = next((place for place, line in enumerate(lines) if _NUMBER in line.split("\t")), None)
    if head is None:
        if lines and lines[0].strip().casefold().startswith("feed processing summary"):
            return _told(name, lines, ())
        refuse_other_bytes(name, content, "shipment answer")
        raise Refused(f"{name} is not one of Amazon's processing reports; it has no column {_NUMBER}.")
    header = [cell.strip().casefold() for cell in lines[head].split("\t")]
    rows = enumerate(lines[head + 1 :], head + 2)
    found = tuple(_row(name, number, header, line) for number, line in rows if line.strip())
    return _told(name, lines[:head], found)


def _told(name: str, summary: list[str], rows: tuple[ReportedRow, ...]) -> ProcessingReport:
    ends = [line.split("\t")[-1].strip() for line in summary if "\t" in line]
    numbers = [int(end) for end in ends if _is_number(end)][:2]
    processed, successful = numbers if len(numbers) > 1 else (None, None)
    report = ProcessingReport(processed, successful, rows)
    if report.fault:
        raise Refused(f"{name} does not say what was taken: {report.fault}; look in Seller Central.")
    return report


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")


def _row(name: str, line: int, header: list[str], text: str) -> ReportedRow:
    cells = dict(zip(header, (clean(cell).strip() for cell in text.split("\t")), strict=False))
    try:
        number = _whole(cells.get(_NUMBER, ""))
    except FieldError as error:
        raise Refused(f"{name}: line {line}: {error}.") from error
    kind = (cells.get("error-type") or "error").casefold()
    weight: Weight = "warning" if kind in _WARNINGS else "fatal" if kind.startswith(_FATAL) else "error"
    message = cells.get("error-message") or "not taken, without a reason"
    return ReportedRow(
        number,
        cells.get("order-id") or None,
        cells.get("order-item-id") or cells.get("amazon-order-item-code") or None,
        cells.get("error-code") or None,
        " ".join(message.split())[:500],
        weight,
    )


def _whole(cell: str) -> int:
    if not cell:
        return 0
    if not _is_number(cell):
        raise FieldError(f"{cell[:40]!r} is not the number of a row")
    return int(cell)


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= 9  # noqa: PLR2004 - more rows than a file has
