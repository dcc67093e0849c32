"""Accept is held against what an answer has: by quality, by the narrowest range, with 406 where nothing fits."""

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from afofit.api.negotiation import NOTE_FORMS, NoSuchForm, wanted
from afofit.app import create_app
from afofit.settings import Settings
from tests.examples import request_of

JSON, TEXT, RTF, OTHER_RTF = NOTE_FORMS
PREVIEW = "/api/v1/fittings/preview"


def asked_with(accept: str | None) -> Request:
    headers = {} if accept is None else {"Accept": accept}
    return Request(EnvironBuilder(headers=headers).get_environ())


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", TEXT),
        ("text/plain", TEXT),
        ("TEXT/Plain; charset=utf-8", TEXT),
        ("application/rtf", RTF),
        ("text/rtf", OTHER_RTF),
        ("application/json;q=0.2, text/plain;q=0.8", TEXT),
        ("application/json, text/plain", JSON),
        ("text/plain;q=0, */*", JSON),
        ("application/json;q=0, */*;q=0.1", TEXT),
        ("text/*;q=0.9, text/plain;q=0.1, application/rtf;q=0.5", OTHER_RTF),
        ("application/pdf, text/plain;q=0.5", TEXT),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
    ],
)
def test_the_form_liked_best(accept: str | None, form: str) -> None:
    assert wanted(asked_with(accept), NOTE_FORMS) == form


@pytest.mark.parametrize(
    "accept", ["application/pdf", "image/*", "text/plain;q=0", "*/*;q=0", "nonsense", ";;,,", "text"]
)
def test_what_fits_nothing_is_told_what_there_is(accept: str) -> None:
    with pytest.raises(NoSuchForm) as caught:
        wanted(asked_with(accept), NOTE_FORMS)
    assert caught.value.offered == NOTE_FORMS


def test_a_preview_in_each_form() -> None:
    client = create_app(Settings()).test_client()
    asked = request_of("E1")
    for form in NOTE_FORMS:
        answer = client.post(PREVIEW, json=asked, headers={"Accept": form})
        assert (answer.status_code, answer.mimetype) == (200, form)
        assert "Accept" in answer.vary
    text = client.post(PREVIEW, json=asked, headers={"Accept": TEXT}).text
    assert text.startswith("DRAFT, NOT APPROVED\n")
    links = client.post(PREVIEW, json=asked).get_json()["links"]
    assert client.post(links["summary"], json=asked).text == text
    assert client.post(links["summary_rtf"], json=asked).data.startswith(rb"{\rtf1")
    assert client.post(links["summary"], json={}).status_code == 422
    refused = client.post(PREVIEW, json=asked, headers={"Accept": "application/pdf"})
    assert refused.status_code == 406
    assert refused.mimetype == "application/problem+json"
    assert refused.get_json()["errors"][0]["allowed"] == list(NOTE_FORMS)
    assert "Accept" in refused.vary
