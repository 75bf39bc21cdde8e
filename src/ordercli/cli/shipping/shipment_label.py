"""``ordercli shipment label``: the label that a carrier made for a shipment, kept with it."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import PDF, READ, ZPL
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
    zpl: Annotated[
        str | None,
        typer.Option("--zpl", metavar="FILE", parser=ZPL, help="Write the one kept for a thermal printer."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Keep the label a carrier made for a shipment, or write the kept one to print it again.

    Labels that Amazon sold (amazon label buy) are kept so by themselves. A label is personal data, and stored with
    the other.

    Example: ordercli shipment label 3 --attach usps-label.pdf
    """
    told = [each for each in (attach, pdf, zpl) if each is not None]
    if len(told) != 1:
        raise UsageProblem("Say --attach FILE to keep a label, or --pdf or --zpl FILE to write the kept one.")
    if attach is None:
        write_kept(ctx, shipment, told[0], kind="PDF" if zpl is None else "ZPL")
        return

    def use_case(work: "Work", content: bytes) -> "Outcome":
        from ordercli.services.shipping.labels import attach_label

        return attach_label(work, shipment, content)

    write_prepared(ctx, "shipment label", lambda _: _content(str(attach)), use_case, dry_run=dry_run)


def write_kept(ctx: typer.Context, shipment: int, file: str, *, kind: str) -> None:
    """Write the label that is kept with a shipment.

    Args:
        ctx: the command's context.
        shipment: its number.
        file: where to.
        kind: what it must be, PDF or ZPL.

    Raises:
        NotFound: if none is kept.
        Refused: if it is of another kind.
    """
    from ordercli.domain.shipping.label_kinds import kind_of
    from ordercli.files import write_file
    from ordercli.queries.shipping.paper import attached_label

    with reader(ctx) as opened:
        content = attached_label(opened, shipment)
    held = kind_of(content) or "PDF"
    if kind != held:
        raise Refused(
            f"The label of shipment {shipment} is kept as {held}; write it with: "
            f"ordercli shipment label {shipment} --{held.lower()} FILE"
        )
    write_file(file, content)
    if file != "-" and not settings_of(ctx).quiet:
        console.say(f"Wrote the label of shipment {shipment} to {file}.")


def _content(name: str) -> bytes:
    """The file, if it looks like a PDF and is no larger than a label may be."""
    from ordercli.files import read_file

    content = read_file(name)
    if b"%PDF-" not in content[:1024]:
        raise Refused(f"{name} is no PDF; ask the carrier's page for one.")
    if len(content) > LARGEST:
        raise Refused(f"{name} has more than {LARGEST // 1_000_000} MB, which no label has.")
    return content
