"""A clinic's own protocols, from the form to the fittings computed with them."""

import re
from typing import Any

import pytest

from afofit.fitting.protocol import default
from tests.pdf.reading import text_of
from tests.records.conftest import Browser, Clinic

Json = dict[str, Any]
EDGE_MAXIMUM = "proximal_trim_offset_max_mm/lowered"


@pytest.fixture
def orthotist(clinic: Clinic) -> Browser:
    return clinic.browser()


@pytest.fixture
def administrator(clinic: Clinic) -> Browser:
    return clinic.browser(clinic.administrator)


def save(browser: Browser, **more: str) -> str:
    """The address of a version that lowers the edge maximum to 30 mm."""
    browser.get("/protocols/new")
    fields = {"name": "North", "reason": "straps rub lower down", EDGE_MAXIMUM: "30"} | more
    answer = browser.post("/protocols/new", **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def use(browser: Browser, address: str) -> Any:
    return browser.post("/protocols/use", protocol=address.rpartition("/")[2])


def top_edge(record: Json) -> float:
    found = {one["name"]: one["value"] for one in record["limbs"]["right"]["dimensions"]}
    return float(found["proximal_trim_height_mm"])


def test_every_number_of_the_default_is_shown(orthotist: Browser) -> None:
    assert "default, version 1" in orthotist.get("/protocols").text
    page = orthotist.get("/protocols/default").text
    for parameter, _ in default().numbers.values():
        assert parameter.name in page
    for said in ("R1 Top edge", "Lowered edge", "38 mm", "19 to 57 mm", "Grade D. Clinical reference 2.1", "−6 mm"):
        assert said in page, said


def test_a_version_is_written_released_used_and_named(
    clinic: Clinic, orthotist: Browser, administrator: Browser, asked: Json
) -> None:
    client, key = clinic.app.test_client(), clinic.key()
    older = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    assert top_edge(older) == pytest.approx(417)
    address = save(orthotist)
    page = orthotist.get(address).text
    for said in ("North, version 1", "<b>30 mm</b>, default 38 mm", "straps rub lower down", "Waits for an admin"):
        assert said in page, said
    refused = orthotist.post(f"{address}/release")
    assert refused.status_code == 403
    assert "Only an administrator can release a protocol." in refused.text
    assert use(orthotist, address).status_code == 403
    assert use(administrator, address).status_code == 409
    administrator.get(address)
    assert administrator.post(f"{address}/release").status_code == 303
    assert administrator.post(f"{address}/release").status_code == 409
    before = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    assert before["protocol"]["name"] == "default"
    assert use(administrator, address).status_code == 303
    assert f"Released by {clinic.administrator.name}" in orthotist.get("/protocols").text
    newer = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    assert newer["protocol"] == {"name": "North", "version": 1}
    # E1: 455 − clamp(0.085 · 455 = 38.7, 20, 30) = 425 mm
    assert top_edge(newer) == pytest.approx(425)
    for record, named in ((older, "protocol default, version 1"), (newer, "protocol North, version 1")):
        assert client.get(record["links"]["recompute"], headers=key).get_json()["same"] is True
        assert client.get(record["links"]["self"], headers=key).get_json()["protocol"] == record["protocol"]
        sheet = client.get(record["links"]["sheet"], headers=key)
        assert named in " ".join(text_of(sheet.data).split())
    administrator.post("/protocols/use", protocol="default")
    last = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    assert (last["protocol"]["name"], top_edge(last)) == ("default", pytest.approx(417))


@pytest.mark.hazard("H19")
def test_nobody_releases_what_they_wrote(administrator: Browser) -> None:
    address = save(administrator)
    assert f'action="{address}/release"' not in administrator.get(address).text
    answer = administrator.post(f"{address}/release")
    assert answer.status_code == 403
    assert "by an administrator who did not write it" in answer.text


def test_versions_count_up_by_name_and_start_from_another(orthotist: Browser) -> None:
    first = save(orthotist)
    form = orthotist.get(f"/protocols/new?from={first.rpartition('/')[2]}").text
    assert re.search(rf'name="{EDGE_MAXIMUM}"[^>]*value="30"', form)
    assert "straps rub lower down" in form
    second = save(orthotist, **{"proximal_trim_share/lowered": "0,075", "borderline_dorsiflexion_deg/all": "−4,5"})
    page = orthotist.get(second).text
    for said in ("North, version 2", "<b>0.075</b>, default 0.085", "<b>−4.5°</b>, default −5°"):
        assert said in page, said
    assert "Other, version 1" in orthotist.get(save(orthotist, name="Other")).text


def test_everything_wrong_is_said_at_once_and_nothing_is_lost(orthotist: Browser) -> None:
    orthotist.get("/protocols/new")
    fields = {
        "name": "Default",
        "reason": "",
        EDGE_MAXIMUM: "380",
        "fibular_relief_mm/all": "5O",
        "footplate_setback_mm/all": "1,200",
        "calf_strap_drop_mm/adult": "2 cm",
        "thickness/others/45": "4.5",
        "review_months/to_12": "4.5",
        "build_up_large_mm/all": "30",
        "build_up_refer_mm/all": "20",
        "liner_thickness_mm/all": "5",
    }
    answer = orthotist.post("/protocols/new", **fields)
    assert answer.status_code == 422
    for text in fields.values():
        assert f'value="{text}"' in answer.text or not text
    for said in (
        "“default” is the protocol of the program",
        "say why the numbers are changed",
        "380 mm is not allowed; allowed is 19 to 57 mm",
        "“5O” is not a number. Allowed is 4 to 6 mm",
        "“1,200” is unclear",
        "“2 cm” is typed in another unit",
        "4.5 mm is not allowed; allowed is 3, 4, 4.8 or 6 mm",
        "4.5 months is not allowed; allowed is a whole number, 2 to 6 months",
        "30 mm does not fit the other numbers; with these, 10 to 20 mm is allowed",
    ):
        assert answer.text.count(said) == 2, said
    assert "There are 9 problems" in answer.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({EDGE_MAXIMUM: "38"}, "Nothing is changed"),
        ({"name": "n" * 61}, "61 characters are too many; at most 60"),
        ({"name": "N\0"}, "cannot be printed"),
    ],
)
def test_what_a_version_needs(orthotist: Browser, more: dict[str, str], said: str) -> None:
    orthotist.get("/protocols/new")
    fields = {"name": "North", "reason": "as taught", EDGE_MAXIMUM: "30"} | more
    answer = orthotist.post("/protocols/new", **fields)
    assert answer.status_code == 422
    assert said in answer.text


def test_another_clinic_meets_nothing(clinic: Clinic, other_clinic: Clinic, orthotist: Browser) -> None:
    address = save(orthotist)
    stranger = other_clinic.browser(other_clinic.administrator)
    assert "North, version" not in stranger.get("/protocols").text
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/protocols/new?from={address.rpartition('/')[2]}").status_code == 404
    assert stranger.post(f"{address}/release").status_code == 404
    assert use(stranger, address).status_code == 404
    assert stranger.post("/protocols/use", protocol="x").status_code == 404
