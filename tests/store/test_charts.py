"""A clinic's own size charts: every revision kept, one of a product in use, all of a file or nothing."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from afofit.fitting.chart_file import built_in, built_in_by_name, toml_document
from afofit.store import charts, protocols
from afofit.store.actors import Actor
from afofit.store.database import Desk, Store
from afofit.store.errors import Conflict, Missing
from tests.fitting.test_chart_file import FULL, GOOD
from tests.store.filled import found_clinic

DOCUMENT = toml_document(GOOD)
SUMMIT = "turbomed-xtern-summit"


@pytest.fixture
def actor(store: Store) -> Actor:
    return found_clinic(store)


def of(model: str, **more: Any) -> dict[str, Any]:
    return deepcopy(DOCUMENT) | {"model": model} | more


def used(desk: Desk) -> list[str]:
    return [chart.product.name for chart in charts.used(desk, protocols.chosen(desk).chart_set)]


def own(desk: Desk) -> list[tuple[str, int, bool]]:
    return [(one.chart.product.model, one.number, one.in_use) for one in charts.listed(desk)]


def test_a_chart_is_kept_as_its_file_said_it_and_used_at_once(store: Store, actor: Actor) -> None:
    document = toml_document(FULL)
    with store.reading(actor) as desk:
        assert used(desk) == [chart.product.name for chart in built_in()]
    with store.writing(actor) as desk:
        (saved,) = charts.save(desk, [document])
    with store.reading(actor) as desk:
        one = charts.find(desk, saved.id)
        assert used(desk)[0] == one.chart.product.name
        assert len(used(desk)) == len(built_in()) + 1
    assert one.document == document
    assert (one.number, one.chart.product.revision, one.made_by, one.in_use) == (1, 1, "Kim Example", True)


def test_the_same_product_again_is_the_next_revision_and_the_same_chart_again_is_none(
    store: Store, actor: Actor
) -> None:
    with store.writing(actor) as desk:
        (first,) = charts.save(desk, [of("A")])
    with store.writing(actor) as desk:
        (again,) = charts.save(desk, [of("A")])
    assert (again.id, again.new) == (first.id, False)
    with store.writing(actor) as desk:
        (second,) = charts.save(desk, [of("a", version="2")])
        assert own(desk) == [("a", 2, True), ("A", 1, False)]
    assert (second.number, second.new) == (2, True)
    with store.reading(actor) as desk:
        assert charts.find(desk, first.id).ended_by == "Kim Example"
        assert [one.number for one in charts.revisions(desk, charts.find(desk, first.id).chart.product.key)] == [2, 1]


def test_an_own_chart_stands_in_for_that_of_the_program_until_it_is_withdrawn(store: Store, actor: Actor) -> None:
    mine = of("xtern summit", maker="TURBOMED ORTHOTICS")
    with store.writing(actor) as desk:
        (saved,) = charts.save(desk, [mine])
    with store.reading(actor) as desk:
        assert "TURBOMED ORTHOTICS xtern summit" in used(desk)
        assert "Turbomed Orthotics XTERN SUMMIT" not in used(desk)
        assert len(used(desk)) == len(built_in())
    with store.writing(actor) as desk:
        charts.withdraw(desk, saved.id)
    with store.reading(actor) as desk:
        assert sorted(used(desk)) == sorted(chart.product.name for chart in built_in())
    with store.writing(actor) as desk, pytest.raises(Conflict, match="not in use any more"):
        charts.withdraw(desk, saved.id)


def test_a_chart_of_the_program_is_left_out_and_used_again(store: Store, actor: Actor) -> None:
    for on, count in ((True, 12), (False, 11), (False, 11), (True, 12)):
        with store.writing(actor) as desk:
            charts.switch(desk, SUMMIT, on=on)
        with store.reading(actor) as desk:
            assert charts.left_out(desk) == (frozenset() if on else {SUMMIT})
            assert len(used(desk)) == count
    with store.writing(actor) as desk, pytest.raises(Missing):
        charts.switch(desk, "no such chart", on=False)
    assert SUMMIT in built_in_by_name()


def test_all_of_a_file_is_kept_or_nothing(store: Store, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "MOST_IN_USE", 2)
    with (
        pytest.raises(Conflict, match="At most 2 charts can be in use; these would be 3"),
        store.writing(actor) as desk,
    ):
        charts.save(desk, [of("A"), of("B"), of("C")])
    with store.reading(actor) as desk:
        assert own(desk) == []
        assert protocols.chosen(desk).chart_set is None
    with store.writing(actor) as desk:
        charts.save(desk, [of("A"), of("B")])
    with store.writing(actor) as desk:
        charts.save(desk, [of("B", version="2")])


def test_what_is_in_use_is_asked_once_and_never_taken_for_what_was_before(store: Store, actor: Actor) -> None:
    with store.writing(actor) as desk:
        charts.save(desk, [of("A")])
    with store.reading(actor) as desk:
        mark = protocols.chosen(desk).chart_set
        assert charts.used(desk, mark) is charts.used(desk, mark)
    with suppress(RuntimeError), store.writing(actor) as desk:
        charts.save(desk, [of("B")])
        assert "Nobody B" in used(desk)
        raise RuntimeError
    with store.reading(actor) as desk:
        assert "Nobody B" not in used(desk)
        assert protocols.chosen(desk).chart_set == mark


def test_another_clinic_sees_and_uses_nothing_of_it(store: Store, actor: Actor) -> None:
    other = found_clinic(store, email="other@example.org")
    with store.writing(actor) as desk:
        (saved,) = charts.save(desk, [of("A")])
        charts.switch(desk, SUMMIT, on=False)
    with store.reading(other) as desk:
        assert own(desk) == []
        assert charts.left_out(desk) == frozenset()
        assert used(desk) == [chart.product.name for chart in built_in()]
        for deed in (charts.find, charts.withdraw):
            with pytest.raises(Missing):
                deed(desk, saved.id)


def test_every_deed_stands_in_the_audit(store: Store, actor: Actor) -> None:
    with store.writing(actor) as desk:
        (saved,) = charts.save(desk, [of("A")])
        charts.withdraw(desk, saved.id)
        charts.switch(desk, SUMMIT, on=False)
        charts.switch(desk, SUMMIT, on=True)
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT action, object_id FROM audit WHERE object_kind = 'size chart'")).all()
    assert [tuple(row) for row in rows] == [
        ("size chart kept", str(saved.id)),
        ("size chart withdrawn", str(saved.id)),
        ("size chart switched off", SUMMIT),
        ("size chart switched on", SUMMIT),
    ]


@pytest.mark.parametrize(
    "deed", ["UPDATE size_chart SET number = 9", "UPDATE size_chart SET document = '{}'", "DELETE FROM size_chart"]
)
def test_the_database_itself_refuses_to_change_a_chart(store: Store, actor: Actor, deed: str) -> None:
    with store.writing(actor) as desk:
        charts.save(desk, [of("A")])
    with pytest.raises(DBAPIError, match=r"rows are (written once|not deleted)"), store.engine.begin() as connection:
        connection.execute(text(deed))


def test_the_database_itself_holds_one_chart_of_a_product_in_use(store: Store, actor: Actor) -> None:
    with store.writing(actor) as desk:
        charts.save(desk, [of("A")])
        charts.save(desk, [of("A", version="2")])
    with pytest.raises(DBAPIError), store.engine.begin() as connection:
        connection.execute(text("UPDATE size_chart SET ended_at = NULL"))
