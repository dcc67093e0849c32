"""The list of components: valid, complete, and what is pinned today."""

import json
import re
from hashlib import sha256
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from docs.make_components import DEPLOYED, FILE, PINS, READ, ROOT, components, pins

STRICT = JsonStrictValidator(SchemaVersion.V1_6)
SAID = FILE.read_text("utf-8")


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    return {one["bom-ref"]: one for one in json.loads(SAID)["components"]}


def test_the_list_is_what_is_pinned_today() -> None:
    assert components() == SAID, "run make components"


def test_the_list_is_valid() -> None:
    assert STRICT.validate_str(SAID) is None
    assert STRICT.validate_str(SAID.replace('"bom-ref"', '"bom-reference"', 1)) is not None
    assert "timestamp" not in SAID


def test_every_package_is_there_with_its_hashes_and_a_licence(listed: dict[str, Any]) -> None:
    deployed = [pin for pin in pins(PINS.read_text("utf-8")) if pin.holds(DEPLOYED)]
    purls = {f"pkg:pypi/{pin.key}@{pin.version}": pin for pin in deployed}
    assert {ref for ref in listed if ref.startswith("pkg:")} == set(purls)
    for purl, pin in purls.items():
        (files,) = listed[purl]["externalReferences"]
        assert sorted(one["content"] for one in files["hashes"]) == list(pin.hashes)
        (licence,) = listed[purl]["licenses"]
        assert licence.get("expression") or licence["license"].get("id"), f"read the licence of {pin.name}"


def test_a_licence_that_was_read_is_of_a_package_that_is_there(listed: dict[str, Any]) -> None:
    names = {ref.removeprefix("pkg:pypi/").partition("@")[0] for ref in listed}
    assert set(READ) <= names


def test_everything_is_needed_by_something(listed: dict[str, Any]) -> None:
    document = json.loads(SAID)
    own = document["metadata"]["component"]["bom-ref"]
    needs = {one["ref"]: set(one.get("dependsOn", ())) for one in document["dependencies"]}
    reached, ahead = set[str](), [own]
    while ahead:
        for one in needs[ahead.pop()] - reached:
            reached.add(one)
            ahead.append(one)
    assert reached == set(listed)


def test_every_font_of_the_program_is_there(listed: dict[str, Any]) -> None:
    files = {file["name"]: file["hashes"] for one in listed.values() for file in one.get("components", ())}
    fonts = [path for path in FILE.parent.rglob("*") if re.fullmatch(r"\.(ttf|otf|woff2?)", path.suffix)]
    assert len(fonts) >= 3
    expected = {path.relative_to(ROOT).as_posix(): sha256(path.read_bytes()).hexdigest() for path in fonts}
    assert {name: one["content"] for name, (one,) in files.items()} == expected


def test_the_list_is_of_what_the_image_runs() -> None:
    image = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    assert set(re.findall(r"^FROM python:([\d.]+)-", image, re.MULTILINE)) == {DEPLOYED["python_full_version"]}
    assert DEPLOYED["python_full_version"].startswith(f"{DEPLOYED['python_version']}.")
