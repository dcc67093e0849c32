"""Back-end systems of the clinic: who may call with a key pair of its own, for whom, and since when not any more."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, settings, store, wire
from afofit.smart import jwks
from afofit.store import clinics, keys, systems
from afofit.store.errors import Conflict
from afofit.web.kept import SEE_OTHER, UNPROCESSABLE, blueprint
from afofit.web.plain_form import PlainForm
from afofit.words.tongue import _

LONGEST_ADDRESS = 400


@blueprint.get("/clinic/systems", endpoint="systems")
@member("administrator")
def list_systems() -> ResponseReturnValue:
    """The back-end systems of the clinic, and the form that registers one."""
    return _page({}, {})


@blueprint.post("/clinic/systems")
@member("administrator")
def register_system() -> ResponseReturnValue:
    """Register a system; the answer says its client_id and the address where it gets its tokens."""
    form = PlainForm()
    name = form.text("name", _("Say which system it is."))
    own_keys, address = _keys(form)
    account = form.whole("account", 1, 99_999)
    if account is None and "account" not in form.faults:
        form.faults["account"] = _("Choose the person for whom the system acts.")
    scopes = tuple(request.form.getlist("scopes"))
    if not form.good:
        return _page(form.values, form.faults), UNPROCESSABLE
    try:
        with store().writing(actor()) as desk:
            system_id = systems.register(
                desk, name=name, scopes=scopes, account_id=account or 0, keys=own_keys, keys_address=address
            )
    except Conflict as error:
        form.conflict(error)
        return _page(form.values, form.faults), UNPROCESSABLE
    return _page({}, {}, made=system_id)


@blueprint.post("/clinic/systems/<uuid:system_id>/revoke")
@member("administrator")
def revoke_system(system_id: UUID) -> ResponseReturnValue:
    """End a system, and every token it has, now."""
    with store().writing(actor()) as desk:
        systems.revoke(desk, system_id)
    flash(_("The system is revoked. Its tokens open nothing any more."))
    return redirect(url_for("kept.systems"), SEE_OTHER)


def _keys(form: PlainForm) -> tuple[systems.Keys | None, str | None]:
    """The keys that were pasted, or the address where they are; what is wrong stands in the form."""
    pasted = request.form.get("key_set", "").strip()
    address = form.text("keys_address", longest=LONGEST_ADDRESS)
    if bool(pasted) == bool(address):
        said = _("Either paste the public keys (JWKS), or give the address where they are published.")
        form.faults["key_set"] = said
        return None, None
    if address:
        fault = wire().fault(address)
        if fault:
            form.faults["keys_address"] = _("This address cannot be used: {why}.").format(why=fault)
        return None, address
    try:
        return jwks.read(pasted), None
    except jwks.Unfit as error:
        form.faults["key_set"] = _("These keys cannot be used. {why}").format(why=" ".join(error.faults))
        return None, None


def _page(values: Mapping[str, str], faults: Mapping[str, str], *, made: UUID | None = None) -> str:
    with store().reading(actor()) as desk:
        own, people = systems.listed(desk), clinics.members(desk)
    base = settings().public_url.rstrip("/")
    path = url_for("tokens.token")
    return render_template(
        "systems.html",
        systems=own,
        people=[one for one in people if one.active],
        scopes=[(scope, _(words)) for scope, words in keys.SCOPES.items()],
        values=values,
        faults=faults,
        made=made,
        token_address=base + path if base else url_for("tokens.token", _external=True),
    )


__all__ = ["blueprint"]
