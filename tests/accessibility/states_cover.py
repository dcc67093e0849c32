"""Whom charts serve, and which sizes to keep."""

from io import BytesIO
from typing import Any

from afofit.store import charts
from tests.accessibility.registry import seen, state
from tests.accessibility.world import Shown, World
from tests.records.test_demand import document

SUMMIT = "Turbomed Orthotics XTERN SUMMIT"


def stocked(world: World) -> None:
    """A clinic with a chart of its own and an approved fitting."""
    with world.store.writing(world.clinic.orthotist) as desk:
        charts.save(desk, [document(world.model)])
    assert world.approved


def counted(world: World, *codes: int, table: str = "", **fields: Any) -> Shown:
    """The answer to the form."""
    stocked(world)
    world.orthotist.get("/charts/cover")
    files = {"people": (BytesIO(table.encode()), "people.csv")} if table else {}
    usual = {"chart": f"Nobody {world.model}", "source": "own"}
    answer = world.orthotist.post("/charts/cover", **usual | fields | files)
    return seen(world.orthotist, answer, *codes)


@state("cover")
def form(world: World) -> Shown:
    stocked(world)
    return seen(world.orthotist, world.orthotist.get("/charts/cover"))


@state("cover, our own legs")
def own(world: World) -> Shown:
    return counted(world, chart=[f"Nobody {world.model}", SUMMIT])


@state("cover, a table")
def table(world: World) -> Shown:
    rows = "foot_length_mm,calf_circumference_mm\n" + "250,380\n" * 900 + "265,380\n230,380\n,380\n,\n"
    return counted(world, table=rows, source="table")


@state("cover, a table refused")
def refused(world: World) -> Shown:
    rows = "foot_length_mm,side\n" + "".join(f"2{number}O,links\n" for number in range(20))
    return counted(world, 422, table=rows, source="table")


@state("cover, errors")
def errors(world: World) -> Shown:
    return counted(world, 422, chart="", source="", months="x", brace_mm="99")


@state("plan")
def plan_form(world: World) -> Shown:
    stocked(world)
    return seen(world.orthotist, world.orthotist.get("/charts/plan"))


@state("plan, sizes to keep")
def plan(world: World) -> Shown:
    stocked(world)
    path = f"/charts/plan?share=90&months=12&chart=Nobody+{world.model}&chart={SUMMIT}"
    return seen(world.orthotist, world.orthotist.get(path))


@state("plan, errors")
def plan_errors(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get("/charts/plan?share=x&months=0"), 422)


@state("plan, nobody")
def nobody(world: World) -> Shown:
    return seen(world.empty, world.empty.get(f"/charts/plan?share=90&chart={SUMMIT}"))
