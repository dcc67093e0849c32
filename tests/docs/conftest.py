"""The site, built once for a run of the tests."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.docs import site as built


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.getbasetemp()
    return built.build(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def read(site: Path) -> Mapping[str, built.Page]:
    return built.pages(site)
