"""The frozen code table: each code is a possible code, has its source, and its other side is the other side."""

from datetime import date

import pytest

from afofit.fhir.codes import (
    CODES,
    HEIGHT_CODES,
    ICD_10_CM,
    LOINC,
    MEASURE,
    SIDE_OF,
    SITES,
    SNOMED,
    TABLE,
    WEIGHT_CODES,
    Code,
    body_site,
)
from afofit.fhir.elements import UNITS
from afofit.fhir.form import FORM, LEG
from afofit.fhir.issues import SEVERITY
from afofit.fhir.observing import SHOE_NUMBERS
from afofit.fhir.published import published
from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.values import SIDES
from afofit.fitting.vocabulary import GROUPS
from afofit.words.findings import TITLES
from tests.examples import EXAMPLES
from tests.fitting.people import fitted

# Verhoeff's dihedral check (1969): the table of the group D5, and the permutation for each place.
PRODUCT = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
TURN = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
LISTED = {
    "body_height": "8302-2",
    "body_height_lying": "8306-3",
    "body_weight": "29463-7",
    "body_weight_measured": "3141-9",
    "progress_note": "11506-3",
    "left_foot": "22335008",
    "right_foot": "7769000",
    "left_ankle": "51636004",
    "right_ankle": "6685009",
    "left_lower_leg": "48979004",
    "right_lower_leg": "32696007",
    "foot_drop_right": "M21.371",
    "foot_drop_left": "M21.372",
    "foot_drop_unspecified": "M21.379",
}
"""The codes as the specification of the integration lists them, written down here a second time."""


def verhoeff(digits: str) -> int:
    """0 for a number whose check digit is right."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        turned = int(digit)
        for _ in range(place):
            turned = TURN[turned]
        check = PRODUCT[check][turned]
    return check


def mod_10(code: str) -> bool:
    """LOINC's check digit: doubled from the right, as on a bank card."""
    number, _, check = code.partition("-")
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    total = sum(one // 10 + one % 10 for one in doubled)
    return (10 - total % 10) % 10 == int(check)


def test_the_checks_find_a_wrong_digit() -> None:
    assert verhoeff("22335008") == 0
    assert verhoeff("22335009") != 0
    assert verhoeff("23235008") != 0
    assert mod_10("8302-2")
    assert not mod_10("8302-3")
    assert not mod_10("8320-2")


@pytest.mark.parametrize("one", CODES, ids=lambda one: one.concept)
def test_every_code_has_a_right_check_digit(one: Code) -> None:
    if one.system == SNOMED:
        assert verhoeff(one.code) == 0
        assert one.code[-3:-1] == "00"  # a concept of the International Edition
    elif one.system == LOINC:
        assert mod_10(one.code)
    else:
        assert one.system == ICD_10_CM


@pytest.mark.parametrize("one", CODES, ids=lambda one: one.concept)
def test_every_code_has_a_source(one: Code) -> None:
    assert one.origin.document
    assert one.origin.address.startswith("http")
    assert date(2026, 1, 1) <= one.origin.read_on <= date.today()


def test_the_table_is_what_was_specified() -> None:
    assert {one.concept: one.code for one in CODES} == LISTED
    assert len({(one.system, one.code) for one in CODES}) == len(CODES)
    assert HEIGHT_CODES == ("8302-2", "8306-3")
    assert WEIGHT_CODES == ("29463-7", "3141-9")


@pytest.mark.hazard("H01")
def test_left_and_right_are_pairs_that_say_their_side() -> None:
    sided = [one for one in CODES if one.partner]
    assert len(sided) == 8
    for one in sided:
        other = TABLE[one.partner or ""]
        assert other.partner == one.concept
        assert other.system == one.system
        assert other.code != one.code
        side, away = ("left", "right") if "left" in one.concept else ("right", "left")
        assert side in one.display
        assert away not in one.display
        assert one.display.replace(side, away) == other.display
        assert one.concept.replace(side, away) == other.concept


@pytest.mark.hazard("H01")
def test_a_body_site_says_the_side_that_is_read_from_it() -> None:
    for side in SIDES:
        for site in set(SITES.values()):
            for snomed in (True, False):
                written = body_site(side, site, snomed=snomed)
                read = {SIDE_OF[one["system"], one["code"]] for one in written["coding"]}
                assert read == {side}
                assert side.capitalize() in written["text"]
                assert len(written["coding"]) == (2 if snomed else 1)
                assert any(one["system"] == SNOMED for one in written["coding"]) is snomed


def test_every_measurement_has_its_place() -> None:
    assert set(SITES) == {one.name for one in MEASUREMENTS}
    assert SITES["foot_length"] == "foot"
    assert SITES["calf_circumference"] == "lower_leg"
    assert SITES["malleolar_width"] == "ankle"


def test_one_code_for_every_name_of_the_contract() -> None:
    concepts = published()["CodeSystem"]["afo-measure"]["concept"]
    codes = [one["code"] for one in concepts]
    assert len(codes) == len(set(codes))
    fields = {field.name for group in GROUPS.values() for field in group}
    assert set(codes) == fields | {one.name for one in (*MEASUREMENTS, *DIMENSIONS)} | set(SHOE_NUMBERS)
    by_code = {one["code"]: one for one in concepts}
    for one in MEASUREMENTS:
        assert one.hint[1:] in by_code[one.name]["definition"]
        assert one.how in by_code[one.name]["definition"]


def test_every_choice_and_every_finding_has_a_code() -> None:
    systems = {
        one["url"]: {concept["code"] for concept in one.get("concept", ())}
        for one in published()["CodeSystem"].values()
    }
    for group, fields in GROUPS.items():
        for field in fields:
            if field.choices:
                (item,) = [
                    one
                    for part in FORM.members
                    for one in part.members
                    if one.name == field.name and (part.name == group or (part is LEG and group == "limb"))
                ]
                assert systems[item.system] >= set(field.values)
                assert ("unknown" in systems[item.system]) is field.unknown
    assert systems["urn:afofit:fhir:CodeSystem:afo-finding"] == set(TITLES)
    assert set(SEVERITY) == {"stop", "caution", "advice"}


def test_the_numbers_of_a_shoe_all_have_words() -> None:
    named = {
        name
        for one in EXAMPLES
        for leg in fitted(one["request"]).limbs.values()
        if leg.shoe
        for name in leg.shoe.values
    }
    assert named
    assert named <= set(SHOE_NUMBERS)


def test_every_unit_of_a_result_has_a_ucum_code() -> None:
    assert {one.unit for one in DIMENSIONS} <= set(UNITS)
    assert MEASURE == "urn:afofit:fhir:CodeSystem:afo-measure"
