"""What the C library and SQLite do for long-running programs, and a run of the suite need not do.

A command opens the database anew, and to read the schema SQLite asks for thousands of small pieces of memory: it
counts each, for statistics that nobody reads; and the C library gives what is free back to the system, to ask for
it again at the next test. Nothing that a command does depends on either.
"""

import _sqlite3
import ctypes
import sys

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""Of mallopt(3)."""
_MEMSTATUS = 9
"""SQLITE_CONFIG_MEMSTATUS, of sqlite.org/c3ref/c_config_covering_index_scan.html."""
_MOST_BY_MMAP = 32 * 1024**2
_KEPT = 256 * 1024**2


def become_lean() -> None:
    """Let this process do without both, where it is known how; no connection is open yet."""
    if sys.platform != "linux":
        return
    own = ctypes.CDLL(None)
    if hasattr(own, "gnu_get_libc_version"):
        own.mallopt(_MMAP_THRESHOLD, _MOST_BY_MMAP)
        own.mallopt(_TRIM_THRESHOLD, _KEPT)
    sqlite = ctypes.CDLL(_sqlite3.__file__)  # with the library that it is linked to
    if hasattr(sqlite, "sqlite3_config") and "coverage" not in sys.modules:  # whose connection may be open
        sqlite.sqlite3_shutdown()
        sqlite.sqlite3_config(_MEMSTATUS, 0)
        sqlite.sqlite3_initialize()
