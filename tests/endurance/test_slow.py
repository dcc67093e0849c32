"""Slow, silent, cut-off and oversized clients: each is told what is wrong, and nobody else waits for them."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from afofit import worker
from afofit.worker import Arriving, ready_answer
from tests.endurance.service import WORKERS, Service, found_clinic, serving
from tests.examples import request_of

PREVIEW = "/api/v1/fittings/preview"
HEAD = f"POST {PREVIEW} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SOON = 5.0
SLOW = WORKERS * 10


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("slow")
    clinic = found_clinic(f"sqlite:///{folder / 'afofit.db'}")
    with serving(clinic, folder) as made:
        for _ in range(WORKERS * 2):  # workers take a while to start
            made.call("GET", "/health")
        yield made
    clinic.store.close()


def opened(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=30)


def rest(connection: socket.socket) -> bytes:
    """All that is answered until the connection ends."""
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def body() -> bytes:
    return json.dumps(request_of("E1")).encode()


@pytest.mark.hazard("H38")
def test_slow_clients_hold_up_nobody_and_are_told(service: Service) -> None:
    whole = HEAD.encode() + f"Content-Length: {len(body())}\r\n\r\n".encode() + body()
    slow = [opened(service) for _ in range(SLOW)]
    for place, one in enumerate(slow):
        one.sendall(whole[: 20 if place % 2 else len(whole) - 5])
    done = threading.Event()

    def drip() -> None:
        place = 20
        while not done.wait(1):
            slow[1].sendall(whole[place : place + 1])
            place += 1

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        for _ in range(10):
            began = time.monotonic()
            assert service.call("POST", PREVIEW, request_of("E1")).status == 200
            assert time.monotonic() - began < SOON
        late = rest(slow[1])
    finally:
        done.set()
        dripping.join()
    assert late == ready_answer(408)
    assert b"did not arrive in time" in late
    assert rest(slow[3]) == ready_answer(408)
    for one in slow:
        one.close()


def test_a_request_in_pieces_is_answered(service: Service) -> None:
    with closing(opened(service)) as one:
        for piece in (HEAD[:30], HEAD[30:], f"Content-Length: {len(body())}\r\n\r", "\n"):
            one.sendall(piece.encode())
            time.sleep(0.05)
        one.sendall(body()[:100])
        time.sleep(0.05)
        one.sendall(body()[100:])
        assert rest(one).startswith(b"HTTP/1.1 200 OK")


def test_chunks_and_a_client_that_waits_to_be_told(service: Service) -> None:
    with closing(opened(service)) as one:
        one.sendall((HEAD + "Transfer-Encoding: chunked\r\n\r\n").encode())
        for piece in (body()[:50], body()[50:]):
            one.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            time.sleep(0.05)
        one.sendall(b"0\r\n\r\n")
        assert rest(one).startswith(b"HTTP/1.1 200 OK")
    with closing(opened(service)) as one:
        one.sendall((HEAD + f"Content-Length: {len(body())}\r\nExpect: 100-continue\r\n\r\n").encode())
        assert one.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        one.sendall(body())
        assert rest(one).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.hazard("H38")
@pytest.mark.parametrize("size", [1_000_001, 3_000_000, 40_000_000])
def test_a_body_that_is_too_large_is_refused_in_words(service: Service, size: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    connection.putrequest("POST", PREVIEW)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    sent = 0
    try:
        while sent < size:
            connection.send(b"x" * 100_000)
            sent += 100_000
    except OSError:
        pass  # refused before all of it was sent
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    assert answer.status == 413
    assert "larger" in problem["detail"]
    connection.close()


def test_a_page_says_so_too(service: Service) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    connection.request("POST", "/", b"note=" + b"x" * 1_100_000, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    assert answer.status == 413
    assert "Too much was sent" in answer.read().decode()
    connection.close()


def test_a_client_that_goes_away_leaves_nothing_behind(service: Service) -> None:
    for sent in (b"", b"GET", HEAD.encode(), HEAD.encode() + b"Content-Length: 10\r\n\r\n12345"):
        with closing(opened(service)) as one:
            one.sendall(sent)
    assert service.call("GET", "/health").status == 200


@pytest.mark.hazard("H38")
def test_a_reader_that_does_not_read_holds_up_nobody(service: Service) -> None:
    path = "/api/v1/fittings/preview/sheet.pdf"
    asked = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body())}\r\n\r\n"
    )
    deaf = []
    for _ in range(WORKERS * 2):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.connect(("127.0.0.1", service.port))
        one.sendall(asked.encode() + body())
        deaf.append(one)
    began = time.monotonic()
    assert service.call("POST", PREVIEW, request_of("E1")).status == 200
    assert time.monotonic() - began < SOON
    for one in deaf:
        one.settimeout(30)
        answer = rest(one)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.endswith((b"%%EOF\n", b"%%EOF"))
        one.close()


class Nobody:
    """A connection on which nothing more comes."""

    def send(self, data: bytes) -> int:
        return len(data)


HEADS: list[tuple[bytes, bool]] = [
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r", False),
    (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", False),
    (b"POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabc", True),
    (b"POST / HTTP/1.1\r\nX-Content-Length: 9\r\n\r\n", True),
    (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", True),
    (b"POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n", True),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", False),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", True),
    (b"x" * (worker.HEAD_LIMIT + 1), True),
]


@pytest.mark.parametrize(("sent", "whole"), HEADS)
@pytest.mark.parametrize("step", [1, 7, 1_000_000])
def test_a_request_is_whole_when_its_last_byte_is_there(sent: bytes, whole: bool, step: int) -> None:
    if len(sent) > 10_000 and step < 1000:
        step = 1000
    client: Any = Nobody()
    given = Arriving(client, None, None, 0.0)
    seen = []
    for place in range(0, len(sent), step):
        given.take(sent[place : place + step])
        seen.append(given.whole)
    assert seen[-1] == whole
    assert not any(seen[:-1]) or b"-3" in sent or b"99999999" in sent
    if whole:
        assert b"".join(iter(lambda: given.recv(5) if given.read < len(sent) else b"", b"")) == sent
