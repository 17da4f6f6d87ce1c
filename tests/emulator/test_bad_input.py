"""Bodies that cannot be read, of every kind and at every address: 400, and nothing has changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.asks import Ask, patch, post, put
from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, HOOKS, OUT, SIMULATIONS, rules, schedule, simulation, webhook, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import nothing_changes, refused

A = "CMP-ACTIVE"
F = "CMP-FULL"

ADDRESSES = {
    "outbound": patch(f"{OUT}/{A}", {"status": "PAUSED"}),
    "campaigns": patch(f"{CAM}/{A}", {"status": "PAUSED"}),
    "weights": put(f"{OUT}/{F}", weights(F)),
    "schedule": put(f"{CAM}/{F}/schedule", schedule(F), headers={"If-Match": 'W/"1"'}),
    "simulation": post(SIMULATIONS, simulation(A)),
    "webhook": post(HOOKS, webhook()),
}

SOUND = b'{"status":"PAUSED"}'

UNPARSABLE: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t",
    "open": b"{",
    "cut": SOUND[:-1],
    "closed twice": SOUND + b"}",
    "two documents": SOUND + SOUND,
    "text behind": SOUND + b" x",
    "zero byte behind": SOUND + b"\x00",
    "zero byte before": b"\x00" + SOUND,
    "only a word": b"PAUSED",
    "form": b"status=PAUSED",
    "single quotes": b"{'status':'PAUSED'}",
    "no quotes": b"{status:'PAUSED'}",
    "comma behind": b'{"status":"PAUSED",}',
    "list comma": b'{"a":[1,]}',
    "comment": b'{"status":"PAUSED"/* x */}',
    "line comment": b'{"status":"PAUSED"} // x',
    "no colon": b'{"status" "PAUSED"}',
    "NaN": b'{"status":NaN}',
    "Infinity": b'{"status":Infinity}',
    "minus Infinity": b'{"status":-Infinity}',
    "deep NaN": b'{"a":{"b":[{"c":NaN}]}}',
    "nan": b'{"status":nan}',
    "True": b'{"status":True}',
    "undefined": b'{"status":undefined}',
    "leading zero": b'{"revision":01}',
    "plus": b'{"revision":+1}',
    "bare fraction": b'{"revision":.5}',
    "open fraction": b'{"revision":1.}',
    "open exponent": b'{"revision":1e}',
    "hexadecimal": b'{"revision":0x10}',
    "underscore": b'{"revision":1_0}',
    "lone minus": b'{"revision":-}',
    "bad escape": b'{"status":"\\x41"}',
    "short escape": b'{"status":"\\u12"}',
    "line feed in text": b'{"status":"PAU\nSED"}',
    "tab in text": b'{"status":"PAU\tSED"}',
    "zero byte in text": b'{"status":"PAU\x00SED"}',
    "open text": b'{"status":"PAUSED}',
    "number as key": b'{1:"PAUSED"}',
    "same key": b'{"status":"PAUSED","status":"PAUSED"}',
    "same key, other value": b'{"status":"PAUSED","status":"STOPPED"}',
    "same key, escaped": b'{"status":"PAUSED","st\\u0061tus":"PAUSED"}',
    "same unknown key": b'{"x":1,"y":2,"x":3}',
    "same key inside": b'{"dialingRules":{"maxCallsPerAgent":1,"maxCallsPerAgent":1}}',
    "same key deep inside": b'{"a":[1,{"b":{"c":[[{"d":1,"d":2}]]}}]}',
    "stray byte": b'{"status":"PAUSED\xff"}',
    "stray byte outside": SOUND + b"\x80",
    "Latin-1": b'{"name":"M\xfcller"}',
    "overlong slash": b'{"status":"\xc0\xaf"}',
    "overlong zero": b'{"status":"\xc0\x80"}',
    "cut character": b'{"status":"\xe2\x82"}',
    "beyond Unicode": b'{"status":"\xf5\x80\x80\x80"}',
    "surrogate in UTF-8": b'{"status":"\xed\xa0\x80"}',
    "surrogate pair in UTF-8": b'{"status":"\xed\xa0\xbd\xed\xb8\x80"}',
    "byte order mark": b"\xef\xbb\xbf" + SOUND,
    "UTF-16": SOUND.decode().encode("utf-16"),
    "UTF-16LE": SOUND.decode().encode("utf-16-le"),
    "UTF-16BE": SOUND.decode().encode("utf-16-be"),
    "UTF-32": SOUND.decode().encode("utf-32"),
    "UTF-32LE": SOUND.decode().encode("utf-32-le"),
    "lone high surrogate": b'{"status":"\\ud800"}',
    "lone low surrogate": b'{"status":"\\udc00"}',
    "surrogates turned round": b'{"status":"\\udc00\\ud800"}',
    "lone surrogate as a key": b'{"\\ud800":1}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "never closed lists": b"[" * 100_000,
    "never closed objects": b'{"a":' * 100_000,
    "closing only": b"]" * 100_000,
}


@holds("7.34", "7.06", "7.123", "7.35", "7.36", "7.37", "7.30")
@pytest.mark.parametrize("kind", UNPARSABLE)
def test_body_that_cannot_be_parsed_is_400_at_every_address(platform: Caller, kind: str) -> None:
    with nothing_changes(platform, A, F):
        for ask in ADDRESSES.values():
            answer = platform.send(ask.method, ask.path, body=UNPARSABLE[kind], headers=dict(ask.headers))
            refused(answer, 400, "invalid_request")


@holds("7.36")
@pytest.mark.parametrize("name", ADDRESSES)
def test_key_named_twice_anywhere_in_a_sound_document_is_400(platform: Caller, name: str) -> None:
    ask = ADDRESSES[name]
    text = json.dumps(ask.json)
    with nothing_changes(platform, A, F):
        for n, mark in enumerate(text):
            if mark != "{":
                continue
            doubled = text[: n + 1] + text[n + 1 :].replace('"', '"twice": 1, "twice": 1, "', 1)
            answer = platform.send(ask.method, ask.path, body=doubled.encode(), headers=dict(ask.headers))
            refused(answer, 400, "invalid_request")


@holds("7.123")
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"status":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"dialingRules":' * 50_000 + b"1" + b"}" * 50_000,
        b"[" * 1_000 + b"]" * 1_000,
        b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    ],
    ids=["lists", "objects", "inside a field", "inside blocks", "a thousand lists", "a thousand objects"],
)
@pytest.mark.parametrize("name", ADDRESSES)
def test_deep_nesting_is_refused_as_a_fault_of_the_body(platform: Caller, name: str, body: bytes) -> None:
    ask = ADDRESSES[name]
    with nothing_changes(platform, A, F):
        answer = platform.send(ask.method, ask.path, body=body, headers=dict(ask.headers))
        assert answer.status_code in ((400, 422) if name in ("campaigns", "schedule") else (400,))
        assert answer.json()["code"] in ("invalid_request", "validation")


def with_number(place: str, number: str) -> tuple[Ask, int, str]:
    """Return the write with the number at the place, the status of its field faults and the field."""
    dialing, pacer = json.dumps({"dialingRules": rules()}), json.dumps({"predictiveDialer": {"answerRate": "HERE"}})
    texts: dict[str, tuple[str, str, int, str]] = {
        "maxCallsPerAgent": (
            "outbound",
            dialing.replace('"maxCallsPerAgent": 2', '"maxCallsPerAgent": HERE'),
            400,
            "dialingRules.maxCallsPerAgent",
        ),
        "maxRate": (
            "campaigns",
            dialing.replace('"maxRate": 0.03', '"maxRate": HERE'),
            422,
            "dialingRules.abandonmentRateThreshold.maxRate",
        ),
        "interval": (
            "outbound",
            dialing.replace("[60, 240]", "[60, HERE]"),
            400,
            "dialingRules.retrySettings.intervalMinutes[1]",
        ),
        "answerRate": ("campaigns", pacer.replace('"HERE"', "HERE"), 422, "predictiveDialer.answerRate"),
        "weight": (
            "weights",
            json.dumps(weights(F)).replace('"call_rate": 0.2', '"call_rate": HERE'),
            400,
            "predictiveDialerSettings.parameterWeights.call_rate",
        ),
        "durationSeconds": (
            "simulation",
            json.dumps(simulation(A, durationSeconds="HERE")).replace('"HERE"', "HERE"),
            400,
            "durationSeconds",
        ),
        "maxConcurrentCalls": (
            "schedule",
            json.dumps(schedule(F, maxConcurrentCalls="HERE")).replace('"HERE"', "HERE"),
            422,
            "maxConcurrentCalls",
        ),
    }
    name, text, status, path = texts[place]
    ask = ADDRESSES[name]
    assert "HERE" in text
    return Ask(ask.method, ask.path, body=text.replace("HERE", number).encode(), headers=ask.headers), status, path


PLACES = ["maxCallsPerAgent", "maxRate", "interval", "answerRate", "weight", "durationSeconds", "maxConcurrentCalls"]


@holds("7.123", "7.25", "7.26", "7.31", "7.32")
@pytest.mark.parametrize(
    "number",
    ["9" * 5000, "-" + "9" * 5000, "9" * 5000 + ".5", "1e400", "-1e400", "9" * 400 + "e9", "1e999999999", "9" * 400],
    ids=["5,000 digits", "minus", "fraction", "1e400", "-1e400", "400 digits e9", "1e999999999", "400 digits"],
)
@pytest.mark.parametrize("place", PLACES)
def test_number_beyond_all_bounds_is_a_field_fault(platform: Caller, place: str, number: str) -> None:
    ask, status, path = with_number(place, number)
    with nothing_changes(platform, A, F):
        answer = ask.send(platform)
        document = refused(answer, status, "validation")
        assert path in {error["field"] for error in document["errors"]}


@holds("7.123")
def test_revision_of_5000_digits_in_the_body_is_stale_or_a_fault(platform: Caller) -> None:
    for text in ("9" * 5000, "-" + "9" * 5000):
        body = f'{{"dialingRules": {json.dumps(rules())}, "revision": {text}}}'.encode()
        with nothing_changes(platform, A):
            answer = platform.patch(f"{OUT}/{A}", body=body)
            assert answer.status_code in (400, 409)


@holds("7.123", "7.26")
@pytest.mark.parametrize(
    "text", ["\x00", "PAUSED\x00", "PAUSED ", " PAUSED", "paused", "ＰＡＵＳＥＤ", "", "😀", "a" * 100_000]
)
def test_odd_text_for_a_status_is_a_field_fault(platform: Caller, text: str) -> None:
    with nothing_changes(platform, A):
        refused(platform.patch(f"{OUT}/{A}", {"status": text}), 400, "validation", "status")


@holds("7.123", "7.47")
@pytest.mark.parametrize("name", ["\x00", "", " ", "status ", "STATUS", "😀", "a" * 10_000, "__proto__", "__class__"])
def test_odd_field_name_is_an_unknown_field(platform: Caller, name: str) -> None:
    with nothing_changes(platform, A):
        document = refused(platform.patch(f"{OUT}/{A}", {"status": "PAUSED", name: 1}), 400, "validation")
        assert len(document["errors"]) == 1


@holds("7.123")
def test_sound_characters_beyond_ascii_are_taken(platform: Caller) -> None:
    name = 'Zürich 😀 \u2028 \\ " / \u0001'
    answer = platform.post(HOOKS, webhook(name=name))
    assert answer.status_code in (201, 400)
    for sent in (json.dumps(webhook(name="Zürich 😀"), ensure_ascii=True), json.dumps(webhook(name="Zürich 😀"))):
        hook: Any = platform.post(HOOKS, body=sent.encode()).json()
        assert platform.get(f"{HOOKS}/{hook['id']}").json()["name"] in ("Zürich 😀", name)
