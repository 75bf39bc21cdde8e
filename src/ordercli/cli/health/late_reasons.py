"""``ordercli metrics why``: what stands behind a rate that is bad."""

from typing import Annotated

import typer

from ordercli.cli.frame import reader, show
from ordercli.domain.health.stages import LateBy

why_app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@why_app.callback()
def why() -> None:
    """What orders with a defect have in common."""


@why_app.command("late")
def why_late(
    ctx: typer.Context,
    by: Annotated[LateBy, typer.Option("--by", help="What late orders are told apart by.")] = LateBy.STAGE,
    channel: Annotated[str, typer.Option(help="The channel judged.")] = "amazon",
) -> None:
    """Late orders of the late shipment rate of 30 days: where their time went, and what they have in common.

    By stage, an order is told under the recorded stage that took longest, or under "unrecorded" if more of its
    time is not accounted for. A stage nobody recorded is said to be so, never guessed.

    Example: ordercli metrics why late --by sku
    """
    from ordercli.queries.channels import require_channel
    from ordercli.queries.health.late_reasons import late_reasons

    with reader(ctx) as opened:
        require_channel(opened, channel)
        show(ctx, opened, late_reasons(opened, by, channel=channel))
