"""What others did to the schemas that a restore replaces: rights, settings and comments are given anew.

What others have put on the tables or among them would be dropped with them, so that it is refused.
"""

from collections.abc import Sequence
from typing import Any

from ordercli.dbfile import HEAD
from ordercli.errors import Refused
from ordercli.postgres.connection import ServerDriver
from ordercli.postgres.spoken import SEARCH_PATH
from ordercli.server import Server
from ordercli.shape import tables_of

_OTHERS = """
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = 'ordercli'),
tables AS (SELECT c.oid, c.reltype, c.relname, c.relkind FROM pg_class c JOIN ours n ON n.oid = c.relnamespace),
used AS (SELECT d.classid, d.objid FROM pg_depend d JOIN tables t ON d.refobjid IN (t.oid, t.reltype)
  WHERE d.deptype IN ('n', 'a'))
SELECT pg_describe_object(u.classid, u.objid, 0) FROM used u
LEFT JOIN pg_rewrite r ON u.classid = 'pg_rewrite'::regclass AND r.oid = u.objid
LEFT JOIN pg_constraint k ON u.classid = 'pg_constraint'::regclass AND k.oid = u.objid
LEFT JOIN pg_class c ON c.oid = CASE WHEN u.classid = 'pg_class'::regclass THEN u.objid ELSE r.ev_class END
LEFT JOIN pg_proc p ON u.classid = 'pg_proc'::regclass AND p.oid = u.objid
LEFT JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, k.connamespace, p.pronamespace)
WHERE u.classid IN ('pg_rewrite'::regclass, 'pg_class'::regclass, 'pg_constraint'::regclass, 'pg_proc'::regclass,
  'pg_publication_rel'::regclass)
AND (n.oid IS NULL OR n.nspname <> 'ordercli' AND n.nspname !~ '^pg_(temp|toast)')
UNION SELECT pg_describe_object('pg_class'::regclass, t.oid, 0) FROM tables t
WHERE t.relkind IN ('r', 'p', 'f', 'm', 'S') AND NOT t.relname::text = ANY ({})
ORDER BY 1"""
"""What is not ordercli's, and stands on a table of the shop or among them."""
_WHO = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END"
_PAIRS = """
WITH RECURSIVE both_of (old, new) AS (VALUES ('present', 'ordercli'), ('present_sqlite', 'sqlite'),
  ('present_work', 'ordercli_work')),
pair AS (SELECT o.oid AS old, n.oid AS new, b.new AS named, o.nspowner AS owner, o.nspacl AS acl,
  n.nspacl AS given FROM both_of b JOIN pg_namespace o ON o.nspname = b.old
  JOIN pg_namespace n ON n.nspname = b.new)"""
"""The schemas of before and those in their place, in the transaction that replaces them."""
_AS_NEW = """regexp_replace(regexp_replace(regexp_replace({},
   '(?<![.\\w"])present_sqlite(?=\\.|$)', 'sqlite', 'g'),
   '(?<![.\\w"])present_work(?=\\.|$)', 'ordercli_work', 'g'), '(?<![.\\w"])present(?=\\.|$)', 'ordercli', 'g')"""
"""What is called so in the schemas of before, as it is called in those in their place.

Only a schema's name is told otherwise, which stands before a dot or alone.
"""
_GRANTED = f"""
{_PAIRS},
same AS (SELECT c.oid AS old, here.oid AS new, p.named || '.' || quote_ident(c.relname) AS named,
  c.relowner AS owner, c.relacl AS acl, here.relacl AS given FROM pair p
  JOIN pg_class c ON c.relnamespace = p.old
  JOIN pg_class here ON here.relnamespace = p.new AND here.relname = c.relname
  WHERE c.relkind IN ('r', 'v')),
whole AS (SELECT 'SCHEMA ' || named AS named, owner, acl, given FROM pair
  UNION ALL SELECT named, owner, acl, given FROM same
  UNION ALL SELECT 'ROUTINE ' || p.named || '.' || quote_ident(f.proname) || '('
   || pg_get_function_identity_arguments(f.oid) || ')', f.proowner,
   coalesce(f.proacl, acldefault('f', f.proowner)), coalesce(here.proacl, acldefault('f', here.proowner))
  FROM pair p JOIN pg_proc f ON f.pronamespace = p.old
  JOIN pg_proc here ON here.pronamespace = p.new AND here.proname = f.proname
   AND here.proargtypes = f.proargtypes
  WHERE f.proacl IS DISTINCT FROM here.proacl),
told AS (
 SELECT 1 AS place, 'REVOKE ALL ON ' || w.named || ' FROM ' || {_WHO} AS text
 FROM whole w, aclexplode(w.given) a WHERE a.grantee <> w.owner
 UNION ALL
 SELECT 2, 'GRANT ' || a.privilege_type || ' ON ' || w.named || ' TO ' || {_WHO}
  || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
 FROM whole w, aclexplode(w.acl) a WHERE a.grantee <> w.owner
 UNION ALL
 SELECT 2, 'GRANT ' || a.privilege_type || ' (' || quote_ident(t.attname) || ') ON ' || s.named || ' TO ' || {_WHO}
  || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
 FROM same s JOIN pg_attribute t ON t.attrelid = s.old AND NOT t.attisdropped
 JOIN pg_attribute now ON now.attrelid = s.new AND now.attname = t.attname, aclexplode(t.attacl) a
 WHERE a.grantee <> s.owner)
SELECT DISTINCT place, text FROM told ORDER BY place"""
"""What takes from others the rights that the server gives to all that is new, and gives those of before anew."""
_OPTIONS = """(SELECT string_agg({prefix}split_part(o, '=', 1) || ' = '
   || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')"""
_SET = f"""
{_PAIRS},
same AS (SELECT c.oid AS old, here.oid AS new, c.relkind AS kind, p.new AS place, c.reltoastrelid AS toast,
  CASE c.relkind WHEN 'v' THEN 'ALTER VIEW ' WHEN 'i' THEN 'ALTER INDEX ' ELSE 'ALTER TABLE ' END
   || p.named || '.' || quote_ident(c.relname) AS alters,
  c.reloptions AS was, here.reloptions AS has, c.reltablespace AS stood, here.reltablespace AS stands,
  c.relreplident AS told, here.relreplident AS tells
  FROM pair p JOIN pg_class c ON c.relnamespace = p.old
  JOIN pg_class here ON here.relnamespace = p.new AND here.relname = c.relname AND here.relkind = c.relkind
  WHERE c.relkind IN ('r', 'v', 'i')),
cell AS (SELECT s.alters || ' ALTER COLUMN ' || quote_ident(a.attname) || ' SET ' AS alters, a.*,
  now.attstattarget AS target, now.attoptions AS options, now.attstorage AS storage, now.attcompression AS packs
  FROM same s JOIN pg_attribute a ON a.attrelid = s.old AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_attribute now ON now.attrelid = s.new AND now.attname = a.attname WHERE s.kind = 'r'),
goes AS (SELECT 'pg_namespace'::regclass::oid AS classid, p.old AS objid FROM pair p
  WHERE p.named <> 'ordercli_work' UNION SELECT d.classid, d.objid FROM goes g
  JOIN pg_depend d ON d.refclassid = g.classid AND d.refobjid = g.objid)
SELECT alters || ' SET (' || {_OPTIONS.format(prefix="")} FROM unnest(was) o) || ')'
FROM same WHERE was IS DISTINCT FROM has AND was IS NOT NULL
UNION ALL SELECT alters || ' SET (' || {_OPTIONS.format(prefix="'toast.' || ")} FROM unnest(t.reloptions) o) || ')'
FROM same s JOIN pg_class t ON t.oid = s.toast WHERE t.reloptions IS NOT NULL
UNION ALL SELECT alters || ' SET TABLESPACE ' || quote_ident(t.spcname)
FROM same s JOIN pg_tablespace t ON t.oid = s.stood WHERE stood <> stands AND kind <> 'v'
UNION ALL SELECT alters || ' REPLICA IDENTITY ' || CASE told WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
  ELSE 'USING INDEX ' || (SELECT quote_ident(i.relname) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
   WHERE x.indrelid = s.old AND x.indisreplident) END
FROM same s WHERE kind = 'r' AND told <> tells
UNION ALL SELECT alters || ' CLUSTER ON ' || quote_ident(i.relname)
FROM same s JOIN pg_index x ON x.indrelid = s.old AND x.indisclustered JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL SELECT alters || 'STATISTICS ' || attstattarget FROM cell WHERE attstattarget IS DISTINCT FROM target
UNION ALL SELECT alters || '(' || {_OPTIONS.format(prefix="")} FROM unnest(attoptions) o
  WHERE o ~ '^n_distinct') || ')' FROM cell WHERE attoptions::text ~ 'n_distinct'
UNION ALL SELECT alters || 'STORAGE ' || CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
  WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END FROM cell WHERE attstorage <> storage
UNION ALL SELECT alters || 'COMPRESSION ' || CASE attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4'
  ELSE 'default' END FROM cell WHERE attcompression <> packs
UNION ALL SELECT 'COMMENT ON ' || CASE i.type WHEN 'table column' THEN 'COLUMN' WHEN 'view column' THEN 'COLUMN'
  WHEN 'table constraint' THEN 'CONSTRAINT' ELSE upper(i.type) END || ' ' || {_AS_NEW.format("i.identity")}
  || ' IS ' || quote_literal(d.description)
FROM goes g JOIN pg_description d ON d.classoid = g.classid AND d.objoid = g.objid,
  pg_identify_object(d.classoid, d.objoid, d.objsubid) i
ORDER BY 1"""
"""What sets the new tables, columns and indexes as those of before were set, and says of them what was said."""
_GONE = f"""
{_PAIRS},
goes AS (SELECT true AS is_old, 'pg_namespace'::regclass::oid AS classid, p.old AS objid FROM pair p
  UNION SELECT false, 'pg_namespace'::regclass::oid, p.new FROM pair p
  UNION SELECT g.is_old, d.classid, d.objid FROM goes g
  JOIN pg_depend d ON d.refclassid = g.classid AND d.refobjid = g.objid),
named AS (SELECT DISTINCT g.is_old, i.type AS kind, {_AS_NEW.format("i.identity")} AS identity
  FROM goes g, pg_identify_object(g.classid, g.objid, 0) i WHERE g.classid <> 'pg_namespace'::regclass)
SELECT kind || ' ' || identity FROM (SELECT kind, identity FROM named WHERE is_old
  EXCEPT SELECT kind, identity FROM named WHERE NOT is_old) gone
WHERE identity !~ '\\mpg_(temp|toast)' AND identity !~ 'RI_ConstraintTrigger_'
UNION SELECT 'column ' || p.named || '.' || c.relname || '.' || t.attname FROM pair p
JOIN pg_class c ON c.relnamespace = p.old JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped
JOIN pg_class here ON here.relnamespace = p.new AND here.relname = c.relname
WHERE c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_attribute x WHERE x.attrelid = here.oid
  AND x.attname = t.attname)
UNION SELECT 'security label of ' || l.objtype || ' ' || l.objname FROM pg_seclabels l
JOIN pair p ON p.old IN (l.objnamespace, l.objoid)
ORDER BY 1"""
"""What would go with the schemas of before and is not in those in their place: it is not ordercli's."""


def refuse_standing(driver: ServerDriver, server: Server) -> None:
    """Refuse what of others is seen before anything is done.

    Raises:
        Refused: naming it.
    """
    known = ", ".join(f"'{name}'" for name in (*tables_of(HEAD), "alembic_version"))
    _refuse_others(plainly(driver, _OTHERS.format(f"ARRAY[{known}]")), server)


def refuse_what_goes(driver: ServerDriver, server: Server) -> None:
    """Refuse what would go with the schemas of before, once those in their place are there to compare.

    Raises:
        Refused: naming it.
    """
    _refuse_others(plainly(driver, _GONE), server)


def give_rights(driver: ServerDriver) -> None:
    """Let everybody have the rights in the new schemas that they had in those of before, and no others."""
    driver.run_script(";\n".join(["", *(sql for _, sql in plainly(driver, _GRANTED))]))


def set_as_before(driver: ServerDriver) -> None:
    """Let the new schemas have the settings and comments that somebody gave to those of before.

    That a table was not logged is none of them: what is brought back outlives a crash.
    """
    driver.run_script(";\n".join(["", *(sql for (sql,) in plainly(driver, _SET))]))


def plainly(driver: ServerDriver, sql: str) -> list[tuple[Any, ...]]:
    """Ask with the server's own operators, and not those of SQLite's words."""
    driver.run_script("SET search_path = pg_catalog")
    with driver.told_errors():
        rows = driver.connection.execute(sql.encode()).fetchall()
    driver.run_script(f"SET search_path = {SEARCH_PATH}")
    return rows


def _refuse_others(others: Sequence[tuple[Any, ...]], server: Server) -> None:
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise Refused(
            f"{server} has something of others that stands on the shop's tables ({others[0][0]}{more}) and would"
            " go with them; drop it first and make it again afterwards."
        )
