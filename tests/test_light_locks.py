"""The stand-in for costly passphrases makes what age's own library makes, with less work."""

import pyrage
import pytest

from light_locks import light_lock


@pytest.mark.parametrize("length", [0, 1, 64 * 1024, 64 * 1024 + 1])
def test_the_library_opens_what_is_locked_lightly_with_its_passphrase_alone(length: int) -> None:
    plain = bytes(length)
    locked = light_lock(plain, "cloud tin")
    assert pyrage.passphrase.decrypt(locked, "cloud tin") == plain
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(locked, "wrong horse")
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(locked[:-1], "cloud tin")
