"""Copies locked by a passphrase that costs little.

What age makes of a passphrase takes seconds of work on the machine that locks, and again where it is opened or
tried: that is what it is for. Tests that are about what comes of a locked copy have it locked in the same format,
in which the work is written down, with a thousandth of it. Age's own library opens it as it opens any.
"""

import hashlib
import hmac
import os
from base64 import b64encode

import pyrage
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_WORK = 8
"""The power of two of scrypt's rounds; the library takes about eighteen."""
_CHUNK = 64 * 1024


@pytest.fixture
def light_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What locks by a passphrase in this test does it with little work."""
    monkeypatch.setattr(pyrage.passphrase, "encrypt", light_lock)


def light_lock(plain: bytes, passphrase: str) -> bytes:
    """The bytes of an age file (github.com/C2SP/C2SP, age.md) that the passphrase opens."""
    salt, secret, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    told = b"age-encryption.org/v1/scrypt" + salt
    wrapping = hashlib.scrypt(passphrase.encode(), salt=told, n=2**_WORK, r=8, p=1, dklen=32)
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), secret, None)
    head = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_text(salt), _WORK, _text(wrapped))
    proof = hmac.digest(_key(secret, None, b"header"), head, "sha256")
    cipher = ChaCha20Poly1305(_key(secret, nonce, b"payload"))
    chunks = [plain[begin : begin + _CHUNK] for begin in range(0, len(plain), _CHUNK)] or [b""]
    locked = [
        cipher.encrypt(number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]), chunk, None)
        for number, chunk in enumerate(chunks)
    ]
    return b"".join([head, b" ", _text(proof), b"\n", nonce, *locked])


def _text(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _key(secret: bytes, salt: bytes | None, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, use).derive(secret)
