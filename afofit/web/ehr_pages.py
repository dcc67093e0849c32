"""Record systems of the clinic whose charts may be opened here: what an administrator registers, and takes away."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, settings, store, wire
from afofit.smart.own_keys import new_keys
from afofit.smart.scopes import CREATE, READ, WORD
from afofit.store import ehrs
from afofit.store.errors import Conflict
from afofit.web.kept import SEE_OTHER, UNPROCESSABLE, blueprint
from afofit.web.plain_form import PlainForm
from afofit.words.tongue import N_, _

LONGEST_ADDRESS, LONGEST_SECRET = 1000, 400
METHOD_WORDS = {
    "public": N_("Nothing but the proof of the code (public client)"),
    "client_secret_basic": N_("A password (client secret)"),
    "private_key_jwt": N_("A signature with a key of this service (asymmetric)"),
}


@blueprint.get("/clinic/ehrs", endpoint="ehrs")
@member("administrator")
def list_ehrs() -> ResponseReturnValue:
    """The record systems of the clinic, and the form that registers one."""
    return _page({}, {})


@blueprint.post("/clinic/ehrs")
@member("administrator")
def register_ehr() -> ResponseReturnValue:
    """Register a record system."""
    form = PlainForm()
    form.values.pop("secret", None)
    name = form.text("name", _("Say how the people of the clinic call the record system."))
    issuer = _issuer(form)
    client_id = form.text("client_id", _("Enter the client ID that the record system gave."), longest=LONGEST_SECRET)
    more_scopes = _more_scopes(form)
    method, secret = _method(form)
    if not form.good:
        return _page(form.values, form.faults), UNPROCESSABLE
    keys = None
    if method == "private_key_jwt":
        secret, keys = new_keys(f"afofit-{uuid4().hex[:8]}")
    new = ehrs.New(
        name=name,
        issuer=issuer,
        client_id=client_id,
        method=method,
        online="online" in request.form,
        more_scopes=more_scopes,
        secret=secret or None,
        keys=keys,
    )
    try:
        with store().writing(actor()) as desk:
            ehrs.register(desk, new)
    except Conflict as error:
        form.conflict(error)
        return _page(form.values, form.faults), UNPROCESSABLE
    flash(_("The record system is registered."))
    return redirect(url_for("kept.ehrs"), SEE_OTHER)


def _issuer(form: PlainForm) -> str:
    missing = _("Enter the address of its FHIR server (R4).")
    issuer = form.text("issuer", missing, longest=LONGEST_ADDRESS).rstrip("/")
    fault = wire().fault(issuer) if issuer else ""
    if fault:
        form.faults["issuer"] = _("This address cannot be used: {why}.").format(why=fault)
    return issuer


def _more_scopes(form: PlainForm) -> tuple[str, ...]:
    given = tuple(form.text("more_scopes", longest=LONGEST_SECRET).split())
    wrong = [one for one in given if not WORD.fullmatch(one)]
    if wrong:
        form.faults["more_scopes"] = _("This is no scope: {received}.").format(received=wrong[0][:40])
    return given


def _method(form: PlainForm) -> tuple[str, dict[str, str]]:
    """How the service shows who it is, with the password where there is one; what is wrong stands in the form."""
    method = request.form.get("method", "")
    if method not in ehrs.METHODS:
        form.faults["method"] = _("Choose how this service shows the record system who it is.")
        return "", {}
    if method != "client_secret_basic":
        return method, {}
    secret = request.form.get("secret", "").strip()
    if not 0 < len(secret) <= LONGEST_SECRET:
        form.faults["secret"] = _("Enter the password (client secret) that the record system gave.")
    return method, {"secret": secret}


@blueprint.post("/clinic/ehrs/<uuid:ehr_id>/remove")
@member("administrator")
def remove_ehr(ehr_id: UUID) -> ResponseReturnValue:
    """Open no more charts of a record system; those that are open end now."""
    with store().writing(actor()) as desk:
        ehrs.remove(desk, ehr_id)
    flash(_("The record system is removed. Its charts that were open are closed."))
    return redirect(url_for("kept.ehrs"), SEE_OTHER)


def _page(values: Mapping[str, str], faults: Mapping[str, str]) -> str:
    with store().reading(actor()) as desk:
        own, coming = ehrs.listed(desk), ehrs.next_id(desk)
    writes = [f"patient/{kind}.c" for kind in CREATE]
    return render_template(
        "ehrs.html",
        ehrs=own,
        methods={code: _(words) for code, words in METHOD_WORDS.items()},
        values=values,
        faults=faults,
        launch_address=_own(url_for("smart.launch")),
        back_address=_back(coming),
        back_addresses={one.id: _back(one.id) for one in own},
        keys_address={one.id: _own(url_for("smart.keys", ehr_id=one.id)) for one in own},
        scopes=["launch", "openid", "fhirUser", *(f"patient/{kind}.rs" for kind in READ), *writes],
    )


def _back(ehr_id: UUID) -> str:
    return _own(url_for("smart.callback", ehr_id=ehr_id))


def _own(path: str) -> str:
    """An address of this service as others reach it."""
    base = settings().public_url.rstrip("/") or request.host_url.rstrip("/")
    return base + path


__all__ = ["blueprint"]
