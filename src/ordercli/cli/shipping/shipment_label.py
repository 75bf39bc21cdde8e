"""``ordercli shipment label``: the label that a carrier made for a shipment, kept with it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import PDF, READ
from ordercli.cli.frame import reader, settings_of, write_prepared
from ordercli.cli.options import DryRun
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

LARGEST = 5_000_000
"""Bytes of a label; one page has some ten or hundred thousand."""


def label(
    ctx: typer.Context,
    shipment: Annotated[
        int, typer.Argument(min=1, max=10**12, metavar="SHIPMENT", help="As shipment list has it.")
    ],
    attach: Annotated[
        str | None,
        typer.Option("--attach", metavar="FILE", parser=READ, help="The carrier's PDF to keep; - is stdin."),
    ] = None,
    pdf: Annotated[
        str | None, typer.Option("--pdf", metavar="FILE", parser=PDF, help="Write the kept PDF; - is stdout.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Keep the label a carrier made for a shipment, or write the kept one to print it again.

    It is personal data, and stored with the other.

    Example: ordercli shipment label 3 --attach usps-label.pdf
    """
    if (attach is None) == (pdf is None):
        raise UsageProblem("Say --attach FILE to keep a label, or --pdf FILE to write the kept one.")
    if pdf is not None:
        _write(ctx, shipment, pdf)
        return

    def use_case(work: "Work", content: bytes) -> "Outcome":
        from ordercli.services.shipping.labels import attach_label

        return attach_label(work, shipment, content)

    write_prepared(ctx, "shipment label", lambda _: _content(str(attach)), use_case, dry_run=dry_run)


def _write(ctx: typer.Context, shipment: int, pdf: str) -> None:
    from ordercli.files import write_file
    from ordercli.queries.shipping.paper import attached_label

    with reader(ctx) as opened:
        content = attached_label(opened, shipment)
    write_file(pdf, content)
    if pdf != "-" and not settings_of(ctx).quiet:
        console.say(f"Wrote the label of shipment {shipment} to {pdf}.")


def _content(name: str) -> bytes:
    """The file, if it looks like a PDF and is no larger than a label may be."""
    import sys

    try:
        if name == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such file"
        raise Refused(f"{name} cannot be read: {reason}.") from error
    if b"%PDF-" not in content[:1024]:
        raise Refused(f"{name} is no PDF; ask the carrier's page for one.")
    if len(content) > LARGEST:
        raise Refused(f"{name} has more than {LARGEST // 1_000_000} MB, which no label has.")
    return content
