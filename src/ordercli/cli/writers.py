"""What each command that writes is like, for what holds of all of them: whether it asks, and what a repeat does.

A test runs every command of the table in every way it promises here; a command that writes and is not in it fails.
"""

from typing import NamedTuple


class Writer(NamedTuple):
    """One command that writes.

    Attributes:
        asks: whether it gives something away or loses it, so that a terminal is asked first, and ``--yes`` is
            needed where there is none; some ask only where much is lost.
        is_new_each_time: whether nothing but ``--reference`` tells a repeat of some of its acts, such as a
            correction of stock. Of all others a repeat is unchanged, or refused.
        lasts: why its operation cannot be taken back by ``undo``, as a clause; None if it can.
    """

    asks: bool = False
    is_new_each_time: bool = False
    lasts: str | None = None


_PLAIN = Writer()
_ASKS = Writer(asks=True)
_NEW = Writer(is_new_each_time=True)
_ERASED = Writer(asks=True, lasts="what was erased of people is gone for good")
_SENT = Writer(lasts="a message that went out stays sent")

WRITERS: dict[str, Writer] = {
    "init": Writer(lasts="it made the shop itself"),
    "import": _PLAIN,
    "order add": _NEW,
    "order import": _PLAIN,
    "order hold": _PLAIN,
    "order release": _PLAIN,
    "order cancel": Writer(asks=True, is_new_each_time=True),
    "order refund": _ASKS,
    "order edit": _PLAIN,
    "order note": _PLAIN,
    "order cancel-file": _PLAIN,
    "pick": _NEW,
    "pack": _PLAIN,
    "ship": _NEW,
    "shipment fix": _PLAIN,
    "shipment void": _PLAIN,
    "shipment track": _PLAIN,
    "shipment delivered": _PLAIN,
    "shipment import": _PLAIN,
    "shipment label": _PLAIN,
    "shipment confirm": _PLAIN,
    "shipment answer": _PLAIN,
    "return open": _PLAIN,
    "return authorize": _PLAIN,
    "return decline": _PLAIN,
    "return receive": _NEW,
    "return inspect": _NEW,
    "return refund": _ASKS,
    "return replace": _PLAIN,
    "return close": _PLAIN,
    "return refund-file": _PLAIN,
    "return dispose": _NEW,
    "return import": _PLAIN,
    "stock receive": _NEW,
    "stock adjust": _NEW,
    "stock move": _NEW,
    "stock count": _ASKS,
    "stock feed": _PLAIN,
    "stock import": _PLAIN,
    "stock fba send": _PLAIN,
    "stock fba arrive": _PLAIN,
    "stock fba receive": _NEW,
    "stock fba import": _PLAIN,
    "product add": _PLAIN,
    "product edit": _PLAIN,
    "product kit": _PLAIN,
    "product import": _PLAIN,
    "product remove": _ASKS,
    "listing add": _PLAIN,
    "listing edit": _PLAIN,
    "listing remove": _ASKS,
    "purchase add": _PLAIN,
    "purchase draft": _PLAIN,
    "purchase place": _ASKS,
    "purchase edit": _PLAIN,
    "purchase receive": _NEW,
    "purchase cancel": _NEW,
    "purchase close": _PLAIN,
    "supplier add": _PLAIN,
    "supplier edit": _PLAIN,
    "supplier remove": _ASKS,
    "supplier product": _PLAIN,
    "metrics import": _PLAIN,
    "metrics feedback add": _PLAIN,
    "metrics feedback import": _PLAIN,
    "metrics feedback remove": _ASKS,
    "metrics claim add": _PLAIN,
    "metrics claim import": _PLAIN,
    "metrics claim remove": _ASKS,
    "improve start": _PLAIN,
    "improve end": _PLAIN,
    "settlement import": _PLAIN,
    "message send": _SENT,
    "message resolve": _SENT,
    "message received": _NEW,
    "message answer": _PLAIN,
    "template edit": Writer(lasts="templates are files, and no operation"),
    "workbook import": _PLAIN,
    "workbook pull": _ASKS,
    "sync amazon": _PLAIN,
    "amazon label buy": _ASKS,
    "amazon label fetch": _PLAIN,
    "amazon label cancel": _ASKS,
    "privacy erase": _ERASED,
    "privacy purge": _ERASED,
    "undo": _ASKS,
    "restore": Writer(asks=True, lasts="it is about the shop as a whole"),
    "doctor": Writer(asks=True, lasts="what it made anew follows from the facts"),
    "config set": _PLAIN,
    "config unset": _PLAIN,
    "config edit": Writer(lasts="the configuration is a file, and no operation"),
    "channel add": _PLAIN,
    "channel edit": _PLAIN,
    "report save": _PLAIN,
    "report remove": _ASKS,
    "view save": _PLAIN,
    "view remove": _ASKS,
    "field add": _PLAIN,
    "field edit": _PLAIN,
    "field remove": _ASKS,
    "location add": _PLAIN,
    "location edit": _PLAIN,
    "location close": _PLAIN,
}
"""By the words of its name."""
