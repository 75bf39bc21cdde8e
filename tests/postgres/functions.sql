-- What SQLite has and PostgreSQL has not, or means otherwise, under SQLite's own names. The schema stands first
-- in the search path, so that the same words of a statement mean the same in both engines.
CREATE SCHEMA sqlite;

SET search_path = sqlite, pg_catalog;

-- Truth: a comparison has the value 0 or 1 where it is computed with.
CREATE FUNCTION whole(boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $1 THEN 1::bigint WHEN NOT $1 THEN 0::bigint END';
CREATE FUNCTION plus(boolean, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT whole($1) + whole($2)';
CREATE FUNCTION plus(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 + whole($2)';
CREATE FUNCTION minus(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 - whole($2)';
CREATE FUNCTION times(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 * whole($2)';
CREATE FUNCTION is_equal(boolean, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT whole($1) = $2';
CREATE FUNCTION is_equal(bigint, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 = whole($2)';
CREATE FUNCTION is_other(bigint, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT $1 <> whole($2)';
CREATE FUNCTION is_more(boolean, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT whole($1) > $2';
CREATE OPERATOR > (FUNCTION = is_more, LEFTARG = boolean, RIGHTARG = bigint);
CREATE OPERATOR = (FUNCTION = is_equal, LEFTARG = boolean, RIGHTARG = bigint);
CREATE OPERATOR = (FUNCTION = is_equal, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR <> (FUNCTION = is_other, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR + (FUNCTION = plus, LEFTARG = boolean, RIGHTARG = boolean);
CREATE OPERATOR + (FUNCTION = plus, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR - (FUNCTION = minus, LEFTARG = bigint, RIGHTARG = boolean);
CREATE OPERATOR * (FUNCTION = times, LEFTARG = bigint, RIGHTARG = boolean);
CREATE FUNCTION minus(boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT -whole($1)';
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
 AS 'SELECT round($1::double precision)';
CREATE FUNCTION round(double precision, bigint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT pg_catalog.round($1::numeric, $2::integer)::double precision';

-- The greatest and the least of several, which are NULL if one is.
CREATE FUNCTION max(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN greatest($1, $2) END';
CREATE FUNCTION max(anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT max(max($1, $2), $3)';
CREATE FUNCTION max(anycompatible, anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql
 IMMUTABLE PARALLEL SAFE AS 'SELECT max(max($1, $2), max($3, $4))';
CREATE FUNCTION min(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN least($1, $2) END';
CREATE FUNCTION min(anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT min(min($1, $2), $3)';

CREATE FUNCTION iif(boolean, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT CASE WHEN $1 THEN $2 ELSE $3 END';
CREATE FUNCTION iif(bigint, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE
 PARALLEL SAFE AS 'SELECT CASE WHEN $1 <> 0 THEN $2 ELSE $3 END';
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
CREATE FUNCTION instr(text, text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT strpos($1, $2)::bigint';
CREATE FUNCTION substr(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 < 0 THEN right($1, (-$2)::integer) ELSE substring($1 FROM $2::integer) END';
CREATE FUNCTION substr(text, bigint, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 < 0 THEN left(right($1, (-$2)::integer), $3::integer)
  ELSE substring($1 FROM $2::integer FOR $3::integer) END';
CREATE FUNCTION substr(text, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT substr($1, $2::bigint)';
CREATE FUNCTION substr(text, integer, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT substr($1, $2::bigint, $3::bigint)';
CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT upper(encode($1, 'hex'))$$;
CREATE FUNCTION quote(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT coalesce('''' || replace($1, '''', '''''') || '''', 'NULL')$$;
CREATE FUNCTION quote(bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT coalesce($1::text, 'NULL')$$;
CREATE FUNCTION glob(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT $2 ~ ('^' || replace(replace(regexp_replace($1, '([\\.+(){}|$])', '\\\1', 'g'), '*', '.*'), '?', '.')
  || '$')$$;

-- Of its formats, those that statements use: a number's digits behind the point, or its thousands set apart.
CREATE FUNCTION printf(text, double precision) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT pg_catalog.round($2::numeric, substring($1 FROM '^%\.(\d)f$')::integer)::text$$;
CREATE FUNCTION printf(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT ltrim(to_char($2, 'FM999,999,999,999,999,990'))$$;
CREATE FUNCTION printf(text, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT printf($1, $2::bigint)$$;

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
 AS $$SELECT strftime($1, $2, '0 days')$$;
CREATE FUNCTION date(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT strftime('%Y-%m-%d', $1, $2)$$;
CREATE FUNCTION date(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT strftime('%Y-%m-%d', $1, '0 days')$$;

-- JSON, which is text.
CREATE FUNCTION json_each(text) RETURNS TABLE (key text, value text) LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
 AS $$SELECT (ordinality - 1)::text, value FROM
  json_array_elements_text(CASE WHEN json_typeof($1::json) = 'array' THEN $1::json END) WITH ORDINALITY
 UNION ALL SELECT key, value FROM
  json_each_text(CASE WHEN json_typeof($1::json) = 'object' THEN $1::json END)$$;
CREATE FUNCTION json_extract(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT jsonb_path_query_first($1::jsonb, $2::jsonpath) #>> '{}'$$;
CREATE FUNCTION json_value(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT CASE WHEN $2 LIKE '$%' THEN json_extract($1, $2) ELSE $1::json ->> $2 END$$;
CREATE FUNCTION json_value(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT $1::json ->> $2::integer$$;
CREATE OPERATOR ->> (FUNCTION = json_value, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR ->> (FUNCTION = json_value, LEFTARG = text, RIGHTARG = bigint);

CREATE FUNCTION json_array(text, bigint) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT ('[' || coalesce(to_json($1)::text, 'null') || ',' || coalesce($2::text, 'null') || ']')::json$$;
CREATE FUNCTION json_group_step(text, json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS $$SELECT $1 || CASE $1 WHEN '[' THEN '' ELSE ',' END || coalesce($2::text, 'null')$$;
CREATE FUNCTION json_group_end(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT $1 || ']'$$;
CREATE AGGREGATE json_group_array(json) (SFUNC = json_group_step, STYPE = text, FINALFUNC = json_group_end, INITCOND = '[');

-- Sums.
CREATE AGGREGATE sum(bigint) (SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE);
CREATE FUNCTION sum_step(bigint, boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 IS NULL THEN $1 ELSE coalesce($1, 0) + whole($2) END';
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
CREATE AGGREGATE max(boolean) (SFUNC = boolor_statefunc, STYPE = boolean);
CREATE AGGREGATE min(boolean) (SFUNC = booland_statefunc, STYPE = boolean);
CREATE FUNCTION group_step(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || $3 || $2 END';
CREATE FUNCTION group_step(text, bigint, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT group_step($1, $2::text, $3)';
CREATE FUNCTION group_step(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT group_step($1, $2, '','')';
CREATE FUNCTION group_step(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
 AS 'SELECT group_step($1, $2::text, '','')';
CREATE AGGREGATE group_concat(text, text) (SFUNC = group_step, STYPE = text);
CREATE AGGREGATE group_concat(bigint, text) (SFUNC = group_step, STYPE = text);
CREATE AGGREGATE group_concat(text) (SFUNC = group_step, STYPE = text);
CREATE AGGREGATE group_concat(bigint) (SFUNC = group_step, STYPE = text);
