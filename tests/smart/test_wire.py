"""The one way out: to registered addresses, without leaving their host, within a time and a size."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from afofit.smart import wire
from afofit.smart.wire import Unreached, Wire, address_fault, origin


class Handler(BaseHTTPRequestHandler):
    """Answers by the path that is asked for."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        location = {
            "here": "/ok",
            "circle": "/circle",
            "there": "http://localhost:1/ok",
            "file": "file:///etc/passwd",
        }.get(name)
        self.send_response(302 if location else 200)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if name == "long":
            self.wfile.write(b"x" * 2000)
        elif name == "slow":
            # Whoever asked may have gone.
            with contextlib.suppress(BrokenPipeError):
                for _ in range(20):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)
        else:
            self.wfile.write(json.dumps({"agent": self.headers.get("User-Agent")}).encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


OPEN = Wire(loopback=True)


def test_an_answer_and_what_it_is(address: str) -> None:
    answer = OPEN.send("GET", f"{address}/ok")
    assert answer.status == 200
    assert str(answer.document()["agent"]).startswith("afofit/")
    for body, why in ((b"<html>", "no JSON"), (b"[1]", "no JSON object")):
        with pytest.raises(Unreached, match=why):
            wire.Answer(200, {}, body).document()


def test_a_redirect_stays_on_its_host_and_a_post_follows_none(address: str) -> None:
    assert OPEN.send("GET", f"{address}/here").status == 200
    assert OPEN.send("POST", f"{address}/here", body=b"secret").status == 302
    for name in ("there", "file"):
        with pytest.raises(Unreached, match="another host"):
            OPEN.send("GET", f"{address}/{name}")
    with pytest.raises(Unreached, match="again and again"):
        OPEN.send("GET", f"{address}/circle")


def test_size_and_time(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreached, match="longer than 1000") as long:
        OPEN.send("GET", f"{address}/long", longest=1000)
    assert long.value.sent
    monkeypatch.setattr(wire, "ALL_SECONDS", 0.1)
    monkeypatch.setattr(wire, "CHUNK", 1)
    with pytest.raises(Unreached, match="too slowly") as slow:
        OPEN.send("GET", f"{address}/slow")
    assert slow.value.sent


def test_who_is_not_there_got_nothing(address: str) -> None:
    with pytest.raises(Unreached, match="cannot be reached") as gone:
        OPEN.send("POST", "http://127.0.0.1:1/x", body=b"x")
    assert not gone.value.sent


def test_a_service_of_https_speaks_no_plain_http(address: str) -> None:
    with pytest.raises(Unreached, match="https"):
        Wire(loopback=False).send("GET", f"{address}/ok")


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ("https://ehr.example/fhir", True),
        ("https://ehr.example:8443/fhir/R4", True),
        ("http://127.0.0.1:8080/fhir", True),
        ("http://localhost/fhir", True),
        ("http://[::1]:80/fhir", True),
        ("http://ehr.example/fhir", False),
        ("http://127.0.0.1.evil.example/", False),
        ("http://localhost@evil.example/", False),
        ("https://user:pass@ehr.example/", False),
        ("https://ehr.example/#part", False),
        ("https://ehr.example:99999/", False),
        ("https://", False),
        ("ehr.example", False),
        ("ftp://ehr.example/", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://ehr.exämple/", False),
        (" https://ehr.example/", False),
        ("https://[::1/", False),
    ],
)
def test_addresses(given: str, fine: bool) -> None:
    assert (address_fault(given, loopback=True) == "") is fine
    if given.startswith("http:"):
        assert address_fault(given, loopback=False)


def test_an_origin_has_its_port() -> None:
    assert origin("https://EHR.example/x") == origin("https://ehr.example:443/y")
    assert origin("https://ehr.example") != origin("http://ehr.example")
