"""Keys and what is done with them: encrypting what identifies people, and finding it again without reading it."""

import hashlib
import hmac
import os
import secrets
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES = 32
"""Random bytes of a link or a key: 256 bits cannot be guessed, so a plain hash of them is enough."""
SEALED = b"\x01"
"""How a record begins that is locked with AES-256-GCM. Records of earlier are Fernet tokens and begin with g. Another
algorithm gets another byte: what is stored is read by its first byte, and written anew by ``rotate``."""
NONCE_BYTES = 12
"""Random for every record: chosen so, 2³² records may be locked with one key."""


CLOSED = "no key of this service opens this record"


class Unreadable(Exception):
    """Something was encrypted with a key that is not among the keys of this service, or was changed."""


class Seal:
    """Locks with AES-256-GCM under one key."""

    def __init__(self, secret: bytes) -> None:
        self._key = AESGCM(secret)

    def lock(self, content: bytes) -> bytes:
        """The content encrypted, and held together by a mark of its own."""
        nonce = os.urandom(NONCE_BYTES)
        return SEALED + nonce + self._key.encrypt(nonce, content, SEALED)

    def unlock(self, locked: bytes) -> bytes:
        """What ``lock`` was given; raises Unreadable."""
        # What was cut off has no nonce of its length.
        with suppress(InvalidTag, ValueError):
            return self._key.decrypt(locked[1 : 1 + NONCE_BYTES], locked[1 + NONCE_BYTES :], locked[:1])
        raise Unreadable(CLOSED)


class Vault:
    """Encrypts with the first key and reads with any, so that a key can be changed while the service runs."""

    def __init__(self, keys: Sequence[str]) -> None:
        # Fernet is the form of the keys, and reads what was locked before.
        self._before = MultiFernet([Fernet(key) for key in keys])
        self._seals = [Seal(derived(key.encode(), "record")) for key in keys]
        self._indexing = [derived(key.encode(), "reference index") for key in keys]

    def lock(self, content: bytes) -> bytes:
        """The content compressed and encrypted."""
        return self._seals[0].lock(zlib.compress(content, 1))

    def unlock(self, locked: bytes) -> bytes:
        """What ``lock`` was given; raises Unreadable."""
        return zlib.decompress(self._opened(bytes(locked)))

    def _opened(self, locked: bytes) -> bytes:
        if not locked.startswith(SEALED):
            with suppress(InvalidToken):
                return self._before.decrypt(locked)
            raise Unreadable(CLOSED)
        for seal in self._seals:
            with suppress(Unreadable):
                return seal.unlock(locked)
        raise Unreadable(CLOSED)

    def lock_json(self, document: object) -> bytes:
        """A JSON document, encrypted."""
        return self.lock(orjson.dumps(document))

    def unlock_json(self, locked: bytes) -> object:
        """The JSON document that was encrypted; raises Unreadable."""
        return orjson.loads(self.unlock(locked))

    def index(self, text: str) -> bytes:
        """A keyed mark of a text by which equal texts are found without being readable in the store."""
        return self.indices(text)[0]

    def indices(self, text: str) -> list[bytes]:
        """The mark under each key; while a key is being changed both are looked for."""
        return [hmac.new(key, text.encode(), hashlib.sha256).digest() for key in self._indexing]


def derived(secret: bytes, purpose: str, *, length: int = 32) -> bytes:
    """A key for one purpose from a longer-lived secret (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"afofit {purpose}".encode()).derive(secret)


def new_token() -> str:
    """A random text for a link or a key."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> bytes:
    """What is stored of a random token."""
    return hashlib.sha256(token.encode()).digest()


class NotKept(Exception):
    """A secret that can neither be read nor made; the text says what to do."""


def kept(path: Path, given: str, *, make: str) -> str:
    """A secret from the settings, else from its file, which is made with the text ``make`` where there is none.

    The file is readable by its owner only, and there whole or not at all: two workers that start at once agree on the
    one that was first, and a full disk leaves no empty key behind. Raises NotKept.
    """
    if given:
        return given
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path, make)
        found = path.read_text("ascii").strip()
    except OSError as error:
        why = f"{path} can be neither read nor made ({error.strerror}). Let the service write its data folder"
        raise NotKept(f"{why}, or set AFOFIT_SECRET_KEY and AFOFIT_ENCRYPTION_KEYS.") from None
    if not found:
        raise NotKept(f"{path} is empty. Put back the key that was in it; without it, what it locked stays locked.")
    return found


def _make(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink(missing_ok=True)


def new_encryption_key() -> str:
    """A key for ``AFOFIT_ENCRYPTION_KEYS``."""
    return Fernet.generate_key().decode()
