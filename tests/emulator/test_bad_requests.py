"""Requests that are wrong around their body: type, size, headers, addresses; and random documents."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator.asks import Ask, patch, post, put
from tests.emulator.caller import Caller
from tests.emulator.documents import (
    CAM,
    HOOKS,
    OUT,
    SIMULATIONS,
    pacing,
    rules,
    schedule,
    simulation,
    webhook,
    weights,
)
from tests.emulator.holds import holds
from tests.emulator.raw_socket import RawSocket
from tests.emulator.refusals import body_of, nothing_changes, refused

A = "CMP-ACTIVE"
F = "CMP-FULL"
MEGABYTE = 1_048_576
SOUND = b'{"status":"PAUSED"}'

ADDRESSES = {
    "outbound": patch(f"{OUT}/{A}", {"status": "PAUSED"}),
    "campaigns": patch(f"{CAM}/{A}", {"status": "PAUSED"}),
    "weights": put(f"{OUT}/{F}", weights(F)),
    "schedule": put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": 'W/"1"'}),
    "simulation": post(SIMULATIONS, simulation(A)),
    "webhook": post(HOOKS, webhook()),
}


def padded(ask: Ask, size: int) -> Ask:
    """Return the request with its body filled up with blanks to a size in bytes."""
    body = json.dumps(ask.json).encode()
    return Ask(ask.method, ask.path, body=body + b" " * (size - len(body)), headers=ask.headers)


@holds("7.39", "7.12")
@pytest.mark.parametrize("name", ADDRESSES)
def test_body_of_one_megabyte_is_taken_and_one_byte_more_is_413(platform: Caller, name: str) -> None:
    with nothing_changes(platform, A, F):
        refused(padded(ADDRESSES[name], MEGABYTE + 1).send(platform), 413, "too_large")
    assert padded(ADDRESSES[name], MEGABYTE).send(platform).is_success


@holds("7.39", "7.123")
@pytest.mark.parametrize("size", [2_000_000, 20_000_000])
def test_body_far_over_the_limit_is_413_too(platform: Caller, size: int) -> None:
    with nothing_changes(platform, A):
        refused(padded(ADDRESSES["outbound"], size).send(platform), 413, "too_large")
    assert platform.get(f"{OUT}/{A}").status_code == 200


@holds("7.39")
def test_chunked_body_is_measured_as_well(platform: Caller) -> None:
    headers = {"Authorization": f"Bearer {platform.token()}", "Content-Type": "application/json"}

    def pieces(size: int) -> Any:
        yield SOUND
        for _ in range(size // 1000):
            yield b" " * 1000

    with nothing_changes(platform, A):
        answer = platform.http.patch(f"{OUT}/{A}", content=pieces(1_200_000), headers=headers)
        refused(answer, 413, "too_large")
    answer = platform.http.patch(f"{OUT}/{A}", content=pieces(900_000), headers=headers)
    assert answer.status_code == 200


@holds("7.38", "7.13", "7.30")
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/json",
        "application/jsonx",
        "application/x-json",
        "application/vnd.api+json",
        "application/merge-patch+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application",
        "json",
        "*/*",
        "text/plain; application/json",
        "",
    ],
)
@pytest.mark.parametrize("name", ADDRESSES)
def test_write_that_is_not_declared_json_is_415(platform: Caller, name: str, content_type: str) -> None:
    ask = ADDRESSES[name]
    with nothing_changes(platform, A, F):
        headers = {**ask.headers, "Content-Type": content_type}
        body = json.dumps(ask.json).encode()
        refused(platform.send(ask.method, ask.path, body=body, headers=headers), 415, "unsupported_media_type")


@holds("7.38")
@pytest.mark.parametrize("name", ADDRESSES)
def test_write_that_declares_nothing_is_415(platform: Caller, name: str) -> None:
    ask = ADDRESSES[name]
    headers = {**ask.headers, "Authorization": f"Bearer {platform.token()}"}
    with nothing_changes(platform, A, F):
        answer = platform.http.request(ask.method, ask.path, content=json.dumps(ask.json).encode(), headers=headers)
        refused(answer, 415, "unsupported_media_type")


@holds("7.38")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=iso-8859-1",
        "Application/JSON",
        "APPLICATION/JSON ; CHARSET=utf-8",
    ],
)
@pytest.mark.parametrize("name", ADDRESSES)
def test_json_with_any_charset_is_taken(platform: Caller, name: str, content_type: str) -> None:
    ask = ADDRESSES[name]
    headers = {**ask.headers, "Content-Type": content_type}
    answer = platform.send(ask.method, ask.path, body=json.dumps(ask.json).encode(), headers=headers)
    assert answer.is_success, answer.text


@holds("7.123", "7.40")
@pytest.mark.parametrize(
    "identifier",
    [
        "x" * 129,
        "x" * 5000,
        "%00",
        "%ff",
        "%2e%2e",
        "a%20b",
        "a%2Fb",
        "%F0%9F%98%80",
        "a;b",
        "a,b",
        "~",
        "'",
        "%",
        "%zz",
    ],
)
def test_id_that_is_none_is_not_found(platform: Caller, identifier: str) -> None:
    with RawSocket(platform.url) as wire:
        bearer = {"Authorization": f"Bearer {platform.token()}"}
        for target in (f"{OUT}/{identifier}", f"{CAM}/{identifier}", f"{CAM}/{identifier}/schedule"):
            assert wire.ask("GET", target, bearer).status in (400, 404)


@holds("7.123")
@pytest.mark.parametrize(
    "lines",
    [
        ["X-If-Match: 4\x002"],
        ["X-If-Match: 4\x0b2"],
        ["If-Match: \x7f"],
        ["Idempotency-Key: a\x01b"],
        ["Content-Length: -1"],
        ["Content-Length: 1x"],
        ["Content-Length: 99999999999999999999"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["No colon here"],
        [": no name"],
        ["Bad name: x"],
        ["Host: second.example"],
        ["Expect: nonsense"],
        ["X-Long: " + "x" * 200_000],
        *[[f"X-{n}: {n}" for n in range(5000)]],
    ],
    ids=lambda lines: lines[0][:30].encode("unicode_escape").decode(),
)
def test_broken_head_is_no_failure_of_the_server(platform: Caller, lines: list[str]) -> None:
    token = platform.token()
    with nothing_changes(platform, A), RawSocket(platform.url) as wire:
        head = [f"PATCH {OUT}/{A} HTTP/1.1", f"Host: {wire.host}", f"Authorization: Bearer {token}", *lines]
        try:
            wire.send(("\r\n".join(head) + "\r\n\r\n").encode("latin-1"))
            wire.socket.shutdown(1)
            first = wire.reader.readline()
        except OSError:
            first = b""
        assert first == b"" or first.split(b" ")[1].startswith(b"4"), first
    assert platform.get(f"{OUT}/{A}").status_code == 200


@holds("7.123")
@pytest.mark.parametrize(
    "data",
    [b"\x00" * 100, b"\r\n" * 50, b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"PRI * HTTP/2.0\r\n\r\n"],
)
def test_what_is_not_http_is_no_failure_of_the_server(platform: Caller, data: bytes) -> None:
    with RawSocket(platform.url) as wire:
        try:
            wire.send(data)
            wire.socket.shutdown(1)
        except OSError:
            pass
        told = wire.rest()
        assert told == b"" or told.split(b" ")[1].startswith(b"4")
    assert platform.get(f"{OUT}/{A}").status_code == 200


@holds("7.123")
def test_request_cut_inside_its_body_has_no_effect(platform: Caller) -> None:
    headers = {"Authorization": f"Bearer {platform.token()}", "Content-Type": "application/json"}
    with nothing_changes(platform, A):
        for cut in range(0, len(SOUND), 3):
            with RawSocket(platform.url) as wire:
                wire.send(wire.head("PATCH", f"{OUT}/{A}", headers, length=len(SOUND)) + SOUND[:cut])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["ACTIVE", "PAUSED", 0, 1, -1, 1.0, 10**400, "", "2026-06-15T12:00:00Z", "America/New_York"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def places_in(document: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value in the document."""
    found = [way]
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for step, child in children:
        found += places_in(child, (*way, step))
    return found


def changed(document: Any, way: tuple[Any, ...], value: Any) -> Any:
    """Return the document with another value at the place."""
    if not way:
        return value
    copied = copy.deepcopy(document)
    place = copied
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    return copied


BULK = {
    "outbound": patch(f"{OUT}/BULK-1", {"status": "PAUSED", "dialingRules": rules(), "predictiveDialer": pacing()}),
    "campaigns": patch(f"{CAM}/BULK-1", {"predictiveDialer": pacing(), "dialingRules": rules()}),
    "weights": put(f"{OUT}/BULK-2", weights("BULK-2")),
    "schedule": put(f"{CAM}/BULK-2/schedule", schedule("BULK-2"), headers={"If-Match": 'W/"initial"'}),
    "simulation": post(SIMULATIONS, simulation("BULK-3")),
    "webhook": post(HOOKS, webhook()),
}


@holds("7.123", "7.01", "7.02", "7.05", "7.111")
@pytest.mark.parametrize("name", BULK)
def test_random_document_is_applied_wholly_or_refused_with_no_effect(platform: Caller, name: str) -> None:
    ask = BULK[name]
    faults = 422 if ask.path.startswith(CAM) else 400
    places = places_in(ask.json)

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(way=st.sampled_from(places), value=JSON)
    def check(way: tuple[Any, ...], value: Any) -> None:
        body = json.dumps(changed(ask.json, way, value)).encode()
        before = [platform.control("GET", f"/campaigns/BULK-{n}") for n in (1, 2, 3)]
        answer = platform.send(ask.method, ask.path, body=body, headers=dict(ask.headers), client="bulk-all")
        if not answer.is_success:
            assert answer.status_code in (faults, 404, 403, 409), answer.text
            assert body_of(answer)["code"] != "internal"
            assert [platform.control("GET", f"/campaigns/BULK-{n}") for n in (1, 2, 3)] == before

    check()


@holds("7.123", "7.34")
def test_spoilt_bytes_are_refused_with_no_effect(platform: Caller) -> None:
    sound = json.dumps(BULK["outbound"].json).encode()
    spots = st.tuples(st.integers(0, len(sound) - 1), st.integers(0, 255))

    @settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(changes=st.lists(spots, min_size=1, max_size=4))
    def check(changes: list[tuple[int, int]]) -> None:
        spoilt = bytearray(sound)
        for place, byte in changes:
            spoilt[place] = byte
        before = platform.control("GET", "/campaigns/BULK-1")
        answer = platform.patch(f"{OUT}/BULK-1", body=bytes(spoilt), client="bulk-all")
        if not answer.is_success:
            assert answer.status_code in (400, 403, 409)
            assert platform.control("GET", "/campaigns/BULK-1") == before

    check()
