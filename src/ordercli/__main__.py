"""Entry point of the console script and of ``python -m ordercli``."""

import atexit
import gc
import os
import sys
import warnings

ASKED = "_ORDERCLI_COMPLETE"
"""The variable in which a shell that wants to know what a word may become tells its name."""


def main() -> None:
    """Run the command line; files made from here on are the user's alone (umask 077).

    What a library has to say to programmers is not for the user, unless asked for with ``-W`` or
    ``PYTHONWARNINGS``, as the tests do.
    """
    os.umask(0o077)
    if shell := os.environ.get(ASKED):
        from ordercli.cli.completing import run as answer  # noqa: PLC0415 - what it needs, and no more

        answer(shell)
        return
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    gc.set_threshold(500_000, 20, 100)  # a run makes many objects and is over before it has garbage
    atexit.register(gc.freeze)  # else the interpreter looks through all of them once more before it ends
    from ordercli.cli.app import run  # noqa: PLC0415 - the umask comes before anything can open a file

    run()


if __name__ == "__main__":
    main()
