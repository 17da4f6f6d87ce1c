"""The kinds of entries, as `--kind` names them: one, or `ASPECT.*` for all of an aspect."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from paceline.campaign.catalogue import CATALOGUE
from paceline.cli.words import UsageError

if TYPE_CHECKING:
    from paceline.ledger.book import Book

NOTES = (
    "abandonment.period",
    "access.add",
    "access.enter",
    "access.link",
    "access.revoke",
    "access.sign_out",
    "approval.approve",
    "approval.ask",
    "approval.refuse",
    "approval.reject",
    "campaign.drift",
    "campaign.freeze",
    "campaign.unfreeze",
    "delivery.failed",
    "experiment.abort",
    "experiment.end",
    "experiment.hold",
    "experiment.look",
    "experiment.pause",
    "experiment.plan",
    "experiment.start",
    "facts.declare",
    "guard.approach",
    "guard.breach",
    "ledger.erase",
    "ledger.key",
    "pacing.measured",
    "rollout.abort",
    "rollout.clear",
    "rollout.end",
    "rollout.hold",
    "rollout.pause",
    "rollout.promote",
    "rollout.resume",
    "rollout.start",
    "rollout.step",
    "rollout.undo",
    "supervision.end",
    "supervision.start",
    "supervision.suspend",
    "twin.drifted",
    "twin.fitted",
    "webhook.add",
    "webhook.disabled",
    "webhook.enable",
    "webhook.remove",
    "webhook.replay",
    "webhook.rotate",
    "webhook.test",
    "weights.measured",
)
"""Kinds of what is noted beside changes; a ledger may hold others, of a later version."""
KINDS = tuple(sorted((*CATALOGUE, *NOTES)))
"""Every kind of entry that this version makes."""


def known_kind(word: str, book: Book) -> str:
    """Return a kind as it was typed, when this version or this ledger knows it.

    Raises:
        UsageError: nobody knows it; the hint names those that there are.
        LedgerUnavailableError: nobody can tell.
    """
    from paceline.ledger.entry import Query

    aspects = {f"{kind.partition('.')[0]}.*" for kind in KINDS}
    if word in KINDS or word in aspects or book.entries(Query(kind=word, limit=1)):
        return word
    near = get_close_matches(word, (*KINDS, *sorted(aspects)), n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join((*KINDS, *sorted(aspects)))
    raise UsageError(f"--kind: {word[:40]!r} is no kind of entry", hint=f"{meant}known: {listed}")
