"""What somebody signs in with besides a password: codes of an authenticator, recovery codes, passkeys.

What is kept of the first two is locked like records, under keys of its own from the key that signs.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from flask_security import MfRecoveryCodesUtil, WebauthnUtil
from flask_security.totp import Totp
from passlib.totp import TOTP  # type: ignore[import-untyped]
from webauthn.helpers.structs import AuthenticatorSelectionCriteria, UserVerificationRequirement

from afofit import svg
from afofit.access import store
from afofit.store.rates import Rates
from afofit.store.secrecy import SEALED, Seal, Unreadable, derived, hashed

PER_CODE = "1/5 minute"


class Text:
    """Locks short texts as text, and reads what was locked by Fernet before."""

    def __init__(self, secret: bytes, before: Fernet | None = None) -> None:
        self._seal, self._before = Seal(secret), before

    def encrypt(self, content: bytes) -> bytes:
        """The content, locked."""
        return urlsafe_b64encode(self._seal.lock(content))

    def decrypt(self, text: bytes, ttl: int | None = None) -> bytes:
        """What was locked; raises InvalidToken, as Flask-Security expects. Only what is of before may end by itself."""
        try:
            locked = urlsafe_b64decode(text)
            if self._before and not locked.startswith(SEALED):
                return self._before.decrypt(text, ttl)
            return self._seal.unlock(locked)
        except (Unreadable, NoBase64):
            raise InvalidToken from None


class OnceOnly(Totp):
    """Codes of authenticators, each of which opens once."""

    def __init__(self, secrets: Any, issuer: str) -> None:
        super().__init__(secrets, issuer)
        locked = Text(derived(bytes.fromhex(secrets["1"]), "authenticator key"))
        plain: type[TOTP] = self._totp

        class Kept(plain):  # type: ignore[misc]
            """Authenticators as they are kept. Those of before begin with a brace and are read by the library."""

            @classmethod
            def from_source(cls, source: Any) -> Any:
                if isinstance(source, str) and not source.startswith("{"):
                    source = locked.decrypt(source.encode()).decode()
                return super().from_source(source)

        self._locked, self._totp = locked, Kept

    def generate_totp_secret(self) -> str:
        """A new key, locked."""
        return self._locked.encrypt(self._totp.new().to_json(encrypt=False).encode()).decode()

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The picture of the key: a path of a few kilobytes, where the library's own weighs a hundred."""
        return svg.qr_address(self.get_totp_uri(username, totp))

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Whether the code is right and was not used before."""
        if not super().verify_totp(token, totp_secret, user, window):
            return False
        return Rates(store()).allow(PER_CODE, "code", str(user.id), hashed(token.strip()).hex()[:32])


class RecoveryCodes(MfRecoveryCodesUtil):
    """Codes for whoever lost the second factor."""

    def setup_cryptor(self, keys: list[bytes]) -> None:
        """How they are locked."""
        self.cryptor = Text(derived(keys[0], "recovery code"), Fernet(keys[0]))  # type: ignore[assignment]


class Passkeys(WebauthnUtil):
    """Passkeys of any device; in place of a password only those that check who holds them."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        """What a new passkey must be able to do."""
        chosen = super().authenticator_selection(user, usage)
        chosen.authenticator_attachment = None
        if usage == "first":
            chosen.user_verification = UserVerificationRequirement.REQUIRED
        return chosen

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:
        """What a passkey must do at sign-in."""
        if "secondary" in usage:
            return UserVerificationRequirement.DISCOURAGED
        return UserVerificationRequirement.REQUIRED
