"""The proof that the measured emulator was strict: after the work, each check is met and must refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.emulator.work import Answer, ask, expect, token_of

PROBE = "CMP-PROBE"
PATH = f"/api/v2/outbound/campaigns/{PROBE}"
FOREIGN_PATH = "/api/v2/outbound/campaigns/CMP-NARROW"
PAUSE = {"status": "PAUSED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One check: what was asked, what a strict platform answers, what was answered."""

    check: str
    expected: str
    found: str

    @property
    def held(self) -> bool:
        """Return whether the answer was the strict one."""
        return self.expected == self.found

    def as_json(self) -> dict[str, Any]:
        """Return the proof as plain values."""
        return {**asdict(self), "held": self.held}


def words(answer: Answer) -> str:
    """Return the status and the error code, if there is one."""
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    return f"{answer.status} {code}" if code else str(answer.status)


def prove(address: tuple[str, int], transitions: int) -> list[Proof]:
    """Meet each check of the emulator once; `transitions` is how many the journal must hold at least."""
    journal = expect(ask(address, "GET", "/_emulator/journal?limit=1"), 200)
    recorded = journal["by_status"].get("200", 0) >= transitions
    proofs = [Proof(check="journal: every transition is counted", expected="True", found=str(recorded))]
    wanted = {"id": PROBE, "status": "ACTIVE", "tenant": "bench"}
    expect(ask(address, "POST", "/_emulator/campaigns", body=wanted), 201)
    bearer = {
        client: {"Authorization": f"Bearer {token_of(address, client)}"}
        for client in ("bench-client", "bench-reader", "narrow-client")
    }

    def patch(body: Any, client: str | None = "bench-client", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(address, "PATCH", PATH, headers={**(bearer[client] if client else {}), **named}, body=body)

    def replayed() -> str:
        first, again = (patch(PAUSE, Idempotency_Key="probe-1") for _ in range(2))
        same = first.body == again.body and again.headers.get("idempotent-replayed") == "true"
        return f"{words(first)}, replayed {same}"

    def foreign() -> str:
        return words(ask(address, "PATCH", FOREIGN_PATH, headers=bearer["bench-client"], body=PAUSE))

    def limited() -> str:
        answers = [ask(address, "GET", FOREIGN_PATH, headers=bearer["narrow-client"]) for _ in range(3)]
        waits = int(answers[-1].headers.get("retry-after", "0")) >= 1
        return ", ".join(words(answer) for answer in answers) + f", Retry-After {waits}"

    checks: list[tuple[str, str, Callable[[], str]]] = [
        ("token: none", "401 unauthorized", lambda: words(patch(PAUSE, None))),
        ("token: unknown", "401 unauthorized", lambda: words(patch(PAUSE, None, Authorization="Bearer nobody"))),
        ("scope: a reader writes", "403 forbidden", lambda: words(patch(PAUSE, "bench-reader"))),
        ("tenant: a campaign of another", "403 forbidden", foreign),
        ("fields: an unknown one", "400 validation", lambda: words(patch({**PAUSE, "colour": "red"}))),
        ("idempotency: the same request twice", "200, replayed True", replayed),
        (
            "idempotency: the key with another body",
            "409 idempotency_conflict",
            lambda: words(patch({"status": "STOPPED"}, Idempotency_Key="probe-1")),
        ),
        ("state machine: paused while paused", "409 illegal_transition", lambda: words(patch(PAUSE))),
    ]
    proofs += [Proof(check=check, expected=expected, found=found()) for check, expected, found in checks]
    expected = "200, 200, 429 rate_limited, Retry-After True"
    proofs.append(Proof(check="request limit: two a minute, then refused", expected=expected, found=limited()))
    return proofs
