"""A clinic's own protocol: the default with some numbers changed, within bounds, and told in every result."""

import copy
from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from afofit.fitting.parameter import BoundsFault, OutOfBounds
from afofit.fitting.plan import fit
from afofit.fitting.protocol import Protocol, default, default_text, load
from afofit.fitting.request import Request
from afofit.fitting.result import Fitting
from afofit.fitting.values import SHEETS_MM, Value
from afofit.words.findings import message
from afofit.words.patient import content
from tests.examples import request_of
from tests.fitting import people

HIGHEST = "proximal_trim_offset_max_mm/lowered"
LEAST = "proximal_trim_offset_min_mm/lowered"


def own(changes: dict[str, float]) -> Protocol:
    return default().changed("own", 3, changes)


def faults(changes: dict[str, float]) -> list[BoundsFault]:
    with pytest.raises(OutOfBounds) as raised:
        own(changes)
    return list(raised.value.faults)


def kinds(changes: dict[str, float]) -> list[str]:
    return [fault.kind for fault in faults(changes)]


def e1() -> Request:
    return people.request_of(request_of("E1"))


def with_own(changes: dict[str, float], request: Request | None = None) -> Fitting:
    return fit(request or e1(), today=people.TODAY, protocol=own(changes))


def below(value: Value) -> dict[str, Value]:
    """Every value that a value is built on, by name."""
    return {one.name: one for one in value.inputs} | {
        name: deeper for one in value.inputs for name, deeper in below(one).items()
    }


def test_a_changed_number_changes_the_brace_by_hand() -> None:
    # 0.085 · 455 = 38.675: held at 38 by the default, top edge 455 − 38 = 417; held at 30 the edge is 455 − 30 = 425.
    usual = fit(e1(), today=people.TODAY).limbs["right"].dimensions
    changed = with_own({HIGHEST: 30}).limbs["right"].dimensions
    assert usual["proximal_trim_height_mm"].magnitude == pytest.approx(417)
    assert changed["proximal_trim_offset_mm"].magnitude == pytest.approx(30)
    assert changed["proximal_trim_height_mm"].magnitude == pytest.approx(425)


def test_a_changed_number_says_who_set_it_and_what_the_default_is() -> None:
    limb = with_own({HIGHEST: 30}).limbs["right"]
    inputs = below(limb.dimensions["proximal_trim_height_mm"])
    source = inputs["proximal_trim_offset_max_mm"].source
    assert source.text == (
        "Set by the clinic, instead of the default value 38 from "
        "Clinical reference 2.1: 38 mm is the limit of PDAC L1960"
    )
    assert (source.grade, source.basis) == ("D", "derived")
    assert inputs["proximal_trim_share"].source is default().parameters["proximal_trim_share"].source


def test_another_case_of_the_same_parameter_keeps_its_source() -> None:
    parameter = own({HIGHEST: 30}).parameters["proximal_trim_offset_max_mm"]
    untouched = default().parameters["proximal_trim_offset_max_mm"]
    assert parameter.value("standard") == untouched.value("standard")
    assert parameter.source_of("standard") is untouched.source
    assert parameter.source_of("lowered") is not untouched.source


def test_a_fitting_names_its_protocol_and_recomputes_the_same() -> None:
    changes = {HIGHEST: 30.0, "wear_plan/call_after_min": 15.0}
    first = with_own(changes)
    assert (first.protocol_name, first.protocol_version) == ("own", 3)
    again = fit(e1(), today=people.TODAY, protocol=load(default_text()).changed("own", 3, changes))
    assert again.wear == first.wear
    for name, value in first.limbs["right"].dimensions.items():
        other = again.limbs["right"].dimensions[name]
        assert (other.magnitude, other.formula, other.source.text) == (
            value.magnitude,
            value.formula,
            value.source.text,
        )


def test_the_default_is_untouched() -> None:
    before = fit(e1(), today=people.TODAY)
    numbers = {key: parameter.values[case] for key, (parameter, case) in default().numbers.items()}
    changed = own({HIGHEST: 30, "over_weight_kg/all": 100, "review_months/to_12": 3})
    assert changed.number("over_weight_kg") == 100
    assert default().number("over_weight_kg") == 120
    assert {key: parameter.values[case] for key, (parameter, case) in default().numbers.items()} == numbers
    assert fit(e1(), today=people.TODAY) == before
    assert (default().name, default().version) == ("default", 1)


def test_a_protocol_made_by_replacing_shares_no_memory() -> None:
    heavy = default().parameters["over_weight_kg"].changed({"all": 100})
    replaced = replace(default(), parameters={**default().parameters, "over_weight_kg": heavy})
    assert (replaced.number("over_weight_kg"), default().number("over_weight_kg")) == (100, 120)


@pytest.mark.parametrize("key", sorted(default().numbers))
def test_the_default_number_is_no_change(key: str) -> None:
    parameter, case = default().numbers[key]
    changed, _ = own({key: parameter.values[case]}).numbers[key]
    assert changed.set_by_clinic == {}
    assert changed.source_of(case) is parameter.source


@pytest.mark.parametrize("key", sorted(default().numbers))
@pytest.mark.parametrize("end", [0, 1])
def test_both_ends_of_the_bounds_are_allowed_and_beyond_is_not(key: str, end: int) -> None:
    parameter, case = default().numbers[key]
    edge = parameter.bounds[case][end]
    # Judged alone: whole numbers, sheets and neighbours are tested below.
    alone = replace(parameter, whole=False, allowed=())
    assert alone.fault(case, edge) is None
    beyond = alone.fault(case, edge + (0.001 if end else -0.001))
    assert beyond is not None
    assert beyond.kind in ("below", "above", "sign")
    assert (beyond.low, beyond.high) == parameter.bounds[case]


def test_bounds_are_half_of_the_default_to_both_sides_unless_published() -> None:
    # over_weight_kg 120: 60 to 180. fibular_relief_mm: 4 to 6 are published.
    assert own({"over_weight_kg/all": 60}).number("over_weight_kg") == 60
    assert own({"over_weight_kg/all": 180}).number("over_weight_kg") == 180
    assert faults({"over_weight_kg/all": 59.9}) == [BoundsFault("over_weight_kg/all", 59.9, 60, 180, "below")]
    assert faults({"fibular_relief_mm/all": 6.1}) == [BoundsFault("fibular_relief_mm/all", 6.1, 4, 6, "above")]
    # −5 · 0.5 = −2.5 and −5 · 1.5 = −7.5
    assert faults({"borderline_dorsiflexion_deg/all": -8}) == [
        BoundsFault("borderline_dorsiflexion_deg/all", -8, -7.5, -2.5, "below")
    ]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    changes = {
        "no_such_number/all": 1.0,
        "fibular_relief_mm/adult": 5.0,
        "fibular_relief_mm": 5.0,
        "over_weight_kg/all": nan,
        "fibular_relief_mm/all": inf,
        "borderline_dorsiflexion_deg/all": 5.0,
        "sulcus_share/all": 0.2,
        "leaf_share/all": 0.3,
        LEAST: 30.0,
        HIGHEST: 20.0,
        "review_months/to_12": 3.5,
        "thickness/others/45": 5.0,
    }
    found = {fault.key: fault.kind for fault in faults(changes)}
    assert found == {
        "no_such_number/all": "unknown",
        "fibular_relief_mm/adult": "unknown",
        "fibular_relief_mm": "unknown",
        "over_weight_kg/all": "not_finite",
        "fibular_relief_mm/all": "not_finite",
        "borderline_dorsiflexion_deg/all": "sign",
        "sulcus_share/all": "above",
        LEAST: "crossed",
        "review_months/to_12": "not_whole",
        "thickness/others/45": "not_allowed",
    }
    with pytest.raises(ValueError, match=r"no_such_number/all = 1\.0: unknown"):
        own(changes)


def test_a_minimum_above_its_maximum_says_what_it_must_stay_below() -> None:
    # Minimum 20 (10 to 30), maximum 38 (19 to 57).
    assert faults({LEAST: 30, HIGHEST: 20}) == [BoundsFault(LEAST, 30, 10, 20, "crossed")]
    assert faults({HIGHEST: 19}) == [BoundsFault(HIGHEST, 19, 20, 57, "crossed")]
    assert own({LEAST: 25, HIGHEST: 25}).parameters["proximal_trim_offset_max_mm"].values["lowered"] == 25


@pytest.mark.parametrize(
    "changes",
    [
        {"build_up_large_mm/all": 30, "build_up_refer_mm/all": 25},
        {"build_up_refer_mm/all": 45, "build_up_withheld_mm/all": 40},
        {"size_increase_cap_mm/all": 11},
        {"wear_plan/call_after_min": 30, "wear_plan/stop_after_min": 25},
        {"thickness/others/100": 4},
    ],
)
def test_what_comes_first_never_lies_above_what_follows(changes: dict[str, float]) -> None:
    assert kinds(changes) == ["crossed"]


def test_a_text_with_a_minimum_above_its_maximum_is_refused() -> None:
    text = default_text().replace(
        "values = { standard = 15, lowered = 20 }", "values = { standard = 31, lowered = 20 }"
    )
    with pytest.raises(ValueError, match="proximal_trim_offset_min_mm/standard"):
        load(text)


def test_a_text_of_a_version_without_some_numbers_is_read() -> None:
    name = 'name = "build_up_large_mm"'
    first, _, rest = default_text().partition(f"[[parameter]]\n{name}")
    older = load(first + rest[rest.index("[[parameter]]") :])
    assert "build_up_large_mm" not in older.parameters
    assert older.changed("own", 1, {"build_up_refer_mm/all": 25}).number("build_up_refer_mm") == 25


def test_the_text_of_the_default_rebuilds_it() -> None:
    rebuilt = load(default_text())
    assert {key: one.values[case] for key, (one, case) in rebuilt.numbers.items()} == {
        key: one.values[case] for key, (one, case) in default().numbers.items()
    }
    assert rebuilt.wear == default().wear


def test_changes_add_up_and_always_tell_the_default() -> None:
    first = own({HIGHEST: 30, "over_weight_kg/all": 100})
    second = first.changed("own", 4, {HIGHEST: 35})
    parameter = second.parameters["proximal_trim_offset_max_mm"]
    assert (parameter.values["lowered"], second.number("over_weight_kg")) == (35, 100)
    assert "instead of the default value 38 from Clinical" in parameter.source_of("lowered").text
    back = second.changed("own", 5, {HIGHEST: 38}).parameters["proximal_trim_offset_max_mm"]
    assert back.source_of("lowered") is default().parameters["proximal_trim_offset_max_mm"].source
    # The bounds are those of the default 38 (19 to 57), not of 30 (15 to 45).
    assert first.changed("own", 4, {HIGHEST: 57}).parameters["proximal_trim_offset_max_mm"].values["lowered"] == 57


@pytest.mark.parametrize(
    ("key", "number"),
    [("thickness/others/75", 4), ("thickness/others/100", 6), ("thickness/posterior_leaf_spring/75", 3)],
)
def test_only_sheets_that_exist(key: str, number: float) -> None:
    parameter, case = own({key: number}).numbers[key]
    assert parameter.values[case] == number
    assert number in SHEETS_MM
    assert "Set by the clinic" in parameter.source_of(case).text


def test_a_changed_sheet_reaches_the_shell() -> None:
    # 82 kg, a leaf spring: 4 mm by the default; 4.8 mm where the clinic says so (2 to 6 allowed, and 4.8 from 100 kg).
    asked = people.document(prescription={"design": "posterior_leaf_spring"})
    request = people.request_of(asked)
    usual = people.leg(asked).dimensions["shell_thickness_mm"]
    changed = with_own({"thickness/posterior_leaf_spring/100": 4.8}, request).limbs["right"]
    assert usual.magnitude == 4
    shell = changed.dimensions["shell_thickness_mm"]
    assert shell.magnitude == 4.8
    assert below(shell)["table_thickness_mm"].source.text.startswith(
        "Set by the clinic, instead of the default value 4"
    )


def test_the_thickest_sheet_of_a_clinic_is_not_called_the_thickest_there_is() -> None:
    """Above 100 kg, one step up: 6 mm is the end; from a clinic's 4.8 mm the step to 6 mm is a real one."""
    asked = people.document(patient={"weight": 110}, clinical={"activity": "high"}, prescription={"design": "solid"})
    request = people.request_of(asked)
    assert "thickness_capped" in people.severities(people.leg(asked))
    changed = with_own({"thickness/others/120": 4.8}, request).limbs["right"]
    assert "thickness_capped" not in people.severities(changed)
    assert changed.dimensions["shell_thickness_mm"].magnitude == 6


def test_a_child_is_seen_when_the_clinic_says() -> None:
    # Eight years: 4 months by the default.
    asked = people.document(child=True, prescription={"footplate": "sulcus"})
    changed = with_own({"review_months/to_12": 3}, people.request_of(asked)).limbs["right"]
    months = next(finding.facts["months"] for finding in changed.findings if finding.code == "growth")
    assert months == 3


def test_the_patient_reads_the_minutes_of_the_clinic() -> None:
    fitting = with_own({"wear_plan/call_after_min": 15, "wear_plan/stop_after_min": 25})
    assert (fitting.wear.call_after_min, fitting.wear.stop_after_min) == (15, 25)
    said = str(content(fitting, "en").sections)
    assert "25 minutes" in said
    assert "A mark that goes within 15 minutes is normal." in said


def test_a_protocol_is_not_changed_by_the_caller() -> None:
    changes = {HIGHEST: 30.0}
    protocol = own(changes)
    changes[HIGHEST] = 35.0
    assert protocol.parameters["proximal_trim_offset_max_mm"].values["lowered"] == 30
    assert copy.deepcopy(protocol).number("over_weight_kg") == 120


@pytest.mark.parametrize(
    ("changes", "asked", "code", "said"),
    [
        (
            {"contracture_limit_deg/all": 7.5},
            {"clinical": {"knee_flexion_contracture": 8}},
            "contracture",
            "contracture of 8° (above 7.5°)",
        ),
        ({"over_weight_kg/all": 80}, {"patient": {"weight": 82}}, "over_weight_limit", "82 kg is at or above 80 kg"),
        (
            {"hinge_dorsiflexion_deg/all": 7},
            {"prescription": {"design": "hinged"}, "limb": {"dorsiflexion_knee_extended": 6}},
            "hinge_needs_range",
            "a free hinge needs 7° past 90°",
        ),
        (
            {"contracture_limit_deg/all": 6},
            {"prescription": {"design": "solid"}, "clinical": {"knee_flexion_contracture": 7}},
            "heel_build_up_withheld",
            "knee flexion contracture of 7° (above 6°)",
        ),
        (
            {"girth_difference_share/all": 0.03},
            {
                "clinical": {"diagnosis": "peroneal_nerve_injury"},
                "limb": {"calf_circumference": 400},
                "other": {"calf_circumference": 385},
            },
            "side_check",
            "(400 mm) is more than 3 % thicker",
        ),
        (
            {"size_increase_note_mm/all": 8, "size_increase_cap_mm/all": 9},
            {"prescription": {"footplate": "full", "shell_thickness": 5, "liner_thickness": 5}},
            "size_increase_large",
            "(limit 9 mm)",
        ),
        (
            {"build_up_large_mm/all": 10, "build_up_refer_mm/all": 15, "build_up_withheld_mm/all": 90},
            {"prescription": {"design": "solid", "target_shank_angle": 15}},
            "large_heel_build_up",
            "Above 15 mm refer",
        ),
    ],
)
def test_a_finding_speaks_of_the_numbers_of_the_clinic(
    changes: dict[str, float], asked: dict[str, Any], code: str, said: str
) -> None:
    limb = with_own(changes, people.request_of(people.document(**asked))).limbs["right"]
    found = next(finding for finding in limb.findings if finding.code == code)
    assert said in message(found)
