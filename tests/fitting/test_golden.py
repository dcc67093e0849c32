"""The worked examples and the stories come out as they were written down."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from afofit.schemas.problems import Refused
from tests.fitting.people import Document, answered, fitted, numbers, request_of, severities

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
EXAMPLES = json.loads((GOLDEN / "examples.json").read_text("utf-8"))["examples"]
STORIES = json.loads((GOLDEN / "stories.json").read_text("utf-8"))["stories"]
CLOSE = 1e-4
STORY_LEGS = [(story, side) for story in STORIES for side in ("left", "right") if side in story["expect"]]


def example_id(example: Document) -> str:
    return str(example["name"]).split()[0]


examples = pytest.mark.parametrize("example", EXAMPLES, ids=example_id)
stories = pytest.mark.parametrize(
    ("story", "side"), STORY_LEGS, ids=[f"{story['id']}-{side}" for story, side in STORY_LEGS]
)


def flat(shoe: Document) -> dict[str, Any]:
    """The lengths and sizes of a shoe by one name each: ``bare.eu``, ``widths.us_men`` …"""
    found: dict[str, Any] = {}
    for name, value in shoe.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            found[name] = value
    return found


def by_name(limb: Document) -> dict[str, float]:
    return {dimension["name"]: dimension["value"] for dimension in limb["dimensions"]}


def by_code(limb: Document) -> dict[str, str]:
    return {finding["code"]: finding["severity"] for finding in limb["findings"]}


@pytest.mark.hazard("H16")
@examples
def test_example_dimensions(example: Document) -> None:
    limb = answered(example["request"])["limbs"][example["side"]]
    assert by_name(limb) == pytest.approx(example["expected"]["dimensions"], abs=CLOSE)
    for field in ("code", "footplate"):
        assert limb["design"][field] == example["expected"]["design" if field == "code" else field]


@pytest.mark.hazard("H16")
@examples
def test_example_shoe(example: Document) -> None:
    limb = answered(example["request"])["limbs"][example["side"]]
    wanted, got = flat(example["expected"]["shoe"]), flat(limb["shoe"])
    for scale in [name for name in wanted if name.startswith("widths.")]:
        assert got.pop(scale).items() >= wanted.pop(scale).items()
    assert {name: got.get(name) for name in wanted} == pytest.approx(wanted, abs=CLOSE)
    for group in ("bare", "braced", "widths"):
        assert set(limb["shoe"][group]) == set(example["expected"]["shoe"][group])
    named = {name for name in limb["shoe"] if name.endswith("_mm")}
    assert named == {name for name in example["expected"]["shoe"] if name.endswith("_mm")}


@examples
def test_example_findings_and_verdict(example: Document) -> None:
    limb = answered(example["request"])["limbs"][example["side"]]
    found = by_code(limb)
    if "measurement_unusual" not in example["expected"]["findings"]:
        found.pop("measurement_unusual", None)
    assert found == example["expected"]["findings"]
    assert limb["verdict"] == example["expected"]["verdict"]


def test_no_finding_is_given_twice() -> None:
    for asked in [*(example["request"] for example in EXAMPLES), *(story["request"] for story in STORIES)]:
        for limb in answered(asked)["limbs"].values():
            assert len(by_code(limb)) == len(limb["findings"])


@stories
def test_story(story: Document, side: str) -> None:
    wanted = story["expect"][side]
    assert story["expect"]["http"] == 200
    limb = fitted(story["request"]).limbs["left" if side == "left" else "right"]
    assert limb.verdict == wanted["verdict"]
    assert (limb.design.code, limb.design.footplate) == (wanted["design"], wanted["footplate"])
    found = set(severities(limb))
    assert found >= set(wanted["findings_include"])
    assert not found & set(wanted["findings_exclude"])
    got = numbers(limb)
    assert {name: got.get(name) for name in wanted["dimensions"]} == pytest.approx(wanted["dimensions"], abs=CLOSE)
    assert bool(got) == bool(wanted["dimensions"])


def test_every_story_with_an_answer_is_read() -> None:
    for story in STORIES:
        if story["expect"]["http"] == 200:
            request_of(story["request"])
        else:
            with pytest.raises(Refused):
                request_of(story["request"])


def story(code: str) -> Document:
    found: Document = next(story for story in STORIES if story["id"] == code)["request"]
    return deepcopy(found)


@pytest.mark.hazard("H04")
def test_story_equinus_with_the_sign_lost_is_caught_by_the_bent_knee() -> None:
    asked = story("S07")
    asked["limbs"]["right"]["dorsiflexion_knee_extended"] = 12
    assert "measurement_unusual" in severities(fitted(asked).limbs["right"])


def test_story_hinge_with_two_degrees_less_than_a_right_angle_stops() -> None:
    asked = story("S10")
    asked["limbs"]["left"]["dorsiflexion_knee_extended"] = -2
    limb = fitted(asked).limbs["left"]
    assert (limb.verdict, limb.design.code, limb.dimensions) == ("stop", None, {})


def test_story_partial_foot_names_the_foot_length_as_unusual() -> None:
    limb = fitted(story("S05")).limbs["right"]
    unusual = next(finding for finding in limb.findings if finding.code == "measurement_unusual")
    assert unusual.about[0] == "foot_length"


def test_story_of_the_sides_gives_the_finding_on_both() -> None:
    fitting = fitted(story("S01"))
    assert all("sides_differ" in severities(limb) for limb in fitting.limbs.values())
