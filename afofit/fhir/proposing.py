"""DeviceRequest: the brace of one leg as a proposal, with every dimension as a parameter. A calculator never orders."""

from collections.abc import Iterator, Sequence
from datetime import date

from afofit.fhir.chart import Chart, notice, resource
from afofit.fhir.codes import DESIGN, DIAGNOSIS, FOOTPLATE, HCPCS, MEASURE, RESULT, body_site, field_system
from afofit.fhir.elements import Json, annotation, coding, concept, instant, narrative, quantity
from afofit.fitting.dimensions import BY_NAME as DIMENSIONS
from afofit.fitting.override import Overridden
from afofit.fitting.request import Limb
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Value
from afofit.fitting.vocabulary import ORDER, Field
from afofit.schemas.answer import ORDER_ATTRIBUTES
from afofit.words import stock
from afofit.words.choices import label
from afofit.words.coding import candidates, code_list
from afofit.words.findings import message, title
from afofit.words.numbers import dimension, plain
from afofit.words.reasons import reason
from afofit.words.sheet import CHOSEN_BY, SEVERITIES

HEADINGS = ("Code", "Dimension", "Value", "Tolerance", "Rule", "Grade")


def has_brace(fitted: LimbFitting) -> bool:
    """Whether there is a brace to propose for a leg."""
    return bool(fitted.limb.braced and fitted.design.code and fitted.dimensions)


def device_request(fitting: Fitting, fitted: LimbFitting, chart: Chart, *, supporting: Sequence[Json] = ()) -> Json:
    """The brace of one leg as a draft proposal; ask ``has_brace`` first.

    ``supporting`` are References to what it rests on: measurements, result, documents.
    """
    side, design = fitted.limb.side, fitted.design
    words = f"Ankle-foot orthosis, {label('design', design.code).lower()}, {side} leg"
    made = resource("DeviceRequest", fitting, chart, f"{side}/brace", _text(fitting, fitted, words))
    made |= {
        "status": "draft",
        "intent": "proposal",
        "codeCodeableConcept": concept(coding(DESIGN, str(design.code), label("design", design.code)), text=words),
        "parameter": list(_parameters(fitted, chart)),
        "subject": chart.patient,
        "authoredOn": instant(chart.at),
        "note": [annotation(one, chart.at) for one in _notes(fitting, fitted)],
    }
    made |= _optional(fitted.limb, chart)
    if supporting:
        made["supportingInfo"] = list(supporting)
    return made


def _optional(limb: Limb, chart: Chart) -> Json:
    """What is known of the visit, of the reason and of the date by which the brace is needed."""
    known: Json = {}
    if chart.encounter:
        known["encounter"] = chart.encounter
    if chart.author:
        known["requester"] = chart.author
    diagnosis = limb.clinical.diagnosis
    if diagnosis:
        words = label("diagnosis", diagnosis)
        known["reasonCode"] = [concept(coding(DIAGNOSIS, diagnosis, words), text=words)]
    if limb.order.date_needed:
        known["occurrenceDateTime"] = limb.order.date_needed.isoformat()
    return known


def _parameters(fitted: LimbFitting, chart: Chart) -> Iterator[Json]:
    design = fitted.design
    side = concept(coding(RESULT, "side", "Side"), text="Side")
    yield {"code": side, "valueCodeableConcept": body_site(fitted.limb.side, "lower_leg", snomed=chart.snomed)}
    if design.footplate:
        words = label("footplate", design.footplate)
        yield {
            "code": concept(coding(MEASURE, "footplate", "Footplate"), text="Footplate"),
            "valueCodeableConcept": concept(coding(FOOTPLATE, design.footplate, words), text=words),
        }
    for name, value in fitted.dimensions.items():
        declared = DIMENSIONS[name]
        code = concept(coding(MEASURE, name, declared.label), text=f"{declared.code} {declared.label}")
        yield {"code": code, "valueQuantity": quantity(value.magnitude, declared.unit)}
    for field, attribute in zip(ORDER, ORDER_ATTRIBUTES, strict=True):
        told = getattr(fitted.limb.order, attribute[1])
        if told is not None and field.kind != "date":
            yield from _told(field, told)
    for one in candidates(fitted):
        code = concept(coding(RESULT, "hcpcs_candidate", "HCPCS candidate"), text=_aid())
        yield {"code": code, "valueCodeableConcept": concept(coding(HCPCS, one.code), text=one.sentence)}


def _aid() -> str:
    listed = code_list()
    return f"HCPCS candidate. {listed.statement} Codes as of {listed.as_of.isoformat()}."


def _told(field: Field, told: object) -> Iterator[Json]:
    """What the workshop is told besides, one parameter for each thing."""
    code = concept(coding(MEASURE, field.name, field.label), text=field.label)
    if isinstance(told, bool):
        yield {"code": code, "valueBoolean": told}
    elif isinstance(told, int | float):
        yield {"code": code, "valueQuantity": quantity(told, "deg" if field.kind == "angle" else "1")}
    elif field.kind == "choice":
        said = coding(field_system("order", field.name), str(told), label(field.name, str(told)))
        yield {"code": code, "valueCodeableConcept": concept(said)}
    elif isinstance(told, tuple):
        for one in told or ("none",):
            yield {"code": code, "valueCodeableConcept": concept(coding(field_system("order", field.name), one))}
    else:
        yield {"code": code, "valueCodeableConcept": concept(text=str(told))}


def _notes(fitting: Fitting, fitted: LimbFitting) -> Iterator[str]:
    yield notice(fitting)
    design = fitted.design
    because = " ".join(reason(one) for one in design.reasons)
    yield f"Design {label('design', design.code)}, {CHOSEN_BY[design.chosen_by]}. {because}".strip()
    for one in fitted.findings:
        yield f"{SEVERITIES[one.severity]}: {title(one)}. {message(one)}"
    for name, overridden in fitted.overridden.items():
        yield _overridden(name, overridden)
    for told in stock.told(fitted.stock):
        if told.fits:
            said = (f"{told.product}, size {told.sizes}. {told.status}.", *told.reasons, told.source)
            yield f"Ready-made brace by its chart: {' '.join(said)}"


def _overridden(name: str, overridden: Overridden) -> str:
    declared, override = DIMENSIONS[name], overridden.override
    computed = dimension(name, overridden.computed.magnitude, declared.unit)
    by = f"{override.by}, {date.isoformat(override.at)}" if override.by else override.at.isoformat()
    return f"{declared.label}: computed {computed}, chosen instead because: {override.reason} ({by})."


def _text(fitting: Fitting, fitted: LimbFitting, words: str) -> Json:
    """The proposal for people: every dimension with its tolerance, rule and grade of evidence."""
    rows = [_row(name, value) for name, value in fitted.dimensions.items()]
    return narrative(f"{words}: proposal, not an order.", notice(fitting), rows=[HEADINGS, *rows])


def _row(name: str, value: Value) -> tuple[str, ...]:
    declared = DIMENSIONS[name]
    tolerance = "" if value.tolerance is None else f"± {plain(value.tolerance)}"
    shown = dimension(name, value.magnitude, declared.unit)
    estimated = " (estimated)" if value.estimated else ""
    return (declared.code, declared.label, f"{shown}{estimated}", tolerance, value.clause, value.source.grade)
