"""An overridden dimension in the answer: chosen and computed, with working, reason, who and when."""

from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.schemas.answer import write
from tests.examples import request_of
from tests.fitting import people
from tests.fitting.people import TODAY

AT = datetime(2026, 11, 25, 11, 30, tzinfo=timezone(timedelta(hours=1)))


def dimensions(*overrides: Override) -> dict[str, dict[str, Any]]:
    asked = request_of("E1")
    answer = write(fit(people.request_of(asked), today=TODAY, overrides=overrides), asked)
    assert orjson.loads(orjson.dumps(answer))["limbs"] == answer["limbs"]
    return {one["name"]: one for one in answer["limbs"]["right"]["dimensions"]}


def test_an_overridden_dimension_keeps_what_was_computed() -> None:
    chosen = Override(
        side="right", dimension="proximal_trim_height_mm", chosen=410, reason="scar", by="Dr Anna Kowalczyk", at=AT
    )
    before, after = dimensions(), dimensions(chosen)
    edge = after["proximal_trim_height_mm"]
    assert edge["value"] == 410
    assert edge["outer_value"] == 414
    assert edge["override"] == {
        "computed": 417,
        "reason": "scar",
        "by": "Dr Anna Kowalczyk",
        "at": "2026-11-25T11:30:00+01:00",
    }
    assert edge["evidence"] == {"grade": "B", "basis": "manual", "source": "chosen by the orthotist"}
    assert (edge["formula"], edge["inputs"], edge["tolerance"], edge["rule"]) == ("", {}, 6, "R1")
    working = before["proximal_trim_height_mm"]
    assert edge["computed_working"] == {name: working[name] for name in edge["computed_working"]}
    assert edge["computed_working"]["inputs"] == {"fibular_head_height_mm": 455, "proximal_trim_offset_mm": 38}
    assert after["calf_strap_height_mm"]["inputs"]["proximal_trim_height_mm"] == 410
    overridden = [name for name, one in after.items() if {"override", "computed_working"} & one.keys()]
    assert overridden == ["proximal_trim_height_mm"]
    assert not any("override" in one for one in before.values())
