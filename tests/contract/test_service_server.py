"""The service on a port: started and stopped beside others, and patient with slow clients only for so long."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paceline.bootstrap import open_system
from paceline.service.app import application
from paceline.service.options import BODY_LIMIT, Options
from paceline.service.patience import PatientProtocol
from paceline.service.server import Listening, ServiceServer, ServiceStartError
from paceline.testing import RunningEmulator, running_emulator


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(speed=0.0) as running:
        yield running


@contextmanager
def serving(emulator: RunningEmulator, folder: Path, options: Options | None = None) -> Iterator[ServiceServer]:
    environment = {
        "PACELINE_API_URL": emulator.url,
        "PACELINE_CLIENT_ID": "demo-client",
        "PACELINE_CLIENT_SECRET": "demo-secret",
        "PACELINE_DATA_FOLDER": str(folder),
    }
    with open_system(environment, folder=folder) as system:
        server = ServiceServer(application(system, options), Listening(grace_s=5.0))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def connected(server: ServiceServer) -> Iterator[socket.socket]:
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        yield connection


def until(connection: socket.socket, end: bytes) -> bytes:
    """Everything until these bytes: a head and its body may come one after the other."""
    told = b""
    while not told.endswith(end):
        more = connection.recv(65536)
        assert more, told
        told += more
    return told


def rest_of(connection: socket.socket) -> bytes:
    """Everything until the service closes."""
    told = b""
    while more := connection.recv(65536):
        told += more
    return told


def test_client_that_never_ends_a_head_or_a_body_is_let_go(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatientProtocol, "head_s", 0.2)
    monkeypatch.setattr(PatientProtocol, "body_s", 0.2)
    with serving(emulator, tmp_path) as server:
        with connected(server) as silent:
            assert rest_of(silent).startswith(b"HTTP/1.1 408 ")
        with connected(server) as slow:
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            assert rest_of(slow).startswith(b"HTTP/1.1 408 ")
        with connected(server) as halfway:
            halfway.sendall(b"POST /v1/campaigns:pause HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            assert b"applied" not in rest_of(halfway)
        with connected(server) as again:
            # The patience of a second request on a connection begins with its first byte.
            again.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert until(again, b"}").startswith(b"HTTP/1.1 200 ")
            again.sendall(b"GET /hea")
            assert rest_of(again).startswith(b"HTTP/1.1 408 ")
        with connected(server) as quick:
            quick.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert rest_of(quick).startswith(b"HTTP/1.1 200 ")


def test_client_that_does_not_read_is_let_go(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatientProtocol, "reading_s", 0.2)
    with serving(emulator, tmp_path) as server, connected(server) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            ask_without_end(deaf)


def ask_without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")


def test_body_beyond_the_limit_is_refused_before_it_is_read(emulator: RunningEmulator, tmp_path: Path) -> None:
    with serving(emulator, tmp_path) as server, connected(server) as client:
        head = f"POST /v1/campaigns:pause HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_LIMIT + 1}\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(65536).startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 401 "))


def test_more_connections_than_there_are_places_are_told_to_come_back(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paceline.service.server.FURTHER", 1)
    with serving(emulator, tmp_path, Options(streams=1)) as server, connected(server), connected(server) as second:
        second.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert rest_of(second).startswith(b"HTTP/1.1 503 ")


def test_port_of_another_is_refused(emulator: RunningEmulator, tmp_path: Path) -> None:
    with (
        serving(emulator, tmp_path) as server,
        open_system(
            {
                "PACELINE_API_URL": emulator.url,
                "PACELINE_CLIENT_ID": "demo-client",
                "PACELINE_CLIENT_SECRET": "demo-secret",
                "PACELINE_DATA_FOLDER": str(tmp_path),
            },
            folder=tmp_path,
        ) as system,
    ):
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(ServiceStartError, match=f"port {port}"):
            ServiceServer(application(system), Listening(port=port))
