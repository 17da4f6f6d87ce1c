"""Changes that have not come to their end, as `paceline doctor` tells of them: whose they are, and who is still alive.

* One that somebody alive is at is as it should be.
* One whose owner is dead, or that was sent and never answered, waits for the next change of its campaign: that looks
  what became of it.
* One whose hour has come, and that could not be made by its last try, says why.
"""

from __future__ import annotations

from collections.abc import Callable

from paceline.campaign.catalogue import CATALOGUE
from paceline.campaign.observed import WAITS_HERE, Stage
from paceline.control.agenda.agenda import Trouble, troubles
from paceline.control.freezes import Freezes
from paceline.control.kept import Unended
from paceline.control.owners import Owner
from paceline.control.recorder import Recorder
from paceline.control.work.presence import workers_check
from paceline.ledger.book import Book
from paceline.ledger.ending import ledger_check
from paceline.ledger.readings import Readings
from paceline.primitives.checks import Check, bad, doubtful, fine
from paceline.primitives.clock import WaitingClock
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database

NAMED = 10
"""How many entries are named; the others are counted."""


def kept_checks(database: Database, *, tenant: TenantId, clock: WaitingClock, lease_s: float) -> tuple[Check, ...]:
    """Return how the ledger of a tenant stands at its end, the changes in it, and who works on them; it is only read.

    Args:
        database: with all its tables.
        tenant: whose ledger.
        clock: what the signs of life are counted by.
        lease_s: how long an owner is taken for alive after one, seconds.
    """
    book = Book(database, tenant=tenant, clock=clock)
    owner = Owner(database, clock, lease_s=lease_s)
    freezes = Freezes(database, book)
    recorder = Recorder(database, book, Readings(database, book), owner, freezes)
    looks: dict[str, Callable[[], Check]] = {
        "ledger": lambda: ledger_check(book),
        "changes": lambda: changes_check(recorder),
        "workers": lambda: workers_check(recorder, freezes),
    }
    return tuple(_told(name, look) for name, look in looks.items())


def _told(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except PacelineError as failed:
        return bad(name, failed.message, failed.hint)


def changes_check(recorder: Recorder) -> Check:
    """Return whether changes were left behind.

    Raises:
        LedgerUnavailableError: nobody can tell.
        StorageError: the same.
    """
    unended, known = recorder.unended(), troubles(recorder)
    if not unended:
        return fine("changes", "none is open or in doubt")
    dead = {owner: recorder.owner.is_dead(owner) for owner in {one.owner for one in unended}}
    left = [one for one in unended if one.stage is Stage.IN_DOUBT or (one.stage is Stage.OPEN and dead[one.owner])]
    troubled = [one for one in unended if one.entry in known]
    named = sorted(unended, key=lambda one: one not in left and one not in troubled)
    told = "; ".join(_words(one, known.get(one.entry), is_dead=dead[one.owner]) for one in named[:NAMED])
    more = f"; and {len(named) - NAMED} more" if len(named) > NAMED else ""
    if troubled:
        hint = f"`paceline changes show {troubled[0].entry}` says what it is; `paceline changes cancel` withdraws it"
        return doubtful("changes", f"{told}{more}", hint)
    if not left:
        return fine("changes", f"{told}{more}")
    campaigns = ", ".join(sorted({one.campaign for one in left})[:NAMED])
    return doubtful("changes", f"{told}{more}", f"the next change of {campaigns} finds out what became of it")


def _words(one: Unended, trouble: Trouble | None, *, is_dead: bool) -> str:
    if trouble is not None:
        why = "put aside" if trouble.is_aside else "its hour has come, and it is not made yet"
        return f"entry {one.entry}, {one.kind} of {one.campaign} by {one.actor}: {why}: {trouble.error}"
    owner = "its owner is dead" if is_dead else "its owner is alive"
    stage = one.stage.value.replace("-", " ")
    # Nobody has to stay with a change that only waits, for its calls to end, for its hour or for a second person.
    after = "" if one.stage in {Stage.SETTLING, *WAITS_HERE} else f", {owner}"
    unknown = "" if one.kind in CATALOGUE else ", of a kind that this version does not know: a newer one can end it"
    return f"entry {one.entry}, {one.kind} of {one.campaign} by {one.actor}: {stage}{after}{unknown}"
