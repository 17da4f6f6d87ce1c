"""What has to be true when all is over: of the platform, of the ledger, and of the two together.

1. Every revision that the platform holds was made by exactly one change that it took.
2. Every change that it took is claimed by exactly one entry: the one whose intent names its key. The entry says that it
   took effect, when it was closed or at a later look, and names the revision. No other entry claims anything.
3. The reading of a revision says that the same entry made it.
4. Every entry is closed, nothing waits for its end, and the chain is whole.
5. What a process said of a change that it finished is so by the ledger. Where somebody else took the process for dead,
   the entry says that it was interrupted, and claims all the same what was said to have been applied.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.torture.weather import Effect
from paceline.bootstrap import System
from paceline.ledger.entry import Row, Step
from paceline.ledger.verify import verify_database
from paceline.primitives.ids import CampaignId

INTERRUPTED = "interrupted"
TOOK_EFFECT = frozenset({"applied", "scheduled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was found: how entries ended, by word, and everything that is not as it has to be."""

    rows: int
    endings: Counter[str]
    faults: tuple[str, ...]


@dataclass(slots=True)
class Account:
    """What the ledger tells of one entry; `claims` are the revisions that it says it made."""

    campaign: str
    keys: set[str]
    claims: set[int]
    word: str | None = None
    again: str = ""

    @property
    def ending(self) -> str:
        """How it ended, with what a later look showed."""
        return f"{self.word}{self.again}"


def judged(
    system: System,
    effects: list[Effect],
    *,
    held: Mapping[str, int],
    first: int,
    told: Iterable[tuple[str, str]] = (),
) -> Judgement:
    """Return what is found when everything has been settled.

    Args:
        system: on the ledger.
        effects: the changes that the platform took.
        held: the revision that each campaign has now.
        first: the revision that each campaign began with.
        told: of each change that a process finished: how it ended, and the number of its entry.
    """
    accounts = accounts_of(system.book.rows())
    owners = {key: entry for entry, account in accounts.items() for key in account.keys}
    faults = _on_the_platform(effects, held, first)
    faults += _claims(accounts, owners, effects)
    faults += _readings(system, held, {(one.campaign, one.revision): owners.get(one.key) for one in effects})
    faults += [fault for word, entry in told for fault in _as_told(accounts, word, entry)]
    faults += [f"entry {entry} is open" for entry, account in accounts.items() if account.word is None]
    faults += [f"entry {other.entry} waits for its end: {other.stage}" for other in system.recorder.unended()]
    found = verify_database(system.database, tenant=system.book.tenant)
    faults += [f"the chain: {fault.what} at {fault.sequence}" for fault in found.faults]
    return Judgement(
        rows=found.entries,
        endings=Counter(account.ending for account in accounts.values()),
        faults=tuple(faults),
    )


def accounts_of(rows: Iterable[Row]) -> dict[int, Account]:
    """Return what rows tell of each entry of a change."""
    accounts: dict[int, Account] = {}
    for row in rows:
        said: Mapping[str, Any] = row.document
        if row.step is Step.OPENED:
            accounts[row.entry] = Account(str(said["campaign"]), set(), set())
        elif row.step is Step.INTENT:
            accounts[row.entry].keys.add(said["request"]["key"])
        elif row.step is Step.CLOSED:
            _close(accounts[row.entry], said)
        elif row.step is Step.VERDICT and "happened" in said["details"]:
            happened = said["details"]["happened"]
            accounts[row.entry].again += ", found to have happened" if happened else ", found not to have happened"
            if happened:
                accounts[row.entry].claims.add(int(said["details"]["revision"]))
    return accounts


def _close(account: Account, said: Mapping[str, Any]) -> None:
    account.word = str(said["outcome"])
    error = said["details"].get("error")
    if error is not None:
        account.again = f" ({error['code']})"
    if account.word in TOOK_EFFECT:
        account.claims.add(int(said["details"]["after"]["revision"]))


def _on_the_platform(effects: list[Effect], held: Mapping[str, int], first: int) -> list[str]:
    made: dict[str, list[int]] = defaultdict(list)
    for effect in effects:
        made[effect.campaign].append(effect.revision)
    return [
        f"{campaign} is at revision {revision}, and the changes that were taken made {sorted(made[campaign])[-20:]}"
        for campaign, revision in held.items()
        if sorted(made[campaign]) != list(range(first + 1, revision + 1))
    ]


def _claims(accounts: Mapping[int, Account], owners: Mapping[str, int], effects: list[Effect]) -> list[str]:
    faults = []
    true_claims: dict[int, set[int]] = defaultdict(set)
    for effect in effects:
        entry = owners.get(effect.key)
        if entry is None:
            faults.append(f"no entry meant to send {effect}")
        else:
            true_claims[entry].add(effect.revision)
    for entry, account in accounts.items():
        made, said = sorted(true_claims[entry]), sorted(account.claims)
        if made != said:
            faults.append(f"entry {entry} of {account.campaign}, {account.ending}, claims {said} and made {made}")
        if len(made) > 1:
            faults.append(f"entry {entry} had {len(made)} effects")
    return faults


def _as_told(accounts: Mapping[int, Account], word: str, entry: str) -> Iterator[str]:
    account = accounts.get(int(entry)) if entry.isdecimal() else None
    if account is None:
        yield f"a change ended as {word}, and the ledger has no entry {entry}"
        return
    is_kept = word in {account.word, "in_doubt"} or INTERRUPTED in account.again
    if not is_kept or (word in TOOK_EFFECT and not account.claims):
        yield f"entry {entry} is {account.ending}, and its process said {word}"


def _readings(system: System, held: Mapping[str, int], made_by: Mapping[tuple[str, int], int | None]) -> list[str]:
    faults = []
    for campaign in held:
        seen: dict[int, set[int]] = defaultdict(set)
        for sighting in system.readings.sightings(CampaignId(campaign)):
            # One revision may have been seen in two stretches of time, only one of them by who made it.
            seen[int(sighting.revision)] |= set() if sighting.made_by is None else {sighting.made_by}
        for revision, makers in seen.items():
            maker = made_by.get((campaign, revision))
            if makers != (set() if maker is None else {maker}):
                faults.append(f"revision {revision} of {campaign} was made by {maker}; its readings say {makers}")
    return faults
