"""Serve the sample shop's account until Ctrl-C."""

import sys
import threading

from stand_in.account import Account
from stand_in.server import environment, serving


def main() -> None:
    """Serve it, and print what to set."""
    with serving(Account(), int(sys.argv[1]) if len(sys.argv) > 1 else 8765) as address:
        for name, value in environment(address).items():
            sys.stdout.write(f"export {name}='{value}'\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
