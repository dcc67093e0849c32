"""The files of the deployment: well-formed, with settings that there are, and with the pins of the project."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from afofit import __version__
from afofit.settings import FILE, SECRET, Settings, from_environment, variable

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KNOWN = {variable(name) for name in Settings.__dataclass_fields__} | {variable(name) + FILE for name in SECRET}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return read


@pytest.mark.parametrize("name", ["compose.yaml", "afofit.service", "Containerfile", "README.md"])
def test_every_setting_that_is_named_is_one(name: str) -> None:
    named = set(re.findall(r"\b(?:AFOFIT_[A-Z_]+|DATABASE_URL(?:_FILE)?)\b", (DEPLOY / name).read_text()))
    assert named, "a file that names no setting deploys nothing"
    assert named <= KNOWN


def test_the_nodes_of_the_compose_file_start_with_settings_that_are_read(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    nodes = [compose["services"][name] for name in ("node1", "node2")]
    for node in nodes:
        given = dict(node["environment"])
        for name, path in given.items():
            if name.endswith(FILE):
                secret = path.removeprefix("/run/secrets/")
                assert secret in node["secrets"]
                (tmp_path / secret).write_text("x" * 43)
                given[name] = str(tmp_path / secret)
        assert from_environment(given).proxies == 1
        assert set(node["secrets"]) <= set(compose["secrets"])
        assert node["read_only"]
        assert node["cap_drop"] == ["ALL"]
        assert "ports" not in node, "only the proxy is reached from outside"
        assert int(node["stop_grace_period"].rstrip("s")) > 30 + 5
    shared = [{name: value for name, value in node.items() if name != "volumes"} for node in nodes]
    assert shared[0] == shared[1], "nodes differ in their data folder alone"
    assert nodes[0]["volumes"] != nodes[1]["volumes"]
    assert "ports" not in compose["services"]["database"]
    assert nodes[0]["image"].endswith(f":{__version__}")


@pytest.mark.parametrize("name", ["compose.yaml", "afofit.service"])
def test_both_ways_to_deploy_ask_everybody_for_a_second_step(name: str) -> None:
    said = re.findall(r"AFOFIT_SECOND_FACTOR\W+(\w+)", (DEPLOY / name).read_text())
    assert said == ["yes"]
    assert from_environment({"AFOFIT_SECOND_FACTOR": said[0]}).second_factor


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    named = [service["image"] for service in compose["services"].values()]
    named += re.findall(r"^FROM (\S+)", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert len(named) == 6
    for image in named:
        assert re.search(r":\d+\.\d+", image), image


def test_the_container_is_built_of_what_is_there_and_runs_the_command_of_the_tests() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    allowed = (DEPLOY / "Containerfile.dockerignore").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in line.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in allowed, source
    assert text.count("--require-hashes -r requirements/") == 2
    assert re.search(r"^USER afofit$", text, re.MULTILINE)
    for file in ("Containerfile", "afofit.service", "README.md"):
        said = (DEPLOY / file).read_text()
        assert "python:afofit.serving" in said
        assert "afofit.wsgi:app" in said
        assert "--access-logfile" not in said, "its lines hold addresses, and with them the links of patients"


def test_the_unit_is_what_systemd_reads(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    unit = (DEPLOY / "afofit.service").read_text()
    for name in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "UMask=0077"):
        assert name in unit
    (tmp_path / "afofit.service").write_text(unit.replace("/opt/afofit/bin/gunicorn", shutil.which("true") or ""))
    verified = subprocess.run(
        [analyze, "verify", str(tmp_path / "afofit.service")], capture_output=True, text=True, check=False
    )
    told = [line for line in verified.stderr.splitlines() if "afofit.service" in line]
    assert (verified.returncode, told) == (0, [])
