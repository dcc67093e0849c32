"""What is read from a chart, rule by rule: names, numbers, units, ages of values, problems and sides."""

from datetime import date, timedelta
from typing import Any

import pytest

from afofit.fitting.vocabulary import DIAGNOSES
from afofit.smart import conditions, measures, persons
from afofit.smart.discovery import Configuration
from afofit.smart.facts import Fact
from afofit.smart.scopes import Granted, wanted
from tests.smart.servers import HEIGHT, WEIGHT, measured, person, problem

TODAY = date(2026, 6, 1)
ADULT, CHILD = date(1980, 2, 28), date(2020, 2, 28)
SNOMED = "http://snomed.info/sct"


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def read(*observations: dict[str, Any], born: date | None = ADULT) -> list[tuple[str, float | str | None, str]]:
    return [(one.field, one.value, one.doubt) for one in measures.facts(observations, born, TODAY)]


@pytest.mark.hazard("H28")
@pytest.mark.parametrize(
    ("value", "unit", "mm"),
    [(172, "cm", 1720.0), (1.72, "m", 1720.0), (1720, "mm", 1720.0), (67.5, "[in_i]", 1714.5)],
)
def test_heights_in_every_unit(value: float, unit: str, mm: float) -> None:
    assert read(measured(HEIGHT, value, unit, ago(3))) == [("height", mm, "")]


@pytest.mark.hazard("H28")
@pytest.mark.parametrize(
    ("value", "unit", "kg"), [(70.5, "kg", 70.5), (70500, "g", 70.5), (150, "[lb_av]", 68.0388555)]
)
def test_weights_in_every_unit(value: float, unit: str, kg: float) -> None:
    assert read(measured(WEIGHT, value, unit, ago(3))) == [("weight", kg, "")]


@pytest.mark.hazard("H23", "H28")
@pytest.mark.parametrize(
    ("quantity", "doubt"),
    [
        ({"value": 172, "unit": "cm"}, "no_unit"),
        ({"value": 172}, "no_unit"),
        ({"unit": "cm", "system": "http://unitsofmeasure.org", "code": "cm"}, "no_unit"),
        ({"value": True, "system": "http://unitsofmeasure.org", "code": "cm"}, "no_unit"),
        ({"value": 172, "unit": "in", "system": "http://unitsofmeasure.org", "code": "cm"}, "no_unit"),
        ({"value": 172, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}, "no_unit"),
        ({"value": 172, "system": "http://unitsofmeasure.org", "code": "cm", "comparator": ">"}, "about"),
        ({"value": 17.2, "system": "http://unitsofmeasure.org", "code": "cm"}, "implausible"),
        ({"value": 1720, "system": "http://unitsofmeasure.org", "code": "cm"}, "implausible"),
    ],
)
def test_quantities_that_are_not_taken(quantity: dict[str, Any], doubt: str) -> None:
    assert read(measured(HEIGHT, 1, "cm", ago(3), valueQuantity=quantity))[0][2] == doubt


@pytest.mark.hazard("H23", "H29")
@pytest.mark.parametrize(
    ("days", "born", "doubt"),
    [
        (365, ADULT, ""),
        (366, ADULT, "old"),
        (92, CHILD, ""),
        (93, CHILD, "old"),
        # Who may be a child counts as one.
        (92, None, ""),
        (93, None, "old"),
        (-1, ADULT, ""),
        (-2, ADULT, "future"),
    ],
)
def test_how_old_a_value_may_be(days: int, born: date | None, doubt: str) -> None:
    assert read(measured(HEIGHT, 172, "cm", ago(days)), born=born)[0][2] == doubt


def test_the_day_somebody_comes_of_age() -> None:
    for born, doubt in ((date(2008, 6, 1), ""), (date(2008, 6, 2), "old")):
        assert read(measured(HEIGHT, 172, "cm", ago(200)), born=born)[0][2] == doubt


def test_the_newest_counts_and_older_ones_are_shown() -> None:
    old, new = measured(WEIGHT, 66, "kg", ago(30)), measured(WEIGHT, 70, "kg", ago(3))
    assert read(old, new) == [("weight", 70.0, ""), ("weight", 66.0, "earlier")]
    # The last of one day counts by its time.
    morning, noon = (
        measured(WEIGHT, kg, "kg", f"{ago(3)}T{at}:00+02:00") for kg, at in ((70, "08:00"), (70.4, "12:00"))
    )
    assert read(morning, noon) == [("weight", 70.4, ""), ("weight", 70.0, "earlier")]
    # A newest one that cannot be read does not make the one before it the newest.
    unread = measured(WEIGHT, 1, "kg", ago(1), valueQuantity={"value": 71, "unit": "kg"})
    assert [one[2] for one in read(new, unread)] == ["no_unit", "earlier"]


@pytest.mark.hazard("H29")
def test_two_values_of_one_moment_contradict() -> None:
    one, other = measured(HEIGHT, 172, "cm", ago(3)), measured(HEIGHT, 168, "cm", ago(3))
    assert [found[2] for found in read(one, other)] == ["several", "several"]
    # Where one of them does not say its time, nobody knows which is the later.
    timed = measured(HEIGHT, 168, "cm", f"{ago(3)}T12:00:00Z")
    assert [found[2] for found in read(one, timed)] == ["several", "several"]
    assert read(one, one) == [("height", 1720.0, "")]
    assert read(one, measured(HEIGHT, 1720, "mm", ago(3)))[0] == ("height", 1720.0, "")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"status": "entered-in-error"}, []),
        ({"status": "cancelled"}, []),
        ({"status": "preliminary"}, ["preliminary"]),
        ({"status": "unknown"}, ["preliminary"]),
        ({"status": "amended"}, [""]),
        ({"code": {"coding": [{"system": "http://loinc.org", "code": "39156-5"}]}}, []),
        ({"code": {"text": "Body height"}}, []),
        ({"code": {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.1", "code": "8306-3"}]}}, [""]),
        ({"effectiveDateTime": None}, ["undated"]),
        ({"effectiveDateTime": "2026-13-40"}, ["undated"]),
        ({"effectiveDateTime": "2026"}, [""]),
        ({"effectiveDateTime": "2025"}, ["old"]),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": ago(400), "end": ago(2)}}, [""]),
        ({"effectiveDateTime": None, "effectiveInstant": f"{ago(2)}T10:00:00Z"}, [""]),
        ({"valueQuantity": None}, ["no_unit"]),
        ({"valueQuantity": "172 cm"}, ["no_unit"]),
    ],
)
def test_observations_of_every_kind(changes: dict[str, Any], found: list[str]) -> None:
    assert [one[2] for one in read(measured(HEIGHT, 172, "cm", ago(3)) | changes)] == found


def facts(patient: dict[str, Any], field: str) -> list[Fact]:
    return [one for one in persons.facts(patient, TODAY) if one.field == field]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([{"text": "Kim A. Doe"}], ["Kim A. Doe"]),
        ([{"given": ["Kim", "Alex"], "family": "Doe"}], ["Kim Alex Doe"]),
        ([{"use": "official", "text": "Kim Doe"}, {"use": "nickname", "text": "Kimmy"}], ["Kim Doe"]),
        ([{"use": "maiden", "text": "Kim Roe"}, {"text": "Kim Doe"}], ["Kim Doe"]),
        ([{"text": "Kim Roe", "period": {"end": "2020"}}, {"text": "Kim Doe"}], ["Kim Doe"]),
        ([{"use": "official", "text": "Kim Doe"}, {"use": "official", "text": "Kim Roe"}], ["Kim Doe", "Kim Roe"]),
        ([{"text": "Kim Doe"}, {"text": "Kim  Doe"}], ["Kim Doe"]),
        ([], []),
        ("Kim Doe", []),
        ([{"given": "Kim"}], []),
    ],
)
def test_names(names: Any, shown: list[str]) -> None:
    found = facts(person(name_=None) | {"name": names}, "name")
    assert [one.shown for one in found] == shown
    assert all(one.ready is (len(shown) == 1) for one in found)


def test_the_number_of_the_record_and_none_given_by_a_state() -> None:
    role = "http://terminology.hl7.org/CodeSystem/v2-0203"
    own = {"type": {"coding": [{"system": role, "code": "MR"}]}, "value": "A-1"}
    other = {"system": "urn:other", "value": "X-9"}
    passport = {"type": {"coding": [{"system": role, "code": "PPN"}]}, "value": "P-1"}
    security = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6789"}
    former = own | {"use": "old", "value": "A-0"}
    cases: list[tuple[list[Any], list[str], bool]] = [
        ([own, other, security], ["A-1"], True),
        ([former, own], ["A-1"], True),
        ([other], ["X-9"], True),
        ([security, passport], [], True),
        ([other, {"system": "urn:more", "value": "Y-8"}], ["X-9", "Y-8"], False),
        ([own, own | {"value": "A-2"}], ["A-1", "A-2"], False),
        ([], [], True),
    ]
    for identifiers, shown, ready in cases:
        found = facts(person(identifier=identifiers), "reference")
        assert [one.shown for one in found] == shown
        assert all(one.ready is ready for one in found)


@pytest.mark.parametrize(
    ("born", "doubt"),
    [
        ("1980-02-28", ""),
        ("1980-02", "part_of_date"),
        ("1980", "part_of_date"),
        ("2026-06-02", "future"),
        ("1980-02-30", "part_of_date"),
        (None, None),
    ],
)
def test_dates_of_birth(born: str | None, doubt: str | None) -> None:
    found = facts(person(birthDate=born), "birth_date")
    assert [one.doubt for one in found] == ([] if doubt is None else [doubt])


@pytest.mark.parametrize(
    ("gender", "value"), [("female", "female"), ("male", "male"), ("other", None), ("unknown", None)]
)
def test_sex_is_not_guessed(gender: str, value: str | None) -> None:
    (found,) = facts(person(gender=gender), "sex")
    assert found.value == value
    assert found.ready is (value is not None)


def test_what_must_be_known_first() -> None:
    assert persons.notices(person()) == []
    told = person(deceasedBoolean=True, active=False, link=[{"type": "replaced-by", "other": {}}])
    assert persons.notices(told) == ["deceased", "inactive", "replaced"]
    assert persons.notices(person(deceasedDateTime="2026-01-01")) == ["deceased"]
    assert persons.notices(person(deceasedBoolean=False, active=True)) == []


def said(*problems: dict[str, Any]) -> list[tuple[str, float | str | None, str]]:
    return [(one.field, one.value, one.doubt) for one in conditions.problems(problems).facts]


@pytest.mark.parametrize(
    ("code", "diagnosis"),
    [
        ("G57.30", "peroneal_nerve_injury"),
        ("S84.11XA", "peroneal_nerve_injury"),
        ("G35", "multiple_sclerosis"),
        ("G35.D", "multiple_sclerosis"),
        ("I63.9", "stroke"),
        ("I69.351", "stroke"),
        ("G60.0", "charcot_marie_tooth"),
        ("G80.1", "cerebral_palsy"),
        ("G12.21", "als"),
        ("g71.09", "muscular_dystrophy"),
        ("M5416", "lumbar_radiculopathy"),
        ("E11.42", "diabetic_neuropathy"),
        ("Q05.7", "spina_bifida"),
        ("B91", "poliomyelitis"),
        ("G12.20", None),
        ("G60.9", None),
        ("E11.43", None),
        ("E11.9", None),
        ("M54.12", None),
        ("I69.8", None),
        ("Q76.0", None),
        ("G57.20", None),
        ("M21.379", None),
    ],
)
def test_diagnoses_by_icd_10_cm(code: str, diagnosis: str | None) -> None:
    found = [value for field, value, _ in said(problem(code, "x")) if field == "diagnosis"]
    assert found == ([] if diagnosis is None else [diagnosis])


def test_diagnoses_by_snomed_and_by_nothing_else() -> None:
    assert said(problem("24700007", "Multiple sclerosis", system=SNOMED)) == [("diagnosis", "multiple_sclerosis", "")]
    assert said(problem("24700007", "Multiple sclerosis", system="urn:oid:2.16.840.1.113883.6.96"))[0][1]
    assert said(problem("G35", "Multiple sclerosis", system="http://hl7.org/fhir/sid/icd-10")) == []
    assert said(problem("24700007", "x")) == []
    unknown = conditions.problems([problem("I10", "Hypertension"), {"resourceType": "Condition"}])
    assert unknown.others == ["I10 Hypertension", "?"]


def test_the_table_names_what_the_form_knows_and_every_snomed_code_has_its_check_digit() -> None:
    table = conditions.table()
    known = {code for code, _ in DIAGNOSES} - {"other"}
    assert set(table.by_icd.values()) == known
    assert set(table.by_snomed.values()) <= known
    for code in table.by_snomed:
        assert verhoeff(code) == 0, code
    assert verhoeff("24700008") != 0
    assert {one["document"] for one in table.sources.values()}


def verhoeff(code: str) -> int:
    """The check of a SNOMED CT identifier: 0 where its last digit is right."""
    times = [
        [(a + b) % 5 + 5 * ((a >= 5) ^ (b >= 5)) if not a >= 5 else (a - b) % 5 + 5 * (not b >= 5) for b in range(10)]
        for a in range(10)
    ]
    turn = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    check = 0
    for place, digit in enumerate(reversed(code)):
        number = int(digit)
        for _ in range(place % 8):
            number = turn[number]
        check = times[check][number]
    return check


@pytest.mark.hazard("H23", "H29")
@pytest.mark.parametrize(
    ("problems", "sides"),
    [
        (["M21.371"], [("right", "")]),
        (["M21.372"], [("left", "")]),
        (["M21.379"], []),
        (["M21.371", "M21.372"], [("left right", "")]),
        (["G57.33"], [("left right", "")]),
        (["M21.371", "G57.31"], [("right", "")]),
        (["M21.371", "G57.32"], [("right", "several"), ("left", "several")]),
        (["I69.351"], []),
        (["S84.12XD"], [("left", "")]),
    ],
)
def test_sides(problems: list[str], sides: list[tuple[str, str]]) -> None:
    found = [
        (value, doubt)
        for field, value, doubt in said(*(problem(code, "x") for code in problems))
        if field == "affected_sides"
    ]
    assert sorted(found) == sorted(sides)  # type: ignore[type-var]


def verified(code: str) -> dict[str, Any]:
    return {"verificationStatus": {"coding": [{"code": code}]}}


def test_what_holds_what_does_not_and_what_contradicts() -> None:
    ms = problem("G35", "Multiple sclerosis")
    assert said(ms) == [("diagnosis", "multiple_sclerosis", "")]
    assert said(ms | verified("confirmed")) == [("diagnosis", "multiple_sclerosis", "")]
    assert said(ms | verified("provisional")) == [("diagnosis", "multiple_sclerosis", "provisional")]
    for code in ("refuted", "entered-in-error"):
        assert said(ms | verified(code)) == []
    for status in ("inactive", "remission", "resolved"):
        assert said(problem("G35", "x", status=status)) == [("diagnosis", "multiple_sclerosis", "past")]
    assert said({**ms, "clinicalStatus": None}) == [("diagnosis", "multiple_sclerosis", "status_unknown")]
    both = said(ms, problem("I63.9", "Stroke"))
    assert {doubt for _, _, doubt in both} == {"several"}
    # What is over does not contradict what holds; the same noted twice is one.
    assert ("diagnosis", "multiple_sclerosis", "") in said(ms, problem("I63.9", "x", status="resolved"), ms)
    assert len(said(ms, ms)) == 1


def test_grants_in_both_ways_of_writing() -> None:
    for scope, deeds in (
        ("patient/Observation.rs", "rs"),
        ("patient/Observation.read", "rs"),
        ("patient/*.cruds", "cruds"),
        ("patient/*.*", "cruds"),
        ("patient/Observation.write", "cud"),
        ("patient/Observation.c", "c"),
        ("patient/Observation.rs?category=vital-signs", "rs"),
        ("user/Observation.r", "r"),
        ("patient/Condition.rs", ""),
        ("patient/Observation.xyz", ""),
        ("patient/Observation", ""),
        ("system/Observation.rs", ""),
    ):
        granted = Granted((scope,))
        assert "".join(deed for deed in "cruds" if granted.may(deed, "Observation")) == "".join(
            deed for deed in "cruds" if deed in deeds
        ), scope
    assert Granted.of(None, ("openid",)).openid
    assert not Granted.of("", ("openid",)).openid


def test_what_is_asked_for() -> None:
    two = Configuration("https://ehr.example", "a", "t", capabilities=("permission-v2",))
    assert wanted(two, from_ehr=True, online=False)[0] == "launch"
    assert wanted(two, from_ehr=False, online=True)[:4] == ("launch/patient", "openid", "fhirUser", "online_access")
    assert Configuration.of_json(two.as_json()) == two
