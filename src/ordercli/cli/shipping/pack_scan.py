"""``ordercli pack --scan``: each unit is read into its parcel, order after order.

A parcel is recorded once it is complete, an operation of its own, so that whatever ends the session loses none.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ordercli.cli.frame import ROWS_REJECTED
from ordercli.cli.shipping.scanner import Scanner, is_undo
from ordercli.domain.fields import shown
from ordercli.domain.shipping.packing import PackOrder, ScanTally
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.naming import order_name
from ordercli.render import console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(slots=True)
class _Box:
    """An order to pack, and what was scanned of it."""

    order: PackOrder
    tally: ScanTally
    is_packed: bool = False


@dataclass(slots=True)
class PackSession:
    """A session at the packing table.

    Attributes:
        keys: what a scanner may read off a product, with the product.
        skus: of every product.
        record: packs one order.
        quiet: whether only what is wrong is said.
    """

    orders: "Sequence[PackOrder]"
    keys: dict[str, int]
    skus: dict[int, str]
    record: "Callable[[PackOrder], object]"
    quiet: bool
    boxes: list[_Box] = field(default_factory=list)
    refused: int = 0

    def run(self) -> None:
        """Read until every parcel is packed, or the codes end; a pipe is read to its end.

        Raises:
            Refused: naming what is missing of parcels begun or not, if none of them was packed.
        """
        self.boxes = [_Box(order, ScanTally.of(order)) for order in self.orders]
        scanner = Scanner(quiet=self.quiet)
        at = self._next(self.boxes[0])
        while at.tally.missing or not scanner.is_typed:
            code = scanner.read("Unit")
            if not code:
                break
            at = self._scanned(at, code)
            if not at.tally.missing and not at.is_packed:
                self._pack(at)
                at = self._next(at)
        self._tell_rest()

    def _scanned(self, at: _Box, code: str) -> _Box:
        """Count a unit, or go to another parcel of the session; the one that is packed now."""
        if is_undo(code):
            product = at.tally.take_back()
            self._say(f"{self.skus[product]} is out again." if product is not None else "Nothing of it is in yet.")
            return at
        product = self.keys.get(code)
        if product is None and (other := self._named(code)) is not None:
            self._begin(other)
            return other
        said = self._refusal(at.tally, product, code)
        if at.is_packed or at.tally.scan(product) != "counted":
            self.refused += 1
            console.alarm(f"refused: {said}")
        else:
            sku, units = at.tally.wanted[self.keys[code]]
            self._say(f"{sku}: {at.tally.counted[self.keys[code]]} of {units}")
        return at

    def _named(self, code: str) -> _Box | None:
        """The one parcel that an order's bar code names, if it is not packed yet."""
        open_boxes = [box.order for box in self.boxes if not box.is_packed]
        meant = [o for o in open_boxes if code in (o.order_id, order_name(o.channel, o.order_id))]
        return next((box for box in self.boxes if [box.order] == meant), None)

    def _refusal(self, tally: ScanTally, product: int | None, code: str) -> str:
        """Why a scan would be refused."""
        if product is None:
            return f"{shown(code)} is no SKU or barcode of a product; nothing was counted"
        if product in tally.wanted:
            return f"{self.skus[product]}: all {tally.wanted[product][1]} are in; take this one out"
        return f"{self.skus[product]} does not belong to this order; take it out"

    def _pack(self, box: _Box) -> None:
        box.is_packed = True
        self.record(box.order)
        left = sum(not each.is_packed for each in self.boxes)
        if len(self.boxes) > 1:
            self._say(f"{len(self.boxes) - left} of {len(self.boxes)} packed.")

    def _next(self, at: _Box) -> _Box:
        """The first parcel that is not packed; the last one stays where all are."""
        for box in self.boxes:
            if not box.is_packed and box.tally.missing:
                self._begin(box)
                return box
        return at

    def _begin(self, box: _Box) -> None:
        console.say(f"Order {box.order.order_id}: {listed(box.tally.missing)}")

    def _say(self, sentence: str) -> None:
        if not self.quiet:
            console.say(sentence)

    def _tell_rest(self) -> None:
        rest = [box for box in self.boxes if box.tally.missing]
        if not rest:
            for box in self.boxes:  # all of them packed before: the receipt says so
                if not box.is_packed:
                    self.record(box.order)
            return
        if len(self.boxes) == 1:
            lacks = listed(rest[0].tally.missing)
            raise Refused(
                f"Order {rest[0].order.order_id} is not complete: {lacks} missing; nothing was recorded."
            )
        names = ", ".join(box.order.order_id for box in rest)
        if len(rest) == len(self.boxes):
            raise Refused(f"None of {count(len(rest), 'order')} is complete; nothing was recorded.")
        console.say(f"Not packed: {names}.")

    @property
    def code(self) -> int:
        """The exit code: whether something was refused that was packed all the same."""
        return ROWS_REJECTED if self.refused else 0


def listed(units: dict[str, int]) -> str:
    """Units by SKU, for a sentence."""
    return ", ".join(f"{number} {sku}" for sku, number in units.items())
