"""What is said over REST about what is stored: what came, what is allowed, what to do."""

from typing import Any, NamedTuple

import pytest

from tests.records.conftest import Clinic
from tests.records.pages import kind

__all__ = ["kind"]

Json = dict[str, Any]
FITTINGS = "/api/v1/fittings"


class RestCase(NamedTuple):
    """What is sent to a stored fitting or to the list, and what the message must name."""

    code: str
    method: str
    path: str
    sent: dict[str, Any]
    parts: tuple[str, str, str]


REST = (
    RestCase(
        "key_length", "POST", FITTINGS, {"headers": {"Idempotency-Key": "k" * 256}}, ("256", "1 to 255", "Send another")
    ),
    RestCase("page_limit", "GET", f"{FITTINGS}?limit=999", {}, ("999", "from 1 to 200", "Send one")),
    RestCase("not_a_choice", "GET", f"{FITTINGS}?state=done", {}, ("“done”", "draft, approved", "Choose one")),
    RestCase("not_given_here", "GET", f"{FITTINGS}?cursor=abc", {}, ("cursor: “abc”", "the service gave", "Send one")),
    RestCase("not_given_here", "GET", f"{FITTINGS}?patient=7", {}, ("patient: “7”", "the service gave", "Send one")),
    RestCase(
        "not_codes", "POST", "approve", {"json": {"acknowledged": "all"}}, ("“all”", "a list of codes", "Send a list")
    ),
    RestCase("not_codes", "POST", "approve", {"json": {}}, ("nothing", "a list of codes", "Send a list")),
    # E1 has the caution of the nerve: peroneal injury.
    RestCase(
        "unread_caution",
        "POST",
        "approve",
        {"json": {"acknowledged": []}},
        ("“Nerve under the top edge” (nerve_crossing)", "not acknowledged", "Read it"),
    ),
    RestCase(
        "no_such_caution",
        "POST",
        "approve",
        {"json": {"acknowledged": ["fever"]}},
        ("“fever”", "no caution of this fitting", "Leave it out"),
    ),
    RestCase(
        "no_reason", "POST", "withdraw", {"json": {"reason": " "}}, ("nothing", "kept with its reason", "Say why")
    ),
    RestCase(
        "signs_not_asked",
        "POST",
        "approve",
        {"json": {"acknowledged": []}, "clinical": {"urgent_signs": "unknown"}},
        ("Right leg: the urgent signs were not asked", "approving needs them", "Ask"),
    ),
    RestCase(
        "stopped_leg",
        "POST",
        "approve",
        {"json": {"acknowledged": []}, "clinical": {"skin": "wound"}},
        ("Right leg: a finding stops it", "not approved", "Do first"),
    ),
)


@pytest.mark.parametrize("case", REST, ids=lambda case: f"{case.code}-{case.parts[0]}")
def test_a_sentence_names_what_came_what_is_allowed_and_what_to_do(case: RestCase, clinic: Clinic, asked: Json) -> None:
    client, key = clinic.app.test_client(), clinic.key()
    sent = dict(case.sent)
    asked["clinical"] |= sent.pop("clinical", {})
    headers = key | sent.pop("headers", {})
    path = case.path
    if not path.startswith("/"):
        path = client.post(FITTINGS, json=asked, headers=key).get_json()["links"][path]
    elif case.method == "POST":
        sent["json"] = asked
    answer = client.open(path, method=case.method, headers=headers, **sent)
    assert answer.status_code == 422
    messages = [error["message"] for error in answer.get_json()["errors"]]
    (text,) = [one for one in messages if case.parts[0] in one]
    for part in case.parts:
        assert part in text, (part, text)
    assert text.endswith(".")
    assert len(text.split()) <= 35
