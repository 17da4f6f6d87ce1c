"""Whether a worker lives, as `paceline doctor` tells it; only reads are asked of the database.

* Without one, nothing that waits for its hour is made, and nobody returns to what is in doubt; what is frozen and dials
  is not tried again, and what somebody outside resumes is not stopped.
* Where nothing waits, none is needed: changes with `--at` are refused until one lives.
"""

from __future__ import annotations

from paceline.campaign.observed import Stage
from paceline.control.freezes import Freezes
from paceline.control.recorder import Recorder
from paceline.control.work.worker import PRESENCE
from paceline.primitives.checks import Check, doubtful, fine
from paceline.storage.due_work import listing

_WAITS = frozenset({Stage.WAITING, Stage.IN_DOUBT})


def workers_check(recorder: Recorder, freezes: Freezes) -> Check:
    """Return how many workers live, and whether one is missed.

    Raises:
        LedgerUnavailableError: nobody can tell.
        StorageError: the same.
    """
    tenant, owner = recorder.book.tenant, recorder.owner
    present = recorder.looked_up(lambda connection: listing(connection, tenant, room=PRESENCE))
    alive = sum(not owner.is_dead(one.work.key) for one in present)
    if alive:
        return fine("workers", "one lives" if alive == 1 else f"{alive} live")
    waiting = sum(one.stage in _WAITS for one in recorder.unended())
    dialing, frozen = len(freezes.frozen(stopped=False)), len(freezes.frozen())
    missed = [
        *(["a change waits for one" if waiting == 1 else f"{waiting} changes wait for one"] if waiting else []),
        *([f"{dialing} frozen and not seen stopped: nobody tries again"] if dialing else []),
        *([f"{frozen} frozen: nobody stops what is resumed outside paceline"] if frozen and not dialing else []),
    ]
    if missed:
        return doubtful("workers", f"none lives, and {'; '.join(missed)}", "start one: paceline work")
    return fine("workers", "none lives, and nothing waits for one; a change with --at wants one")
