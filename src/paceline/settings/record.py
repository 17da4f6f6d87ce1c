"""The settings as one record: what commands and `bootstrap` are given. No secret is in its text form.

What is missing for a way to the platform is an error only when that way is asked for: the ledger can be read without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from paceline.control.abandonment.policy import GuardPolicy
from paceline.control.approving.policy import Policy
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.writing import Prefix
from paceline.ledger.entry import Actor
from paceline.primitives.ids import CampaignId, TenantId
from paceline.settings.failures import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A platform whose address was set; `source` says where, in words."""

    api_url: str
    token_url: str
    credentials: Credentials
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """The emulator of a running `paceline up`, its process and its own database; no address was set anywhere.

    `service_url` is where its service answers, None where it has none.
    """

    api_url: str
    token_url: str
    credentials: Credentials
    database_url: str = field(repr=False)
    pid: int
    service_url: str | None = None

    @property
    def source(self) -> str:
        """Where the address comes from, in words."""
        return f"the running `paceline up` (process {self.pid})"


def own_tenant(platform: Remote | Local) -> TenantId:
    """Return the tenant where none is named: the API's host, with its port where that is no usual one, and the client.

    >>> own_tenant(
    ...     Remote(
    ...         api_url="https://API.example.com:443",
    ...         token_url="https://api.example.com/oauth/token",
    ...         credentials=Credentials(client_id="client-1", client_secret="invented"),
    ...         source="an example",
    ...     )
    ... )
    'api.example.com/client-1'
    """
    parts = urlsplit(platform.api_url)
    usual = {"http": ":80", "https": ":443"}[parts.scheme]
    return TenantId(f"{parts.netloc.lower().removesuffix(usual)}/{platform.credentials.client_id}")


def sqlite_address(path: Path) -> str:
    """Return the address of the SQLite database in this file, whatever letters the path has."""
    return f"sqlite:///{quote(str(path), safe='/')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where and how the service listens.

    Attributes:
        host: the address to listen on.
        port: 0 takes a free one.
        behind_tls: whether people reach it by https only, through a proxy.
        proxies: the networks that the proxy asks from.
        plain_http: whether it may be reached from other machines without TLS.
        open_metrics: whether `/metrics` needs no key.
        requests_per_minute: how many requests one caller may make in any minute.
        event_streams: how many may be open at once in one process.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    behind_tls: bool = False
    proxies: tuple[str, ...] = ("127.0.0.1/32", "::1/128")
    plain_http: bool = False
    open_metrics: bool = True
    requests_per_minute: int = 1200
    event_streams: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Whom else is told, beside the subscribers.

    Attributes:
        webhook_url: whom `webhook add` tells where no address is given.
        ml_webhook_url: where the platform itself sends that weights were tuned.
        mlflow_url: the server that runs are sent to.
        mlflow_token: for it.
    """

    webhook_url: str | None = field(default=None, repr=False)
    ml_webhook_url: str | None = field(default=None, repr=False)
    mlflow_url: str | None = None
    mlflow_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, judged; `known` in this package says what each is for.

    Attributes:
        reach: the platform, or why there is none; `platform` is the way to ask.
        named_tenant: the tenant, None when nobody names one; `tenant` is the way to ask.
        campaigns_file: None when none is named and none lies in the working folder.
        countries: where a campaign may call that nobody declared regions of, ISO 3166-1.
        law_files: the operator's own files of rules.
        cluster: address of the scheduler whose workers play days; None is threads of this machine.
        guards: what is done by itself on a breach of a ceiling, and on an approach.
        serving: where and how the service listens.
        telling: whom else is told, beside the subscribers.
        requests_per_minute: requests in any `request_window_s`; 0 is no limit of our own.
        database_url: may hold a password.
        records: where imported call records are kept.
        sources: where each value comes from, in words, by the setting's name; what has no value is not in it.
        set_aside: where those values come from that are not used, because a running `paceline up` has its own.
    """

    reach: Remote | Local | SettingsError
    named_tenant: TenantId | None
    prefix: Prefix
    actor: Actor
    campaign: CampaignId | None
    campaigns_file: Path | None
    countries: tuple[str, ...]
    law_files: tuple[Path, ...]
    concurrency: int
    requests_per_minute: int
    request_window_s: float
    attempt_s: float
    total_s: float
    lease_s: float
    webhook_allow_loopback: bool
    webhook_hosts: frozenset[str]
    approvals: Policy
    cluster: str | None
    guards: GuardPolicy
    serving: Serving
    telling: Telling
    data_folder: Path
    records: Path
    database_url: str = field(repr=False)
    profile: str | None
    sources: Mapping[str, str]
    set_aside: Mapping[str, str] = field(default_factory=dict)

    @property
    def platform(self) -> Remote | Local:
        """The platform's address and our credentials there.

        Raises:
            SettingsError: there is no address and no running `paceline up`, or an address without credentials.
        """
        if isinstance(self.reach, SettingsError):
            # A new one each time: an error remembers where it was raised.
            raise type(self.reach)(self.reach.message, hint=self.reach.hint, faults=self.reach.faults)
        return self.reach

    @property
    def tenant(self) -> TenantId:
        """Whose ledger it is.

        Raises:
            SettingsError: none is named, and there is no platform to make it from.
        """
        return own_tenant(self.platform) if self.named_tenant is None else self.named_tenant

    @property
    def source_of_address(self) -> str | None:
        """Where the platform's address comes from, in words; None when there is no way to the platform."""
        return None if isinstance(self.reach, SettingsError) else self.reach.source
