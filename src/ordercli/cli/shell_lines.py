"""The prompt's line: what TAB offers, by the very answers the shells get, and what is remembered.

The history is a file of its own for the user alone. It keeps no line with words about people, by the journal's own
table of such options, nor one that could not be understood, in which nobody can tell.
"""

import readline
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import escape, glob
from pathlib import Path
from typing import Any

from ordercli.cli.command_line import Cut, quoted, split_line, word_begun
from ordercli.cli.completing import Answer, answer_words
from ordercli.cli.script import PROGRAM, Line, Sink
from ordercli.cli.script_run import understand
from ordercli.cli.words import PERSONAL
from ordercli.config import Settings, state_folder
from ordercli.files import LinesFile
from ordercli.queries.completion import Offer

MOST_LINES = 1000
"""Lines that are kept."""
_TO_FILE = (">", ">>", "<")
_SYSTEM = "!"


@contextmanager
def editing(settings: Settings) -> Iterator[Callable[[Line], None]]:
    """Let lines be edited, completed and remembered; how a line is remembered."""
    kept = LinesFile(state_folder() / "shell_history", MOST_LINES)
    completer = Completer()
    readline.set_auto_history(False)
    readline.set_completer(completer.offer)
    readline.set_completer_delims(" \t\n")
    is_editline = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_editline else "tab: complete")
    readline.clear_history()
    for text in kept.lines():
        readline.add_history(text)
    last = [""]

    def remember(line: Line) -> None:
        text = " ".join(line.text.split("\\\n"))
        if "\n" in text or text == last[0]:
            return
        last[0] = text
        readline.add_history(text)
        if is_kept(line, settings):
            kept.add(text)

    try:
        yield remember
    finally:
        readline.set_completer(None)


def is_kept(line: Line, settings: Settings) -> bool:
    """Whether a line may be kept in a file: it was understood, and none of its words is about people."""
    if line.system is not None or line.sink is Sink.PROGRAM:
        return False
    return is_impersonal(understand(line.plain, settings).context)


def is_impersonal(context: Any) -> bool:  # noqa: ANN401 - the framework's context
    """Whether a command that was understood tells nothing about people."""
    return context is not None and not any(context.params.get(name) for name in PERSONAL)


class Completer:
    """What TAB offers for the word at the cursor."""

    def __init__(self) -> None:
        """Begin with nothing offered."""
        self._offers: list[str] = []

    def offer(self, _: str, state: int) -> str | None:
        """The offer of that number; None if there are no more, or something goes wrong."""
        if state == 0:
            self._offers = []
            with suppress(Exception):  # whatever goes wrong, there is nothing to offer and nothing is said
                end = readline.get_endidx()
                self._offers = offers(readline.get_line_buffer()[:end], readline.get_begidx())
        return self._offers[state] if state < len(self._offers) else None


def offers(line: str, begun: int) -> list[str]:
    """What may stand in place of a line's end, quoted as the word there is.

    Args:
        line: up to the cursor.
        begun: where the part begins that is replaced: behind the last blank, which may be one of the word.
    """
    if line.lstrip().startswith(_SYSTEM):
        return []
    cut = split_line(line, "")
    words = cut.words
    answer = _answer(words[1:] if words[:1] == [PROGRAM] else words, cut)
    stays = line[word_begun(line) : begun]
    whole = [
        _as_typed(answer.head + value.text, cut.quote, is_whole=answer.kind == "words") for value in answer.values
    ]
    found = [word.removeprefix(stays) for word in whole if word.startswith(stays)]
    return [*found, "..."] if answer.kind == "keep" and len(found) > 1 else found


def _answer(words: list[str], cut: Cut) -> Answer:
    if "|" in words:
        return Answer("words")
    answer = Answer("files") if words and words[-1] in _TO_FILE else answer_words(words, cut.typed)
    if answer.kind not in ("files", "folders"):
        return answer
    begun = cut.typed.removeprefix(answer.head)
    names = _names(begun, is_bare=not cut.quote, only_folders=answer.kind == "folders")
    is_open = any(name.endswith("/") for name in names)
    return Answer("open" if is_open else "words", [Offer(name, "") for name in names], answer.head)


def _names(begun: str, *, is_bare: bool, only_folders: bool) -> list[str]:
    """Files and folders that begin so, as it was typed; folders end in a slash."""
    home = f"{Path.home()}/"
    is_short = is_bare and begun.startswith("~/")
    pattern = escape(home + begun.removeprefix("~/") if is_short else begun)
    found = []
    for name in sorted(glob(f"{pattern}*")):  # noqa: PTH207 - names as they were begun, ./ and ../ too
        is_folder = Path(name).is_dir()
        if is_folder or not only_folders:
            told = f"~/{name.removeprefix(home)}" if is_short else name
            found.append(f"{told}/" if is_folder else told)
    return found


def _as_typed(word: str, quote: str, *, is_whole: bool) -> str:
    """A word in the quotes it was begun in, with the blank behind it if nothing more belongs to it."""
    end = f"{quote} " if is_whole else ""
    if quote == "'":
        return quote + word.replace("'", "'\\''") + end
    if quote == '"':
        return quote + "".join(f"\\{sign}" if sign in '"$`\\' else sign for sign in word) + end
    return (f"~{quoted(word[1:])}" if word.startswith("~/") else quoted(word)) + end
