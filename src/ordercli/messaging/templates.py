"""Where templates are: ordercli's own beside this package, the seller's in her configuration folder.

A template is a text file whose first line is ``Subject: …``, then an empty line, then the body. Its name says what
it is for: ``KIND.LANGUAGE.txt``, or ``KIND.CHANNEL.LANGUAGE.txt`` for one channel alone. The seller's own come
before ordercli's, a channel's before the general one.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ordercli.domain.message_kinds import KINDS
from ordercli.errors import NotFound, Refused, unknown
from ordercli.files import write_file

OURS = Path(__file__).parents[1] / "templates"
MOST_BYTES = 50_000

_NAME = re.compile(r"([a-z][a-z0-9_]{0,39})(?:\.([a-z][a-z0-9-]{0,19}))?\.([a-z]{2})\.txt\Z")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_SUBJECT = "Subject:"


class TemplateFile(NamedTuple):
    """One template there is.

    Attributes:
        kind: what it is for.
        channel: the one channel it is for; None for all.
        language: two letters.
        path: the file.
        is_own: whether it is the seller's.
    """

    kind: str
    channel: str | None
    language: str
    path: Path
    is_own: bool


class Template(NamedTuple):
    """The text of a template.

    Attributes:
        sha256: hash of the whole file.
    """

    subject: str
    body: str
    sha256: str


def own_folder(config_folder: Path) -> Path:
    """Where the seller's templates are; it need not exist."""
    return config_folder / "templates"


def list_templates(own: Path) -> list[TemplateFile]:
    """Every template there is, by kind, language and channel; the seller's before the one of ours it replaces."""
    found = [*_in_folder(own, is_own=True), *_in_folder(OURS, is_own=False)]
    return sorted(found, key=lambda file: (_place(file.kind), file.kind, file.language, file.channel or ""))


def _place(kind: str) -> int:
    return list(KINDS).index(kind) if kind in KINDS else len(KINDS)


def _in_folder(folder: Path, *, is_own: bool) -> Iterator[TemplateFile]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        named = _NAME.match(path.name)
        if named is not None and path.is_file():
            yield TemplateFile(named[1], named[2], named[3], path, is_own)


def templates_of(own: Path, kind: str) -> list[TemplateFile]:
    """The templates of a kind, for all channels and languages.

    Raises:
        NotFound: if there is none, with the nearest kinds there are.
    """
    found = list_templates(own)
    there = [file for file in found if file.kind == kind]
    if not there:
        raise unknown("template", kind, {file.kind for file in found})
    return there


def find_template(own: Path, kind: str, channel: str, language: str) -> TemplateFile:
    """The template for a kind, a channel and a language.

    Raises:
        NotFound: if there is none, naming what there is or how to make one.
    """
    there = templates_of(own, kind)
    fitting = [file for file in there if file.language == language and file.channel in (channel, None)]
    if not fitting:
        raise NotFound(
            f"There is no template {kind} in language {language!r}; make one with: "
            f"ordercli template edit {kind} --language {language}"
        )
    return min(fitting, key=lambda file: (not file.is_own, file.channel is None))


def read_template(path: Path) -> Template:
    """The text of a template file.

    Raises:
        Refused: if it cannot be read or is not made of a subject and a body.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    return parse_template(content, str(path))


def parse_template(content: bytes, name: str) -> Template:
    """The subject and the body of a template's bytes.

    Raises:
        Refused: naming the file, if they are not that.
    """
    if len(content) > MOST_BYTES:
        raise Refused(f"{name} has more than the {MOST_BYTES:,} bytes of a template.")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not UTF-8 text.") from error
    head, _, body = text.partition("\n")
    if not head.startswith(_SUBJECT) or not head.removeprefix(_SUBJECT).strip():
        raise Refused(f"{name}: the first line must be 'Subject: …', the second empty; the text follows.")
    if not body.startswith("\n") or not body.strip():
        raise Refused(f"{name}: the second line must be empty, and a text must follow it.")
    return Template(head.removeprefix(_SUBJECT).strip(), body[1:], hashlib.sha256(content).hexdigest())


def own_path(own: Path, kind: str, channel: str | None, language: str) -> Path:
    """Where the seller's template of that name is, or would be.

    Raises:
        Refused: if such a name is not one.
    """
    if not _KIND.match(kind):
        raise Refused(f"{kind!r} is no name for a template; use lower-case letters, digits and '_'.")
    name = ".".join(part for part in (kind, channel, language, "txt") if part)
    if not _NAME.match(name):
        raise Refused(f"{language!r} is not a language of two letters such as en.")
    return own / name


def write_template(path: Path, content: bytes) -> None:
    """Put a template into the seller's folder, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_file(str(path), content)
