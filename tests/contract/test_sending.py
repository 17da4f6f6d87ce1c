"""The guarded client against real receivers: what it sends, and all that it does not let itself be led into."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpcore2
import pytest

from paceline.emulator.certificate import write_certificate
from paceline.outbox.addresses import Endpoint, Reach, endpoint_of
from paceline.outbox.failures import AddressRefusedError, DeliveryError
from paceline.outbox.guard import Deadline, Guard, TimedStream
from paceline.outbox.sending import LARGEST_ANSWER, Sender
from paceline.primitives.clock import ManualClock
from tests.contract.receivers import Receiver, Reply, receiving

NAME = "hooks.example.com"
HEADERS = {"webhook-id": "msg_1"}
BODY = '{"reason":"Überlast","secret":"hunter2"}'.encode()


class Names:
    """A resolver whose answers are given, one list for each time it is asked; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def local(**options: object) -> Sender:
    return Sender(reach=Reach.LOOPBACK, **options)  # type: ignore[arg-type] # passed on as given


def at(receiver: Receiver, host: str = "127.0.0.1", scheme: str = "http") -> Endpoint:
    port = receiver.url.split(":")[2].split("/")[0]
    return endpoint_of(f"{scheme}://{host}:{port}/hook?key=a%20b", Reach.LOOPBACK)


def test_exact_bytes_arrive_once_with_their_headers(receiver: Receiver) -> None:
    assert local().send(at(receiver), HEADERS, BODY).status == 200
    (got,) = receiver.got
    assert (got.path, got.body, got.id) == ("/hook?key=a%20b", BODY, "msg_1")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == at(receiver).authority
    assert "hunter2" not in repr(got.headers)


def test_status_and_retry_after_are_told_whatever_they_are(receiver: Receiver) -> None:
    for status in (200, 204, 299, 400, 404, 410, 429, 500, 503):
        receiver.always(status, Retry_After="17")
        answer = local().send(at(receiver), HEADERS, BODY)
        assert (answer.status, answer.retry_after) == (status, "17")


def test_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            receiver.always(status, Location=elsewhere.url)
            assert local().send(at(receiver), HEADERS, BODY).status == status
        assert elsewhere.got == []


@pytest.mark.parametrize(
    "found", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"]
)
def test_public_name_that_leads_to_a_private_address_is_not_connected_to(receiver: Receiver, found: str) -> None:
    names = Names(["8.8.8.8", found])
    endpoint = at(receiver, NAME, "https")
    with pytest.raises(AddressRefusedError) as caught:
        Sender(resolver=names).send(endpoint, HEADERS, BODY)
    assert NAME in caught.value.message
    with pytest.raises(AddressRefusedError):
        Sender(resolver=names).look(endpoint)
    assert receiver.got == []


def test_name_is_looked_up_once_in_an_attempt_so_that_its_answer_cannot_change_in_between(receiver: Receiver) -> None:
    connected: list[tuple[str, int]] = []
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    real = socket.create_connection

    def noted(address: tuple[str, int], timeout: float, **rest: Any) -> socket.socket:
        connected.append(address)
        return real(address, timeout, **rest)

    endpoint = at(receiver, "localhost")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "create_connection", noted)
        assert local(resolver=names).send(endpoint, HEADERS, BODY).status == 200
    assert names.asked == ["localhost"]
    # What is connected to is the address that was judged: there is no name left that could be looked up again.
    assert connected == [("127.0.0.1", endpoint.port)]
    with pytest.raises(AddressRefusedError):
        local(resolver=names).send(endpoint, HEADERS, BODY)
    assert len(receiver.got) == 1


def test_other_addresses_are_tried_when_the_first_does_not_answer(receiver: Receiver) -> None:
    names = Names(["127.0.0.2", "::1", "127.0.0.1"])
    assert local(resolver=names).send(at(receiver, "localhost"), HEADERS, BODY).status == 200


def test_this_machine_is_out_of_reach_unless_loopback_was_opened(receiver: Receiver) -> None:
    for url in (receiver.url, receiver.url.replace("http:", "https:")):
        with pytest.raises(AddressRefusedError):
            endpoint_of(url, Reach.PUBLIC)
    with pytest.raises(AddressRefusedError):
        Sender().send(at(receiver), HEADERS, BODY)
    assert receiver.got == []


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/hook"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert local().send(at(receiver), HEADERS, BODY).status == 200
        assert proxy.got == []


def guard_of(endpoint: Endpoint) -> Guard:
    deadline = Deadline(ManualClock(), 10)
    return Guard(endpoint, reach=Reach.LOOPBACK, resolver=Names(["127.0.0.1"]), deadline=deadline)


def test_guard_lets_nothing_out_but_to_its_own_host_and_port(receiver: Receiver) -> None:
    endpoint = at(receiver, "localhost")
    for host, port in (("127.0.0.1", endpoint.port), ("localhost", endpoint.port + 1), (NAME, 443)):
        with pytest.raises(AddressRefusedError):
            guard_of(endpoint).connect_tcp(host, port)
    with pytest.raises(AddressRefusedError):
        guard_of(endpoint).connect_unix_socket("paceline.sock")
    guard_of(endpoint).connect_tcp("localhost", endpoint.port).close()


@contextmanager
def encrypted(folder: Path, host: str) -> Iterator[tuple[Receiver, ssl.SSLContext]]:
    """Run a receiver with a certificate for `host`, and yield it with a trust in that certificate."""
    certificate, key = write_certificate(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with receiving(context) as running:
        yield running, ssl.create_default_context(cafile=str(certificate))


def test_tls_asks_for_the_name_though_an_address_is_connected_to(tmp_path: Path) -> None:
    with encrypted(tmp_path, NAME) as (running, trust):
        sender = local(trust=trust, resolver=Names(["127.0.0.1"]))
        assert sender.send(at(running, NAME, "https"), HEADERS, BODY).status == 200
        with pytest.raises(DeliveryError) as caught:
            sender.send(at(running, "hooks.example.org", "https"), HEADERS, BODY)
        assert "certificate" in caught.value.message
        with pytest.raises(DeliveryError):
            local(resolver=Names(["127.0.0.1"])).send(at(running, NAME, "https"), HEADERS, BODY)
        assert len(running.got) == 1


def test_body_of_an_answer_is_read_within_bounds(receiver: Receiver) -> None:
    receiver.answers = lambda _path, _headers, _body: Reply(200, body=b"x" * (LARGEST_ANSWER * 40))
    assert local().send(at(receiver), HEADERS, BODY).status == 200


@contextmanager
def speaking(*pieces: bytes, clock: ManualClock, step_s: float, hangs_up: bool = False) -> Iterator[Endpoint]:
    """Run a server that says these pieces one by one, and moves the clock before each; then it waits to be left."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        left = threading.Event()
        if hangs_up:
            left.set()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                for piece in pieces:
                    clock.advance(step_s)
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return
                left.wait(20)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield endpoint_of(f"http://127.0.0.1:{server.getsockname()[1]}/", Reach.LOOPBACK)
        finally:
            left.set()
            thread.join()


def test_answer_that_drips_is_cut_off_at_the_limit_of_the_whole_attempt() -> None:
    clock = ManualClock()
    drops = [b"HTTP/1.1 200 OK\r\n", *(f"X-{number}: 1\r\n".encode() for number in range(1000))]
    with (
        speaking(*drops, clock=clock, step_s=0.5) as endpoint,
        pytest.raises(DeliveryError) as caught,
    ):
        local(clock=clock, attempt_s=10).send(endpoint, HEADERS, BODY)
    assert "took too long" in caught.value.message
    assert caught.value.retryable


def test_status_counts_though_the_rest_of_the_answer_never_comes() -> None:
    clock = ManualClock()
    pieces = (b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",)
    with speaking(*pieces, clock=clock, step_s=0.1) as endpoint:
        assert local(clock=clock).send(endpoint, HEADERS, BODY).status == 204
    pieces = (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nx",)
    with speaking(*pieces, clock=clock, step_s=0.1, hangs_up=True) as endpoint:
        assert local(clock=clock).send(endpoint, HEADERS, BODY).status == 200


def test_look_up_that_does_not_end_is_left_to_itself() -> None:
    ended = threading.Event()

    def slow(_host: str, _port: int) -> list[str]:
        ended.wait(20)
        return ["8.8.8.8"]

    sender = Sender(resolver=slow, attempt_s=0.05)
    try:
        with pytest.raises(DeliveryError) as caught:
            sender.send(endpoint_of(f"https://{NAME}/", Reach.PUBLIC), HEADERS, BODY)
        assert caught.value.retryable
    finally:
        ended.set()


@pytest.mark.parametrize("problem", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_name_that_leads_nowhere_is_worth_another_attempt(problem: Exception) -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise problem

    for act in (
        lambda: Sender(resolver=nowhere).send(endpoint_of(f"https://{NAME}/s3cret", Reach.PUBLIC), HEADERS, BODY),
        lambda: Sender(resolver=nowhere).look(endpoint_of(f"https://{NAME}/s3cret", Reach.PUBLIC)),
    ):
        with pytest.raises(DeliveryError) as caught:
            act()
        assert caught.value.retryable
        assert "s3cret" not in caught.value.report() + repr(caught.value.__cause__)


def test_receiver_that_is_not_there_hangs_up_or_speaks_nonsense_is_worth_another_attempt(receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    with pytest.raises(DeliveryError):
        local().send(endpoint_of(f"http://127.0.0.1:{closed}/", Reach.LOOPBACK), HEADERS, BODY)
    receiver.always(0)
    with pytest.raises(DeliveryError):
        local().send(at(receiver), HEADERS, BODY)
    with (
        speaking(b"220 mail.example.com ESMTP\r\n\r\n", clock=ManualClock(), step_s=0) as endpoint,
        pytest.raises(DeliveryError),
    ):
        local().send(endpoint, HEADERS, BODY)


def test_step_after_the_deadline_is_not_begun() -> None:
    clock = ManualClock()
    stream = TimedStream(httpcore2.MockStream([b"late"]), Deadline(clock, 1))
    clock.advance(1)
    trust = ssl.create_default_context()
    for step in (lambda: stream.read(10), lambda: stream.write(b"x"), lambda: stream.start_tls(trust)):
        with pytest.raises(httpcore2.ReadTimeout):
            step()


def test_receiver_that_says_our_request_back_gets_no_secret_into_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP? " + connection.recv(65536).split(b"\r\n")[0] + b"\r\n\r\n")

        thread = threading.Thread(target=echo, daemon=True)
        thread.start()
        endpoint = endpoint_of(f"http://127.0.0.1:{server.getsockname()[1]}/hook/s3cret?key=hunter2", Reach.LOOPBACK)
        with pytest.raises(DeliveryError) as caught:
            local().send(endpoint, HEADERS, BODY)
        thread.join()
    assert caught.value.message == "127.0.0.1 answered in a form that is not HTTP"
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert caught.value.retryable
