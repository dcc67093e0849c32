"""The protocols of the clinic: the default, its own versions, writing one, releasing it, choosing what is used."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, store
from afofit.fitting.protocol import default, default_text, load
from afofit.store import protocols as kept_protocols
from afofit.store.database import Desk, Overtaken
from afofit.store.errors import Conflict, Missing
from afofit.store.protocols import Own
from afofit.web import protocol_form
from afofit.web.kept import CONFLICT, SEE_OTHER, UNPROCESSABLE, blueprint
from afofit.web.plain_form import PlainForm
from afofit.words.tongue import N_, _

SAVED_ELSEWHERE = N_("Somebody else saved a version of this name just now. Save again.")


@blueprint.get("/protocols")
@member()
def protocols() -> ResponseReturnValue:
    """The default and the clinic's own versions, and which one is used."""
    with store().reading(actor()) as desk:
        own, used = kept_protocols.listed(desk), kept_protocols.used(desk)
    return render_template("protocols.html", default=default(), own=own, used_id=used and used.id)


@blueprint.get("/protocols/default")
@member()
def default_protocol() -> ResponseReturnValue:
    """Every number of the default."""
    with store().reading(actor()) as desk:
        used = kept_protocols.used(desk)
    found = protocol_form.groups(default())
    return render_template("protocol.html", protocol=default(), own=None, used=used is None, groups=found, changed=[])


@blueprint.get("/protocols/<uuid:protocol_id>")
@member()
def protocol(protocol_id: UUID) -> ResponseReturnValue:
    """Every number of an own version, first what it changes."""
    with store().reading(actor()) as desk:
        own, used = kept_protocols.find(desk, protocol_id), kept_protocols.used(desk)
        text = kept_protocols.base_text(desk, own.base_digest)
    numbers = load(text).changed(own.name, own.version, own.changes)
    return render_template(
        "protocol.html",
        protocol=numbers,
        own=own,
        used=used is not None and used.id == own.id,
        groups=protocol_form.groups(numbers),
        changed=protocol_form.changed(numbers),
    )


@blueprint.get("/protocols/new")
@member("orthotist", "administrator")
def new_protocol() -> ResponseReturnValue:
    """The form for a new version; ``from`` names an own version to start from."""
    start = request.args.get("from")
    if not start:
        return _form_page(PlainForm())
    with store().reading(actor()) as desk:
        own = kept_protocols.find(desk, _id(start))
    return _form_page(PlainForm(**protocol_form.shown(own.name, own.reason, own.changes)))


@blueprint.post("/protocols/new")
@member("orthotist", "administrator")
def save_protocol() -> ResponseReturnValue:
    """Keep a new version, or show the form again with everything that is wrong."""
    form = PlainForm()
    asked = protocol_form.read(form, default())
    if not form.good:
        return _form_page(form), UNPROCESSABLE
    try:
        with store().writing(actor()) as desk:
            own = _save(desk, asked)
    except (Conflict, Overtaken):
        form.faults[""] = _(SAVED_ELSEWHERE)
        return _form_page(form), CONFLICT
    said = _("Version {version} of “{name}” is saved. It waits for an administrator who did not write it.")
    flash(said.format(version=own.version, name=own.name))
    return redirect(url_for("kept.protocol", protocol_id=own.id), SEE_OTHER)


def _save(desk: Desk, asked: protocol_form.Asked) -> Own:
    base = kept_protocols.base(desk, default_text())
    return kept_protocols.save(desk, asked.name, asked.changes, asked.reason, base)


@blueprint.post("/protocols/<uuid:protocol_id>/release")
@member()
def release_protocol(protocol_id: UUID) -> ResponseReturnValue:
    """Let a version be used; by an administrator who did not write it."""
    with store().writing(actor()) as desk:
        kept_protocols.release(desk, protocol_id)
    flash(_("The version is released."))
    return redirect(url_for("kept.protocols"), SEE_OTHER)


@blueprint.post("/protocols/use")
@member()
def use_protocol() -> ResponseReturnValue:
    """Choose what new fittings are computed with: a released version or the default."""
    chosen = request.form.get("protocol", "")
    with store().writing(actor()) as desk:
        kept_protocols.use(desk, None if chosen == protocol_form.RESERVED else _id(chosen))
    flash(_("New fittings are computed with the protocol chosen; older ones keep theirs."))
    return redirect(url_for("kept.protocols"), SEE_OTHER)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing("protocol") from None


def _form_page(form: PlainForm) -> str:
    groups = protocol_form.groups(default())
    return render_template("protocol_new.html", form=form, groups=groups, longest=protocol_form.NAME_LONGEST)


__all__ = ["blueprint"]
