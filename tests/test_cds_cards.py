"""When the card comes and when it does not, what it says, and that what is wrong with a call is said at once."""

import copy
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afofit.cds.asked import Unready, read_call, read_feedback
from afofit.cds.cards import LONGEST_SUMMARY, cards, escaped
from afofit.cds.services import BY_ID, SERVICES, discovery
from afofit.schemas.problems import Refused

Json = dict[str, Any]
VIEW, SELECT = BY_ID["afo-patient-view"], BY_ID["afo-order-select"]
BASE = "https://afofit.example"
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
ICD, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def condition(code: str = "", display: str = "", *, system: str = ICD, clinical: str = "active", **more: Any) -> Json:
    coding = [{"system": system, "code": code, "display": display}] if code else []
    return {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/1288992"},
        "clinicalStatus": {"coding": [{"code": clinical}]},
        "code": {"coding": coding, "text": display},
    } | more


def bundle(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def view(*conditions: Json) -> Json:
    return {
        "hook": "patient-view",
        "hookInstance": INSTANCE,
        "context": {"userId": "Practitioner/1", "patientId": "1288992"},
        "prefetch": {"conditions": bundle(*conditions)},
    }


def order(code: str = "", text: str = "", *, kind: str = "DeviceRequest", system: str = HCPCS, **more: Any) -> Json:
    concept = {"text": text} | ({"coding": [{"system": system, "code": code}]} if code else {})
    field = "codeCodeableConcept" if kind == "DeviceRequest" else "code"
    made = {"resourceType": kind, "id": "o1", "status": "draft", field: concept}
    return made | {"subject": {"reference": "Patient/1288992"}} | more


def select(*orders: Json, selections: list[str] | None = None, conditions: Any = None) -> Json:
    ids = [f"{one['resourceType']}/{one['id']}" for one in orders] if selections is None else selections
    made = {
        "hook": "order-select",
        "hookInstance": INSTANCE,
        "context": {
            "userId": "Practitioner/1",
            "patientId": "1288992",
            "selections": ids,
            "draftOrders": bundle(*orders),
        },
    }
    return made | ({} if conditions is None else {"prefetch": {"conditions": bundle(*conditions)}})


def answered(call: Json, service: Any = None) -> list[Json]:
    return cards(read_call(service or (VIEW if call["hook"] == "patient-view" else SELECT), call), BASE)


FOOT_DROP = condition("M21.371", "Foot drop, right foot")
SHOWN = [
    (FOOT_DROP, "Foot drop, right leg"),
    (condition("M21.372", "Foot drop, left foot"), "Foot drop, left leg"),
    (condition("M21379", "Foot drop, unspecified foot"), "Foot drop, is"),
    (condition("M21.371", system="urn:oid:2.16.840.1.113883.6.90"), "Foot drop, right leg"),
    (condition("999", "Foot-drop (finding)", system=SNOMED), "Foot drop, is"),
    (condition(display="Drop foot after knee surgery"), "Foot drop, is"),
    (condition("G57.33", "Lesion of lateral popliteal nerve, bilateral"), ", both legs"),
    (condition("S84.11XA", "Injury of peroneal nerve"), ", right leg"),
    (condition("G60.0", "Hereditary motor and sensory neuropathy"), "Charcot"),
    (condition("G80.2", "Spastic hemiplegic cerebral palsy"), "Cerebral palsy"),
    (condition("I69.351", "Hemiplegia following cerebral infarction"), "Hemiplegia, is"),
    (condition("G81.14", "Spastic hemiplegia"), "Hemiplegia, is"),
    (condition("M21.371", clinical="recurrence"), "Foot drop"),
]
SILENT = [
    condition("I10", "Essential hypertension"),
    condition("G35", "Multiple sclerosis"),
    condition("I63.9", "Cerebral infarction"),
    condition("E11.42", "Type 2 diabetes mellitus with diabetic polyneuropathy"),
    condition("M21.331", "Wrist drop, right wrist"),
    condition("M21.371", "Foot drop, right foot", clinical="resolved"),
    condition("M21.371", "Foot drop", verificationStatus={"coding": [{"code": "refuted"}]}),
    condition("M21.371", "Foot drop", verificationStatus={"coding": [{"code": "entered-in-error"}]}),
    condition("M21.371", "", system="http://other.example/codes"),
    condition(display="Eye drops for the foot of the stairs"),
    {"resourceType": "Condition"},
    {"resourceType": "Condition", "code": "M21.371"},
]


@pytest.mark.parametrize(("problem", "said"), SHOWN)
def test_a_chart_with_foot_drop_or_its_like_gets_the_card(problem: Json, said: str) -> None:
    (card,) = answered(view(condition("I10", "Hypertension"), problem))
    assert said in card["summary"]
    assert "is on the problem list" in card["summary"]


@pytest.mark.parametrize("problem", SILENT)
def test_other_charts_get_none(problem: Json) -> None:
    assert answered(view(problem)) == []


def test_no_problems_at_all_are_no_card() -> None:
    assert answered(view() | {"prefetch": {"conditions": None}}) == []
    assert answered(view()) == []


def test_both_feet_and_a_cause_beside_them() -> None:
    (card,) = answered(
        view(condition("G60.0", "CMT"), FOOT_DROP, condition("M21.372", "Foot drop, left foot"), FOOT_DROP)
    )
    assert card["summary"].startswith("Foot drop, both legs")
    assert card["detail"].count("right foot") == 1
    assert card["links"][0]["appContext"] == '{"service": "afo-patient-view", "sides": ["left", "right"]}'


ORDERED = [
    order("L1960"),
    order("L1930", kind="ServiceRequest"),
    order("L1940-RT"),
    order("l1971", system="urn:oid:2.16.840.1.113883.6.285"),
    order(text="Ankle-foot orthosis, solid"),
    order(text="ankle foot orthoses"),
    order(text="Custom AFO"),
    order(text="Lower extremity orthosis, evaluate and fit", kind="ServiceRequest"),
    order("x1", "Foot drop splint", system="http://hospital.example/catalogue"),
]
NOT_ORDERED = [
    order("L2036"),
    order("L1960", system="http://hospital.example/catalogue"),
    order("L3000", "Foot insert"),
    order(text="Knee-ankle-foot orthosis (KAFO)"),
    order(text="knee ankle foot orthosis"),
    order(text="HKAFO"),
    order(text="Wrist-hand orthosis"),
    order(text="Safoxyl 5 mg"),
    order("L1960", kind="MedicationRequest"),
    {"resourceType": "DeviceRequest", "id": "o1"},
]


@pytest.mark.parametrize("ordered", ORDERED)
def test_an_order_of_an_ankle_foot_orthosis_gets_the_card(ordered: Json) -> None:
    (card,) = answered(select(ordered))
    assert card["summary"] == "Ankle-foot orthosis selected: compute its fit before the order is signed"


@pytest.mark.parametrize("ordered", NOT_ORDERED)
def test_other_orders_get_none(ordered: Json) -> None:
    assert answered(select(ordered)) == []


def test_only_what_is_selected_counts() -> None:
    other = order(text="Walking frame") | {"id": "o2"}
    assert answered(select(order("L1960"), other, selections=["DeviceRequest/o2"])) == []
    assert len(answered(select(order("L1960"), other, selections=["o1"]))) == 1


def test_a_chart_with_foot_drop_alone_brings_no_card_to_another_order() -> None:
    assert answered(select(order(text="Walking frame"), conditions=[FOOT_DROP])) == []


def test_the_code_of_the_order_is_said_as_what_it_is() -> None:
    (card,) = answered(select(order("L1960-LT")))
    assert "L1960" in card["detail"]
    assert card["detail"].count("L1960") == 1
    assert "Coding aid, not billing advice" in card["detail"]


LEFT_SITE = [{"coding": [{"system": SNOMED, "code": "48979004"}]}]


@pytest.mark.hazard("H01")
@pytest.mark.parametrize(
    ("ordered", "problems", "warned"),
    [
        (order("L1960-LT"), [FOOT_DROP], True),
        (order("L1960", kind="ServiceRequest", bodySite=LEFT_SITE), [FOOT_DROP], True),
        (order("L1960-RT"), [FOOT_DROP], False),
        (order("L1960"), [FOOT_DROP], False),
        (order("L1960-LT"), [condition("M21.379")], False),
        (order("L1960-LT"), [FOOT_DROP, condition("M21.372")], False),
        (order("L1960-LT"), [], False),
    ],
)
def test_an_order_for_the_other_leg_is_pointed_out(ordered: Json, problems: list[Json], warned: bool) -> None:
    (card,) = answered(select(ordered, conditions=problems))
    said = "**Check the side:** the order says left, the problem list says right."
    assert card["detail"].startswith(said) == warned
    assert ("Check the side" in card["detail"]) == warned


def every_card() -> Iterator[Json]:
    for problem, _ in SHOWN:
        yield from answered(view(problem))
    for ordered in ORDERED:
        yield from answered(select(ordered, conditions=[FOOT_DROP]))


@pytest.mark.parametrize("card", list(every_card()))
def test_the_card_is_what_the_specification_says(card: Json) -> None:
    assert set(card) <= {"uuid", "summary", "detail", "indicator", "source", "overrideReasons", "links"}
    assert UUID(card["uuid"])
    assert 0 < len(card["summary"]) <= LONGEST_SUMMARY < 140
    assert "\n" not in card["summary"]
    assert card["indicator"] == "info"
    assert card["source"]["label"]
    assert card["source"]["url"].startswith("https://")
    assert {"system", "code"} <= set(card["source"]["topic"])
    assert all({"system", "code", "display"} == set(one) for one in card["overrideReasons"])
    (link,) = card["links"]
    assert link["type"] == "smart"
    assert link["url"] == f"{BASE}/smart/launch"
    assert isinstance(link["appContext"], str)
    assert not [one for one in flat(card) if one in (None, "", [], {})]
    for words in ("Numb between the legs", "Fibular head height", "to be verified by an orthotist"):
        assert words.lower() in card["detail"].lower()


def flat(part: Any) -> Iterator[Any]:
    yield part
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from flat(one)


def test_the_same_call_gives_the_same_card() -> None:
    call = view(FOOT_DROP)
    assert answered(call) == answered(copy.deepcopy(call))
    other = answered(call | {"hookInstance": "00000000-0000-4000-8000-000000000000"})
    assert other[0]["uuid"] != answered(call)[0]["uuid"]


def test_words_of_the_chart_are_no_markdown() -> None:
    text = (
        "Foot drop <img src=x> [a](http://evil.example) **b** `x` www.evil.example me@evil.example &lt; ~~c~~\n# head"
    )
    (card,) = answered(view(condition(display=text)))
    listed = next(part for part in card["detail"].split("\n\n") if "problem list" in part)
    assert "\n" not in listed
    assert re.findall(r"(?<!\\)[<\[\]`#~&@]", listed) == []
    assert escaped("http://x WWW.x a_b") == r"http\://x WWW\.x a\_b"
    # What it does not read as its own stays as it is, for EHRs that show the text as it comes.
    assert (
        escaped("M21.371 Foot drop, right foot (left: 5/5) - L5!") == "M21.371 Foot drop, right foot (left: 5/5) - L5!"
    )


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"hook": "order-sign"}, ["/hook"]),
        ({"hookInstance": "x"}, ["/hookInstance"]),
        ({"context": None}, ["/context", "/context/userId", "/context/patientId"]),
        ({"context": {"userId": "", "patientId": 7}}, ["/context/userId", "/context/patientId"]),
        ({"prefetch": []}, ["/prefetch"]),
        ({"prefetch": {"conditions": "Kim Doe"}}, ["/prefetch/conditions"]),
        ({"prefetch": {"conditions": {"resourceType": "Patient"}}}, ["/prefetch/conditions"]),
    ],
)
def test_everything_wrong_with_a_call_comes_at_once(changes: Json, pointers: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        read_call(VIEW, view() | changes)
    assert [one.pointer for one in refused.value.problems] == pointers
    assert "Kim Doe" not in str([one.as_json() for one in refused.value.problems])


@pytest.mark.parametrize(
    ("context", "pointers"),
    [
        ({"selections": None}, ["/context/selections"]),
        ({"selections": [], "draftOrders": 1}, ["/context/selections", "/context/draftOrders"]),
        ({"selections": ["DeviceRequest/o1", "DeviceRequest/o9"]}, ["/context/selections/1"]),
        ({"draftOrders": {"resourceType": "DeviceRequest"}}, ["/context/draftOrders"]),
    ],
)
def test_everything_wrong_with_a_selection(context: Json, pointers: list[str]) -> None:
    call = select(order("L1960"))
    call["context"] |= context
    with pytest.raises(Refused) as refused:
        read_call(SELECT, call)
    assert [one.pointer for one in refused.value.problems] == pointers


def test_what_is_of_another_patient_is_refused() -> None:
    other = {"subject": {"reference": "https://ehr.example/fhir/Patient/7/_history/2"}}
    for call, service in ((view(FOOT_DROP | other, FOOT_DROP | other), VIEW), (select(order("L1960") | other), SELECT)):
        with pytest.raises(Refused) as refused:
            read_call(service, call)
        assert ["of another patient" in one.message for one in refused.value.problems] == [True]
    absolute = {"subject": {"reference": "https://ehr.example/fhir/Patient/1288992"}}
    assert len(answered(view(FOOT_DROP | absolute))) == 1


@pytest.mark.parametrize(
    ("prefetch", "said"),
    [
        ({}, "is not there"),
        ({"conditions": {"resourceType": "OperationOutcome"}}, "could not be read by the EHR"),
    ],
)
def test_without_problems_a_chart_cannot_be_judged(prefetch: Json, said: str) -> None:
    with pytest.raises(Unready, match=said):
        read_call(VIEW, view() | {"prefetch": prefetch})
    assert len(answered(select(order("L1960")) | {"prefetch": prefetch})) == 1


def test_more_than_we_know_is_let_go() -> None:
    more = {
        "fhirServer": "https://ehr.example",
        "extension": {"com.example": 1},
        "fhirAuthorization": {"access_token": "x"},
    }
    assert len(answered(view(FOOT_DROP) | more)) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda one: (
            st.lists(one)
            | st.dictionaries(
                st.sampled_from(
                    ["resourceType", "entry", "resource", "code", "coding", "system", "subject", "reference", "x"]
                ),
                one,
            )
        ),
    )
)
def test_nonsense_in_the_prefetch_is_refused_or_no_card(nonsense: Any) -> None:
    with suppress(Refused, Unready):
        assert answered(view() | {"prefetch": {"conditions": nonsense}}) == []


def test_feedback_is_counted() -> None:
    entry = {"card": INSTANCE, "outcome": "overridden", "outcomeTimestamp": "2026-11-28T00:00:00Z"}
    comment = {"overrideReason": {"reason": {"code": "later", "system": "x"}, "userComment": "Kim Doe is away"}}
    accepted = entry | {"outcome": "accepted", "acceptedSuggestions": [{"id": INSTANCE}]}
    assert read_feedback({"feedback": [entry, entry | comment, accepted]}) == {"accepted": 1, "overridden": 2}


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ([], [""]),
        ({}, ["/feedback"]),
        ({"feedback": []}, ["/feedback"]),
        ({"feedback": ["Kim Doe"]}, ["/feedback/0"]),
        (
            {"feedback": [{"card": 1, "outcome": "Kim Doe"}]},
            ["/feedback/0/card", "/feedback/0/outcomeTimestamp", "/feedback/0/outcome"],
        ),
    ],
)
def test_wrong_feedback(given: Any, pointers: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        read_feedback(given)
    assert [one.pointer for one in refused.value.problems] == pointers
    assert "Kim Doe" not in str([one.as_json() for one in refused.value.problems])


def test_the_discovery() -> None:
    services = discovery()["services"]
    assert [one["hook"] for one in services] == ["patient-view", "order-select"]
    assert len({one["id"] for one in services}) == len(SERVICES)
    for one in services:
        assert set(one) == {"hook", "title", "description", "id", "prefetch", "usageRequirements"}
        for template in one["prefetch"].values():
            # What the specification recommends: tokens of the context, and equality only.
            assert set(re.findall(r"\{\{(.*?)\}\}", template)) == {"context.patientId"}
            assert ":" not in template
