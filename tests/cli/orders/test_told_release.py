"""A file that tells no status says nothing of its orders' release: what others say of it holds."""

from itertools import permutations
from pathlib import Path

import pytest

from cli.orders.test_import_past_orders import order_of
from cli.steps import done, listed
from conftest import Run
from ordercli.services.orders import merged_books

ID = "250-0000001-0000001"
PENDING = (
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tsku\tquantity\n"
    f"{ID}\t2026-03-10T18:04:05+00:00\t2026-03-12T07:30:00+00:00\tPending\tRING-7\t2\n"
)
UNSHIPPED = (
    "order-id\torder-item-id\tpurchase-date\tsku\tquantity-purchased\tquantity-to-ship\n"
    f"{ID}\t11000000000001\t2026-03-10T18:04:05+00:00\tRING-7\t2\t2\n"
)
FIELDS = ("No=order_id", "S=sku", "Q=quantity", "State=status", "Left=quantity_shipped")
MAPS = tuple(word for field in FIELDS for word in ("--map", field))
MAPPED = "No,S,Q,State,Left\n"
SILENT = {
    "ordercli without the column": ("order_id,sku,quantity,name\n" + f"{ID},RING-7,2,Ring\n", ()),
    "ordercli with a blank cell": ("order_id,sku,quantity,status\n" + f"{ID},RING-7,2,\n", ()),
    "mapped without the column": ("No,S,Q\n" + f"{ID},RING-7,2\n", (*MAPS[:6], "--channel", "amazon")),
    "mapped with a blank cell": (MAPPED + f"{ID},RING-7,2,,\n", (*MAPS, "--channel", "amazon")),
}
SAYING = {
    "ordercli": ("order_id,sku,quantity,status\n" + f"{ID},RING-7,2,unshipped\n", ()),
    "ordercli, units that left": ("order_id,sku,quantity,quantity_shipped\n" + f"{ID},RING-7,2,1\n", ()),
    "mapped": (MAPPED + f"{ID},RING-7,2,Unshipped,\n", (*MAPS, "--channel", "amazon")),
    "mapped, units that left": (MAPPED + f"{ID},RING-7,2,,1\n", (*MAPS, "--channel", "amazon")),
    "unshipped report": (UNSHIPPED, ()),
}


@pytest.fixture(params=[1, 10**9], ids=["by SQL", "by the pure function"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged_books, "ENOUGH", request.param)


def take(shop: Run, name: str, text: str, *how: str) -> None:
    Path(name).write_text(text)
    done(shop("order", "import", name, *how, "--as-of", "2026-03-14T12:00:00Z"))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["pending first", "silent first"])
@pytest.mark.parametrize("kind", SILENT)
def test_a_file_without_a_status_leaves_pending_what_another_calls_so(
    shop: Run, kind: str, turn: tuple[int, ...]
) -> None:
    text, how = SILENT[kind]
    files = [("pending.txt", PENDING), ("silent.csv", text, *how)]

    for place in turn:
        take(shop, *files[place])

    assert order_of(shop, ID)["status"] == "pending"
    assert [row["order_id"] for row in listed(shop, "order", "list", "--status", "pending")] == [ID]


@pytest.mark.parametrize("kind", SILENT)
def test_an_order_of_which_no_file_tells_a_status_is_released(shop: Run, kind: str) -> None:
    text, how = SILENT[kind]

    take(shop, "silent.csv", text, *how)

    assert order_of(shop, ID)["status"] == "unshipped"


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("turn", list(permutations((0, 1, 2))))
@pytest.mark.parametrize("kind", SAYING)
def test_one_file_that_says_more_releases_it_whatever_comes_before_and_after(
    shop: Run, kind: str, turn: tuple[int, ...]
) -> None:
    text, how = SAYING[kind]
    silent, silently = SILENT["ordercli without the column"]
    files = [("pending.txt", PENDING), ("saying.csv", text, *how), ("silent.csv", silent, *silently)]

    for place in turn:
        take(shop, *files[place])

    assert order_of(shop, ID)["status"] in ("unshipped", "partially_shipped")
