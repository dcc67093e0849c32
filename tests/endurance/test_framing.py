"""Where one request ends and the next begins: nothing that is said twice or wrongly smuggles a second request in."""

import re
from contextlib import closing

import pytest

from tests.endurance import test_slow
from tests.endurance.service import Service
from tests.endurance.test_slow import body, opened, rest

service = test_slow.service
SECOND = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /api/v1/fittings/preview HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKS = b"0\r\n\r\n"


def answers(service: Service, sent: bytes) -> list[str]:
    """The status of each answer on one connection."""
    with closing(opened(service)) as one:
        one.sendall(sent)
        one.shutdown(1)
        return re.findall(r"HTTP/1\.1 (\d{3})", rest(one).decode("latin-1"))


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"Content-Length: +5\r\n\r\n",
        b"Content-Length: 5, 6\r\n\r\n",
        b"Content-Length: 0x5\r\n\r\n",
    ],
)
def test_a_request_whose_end_can_be_read_in_two_ways_is_refused(service: Service, head: bytes) -> None:
    assert answers(service, POST + head + CHUNKS) in (["400"], ["501"])
    for smuggled in (CHUNKS + SECOND, SECOND):
        assert answers(service, POST + head + smuggled) in ([], ["400"], ["501"]), "the second is not answered"


def test_of_a_connection_one_request_is_answered(service: Service) -> None:
    whole = POST + f"Content-Length: {len(body())}\r\n\r\n".encode() + body()
    assert answers(service, whole + SECOND) == ["200"]
    assert answers(service, SECOND + SECOND) == ["200"]


@pytest.mark.parametrize("head", [b"X: a\nY: b\r\n\r\n", b"X: a\r Y: b\r\n\r\n", b"X\x00: a\r\n\r\n", b" X: a\r\n\r\n"])
def test_a_head_with_ends_of_lines_in_it_is_refused(service: Service, head: bytes) -> None:
    assert answers(service, b"GET /health HTTP/1.1\r\nHost: x\r\n" + head) == ["400"]
