"""What is kept of authenticators: locked like records, and what was locked before is read."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from time import time

import pytest
from cryptography.fernet import InvalidToken
from flask import Flask
from flask_security.totp import Totp
from passlib.totp import TOTP
from sqlalchemy import select

from afofit.store.accounts import User
from afofit.store.database import Store
from afofit.store.secrecy import SEALED
from afofit.web.factors import OnceOnly, Text
from tests.web.test_sign_in import Browser, authenticator, browser, elsewhere, service, store

__all__ = ["browser", "elsewhere", "service", "store"]
SECRETS = {"1": "5e" * 32}


def test_what_is_kept_of_an_account_is_locked_like_records(browser: Browser, store: Store) -> None:
    authenticator(browser)
    with store.looking() as session:
        kept = session.execute(select(User)).unique().scalar_one().tf_totp_secret
    locked = urlsafe_b64decode(kept)
    assert locked.startswith(SEALED)
    # One byte of the form, a nonce of its own, the mark of 16 bytes.
    assert len(locked) > 1 + 12 + 16
    assert len(kept) <= 255, "the column holds no more"


def test_an_authenticator_of_before_still_opens(service: Flask) -> None:
    before = Totp(SECRETS, "afofit").generate_totp_secret()
    assert before.startswith("{")
    now = OnceOnly(SECRETS, "afofit")
    assert now.get_totp_pretty_key(before) == Totp(SECRETS, "afofit").get_totp_pretty_key(before)
    made = now.generate_totp_secret()
    code = TOTP(key=now.get_totp_b32_key(made)).generate(time()).token
    assert now.generate_totp_password(made) == code


def test_another_key_or_a_changed_text_opens_nothing() -> None:
    own, other = Text(b"k" * 32), Text(b"j" * 32)
    text = own.encrypt(b"1234-5678-9abc")
    assert own.decrypt(text) == b"1234-5678-9abc"
    changed = bytearray(urlsafe_b64decode(text))
    changed[-1] ^= 1
    for reader, given in ((other, text), (own, urlsafe_b64encode(changed)), (own, text[:20]), (own, b"!"), (own, b"")):
        with pytest.raises(InvalidToken):
            reader.decrypt(given)
