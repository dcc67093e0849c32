"""What encrypts, what marks and what signs: the algorithms, what opens what, and nothing of it twice the same."""

import zlib

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from afofit.store import secrecy
from afofit.store.secrecy import Unreadable, Vault, derived, new_encryption_key, new_token

WORDS = b"Anna Example, 4 July 1961"


@pytest.fixture
def vault(key: str) -> Vault:
    return Vault([key])


@pytest.fixture
def key() -> str:
    return new_encryption_key()


def test_a_record_is_locked_with_aes_256_gcm(vault: Vault, key: str) -> None:
    locked = vault.lock(WORDS)
    secret = derived(key.encode(), "record")
    assert len(secret) == 32
    opened = AESGCM(secret).decrypt(locked[1:13], locked[13:], locked[:1])
    assert zlib.decompress(opened) == WORDS
    assert vault.unlock(locked) == WORDS


def test_equal_records_look_different(vault: Vault) -> None:
    assert len({vault.lock(WORDS)[:13] for _ in range(200)}) == 200


def test_every_bit_of_a_record_is_held_together(vault: Vault) -> None:
    locked = vault.lock(b"")
    for place in range(len(locked)):
        for bit in range(8):
            changed = bytearray(locked)
            changed[place] ^= 1 << bit
            with pytest.raises(Unreadable):
                vault.unlock(bytes(changed))


def test_what_was_cut_off_is_unreadable_and_no_fault(vault: Vault) -> None:
    locked = vault.lock(WORDS)
    for length in range(len(locked)):
        with pytest.raises(Unreadable):
            vault.unlock(locked[:length])


def test_records_locked_by_the_algorithm_of_before_are_read_and_locked_anew(vault: Vault, key: str) -> None:
    before = Fernet(key).encrypt(zlib.compress(WORDS))
    assert vault.unlock(before) == WORDS
    assert vault.lock(vault.unlock(before)).startswith(secrecy.SEALED)
    with pytest.raises(Unreadable):
        Vault([new_encryption_key()]).unlock(before)


def test_a_second_key_reads_and_the_first_writes(key: str) -> None:
    new = new_encryption_key()
    both = Vault([new, key])
    assert both.unlock(Vault([key]).lock(WORDS)) == WORDS
    assert Vault([new]).unlock(both.lock(WORDS)) == WORDS
    with pytest.raises(Unreadable):
        Vault([key]).unlock(both.lock(WORDS))


def test_marks_are_found_again_under_their_key_alone(vault: Vault) -> None:
    assert vault.index("A-17") == vault.index("A-17")
    assert len(vault.index("A-17")) == 32
    assert Vault([new_encryption_key()]).index("A-17") != vault.index("A-17")


def test_keys_for_two_purposes_have_nothing_in_common(key: str) -> None:
    made = {derived(key.encode(), purpose) for purpose in ("record", "reference index", "authenticator")}
    assert len(made) == 3


def test_a_token_has_256_random_bits() -> None:
    made = [new_token() for _ in range(100)]
    assert len(set(made)) == 100
    assert {len(one) for one in made} == {43}
