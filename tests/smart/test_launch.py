"""Launches that succeed, and every way in which one may not: each ends in a page that says so, with nothing opened."""

import re
import urllib.parse
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from afofit.smart.wire import Wire
from afofit.store import clinics, ehrs, launches
from afofit.store.exchange_tables import LaunchRow
from afofit.store.tables import AuditRow
from tests.records.conftest import Browser, Clinic
from tests.smart.conftest import Journey, registered
from tests.smart.servers import Ehr
from tests.smart.signing import rsa_pair
from tests.store.filled import all_rows

V2 = (
    "launch openid fhirUser patient/Patient.rs patient/Observation.rs patient/Condition.rs patient/Observation.c "
    "patient/DocumentReference.c"
)
V1 = (
    "launch openid fhirUser patient/Patient.read patient/Observation.read patient/Condition.read "
    "patient/Observation.write patient/DocumentReference.write"
)


@pytest.fixture
def kind() -> str:
    """What the database does is shown by the tests of the store; a launch is the same on each."""
    return "sqlite"


def rows(clinic: Clinic) -> list[Any]:
    with clinic.store.looking() as session:
        return list(session.execute(select(LaunchRow).order_by(LaunchRow.began_at)).scalars())


def actions(clinic: Clinic) -> list[str]:
    with clinic.store.reading(clinic.orthotist) as desk:
        return list(desk.session.execute(desk.own(AuditRow).with_only_columns(AuditRow.action)).scalars())


def stopped(answer: TestResponse, *said: str, status: int) -> None:
    """A page that says what happened; nothing is open."""
    assert answer.status_code == status, answer.text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
    for words in said:
        assert words in text, text
    assert "Kim" not in answer.text


def nothing_open(journey: Journey) -> None:
    for row in rows(journey.clinic):
        assert row.content is None


def test_a_launch_from_the_chart_opens_it(journey: Journey) -> None:
    page = journey.opened(encounter="visit-7")
    assert page.status_code == 200
    for said in ("Kim Doe", "1980-02-28", "A-1027", "172 cm", "70.5 kg", "Example EHR", "Practitioner/dr-grey"):
        assert said in page.text
    (asked,) = journey.ehr.sign_in.asked
    assert asked["scope"] == V2
    assert asked["aud"] == journey.ehr.fhir
    assert asked["code_challenge_method"] == "S256"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", asked["code_challenge"])
    assert re.fullmatch(r"/smart/[0-9a-f-]{36}/", page.request.path)
    assert actions(journey.clinic)[-1] == "chart opened"


def test_a_token_is_in_no_page_no_address_and_not_readable_in_the_store(
    journey: Journey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    page = journey.opened()
    (token,) = journey.ehr.sign_in.tokens[-1:]
    kept = repr(all_rows(journey.clinic.store))
    # The test's own EHR is in the same process and says all it does.
    logged = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith(("authlib", "werkzeug")))
    for secret in (token.access_token, journey.ehr.sign_in.asked[0]["state"], "Kim Doe", "1980-02-28", "Patient/kim"):
        assert secret not in kept
        assert secret not in logged
    assert token.access_token not in page.text + page.request.path + "".join(journey.seen)


def test_an_ehr_of_smart_1_is_asked_in_its_own_words(journey: Journey) -> None:
    journey.ehr.sign_in.wishes.v2 = False
    assert "Kim Doe" in journey.opened().text
    assert journey.ehr.sign_in.asked[0]["scope"] == V1


def test_an_ehr_without_configuration_says_in_its_metadata_where_to_sign_in(journey: Journey) -> None:
    journey.ehr.sign_in.wishes.configured = False
    journey.ehr.sign_in.wishes.leaves_identity_out = True
    journey.ehr.sign_in.clients["afofit-at-north"].lacks = frozenset({"openid"})
    assert "Kim Doe" in journey.opened().text
    assert journey.ehr.sign_in.asked[0]["scope"] == V1


@pytest.mark.parametrize("method", ["client_secret_basic", "private_key_jwt"])
def test_confidential_clients(clinic: Clinic, ehr: Ehr, method: str) -> None:
    registered(clinic, ehr, method)
    assert "Kim Doe" in Journey(clinic, ehr, clinic.browser()).opened().text


@pytest.mark.parametrize(
    ("taken", "used"), [(["ES384"], "ES384"), (["RS384", "ES384"], "ES384"), (["RS384"], "RS384"), (None, "RS384")]
)
def test_an_assertion_is_signed_with_what_the_ehr_takes_and_the_stronger_of_both(
    clinic: Clinic, ehr: Ehr, taken: list[str] | None, used: str
) -> None:
    registered(clinic, ehr, "private_key_jwt")
    ehr.sign_in.wishes.configuration = {"token_endpoint_auth_signing_alg_values_supported": taken}
    assert "Kim Doe" in Journey(clinic, ehr, clinic.browser()).opened().text
    assert ehr.sign_in.signed_with == [used]


def test_an_ehr_is_asked_for_what_it_wants_besides(clinic: Clinic, ehr: Ehr) -> None:
    registered(clinic, ehr, more_scopes=("api:fhir", "openid"), online=True)
    assert "Kim Doe" in Journey(clinic, ehr, clinic.browser()).opened().text
    scope = ehr.sign_in.asked[0]["scope"].split()
    assert scope[-1] == "api:fhir"
    assert scope.count("openid") == scope.count("online_access") == 1


def test_from_here_the_patient_is_chosen_there(journey: Journey) -> None:
    page = journey.followed("/smart/start")
    assert "Example EHR" in page.text
    ehr_id = re.search(r'name="ehr" value="([^"]+)"', page.text)
    assert ehr_id
    answer = journey.browser.post("/smart/start", ehr=ehr_id[1])
    address = journey.onward(journey.followed(answer.headers["Location"]))
    assert "launch%2Fpatient" in address
    assert "launch=" not in address
    page = journey.followed(journey.agreed(address, patient="lee"))
    assert "Lee Poe" in page.text
    journey.ehr.sign_in.wishes.configuration = {"capabilities": ["launch-ehr", "permission-v2"]}
    journey.browser.get("/smart/start")
    answer = journey.browser.post("/smart/start", ehr=ehr_id[1])
    stopped(journey.followed(answer.headers["Location"]), "from its own pages only", status=400)


def test_somebody_who_is_not_signed_in_signs_in_on_the_way(clinic: Clinic, ehr: Ehr) -> None:
    registered(clinic, ehr)
    journey = Journey(clinic, ehr, Browser(clinic.app.test_client()))
    page = journey.called(ehr.sign_in.launch("kim"))
    assert page.request.path == "/sign-in"
    there = page.request.args["next"]
    assert re.fullmatch(r"/smart/[0-9a-f-]{36}/authorize", there)
    email = f"olga@{str(clinic.orthotist.clinic_id)[:8]}.example"
    path = "/sign-in?" + urllib.parse.urlencode({"next": there})
    answer = journey.browser.post(path, email=email, password="correct horse battery")  # noqa: S106
    page = journey.followed(journey.agreed(journey.onward(journey.followed(answer.headers["Location"]))))
    assert "Kim Doe" in page.text


def test_an_administrator_who_is_no_orthotist_opens_no_chart(clinic: Clinic, ehr: Ehr) -> None:
    registered(clinic, ehr)
    journey = Journey(clinic, ehr, clinic.browser(clinic.administrator))
    assert journey.called(ehr.sign_in.launch("kim")).status_code == 403


NO_LAUNCH = ["", "?iss=&launch=1", "?launch=1", "?iss=https://ehr.example/fhir", "?iss=x&launch=" + "y" * 3000]


def test_calls_that_are_no_launch(journey: Journey) -> None:
    for query in NO_LAUNCH:
        stopped(journey.browser.get(f"/smart/launch{query}"), "This is no launch", status=400)
    assert rows(journey.clinic) == []


def test_nothing_is_ever_asked_of_an_address_that_is_not_registered(
    journey: Journey, other_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Wire, "send", lambda self, method, address, **_: asked.append(address))
    for issuer in (
        "https://evil.example/fhir",
        "http://169.254.169.254/latest",
        journey.ehr.fhir + "/other",
        journey.ehr.fhir.replace("127.0.0.1", "localhost"),
        journey.ehr.fhir.upper(),
        f"{journey.ehr.fhir}?x=1",
    ):
        stopped(journey.called("given", issuer), "not registered here", "Nothing was sent", status=403)
    stranger = Journey(other_clinic, journey.ehr, other_clinic.browser())
    stopped(stranger.called(journey.ehr.sign_in.launch("kim")), "not registered here", status=403)
    assert asked == []


def test_a_removed_ehr_opens_nothing_and_what_was_open_ends(journey: Journey) -> None:
    path = journey.opened().request.path
    with journey.clinic.store.writing(journey.clinic.administrator) as desk:
        (one,) = ehrs.listed(desk)
        ehrs.remove(desk, one.id)
    stopped(journey.browser.get(path), "not open here", status=404)
    stopped(journey.called(journey.ehr.sign_in.launch("kim")), "not registered here", status=403)
    nothing_open(journey)


def bent(address: str, **changes: str | None) -> str:
    """An address with some of its parameters changed."""
    parts = urllib.parse.urlsplit(address)
    query = dict(urllib.parse.parse_qsl(parts.query)) | changes
    kept = {name: text for name, text in query.items() if text is not None}
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(kept)))


def test_a_state_that_was_not_given_out_opens_nothing(journey: Journey) -> None:
    back = journey.agreed(journey.launched())
    for wrong in (bent(back, state="x" * 43), bent(back, state=None), bent(back, state="")):
        stopped(journey.browser.get(wrong), "belongs to no launch", status=400)
    nothing_open(journey)
    # The right one still opens: a wrong try takes nothing away.
    assert "Kim Doe" in journey.followed(back).text


def test_a_state_works_once(journey: Journey) -> None:
    back = journey.agreed(journey.launched())
    assert "Kim Doe" in journey.followed(back).text
    stopped(journey.browser.get(back), "belongs to no launch", status=400)


@pytest.mark.hazard("H27")
def test_an_answer_in_another_browser_opens_nothing(journey: Journey) -> None:
    back = journey.agreed(journey.launched())
    stranger = journey.clinic.browser()
    stranger.client.set_cookie("afofit_smart", "a browser of somebody else")
    stopped(stranger.get(back), "into another browser", status=400)
    bare = Browser(journey.clinic.app.test_client())
    stopped(bare.get(back), "into another browser", status=400)
    nothing_open(journey)
    assert "Kim Doe" in journey.followed(back).text


def test_a_launch_ends_when_it_takes_too_long(journey: Journey) -> None:
    back = journey.agreed(journey.launched())
    with journey.clinic.store.system() as session:
        session.execute(update(LaunchRow).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    stopped(journey.browser.get(back), "", status=400)
    nothing_open(journey)
    journey.launched()
    assert len(rows(journey.clinic)) == 1


def test_an_open_chart_ends_by_itself(journey: Journey) -> None:
    path = journey.opened().request.path
    with journey.clinic.store.system() as session:
        session.execute(update(LaunchRow).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    stopped(journey.browser.get(path), "not open here", status=404)


def test_a_wrong_audience_is_refused_there(journey: Journey) -> None:
    back = journey.sent_back(bent(journey.launched(), aud="https://another.example/fhir"))
    assert "error=invalid_request" in back
    stopped(journey.browser.get(back), "The record system refused it (invalid_request)", "Nothing was read", status=400)
    nothing_open(journey)
    assert actions(journey.clinic)[-1] == "chart not opened"


def test_a_wrong_verifier_gets_no_token(journey: Journey) -> None:
    other = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    back = journey.agreed(bent(journey.launched(), code_challenge=other))
    stopped(journey.followed(back), "it refuses the token (invalid_grant)", status=502)
    nothing_open(journey)
    assert journey.ehr.sign_in.tokens == [] or "Kim" not in str(rows(journey.clinic))


def test_without_proof_of_the_code_the_ehr_itself_refuses(journey: Journey) -> None:
    back = journey.sent_back(bent(journey.launched(), code_challenge=None, code_challenge_method=None))
    stopped(journey.browser.get(back), "refused", status=400)


ANSWERS: list[tuple[dict[str, str | None], str]] = [
    ({"error": "access_denied", "code": None}, "declined there"),
    ({"error": "server_error", "code": None}, "(server_error)"),
    ({"error": "<script>alert(1)</script>", "code": None}, "(unknown)"),
    ({"code": None}, "holds no code"),
    ({"code": "made up"}, "invalid_grant"),
    ({"iss": "https://evil.example"}, "another record system than the one that was asked"),
]


def test_answers_that_open_nothing(journey: Journey) -> None:
    for given, said in ANSWERS:
        back = bent(journey.agreed(journey.launched()), **given)
        answer = journey.followed(back)
        stopped(answer, said, "Nothing was read", status=502 if "made up" in given.values() else 400)
        assert "<script>alert" not in answer.text
    nothing_open(journey)


def test_an_ehr_whose_answers_name_it_is_held_to_it(journey: Journey) -> None:
    sign_in = journey.ehr.sign_in
    sign_in.wishes.configuration = {"authorization_response_iss_parameter_supported": True}
    for given in ({}, {"iss": ""}, {"iss": "https://evil.example"}):
        answer = journey.followed(bent(journey.agreed(journey.launched()), **given))
        stopped(answer, "another record system than the one that was asked", status=400)
    nothing_open(journey)
    assert "Kim Doe" in journey.followed(bent(journey.agreed(journey.launched()), iss=sign_in.address)).text


def test_an_answer_at_the_address_of_another_ehr_opens_nothing(journey: Journey) -> None:
    """Whoever poses as one EHR and leads on to another gets no code of the other (mix-up)."""
    back, given = journey.agreed(journey.launched()), len(journey.ehr.sign_in.tokens)
    with journey.clinic.store.reading(journey.clinic.orthotist) as desk:
        other = ehrs.next_id(desk)
    elsewhere = re.sub(r"callback/[0-9a-f-]{36}", f"callback/{other}", back)
    assert elsewhere != back
    stopped(journey.followed(elsewhere), "another record system than the one that was asked", status=400)
    stopped(journey.followed(back), "belongs to no launch", status=400)
    nothing_open(journey)
    assert len(journey.ehr.sign_in.tokens) == given, "the code is not even sent"


def test_the_keys_of_another_issuer_prove_nothing(journey: Journey) -> None:
    wishes = journey.ehr.sign_in.wishes
    wishes.configuration = {"jwks_uri": None}
    assert "Kim Doe" in journey.opened().text
    for issuer in ("https://evil.example", journey.ehr.sign_in.address + "/", None):
        wishes.openid = {"issuer": issuer}
        answer = journey.followed(journey.agreed(journey.launched()))
        stopped(answer, "speaks of another issuer", status=502)


def test_declining_there(journey: Journey) -> None:
    stopped(journey.followed(journey.agreed(journey.launched(), "deny")), "declined there", status=400)


IDENTITIES: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://evil.example"}, "of another issuer"),
    ({"aud": ["another program"]}, "meant for another program"),
    ({"nonce": "another"}, "of another sign-in"),
    ({"exp": 1_000_000_000}, "over"),
    ({"aud": ["afofit-at-north", "another"]}, "meant for another program"),
    ({"azp": "another"}, "meant for another program"),
]


def test_an_identity_token_that_is_not_right_opens_nothing(journey: Journey) -> None:
    for claims, said in IDENTITIES:
        journey.ehr.sign_in.wishes.identity = claims
        stopped(journey.followed(journey.agreed(journey.launched())), said, status=502)
    nothing_open(journey)


def test_an_identity_token_of_another_key_or_none_opens_nothing(journey: Journey) -> None:
    wishes = journey.ehr.sign_in.wishes
    wishes.identity_key = RSAKey.import_key(rsa_pair("forged").secret | {"kid": "ehr-1"})
    stopped(journey.followed(journey.agreed(journey.launched())), "not signed with its own key", status=502)
    wishes.identity_key, wishes.leaves_identity_out = None, True
    stopped(journey.followed(journey.agreed(journey.launched())), "does not prove it", status=502)
    nothing_open(journey)


def test_an_identity_token_that_names_no_key(journey: Journey) -> None:
    """Then one key only may be meant: the only one, or the only one for its algorithm."""
    wishes = journey.ehr.sign_in.wishes
    own, another = rsa_pair("ehr-1").public | {"alg": "RS256"}, rsa_pair("another").public
    wishes.names_key = False
    for keys in ([own], [another, own]):
        wishes.keys = keys
        assert journey.followed(journey.agreed(journey.launched())).status_code == 200
    wishes.keys = [own, another | {"alg": "RS256"}]
    answer = journey.followed(journey.agreed(journey.launched()))
    stopped(answer, "does not say which of its keys signed it", status=502)


TOKENS: list[tuple[dict[str, Any], str]] = [
    ({"patient": None}, "does not say whose chart"),
    ({"patient": "../Practitioner/1"}, "does not say whose chart"),
    ({"token_type": "mac"}, "of a kind that is not known"),
    ({"access_token": None}, "holds no token"),
    ({"access_token": "two\nlines"}, "holds no token"),
]


def test_token_answers_that_open_nothing(journey: Journey) -> None:
    for given, said in TOKENS:
        journey.ehr.sign_in.wishes.answer = given
        stopped(journey.followed(journey.agreed(journey.launched())), said, status=502)
    nothing_open(journey)


CONFIGURATIONS: list[tuple[dict[str, Any], str]] = [
    ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
    ({"token_endpoint": "http://ehr.example/token"}, "https://"),
    ({"authorization_endpoint": "javascript:alert(1)"}, "https://"),
    ({"authorization_endpoint": None}, "does not say where people sign in"),
]


def test_configurations_that_are_not_used(journey: Journey) -> None:
    for configuration, said in CONFIGURATIONS:
        journey.ehr.sign_in.wishes.configuration = configuration
        answer = journey.called(journey.ehr.sign_in.launch("kim"))
        stopped(answer, "does not answer", said, status=502)
        assert 'href="javascript' not in answer.text


def test_blocked_cookies_end_in_a_page_and_in_no_circle(clinic: Clinic, ehr: Ehr) -> None:
    registered(clinic, ehr)
    bare = clinic.app.test_client(use_cookies=False)
    query = urllib.parse.urlencode({"iss": ehr.fhir, "launch": "given"})
    for header, said in (("iframe", "Open in a new window"), ("document", "Allow them")):
        first = bare.get(f"/smart/launch?{query}", headers={"Sec-Fetch-Dest": header})
        assert first.status_code == 303
        answer = bare.get(first.headers["Location"], headers={"Sec-Fetch-Dest": header})
        stopped(answer, "Cookies are blocked", said, status=403)
    assert rows(clinic) == []


@pytest.mark.hazard("H27")
def test_a_chart_is_open_for_its_person_in_its_browser_only(journey: Journey, other_clinic: Clinic) -> None:
    path = journey.opened().request.path
    again = journey.clinic.browser()
    stopped(again.get(path), "another browser", status=403)
    cookie = journey.browser.client.get_cookie("afofit_smart")
    assert cookie is not None
    with journey.clinic.store.writing(journey.clinic.administrator) as desk:
        clinics.set_roles(
            desk, journey.clinic.administrator.account_id or 0, ("administrator", "orthotist"), active=True
        )
    colleague = journey.clinic.browser(journey.clinic.administrator)
    colleague.client.set_cookie("afofit_smart", cookie.value)
    stopped(colleague.get(path), "Somebody else opened", status=403)
    stranger = other_clinic.browser()
    stranger.client.set_cookie("afofit_smart", cookie.value)
    stopped(stranger.get(path), "not open here", status=404)
    assert "Kim Doe" in journey.browser.get(path).text


@pytest.mark.hazard("H27")
def test_two_charts_in_one_browser_never_mix(journey: Journey) -> None:
    # Both launches are begun before either is answered, and answered in the other order.
    first, second = journey.launched("kim"), journey.launched("lee")
    of_lee = journey.followed(journey.agreed(second))
    of_kim = journey.followed(journey.agreed(first))
    assert of_kim.request.path != of_lee.request.path
    for page, own, other in ((of_kim, "Kim Doe", "Lee Poe"), (of_lee, "Lee Poe", "Kim Doe")):
        for text in (page.text, journey.browser.get(page.request.path).text):
            assert own in text
            assert other not in text


def test_closing_and_signing_out_take_the_token_away(journey: Journey) -> None:
    for end in ("close", "sign out", "account"):
        page = journey.opened()
        if end == "close":
            assert "is closed" in journey.browser.post(f"{page.request.path}end").text
        elif end == "sign out":
            journey.browser.post("/sign-out")
            journey.browser = journey.clinic.browser()
        else:
            with journey.clinic.store.writing(journey.clinic.administrator) as desk:
                clinics.set_roles(desk, journey.clinic.orthotist.account_id or 0, ("orthotist",), active=False)
                clinics.set_roles(desk, journey.clinic.orthotist.account_id or 0, ("orthotist",), active=True)
        nothing_open(journey)


def test_somebody_who_lost_the_role_meanwhile_opens_nothing(journey: Journey) -> None:
    back = journey.agreed(journey.launched())
    with journey.clinic.store.writing(journey.clinic.administrator) as desk:
        clinics.set_roles(desk, journey.clinic.orthotist.account_id or 0, (), active=True)
    stopped(journey.browser.get(back), "belongs to no launch", status=400)
    nothing_open(journey)


def test_a_caller_who_launches_without_end_is_stopped(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    from afofit.web import launch_pages

    monkeypatch.setattr(launch_pages, "PER_ADDRESS", "1/minute")
    journey.launched()
    answer = journey.called(journey.ehr.sign_in.launch("kim"))
    stopped(answer, "Too many launches", status=429)
    assert int(answer.headers["Retry-After"]) > 0


def test_pages_of_launches_stand_in_known_frames_only(journey: Journey) -> None:
    policy = journey.browser.get("/smart/launch").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


def test_the_keys_of_the_service_are_public_and_nothing_more(clinic: Clinic, ehr: Ehr) -> None:
    one = registered(clinic, ehr, "private_key_jwt")
    keys = clinic.app.test_client().get(f"/smart/keys/{one.id}").json
    assert keys is not None
    assert [key["alg"] for key in keys["keys"]] == ["RS384", "ES384"]
    assert not {"d", "p", "q"} & {name for key in keys["keys"] for name in key}
    assert "PRIVATE KEY" not in repr(all_rows(clinic.store))


def test_launches_of_a_person_are_listed_newest_first(journey: Journey) -> None:
    journey.opened("kim")
    journey.opened("lee")
    with journey.clinic.store.reading(journey.clinic.orthotist) as desk:
        assert [one.content["patient"] for one in launches.of_person(desk)] == ["lee", "kim"]
