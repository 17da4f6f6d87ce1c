"""`paceline serve`: the HTTP service with its pages, in the foreground.

| how it ended | exit |
| --- | --- |
| told to end by SIGTERM | 0 |
| Ctrl-C | 130 |
| it could not start | 1 |
"""

from __future__ import annotations

import ipaddress
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.cli.configured import Configured, settings_of
from paceline.cli.loading import loading
from paceline.cli.speaking import Log, Voice, logged
from paceline.cli.told_to_end import End
from paceline.cli.work import database_of
from paceline.control.adoption import Adopt
from paceline.primitives.clock import MachineClock
from paceline.primitives.errors import PacelineError

if TYPE_CHECKING:  # the server's libraries, and pydantic, load only when it serves
    from paceline.bootstrap import System
    from paceline.service.options import Options
    from paceline.service.server import Listening
    from paceline.settings import Settings
    from paceline.settings.record import Serving
    from paceline.telemetry.collector import Budget

PATIENCE_S = 20.0
"""How long one request to the platform is tried: whoever asked the service is waiting, and may ask again."""
PORT = Parameter(validator=validators.Number(gte=0, lte=65535))
"""A port."""


class ExposedError(PacelineError):
    """the service would be reached from other machines in plain http"""

    code = "service-exposed"


def serve(
    *,
    host: str | None = None,
    port: Annotated[int | None, PORT] = None,
    behind_tls: Annotated[bool, Parameter(negative=())] = False,
    plain_http: Annotated[bool, Parameter(negative=())] = False,
    log: Log | None = None,
    configured: Configured | None = None,
) -> int:
    """Serve the HTTP API and the pages until SIGTERM or Ctrl-C; any number may serve on one PostgreSQL.

    It delivers nothing and waits for nothing: `paceline work` does, and has to run somewhere on the same database.
    When it is told to end, it takes no more connections, ends event streams, and waits for the requests that run.

    Parameters
    ----------
    host
        Address to listen on, as the setting `host`; this machine only when nothing is said.
    port
        Port to listen on, as the setting `port`: 8080 when nothing is said; 0 takes a free one.
    behind_tls
        People reach it by https only, through a proxy; as the setting.
    plain_http
        Other machines may reach it without TLS, where keys and cookies can be read on the way; as the setting.
    log
        How the log on standard error looks: text where a person watches, else JSON.
    """
    said = {"host": host, "port": None if port is None else str(port)}
    said |= {"behind_tls": "yes" if behind_tls else None, "plain_http": "yes" if plain_http else None}
    settings = settings_of(configured, {name: told for name, told in said.items() if told is not None})
    refuse_exposed(settings.serving)
    with logged(log, settings) as voice:
        end = _serve(settings, voice)
        voice.say("ended", {})
    return end.code


def refuse_exposed(serving: Serving) -> None:
    """Let pass what stays on this machine, is behind TLS, or was said to go without.

    Raises:
        ExposedError: none of that.
    """
    if serving.behind_tls or serving.plain_http or _is_loopback(serving.host):
        return
    raise ExposedError(
        f"on {serving.host} other machines would reach the service in plain http: keys and cookies could be read and "
        "used on the way",
        hint="put a proxy with TLS before it and say --behind-tls; or say --plain-http where the network is yours",
    )


def options_of(serving: Serving) -> Options:
    """Return how the service behaves by these settings."""
    from paceline.service.options import Options

    return Options(
        behind_tls=serving.behind_tls,
        open_metrics=serving.open_metrics,
        requests_per_minute=serving.requests_per_minute,
        streams=serving.event_streams,
    )


def listening_of(serving: Serving) -> Listening:
    """Return where the service listens by these settings; only behind TLS a proxy's word is taken."""
    from paceline.service.server import Listening

    return Listening(host=serving.host, port=serving.port, proxies=serving.proxies if serving.behind_tls else ())


def budget_of(settings: Settings) -> Budget | None:
    """Return how many requests we allow ourselves at the platform, for the metrics; None without a limit of our own."""
    from paceline.cxone.throttle import Allowance
    from paceline.settings.record import own_tenant
    from paceline.telemetry.collector import Budget

    if settings.requests_per_minute == 0:
        return None
    allowance = Allowance(limit=settings.requests_per_minute, window_s=settings.request_window_s)
    return Budget(allowance=allowance, client=own_tenant(settings.platform))


def _serve(settings: Settings, voice: Voice) -> End:
    with ExitStack() as loaded:
        loaded.enter_context(loading())
        from paceline.bootstrap import diagnosis_of, system_of
        from paceline.service.app import application
        from paceline.service.server import ServiceServer
        from paceline.telemetry.attempts import AttemptCounts
        from paceline.telemetry.collector import Process

        end, attempts = End(), AttemptCounts(MachineClock())
        with system_of(
            settings,
            patience_s=PATIENCE_S,
            adopt=Adopt.TRY,
            notice=lambda words: voice.warn("notice", {"told": words}),
            heard=attempts.hear,
        ) as system:
            process, options = Process(attempts=attempts), options_of(settings.serving)
            app = application(
                system, options, process=process, budget=budget_of(settings), diagnose=partial(diagnosis_of, settings)
            )
            server = ServiceServer(app, listening_of(settings.serving))
            server.heed_signals()
            _announce(settings, system, server.url, voice)
            loaded.close()
            server.serve()
            end.told_by = server.told_by
    return end


def _announce(settings: Settings, system: System, url: str, voice: Voice) -> None:
    voice.say(
        "serving",
        {
            "url": url,
            "database": database_of(settings),
            "tenant": settings.tenant,
            "platform": settings.platform.api_url,
        },
    )
    if not system.access.keys():
        voice.warn("nobody has a key yet", {"hint": "paceline keys add NAME --role administrator"})


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
