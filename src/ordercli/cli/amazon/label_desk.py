"""Where labels that Amazon sells are bought and given back in one run, and what a label is asked for."""

from typing import TYPE_CHECKING, NamedTuple

import typer

from ordercli.cli.command_line import quoted
from ordercli.cli.frame import confirm, now_of, reader, settings_of, show, write
from ordercli.cli.options import parsed
from ordercli.domain.report import Report
from ordercli.errors import OrdercliError, OutOfReach, Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ordercli.amazon.client import Client
    from ordercli.domain.amazon.labels import LabelOffer, LabelRequest
    from ordercli.domain.amazon.seller_inputs import FilledField, InputField, TypedInputs
    from ordercli.services.amazon.label_purchase import SoldFor, UnrecordedPurchase, WantedLabel
    from ordercli.services.operations import Work

BUY, CANCEL = "amazon label buy", "amazon label cancel"


class Known(NamedTuple):
    """What is known of a purchase besides its request.

    Attributes:
        deliver_by: what the buyer was promised.
        told: what the seller said to what Amazon wants to know more.
        skus: SKU by order-item id.
    """

    deliver_by: str | None
    told: "TypedInputs"
    skus: "Mapping[str, str]"


class LabelDesk:
    """Where labels are bought and given back in one run.

    Attributes:
        shipment: the one that was recorded last.
        cure: how to get its label, if Amazon gave none with it; else empty.

    Args:
        is_stdout_free: whether stdout is for the receipt, and not for a label.
    """

    def __init__(self, ctx: typer.Context, *, is_stdout_free: bool = True) -> None:
        from ordercli.services.amazon.calls import StoredCalls
        from ordercli.services.amazon.label_purchase import BUY as BUY_CALL
        from ordercli.services.amazon.label_purchase import CANCEL as CANCEL_CALL

        settings = settings_of(ctx)
        self._ctx = ctx
        self._purchases = StoredCalls(settings.database, settings.wait_seconds, BUY_CALL)
        self._cancellations = StoredCalls(settings.database, settings.wait_seconds, CANCEL_CALL)
        self._is_stdout_free = is_stdout_free
        self.shipment = 0
        self.cure = ""

    def wanted(self, order: str, lines: tuple[tuple[str, int], ...]) -> "WantedLabel":
        """What a label is wanted for.

        Raises:
            OrdercliError: if it may not leave.
        """
        from ordercli.services.amazon.label_purchase import wanted_label
        from ordercli.services.operations import Outcome

        found: list[WantedLabel] = []

        def use_case(work: "Work") -> Outcome:
            found.append(wanted_label(work, order, lines))
            return Outcome("")

        write(self._ctx, BUY, use_case, dry_run=True, silent=True)
        return found[0]

    def sold_for(self, shipment: int) -> "SoldFor":
        """The label that Amazon sold for a shipment.

        Raises:
            OrdercliError: if there is none.
        """
        from ordercli.services.amazon.label_purchase import sold_for

        with self._purchases.locked() as connection:
            return sold_for(connection, shipment)

    def list_offers(self, client: "Client", request: "LabelRequest", deliver_by: str | None) -> None:
        """Show what Amazon offers."""
        from ordercli.amazon.labels import offers
        from ordercli.queries.amazon.offers import COLUMNS

        found = offers(client, request)
        rows = [COLUMNS.row((offer, deliver_by)) for offer in found]
        with reader(self._ctx) as opened:
            show(self._ctx, opened, Report(COLUMNS, rows, "Amazon offers no service for this request."))
        if found and not settings_of(self._ctx).quiet and settings_of(self._ctx).output_format == "table":
            console.say(f"next: ordercli amazon label buy {request.order_id} --offer OFFER")

    def finish_earlier(self, client: "Client", order_id: str, *, again: bool, is_new: bool = False) -> bool:
        """Find out what came of earlier purchases for an order, and record them; whether there was one.

        Raises:
            OutOfReach: if it cannot be said whether a label was sold.
        """
        from ordercli.amazon.shipments import packages
        from ordercli.domain.amazon.labels import BoughtLabel, LabelPurchase
        from ordercli.domain.amazon.packages import is_over

        for call in self._purchases.unknown():
            if call.subject != order_id:
                continue
            asked = LabelPurchase.of(call.content)
            seen = next(
                (
                    each
                    for each in packages(client, order_id)
                    if each.number not in asked.known and each.items == dict(asked.items) and not each.is_canceled
                ),
                None,
            )
            if seen is not None:
                carrier, service = seen.carrier or asked.carrier, seen.service or asked.service
                bought = BoughtLabel(None, seen.number, carrier, service, asked.price_minor, asked.currency)
                self._purchases.settle(call.id, "taken", answer=bought.content)
            elif again and is_over(call.called_at, now_of(self._ctx)):
                self._purchases.settle(call.id, "lost")
            else:
                raise OutOfReach(_not_known(order_id, is_over=is_over(call.called_at, now_of(self._ctx))))
        return self._record(client, order_id, is_new=is_new)

    def buy(self, client: "Client", request: "LabelRequest", wanted: str, known: Known, *, dry_run: bool) -> None:
        """Buy the label of one offer, and record it.

        Raises:
            OutcomeUnknown: if Amazon did not answer and does not show the package.
            OrdercliError: if nothing was bought.
        """
        from ordercli.amazon.answers import OutcomeUnknown
        from ordercli.amazon.labels import buy, offers
        from ordercli.amazon.shipments import packages
        from ordercli.domain.amazon.labels import LabelPurchase

        offer = _offer(offers(client, request), wanted, known.deliver_by, request)
        request = request._replace(inputs=self._inputs(client, request, offer, known))
        title = _title(offer, request.order_id)
        if dry_run:
            console.say(f"Dry run, nothing bought: would buy {title}.")
            return
        confirm(self._ctx, f"Buy {title}?")
        numbers = tuple(each.number for each in packages(client, request.order_id) if each.number is not None)
        purchase = LabelPurchase(
            *(request.order_id, request.items, offer.carrier, offer.service, offer.price_minor, offer.currency),
            known=numbers,
        )
        call = self._purchases.begin(
            request.order_id,
            purchase.content,
            now_of(self._ctx),
            may_go=lambda connection: not _unrecorded(connection, request.order_id),
        )
        if call is None:
            raise OutOfReach(
                f"Another run may be buying a label for order {request.order_id}; run this again then."
            )
        try:
            sold = buy(client, request, offer)
        except OutcomeUnknown:
            if not self.finish_earlier(client, request.order_id, again=False, is_new=True):
                raise
            return
        except OrdercliError:
            self._purchases.settle(call, "lost")
            raise
        self._purchases.settle(call, "taken", answer=sold.bought.content)
        self._record(client, request.order_id, sold.content, is_new=True)

    def _inputs(
        self, client: "Client", request: "LabelRequest", offer: "LabelOffer", known: Known
    ) -> "tuple[FilledField, ...]":
        """What Amazon wants to know more, with its values.

        Raises:
            UsageProblem: naming what is missing, or what is wrong.
        """
        from ordercli.amazon.labels import wanted_inputs
        from ordercli.amazon.shipments import asins
        from ordercli.domain.amazon.seller_inputs import filled, missing_inputs, title_of

        if not offer.needs_more:
            if known.told:
                raise UsageProblem(f"--input does nothing here: Amazon sells {offer.service} without.")
            return ()
        fields = wanted_inputs(client, request, offer, asins(client, request.order_id))
        values = parsed("--input", fields, lambda found: filled(found, known.told, known.skus))
        missing = [
            f"--input {quoted(title_of(each, known.skus))}=VALUE ({': '.join([each.title, *_choices(each)])})"
            for each in missing_inputs(fields, known.told, known.skus)
        ]
        if missing:
            raise UsageProblem(
                f"Amazon wants to know more before it sells {offer.service}; add {', '.join(missing)}."
            )
        return values

    def write_label(self, file: str, kind: str) -> None:
        """Write the label of the shipment that was recorded last.

        Args:
            file: where to.
            kind: pdf or zpl.

        Raises:
            OutOfReach: if Amazon gave none with it; the purchase is recorded all the same.
            Refused: if an earlier run bought it as the other kind.
        """
        from ordercli.cli.shipping.shipment_label import write_kept

        if self.cure:
            start = f"The label is bought and recorded with shipment {self.shipment}, but did not come"
            raise OutOfReach(f"{start}; nothing was written: {self.cure}")
        write_kept(self._ctx, self.shipment, file, kind=kind.upper())

    def give_back(self, client: "Client", sold: "SoldFor") -> None:
        """Give a label back, and void its shipment.

        Raises:
            OrdercliError: if Amazon does not take it, or did not say so.
        """
        from ordercli.amazon.client import Refusal
        from ordercli.amazon.labels import cancel, is_given_back
        from ordercli.services.amazon.calls import last_call
        from ordercli.services.amazon.label_purchase import CANCEL as CANCEL_CALL
        from ordercli.services.amazon.label_purchase import record_cancellation

        label_id = sold.bought.label_id or ""
        with self._cancellations.locked() as connection:
            earlier = last_call(connection, CANCEL_CALL, label_id)
        call = earlier.id if earlier is not None and earlier.state == "taken" else None
        if call is None:
            confirm(self._ctx, f"Give back the label of shipment {sold.shipment}, order {sold.order_id}?")
            instead = earlier.id if earlier is not None else None
            call = self._cancellations.begin(label_id, str(sold.shipment), now_of(self._ctx), instead=instead)
            if call is None:
                raise OutOfReach("Another run is giving this label back; look at it again then.")
            try:
                is_taken = cancel(client, label_id)
            except Refusal as refusal:
                if not is_given_back(client, label_id):
                    self._cancellations.settle(call, "refused", code=refusal.code, is_recorded=True)
                    raise
                is_taken = True
            if not is_taken:
                self._cancellations.settle(call, "refused", is_recorded=True)
                raise Refused(f"Amazon does not take back the label of shipment {sold.shipment}.")
            self._cancellations.settle(call, "taken")
        made = call
        write(self._ctx, CANCEL, lambda work: record_cancellation(work, sold, made), dry_run=False)

    def _record(self, client: "Client", order_id: str, content: bytes | None = None, *, is_new: bool) -> bool:
        """Record what was bought for an order and is not recorded yet; whether there was something."""
        with self._purchases.locked() as connection:
            found = _unrecorded(connection, order_id)
        for made in found:
            label = content if content is not None else _label(client, made)
            self._record_one(made, label, is_new=is_new)
        return bool(found)

    def _record_one(self, made: "UnrecordedPurchase", label: bytes | None, *, is_new: bool) -> None:
        from ordercli.cli.health.late_rate import with_late_rate
        from ordercli.services.amazon.label_purchase import cure_of, record_purchase

        outcome = write(
            self._ctx,
            BUY,
            lambda work: with_late_rate(work, record_purchase(work, made, label, is_new=is_new)),
            dry_run=False,
            json_receipt=self._is_stdout_free,
        )
        self.shipment = outcome.details["shipment"]
        self.cure = "" if label is not None else cure_of(self.shipment, made.bought)


def _choices(field: "InputField") -> list[str]:
    return [", ".join(field.choices)] if field.choices else []


def _unrecorded(connection: "Connection", order_id: str) -> "list[UnrecordedPurchase]":
    from ordercli.services.amazon.label_purchase import unrecorded_purchases

    return unrecorded_purchases(connection, order_id)


def _label(client: "Client", made: "UnrecordedPurchase") -> bytes | None:
    """A label that an earlier run bought; None if it cannot be had."""
    from ordercli.amazon.labels import look

    if made.bought.label_id is None:
        return None
    try:
        return look(client, made.bought.label_id).content
    except OrdercliError:
        return None


def _not_known(order_id: str, *, is_over: bool) -> str:
    start = f"Amazon did not say whether it sold a label for order {order_id}, and shows no package of it"
    if not is_over:
        return f"{start} yet; run this again in some minutes: it looks there before it buys anything."
    return f"{start}; look in Seller Central, and if there is no label either, buy it with --again."


def _offer(
    found: "list[LabelOffer]", wanted: str, deliver_by: str | None, request: "LabelRequest"
) -> "LabelOffer":
    """The offer that is meant, if it can be bought.

    Raises:
        Refused: if it cannot, or there is none such.
    """
    from ordercli.domain.amazon.labels import chosen_offer

    offer = chosen_offer(found, wanted, deliver_by)
    if offer is None:
        raise Refused(
            "Amazon offers no such service for this box; see them with: "
            f"ordercli amazon label buy {request.order_id}"
        )
    if offer.formats and request.label not in offer.formats:
        raise Refused(f"Amazon has no {request.label} label of {offer.service}, but {', '.join(offer.formats)}.")
    return offer


def _title(offer: "LabelOffer", order_id: str) -> str:
    from ordercli.domain.money import format_amount

    price = f"{format_amount(offer.price_minor, offer.currency)} {offer.currency}"
    return f"the label of {offer.service} for order {order_id} at {price}"


def request_of(
    ctx: typer.Context, wanted: "WantedLabel", weight: str | None, size: str | None, label: str
) -> "LabelRequest":
    """What a label is wanted for, as told, else as known here.

    Raises:
        UsageProblem: naming what is missing or wrong.
    """
    from ordercli.domain.amazon.labels import LabelRequest, parse_size, sender_of
    from ordercli.domain.fields import FieldError, parse_quantity

    told = dict(settings_of(ctx).ship_from)
    usual = told.pop("size", None)
    try:
        sender = sender_of(told)
    except FieldError as error:
        raise UsageProblem(
            f"The sender of the request: {error}; tell it with: ordercli config set ship_from.NAME VALUE"
        ) from error
    if size is None and not usual:
        raise UsageProblem(
            "Say how large the box is: --size 10x7x1in, or once: ordercli config set ship_from.size 10x7x1in"
        )
    if weight is None and wanted.grams is None:
        raise UsageProblem("It is not known what the box weighs; say it: --weight-grams 120")
    grams = wanted.grams or 0 if weight is None else parsed("--weight-grams", weight, parse_quantity)
    large = parsed("--size" if size else "ship_from.size", size or usual, parse_size)
    return LabelRequest(wanted.order_id, wanted.items, grams, large, sender, label)
