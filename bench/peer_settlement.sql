-- The peer of `settlement import`: the sqlite3 shell's own .import, then set-based statements into the same tables,
-- with the same triggers, indexes and pragmas, in one transaction. It trusts the file: no value is checked, nothing
-- is compared with what is there. {settlement} is filled in.
.bail on
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA synchronous = FULL;
.mode ascii
.separator "\t" "\n"
.import --schema temp {settlement} told
BEGIN IMMEDIATE;
INSERT INTO operation (recorded_at, actor, command)
VALUES ('2026-03-16T13:00:00Z', 'peer', 'settlement import');

INSERT INTO settlement
  (settlement_id, channel, starts_at, ends_at, deposited_at, total_minor, currency, operation_id)
SELECT "settlement-id", 'amazon', replace(substr("settlement-start-date", 1, 19), ' ', 'T') || 'Z',
  replace(substr("settlement-end-date", 1, 19), ' ', 'T') || 'Z',
  replace(substr("deposit-date", 1, 19), ' ', 'T') || 'Z',
  CAST(round("total-amount" * 100) AS INTEGER), currency, (SELECT max(id) FROM operation)
FROM told WHERE "total-amount" <> '';

INSERT INTO settlement_entry
SELECT s.id, e.rowid - 1, "transaction-type", nullif("order-id", ''), nullif("merchant-order-id", ''),
  nullif("adjustment-id", ''), nullif("shipment-id", ''), nullif("marketplace-name", ''), "amount-type",
  "amount-description", CAST(round(amount * 100) AS INTEGER), nullif("fulfillment-id", ''),
  replace(substr("posted-date-time", 1, 19), ' ', 'T') || 'Z', nullif("order-item-code", ''), nullif(sku, ''),
  CAST(nullif("quantity-purchased", '') AS INTEGER), nullif("promotion-id", '')
FROM settlement s CROSS JOIN told e ON e."settlement-id" = s.settlement_id
WHERE e."total-amount" = '';

SELECT s.total_minor = sum(e.amount_minor) FROM settlement s JOIN settlement_entry e ON e.settlement_id = s.id;
COMMIT;
