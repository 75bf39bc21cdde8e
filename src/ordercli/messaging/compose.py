"""From a draft to a letter: its template found, filled under guard, cleaned, held against the channel's rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ordercli.domain.messages.message_policy import refusals
from ordercli.domain.messages.messages import Draft, Letter
from ordercli.domain.text import clean_line, clean_text
from ordercli.errors import NotFound, Refused
from ordercli.messaging.sandbox import Sandbox, TemplateFault, sandbox
from ordercli.messaging.templates import Template, find_template, read_template


def write_letters(drafts: Iterable[Draft], own: Path, common: Mapping[str, str]) -> Iterator[Letter]:
    """The letter of every draft; what is wrong with one is told in its refusals.

    Args:
        drafts: what is to be written.
        own: the folder of the seller's templates.
        common: fields that every letter has, such as the shop's name.
    """
    found: dict[tuple[str, str, str], Template | str] = {}
    guard = sandbox()
    for draft in drafts:
        if draft.held:
            yield Letter(draft, refusals=(draft.held,))
            continue
        key = (draft.kind, draft.channel, draft.language)
        if key not in found:
            found[key] = _template(own, *key)
        yield _letter(guard, draft, found[key], common)


def _template(own: Path, kind: str, channel: str, language: str) -> Template | str:
    try:
        return read_template(find_template(own, kind, channel, language).path)
    except (NotFound, Refused) as error:
        return str(error).removesuffix(".")


def _letter(guard: Sandbox, draft: Draft, template: Template | str, common: Mapping[str, str]) -> Letter:
    if isinstance(template, str):
        return Letter(draft, refusals=(template,))
    fields = {**common, **draft.fields, **(draft.details or {})}
    filled = guard.fill(template.subject, template.body, fields)
    if isinstance(filled, TemplateFault):
        return Letter(draft, refusals=(f"its template cannot be filled: {filled}",))
    subject, body = filled
    letter = Letter(draft, clean_line(subject), clean_text(body), template.sha256)
    return replace(letter, refusals=refusals(letter))
