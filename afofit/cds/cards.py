"""The one card: what was found, what to ask first, what to have at hand, and the way into the fit."""

import json
import re
from collections.abc import Sequence
from uuid import uuid5

from afofit.cds.asked import Call
from afofit.cds.orders import is_afo, known_codes, sides
from afofit.cds.problems import Noted, noted
from afofit.cds.services import Json
from afofit.fhir.codes import system
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.values import SIDES, Side
from afofit.fitting.vocabulary import URGENT_SIGNS
from afofit.words.choices import choice
from afofit.words.coding import code_list
from afofit.words.sheet import INTENDED_USE, STARTING_SPECIFICATION

LONGEST_SUMMARY = 139
"""A summary has fewer than 140 characters."""
SELECTED = "Ankle-foot orthosis selected: compute its fit before the order is signed"
LABEL, OPEN = "afofit", "Open the fit of an ankle-foot orthosis"
MARKS = re.compile(r"(?i)([\\`*_{}\[\]<>#|~&@]|(?<=www)\.|:(?=//))")
"""Every sign within a line that Markdown may read as its own, and what would make an address a link."""
REASONS = {
    "has_one": "The person has a brace that fits",
    "later": "Not at this visit",
    "not_wanted": "The person does not want a brace",
    "not_this": "This is not about an ankle-foot orthosis",
}
"""Why somebody lets the card be."""


def cards(call: Call, base: str) -> list[Json]:
    """No card, or the one. ``base`` is the address of this service, without a slash at its end."""
    found = noted(call.conditions or ())
    if call.service.hook == "patient-view":
        return [_card(call, base, _viewed(found), found)] if found else []
    orders = [one for one in call.orders if is_afo(one)]
    return [_card(call, base, SELECTED, found, orders)] if orders else []


def _viewed(found: Sequence[Noted]) -> str:
    first = found[0]
    legs = legs_of([one for one in found if one.drop] or found)
    where = ", both legs" if len(legs) > 1 else f", {legs[0]} leg" if legs else ""
    return f"{first.name}{where}, is on the problem list: the fit of an ankle-foot orthosis can be computed here"


def legs_of(found: Sequence[Noted]) -> list[Side]:
    """The legs that the problems name, left before right."""
    return [side for side in SIDES if any(side in one.sides for one in found)]


def _card(call: Call, base: str, summary: str, found: Sequence[Noted], orders: Sequence[Json] = ()) -> Json:
    legs = legs_of(found)
    context = {"service": call.service.id, **({"sides": legs} if legs else {})}
    return {
        "uuid": str(uuid5(call.instance, call.service.id)),
        "summary": summary,
        "detail": "\n\n".join(_detail(found, orders)),
        "indicator": "info",
        "source": {
            "label": LABEL,
            "url": f"{base}/",
            "topic": {"system": system("afo-topic"), "code": "afo-fit", "display": "Fit of an ankle-foot orthosis"},
        },
        "overrideReasons": [
            {"system": system("afo-override-reason"), "code": code, "display": words} for code, words in REASONS.items()
        ],
        "links": [
            {"label": OPEN, "url": f"{base}/smart/launch", "type": "smart", "appContext": json.dumps(context)},
        ],
    }


def _detail(found: Sequence[Noted], orders: Sequence[Json]) -> list[str]:
    parts = [_sides_differ(found, orders)] if orders else []
    if found:
        parts.append("**On the problem list:** " + "; ".join(escaped(one.shown) for one in found) + ".")
    coded = known_codes(orders)
    if coded:
        said = "; ".join(f"{one.code}: {one.text}, {one.kind}" for one in coded)
        parts.append(f"**The code of the order:** {said}. {code_list().statement}")
    signs = "; ".join(choice("urgent_signs", words).lower() for _, words in URGENT_SIGNS)
    measured = "; ".join(one.label.lower() for one in MEASUREMENTS if one.required)
    parts += [
        f"**Ask first:** {signs}. With any of them no brace is computed: refer first.",
        f"**To have at hand**, for each leg to be braced: {measured}; the heel and sole of the shoe. Height, "
        "weight and diagnosis come from the chart.",
        f"{INTENDED_USE} {STARTING_SPECIFICATION}",
    ]
    return [one for one in parts if one]


def _sides_differ(found: Sequence[Noted], orders: Sequence[Json]) -> str:
    """A sentence where the order names one leg and the problem list the other."""
    ordered, listed = sides(orders), legs_of(found)
    if len(ordered) != 1 or len(listed) != 1 or ordered == set(listed):
        return ""
    return f"**Check the side:** the order says {ordered.pop()}, the problem list says {listed[0]}."


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))
