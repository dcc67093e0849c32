"""The summary of a stored fitting by Accept and at its own addresses; its text on the pages."""

import html
import re
from typing import Any

from tests.records.conftest import Clinic

Json = dict[str, Any]
FITTINGS = "/api/v1/fittings"


def stored(clinic: Clinic, key: dict[str, str], asked: Json) -> Json:
    record: Json = clinic.app.test_client().post(FITTINGS, json=asked, headers=key).get_json()
    return record


def test_each_form_of_a_record(clinic: Clinic, asked: Json) -> None:
    client, key = clinic.app.test_client(), clinic.key()
    record = stored(clinic, key, asked)
    here = record["links"]["self"]
    text = client.get(here, headers=key | {"Accept": "text/plain"})
    assert (text.status_code, text.content_type) == (200, "text/plain; charset=utf-8")
    assert "Accept" in text.vary
    assert text.text.startswith("DRAFT, NOT APPROVED\n")
    assert "Patient: Kim Doe, reference A-1027, born 28 Feb 1980\n" in text.text
    assert f"Record: {record['id']}, revision 1\n" in text.text
    rtf = client.get(here, headers=key | {"Accept": "text/rtf"})
    assert (rtf.status_code, rtf.mimetype) == (200, "text/rtf")
    whole = client.get(here, headers=key)
    assert whole.mimetype == "application/json"
    assert "Accept" in whole.vary
    assert len({whole.headers["ETag"], text.headers["ETag"], rtf.headers["ETag"]}) == 3
    assert client.get(record["links"]["summary"], headers=key).text == text.text
    assert client.get(record["links"]["summary_rtf"], headers=key).data == rtf.data
    assert client.get(here, headers=key | {"Accept": "image/png"}).status_code == 406
    unchanged = client.get(here, headers=key | {"Accept": "text/plain", "If-None-Match": text.headers["ETag"]})
    assert (unchanged.status_code, "Accept" in unchanged.vary) == (304, True)
    other = client.get(here, headers=key | {"If-None-Match": text.headers["ETag"]})
    assert other.status_code == 200


def test_the_state_of_a_record_stands_in_its_summary(clinic: Clinic, asked: Json) -> None:
    client, key = clinic.app.test_client(), clinic.key()
    record = stored(clinic, key, asked)
    cautions = {
        one["code"] for limb in record["limbs"].values() for one in limb["findings"] if one["severity"] == "caution"
    }
    client.post(record["links"]["approve"], json={"acknowledged": sorted(cautions)}, headers=key)
    text = client.get(record["links"]["summary"], headers=key).text
    assert "DRAFT" not in text
    assert f"approved by {clinic.orthotist.name}, " in text
    client.post(record["links"]["withdraw"], json={"reason": "wrong leg"}, headers=key)
    for name in ("summary", "summary_rtf"):
        assert client.get(record["links"][name], headers=key).status_code == 409
    assert client.get(record["links"]["self"], headers=key | {"Accept": "text/plain"}).status_code == 409
    assert client.get(record["links"]["self"], headers=key).status_code == 200


def test_the_page_holds_the_same_text_to_copy(clinic: Clinic, asked: Json) -> None:
    key = clinic.key()
    record = stored(clinic, key, asked | {"patient": asked["patient"] | {"name": "Kim </textarea> & Doe"}})
    expected = clinic.app.test_client().get(record["links"]["summary"], headers=key).text
    browser = clinic.browser()
    page = browser.get(f"/fittings/{record['id']}").text
    assert 'href="?note=shown#note-h"' in page
    page = browser.get(f"/fittings/{record['id']}?note=shown").text
    found = re.search(r'<textarea id="note-text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    assert html.unescape(found[1]) == expected
    browser.post(f"/fittings/{record['id']}/withdraw", reason="wrong leg")
    assert 'id="note-text"' not in browser.get(f"/fittings/{record['id']}?note=shown").text
