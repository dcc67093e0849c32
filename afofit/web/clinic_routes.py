"""The clinic and its people: first visit, invitations, roles, keys of other systems, one's own account."""

from hmac import compare_digest
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import hash_password
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, Map

from afofit.access import actor, member, public, settings, store
from afofit.store import clinics, keys
from afofit.store.audit import append
from afofit.store.errors import Conflict, Missing
from afofit.watching import security
from afofit.web import clinic_pages as pages
from afofit.web import sign_in
from afofit.web.account_page import account_page, visit_asked
from afofit.web.errors import error_page
from afofit.web.plain_form import PlainForm
from afofit.words.tongue import gettext as _

blueprint = Blueprint("clinic", __name__)
SEE_OTHER, UNPROCESSABLE = 303, 422


class Account(IntegerConverter):
    """The number of an account in an address: one that no column could hold is nobody's."""

    def __init__(self, map: Map) -> None:  # noqa: A002
        super().__init__(map, min=1, max=2**31 - 1)


blueprint.record_once(lambda state: state.app.url_map.converters.update(account=Account))


@blueprint.errorhandler(Missing)
def missing(_: Missing) -> ResponseReturnValue:
    """What another clinic has is as missing as what never was."""
    return error_page(NotFound())


@blueprint.get("/setup")
@public("the first visitor makes the clinic; afterwards there is no such page")
def setup() -> ResponseReturnValue:
    """The form that makes the clinic."""
    _only_before_setup()
    return pages.setup_page(PlainForm())


@blueprint.post("/setup")
@public("the first visitor makes the clinic; afterwards there is no such page")
def make_clinic() -> ResponseReturnValue:
    """Make the clinic and its first person, who is then signed in."""
    _only_before_setup()
    sign_in.csrf.protect()
    form = PlainForm()
    asked = pages.read_setup(form)
    code = settings().setup_code
    if code and not compare_digest(request.form.get("setup_code", "").encode(), code.encode()):
        security.note(security.UNPROVEN, by="setup code", status=UNPROCESSABLE)
        form.faults["setup_code"] = _("This is not the setup code of this installation.")
    if not form.good:
        return pages.setup_page(form), UNPROCESSABLE
    password = hash_password(asked.password)
    with store().writing(clinics.new_actor()) as desk:
        if not clinics.is_first(desk):
            raise NotFound
        clinics.found(desk, asked.clinic, asked.phone)
        account_id = clinics.add(
            desk, email=asked.email, name=asked.name, roles=("administrator", "orthotist"), password=password
        )
    if settings().second_factor:
        flash(_("The clinic is made. Sign in to set up your second step."))
        return redirect(url_for("security.login"), SEE_OTHER)
    sign_in.enter(account_id)
    return redirect("/fittings", SEE_OTHER)


def _only_before_setup() -> None:
    with store().looking() as looking:
        if clinics.any_clinic(looking):
            raise NotFound


@blueprint.get("/join/<token>")
@public("the link is the key: it was given to one person, works once and ends by itself")
def join(token: str) -> ResponseReturnValue:
    """The form in which an invited person chooses a password."""
    return pages.invitation_page(pages.invited(token), PlainForm())


@blueprint.post("/join/<token>")
@public("the link is the key: it was given to one person, works once and ends by itself")
def take_invitation(token: str) -> ResponseReturnValue:
    """Set the password of an invited person, who then signs in with it."""
    sign_in.csrf.protect()
    invitation, form = pages.invited(token), PlainForm()
    password = pages.chosen(invitation, form) if invitation else ""
    if invitation is None or not form.good:
        return pages.invitation_page(invitation, form)
    hashed = hash_password(password)
    with store().writing(invitation.actor) as desk:
        clinics.take(desk, invitation, hashed)
    flash(_("The password is set. Sign in with it."))
    return redirect(url_for("security.login"), SEE_OTHER)


@blueprint.get("/clinic")
@member("administrator")
def clinic() -> ResponseReturnValue:
    """The clinic and its people."""
    return pages.clinic_page()


@blueprint.post("/clinic")
@member("administrator")
def change_clinic() -> ResponseReturnValue:
    """Name, telephone and how long records are kept."""
    form = PlainForm()
    name = form.text("name", _("Enter the name of the clinic."))
    phone = form.text("phone", _("Enter the telephone number that patients call."), longest=40)
    years = form.whole("retention_years", 1, 100)
    if not form.good:
        return pages.clinic_page(clinic_form=form), UNPROCESSABLE
    with store().writing(actor()) as desk:
        clinics.change(desk, name=name, phone=phone, retention_years=years)
    flash(_("The clinic is changed."))
    return redirect(url_for("clinic.clinic"), SEE_OTHER)


@blueprint.post("/clinic/people")
@member("administrator")
def invite() -> ResponseReturnValue:
    """A new colleague; the answer shows the link once."""
    form = PlainForm()
    email, name, roles = form.email(), form.text("name", _("Enter the person's name.")), form.roles()
    if not form.good:
        return pages.clinic_page(person_form=form), UNPROCESSABLE
    try:
        with store().writing(actor()) as desk:
            token = clinics.invite(desk, clinics.add(desk, email=email, name=name, roles=roles), "join")
    except Conflict as error:
        form.conflict(error)
        return pages.clinic_page(person_form=form), UNPROCESSABLE
    return pages.clinic_page(link=pages.join_link(token), link_for=name)


@blueprint.post("/clinic/people/<account:account_id>/link")
@member("administrator")
def new_link(account_id: int) -> ResponseReturnValue:
    """A link for a new password, or a new invitation; the answer shows it once."""
    try:
        with store().writing(actor()) as desk:
            one = pages.one_member(desk, account_id)
            token = clinics.invite(desk, account_id, "reset" if one.joined else "join")
    except Conflict as error:
        return pages.clinic_page(refusal=error.text), UNPROCESSABLE
    return pages.clinic_page(link=pages.join_link(token), link_for=one.name)


@blueprint.post("/clinic/people/<account:account_id>/second-factor")
@member("administrator")
def forget_second_factor(account_id: int) -> ResponseReturnValue:
    """Let somebody who lost the second factor sign in with the password alone, and set up a new one."""
    with store().writing(actor()) as desk:
        clinics.forget_second_factor(desk, account_id)
    flash(_("Authenticator, recovery codes and passkeys are taken away. The password alone opens the account now."))
    return redirect(url_for("clinic.clinic"), SEE_OTHER)


@blueprint.post("/clinic/people/<account:account_id>/sign-out")
@member("administrator")
def sign_out_person(account_id: int) -> ResponseReturnValue:
    """Sign somebody out on every device, such as one that was lost."""
    with store().writing(actor()) as desk:
        clinics.sign_out(desk, account_id)
    flash(_("Signed out on every device. The account stays open."))
    return redirect(url_for("clinic.clinic"), SEE_OTHER)


@blueprint.post("/clinic/people/<account:account_id>")
@member("administrator")
def change_person(account_id: int) -> ResponseReturnValue:
    """What somebody may do, and whether they may sign in."""
    form = PlainForm()
    roles = form.roles()
    if not form.good:
        return pages.clinic_page(refusal=form.faults["roles"]), UNPROCESSABLE
    try:
        with store().writing(actor()) as desk:
            active = pages.one_member(desk, account_id).joined and "active" in request.form
            clinics.set_roles(desk, account_id, roles, active=active)
    except Conflict as error:
        return pages.clinic_page(refusal=error.text), UNPROCESSABLE
    flash(_("The account is changed."))
    return redirect(url_for("clinic.clinic"), SEE_OTHER)


@blueprint.get("/clinic/keys", endpoint="keys")
@member()
def list_keys() -> ResponseReturnValue:
    """The keys of other systems."""
    return pages.keys_page(PlainForm())


@blueprint.post("/clinic/keys")
@member()
def make_key() -> ResponseReturnValue:
    """A new key; the answer shows it once."""
    form = PlainForm()
    name, days = form.text("name", _("Say which system the key is for.")), form.whole("days", 1, keys.LONGEST_DAYS)
    if not form.good:
        return pages.keys_page(form), UNPROCESSABLE
    try:
        with store().writing(actor()) as desk:
            key = keys.make(desk, name, tuple(request.form.getlist("scopes")), days or 0)
    except Conflict as error:
        form.conflict(error)
        return pages.keys_page(form), UNPROCESSABLE
    return pages.keys_page(None, key=key)


@blueprint.post("/clinic/keys/<uuid:key_id>/revoke")
@member()
def revoke_key(key_id: UUID) -> ResponseReturnValue:
    """End a key now."""
    with store().writing(actor()) as desk:
        keys.revoke(desk, key_id)
    flash(_("The key is revoked."))
    return redirect(url_for("clinic.keys"), SEE_OTHER)


@blueprint.get("/account")
@member()
def account() -> ResponseReturnValue:
    """One's own account."""
    return account_page()


@blueprint.post("/account/elsewhere")
@member()
def sign_out_elsewhere() -> ResponseReturnValue:
    """End every other visit of the person, or one of them."""
    who, one = actor(), visit_asked()
    if not sign_in.fresh():
        flash(_("Confirm that it is you, then sign out the other device."))
        return redirect(url_for("security.verify", next=url_for("clinic.account")), SEE_OTHER)
    with store().writing(who) as desk:
        clinics.end_visits(desk, who.account_id or 0, but=sign_in.visit_id(), one=one)
        append(desk, "signed out elsewhere", "account", who.account_id)
    flash(_("That device is signed out.") if one else _("Signed out on every other device."))
    return redirect(url_for("clinic.account"), SEE_OTHER)
