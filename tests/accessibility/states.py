"""Every state of every page, and which routes of the application are pages."""

import re

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed

from tests.accessibility import states_charts, states_cover, states_exchange, states_signed_in, states_signed_out
from tests.accessibility.registry import STATES
from tests.accessibility.world import Shown

NO_PAGE = frozenset(
    {
        "static",
        "watch.alive",
        "watch.ready",
        "watch.metrics",
        "web.blank_form",
        "kept.printed",
        "kept.size_chart_file",
        "kept.built_in_chart_file",
        "kept.own_size_charts_file",
        "kept.hl7_message",
        "link.pdf",
        "kept.visit",  # seconds left, for the script
        "smart.keys",  # public keys, for an EHR
        "security.two_factor_rescue",  # always 404
        "security.wan_delete",  # sends back to the passkeys
    }
)
"""Routes that answer with something else than a page."""


MACHINES = re.compile(r"/(api|fhir|oauth|\.well-known|cds-services)/?")
"""Where programs ask, not people."""


def pages_of(app: Flask) -> set[str]:
    """The endpoints that answer a browser with a page."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and (rule.endpoint == "openapi.readable" or not MACHINES.match(rule.rule))
    } - NO_PAGE


def endpoint(shown: Shown, method: str = "") -> str:
    """Where a page was answered; with a method, what that would have called at the same address, if anything."""
    asked = shown.answer.request
    try:
        matched, _ = shown.client.application.url_map.bind("").match(asked.path, method=method or asked.method)
    except MethodNotAllowed:
        return ""
    return str(matched)


__all__ = [
    "STATES",
    "endpoint",
    "pages_of",
    "states_charts",
    "states_cover",
    "states_exchange",
    "states_signed_in",
    "states_signed_out",
]
