"""CSV, TSV, JSON and JSON lines, streamed row by row."""

from collections.abc import Iterator, Sequence
from typing import Any, TextIO, TypeVar

from ordercli.csv_out import csv_writer
from ordercli.domain.report import Report
from ordercli.render.cells import Convert, machine_cells

T = TypeVar("T")


def write_csv(out: TextIO, report: Report, *, currency: str, delimiter: str, raw: bool) -> None:
    """Comma- or tab-separated values with a header; ``raw`` leaves formulas as they are."""
    writer = csv_writer(out, delimiter)
    writer.writerow(_names(report))
    converters = machine_cells(report.columns, currency, guarded=True)
    if raw:
        plain = machine_cells(report.columns, currency, guarded=False)
        converters = [
            p if column.kind in ("text", "key", "keys", "person", "value") else g
            for column, g, p in zip(report.columns, converters, plain, strict=True)
        ]
    writer.writerows(_converted(report, converters))


def write_json(out: TextIO, report: Report, *, currency: str) -> None:
    """A JSON list of objects, one a line so that it can be read and compared by eye."""
    separator = "[\n"
    for line in _objects(report, currency):
        out.write(f"{separator}{line}")
        separator = ",\n"
    out.write("\n]\n" if separator == ",\n" else "[]\n")


def write_json_lines(out: TextIO, report: Report, *, currency: str) -> None:
    """One JSON object a line."""
    out.writelines(f"{line}\n" for line in _objects(report, currency))


def _objects(report: Report, currency: str) -> Iterator[str]:
    import json  # noqa: PLC0415 - CSV does without

    names = _names(report)
    for row in _converted(report, machine_cells(report.columns, currency, guarded=False)):
        yield json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)


def _names(report: Report) -> list[str]:
    return [column.name for column in _picked(report, report.columns)]


def _picked(report: Report, row: Sequence[T]) -> Sequence[T]:
    """What stands in the columns that were asked for."""
    return row if report.chosen is None else [row[place] for place in report.chosen]


def _converted(report: Report, converters: Sequence[Convert | None]) -> Iterator[Sequence[Any]]:
    changing = [(place, convert) for place, convert in enumerate(converters) if convert]
    if not changing and report.chosen is None:
        yield from report.rows
        return
    for row in report.rows:
        cells = list(row)
        for place, convert in changing:
            if (value := row[place]) is not None:
                cells[place] = convert(value, row)
        yield _picked(report, cells)
