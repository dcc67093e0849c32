"""CodeSystems and ValueSets: every code of ours with its meaning, built from the declarations of the domain."""

from collections.abc import Iterable, Iterator

from afofit.fhir import ucum
from afofit.fhir.chart import ENGINE_VERSION, PROTOCOL_VERSION
from afofit.fhir.codes import (
    BASE,
    MEASURE,
    SIDE,
    SITES,
    SNOMED,
    TABLE,
    canonical,
)
from afofit.fhir.definitions import definition
from afofit.fhir.elements import UCUM, UNITS, Json
from afofit.fhir.form import FORM, Item
from afofit.fhir.observing import SHOE_NUMBERS
from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.values import SIDES
from afofit.words.findings import TITLES
from afofit.words.sheet import VERDICTS

RESULTS = {
    "verdict": ("Verdict", "What the findings of a leg come to: no flags, review, or stop"),
    "reading": ("Reading", "One of two or three readings of a measurement, whose mean counts"),
    "side": ("Side", "The side of the body for which a brace is proposed"),
    "wear_plan": ("Wear plan", "How fast the time of wear grows: normal or slow"),
    "shoe_size_bare": ("Shoe size, foot without the brace", "A starting size of the foot without the brace"),
    "shoe_size_braced": ("Shoe size over the brace", "A starting size for the shoe over the brace"),
    "shoe_width": ("Shoe width", "The width of the shoe over the brace, on its scale"),
    "shoe_depth": ("Shoe depth", "The depth class of the shoe over the brace"),
    "split_pair": ("Split pair", "Whether the two feet need shoes of different sizes"),
    "hcpcs_candidate": ("HCPCS candidate", "A code for whoever codes to consider. Coding aid, not billing advice"),
}
"""What results say beside the dimensions."""
Concept = tuple[str, str, str]
"""Code, display, definition."""


def _code_system(name: str, title: str, description: str, concepts: Iterable[Concept]) -> Json:
    listed = [
        {"code": code, "display": display} | ({"definition": meaning} if meaning else {})
        for code, display, meaning in concepts
    ]
    return definition("CodeSystem", name, title, description) | {
        "caseSensitive": True,
        "valueSet": canonical("ValueSet", name),
        "content": "complete",
        "count": len(listed),
        "concept": listed,
    }


def code_systems() -> Iterator[Json]:
    """Every CodeSystem of ours."""
    yield _measures()
    sides = [(side, side.capitalize(), f"The {side} side of the body") for side in SIDES]
    yield _code_system("afo-side", "Side", "The side of the body.", sides)
    results = [(code, display, meaning) for code, (display, meaning) in RESULTS.items()]
    yield _code_system("afo-result", "Results", "What results say beside the dimensions.", results)
    verdicts = [(code, display, "") for code, display in VERDICTS.items()]
    yield _code_system("afo-verdict", "Verdicts", "What the findings of a leg come to.", verdicts)
    findings = [(code, display, "") for code, display in TITLES.items()]
    yield _code_system("afo-finding", "Findings", "What a clinician must read.", findings)
    plans = [
        ("normal", "Normal", "The usual growth of the time of wear"),
        ("slow", "Slow", "Small steps, skin looked at"),
    ]
    yield _code_system("afo-wear-plan", "Wear plans", "How fast the time of wear grows.", plans)
    for item in vocabularies():
        yield _vocabulary(item)
    for address, title in ((ENGINE_VERSION, "Engine versions"), (PROTOCOL_VERSION, "Protocols with their version")):
        yield _not_listed(address, title)


def _not_listed(address: str, title: str) -> Json:
    """A system whose codes come with every version and every clinic's own protocol: they cannot be listed here."""
    name = address.rpartition(":")[2]
    made = definition("CodeSystem", name, title, f"{title}; the codes are not listed.")
    return made | {"caseSensitive": True, "content": "not-present"}


def _measures() -> Json:
    """One code for every name of the contract: measurements with their landmark, dimensions, shoe numbers, fields."""
    concepts = []
    for one in MEASUREMENTS:
        meaning = f"{one.hint[0].upper()}{one.hint[1:]}. {one.how}"
        concepts.append(_measure(one.name, one.label, meaning, "measurement", one.unit))
    for dimension in DIMENSIONS:
        from_skin = "; from the skin of the heel" if dimension.is_height else ""
        meaning = f"{dimension.code}, dimension of the brace: {dimension.label.lower()}{from_skin}"
        concepts.append(_measure(dimension.name, dimension.label, meaning, "dimension", dimension.unit))
    concepts += [_measure(name, words, words, "shoe", "mm") for name, words in SHOE_NUMBERS.items()]
    for group in FORM.members:
        for item in group.members:
            if not item.is_group and item.kind not in ("reading", "side"):
                meaning = f"{item.label}: {item.hint}" if item.hint else item.label
                unit = {"length": "mm", "mass": "kg", "angle": "deg", "years": "years"}.get(item.kind)
                concepts.append(_measure(item.name, item.label, meaning, "field", unit))
    made = _code_system("afo-measure", "Measurements, dimensions and fields", "Every name of the contract.", ())
    properties = [
        {"code": "kind", "uri": f"{BASE}:property:kind", "description": "What kind of thing it is", "type": "code"},
        {"code": "unit", "uri": f"{BASE}:property:unit", "description": "UCUM unit of the results", "type": "string"},
    ]
    return made | {"count": len(concepts), "property": properties, "concept": concepts}


def _measure(code: str, display: str, meaning: str, kind: str, unit: str | None) -> Json:
    properties: list[Json] = [{"code": "kind", "valueCode": kind}]
    if unit:
        properties.append({"code": "unit", "valueString": UNITS[unit][1]})
    return {"code": code, "display": display, "definition": meaning, "property": properties}


def vocabularies() -> Iterator[Item]:
    """Every field with declared choices, once."""
    seen = {SIDE, MEASURE}
    for group in FORM.members:
        for item in group.members:
            if item.choices and item.system not in seen:
                seen.add(item.system)
                yield item


def name_of(system: str) -> str:
    """The name of a system of ours."""
    return system.rpartition(":")[2]


def _vocabulary(item: Item) -> Json:
    return _code_system(
        name_of(item.system), item.label, f"What can be said: {item.label}.", [(*choice, "") for choice in item.choices]
    )


def _value_set(name: str, title: str, description: str, *includes: Json) -> Json:
    return definition("ValueSet", name, title, description) | {"compose": {"include": list(includes)}}


def value_sets() -> Iterator[Json]:
    """A ValueSet for every complete CodeSystem, for body sites, and for the units of each kind of quantity."""
    for one in code_systems():
        if one["content"] == "complete":
            yield _value_set(one["id"], one["title"], f"All codes of {one['url']}.", {"system": one["url"]})
    sites = [TABLE[f"{side}_{site}"] for site in dict.fromkeys(SITES.values()) for side in SIDES]
    snomed = {"system": SNOMED, "concept": [{"code": one.code, "display": one.display} for one in sites]}
    made = _value_set(
        "afo-body-site", "Body sites", "Where a measurement is taken, with its side.", snomed, {"system": SIDE}
    )
    yield made | {
        "copyright": "This value set includes content from SNOMED CT, which is copyright of SNOMED International; its "
        "use needs a licence in countries that are no members."
    }
    for kind in ("length", "mass", "angle"):
        units = [{"code": code} for code in ucum.codes(kind)]
        name = f"afo-unit-{kind}"
        yield _value_set(
            name, f"Units: {kind}", f"UCUM units of a {kind} that are read.", {"system": UCUM, "concept": units}
        )
