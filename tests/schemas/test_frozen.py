"""A snapshot gives back the very fitting, is always the same, and says clearly when it cannot be read."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afofit.documents import Kind, document
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.fitting.protocol import Wear, WearStep, default
from afofit.fitting.request import Clearance
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Source, Value, derived
from afofit.schemas.answer import write
from afofit.schemas.frozen import CLASSES, Unfreezable, Unthawable, freeze, thaw
from afofit.schemas.printing import Printing
from afofit.schemas.problems import Refused
from tests.examples import EXAMPLES, STORIES, request_of
from tests.fitting import people

ASKED: dict[str, Any] = {one["name"].split()[0]: one["request"] for one in EXAMPLES}
ASKED |= {story["id"]: story["request"] for story in STORIES}
KINDS: tuple[Kind, ...] = ("sheet", "patient", "template", "order")


def assert_same(one: Any, other: Any) -> None:
    """Equal in every field and of the same type; sources by their fields, mappings in their order."""
    if isinstance(one, Mapping):
        assert isinstance(other, dict)
        assert list(one) == list(other)
        for key in one:
            assert_same(one[key], other[key])
        return
    assert type(one) is type(other), (one, other)
    if is_dataclass(one) and not isinstance(one, type):
        for each in fields(one):
            assert_same(getattr(one, each.name), getattr(other, each.name))
    elif isinstance(one, tuple | list):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_same(left, right)
    else:
        assert one == other


def assert_round(fitting: Fitting) -> Fitting:
    frozen = freeze(fitting)
    thawed = thaw(frozen)
    assert_same(fitting, thawed)
    assert freeze(thawed) == frozen
    return thawed


def example() -> Fitting:
    return people.fitted(request_of("E1"))


def with_facts(facts: Mapping[str, object]) -> Fitting:
    fitting = example()
    limb = fitting.limbs["right"]
    first, *others = limb.findings
    changed = replace(limb, findings=(replace(first, facts=facts), *others))
    return replace(fitting, limbs={"right": changed})


@pytest.mark.parametrize("key", ASKED)
def test_a_snapshot_gives_back_the_very_fitting(key: str) -> None:
    asked = request_of(key)
    fitting = people.fitted(asked)
    thawed = assert_round(fitting)
    assert orjson.dumps(write(thawed, asked)) == orjson.dumps(write(fitting, asked))


@pytest.mark.parametrize("key", ["E1", "E2", "E3"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_document_from_a_snapshot_is_the_same_to_the_byte(key: str, kind: Kind) -> None:
    asked = request_of(key)
    fitting = people.fitted(asked)
    printing = Printing()
    try:
        first = document(kind, fitting, asked, printing)
    except Refused:
        with pytest.raises(Refused):
            document(kind, thaw(freeze(fitting)), asked, printing)
        return
    assert document(kind, thaw(freeze(fitting)), asked, printing) == first


@settings(max_examples=60, deadline=None)
@given(
    child=st.booleans(),
    both=st.booleans(),
    sensation=st.sampled_from(["normal", "reduced", "absent", people.GONE]),
    ashworth=st.sampled_from(["0", "1", "1+", "2", "4", people.GONE]),
    dorsiflexion=st.sampled_from([-25, -7, -3, 0, 8, 12.5]),
    wider=st.floats(0.97, 1.05),
    design=st.sampled_from(["engine", "solid", "hinged", "carbon_anterior", "posterior_leaf_spring"]),
)
def test_any_person_comes_back(
    child: bool, both: bool, sensation: Any, ashworth: Any, dorsiflexion: float, wider: float, design: str
) -> None:
    calf = (people.CHILD_LEG if child else people.MAN_LEG)["calf_circumference"] * wider
    limb = {"dorsiflexion_knee_extended": dorsiflexion, "calf_circumference": calf}
    asked = people.document(
        child=child,
        limb=limb,
        other=limb if both else None,
        clinical={"sensation": sensation, "ashworth": ashworth},
        prescription={"design": design},
    )
    assert_round(people.fitted(asked))


def test_an_override_a_clearance_and_every_moment_come_back() -> None:
    request = people.request_of(request_of("E1"))
    at = datetime(2026, 11, 23, 9, 30, 15, 250, timezone(timedelta(hours=-3, minutes=-30)))
    chosen = Override(
        side="right", dimension="fibular_relief_mm", chosen=6.0, reason="sore — «here»", by="A. Núñez", at=at
    )
    fitting = fit(request, today=people.TODAY, overrides=(chosen,))
    limb = request.limbs["right"]
    clearance = Clearance(code="hot_red_swollen", by="Dr. 山田", date=date(2026, 11, 20))
    for moment in (datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 8, tzinfo=UTC), at):
        cleared = replace(limb, measured_at=moment, clinical=replace(limb.clinical, cleared=(clearance,)))
        thawed = assert_round(replace(fitting, request=replace(request, limbs={"right": cleared})))
        back = thawed.request.limbs["right"].measured_at
        assert back is not None
        assert back.utcoffset() == moment.utcoffset()
    assert thawed.limbs["right"].overridden["fibular_relief_mm"].override == chosen


FACTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.dates()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text("~abn", max_size=5) | st.integers(-3, 3), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(facts=st.dictionaries(st.text("~ab", max_size=4) | st.just("~list"), FACTS, max_size=4))
def test_every_type_of_fact_comes_back(facts: dict[str, object]) -> None:
    assert_round(with_facts(facts))


def test_one_and_one_point_zero_and_true_are_not_taken_for_each_other() -> None:
    source = derived("a test")
    values = {str(place): Value("x_mm", number, source) for place, number in enumerate((1, 1.0, True, -0.0, 0.0))}
    fitting = example()
    limb = replace(fitting.limbs["right"], measured=values)
    thawed = assert_round(replace(fitting, limbs={"right": limb}))
    back = [value.magnitude for value in thawed.limbs["right"].measured.values()]
    assert [repr(number) for number in back] == ["1", "1.0", "True", "-0.0", "0.0"]


def test_what_is_shared_is_written_once() -> None:
    """Each of forty values has the one before as an input twice: 2⁴⁰ values, were they written out."""
    value = Value("x_mm", 1.0, derived("a test"))
    for _ in range(40):
        value = Value("x_mm", 1.0, value.source, "x_mm + x_mm", (value, value))
    fitting = example()
    limb = fitting.limbs["right"]
    deep = replace(fitting, limbs={"right": replace(limb, measured={"x_mm": value})})
    assert len(freeze(deep)) < len(freeze(fitting)) + 5000
    back = thaw(freeze(deep)).limbs["right"].measured["x_mm"]
    assert back.inputs[0] is back.inputs[1]
    thawed = thaw(freeze(fitting))
    assert thawed.request.limbs["right"] is thawed.limbs["right"].limb


def test_equal_fittings_give_equal_bytes_whatever_they_share() -> None:
    fitting = example()
    limb = fitting.limbs["right"]
    apart = {
        name: value._replace(source=Source(value.source.text, value.source.grade, value.source.basis))
        for name, value in limb.dimensions.items()
    }
    other = replace(fitting, limbs={"right": replace(limb, limb=replace(limb.limb), dimensions=apart)})
    assert freeze(other) == freeze(fitting) == freeze(example())


@pytest.mark.parametrize("key", ["E1", "E2", "E3"])
def test_another_process_gives_the_same_bytes(key: str) -> None:
    ask = (
        "import sys; from tests.examples import request_of; from tests.fitting.people import fitted;"
        f"from afofit.schemas.frozen import freeze; sys.stdout.buffer.write(freeze(fitted(request_of({key!r}))))"
    )
    for seed in ("1", "77"):
        there = subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        assert there.stdout == freeze(people.fitted(request_of(key)))


def test_the_wear_plan_of_another_protocol_comes_back() -> None:
    steps = (WearStep(days=(1, 3), minutes=(45, 45), sessions=3), WearStep(days=(4, 9), more_each_day_minutes=(15, 30)))
    wear = Wear(plans={"normal": steps, "slow": steps}, call_after_min=11, stop_after_min=17)
    assert assert_round(replace(example(), wear=wear)).wear == wear


@pytest.mark.parametrize(
    "fact",
    [
        float("nan"),
        float("inf"),
        (1.0, float("-inf")),
        {"a": [float("nan")]},
        {1, 2},
        b"bytes",
        2**64,
        "\ud800",
        object(),
        people.Document,
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_cannot_be_held_exactly_is_refused(fact: object) -> None:
    with pytest.raises(Unfreezable):
        freeze(with_facts({"fact": fact}))


def test_every_class_of_the_domain_is_known() -> None:
    assert len({made.__name__ for made in CLASSES}) == len(CLASSES)
    assert {Fitting, LimbFitting, Override, Value, Source, Wear} <= set(CLASSES)


def parts() -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(freeze(example()))
    return read


def number(name: str) -> int:
    return next(place for place, (known, *_) in enumerate(parts()["classes"]) if known == name)


def without(name: str, field: str, fitting: Fitting | None = None) -> bytes:
    """A snapshot of a version in which a class had no such field yet."""
    parted = orjson.loads(freeze(fitting or example()))
    place = parted["classes"][number(name)].index(field)
    del parted["classes"][number(name)][place]
    for row in parted["nodes"]:
        if row[0] == number(name):
            del row[place]
    return orjson.dumps(parted)


def test_a_field_that_a_snapshot_lacks_takes_the_default() -> None:
    assert thaw(without("Shoe", "size")).request.limbs["right"].shoe.size is None
    assert thaw(without("Value", "tolerance")).limbs["right"].dimensions["calf_shell_arc_mm"].tolerance is None
    assert thaw(without("LimbFitting", "overridden")).limbs["right"].overridden == {}
    assert thaw(without("Fitting", "wear")).wear == default().wear
    assert thaw(without("Limb", "confirmed")).request.limbs["right"].confirmed == ()


def test_a_snapshot_from_before_values_were_confirmed_is_read() -> None:
    old = fit(people.request_of(request_of("E1")), today=people.TODAY, charts=())
    parted = orjson.loads(without("Limb", "confirmed", old))
    # What came later stands behind.
    del parted["classes"][number("Confirmation") :]
    assert_same(thaw(orjson.dumps(parted)), old)


def test_a_snapshot_from_before_ready_made_braces_is_read() -> None:
    old = thaw(without("LimbFitting", "stock"))
    assert old.limbs["right"].stock == ()
    assert_same(replace(example(), limbs=old.limbs), old)


def test_classes_and_fields_in_another_order_are_read_by_name() -> None:
    parted = parts()
    finding = number("Finding")
    parted["classes"][finding][1:] = parted["classes"][finding][:0:-1]
    for row in parted["nodes"]:
        if row[0] == finding:
            row[1:] = row[:0:-1]
    last = len(parted["classes"]) - 1
    parted["classes"].reverse()
    for row in parted["nodes"]:
        row[0] = last - row[0]
    assert_same(thaw(orjson.dumps(parted)), example())


def changed(**change: Any) -> bytes:
    return orjson.dumps(parts() | change)


BROKEN = {
    "empty": lambda: b"",
    "cut": lambda: freeze(example())[:-300],
    "not JSON": lambda: b"\x80\x04pickle",
    "no object": lambda: b"[]",
    "a number": lambda: b"7",
    "deep": lambda: b'{"format":1,"classes":[],"nodes":' + b"[" * 900 + b"]" * 900 + b"}",
    "no nodes": lambda: changed(nodes=[]),
    "no classes": lambda: changed(classes=[]),
    "format 2": lambda: changed(format=2),
    "no format": lambda: changed(format=None),
    "required field gone": lambda: without("Value", "magnitude"),
    "unknown class": lambda: changed(classes=[["Other", "a"], *parts()["classes"][1:]]),
    "unknown field": lambda: changed(classes=[[*parts()["classes"][0], "later"], *parts()["classes"][1:]]),
    "a row too short": lambda: changed(nodes=[[number("Value"), "x_mm"]]),
    "pointing forward": lambda: changed(nodes=[[number("Value"), "x_mm", 1.0, {"~": 5}, "", [], None, False, ""]]),
    "pointing back past the start": lambda: changed(nodes=[*parts()["nodes"][:-1], [-1, {"~": -1}]]),
    "pointing by a word": lambda: changed(nodes=[[number("Value"), "x_mm", 1.0, {"~": "a"}, "", [], None, False, ""]]),
    "an unknown sign": lambda: changed(nodes=[[number("Reason"), "x", {"~later": 1}]]),
    "no date": lambda: changed(nodes=[[number("Reason"), "x", {"~date": "1980-13-45"}]]),
    "a source that contradicts itself": lambda: changed(nodes=[[number("Source"), "x", "A", "derived"]]),
    "not a fitting": lambda: changed(nodes=parts()["nodes"][:-1]),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_damaged_snapshot_says_so(broken: str) -> None:
    with pytest.raises(Unthawable, match="snapshot"):
        thaw(BROKEN[broken]())


def test_an_unknown_class_is_named_and_the_patient_is_not() -> None:
    with pytest.raises(Unthawable, match="unknown class 'Other'"):
        thaw(BROKEN["unknown class"]())
    with pytest.raises(Unthawable) as raised:
        thaw(BROKEN["no date"]())
    assert "1980" not in str(raised.value)
    assert raised.value.__suppress_context__
