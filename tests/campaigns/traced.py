"""A command watched from outside, one system call after the other: what it is about to do to files, and has done.

Only Linux has such a way, and each of its machines numbers the calls in its own way.
"""

import contextlib
import ctypes
import os
import platform
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from warm import Warm, start

_NUMBERS = {
    "x86_64": {
        1: "write",
        3: "close",
        11: "munmap",
        18: "pwrite64",
        20: "writev",
        40: "sendfile",
        72: "fcntl",
        73: "flock",
        74: "fsync",
        75: "fdatasync",
        77: "ftruncate",
        82: "rename",
        83: "mkdir",
        84: "rmdir",
        86: "link",
        87: "unlink",
        257: "openat",
        258: "mkdirat",
        263: "unlinkat",
        264: "renameat",
        265: "linkat",
        285: "fallocate",
        296: "pwritev",
        316: "renameat",
        326: "copy_file_range",
    },
    "aarch64": {
        25: "fcntl",
        32: "flock",
        34: "mkdirat",
        35: "unlinkat",
        37: "linkat",
        38: "renameat",
        46: "ftruncate",
        47: "fallocate",
        56: "openat",
        57: "close",
        64: "write",
        66: "writev",
        68: "pwrite64",
        70: "pwritev",
        71: "sendfile",
        82: "fsync",
        83: "fdatasync",
        215: "munmap",
        276: "renameat",
        285: "copy_file_range",
    },
}.get(platform.machine(), {})
"""The calls that change a file or a folder, bring it to the disk, lock it or let it go."""
_WRITES = {
    "write": 0,
    "writev": 0,
    "pwrite64": 0,
    "pwritev": 0,
    "sendfile": 0,
    "fallocate": 0,
    "copy_file_range": 2,
}
"""Those that write, and which of their arguments is the file."""
_NAMED = {"rename": (0, 1), "renameat": (1, 3), "link": (0, 1), "linkat": (1, 3), "unlink": (0,), "unlinkat": (1,)}
_NAMED |= {"mkdir": (0,), "mkdirat": (1,), "rmdir": (0,), "openat": (1,)}
"""Those that are told names, and which of their arguments these are."""

_SYSCALL, _SEIZE, _INTERRUPT, _INFO = 24, 0x4206, 0x4207, 0x420E  # linux/ptrace.h
_OPTIONS = 0x1 | 0x100000  # PTRACE_O_TRACESYSGOOD, PTRACE_O_EXITKILL
_AT_CALL = signal.SIGTRAP | 0x80
_WALL = 0x40000000
_ENTRY, _EXIT = 1, 2


class _Info(ctypes.Structure):
    """``struct ptrace_syscall_info``: at a call its number and arguments, after it what it gave."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("ip", ctypes.c_uint64),
        ("sp", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


class Call(NamedTuple):
    """A system call of a command.

    Attributes:
        name: what it is called; ``renameat2`` is ``renameat``.
        file: what it is about, links followed, or the name that it is told.
        other: the new name, of a renaming or a link.
        inode: of the file that it writes, cuts or brings to the disk; 0 of others.
        at: where it writes, or how long it cuts.
        length: how much it wrote; -1 while it is about to.
        flags: how it opens.
    """

    name: str
    file: str
    other: str = ""
    inode: int = 0
    at: int = 0
    length: int = -1
    flags: int = 0

    @property
    def is_change(self) -> bool:
        """Whether it may change a file or a folder, or tell somebody something."""
        return self.name not in ("fcntl", "flock", "close", "munmap", "fsync", "fdatasync")


class Ended(NamedTuple):
    """How a run ended: its exit code, below zero for a signal, and what it said on stderr."""

    code: int
    stderr: str


class Traced:
    """A command that stops before and after each system call that counts."""

    def __init__(self, arguments: tuple[str, ...], stdin: str, first: str = "") -> None:
        """Start it, as :func:`warm.start` does, and stop it before its first own step."""
        self._running: Warm = start(*arguments, stops=True, stdin=stdin, first=first)
        pid = self._running.process.pid
        assert pid is not None
        self.pid: int = pid
        self.ended: Ended | None = None
        while Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "T":
            time.sleep(0.0005)
        self._ask(_SEIZE, ctypes.c_void_p(_OPTIONS))
        self._ask(_INTERRUPT)
        os.waitpid(pid, _WALL)
        os.kill(pid, signal.SIGCONT)

    def calls(self) -> Iterator[tuple[bool, Call]]:
        """Each call twice: False when it is about to be made, and True when it is done if it did not fail."""
        about: Call | None = None
        status: int | None = 0
        info = _Info()
        signalled = 0
        try:
            while (status := self._next(signalled)) is not None:
                signalled = 0
                if os.WSTOPSIG(status) != _AT_CALL:
                    is_event = status >> 16 or os.WSTOPSIG(status) == signal.SIGCONT
                    signalled = 0 if is_event else os.WSTOPSIG(status)
                    continue
                self._ask(_INFO, ctypes.byref(info), ctypes.sizeof(info))
                if info.op == _ENTRY:
                    about = self._named(info)
                    if about is not None:
                        yield False, about
                elif info.op == _EXIT and about is not None:
                    given = ctypes.c_int64(info.number).value
                    if given >= 0:
                        yield True, self._done(about, given)
                    about = None
        finally:
            if status is not None:  # whoever watched wants no more of it
                os.kill(self.pid, signal.SIGKILL)
                while self._next(0) is not None:
                    pass
            self.ended = Ended(*self._running.ended())

    def _next(self, signalled: int) -> int | None:
        """Let it go on to its next stop; None if it has ended."""
        with contextlib.suppress(ProcessLookupError):  # it is being killed, and comes to no stop
            self._ask(_SYSCALL, ctypes.c_void_p(signalled))
        _, status = os.waitpid(self.pid, _WALL)
        return status if os.WIFSTOPPED(status) else None

    def _named(self, info: _Info) -> Call | None:
        """A call that is about to be made; None for one that does not count."""
        name = _NUMBERS.get(info.number)
        if name is None:
            return None
        told = list(info.arguments)
        if name in _NAMED:
            file, *other = [self._text(told[place]) for place in _NAMED[name]]
            flags = told[2] if name == "openat" else os.O_CREAT
            if flags & (os.O_CREAT | os.O_TRUNC):
                return Call(name, file, "".join(other), flags=flags)
            return None
        handle = told[_WRITES.get(name, 0)]
        if name in ("munmap", "close", "fcntl", "flock"):
            return Call(name, "")
        try:
            place = self._handle(handle)
            file, found = str(place.readlink()), place.stat()
        except OSError:
            return None
        if name in _WRITES and not stat.S_ISREG(found.st_mode):
            return None
        at = told[3] if name.startswith("pwrite") else told[1] if name == "ftruncate" else 0
        if name in _WRITES and not name.startswith("pwrite"):
            at = self._position(handle)
        return Call(name, file, inode=found.st_ino, at=at)

    def _handle(self, number: int) -> Path:
        """What a file that it has open is, as long as it has."""
        return Path(f"/proc/{self.pid}/fd/{number}")

    def _position(self, handle: int) -> int:
        """Where a file that is written to on and on has come to."""
        told = Path(f"/proc/{self.pid}/fdinfo/{handle}").read_text(encoding="ascii")
        return int(told.partition("pos:")[2].split()[0])

    def _text(self, address: int) -> str:
        """A name in the memory of the command, as a whole path."""
        with Path(f"/proc/{self.pid}/mem").open("rb", buffering=0) as memory:
            memory.seek(address)
            name = memory.read(4096).partition(b"\0")[0]
        return str(Path(f"/proc/{self.pid}/cwd").readlink() / os.fsdecode(name))

    def _done(self, about: Call, given: int) -> Call:
        if about.name == "openat":
            return about._replace(inode=self._handle(given).stat().st_ino)
        return about._replace(length=given) if about.name in _WRITES else about

    def _ask(self, request: int, data: object = 0, size: int = 0) -> None:
        if _LIBC.ptrace(request, self.pid, ctypes.c_void_p(size), data) < 0:
            raise OSError(ctypes.get_errno(), f"the system does not let a process be watched ({request})")


_LIBC = ctypes.CDLL(None, use_errno=True)
