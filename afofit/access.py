"""Who may call a route. Every route says it; a test walks them all."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def public(why: str) -> Callable[[View], View]:
    """Declare that anyone may call this view, and why that is right."""

    def declare(view: View) -> View:
        view.access = ("public", why)  # type: ignore[attr-defined]
        return view

    return declare


def access_of(view: Callable[..., Any]) -> tuple[str, str] | None:
    """The declared access of a view: its kind and the reason, or None where none is declared."""
    declared: tuple[str, str] | None = getattr(view, "access", None)
    return declared
