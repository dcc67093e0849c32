"""nginx with the configuration that ships: which TLS it speaks, what it passes on, what it keeps to itself."""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.endurance.test_two_nodes import NGINX, proxy

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: make tools installs it")
CONFIGURED = (Path(__file__).parents[2] / "deploy" / "nginx.conf").read_text()


class Node(BaseHTTPRequestHandler):
    """Answers what reached it."""

    def do_GET(self) -> None:
        said = json.dumps({"path": self.path, "heads": dict(self.headers.items())}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """The ports of nginx with and without TLS."""
    node = ThreadingHTTPServer(("127.0.0.1", 0), Node)
    threading.Thread(target=node.serve_forever, daemon=True).start()
    with proxy(tmp_path_factory.mktemp("proxy") / "nginx", [node.server_port]) as addresses:
        yield tuple(int(one.rpartition(":")[2]) for one in addresses)  # type: ignore[misc]
    node.shutdown()


def unchecked() -> ssl.SSLContext:
    """Speaks everything that OpenSSL knows; the certificate is this test's own."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return made


def shaken(port: int, context: ssl.SSLContext) -> tuple[str, str]:
    """The version and the cipher suite on which nginx and a client agree."""
    asked = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
    asked.connect()
    try:
        assert isinstance(asked.sock, ssl.SSLSocket)
        found = asked.sock.cipher()
        assert found is not None
        return str(asked.sock.version()), found[0]
    finally:
        asked.close()


def test_the_newest_tls_is_spoken_with_whoever_can(ports: tuple[int, int]) -> None:
    assert shaken(ports[0], unchecked()) == ("TLSv1.3", "TLS_AES_256_GCM_SHA384")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_tls_of_before_1_2_is_refused(ports: tuple[int, int]) -> None:
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = unchecked()
        context.maximum_version = version
        with pytest.raises((ssl.SSLError, ConnectionError)):
            shaken(ports[0], context)


def test_the_strongest_suite_is_taken_whatever_a_client_puts_first(ports: tuple[int, int]) -> None:
    context = unchecked()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:@SECLEVEL=0")
    assert shaken(ports[0], context) == ("TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384")


@pytest.mark.parametrize("suites", ["AES128-SHA:AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-SHA384", "aNULL:eNULL:3DES"])
def test_weak_suites_and_those_without_forward_secrecy_are_refused(ports: tuple[int, int], suites: str) -> None:
    context = unchecked()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{suites}:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        shaken(ports[0], context)


def asked(port: int, method: str, path: str, *, tls: bool = True, **heads: str) -> http.client.HTTPResponse:
    kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    more = {"context": unchecked()} if tls else {}
    connection = kind("localhost", port, timeout=10, **more)  # type: ignore[arg-type]
    connection.request(method, path, headers={name.replace("_", "-"): said for name, said in heads.items()})
    return connection.getresponse()


def test_what_a_client_says_of_itself_is_replaced(ports: tuple[int, int]) -> None:
    claimed = {"X_Forwarded_For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X_Forwarded_Proto": "http"}
    claimed |= {"X_Forwarded_Host": "evil.example", "X_Request_ID": "Zyxwvut"}
    answer = asked(ports[0], "GET", "/health", **claimed)
    heads = json.loads(answer.read())["heads"]
    assert (heads["X-Forwarded-For"], heads["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert heads["X-Forwarded-Host"] == f"localhost:{ports[0]}"
    assert "Forwarded" not in heads
    assert "Zyxwvut" not in str(heads)
    assert "203.0.113.9" not in str(heads)


def test_trace_is_refused_and_the_version_is_kept_to_itself(ports: tuple[int, int]) -> None:
    for method in ("TRACE", "CONNECT"):
        answer = asked(ports[0], method, "/" if method != "CONNECT" else "localhost:443")
        assert answer.status in (400, 405), method
        assert answer.headers["Server"] == "nginx"


def test_nginx_has_no_files_of_its_own_to_show(ports: tuple[int, int]) -> None:
    for path in ("/.git/config", "/static/", "/nginx.conf", "/..%2f..%2fetc%2fpasswd"):
        answer = asked(ports[0], "GET", path)
        said = answer.read()
        # Either the node was asked, or the address is none: never a file, never a list.
        assert answer.status in (400, 200), path
        assert answer.status == 400 or json.loads(said)["path"] == path
    assert not [line for line in CONFIGURED.splitlines() if line.split()[:1] in (["root"], ["alias"], ["autoindex"])]


def test_metrics_and_readiness_are_not_passed_on(ports: tuple[int, int]) -> None:
    for path in ("/metrics", "/ready"):
        assert asked(ports[0], "GET", path).status == 404


def test_nothing_is_kept_between_the_service_and_its_callers(ports: tuple[int, int]) -> None:
    assert "proxy_cache" not in CONFIGURED
    assert "proxy_max_temp_file_size 0;" in CONFIGURED


def test_without_tls_nothing_reaches_the_service(ports: tuple[int, int]) -> None:
    for path, status in (("/", 308), ("/sign-in", 308), ("/api/v1/fittings", 403), ("/oauth/token", 403)):
        answer = asked(ports[1], "GET", path, tls=False, Authorization="Bearer Zyxwvut")
        assert answer.status == status, path
        assert b"heads" not in answer.read()
