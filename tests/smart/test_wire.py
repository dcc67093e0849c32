"""The one way out: to registered addresses, without leaving their host, within a time and a size."""

import contextlib
import json
import logging
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody vouches for, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path


@contextlib.contextmanager
def serving_tls(certificate: Path, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if newest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = newest
    context.maximum_version = newest
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[assignment,method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def test_a_certificate_must_be_vouched_for_and_of_the_host(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with serving_tls(certificate) as port:
        with pytest.raises(Unreached, match="certificate is not trusted"):
            Wire().send("GET", f"https://localhost:{port}/Patient/kim-1")
        assert f"localhost:{port} cannot be used: SSLError" in caplog.text
        assert "kim-1" not in caplog.text
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert Wire().send("GET", f"https://localhost:{port}/ok").status == 200
        with pytest.raises(Unreached, match="certificate is not trusted"):
            Wire().send("GET", f"https://127.0.0.1:{port}/ok")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_old_version_of_tls_is_not_spoken(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for newest, spoken in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)):
        with serving_tls(certificate, newest) as port, contextlib.ExitStack() as expected:
            if not spoken:
                expected.enter_context(pytest.raises(Unreached))
            assert Wire().send("GET", f"https://localhost:{port}/ok").status == 200


def test_hosts_that_may_be_asked_can_be_named(address: str) -> None:
    assert OPEN.fault("https://anything.example/") == ""
    named = Wire(loopback=True, hosts=("ehr.example", "*.north.example"))
    for host in ("ehr.example", "EHR.example", "a.north.example", "a.b.north.example"):
        assert named.fault(f"https://{host}/fhir") == ""
    for host in ("north.example", "xnorth.example", "ehr.example.evil.example", "x.ehr.example", "169.254.169.254"):
        assert "sends nothing to its host" in named.fault(f"https://{host}/fhir")
    assert "https://" in named.fault("http://ehr.example/fhir")
    with pytest.raises(Unreached, match="sends nothing to its host"):
        named.send("GET", f"{address}/ok")
    assert Wire(loopback=True, hosts=("127.0.0.1",)).send("GET", f"{address}/ok").status == 200


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
