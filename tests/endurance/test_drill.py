"""The short form of the restore drill, and that it would notice a loss."""

from pathlib import Path
from uuid import UUID

import pytest

from afofit import records
from tests.endurance.drill import Outcome, differences, drill, fill, picture, unlike
from tests.endurance.service import KINDS, Clinic, Database, found_clinic

COUNT = 43
"""Enough for a fitting of every example and story, a change, an approval, a delivery and a withdrawal."""


@pytest.mark.hazard("H39")
@pytest.mark.parametrize("kind", KINDS)
def test_everything_comes_back_from_a_backup_alone(kind: str) -> None:
    outcome = drill(kind, COUNT)
    assert outcome.differences == []
    assert f"{kind}: {COUNT} fittings, backup " in outcome.line()
    assert outcome.line().endswith(" s, identical")


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = found_clinic(Database("sqlite", tmp_path).url)
    fill(made, COUNT)
    return made


def test_what_is_filled_has_every_state(clinic: Clinic) -> None:
    tables = picture(clinic).tables
    assert tables["fitting"][0] == COUNT
    assert all(tables[name][0] > 0 for name in ("approval", "withdrawal", "release", "delivery", "audit", "patient"))
    assert tables["patient"][0] < COUNT, "a change is of the same patient"
    clinic.store.close()


def test_a_row_more_and_a_record_changed_are_named(clinic: Clinic) -> None:
    before = picture(clinic)
    assert differences(before, picture(clinic)) == []
    with clinic.store.writing(clinic.orthotist) as desk:
        kept = (records.find(desk, UUID(one)) for one in before.answers)
        record = next(one for one in kept if one.stored.state == "approved")
        records.withdraw(desk, record, "a slip")
    found = differences(before, picture(clinic))
    assert f"record {record.id}: answer not the same" in found
    assert {line.split(":")[0] for line in found} >= {"table audit", "table clinic", "table withdrawal"}
    assert not any("table fitting" in line for line in found)
    clinic.store.close()


def test_a_record_that_is_gone_is_named() -> None:
    assert unlike("answer", {"a": 1, "b": 2}, {"a": 1}) == ["record b: answer not the same"]
    lost = Outcome("sqlite", 2, 1.0, 1.0, 1.0, ["record b: answer not the same"])
    assert lost.line().endswith("NOT identical, 1 differences")
