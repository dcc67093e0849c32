"""Every sentence about an entry names what came, what is allowed or compared, and what to do."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
from werkzeug.datastructures import MultiDict

from afofit.app import create_app
from afofit.documents import document as printed
from afofit.fitting.plan import fit
from afofit.schemas.form import read as read_form
from afofit.schemas.printing import Printing, read_printing
from afofit.schemas.problems import Refused
from afofit.web.fill import flatten
from afofit.words.problems import SENTENCES
from tests.fitting.people import GONE, TODAY, document, request_of
from tests.records.test_problems import REST

Messages = list[str]
LONGEST = 40
"""Words; the guide asks for about 35, and a list of what is allowed may be a little longer."""


class Case(NamedTuple):
    """What goes wrong, and what the message must name: what came, against what, and what to do."""

    code: str
    messages: Callable[[], Messages]
    came: str
    against: str
    act: str


def asked(place: str, value: Any, *more: tuple[str, Any]) -> Callable[[], Messages]:
    """The messages about a healthy man's right leg with some entries changed, by path as in the form."""

    def messages() -> Messages:
        whole = document()
        for path, entry in ((place, value), *more):
            *steps, last = path.split(".")
            part: Any = whole
            for step in steps:
                part = part[int(step)] if isinstance(part, list) else part.setdefault(step, {})
            if entry is GONE:
                del part[last]
            else:
                part[last] = entry
        try:
            request_of(whole)
        except Refused as refused:
            return [problem.message for problem in refused.problems]
        return []

    return messages


def leg(field: str, value: Any, *more: tuple[str, Any]) -> Callable[[], Messages]:
    return asked(f"limbs.right.{field}", value, *((f"limbs.right.{name}", entry) for name, entry in more))


def form(name: str, value: str | list[str], **more: str) -> Callable[[], Messages]:
    """The messages about the same leg in the form."""

    def messages() -> Messages:
        fields: MultiDict[str, str] = MultiDict(flatten(document()))
        for field, text in {name: value, **more}.items():
            fields.setlist(field, [text] if isinstance(text, str) else text)
        return [problem.message for problem in read_form(fields, today=date(2026, 11, 23)).problems]

    return messages


def whole(value: Any) -> Callable[[], Messages]:
    def messages() -> Messages:
        with pytest.raises(Refused) as refused:
            request_of(value)
        return [problem.message for problem in refused.value.problems]

    return messages


def printing(**wishes: str) -> Callable[[], Messages]:
    def messages() -> Messages:
        with pytest.raises(Refused) as refused:
            read_printing(wishes)
        return [problem.message for problem in refused.value.problems]

    return messages


def without_brace() -> Messages:
    stopped = document(clinical={"skin": "wound"})
    with pytest.raises(Refused) as refused:
        printed("template", fit(request_of(stopped), today=TODAY), stopped, Printing())
    return [problem.message for problem in refused.value.problems]


def body(text: str) -> Callable[[], Messages]:
    def messages() -> Messages:
        client = create_app().test_client()
        answer = client.post("/api/v1/fittings/preview", data=text, content_type="application/json")
        return [error["message"] for error in answer.get_json()["errors"]]

    return messages


def in_unit(unit: str, factor: float) -> Callable[[], Messages]:
    """Everything typed in mm by somebody who chose another unit."""
    lengths = {name: value * factor for name, value in document()["limbs"]["right"].items() if "flexion" not in name}
    height = ("patient.height", 1780 * factor)
    return asked("units.length", unit, height, *((f"limbs.right.{name}", value) for name, value in lengths.items()))


def confirmed(*rows: dict[str, Any]) -> Callable[[], Messages]:
    return leg("confirmed", list(rows))


DE = "dorsiflexion_knee_extended"
LIMB = "limbs.right."
CALF = {"field": "calf_circumference", "value": 388}
CASES = (
    Case("missing", leg("heel_width", GONE), "Right leg, heel width: nothing", "needed", "Enter it"),
    Case("missing", asked("patient.weight", GONE), "Weight: nothing", "needed", "Enter it"),
    Case("unknown_field", leg("calf_girth", 388), "“calf_girth”", "not a field of a request", "Check its name"),
    Case("not_an_object", asked("patient", "Kim"), "“Kim”", "an object with fields", "Send"),
    Case("not_an_object", whole([]), "a list", "an object with fields", "Send"),
    Case("not_a_number", leg("heel_width", "72"), "Right leg, heel width: “72”", "not a number", "Type digits"),
    Case("not_a_number", form(f"{LIMB}heel_width", "wide"), "heel width: “wide”", "not a number", "Type digits"),
    Case("not_a_number", asked("patient.weight", True), "Weight: true", "not a number", "Type digits"),
    Case("not_finite", leg("heel_width", float("inf")), "heel width: inf", "can be measured", "Measure again"),
    Case("not_whole", asked("clinical.quadriceps_grade", 3.5), "3.5", "not a whole number", "without decimals"),
    Case(
        "not_readings", leg("heel_width", {"readings": [1, 2, 3, 4]}), "an object", "up to three readings", "Send 388"
    ),
    Case("not_a_choice", asked("clinical.knee", "bent"), "“bent”", "stable, hyperextension, crouch", "Choose one"),
    Case("not_a_choice", printing(paper="a3"), "Paper: “a3”", "a4, letter", "Choose one"),
    Case("not_a_list", asked("clinical.affected_sides", "left"), "“left” is not a list", "left, right", "Send a list"),
    Case("not_a_list", leg("confirmed", 388), "388 is not a list", "{field, value, by, at}", "Send a list"),
    Case("not_a_flag", asked("clinical.ambulant", "yes"), "“yes”", "true nor false", "Send one of them"),
    Case("not_text", asked("patient.reference", "x" * 201), "“xxx", "at most 200 letters", "Write one short line"),
    Case("not_text", asked("patient.reference", 7), "7 is not one line", "at most 200 letters", "Write one short line"),
    Case("not_a_date", asked("patient.birth_date", "4.5.80"), "“4.5.80”", "not a date", "Write it as year-month-day"),
    Case("not_a_moment", leg("measured_at", "noon"), "“noon”", "not a date and time", "Write it as"),
    Case("no_zone", confirmed(CALF | {"at": "2026-09-12T14:32"}), "“2026-09-12T14:32”", "no time zone", "Write it as"),
    Case(
        "below",
        leg("forefoot_width", 10.1),
        "Right leg, forefoot width: 10.1 mm",
        "below 55 mm",
        "Did you mean 101 mm?",
    ),
    Case("below", leg("heel_width", 31), "heel width: 31 mm", "below 35 mm", "Measure again"),
    Case("below", asked("patient.weight", 15), "Weight: 15 kg", "below 20 kg", "Correct it"),
    Case("below", leg(DE, -61), "−61°", "below −60°", "Measure again"),
    Case("above", leg("calf_circumference", 3880), "3880 mm", "above 700 mm", "Did you mean 388 mm?"),
    Case("above", leg("calf_circumference", {"readings": [388, 701]}), "701 mm", "above 700 mm", "Measure again"),
    Case("above", asked("shoe.insole_thickness", 16), "16 mm", "above 15 mm", "Correct it"),
    # 592 + clamp(0.045 · 592, 8, 22) = 614
    Case(
        "estimate_outside",
        leg("fibular_neck_height", 592, ("fibular_head_height", GONE)),
        "fibular neck height: 592 mm",
        "at 614 mm, outside 280 to 600 mm",
        "Measure again",
    ),
    Case("order", leg("ball_length", 275), "Right leg, ball length: 275 mm", "foot length (270 mm)", "Check both"),
    Case(
        "ratio",
        leg("ankle_circumference", 440, ("calf_circumference", 340)),
        "440 mm",
        "calf circumference (340 mm)",
        "Check both",
    ),
    Case(
        "too_wide",
        leg("malleolar_width", 120, ("ankle_circumference", 212)),
        "120 mm",
        "half of the ankle circumference (212 mm)",
        "Check both",
    ),
    Case("units", in_unit("cm", 1), "typed in centimetres", "look like millimetres", "Choose millimetres as the unit"),
    Case("units", in_unit("mm", 1 / 25.4), "typed in millimetres", "look like inches", "Choose inches as the unit"),
    Case("ages_differ", asked("patient.birth_date", "2006-11-23"), "Age: 46 years", "the 20.0 years", "Correct one"),
    Case("age_missing", asked("patient.age_years", GONE), "nothing", "the age or the date of birth", "Enter one"),
    Case(
        "born_later", asked("patient.birth_date", "2027-01-02"), "2027-01-02", "after today, 2026-11-23", "Correct it"
    ),
    Case("no_limb", asked("limbs", {}), "nothing", "at least one leg", "Measure the left, the right or both"),
    Case("head_or_neck", leg("fibular_head_height", GONE), "fibular head height: nothing", "needed", "Enter it, or"),
    Case("no_system", asked("shoe.size", 10), "Shoe size: 10", "no size system", "Choose the system"),
    Case("not_a_size", asked("shoe.size", 99, ("shoe.system", "us_men")), "Shoe size: 99", "US men (", "Check size"),
    Case(
        "not_clearable",
        asked("clinical.cleared", [{"code": "saddle_numbness", "by": "N.", "date": "2026-11-01"}]),
        "“saddle_numbness”",
        "only recent injury and new back pain can",
        "Leave it out, and refer",
    ),
    Case("unclear_comma", form("patient.height", "1,780"), "Height: “1,780”", "one thousand or a decimal", "Write it"),
    Case("letter_o", form(f"{LIMB}calf_circumference", "38O"), "“38O”", "not a number", "Type a zero"),
    Case("other_unit", form(f"{LIMB}calf_circumference", "38.8 cm"), "“38.8 cm”", "unit chosen is mm", "Change one"),
    Case(
        "no_direction", form(f"{LIMB}{DE}", "8", **{f"{LIMB}{DE}_direction": ""}), "“8”", "no direction", "Say whether"
    ),
    Case(
        "two_directions",
        form(f"{LIMB}{DE}", "-8", **{f"{LIMB}{DE}_direction": "past"}),
        "“-8”",
        "“past 90°” contradict",
        "Change one",
    ),
    Case(
        "none_and_some",
        form("clinical.urgent_signs", ["none", "recent_trauma"]),
        "recent injury to the leg or back",
        "both ticked",
        "Untick one",
    ),
    Case("no_legs", form("legs", ""), "nothing is chosen", "left, both or right", "Choose"),
    Case("no_unit", asked("units.length", GONE), "nothing is chosen", "no unit is assumed", "Choose mm, cm or in"),
    Case("no_unit", asked("units.mass", GONE), "nothing is chosen", "no unit is assumed", "Choose kg or lb"),
    Case("no_unit", asked("units", GONE), "Units: nothing", "no unit is assumed", "Choose mm, cm or in, and kg or lb"),
    Case(
        "date_incomplete",
        form("patient.birth_date.day", "31", **{"patient.birth_date.month": "2", "patient.birth_date.year": "1980"}),
        "“1980-2-31”",
        "not a real date",
        "Give day, month and year",
    ),
    Case("no_brace", without_brace, "No brace was computed", "only a brace is printed", "Read the findings"),
    Case("not_json", body("{'units': 1}"), "line 1 column 2", "readable JSON", "Correct it"),
    Case(
        "not_a_measurement", confirmed({"field": "calf", "value": 1}), "“calf”", "a measurement of a leg", "Check its"
    ),
    Case(
        "confirmed_nothing",
        confirmed({"field": "navicular_height", "value": 40}),
        "navicular height: 40 mm",
        "nothing is entered",
        "Enter it",
    ),
    Case(
        "confirmed_other",
        confirmed(CALF | {"value": 391}),
        "391 mm was confirmed",
        "388 mm is entered",
        "Confirm again",
    ),
    Case("confirmed_twice", confirmed(CALF, CALF), "388 mm", "twice, and once is enough", "Leave one of them out"),
    Case(
        "incomplete_clearing",
        form("clinical.cleared.recent_trauma.by", "Dr N.", **{"clinical.urgent_signs": "recent_trauma"}),
        "Urgent signs, recent injury to the leg or back, cleared on: nothing",
        "is kept and printed",
        "Enter it",
    ),
)


def pattern(code: str) -> str:
    """What every sentence of a code looks like."""
    return (
        re.sub(r"\\{\w+\\}", ".*", re.escape(SENTENCES[code].replace("{{", "<").replace("}}", ">")))
        .replace("<", r"\{")
        .replace(">", r"\}")
    )


def test_every_sentence_has_a_case() -> None:
    codes = {case.code for case in CASES} | {case.code for case in REST}
    assert codes == set(SENTENCES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.came}")
def test_a_sentence_names_what_came_what_is_allowed_and_what_to_do(case: Case) -> None:
    messages = case.messages()
    of_code = [one for one in messages if re.fullmatch(pattern(case.code), one)]
    assert of_code, messages
    (text,) = [one for one in of_code if case.came in one] or of_code[:1]
    for part in (case.came, case.against, case.act):
        assert part in text, (part, text)
    assert_well_said(text)


def assert_well_said(text: str) -> None:
    """A whole sentence to a person: nobody is begged or blamed, no code stands alone, and it is soon read."""
    assert not re.search(r"\b(please|sorry|invalid|error|oops)\b", text, re.IGNORECASE), text
    assert text.endswith((".", "?")), text
    assert text[0].isupper() or text[0] == "“", text
    assert len(text.split()) <= LONGEST, text


def test_an_entry_in_inches_is_answered_in_inches() -> None:
    asked_in = {name: value / 25.4 for name, value in document()["limbs"]["right"].items() if "flexion" not in name}
    changes = [(f"{LIMB}{name}", value) for name, value in asked_in.items() if name != "forefoot_width"]
    others = (("patient.height", 70), ("shoe", {}))
    messages = asked("units.length", "in", *others, *changes, (f"{LIMB}forefoot_width", 40.2))()
    # 160 / 25.4 = 6.299 in; 40.2 in are 4.02 in with a point too few
    assert messages == ["Right leg, forefoot width: 40.2 in is above 6.299 in. Did you mean 4.02 in?"]
