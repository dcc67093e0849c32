"""Beside a stored fitting: its designs side by side, and the card for the shop."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit import records
from afofit.access import actor, member, store
from afofit.fitting.compare import compare
from afofit.store import clinics
from afofit.store.errors import Conflict
from afofit.web.card_page import shop_card
from afofit.web.compare_page import leg_columns
from afofit.web.fill import flatten
from afofit.web.kept import blueprint
from afofit.words.tongue import _


@blueprint.get("/fittings/<uuid:fitting_id>/compare")
@member()
def compare_designs(fitting_id: UUID) -> ResponseReturnValue:
    """The stored fitting beside the same request with other designs, computed with its own protocol."""
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
        protocol = records.protocol_of(desk, record)
    fields = flatten(record.given)
    back = url_for("kept.one", fitting_id=fitting_id)
    return render_template(
        "compare.html",
        legs=leg_columns(compare(record.fitting, protocol=protocol), request.args.getlist("compare"), fields),
        typed=[(name, value) for name, values in fields.items() for value in values],
        action=url_for("kept.edit", fitting_id=fitting_id) if actor().orthotist else None,
        asking=url_for("kept.compare_designs", fitting_id=fitting_id),
        back=back,
        keeping=True,
        draft=record.stored.approval is None,
        overridden=bool(record.overrides),
    )


@blueprint.get("/fittings/<uuid:fitting_id>/card")
@member()
def card(fitting_id: UUID) -> ResponseReturnValue:
    """The card for the shop of a stored fitting; a draft says so, and of a withdrawn one there is none."""
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
        contact = clinics.clinic(desk)
    stored = record.stored
    if stored.state == "withdrawn":
        raise Conflict("withdrawn", _("This fitting was withdrawn: nothing is printed of it."))
    return render_template(
        "card.html",
        card=shop_card(record.fitting),
        draft=stored.approval is None,
        approved=stored.approval.name if stored.approval else "",
        contact=contact,
        back=url_for("kept.one", fitting_id=fitting_id),
    )


__all__ = ["blueprint"]
