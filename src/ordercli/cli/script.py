"""The language of the prompt and of lists of commands: what of a POSIX shell's a seller uses, and nothing else.

Pure but for :meth:`Word.expanded`, which looks for files. Quotes and backslashes are a POSIX shell's; a line
ends where none of them holds it open. Besides words there are ``#`` comments, ``!`` and a command of the system,
``| CMD``, ``> FILE``, ``>> FILE`` and ``< FILE``. What else means something to a shell is refused where it stands
bare, so that a line never does something else here than there (docs/adr/0040-prompt-and-lists.md).
"""

import re
from collections.abc import Iterator
from enum import Enum
from glob import escape, glob
from pathlib import Path
from typing import NamedTuple

_PATTERN = frozenset("*?[")
_REFUSED = frozenset("&;()`")
_IN_DOUBLE = frozenset('"$`\\')
_VARIABLE = re.compile(r"\$[A-Za-z_{(]")
PROGRAM = "ordercli"
"""May stand first, as in a script of a shell."""
_STOPS = ("set", "-e")
"""What scripts of a shell begin with, such as ``log --as-script`` writes; a list stops at a failure anyway."""
_EXIT = ("exit",)


class ScriptError(Exception):
    """A line that cannot be understood.

    Attributes:
        number: of the line, from 1.
    """

    def __init__(self, number: int, sentence: str) -> None:
        """Say what is wrong with it."""
        super().__init__(sentence)
        self.number = number


class UnfinishedError(ScriptError):
    """A line that goes on: a quote is open, or its last sign is a backslash."""


class Word(NamedTuple):
    """One word.

    Attributes:
        text: without its quotes.
        pattern: as :mod:`glob` takes it, if bare signs make it a pattern of file names; else None.
    """

    text: str
    pattern: str | None = None

    def expanded(self) -> list[str]:
        """The files that it is a pattern of, in their order, or itself if there are none."""
        if self.pattern is None:
            return [self.text]
        return sorted(glob(self.pattern)) or [self.text]  # noqa: PTH207 - names as they were begun, ./ and ../ too


class Sink(Enum):
    """Where what a command prints goes."""

    FILE = ">"
    END_OF_FILE = ">>"
    PROGRAM = "|"


class Line(NamedTuple):
    """One command.

    Attributes:
        number: of the line it begins in.
        text: as it was written.
        words: of the command, without ``ordercli``; none if it is one of the system's.
        system: the command of the system, behind ``!``.
        sink: what takes stdout; None leaves it.
        target: the file, or the command of the system, that it goes to.
        source: the file that stdin is.
    """

    number: int
    text: str
    words: tuple[Word, ...] = ()
    system: str | None = None
    sink: Sink | None = None
    target: Word | None = None
    source: Word | None = None

    @property
    def plain(self) -> tuple[str, ...]:
        """The words as they were written, patterns too."""
        return tuple(word.text for word in self.words)

    @property
    def is_exit(self) -> bool:
        """Whether it ends the list, or leaves the prompt."""
        return self.plain == _EXIT


def read_script(text: str) -> Iterator[Line]:
    """The commands of a text, in their order.

    Raises:
        UnfinishedError: if the last line goes on behind the end.
        ScriptError: for a line that is none.
    """
    for line in read_lines(text):
        if isinstance(line, ScriptError):
            raise line
        yield line


def read_lines(text: str) -> Iterator[Line | ScriptError]:
    """The commands of a text, in their order, and what is wrong with each line that is none.

    Reading goes on behind a wrong line, unless a quote is open there: what follows may belong to it.
    """
    text = text.replace("\r\n", "\n")
    place, number = 0, 1
    while place < len(text):
        read = _Reading(text, place, number)
        try:
            line = read.line()
        except ScriptError as error:
            yield error
            if read.is_in_quote:
                return
            read.skip_line()
        else:
            if line is not None and line.plain != _STOPS:
                yield line
        place, number = read.place, number + text.count("\n", place, read.place)


class _Reading:
    """Reads one line, sign by sign."""

    def __init__(self, text: str, place: int, number: int) -> None:
        self._text = text
        self._begun = place
        self.place = place
        self._number = number
        self.is_in_quote = False

    def skip_line(self) -> None:
        """Go on behind the line that :attr:`place` is in."""
        self.place = self._end() + 1

    def _next(self) -> str:
        return self._text[self.place : self.place + 1]

    def line(self) -> Line | None:
        """The line, or None if it is empty; :attr:`place` is behind it then."""
        words: list[Word] = []
        sink, target, source = None, None, None
        while True:
            self._skip()
            sign = self._next()
            if sign in ("", "\n"):
                break
            if sign == "!" and not words and sink is None and source is None:
                system = self._text[self.place + 1 : self._end()].strip()
                if not system:
                    raise self._wrong("Behind ! stands a command of the system, such as !ls.")
                self.skip_line()
                return Line(self._number, f"!{system}", system=system)
            if sign in ("|", ">"):
                if sink is not None:
                    raise self._wrong("What a command prints goes to one place; there are two.")
                sink, target = self._sink()
            elif sign == "<":
                self.place += 1
                source = self._target(sign)
            else:
                words.append(self._word())
        text = self._text[self._begun : self.place].strip()
        if words and words[0].text == PROGRAM:
            del words[0]
        if not words and (sink or source):
            raise self._wrong(f"There is no command before {sink.value if sink else '<'}.")
        self.skip_line()
        return Line(self._number, text, tuple(words), None, sink, target, source) if words else None

    def _skip(self) -> None:
        """Go on to what means something: behind blanks, joined lines and a comment."""
        while (sign := self._next()) in (" ", "\t", "\\", "#") and sign:
            if sign == "#":
                self.place = self._end()
            elif sign != "\\":
                self.place += 1
            elif self._text.startswith("\\\n", self.place):
                self.place += 2
            else:
                break

    def _end(self) -> int:
        end = self._text.find("\n", self.place)
        return len(self._text) if end < 0 else end

    def _sink(self) -> tuple[Sink, Word]:
        if self._text.startswith(("||", "|&"), self.place):
            raise self._refused(self._text[self.place : self.place + 2])
        if self._next() == "|":
            command = self._text[self.place + 1 : self._end()].strip()
            self.place = self._end()
            if not command:
                raise self._wrong("Behind | stands a command of the system, such as | less.")
            return Sink.PROGRAM, Word(command)
        sink = Sink.END_OF_FILE if self._text.startswith(">>", self.place) else Sink.FILE
        self.place += len(sink.value)
        return sink, self._target(sink.value)

    def _target(self, sign: str) -> Word:
        self._skip()
        if self._next() in ("", "\n", "|", ">", "<", "&"):
            raise self._wrong(f"Behind {sign} stands the name of a file.")
        return self._word()

    def _word(self) -> Word:
        """The word that begins here."""
        text, pattern, is_pattern = "", "", False
        begun = self.place
        while (sign := self._next()) not in (" ", "\t", "\n", "|", "<", ">", ""):
            if sign in _REFUSED:
                raise self._refused(sign)
            if sign in ("'", '"', "\\"):
                piece = self._quoted(sign)
                text, pattern = text + piece, pattern + escape(piece)
                continue
            self._refuse_variable()
            is_pattern = is_pattern or sign in _PATTERN
            text, pattern = text + sign, pattern + sign
            self.place += 1
        if sign in ("<", ">") and self._text[begun : self.place].isdigit():
            raise self._refused(f"{text}{sign}")
        if self._text[begun : begun + 1] == "~":
            home = str(Path("~").expanduser())
            if text == "~" or text.startswith("~/"):
                return Word(home + text[1:], escape(home) + pattern[1:] if is_pattern else None)
        return Word(text, pattern if is_pattern else None)

    def _quoted(self, sign: str) -> str:
        """What a quote or a backslash holds."""
        self.place += 1
        if sign == "\\":
            held = self._next()
            if not held:
                raise UnfinishedError(self._number, "The last line ends in a backslash; there is no next one.")
            self.place += 1
            return "" if held == "\n" else held
        piece = ""
        self.is_in_quote = True
        while (held := self._next()) != sign:
            if not held:
                raise UnfinishedError(self._number, f"A quote {sign} is opened and not closed.")
            if sign == '"':
                self._refuse_variable()
                if held == "`":
                    raise self._refused(held)
                if held == "\\":
                    following = self._text[self.place + 1 : self.place + 2]
                    if following == "\n":
                        self.place += 2
                        continue
                    if following in _IN_DOUBLE and following:
                        self.place += 1
                        held = following
            piece += held
            self.place += 1
        self.place += 1
        self.is_in_quote = False
        return piece

    def _refuse_variable(self) -> None:
        if found := _VARIABLE.match(self._text, self.place):
            raise self._wrong(
                f"{found.group()} … is not filled in here; write out what it stands for, or quote it with ' '."
            )

    def _refused(self, sign: str) -> ScriptError:
        return self._wrong(
            f"{sign} means nothing here: one command a line; quote it if it belongs to a word,"
            " or begin the line with ! for the system's shell."
        )

    def _wrong(self, sentence: str) -> ScriptError:
        return ScriptError(self._number, sentence)
