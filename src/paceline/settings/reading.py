"""From everything that was said to one record of settings, or one error that names all that is wrong.

Rules:
* An `api_url` counts over `domain`, and that over `env`, wherever they stand.
* Only where no address is set, not even that of the token endpoint, a running `paceline up` is the platform. Then all
  that belongs to a platform (credentials, tenant, database) is its own: real secrets never go there, and what is tried
  there never gets into a real ledger.
* An address without credentials never gets those of `paceline up`.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from paceline.control.abandonment.policy import Does, GuardPolicy
from paceline.control.approving.policy import Policy
from paceline.cxone.auth import Credentials, Style
from paceline.cxone.outbound_v2.writing import Prefix
from paceline.ledger.entry import Actor
from paceline.primitives.ids import TenantId
from paceline.settings.failures import Fault, SettingsError
from paceline.settings.known import KNOWN
from paceline.settings.record import Local, Remote, Serving, Settings, Telling, sqlite_address
from paceline.settings.running import GoneError, running
from paceline.settings.sources import Layer, chosen, layers, value_of

DATABASE = "paceline.db"
"""The database's file in the data folder, where none is named."""
RECORDS = "records"
"""The folder of call records in the data folder, where none is named."""
CAMPAIGNS = "campaigns.toml"
"""The file of facts in the working folder, where none is named."""
COUNTRIES = ("US",)
"""Where campaigns may call, where nobody says it."""
DEFAULT = "the default"
"""The source of what nobody said."""
_OF_A_PLATFORM = ("api_url", "auth_url", "client_id", "client_secret", "tenant", "database_url")
_BOTH_WAYS = (
    "set PACELINE_API_URL (or CXONE_API_URL, CXONE_DOMAIN, CXONE_ENV) with the client's id and secret, "
    "or start an emulator in another terminal: paceline up"
)


@dataclass(slots=True, kw_only=True)
class _Said:
    """The value of every setting that has one, and where it comes from."""

    values: dict[str, Any] = field(default_factory=dict, repr=False)
    sources: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: object, source: str = DEFAULT) -> None:
        self.values[name], self.sources[name] = value, source


def read_settings(*, flags: Mapping[str, str], environment: Mapping[str, str], folder: Path) -> Settings:
    """Return the settings; nothing but files is looked at beside what is given.

    Args:
        flags: what options said, by the setting's name.
        environment: the variables of the process.
        folder: the working folder.

    Raises:
        SettingsError: a source cannot be read, a name is unknown, or a value is not what its setting takes. What is
            missing for a way to the platform is raised where that is asked for.
    """
    folder = folder.absolute()
    said = _said(layers(flags, environment, folder), home=environment.get("HOME"))
    if said.values.get("data_folder") is None:
        said.put("data_folder", usual_data_folder(environment))
    if said.values.get("campaigns_file") is None and (folder / CAMPAIGNS).exists():
        said.put("campaigns_file", folder / CAMPAIGNS)
    reach = _reach(said)
    set_aside: dict[str, str] = {}
    if isinstance(reach, Local):
        set_aside = {name: said.sources[name] for name in _OF_A_PLATFORM if said.values.get(name) is not None}
        for name in _OF_A_PLATFORM:
            said.put(name, None, reach.source)
        said.put("database_url", reach.database_url, reach.source)
    elif said.values.get("database_url") is None:
        said.put("database_url", sqlite_address(said.values["data_folder"] / DATABASE))
    return _record(said, reach, set_aside)


def _said(told: tuple[Layer, ...], *, home: str | None) -> _Said:
    said = _Said()
    faults: list[Fault] = []
    wrong = None
    for name, known in KNOWN.items():
        found = chosen(name, told)
        if found is None:
            if known.default is not None:
                said.put(name, known.default)
            continue
        try:
            said.put(name, value_of(name, found, home=home), found.source)
        except SettingsError as problem:
            if not problem.faults:
                raise
            wrong = problem
            faults += problem.faults
    if len(faults) > 1:
        raise SettingsError.of(faults, hint="correct them there")
    if wrong is not None:
        raise wrong
    return said


def _reach(said: _Said) -> Remote | Local | SettingsError:
    if said.values.get("api_url") is None:
        if said.values.get("domain") is not None:
            said.put("api_url", f"https://{said.values['domain']}", said.sources["domain"])
        elif said.values.get("env") is not None:
            said.put("api_url", f"https://{said.values['env']}.my.cxone.com", said.sources["env"])
    if said.values.get("api_url") is not None:
        return _remote(said)
    if said.values.get("auth_url") is not None:
        told = f"auth_url is set, from {said.sources['auth_url']}, but the address of the API is not"
        return SettingsError(told, hint=_BOTH_WAYS)
    try:
        there = running(said.values["data_folder"])
    except GoneError as gone:
        return GoneError(f"no platform is named, and {gone.message}", hint=_BOTH_WAYS)
    except SettingsError as unreadable:
        return unreadable
    return there or SettingsError("no platform is named, and no `paceline up` runs here", hint=_BOTH_WAYS)


def _remote(said: _Said) -> Remote | SettingsError:
    source = said.sources["api_url"]
    missing = [name for name in ("client_id", "client_secret") if said.values.get(name) is None]
    if missing:
        told = f"the platform's address is set, from {source}, but not {' and '.join(missing)}"
        return SettingsError(
            told, hint="\n".join(f"set {name}: {' or '.join(KNOWN[name].variables)}" for name in missing)
        )
    if said.values.get("auth_url") is None:
        said.put("auth_url", f"{said.values['api_url']}/oauth/token")
    credentials = Credentials(
        client_id=said.values["client_id"],
        client_secret=said.values["client_secret"],
        style=Style(said.values["token_style"]),
        scope=said.values.get("scope") or "",
    )
    return Remote(
        api_url=said.values["api_url"],
        token_url=said.values["auth_url"],
        credentials=credentials,
        source=source,
    )


def _record(said: _Said, reach: Remote | Local | SettingsError, set_aside: Mapping[str, str]) -> Settings:
    tenant = said.values.get("tenant")
    return Settings(
        reach=reach,
        named_tenant=None if tenant is None else TenantId(tenant),
        prefix=Prefix[said.values["prefix"].upper()],
        actor=_actor(said),
        campaign=said.values.get("campaign"),
        campaigns_file=said.values.get("campaigns_file"),
        countries=said.values.get("countries") or COUNTRIES,
        law_files=tuple(Path(one) for one in said.values.get("law_files") or ()),
        concurrency=said.values["concurrency"],
        requests_per_minute=said.values["requests_per_minute"],
        request_window_s=said.values["request_window_s"],
        attempt_s=said.values["attempt_s"],
        total_s=said.values["total_s"],
        lease_s=said.values["lease_s"],
        approvals=said.values.get("approvals") or Policy(),
        cluster=said.values.get("cluster"),
        guards=GuardPolicy(breach=Does(said.values["guard_breach"]), approach=Does(said.values["guard_approach"])),
        webhook_allow_loopback=said.values["webhook_allow_loopback"] == "yes",
        webhook_hosts=frozenset(filter(None, said.values.get("webhook_hosts", "").split(","))),
        serving=_serving(said),
        telling=_telling(said),
        data_folder=said.values["data_folder"],
        records=said.values.get("records") or said.values["data_folder"] / RECORDS,
        database_url=said.values["database_url"],
        profile=said.values.get("profile"),
        sources=MappingProxyType(said.sources),
        set_aside=MappingProxyType(dict(set_aside)),
    )


def _serving(said: _Said) -> Serving:
    return Serving(
        host=said.values["host"],
        port=said.values["port"],
        behind_tls=said.values["behind_tls"] == "yes",
        proxies=said.values.get("proxies") or Serving().proxies,
        plain_http=said.values["plain_http"] == "yes",
        open_metrics=said.values["open_metrics"] == "yes",
        requests_per_minute=said.values["caller_requests_per_minute"],
        event_streams=said.values["event_streams"],
    )


def _telling(said: _Said) -> Telling:
    return Telling(
        webhook_url=said.values.get("webhook_url"),
        ml_webhook_url=said.values.get("ml_webhook_url"),
        mlflow_url=said.values.get("mlflow_url"),
        mlflow_token=said.values.get("mlflow_token"),
    )


def _actor(said: _Said) -> Actor:
    if said.values.get("actor") is not None:
        return Actor(name=said.values["actor"], known_by="its own word")
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = f"uid {os.getuid()}"
    said.put("actor", name)
    return Actor(name=name, known_by="user of the operating system")


def usual_data_folder(environment: Mapping[str, str]) -> Path:
    """Return the data folder where none is named, as the XDG rules say; a relative `XDG_DATA_HOME` does not count."""
    told = Path(environment.get("XDG_DATA_HOME") or ".")
    if told.is_absolute():
        return told / "paceline"
    try:
        home = environment.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        raise SettingsError("this user has no home folder", hint="set PACELINE_DATA_FOLDER") from None
    return Path(home, ".local", "share", "paceline")
