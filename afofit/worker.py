"""The worker of gunicorn: it takes up a request when the request is there, so that slow clients hold up nobody.

A worker that answers one request after the other would wait for each to arrive: two clients that send a byte now and
then would hold up two workers. This one collects what arrives of all connections, and answers those that are whole.
What does not arrive within its time is answered 408. A proxy in front does the same and more; this holds without one.
"""

import os
import re
import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.workers.sync import SyncWorker  # type: ignore[import-untyped]

HEAD_SECONDS = 10.0
"""How long a request may take to arrive …"""
BYTES_A_SECOND = 50_000
"""… and a second more for so many bytes of body that it announces."""
HEAD_LIMIT = 128_000
"""A head that is longer is left to gunicorn, which refuses it."""
BODY_LIMIT = 32_000_000
"""A body that is announced longer is left to the application, which refuses it unread."""
HELD_LIMIT = 128_000_000
"""How much all requests that are not whole yet may take up in a worker."""
CONNECTIONS = 1000
"""How many connections a worker waits for at once."""
ANSWER_SECONDS = 15.0
"""How long a client may leave an answer unread that is too large for the kernel."""
ANSWER_ROOM = 400_000
"""What the kernel takes of an answer, so that a slow reader holds up nobody: more than a sheet."""
LINGER_SECONDS = 2.0
"""How long what a client still sends after its answer is read and thrown away, so that the answer reaches it."""
LAST_SECONDS = 5.0
"""How long a worker that was told to stop takes up what is there already."""
PIECE = 65_536
TICK = 1.0
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
LAST_CHUNK = re.compile(rb"(?:^|\r\n)0+(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n\Z")
TAIL = 4096
LATE, BUSY = 408, 503
WORDS = {
    LATE: "The request did not arrive in time. Nothing was stored: send it again.",
    BUSY: "The service is busy or stopping. Nothing was stored: send it again in a moment.",
}
REASONS = {LATE: "Request Timeout", BUSY: "Service Unavailable"}


def ready_answer(status: int) -> bytes:
    """A short answer in words to a request that never reaches the application."""
    text = WORDS[status].encode() + b"\n"
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nConnection: close\r\nRetry-After: 2\r\nCache-Control: no-store\r\n"
    head += "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    head += f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


@dataclass(eq=False)
class Arriving:
    """A connection and what has arrived of its request. To gunicorn it is a socket that has the whole of it."""

    client: socket.socket
    address: Any
    listener: Any
    until: float
    data: bytearray = field(default_factory=bytearray)
    wanted: int | None = None
    """How many bytes make the request whole; None while that is not known."""
    chunked: bool = False
    read: int = 0
    """How much of it gunicorn has read."""
    over: bool = False
    """Whether it was answered: what still comes is thrown away."""
    closed: bool = False

    def take(self, data: bytes) -> None:
        """More of the request."""
        before = len(self.data)
        self.data += data
        if self.wanted is None and not self.chunked:
            end = self.data.find(END_OF_HEAD, max(0, before - len(END_OF_HEAD)))
            if end >= 0:
                self._head(end + len(END_OF_HEAD))
            elif len(self.data) > HEAD_LIMIT:
                self.wanted = 0

    def _head(self, end: int) -> None:
        head = bytes(self.data[:end])
        self.chunked = CHUNKED.search(head) is not None
        length = LENGTH.search(head)
        announced = int(length[1]) if length and not self.chunked else 0
        if not self.chunked:
            self.wanted = 0 if announced > BODY_LIMIT else end + announced
        self.until += min(announced, BODY_LIMIT) / BYTES_A_SECOND
        if EXPECTS.search(head) and announced <= BODY_LIMIT and len(self.data) < end + max(announced, 1):
            # The client waits to be told; gunicorn need not tell it again.
            with suppress(OSError):
                self.client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            told = EXPECTS.sub(b"", head)
            self.data[:end] = told
            self.wanted = None if self.wanted is None else self.wanted - len(head) + len(told)

    @property
    def whole(self) -> bool:
        """Whether the request can be answered."""
        if self.chunked:
            return len(self.data) > BODY_LIMIT or LAST_CHUNK.search(bytes(self.data[-TAIL:])) is not None
        return self.wanted is not None and len(self.data) >= self.wanted

    def recv(self, size: int, *_: Any) -> bytes:
        """What has arrived, and after it what comes within the time that is left."""
        if self.over:
            return b""
        if self.read < len(self.data):
            piece = bytes(self.data[self.read : self.read + size])
            self.read += len(piece)
            return piece
        self.client.settimeout(max(0.1, self.until - time.monotonic()))
        found = self.client.recv(size)
        self.client.settimeout(ANSWER_SECONDS)
        return found

    def shutdown(self, how: int) -> None:
        """Say that the answer ends here."""
        self.over = True
        self.client.shutdown(how)

    def close(self) -> None:
        """Leave the connection to the worker, which reads what still comes of it for a moment."""
        self.over = self.closed = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


class Collecting(SyncWorker):  # type: ignore[misc]
    """One request after the other, each when it is whole."""

    def run(self) -> None:
        """Serve until told to stop."""
        if self.cfg.is_ssl:
            super().run()
            return
        self.arriving: dict[socket.socket, Arriving] = {}
        self.lingering: dict[socket.socket, float] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.PIPE[0], selectors.EVENT_READ)
        for listener in self.sockets:
            listener.setblocking(False)
            _wait_for_data(listener)
            self.selector.register(listener, selectors.EVENT_READ)
        while self.alive:
            self.notify()
            self._turn()
            if not self.is_parent_alive():
                break
        self._stop()

    def _turn(self) -> None:
        for key, _ in self.selector.select(TICK):
            if key.fileobj == self.PIPE[0]:
                os.read(self.PIPE[0], 1)
            elif key.fileobj in self.sockets:
                self._welcome(key.fileobj)
            elif key.fileobj in self.lingering:
                self._throw_away(key.fileobj)
            elif key.fileobj in self.arriving:
                self._collect(self.arriving[key.fileobj])
            if not self.alive:
                return
        self._late()

    def _welcome(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError:
            return  # another worker was faster, or the client is gone
        util.close_on_exec(client)
        client.setblocking(False)
        with suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_ROOM)
        given = Arriving(client, address, listener, time.monotonic() + HEAD_SECONDS)
        self.arriving[client] = given
        self.selector.register(client, selectors.EVENT_READ)
        if len(self.arriving) > CONNECTIONS:
            self._refuse(next(iter(self.arriving.values())), BUSY)
        if given.client in self.arriving:
            self._collect(given)

    def _collect(self, given: Arriving) -> None:
        while not given.whole:
            try:
                data = given.client.recv(PIECE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._forget(given)
                given.client.close()
                return
            given.take(data)
            if len(data) < PIECE and not given.whole:
                break
        if given.whole:
            self._answer(given)
        elif sum(len(one.data) for one in self.arriving.values()) > HELD_LIMIT:
            self._refuse(given, BUSY)

    def _answer(self, given: Arriving) -> None:
        self._forget(given)
        given.client.settimeout(ANSWER_SECONDS)
        self.notify()
        self.handle(given.listener, given, given.address)
        self._linger(given.client)

    def _refuse(self, given: Arriving, status: int) -> None:
        self._forget(given)
        with suppress(OSError):
            # Browsers open connections that they may never use: where nothing came, no answer is wanted.
            if given.data or status != LATE:
                given.client.send(ready_answer(status))
            given.client.shutdown(socket.SHUT_WR)
        self._linger(given.client)

    def _forget(self, given: Arriving) -> None:
        del self.arriving[given.client]
        self.selector.unregister(given.client)

    def _linger(self, client: socket.socket) -> None:
        if client.fileno() < 0:
            return
        client.setblocking(False)
        self.lingering[client] = time.monotonic() + LINGER_SECONDS
        self.selector.register(client, selectors.EVENT_READ)

    def _throw_away(self, client: socket.socket) -> None:
        try:
            if client.recv(PIECE):
                return
        except BlockingIOError:
            return
        except OSError:
            pass  # the client is gone
        self._part(client)

    def _part(self, client: socket.socket) -> None:
        del self.lingering[client]
        self.selector.unregister(client)
        client.close()

    def _late(self) -> None:
        now = time.monotonic()
        for client in [client for client, until in self.lingering.items() if until < now]:
            self._part(client)
        for given in [given for given in self.arriving.values() if given.until < now]:
            self._refuse(given, LATE)

    def _stop(self) -> None:
        """What has arrived whole is answered still, also what nobody took up yet; the rest is told to come again."""
        end = time.monotonic() + LAST_SECONDS
        while time.monotonic() < end:
            due = [key.fileobj for key, _ in self.selector.select(0)]
            due = [one for one in due if one in self.sockets or one in self.arriving]
            if not due:
                break
            for one in due:
                if one in self.sockets:
                    self._welcome(one)
                elif one in self.arriving:
                    self._collect(self.arriving[one])
        for given in list(self.arriving.values()):
            self._refuse(given, BUSY)
        for client in list(self.lingering):
            self._part(client)
        self.selector.close()


def _wait_for_data(listener: Any) -> None:
    """Where the kernel can, connections are shown when their first bytes are there: whoever is free takes them."""
    option = getattr(socket, "TCP_DEFER_ACCEPT", None)
    if option is not None and getattr(listener, "FAMILY", None) in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):
            listener.setsockopt(socket.IPPROTO_TCP, option, int(HEAD_SECONDS))
