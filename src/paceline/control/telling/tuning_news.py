"""Has the platform itself tell an address of each change of weights: registered once, before the first of them.

Rules:
* Whether it is registered tells the ledger: a note for each address, which holds its digest, for its path may be a
  secret of the receiver's. Where the platform knows the address already, it stays one webhook there.
* The secret that the platform signs with is told once. It goes to whoever keeps secrets, and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from paceline.campaign.change import Lane
from paceline.campaign.observed import Ability
from paceline.campaign.ports import Platform, PlatformError, RejectedError
from paceline.campaign.simulations import PlatformWebhook
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed, Query, Step
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId

REGISTERED = "weights.told-by-platform"
"""The kind of the note."""
_NAME = "paceline: weights tuned"
_LOOKED_BACK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """That the platform tells the address.

    Attributes:
        entry: the note of it.
        host: of the address.
        kept: where the secret lies, in words; None where the platform told none, because it knew the address, or where
            it could not be kept.
    """

    entry: EntryId
    host: str
    kept: str | None


class TuningNews:
    """Registers one address with one platform; serves all threads, and any number of processes on one database."""

    def __init__(
        self, platform: Platform, book: Book, *, url: str, keep_secret: Callable[[str, str], str], actor: Actor
    ) -> None:
        """Register nothing yet.

        Args:
            platform: that is to tell.
            book: where it is noted.
            url: whom.
            keep_secret: keeps a secret under the platform's name of the webhook, and tells where, in words.
            actor: who notes it.
        """
        self._platform = platform
        self._book = book
        self._url = url
        self._keep_secret = keep_secret
        self._actor = actor
        self._digest = hashlib.sha256(url.encode()).hexdigest()

    def known(self) -> bool:
        """Return whether it was registered, or never can be because this platform tells nobody.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        if Ability.TELLS_TUNING not in self._platform.abilities:
            return True
        for entry in self._book.entries(Query(kind=REGISTERED, limit=_LOOKED_BACK)):
            details = next(row.document["details"] for row in entry.rows if row.step is Step.NOTED)
            if isinstance(details, dict) and details.get("address") == self._digest:
                return True
        return False

    def register(self) -> Registered:
        """Register the address, and note it.

        Raises:
            PlatformError: the platform does not take it; the address is in no word of it.
            LedgerUnavailableError: it was registered, and not noted: whoever comes next does it again, to no effect.
        """
        made = self._told()
        kept = None if made.secret is None else self._kept(made.id, made.secret)
        host = urlsplit(self._url).hostname or ""
        details: dict[str, Json] = {"webhook": made.id, "host": host, "address": self._digest, "secret_in": kept}
        if made.secret is not None and kept is None:
            details["secret_lost"] = True
        entry = self._book.note(Deed(kind=REGISTERED, actor=self._actor, details=details))
        return Registered(entry=entry, host=host, kept=kept)

    def _told(self) -> PlatformWebhook:
        try:
            return self._platform.tell_tuned(self._url, name=_NAME, lane=Lane.CHANGING)
        except RejectedError as refused:
            status, request_id, operation = refused.status, refused.request_id, refused.operation
        # Raised out here, without what the platform says is wrong with it: that may repeat the address.
        raise PlatformError(
            f"the platform does not take the address at {urlsplit(self._url).hostname} to tell of weights",
            operation=operation,
            status=status,
            request_id=request_id,
            hint="check ml_webhook_url, or leave it out: then the platform tells nobody",
        )

    def _kept(self, webhook: str, secret: str) -> str | None:
        try:
            return self._keep_secret(webhook, secret)
        except OSError:
            return None  # the note tells it: the platform tells another one once this webhook is deleted there
