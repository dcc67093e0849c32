"""What all tests share: the marker that ties a test to a hazard of the hazard log."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker ``hazard``, so that a misspelt one fails under strict markers."""
    config.addinivalue_line("markers", "hazard(id): the test shows the control of a hazard of the hazard log")
