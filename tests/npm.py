"""Tools from npm, installed by ``make tools``: never part of the product."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "node"
BIN = FOLDER / "node_modules" / ".bin"
PATIENCE = 120.0


def needed() -> None:
    """Without Node and the tools the test fails in CI and says so elsewhere."""
    if shutil.which("node") and BIN.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("The tools from npm are missing: they must run in CI. Run make tools.")
    pytest.skip("NO TOOLS FROM NPM: what they check is NOT checked. Run make tools.")


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What a tool or a script says; the first word is a tool of the folder, or node."""
    needed()
    first, *rest = (str(one) for one in command)
    program = first if first == "node" else str(BIN / first)
    environment = os.environ | {"NO_COLOR": "1", "CI": "true"}
    return subprocess.run(
        [program, *rest], cwd=cwd or FOLDER, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
