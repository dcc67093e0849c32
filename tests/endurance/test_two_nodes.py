"""Two nodes on one PostgreSQL behind nginx, with the configuration that ships: one person goes the whole way over both.

Every request may meet the other node: what one node signed in, stored or released, the other knows.
"""

import datetime
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from prometheus_client.parser import text_string_to_metric_families

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store.secrecy import new_encryption_key, new_token
from afofit.web.fill import flatten
from tests import databases
from tests.deployment.wheel import ROOT, Served, free_port, serving
from tests.examples import request_of
from tests.records.conftest import PASSWORD, Clinic, email_of, found
from tests.records.test_browser import PHONE, fill, opened
from tests.web.test_browser import browser

__all__ = ["browser"]

CONFIG = ROOT / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
PATIENCE = 20.0

SAFE_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Security-Policy": "object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: make tools installs it")


def certificate(folder: Path) -> None:
    """A certificate for this test alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


def config(folder: Path, ports: dict[str, int], nodes: list[int]) -> Path:
    """The configuration that ships, with this test's ports, files and nodes; whatever is replaced must be there."""
    text = CONFIG.read_text()
    servers = "\n".join(f"        server 127.0.0.1:{node} max_fails=3 fail_timeout=5s;" for node in nodes)
    for old, new in (
        ("worker_processes auto;", "worker_processes 1;\ndaemon off;"),
        ("/run/nginx.pid", f"{folder}/nginx.pid"),
        ("/var/log/nginx", str(folder)),
        ("        server 127.0.0.1:8000 max_fails=3 fail_timeout=5s;", servers),
        ("listen 80 default_server;", f"listen 127.0.0.1:{ports['http']};"),
        ("        listen [::]:80 default_server;\n", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{ports['https']} ssl http2;"),
        ("        listen [::]:443 ssl http2;\n", ""),
        ("afofit.example", "localhost"),
        ("/etc/nginx/tls", str(folder)),
        # The port is part of this test's address; in a clinic it is 443 and not said.
        ("proxy_set_header Host $host;", "proxy_set_header Host $http_host;"),
        ("proxy_set_header X-Forwarded-Host $host;", "proxy_set_header X-Forwarded-Host $http_host;"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


@contextmanager
def proxy(folder: Path, nodes: list[int]) -> Iterator[tuple[str, str]]:
    """The addresses of nginx with and without TLS, before these nodes."""
    folder.mkdir()
    folder.chmod(0o755)
    certificate(folder)
    ports = {"http": free_port(), "https": free_port()}
    command = [str(NGINX), "-p", str(folder), "-c", str(config(folder, ports, nodes))]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        while socket.socket().connect_ex(("127.0.0.1", ports["https"])) and time.monotonic() < end:
            time.sleep(0.02)
        yield f"https://localhost:{ports['https']}", f"http://localhost:{ports['http']}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def secrets() -> dict[str, str]:
    """What all nodes share."""
    return {"AFOFIT_SECRET_KEY": new_token(), "AFOFIT_ENCRYPTION_KEYS": new_encryption_key()}


def founded(url: str, secrets: dict[str, str], folder: Path) -> Clinic:
    """A clinic in the database, made with the keys of the nodes."""
    settings = Settings(
        data=str(folder),
        database_url=url,
        secret_key=secrets["AFOFIT_SECRET_KEY"],
        encryption_keys=secrets["AFOFIT_ENCRYPTION_KEYS"],
    )
    app = create_app(settings)
    return found(app, app.extensions["afofit_store"](), "North")


def answered(node: Served) -> Counter[str]:
    """How many requests a node answered, by route."""
    text = node.ask("GET", "/metrics")[2].decode()
    families = {one.name: one for one in text_string_to_metric_families(text)}
    counted: Counter[str] = Counter()
    for one in families["afofit_requests"].samples:
        counted[one.labels["endpoint"]] += int(one.value)
    return counted


def test_the_whole_way_over_two_nodes(
    browser: Chromium, server: databases.Server, secrets: dict[str, str], tmp_path: Path
) -> None:
    with server.database(empty=True) as url, ExitStack() as stack:
        started = {
            name: serving(ROOT, tmp_path / name, workers=1, DATABASE_URL=url, AFOFIT_PROXIES="1", **secrets)
            for name in ("one", "two")
        }
        with ThreadPoolExecutor(2) as both:
            nodes = list(both.map(stack.enter_context, started.values()))
        clinic = founded(url, secrets, tmp_path)
        address, plain = stack.enter_context(proxy(tmp_path / "nginx", [node.port for node in nodes]))
        walk(browser, clinic, address)
        counted = [answered(node) for node in nodes]
        outside(address, plain)
        said = (tmp_path / "nginx" / "access.log").read_text()
        clinic.store.close()
    # One person's requests, a form and its pages among them, went over both nodes.
    for one in counted:
        assert sum(one.values()) - one["watch.ready"] - one["watch.metrics"] > 10
        assert one["static"] < sum(one.values())
    # The database was migrated by one of them, though both started at once.
    logs = [(tmp_path / name / "gunicorn.log").read_text() for name in ("one", "two")]
    assert sum("the database was at version none" in log for log in logs) == 1
    assert "/p/" not in said
    assert "Kim" not in said


def walk(browser: Chromium, clinic: Clinic, address: str) -> None:
    """Sign in, measure, approve, release; the patient opens it, and it is revoked."""
    complaints: list[str] = []
    asked = request_of("E1")
    born = {name: value for name, value in asked["patient"].items() if name != "age_years"}
    asked |= {"patient": born | {"reference": "A-1027", "name": "Kim Doe", "birth_date": "1980-02-28"}}
    page = opened(browser, complaints, ignore_https_errors=True)
    page.goto(f"{address}/fittings")
    page.fill("[name=email]", email_of(clinic.orthotist))
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button, main form input[type=submit]").first.click()
    expect(page).to_have_url(f"{address}/fittings")
    page.get_by_role("link", name="New fitting").first.click()
    fill(page, flatten(asked))
    page.locator("form.fitting .btn:visible", has_text="Compute and store").first.click()
    expect(page.locator(".banner")).to_contain_text("Draft, not approved")
    # E1: 455 − clamp(0.085 · 455, 20, 38) = 417 mm
    expect(page.locator("tr[data-dimension=proximal_trim_height_mm]")).to_contain_text("417 mm")
    fitting = page.url
    for box in page.locator("[name=acknowledged]").all():
        box.check()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".banner.ready")).to_contain_text(clinic.orthotist.name)
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link-h ~ p a").get_attribute("href")
    assert link is not None
    assert link.startswith(address), "links lead through the proxy"
    phone = opened(browser, complaints, viewport=PHONE, has_touch=True, ignore_https_errors=True)
    phone.goto(link)
    for part, text in (("day", "28"), ("month", "2"), ("year", "1980")):
        phone.fill(f'[name="birth_date.{part}"]', text)
    phone.get_by_role("button", name="Show my sheet").click()
    expect(phone).to_have_url(f"{address}/p/sheet")
    expect(phone.locator("section.stop").first).to_be_visible()
    for _ in range(3):
        page.goto(fitting)
        expect(page.locator("main")).to_contain_text("opened 1 time")
    page.get_by_role("button", name="Revoke").click()
    for _ in range(2):
        phone.reload()
        expect(phone.locator("h1")).to_have_text("Page not found")
    assert complaints == []


def fetched(address: str, **headers: str) -> tuple[int, Any]:
    """Status and headers, followed nowhere."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(context=trusting))
    try:
        with opener.open(urllib.request.Request(address, headers=headers), timeout=PATIENCE) as answer:  # noqa: S310
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def outside(address: str, plain: str) -> None:
    """What the proxy gives to the outside, and what it keeps inside."""
    status, headers = fetched(f"{address}/health", **{"X-Forwarded-For": "127.0.0.1"})
    assert status == 200
    assert headers["Strict-Transport-Security"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    for name in SAFE_HEADERS:
        assert len(headers.get_all(name)) == 1, "the service says it, and nginx does not say it again"
    assert [fetched(f"{address}/{inside}")[0] for inside in ("metrics", "ready")] == [404, 404]
    status, headers = fetched(f"{plain}/sign-in")
    assert status == 308
    assert headers["Location"].startswith("https://")


def test_what_nginx_answers_by_itself(tmp_path: Path) -> None:
    with proxy(tmp_path / "nginx", [free_port()]) as (address, plain):
        for path, code in (("/metrics", 404), ("/sign-in", 502)):
            status, headers = fetched(address + path)
            assert status == code
            for name, value in SAFE_HEADERS.items():
                assert value in headers[name], path
            assert headers["Server"] == "nginx", "without its version"
        for path in ("/api/v1/fittings?state=draft", "/fhir/metadata", "/oauth/token", "/cds-services"):
            status, headers = fetched(plain + path, Authorization="Bearer something")
            assert (status, headers["Location"]) == (403, None), "a key sent without TLS is noticed, not led on"
        for path in ("/", "/sign-in", "/p/token", "/apiary"):
            status, headers = fetched(plain + path)
            assert (status, headers["Location"]) == (308, f"https://localhost{path}")
