"""For whoever watches the service: that it runs, whether it can work, and its numbers."""

from flask import Blueprint, Response

from afofit import __version__
from afofit.access import public, settings, store, watcher
from afofit.api.problems import json_response
from afofit.store import readiness
from afofit.store.database import Away
from afofit.watching.numbers import CONTENT_TYPE
from afofit.watching.requests import numbers

blueprint = Blueprint("watch", __name__)
UP = "Whether the database answered when this was asked for."
MEANINGS = {
    "afofit_fittings": "Revisions of fittings stored, of all clinics; every node says the same.",
    "afofit_batches_waiting": "Batches that wait and that no worker works on; every node says the same.",
    "afofit_batches_longest_wait_seconds": "How long ago the oldest of them came; every node says the same.",
}


@blueprint.get("/health")
@public("tells only that the service runs")
def alive() -> Response:
    """That the service runs, and in which version; nothing is asked of the database."""
    return json_response({"status": "ok", "version": __version__})


@blueprint.get("/ready")
@public("tells only whether the service can work")
def ready() -> Response:
    """Whether the database, its version, the keys and the data folder are as they must be; 503 with words if not."""
    said = readiness.ready(store(), settings().data_folder)
    fine = all(one == readiness.OK for one in said.values())
    return json_response({"status": "ready" if fine else "not ready", "checks": said}, 200 if fine else 503)


@blueprint.get("/metrics")
@watcher("this machine, or who holds AFOFIT_METRICS_TOKEN")
def metrics() -> Response:
    """Numbers for Prometheus, of all processes of this node."""
    now = {"afofit_database_up": (UP, 1.0)}
    try:
        stands = readiness.counts(store())
    except Away:
        now["afofit_database_up"] = (UP, 0.0)
    else:
        values = (stands.fittings, stands.batches_waiting, stands.longest_wait_seconds)
        now |= {name: (MEANINGS[name], float(value)) for name, value in zip(MEANINGS, values, strict=True)}
    return Response(numbers().text(now), content_type=CONTENT_TYPE)
