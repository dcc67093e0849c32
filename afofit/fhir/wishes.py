"""What the caller wants of the answer: which Bundle, which documents, on which paper, in which language, taken when."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from afofit.fhir.form import MANY, Item
from afofit.fhir.told import Issue, Node, Told
from afofit.fhir.values import Fault
from afofit.schemas.printing import LANGUAGES, PAPERS, SIZES, Printing

NO_DOCUMENT: Final = "none"
DOCUMENTS: Final = (
    ("sheet", "Fitting sheet"),
    ("patient", "Patient sheet"),
    ("template", "Template to cut, 1:1"),
    ("order", "Order form"),
)
"""The documents that can stand in the Bundle, with their titles."""
TITLES: Final = dict(DOCUMENTS)


def _choice(name: str, label: str, choices: Iterable[str], hint: str, most: int | None = 1) -> Item:
    return Item(
        name=name, kind="choice", label=label, hint=hint, most=most, choices=tuple((code, code) for code in choices)
    )


WISHES: Final = Item(
    name="",
    kind="group",
    label="Wishes",
    members=(
        _choice("bundle", "Kind of Bundle", ("collection", "transaction"), "collection where nothing is said"),
        _choice(
            "document",
            "Documents inside",
            (*TITLES, NO_DOCUMENT),
            "repeated, or once none; the fitting sheet where nothing is said",
            MANY,
        ),
        _choice("paper", "Paper of the documents", PAPERS, "a4 where nothing is said"),
        _choice("language", "Language of the patient sheet", LANGUAGES, "en where nothing is said"),
        _choice("print_size", "Print of the patient sheet", SIZES, "normal where nothing is said"),
        Item(name="taken", kind="moment", label="When it was measured", hint="of what has no time of its own"),
    ),
)
"""Parameters that change no number."""
WISHED: Final = frozenset(one.name for one in WISHES.members)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
IGNORED = frozenset({"_format", "_pretty"})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for."""

    transaction: bool = False
    documents: tuple[str, ...] = ("sheet",)
    printing: Printing = field(default_factory=Printing)
    taken: datetime | date | None = None


def wished_in_address(query: Sequence[tuple[str, str]], told: Told, *, in_body: bool) -> list[Node]:
    """What the address of the request asks for. Beside a Parameters resource all of it belongs into the body."""
    nodes = []
    for name, text in query:
        if name in IGNORED:
            continue
        if name not in WISHED or in_body:
            names = sorted(WISHED)
            told.wrong(
                (), told.root, Fault("query", "not-supported", name, "a part of Parameters" if in_body else names)
            )
            continue
        kind = "dateTime" if name == "taken" else "code"
        nodes.append(Node(name, told.root, ((kind, text),)))
    return nodes


def read_wishes(nodes: Sequence[Node], root: str) -> tuple[Wishes, list[Issue]]:
    """The wishes, with what is wrong with them."""
    told = Told(root)
    told.group(nodes, WISHES, ())
    for item in WISHES.members:
        codes = [code for code, _ in item.choices]
        for number, code in enumerate(told.values.get((item.name,), ())):
            if codes and code not in codes:
                place = told.expressions[(item.name,)][number]
                told.wrong((item.name,), place, Fault("not_one_of", "code-invalid", code, codes), item.label)
    documents = told.values.get(("document",), ["sheet"])
    if NO_DOCUMENT in documents and len(documents) > 1:
        said = ", ".join(str(one) for one in documents)
        fault = Fault("not_alone", "value", said, NO_DOCUMENT, said=said)
        told.wrong(("document",), told.expressions[("document",)][-1], fault)
    taken = _taken(told)
    if told.issues:
        return Wishes(), told.issues

    def one(name: str, usual: str) -> str:
        return str(told.values.get((name,), [usual])[0])

    printing = Printing(
        paper=PAPERS[one("paper", "a4")],
        language=LANGUAGES[one("language", "en")],
        large=SIZES[one("print_size", "normal")],
    )
    kinds = tuple(kind for kind in TITLES if kind in documents)
    return Wishes(one("bundle", "collection") == "transaction", kinds, printing, taken), []


def _taken(told: Told) -> datetime | date | None:
    path = ("taken",)
    if path not in told.values:
        return None
    text = str(told.values[path][0])
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is None:
            raise ValueError(text)
    except ValueError:
        fault = Fault("not_a_time", "value", text, ["2026-02-28", "2026-02-28T14:30:00+01:00"])
        told.wrong(path, told.expressions[path][0], fault)
        return None
    return moment
