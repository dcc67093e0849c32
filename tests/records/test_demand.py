"""What a clinic fitted, held against charts: of each leg the latest approved revision, and never another clinic's."""

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from afofit import demand, records, rules
from afofit.cover.counting import Counting
from afofit.fitting.chart import Chart
from afofit.store import charts, legs
from tests.fitting.charts import chart, size
from tests.records.conftest import Clinic

Json = dict[str, Any]
Fitted = Callable[..., records.Record]
LEAF = chart(size("S", foot_length=(240, 265)), size("M", foot_length=(265, 280)), weight_limit_kg=150)


def document(model: str = "Leaf", design: str = "posterior_leaf_spring") -> Json:
    """An invented chart as a clinic keeps it."""
    return {
        "maker": "Nobody",
        "model": model,
        "version": "1",
        "design": design,
        "worn": "inside",
        "side": "either",
        "grade": "D",
        "invented": True,
        "weight_limit": 150,
        "units": {"length": "mm", "mass": "kg"},
        "source": {"document": "made up", "page": "1", "address": "none", "licence": "none", "date": "2026-11-23"},
        "sizes": [{"size": "S", "foot_length": [240, 265]}, {"size": "M", "foot_length": [265, 280]}],
    }


def fit_leg(
    clinic: Clinic,
    asked: Json,
    reference: str,
    foot: float,
    *,
    approved: bool = True,
    previous: records.Record | None = None,
    **clinical: str,
) -> records.Record:
    """Keep a fitting of the right leg of a patient, and approve it."""
    request = copy.deepcopy(asked)
    request["patient"] = {**request["patient"], "reference": reference, "name": None}
    request["limbs"]["right"]["foot_length"] = foot
    request["clinical"].update(clinical)
    record, _ = records.take(clinic.store, clinic.orthotist, request, previous_id=previous.id if previous else None)
    if approved:
        with clinic.store.writing(clinic.orthotist) as desk:
            opened = records.find(desk, record.id)
            records.approve(desk, opened, opened.cautions)
    return record


@pytest.fixture
def fitted(asked: Json) -> Fitted:
    def make(clinic: Clinic, reference: str, foot: float = 270, **more: Any) -> records.Record:
        return fit_leg(clinic, asked, reference, foot, **more)

    return make


def counted(clinic: Clinic, *some: Chart, **more: Any) -> tuple[Counting, demand.Past]:
    counting = Counting(some or (LEAF,))
    with clinic.store.reading(clinic.orthotist) as desk:
        return counting, demand.count(desk, counting, **more)


def served(counting: Counting) -> list[int]:
    return [size.people for size in counting.cover.charts[0].sizes]


def test_each_leg_counts_once_by_its_latest_approved_revision(
    clinic: Clinic, other_clinic: Clinic, fitted: Fitted
) -> None:
    """First 270 (M), then 260 (S): S counts. A draft, what was withdrawn and another clinic's do not."""
    first = fitted(clinic, "A-1", 270)
    fitted(clinic, "A-1", 260, previous=first)
    fitted(clinic, "A-2", 270)
    fitted(clinic, "A-3", 270, approved=False)
    withdrawn = fitted(clinic, "A-4", 270)
    with clinic.store.writing(clinic.orthotist) as desk:
        records.withdraw(desk, records.find(desk, withdrawn.id), "wrong leg")
    fitted(other_clinic, "A-5", 270)
    counting, past = counted(clinic)
    assert past == demand.Past(legs=2, left_out=0, since=None)
    assert served(counting) == [1, 1]


def test_where_what_replaced_it_was_withdrawn_the_one_before_counts(clinic: Clinic, fitted: Fitted) -> None:
    first = fitted(clinic, "A-1", 270)
    second = fitted(clinic, "A-1", 260, previous=first)
    with clinic.store.writing(clinic.orthotist) as desk:
        records.withdraw(desk, records.find(desk, second.id), "measured wrong")
    assert served(counted(clinic)[0]) == [0, 1]


def test_legs_of_before_a_day_are_left_out(clinic: Clinic, fitted: Fitted) -> None:
    fitted(clinic, "A-1")
    now = datetime.now(UTC)
    with clinic.store.reading(clinic.orthotist) as desk:
        assert len(legs.latest(desk, since=now - timedelta(days=1))) == 1
        assert legs.latest(desk, since=now + timedelta(days=1)) == []
    tomorrow = now.date() + timedelta(days=1)
    assert counted(clinic, since=tomorrow)[1] == demand.Past(0, 0, tomorrow)


class TestOnOneDatabase:
    """What is counted does not depend on the database."""

    @pytest.fixture
    def kind(self) -> str:
        return "sqlite"

    def test_a_leg_is_held_against_charts_as_in_its_own_fitting(self, clinic: Clinic, fitted: Fitted) -> None:
        """Status by status as in the records; at Ashworth 2 a finding speaks against a leaf spring, not a frame."""
        with clinic.store.writing(clinic.orthotist) as desk:
            charts.save(desk, [document(), document("Frame", "external")])
        made = [
            fitted(clinic, "A-1", 262),
            fitted(clinic, "A-2", 265),
            fitted(clinic, "A-3", 262, ashworth="2"),
            fitted(clinic, "A-4", 285),
        ]
        stock = [one for record in made for limb in record.fitting.limbs.values() for one in limb.stock]
        with clinic.store.reading(clinic.orthotist) as desk:
            used = rules.current(desk).charts
        whole = counted(clinic, *used)[0].cover
        assert len(stock) == len(used) * 4
        for of_chart in whole.charts:
            said = [one.status for one in stock if one.product == of_chart.product]
            assert {status: said.count(status) for status in of_chart.statuses} == of_chart.statuses
        by_model = {one.product.model: one.statuses for one in whole.charts}
        assert (by_model["Leaf"]["unsuited"], by_model["Frame"]["unsuited"]) == (1, 0)
        assert (by_model["Leaf"]["boundary"], by_model["Leaf"]["outside"]) == (1, 1)

    def test_of_very_many_legs_those_fitted_last_are_taken(
        self, clinic: Clinic, fitted: Fitted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(demand, "MOST_LEGS", 1)
        fitted(clinic, "A-1", 250)
        fitted(clinic, "A-2", 270)
        counting, past = counted(clinic)
        assert (past.legs, past.left_out) == (1, 1)
        assert served(counting) == [0, 1]

    def test_a_leg_without_a_brace_is_not_counted(self, clinic: Clinic, fitted: Fitted, asked: Json) -> None:
        """With the knee unknown the engine chooses nothing: contract 3.1 rule 3."""
        asked["prescription"]["design"] = "engine"
        fitted(clinic, "A-1", 270, knee="unknown")
        assert counted(clinic)[1].legs == 0


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 23), 12, date(2025, 11, 23)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
        (date(2026, 12, 31), 120, date(2016, 12, 31)),
    ],
)
def test_months_before_a_day(day: date, months: int, before: date) -> None:
    assert demand.months_before(day, months) == before
