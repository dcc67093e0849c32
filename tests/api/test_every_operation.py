"""Every operation of the REST service, called with what its description allows and forbids, with every check."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endurance.fuzz_operations import Described, described

SEED = 20261128
ONE_BODY = ("createFitting", "reviseFitting", "previewDocument", "previewSummary")
"""Operations whose body is that of previewFitting; what is wrong with a body is tried there."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    with described(tmp_path_factory.mktemp("operations")) as made:
        yield made


def test_every_edge_of_the_description_holds(service: Described, tmp_path: Path) -> None:
    once = [word for name in ONE_BODY for word in ("--exclude-operation-id", name)]
    said = service.knowing(tmp_path).checked("--phases", "coverage", *once, seed=SEED)
    assert said.returncode == 0, said.stdout + said.stderr


def test_what_is_made_at_random_is_answered_as_described(service: Described) -> None:
    before = service.answers.copy()
    said = service.checked("--phases", "examples,fuzzing,stateful", "--max-examples", "8", seed=SEED)
    assert said.returncode == 0, said.stdout + said.stderr
    answered = service.answers - before
    assert answered[200] > 0
    assert answered[422] > 0


def test_a_service_that_does_otherwise_is_found_out(service: Described, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(service.app.view_functions, "api.measurements", service.app.view_functions["watch.alive"])
    said = service.checked(
        "--phases", "fuzzing", "--max-examples", "1", "--include-operation-id", "getDeclarations", seed=SEED
    )
    assert said.returncode == 1
    assert "schema" in said.stdout
