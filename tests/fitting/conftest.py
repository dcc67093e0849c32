"""Published data to check against; it lies beside the repository and is not part of it."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def published_data() -> Path:
    """The folder of published tables; it lies beside the checkout on the build server, elsewhere the test says so."""
    if DATA.is_dir():
        return DATA
    pytest.skip(f"left out: the published data folder {DATA.parent.name}/{DATA.name} is not beside the repository")
