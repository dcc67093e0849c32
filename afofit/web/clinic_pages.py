"""Pages of the clinic and its people, and what their forms say."""

from dataclasses import dataclass

from flask import Response, make_response, render_template, url_for

from afofit.access import actor, settings, store
from afofit.store import clinics, keys
from afofit.store.accounts import ROLES, User
from afofit.store.clinics import Invited, Member
from afofit.store.database import Desk
from afofit.store.errors import Missing
from afofit.web import sign_in
from afofit.web.plain_form import PlainForm
from afofit.words.tongue import N_, _

NOT_FOUND, UNPROCESSABLE = 404, 422
KEY_DAYS = "90"
ROLE_WORDS = {
    "orthotist": N_("Orthotist: measures, approves and releases"),
    "administrator": N_("Administrator: people, clinic and protocol"),
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What the first visit asks for."""

    clinic: str
    phone: str
    name: str
    email: str
    password: str


def read_setup(form: PlainForm) -> Setup:
    """The form of the first visit; what is wrong stands in the form."""
    clinic = form.text("clinic", _("Enter the name of the clinic."))
    phone = form.text("phone", _("Enter the telephone number that patients call."), longest=40)
    name, email = form.text("name", _("Enter your name.")), form.email()
    return Setup(clinic, phone, name, email, form.password(clinic=clinic, phone=phone, name=name, email=email))


def setup_page(form: PlainForm) -> str:
    """The form of the first visit."""
    return render_template("setup.html", form=form, asks_code=bool(settings().setup_code))


def invited(token: str) -> Invited | None:
    """What a link stands for; a closed account has none."""
    with store().looking() as looking:
        found = clinics.invited(looking, token, sign_in.now())
        if found and found.purpose == "reset":
            account = looking.get(User, found.account_id)
            return found if account and account.active else None
        return found


def invitation_page(invitation: Invited | None, form: PlainForm) -> Response:
    """The form for a new password; one and the same page for every link that does not work."""
    code = NOT_FOUND if invitation is None else (200 if form.good else UNPROCESSABLE)
    return make_response(render_template("invitation.html", invitation=invitation, form=form), code)


def chosen(invitation: Invited, form: PlainForm) -> str:
    """The password that an invited person chose."""
    return form.password(clinic=invitation.clinic, name=invitation.name, email=invitation.email)


def join_link(token: str) -> str:
    """The address by which somebody joins or gets a new password."""
    path = url_for("clinic.join", token=token)
    own = settings().public_url.rstrip("/")
    return own + path if own else url_for("clinic.join", token=token, _external=True)


def one_member(desk: Desk, account_id: int) -> Member:
    """One account of the clinic. Raises Missing."""
    for one in clinics.members(desk):
        if one.id == account_id:
            return one
    raise Missing("account")


def clinic_page(
    *,
    clinic_form: PlainForm | None = None,
    person_form: PlainForm | None = None,
    refusal: str = "",
    link: str = "",
    link_for: str = "",
) -> str:
    """The clinic and its people; a link that was just made is shown this once."""
    with store().reading(actor()) as desk:
        own, people = clinics.clinic(desk), clinics.members(desk)
    shown = {"name": own.name, "phone": own.phone, "retention_years": str(own.retention_years or "")}
    return render_template(
        "clinic.html",
        own=own,
        people=people,
        roles=[(role, _(ROLE_WORDS[role])) for role in ROLES],
        clinic_values=clinic_form.values if clinic_form else shown,
        clinic_faults=clinic_form.faults if clinic_form else {},
        person_values=person_form.values if person_form else {},
        person_faults=person_form.faults if person_form else {},
        refusal=refusal,
        link=link,
        link_for=link_for,
        link_days=clinics.INVITED_FOR.days,
    )


def keys_page(form: PlainForm | None, *, key: str = "") -> str:
    """The keys of the clinic; one that was just made is shown this once."""
    with store().reading(actor()) as desk:
        own = keys.listed(desk)
    return render_template(
        "keys.html",
        keys=own,
        scopes=[(scope, _(words)) for scope, words in keys.SCOPES.items()],
        values={"days": KEY_DAYS} | (form.values if form else {}),
        faults=form.faults if form else {},
        key=key,
        now=sign_in.now(),
        longest=keys.LONGEST_DAYS,
    )
