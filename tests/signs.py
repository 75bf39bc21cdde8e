"""Which of many texts stand somewhere in a file, byte by byte, in any encoding.

A database of a small shop is four fifths zeros, the free ends of its pages, and each text would be looked for in
all of them.
"""

import re
from collections.abc import Iterable

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_LONG_GAP = 64
_GAP = re.compile(rb"\0{%d,}" % _LONG_GAP)


def standing_in(content: bytes, texts: Iterable[str]) -> set[str]:
    """Those of some texts that stand in the bytes of a file, in one of three encodings.

    Gaps between what the file holds are looked at as shorter ones, of more zeros than any text has.
    """
    content = _GAP.sub(bytes(_LONG_GAP), content)
    return {text for text in texts for encoding in ENCODINGS if _signs(text, encoding) in content}


def _signs(text: str, encoding: str) -> bytes:
    signs = text.encode(encoding)
    assert bytes(_LONG_GAP) not in signs, "a text of zeros cannot be told from a gap"
    return signs
