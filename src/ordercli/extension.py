"""What packages that extend ordercli are written with (docs/extending.md); nothing else of it is promised to them.

A package names its extensions as entry points: of the group ``ordercli.layouts`` each is a :class:`FileLayout`, of
``ordercli.carriers`` a :class:`CarrierPage`, of ``ordercli.exporters`` an :class:`Exporter`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = ["CarrierPage", "Exporter", "FileLayout", "OpenShop"]


@dataclass(frozen=True, slots=True)
class FileLayout:
    """A file of orders as another shop or marketplace writes it: for ``order import`` and ``import``.

    Attributes:
        name: for ``--layout``; lower-case letters, digits and dashes.
        title: with its article, for sentences: ``BigCart's order export``.
        columns: the field of ordercli that each column is, as ``--map`` takes it; ``order_id``, ``sku`` and
            ``quantity`` must be among the fields.
        marks: columns by which a file is recognised; all of ``columns`` if left out.
        channel: where its orders were sold; a channel of the shop that imports.
        words: what its words of status mean, as ``--map-value`` takes it.
        day_first: whether 03/04/26 is the 3rd of April; the whole column decides if left out.
        decimal_comma: whether 1.234,50 is an amount.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    marks: frozenset[str] = frozenset()
    channel: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    day_first: bool | None = None
    decimal_comma: bool = False


@dataclass(frozen=True, slots=True)
class CarrierPage:
    """Where a carrier shows how a shipment is getting on: for ``shipment track`` and ``shipment show``.

    Attributes:
        name: of the carrier, as ``--carrier`` has it; capitals and signs make no difference.
        link: the address of the page, with ``{}`` where the tracking number belongs.
        other_names: what else it is called.
    """

    name: str
    link: str
    other_names: tuple[str, ...] = ()


class OpenShop(Protocol):
    """The shop, to read: what an exporter gets.

    The present is that of the line, so that ``--now`` holds for an exporter as well.
    """

    @property
    def time_zone(self) -> str:
        """Of its days."""

    @property
    def currency(self) -> str:
        """Of its prices and costs."""

    @property
    def now(self) -> str:
        """The present, as UTC text."""

    @property
    def today(self) -> str:
        """The day it is in its zone."""

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT over the tables and views of docs/database/; ``:name`` takes a value."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """A file made of the shop's data: for ``export by NAME FILE``.

    Attributes:
        name: behind ``export by``.
        title: one line on what it writes.
        write: gives the file's bytes in parts; nothing is written if it raises.
    """

    name: str
    title: str
    write: Callable[[OpenShop], Iterable[bytes]]
