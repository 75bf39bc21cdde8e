"""The seller's account with Amazon: who the program is to Amazon, and where that is kept.

Three words make it: the identifier and the secret of the program (Login with Amazon), and the refresh token that
the seller gave it. They come from the variables ``ORDERCLI_AMAZON_CLIENT_ID``, ``…_CLIENT_SECRET`` and
``…_REFRESH_TOKEN``, else from the system's keyring where ``login`` put them there, else from a file that only its
owner can read. They are never an option of a command (every user of the machine can read those), and stand in no
message: :class:`Account` shows none of them.
"""

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ordercli.domain.amazon.regions import REGIONS, TOKENS
from ordercli.errors import Refused, UsageProblem
from ordercli.files import write_file
from ordercli.secret_file import read_secret

FILE_NAME = "amazon.json"
KEYRING_SERVICE = "ordercli"
KEYRING_USER = "amazon"
CLIENT_ID = "ORDERCLI_AMAZON_CLIENT_ID"
CLIENT_SECRET = "ORDERCLI_AMAZON_CLIENT_SECRET"  # noqa: S105 - the variable's name
REFRESH_TOKEN = "ORDERCLI_AMAZON_REFRESH_TOKEN"  # noqa: S105 - the same
REGION = "ORDERCLI_AMAZON_REGION"
MARKETPLACES = "ORDERCLI_AMAZON_MARKETPLACES"
SELLER_ID = "ORDERCLI_AMAZON_SELLER_ID"
ENDPOINT = "ORDERCLI_AMAZON_ENDPOINT"
SECRETS = ("client_id", "client_secret", "refresh_token")
VARIABLES = (CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN)
"""Of :data:`SECRETS`, one each."""
ENVIRONMENT = "the environment"
TYPED = "what was typed"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_SECRET = 4096


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials, and where they open a door.

    Attributes:
        region: one of :data:`ordercli.domain.amazon.regions.REGIONS`.
        marketplaces: identifiers of the marketplaces the seller takes part in; empty before the login asked.
        endpoint: address of the API.
        tokens: address at which a refresh token is changed.
        place: where it was found, for the seller.
        seller_id: the seller's identifier, which calls about listings need; empty if it was not told.
    """

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    region: str
    marketplaces: tuple[str, ...] = ()
    endpoint: str = ""
    tokens: str = TOKENS
    place: str = ""
    seller_id: str = ""

    def again(self, variable: str) -> str:
        """What to do where the account is not right: the environment comes first, so that no login helps there."""
        return f"correct {variable}" if self.place == ENVIRONMENT else "log in again: ordercli amazon login"


def named_by_environment() -> bool:
    """Whether the environment names an account, which comes before what ``login`` keeps."""
    return any(_in_environment().values())


def _in_environment() -> dict[str, str | None]:
    """Values of :data:`VARIABLES`."""
    return {
        CLIENT_ID: os.environ.get(CLIENT_ID),
        CLIENT_SECRET: os.environ.get(CLIENT_SECRET),
        REFRESH_TOKEN: os.environ.get(REFRESH_TOKEN),
    }


def find_account(folder: Path) -> Account:
    """The account that was logged in, from the environment, the keyring or the file in the configuration's folder.

    Raises:
        Refused: if there is none, it is incomplete, or its file can be read by others.
        UsageProblem: if the environment tells only a part of it, or an address that is not allowed.
    """
    told, place = _told(folder)
    if told is None:
        raise Refused("No Amazon account is logged in; do it with: ordercli amazon login")
    return account_of(told, place)


def account_of(told: Mapping[str, Any], place: str) -> Account:
    """An account from what is kept of it.

    Raises:
        Refused: if something is missing or is not what ``login`` writes.
        UsageProblem: for an address that is not allowed, and for such words in the environment or typed.
    """
    secrets = [told.get(name) for name in SECRETS]
    marketplaces = told.get("marketplaces", [])
    region, seller_id = told.get("region", "na"), told.get("seller_id", "")
    unlike = [name for name, each in zip(VARIABLES, secrets, strict=True) if not _may_be_secret(each)]
    if unlike and place == ENVIRONMENT:
        raise UsageProblem(f"{unlike[0]} is not what Amazon shows: printable characters, on one line.")
    if unlike and place == TYPED:
        raise UsageProblem(
            "Client id, client secret and refresh token are all needed, as Seller Central shows them; nothing was"
            " kept."
        )
    if (
        unlike
        or not isinstance(marketplaces, list)
        or not all(isinstance(each, str) for each in marketplaces)
        or not isinstance(seller_id, str)
    ):
        raise Refused(
            f"What {place} keeps of the Amazon account is not whole; log in again: ordercli amazon login"
        )
    if region not in REGIONS:
        raise UsageProblem(f"There is no region {region!r} of Amazon; there are {', '.join(REGIONS)}.")
    if seller_id and not (seller_id.isascii() and seller_id.isalnum()):
        raise UsageProblem("A seller identifier of Amazon's has letters and digits only, such as A1B2C3D4E5F6G7.")
    client_id, client_secret, refresh_token = map(str, secrets)
    endpoint, tokens = endpoints(region)
    places = tuple(marketplaces)
    return Account(client_id, client_secret, refresh_token, region, places, endpoint, tokens, place, seller_id)


def _may_be_secret(told: object) -> bool:
    return isinstance(told, str) and 0 < len(told) <= _MOST_SECRET and told.isprintable()


def endpoints(region: str) -> tuple[str, str]:
    """Where the API and the tokens of a region are; both at ``ORDERCLI_AMAZON_ENDPOINT`` if that is set.

    Raises:
        UsageProblem: if that is neither https nor on this machine.
    """
    told = os.environ.get(ENDPOINT)
    if not told:
        return REGIONS[region], TOKENS
    parts = urlsplit(told)
    is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_near) or parts.username is not None:
        raise UsageProblem(
            f"{ENDPOINT} must be an https address, or one of this machine such as http://127.0.0.1:8765."
        )
    base = told.rstrip("/")
    return base, f"{base}/auth/o2/token"


def save_account(account: Account, folder: Path, *, in_keyring: bool) -> str:
    """Keep an account for later runs, and none that an earlier login kept elsewhere: that would be found first.

    Returns:
        Where, for the seller.

    Raises:
        Refused: if there is no keyring that takes it, or one that does not let go of the earlier account.
    """
    path = folder / FILE_NAME
    kept = {
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "refresh_token": account.refresh_token,
        "region": account.region,
        "marketplaces": list(account.marketplaces),
        "seller_id": account.seller_id,
    }
    if in_keyring:
        _keyring("put into", lambda ring: ring.set_password(KEYRING_SERVICE, KEYRING_USER, json.dumps(kept)))
        path.unlink(missing_ok=True)
        return "the keyring"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_file(str(path), (json.dumps(kept, indent=2) + "\n").encode())
    _forget_in_keyring()
    return str(path)


def forget_account(folder: Path) -> list[str]:
    """Remove the account from wherever ``login`` keeps it.

    Returns:
        Where it was.
    """
    places = ["the keyring"] if _forget_in_keyring() else []
    path = folder / FILE_NAME
    if path.exists():
        path.unlink()
        places.append(str(path))
    return places


def _forget_in_keyring() -> bool:
    """Whether one was there."""
    if _kept_in_keyring() is None:
        return False
    _keyring("taken out of", lambda ring: ring.delete_password(KEYRING_SERVICE, KEYRING_USER))
    return True


def _told(folder: Path) -> tuple[Mapping[str, Any] | None, str]:
    told = _in_environment()
    if named_by_environment():
        missing = [name for name, value in told.items() if not value]
        if missing:
            raise UsageProblem(f"The environment tells a part of the Amazon account; {missing[0]} is missing.")
        return _with_places(dict(zip(SECRETS, told.values(), strict=True))), ENVIRONMENT
    kept = _kept_in_keyring()
    if kept is not None:
        return _parsed(kept, "the keyring"), "the keyring"
    path = folder / FILE_NAME
    if not path.exists():
        return None, ""
    return _parsed("\n".join(read_secret(path)), str(path)), str(path)


def _with_places(told: dict[str, str | None]) -> dict[str, Any]:
    places = os.environ.get(MARKETPLACES, "")
    return {
        **told,
        "region": os.environ.get(REGION, "na"),
        "seller_id": os.environ.get(SELLER_ID, ""),
        "marketplaces": [each.strip() for each in places.split(",") if each.strip()],
    }


def _parsed(text: str, place: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(
            f"What {place} keeps of the Amazon account cannot be read; log in again: ordercli amazon login"
        )
    return found


def _kept_in_keyring() -> str | None:
    try:
        ring = importlib.import_module("keyring")
    except ImportError:
        return None
    try:
        found = ring.get_password(KEYRING_SERVICE, KEYRING_USER)
    except Exception:  # noqa: BLE001 - its backends raise what they like; without one the file is asked
        return None
    return None if found is None else str(found)


def _keyring(what: str, act: Any) -> None:  # noqa: ANN401 - the package has no types of its own
    try:
        act(importlib.import_module("keyring"))
    except ImportError as error:
        raise Refused("There is no keyring here: the package keyring is not installed.") from error
    except Exception as error:
        raise Refused(f"The account cannot be {what} the keyring ({type(error).__name__}).") from error
