"""The tenants file: what the emulator starts with, read strictly, and the demo tenant for those who bring none.

Rules:
* Only a client's `id`, `secret` and `scopes` and the ids of tenants and campaigns are required; an unknown key is
  refused.
* Ids of tenants, of clients and of campaigns are unique over the whole file.
* Blocks and schedules are judged by the forms that the platform's endpoints use; a schedule starts at the tag `W/"1"`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from uuid import UUID

from paceline.emulator import blocks
from paceline.emulator.dialer import truth
from paceline.emulator.forms import Block, Boolean, Choice, Fault, Faults, Form, Integer, Listing, Text, judge
from paceline.emulator.routing import RESERVED
from paceline.emulator.tenant import Campaign, Client, Json, Schedule, Tenant
from paceline.emulator.world import Holdings
from paceline.primitives.errors import PacelineError

TIERS = ("STANDARD", "PROFESSIONAL", "ENTERPRISE")
_LONGEST_LIFETIME_S = 10**12

_CLIENT = Block(
    {
        "id": Text(),
        "secret": Text(1, 1024),
        "scopes": Listing(Text(1, 128, r"[\x21\x23-\x5b\x5d-\x7e]+", "a scope: visible characters without a space")),
        "reported_expires_in": Integer(0, 2**63 - 1),
        "token_lifetime_s": Integer(1, _LONGEST_LIFETIME_S),
    },
    optional=frozenset({"reported_expires_in", "token_lifetime_s"}),
)


def _not_reserved(campaign: Json, at: str, faults: Faults) -> None:
    if campaign.get("id") in RESERVED:
        faults.append(Fault(f"{at}.id", f"must not be {' or '.join(RESERVED)}, which are addresses"))


_CAMPAIGN_FIELDS: dict[str, Form] = {
    "id": blocks.CAMPAIGN_ID,
    "name": Text(0, 256),
    "status": Choice(blocks.STATES),
    "locked": Boolean(),
    "revision": Integer(0, 10**15),
    "agents": Integer(0, 100_000),
    **blocks.BLOCKS,
    "schedule": blocks.PRESET_SCHEDULE,
    "dialer": truth.TABLE,
}
_CAMPAIGN = Block(_CAMPAIGN_FIELDS, optional=frozenset(_CAMPAIGN_FIELDS) - {"id"}, check=_not_reserved)
_TENANT = Block(
    {
        "id": Text(),
        "license_tier": Choice(TIERS),
        "max_concurrent_campaigns": Integer(0, 10**6),
        "requests_per_minute": Integer(1, 10**9),
        "clients": Listing(_CLIENT),
        "campaigns": Listing(_CAMPAIGN),
    },
    optional=frozenset({"license_tier", "max_concurrent_campaigns", "requests_per_minute", "clients", "campaigns"}),
)
_FILE = Block({"tenants": Listing(_TENANT, 1)})


class TenantsFileError(PacelineError):
    """the tenants file cannot be used"""

    code = "tenants-file"


def demo_tenants() -> str:
    """Return the text of the demo tenant's file."""
    return files("paceline.emulator").joinpath("demo.toml").read_text(encoding="utf-8")


def read_tenants(source: Path | str | None) -> str:
    """Return the text of a tenants file; `source` is a path, the text itself, or None for the demo tenant.

    Raises:
        TenantsFileError: when the file cannot be read.
    """
    if source is None:
        return demo_tenants()
    if isinstance(source, str):
        return source
    try:
        return source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is not text in UTF-8"
        raise TenantsFileError(
            f"cannot read the tenants file {source}: {reason}",
            hint="name a file of tenants with --tenants, or none for the demo tenant",
        ) from wrong


def holdings_of(text: str, *, requests_per_minute: int | None = None) -> Holdings:
    """Return what a tenants file describes; `requests_per_minute` overrides the limit of every tenant.

    Raises:
        TenantsFileError: naming every fault by its place in the file.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise TenantsFileError(f"the tenants file is not TOML: {wrong}") from wrong
    faults = judge(_FILE, document) or _duplicates(document)
    if faults:
        told = "\n".join(f"  {fault.field or 'the file'}: {fault.message}" for fault in faults)
        raise TenantsFileError(
            f"the tenants file has faults:\n{told}", hint="mend the file; every key is in the reference"
        )
    tenants, clients, campaigns = {}, {}, {}
    for entry in document["tenants"]:
        limits = {key: value for key, value in entry.items() if key not in ("clients", "campaigns")}
        if requests_per_minute is not None:
            limits["requests_per_minute"] = requests_per_minute
        tenants[entry["id"]] = Tenant(**limits)
        for client in entry.get("clients", []):
            scopes = tuple(dict.fromkeys(client["scopes"]))
            clients[client["id"]] = Client(**{**client, "tenant": entry["id"], "scopes": scopes})
        for campaign in entry.get("campaigns", []):
            campaigns[campaign["id"]] = campaign_of(entry["id"], campaign, _uuid_of(campaign["id"]))
    return Holdings(tenants, clients, campaigns)


def campaign_of(tenant: str, entry: Json, fresh_uuid: Callable[[str], str]) -> Campaign:
    """Return the campaign of a sound entry; `fresh_uuid` names a schedule that comes without an id."""
    identifier: str = entry["id"]
    schedule = None
    if "schedule" in entry:
        body = dict(entry["schedule"])
        sent_id = body.pop("scheduleId", None)
        schedule = Schedule(id=sent_id or fresh_uuid("schedule"), number=1, body=body)
    return Campaign(
        id=identifier,
        tenant=tenant,
        name=entry.get("name", identifier),
        status=entry.get("status", "STOPPED"),
        locked=entry.get("locked", False),
        revision=entry.get("revision", 1),
        agents=entry.get("agents", 0),
        blocks={name: entry[name] for name in blocks.BLOCKS if name in entry},
        schedule=schedule,
        dialer=entry.get("dialer", {}),
    )


def _uuid_of(campaign: str) -> Callable[[str], str]:
    """Return a maker of one UUID that depends on the campaign alone, so that a reset gives the same."""
    digits = hashlib.sha256(f"schedule:{campaign}".encode()).hexdigest()[:32]
    return lambda _: str(UUID(digits, version=4))


def _duplicates(document: Json) -> Faults:
    faults: Faults = []
    seen: set[tuple[str, str]] = set()

    def once(kind: str, identifier: str, at: str) -> None:
        if (kind, identifier) in seen:
            faults.append(Fault(f"{at}.id", f"{identifier} names another {kind} already"))
        seen.add((kind, identifier))

    for t, tenant in enumerate(document["tenants"]):
        once("tenant", tenant["id"], f"tenants[{t}]")
        for kind in ("clients", "campaigns"):
            for n, entry in enumerate(tenant.get(kind, [])):
                once(kind[:-1], entry["id"], f"tenants[{t}].{kind}[{n}]")
    return faults
