"""Passwords that are not taken: too short, known from leaks, or made of what everybody in the clinic knows."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

from flask_security import PasswordUtil

from afofit.access import actor, store
from afofit.store import clinics
from afofit.store.accounts import User
from afofit.words.tongue import gettext as _

LEAKED = Path(__file__).with_name("leaked-passwords.bin")
"""44,000 passwords of at least 12 characters that leaked most often, sorted, as the first bytes of their hashes: so no
password, and no address that somebody took for one, stands in the program. docs/make_leaked_passwords.py writes it."""
MARK_BYTES = 8
OUR_WORDS = ("afofit", "orthosis", "orthotist", "orthotics", "ortesis", "footdrop", "password", "contraseña", "clinic")
"""Words that stand for nothing secret here, whoever chooses the password."""
SHORTEST_WORD = 3
LEFT = 8
"""How many letters and digits must be left without the words that everybody knows."""


def _plain(text: str) -> str:
    """Large and small letters, and every way to write one letter, as one."""
    return normalize("NFKC", text).casefold()


def mark(password: str) -> bytes:
    """How a password stands in the list."""
    return sha256(_plain(password).encode()).digest()[:MARK_BYTES]


@cache
def _leaked() -> bytes:
    return LEAKED.read_bytes()


def leaked(password: str) -> bool:
    """Whether the password is among those that leaked most often."""
    marks, wanted = _leaked(), mark(password)
    places = range(len(marks) // MARK_BYTES)
    place = bisect_left(places, wanted, key=lambda at: marks[at * MARK_BYTES : (at + 1) * MARK_BYTES])
    return place < len(places) and marks[place * MARK_BYTES : (place + 1) * MARK_BYTES] == wanted


def obvious(password: str, known: Iterable[str]) -> bool:
    """Whether too little is left of a password without the words that everybody around the person knows."""
    parts = {word for text in known for word in re.findall(r"\w+", _plain(text))}
    rest = _plain(password)
    for word in sorted({*OUR_WORDS, *parts}, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            rest = rest.replace(word, " ")
    return sum(letter.isalnum() for letter in rest) < LEFT


class Passwords(PasswordUtil):
    """The rules for a new password, for every page on which one is chosen."""

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a password, and its normal form. ``known`` holds what is known of who chooses it."""
        wrong, clean = super().validate(password, is_register, **known)
        if wrong:
            return wrong, clean
        if leaked(clean):
            said = _("This password leaked elsewhere and is among the first that are tried. Choose another one.")
            return [said], clean
        if obvious(clean, _words(known)):
            said = _("Without your name, your address, the clinic and afofit too little is left of this password.")
            return [said], clean
        return None, clean


def _words(known: dict[str, Any]) -> list[str]:
    """What is known of who chooses: the fields of a form, or the account of who is signed in."""
    user = known.get("user")
    if not isinstance(user, User):
        return [str(text) for text in known.values()]
    with store().reading(actor()) as desk:
        return [user.name, user.email, clinics.clinic(desk).name]
