"""What is set and said of tables on a server, by keeper or ordercli, stays when a backup takes their place."""

from unittest.mock import Mock

import pytest

from ordercli.errors import OutOfReach
from ordercli.postgres import erasing
from ordercli.postgres.connection import ServerDriver
from postgres.worked_shop import Shop, erase_some, keeper, shop

__all__ = ["keeper", "shop"]

SETTINGS = """
ALTER TABLE ordercli.row_change SET (autovacuum_vacuum_scale_factor = 0.01, toast.autovacuum_enabled = false);
ALTER VIEW ordercli.supply SET (security_barrier = true);
ALTER INDEX ordercli.pk_product SET (fillfactor = 80);
ALTER TABLE ordercli.product ALTER name SET STATISTICS 500, ALTER sku SET (n_distinct = -1),
  ALTER name SET STORAGE EXTERNAL, ALTER name SET COMPRESSION pglz, REPLICA IDENTITY FULL, CLUSTER ON pk_product;
ALTER TABLE ordercli.setting REPLICA IDENTITY USING INDEX pk_setting;
COMMENT ON SCHEMA ordercli IS 'the present shop, as it''s said';
COMMENT ON SCHEMA sqlite IS 'its words';
COMMENT ON TABLE ordercli.product IS 'what is sold';
COMMENT ON COLUMN ordercli.product.sku IS 'its number';
COMMENT ON VIEW ordercli.supply IS 'for analysts';
COMMENT ON COLUMN ordercli.supply.product_id IS 'the same';
COMMENT ON INDEX ordercli.pk_product IS 'by number';
COMMENT ON CONSTRAINT pk_product ON ordercli.product IS 'one each';
COMMENT ON TRIGGER stock_movement_no_update ON ordercli.stock_movement IS 'a fact stays';
COMMENT ON FUNCTION ordercli.stock_movement_no_update() IS 'refuses'
"""
"""What an administrator may say of the schemas, and how they may be set."""
_OF_THEM = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ordercli'"
SET = f"""
SELECT c.relname, '', c.relreplident::text, c.reloptions::text, (SELECT t.reloptions::text FROM pg_class t
  WHERE t.oid = c.reltoastrelid), (SELECT x.indisclustered::text FROM pg_index x WHERE x.indexrelid = c.oid)
{_OF_THEM}
UNION ALL SELECT a.attrelid::regclass::text, a.attname, a.attstattarget::text,
  (SELECT o FROM unnest(a.attoptions) o WHERE o ~ '^n_distinct'),
  a.attstorage::text, a.attcompression::text FROM pg_attribute a WHERE a.attrelid IN (SELECT c.oid {_OF_THEM})
UNION ALL SELECT i.type, i.identity, d.description, '', '', '' FROM pg_description d,
  pg_identify_object(d.classoid, d.objoid, d.objsubid) i WHERE i.schema IN ('ordercli', 'sqlite')
  OR i.identity LIKE 'ordercli.%' OR i.identity LIKE '% on ordercli.%' OR i.type = 'schema'
ORDER BY 1, 2, 3"""
"""All of that, as the server tells it."""


def test_what_an_administrator_has_set_and_said_stays(shop: Shop) -> None:
    with shop.inside() as inside:
        plain = inside.execute(SET.encode()).fetchall()
        inside.execute(SETTINGS.encode())
        before = inside.execute(SET.encode()).fetchall()
        ran = shop.restored()
        assert ran.exit_code == 0, ran.stderr
        assert inside.execute(SET.encode()).fetchall() == before
        assert len(set(before) - set(plain)) >= SETTINGS.count("COMMENT ON") + 6


def test_of_a_name_only_the_schema_is_told_otherwise(shop: Shop) -> None:
    with shop.inside() as inside:
        inside.execute(b"ALTER TABLE ordercli.product ADD CONSTRAINT present CHECK (name <> 'x')")
    ran = shop.restored()
    assert (ran.exit_code, "present on ordercli.product" in ran.stderr) == (5, True), ran.stderr


def test_a_shop_that_is_brought_back_while_another_is_cleaned_is_not_taken_for_clean(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_some(shop)
    clean, run_script = erasing.clean_tables, ServerDriver.run_script
    met: list[str] = []

    def vacuums(driver: ServerDriver, script: str) -> None:
        if script.startswith("VACUUM") and not met:
            met.append(script)
            with monkeypatch.context() as stopped:
                stopped.setattr("ordercli.postgres.erasing.clean_tables", Mock(side_effect=OutOfReach("killed")))
                assert shop.restored().exit_code == 7
        run_script(driver, script)

    monkeypatch.setattr(ServerDriver, "run_script", vacuums)
    assert shop.restored().exit_code == 0
    assert (len(met), erasing.left_unclean(shop.server)) == (1, True)
    assert clean(shop.server, wait_seconds=5)
    assert not erasing.left_unclean(shop.server)
