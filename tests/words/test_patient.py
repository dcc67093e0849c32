"""What the patient sheet says: to whom, how plainly, and what it must never say."""

import re
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.protocol import Wear, default
from afofit.fitting.result import Fitting
from afofit.fitting.shoe_fit import DEPTH_ORDER, LADDERS
from afofit.fitting.shoe_sizes import SYSTEMS
from afofit.words import patient_en, patient_es, shoes
from afofit.words.findings import TITLES
from afofit.words.patient import (
    SAID_ABOVE_THE_CARD,
    Contact,
    Language,
    NothingToRelease,
    PatientContent,
    Section,
    content,
)
from afofit.words.patient_wear import day_by_day
from afofit.words.reading import EASY_PERSPICUITY, grade, perspicuity
from afofit.words.sheet import GRADES
from tests.examples import request_of
from tests.fitting.people import GONE, document, fitted

CODES = (
    "stop_and_call",
    "emergency",
    "contact",
    "wear",
    "skin",
    "put_on",
    "shoes",
    "safe",
    "care",
    "follow_up",
)
BOTH: tuple[Language, ...] = ("en", "es")


@cache
def variants() -> tuple[Fitting, ...]:
    """Adults and children, feeling and not, whoever looks, one leg or two alike or not."""
    found = []
    for child, sensation, looks, legs in product(
        (False, True), ("normal", "reduced"), (None, "self", "carer", "nobody"), ("right", "left", "alike", "two")
    ):
        clinical = {"sensation": sensation, "self_check": looks or GONE}
        other = {"alike": {}, "two": {"braced": False, "foot_length": 220 if child else 290}}.get(legs)
        found.append(
            fitted(
                document(
                    child=child,
                    clinical=clinical,
                    side="left" if legs == "left" else "right",
                    other=other,
                    prescription={"design": "solid"} if looks == "self" else None,
                )
            )
        )
    return tuple(found)


def flat(section: Section) -> list[str]:
    rows = [text for row in section.rows for text in (row.label, row.text)]
    own = [section.heading, *section.paragraphs, *rows, *section.bullets, *section.closing]
    return own + [text for part in section.parts for text in flat(part)]


def words_of(said: PatientContent) -> str:
    return "\n".join([said.title, said.who, said.made, *(text for section in said.sections for text in flat(section))])


def section_of(said: PatientContent, code: str) -> Section:
    return next(section for section in said.sections if section.code == code)


def text_of(said: PatientContent, code: str) -> str:
    return "\n".join(flat(section_of(said, code)))


@pytest.mark.hazard("H22")
@pytest.mark.parametrize("language", BOTH)
def test_every_section_of_every_variant_is_grade_six_or_easier(language: Language) -> None:
    for fitting in variants():
        for section in content(fitting, language).sections:
            assert grade(section.prose, language) <= 6, section.code
            if language == "es" and len(section.prose) > 1:
                assert perspicuity(section.prose) > EASY_PERSPICUITY, section.code


@pytest.mark.hazard("H22")
@pytest.mark.parametrize("language", BOTH)
def test_no_single_sentence_is_hard(language: Language) -> None:
    words = patient_en.WORDS if language == "en" else patient_es.WORDS
    for code in (*CODES, "features"):
        for name, text in words[code].items():
            sentences = re.split(r"(?<=[.?!])\s", text)
            assert all(len(sentence.split()) <= 17 for sentence in sentences), (code, name)


@pytest.mark.parametrize("language", BOTH)
def test_every_section_is_there_and_says_something(language: Language) -> None:
    for fitting in variants():
        said = content(fitting, language)
        assert tuple(section.code for section in said.sections) == CODES
        for section in said.sections:
            assert section.bullets or section.rows or section.parts, section.code
        questions = [section.heading for section in said.sections if section.code not in ("stop_and_call", "emergency")]
        assert all(heading.endswith("?") for heading in questions)


def test_both_languages_have_the_same_sentences() -> None:
    en, es = patient_en.WORDS, patient_es.WORDS
    assert {code: list(words) for code, words in en.items()} == {code: list(words) for code, words in es.items()}
    for code, words in en.items():
        for name, text in words.items():
            blanks = set(re.findall(r"\{\w+\}", text))
            assert blanks == set(re.findall(r"\{\w+\}", es[code][name])), (code, name)


ENGLISH_WORDS = (
    r"the|and|you|your|of|with|to|is|are|it|in|or|if|we|us|call|brace|shoes?|skin|foot|feet|leg|heel|toes?|day|days|"
    r"hours?|minutes?|wear|look|take|never|size|width|depth|wide|narrow|page|made|checked|sample|phone|clinic|address"
)


@pytest.mark.parametrize("name", [None, "María Núñez"])
def test_no_english_is_left_in_spanish(name: str | None) -> None:
    for fitting in variants():
        request = fitting.request
        fitting = replace(fitting, request=replace(request, patient=replace(request.patient, name=name)))
        said = content(fitting, "es")
        labels = re.sub(r"\{\w+\}", "", "\n".join(said.labels.values()))
        text = words_of(said) + labels + said.state(None) + said.state("Ana")
        assert re.findall(rf"\b(?:{ENGLISH_WORDS})\b", text, re.IGNORECASE) == []


def test_the_scan_for_english_finds_english() -> None:
    assert re.search(rf"\b(?:{ENGLISH_WORDS})\b", words_of(content(variants()[0], "en")))


NOT_FOR_PATIENTS = re.compile(
    r"build-up|thickness|tolerance|evidence|grade|draft|trim|shell girth|malleol|orthosis|protocol|stiffness|"
    r"grosor|espesor|tolerancia|evidencia|borrador|ortesis|alza\b|±|°|\bNm\b|\b[DM]\d\d\b",
    re.IGNORECASE,
)


@pytest.mark.hazard("H22")
@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("key", ["E1", "E2", "E3", "E4", "E5"])
def test_no_dimension_code_grade_or_finding_reaches_the_patient(key: str, language: Language) -> None:
    fitting = fitted(request_of(key))
    said = content(fitting, language)
    text = words_of(said)
    assert NOT_FOR_PATIENTS.findall(text) == []
    for word in (*TITLES, *TITLES.values(), *GRADES.values(), *(one.label for one in DIMENSIONS)):
        assert word not in text, word
    inside = {f"{limb.shoe.values['inside_length_mm'].magnitude:.0f}" for limb in fitting.limbs.values() if limb.shoe}
    assert set(re.findall(r"([\d.,]+) ?mm", text)) == inside


def test_the_scan_for_what_is_not_for_patients_finds_it() -> None:
    assert NOT_FOR_PATIENTS.findall("Heel build-up 12° (D02), tolerance ± 3") == [
        "build-up",
        "°",
        "D02",
        "tolerance",
        "±",
    ]


# Contract section 6: the plan as it stands there, in words.
NORMAL = [
    ("Day 1", "1 hour in all: 30 minutes, twice"),
    ("Day 2", "2 hours"),
    ("Day 3", "3 hours"),
    ("Day 4", "4 hours"),
    ("Days 5 to 7", "5 to 6 hours"),
    ("Days 8 to 14", "1 to 2 hours more each day"),
]


def rows(language: Language, plan: str) -> list[tuple[str, str]]:
    words = patient_en.WORDS if language == "en" else patient_es.WORDS
    return list(day_by_day(words, default().wear_plans[plan]))


@pytest.mark.hazard("H08")
def test_the_normal_plan_day_by_day() -> None:
    assert rows("en", "normal")[:-1] == NORMAL
    assert rows("es", "normal")[0] == ("Día 1", "1 hora en total: 30 minutos, dos veces")
    assert rows("es", "normal")[5] == ("Días 8 a 14", "1 a 2 horas más cada día")


@pytest.mark.hazard("H08")
def test_the_slow_plan_is_counted_out_by_thirty_minutes() -> None:
    # 15–30 min on day 1, then 30 min more each day: day 2 45–60, day 3 75–90, day 14 15 + 13 · 30 = 405 to 420 min
    plan = rows("en", "slow")
    assert plan[0] == ("Day 1", "15 to 30 minutes")
    assert plan[1] == ("Day 2", "45 minutes to 1 hour")
    assert plan[2] == ("Day 3", "1 h 15 min to 1 h 30 min")
    assert plan[13] == ("Day 14", "6 h 45 min to 7 h")
    assert rows("es", "slow")[1] == ("Día 2", "45 minutos a 1 hora")


def test_the_plan_follows_the_protocol_of_the_fitting_not_the_words() -> None:
    answer = fitted(document(prescription={"design": "posterior_leaf_spring"}))
    first, *others = answer.wear.plans["normal"]
    plans = {"normal": (replace(first, minutes=(90, 90), sessions=1), *others)}
    own = replace(answer, wear=Wear(plans=plans, call_after_min=15, stop_after_min=25))
    sheet = content(own, "en")
    wear = next(section for section in sheet.sections if section.code == "wear")
    assert wear.rows[0].text == "1 h 30 min"
    assert "25 minutes" in str(sheet.sections)
    assert "30 minutes" not in str(sheet.sections)


@pytest.mark.hazard("H08")
@pytest.mark.parametrize(
    ("sensation", "looks", "there", "absent"),
    [
        ("normal", None, ("mirror",), ("eyes", "carer", "nobody", "ask")),
        ("reduced", None, ("eyes", "ask", "mirror"), ("carer", "nobody")),
        ("reduced", "self", ("eyes", "mirror"), ("carer", "nobody", "ask")),
        ("reduced", "carer", ("eyes", "carer"), ("nobody", "ask")),
        ("absent", "nobody", ("eyes", "nobody"), ("carer", "ask", "mirror")),
        ("unknown", "carer", ("eyes", "carer"), ("nobody", "ask")),
        ("normal", "nobody", ("nobody",), ("eyes", "carer", "ask")),
    ],
)
@pytest.mark.parametrize("language", BOTH)
def test_eyes_stand_in_for_pain_and_whose_eyes(
    sensation: str, looks: str | None, there: tuple[str, ...], absent: tuple[str, ...], language: Language
) -> None:
    asked = document(clinical={"sensation": sensation, "self_check": looks or GONE})
    text = text_of(content(fitted(asked), language), "skin")
    words = (patient_en.WORDS if language == "en" else patient_es.WORDS)["skin"]
    assert all(words[name] in text for name in there)
    assert not any(words[name] in text for name in absent)


@pytest.mark.hazard("H22")
def test_skin_words_hold_on_dark_skin_and_name_the_minutes() -> None:
    said = content(fitted(document()), "en")
    for word in ("red", "dark", "purple", "warm", "hard", "sore", "20 minutes", "30 minutes"):
        assert re.search(rf"\b{word}\b", text_of(said, "skin")), word
    for word in ("roja", "oscura", "morada", "caliente", "dura", "doler", "20 minutos", "30 minutos"):
        assert re.search(rf"\b{word}\b", text_of(content(fitted(document()), "es"), "skin")), word


@pytest.mark.hazard("H09")
def test_the_danger_lists() -> None:
    said = content(fitted(document()), "en")
    stop, emergency = text_of(said, "stop_and_call"), text_of(said, "emergency")
    for words in ("30 minutes", "blister", "wound", "blue", "cold", "numbness", "crack"):
        assert words in stop
    for words in ("hot and swollen", "calf hurts and swells", "between the legs", "held", "weak", "emergency number"):
        assert words in emergency


def test_the_slow_plan_looks_twice_and_holds() -> None:
    slow = content(fitted(document(clinical={"skin": "fragile"})), "en")
    usual = content(fitted(document()), "en")
    assert "Look at the skin twice in every wear." in text_of(slow, "skin")
    assert "Look at the skin after every wear." in text_of(usual, "skin")
    assert "add no time" in text_of(slow, "wear")
    assert "add no time" not in text_of(usual, "wear")
    assert "2 or 3 days after the first wear" in text_of(slow, "follow_up")


def test_two_legs_with_different_plans_have_one_each() -> None:
    asked = document(other={"clinical": {"sensation": "reduced"}})
    wear = section_of(content(fitted(asked), "en"), "wear")
    assert [(part.heading, part.paragraphs[0][:16]) for part in wear.parts] == [
        ("Left leg", "This is the slow"),
        ("Right leg", "This is the norm"),
    ]


@pytest.mark.parametrize(
    ("side", "age", "words"),
    [("right", 46, "Do not drive a car"), ("left", 46, "Ask us before you drive"), ("right", 8, None)],
)
def test_driving(side: str, age: int, words: str | None) -> None:
    asked = document(side=side, child=age < 18)  # type: ignore[arg-type]
    safe = text_of(content(fitted(asked), "en"), "safe")
    assert words in safe if words else "drive" not in safe


def test_the_shoe_card_of_the_first_example() -> None:
    # Worked example E1: US 10.5, UK 9.5, EU 43, inside length 289 mm, D, ordinary depth
    card = section_of(content(fitted(request_of("E1")), "es"), "shoes").parts[0]
    shown = {row.label: row.text for row in card.rows}
    assert card.heading == "Ficha del zapato: pie derecho"
    assert shown["Talla, EE. UU. hombre"] == "10,5"
    assert shown["Talla, Reino Unido"] == "9,5"
    assert shown["Talla, Europa"] == "43"
    assert shown["Ancho, EE. UU. hombre"] == "D (normal)"
    assert shown["Largo por dentro"] == "289 mm"
    assert shown["Altura interior"] == "normal"


def test_like_feet_share_a_card_and_unlike_feet_do_not() -> None:
    alike = section_of(content(fitted(document(other={})), "en"), "shoes")
    unlike = section_of(content(fitted(document(other={"foot_length": 282})), "en"), "shoes")
    free = section_of(content(fitted(document(other={"braced": False})), "en"), "shoes")
    assert [part.heading for part in alike.parts if part.code == "shoe_card"] == ["Shoe card: each foot"]
    assert [part.heading for part in unlike.parts if part.code == "shoe_card"] == [
        "Shoe card: left foot",
        "Shoe card: right foot",
    ]
    assert free.parts[0].heading == "Shoe card: left foot, no brace"
    assert "inside" not in str(free.parts[0].rows).lower()


def test_without_a_size_the_card_says_to_ask() -> None:
    asked = document(patient={"weight": 130}, prescription={"design": "solid"})
    card = section_of(content(fitted(asked), "en"), "shoes").parts[0]
    assert card.rows == ()
    assert card.paragraphs == ("Ask us for the size before you buy.",)


def test_split_pair_is_said() -> None:
    said = content(fitted(document(other={"foot_length": 290, "ball_length": 214, "forefoot_width": 102})), "en")
    assert "two sizes" in text_of(said, "shoes")


def test_a_child_has_a_date_to_be_measured_again() -> None:
    # 8 years: 4 months from 23 November 2026
    asked = document(child=True)
    assert "Come on 23 March 2027 to measure again." in text_of(content(fitted(asked), "en"), "follow_up")
    assert "Venga el 23 de marzo de 2027" in text_of(content(fitted(asked), "es"), "follow_up")
    assert content(fitted(asked), "en").title == "Your child’s ankle brace, right leg"
    assert "23 March" not in text_of(content(fitted(document()), "en"), "follow_up")


def test_ankle_strap_only_where_there_is_one() -> None:
    solid = content(fitted(document(prescription={"design": "solid"})), "en")
    spring = content(fitted(document(prescription={"design": "posterior_leaf_spring"})), "en")
    assert "Close the ankle strap first." in text_of(solid, "put_on")
    assert "ankle strap" not in text_of(spring, "put_on")


@pytest.mark.hazard("H22")
@pytest.mark.parametrize(
    "asked",
    [
        document(clinical={"skin": "wound"}),
        document(clinical={"urgent_signs": ["calf_pain_swelling"]}),
        document(clinical={"ambulant": False}),
        document(clinical={"ashworth": "4"}),
        document(other={"clinical": {"skin": "wound"}}),
    ],
)
@pytest.mark.parametrize("language", BOTH)
def test_no_sheet_with_a_stop_or_without_a_design(asked: dict[str, object], language: Language) -> None:
    with pytest.raises(NothingToRelease, match="no patient sheet"):
        content(fitted(asked), language)


def test_no_sheet_where_no_leg_is_braced() -> None:
    fitting = fitted(document(other={"braced": False}))
    free = replace(fitting, limbs={"left": fitting.limbs["left"]})
    with pytest.raises(NothingToRelease, match="no leg is braced"):
        content(free, "en")


def test_every_code_that_a_shoe_can_have_has_words() -> None:
    for words in (patient_en.WORDS, patient_es.WORDS):
        assert set(words["features"]) == set(shoes.FEATURES) - SAID_ABOVE_THE_CARD
        assert set(words["depths"]) == set(DEPTH_ORDER)
        assert set(words["systems"]) == set(SYSTEMS)
        places = {str(place) for ladder in LADDERS.values() for _, place in ladder}
        assert set(words["widths"]) == places | {"custom"}


def test_the_contact_is_given_or_left_to_write() -> None:
    given = content(fitted(document()), "en", contact=Contact("Riverside", "+1 (555) 0100", "12 River Road"))
    shown = {row.label: row.text for row in section_of(given, "contact").rows}
    assert shown == {"Clinic": "Riverside", "Phone": "+1 (555) 0100", "Address": "12 River Road", "Next visit": ""}
    assert given.contact.phone_link == "tel:+15550100"
    left = section_of(content(fitted(document()), "en"), "contact")
    assert {row.text for row in left.rows} == {""}
    assert Contact(phone="ask at the desk").phone_link == ""
    assert not Contact(" ").known
