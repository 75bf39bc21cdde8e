"""Messages to buyers through Amazon: the way out of ``message send --via amazon``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ordercli.cli.amazon.session import account_of, connected
from ordercli.cli.frame import now_of, reader, write
from ordercli.errors import OrdercliError

if TYPE_CHECKING:
    from ordercli.amazon.client import Client
    from ordercli.domain.messages.messages import Letter
    from ordercli.messaging.smtp import SendResult

SECONDS = 600.0
"""How long a run waits in all where Amazon wants it: it takes one message a second."""


class AmazonWay:
    """A connection through which letters go, one call each.

    Args:
        client: the connection.
        places: identifier of the marketplace by order row; None where it cannot be told.
    """

    def __init__(self, client: "Client", places: Mapping[int, str | None]) -> None:
        self._client, self._places = client, places

    def deliver(self, letter: "Letter", number: int, now: str) -> "SendResult":
        """Tell Amazon, if it takes such a message about the order now, and say what became of it."""
        from ordercli.amazon.answers import OutcomeUnknown
        from ordercli.amazon.client import Refusal
        from ordercli.amazon.messages import is_offered, tell
        from ordercli.domain.messages.amazon_actions import ACTIONS
        from ordercli.messaging.smtp import SendResult

        del number, now
        draft = letter.draft
        action, place = ACTIONS[draft.kind], self._places.get(draft.order_row)
        if place is None:
            return SendResult("failed", "the account does not sell in its marketplace")
        try:
            if not is_offered(self._client, draft.order_id, place, action):
                return SendResult("failed", "Amazon takes no such message about the order now")
            tell(self._client, draft.order_id, place, action, letter.body)
        except OutcomeUnknown:
            return SendResult("unknown", "Amazon did not answer")
        except Refusal as refusal:
            return SendResult("failed", f"{refusal.code} {refusal.status}", is_over=refusal.status in _OF_ACCOUNT)
        except OrdercliError:
            return SendResult("failed", "Amazon is busy or out of reach", is_over=True)
        return SendResult("sent")


_OF_ACCOUNT = (401, 403)


@contextmanager
def amazon_way(ctx: typer.Context, letters: "Sequence[Letter]") -> Iterator[AmazonWay]:
    """A way that is ready to be used.

    Raises:
        OrdercliError: if nobody is logged in.
    """
    from ordercli.domain.amazon.regions import marketplace_of
    from ordercli.queries.messages.messages import sales_channels

    account = account_of(ctx)
    with reader(ctx) as opened:
        channels = sales_channels(opened, [letter.draft.order_row for letter in letters])
    places = {row: marketplace_of(channel, account.marketplaces) for row, channel in channels.items()}
    with connected(ctx, account, SECONDS) as client:
        yield AmazonWay(client, places)


def look_up_requests(ctx: typer.Context) -> None:
    """Find out what became of requests for a review that nobody answered: Amazon offers none once it has had one.

    Raises:
        OrdercliError: if Amazon does not say.
    """
    from ordercli.domain.amazon.packages import is_over
    from ordercli.domain.amazon.regions import marketplace_of
    from ordercli.queries.messages.messages import requests_in_doubt
    from ordercli.services.messages.messages import settle_request

    with reader(ctx) as opened:
        found = [each for each in requests_in_doubt(opened) if is_over(each.asked_at, now_of(ctx))]
    if not found:
        return
    account = account_of(ctx)
    with connected(ctx, account, SECONDS) as client:
        from ordercli.amazon.messages import REVIEW, is_offered

        for each in found:
            place = marketplace_of(each.sales_channel, account.marketplaces)
            if place is not None:
                number, is_sent = each.message, not is_offered(client, each.order_id, place, REVIEW)
                settle = settle_request(number, is_sent=is_sent)
                write(ctx, "message resolve", settle, dry_run=False)
