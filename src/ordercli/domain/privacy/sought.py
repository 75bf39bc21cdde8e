"""Looking for people in texts that are about something else, and taking them out.

Texts are compared as names are (:func:`~ordercli.domain.privacy.people.same_text`): however composed, capitalized
and spaced, and whatever signs stand between their words.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ordercli.domain.privacy.people import is_same_phone, same_phone, same_text

ERASED_TEXT = "[erased]"
"""What stands in a text in place of what was about a person."""

NAMES, LINES, WORDS = (
    ("customer_name", "ship_name"),
    ("address_1", "address_2", "address_3"),
    ("note", "gift_message", "customization"),
)
SOUGHT = (*NAMES, "customer_email", "customer_phone", *LINES, *WORDS)
"""Columns of personal data that are looked for; a city or a postal code alone names nobody."""

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Signs of scripts that write no blank between words."""
_PHONE = re.compile(r"\+?\(?[0-9][0-9\s()./+-]{4,}[0-9]")
_PHONE_END = 8
_LEAST_WORD, _LEAST_UNSPACED, _LEAST_LINE = 3, 2, 6
"""Signs of one word of a name, of a name in a script without blanks, and of an address, that tell who is meant."""


class Sought(NamedTuple):
    """People who are looked for in texts.

    Attributes:
        runs: runs of words by the first of each.
        unspaced: what stands in the midst of a text, in scripts without blanks.
        phones: numbers by their last digits.
        whole: texts that are nothing but a value of theirs.
    """

    runs: Mapping[str, frozenset[tuple[str, ...]]]
    unspaced: frozenset[str]
    phones: Mapping[str, frozenset[str]]
    whole: frozenset[str]

    def without(self, text: str) -> str:
        """A text without them; the same where none of them is in it."""
        folded = same_text(text)
        if folded in self.whole:
            return ERASED_TEXT
        found = [*self._runs_in(folded), *((each,) for each in self.unspaced if each in folded)]
        told = unicodedata.normalize("NFC", text) if found else text
        for words in sorted(found, key=lambda words: -sum(map(len, words))):
            told = _pattern(words).sub(ERASED_TEXT, told)
        for number in self._phones_in(told):
            told = told.replace(number, ERASED_TEXT)
        # A word may be another one only as compared: Straße is STRASSE.
        rest = same_text(told.replace(ERASED_TEXT, "\n"))
        is_left = any(True for _ in self._runs_in(rest)) or any(each in rest for each in self.unspaced)
        return ERASED_TEXT if is_left else told

    def besides(self, texts: Iterable[str | None]) -> "Sought":
        """The same without what stands in some texts: it is the name of something, or of somebody else, too."""
        told = [text for text in map(same_text, texts) if text]
        runs = {run for text in told for run in self._runs_in(text)}
        unspaced = {each for text in told for each in self.unspaced if each in text}
        phones = {number for text in told for number in map(same_phone, self._phones_in(text))}
        if not (runs or unspaced or phones):
            return self
        return self._replace(
            runs={word: each - runs for word, each in self.runs.items()},
            unspaced=self.unspaced - unspaced,
            phones={
                end: frozenset(each for each in known if not any(is_same_phone(each, one) for one in phones))
                for end, known in self.phones.items()
            },
        )

    def _runs_in(self, folded: str) -> Iterator[tuple[str, ...]]:
        words = _WORD.findall(folded)
        for place, word in enumerate(words):
            for run in self.runs.get(word, ()):
                if tuple(words[place : place + len(run)]) == run:
                    yield run

    def _phones_in(self, text: str) -> Iterator[str]:
        if not self.phones:
            return
        for number in _PHONE.findall(text):
            known = self.phones.get(same_phone(number)[-_PHONE_END:], ())
            if any(is_same_phone(number, each) for each in known):
                yield number


def sought(people: Iterable[Mapping[str, str | None]], *, closely: bool) -> Sought:
    """What to look for of some people.

    Args:
        people: what is known of each, by the columns of :data:`SOUGHT`.
        closely: whether the texts are about an order of theirs. Then a word of a name says who is meant, and what
            they wrote is looked for too; elsewhere only whole names of several words, addresses, e-mail addresses
            and phone numbers do, since a name of one word is often a word of the language too.
    """
    runs: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    unspaced, phones, whole = set[str](), defaultdict[str, set[str]](set), set[str]()
    for person in people:
        for name in SOUGHT:
            value = same_text(person.get(name))
            if not value:
                continue
            if name == "customer_phone":
                digits = same_phone(value)
                if len(digits) >= _PHONE_END or (digits and closely):
                    phones[digits[-_PHONE_END:]].add(digits)
                continue
            if closely:
                whole.add(value)
            least = _LEAST_UNSPACED if closely else _LEAST_WORD
            if name in NAMES and len(value) >= least and _UNSPACED.search(value):
                unspaced.add(value)
            for run in _runs_of(name, value, closely=closely):
                runs[run[0]].add(run)
    return Sought(
        {word: frozenset(each) for word, each in runs.items()},
        frozenset(unspaced),
        {end: frozenset(each) for end, each in phones.items()},
        frozenset(whole),
    )


def _runs_of(name: str, value: str, *, closely: bool) -> Iterator[tuple[str, ...]]:
    """The runs of words by which a value is known in a text."""
    words = tuple(_WORD.findall(value))
    is_long = len(words) > 1 and len(value) >= _LEAST_LINE
    if name in NAMES:
        if len(words) > 1:
            yield words
            yield (words[-1], *words[:-1])  # Pop, Ana
        if closely:
            yield from ((word,) for word in words if len(word) >= _LEAST_WORD and not word.isdigit())
    elif name == "customer_email" or (is_long and (closely or name in LINES)):
        yield words


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    body = r"[\W_]+".join(map(re.escape, words)).replace("ss", "(?:ss|ß)")
    if _UNSPACED.search(body):
        return re.compile(body, re.IGNORECASE)
    return re.compile(rf"(?<![^\W_]){body}(?![^\W_])", re.IGNORECASE)
