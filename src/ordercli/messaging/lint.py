"""Looking at a template before it is used: is it one, does it use what there is, would a channel take it."""

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from ordercli.domain.message_kinds import kind_of
from ordercli.domain.messages.message_fields import BY_HAND, Field, example_fields
from ordercli.domain.messages.message_policy import refusals
from ordercli.domain.messages.messages import Draft, Letter, OrderProgress
from ordercli.domain.text import clean_line, clean_text
from ordercli.errors import Refused
from ordercli.messaging.sandbox import Sandbox, TemplateFault
from ordercli.messaging.templates import Template, TemplateFile, read_template


class TemplateFinding(NamedTuple):
    """One thing wrong with a template.

    Attributes:
        channel: where it is wrong; None everywhere.
        line: of the file; None where it is no one line's.
    """

    reason: str
    channel: str | None = None
    line: int | None = None


def lint_file(
    guard: Sandbox, file: TemplateFile, policies: dict[str, str], own: Sequence[Field] = ()
) -> Iterator[TemplateFinding]:
    """Everything wrong with a template file.

    Args:
        guard: runs it.
        file: which.
        policies: the policy of every channel.
        own: the shop's own fields.
    """
    try:
        template = read_template(file.path)
    except Refused as error:
        yield TemplateFinding(str(error).removeprefix(f"{file.path}").lstrip(": ").removesuffix("."))
        return
    yield from lint_template(guard, template, file.kind, file.channel, policies, own)


def lint_template(
    guard: Sandbox,
    template: Template,
    kind: str,
    channel: str | None,
    policies: dict[str, str],
    own: Sequence[Field] = (),
) -> Iterator[TemplateFinding]:
    """Everything wrong with the text of a template: faults, fields there are none of, rules it breaks."""
    names = guard.names(template.subject, template.body)
    if isinstance(names, TemplateFault):
        yield TemplateFinding(names.reason, line=names.line)
        return
    known = example_fields(own)
    unknown = [TemplateFinding(_no_field(name, known)) for name in sorted(names - known.keys())]
    yield from unknown
    filled = guard.fill(template.subject, template.body, known)
    if isinstance(filled, TemplateFault):
        if not unknown:
            yield TemplateFinding(filled.reason, line=filled.line)
        return
    for name, policy in policies.items():
        if channel in (name, None) and not (policy == "amazon" and kind_of(kind).refused_on_amazon):
            letter = Letter(_example(name, policy, kind), clean_line(filled[0]), clean_text(filled[1]))
            yield from (TemplateFinding(reason, name) for reason in refusals(letter))


def _no_field(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"there is no field {name}" + (f"; did you mean {near[0]}?" if near else "")


def _example(channel: str, policy: str, kind: str) -> Draft:
    """A draft whose days break no rule, so that only the words can."""
    fields: dict[str, Any] = {name: value for name, value in example_fields().items() if name not in BY_HAND}
    return Draft(
        order_row=0,
        order_id=str(fields["order_id"]),
        channel=channel,
        policy=policy,
        kind=kind,
        occasion="order",
        why="an example",
        language="en",
        fields=fields,
        progress=OrderProgress("2026-03-10", earliest="2026-03-04", latest="2026-03-04"),
    )
