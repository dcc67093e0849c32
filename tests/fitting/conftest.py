"""Published data to check against; it lies beside the repository and is not part of it."""

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def published_data() -> Path:
    """The folder of published tables; without it the test is skipped, on the build server it fails."""
    if DATA.is_dir():
        return DATA
    message = f"the published data folder {DATA.parent.name}/{DATA.name} is not beside the repository"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)
