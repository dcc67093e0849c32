"""What an administrator and an orthotist see of other systems."""

import json

from tests.accessibility.registry import seen, state
from tests.accessibility.world import Shown, World
from tests.smart.signing import ec_pair, key_set

SYSTEMS = "/clinic/systems"


@state("back-end systems, none")
def _(world: World) -> Shown:
    return seen(world.administrator, world.administrator.get(SYSTEMS))


@state("back-end systems, errors")
def _(world: World) -> Shown:
    world.administrator.get(SYSTEMS)
    wrong = {"name": "", "key_set": '{"keys": [{"kty": "oct"}]}', "account": ""}
    return seen(world.administrator, world.administrator.post(SYSTEMS, **wrong), 422)


@state("back-end systems, one registered")
def _(world: World) -> Shown:
    world.administrator.get(SYSTEMS)
    good = {
        "name": "Nightly",
        "key_set": json.dumps(key_set(ec_pair())),
        "scopes": ["fittings:read", "fittings:write"],
        "account": str(world.clinic.orthotist.account_id),
    }
    return seen(world.administrator, world.administrator.post(SYSTEMS, **good))
