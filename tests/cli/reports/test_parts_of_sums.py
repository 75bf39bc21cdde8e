"""What a table shows of a sum adds up to it: a part that most shops do not have is there once a row has it."""

from pathlib import Path

import pytest

from cli.steps import done
from conftest import Run

WRAPPED = "order_id,sku,quantity,item_price,item_tax,gift_wrap_price,gift_wrap_tax,ordered_at,country,state\n"
PARTS = {
    ("report", "sales", "--by", "channel", "--since", "30d"): "gift wrap",
    ("report", "tax", "--by", "country", "--since", "30d"): "gift wrap tax",
}


@pytest.mark.parametrize(("command", "part"), PARTS.items())
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_a_seldom_part_of_a_sum_is_shown_where_a_row_has_it(
    shop: Run, command: tuple[str, ...], part: str, *, is_wrapped: bool
) -> None:
    wrap = "3.50,0.50" if is_wrapped else "0,0"
    Path("own.csv").write_text(f"{WRAPPED}OWN-1,RING-7,1,20.00,2.00,{wrap},2026-03-10T12:00:00Z,US,NY\n")
    done(shop("order", "import", "own.csv"))

    heading = done(shop(*command)).stdout.splitlines()[0]

    assert (part in heading) is is_wrapped
