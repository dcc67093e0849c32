"""What is read from FHIR is what REST reads: through every door, in every unit, with every fault at once."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afofit.fhir.bundle import bundle_of
from afofit.fhir.chart import Chart
from afofit.fhir.codes import ICD_10_CM, MEASURE, SIDE, TABLE
from afofit.fhir.reading import Call, read_call
from afofit.fhir.told import Unfit
from afofit.fhir.values import Fault
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.fitting.vocabulary import GROUPS
from afofit.schemas.answer import normalised
from afofit.schemas.problems import Refused
from afofit.schemas.request import read
from afofit.words.fhir_problems import SENTENCES
from tests.examples import EXAMPLES
from tests.fhir.fittings import AT, requests
from tests.fhir.senders import (
    Convert,
    Json,
    as_it_is,
    body_site,
    bundle,
    in_inches_and_pounds,
    mixed,
    observation,
    parameters,
    response,
)
from tests.fitting.people import TODAY, document, request_of

REQUESTS = dict(requests())
ROUNDING = 1e-9
"""Relative; all that a conversion between inches and millimetres may cost."""
Door = Callable[..., Json]


def called(resource: Json, query: tuple[tuple[str, str], ...] = ()) -> Call:
    return read_call(resource, query, today=TODAY)


def fitted(resource: Json) -> Fitting:
    return fit(called(resource).asked.request, today=TODAY)


def wrong(resource: Any, query: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, str, str]]:
    """Kind, sentence and place of everything that is wrong."""
    with pytest.raises(Unfit) as refused:
        read_call(resource, query, today=TODAY)
    return [(one.code, one.problem.message, one.expression) for one in refused.value.issues]


def the_same(one: Fitting, other: Fitting) -> None:
    """Both answers have the same designs, findings and numbers."""
    assert one.limbs.keys() == other.limbs.keys()
    for side, leg in one.limbs.items():
        there = other.limbs[side]
        assert there.verdict == leg.verdict
        assert there.design.code == leg.design.code
        assert [found.code for found in there.findings] == [found.code for found in leg.findings]
        numbers = {name: value.magnitude for name, value in leg.dimensions.items()}
        assert {name: value.magnitude for name, value in there.dimensions.items()} == pytest.approx(
            numbers, rel=ROUNDING
        )
        assert (there.shoe and there.shoe.braced) == (leg.shoe and leg.shoe.braced)


DOORS: list[tuple[Door, Convert]] = [
    (parameters, as_it_is),
    (parameters, in_inches_and_pounds),
    (parameters, mixed),
    (bundle, as_it_is),
    (bundle, in_inches_and_pounds),
    (response, as_it_is),
    (response, mixed),
]


@pytest.mark.parametrize(("door", "convert"), DOORS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["name"].split()[0])
def test_a_worked_example_gives_the_same_by_every_door(example: Json, door: Door, convert: Convert) -> None:
    through = fitted(door(example["request"], convert))
    the_same(fit(request_of(example["request"]), today=TODAY), through)
    leg = through.limbs[example["side"]]
    numbers = {name: value.magnitude for name, value in leg.dimensions.items()}
    assert numbers == pytest.approx(example["expected"]["dimensions"], abs=1e-4)


@pytest.mark.parametrize("name", [name for name in REQUESTS if name[0] == "S" or "," not in name])
def test_stories_and_everything_else_give_the_same(name: str) -> None:
    asked = REQUESTS[name]
    rest = fit(request_of(asked), today=TODAY)
    for door in (parameters, response):
        the_same(rest, fitted(door(asked)))
    if not {"cleared", "order"} & set(str(asked).replace("'", " ").split()):
        the_same(rest, fitted(bundle(asked)))


def test_what_is_read_is_the_very_document_of_rest() -> None:
    asked = REQUESTS["everything that can be said"]
    for door in (parameters, response):
        call = called(door(asked))
        assert normalised(fit(call.asked.request, today=TODAY)) == normalised(fit(request_of(asked), today=TODAY))
    assert called(parameters(asked)).asked.document["units"] == {"length": "mm", "mass": "kg"}


@pytest.mark.hazard("H03")
def test_units_stay_those_in_which_everything_came() -> None:
    inches = called(parameters(EXAMPLES[0]["request"], in_inches_and_pounds)).asked.document
    assert inches["units"] == {"length": "in", "mass": "lb"}
    several = called(parameters(document(), mixed)).asked.document
    assert several["units"] == {"length": "mm", "mass": "lb"}
    assert several["patient"]["height"] == 1780.0
    metres = parameters(document())
    metres["parameter"][0]["part"][2]["valueQuantity"] = {"value": 1.78, "unit": "m", **UCUM, "code": "m"}
    assert called(metres).asked.request.patient.height_mm == 1780.0


UCUM = {"system": "http://unitsofmeasure.org"}


def test_an_angle_is_never_converted() -> None:
    for door in (parameters, bundle, response):
        limb = called(door(document(limb={"dorsiflexion_knee_extended": -12}), mixed)).asked.request.limbs["right"]
        assert limb.measurements["dorsiflexion_knee_extended"] == -12


# ------------------------------------------------------------------------------- any request, by every door


numbers = st.floats(0.5, 2, allow_nan=False)
people = st.fixed_dictionaries(
    {
        "child": st.booleans(),
        "side": st.sampled_from(["left", "right"]),
        "limb": st.fixed_dictionaries(
            {"dorsiflexion_knee_extended": st.integers(-15, 30)},
            optional={
                "fibular_head_height": st.floats(300, 480),
                "calf_circumference": st.floats(280, 450) | st.lists(st.floats(300, 400), min_size=2, max_size=3),
                "partial_foot": st.sampled_from(["none", "toes"]),
                "toe_out": st.integers(-5, 20),
            },
        ),
        "clinical": st.fixed_dictionaries(
            {},
            optional={
                field.name: st.sampled_from([*field.values, *(["unknown"] if field.unknown else [])])
                for field in GROUPS["clinical"]
                if field.kind == "choice"
            }
            | {
                "quadriceps_grade": st.integers(0, 5) | st.just("unknown"),
                "ambulant": st.booleans() | st.just("unknown"),
                "urgent_signs": st.lists(st.sampled_from(["recent_trauma", "hot_swollen_foot"]), unique=True),
                "affected_sides": st.lists(st.sampled_from(["left", "right"]), unique=True) | st.just("unknown"),
            },
        ),
        "shoe": st.fixed_dictionaries({}, optional={"heel_sole_differential": st.floats(0, 30)}),
        "prescription": st.fixed_dictionaries(
            {},
            optional={
                "design": st.sampled_from(["engine", "solid", "hinged", "carbon_anterior"]),
                "shell_thickness": st.floats(2, 8),
                "lowered_edge": st.booleans(),
            },
        ),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(people, st.sampled_from(DOORS))
def test_any_request_comes_through_every_door_as_rest_reads_it(person: Json, way: tuple[Door, Convert]) -> None:
    limb = {name: {"readings": value} if isinstance(value, list) else value for name, value in person["limb"].items()}
    asked = document(**person | {"limb": limb})
    door, convert = way
    try:
        rest = normalised(fit(read(asked, today=TODAY), today=TODAY))
    except Refused as refused:
        said = {problem.path for problem in refused.problems}
        with pytest.raises(Unfit) as unfit:
            called(door(asked, convert))
        assert {problem.path for problem in unfit.value.problems} == said
        return
    through = normalised(fit(called(door(asked, convert)).asked.request, today=TODAY))
    for place, value in flat(rest).items():
        if place != "patient.reference":
            assert flat(through)[place] == (
                pytest.approx(value, rel=ROUNDING) if isinstance(value, float) else value
            ), place


def flat(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {
            key: one for name, inner in value.items() for key, one in flat(inner, f"{path}.{name}".lstrip(".")).items()
        }
    if isinstance(value, list):
        return {key: one for place, inner in enumerate(value) for key, one in flat(inner, f"{path}.{place}").items()}
    return {path: float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value}


# ------------------------------------------------------------------------------- what comes back can be read again


def test_the_measurements_that_are_written_can_be_read_again() -> None:
    asked = REQUESTS["everything that can be said"]
    made = bundle_of(fit(request_of(asked), today=TODAY), asked, Chart(at=AT, subject={"reference": "Patient/7"}))
    kept = [one for one in made["entry"] if one["resource"].get("valueQuantity")]
    age = observation({"system": MEASURE, "code": "age_years"}, "Integer", 46, "Patient/7")
    again = called({"resourceType": "Bundle", "type": "collection", "entry": [*kept, {"resource": age}]})
    for side, limb in request_of(asked).limbs.items():
        assert again.asked.request.limbs[side].measurements == limb.measurements
        assert again.asked.request.limbs[side].readings == limb.readings
    assert again.asked.request.patient.height_mm == 1780
    assert again.asked.subject == {"reference": "Patient/7"}


def test_what_came_in_another_unit_stands_beside_the_value() -> None:
    call = called(parameters(document(), in_inches_and_pounds))
    made = bundle_of(fit(call.asked.request, today=TODAY), call.asked.document, Chart(at=AT), sent=call.asked.sent)
    calf = next(one["resource"] for one in made["entry"] if "calf_circumference" in str(one["resource"].get("code")))
    assert calf["valueQuantity"]["value"] == pytest.approx(388)
    assert calf["valueQuantity"]["code"] == "mm"
    (extension,) = calf["valueQuantity"]["extension"]
    assert extension["valueQuantity"]["code"] == "[in_i]"
    assert extension["valueQuantity"]["value"] == 388 / 25.4
    assert "[in_i]" in calf["note"][0]["text"]
    ankle = next(one["resource"] for one in made["entry"] if "dorsiflexion_knee_e" in str(one["resource"].get("code")))
    assert "extension" not in ankle["valueQuantity"]


# ------------------------------------------------------------------------------- everything that is wrong


def part(resource: Json, *names: str) -> Json:
    """A part of a Parameters resource by its names."""
    found: Json = {"part": resource["parameter"]}
    for name in names:
        found = next(one for one in found["part"] if one["name"] == name)
    return found


def planted(**changes: Any) -> Json:
    """Parameters of a healthy man with parts changed: "limb.calf_circumference" and what it holds instead."""
    resource = parameters(document())
    for names, value in changes.items():
        steps = names.split("__")
        one = part(resource, *steps)
        for name in set(one) - {"name"}:
            del one[name]
        one |= value
    return resource


Q = {"unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm"}
CALF = "limb__calf_circumference"
EXPRESSION = "Parameters.parameter[1].part[2]"
QUANTITIES: dict[str, tuple[Json, str, str]] = {
    "no unit": ({"value": 388}, "quantity_no_unit", "required"),
    "no code": ({"value": 388, "unit": "mm"}, "quantity_no_unit", "required"),
    "no system": ({"value": 388, "unit": "mm", "code": "mm"}, "quantity_no_unit", "required"),
    "another system": ({"value": 388, "system": "urn:x", "code": "mm"}, "quantity_system", "code-invalid"),
    "a unit nobody knows": (Q | {"value": 1, "unit": "x", "code": "furlong"}, "quantity_code", "code-invalid"),
    "a mass for a length": (Q | {"value": 388, "unit": "kg", "code": "kg"}, "quantity_code", "code-invalid"),
    "unit and code disagree": (Q | {"value": 388, "unit": "cm"}, "quantity_contradicts", "value"),
    "a number as text": (Q | {"value": "388"}, "quantity_no_value", "value"),
    "true for a number": (Q | {"value": True}, "quantity_no_value", "value"),
    "no number": (Q, "quantity_no_value", "value"),
    "about so much": (Q | {"value": 388, "comparator": "<"}, "quantity_comparator", "value"),
    "an unknown element": (Q | {"value": 388, "units": "mm"}, "unknown_element", "structure"),
}


@pytest.mark.hazard("H03", "H28")
@pytest.mark.parametrize("case", list(QUANTITIES))
def test_a_quantity_without_one_clear_unit_is_refused(case: str) -> None:
    sent, code, issue = QUANTITIES[case]
    (found,) = wrong(planted(**{CALF: {"valueQuantity": sent}}))
    assert found[0] == issue
    assert found[2] == EXPRESSION
    assert sentence_is(found[1], code)


def sentence_is(message: str, code: str) -> bool:
    """Whether a message was made from the sentence of this code."""
    steps = [piece for piece in SENTENCES[code].replace("{", "}").split("}")[::2] if piece.strip(" :.")]
    return all(piece in message for piece in steps)


SHAPES: dict[str, tuple[Json, str, str]] = {
    "a measurement without a unit": ({CALF: {"valueDecimal": 388}}, "wrong_type", "structure"),
    "a measurement as text": ({CALF: {"valueString": "388 mm"}}, "wrong_type", "structure"),
    "a code as a number": ({"clinical__ashworth": {"valueInteger": 0}}, "wrong_type", "structure"),
    "a grade as a code": ({"clinical__quadriceps_grade": {"valueCode": "5"}}, "wrong_type", "structure"),
    "a flag as text": ({"clinical__ambulant": {"valueBoolean": "true"}}, "wrong_json", "value"),
    "a grade with a point": ({"clinical__quadriceps_grade": {"valueInteger": 4.5}}, "wrong_json", "value"),
    "no value": ({CALF: {}}, "no_value", "required"),
    "two values": ({CALF: {"valueCode": "a", "valueQuantity": Q | {"value": 388}}}, "several_values", "structure"),
    "parts in a value": ({CALF: {"part": []}}, "parts_in_value", "structure"),
    "a value in a group": ({"clinical": {"valueBoolean": True}}, "value_in_group", "structure"),
    "a lower-case element": ({CALF: {"valuequantity": Q | {"value": 388}}}, "wrong_type", "structure"),
    "an unknown element": ({CALF: {"valueQuantity": Q | {"value": 388}, "note": "x"}}, "unknown_element", "structure"),
    "a modifier": (
        {CALF: {"valueQuantity": Q | {"value": 388}, "modifierExtension": []}},
        "unknown_element",
        "structure",
    ),
    "a side that is none": ({"limb__side": {"valueCode": "both"}}, "not_a_side", "code-invalid"),
    "parts that are no list": ({"clinical": {"part": {"name": "ashworth"}}}, "not_a_list", "structure"),
    "a part that is no object": ({"clinical": {"part": ["ashworth"]}}, "not_an_object", "structure"),
    "a part without a name": ({"clinical": {"part": [{"valueCode": "0"}]}}, "no_name", "required"),
    "a foreign code": (
        {"clinical__ashworth": {"valueCoding": {"system": "urn:x", "code": "0"}}},
        "foreign_code",
        "code-invalid",
    ),
}


@pytest.mark.parametrize("case", list(SHAPES))
def test_what_has_the_wrong_shape_is_refused(case: str) -> None:
    changes, code, issue = SHAPES[case]
    found = wrong(planted(**changes))
    assert any(one[0] == issue and sentence_is(one[1], code) for one in found), found


def test_a_code_may_come_with_the_system_of_its_field() -> None:
    system = "urn:afofit:fhir:CodeSystem:afo-clinical-ashworth"
    sent = planted(clinical__ashworth={"valueCodeableConcept": {"coding": [{"system": system, "code": "1+"}]}})
    assert called(sent).asked.document["clinical"]["ashworth"] == "1+"


def test_what_came_twice_is_refused_but_readings_are_not() -> None:
    sent = parameters(document())
    leg = part(sent, "limb")["part"]
    leg.append({"name": "calf_circumference", "valueQuantity": Q | {"value": 391}})
    assert called(sent).asked.document["limbs"]["right"]["calf_circumference"] == {"readings": [388, 391]}
    leg += [{"name": "calf_circumference", "valueQuantity": Q | {"value": one}} for one in (390, 389)]
    (found,) = wrong(sent)
    assert found[0] == "duplicate"
    assert "4 times" in found[1]
    sent = parameters(document())
    part(sent, "clinical")["part"].append({"name": "ashworth", "valueCode": "2"})
    part(sent, "patient")["part"].append(
        {"name": "weight", "valueQuantity": Q | {"value": 80, "unit": "kg", "code": "kg"}}
    )
    sent["parameter"].append(copy.deepcopy(part(sent, "limb")))
    sent["parameter"].append({"name": "shoe", "part": []})
    assert [one[0] for one in wrong(sent)] == ["duplicate"] * 4


@pytest.mark.hazard("H01")
def test_a_leg_without_a_side_gets_none() -> None:
    sent = parameters(document(limb={"calf_circumference": 38.8}))
    leg = part(sent, "limb")["part"]
    del leg[0]
    leg[2]["valueQuantity"].pop("code")
    found = wrong(sent)
    assert [one[1] for one in found] == [
        "Leg: no side came, and none is assumed. Send side as left or right.",
        "Ankle circumference: 228 came without a UCUM unit, and none is assumed. Send system "
        "http://unitsofmeasure.org and code mm, cm, m or [in_i].",
    ]


@pytest.mark.hazard("H09")
def test_signs_are_asked_present_or_unknown_and_never_mixed() -> None:
    def signs(*codes: str) -> Json:
        sent = parameters(document())
        group = part(sent, "clinical")
        group["part"] = [one for one in group["part"] if one["name"] != "urgent_signs"]
        group["part"] += [{"name": "urgent_signs", "valueCode": code} for code in codes]
        return sent

    def asked_of(*codes: str) -> Any:
        return called(signs(*codes)).asked.document["clinical"].get("urgent_signs", "not there")

    assert asked_of("none") == []
    assert asked_of("recent_trauma", "saddle_numbness") == ["recent_trauma", "saddle_numbness"]
    assert asked_of("unknown") == "unknown"
    assert asked_of() == "not there"
    for codes in (("none", "recent_trauma"), ("unknown", "recent_trauma"), ("none", "unknown")):
        (found,) = wrong(signs(*codes))
        assert sentence_is(found[1], "not_alone")
    (found,) = wrong(signs("headache"))
    assert found[0] == "value"
    assert "headache" in found[1]


def test_everything_that_is_wrong_comes_at_once_in_the_words_of_rest() -> None:
    asked = document(limb={"calf_circumference": 38.8, "malleolar_width": 300}, clinical={"skin": "pink"})
    sent = parameters(asked)
    part(sent, "limb", "heel_width")["valueQuantity"]["code"] = "furlong"
    part(sent, "patient", "weight")["valueQuantity"] = {"value": 82}
    sent["parameter"].append({"name": "nonsense", "valueCode": "x"})
    found = wrong(sent)
    assert len(found) == 6
    with pytest.raises(Refused) as rest:
        request_of(asked)
    messages = {one[1] for one in found}
    assert {problem.message for problem in rest.value.problems} <= messages
    assert len({one[2] for one in found}) == 6


@pytest.mark.hazard("H03")
def test_a_fault_in_another_unit_says_what_came() -> None:
    sent = parameters(document(), mixed)
    part(sent, "limb", "calf_circumference")["valueQuantity"]["value"] = 3.88
    (found,) = wrong(sent)
    assert (
        found[1] == "Right leg, calf circumference: 38.8 mm is below 160 mm. Did you mean 388 mm? (It came as 3.88 cm.)"
    )
    inches = parameters(document(), in_inches_and_pounds)
    part(inches, "limb", "calf_circumference")["valueQuantity"]["value"] = 1.5
    (found,) = wrong(inches)
    assert "1.5 in is below 6.299 in" in found[1]


def test_lengths_that_are_all_off_by_one_factor_are_said_to_be_so_and_not_converted() -> None:
    sent = parameters(document(), in_inches_and_pounds)
    for one in (inner for outer in sent["parameter"] for inner in outer["part"]):
        if one.get("valueQuantity", {}).get("code") == "[in_i]":
            one["valueQuantity"] |= {"unit": "mm", "code": "mm"}
    assert "these look like inches" in wrong(sent)[0][1]


# ------------------------------------------------------------------------------- the patient, and what is wished


def with_reference(**value: Any) -> Json:
    sent = parameters(document())
    part(sent, "patient")["part"].append({"name": "reference"} | value)
    return sent


STRANGE: list[Json] = [
    {"reference": "Patient/1", "display": "\u0000"},
    {"reference": "Patient/1", "display": " "},
    {"reference": "Patient/1", "display": "\ud800"},
    {"reference": "Patient/1", "display": "K" * 201},
    {"reference": "Patient/1", "type": "Group"},
    {"identifier": {"system": "urn x", "value": "1"}},
    {"identifier": {"value": ""}},
]


def test_the_patient_may_be_text_or_a_reference() -> None:
    text = called(with_reference(valueString="A-1027")).asked
    assert text.document["patient"]["reference"] == "A-1027"
    assert text.subject == {"type": "Patient", "identifier": {"value": "A-1027"}, "display": "A-1027"}
    link = called(with_reference(valueReference={"reference": "Patient/9", "display": "K"})).asked
    assert link.document["patient"]["reference"] == "Patient/9"
    assert link.subject == {"reference": "Patient/9", "display": "K"}
    named = {"identifier": {"system": "urn:x", "value": "77", "use": "usual"}}
    assert called(with_reference(valueReference=named)).asked.subject == {
        "identifier": {"system": "urn:x", "value": "77"}
    }
    for value in (
        {"reference": "Practitioner/1"},
        {"reference": "#p"},
        {},
        {"reference": 7},
        {"display": "K"},
        *STRANGE,
    ):
        (found,) = wrong(with_reference(valueReference=value))
        assert sentence_is(found[1], "not_a_reference"), value


def test_a_transaction_needs_a_patient_that_the_server_can_find() -> None:
    sent = parameters(document(), bundle="transaction")
    (found,) = wrong(sent)
    assert sentence_is(found[1], "no_patient")
    part(sent, "patient")["part"].append({"name": "reference", "valueReference": {"reference": "urn:uuid:1"}})
    assert sentence_is(wrong(sent)[0][1], "no_patient")
    part(sent, "patient")["part"][-1]["valueReference"] = {"reference": "Patient/1"}
    assert called(sent).wishes.transaction


def test_wishes_are_read_and_wrong_ones_refused() -> None:
    wishes = called(
        parameters(
            document(),
            document=["order", "patient"],
            paper="letter",
            language="es",
            print_size="large",
            taken="2026-11-20",
        )
    ).wishes
    assert wishes.documents == ("patient", "order")
    assert (wishes.printing.paper, wishes.printing.language, wishes.printing.large) == ("letter", "es", True)
    assert str(wishes.taken) == "2026-11-20"
    assert called(parameters(document())).wishes.documents == ("sheet",)
    assert called(parameters(document(), document="none")).wishes.documents == ()
    found = wrong(
        parameters(
            document(), document=["none", "sheet"], paper="a3", bundle="batch", taken="20.11.2026", language="de"
        )
    )
    assert len(found) == 5
    assert {one[2] for one in found} == {f"Parameters.parameter[{place}]" for place in (6, 7, 8, 9, 10)}
    assert sentence_is(wrong(parameters(document(), taken="2026-11-20T10:00"))[0][1], "not_a_time")


def test_beside_a_bundle_wishes_stand_in_the_address() -> None:
    query = (("bundle", "transaction"), ("document", "none"), ("_format", "json"))
    wishes = called(bundle(document()), query).wishes
    assert wishes.transaction
    assert wishes.documents == ()
    found = wrong(bundle(document()), (("weight", "82"), ("paper", "a3")))
    assert len(found) == 2
    assert sentence_is(wrong(parameters(document()), query)[0][1], "query")


def test_a_resource_in_parameters_is_read_with_the_parts_beside_it() -> None:
    asked = document()
    chart = {name: asked[name] for name in ("units", "patient")} | {"limbs": {}}
    sent = parameters(asked)
    sent["parameter"] = [one for one in sent["parameter"] if one["name"] != "patient"]
    sent["parameter"].append({"name": "resource", "resource": bundle(chart)})
    the_same(fit(request_of(asked), today=TODAY), fitted(sent))
    sent["parameter"].append({"name": "patient", "part": [{"name": "age_years", "valueInteger": 46}]})
    (found,) = wrong(sent)
    assert found[0] == "duplicate"
    place = len(sent["parameter"]) - 2
    sent["parameter"] = [*sent["parameter"][:-1], sent["parameter"][place]]
    assert wrong(sent)[0][0] == "duplicate"
    sent["parameter"][-1] = {"name": "resource", "resource": {"resourceType": "Patient"}}
    del sent["parameter"][place]
    assert sentence_is(wrong(sent)[0][1], "not_a_resource")


# ------------------------------------------------------------------------------- Bundles


def entries(*resources: Json, kind: str = "collection") -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}


def changed(change: Callable[[list[Json]], Any]) -> Json:
    """A good Bundle after a change of its resources: Patient, height, weight, age, then the leg."""
    sent = bundle(document())
    resources = [one["resource"] for one in sent["entry"]]
    change(resources)
    return entries(*resources)


def of(resources: list[Json], name: str) -> Json:
    return next(one for one in resources if name in str(one.get("code")))


BUNDLES: dict[str, tuple[Callable[[list[Json]], Any], str]] = {
    "a cancelled one": (lambda all_: of(all_, "29463-7").update(status="entered-in-error"), "status"),
    "no status": (lambda all_: of(all_, "29463-7").pop("status"), "status"),
    "a code nobody knows": (
        lambda all_: of(all_, "29463-7")["code"]["coding"][0].update(code="8867-4"),
        "unknown_observation",
    ),
    "a code without a system": (
        lambda all_: of(all_, "29463-7")["code"]["coding"][0].pop("system"),
        "unknown_observation",
    ),
    "two meanings": (
        lambda all_: of(all_, "29463-7")["code"]["coding"].append(TABLE["body_height"].coding),
        "two_meanings",
    ),
    "no side": (lambda all_: of(all_, "calf_circ").pop("bodySite"), "side_needed"),
    "a site without a side": (
        lambda all_: of(all_, "calf_circ")["bodySite"]["coding"][0].update(code="56459004"),
        "no_side",
    ),
    "two sides": (
        lambda all_: of(all_, "calf_circ")["bodySite"]["coding"].append({"system": SIDE, "code": "left"}),
        "two_sides",
    ),
    "a side of the whole body": (
        lambda all_: of(all_, "29463-7").update(bodySite=body_site("left", "", snomed=False)),
        "side_of_body",
    ),
    "another patient": (lambda all_: of(all_, "29463-7")["subject"].update(reference="Patient/p2"), "other_patient"),
    "two patients": (lambda all_: all_.append({"resourceType": "Patient", "id": "p1"}), "two_patients"),
    "part of a date": (lambda all_: all_[0].update(birthDate="1980"), "part_of_date"),
    "another resource": (lambda all_: all_.append({"resourceType": "Procedure"}), "not_observed"),
    "a foreign component": (
        lambda all_: of(all_, "calf_circ").update(component=[{"valueInteger": 1}]),
        "unknown_element",
    ),
    "another focus": (
        lambda all_: of(all_, "calf_circ").update(focus=[{"reference": "Patient/baby"}]),
        "unknown_element",
    ),
    "a modifier": (lambda all_: of(all_, "calf_circ").update(modifierExtension=[]), "unknown_element"),
    "no value": (lambda all_: of(all_, "calf_circ").pop("valueQuantity"), "no_value"),
    "a time that is none": (lambda all_: of(all_, "29463-7").update(effectiveDateTime="yesterday"), "not_a_time"),
    "a time that is no text": (lambda all_: of(all_, "29463-7").update(effectiveDateTime=2026), "not_a_time"),
    "a condition nobody knows": (lambda all_: all_.append({"resourceType": "Condition"}), "unknown_condition"),
}


@pytest.mark.hazard("H01")
@pytest.mark.parametrize("case", list(BUNDLES))
def test_an_observation_that_is_not_clear_is_refused(case: str) -> None:
    change, code = BUNDLES[case]
    found = wrong(changed(change))
    assert any(sentence_is(one[1], code) for one in found), found


@pytest.mark.hazard("H23")
def test_two_heights_are_refused_and_not_chosen_from() -> None:
    found = wrong(changed(lambda all_: all_.append(copy.deepcopy(of(all_, "8302-2")))))
    assert [one[0] for one in found] == ["duplicate"]


def test_lying_height_and_measured_weight_are_read_and_own_codes_as_well() -> None:
    def change(resources: list[Json]) -> None:
        of(resources, "8302-2")["code"]["coding"][0]["code"] = "8306-3"
        weight = of(resources, "29463-7")
        weight["code"]["coding"] = [{"system": MEASURE, "code": "weight"}]

    assert called(changed(change)).asked.request.patient.height_mm == 1780
    height = called(changed(lambda all_: of(all_, "29463-7")["code"]["coding"][0].update(code="3141-9")))
    assert height.asked.request.patient.weight_kg == 82


def test_the_patient_of_a_bundle_gives_sex_birth_and_name() -> None:
    def change(resources: list[Json]) -> None:
        resources[0] |= {
            "birthDate": "1980-02-28",
            "gender": "other",
            "name": [{"family": "Old", "use": "old"}, {"use": "official", "given": ["Ana", "B"], "family": "Ruiz"}],
        }

    patient = called(changed(change)).asked.request.patient
    assert (patient.name, patient.sex, str(patient.birth_date)) == ("Ana B Ruiz", "unspecified", "1980-02-28")
    assert patient.reference == "Patient/p1"
    absolute = called(
        changed(lambda all_: of(all_, "8302-2")["subject"].update(reference="https://x.example/r4/Patient/p1"))
    )
    assert absolute.asked.subject == {"reference": "Patient/p1"}


@pytest.mark.hazard("H01")
def test_a_condition_says_the_affected_side() -> None:
    def condition(code: str, **more: Any) -> Json:
        coded = {"coding": [{"system": ICD_10_CM, "code": code}]}
        return {"resourceType": "Condition", "code": coded, "subject": {"reference": "Patient/p1"}} | more

    right = called(changed(lambda all_: all_.append(condition("M21.371")))).asked.request.limbs["right"]
    assert right.clinical.affected_sides == ("right",)
    left = fitted(changed(lambda all_: all_.append(condition("M21.372")))).limbs["right"]
    assert "side_check" in [one.code for one in left.findings]
    unsaid = called(changed(lambda all_: all_.append(condition("M21.379")))).asked.request.limbs["right"]
    assert unsaid.clinical.affected_sides is None
    gone = {"clinicalStatus": {"coding": [{"system": "urn:x", "code": "resolved"}]}}
    assert sentence_is(wrong(changed(lambda all_: all_.append(condition("M21.371", **gone))))[0][1], "status")


def test_a_searchset_may_carry_what_the_server_says_of_the_search() -> None:
    sent = bundle(document())
    sent["type"] = "searchset"
    said = {"resource": {"resourceType": "OperationOutcome", "issue": []}, "search": {"mode": "outcome"}}
    sent["entry"].append(said)
    assert called(sent).asked.request.patient.weight_kg == 82
    sent["type"] = "transaction"
    assert sentence_is(wrong(sent)[0][1], "bundle_type")


def test_the_time_of_an_observation_is_kept() -> None:
    call = called(changed(lambda all_: of(all_, "29463-7").update(effectiveDateTime="2026-11-01")))
    made = bundle_of(fit(call.asked.request, today=TODAY), call.asked.document, Chart(at=AT), sent=call.asked.sent)
    weight = next(one["resource"] for one in made["entry"] if "29463-7" in str(one["resource"].get("code")))
    assert weight["effectiveDateTime"] == "2026-11-01"


# ------------------------------------------------------------------------------- answers to the questionnaire


def test_only_a_finished_answer_to_our_questionnaire_is_read() -> None:
    sent = response(document())
    assert called(sent | {"questionnaire": "urn:afofit:fhir:Questionnaire:afo-fitting|0.1.0"})
    assert sentence_is(wrong(sent | {"questionnaire": "urn:other"})[0][1], "not_this_questionnaire")
    assert sentence_is(wrong(sent | {"status": "in-progress"})[0][1], "status")
    assert called(sent | {"subject": {"reference": "Patient/1"}}).asked.subject == {"reference": "Patient/1"}


def test_an_item_in_the_wrong_place_is_refused_and_an_unanswered_one_says_nothing() -> None:
    sent = response(document())
    sent["item"][0]["item"] += [
        {"linkId": "patient.name"},
        {"linkId": "limb.heel_width", "answer": [{"valueInteger": 1}]},
    ]
    sent["item"][1]["item"].append({"linkId": "limb.toe_out", "answer": [{"valueQuantity": {"value": 5}}]})
    found = wrong(sent)
    assert [one[0] for one in found] == ["structure", "required"]
    assert found[0][2] == f"QuestionnaireResponse.item[0].item[{len(sent['item'][0]['item']) - 1}].answer[0].value"


# ------------------------------------------------------------------------------- no resource, and too much of it


@pytest.mark.parametrize("sent", [None, [], "x", 7, {}, {"resourceType": "Patient"}, {"resourceType": ["Parameters"]}])
def test_what_is_no_resource_that_is_read_is_refused(sent: Any) -> None:
    (found,) = wrong(sent)
    assert sentence_is(found[1], "not_a_resource")


def test_an_empty_resource_says_what_is_missing() -> None:
    assert [one[1].split(":")[0] for one in wrong({"resourceType": "Parameters"})] == ["Patient", "Limbs"]


def test_what_lies_very_deep_is_not_followed() -> None:
    for key, name, outer in (("part", "name", "parameter"), ("item", "linkId", "item")):
        deep: Json = {name: "clinical"}
        for _ in range(300):
            deep = {name: "clinical", key: [deep]}
        kind = "Parameters" if key == "part" else "QuestionnaireResponse"
        found = wrong({"resourceType": kind, outer: [deep]})
        assert any(sentence_is(one[1], "too_deep") for one in found)


def test_a_million_bytes_of_nonsense_are_answered_soon() -> None:
    many = {"resourceType": "Parameters", "parameter": [{"name": "limb", "part": [{"name": "x"}] * 30_000}]}
    assert len(wrong(many)) > 20_000
    crowd = [{"resourceType": "Patient", "id": "p", "identifier": [{"value": str(one)} for one in range(9000)]}]
    crowd += [observation(TABLE["body_height"].coding, "Quantity", {}, f"Patient/{one}") for one in range(4000)]
    assert len(wrong(entries(*crowd))) > 4000


def test_every_sentence_names_what_came_and_what_to_do() -> None:
    for code, text in SENTENCES.items():
        assert text.endswith((".", ".)")), code
        acts = ("Send", "Leave", "Make", "Check", "Write", "Name", "Answer", "It came")
        assert any(act in text for act in acts), code
        assert "{received}" in text or "no " in text.lower(), code


def test_a_fault_tells_its_sentence() -> None:
    assert Fault("twice", "duplicate", 3, "1").message("Weight") == (
        "Weight: it came 3 times, and at most 1 counts. Send what counts."
    )
