"""A stored fitting as a message of HL7 v2: over REST with a key, and from its page."""

import base64
import re
from typing import Any

import hl7
import pytest

from afofit import records
from afofit.store import patients
from afofit.store.patients import Identity
from tests.records.conftest import Clinic
from tests.records.pages import kind

Json = dict[str, Any]
__all__ = ["kind"]
MEDIA_TYPE = "application/hl7-v2; charset=utf-8"


@pytest.fixture
def kept(clinic: Clinic, asked: Json) -> records.Record:
    asked["patient"]["name"] = "Zoë O'Brien | ^ & ~ \\ Łuk"
    return records.take(clinic.store, clinic.orthotist, asked)[0]


def approve(clinic: Clinic, record: records.Record) -> None:
    with clinic.store.writing(clinic.orthotist) as desk:
        records.approve(desk, records.find(desk, record.id), record.cautions)


def test_with_a_key(clinic: Clinic, kept: records.Record) -> None:
    client, key = clinic.app.test_client(), clinic.key("fittings:read")
    path = client.get(f"/api/v1/fittings/{kept.id}", headers=key).get_json()["links"]["hl7"]
    answer = client.get(path, headers=key)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA_TYPE)
    assert answer.headers["Content-Disposition"] == 'inline; filename="afofit-message.hl7"'
    message = hl7.parse(answer.data.decode())
    person = message.segment("PID")
    assert hl7.util.unescape(message, str(person[5]).split("^")[0]) == "Zoë O'Brien | ^ & ~ \\ Łuk"
    assert [str(person[place]) for place in (7, 8)] == ["19800228", "M"]
    sheet = client.get(f"/api/v1/fittings/{kept.id}/sheet.pdf", headers=key).data
    (found,) = [str(row[5]).split("^")[4] for row in message.segments("OBX") if str(row[2]) == "ED"]
    assert base64.b64decode(found) == sheet
    assert {str(row[11]) for row in message.segments("OBX")} == {"P"}
    approve(clinic, kept)
    later = client.get(path, headers=key)
    assert {str(row[11]) for row in hl7.parse(later.text).segments("OBX")} == {"F"}
    assert later.headers["ETag"] != answer.headers["ETag"]
    again = client.get(path, headers=key | {"If-None-Match": later.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_who_the_patient_is_follows_a_correction(clinic: Clinic, kept: records.Record) -> None:
    born = kept.fitting.request.patient.birth_date
    with clinic.store.writing(clinic.orthotist) as desk:
        patients.change(desk, kept.stored.patient_id, Identity("B-2", "Kim Doe", born))
    answer = clinic.app.test_client().get(f"/api/v1/fittings/{kept.id}/message.hl7", headers=clinic.key())
    assert str(hl7.parse(answer.text).segment("PID")[3]).startswith("B-2^^^North&")


def test_the_paper_of_the_sheet_can_be_chosen_and_nonsense_is_refused(clinic: Clinic, kept: records.Record) -> None:
    client, key, path = clinic.app.test_client(), clinic.key(), f"/api/v1/fittings/{kept.id}/message.hl7"
    assert client.get(f"{path}?paper=letter", headers=key).data != client.get(path, headers=key).data
    refused = client.get(f"{path}?paper=a5", headers=key)
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/paper")


def test_of_a_withdrawn_fitting_nothing_is_sent(clinic: Clinic, kept: records.Record) -> None:
    with clinic.store.writing(clinic.orthotist) as desk:
        records.withdraw(desk, kept, "wrong leg")
    path = f"/api/v1/fittings/{kept.id}/message.hl7"
    assert clinic.app.test_client().get(path, headers=clinic.key()).status_code == 409
    assert clinic.browser().get(f"/fittings/{kept.id}/message.hl7").status_code == 409


def test_from_the_page_of_the_fitting(clinic: Clinic, kept: records.Record) -> None:
    browser = clinic.browser()
    browser.client.set_cookie("afofit_language", "es")
    link = re.search(r'href="(/fittings/[^"]+/message\.hl7)"', browser.get(f"/fittings/{kept.id}").text)
    assert link is not None
    answer = browser.get(link[1])
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="afofit-message.hl7"'
    key = clinic.key("fittings:read")
    assert answer.data == clinic.app.test_client().get(f"/api/v1{link[1]}", headers=key).data
