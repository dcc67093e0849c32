"""REST for protocols: what fittings are computed with, and what of it a clinic has changed."""

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from afofit.access import actor, bearer, store
from afofit.api.problems import json_response
from afofit.api.record_routes import blueprint
from afofit.fitting.protocol import Protocol, default, load
from afofit.schemas.protocol_answer import write
from afofit.store import protocols as kept
from afofit.store.protocols import Own

DEFAULT = "default"
Json = dict[str, Any]


@blueprint.get("/protocols")
@bearer("fittings:read")
def protocols() -> Response:
    """The default with every number, the clinic's own versions, and which one new fittings are computed with."""
    with store().reading(actor()) as desk:
        own, used = kept.listed(desk), kept.used(desk)
    return _answered(
        {
            "used": str(used.id) if used else DEFAULT,
            DEFAULT: _whole(DEFAULT, default()),
            "own": [_own(one, used=used is not None and used.id == one.id) for one in own],
        }
    )


@blueprint.get("/protocols/default")
@bearer("fittings:read")
def default_protocol() -> Response:
    """Every number of the default, with source, grade and bounds."""
    with store().reading(actor()) as desk:
        used = kept.used(desk)
    return _answered({**_whole(DEFAULT, default()), "used": used is None})


@blueprint.get("/protocols/<uuid:protocol_id>")
@bearer("fittings:read")
def protocol(protocol_id: UUID) -> Response:
    """Every number of an own version, with what it is by default."""
    with store().reading(actor()) as desk:
        own, used = kept.find(desk, protocol_id), kept.used(desk)
        text = kept.base_text(desk, own.base_digest)
    numbers = load(text).changed(own.name, own.version, own.changes)
    said = _own(own, used=used is not None and used.id == own.id)
    return _answered(_whole(str(own.id), numbers) | said)


def _whole(name: str, numbers: Protocol) -> Json:
    return {"id": name, **write(numbers), "links": {"self": f"{url_for('records.protocols')}/{name}"}}


def _own(own: Own, *, used: bool) -> Json:
    """One version of the clinic's: who wrote and who released it, and what it changes."""
    return {
        "id": str(own.id),
        "name": own.name,
        "version": own.version,
        "used": used,
        "changes": dict(own.changes),
        "reason": own.reason,
        "created": {"by": own.author_name, "at": own.created_at.isoformat()},
        "released": {"by": own.released_name, "at": own.released_at.isoformat()} if own.released_at else None,
        "links": {"self": url_for("records.protocol", protocol_id=own.id)},
    }


def _answered(document: Json) -> Response:
    response = json_response(document)
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


__all__ = ["blueprint"]
