"""What `paceline doctor` makes of the platform's answers, without a platform."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.cxone.auth import Credentials
from paceline.cxone.diagnosis import Looks, Seen
from paceline.cxone.exchange import Answer
from paceline.cxone.scopes import KINDS, scopes_check
from paceline.cxone.symptoms import api_check, granted_check, token_check
from paceline.cxone.timing import speed_words, time_check
from paceline.primitives.checks import Blame, Check, Condition

SECOND = 1_000_000_000
START = datetime(2026, 6, 15, 12, tzinfo=UTC)
API, AUTH = "https://api.example.com", "https://auth.example.com"
CREDENTIALS = Credentials(client_id="all", client_secret="invented")
INVALID = 'Bearer realm="x", error="invalid_token"'


def seen(
    status: int, body: Any = None, *, url: str = API, headers: Mapping[str, str] | None = None, at_s: float = 0.0
) -> Seen:
    told = {"content-type": "application/json", **(headers or {})}
    answer = Answer(status=status, headers=told, body=json.dumps({} if body is None else body).encode())
    at_ns = round(at_s * SECOND)
    wall_ns = round(START.timestamp()) * SECOND + at_ns
    return Seen(url=url, proxy=None, answer=answer, failure=None, wall_ns=wall_ns, running_ns=at_ns)


def at(platform_s: float, *, ours_s: float = 0.0) -> Seen:
    date = (START + timedelta(seconds=platform_s)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return seen(401, headers={"date": date}, at_s=ours_s)


def looks(api: Seen, bare: Seen, info: Seen | None) -> Looks:
    token = seen(200, {"expires_in": 3600, "scope": "campaign:read"}, url=f"{AUTH}/oauth/token")
    return Looks(bare=bare, token=token, is_token=True, info=info, api=api)


def refused(challenge: str | None, words: str) -> Seen:
    headers = {} if challenge is None else {"www-authenticate": challenge}
    return seen(401, {"code": "unauthorized", "message": words}, headers=headers)


KNOWN = seen(200, {"scope": "campaign:read"}, url=f"{AUTH}/api/v2/oauth/tokeninfo")
UNKNOWN = seen(401, url=f"{AUTH}/api/v2/oauth/tokeninfo")
UNTOLD = seen(404, url=f"{AUTH}/api/v2/oauth/tokeninfo")


@pytest.mark.parametrize(
    ("api", "bare", "info", "words", "blame"),
    [
        (refused("Bearer", "a"), refused("Bearer", "a"), KNOWN, "did not arrive (very likely", Blame.OTHER),
        (refused("Bearer", "a"), refused("Bearer", "a"), UNTOLD, "did not arrive (very likely", Blame.OTHER),
        (refused("Bearer", "request 17a"), refused("Bearer", "request 18"), KNOWN, "(very likely", Blame.OTHER),
        (refused(None, "a"), refused(None, "a"), KNOWN, "did not arrive (likely", Blame.OTHER),
        (refused(INVALID, "a"), refused(INVALID, "a"), KNOWN, "nobody can tell", Blame.OTHER),
        (refused(None, "b"), refused(None, "a"), KNOWN, "arrived and is refused, though", Blame.OTHER),
        (refused(INVALID, "a"), refused("Bearer", "a"), KNOWN, "arrived and is refused, though", Blame.OTHER),
        (refused(INVALID, "b"), refused("Bearer", "a"), UNKNOWN, "does not know it either", Blame.CREDENTIALS),
        (refused(INVALID, "b"), refused("Bearer", "a"), UNTOLD, "nobody tells", Blame.CREDENTIALS),
    ],
)
def test_refused_token_is_told_from_one_that_did_not_arrive(
    api: Seen, bare: Seen, info: Seen, words: str, blame: Blame
) -> None:
    found = api_check(looks(api, bare, info))
    assert (found.state, found.blame) == (Condition.BAD, blame)
    assert words in found.found


def test_api_without_a_token_is_known_as_another_place_all_the_same() -> None:
    page = seen(200, headers={"content-type": "text/html"})
    assert api_check(Looks(bare=page)).state is Condition.BAD
    assert api_check(Looks(bare=seen(401))).state is Condition.SKIPPED


@pytest.mark.parametrize(
    ("answer", "state", "blame"),
    [
        (seen(401), Condition.BAD, Blame.CREDENTIALS),
        (seen(400, {"error": "invalid_client"}), Condition.BAD, Blame.CREDENTIALS),
        (seen(400, {"error": "invalid_request"}), Condition.BAD, Blame.OTHER),
        (seen(404), Condition.BAD, Blame.OTHER),
        (seen(503), Condition.BAD, Blame.OTHER),
        (seen(200, {"expires_in": 1}), Condition.BAD, Blame.OTHER),
        (seen(401, headers={"content-type": "text/html"}), Condition.BAD, Blame.OTHER),
    ],
)
def test_token_endpoint_is_judged_by_its_answer(answer: Seen, state: Condition, blame: Blame) -> None:
    found = token_check(Looks(bare=seen(401), token=answer), CREDENTIALS)
    assert (found.state, found.blame) == (state, blame)


def test_scopes_that_nobody_tells_are_those_that_were_asked_for() -> None:
    asked = Credentials(client_id="all", client_secret="invented", scope="campaign:read campaign:write")
    silent = Looks(bare=seen(401), token=seen(200, {"expires_in": 60}), is_token=True, info=UNTOLD)
    assert "from the token's answer" in granted_check(silent, asked).found
    assert granted_check(silent, CREDENTIALS).state is Condition.SKIPPED


@given(st.sets(st.sampled_from(sorted(set().union(*KINDS.values(), {"outbound:rules:write", "else"})))))
def test_every_kind_is_either_allowed_or_named_with_what_it_needs(granted: set[str]) -> None:
    found = scopes_check(frozenset(granted), source="a test", is_readable=False)
    for kind, accepted in KINDS.items():
        assert (f"{kind} needs " in (found.hint or "")) == (not accepted & granted)
    readable = bool(KINDS["read"] & granted)
    assert (found.state is Condition.BAD) == (not readable)


def test_scopes_with_other_names_are_no_fault_where_the_api_is_read() -> None:
    assert scopes_check(frozenset({"else"}), source="a test", is_readable=True).state is Condition.WARNING


@pytest.mark.parametrize(
    ("theirs_s", "words"),
    [
        (0.0, "it stands still, or nearly so"),
        (1.0, None),
        (2.0, None),
        (61.0, "it runs about 61 times as fast as ours"),
    ],
)
def test_speed_is_told_only_where_two_looks_can_tell_it(theirs_s: float, words: str | None) -> None:
    assert speed_words(at(-90.0), at(-90.0 + theirs_s, ours_s=1.0)) == words


@given(st.floats(1.0, 60.0), st.floats(0.0, 1.0), st.integers(-10_000, 10_000))
def test_clock_that_runs_as_ours_is_never_said_to_be_another(passed_s: float, start_s: float, apart_s: int) -> None:
    # Dates are cut to whole seconds, wherever within a second the first look falls.
    first = at(apart_s + int(start_s))
    second = at(apart_s + int(start_s + passed_s), ours_s=passed_s)
    assert speed_words(first, second) is None


def time_of(first: Seen, second: Seen | None = None) -> Check:
    return time_check(Looks(bare=first, later=second))


def test_platform_in_step_needs_no_second_look() -> None:
    assert time_of(at(4.0)).state is Condition.OK
    assert time_of(seen(401)).state is Condition.SKIPPED


def test_clock_that_is_off_but_runs_as_ours_wants_a_look() -> None:
    found = time_of(at(-7200.0), at(-7199.0, ours_s=1.0))
    assert found.state is Condition.WARNING
    assert "it is 2:00:00 behind" in found.found


def test_emulator_with_a_speed_of_its_own_is_as_it_should_be() -> None:
    assert time_of(at(7200.0), at(7200.0 + 61, ours_s=1.0)).state is Condition.OK
