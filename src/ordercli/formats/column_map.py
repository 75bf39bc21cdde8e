"""``--map COLUMN=FIELD``: which column of a file is which field, in the words of every reader that takes a map."""

from collections.abc import Sequence
from difflib import get_close_matches

from ordercli.errors import UsageProblem


def columns_by_field(
    pairs: Sequence[str], fields: Sequence[str], *, required: Sequence[str] = (), example: str
) -> dict[str, str]:
    """Field to column, in the order given; a column may hold ``=`` itself.

    Args:
        pairs: what the options say.
        fields: those the reader knows.
        required: those that a map must have.
        example: a pair, for the sentence on one that is none.

    Raises:
        UsageProblem: for an unknown or doubled field, or a missing required one.
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or not column.strip():
            raise UsageProblem(f'--map {pair!r}: write COLUMN=FIELD, such as "{example}".')
        if field not in fields:
            near = get_close_matches(field, fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"fields are {', '.join(fields)}."
            raise UsageProblem(f"--map {pair!r}: there is no field {field!r}; {hint}")
        if field in columns:
            raise UsageProblem(f"--map: the field {field} is given twice.")
        columns[field] = column.strip()
    if missing := [field for field in required if field not in columns]:
        raise UsageProblem(f"--map: say also which column is {', '.join(missing)}.")
    return columns
