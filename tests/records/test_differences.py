"""What changed from one revision to the next: in words on the page, with pointers over REST."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.differences import differences
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.schemas.request import read
from afofit.web.fill import flatten
from tests.examples import request_of
from tests.records.conftest import Clinic
from tests.records.test_pages import made

Json = dict[str, Any]
TODAY = date(2026, 11, 25)


def fitted(asked: Json, today: date = TODAY, *overrides: Override) -> Fitting:
    return fit(read(asked, today=today), today=today, overrides=overrides)


def told(before: Fitting, after: Fitting) -> list[str]:
    return [f"{one.where}: {one.before} → {one.after}" for one in differences(before, after)]


def test_nothing_changed_is_nothing_said_even_if_a_day_went_by(asked: Json) -> None:
    assert differences(fitted(asked), fitted(asked)) == ()
    assert told(fitted(asked), fitted(asked, date(2027, 1, 9))) == []


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("limbs.right.calf_circumference", 395, "Right calf circumference: 388 mm → 395 mm"),
        ("limbs.right.calf_circumference", 388.04, "Right calf circumference: 388 mm → 388.04 mm"),
        (
            "limbs.right.calf_circumference",
            {"readings": [388, 391]},
            "Right calf circumference: 388 mm → 389.5 mm (mean of 388 and 391)",
        ),
        ("limbs.right.ball_girth", 250, "Right ball girth: not given → 250 mm"),
        (
            "limbs.right.dorsiflexion_knee_extended",
            -3,
            "Right dorsiflexion, knee straight: 8° past 90° → 3° short of 90°",
        ),
        ("patient.weight", 84.5, "Weight: 82 kg → 84.5 kg"),
        ("patient.name", "Kim Roe", "Name: Kim Doe → Kim Roe"),
        ("clinical.sensation", "unknown", "Right sensation of the sole: Normal → unknown"),
        ("clinical.ambulant", False, "Right walks: yes → no"),
        ("shoe.size", 11, "Right shoe, size: 10 → 11"),
        ("order.note", "soft pad", "Right order, note to the workshop: not given → soft pad"),
        ("order.date_needed", "2026-12-24", "Right order, date needed: not given → 24 Dec 2026"),
        ("prescription.design", "solid", "Right design: Posterior leaf spring → Solid"),
        ("prescription.design", "solid", "Right design of the brace: Posterior leaf spring → Solid"),
        ("limbs.right.foot_loading", "seated", "Right foot measured: not given → Seated"),
    ],
)
def test_a_change_reads_as_people_say_it(asked: Json, place: str, value: object, said: str) -> None:
    before = fitted(asked)
    *path, name = place.split(".")
    group = asked
    for step in path:
        group = group.setdefault(step, {})
    group[name] = value
    assert said in told(before, fitted(asked))


def test_legs_choices_protocol_and_program(asked: Json) -> None:
    before = fitted(asked)
    chosen = Override(
        side="right",
        dimension="proximal_trim_height_mm",
        chosen=410,
        reason="scar",
        by="Olga",
        at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    found = differences(before, fitted(asked, TODAY, chosen))
    assert [(one.where, one.before, one.after) for one in found] == [
        ("Right top edge, sides, chosen", "as computed", "410 mm: scar")
    ]
    later = replace(before, protocol_name="ours", protocol_version=3, engine_version="9")
    assert told(before, later)[0] == "Protocol: default, version 1 → ours, version 3"
    assert told(before, later)[1].endswith("→ 9")
    both = request_of("S01")
    one = request_of("S01")
    del one["limbs"]["left"]
    one["clinical"] = both["clinical"]
    assert "Left leg: given → not in the fitting" in told(fitted(both), fitted(one))


def test_pointers_lead_into_the_answer(clinic: Clinic, asked: Json) -> None:
    client: FlaskClient = clinic.app.test_client()
    key = clinic.key()
    first = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    assert first["changes"] == []
    asked["limbs"]["right"]["calf_circumference"] = 395
    answer = client.post(first["links"]["revise"], json=asked, headers=key)
    second = answer.get_json()
    assert second["changes"] == [
        {
            "pointer": "/inputs/normalised/limbs/right/calf_circumference",
            "label": "Right calf circumference",
            "before": "388 mm",
            "after": "395 mm",
        }
    ]
    there: Any = second
    for step in second["changes"][0]["pointer"].split("/")[1:]:
        there = there[step]
    assert there == 395
    assert client.get(answer.headers["Location"], headers=key).get_json() == second


def test_the_page_says_what_changed(clinic: Clinic, asked: Json) -> None:
    browser = clinic.browser()
    address = made(browser, asked)
    assert "Changed since" not in browser.get(address).text
    browser.get(f"{address}/edit")
    answer = browser.post(f"{address}/edit", **(flatten(asked) | {"limbs.right.calf_circumference": ["395"]}))
    page = browser.get(answer.headers["Location"]).text
    assert "Changed since revision 1" in page
    assert 'Right calf circumference <span class="soft">388 mm</span>' in page
    assert "<b>395 mm</b>" in page
