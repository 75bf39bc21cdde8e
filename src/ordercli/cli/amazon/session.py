"""A connection to Amazon for the time of a command; the library of it loads here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import settings_of
from ordercli.errors import UsageProblem, lacks_extra

if TYPE_CHECKING:
    from ordercli.amazon.account import Account
    from ordercli.amazon.client import Client

PATIENCE_SECONDS = 60.0

MaxWait = Annotated[
    float,
    typer.Option(
        "--max-wait",
        metavar="SECONDS",
        min=0,
        help="How long to wait in all where Amazon wants it; 0 is not at all.",
    ),
]


def account_of(ctx: typer.Context) -> "Account":
    """The account that is logged in, with where it sells.

    Raises:
        Refused: if there is none.
        UsageProblem: if it names no marketplace.
    """
    from ordercli.amazon.account import MARKETPLACES, find_account

    account = find_account(settings_of(ctx).config_folder)
    if not account.marketplaces:
        raise UsageProblem(f"The account names no marketplace; {account.again(MARKETPLACES)}")
    return account


@contextmanager
def connected(ctx: typer.Context, account: "Account", max_wait: float) -> Iterator["Client"]:
    """A connection that counts its calls in the shop's database.

    Raises:
        Refused: if the extra is not installed.
    """
    client_type, patience_type = _library()
    from ordercli.services.amazon.allowances import StoredAllowances

    settings = settings_of(ctx)
    allowances = StoredAllowances(settings.database, settings.wait_seconds)
    with client_type(account, allowances, patience_type(max_wait)) as client:
        yield client


def _library() -> tuple[type["Client"], type]:
    try:
        from ordercli.amazon.client import Client, Patience
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("ordercli"):
            raise
        raise lacks_extra("Amazon is called with the package httpx", "amazon") from error
    return Client, Patience
