"""What buyers and Amazon said of orders, as files tell it: feedback and claims."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One row of a file: feedback has stars and may be withdrawn, a claim has a kind and a status.

    Attributes:
        order: row id of the order it is of.
        day: the channel's, on which it was given or filed.
        stars: 1 to 5; 0 for a claim.
    """

    order: int
    day: str
    stars: int = 0
    is_withdrawn: int = 0
    kind: str = ""
    status: str = ""
