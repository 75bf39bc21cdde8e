"""What Amazon offers to send a box for, as rows."""

from ordercli.domain.amazon.labels import LabelOffer
from ordercli.domain.report import Column
from ordercli.queries.columns import Computed

Offered = tuple[LabelOffer, str | None]
"""An offer, and until when the buyer was promised it."""


def _is_in_time(offered: Offered) -> int | None:
    found = offered[0].is_in_time(offered[1])
    return None if found is None else int(found)


COLUMNS: Computed[Offered] = Computed(
    (Column("offer", "key", importance="key"), lambda offered: offered[0].service_id),
    (Column("carrier", importance="spare"), lambda offered: offered[0].carrier),
    (Column("service"), lambda offered: offered[0].service),
    (Column("price", "money", importance="key"), lambda offered: offered[0].price_minor),
    (Column("currency", "word", in_table=False), lambda offered: offered[0].currency),
    (Column("arrives_from", "instant", "arrives from", in_table=False), lambda offered: offered[0].arrives_from),
    (Column("arrives_by", "instant", "arrives by"), lambda offered: offered[0].arrives_by),
    (Column("deliver_by", "instant", "promised by", importance="spare"), lambda offered: offered[1]),
    (Column("is_in_time", "flag", "in time"), _is_in_time),
    (Column("labels", "keys", in_table=False), lambda offered: " ".join(offered[0].formats) or None),
    (Column("wants_inputs", "flag", "wants inputs"), lambda offered: int(offered[0].needs_more)),
)
