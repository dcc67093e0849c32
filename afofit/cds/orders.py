"""Which draft orders are of an ankle-foot orthosis, and of which leg."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afofit.cds.services import Json
from afofit.fhir.codes import SIDE_OF
from afofit.fitting.values import Side
from afofit.smart.facts import codes, objects, text
from afofit.words.coding import Code, code_list

CODED = {"DeviceRequest": "codeCodeableConcept", "ServiceRequest": "code"}
"""The orders that can be of a brace, and where each says of what."""
HCPCS_SYSTEMS = ("hcpcs", "2.16.840.1.113883.6.285")
HCPCS_AFO = re.compile(r"(L19\d\d)(?:[- ]?(LT|RT))?")
"""Ankle-foot orthoses in HCPCS Level II, L1900 to L1990, with the modifier of the side where it is written along."""
MODIFIERS: Mapping[str, Side] = {"LT": "left", "RT": "right"}
WORDS = re.compile(
    r"\bAFOs?\b"
    r"|(?i:(?<!knee-)(?<!knee )\bankle[- ]foot orthos[ie]s\b"
    r"|\blower[- ](?:limb|leg|extremity) orthos[ie]s\b"
    r"|\b(?:foot[- ]?drop|drop[- ]?foot) (?:brace|splint|orthos[ie]s)\b)"
)
"""Words by which a brace for the ankle and foot is ordered; longer ones, up to the knee or hip, are others."""


def is_afo(order: Json) -> bool:
    """Whether a draft order is one of an ankle-foot orthosis."""
    concept = _concept(order)
    return any(_hcpcs(concept)) or any(WORDS.search(said) for said in _said(concept))


def known_codes(orders: Sequence[Json]) -> list[Code]:
    """The codes of HCPCS in the orders that our list has, each once, with its first text."""
    wanted = {code for order in orders for code, _ in _hcpcs(_concept(order))}
    first = {one.code: one for one in reversed(code_list().codes)}
    return [first[code] for code in sorted(wanted) if code in first]


def sides(orders: Sequence[Json]) -> set[Side]:
    """The legs that the orders name by codes; words are not guessed from."""
    found: set[Side] = set()
    for order in orders:
        concept = _concept(order)
        found |= {MODIFIERS[side] for _, side in _hcpcs(concept) if side}
        found |= {MODIFIERS[code] for system, code in codes(concept) if code in MODIFIERS and _of_hcpcs(system)}
        for site in objects(order.get("bodySite")):
            found |= {SIDE_OF[pair] for pair in codes(site) if pair in SIDE_OF}
    return found


def _concept(order: Json) -> Mapping[str, Any]:
    found = order.get(CODED.get(str(order.get("resourceType")), ""))
    return found if isinstance(found, Mapping) else {}


def _hcpcs(concept: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Each code of an ankle-foot orthosis, with its modifier."""
    for system, code in codes(concept):
        match = HCPCS_AFO.fullmatch(code.upper())
        if match and _of_hcpcs(system):
            yield match[1], match[2]


def _of_hcpcs(system: str) -> bool:
    return any(name in system.lower() for name in HCPCS_SYSTEMS)


def _said(concept: Mapping[str, Any]) -> list[str]:
    return [text(concept, "text"), *(text(one, "display") for one in objects(concept.get("coding")))]
