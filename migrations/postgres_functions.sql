-- What SQLite has and PostgreSQL has not, or means otherwise, under SQLite's own names. The schema stands first
-- in the search path, so that the same words of a statement mean the same in both engines.
CREATE SCHEMA sqlite;

SET LOCAL search_path = sqlite, pg_catalog;

-- Truth: a comparison has the value 0 or 1 where it is computed with.
CREATE FUNCTION whole(boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $1 THEN 1::bigint WHEN NOT $1 THEN 0::bigint END';
CREATE FUNCTION plus(boolean, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.whole($1) + sqlite.whole($2)';
CREATE FUNCTION plus(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 + sqlite.whole($2)';
CREATE FUNCTION minus(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 - sqlite.whole($2)';
CREATE FUNCTION times(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 * sqlite.whole($2)';
CREATE FUNCTION is_equal(boolean, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.whole($1) = $2';
CREATE FUNCTION is_equal(bigint, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 = sqlite.whole($2)';
CREATE FUNCTION is_other(bigint, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 <> sqlite.whole($2)';
CREATE FUNCTION is_more(boolean, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.whole($1) > $2';
CREATE FUNCTION is_other(boolean, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.whole($1) <> $2';
CREATE OPERATOR <> (FUNCTION = is_other, LEFTARG = boolean, RIGHTARG = bigint);
CREATE OPERATOR > (FUNCTION = is_more, LEFTARG = boolean, RIGHTARG = bigint);
CREATE OPERATOR = (FUNCTION = is_equal, LEFTARG = boolean, RIGHTARG = bigint);
CREATE OPERATOR = (FUNCTION = is_equal, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR <> (FUNCTION = is_other, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR + (FUNCTION = plus, LEFTARG = boolean, RIGHTARG = boolean);
CREATE OPERATOR + (FUNCTION = plus, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR - (FUNCTION = minus, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR * (FUNCTION = times, LEFTARG = bigint, RIGHTARG = boolean);
CREATE FUNCTION minus(boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT -sqlite.whole($1)';
CREATE OPERATOR - (FUNCTION = minus, RIGHTARG = boolean);

-- Numbers: what is divided by nothing is NULL, and a number with a point is binary.
CREATE FUNCTION over(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 <> 0 THEN $1 OPERATOR(pg_catalog./) $2 END';
CREATE FUNCTION over(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 <> 0 THEN $1 OPERATOR(pg_catalog./) $2 END';
CREATE FUNCTION over(integer, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 <> 0 THEN $1 OPERATOR(pg_catalog./) $2 END';
CREATE FUNCTION over(integer, integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 <> 0 THEN $1::bigint OPERATOR(pg_catalog./) $2 END';
CREATE FUNCTION over(double precision, double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT CASE WHEN $2 <> 0 THEN $1 OPERATOR(pg_catalog./) $2 END';
CREATE FUNCTION over(numeric, numeric) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 <> 0 THEN $1::double precision OPERATOR(pg_catalog./) $2::double precision END';
CREATE FUNCTION times(numeric, numeric) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1::double precision OPERATOR(pg_catalog.*) $2::double precision';
CREATE FUNCTION plus(numeric, numeric) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1::double precision OPERATOR(pg_catalog.+) $2::double precision';
CREATE FUNCTION minus(numeric, numeric) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1::double precision OPERATOR(pg_catalog.-) $2::double precision';
CREATE OPERATOR / (FUNCTION = over, LEFTARG = bigint, RIGHTARG = bigint);
CREATE OPERATOR / (FUNCTION = over, LEFTARG = bigint, RIGHTARG = integer);
CREATE OPERATOR / (FUNCTION = over, LEFTARG = integer, RIGHTARG = bigint);
CREATE OPERATOR / (FUNCTION = over, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR / (FUNCTION = over, LEFTARG = double precision, RIGHTARG = double precision);
CREATE OPERATOR / (FUNCTION = over, LEFTARG = numeric, RIGHTARG = numeric);
CREATE OPERATOR * (FUNCTION = times, LEFTARG = numeric, RIGHTARG = numeric);
CREATE OPERATOR + (FUNCTION = plus, LEFTARG = numeric, RIGHTARG = numeric);
CREATE OPERATOR - (FUNCTION = minus, LEFTARG = numeric, RIGHTARG = numeric);
CREATE FUNCTION round(double precision) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $1 < 0 THEN -floor(-$1 + 0.5) ELSE floor($1 + 0.5) END';
CREATE FUNCTION round(numeric) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.round($1::double precision)';
CREATE FUNCTION round(double precision, bigint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT pg_catalog.round($1::numeric, $2::integer)::double precision';

-- The greatest and the least of several, which are NULL if one is.
CREATE FUNCTION max(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN greatest($1, $2) END';
CREATE FUNCTION max(anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT sqlite.max(sqlite.max($1, $2), $3)';
CREATE FUNCTION max(anycompatible, anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql
 IMMUTABLE PARALLEL SAFE AS 'SELECT sqlite.max(sqlite.max($1, $2), sqlite.max($3, $4))';
CREATE FUNCTION min(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN least($1, $2) END';
CREATE FUNCTION min(anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT sqlite.min(sqlite.min($1, $2), $3)';

CREATE FUNCTION iif(boolean, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT CASE WHEN $1 THEN $2 ELSE $3 END';
CREATE FUNCTION iif(bigint, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT CASE WHEN $1 <> 0 THEN $2 ELSE $3 END';
CREATE FUNCTION typeof(anyelement) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT CASE WHEN $1 IS NULL THEN 'null' ELSE CASE pg_typeof($1) WHEN 'bigint'::regtype THEN 'integer'
  WHEN 'double precision'::regtype THEN 'real' WHEN 'bytea'::regtype THEN 'blob' ELSE 'text' END END$$;
CREATE FUNCTION ifnull(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT coalesce($1, $2)';

-- Text.
CREATE FUNCTION same(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $1';
CREATE OPERATOR + (FUNCTION = same, RIGHTARG = text);
CREATE FUNCTION likened(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 OPERATOR(pg_catalog.~~*) $2';
CREATE FUNCTION not_likened(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 OPERATOR(pg_catalog.!~~*) $2';
CREATE OPERATOR ~~ (FUNCTION = likened, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR !~~ (FUNCTION = not_likened, LEFTARG = text, RIGHTARG = text);
-- A number that stands in JSON is text, as all that stands there.
CREATE FUNCTION is_equal(text, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 = $2::text';
CREATE FUNCTION is_other(text, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 <> $2::text';
CREATE FUNCTION is_equal(bigint, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 = $2::bigint';
CREATE OPERATOR = (FUNCTION = is_equal, LEFTARG = bigint, RIGHTARG = text);
CREATE OPERATOR = (FUNCTION = is_equal, LEFTARG = text, RIGHTARG = bigint);
CREATE OPERATOR <> (FUNCTION = is_other, LEFTARG = text, RIGHTARG = bigint);
CREATE FUNCTION instr(text, text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT strpos($1, $2)::bigint';
CREATE FUNCTION substr(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 < 0 THEN right($1, (-$2)::integer) ELSE substring($1 FROM $2::integer) END';
CREATE FUNCTION substr(text, bigint, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 < 0 THEN left(right($1, (-$2)::integer), $3::integer)
  ELSE substring($1 FROM $2::integer FOR $3::integer) END';
CREATE FUNCTION substr(text, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.substr($1, $2::bigint)';
CREATE FUNCTION substr(text, integer, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.substr($1, $2::bigint, $3::bigint)';
CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT coalesce(upper(encode($1, 'hex')), '')$$;
CREATE FUNCTION hex(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT sqlite.hex(convert_to($1, 'UTF8'))$$;
CREATE FUNCTION quote(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT coalesce('''' || replace($1, '''', '''''') || '''', 'NULL')$$;
CREATE FUNCTION quote(bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT coalesce($1::text, 'NULL')$$;
CREATE FUNCTION glob(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT $2 ~ ('^' || replace(replace(regexp_replace($1, '([\\.+(){}|$])', '\\\1', 'g'), '*', '.*'), '?', '.')
  || '$')$$;
CREATE FUNCTION globbed(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT sqlite.glob($2, $1)';
CREATE FUNCTION not_globbed(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT NOT sqlite.glob($2, $1)';
CREATE OPERATOR *~ (FUNCTION = globbed, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR !*~ (FUNCTION = not_globbed, LEFTARG = text, RIGHTARG = text);

-- Of a temporary table the number of a row that is told without one.
CREATE FUNCTION next_number(text, text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE number bigint;
BEGIN
 EXECUTE format('SELECT coalesce(max(%I), 0) + 1 FROM %I', $2, $1) INTO number;
 RETURN number;
END $$;

-- Of its formats, those that statements use: a number's digits behind the point, or its thousands set apart.
CREATE FUNCTION printf(text, double precision) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT pg_catalog.round($2::numeric, substring($1 FROM '^%\.(\d)f$')::integer)::text$$;
CREATE FUNCTION printf(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT CASE WHEN $1 LIKE '%,d' THEN ltrim(to_char($2, 'FM999,999,999,999,999,990'))
  ELSE lpad($2::text, greatest(length($2::text), coalesce(substring($1 FROM '^%0(\d+)d$')::integer, 0)), '0') END$$;
CREATE FUNCTION printf(text, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT sqlite.printf($1, $2::bigint)$$;

-- Moments, which are text.
CREATE FUNCTION julianday(text) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT CASE WHEN $1 ~ '^\d{4}-\d\d-\d\d' THEN
  (extract(epoch FROM replace($1, 'Z', '')::timestamp) * 1000 + 210866760000000)::bigint::double precision
  / 86400000::double precision END$$;
CREATE FUNCTION strftime(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT CASE WHEN $1 = '%s' THEN trunc(extract(epoch FROM replace($2, 'Z', '')::timestamp + $3::interval))::bigint::text
  ELSE to_char(replace($2, 'Z', '')::timestamp + $3::interval,
   replace(replace(replace(replace(replace(replace(replace(replace($1, 'T', '"T"'), 'Z', '"Z"'), '%Y', 'YYYY'),
   '%m', 'MM'), '%d', 'DD'), '%H', 'HH24'), '%M', 'MI'), '%S', 'SS')) END$$;
CREATE FUNCTION strftime(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT sqlite.strftime($1, $2, '0 days')$$;
CREATE FUNCTION date(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT sqlite.strftime('%Y-%m-%d', $1, $2)$$;
CREATE FUNCTION date(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT sqlite.strftime('%Y-%m-%d', $1, '0 days')$$;

-- JSON, which is text.
CREATE FUNCTION json_each(text) RETURNS TABLE (key text, value text) LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
 AS $$SELECT (ordinality - 1)::text, value FROM
  json_array_elements_text(CASE WHEN json_typeof($1::json) = 'array' THEN $1::json END) WITH ORDINALITY
 UNION ALL SELECT key, value FROM
  json_each_text(CASE WHEN json_typeof($1::json) = 'object' THEN $1::json END)$$;
CREATE FUNCTION json_extract(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT jsonb_path_query_first($1::jsonb, $2::jsonpath) #>> '{}'$$;
CREATE FUNCTION json_value(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT CASE WHEN $2 LIKE '$%' THEN sqlite.json_extract($1, $2) ELSE $1::json ->> $2 END$$;
CREATE FUNCTION json_value(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT $1::json ->> $2::integer$$;
CREATE OPERATOR ->> (FUNCTION = json_value, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR ->> (FUNCTION = json_value, LEFTARG = text, RIGHTARG = bigint);

-- SQLite writes no blanks between values. Of an array that has one behind each comma, and no commas but those between
-- its values, they are taken out at once.
CREATE FUNCTION json_dense(json) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE told text := $1; dense text := replace(told, ', ', ',');
BEGIN
 IF left(told, 1) = '[' AND strpos(told, ' : ') = 0
  AND octet_length(told) - octet_length(dense) = json_array_length($1) - 1
  AND octet_length(dense) - octet_length(replace(dense, ',', '')) = json_array_length($1) - 1 THEN RETURN dense; END IF;
 RETURN regexp_replace(told, '("(?:[^"\\]|\\.)*"|[^", ]+)(?:(,) | (:) )?', '\1\2\3', 'g');
END $$;
CREATE FUNCTION rtrim(json, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT pg_catalog.rtrim(sqlite.json_dense($1), $2)$$;
CREATE FUNCTION json_patch(text, json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT json_strip_nulls($2)::text$$;
CREATE FUNCTION json_type(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT jsonb_typeof(jsonb_path_query_first($1::jsonb, $2::jsonpath))$$;
CREATE FUNCTION json_group_step(text, json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT $1 || CASE $1 WHEN '[' THEN '' ELSE ',' END || coalesce(sqlite.json_dense($2), 'null')$$;
CREATE FUNCTION json_group_end(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT $1 || ']'$$;
CREATE FUNCTION json_pair_step(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT $1 || CASE $1 WHEN '{' THEN '' ELSE ',' END || to_json($2)::text || ':' || coalesce(to_json($3)::text, 'null')$$;
CREATE FUNCTION json_pair_end(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT $1 || '}'$$;
CREATE AGGREGATE json_group_object(text, text) (SFUNC = json_pair_step, STYPE = text, FINALFUNC = json_pair_end,
 INITCOND = '{');
CREATE AGGREGATE json_group_array(json) (SFUNC = json_group_step, STYPE = text, FINALFUNC = json_group_end, INITCOND = '[');

-- Sums.
CREATE AGGREGATE sum(bigint) (SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE);
CREATE FUNCTION sum_step(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 IS NULL THEN $1 ELSE coalesce($1, 0) + sqlite.whole($2) END';
CREATE AGGREGATE sum(boolean) (SFUNC = sum_step, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE);
CREATE FUNCTION total_step(double precision, double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT $1 + coalesce($2, 0)';
CREATE AGGREGATE total(double precision) (SFUNC = total_step, STYPE = double precision, INITCOND = '0');
CREATE FUNCTION avg_step(double precision[], bigint) RETURNS double precision[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
 STRICT AS 'SELECT float8_accum($1, $2::double precision)';
CREATE AGGREGATE avg(bigint) (SFUNC = avg_step, STYPE = double precision[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');
CREATE FUNCTION avg_step(double precision[], integer) RETURNS double precision[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
 STRICT AS 'SELECT float8_accum($1, $2::double precision)';
CREATE AGGREGATE avg(integer) (SFUNC = avg_step, STYPE = double precision[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');
CREATE FUNCTION greater(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT greatest($1, $2)';
CREATE FUNCTION lesser(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT least($1, $2)';
CREATE AGGREGATE max(bytea) (SFUNC = greater, STYPE = bytea);
CREATE AGGREGATE min(bytea) (SFUNC = lesser, STYPE = bytea);
CREATE AGGREGATE max(boolean) (SFUNC = boolor_statefunc, STYPE = boolean);
CREATE AGGREGATE min(boolean) (SFUNC = booland_statefunc, STYPE = boolean);
CREATE FUNCTION group_step(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || $3 || $2 END';
CREATE FUNCTION group_step(text, bigint, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.group_step($1, $2::text, $3)';
CREATE FUNCTION group_step(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.group_step($1, $2, '','')';
CREATE FUNCTION group_step(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT sqlite.group_step($1, $2::text, '','')';
CREATE AGGREGATE group_concat(text, text) (SFUNC = group_step, STYPE = text);
CREATE AGGREGATE group_concat(bigint, text) (SFUNC = group_step, STYPE = text);
CREATE AGGREGATE group_concat(text) (SFUNC = group_step, STYPE = text);
CREATE AGGREGATE group_concat(bigint) (SFUNC = group_step, STYPE = text);

-- What SQLite tells of its own schema; the texts are those of the first migration.
CREATE VIEW sqlite_temp_master AS SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'table' END AS type, relname::text AS name
 FROM pg_class WHERE relnamespace OPERATOR(pg_catalog.=) pg_my_temp_schema() AND relkind IN ('r', 'v');
CREATE TABLE sqlite_schema (type text, name text, tbl_name text, sql text);
CREATE FUNCTION pragma_table_xinfo(text)
 RETURNS TABLE (cid bigint, name text, type text, "notnull" bigint, dflt_value text, pk bigint, hidden bigint)
 LANGUAGE sql STABLE AS $$
SELECT a.attnum::bigint - 1, a.attname::text,
  CASE a.atttypid WHEN 'bigint'::regtype THEN 'INTEGER' WHEN 'bytea'::regtype THEN 'BLOB'
   WHEN 'double precision'::regtype THEN 'REAL' ELSE 'TEXT' END,
  a.attnotnull::integer::bigint, NULL::text, coalesce(array_position(i.indkey::smallint[], a.attnum) + 1, 0)::bigint,
  CASE WHEN a.attgenerated OPERATOR(pg_catalog.=) '' THEN 0 ELSE 2 END::bigint
FROM pg_attribute a
LEFT JOIN pg_index i ON i.indrelid OPERATOR(pg_catalog.=) a.attrelid AND i.indisprimary
WHERE a.attrelid OPERATOR(pg_catalog.=) to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attname OPERATOR(pg_catalog.<>) 'rowid'
ORDER BY a.attnum$$;
CREATE FUNCTION pragma_table_info(text)
 RETURNS TABLE (cid bigint, name text, type text, "notnull" bigint, dflt_value text, pk bigint)
 LANGUAGE sql STABLE AS $$
SELECT cid, name, type, "notnull", dflt_value, pk FROM sqlite.pragma_table_xinfo($1) AS x
WHERE hidden OPERATOR(pg_catalog.=) 0 ORDER BY cid$$;
CREATE FUNCTION pragma_foreign_key_list(text)
 RETURNS TABLE (id bigint, seq bigint, "table" text, "from" text, "to" text) LANGUAGE sql STABLE AS $$
SELECT c.oid::bigint, k.place - 1, t.relname::text, f.attname::text, r.attname::text
FROM pg_constraint c JOIN pg_class t ON t.oid OPERATOR(pg_catalog.=) c.confrelid,
  unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (here, there, place), pg_attribute f, pg_attribute r
WHERE c.contype OPERATOR(pg_catalog.=) 'f' AND c.conrelid OPERATOR(pg_catalog.=) to_regclass($1)
  AND f.attrelid OPERATOR(pg_catalog.=) c.conrelid AND f.attnum OPERATOR(pg_catalog.=) k.here
  AND r.attrelid OPERATOR(pg_catalog.=) c.confrelid AND r.attnum OPERATOR(pg_catalog.=) k.there
ORDER BY 1, 2$$;
CREATE FUNCTION pragma_index_list(text) RETURNS TABLE (name text, "unique" bigint) LANGUAGE sql STABLE AS $$
SELECT c.relname::text, i.indisunique::integer::bigint FROM pg_index i
JOIN pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid WHERE i.indrelid OPERATOR(pg_catalog.=) to_regclass($1)$$;
CREATE FUNCTION pragma_index_info(text) RETURNS TABLE (name text) LANGUAGE sql STABLE AS $$
SELECT a.attname::text FROM pg_index i, pg_attribute a
WHERE i.indexrelid OPERATOR(pg_catalog.=) to_regclass($1) AND a.attrelid OPERATOR(pg_catalog.=) i.indrelid
  AND a.attnum OPERATOR(pg_catalog.=) ANY (i.indkey::smallint[])$$;
