"""What is installed is what was pinned, to the byte: every pin has its hashes, and every install asks for them."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs.make_components import HASH, Pin, pins

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "requirements"
FILES = sorted(FOLDER.glob("*.txt"))
SAID: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ASKED: dict[str, list[str]] = {"run": SAID["project"]["dependencies"]} | SAID["dependency-groups"]
HERE = ("run", "build", "test")
"""What this run stands on; the other files are installed for their own commands."""
INSTALLS = ("Makefile", "deploy/Containerfile", "deploy/README.md", "README.md", "CONTRIBUTING.md")


def of(name: str) -> dict[str, Pin]:
    """What a file pins for the Python that runs this."""
    return {pin.key: pin for pin in pins((FOLDER / f"{name}.txt").read_text("utf-8")) if pin.holds()}


def pinned(requirements: list[str]) -> dict[str, str]:
    """The versions by name. Fails where one is not exact."""
    read = [Requirement(one) for one in requirements]
    assert all(re.fullmatch(r"==[^*]+", str(one.specifier)) for one in read)
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in read}


def unhashed(text: str) -> list[str]:
    return [pin.name for pin in pins(text) if not pin.hashes]


def unguarded(text: str) -> list[str]:
    """The commands that would install what nobody pinned: neither held to hashes, nor to what lies here already."""
    whole = re.sub(r"\s*\\\n\s*", " ", text)
    commands = re.findall(r"^.*\bpip3?(?: --python \S+)? (?:install|wheel|download)\b.*$", whole, re.MULTILINE)
    return [one for one in commands if not re.search(r"--require-hashes|--no-deps|--no-index", one)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_pin_has_its_hashes(path: Path) -> None:
    text = path.read_text("utf-8")
    assert list(pins(text))
    assert unhashed(text) == []
    assert text.count("--hash=") == len(HASH.findall(text)), "a hash that is no SHA-256"


def test_a_pin_without_a_hash_or_a_version_is_found() -> None:
    text = f"flask==3.1.3 \\\n    --hash=sha256:{'0' * 64}\n    # via afofit\nhuey==3.5.4 ; os_name == 'posix'\n"
    assert [pin.version for pin in pins(text)] == ["3.1.3", "3.5.4"]
    assert unhashed(text) == ["huey"]
    for loose in ("flask>=3", "flask", "flask==3.*"):
        with pytest.raises(ValueError, match="flask is not pinned"):
            list(pins(loose))


def test_a_file_for_each_group_and_no_other() -> None:
    assert {path.stem for path in FILES} == set(ASKED)


@pytest.mark.parametrize("name", ASKED)
def test_the_files_hold_what_the_project_asks_for(name: str) -> None:
    files = {key: pin.version for key, pin in of(name).items()}
    asked = pinned(ASKED[name])
    assert {key: files.get(key) for key in asked} == asked, "run make pins"


def test_the_files_agree_about_every_version() -> None:
    first: dict[str, str] = {}
    for name in ASKED:
        for key, pin in of(name).items():
            assert first.setdefault(key, pin.version) == pin.version, key


@pytest.mark.parametrize("name", HERE)
def test_what_is_installed_is_what_was_pinned(name: str) -> None:
    expected = {key: pin.version for key, pin in of(name).items()}
    assert {key: version(key) for key in expected} == expected


def test_the_wheel_is_built_with_what_was_pinned() -> None:
    assert pinned(SAID["build-system"]["requires"]).items() <= pinned(ASKED["build"]).items()


@pytest.mark.parametrize("name", INSTALLS)
def test_every_install_is_held_to_the_hashes(name: str) -> None:
    assert unguarded((ROOT / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", ["Makefile", "deploy/Containerfile", "deploy/README.md"])
def test_what_has_no_wheel_is_built_by_the_setuptools_that_is_pinned(name: str) -> None:
    """Refusing whatever is no wheel refuses Flask-Principal; building it apart fetches a setuptools of any version."""
    text = re.sub(r"\s*\\\n\s*", " ", (ROOT / name).read_text("utf-8"))
    assert "--only-binary :all: --no-binary flask-principal --no-build-isolation" in text
    assert "requirements/build.txt" in text


def test_an_install_that_is_held_to_nothing_is_found() -> None:
    text = "RUN pip install --quiet \\\n  -r run.txt\npip install --require-hashes -r run.txt\npip wheel --no-deps .\n"
    assert unguarded(text) == ["RUN pip install --quiet -r run.txt"]
