"""Who a Bundle is about: its Patient, the subjects of the rest, and Conditions that say the affected side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from afofit.fhir.codes import DIAGNOSIS, ICD_10_CM, TABLE
from afofit.fhir.patients import literal
from afofit.fhir.told import Node, Told
from afofit.fhir.values import Fault

ACTIVE = ["active", "recurrence", "relapse"]
SEX = {"female": "female", "male": "male", "other": "unspecified", "unknown": "unspecified"}
"""Administrative gender to what shoe scales ask; ours has no other word for the rest."""
FOOT_DROP: Mapping[str, str | None] = {
    TABLE["foot_drop_right"].code: "right",
    TABLE["foot_drop_left"].code: "left",
    TABLE["foot_drop_unspecified"].code: None,
}
WHOLE_DATE = len("1980-02-28")


@dataclass
class Gathered:
    """The nodes of a Bundle, by the group that they belong to: ("patient",), ("left",), ("left", "clinical")."""

    told: Told
    root: str
    groups: dict[tuple[str, ...], list[Node]] = field(default_factory=dict)
    subjects: dict[str, tuple[Any, str]] = field(default_factory=dict)
    """By how it is called, each subject with where it was named first."""
    patients: list[tuple[Mapping[str, Any], str, str]] = field(default_factory=list)
    """Each Patient with its fullUrl and its place."""

    def add(self, group: tuple[str, ...], node: Node) -> None:
        """Put a node into its group."""
        self.groups.setdefault(group, []).append(node)

    def wrong(self, expression: str, fault: Fault, place: str = "Bundle") -> None:
        """Note what is wrong with a resource of the Bundle."""
        self.told.wrong((), expression, fault, place)


def codes_of(concept: Any) -> list[tuple[str, str]]:
    """System and code of every coding of a concept that has both."""
    found = concept.get("coding") if isinstance(concept, Mapping) else None
    codings = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    pairs = [(one.get("system"), one.get("code")) for one in codings]
    return [(system, code) for system, code in pairs if isinstance(system, str) and isinstance(code, str)]


def named(pairs: list[tuple[str, str]]) -> str | None:
    """Codes as a message names them."""
    return ", ".join(f"{system}|{code}" for system, code in pairs) or None


def condition(resource: Mapping[str, Any], expression: str, gathered: Gathered) -> None:
    """Foot drop says the affected side; a diagnosis of ours says itself. What does not hold now is refused."""
    subject_of(resource.get("subject"), f"{expression}.subject", gathered)
    for name, allowed in (("clinicalStatus", ACTIVE), ("verificationStatus", ["confirmed"])):
        told = [code for _, code in codes_of(resource.get(name))]
        if told and not set(told) & set(allowed):
            gathered.wrong(f"{expression}.{name}", Fault("status", "value", told[0], allowed), "Condition")
    came = codes_of(resource.get("code"))
    known = [(system, code) for system, code in came if system == DIAGNOSIS or (system, code) in _drops()]
    for system, code in known:
        value = code if system == DIAGNOSIS else FOOT_DROP[code]
        name = "diagnosis" if system == DIAGNOSIS else "affected_sides"
        if value is not None:
            gathered.add(("clinical",), Node(name, f"{expression}.code", (("code", value),)))
    if not known:
        fault = Fault("unknown_condition", "code-invalid", named(came), [*FOOT_DROP, DIAGNOSIS])
        gathered.wrong(f"{expression}.code", fault)


def _drops() -> set[tuple[str, str]]:
    return {(ICD_10_CM, code) for code in FOOT_DROP}


def subject_of(subject: Any, expression: str, gathered: Gathered) -> None:
    """Note whom a resource is about."""
    if subject is None:
        return
    if not isinstance(subject, Mapping):
        gathered.wrong(expression, Fault("not_an_object", "structure", subject, "a Reference"), "Subject")
        return
    identifier = subject.get("identifier")
    value = identifier.get("value") if isinstance(identifier, Mapping) else None
    called = literal(subject) or value
    if called is not None:
        gathered.subjects.setdefault(str(called), (subject, expression))


def patients(gathered: Gathered) -> None:
    """One patient for the whole Bundle, from its Patient and from the subjects of the rest."""
    if len(gathered.patients) > 1:
        fault = Fault("two_patients", "value", len(gathered.patients), "1")
        gathered.wrong(gathered.patients[1][2], fault)
        return
    known = dict.fromkeys(address for resource, url, _ in gathered.patients for address in addresses(resource, url))
    first = next(iter(gathered.subjects), None)
    for called, (_, expression) in gathered.subjects.items():
        if not (_is_one_of(called, known) if known else called == first):
            fault = Fault("other_patient", "value", called, next(iter(known), first))
            gathered.wrong(expression, fault, "Subject")
    if gathered.patients:
        _patient(*gathered.patients[0], gathered)
    elif first is not None:
        subject, expression = gathered.subjects[first]
        gathered.add(("patient",), Node("reference", expression, (("Reference", subject),)))


def _is_one_of(called: str, known: Mapping[str, None]) -> bool:
    """Whether a reference leads to the Patient: an absolute one ends as the relative one."""
    return called in known or "/".join(called.split("/")[-2:]) in known


def addresses(resource: Mapping[str, Any], url: str) -> list[str]:
    """Every way in which the others may refer to a Patient: by its id, its fullUrl, an identifier."""
    found = [f"Patient/{resource['id']}"] if isinstance(resource.get("id"), str) else []
    found += [url] if url else []
    identifiers = resource.get("identifier")
    for one in identifiers if isinstance(identifiers, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("value"), str):
            found.append(one["value"])
    return found


def _patient(resource: Mapping[str, Any], url: str, expression: str, gathered: Gathered) -> None:
    """Sex, date of birth, name and reference of a Patient."""
    gender, born = resource.get("gender"), resource.get("birthDate")
    told: list[tuple[str, str, str, Any]] = []
    if gender is not None:
        told.append(("sex", "gender", "code", SEX.get(gender, gender) if isinstance(gender, str) else gender))
    if isinstance(born, str) and len(born) < WHOLE_DATE:
        fault = Fault("part_of_date", "value", born, "YYYY-MM-DD")
        gathered.told.wrong(("patient", "birth_date"), f"{expression}.birthDate", fault)
    elif born is not None:
        told.append(("birth_date", "birthDate", "date", born))
    name = _full_name(resource.get("name"))
    if name:
        told.append(("name", "name", "string", name))
    for item, element, kind, value in told:
        gathered.add(("patient",), Node(item, f"{expression}.{element}", ((kind, value),)))
    ways = addresses(resource, url)
    if ways:
        leads = "/" in ways[0] or ways[0].startswith("urn:")
        reference: dict[str, Any] = {"reference": ways[0]} if leads else {"identifier": {"value": ways[0]}}
        gathered.add(("patient",), Node("reference", expression, (("Reference", reference),)))


def _full_name(names: Any) -> str:
    """The name as text: the official one, else the first."""
    known = [one for one in names if isinstance(one, Mapping)] if isinstance(names, list) else []
    chosen: Mapping[str, Any] = next((one for one in known if one.get("use") == "official"), known[0] if known else {})
    if isinstance(chosen.get("text"), str):
        return str(chosen["text"])
    given, family = chosen.get("given"), chosen.get("family")
    parts = [*(given if isinstance(given, list) else ()), family]
    return " ".join(one for one in parts if isinstance(one, str))
