"""Copies that only a key opens, in the format of age, so that ``age`` and ``rage`` open them too.

A key is a file as ``age-keygen`` writes it (``AGE-SECRET-KEY-1…``), or one with the public halves of such
(``age1…``), which can lock and not open; or a passphrase. With a key file copies of any size go through a few
kilobytes of memory; with a passphrase the whole copy is in memory, for the library has no other way.

Source: https://age-encryption.org/v1; why this and that library: docs/adr/0039-encrypted-copies.md.
"""

import os
from pathlib import Path
from typing import IO, Any, NamedTuple

from ordercli.errors import DatabaseProblem, NotOpened, Refused, UsageProblem, lacks_extra
from ordercli.secret_file import read_secret

_NEEDS = ("Encryption needs a package", "encrypt")
"""What is said where the extra is missing."""
PASSPHRASE = "ORDERCLI_BACKUP_PASSPHRASE"  # noqa: S105 - the variable's name
"""The variable that a passphrase may be in."""
_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how one begins
_MAGIC = b"age-encryption.org/v1\n"


class BackupKey(NamedTuple):
    """What locks and opens copies.

    Attributes:
        public: whom a copy is locked for, as ``age1…``.
        secret: what opens one, as ``AGE-SECRET-KEY-1…``.
        passphrase: in place of both.
        source: where it is from, for what is said.
    """

    public: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    passphrase: str | None = None
    source: str = "this passphrase"

    @property
    def can_open(self) -> bool:
        """Whether it is more than a public key."""
        return self.passphrase is not None or bool(self.secret)


def key_from_file(path: Path) -> BackupKey:
    """A key file: a line each key, blank ones and those with ``#`` apart.

    Raises:
        Refused: if it holds something else, others can read it, or it cannot be read.
    """
    pyrage = library()
    words = [line.strip() for line in read_secret(path, is_secret=lambda line: _SECRET in line)]
    keys = [word for word in words if word and not word.startswith("#")]
    public: list[str] = []
    secret: list[str] = []
    for key in keys:
        try:
            if key.startswith(_SECRET):
                public.append(str(pyrage.x25519.Identity.from_str(key).to_public()))
                secret.append(key)
            else:
                public.append(str(pyrage.x25519.Recipient.from_str(key)))
        except (pyrage.IdentityError, pyrage.RecipientError) as error:
            raise Refused(f"{path} is no key file of age; make one with: age-keygen -o {path}") from error
    if not keys:
        raise Refused(f"{path} holds no key; make one with: age-keygen -o {path}")
    return BackupKey(tuple(dict.fromkeys(public)), tuple(secret), None, str(path))


def key_from_passphrase(passphrase: str) -> BackupKey:
    """A passphrase as a key.

    Raises:
        UsageProblem: if it is empty.
    """
    if not passphrase:
        raise UsageProblem("An empty passphrase locks nothing; give one.")
    return BackupKey(passphrase=passphrase)


def told_passphrase(file: Path | None) -> str | None:
    """The passphrase of a file's first line, else of the environment; None where there is neither."""
    if file is not None:
        return (read_secret(file) or [""])[0]
    return os.environ.get(PASSPHRASE)


def is_encrypted(path: Path) -> bool:
    """Whether a file is one of age's.

    Raises:
        Refused: if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error


def encrypt(plain: Path, into: IO[bytes], key: BackupKey) -> None:
    """Write a locked copy of a file.

    Raises:
        OSError: if it cannot be written.
    """
    pyrage = library()
    if key.passphrase is not None:
        into.write(pyrage.passphrase.encrypt(plain.read_bytes(), key.passphrase))
        return
    noted = _Noted(into)
    with plain.open("rb") as file:
        try:
            pyrage.encrypt_io(file, noted, [pyrage.x25519.Recipient.from_str(public) for public in key.public])
        except pyrage.EncryptError as error:
            raise noted.failure or error from error


class _Noted:
    """A file to write to that remembers why it could not be, of which the library tells only words.

    Attributes:
        failure: the system's error; None while there was none.
    """

    def __init__(self, into: Any) -> None:  # noqa: ANN401 - anything that takes bytes
        self._into = into
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return int(self._into.write(data))
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        try:
            self._into.flush()
        except OSError as error:
            self.failure = error
            raise


def decrypt(locked: Path, into: IO[bytes] | Any, key: BackupKey) -> None:  # noqa: ANN401 - anything that takes bytes
    """Write what a locked file holds; every byte of it is proved by its key before it is written.

    Raises:
        NotOpened: if the key is not its key.
        DatabaseProblem: if it was changed or cut short.
        UsageProblem: if the key can only lock.
        Refused: if opening with a passphrase, which is costly by intent, would take this machine minutes.
    """
    pyrage = library()
    noted = _Noted(into)
    if not key.can_open:
        raise UsageProblem(f"{key.source} has only public keys, which open nothing; name the secret one's file.")
    try:
        if key.passphrase is not None:
            into.write(pyrage.passphrase.decrypt(locked.read_bytes(), key.passphrase))
        else:
            with locked.open("rb") as file:
                secrets = [pyrage.x25519.Identity.from_str(secret) for secret in key.secret]
                pyrage.decrypt_io(file, noted, secrets)
    except (pyrage.DecryptError, OSError) as error:
        if noted.failure is not None:
            raise noted.failure from error
        if isinstance(error, OSError) and error.errno is not None:  # the library's own have none
            raise
        if "work" in str(error):
            raise Refused(f"This machine is too busy to open {locked} with a passphrase; try again.") from error
        if "matching keys" in str(error) or str(error) == "Decryption failed":
            raise NotOpened(f"{locked} is not opened by {key.source}; nothing changed.") from error
        raise DatabaseProblem(f"{locked} was changed or cut short since it was made; nothing changed.") from error


def library() -> Any:  # noqa: ANN401 - it tells no types
    """The library, which loads only where something is encrypted.

    Raises:
        Refused: if it is not installed.
    """
    try:
        import pyrage  # noqa: PLC0415 - few runs need it
    except ImportError as error:
        raise lacks_extra(*_NEEDS) from error
    return pyrage
