"""From a chart into the form: what was chosen as somebody would type it, and what stands beside each field."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from afofit.schemas.units import LENGTHS_MM, MASSES_KG
from afofit.smart.chart import Chart
from afofit.smart.facts import FIELDS, Fact, Field
from afofit.smart.measures import DAY, day_of
from afofit.web.entry import Typed
from afofit.words.choices import label as choice_label
from afofit.words.numbers import day
from afofit.words.patient_chart import doubt, label, unread
from afofit.words.tongue import _

PLACES: Mapping[Field, str] = {
    "reference": "patient.reference",
    "name": "patient.name",
    "birth_date": "patient.birth_date",
    "sex": "patient.sex",
    "height": "patient.height",
    "weight": "patient.weight",
    "diagnosis": "clinical.diagnosis",
    "affected_sides": "clinical.affected_sides",
}
"""Where each field of a chart stands in the form."""
PARTS: Mapping[Field, str] = {
    "height": "measures",
    "weight": "measures",
    "diagnosis": "problems",
    "affected_sides": "problems",
}
"""The part of the chart in which a field would be."""
CODED = frozenset({"sex", "diagnosis", "affected_sides"})
Taken = Mapping[str, Any]
"""What a person chose: "units" by kind, and in "fields" the number of the value of each field."""


def chosen(chart: Chart, taken: Taken) -> dict[Field, Fact]:
    """The values that were chosen, by field."""
    return {name: chart.of(name)[place] for name, place in taken["fields"].items()}


def typed(chart: Chart, taken: Taken) -> Typed:
    """The form with what was chosen. Lengths and masses are in the units that the person chose."""
    fields: Typed = MultiDict()
    for kind, unit in taken["units"].items():
        if unit:
            fields[f"units.{kind}"] = unit
    for name, fact in chosen(chart, taken).items():
        place, value = PLACES[name], fact.value
        if name == "birth_date":
            for part, number in zip(("year", "month", "day"), str(value).split("-"), strict=True):
                fields[f"{place}.{part}"] = number
        elif name in ("height", "weight"):
            fields[place] = _in_unit(name, float(value or 0), taken["units"])
        elif name == "affected_sides":
            fields.setlist(place, str(value).split())
        else:
            fields[place] = str(value)
    return fields


def _in_unit(name: Field, value: float, units: Mapping[str, str]) -> str:
    """A height or weight as it is typed: to a tenth of its unit, which is finer than either is measured."""
    size = LENGTHS_MM[units["length"]] if name == "height" else MASSES_KG[units["mass"]]
    return f"{round(value / float(size), 1):g}"


def notes(chart: Chart, taken: Taken) -> dict[str, str]:
    """By field of the form, what the chart says: what was filled in, what was not and why, what is missing."""
    filled = chosen(chart, taken)
    return {PLACES[name]: _note(chart, name, filled.get(name)) for name in FIELDS}


def _note(chart: Chart, name: Field, filled: Fact | None) -> str:
    if filled is not None:
        return _("From the chart: {value}. Compare it with the person.").format(value=said(filled))
    facts, part = chart.of(name), PARTS.get(name, "")
    if facts:
        return _("Not filled in; in the chart: {value}.").format(value="; ".join(said(fact) for fact in facts))
    if part in chart.unread:
        return unread(part, chart.unread[part])
    return _("Not in the chart.")


def said(fact: Fact) -> str:
    """A value with its day and what speaks against it: "172 cm, 2 Nov 2025"."""
    return ", ".join(filter(None, (fact.shown, taken_on(fact), doubt(fact.doubt))))


def taken_on(fact: Fact) -> str:
    """The day of a value; of a year or month alone as the chart writes it."""
    when = day_of(fact.on or "")
    whole = DAY.match(fact.on or "")
    if when is None or whole is None or not whole[3]:
        return fact.on or ""
    return day(when)


def meaning(fact: Fact) -> str:
    """What a value becomes in the form, where it stands there by another word."""
    if fact.field not in CODED or fact.value is None:
        return ""
    return ", ".join(choice_label(fact.field, code) for code in str(fact.value).split())


def row_label(name: Field) -> str:
    """What a field is called."""
    return label(name)
