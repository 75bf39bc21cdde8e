"""What the rules of ``domain`` that read for themselves ask a command's connection."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ordercli.db import driver_of
from ordercli.domain.settings import default_of, values_sql
from ordercli.services.operations import Work

_VALUES = values_sql(":day")


class WorkSource(NamedTuple):
    """A :class:`~ordercli.domain.source.FactSource` inside a command's transaction: it sees what was written."""

    work: Work

    @property
    def time_zone(self) -> str:
        """The shop's."""
        return self.work.shop.time_zone

    @property
    def today(self) -> str:
        """The day it is in the shop's zone."""
        return self.work.today

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterable[Any]:
        """The rows of a statement; ``today`` is always bound."""
        return driver_of(self.work.connection).execute(sql, {"today": self.today, **(values or {})})

    def settings(self, *names: str) -> list[str]:
        """Values of several settings today, asked at once; the names must be known ones."""
        told = dict(self.rows(_VALUES, {"names": json.dumps(names), "day": self.today}))
        return [default_of(name) if told[name] is None else str(told[name]) for name in names]

    def setting(self, name: str) -> str:
        """Value of a setting today; the name must be a known one."""
        (value,) = self.settings(name)
        return value
