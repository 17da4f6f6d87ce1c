"""Names of things: a campaign's is never mistaken for a tenant's, nor an entry's number for a count."""

from __future__ import annotations

import re
from typing import NewType

from paceline.primitives.errors import PacelineError

TenantId = NewType("TenantId", str)
"""Whose campaigns these are; every tenant has a ledger of its own."""

CampaignId = NewType("CampaignId", str)
"""A campaign, as the platform names it: opaque."""

EntryId = NewType("EntryId", int)
"""An entry of a tenant's ledger: the sequence number of its first row, from 1."""

Version = NewType("Version", str)
"""An opaque mark of what was seen: a revision, an ETag, a digest. Only the dialect that made it can read it."""

_CAMPAIGN = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)


class MalformedIdError(PacelineError):
    """this cannot be the id of a campaign"""

    code = "malformed-id"


def campaign_id(text: str) -> CampaignId:
    """Return the text as the id of a campaign.

    Raises:
        MalformedIdError: unless it is 1 to 128 of letters, digits, dot, underscore and hyphen, and not `.` or `..`,
            which would lead an address elsewhere.
    """
    if text in {".", ".."} or not _CAMPAIGN.fullmatch(text):
        hint = "1 to 128 of letters, digits, '.', '_' and '-'"
        raise MalformedIdError(f"{text[:140]!r} cannot be the id of a campaign", hint=hint)
    return CampaignId(text)
