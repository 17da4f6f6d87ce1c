"""`paceline demo`: one campaign's life on the emulator, each request and its answer shown."""

from __future__ import annotations

import http.client
import json
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from cyclopts import Parameter
from rich.console import Console

START = "2026-06-15T12:00:00Z"
CAMPAIGN = "/api/v2/outbound/campaigns/CMP-12345"
RULES = {
    "dialingMethod": "PROGRESSIVE",
    "maxCallsPerAgent": 1,
    "retrySettings": {"maxAttempts": 3, "intervalMinutes": [60, 240]},
    "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 300},
}
Json = dict[str, Any]
_LONGEST = 240
_SHOWN = ("status", "revision", "queueDrained", "transitionTime", "pendingTransition", "code", "message", "allowed")


class Walk:
    """One client's way through the story: it sends, shows, and stops when an answer is not the one announced."""

    def __init__(self, url: str, console: Console, *, verbose: bool) -> None:
        """Talk to the emulator at `url`; `verbose` shows whole bodies."""
        self._address = urlsplit(url).netloc
        self._console = console
        self._verbose = verbose
        self._acts = 0
        self.headers: dict[str, str] = {}

    def act(self, says: str) -> None:
        """Announce the next act."""
        self._acts += 1
        self._console.print(f"\n[bold]{self._acts}. {says}[/bold]", highlight=False)

    def send(self, expected: int | None, method: str, path: str, body: object = None, **headers: str) -> Json:
        """Send a request, show it with its answer, and return the answer's document.

        What is expected is the status; None is a broken connection.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        shown = "" if body is None else f" {self._cut_short(json.dumps(body))}"
        self._console.print(f"   → {method} {path}{shown}", highlight=False, markup=False, soft_wrap=True)
        for name, value in named.items():
            self._console.print(f"     {name}: {value}", highlight=False, markup=False, style="dim")
        status: int | None = None
        answer_headers: dict[str, str] = {}
        document: Json = {}
        try:
            status, answer_headers, document = self.exchange(method, path, body, named)
        except (ConnectionError, http.client.HTTPException) as broken:
            self._console.print(f"   ← no answer: {type(broken).__name__}", style="yellow", highlight=False)
        if status != expected:
            raise AssertionError(f"{method} {path}: {status} where {expected} was announced: {document}")
        if status is not None:
            tag = f"  ETag {answer_headers['ETag']}" if "ETag" in answer_headers else ""
            style = "green" if status < 400 else "yellow"
            shown = f"   ← {status}{tag} {self._short(document)}"
            self._console.print(shown, style=style, highlight=False, markup=False, soft_wrap=True)
        return document

    def control(self, path: str, body: object, method: str = "PUT") -> None:
        """Work the control surface: what a person does behind the platform."""
        shown = f"   · {method} /_emulator{path} {json.dumps(body)}"
        self._console.print(shown, style="dim", highlight=False, markup=False, soft_wrap=True)
        status, _, document = self.exchange(method, f"/_emulator{path}", body, {})
        if status >= 400:
            raise AssertionError(f"the control surface refused {path}: {document}")

    def log_in(self) -> None:
        """Ask for a token and use it from here on; it is not shown."""
        form = {"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret"}
        self._console.print(
            "   → POST /oauth/token grant_type=client_credentials client_id=demo-client", highlight=False
        )
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, document = self.exchange("POST", "/oauth/token", urlencode(form), kind)
        self.headers["Authorization"] = f"Bearer {document['access_token']}"
        told = {name: document[name] for name in ("token_type", "expires_in")}
        self._console.print(f"   ← {status} {json.dumps(told)}", style="green", highlight=False)

    def exchange(
        self, method: str, path: str, body: object, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], Json]:
        """Send a request that is not shown; return the answer's status, headers and document."""
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            content = body if body is None or isinstance(body, str) else json.dumps(body)
            kind = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, content, {**kind, **self.headers, **headers})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, dict(answer.getheaders()), json.loads(text) if text else {}
        finally:
            connection.close()

    def _cut_short(self, text: str) -> str:
        if self._verbose or len(text) <= _LONGEST:
            return text
        return f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"

    def _short(self, document: object) -> str:
        if self._verbose or not isinstance(document, dict):
            return json.dumps(document)
        if document.get("errors"):
            errors = [f"{error['field']}: {error['message']}" for error in document["errors"]]
            return json.dumps({"code": document["code"], "errors": errors})
        if "timeWindows" in document:
            told = {"scheduleId": document["scheduleId"], "timeWindows": f"{len(document['timeWindows'])} windows"}
        else:
            told = {name: document[name] for name in _SHOWN if document.get(name) not in (None, [])}
        return json.dumps(told or document)


def demo(*, verbose: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Start an emulator and walk one campaign through its life, requests and answers shown.

    Parameters
    ----------
    verbose
        Show whole bodies.
    """
    from paceline.testing import running_emulator  # the server's libraries load only when it serves

    console = Console()
    with running_emulator(now=START, speed=0.0) as emulator:
        console.print(f"An emulator of the campaign platform runs on {emulator.url}; its clock stands at {START}.")
        walk = Walk(emulator.url, console, verbose=verbose)
        _lifecycle(walk)
        _edits(walk)
        _broken_network(walk)
        _, _, journal = walk.exchange("GET", "/_emulator/journal?limit=0", None, {})
    told = ", ".join(f"{count} x {status}" for status, count in journal["by_status"].items())
    console.print(f"\nDone: {journal['total']} requests reached the platform ({told}).", highlight=False)
    console.print(
        "Next: `paceline emulator serve` keeps one running; its README says how to talk to it.", highlight=False
    )


def _lifecycle(walk: Walk) -> None:
    """Read, pause with a drain, be refused, wait for an instant, resume."""
    walk.act("A client logs in and reads the campaign.")
    walk.log_in()
    walk.send(200, "GET", CAMPAIGN)
    walk.act("Three calls are in flight; the campaign is paused and its queue drains.")
    calls = [{"state": "connected", "secondsLeft": s} for s in (20, 45)] + [{"state": "waiting", "secondsLeft": 90}]
    walk.control("/campaigns/CMP-12345", {"callsInFlight": calls}, "PATCH")
    walk.send(200, "PATCH", CAMPAIGN, {"status": "PAUSED", "drainQueue": True}, Idempotency_Key="pause-1")
    walk.control("/clock", {"advanceSeconds": 60})
    walk.send(200, "GET", CAMPAIGN)
    walk.control("/clock", {"advanceSeconds": 60})
    walk.send(200, "GET", CAMPAIGN)
    walk.act("What the state machine does not know is refused, and says what is allowed.")
    walk.send(409, "PATCH", CAMPAIGN, {"status": "PAUSED"})
    walk.act("A resume is asked for 14:30 by a clock in Germany; it waits, and happens at its instant.")
    later = {"status": "ACTIVE", "effectiveTime": "2026-06-15T14:30+02:00[Europe/Berlin]"}
    walk.send(200, "PATCH", CAMPAIGN, later)
    walk.control("/clock", {"now": "2026-06-15T12:31:00Z"})
    walk.send(200, "GET", CAMPAIGN)


def _edits(walk: Walk) -> None:
    """Change rules on a stale and on the true revision, with faults, and the calling times under their own tag."""
    walk.act("Dialing rules, judged on revision 42, meet a campaign that has moved on; then on the true one.")
    walk.send(409, "PATCH", CAMPAIGN, {"dialingRules": RULES}, X_If_Match="42")
    document = walk.send(200, "GET", CAMPAIGN)
    walk.send(200, "PATCH", CAMPAIGN, {"dialingRules": RULES}, X_If_Match=str(document["revision"]))
    walk.act("Every field at fault is named in one answer, and nothing of the request is applied.")
    wrong = {"maxAttempts": 2, "intervalMinutes": [60, 15, 240]}
    rules = {**RULES, "retrySettings": wrong, "maxCallsPerAgent": True}
    walk.send(400, "PATCH", CAMPAIGN, {"status": "STOPPED", "dialingRules": rules})
    walk.act("Calling times have an ETag of their own; windows that overlap are refused.")
    schedule = "/api/v2/campaigns/CMP-12345/schedule"
    stored = walk.send(200, "GET", schedule)
    stored.pop("status")
    walk.send(428, "PUT", schedule, stored)
    window = {"dayOfWeek": "SATURDAY", "startTime": "10:00:00", "endTime": "14:00:00"}
    stored["timeWindows"].append(window)
    walk.send(200, "PUT", schedule, stored, If_Match='W/"1"')
    stored["timeWindows"].append({**window, "startTime": "13:59:59", "endTime": "16:00:00"})
    walk.send(409, "PUT", schedule, stored, If_Match='W/"2"')


def _broken_network(walk: Walk) -> None:
    """Lose an answer after its effect, find it again by its key, and leave the campaign stopped."""
    walk.act("A stop takes effect, but its answer is lost; the same key finds the answer, and nothing happens twice.")
    walk.control("/faults", {"kind": "reset_after", "method": "PATCH"}, "POST")
    walk.send(None, "PATCH", CAMPAIGN, {"status": "STOPPED"}, Idempotency_Key="stop-1")
    walk.send(200, "PATCH", CAMPAIGN, {"status": "STOPPED"}, Idempotency_Key="stop-1")
    walk.act("A locked campaign takes nothing.")
    walk.send(409, "PATCH", "/api/v2/outbound/campaigns/CMP-20003", {"status": "STOPPED"})
