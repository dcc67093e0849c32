"""Who a chart is about: name, date of birth, sex and the number under which the EHR knows the person."""

import re
from datetime import date

from afofit.smart.facts import Fact, Json, codes, objects, text

FORMER = frozenset({"old", "maiden", "nickname", "anonymous", "temp"})
ROLES = "http://terminology.hl7.org/CodeSystem/v2-0203"
RECORD_NUMBER = (ROLES, "MR")
STATE_NUMBERS = frozenset({"SS", "DL", "PPN", "TAX", "NI", "SB"})
"""Identifiers given by a state: none is a number that a clinic should file somebody under."""
STATE_SYSTEMS = ("http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1")
SEX = {"female": "female", "male": "male"}
WHOLE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_NUMBERS = 5


def facts(patient: Json, today: date) -> list[Fact]:
    """What the form takes of a Patient."""
    source = f"Patient/{text(patient, 'id')}"
    return [
        *_reference(patient, source),
        *_name(patient, source),
        *_born(patient, source, today),
        *_sex(patient, source),
    ]


def notices(patient: Json) -> list[str]:
    """What whoever opens this chart must be told, as codes."""
    found = []
    if patient.get("deceasedBoolean") is True or text(patient, "deceasedDateTime"):
        found.append("deceased")
    if patient.get("active") is False:
        found.append("inactive")
    if any(text(link, "type") == "replaced-by" for link in objects(patient.get("link"))):
        found.append("replaced")
    return found


def _reference(patient: Json, source: str) -> list[Fact]:
    """The record number; else every number that could be meant, none of them chosen."""
    numbers = [one for one in objects(patient.get("identifier")) if _valid(one, "old") and text(one, "value")]
    records = [one for one in numbers if RECORD_NUMBER in codes(one.get("type"))]
    others = [one for one in numbers if not _of_state(one)]
    found = [Fact("reference", text(one, "value"), text(one, "value"), source=source) for one in records or others]
    found = list({fact.value: fact for fact in found}.values())
    return found if len(found) == 1 else [_several(one) for one in found[:MOST_NUMBERS]]


def _of_state(identifier: Json) -> bool:
    kinds = {code for system, code in codes(identifier.get("type")) if system == ROLES}
    return bool(kinds & STATE_NUMBERS) or text(identifier, "system") in STATE_SYSTEMS


def _several(fact: Fact) -> Fact:
    return Fact(fact.field, fact.value, fact.shown, fact.on, fact.source, "several")


def _name(patient: Json, source: str) -> list[Fact]:
    names = [one for one in objects(patient.get("name")) if _valid(one, *FORMER)]
    chosen = [one for one in names if one.get("use") == "official"] or names
    written = list(dict.fromkeys(filter(None, (full_name(one) for one in chosen))))
    found = [Fact("name", name, name, source=source) for name in written]
    return found if len(found) == 1 else [_several(one) for one in found[:MOST_NUMBERS]]


def full_name(name: Json) -> str:
    """A name as one line: its text, else given names and family name."""
    whole = text(name, "text")
    given = name.get("given")
    parts = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    return whole or " ".join(" ".join([*parts, text(name, "family")]).split())


def _valid(part: Json, *former: str) -> bool:
    """Whether a name or number holds today, as far as the chart says."""
    period = part.get("period")
    return text(part, "use") not in former and not (isinstance(period, dict) and text(period, "end"))


def _born(patient: Json, source: str, today: date) -> list[Fact]:
    said = text(patient, "birthDate")
    if not said:
        return []
    try:
        born = date.fromisoformat(said) if WHOLE.fullmatch(said) else None
    except ValueError:
        born = None
    if born is None:
        return [Fact("birth_date", None, said, source=source, doubt="part_of_date")]
    return [Fact("birth_date", said, said, source=source, doubt="future" if born > today else "")]


def _sex(patient: Json, source: str) -> list[Fact]:
    """Administrative gender, where the form has that word; for shoe scales nothing is guessed from another one."""
    said = text(patient, "gender")
    if not said:
        return []
    return [Fact("sex", SEX.get(said), said, source=source, doubt="" if said in SEX else "other_sex")]
