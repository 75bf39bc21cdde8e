"""The text of a statement: what it names, what it asks for, where something stands in it."""

import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.reports.sql_text import (
    as_sentence,
    bound,
    explained,
    literal,
    parse_parameter,
    parse_statement,
    place_in,
    refuse_nameless,
    tokens,
    value_of,
)


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("SELECT a", "word word"),
        ("SELECT 'it''s; -- no' AS x", "word text word word"),
        ('SELECT "a ""b""", [c d], `e`', "word quoted sign quoted sign quoted"),
        ("-- a ; b\nSELECT /* ; */ :n, @m, ?1", "word parameter sign parameter sign parameter"),
        ("SELECT x'00', 1.5e3, -2", "word text sign number sign sign number"),
        ("'open", "text"),
        ("/* open", ""),
    ],
)  # fmt: skip
def test_a_statement_is_made_of_pieces(sql: str, kinds: str) -> None:
    found = tokens(sql)

    assert " ".join(piece.kind for piece in found) == kinds
    assert all(sql[piece.start : piece.end] == piece.text for piece in found)


@pytest.mark.parametrize(
    ("sql", "file", "server"),
    [
        ("SELECT a::text, :x", "x", "x"),
        ("SELECT 1 /* /* */ , :x -- */", "x", ""),
        ("SELECT 1 /* :x /* :y */ :z */ , :a", None, "a"),
        ("SELECT /* a /* b */ ; */ :x", None, "x"),
        ("SELECT 1 /*/ :x */, :y", "y", "y"),
        ("SELECT 1 /*/ :x /*/ */*/, :y", None, "y"),
        ("SELECT 1 /* :x", "", ""),
        ("SELECT 1 -- :x", "", ""),
        ("SELECT 1 -- \r, :x", "", "x"),
        (r"SELECT E'\' :x '", "x", ""),
        (r"SELECT E'\\' , :x", "x", "x"),
        ("SELECT E'a'\n'\\' :x '", "x", ""),
        ("SELECT E'a' -- b\n '\\' :x '", "x", ""),
        (r"SELECT nameE'\', :x", "x", "x"),
        (r"SELECT 'a\', :x, '\'", "x", "x"),
        ("SELECT N':x', X':x', B':x', U&':x', U&\":x\"", "", ""),
        ("SELECT $$ :x ; $$, :y", None, "y"),
        ("SELECT $a$ $$ :x $a$, :y", "a x y", "y"),
        ("SELECT $$ :x", "x", ""),
        ("SELECT name$$, :x, b$$", "x", "x"),
        ("SELECT [:x], [a:x], :y", "y", "x y"),
        ("SELECT [a [ b], :y", "y", "y"),
        ("SELECT `:x`, :y", "y", "x y"),
        ("SELECT ARRAY['a]', ':x', :y]", None, "y"),
        ('SELECT ":x ""b"" :x", :y', "y", "y"),
    ],
)
def test_a_parameter_is_one_where_its_reader_has_it_so(sql: str, file: str | None, server: str) -> None:
    assert parse_statement(sql, at_server=True).parameters == server.split()
    if file is not None:
        assert parse_statement(sql).parameters == file.split()


@given(st.text(alphabet="sel'\"`[]-/*; \n:?a1é", max_size=40))
def test_every_text_is_read_to_its_end(sql: str) -> None:
    for at_server in (False, True):
        found = tokens(sql, at_server=at_server)

        assert all(one.end <= other.start for one, other in pairwise(found))
        assert all(sql[piece.start : piece.end] == piece.text for piece in found)


def test_names_and_parameters_are_found_but_not_in_texts_and_comments() -> None:
    found = parse_statement(
        "SELECT \"A b\", c FROM V_Stock -- v_orders\nWHERE d = 'v_returns' AND e > :n AND f < :n;"
    )

    assert {"a b", "c", "v_stock"} <= found.names
    assert not {"v_orders", "v_returns"} & found.names
    assert found.parameters == ["n"]
    assert found.text.endswith(":n")


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("", "there is no statement in it"),
        (" ;; -- nothing", "there is no statement in it"),
        ("/* nothing */", "there is no statement in it"),
        ("SELECT 1;\nSELECT 2", "one statement at a time; a second begins at line 2, column 1"),
    ],
)
def test_what_is_no_single_statement_is_told(sql: str, sentence: str) -> None:
    with pytest.raises(FieldError, match="^" + sentence):
        parse_statement(sql)


@pytest.mark.parametrize("sql", ["SELECT ?, :a", "SELECT ?|1, :a", "SELECT ?&1, :a", "SELECT ?||1, :a"])
def test_a_parameter_without_a_name_is_told_where_it_is_one(sql: str) -> None:
    statement = parse_statement(sql)

    assert statement.parameters == ["a"]
    with pytest.raises(FieldError, match=r"^\? at line 1, column 8 has no name; write :name"):
        refuse_nameless(statement)


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT a[1:2]", []),
        ("SELECT a[:2]", []),
        ("SELECT a[lo:hi]", []),
        ("SELECT a[f(1):hi]", []),
        ("SELECT a[(1):n]", []),
        ("SELECT a[:n]", ["n"]),
        ("SELECT a[b[1]:hi]", []),
        ("SELECT a[:lo]", ["lo"]),
        ("SELECT a[:lo :hi]", ["lo"]),
        ("SELECT a[:lo : :hi]", ["lo", "hi"]),
        ("SELECT a[1: :hi]", ["hi"]),
        ("SELECT ARRAY[:a, :b]", ["a", "b"]),
        ("SELECT ARRAY[1], :a", ["a"]),
        ("SELECT ARRAY[CASE WHEN :a THEN :b ELSE :c END]", ["a", "b", "c"]),
        ("SELECT ARRAY[CASE :a WHEN :b THEN 1 END]", ["a", "b"]),
        ("SELECT ARRAY[NOT :a, x LIKE :b, x AND :c OR :d, x BETWEEN :e AND :f]", [*"abcdef"]),
        ("SELECT ARRAY[x IS DISTINCT FROM :a, x AT TIME ZONE :b, x IS :c]", [*"abc"]),
        ("SELECT ARRAY[(SELECT x FROM t WHERE x LIKE :a LIMIT :n)]", ["a", "n"]),
        ("SELECT ARRAY[f(DISTINCT :a ORDER BY :b), (x :c)]", ["a", "b", "c"]),
        ("SELECT a[(lo):hi], a[CASE WHEN x THEN 1 END:hi], a[NULL:hi]", []),
        ("SELECT sku AS [my [col] FROM product WHERE sku LIKE :x", ["x"]),
        ("SELECT sku AS [my [col] FROM product WHERE sku > 'a' AND sku NOT LIKE :x LIMIT :n", ["x", "n"]),
        ("SELECT a ?| b, a ?& b, a ? 'b'", []),
    ],
)
def test_colons_and_question_marks_of_a_server_are_no_parameters(sql: str, parameters: list[str]) -> None:
    assert parse_statement(sql, at_server=True).parameters == parameters


def test_a_place_is_counted_as_people_do() -> None:
    assert place_in("ab\ncd", 0) == "line 1, column 1"
    assert place_in("ab\ncd", 4) == "line 2, column 2"


@pytest.mark.parametrize("text", ["", "x", "=1", "1x=2", "a b=1", "a-b=1"])
def test_a_parameter_has_a_name_and_a_value(text: str) -> None:
    with pytest.raises(FieldError):
        parse_parameter(text)


def test_the_value_of_a_parameter_may_hold_anything() -> None:
    assert parse_parameter("since=a=b ") == ("since", "a=b ")
    assert parse_parameter(":since=") == ("since", "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("0", 0),
        ("1.50", 1.5),
        ("0000012", "0000012"),
        ("9400111899223197428503", "9400111899223197428503"),
        ("1e3", "1e3"),
        ("2026-03-01", "2026-03-01"),
        ("", ""),
        ("٥", "٥"),
    ],
)
def test_what_is_written_as_a_number_is_one(text: str, value: str | float) -> None:
    assert (value_of(text), type(value_of(text))) == (value, type(value))


def test_parameters_are_those_of_the_statement() -> None:
    statement = parse_statement("SELECT :since, :sku")

    assert bound(statement, {"since": "2026-03-01", "sku": "7"}) == {"since": "2026-03-01", "sku": 7}
    with pytest.raises(FieldError, match="parameter sku has no value; add --param sku=VALUE"):
        bound(statement, {"since": "x"})
    with pytest.raises(FieldError, match=r"no parameter 'sinc' in it; did you mean since\?"):
        bound(statement, {"since": "x", "sku": "y", "sinc": "z"})


@given(st.text(min_size=1))
def test_a_text_is_told_to_a_server_without_a_sign_of_its_own(text: str) -> None:
    told = literal(text)

    assert (told[:2], told[-1]) == ("E'", "'")
    assert set(told[2:-1]) <= set("\\x0123456789abcdef")
    assert bytes.fromhex(told[2:-1].replace("\\x", "")).decode() == text


def fault_of(sql: str) -> str:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE stock (sku, units)")
        try:
            connection.execute(f"EXPLAIN {sql}")
        except sqlite3.Error as error:
            return str(error)
    return ""


KNOWN = {"table": ["stock"], "column": ["sku", "units"]}


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELECT sku FROM stock WHERE WHERE 1", "syntax error near 'WHERE' at line 1, column 29"),
        ("SELECT sku\nFROM stock\n WHERE ,", "syntax error near ',' at line 3, column 8"),
        ("SELECT sku FROM stock WHERE", "the statement ends too early, behind 'WHERE'"),
        ("SELECT sku FROM stok", "no such table 'stok' at line 1, column 17; did you mean stock?"),
        ("SELECT s.unit FROM stock s", "no such column 's.unit' at line 1, column 10; did you mean units?"),
        ("SELECT 1, nought(2) FROM stock", "no such function 'nought' at line 1, column 11"),
        ("SELECT sku FROM stock a, stock b", "ambiguous column name 'sku' at line 1, column 8"),
        ("SELECT 'abc", '"\'abc" at line 1, column 8 is never closed'),
        ("SELECT # FROM stock", "'#' at line 1, column 8 is no word of SQL"),
        ("SELECT max(sku, DISTINCT) FROM stock", "syntax error near 'DISTINCT' at line 1, column 17"),
    ],
)
def test_a_fault_is_told_with_its_place(sql: str, sentence: str) -> None:
    assert explained(parse_statement(sql), fault_of(sql), KNOWN, fault_of) == sentence


def test_a_sentence_ends_once() -> None:
    assert (as_sentence("so"), as_sentence("so?")) == ("so.", "so?")
