"""The short form of the load run."""

import pytest

from tests.endurance.load import Outcome, load, percentiles
from tests.endurance.users import MIX, Seen


@pytest.mark.hazard("H24", "H38")
def test_a_clinic_at_work_sees_no_fault_and_loses_nothing() -> None:
    outcome = load(12, 6, slow=3, burst_every=2.5, warm=False)
    assert outcome.faults == []
    assert outcome.gone == set()
    assert outcome.seen.broken == {}
    assert outcome.sound, outcome.seen.statuses
    assert {status for _, status in outcome.seen.statuses} <= {200, 201}
    assert outcome.seen.kept
    assert len(outcome.seen.times) >= len(MIX) / 2
    assert f"12 users, {sum(outcome.seen.statuses.values())} requests, 0 5xx, p50 " in outcome.line()


def test_a_fault_a_broken_connection_and_a_loss_are_counted() -> None:
    seen = Seen()
    seen.times["get"] = [0.1, 0.2]
    seen.statuses["get", 500] = 1
    seen.statuses["get", 200] = 1
    seen.broken["get: ConnectionResetError"] = 1
    assert not Outcome(1, seen, set(), [], 0.0, 0.0).sound
    assert " 2 5xx" in Outcome(1, seen, set(), [], 0.0, 0.0).line()
    seen.statuses.clear()
    seen.broken.clear()
    assert Outcome(1, seen, set(), [], 0.0, 0.0).sound
    assert not Outcome(1, seen, {"gone"}, [], 0.0, 0.0).sound


def test_percentiles_are_of_what_was_measured() -> None:
    assert percentiles([0.001 * one for one in range(1, 102)]) == pytest.approx((51, 96, 100))
    assert percentiles([0.25]) == (250, 250, 250)
