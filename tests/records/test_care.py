"""A copy of everything about a patient, and its end, for administrators."""

from typing import Any

from tests.records.conftest import Clinic
from tests.records.test_pages import approve, made

Json = dict[str, Any]


def test_an_administrator_copies_and_erases_a_patient(clinic: Clinic, asked: Json) -> None:
    orthotist, administrator = clinic.browser(), clinic.browser(clinic.administrator)
    address = made(orthotist, asked)
    approve(orthotist, address)
    patient = orthotist.get(address).text.partition('href="/patients/')[2].partition('"')[0]
    administrator.get(f"/patients/{patient}")
    copy = administrator.post(f"/patients/{patient}/export")
    assert copy.get_json()["patient"]["name"] == "Kim Doe"
    assert copy.get_json()["fittings"][0]["approval"]["name"] == clinic.orthotist.name
    assert "Kim" not in copy.headers["Content-Disposition"]
    assert "cannot be brought back" in administrator.get(f"/patients/{patient}/erase").text
    assert administrator.post(f"/patients/{patient}/erase", confirm="yes").status_code == 422
    assert orthotist.get(address).status_code == 200
    assert administrator.post(f"/patients/{patient}/erase", confirm="Erase").status_code == 303
    assert orthotist.get(address).status_code == 404
    assert administrator.get(f"/patients/{patient}").status_code == 404


def test_an_orthotist_does_neither(clinic: Clinic, asked: Json) -> None:
    browser = clinic.browser()
    patient = browser.get(made(browser, asked)).text.partition('href="/patients/')[2].partition('"')[0]
    assert browser.post(f"/patients/{patient}/export").status_code == 403
    assert browser.post(f"/patients/{patient}/erase", confirm="erase").status_code == 403
