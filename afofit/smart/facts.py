"""What a chart says about one field of the form: each value with its date, its place in the chart and its standing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Json = Mapping[str, Any]
Field = Literal["reference", "name", "birth_date", "sex", "height", "weight", "diagnosis", "affected_sides"]
FIELDS: tuple[Field, ...] = (
    "reference",
    "name",
    "birth_date",
    "sex",
    "height",
    "weight",
    "diagnosis",
    "affected_sides",
)
"""The fields that a chart may fill, in the order of the form."""
Doubt = Literal[
    "",
    "old",
    "undated",
    "future",
    "earlier",
    "preliminary",
    "provisional",
    "past",
    "status_unknown",
    "no_unit",
    "about",
    "implausible",
    "several",
    "part_of_date",
    "other_sex",
]
"""Why a value is shown and not filled in; empty where it may be."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a chart. ``value`` is what the form takes (mm, kg, code, day), None where it has no word for it."""

    field: Field
    value: float | str | None
    shown: str
    """As it stands in the chart: "68 [in_i]", "M21.371 Foot drop, right foot"."""
    on: str | None = None
    """When it was measured or noted, as the chart writes it."""
    source: str = ""
    """The resource it stands in: "Observation/123"."""
    doubt: Doubt = ""

    @property
    def ready(self) -> bool:
        """Whether it may be filled in; somebody looks at it all the same."""
        return not self.doubt and self.value is not None

    def as_json(self) -> dict[str, Any]:
        """As it is kept while the launch lasts."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def doubted(facts: Iterable[Fact], doubt: Doubt) -> list[Fact]:
    """The same values, none of them to be filled in: one that was doubted before keeps its reason."""
    return [fact if fact.doubt or not doubt else replace(fact, doubt=doubt) for fact in facts]


def objects(found: object) -> list[Json]:
    """The objects of a list; what is none is left out."""
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text(part: Json, name: str) -> str:
    """A text of an object; empty where it is none."""
    found = part.get(name)
    return " ".join(found.split()) if isinstance(found, str) else ""


def codes(concept: object) -> list[tuple[str, str]]:
    """System and code of every coding of a concept; systems by the address that FHIR gives them."""
    codings = objects(concept.get("coding")) if isinstance(concept, Mapping) else []
    pairs = [(text(one, "system"), text(one, "code")) for one in codings]
    return [(SYSTEMS.get(system, system), code) for system, code in pairs if code]


SYSTEMS: Mapping[str, str] = {
    "urn:oid:2.16.840.1.113883.6.1": "http://loinc.org",
    "urn:oid:2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "urn:oid:2.16.840.1.113883.6.96": "http://snomed.info/sct",
}
"""Code systems by the names that older interfaces give them."""
