"""Files that hold a secret: read only if nobody else can."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from ordercli.errors import Refused

_MOST = 64 * 1024


def read_secret(path: Path, told: str = "", *, is_secret: Callable[[str], bool] = bool) -> list[str]:
    """The lines of a small file of the user's own.

    Args:
        path: the file.
        told: what stands in a sentence behind its name.
        is_secret: whether a line is; a file without such a line may be everybody's.

    Raises:
        Refused: if others can read it, or it cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            # Asked of the open file: the name could come to mean another in between.
            mode = os.fstat(file.fileno()).st_mode
            lines = file.read(_MOST).splitlines()
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077 and any(map(is_secret, lines)):
                raise Refused(f"{path} can be read by others; make it yours alone with: chmod 600 {path}")
            return lines
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Refused(f"{path}{told} cannot be read: {reason}.") from error
