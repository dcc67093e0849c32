"""A request of REST as an EMR would send it in FHIR: as Parameters, as a Bundle of Observations, as a response."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from afofit.fhir.codes import MEASURE, SIDE, TABLE, field_system
from afofit.fitting.measurements import BY_NAME
from afofit.fitting.vocabulary import GROUPS, Field

Json = dict[str, Any]
UCUM = {"mm": "mm", "cm": "cm", "in": "[in_i]", "kg": "kg", "lb": "[lb_av]", "deg": "deg"}
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
UNKNOWN: Json = {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "unknown"}]}}
SHARED = ("clinical", "shoe", "prescription", "order")
FIELDS: dict[tuple[str, str], Field] = {(group, one.name): one for group, fields in GROUPS.items() for one in fields}
Convert = Callable[[float, str], tuple[float, str]]
"""A number with its unit (mm, kg …) to the number and unit that are sent."""
Typed = tuple[str, Any]


def as_it_is(number: float, unit: str) -> tuple[float, str]:
    return number, unit


def in_inches_and_pounds(number: float, unit: str) -> tuple[float, str]:
    """mm and kg as an American clinic types them."""
    if unit == "mm":
        return number / 25.4, "in"
    return (number / 0.45359237, "lb") if unit == "kg" else (number, unit)


def mixed(number: float, unit: str) -> tuple[float, str]:
    """Heights in cm, thicknesses in mm, mass in pounds: whatever stands in a chart."""
    if unit == "mm" and number >= 100:
        return number / 10, "cm"
    return (number / 0.45359237, "lb") if unit == "kg" else (number, unit)


def quantity(number: float, unit: str, convert: Convert) -> Json:
    value, sent = convert(number, unit)
    return {"value": value, "unit": sent, "system": "http://unitsofmeasure.org", "code": UCUM[sent]}


def typed(group: str, name: str, value: Any, convert: Convert, units: Mapping[str, str]) -> Iterator[Typed]:
    """The FHIR values of one field: its type and what it holds."""
    field = FIELDS[group, name]
    if value == "unknown" and field.kind not in ("text", "size"):
        yield "code", value
    elif field.kind in ("length", "mass"):
        yield "Quantity", quantity(value, units[field.kind], convert)
    elif field.kind == "angle":
        yield "Quantity", quantity(value, "deg", convert)
    elif field.kind == "choices":
        for one in value or ["none"]:
            yield "code", one
    else:
        kinds = {"choice": "code", "flag": "boolean", "grade": "integer", "count": "integer", "years": "decimal"}
        plain = {"text": "string", "date": "date", "moment": "dateTime"}
        number = "string" if isinstance(value, str) else "decimal"
        yield kinds.get(field.kind) or plain.get(field.kind) or number, value


def measured(name: str, value: Any, convert: Convert, units: Mapping[str, str]) -> Iterator[Typed]:
    unit = "deg" if BY_NAME[name].unit == "deg" else units["length"]
    for one in value["readings"] if isinstance(value, dict) else [value]:
        yield "Quantity", quantity(one, unit, convert)


def element(kind: str) -> str:
    return f"value{kind[0].upper()}{kind[1:]}"


# ------------------------------------------------------------------------------------------------ Parameters


def parameters(request: Json, convert: Convert = as_it_is, **wishes: Any) -> Json:
    """The request as a Parameters resource."""
    units = request["units"]
    parts: list[Json] = [{"name": "patient", "part": _fields("patient", request["patient"], convert, units)}]
    parts += [_leg(side, limb, convert, units) for side, limb in request["limbs"].items()]
    for group in SHARED:
        if request.get(group) is not None:
            parts.append({"name": group, "part": _fields(group, request[group], convert, units)})
    for name, value in wishes.items():
        kind = "valueDateTime" if name == "taken" else "valueCode"
        parts += [{"name": name, kind: one} for one in (value if isinstance(value, list) else [value])]
    return {"resourceType": "Parameters", "parameter": parts}


def _leg(side: str, limb: Json, convert: Convert, units: Mapping[str, str]) -> Json:
    own: list[Json] = [{"name": "side", "valueCode": side}]
    for name, value in limb.items():
        if value is None:
            continue
        if name in BY_NAME:
            own += [{"name": name, element(kind): one} for kind, one in measured(name, value, convert, units)]
        elif name in SHARED:
            own.append({"name": name, "part": _fields(name, value, convert, units)})
        elif name == "confirmed":
            own += [{"name": name, "part": _confirmed(row, convert, units)} for row in value]
        else:
            own += _fields("limb", {name: value}, convert, units)
    return {"name": "limb", "part": own}


def _fields(group: str, values: Json, convert: Convert, units: Mapping[str, str]) -> list[Json]:
    parts: list[Json] = []
    for name, value in values.items():
        if name == "cleared":
            kinds = {"code": "valueCode", "date": "valueDate"}
            rows = [{"name": key, kinds.get(key, "valueString"): text} for row in value for key, text in row.items()]
            parts += [{"name": "cleared", "part": rows}] if rows else []
        elif value is not None:
            parts += [{"name": name, element(kind): one} for kind, one in typed(group, name, value, convert, units)]
    return parts


def _confirmed(row: Json, convert: Convert, units: Mapping[str, str]) -> list[Json]:
    unit = "deg" if BY_NAME[row["field"]].unit == "deg" else units["length"]
    parts: list[Json] = [
        {"name": "field", "valueCode": row["field"]},
        {"name": "value", "valueQuantity": quantity(row["value"], unit, convert)},
    ]
    parts += [{"name": "by", "valueString": row["by"]}] if row.get("by") else []
    return parts + ([{"name": "at", "valueDateTime": row["at"]}] if row.get("at") else [])


# ------------------------------------------------------------------------------------------------ Bundle


def bundle(request: Json, convert: Convert = as_it_is, *, snomed: bool = True, subject: str = "Patient/p1") -> Json:
    """The request as a Bundle of Observations with a Patient."""
    units, person = request["units"], request["patient"]
    patient: Json = {"resourceType": "Patient", "id": subject.removeprefix("Patient/")}
    patient |= {"gender": {"unspecified": "unknown"}.get(person["sex"], person["sex"])} if person.get("sex") else {}
    patient |= {"birthDate": person["birth_date"]} if person.get("birth_date") else {}
    made = [patient]
    for name in ("height", "weight"):
        if person.get(name) is not None:
            unit = units["length" if name == "height" else "mass"]
            made.append(observation(_loinc(name), "Quantity", quantity(person[name], unit, convert), subject))
    if person.get("age_years") is not None:
        age = {"value": person["age_years"], "unit": "a", "system": "http://unitsofmeasure.org", "code": "a"}
        made.append(observation(_own("age_years"), "Quantity", age, subject))
    for side, limb in request["limbs"].items():
        for name, value in limb.items():
            if name in BY_NAME:
                site = body_site(side, name, snomed=snomed)
                found = measured(name, value, convert, units)
                made += [observation(_own(name), kind, one, subject, site) for kind, one in found]
            elif name in SHARED and value:
                made += _observed(name, value, convert, units, subject, body_site(side, name, snomed=snomed))
            elif name != "confirmed" and value is not None:
                made += _observed("limb", {name: value}, convert, units, subject, body_site(side, name, snomed=False))
    for group in SHARED:
        made += _observed(group, request.get(group) or {}, convert, units, subject, None)
    entries = [
        {"fullUrl": f"http://emr.example/{one['resourceType']}/{n}", "resource": one} for n, one in enumerate(made)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _loinc(name: str) -> Json:
    return TABLE[f"body_{name}"].coding


def _own(name: str) -> Json:
    return {"system": MEASURE, "code": name}


def body_site(side: str, name: str, *, snomed: bool) -> Json:
    if snomed and name in BY_NAME:
        return {"coding": [TABLE[f"{side}_foot"].coding]}
    return {"coding": [{"system": SIDE, "code": side}]}


def observation(code: Json, kind: str, value: Any, subject: str, site: Json | None = None) -> Json:
    made: Json = {"resourceType": "Observation", "status": "final", "code": {"coding": [code]}}
    made |= {"subject": {"reference": subject}} | ({element(kind): value} if kind else {})
    return made | ({"bodySite": site} if site else {})


def _observed(
    group: str, values: Json, convert: Convert, units: Mapping[str, str], subject: str, site: Json | None
) -> list[Json]:
    made = []
    for name, value in values.items():
        if name == "cleared" or value is None:
            continue
        for kind, one in typed(group, name, value, convert, units):
            sent: Typed = (kind, one)
            if kind == "code" and FIELDS[group, name].kind not in ("choice", "choices"):
                made.append(observation(_own(name), "", None, subject, site) | UNKNOWN)
                continue
            if kind == "code":
                sent = "CodeableConcept", {"coding": [{"system": field_system(group, name), "code": one}]}
            elif kind == "decimal":
                sent = "string", f"{one:g}"
            elif kind == "date":
                sent = "dateTime", one
            made.append(observation(_own(name), *sent, subject, site))
    return made


# ------------------------------------------------------------------------------------------------ QuestionnaireResponse


def response(request: Json, convert: Convert = as_it_is) -> Json:
    """The request as answers to our Questionnaire: the same tree, with linkIds for names."""

    def item(part: Json, prefix: str) -> Json:
        link = prefix + part["name"]
        if "part" in part:
            return {"linkId": link, "item": _joined([item(one, f"{link}.") for one in part["part"]])}
        (kind, value), *_ = ((name, value) for name, value in part.items() if name != "name")
        if kind == "valueCode":
            system = _system(link)
            return {"linkId": link, "answer": [{"valueCoding": {"system": system, "code": value}}]}
        return {"linkId": link, "answer": [{kind: value}]}

    sent = parameters(request, convert)
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "urn:afofit:fhir:Questionnaire:afo-fitting",
        "status": "completed",
        "item": [item(part, "") for part in sent["parameter"]],
    }


def _system(link: str) -> str:
    """The system of the codes that answer a question."""
    *groups, name = link.split(".")
    rows = {"cleared.code": field_system("clinical", "urgent_signs"), "confirmed.field": MEASURE, "limb.side": SIDE}
    row = ".".join((*groups[-1:], name))
    if row in rows:
        return rows[row]
    return field_system(groups[-1], name) if FIELDS[groups[-1], name].choices else ABSENT


def _joined(items: list[Json]) -> list[Json]:
    """Answers to one question in one item."""
    found: dict[str, Json] = {}
    groups = []
    for one in items:
        if "item" in one:
            groups.append(one)
        elif one["linkId"] in found:
            found[one["linkId"]]["answer"] += one["answer"]
        else:
            found[one["linkId"]] = one
    return [*found.values(), *groups]
