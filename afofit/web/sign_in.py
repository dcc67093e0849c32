"""Sign-in by Flask-Security: its settings, who is signed in, how often it may be tried, and what the audit says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, cast

from flask import Flask, Response, abort, after_this_request, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue, RouteCallable
from flask_login import user_logged_out  # type: ignore[import-untyped]
from flask_principal import Principal  # type: ignore[import-untyped]
from flask_security import (
    Security,
    SQLAlchemySessionUserDatastore,
    current_user,
    login_user,
    password_changed,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
    user_failed_authn,
    wan_deleted,
    wan_registered,
)
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]
from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from werkzeug.exceptions import TooManyRequests

from afofit.access import Access, settings, store
from afofit.settings import Settings
from afofit.store import clinics, launches, visits
from afofit.store.accounts import Role, User, WebAuthn
from afofit.store.actors import Actor, person
from afofit.store.audit import append
from afofit.store.database import Store
from afofit.store.rates import Rates
from afofit.store.secrecy import derived, hashed
from afofit.watching import security
from afofit.watching.requests import SIGN_IN
from afofit.web import cookies, factors
from afofit.web.passwords import Passwords
from afofit.words.sheet import STARTING_SPECIFICATION
from afofit.words.tongue import gettext

VISIT = "visit"
"""Where the cookie of a person keeps the text of the visit."""
SHOWN = "fs_paa"
"""Where Flask-Security keeps when somebody last showed who they are."""
FRESH = timedelta(hours=1)
"""How recent a sign-in must be to change what a person signs in with; after that the password is asked again."""
PER_ADDRESS, PER_ACCOUNT = "10/minute", "5/minute"

csrf = CSRFProtect()

_OUT = Access("public", "nobody is signed in yet")
_IN = Access("member", "changes what the person signs in with")
ACCESS: Mapping[str, Access] = {
    "security.login": _OUT,
    "security.logout": Access("public", "signing out works when the visit has ended already"),
    "security.two_factor_token_validation": _OUT,
    "security.two_factor_rescue": Access("public", "answers 404: codes are not sent by mail"),
    "security.tf_select": _OUT,
    "security.mf_recovery": _OUT,
    "security.wan_signin": _OUT,
    "security.wan_signin_response": _OUT,
    "security.verify": _IN,
    "security.change_password": _IN,
    "security.two_factor_setup": Access("public", "asks for a sign-in of late, or for the right password just before"),
    "security.two_factor_setup_validate": _IN,
    "security.mf_recovery_codes": _IN,
    "security.wan_register": _IN,
    "security.wan_register_response": _IN,
    "security.wan_delete": _IN,
    "security.wan_verify": _IN,
    "security.wan_verify_response": _IN,
}
"""Who may call the routes that Flask-Security adds."""
LIMITED = frozenset({name for name, access in ACCESS.items() if access is _OUT}) | {
    "security.verify",
    "security.change_password",
    "security.two_factor_setup_validate",
    "security.wan_verify_response",
    "clinic.make_clinic",
    "clinic.take_invitation",
}
"""Routes where a secret is tried."""
AGAIN = ("security.verify", "security.wan_verify_response")
"""Routes where somebody who is signed in shows once more who they are."""

URLS = {
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "VERIFY_URL": "/account/again",
    "CHANGE_URL": "/account/password",
    "TWO_FACTOR_SETUP_URL": "/account/two-factor",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
    "TWO_FACTOR_SELECT_URL": "/sign-in/second",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "WAN_REGISTER_URL": "/account/passkeys",
    "WAN_DELETE_URL": "/account/passkeys/delete",
    "WAN_SIGNIN_URL": "/sign-in/passkey",
    "WAN_VERIFY_URL": "/account/again/passkey",
    "POST_LOGIN_VIEW": "/fittings",
    "POST_LOGOUT_VIEW": "/sign-in",
    "POST_CHANGE_VIEW": "/account",
    "POST_VERIFY_VIEW": "/account",
}
HABITS: dict[str, object] = {
    "REGISTERABLE": False,
    "RECOVERABLE": False,
    "TRACKABLE": False,
    "CHANGEABLE": True,
    "SEND_PASSWORD_CHANGE_EMAIL": False,
    "RETURN_GENERIC_RESPONSES": True,
    "DEFAULT_REMEMBER_ME": False,
    "LOGOUT_METHODS": ["POST"],
    "LOGOUT_CSRF": True,
    "STATIC_FOLDER": None,
    # Its commands would change accounts without a line in the audit; ours are in cli_store.
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_LENGTH_MIN": 12,
    "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "FRESHNESS": FRESH,
    "FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
    "API_ENABLED_METHODS": ["session"],
    "TWO_FACTOR": True,
    "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "TWO_FACTOR_AUTHENTICATOR_VALIDITY": factors.CODE_SECONDS,
    "TWO_FACTOR_RESCUE_EMAIL": False,
    "TOTP_ISSUER": "afofit",
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "MULTI_FACTOR_RECOVERY_CODES_N": factors.HOW_MANY,
    "WEBAUTHN": True,
    "WAN_RP_NAME": "afofit",
    "WAN_ALLOW_AS_FIRST_FACTOR": True,
    "WAN_ALLOW_AS_MULTI_FACTOR": True,
    "WAN_ALLOW_USER_HINTS": False,
    "WAN_ALLOW_AS_VERIFY": ["first"],
}


def install(app: Flask) -> None:
    """Put sign-in on the application; the database is not touched before somebody signs in."""
    _configure(app)
    cookies.install(app)
    csrf.init_app(app)
    opened = cast("sessionmaker[Session]", lambda: Session(_own_engine(app), expire_on_commit=False))
    sessions = scoped_session(opened)
    app.before_request(_limit)
    accounts = SQLAlchemySessionUserDatastore(sessions, User, Role, WebAuthn)
    Security(
        app,
        accounts,
        totp_cls=factors.OnceOnly,
        mf_recovery_codes_util_cls=factors.RecoveryCodes,
        webauthn_util_cls=factors.Passkeys,
        password_util_cls=Passwords,
    )
    for endpoint in AGAIN:
        app.view_functions[endpoint] = _again(app.view_functions[endpoint])
    _without_principal(app)
    app.before_request(_first_visit)
    app.teardown_appcontext(lambda _: sessions.remove())
    idle_seconds = app.config["AFOFIT"].idle_minutes * 60
    app.context_processor(
        lambda: {"starting_specification": gettext(STARTING_SPECIFICATION), "idle_seconds": idle_seconds}
    )
    user_authenticated.connect(_signed_in, app)
    user_failed_authn.connect(_refused, app)
    user_logged_out.connect(_signed_out, app)
    password_changed.connect(_changed_password, app)
    tf_profile_changed.connect(_authenticator_on, app)
    tf_disabled.connect(_authenticator_off, app)
    wan_registered.connect(_passkey_made, app)
    wan_deleted.connect(_passkey_deleted, app)


def _without_principal(app: Flask) -> None:
    """Flask-Principal would look for an account at every call, of other systems too; the gate does where it must."""
    before = app.before_request_funcs[None]
    app.before_request_funcs[None] = [each for each in before if not isinstance(_owner(each), Principal)]


def _owner(function: object) -> object:
    return getattr(function, "__self__", None)


def _configure(app: Flask) -> None:
    own: Settings = app.config["AFOFIT"]
    secret = str(app.config["SECRET_KEY"]).encode()
    made: dict[str, object] = {
        "TWO_FACTOR_REQUIRED": own.second_factor,
        "PASSWORD_SALT": derived(secret, "password salt").hex(),
        "TOTP_SECRETS": {"1": derived(secret, "authenticator").hex()},
    }
    app.config.update({f"SECURITY_{name}": value for name, value in (URLS | HABITS | made).items()})
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        # In the frame of another site only a cookie of this kind is kept; every form carries a token besides.
        SESSION_COOKIE_SAMESITE="None" if own.framed else "Lax",
        SESSION_COOKIE_PARTITIONED=own.framed,
        WTF_CSRF_CHECK_DEFAULT=False,
        # A form may stay open as long as the visit; no page says where it came from, so the referrer cannot be asked.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )


def _own_engine(app: Flask) -> Engine:
    shared: Store = app.extensions["afofit_store"]()
    return shared.apart


def address(then: str) -> str:
    """The address of the sign-in page, from which a person goes on to the page asked for."""
    return url_for("security.login", next=then)


def current_actor() -> Actor | None:
    """Who is signed in; None, and an empty cookie, where the visit has ended. Nobody's cookie opens no database."""
    if "_user_id" not in session:
        return None
    token = str(session.get(VISIT, ""))
    if current_user.is_authenticated and visits.alive(store(), token, current_user.id, now(), **_lasts()):
        return _actor(cast(User, current_user))
    session.clear()
    g.pop("_login_user", None)
    return None


def _lasts() -> dict[str, timedelta]:
    own = settings()
    return {"idle": timedelta(minutes=own.idle_minutes), "longest": timedelta(hours=own.longest_hours)}


def own_visits() -> list[visits.Visit]:
    """Where the person is signed in, this device among them."""
    return visits.listed(store(), current_user.id, now(), **_lasts())


def seconds_left() -> int:
    """How long (s) this visit lasts unless it is used again."""
    ends = visits.ends(store(), str(session.get(VISIT, "")), **_lasts())
    return max(0, int((ends - now()).total_seconds())) if ends else 0


def visit_id() -> bytes:
    """The visit of this request, as the store knows it."""
    return hashed(str(session.get(VISIT, "")))


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def _actor(user: User) -> Actor:
    return person(
        user.clinic_id,
        user.id,
        user.name,
        orthotist=user.is_a("orthotist"),
        administrator=user.is_a("administrator"),
    )


def _limit() -> None:
    """Count a try before anything costly is done with it; one too many is answered with 429."""
    if request.method != "POST" or request.endpoint not in LIMITED:
        return
    rates = Rates(store())
    what, caller = request.endpoint, request.remote_addr or ""
    email = request.form.get("email", "").strip().casefold()
    tried = session.get("tf_user_id") or session.get("_user_id") or f"{caller} {email}"
    for limit, about in (
        (PER_ADDRESS, (what, "address", caller)),
        (PER_ACCOUNT, (what, "account", hashed(tried).hex()[:32])),
    ):
        if not rates.allow(limit, *about):
            raise TooManyRequests(retry_after=rates.wait(limit, *about))


def _first_visit() -> ResponseReturnValue | None:
    """Nobody can sign in before the clinic is made; codes are never sent by mail, nor asked of who is signed in."""
    if request.endpoint == "security.two_factor_rescue":
        abort(404)
    if request.endpoint == "security.two_factor_token_validation" and "_user_id" in session:
        # The library would sign out whoever comes here, also by a link of another site.
        return redirect(url_for("clinic.account"))
    if request.endpoint == "security.login" and request.method == "GET":
        with store().looking() as looking:
            there = clinics.any_clinic(looking)
        return None if there else redirect(url_for("clinic.setup"))
    return None


def _say(user: User, action: str, **detail: list[str]) -> None:
    with store().writing(_actor(user)) as desk:
        append(desk, action, "account", user.id, **detail)
    _note(user, action)


def _note(user: User, action: str) -> None:
    security.note(action, who=_actor(user).label, by=SIGN_IN.get(request.endpoint or ""))


def _shown() -> list[str]:
    """What somebody shows in this request to sign in, and whether something else was shown before it."""
    shown = SIGN_IN.get(request.endpoint or "", "password")
    return ["second step", shown] if "tf_user_id" in session else [shown]


def _signed_in(_: Flask, user: User, authn_via: list[str] | None = None, **__: object) -> None:
    _new_visit(user)
    if authn_via != ["change"]:
        _say(user, "signed in", shown=_shown())


def _new_visit(user: User) -> None:
    """Whoever showed who they are goes on under a new text; what the browser held before opens nothing any more."""
    before = session.get(VISIT)
    session[VISIT] = visits.begin(store(), user.id, now())
    if before:
        visits.end(store(), before, now())


def _again(view: RouteCallable) -> RouteCallable:
    @wraps(view)
    def renewing(*args: Any, **named: Any) -> ResponseReturnValue:
        shown = session.get(SHOWN)
        answer = cast(ResponseReturnValue, view(*args, **named))
        if session.get(SHOWN) != shown:
            _new_visit(cast(User, current_user))
            _note(cast(User, current_user), "confirmed who it is")
        return answer

    return renewing


def fresh() -> bool:
    """Whether the person showed of late who they are."""
    return timedelta() <= now() - datetime.fromtimestamp(session.get(SHOWN, 0), UTC) < FRESH


def _refused(_: Flask, user: User, **__: object) -> None:
    _say(user, "sign-in refused", shown=_shown())


def _authenticator_on(_: Flask, user: User, **__: object) -> None:
    _say(user, "authenticator turned on")


def _authenticator_off(_: Flask, user: User, **__: object) -> None:
    _say(user, "authenticator turned off")


def _passkey_made(_: Flask, user: User, **__: object) -> None:
    _say(user, "passkey made")


def _passkey_deleted(_: Flask, user: User, **__: object) -> None:
    _say(user, "passkey deleted")


def cleared(response: Response) -> Response:
    """Whoever goes back in the browser finds nothing of the visit."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _signed_out(_: Flask, user: User | None = None, **__: object) -> None:
    after_this_request(cleared)
    token = session.pop(VISIT, None)
    if token and user is not None and user.is_authenticated:
        visits.end(store(), token, now())
        with store().writing(_actor(user)) as desk:
            launches.end_all(desk, user.id)
            append(desk, "signed out", "account", user.id)
        _note(user, "signed out")


def _changed_password(_: Flask, user: User, **__: object) -> None:
    with store().writing(_actor(user)) as desk:
        clinics.end_visits(desk, user.id, but=visit_id())
        append(desk, "password changed", "account", user.id)
    _note(user, "password changed")


def enter(account_id: int) -> None:
    """Sign in somebody who just made this account with a password."""
    login_user(current_app.extensions["security"].datastore.find_user(id=account_id), authn_via=["password"])
