"""What somebody signs in with besides a password: codes of an authenticator, recovery codes, passkeys.

Keys of authenticators are locked like records, under a key of its own from the key that signs. Recovery codes need
never be read again and are kept as passwords are.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from typing import Any, cast

from cryptography.fernet import InvalidToken
from flask import current_app
from flask_security import MfRecoveryCodesUtil, WebauthnUtil, hash_password, verify_password
from flask_security.totp import Totp
from passlib.totp import TOTP  # type: ignore[import-untyped]
from webauthn.helpers.structs import AuthenticatorSelectionCriteria, UserVerificationRequirement

from afofit import svg
from afofit.access import store
from afofit.store.rates import Rates
from afofit.store.secrecy import Seal, Unreadable, derived, hashed

CODE_SECONDS = 30
"""How far (s) the clock of an authenticator may be off: the code before and the code after are taken as well."""
PER_CODE = "1/5 minute"
HOW_MANY = 8
"""Recovery codes that a person gets at once."""


class Text:
    """Locks short texts as text."""

    def __init__(self, secret: bytes) -> None:
        self._seal = Seal(secret)

    def encrypt(self, content: bytes) -> bytes:
        """The content, locked."""
        return urlsafe_b64encode(self._seal.lock(content))

    def decrypt(self, text: bytes) -> bytes:
        """What was locked; raises InvalidToken, as Flask-Security expects."""
        try:
            return self._seal.unlock(urlsafe_b64decode(text))
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
    """Codes for whoever lost the second factor: shown when they are made, kept as passwords are."""

    def create_recovery_codes(self, user: Any) -> list[str]:
        """New codes, which end the earlier ones."""
        made = _security().totp_factory.generate_recovery_codes(HOW_MANY)
        _security().datastore.mf_set_recovery_codes(user, [_listable(hash_password(code)) for code in made])
        return cast("list[str]", made)

    def get_recovery_codes(self, user: Any) -> list[str]:
        """None: they cannot be shown again."""
        return []

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Whether this is one of the codes."""
        return self._place(user, code) is not None

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        """End the code that was used."""
        place = self._place(user, code)
        return place is not None and bool(_security().datastore.mf_delete_recovery_code(user, place))

    def _place(self, user: Any, code: str) -> int | None:
        kept = enumerate(_security().datastore.mf_get_recovery_codes(user))
        # What is no hash was made by an earlier program and opens nothing.
        hashes = ((place, _hash(one)) for place, one in kept if one.startswith("$"))
        return next((place for place, one in hashes if verify_password(code.strip(), one)), None)


# The list of codes is one column, with commas between.
def _listable(made: str) -> str:
    return made.replace(",", ";")


def _hash(kept: str) -> str:
    return kept.replace(";", ",")


def _security() -> Any:
    return current_app.extensions["security"]


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
