"""Writes the catalogue of translations from the texts in the code: python -m docs.make_catalogue.

Texts come from ``_("…")`` in templates and modules, and from the declarations that hold texts as data. What is already
translated is kept, what is gone is dropped, what is new stands empty until somebody translates it; a test finds that.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from afofit.words.tongue import DEFAULT, LANGUAGES

CODE = Path(__file__).parent.parent / "afofit"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def declared() -> Iterator[tuple[str, str]]:
    """Texts that stand in declarations: where each stands, and the text."""
    yield from ()


def wanted() -> Catalog:
    """Every text that people read, untranslated."""
    catalogue = Catalog(project="afofit", charset="utf-8", header_comment="# Translations of afofit.")
    found = extract_from_dir(CODE, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True)
    for file, _line, message, comments, context in found:
        catalogue.add(message, locations=[(file, None)], auto_comments=comments, context=context)
    for place, text in declared():
        catalogue.add(text, locations=[(place, None)])
    return catalogue


def po(language: str) -> Path:
    """The file in which people translate."""
    return CODE / "translations" / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """What is translated so far."""
    path = po(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as the service reads it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def make(language: str) -> int:
    """Bring the files of one language up to date; how many texts wait for a translation."""
    catalogue = read(language)
    catalogue.update(wanted(), no_fuzzy_matching=True, update_creation_date=False)
    path = po(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, ignore_obsolete=True, sort_output=True, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(read(language)))
    return sum(1 for message in catalogue if message.id and not _said(message.string))


def _said(translation: str | tuple[str, ...] | list[str]) -> bool:
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)


if __name__ == "__main__":
    for code in LANGUAGES:
        if code != DEFAULT:
            print(f"{code}: {make(code)} texts to translate in {po(code)}")
