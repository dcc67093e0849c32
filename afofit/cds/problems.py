"""Which problems of a chart put an ankle-foot orthosis in question, and of which leg."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from afofit.cds.services import Json
from afofit.fhir.codes import ICD_10_CM
from afofit.fitting.values import SIDES, Side
from afofit.smart.conditions import ACTIVE, DROPPED, table
from afofit.smart.facts import codes, objects, text
from afofit.words.choices import label

FOOT_DROP = "foot drop"
DROP_IN_WORDS = re.compile(r"(?i)\b(?:foot[- ]?drop|drop(?:ped)?[- ]?foot)\b")
HEMIPLEGIA = ("I6915", "I6935", "G810", "G811")
"""Hemiplegia after a stroke and as such (clinical reference 6.5), by the beginning of the code."""
ALONE = frozenset({"peroneal_nerve_injury", "charcot_marie_tooth", "cerebral_palsy", "spina_bifida", "poliomyelitis"})
"""Diagnoses that bring the card by themselves: a weak ankle is their usual picture. Of the others (multiple sclerosis,
a stroke without hemiplegia, diabetic neuropathy …) most people never need a brace: a card for each would be noise."""
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Noted:
    """One problem that counts: its name for the summary, its words in the chart, and the legs that its code names."""

    name: str
    shown: str
    sides: tuple[Side, ...] = ()
    drop: bool = False


def noted(conditions: Sequence[Json]) -> list[Noted]:
    """The problems that count, foot drop first; what is over, refuted or entered in error does not."""
    found = [one for condition in conditions if _holds(condition) and (one := _read(condition))]
    return sorted(dict.fromkeys(found), key=lambda one: not one.drop)


def _holds(condition: Json) -> bool:
    clinical, verified = (_status(condition, name) for name in ("clinicalStatus", "verificationStatus"))
    return (not clinical or clinical in ACTIVE) and verified not in DROPPED


def _status(condition: Json, name: str) -> str:
    return next((code for _, code in codes(condition.get(name))), "")


def _read(condition: Json) -> Noted | None:
    concept = condition.get("code")
    pairs = codes(concept)
    words = _words(concept)
    family, legs = next((found for pair in pairs if (found := table().side(*pair))), ("", ""))
    shown = " ".join(filter(None, (pairs[0][1] if pairs else "", words)))[:LONGEST]
    named = tuple(side for side in SIDES if side in legs.split())
    if family == FOOT_DROP or DROP_IN_WORDS.search(words):
        return Noted("Foot drop", shown, named, drop=True)
    diagnosis = next(filter(None, (table().diagnosis(*pair) for pair in pairs)), None)
    if diagnosis in ALONE:
        return Noted(label("diagnosis", diagnosis), shown, named)
    if any(system == ICD_10_CM and code.replace(".", "").upper().startswith(HEMIPLEGIA) for system, code in pairs):
        return Noted("Hemiplegia", shown)
    return None


def _words(concept: object) -> str:
    if not isinstance(concept, dict):
        return ""
    said = [text(concept, "text"), *(text(one, "display") for one in objects(concept.get("coding")))]
    return next(filter(None, said), "")
