"""What the pages show does not depend on the database: their tests run on SQLite, the records' tests on both."""

import pytest


@pytest.fixture
def kind() -> str:
    return "sqlite"
