"""Size charts of ready-made braces, as an orthotist or an administrator sees them."""

from tests.accessibility.registry import seen, state
from tests.accessibility.world import SPANISH, Shown, World
from tests.fitting.test_chart_file import FULL, GOOD
from tests.records.test_size_charts import TYPED

BUILT_IN = "/charts/built-in/turbomed-xtern-pediatric"


def kept(world: World, text: str = FULL) -> str:
    """The path of a chart of the clinic."""
    world.orthotist.get("/charts/upload")
    answer = world.orthotist.post("/charts/upload", text=text, kind="toml")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


@state("size charts, none of the clinic")
def _(world: World) -> Shown:
    return seen(world.empty, world.empty.get("/charts"))


@state("size charts")
def _(world: World) -> Shown:
    kept(world)
    kept(world, GOOD)
    world.orthotist.get("/charts")
    world.orthotist.post("/charts/built-in/turbomed-xtern-summit/switch", on="no")
    return seen(world.orthotist, world.orthotist.get("/charts"))


@state("size chart, just kept")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get(kept(world, FULL.replace('version = "+1"', 'version = "2"'))))


@state("size chart, Spanish")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.client.get(kept(world, GOOD), headers=SPANISH))


@state("size chart, withdrawn")
def _(world: World) -> Shown:
    path = kept(world, GOOD.replace('model = "Invented"', 'model = "Gone"'))
    world.orthotist.get(path)
    world.orthotist.post(f"{path}/withdraw")
    return seen(world.orthotist, world.orthotist.get(path))


@state("size chart of the program")
def _(world: World) -> Shown:
    return seen(world.administrator, world.administrator.get(BUILT_IN))


@state("size chart, typed in")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get("/charts/new?from=turbomed-xtern-summit"))


@state("size chart, typed in, errors")
def _(world: World) -> Shown:
    world.orthotist.get("/charts/new")
    wrong = TYPED | {"maker": "", "sizes.1.foot_length": "26O", "parts.0.above": "x", "grade": ""}
    return seen(world.orthotist, world.orthotist.post("/charts/new", **wrong), 422)


@state("size chart, sent")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get("/charts/upload"))


@state("size chart, sent, errors")
def _(world: World) -> Shown:
    world.orthotist.get("/charts/upload")
    broken = GOOD.replace("[5, 8]", "[8, 5]").replace('page = "1"\n', "")
    return seen(world.orthotist, world.orthotist.post("/charts/upload", text=broken, kind="toml"), 422)


@state("fitting, with charts of the clinic")
def _(world: World) -> Shown:
    kept(world, GOOD)
    return seen(world.orthotist, world.orthotist.get(f"/fittings/{world.kept().id}"))
