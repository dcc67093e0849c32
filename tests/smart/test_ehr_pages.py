"""The page on which an administrator registers EHRs: what it takes, what it refuses, and what it never shows."""

import pytest

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import ehrs
from tests.records.conftest import Clinic
from tests.store.filled import all_rows

GOOD = {"name": "Example EHR", "issuer": "https://ehr.example/fhir/R4/", "client_id": "afofit-1", "method": "public"}
PAGE = "/clinic/ehrs"


@pytest.fixture
def kind() -> str:
    return "sqlite"


def listed(clinic: Clinic) -> list[ehrs.Ehr]:
    with clinic.store.reading(clinic.administrator) as desk:
        return ehrs.listed(desk)


def test_an_administrator_registers_and_removes(clinic: Clinic) -> None:
    browser = clinic.browser(clinic.administrator)
    page = browser.get(PAGE)
    for said in ("No record systems yet", "/smart/launch", "/smart/callback", "patient/DocumentReference.c"):
        assert said in page.text
    assert browser.post(PAGE, **GOOD, more_scopes="api:fhir  site:default", online="1").status_code == 303
    (one,) = listed(clinic)
    # Without the slash that some write at the end: so it is compared with what the EHR sends.
    assert (one.issuer, one.method, one.online) == ("https://ehr.example/fhir/R4", "public", True)
    assert one.more_scopes == ("api:fhir", "site:default")
    assert "Example EHR" in browser.get(PAGE).text
    again = browser.post(PAGE, **GOOD)
    assert again.status_code == 422
    assert "registered already" in again.text
    assert browser.post(f"{PAGE}/{one.id}/remove").status_code == 303
    assert "Removed" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/{one.id}/remove").status_code == 404
    assert browser.post(PAGE, **GOOD).status_code == 303
    assert clinic.browser().get(PAGE).status_code == 403


def test_a_password_is_kept_from_everybody(clinic: Clinic) -> None:
    browser = clinic.browser(clinic.administrator)
    browser.get(PAGE)
    asked = GOOD | {"method": "client_secret_basic"}
    missing = browser.post(PAGE, **asked)
    assert missing.status_code == 422
    assert "Enter the password" in missing.text
    browser.get(PAGE)
    wrong = browser.post(PAGE, **(asked | {"name": ""}), secret="very secret")  # noqa: S106
    assert "very secret" not in wrong.text
    browser.post(PAGE, **asked, secret="very secret")  # noqa: S106
    assert "very secret" not in browser.get(PAGE).text + repr(all_rows(clinic.store))


def test_keys_are_made_here_and_their_public_half_has_an_address(clinic: Clinic) -> None:
    browser = clinic.browser(clinic.administrator)
    browser.get(PAGE)
    browser.post(PAGE, **(GOOD | {"method": "private_key_jwt"}))
    (one,) = listed(clinic)
    assert f"/smart/keys/{one.id}" in browser.get(PAGE).text
    found = clinic.app.test_client().get(f"/smart/keys/{one.id}").json
    assert found is not None
    assert [key["alg"] for key in found["keys"]] == ["RS384", "ES384"]
    browser.post(f"{PAGE}/{one.id}/remove")
    assert clinic.app.test_client().get(f"/smart/keys/{one.id}").status_code == 404


def test_everything_that_is_wrong_is_said_at_once(clinic: Clinic) -> None:
    browser = clinic.browser(clinic.administrator)
    browser.get(PAGE)
    wrong = browser.post(
        PAGE, name="", issuer="http://ehr.example/fhir", client_id="", method="magic", more_scopes='a"b'
    )
    assert wrong.status_code == 422
    for said in ("Say how the people", "begin with https", "Enter the client ID", "Choose how", "This is no scope"):
        assert said in wrong.text
    for issuer in ("", "ehr.example", "https://u:p@ehr.example", "ftp://ehr.example", "https://ehr.example/#x"):
        assert browser.post(PAGE, **(GOOD | {"issuer": issuer})).status_code == 422
    assert listed(clinic) == []


def test_plain_http_is_for_trying_out_on_this_machine_only(clinic: Clinic) -> None:
    browser = clinic.browser(clinic.administrator)
    browser.get(PAGE)
    assert browser.post(PAGE, **(GOOD | {"issuer": "http://localhost:8080/fhir"})).status_code == 303
    served = create_app(Settings(data=clinic.app.config["AFOFIT"].data, public_url="https://afofit.example"))
    assert not served.extensions["afofit_wire"].loopback


def test_frames_are_allowed_by_the_setting_for_launches_and_sign_in_alone(clinic: Clinic) -> None:
    data = clinic.app.config["AFOFIT"]
    framed = create_app(
        Settings(
            data=data.data,
            database_url=data.database_url,
            encryption_keys=data.encryption_keys,
            public_url="https://afofit.example",
            frame_ancestors="https://ehr.example, https://*.hospital.example",
        )
    )
    client = framed.test_client()
    for path, may in (
        ("/smart/launch", True),
        ("/sign-in", True),
        ("/", False),
        ("/fittings", False),
        ("/account", False),
    ):
        policy = client.get(path).headers["Content-Security-Policy"]
        wanted = "frame-ancestors https://ehr.example https://*.hospital.example" if may else "frame-ancestors 'none'"
        assert policy.endswith(wanted), path
    assert framed.config["SESSION_COOKIE_SAMESITE"] == "None"
    assert framed.config["SESSION_COOKIE_PARTITIONED"]
    for wrong in ("*", "ehr.example", "https://ehr.example/path", "https://a b; script-src *", "'self'", "https://"):
        with pytest.raises(ValueError, match="AFOFIT_FRAME_ANCESTORS"):
            Settings(frame_ancestors=wrong)
    assert clinic.app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
