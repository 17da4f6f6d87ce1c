"""A contact list on its page and for programs: the same counts as the command, the limit told, and nothing kept."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx2
import pytest

from paceline.compliance.call import Call
from paceline.compliance.list_told import told_of
from paceline.compliance.shelf import the_rulebook
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.service.list_checks import within_limit
from paceline.service.options import LIST_LIMIT, LIST_READ
from tests.service.served import Served

AT = "2026-06-15T23:30:00Z"
"""19:30 in New York, 18:30 in Chicago."""
LIST = (
    "name,phone,state\n"
    "Ann,+18505550123,FL\n"
    "Ben,+12125550123,NY\n"
    "Cy,+16045550123,\n"
    "Dot,+441614960123,\n"
    "Eve,12,\n"
    "Flo,,TX\n"
    "Gus,+13125550199,+13125550198\n"
)
NUMBERS = re.compile(r"\d{7,}")


def document(text: str, **asked: Any) -> dict[str, Any]:
    """Return what the library says of a list, for what the service says is held against it."""
    lines = io.StringIO(text, newline="")
    at = datetime.fromisoformat(AT)
    found: dict[str, Any] = told_of(lines, the_rulebook([]), at=at, call=Call(), **asked).document()
    return found


def words(text: str) -> str:
    told = (
        re.sub(r"<[^>]+>", " ", text.partition("<main")[2])
        .replace("&#39;", "'")
        .replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    return " ".join(told.split())


def sent(client: httpx2.Client, content: bytes | None = LIST.encode(), **fields: str) -> httpx2.Response:
    """Send the form of the page."""
    files = {} if content is None else {"list": ("my list.csv", content, "text/csv")}
    return client.post("/lists/check", files={**files, **{name: (None, value) for name, value in fields.items()}})


def test_programs_are_told_what_the_library_tells(standing: Served) -> None:
    client = standing.client(Role.VIEWER, **{"Content-Type": "text/csv"})
    answer = client.post("/v1/lists:check", params={"at": AT}, content=LIST)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told == document(LIST)
    assert (told["rows"], told["contacts"], told["bad"]["count"]) == (7, 4, 3)
    assert [one["row"] for one in told["bad"]["rows"]] == [6, 7, 8]
    assert sum(each["contacts"] for each in told["groups"]) == told["contacts"]
    fewer = client.post("/v1/lists:check", params={"at": AT, "bad_rows": 1}, content=LIST).json()
    assert (fewer["bad"]["count"], len(fewer["bad"]["rows"])) == (3, 1)
    example = client.get("/openapi.json").json()["paths"]["/v1/lists:check"]["post"]["requestBody"]["content"][
        "text/csv"
    ]
    assert client.post("/v1/lists:check", content=example["example"]).json()["contacts"] == 2


@pytest.mark.parametrize(
    ("content", "query", "code"),
    [
        ("", {}, "contact-list"),
        ("a,b\n1,2\n", {}, "contact-list"),
        (LIST, {"at": "noon"}, "request-invalid"),
        (LIST, {"country": "usa"}, "request-invalid"),
        (LIST, {"purpose": "fun"}, "request-invalid"),
        (LIST, {"phone": "x"}, "request-invalid"),
        (LIST, {"zone_column": "nowhere"}, "contact-list"),
    ],
)
def test_what_is_no_list_is_a_problem_document(
    standing: Served, content: str, query: dict[str, str], code: str
) -> None:
    answer = standing.client(Role.VIEWER).post("/v1/lists:check", params=query, content=content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not NUMBERS.search(answer.json()["detail"])


def test_page_shows_the_counts_the_hours_and_why_others_are_closed(standing: Served) -> None:
    client = standing.client(Role.VIEWER, Accept="text/html")
    said = document(LIST, country=None)
    page = sent(client, at=AT)
    assert page.status_code == 200
    shown = words(page.text)
    assert f"May be called now {said['callable_now']} Contacts {said['contacts']}" in shown
    for region, each in said["regions"].items():
        assert f"{region} {each['contacts']}" in shown, region
    for rule, count in said["closed_now"].items():
        assert f'<a href="/law/{rule}">{rule}</a>' in page.text
        assert f"{rule} {count}" in shown
    for row in said["bad"]["rows"]:
        assert f"{row['row']} {row['reason']}" in shown
    assert page.text.count('class="later"') == 23
    assert "the fewest 0 at" in page.text
    assert not NUMBERS.search(page.text.partition("<main")[2].replace(AT, "")), "a number is shown"
    assert "my list" not in page.text
    pasted = sent(client, None, pasted=LIST, at=AT, purpose="sales", mode="live")
    assert words(pasted.text).count("May be called now") == 1


@pytest.mark.parametrize(
    ("content", "fields", "told"),
    [
        (None, {}, "there is no list"),
        (LIST.encode(), {"pasted": LIST}, "a file, and something pasted too"),
        (LIST.encode(), {"at": "noon"}, "that is no instant"),
        (LIST.encode(), {"at": "2026-06-15T12:00:00"}, "the instant has no offset"),
        (LIST.encode(), {"country": "U1"}, "that is no country"),
        (LIST.encode(), {"delimiter": "x"}, "nobody knows what parts the cells"),
        (LIST.encode(), {"number_column": "nowhere"}, "no column"),
        (b"\xff\xfe\x00,", {}, "no column of the contact list is called number or phone"),
        (b"+18505550123\n", {"zone_column": "x"}, "its columns: (a number)"),
        (b"<script>alert(1)</script>,phone\n", {"zone_column": "<b>"}, "no column"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_on_the_page(
    standing: Served, content: bytes | None, fields: dict[str, str], told: str
) -> None:
    answer = sent(standing.client(Role.VIEWER, Accept="text/html"), content, **fields)
    assert answer.status_code == 422
    assert told in words(answer.text)
    inside = answer.text.partition("<main")[2]
    assert "<script>" not in inside
    assert "<b>'" not in inside


def test_list_that_is_too_long_is_refused_with_the_limit(standing: Served) -> None:
    row = b"+18505550123,FL\n"
    content = b"phone,state\n" + row * (LIST_LIMIT // len(row) + 10)
    answer = standing.client(Role.VIEWER).post("/v1/lists:check", content=content)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert "at most 8 MiB are read here" in answer.json()["detail"]
    assert "paceline list check FILE" in answer.json()["hint"]
    page = sent(standing.client(Role.VIEWER, Accept="text/html"), content)
    assert page.status_code == 413
    assert "at most 8 MiB are read here" in words(page.text)
    connection = HTTPConnection(standing.url.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", "/v1/lists:check")
    connection.putheader("Authorization", f"Bearer {standing.keys[Role.VIEWER]}")
    connection.putheader("Content-Length", str(LIST_READ + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413, "what is vast is refused before any of it came"
    connection.close()


def test_nobody_and_a_page_without_the_token_are_refused_before_the_list_is_read(standing: Served) -> None:
    assert standing.client(None).post("/v1/lists:check", content=LIST).status_code == 401
    assert sent(standing.client(None)).status_code == 401
    link = standing.system.access.make_link("ada", Role.VIEWER, Order(actor=standing.system.actor))
    begun = standing.system.access.enter(link)
    assert begun is not None
    browser = standing.client(None, Cookie=f"paceline_session={begun[1]}", Accept="text/html")
    assert sent(browser).status_code == 403
    assert sent(browser, csrf="guessed").status_code == 403
    token = re.findall(r'name="csrf" value="([^"]+)"', browser.get("/lists").text)[0]
    assert sent(browser, csrf=token, at=AT).status_code == 200


def test_nothing_of_a_list_is_kept(
    standing: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A list that is long enough for the disk: no named file, no log and no ledger has any of it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    made: list[list[str]] = []
    whole = tempfile.SpooledTemporaryFile.rollover

    def watched(self: Any) -> None:
        whole(self)
        made.append([one.name for one in folder.iterdir()])

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", watched)
    row = "+17705550177,secretive,GA\n"
    content = ("phone,name,state\n" + row * 60_000).encode()
    head = standing.system.book.head()
    with caplog.at_level(logging.DEBUG):
        answers = [
            sent(standing.client(Role.VIEWER, Accept="text/html"), content, at=AT),
            standing.client(Role.VIEWER).post("/v1/lists:check", params={"at": AT}, content=content),
        ]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[1].json()["contacts"] == 60_000
    assert len(made) >= 2, "it was long enough for a temporary file"
    assert all(not names for names in made), "and that file has no name"
    assert list(folder.iterdir()) == []
    assert standing.system.book.head() == head
    logged = "\n".join(
        f"{one.getMessage()} {one.__dict__}" for one in caplog.records if not one.name.startswith("httpcore")
    )
    for text in (*(one.text for one in answers), logged):
        assert "7705550177" not in text
        assert "secretive" not in text


def test_body_that_is_longer_than_the_limit_is_read_to_its_end() -> None:
    class Body:
        def __init__(self) -> None:
            self.left = 5

        async def stream(self) -> Any:
            while self.left:
                self.left -= 1
                yield b"12"

    async def read(most: int) -> tuple[bytes, int, str]:
        body, found, told = Body(), b"", ""
        try:
            async for chunk in within_limit(body, most):  # type: ignore[arg-type]  # of a request only its body is asked
                found += chunk
        except Exception as refused:  # noqa: BLE001  # whichever it is, it is looked at below
            told = getattr(refused, "code", "")
        return found, body.left, told

    with ThreadPoolExecutor(1) as thread:  # a loop may run in this one
        assert thread.submit(lambda: asyncio.run(read(10))).result() == (b"12" * 5, 0, "")
        assert thread.submit(lambda: asyncio.run(read(9))).result() == (b"12" * 4, 0, "body-too-large")
