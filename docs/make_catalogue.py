"""Writes the catalogue of translations from the texts in the code: python -m docs.make_catalogue.

Texts come from ``_("…")`` in templates and modules, and from the declarations that hold texts as data. What is already
translated is kept, what is gone is dropped, what is new stands empty until somebody translates it; a test finds that.
"""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from afofit.examples import examples
from afofit.fitting import stand_ins
from afofit.fitting.chart_file import built_in
from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.drawing import VIEW_WORDS, sentence
from afofit.fitting.drawing_measuring import measuring_drawing
from afofit.fitting.drawing_shapes import Label
from afofit.fitting.findings import UNKNOWN
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.plan import PRESCRIBED
from afofit.fitting.protocol import default
from afofit.fitting.values import SIDES
from afofit.fitting.vocabulary import GROUPS, Field
from afofit.schemas.units import LENGTH_WORDS
from afofit.store import keys, patients
from afofit.web import errors, form_page
from afofit.words import delivery, fields, findings, problems, protocol, reasons, sheet, shoes, wear
from afofit.words.protocol import case_words, label
from afofit.words.tongue import DEFAULT, LANGUAGES, speaking

CODE = Path(__file__).parent.parent / "afofit"


def in_code(
    file: BinaryIO, keywords: Collection[str], comment_tags: object, options: object
) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    """The texts in calls of a module, as its syntax tree has them: also those within an f-string."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            said = [
                one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None for one in node.args
            ]
            if said:
                yield node.lineno, node.func.id, said, []


METHODS = [("**.py", in_code), ("templates/**.html", "jinja2")]
KEY = re.compile(r"[a-z]+(_[a-z]+)+")
"""Looks like a text to who extracts, and is the key of one: ``_(WORDS["a_key"])``."""
WORD = re.compile(r"[^\W\d_]{2}")
DICTIONARIES: dict[str, object] = {
    "words/findings.py": (findings.TITLES, findings.MESSAGES),
    "words/problems.py": problems.SENTENCES,
    "words/reasons.py": reasons.REASONS,
    "words/shoes.py": (shoes.FEATURES, shoes.CURRENT, shoes.PAIR, shoes.STARTING_SIZE),
    "words/sheet.py": (
        sheet.STARTING_SPECIFICATION,
        sheet.INTENDED_USE,
        sheet.NOT_FOR,
        sheet.LIMITS,
        sheet.DRAFT,
        sheet.NOTHING_STORED,
        sheet.GRADES,
        sheet.VERDICTS,
        sheet.SEVERITIES,
        sheet.CHOSEN_BY,
    ),
    "words/wear.py": wear.NAMES,
    "words/fields.py": fields.SPECIAL,
    "words/delivery.py": (delivery.CHECK_WORDS, delivery.EXPLAINED, delivery.OUTCOMES, delivery.REASONS),
    "words/protocol.py": (protocol.RULES, [words for words, unit in protocol.NAMED.values()], "minutes", "sizes"),
    "schemas/units.py": LENGTH_WORDS,
    "store/keys.py": keys.SCOPES,
    "store/patients.py": patients.DIFFERS,
    "web/errors.py": (errors.WORDS, errors.OTHER),
    "web/form_page.py": [(step.title, step.note, step.caption) for step in form_page.STEPS],
}
"""Modules whose texts are declared as data, with what of them people read."""
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
    for one in MEASUREMENTS:
        yield from (("fitting/measurements.py", text) for text in (one.label, one.hint, one.how, one.tool))
    for field in _fields():
        yield from (("fitting/vocabulary.py", text) for text in (field.label, field.hint))
    yield from (("fitting/dimensions.py", one.label) for one in DIMENSIONS)
    for module, texts in DICTIONARIES.items():
        yield from ((module, text) for text in _texts(texts))
    with speaking(DEFAULT):
        for parameter, case in default().numbers.values():
            yield from (("words/protocol.py", text) for text in (label(parameter), case_words(parameter, case)))
    yield from (("web/examples.json", one.title) for one in examples())
    for side in SIDES:
        yield from (("fitting/drawing.py", sentence(side, view)) for view in VIEW_WORDS)
        for step in form_page.STEPS:
            drawing = measuring_drawing(step.posture, (), side=side)
            notes = (shape.text for shape in drawing.shapes if isinstance(shape, Label))
            yield from (("fitting/drawing_measuring.py", text) for text in (drawing.sentence, *notes))
    for chart in built_in():
        yield from (("fitting/tables/charts", text) for text in (chart.product.no_chart, chart.product.note) if text)
    yield from (("fitting/stand_ins.py", one.text) for one in (*stand_ins.TAKEN, PRESCRIBED, UNKNOWN))


def choices() -> Iterator[tuple[str, str | None]]:
    """Every choice that is words, with the field as its context where several fields have the same words."""
    pairs = {(field.name, text) for field in _fields() for code, text in field.choices if code != text}
    often = Counter(text for _, text in pairs)
    yield from ((text, name if often[text] > 1 else None) for name, text in sorted(pairs))


def _fields() -> Iterator[Field]:
    return (field for fields in GROUPS.values() for field in fields)


def _texts(held: object) -> Iterator[str]:
    """Every text in a dictionary, a list or a record, at any depth."""
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        yield from (text for each in held.values() for text in _texts(each))
    elif isinstance(held, list | tuple):
        yield from (text for each in held for text in _texts(each))
    elif is_dataclass(held):
        yield from (text for field in fields_of(held) for text in _texts(getattr(held, field.name)))


def wanted() -> Catalog:
    """Every text that people read, untranslated."""
    catalogue = Catalog(project="afofit", charset="utf-8", header_comment="# Translations of afofit.")
    found = extract_from_dir(CODE, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True)
    for file, _line, message, comments, context in found:
        first = message if isinstance(message, str) else message[0]
        if (WORD.search(first) or context) and not KEY.fullmatch(first):
            catalogue.add(message, locations=[(file, None)], auto_comments=comments, context=context)
    for place, text in declared():
        if WORD.search(text):
            catalogue.add(text, locations=[(place, None)])
    for text, context in choices():
        catalogue.add(text, locations=[("fitting/vocabulary.py", None)], context=context)
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
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "afofit", "1"
    catalogue.header_comment = "# Translations of afofit: write them here, then run python -m docs.make_catalogue."
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = "afofit"
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
