"""SMART App Launch: from the EHR or from here to its sign-in and back, until the chart is open; and its end.

Every way that does not lead to an open chart ends in a page that says what happened and what to do.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from afofit.access import actor, member, public, settings, store, wire
from afofit.schemas.problems import Refused
from afofit.smart import authorization, identity
from afofit.smart.authorization import CODE, Asked, Failed, Token
from afofit.smart.discovery import Configuration, discover
from afofit.smart.scopes import wanted
from afofit.smart.wire import Unreached
from afofit.store import ehrs, launches, origins
from afofit.store.errors import Conflict, Forbidden, Missing
from afofit.store.launches import Answered
from afofit.store.rates import Rates
from afofit.store.secrecy import new_token
from afofit.web import embedding
from afofit.web.kept import SEE_OTHER, conflicting, forbidden, refused
from afofit.web.launched import NotHere, as_json, opened, registration
from afofit.words.tongue import _

blueprint = Blueprint("smart", __name__, url_prefix="/smart")
blueprint.register_error_handler(Forbidden, forbidden)
blueprint.register_error_handler(Conflict, conflicting)
blueprint.register_error_handler(Refused, refused)

PER_ADDRESS = "30/minute"
LONGEST_LAUNCH = 2000
"""The longest token (characters) that an EHR may give to begin with."""
BAD, DENIED, GONE, BAD_GATEWAY, TOO_MANY = 400, 403, 404, 502, 429


def stopped(heading: str, *texts: str, status: int = BAD, onward: str = "", apart: str = "") -> Response:
    """The page of a launch that does not go on. ``onward`` leads to another try, ``apart`` into a window of its own."""
    page = render_template("smart_stopped.html", heading=heading, texts=texts, onward=onward, apart=apart)
    return make_response(page, status)


@blueprint.errorhandler(Missing)
def missing(_error: Missing) -> ResponseReturnValue:
    """A chart that ended is as closed as one that was never open."""
    return stopped(
        _("This chart is not open here"),
        _("It was closed, its time is over, or it was never opened. Nothing of it is kept."),
        _("Open it again from the record system."),
        status=GONE,
    )


@blueprint.errorhandler(NotHere)
def not_here(error: NotHere) -> ResponseReturnValue:
    """A chart that somebody else, or another browser, has open."""
    if str(error) == "person":
        said = _("Somebody else opened this chart. Sign in as that person, or open it again from the record system.")
    else:
        said = _("This chart was opened in another browser, or this one does not keep the cookie by which it is known.")
    return stopped(_("This chart is not open here"), said, status=DENIED)


@blueprint.get("/launch")
@public("an EHR sends people here before they are signed in; nothing is asked of an address that is not registered")
def launch() -> ResponseReturnValue:
    """The address that EHRs call: ``iss`` says which EHR, ``launch`` what is open there."""
    issuer, given = request.args.get("iss", "").rstrip("/"), request.args.get("launch", "")
    if not issuer or not given or len(given) > LONGEST_LAUNCH:
        said = _("The call does not say which record system it comes from (iss) and what is open there (launch).")
        return stopped(_("This is no launch"), said)
    with store().looking() as session:
        if not ehrs.known(session, issuer):
            return _unknown()
    if not embedding.browser():
        return _with_cookie("smart.launch", iss=issuer, launch=given)
    return _begun(issuer, given)


def _unknown() -> Response:
    return stopped(
        _("This record system is not registered here"),
        _("Nothing was sent to it. An administrator of the clinic can register its address."),
        status=DENIED,
    )


def _with_cookie(endpoint: str, **arguments: Any) -> ResponseReturnValue:
    """The same address once more with a cookie; where none comes back, a page that says so instead of a circle."""
    if "again" not in request.args:
        answer = make_response(redirect(url_for(endpoint, **arguments, again=1), SEE_OTHER))
        embedding.remember(answer, new_token())
        return answer
    apart = url_for(endpoint, **arguments)
    if embedding.in_frame():
        said = _("This browser keeps no cookies for a page within the window of another site.")
        return stopped(
            _("Cookies are blocked"), said, _("In a window of its own it works."), apart=apart, status=DENIED
        )
    said = _("This browser keeps no cookies for this site, so that nobody can sign in. Allow them, then try again.")
    return stopped(_("Cookies are blocked"), said, onward=apart, status=DENIED)


def _begun(issuer: str, given: str | None) -> ResponseReturnValue:
    rates, about = Rates(store()), ("launch", request.remote_addr or "")
    if not rates.allow(PER_ADDRESS, *about):
        answer = stopped(_("Too many launches"), _("Wait a minute, then try again."), status=TOO_MANY)
        answer.headers["Retry-After"] = str(rates.wait(PER_ADDRESS, *about))
        return answer
    launch_id = launches.begin(store(), issuer, embedding.browser(), given, datetime.now(UTC))
    return redirect(url_for("smart.authorize", launch_id=launch_id), SEE_OTHER)


@blueprint.get("/start")
@member("orthotist")
def start() -> ResponseReturnValue:
    """Open a chart from here (standalone launch): which record system."""
    if not embedding.browser():
        return _with_cookie("smart.start")
    with store().reading(actor()) as desk:
        own = [one for one in ehrs.listed(desk) if one.removed_at is None]
    return render_template("smart_start.html", ehrs=own)


@blueprint.post("/start")
@member("orthotist")
def begin_here() -> ResponseReturnValue:
    """Begin a standalone launch."""
    try:
        chosen = UUID(request.form.get("ehr", ""))
    except ValueError:
        raise NotFound from None
    with store().reading(actor()) as desk:
        ehr = ehrs.find(desk, chosen)
    if ehr.removed_at is not None:
        return _unknown()
    if not embedding.browser():
        return _with_cookie("smart.start")
    return _begun(ehr.issuer, None)


@blueprint.get("/<uuid:launch_id>/authorize")
@member("orthotist")
def authorize(launch_id: UUID) -> ResponseReturnValue:
    """On the way to the sign-in of the EHR, once somebody is signed in here."""
    with store().reading(actor()) as desk:
        issuer, given = launches.begun(desk, launch_id, embedding.browser())
        ehr = ehrs.of_issuer(desk, issuer)
    if ehr is None:
        return _unknown()
    try:
        found = discover(wire(), issuer)
    except Unreached as error:
        said = _("{ehr} cannot be used: {why}.").format(ehr=ehr.name, why=error)
        return stopped(_("The record system does not answer"), said, status=BAD_GATEWAY, onward=request.path)
    if given is None and found.capabilities and "launch-standalone" not in found.capabilities:
        said = _("{ehr} opens charts from its own pages only.").format(ehr=ehr.name)
        return stopped(_("Open the chart there"), said)
    asked, back_to = Asked.new(), _back(ehr.id)
    scopes = wanted(found, from_ehr=given is not None, online=ehr.online, more=ehr.more_scopes)
    remembered: dict[str, Any] = {
        "verifier": asked.verifier,
        "nonce": asked.nonce,
        "configuration": found.as_json(),
        "back_to": back_to,
        "scopes": list(scopes),
        "client_id": ehr.client_id,
        "standalone": given is None,
    }
    with store().writing(actor()) as desk:
        launches.ask(desk, launch_id, embedding.browser(), ehr.id, asked.state, remembered)
    onward = authorization.address(found, ehr.client_id, asked, back_to=back_to, scopes=scopes, launch=given)
    # Not a redirect: a browser that comes from the form of sign-in would not be let go to another site.
    return render_template("smart_going.html", ehr=ehr, onward=onward)


def _back(ehr_id: UUID) -> str:
    """Our address as it is registered at this EHR and at no other: no answer can pass for that of another EHR."""
    own, path = settings().public_url.rstrip("/"), url_for("smart.callback", ehr_id=ehr_id)
    return own + path if own else url_for("smart.callback", ehr_id=ehr_id, _external=True)


@blueprint.get("/callback/<uuid:ehr_id>")
@public("what comes back from an EHR is held against the state and the cookie of the browser that asked")
def callback(ehr_id: UUID) -> ResponseReturnValue:
    """Where the EHR sends people back to, with a code or with the reason why not."""
    state, code = request.args.get("state", ""), request.args.get("code", "")
    answer = launches.answered(store(), state, embedding.browser(), datetime.now(UTC)) if state else None
    if answer is None:
        return _no_launch(state)
    if answer.ehr_id != ehr_id:
        return _failed(answer, "issuer", _of_another())
    if "error" in request.args:
        return _refused_there(answer)
    if not code:
        return _failed(answer, "no_code", _("Its answer holds no code."))
    return _exchanged(answer, code)


def _no_launch(state: str) -> Response:
    with store().looking() as session:
        elsewhere = bool(state) and launches.elsewhere(session, state)
    if elsewhere:
        said = _("The answer came into another browser than the one that asked, or this one keeps no cookies.")
    else:
        said = _("The answer belongs to no launch: it was used before, its time is over, or it was made up.")
    again = _("Open it again from the record system.")
    return stopped(_("The chart was not opened"), said, _("Nothing was read from the chart."), again)


def _refused_there(answer: Answered) -> Response:
    given = request.args["error"]
    code = given if CODE.fullmatch(given) else _("unknown")
    if code == "access_denied":
        return _failed(answer, code, _("It was declined there."))
    return _failed(answer, "refused", _("The record system refused it ({code}).").format(code=code))


def _failed(answer: Answered, reason: str, said: str, status: int = BAD) -> Response:
    with store().writing(answer.actor) as desk:
        launches.failed(desk, answer.id, reason)
    onward = url_for("smart.start") if answer.asked["standalone"] else ""
    again = _("Open it again from the record system.")
    return stopped(
        _("The chart was not opened"), said, _("Nothing was read from the chart."), again, status=status, onward=onward
    )


def _of_another() -> str:
    return _("The answer came from another record system than the one that was asked.")


def _exchanged(answer: Answered, code: str) -> ResponseReturnValue:
    found = Configuration.of_json(answer.asked["configuration"])
    # RFC 9207: an answer says whose it is, so that one EHR cannot pass for another; who says so of itself must do it.
    unsaid = "" if found.names_itself else found.base
    if request.args.get("iss", unsaid).rstrip("/") not in (found.issuer.rstrip("/") or found.base, found.base):
        return _failed(answer, "issuer", _of_another())
    try:
        token, user = _proved(answer, found, code)
    except (Failed, Unreached) as error:
        said = _("No permission was given: {why}.").format(why=error)
        return _failed(answer, "exchange", said, BAD_GATEWAY)
    except Missing:
        return _failed(answer, "removed", _("The record system was removed from the clinic meanwhile."))
    content = {
        "configuration": found.as_json(),
        "token": as_json(token),
        "scopes": list(token.granted.scopes),
        "patient": token.patient,
        "encounter": token.encounter,
        "user": user,
        "chart": None,
        "taken": None,
        "creates": None,
    }
    with store().writing(answer.actor) as desk:
        subject = origins.mark(desk, answer.ehr_id, token.patient)
        launches.open_chart(desk, answer, content, subject, timedelta(hours=settings().longest_hours))
    return redirect(url_for("smart.review", launch_id=answer.id), SEE_OTHER)


def _proved(answer: Answered, found: Configuration, code: str) -> tuple[Token, str]:
    """The token, and who signed in there. Raises Failed, Unreached and Missing."""
    asked = Asked("", answer.asked["verifier"], answer.asked["nonce"])
    with store().reading(answer.actor) as desk:
        own = registration(desk, ehrs.find(desk, answer.ehr_id))
    token = authorization.exchange(
        wire(),
        found,
        own,
        asked,
        code=code,
        back_to=answer.asked["back_to"],
        scopes=tuple(answer.asked["scopes"]),
    )
    if not token.granted.openid:
        return token, ""
    if token.identity is None:
        raise Failed(_("it says that somebody signed in there but does not prove it"))
    who = identity.check(wire(), found, own.client_id, token.identity, asked.nonce, datetime.now(UTC))
    return token, who.user


@blueprint.post("/<uuid:launch_id>/end")
@member("orthotist")
def end(launch_id: UUID) -> ResponseReturnValue:
    """Close the chart: the token and what was read go now."""
    held = opened(launch_id)
    with store().writing(actor()) as desk:
        launches.end(desk, held.id)
    return stopped(
        _("The chart is closed"),
        _("The permission to read it and everything that was read are gone. Fittings that were stored stay."),
        status=200,
    )


@blueprint.get("/keys/<uuid:ehr_id>")
@public("public keys, by which an EHR checks our signature")
def keys(ehr_id: UUID) -> ResponseReturnValue:
    """The public keys of this service for one EHR."""
    with store().looking() as session:
        found = ehrs.public_keys(session, ehr_id)
    if found is None:
        raise NotFound
    return jsonify(found)
