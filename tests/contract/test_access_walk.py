"""Random walks over keys, links and sessions beside a model in memory: nobody is known who should not be, or the other
way round, whatever came before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paceline.control.access.access import Access, Role
from paceline.control.order import Order
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import ManualClock, instant_of
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database

ROOT = Order(actor=Actor(name="root", known_by="test"))
HOUR_S, LONGEST_S = 3600, 12 * 3600
_TENANTS = count(1)

PICK = st.integers(0, 99)
DEED = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 59, 60, 600, HOUR_S - 1, HOUR_S, 3 * HOUR_S])),
    st.tuples(st.just("make_key"), st.sampled_from([None, 1, 600, HOUR_S, 5 * HOUR_S])),
    st.tuples(st.just("make_link"), st.sampled_from([1, 600, HOUR_S])),
    st.tuples(st.sampled_from(["revoke", "enter", "enter_with_key", "use", "leave"]), PICK),
    st.tuples(st.sampled_from(["sign_out"]), st.sampled_from(["ada", "bob"])),
)


@dataclass(slots=True)
class Signed:
    """A session as it has to be, in seconds."""

    name: str
    key: int | None
    begun_s: int
    seen_s: int
    ended: bool = False


@dataclass(slots=True)
class Model:
    """Who is known, in the simplest words."""

    access: Access
    clock: ManualClock
    now_s: int = 0
    keys: list[tuple[str, str, int | None]] = field(default_factory=list)  # its secret, its name, until when
    revoked: set[int] = field(default_factory=set)
    links: list[list[Any]] = field(default_factory=list)  # its secret, its name, until when, whether it is gone
    sessions: list[Signed] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    def name(self) -> str:
        return "ada" if (len(self.keys) + len(self.links)) % 2 else "bob"

    def is_good(self, key: int) -> bool:
        until = self.keys[key][2]
        return key not in self.revoked and (until is None or self.now_s < until)

    def is_in(self, one: Signed) -> bool:
        held = one.key is None or self.is_good(one.key)
        return not one.ended and held and self.now_s < min(one.begun_s + LONGEST_S, one.seen_s + HOUR_S)

    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)
        self.now_s += seconds

    def make_key(self, lasts_s: int | None) -> None:
        name, until = self.name(), None if lasts_s is None else self.now_s + lasts_s
        at = None if lasts_s is None else instant_of(self.clock.wall_ns() + lasts_s * 10**9)
        _, secret = self.access.make_key(name, Role.VIEWER, ROOT, expires_at=at)
        self.keys.append((secret, name, until))

    def make_link(self, valid_s: int) -> None:
        name = self.name()
        self.links.append([self.access.make_link(name, Role.VIEWER, ROOT, valid_s=valid_s), name, self.now_s + valid_s])

    def revoke(self, pick: int) -> None:
        if self.keys:
            which = pick % len(self.keys)
            self.access.revoke(self.keys[which][0][:15], ROOT)
            self.revoked.add(which)

    def enter(self, pick: int) -> None:
        if self.links:
            link = self.links[pick % len(self.links)]
            good = link[2] is not None and self.now_s < link[2]
            self._entered(self.access.enter(link[0]), link[1], None, good=good)
            link[2] = None if good else link[2]

    def enter_with_key(self, pick: int) -> None:
        if self.keys:
            which = pick % len(self.keys)
            secret, name, _ = self.keys[which]
            self._entered(self.access.enter_with_key(secret), name, which, good=self.is_good(which))

    def use(self, pick: int) -> None:
        if self.cookies:
            which = pick % len(self.cookies)
            one, is_in = self.sessions[which], self.is_in(self.sessions[which])
            found = self.access.session(self.cookies[which])
            assert (found is not None) == is_in
            if found is not None:
                assert found.principal.name == one.name
                # It is kept to the minute when a session was used.
                one.seen_s = self.now_s if self.now_s - one.seen_s >= 60 else one.seen_s
            one.ended = one.ended or not is_in

    def leave(self, pick: int) -> None:
        if self.cookies:
            which = pick % len(self.cookies)
            self.access.leave(self.cookies[which])
            self.sessions[which].ended = True

    def sign_out(self, name: str) -> None:
        self.access.sign_out(name, ROOT)
        for one in self.sessions:
            one.ended = one.ended or one.name == name
        for link in self.links:
            link[2] = None if link[1] == name else link[2]

    def _entered(self, found: Any, name: str, key: int | None, *, good: bool) -> None:
        assert (found is not None) == good
        if found is not None:
            self.sessions.append(Signed(name, key, self.now_s, self.now_s))
            self.cookies.append(found[1])

    def agrees(self) -> None:
        for which, (secret, name, _) in enumerate(self.keys):
            found = self.access.known_by_key(secret)
            assert (None if found is None else found.name) == (name if self.is_good(which) else None)
        for which in range(len(self.cookies)):
            self.use(which)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEED, min_size=5, max_size=25))
def test_only_those_are_known_whom_the_model_knows(database: Database, deeds: list[tuple[str, Any]]) -> None:
    clock = ManualClock(wall_ns=1_795_000_000_000_000_000)
    book = Book(database, tenant=TenantId(f"walk-{next(_TENANTS)}"), clock=clock)
    model = Model(Access(database, book, clock), clock)
    for name, what in deeds:
        getattr(model, name)(what)
    model.agrees()
    assert verify_database(database, tenant=book.tenant).ok
