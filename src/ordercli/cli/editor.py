"""A text in the user's own editor."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from ordercli.attended import ended
from ordercli.errors import Refused, UsageProblem


def edited(before: bytes, name: str, otherwise: str, *, may_ask: bool) -> bytes:
    """What the user's editor (``VISUAL``, ``EDITOR``, else vi) made of a text.

    Args:
        before: the text.
        name: of the draft, by which an editor knows what it is.
        otherwise: what to do where there is no terminal, as a clause.
        may_ask: whether the user may be asked anything.

    Raises:
        UsageProblem: if there is no terminal, or nothing may be asked.
        Refused: if the editor cannot be run, or ended with a failure.
    """
    if not may_ask:
        raise UsageProblem(f"--no-input opens no editor; {otherwise}.")
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageProblem(f"There is no terminal to edit on; {otherwise}.")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / name
        draft.write_bytes(before)
        try:
            code = ended(lambda: subprocess.Popen([*shlex.split(editor), str(draft)]))  # noqa: S603 - her own
            after = draft.read_bytes()
        except (OSError, ValueError) as error:
            raise Refused(f"The editor {editor!r} cannot be run; name another in EDITOR.") from error
        if code:
            raise Refused(f"The editor ended with {code}; nothing was changed.")
        return after
