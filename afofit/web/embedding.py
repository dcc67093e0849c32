"""Pages within the window of an EHR: which of them may be framed and by whom, and cookies that work there."""

from flask import Response, request

from afofit.access import settings
from afofit.settings import Settings
from afofit.web import cookies

BROWSER = "afofit_smart"
"""The cookie by which a launch knows its browser."""
PAGES = "/smart/"
FRAMES = frozenset({"iframe", "frame", "embed", "object"})
NOBODY = "frame-ancestors 'none'"


def in_frame() -> bool:
    """Whether the browser says that this page is shown within another."""
    return request.headers.get("Sec-Fetch-Dest") in FRAMES


def policy(whole: str, own: Settings) -> str:
    """The content policy of this page: those of launches, and sign-in on the way there, may stand in known frames."""
    endpoint = request.endpoint or ""
    on_the_way = endpoint.startswith("security.") and not request.path.startswith("/account")
    if not own.ancestors or not (request.path.startswith(PAGES) or on_the_way):
        return whole
    return whole.replace(NOBODY, f"frame-ancestors {' '.join(own.ancestors)}")


def remember(response: Response, browser: str) -> None:
    """Give the browser its mark, which ends with it."""
    own = settings()
    response.set_cookie(
        cookies.named(BROWSER),
        browser,
        path=cookies.PATH,
        httponly=True,
        secure=cookies.secure(),
        samesite="None" if own.framed else "Lax",
        partitioned=own.framed,
    )


def browser() -> str:
    """The mark of this browser; empty where it sends none."""
    return request.cookies.get(cookies.named(BROWSER), "")
