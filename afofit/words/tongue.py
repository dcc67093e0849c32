"""The language of whoever reads: set once for a request, asked wherever words or numbers are made.

Texts are written in English where they are used or declared; that English text is the key into the catalogue of
every other language (``afofit/translations``). What the catalogue does not hold stays English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Final, Literal, TypeGuard

Language = Literal["en", "es"]
LANGUAGES: Final[dict[Language, str]] = {"en": "English", "es": "Español"}
"""Every language with its own name for itself."""
DEFAULT: Final[Language] = "en"
DECIMAL_MARKS: Final[dict[Language, str]] = {"en": ".", "es": ","}
LIST_MARKS: Final[dict[Language, str]] = {"en": ", ", "es": "; "}
"""Between numbers in a row; where the comma is decimal, it cannot part them."""

_current: ContextVar[Language] = ContextVar("afofit_language", default=DEFAULT)


def known(text: object) -> TypeGuard[Language]:
    """Whether this is the code of a language we speak."""
    return text in LANGUAGES


def language() -> Language:
    """The language of whoever reads now."""
    return _current.get()


def speak(chosen: Language) -> Token[Language]:
    """Speak this language from now on; ``hush`` with the answer goes back to the one before."""
    return _current.set(chosen)


def hush(token: Token[Language]) -> None:
    """Go back to the language spoken before."""
    _current.reset(token)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak this language within the block."""
    token = speak(chosen)
    try:
        yield
    finally:
        hush(token)


@cache
def catalogue(of: Language) -> NullTranslations:
    """The translations into a language, read once; English needs none."""
    if of == DEFAULT:
        return NullTranslations()
    with files("afofit").joinpath("translations", of, "LC_MESSAGES", "messages.mo").open("rb") as file:
        return GNUTranslations(file)


def gettext(text: str) -> str:
    """The text in the language of whoever reads; its {fields} are filled afterwards."""
    return catalogue(language()).gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The text for one or for many, in the language of whoever reads."""
    return catalogue(language()).ngettext(one, many, count)


def pgettext(context: str, text: str) -> str:
    """The text where one English word has several translations: ``context`` says which is meant."""
    return catalogue(language()).pgettext(context, text)


def npgettext(context: str, one: str, many: str, count: int) -> str:
    """The text for one or for many, where a context tells translations apart."""
    return catalogue(language()).npgettext(context, one, many, count)


def marked(text: str) -> str:
    """The text as it is: marks what is declared as data for the catalogue; translate it where it is used."""
    return text


def decimal(text: str) -> str:
    """A number written with a point, with the decimal mark of whoever reads."""
    return text.replace(".", DECIMAL_MARKS[language()])


_ = gettext
N_ = marked
