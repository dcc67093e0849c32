"""From an open chart to a fitting and back: what is filled in, whose it is, what is sent and what is not."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from afofit.store import clinics, fittings, origins, patients
from afofit.store.exchange_tables import SentRow
from afofit.store.tables import AuditRow, FittingRow
from afofit.web import sending
from afofit.web.fill import flatten
from tests.examples import request_of
from tests.smart.conftest import Journey, registered
from tests.smart.servers import HEIGHT, KIM, LEE, LONG_AGO, RECENT, Ehr, measured, person, problem

UNITS = {"length": "mm", "mass": "kg"}


@pytest.fixture
def kind() -> str:
    """What the database does is shown by the tests of the store."""
    return "sqlite"


def hidden(page: TestResponse) -> dict[str, str]:
    """The marks of the form's draft."""
    found = re.findall(r'<input type="hidden" name="(entry|version|page|clinic)" value="([^"]*)"', page.text)
    assert len(found) == 4, page.text[:3000]
    return dict(found)


def value(page: TestResponse, name: str) -> str:
    """What stands in a box of the form."""
    found = re.search(rf'<input id="[^"]*" name="{re.escape(name)}" value="([^"]*)"', page.text)
    return unescape(found[1]) if found else ""


def chosen(page: TestResponse, name: str) -> list[str]:
    """The answers that are marked."""
    return re.findall(rf'name="{re.escape(name)}" value="([^"]*)" checked', page.text)


def marked(page: TestResponse) -> dict[str, str]:
    """What is marked on the page of the chart."""
    return dict(re.findall(r'type="radio" name="([a-z_]+)" value="([^"]*)" checked', page.text))


def filled_in(journey: Journey, page: TestResponse, **changes: str) -> TestResponse:
    """Take what is marked, and open the form."""
    answer = journey.browser.post(page.request.path, **(marked(page) | UNITS | changes))
    assert answer.status_code == 303, answer.text
    return journey.followed(answer.headers["Location"])


def typed(key: str = "E1") -> dict[str, list[str]]:
    """The measurements of an example, in mm and kg, without what comes from the chart."""
    fields = flatten(request_of(key))
    dropped = ("patient.", "clinical.diagnosis", "clinical.affected_sides", "units.")
    return {name: values for name, values in fields.items() if not name.startswith(dropped)}


def of_chart(page: TestResponse) -> dict[str, list[str]]:
    """What the chart filled into the form."""
    boxes = ("reference", "name", "birth_date.day", "birth_date.month", "birth_date.year", "height", "weight")
    names = [f"patient.{name}" for name in boxes]
    fields = {name: [value(page, name)] for name in names}
    for name in ("patient.sex", "clinical.affected_sides", "units.length", "units.mass"):
        fields[name] = chosen(page, name)
    found = re.search(r'<select id="clinical-diagnosis".*?</select>', page.text, re.S)
    assert found
    fields["clinical.diagnosis"] = re.findall(r'value="([^"]*)" selected', found[0])
    return fields


def computed(journey: Journey, form: TestResponse, **changes: Any) -> TestResponse:
    """Compute and store: what comes of it."""
    fields = typed() | of_chart(form) | hidden(form) | changes
    return journey.browser.post(form.request.path, **fields)


def fitted(journey: Journey) -> TestResponse:
    """The page of a new fitting of the open chart."""
    answer = computed(journey, filled_in(journey, journey.opened()))
    assert answer.status_code == 303, answer.text[:4000]
    return journey.followed(answer.headers["Location"])


def approved(journey: Journey) -> TestResponse:
    """The page of an approved fitting of the open chart."""
    page = fitted(journey)
    codes = re.findall(r'name="acknowledged" value="([^"]+)"', page.text)
    answer = journey.browser.post(f"{page.request.path}/approve", acknowledged=codes)
    assert answer.status_code == 303, answer.text
    return journey.followed(answer.headers["Location"])


def send(journey: Journey, page: TestResponse) -> TestResponse:
    """Press the button: the page afterwards, or why not."""
    answer = journey.browser.post(f"{page.request.path}/send")
    return journey.followed(answer.headers["Location"]) if answer.status_code == 303 else answer


def sent(journey: Journey) -> list[Any]:
    with journey.clinic.store.looking() as session:
        return list(session.execute(select(SentRow)).scalars())


def test_the_form_is_filled_with_what_was_marked_and_says_where_it_comes_from(journey: Journey) -> None:
    page = journey.opened()
    assert marked(page) == {
        "reference": "0",
        "name": "0",
        "birth_date": "0",
        "sex": "0",
        "height": "0",
        "weight": "0",
        "diagnosis": "0",
        "affected_sides": "0",
    }
    assert "I10 Essential (primary) hypertension" in page.text
    form = filled_in(journey, page)
    assert of_chart(form) == {
        "patient.reference": ["A-1027"],
        "patient.name": ["Kim Doe"],
        "patient.birth_date.day": ["28"],
        "patient.birth_date.month": ["02"],
        "patient.birth_date.year": ["1980"],
        "patient.height": ["1720"],
        "patient.weight": ["70.5"],
        "patient.sex": ["female"],
        "clinical.affected_sides": ["right"],
        "clinical.diagnosis": ["peroneal_nerve_injury"],
        "units.length": ["mm"],
        "units.mass": ["kg"],
    }
    for said in ("From the chart: 172 cm, ", "From the chart: Kim Doe", "Chart of Example EHR", "born 1980-02-28"):
        assert said in form.text
    assert chosen(form, "clinical.urgent_signs") == []


@pytest.mark.hazard("H29")
def test_what_is_old_missing_or_contradicts_itself_is_said_and_asked(journey: Journey) -> None:
    journey.ehr.holds(
        [
            person(birthDate="1980", gender="other", identifier=[]),
            measured(HEIGHT, 168, "cm", LONG_AGO),
            problem("G35", "Multiple sclerosis"),
            problem("I63.9", "Cerebral infarction, unspecified"),
        ]
    )
    page = journey.opened()
    assert marked(page) == {"name": "0", "height": "", "diagnosis": ""}
    for said in ("too old", "several things", "not a whole date", "no such answer", "it is asked in the form"):
        assert said in page.text
    form = filled_in(journey, page)
    assert of_chart(form)["patient.height"] == [""]
    for said in ("Not filled in; in the chart: 168 cm", "Not in the chart", "too old"):
        assert said in form.text
    # Whoever looked at it may take it all the same.
    page = journey.browser.get(page.request.path)
    stroke = re.search(r'name="diagnosis" value="(\d)"[^>]*><span><b>I63.9', page.text)
    assert stroke
    form = filled_in(journey, page, height="0", diagnosis=stroke[1])
    assert of_chart(form)["patient.height"] == ["1680"]
    assert of_chart(form)["clinical.diagnosis"] == ["stroke"]


@pytest.mark.hazard("H28")
def test_units_are_chosen_never_guessed(journey: Journey) -> None:
    page = journey.opened()
    answer = journey.browser.post(page.request.path, **marked(page))
    assert answer.status_code == 422
    assert answer.text.count("Choose the unit") == 4
    form = filled_in(journey, page, length="in", mass="lb")
    assert of_chart(form)["patient.height"] == ["67.7"]
    assert of_chart(form)["patient.weight"] == ["155.4"]
    assert "172 cm" in form.text


def test_a_fitting_from_a_chart_is_a_draft_of_that_patient(journey: Journey) -> None:
    page = fitted(journey)
    assert re.fullmatch(r"/smart/[0-9a-f-]{36}/fittings/[0-9a-f-]{36}", page.request.path)
    assert "Draft, not approved" in page.text
    assert "Kim Doe" in page.text
    assert "Only an approved fitting is sent" in page.text
    refused = send(journey, page)
    assert refused.status_code == 409
    with journey.clinic.store.reading(journey.clinic.orthotist) as desk:
        (row,) = fittings.listed(desk)
        assert row.state == "draft"
        assert patients.find(desk, row.patient_id).identity.reference == "A-1027"
        origin = origins.of_series(desk, row.id)
    assert origin is not None
    assert (origin.patient, origin.encounter) == ("kim", None)
    # A second fitting of the same chart is one of the same patient.
    form = filled_in(journey, journey.browser.get(page.request.path.partition("fittings")[0]))
    answer = computed(journey, form, **{"limbs.right.foot_length": ["262"]})
    assert answer.status_code == 303, answer.text
    with journey.clinic.store.looking() as session:
        assert len({one.patient_id for one in session.execute(select(FittingRow)).scalars()}) == 1


@pytest.mark.hazard("H27")
def test_the_form_of_one_chart_stores_nobody_else(journey: Journey) -> None:
    form = filled_in(journey, journey.opened())
    for changes in (
        {"patient.name": ["Lee Poe"]},
        {"patient.reference": ["B-2"]},
        {"patient.birth_date.year": ["1955"]},
    ):
        answer = computed(journey, form, **changes)
        assert answer.status_code == 422
        assert "the open chart says" in answer.text
    with journey.clinic.store.looking() as session:
        assert session.execute(select(FittingRow)).first() is None


@pytest.mark.hazard("H27")
def test_a_fitting_of_one_chart_is_not_shown_in_another(journey: Journey) -> None:
    page = approved(journey)
    fitting = page.request.path.rpartition("/")[2]
    other = journey.opened("lee")
    path = f"{other.request.path}fittings/{fitting}"
    assert journey.browser.get(path).status_code == 404
    for deed in ("approve", "send"):
        assert journey.browser.post(f"{path}/{deed}").status_code == 404
    assert journey.ehr.kept("DocumentReference") == []


def test_a_draft_is_kept_and_gone_on_with_in_the_chart(journey: Journey) -> None:
    form = filled_in(journey, journey.opened())
    fields = of_chart(form) | hidden(form) | {"limbs.right.foot_length": ["262"], "legs": ["right"]}
    answer = journey.browser.post(form.request.path, keep="draft", **fields)
    assert answer.status_code == 303
    again = journey.followed(answer.headers["Location"])
    assert again.request.path == form.request.path
    assert value(again, "limbs.right.foot_length") == "262"
    assert "Chart of Example EHR" in again.text
    # In the chart of somebody else it is not gone on with.
    draft = answer.headers["Location"].partition("?")[2]
    lee = journey.opened("lee")
    assert journey.browser.get(f"{lee.request.path}fitting?{draft}").status_code == 404


def test_what_was_typed_survives_the_end_of_the_sign_in(journey: Journey) -> None:
    form = filled_in(journey, journey.opened())
    with journey.clinic.store.writing(journey.clinic.orthotist) as desk:
        clinics.end_visits(desk, journey.clinic.orthotist.account_id or 0)
    answer = computed(journey, form)
    assert answer.status_code == 401
    assert "What you typed waits in this page" in answer.text
    assert f'action="{form.request.path}"' in answer.text


@pytest.mark.hazard("H30", "H31")
def test_an_approved_fitting_is_sent_once(journey: Journey) -> None:
    page = approved(journey)
    assert "Send to the chart" in page.text
    count = int(re.search(r"(\d+) entries are not there yet", page.text)[1])  # type: ignore[index]
    done = send(journey, page)
    assert "All of it stands in the chart" in done.text
    (document,) = journey.ehr.kept("DocumentReference")
    observations = [one for one in journey.ehr.kept("Observation") if "identifier" in one]
    assert len(observations) + 1 == count
    assert document["content"][0]["attachment"]["contentType"] == "application/pdf"
    for one in (document, *observations):
        assert one["subject"] == {"reference": "Patient/kim"}
        assert one.get("status") in ("final", "current")
    # The chart's own height and weight are not sent back as if they had been measured here.
    codes = {coding["code"] for one in observations for coding in one["code"]["coding"]}
    assert not {"8302-2", "29463-7"} & codes
    verdict = next(one for one in observations if "verdict" in str(one["code"]))
    there = {f"Observation/{one['id']}" for one in observations}
    assert {one["reference"] for one in verdict["derivedFrom"]} <= there
    for one in sent(journey):
        assert one.state == "written"
    assert f"DocumentReference/{document['id']}" in done.text
    again = send(journey, page)
    assert "All of it stands in the chart" in again.text
    assert len(journey.ehr.kept("DocumentReference")) == 1
    assert len([one for one in journey.ehr.kept("Observation") if "identifier" in one]) == len(observations)
    with journey.clinic.store.reading(journey.clinic.orthotist) as desk:
        rows = desk.session.execute(desk.own(AuditRow).where(AuditRow.action == "sent to chart")).scalars().all()
    assert len(rows) == 1
    assert "Observation/" not in rows[0].detail
    # The record shows it too.
    record = journey.browser.get(f"/fittings/{page.request.path.rpartition('/')[2]}")
    assert f"DocumentReference/{document['id']}" in record.text


@pytest.mark.parametrize(
    ("refuses", "form"),
    [
        (["application/pdf"], "application/rtf"),
        (["application/pdf", "application/rtf"], "text/plain; charset=utf-8"),
    ],
)
def test_a_system_that_refuses_pdf_gets_rtf_else_plain_text(journey: Journey, refuses: list[str], form: str) -> None:
    journey.ehr.holds(refuses=refuses)
    done = send(journey, approved(journey))
    (document,) = journey.ehr.kept("DocumentReference")
    assert document["content"][0]["attachment"]["contentType"] == form
    for one in refuses:
        assert f"{one}: 422 {one} is not taken here" in done.text


def test_what_the_system_cannot_take_is_not_offered(journey: Journey) -> None:
    journey.ehr.holds(creates=["DocumentReference"])
    page = approved(journey)
    assert "does not take measurements" in page.text
    assert "1 entry is not there yet" in page.text
    assert "All of it stands" in send(journey, page).text
    assert [one for one in journey.ehr.kept("Observation") if "identifier" in one] == []


def test_what_was_not_granted_is_not_offered(journey: Journey) -> None:
    journey.ehr.sign_in.clients["afofit-at-north"].lacks = frozenset(
        {"patient/Observation.c", "patient/DocumentReference.c"}
    )
    page = approved(journey)
    assert "does not let this service write measurements" in page.text
    assert "does not let this service write documents" in page.text
    assert f"{page.request.path}/send" not in page.text


@pytest.mark.hazard("H30")
def test_one_refused_measurement_keeps_no_other_back_and_may_be_tried_again(journey: Journey) -> None:
    journey.ehr.holds(refusesCode="foot_length")
    page = approved(journey)
    done = send(journey, page)
    assert "this code is not taken here" in done.text
    states = {one.item: one.state for one in sent(journey)}
    assert states["right/foot_length"] == "refused"
    assert [state for item, state in states.items() if item != "right/foot_length"].count("written") == len(states) - 1
    journey.ehr.holds()
    assert "All of it stands in the chart" in send(journey, page).text


@pytest.mark.hazard("H30")
def test_an_answer_that_never_came_is_looked_for_and_not_sent_twice(journey: Journey) -> None:
    journey.ehr.holds(silentAfter="DocumentReference")
    page = approved(journey)
    assert "not known whether it arrived" in send(journey, page).text
    assert len(journey.ehr.kept("DocumentReference")) == 1
    journey.ehr.holds()
    # Documents may not be searched with this grant: it stays unknown rather than to be sent twice.
    assert "not known whether it arrived" in send(journey, page).text
    assert len(journey.ehr.kept("DocumentReference")) == 1
    journey.ehr.sign_in.tokens[-1].scope += " patient/DocumentReference.rs"
    assert "All of it stands in the chart" in send(journey, page).text
    assert len(journey.ehr.kept("DocumentReference")) == 1


def test_a_system_that_breaks_leaves_it_unknown_and_then_gets_it(journey: Journey) -> None:
    journey.ehr.holds(breaks="Observation")
    page = approved(journey)
    assert "not known whether it arrived" in send(journey, page).text
    journey.ehr.holds()
    assert "All of it stands in the chart" in send(journey, page).text
    own = [one["identifier"][0]["value"] for one in journey.ehr.kept("Observation") if "identifier" in one]
    assert len(own) == len(set(own))


def test_a_conditional_create_is_used_where_it_is_offered(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    journey.ehr.holds(conditional=True)
    page = approved(journey)
    send(journey, page)
    with journey.clinic.store.looking() as session:
        assert session.execute(select(SentRow)).first() is not None
    with journey.clinic.store.system() as session:
        for row in session.execute(select(SentRow)).scalars():
            row.state = "refused"
    assert "All of it stands in the chart" in send(journey, page).text
    assert len(journey.ehr.kept("DocumentReference")) == 1


def test_one_press_ends_in_time_and_the_next_goes_on(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    page = approved(journey)
    monkeypatch.setattr(sending, "SECONDS", 0.0)
    assert "entries are not there yet" in send(journey, page).text
    monkeypatch.setattr(sending, "SECONDS", 12.0)
    assert "All of it stands in the chart" in send(journey, page).text


@pytest.mark.hazard("H27")
def test_a_record_that_speaks_of_somebody_else_by_now_is_not_sent(journey: Journey) -> None:
    page = approved(journey)
    with journey.clinic.store.writing(journey.clinic.orthotist) as desk:
        (row,) = fittings.listed(desk)
        patients.change(desk, row.patient_id, patients.Identity("A-1027", "Lee Poe", None))
    answer = send(journey, page)
    assert answer.status_code == 422
    assert "the open chart says" in answer.text
    assert journey.ehr.kept("DocumentReference") == []


def test_a_permission_that_ended_is_renewed_or_the_chart_opened_again(clinic: Any, ehr: Ehr) -> None:
    registered(clinic, ehr, online=True)
    journey = Journey(clinic, ehr, clinic.browser())
    ehr.sign_in.wishes.refresh, ehr.sign_in.wishes.lasts = True, 10
    page = approved(journey)
    assert len(ehr.sign_in.tokens) > 1
    assert "All of it stands in the chart" in send(journey, page).text
    # Without a new token the chart is opened again, and the fitting stands there to be sent.
    ehr.holds([*KIM, *LEE])
    ehr.sign_in.wishes.refresh, ehr.sign_in.wishes.lasts = False, 3600
    page = approved(journey)
    ehr.sign_in.tokens[-1].revoked = True
    answer = send(journey, page)
    assert answer.status_code == 409
    assert "has ended" in answer.text
    again = journey.opened()
    assert page.request.path.rpartition("/")[2] in again.text
    there = f"{again.request.path}fittings/{page.request.path.rpartition('/')[2]}"
    assert "All of it stands in the chart" in send(journey, journey.browser.get(there)).text


@pytest.mark.hazard("H27")
def test_the_record_of_another_person_is_not_used(journey: Journey) -> None:
    journey.ehr.holds([*KIM, *LEE], lies="lee")
    answer = journey.opened()
    assert answer.status_code == 502
    assert "another person" in answer.text
    assert "Lee" not in answer.text
    # Neither where the person is right and the measurements are not.
    journey.ehr.holds([*KIM, *LEE, {**LEE[1], "subject": {"reference": "Patient/kim"}}])
    assert journey.opened().status_code == 200


def test_parts_that_cannot_be_read_are_said(journey: Journey) -> None:
    journey.ehr.sign_in.clients["afofit-at-north"].lacks = frozenset({"patient/Observation.rs", "patient/Condition.rs"})
    page = journey.opened()
    assert "Height and weight could not be read" in page.text
    assert "Problems could not be read" in page.text
    assert marked(page)["name"] == "0"
    assert RECENT not in page.text


def test_the_chart_is_read_again_after_a_correction(journey: Journey) -> None:
    page = journey.opened()
    journey.ehr.holds([person(name="Kim Roe"), *KIM[1:]])
    answer = journey.browser.post(f"{page.request.path}again")
    assert "Kim Roe" in journey.followed(answer.headers["Location"]).text
