"""The closed list of settings, as data: what the reference prints is what is read.

A setting `name` is the key `name` in a file, the variable `PACELINE_NAME` in the environment, and an option where a
command has it. Some are read from variables of other programs too, ours first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paceline.settings import kinds
from paceline.settings.approval_table import APPROVALS
from paceline.settings.kinds import Kind
from paceline.settings.lists import ADDRESS_LIST, COUNTRY_LIST, PATH_LIST

OURS = "PACELINE_"
"""How our variables begin; one that begins so and is not known is an error."""
FILE_NAME = "paceline.toml"
"""The file that is read when it lies in the working folder and no other is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A setting.

    Attributes:
        name: as in the file.
        kind: what its value may be.
        says: what it is for, one sentence or more.
        default: the value when nobody says anything; None when there is none, or when it depends on others.
        default_words: the default for people, where the value alone does not say it.
        unit: what its number counts, empty when it is none.
        also: variables of other programs that are read too, in this order.
        secret: whether it is no option, for other users see the words of a command.
        by_file: whether it may be read from a file that `name_file` names.
        chooses: whether it chooses what is read, and so cannot stand in a file of settings.
        in_file_only: whether it stands in a file of settings alone, because no line of text could hold it.
    """

    name: str
    kind: Kind
    says: str
    default: str | float | None = None
    default_words: str = ""
    unit: str = ""
    also: tuple[str, ...] = ()
    secret: bool = False
    by_file: bool = False
    chooses: bool = False
    in_file_only: bool = False

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables it is read from, the first that is set counts."""
        if self.in_file_only:
            return ()
        names = (f"{OURS}{self.name.upper()}", *self.also)
        return tuple(name for plain in names for name in ([plain, f"{plain}_FILE"] if self.by_file else [plain]))

    @property
    def option(self) -> str | None:
        """How it is written as an option; None for a secret, and for what stands in a file alone."""
        return None if self.secret or self.in_file_only else f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """A row of the reference, all in words; `unit` is empty where nothing is counted."""

    name: str
    takes: str
    default: str
    unit: str
    says: str
    variables: tuple[str, ...]


_ADDRESS = (
    Known(
        name="api_url", kind=kinds.ORIGIN, also=("CXONE_API_URL",), default_words="what `domain` or `env` say",
        says="Where the platform's API is; without any address the commands talk to a running `paceline up`.",
    ),
    Known(
        name="auth_url", kind=kinds.ENDPOINT, also=("CXONE_AUTH_URL",), default_words="`/oauth/token` of the API",
        says="The complete address of the token endpoint; an origin alone gets the path `/oauth/token`.",
    ),
    Known(
        name="domain", kind=kinds.DOMAIN, also=("CXONE_DOMAIN",), default_words="none",
        says="The platform's host, by https; used only when no `api_url` is set, and before `env`.",
    ),
    Known(
        name="env", kind=kinds.ENV, also=("CXONE_ENV",), default_words="none",
        says="Stands for `https://{env}.my.cxone.com`; used only when neither `api_url` nor `domain` is set.",
    ),
    Known(
        name="prefix", kind=kinds.one_of("outbound", "short"), default="outbound",
        says="Which of the platform's two addresses of a campaign is used: "
        "`/api/v2/outbound/campaigns` or `/api/v2/campaigns`.",
    ),
    Known(
        name="tenant", kind=kinds.text(200), default_words="host of the API and client id: `api.example.com/client-1`",
        says="Whose campaigns these are; each tenant has a ledger of its own.",
    ),
)  # fmt: skip
_CREDENTIALS = (
    Known(
        name="client_id", kind=kinds.text(1024), also=("CXONE_CLIENT_ID",), default_words="none",
        says="The client that tokens are asked for with.",
    ),
    Known(
        name="client_secret", kind=kinds.text(), also=("CXONE_CLIENT_SECRET",), default_words="none",
        secret=True, by_file=True,
        says="The client's secret; no option takes it, for other users see the words of a command.",
    ),
    Known(
        name="token_style", kind=kinds.one_of("form", "basic"), default="form",
        says="Where the credentials stand in a token request: in the form, or in HTTP Basic.",
    ),
    Known(
        name="scope", kind=kinds.text(1024), default_words="all that the client has",
        says="What a token is asked for, words with a blank between them.",
    ),
    Known(
        name="actor", kind=kinds.text(200), default_words="the user of the operating system",
        says="Who is named in the ledger; there it says that this was known by the actor's own word.",
    ),
)  # fmt: skip
_WORK = (
    Known(
        name="campaign", kind=kinds.CAMPAIGN, also=("CXONE_CAMPAIGN_ID", "TARGET_CAMPAIGN_ID", "CAMPAIGN_ID"),
        default_words="none", says="The campaign of a command that names none.",
    ),
    Known(
        name="campaigns_file", kind=kinds.PATH, default_words="`campaigns.toml` in the working folder, if there",
        says="What the platform does not know about campaigns: purpose, regions, labels, limits.",
    ),
    Known(
        name="countries", kind=COUNTRY_LIST, default_words="`US`",
        says="Where a campaign may call that nobody declared regions of: every region of these countries is assumed.",
    ),
    Known(
        name="law_files", kind=PATH_LIST, default_words="none",
        says="Your own files of rules, calendars and regions, which stand beside those of paceline and take none of "
        "them away; a folder stands for the `.toml` files in it.",
    ),
    Known(
        name="concurrency", kind=kinds.whole(1, 64), default=8, unit="changes",
        says="How many campaigns of a fleet are changed at once.",
    ),
    Known(
        name="requests_per_minute", kind=kinds.whole(0, 1_000_000), default=100, unit="requests in a window",
        says="How many requests we allow ourselves in any `request_window_s`, which is a minute unless it is set; "
        "0 is no limit of our own. `paceline up` has its emulator allow as many.",
    ),
    Known(
        name="request_window_s", kind=kinds.above_zero(3600), default=60.0, unit="seconds",
        says="The window in which `requests_per_minute` are counted.",
    ),
    Known(
        name="attempt_s", kind=kinds.above_zero(3600), default=15.0, unit="seconds",
        says="How long one attempt at a request may take.",
    ),
    Known(
        name="total_s", kind=kinds.above_zero(86_400), default=60.0, unit="seconds",
        says="How long all attempts at a request may take together, the time in line for a turn not counted.",
    ),
    Known(
        name="lease_s", kind=kinds.above_zero(10), default=10.0, unit="seconds",
        says="How long a worker holds what it works on without a sign of life.",
    ),
    Known(
        name="webhook_allow_loopback", kind=kinds.one_of("no", "yes"), default="no",
        says="Whether messages may go to this machine itself, by http too: for development only.",
    ),
    Known(
        name="webhook_hosts", kind=kinds.HOSTS, default_words="every public host",
        says="The exact hosts that messages may be sent to, and no others; what is subscribed already and is not among "
        "them is told nothing more.",
    ),
    Known(
        name="cluster", kind=kinds.text(200), default_words="none: threads of this machine",
        says="The Dask scheduler whose workers play the days of `optimise`, such as `tcp://10.0.0.5:8786`; wants the "
        "extra `cluster`, and the same paceline on every machine.",
    ),
    Known(
        name="webhook_url", kind=kinds.text(2048), also=("CXONE_WEBHOOK_URL", "WEBHOOK_URL"), default_words="none",
        secret=True, by_file=True,
        says="Whom `paceline webhook add` tells where no address is given; its path may be a secret of the receiver's.",
    ),
    Known(
        name="ml_webhook_url", kind=kinds.RECEIVER, also=("ML_WEBHOOK_URL",), default_words="none",
        secret=True, by_file=True,
        says="Where the platform itself sends `campaign.predictive.tuned`; registered there once, before the first "
        "change of weights.",
    ),
    Known(
        name="mlflow_url", kind=kinds.ORIGIN, default_words="none: no runs are sent",
        says="The MLflow server that a worker sends runs to: fitted twins, changes of weights, what came of them.",
    ),
    Known(
        name="mlflow_token", kind=kinds.text(), default_words="none", secret=True, by_file=True,
        says="The token for that server; no option takes it, for other users see the words of a command.",
    ),
    Known(
        name="guard_breach", kind=kinds.one_of("progressive", "pause", "tell"), default="progressive",
        says="What the worker does with an active campaign that breaches a ceiling of abandonment, measured: ease it "
        "off to progressive dialing (and pause it where that cannot be), pause it, or only tell.",
    ),
    Known(
        name="guard_approach", kind=kinds.one_of("tell", "progressive", "pause"), default="tell",
        says="What the worker does with one that is more likely than not to end its legal period above a ceiling, or "
        "has used 80 of 100 of the calls that may be abandoned in it.",
    ),
    Known(
        name="approvals", kind=APPROVALS, default_words="no change wants approval", in_file_only=True,
        says="Which changes wait for approval by a second person, a table of the file: `rules`, each with `kinds` and, "
        "where only large changes are meant, `campaigns`, the least number of campaigns in one command; `approvers`, "
        "who may approve, everybody else when not said; `within_s`, how long a change waits, 86400 seconds when not "
        "said. No rule may fit a pause, a stop or a freeze. A profile's table counts over the file's as a whole.",
    ),
)  # fmt: skip
_SERVICE = (
    Known(
        name="host", kind=kinds.HOST, default="127.0.0.1",
        says="Where the service listens; beyond this machine only with `behind_tls` or `plain_http`.",
    ),
    Known(
        name="port", kind=kinds.whole(0, 65_535), default=8080, unit="the number of a port",
        says="The service's port; 0 takes a free one.",
    ),
    Known(
        name="behind_tls", kind=kinds.one_of("no", "yes"), default="no",
        says="Whether people reach the service by https only, through a proxy of yours: cookies are then for https "
        "alone, browsers are told so, and the proxy's word is taken for who asks.",
    ),
    Known(
        name="proxies", kind=ADDRESS_LIST, default_words="`127.0.0.1`, `::1`",
        says="Where that proxy asks from; only from there `X-Forwarded-For` is believed.",
    ),
    Known(
        name="plain_http", kind=kinds.one_of("no", "yes"), default="no",
        says="Whether the service may be reached from other machines without TLS, where keys and cookies can be read "
        "on the way.",
    ),
    Known(
        name="open_metrics", kind=kinds.one_of("no", "yes"), default="yes",
        says="Whether `/metrics` needs no key.",
    ),
    Known(
        name="caller_requests_per_minute", kind=kinds.whole(1, 1_000_000), default=1200, unit="requests in a minute",
        says="How many requests to the service one caller may make in any minute; each process counts for itself.",
    ),
    Known(
        name="event_streams", kind=kinds.whole(1, 10_000), default=500, unit="streams",
        says="How many event streams may be open at once in one process of the service.",
    ),
)  # fmt: skip
_PLACES = (
    Known(
        name="data_folder", kind=kinds.PATH, default_words="`$XDG_DATA_HOME/paceline`, else `~/.local/share/paceline`",
        says="Where the database lies when none is named, and what a running `paceline up` tells of itself; "
        "made for its owner only.",
    ),
    Known(
        name="records", kind=kinds.PATH, default_words="`records` in the data folder",
        says="Where imported call records are kept, in a folder for each tenant and campaign; made for its owner only.",
    ),
    Known(
        name="database_url", kind=kinds.DATABASE, default_words="SQLite: `paceline.db` in the data folder",
        by_file=True,
        says="Where the ledger and all else is kept; a running `paceline up` has a database of its own. The file of "
        "`sqlite:///NAME` starts in the working folder.",
    ),
    Known(
        name="config", kind=kinds.PATH, default_words=f"`{FILE_NAME}` in the working folder, if there", chooses=True,
        says="The file of settings.",
    ),
    Known(
        name="profile", kind=kinds.text(200), default_words="none", chooses=True,
        says="Which table `[profiles.NAME]` of the file counts over its top-level keys.",
    ),
    Known(
        name="env_file", kind=kinds.PATH, default_words="none", chooses=True,
        says="A file of lines `KEY=VALUE` that stand behind the environment and before the file of settings.",
    ),
)  # fmt: skip

KNOWN = {known.name: known for known in (*_ADDRESS, *_CREDENTIALS, *_WORK, *_SERVICE, *_PLACES)}
"""Every setting by its name, in the order of the reference."""

OF_THE_LIBRARY = {
    "HTTPS_PROXY": "The proxy through which https addresses are reached.",
    "NO_PROXY": "Hosts that are reached without the proxy, with commas between them.",
    "SSL_CERT_FILE": "The certificates that are trusted, in PEM, instead of the system's.",
}
"""Variables that the HTTP library reads by itself, and what they do there."""


def keys() -> Iterator[tuple[str, Known]]:
    """Yield every key that a file of settings may hold, with its setting."""
    for known in KNOWN.values():
        if not known.chooses:
            yield known.name, known
            if known.by_file:
                yield f"{known.name}_file", known


def documented() -> tuple[Documented, ...]:
    """Return the rows of the reference: every setting, then what the HTTP library reads."""
    rows = [
        Documented(
            name=known.name,
            takes=known.kind.words,
            default=known.default_words or f"`{known.default}`",
            unit=known.unit,
            says=known.says,
            variables=known.variables,
        )
        for known in KNOWN.values()
    ]
    rows += [
        Documented(name="", takes="what the HTTP library takes", default="none", unit="", says=says, variables=(name,))
        for name, says in OF_THE_LIBRARY.items()
    ]
    return tuple(rows)
