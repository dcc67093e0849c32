"""Cookies that a browser keeps for this host alone and, where the service is reached by https, sends over it only."""

from hashlib import sha512

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import Signer

from afofit.access import settings

OWN = "__Host-"
"""A name that begins so is taken by browsers only with Secure, for this very host and for all its paths: no other
host of the same domain, and nobody between who speaks plain http, can plant such a cookie."""
PATH = "/"


def secure() -> bool:
    """Whether cookies go over https only: not where a service is tried out without it."""
    return request.is_secure or settings().public_url.startswith("https")


def named(name: str) -> str:
    """What a cookie is called here."""
    return OWN + name if secure() else name


def install(app: Flask) -> None:
    """Sign everything that a browser keeps for this service with HMAC-SHA-512."""
    app.session_interface = Sessions()
    # Flask-WTF and Flask-Security do not say how they sign: unless every signer of the process is told, by SHA-1.
    Signer.default_digest_method = staticmethod(sha512)


class Sessions(SecureCookieSessionInterface):
    """The signed cookie of a browser."""

    digest_method = staticmethod(sha512)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds. Other systems send none: of them nothing is made ready to be opened."""
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()

    def get_cookie_name(self, app: Flask) -> str:
        """Its name."""
        return named(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether it goes over https only."""
        return secure()
