"""Codes in words: every choice of the vocabulary by field."""

from afofit.fitting.vocabulary import GROUPS
from afofit.words.tongue import _, pgettext

_LABELS = {(field.name, code): label for fields in GROUPS.values() for field in fields for code, label in field.choices}
_FIELDS = {field.name: field.label for fields in GROUPS.values() for field in fields}


def label(field: str, code: str | None) -> str:
    """The words of one choice: label("design", "solid") is "Solid"; unknown for None."""
    if code is None:
        return _("unknown")
    return choice(field, _LABELS.get((field, code), code))


def choice(field: str, text: str) -> str:
    """A declared choice in the language of whoever reads; where "None" has two translations, the field decides."""
    said = pgettext(field, text)
    return _(text) if said == text else said


def field_label(name: str) -> str:
    """The words of a field of the vocabulary."""
    return _(_FIELDS[name])
