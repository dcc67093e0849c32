"""Handing a brace over: the form of a visit, what is kept of a fitting, and the clinic's own refit rate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit import records
from afofit.access import actor, member, store
from afofit.fitting.values import Side
from afofit.records import Record
from afofit.store import deliveries, patients
from afofit.store.database import Desk
from afofit.store.deliveries import Kept, Rate
from afofit.store.errors import Conflict
from afofit.web.delivery_form import LEAN, REACH, DeliveryForm, braced, set_up
from afofit.web.kept import SEE_OTHER, UNPROCESSABLE, blueprint
from afofit.words import sides
from afofit.words.choices import label
from afofit.words.delivery import (
    CHECK_WORDS,
    EXPLAINED,
    OUTCOMES,
    REASONS,
    angle_remark,
    heel_remark,
    measured,
)
from afofit.words.numbers import ankle, day, plain
from afofit.words.tongue import _

FEW = 30
"""Below this many braces one more or less moves the rate by several percent."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One delivery as people read it."""

    title: str
    measured: str
    remarks: tuple[str, ...]
    ticked: tuple[str, ...]
    open: tuple[str, ...]
    """The checks that were not ticked."""
    note: str
    by: str
    at: datetime


def visits(record: Record, kept: list[Kept]) -> list[Visit]:
    """What is kept of the deliveries of a fitting, oldest first, with what there is to mind."""
    return [_visit(record, one, kept[:place]) for place, one in enumerate(kept)]


def _visit(record: Record, kept: Kept, before: list[Kept]) -> Visit:
    one = kept.delivery
    limb = next(limb for side, limb in record.fitting.limbs.items() if side == one.side)
    planned = limb.dimensions.get("ankle_angle_deg")
    reason = f": {_(REASONS.get(one.reason, one.reason)).lower()}" if one.reason else ""
    same_leg = [each for each in before if each.delivery.side == one.side]
    heel = set_up(limb, same_leg) if one.outcome != "anew" else None
    remarks = (
        angle_remark(planned.magnitude if planned else None, one.measured.get("ankle_deg")),
        heel_remark(heel, one.measured.get("heel_mm")),
    )
    outcome = _(OUTCOMES.get(one.outcome, one.outcome)).lower()
    return Visit(
        title=f"{sides.alone(cast(Side, one.side))}, {day(one.on)}: {outcome}{reason}",
        measured=", ".join(measured(one.measured)),
        remarks=tuple(filter(None, remarks)),
        ticked=tuple(_(words) for code, words in CHECK_WORDS.items() if code in one.checks),
        open=tuple(_(words) for code, words in CHECK_WORDS.items() if code not in one.checks),
        note=one.note,
        by=kept.name,
        at=kept.at,
    )


@blueprint.get("/fittings/<uuid:fitting_id>/delivery")
@member("orthotist")
def delivery(fitting_id: UUID) -> ResponseReturnValue:
    """The form of a visit at which a brace is handed over or comes back."""
    with store().reading(actor()) as desk:
        record, kept = _open(desk, fitting_id), deliveries.of_fitting(desk, fitting_id)
        legs = list(braced(record))
        form = DeliveryForm(on=date.today().isoformat(), side=legs[0] if len(legs) == 1 else "")
        return _page(desk, record, kept, form)


@blueprint.post("/fittings/<uuid:fitting_id>/delivery")
@member("orthotist")
def deliver(fitting_id: UUID) -> ResponseReturnValue:
    """Keep one visit; the same again, sent twice, is kept once."""
    with store().writing(actor()) as desk:
        record, kept = _open(desk, fitting_id), deliveries.of_fitting(desk, fitting_id)
        form = DeliveryForm()
        one = form.read(record, kept, today=date.today())
        if not form.good:
            return _page(desk, record, kept, form), UNPROCESSABLE
        if one not in [each.delivery for each in kept]:
            deliveries.add(desk, record.stored, one)
    return redirect(url_for("kept.one", fitting_id=fitting_id, _anchor="delivery-h"), SEE_OTHER)


def _open(desk: Desk, fitting_id: UUID) -> Record:
    """An approved fitting with a brace. Raises Conflict of any other."""
    record = records.find(desk, fitting_id)
    if record.stored.state == "withdrawn":
        raise Conflict("withdrawn", _("This fitting was withdrawn: no brace of it is handed over."))
    if record.stored.state != "approved":
        raise Conflict("not_approved", _("A brace is handed over from an approved fitting. Approve it first."))
    if not braced(record):
        raise Conflict("no_brace", _("This fitting has no brace."))
    return record


def _page(desk: Desk, record: Record, kept: list[Kept], form: DeliveryForm) -> str:
    return render_template(
        "delivery.html",
        stored=record.stored,
        person=patients.find(desk, record.stored.patient_id),
        legs=_legs(record),
        visits=visits(record, kept),
        values=form.values,
        faults=form.faults,
        checked=request.form.getlist("checks"),
        checks=_translated(CHECK_WORDS),
        outcomes=_translated(OUTCOMES),
        reasons=_translated(REASONS),
        reach=_translated({code: direction[1] for code, direction in REACH.items()}),
        lean=_translated({code: direction[1] for code, direction in LEAN.items()}),
        explained=_(EXPLAINED),
    )


def _translated(words: Mapping[str, str]) -> dict[str, str]:
    return {code: _(text) for code, text in words.items()}


def _legs(record: Record) -> dict[str, str]:
    """The legs that can be chosen, each with its design and the angle planned."""
    told = {}
    for side, limb in braced(record).items():
        planned = limb.dimensions.get("ankle_angle_deg")
        said = _("{side}: {design}, ankle planned {angle}") if planned else "{side}: {design}"
        told[str(side)] = said.format(
            side=sides.alone(side),
            design=label("design", limb.design.code).lower(),
            angle=ankle(planned.magnitude) if planned else "",
        )
    return told


@blueprint.get("/refits")
@member()
def refits() -> ResponseReturnValue:
    """How many of the clinic's braces had to be refitted or made anew, by design and year, and why."""
    with store().reading(actor()) as desk:
        counted = deliveries.refits(desk)
    by_design = [(label("design", one.group) if one.group else _("Design not known"), one) for one in counted.by_design]
    by_year = [(one.group, one) for one in counted.by_year]
    return render_template(
        "refits.html",
        all=counted.all,
        share=_share(counted.all),
        tables=(
            (_("By design"), _("Design"), _rows(by_design)),
            (_("By year of the first visit"), _("Year"), _rows(by_year)),
        ),
        reasons=[(_(REASONS.get(code, code)), count) for code, count in counted.reasons],
        few=FEW,
        now=datetime.now(UTC),
    )


def _rows(groups: Iterable[tuple[str, Rate]]) -> list[tuple[str, int, int, str]]:
    return [(words, one.braces, one.refitted, _share(one)) for words, one in groups]


def _share(rate: Rate) -> str:
    return f"{plain(rate.share * 100, 0)} %"


__all__ = ["blueprint"]
