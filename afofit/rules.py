"""What fittings are computed with: a clinic's protocol and its size charts, those of now and those of a record."""

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from afofit.fitting.chart import Chart
from afofit.fitting.chart_file import built_in
from afofit.fitting.protocol import Protocol, default, load
from afofit.fitting.result import Fitting
from afofit.store import charts, protocols
from afofit.store.database import Desk
from afofit.store.fittings import Snapshot


class Rules(NamedTuple):
    """What new fittings of a clinic are computed with; ``protocol_id`` is None of the default."""

    protocol: Protocol
    protocol_id: UUID | None
    charts: tuple[Chart, ...]
    """The size charts that each leg is held against."""


def current(desk: Desk) -> Rules:
    """What new fittings of the clinic are computed with."""
    chosen = protocols.chosen(desk)
    protocol = default() if chosen.protocol_id is None else _protocol(desk, protocols.find(desk, chosen.protocol_id))
    return Rules(protocol, chosen.protocol_id, charts.used(desk, chosen.chart_set))


def _protocol(desk: Desk, own: protocols.Own) -> Protocol:
    base = _loaded(protocols.base_text(desk, own.base_digest))
    return base.changed(own.name, own.version, own.changes)


@lru_cache(maxsize=8)
def _loaded(text: str) -> Protocol:
    return load(text)


def protocol_of(desk: Desk, snapshot: Snapshot) -> Protocol:
    """The protocol that a stored fitting was computed with."""
    return protocol_with(desk, snapshot.base_digest, snapshot.protocol_id)


def protocol_with(desk: Desk, base_digest: bytes, protocol_id: UUID | None) -> Protocol:
    """A protocol by the text that it was made from and, where it is a clinic's own, its id."""
    base = _loaded(protocols.base_text(desk, base_digest))
    own = protocols.find(desk, protocol_id) if protocol_id else None
    return base.changed(own.name, own.version, own.changes) if own else base


def charts_of(desk: Desk, fitting: Fitting) -> tuple[Chart, ...]:
    """The charts that a fitting was held against; without those that came with another version of the program."""
    held = {one.product for limb in fitting.limbs.values() for one in limb.stock}
    own = {product.key for product in held if product.revision is not None}
    kept = [one.chart for key in sorted(own) for one in charts.revisions(desk, key)]
    return tuple(chart for chart in (*built_in(), *kept) if chart.product in held)
