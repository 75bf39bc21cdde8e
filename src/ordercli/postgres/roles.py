"""Two roles of a shop on a server, as a script for whoever keeps it: one that works in it, one that only looks.

The first may add to the book and change what may change, but has no right to alter or remove what was recorded; a
trigger refuses that too, which only an owner could switch off. The second sees everything but personal data;
what somebody wrote of a person into a note or a field of their own is no such data.
"""

import re

from ordercli.dbfile import HEAD
from ordercli.domain.orders.personal import COUNTED
from ordercli.errors import UsageProblem
from ordercli.postgres.schema import triggers
from ordercli.postgres.work import SCHEMA
from ordercli.shape import tables_of

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_NOBODY = {"public", "none", "current_user", "session_user", "current_role"}
"""What a server takes for somebody else than a role of that name."""
_PEOPLE = "personal_data"
_SEEN = ("personal_id", "version", *COUNTED)
"""What of a person stays when it is erased, and names nobody."""
_HEAD = """\
-- The roles of a shop of ordercli, schema {schema}. Run it in the shop's database as its owner, by a user who may
-- make roles, and again after each upgrade; then let users have them:
--   psql --set ON_ERROR_STOP=1 --file FILE DATABASE
--   CREATE USER anna; GRANT "{app}" TO anna; CREATE USER ben; GRANT "{reader}" TO ben;
-- Who asks by another program than ordercli says first: SET search_path = sqlite, pg_catalog, ordercli
BEGIN;
SET LOCAL search_path = pg_catalog;
DO $$ BEGIN
 IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app}') THEN CREATE ROLE "{app}" NOLOGIN; END IF;
 IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{reader}') THEN CREATE ROLE "{reader}" NOLOGIN; END IF;
 EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO "{app}", "{reader}"', current_database());
END $$;
GRANT USAGE ON SCHEMA ordercli, sqlite TO "{app}", "{reader}";
REVOKE ALL ON ALL TABLES IN SCHEMA ordercli, sqlite FROM PUBLIC, "{app}", "{reader}";
GRANT SELECT ON ALL TABLES IN SCHEMA ordercli, sqlite TO "{app}", "{reader}";
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ordercli TO "{app}";
REVOKE INSERT, UPDATE, DELETE ON ordercli.alembic_version FROM "{app}";
GRANT USAGE ON SCHEMA {work} TO "{app}";
REVOKE ALL ON ALL TABLES IN SCHEMA {work} FROM PUBLIC, "{app}", "{reader}";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {work} TO "{app}";
"""


def script(app: str, reader: str) -> str:
    """What makes both roles and gives them their rights; run again it changes nothing.

    Args:
        app: the name of the role for those who work in the shop.
        reader: of the one for those who only look.

    Raises:
        UsageProblem: for what is no name of a role.
    """
    for name in (app, reader):
        if name.startswith("pg_") or name in _NOBODY:
            raise UsageProblem(f"{name!r} means something else to the server; take another name for the role.")
        if not _NAME.fullmatch(name):
            raise UsageProblem(
                f"{name!r} is no name for a role: small letters, digits and _, a letter first, at most 63 signs."
            )
    if app == reader:
        raise UsageProblem("The two roles need two names.")
    lines = [_HEAD.format(app=app, reader=reader, schema=HEAD, work=SCHEMA)]
    lines += [f'REVOKE {verb} ON {_list(facts(verb))} FROM "{app}";\n' for verb in ("UPDATE", "DELETE")]
    lines.append(f'REVOKE SELECT ON ordercli.{_PEOPLE} FROM "{reader}";\n')
    lines.append(f'GRANT SELECT ({", ".join(_SEEN)}) ON ordercli.{_PEOPLE} TO "{reader}";\nCOMMIT;\n')
    return "".join(lines)


def facts(verb: str) -> list[str]:
    """The tables of which no row is ever changed (UPDATE) or removed (DELETE), whatever is done."""
    there = set(tables_of(HEAD))
    refused = {each.table for each in triggers() if each.verb == verb and each.always_refuses}
    return sorted(refused & there)


def _list(tables: list[str]) -> str:
    return ", ".join(f"ordercli.{name}" for name in tables)
