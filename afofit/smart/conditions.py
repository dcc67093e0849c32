"""Diagnosis and affected side from the problems of a chart, by a table with its sources."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from afofit.fhir.codes import ICD_10_CM, SNOMED
from afofit.fitting.vocabulary import DIAGNOSES
from afofit.smart.facts import Doubt, Fact, Json, codes, doubted, objects, text

ACTIVE = frozenset({"active", "recurrence", "relapse"})
DROPPED = frozenset({"refuted", "entered-in-error"})
MOST = 6
BOTH = "left right"
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Table:
    """The table: diagnoses by the beginning of an ICD-10-CM code and by SNOMED CT code, sides by code."""

    by_icd: Mapping[str, str]
    by_snomed: Mapping[str, str]
    sides: Mapping[str, tuple[str, str]]
    """By the beginning of a code its family, and the sides it names; "" where it names none."""
    sources: Mapping[str, Mapping[str, Any]]

    def diagnosis(self, system: str, code: str) -> str | None:
        """Our code for a code of a chart."""
        if system == SNOMED:
            return self.by_snomed.get(code)
        return _longest(self.by_icd, code) if system == ICD_10_CM else None

    def side(self, system: str, code: str) -> tuple[str, str] | None:
        """Family and sides that a code names; None where it names no leg at all."""
        return _longest(self.sides, code) if system == ICD_10_CM else None


def _longest(by_code: Mapping[str, V], code: str) -> V | None:
    plain = _plain(code)
    begun = [known for known in by_code if plain.startswith(known)]
    return by_code[max(begun, key=len)] if begun else None


def _plain(code: str) -> str:
    """A code of ICD-10-CM without its point, which some systems leave out."""
    return code.replace(".", "").upper()


@cache
def table() -> Table:
    """The table as it is shipped; raises ValueError where it contradicts itself or names what is not known."""
    document = tomllib.loads(files("afofit.smart").joinpath("tables", "diagnoses.toml").read_text("utf-8"))
    sources = {one["key"]: one for one in document["source"]}
    known = {code for code, _ in DIAGNOSES}
    by_icd: dict[str, str] = {}
    by_snomed: dict[str, str] = {}
    for one in document["diagnosis"]:
        if one["code"] not in known or one["source"] not in sources:
            raise ValueError(f"diagnoses.toml: {one['code']} or its source is not known")
        for into, code in ((by_icd, "icd10cm"), (by_snomed, "snomed")):
            for foreign in one.get(code, {}):
                if into.setdefault(_plain(foreign), one["code"]) != one["code"]:
                    raise ValueError(f"diagnoses.toml: {foreign} stands for two diagnoses")
    sides = {
        _plain(code): (one["family"], "" if side == "unspecified" else BOTH if side == "both" else side)
        for one in document["side"]
        for side in ("right", "left", "both", "unspecified")
        for code in one.get(side, ())
    }
    return Table(by_icd, by_snomed, sides, sources)


@dataclass(frozen=True, slots=True)
class Problems:
    """What the problems of a chart say, and those that the form has no word for."""

    facts: list[Fact]
    others: list[str]


def problems(conditions: Iterable[Json]) -> Problems:
    """Diagnosis and side of the problems that hold; what is over, doubtful or unknown here is named, not filled in."""
    found = [_Read(one) for one in conditions if _code(one, "verificationStatus") not in DROPPED]
    known = [one for one in found if one.diagnosis or one.side is not None]
    others = list(dict.fromkeys(one.shown for one in found if one not in known and one.doubt != "past"))
    diagnoses = _agreed([one.fact("diagnosis", one.diagnosis) for one in found if one.diagnosis])
    return Problems([*diagnoses[:MOST], *_sides(found)], others[: MOST * 2])


class _Read:
    """One problem of a chart, read."""

    def __init__(self, condition: Json) -> None:
        pairs = codes(condition.get("code"))
        self.source = f"Condition/{text(condition, 'id')}"
        self.on = next(filter(None, (text(condition, name) for name in ("onsetDateTime", "recordedDate"))), None)
        self.doubt = _doubt(condition)
        self.shown = _shown(condition, pairs)
        self.diagnosis = next(filter(None, (table().diagnosis(*pair) for pair in pairs)), None)
        self.side = next((found for pair in pairs if (found := table().side(*pair))), None)

    def fact(self, field: Any, value: str | None) -> Fact:
        return Fact(field, value, self.shown, self.on, self.source, self.doubt)


def _code(condition: Json, name: str) -> str:
    return next((code for _, code in codes(condition.get(name))), "")


def _doubt(condition: Json) -> Doubt:
    clinical, verified = _code(condition, "clinicalStatus"), _code(condition, "verificationStatus")
    if clinical and clinical not in ACTIVE:
        return "past"
    if verified not in ("", "confirmed"):
        return "provisional"
    return "" if clinical else "status_unknown"


def _shown(condition: Json, pairs: list[tuple[str, str]]) -> str:
    """A problem as it stands in the chart: its code of ICD-10-CM or another, and its words."""
    said = condition.get("code")
    concept = said if isinstance(said, Mapping) else {}
    names = [text(concept, "text"), *(text(one, "display") for one in objects(concept.get("coding")))]
    number = next((code for system, code in pairs if system == ICD_10_CM), pairs[0][1] if pairs else "")
    return " ".join(filter(None, (number, next(filter(None, names), "")))) or "?"


def _agreed(facts: list[Fact]) -> list[Fact]:
    """Values that agree are one; where they do not, none is taken."""
    ready = {fact.value for fact in facts if fact.ready}
    facts = sorted({(fact.value, fact.doubt): fact for fact in reversed(facts)}.values(), key=lambda one: one.doubt)
    return doubted(facts, "several") if len(ready) > 1 else facts


def _sides(found: list[_Read]) -> list[Fact]:
    """The side by family of codes: left and right of one family are both legs; families that differ contradict."""
    families: dict[tuple[str, Doubt], list[_Read]] = {}
    for one in found:
        if one.side is not None and one.side[1]:
            families.setdefault((one.side[0], one.doubt), []).append(one)
    facts = []
    for members in families.values():
        named = {side for one in members if one.side for side in one.side[1].split()}
        whole = Fact(
            "affected_sides",
            BOTH if len(named) > 1 else named.pop(),
            "; ".join(dict.fromkeys(one.shown for one in members)),
            members[0].on,
            members[0].source,
            members[0].doubt,
        )
        facts.append(whole)
    return _agreed(facts)[:MOST]
