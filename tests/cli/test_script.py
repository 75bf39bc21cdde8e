"""The language of the prompt and of lists: a POSIX shell's words, and a refusal wherever a shell would do more."""

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.cli.script import Line, ScriptError, Sink, UnfinishedError, read_script


def words(text: str) -> list[tuple[str, ...]]:
    return [line.plain for line in read_script(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stock show RING-7", [("stock", "show", "RING-7")]),
        ("ordercli stock # what is there\n\n  # nothing\n today", [("stock",), ("today",)]),
        ("order note 1 'it''s \"late\"'", [("order", "note", "1", 'its "late"')]),
        (r'find "a \"b\" \$5 \x" c\ d', [("find", r'a "b" $5 \x', "c d")]),
        ("find a#b '#c' \\#d", [("find", "a#b", "#c", "#d")]),
        ("ship 1 \\\n  --carrier USPS\nstock", [("ship", "1", "--carrier", "USPS"), ("stock",)]),
        ("ship RI\\\nNG", [("ship", "RING")]),
        ('find "a\\\nb" ""', [("find", "ab", "")]),
        ("find 'a\nb'", [("find", "a\nb")]),
        ("stock\r\ntoday\r\n", [("stock",), ("today",)]),
        ("order note 1 'paid $HOME; > & | `x`'", [("order", "note", "1", "paid $HOME; > & | `x`")]),
        ("find $5 a=$ 10$", [("find", "$5", "a=$", "10$")]),
        ("#!/bin/sh\nset -e\nordercli stock", [("stock",)]),
        ("ordercli", []),
        ("", []),
    ],
)
def test_words_are_those_of_a_shell(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text) == expected


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=1))
def test_what_is_quoted_for_a_shell_comes_back_as_it_was(told: list[str]) -> None:
    (line,) = read_script(shlex.join(["find", *told]))

    assert line.plain == ("find", *told)
    assert [each for word in line.words for each in word.expanded()] == ["find", *told]


PIECES = ["a", "B-7", " ", "  ", "'", '"', "\\", "#", "=", ":", "@", "ü", "\\\n", "$5", "%", "!", "{", "}", ","]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_line_without_signs_of_a_shell_has_the_words_of_shlex(text: str) -> None:
    try:
        expected = shlex.split("find " + text.replace("\\\n", ""), comments=False)
    except ValueError:
        expected = []
    try:
        found = words("find " + text)
    except UnfinishedError:
        found = [()]
    if "#" not in text and "\\\n" not in text:
        assert found == [tuple(expected)]


def test_a_real_sh_has_the_same_words(tmp_path: Path) -> None:
    lines = [
        r"""find a'b c'"d \$e \\ \" \x"f\ g '' "" '\n' "a'b" """,
        "find 'a\nb' \"c\\\nd\" e\\\nf ~ ~/x '~' a~ x=~",
        "find *.t[x]t n*ne '*.txt' a\\*b ? [",
        "find a#b # c",
        "find 1 2a -- -x",
    ]
    for name in ("b.txt", "a.txt", "a b.txt"):
        (tmp_path / name).touch()
    script = "find() { printf '%s\\036' \"$@\"; printf '\\035'; }\n" + "\n".join(lines)
    told = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    found = [
        [each for word in line.words for each in word.expanded()][1:] for line in read_script("\n".join(lines))
    ]

    assert [part.split("\036")[:-1] for part in told.split("\035")[:-1]] == found


def test_a_line_knows_where_it_begins_and_what_its_output_and_input_are() -> None:
    found = list(
        read_script(
            "stock\n\n# x\nstock >\\\n a.csv\n\nship --csv - < 'b c' | mail -s 'x; y' me # z\n!ls *; pwd\n"
        )
    )

    assert [line.number for line in found] == [1, 4, 7, 8]
    assert (found[1].sink, found[1].target and found[1].target.text) == (Sink.FILE, "a.csv")
    assert (found[2].source and found[2].source.text) == "b c"
    assert (found[2].sink, found[2].target and found[2].target.text) == (Sink.PROGRAM, "mail -s 'x; y' me # z")
    assert found[2].plain == ("ship", "--csv", "-")
    assert (found[3].system, found[3].words) == ("ls *; pwd", ())
    (longer,) = read_script("stock>>a")
    assert (longer.plain, longer.sink) == (("stock",), Sink.END_OF_FILE)


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("stock\nstock; today", 2, "; means nothing here"),
        ("stock && today", 1, "& means nothing here"),
        ("stock || today", 1, "|| means nothing here"),
        ("stock |& less", 1, "|& means nothing here"),
        ("stock 2> x", 1, "2> means nothing here"),
        ("stock >& x", 1, "Behind > stands the name of a file"),
        ("stock > x > y", 1, "two"),
        ("stock >", 1, "Behind > stands the name of a file"),
        ("stock <\ntoday", 1, "Behind < stands the name of a file"),
        ("stock |  ", 1, "Behind | stands a command"),
        ("> x", 1, "There is no command before >"),
        ("!", 1, "Behind ! stands a command"),
        ("stock show $(ls)", 1, "$( … is not filled in here"),
        ('stock show "$HOME"', 1, "$H … is not filled in here"),
        ("stock show `ls`", 1, "` means nothing here"),
        ('stock show "`ls`"', 1, "` means nothing here"),
        ("(stock)", 1, "( means nothing here"),
        ("\n\nfind 'a\nb", 3, "quote ' is opened"),
        ('find "a', 1, 'quote " is opened'),
        ("find a\\", 1, "ends in a backslash"),
    ],
)
def test_what_a_shell_would_do_more_is_refused_with_its_line(text: str, number: int, said: str) -> None:
    with pytest.raises(ScriptError) as told:
        list(read_script(text))

    assert (told.value.number, said in str(told.value)) == (number, True), str(told.value)


@given(st.text(st.sampled_from(" \t\n'\"\\#!|<>&;()$`*?[~{}az1=-"), max_size=20))
def test_any_text_is_read_to_its_end_or_refused_with_a_line_that_is_there(text: str) -> None:
    found: list[Line] = []
    numbers = [0]
    try:
        found.extend(read_script(text))
    except ScriptError as error:
        numbers.append(error.number)
    numbers[1:1] = [line.number for line in found]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] <= text.count("\n") + 1
    assert all(bool(line.words) != bool(line.system) for line in found)
