"""``ordercli template``: the words of messages, looked at, changed, checked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.editor import edited
from ordercli.cli.file_options import READ
from ordercli.cli.frame import CHECK_FOUND, reader, settings_of, show
from ordercli.cli.options import DryRun
from ordercli.domain.report import Column, Report
from ordercli.errors import Refused, UsageProblem, unknown
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.messages.message_fields import Field
    from ordercli.messaging.lint import TemplateFinding
    from ordercli.messaging.templates import TemplateFile
    from ordercli.queries.reader import Reader

template_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="The words of messages."
)

Kind = Annotated[str, typer.Argument(metavar="KIND", help="The template's name, such as delay.")]
Language = Annotated[str, typer.Option(metavar="XX", help="Two letters.")]
ForChannel = Annotated[
    str | None, typer.Option("--channel", help="The one for this channel alone, if there is one.")
]

KIND_COLUMNS = (
    Column("kind", "word"),
    Column("language", "word"),
    Column("channel"),
    Column("is_own", "flag", "yours"),
    Column("about", "word", importance="spare"),
    Column("file", in_table=False),
)
FIELD_COLUMNS = (
    Column("field", "word"),
    Column("about", "word"),
    Column("there", "word"),
    Column("example", "word"),
)
FINDING_COLUMNS = (
    Column("kind", "word"),
    Column("language", "word"),
    Column("channel"),
    Column("line", "whole"),
    Column("finding"),
    Column("file", in_table=False),
)

NEW_TEMPLATE = b"""Subject: Your order {{ order_id }}

Hello{% if first_name is defined %} {{ first_name }}{% endif %},

about your order {{ order_id }}:
"""


def _own(ctx: typer.Context) -> Path:
    from ordercli.messaging.templates import own_folder

    return own_folder(settings_of(ctx).config_folder)


@template_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the templates, yours first.

    Example: ordercli template list
    """
    from ordercli.domain.message_kinds import kind_of
    from ordercli.messaging.templates import list_templates

    rows = [
        (file.kind, file.language, file.channel, int(file.is_own), kind_of(file.kind).about, str(file.path))
        for file in list_templates(_own(ctx))
    ]
    with reader(ctx) as opened:
        show(ctx, opened, Report(KIND_COLUMNS, rows, "No templates."))


@template_app.command("fields")
def fields(ctx: typer.Context) -> None:
    """List the fields that templates may use.

    Example: ordercli template fields
    """
    from ordercli.domain.messages.message_fields import FIELDS

    with reader(ctx) as opened:
        known = (*FIELDS, *_own_fields(opened))
        rows = [(field.name, field.about, field.there, _example(field.example)) for field in known]
        show(ctx, opened, Report(FIELD_COLUMNS, rows, "No fields."))


def _own_fields(opened: "Reader") -> "tuple[Field, ...]":
    from ordercli.domain.messages.message_fields import own_template_fields
    from ordercli.queries.own_fields import own_fields

    return own_template_fields(own_fields(opened, "order"))


def _example(value: object) -> str:
    return "{% for line in … %}" if isinstance(value, list) else str(value)


@template_app.command("show")
def show_template(
    ctx: typer.Context,
    kind: Kind,
    language: Language = "en",
    channel: ForChannel = None,
    filled: Annotated[bool, typer.Option("--filled", help="With examples in place of the fields.")] = False,
) -> None:
    """Show a template, as it is or filled with examples.

    Example: ordercli template show delay --filled
    """
    from ordercli.domain.messages.message_fields import example_fields
    from ordercli.domain.text import clean_line, clean_text
    from ordercli.messaging.sandbox import TemplateFault, sandbox
    from ordercli.messaging.templates import find_template, read_template

    file = find_template(_own(ctx), kind, channel or "", language)
    template = read_template(file.path)
    text: tuple[str, str] | TemplateFault = (template.subject, template.body)
    if filled:
        with reader(ctx) as opened:
            text = sandbox().fill(*template[:2], example_fields(_own_fields(opened)))
    if isinstance(text, TemplateFault):
        raise Refused(f"{file.path} cannot be filled: {text}.")
    console.stdout().write(f"Subject: {clean_line(text[0])}\n\n{clean_text(text[1])}")


@template_app.command("edit")
def edit(
    ctx: typer.Context,
    kind: Kind,
    language: Language = "en",
    channel: ForChannel = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--file", metavar="FILE|-", parser=READ, help="Take the text from there instead of an editor."
        ),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Begin an answer of your own under a new name.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Make a template yours, in your editor or from a file.

    It is checked before it counts.

    Example: ordercli template edit delay --file delay.txt
    """
    from ordercli.files import read_file
    from ordercli.messaging.templates import own_path

    before = _text_before(ctx, kind, language, channel, new=new)
    target = own_path(_own(ctx), kind, channel, language)
    after = (
        read_file(source)
        if source is not None
        else edited(
            before,
            target.name,
            "give the text with --file FILE, or --file - for stdin",
            may_ask=settings_of(ctx).interactive,
        )
    )
    if after == before and (target.exists() or source is None):
        console.say(f"Unchanged: {target}.")
        return
    _check_text(ctx, after, str(target), kind, channel)
    if not dry_run:
        from ordercli.messaging.templates import write_template

        write_template(target, after)
    if not settings_of(ctx).quiet:
        console.say(f"Dry run, nothing written: {target}." if dry_run else f"Wrote {target}.")


def _text_before(ctx: typer.Context, kind: str, language: str, channel: str | None, *, new: bool) -> bytes:
    """What the template is now: the seller's, ours, ours in English, or for a new name a first line or two."""
    from ordercli.messaging.templates import list_templates

    there = [file for file in list_templates(_own(ctx)) if file.kind == kind]
    if not there:
        if new:
            return NEW_TEMPLATE
        names = {file.kind for file in list_templates(_own(ctx))}
        raise UsageProblem(f"{unknown('template', kind, names)} Add --new to begin one of that name.")
    wanted = [(language, channel), (language, None), ("en", channel), ("en", None)]

    def place(file: "TemplateFile") -> tuple[int, bool]:
        key = (file.language, file.channel)
        return (wanted.index(key) if key in wanted else len(wanted), not file.is_own)

    return min(there, key=place).path.read_bytes()


def _check_text(ctx: typer.Context, content: bytes, name: str, kind: str, channel: str | None) -> None:
    """Refuse a text that is no template; warn of what a channel would not take."""
    from ordercli.messaging.lint import lint_template
    from ordercli.messaging.sandbox import sandbox
    from ordercli.messaging.templates import parse_template

    template = parse_template(content, name)
    with reader(ctx) as opened:
        own = _own_fields(opened)
        findings = list(lint_template(sandbox(), template, kind, channel, _policies(opened), own))
    faults = [finding for finding in findings if finding.channel is None]
    if faults:
        raise Refused(f"{name} is not taken: {'; '.join(map(_sentence, faults))}.")
    console.warn(tuple(map(_sentence, findings)))


def _sentence(finding: "TemplateFinding") -> str:
    where = f"line {finding.line}: " if finding.line else f"on {finding.channel}: " if finding.channel else ""
    return f"{where}{finding.reason}"


def _policies(opened: "Reader") -> dict[str, str]:
    from ordercli.queries.channels import channel_names

    return {name: opened.setting(f"channel.{name}.message_policy") for name in channel_names(opened)}


@template_app.command("lint")
def lint(
    ctx: typer.Context,
    kinds: Annotated[list[str] | None, typer.Argument(metavar="[KIND]...", help="All if none is named.")] = None,
) -> None:
    """Check templates; exit 3 if anything is found.

    Faults, fields there are none of, and words that a channel refuses.

    Example: ordercli template lint
    """
    from ordercli.messaging.lint import lint_file
    from ordercli.messaging.sandbox import sandbox
    from ordercli.messaging.templates import list_templates

    files = list_templates(_own(ctx))
    for kind in kinds or []:
        if kind not in {file.kind for file in files}:
            raise unknown("template", kind, {file.kind for file in files})
    with reader(ctx) as opened:
        policies, own = _policies(opened), _own_fields(opened)
        rows = [
            (file.kind, file.language, found.channel or file.channel, found.line, found.reason, str(file.path))
            for file in files
            if not kinds or file.kind in kinds
            for found in lint_file(sandbox(), file, policies, own)
        ]
        show(ctx, opened, Report(FINDING_COLUMNS, rows, "Nothing is wrong with the templates."))
    if rows:
        raise typer.Exit(CHECK_FOUND)
