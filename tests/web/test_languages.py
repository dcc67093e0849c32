"""Pages in the language of whoever reads: which one is taken, how it is changed, and that the choice stays."""

import pytest
from flask.testing import FlaskClient

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}


def html_language(text: str) -> str:
    return text.partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("es", "es"), ("es-MX,en;q=0.5", "es"), ("en-GB,es;q=0.5", "en"), ("de,fr", "en"), ("", "en"), ("*", "en")],
)
def test_the_browser_says_which_language_is_read_first(client: FlaskClient, wanted: str, spoken: str) -> None:
    assert html_language(client.get("/", headers={"Accept-Language": wanted}).text) == spoken


def test_a_chosen_language_stays_whatever_the_browser_asks_for(client: FlaskClient) -> None:
    assert html_language(client.get("/", headers=SPANISH).text) == "es"
    answer = client.post("/?example=E1", data={"speak": "en"}, headers=SPANISH)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?example=E1")
    assert html_language(client.get("/", headers=SPANISH).text) == "en"
    client.post("/", data={"speak": "es"})
    assert html_language(client.get("/").text) == "es"


def test_the_cookie_of_the_language_holds_nothing_else(client: FlaskClient) -> None:
    cookie = client.post("/", data={"speak": "es"}).headers["Set-Cookie"]
    assert cookie.startswith("afofit_language=es;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("language", ["de", "", "../en", "es\r\nX: y"])
def test_a_language_that_nobody_speaks_here_changes_nothing(client: FlaskClient, language: str) -> None:
    answer = client.post("/", data={"speak": language})
    assert "afofit_language" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/sign-in?next=/fittings", "/sign-in?next=/fittings"),
        ("/join/some-token", "/join/some-token"),
        ("/no/such/page", "/"),
        ("/patient", "/"),
        ("//evil.example/x", "/"),
    ],
)
def test_the_switch_leads_back_to_its_page(client: FlaskClient, path: str, there: str) -> None:
    answer = client.post(path, data={"speak": "es"})
    assert (answer.status_code, answer.headers["Location"]) == (303, there)


def test_the_switch_leads_to_no_other_host(client: FlaskClient) -> None:
    answer = client.post("/x", data={"speak": "es"}, environ_overrides={"PATH_INFO": "//sign-in"})
    assert answer.headers["Location"] in ("/", "/sign-in")


def test_the_switch_does_nothing_besides(client: FlaskClient) -> None:
    answer = client.post("/", data={"speak": "es", "legs": "both", "units.length": "mm"})
    assert answer.status_code == 303
    assert answer.text.count('class="errsum"') == 0


def test_other_systems_are_answered_in_english(client: FlaskClient) -> None:
    asked = {"units": {"length": "mm"}}
    english = client.post("/api/v1/fittings/preview", json=asked)
    client.set_cookie("afofit_language", "es")
    spoken = client.post("/api/v1/fittings/preview", json=asked, headers=SPANISH)
    assert [{**answer.json, "reference": ""} for answer in (spoken, english)] == [{**english.json, "reference": ""}] * 2


def test_one_reader_leaves_no_language_to_the_next(client: FlaskClient) -> None:
    client.get("/", headers=SPANISH)
    assert html_language(client.get("/").text) == "en"
