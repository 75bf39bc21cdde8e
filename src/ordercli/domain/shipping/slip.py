"""The template of a packing slip: text with named fields in braces, one block a line.

A line ``# Words`` is a heading, ``> Words`` a note set off, ``---`` a rule; ``{lines}`` alone is the table of what
is in the parcel, other names of :data:`BLOCKS` alone what they say. A line whose fields are all empty is left out.
Fields are put in once, so that nothing a buyer wrote is read as a field.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

FIELDS = {
    "shop": "the shop's name",
    "sender": "the shop's address",
    "order_id": "the order",
    "ordered_on": "the day it came in",
    "ship_to": "the address, as on the label",
    "service_level": "the shipping speed the buyer chose",
    "gift_message": "what the buyer wants written on the card",
    "today": "the day of printing",
    "carrier": "who carries the parcel",
    "tracking_number": "the carrier's number",
}
"""What may stand in braces within a line."""

BLOCKS = {
    "lines": "the table of what is in the parcel",
    "letterhead": "logo, name and address of the shop",
    "logo": "the logo",
    "barcode": "the order's id as a bar code, at the right",
}
"""What may stand in braces alone on a line."""

_FIELD = re.compile(r"\{([^{}\n]*)\}")


class SlipFault(ValueError):
    """What is wrong with a template, as part of a sentence."""


class Block(NamedTuple):
    """One piece of a slip, from the top."""

    kind: Literal["heading", "text", "note", "rule", "gap", "lines", "letterhead", "logo", "barcode"]
    text: str = ""


def parse_template(text: str) -> list[Block]:
    """The blocks of a template, their fields not filled in yet.

    Raises:
        TemplateFault: naming the line, for a field that there is not, or one that must stand alone.
    """
    blocks = []
    for number, line in enumerate(text.expandtabs().splitlines(), start=1):
        words = line.strip()
        names = _FIELD.findall(words)
        if len(names) == 1 and names[0] in BLOCKS and words == f"{{{names[0]}}}":
            blocks.append(Block(names[0]))
            continue
        for name in names:
            if name in BLOCKS:
                raise SlipFault(f"line {number}: {{{name}}} must stand alone on its line")
            if name not in FIELDS:
                raise SlipFault(
                    f"line {number}: there is no field {{{name}}}; there are {', '.join((*FIELDS, *BLOCKS))}"
                )
        blocks.append(_block(words))
    if not any(block.kind == "lines" for block in blocks):
        raise SlipFault("it lacks {lines} on a line of its own, so that nothing would say what is in the parcel")
    return blocks


def _block(words: str) -> Block:
    if not words:
        return Block("gap")
    if set(words) == {"-"} and len(words) > 2:  # noqa: PLR2004 - as people draw rules
        return Block("rule")
    if words.startswith("# "):
        return Block("heading", words[2:].strip())
    if words.startswith("> "):
        return Block("note", words[2:].strip())
    return Block("text", words)


def fill_template(blocks: list[Block], values: Mapping[str, str]) -> list[Block]:
    """The blocks with their fields put in; lines that hold nothing but empty fields are gone.

    Args:
        blocks: of :func:`parse_template`.
        values: by the names of :data:`FIELDS`; may hold line breaks.
    """
    filled: list[Block] = []
    for block in blocks:
        names = _FIELD.findall(block.text)
        if names and not any(values.get(name) for name in names):
            continue
        is_second_rule = block.kind == "rule" and (not filled or filled[-1].kind == "rule")
        if not is_second_rule:
            text = _FIELD.sub(lambda found: values.get(found[1]) or "", block.text)
            filled.append(block._replace(text=text))
    return filled
