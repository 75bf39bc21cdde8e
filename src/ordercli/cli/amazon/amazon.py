"""``ordercli amazon``: logging in to the seller's account, looking whether that works, logging out."""

import getpass
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.amazon.label import label_app
from ordercli.cli.amazon.session import PATIENCE_SECONDS, MaxWait, connected
from ordercli.cli.frame import can_ask, reader, settings_of
from ordercli.domain.amazon.regions import Region
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ordercli.amazon.account import Account

amazon_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="The seller's account with Amazon."
)

amazon_app.add_typer(label_app, name="label")

_QUESTIONS = (
    ("client_id", "Client identifier of your app (amzn1.application-oa2-client…)"),
    ("client_secret", "Client secret of your app"),
    ("refresh_token", "Refresh token that your app was given (Atzr|…)"),
)

_STILL_FIRST = (
    "warning: the account that ORDERCLI_AMAZON_CLIENT_ID and its like name in the environment is the one in use;"
    " unset them to end that"
)


@amazon_app.command("login")
def login(
    ctx: typer.Context,
    region: Annotated[
        Region, typer.Option(help="Where you sell: America, Europe with its neighbors, or the Far East.")
    ] = Region.AMERICA,
    in_keyring: Annotated[
        bool, typer.Option("--keyring", help="Keep it in the system's keyring and not in a file.")
    ] = False,
    seller_id: Annotated[
        str,
        typer.Option(
            "--seller-id", metavar="ID", help="Your merchant token in Seller Central; to tell quantities needs it."
        ),
    ] = "",
    max_wait: MaxWait = PATIENCE_SECONDS,
) -> None:
    """Log in to your seller account and keep the credentials for later runs.

    It asks for three words that Seller Central shows under Apps and Services, Develop Apps; without a terminal it
    reads them from stdin, a line each. They are tried before they are kept, in a file of your own (mode 0600).

    Example: ordercli amazon login --region eu
    """
    from ordercli.amazon.account import TYPED, account_of, named_by_environment, save_account

    with reader(ctx):
        pass  # there is a shop, whose database counts the calls
    told = {**_answers(ctx), "region": region.value, "seller_id": seller_id}
    account = account_of(told, TYPED)
    found = _participations(ctx, account, max_wait)
    if not found:
        raise Refused(
            "Amazon lets this account in, but it sells in no marketplace of this region; nothing was kept."
        )
    account = replace(account, marketplaces=tuple(sorted(found)))
    place = save_account(account, settings_of(ctx).config_folder, in_keyring=in_keyring)
    if not settings_of(ctx).quiet:
        names = ", ".join(found[each] for each in account.marketplaces)
        console.say(f"Logged in ({names}); the credentials are in {place}.")
        console.say(_STILL_FIRST if named_by_environment() else "next: ordercli sync amazon orders")


@amazon_app.command("check")
def check(ctx: typer.Context, max_wait: MaxWait = PATIENCE_SECONDS) -> None:
    """Look whether Amazon lets the account in, and show where it sells.

    Example: ordercli amazon check
    """
    from ordercli.amazon.account import MARKETPLACES, find_account

    with reader(ctx):
        pass  # there is a shop, whose database counts the calls
    account = find_account(settings_of(ctx).config_folder)
    found = _participations(ctx, account, max_wait)
    out = console.stdout()
    out.write(f"Amazon lets the account in (region {account.region}, credentials from {account.place}).\n")
    for each in sorted(found):
        end = "." if each in account.marketplaces else f"; not asked for: {account.again(MARKETPLACES)}"
        out.write(f"It sells on {found[each]} ({each}){end}\n")


@amazon_app.command("logout")
def logout(ctx: typer.Context) -> None:
    """Forget the credentials; what came from Amazon stays.

    Example: ordercli amazon logout
    """
    from ordercli.amazon.account import forget_account, named_by_environment

    places = forget_account(settings_of(ctx).config_folder)
    if not settings_of(ctx).quiet:
        console.say(f"Logged out; removed from {' and '.join(places)}." if places else "Nobody was logged in.")
        if named_by_environment():
            console.say(_STILL_FIRST)


def _answers(ctx: typer.Context) -> dict[str, str]:
    """The three words, from whoever sits there or from three lines of stdin.

    Raises:
        UsageProblem: if one is missing.
    """
    if can_ask(settings_of(ctx)):
        return {name: getpass.getpass(f"{question}: ").strip() for name, question in _QUESTIONS}
    lines: Sequence[str] = [] if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read(65536).splitlines()
    told = [line.strip() for line in lines if line.strip()]
    if len(told) != len(_QUESTIONS):
        names = ", ".join(name.replace("_", " ") for name, _ in _QUESTIONS)
        raise UsageProblem(f"Nobody can be asked here; give {names} on stdin, a line each.")
    return dict(zip((name for name, _ in _QUESTIONS), told, strict=True))


def _participations(ctx: typer.Context, account: "Account", max_wait: float) -> dict[str, str]:
    with connected(ctx, account, max_wait) as client:
        from ordercli.amazon.sellers import participations

        return participations(client)
