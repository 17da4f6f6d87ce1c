"""`paceline preflight`: what a setting of the dialer would do, computed exactly before anything is sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import show_data
from paceline.cli.whole import whole
from paceline.cli.words import UsageError

if TYPE_CHECKING:
    from paceline.teletraffic.preflight import Preflight, Setting

_OPTIONS = {"ring_answered_s": "--ring-s"}
"""Options whose name is not that of the parameter."""
_LONGEST_MS = 86_400_000


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the campaign."""

    agents: Annotated[int, Parameter(converter=whole)]
    """Agents logged in."""
    answer_rate: float
    """Share of dials that a person answers, a fraction."""
    handle_s: float
    """Mean talk plus wrap-up, seconds."""
    ring_s: float
    """Mean ringing of a dial that is answered, seconds."""
    ring_unanswered_s: float | None = None
    """Mean ringing of a dial that is not answered, seconds; as --ring-s without."""
    patience_s: float = 0.0
    """How long an answer waits for an agent, seconds; a connection after more than two counts as abandoned."""
    limit: float = 0.03
    """Share of the answers that may be abandoned, a fraction; at most the 0.03 of the law."""


def preflight(
    *,
    known: Known,
    lines: Annotated[int | None, Parameter(converter=whole)] = None,
    interval_ms: float | None = None,
    ratio: float | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Say what a setting would do: occupancy, abandoned calls, and whether it stays within the limit.

    Nothing is read and nothing is sent. Exit code 0 when the setting stays within the limit, 3 when it does not.

    Parameters
    ----------
    lines
        A fixed number of lines, each dialled again at once when free (Engset).
    interval_ms
        A dial every so many milliseconds, whatever the agents do (Erlang B).
    ratio
        Lines for each agent, busy ones included (Engset). With none of these three: one line for each idle agent.
    """
    from paceline.teletraffic.errors import ParameterError
    from paceline.teletraffic.preflight import Decision, Setting
    from paceline.teletraffic.preflight import preflight as judge

    _refuse_what_is_no_setting(known, lines=lines, interval_ms=interval_ms, ratio=ratio)
    try:
        setting = Setting(**asdict(known))
        judged = judge(setting, lines=lines, interval_ms=interval_ms, ratio=ratio)
    except ParameterError as off:
        option = _OPTIONS.get(off.field, f"--{off.field.replace('_', '-')}")
        raise UsageError(f"{option} is {off.found}; it must be {off.bound}", hint=off.hint) from off
    output = (everywhere or Everywhere()).output
    if output is Output.TABLE:
        for line in _table(setting, judged):
            print(line)
    else:
        show_data(judged.document(), output, names=[judged.decision.value])
    return exits.DONE if judged.decision is Decision.ALLOWED else exits.REFUSED


def _refuse_what_is_no_setting(
    known: Known, *, lines: int | None, interval_ms: float | None, ratio: float | None
) -> None:
    from paceline.teletraffic.preflight import LIMIT

    if sum(said is not None for said in (lines, interval_ms, ratio)) > 1:
        raise UsageError("--lines, --interval-ms and --ratio go one at a time")
    if interval_ms is not None and not 0 < interval_ms <= _LONGEST_MS:
        raise UsageError(f"--interval-ms is {interval_ms:g}; it must be above 0 to {_LONGEST_MS:,}")
    if not 0 <= known.limit <= LIMIT:
        raise UsageError(
            f"--limit is {known.limit:g}; it must be from 0 to the law's {LIMIT:g}: tighter, never looser",
            hint="16 CFR 310.4(b)(4) and 47 CFR 64.1200(a)(7) allow 3 % of the calls that a person answers",
        )


def _table(setting: Setting, judged: Preflight) -> list[str]:
    rows = [
        ("setting", _setting_words(setting, judged)),
        ("model", judged.model.value),
        ("occupancy", f"{judged.utilisation:.1%}"),
        ("abandoned", f"{judged.abandonment:.2%} of answered calls; the limit is {judged.limit:.2%}"),
    ]
    if judged.late > 0:
        rows.append(("late", f"{judged.late:.2%} connected after more than two seconds, which counts as abandoned"))
    rows += [("within the limit", _most_words(setting, judged)), ("best possible", _best_words(setting, judged))]
    rows.append(("decision", f"{judged.decision.value}: {_reason(judged)}"))
    return [f"{name:<18}{told}" for name, told in rows if told]


def _setting_words(setting: Setting, judged: Preflight) -> str:
    if judged.interval_s is not None:
        return f"a dial every {judged.interval_s * 1000:g} ms for {setting.agents} agents"
    if judged.most_lines is None:
        return f"one line for each idle agent of {setting.agents}"
    return f"{judged.lines} lines for {setting.agents} agents"


def _most_words(setting: Setting, judged: Preflight) -> str:
    if judged.most_lines is not None:
        return f"at most {judged.most_lines} lines, {judged.most_lines / setting.agents:.4g} for each agent"
    if judged.interval_s is None:
        return ""
    if judged.shortest_interval_s is None:
        return "no interval at all"
    import math

    return f"at least {math.ceil(judged.shortest_interval_s * 1000)} ms from dial to dial"


def _best_words(setting: Setting, judged: Preflight) -> str:
    """Return what the best dialer reaches, by the law of the idle agents; nothing where the law says nothing near."""
    from paceline.teletraffic.errors import ParameterError
    from paceline.teletraffic.idle_agents import ABANDONMENT, idle_agents, is_near

    alike = setting.ring_unanswered_s in {None, setting.ring_s} and setting.patience_s == 0
    if setting.limit != ABANDONMENT or not alike:
        return ""
    if not is_near(setting.agents, setting.answer_rate, setting.handle_s, setting.ring_s):
        return ""
    try:
        law = idle_agents(setting.agents, setting.handle_s, setting.ring_s)
    except ParameterError:
        return ""
    if judged.decision.value == "allowed" and judged.utilisation > law.utilisation:
        return ""  # what is judged does better than a law that is only near
    return f"about {law.utilisation:.0%} occupancy, by a dialer that looks at its idle agents"


def _reason(judged: Preflight) -> str:
    share, limit = judged.abandonment + judged.late, judged.limit
    if share <= limit:
        return "nobody is abandoned" if share == 0 else "within the limit in the long run, if these means are true"
    return f"{share:.2%} is more than {limit:.2%}"
