"""Who may call a route. Every route says it with one of these; the application refuses a route that does not.

``public`` is for anyone, ``calculator`` for anyone while the calculator is on, ``member`` for people who signed in,
``bearer`` for other systems with a key, ``either`` for anyone and with more for who has a key, ``link`` for a patient
who opened a link, ``watcher`` for who runs the service.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from flask import current_app, g

from afofit.settings import Settings
from afofit.smart.wire import Wire
from afofit.store.actors import Actor
from afofit.store.database import Store

PATIENT = "patient_release"
"""Where the cookie of a patient keeps the id of the link and when it was opened."""
View = TypeVar("View", bound=Callable[..., Any])
Kind = Literal["public", "calculator", "member", "bearer", "either", "link", "watcher"]
Role = Literal["orthotist", "administrator"]


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declares: who may call it, and why that is right or what they must hold."""

    kind: Kind
    why: str = ""
    roles: tuple[Role, ...] = ()
    scope: str = ""


def _declaring(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def public(why: str) -> Callable[[View], View]:
    """Anyone may call this view, and why that is right."""
    return _declaring(Access("public", why))


def calculator(why: str) -> Callable[[View], View]:
    """Anyone may call this view while the calculator is on; without it, people and systems of a clinic."""
    return _declaring(Access("calculator", why))


def member(*roles: Role) -> Callable[[View], View]:
    """Somebody who signed in and has one of these roles; any role where none is named."""
    return _declaring(Access("member", "signed in", roles))


def bearer(scope: str) -> Callable[[View], View]:
    """Another system with a key that has this scope."""
    return _declaring(Access("bearer", "a key with the scope", scope=scope))


def either(scope: str, why: str) -> Callable[[View], View]:
    """Anyone may call this view; another system with a key of this scope is also told what is its clinic's."""
    return _declaring(Access("either", why, scope=scope))


def link(why: str) -> Callable[[View], View]:
    """A patient who opened a link and gave the right date of birth."""
    return _declaring(Access("link", why))


def watcher(why: str) -> Callable[[View], View]:
    """Who runs the service: with a token of its settings, or, where none is set, from the machine itself."""
    return _declaring(Access("watcher", why))


def access_of(view: Callable[..., Any]) -> Access | None:
    """The declared access of a view, or None where none is declared."""
    declared: Access | None = getattr(view, "access", None)
    return declared


def store() -> Store:
    """The store of this service."""
    return cast(Store, current_app.extensions["afofit_store"]())


def wire() -> Wire:
    """The way to other systems."""
    return cast(Wire, current_app.extensions["afofit_wire"])


def settings() -> Settings:
    """The settings of this service."""
    return cast(Settings, current_app.config["AFOFIT"])


def actor() -> Actor:
    """Who is asking: set before the view is called, by the check of its access."""
    return cast(Actor, g.actor)


def visitor() -> Actor | None:
    """Who is asking, where that may be nobody in particular."""
    return cast("Actor | None", g.get("actor"))
