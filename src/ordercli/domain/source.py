"""Where rules that many facts go into get them: the caller passes its connection, a reader's or a command's."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class FactSource(Protocol):
    """What can be asked of a database at a moment."""

    @property
    def time_zone(self) -> str:
        """The shop's."""

    @property
    def today(self) -> str:
        """The day it is in the shop's zone."""

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterable[Any]:
        """The rows of a statement; ``today`` is always bound."""

    def settings(self, *names: str) -> list[str]:
        """Values of several settings today, asked at once; the names must be known ones."""

    def setting(self, name: str) -> str:
        """Value of a setting today."""
