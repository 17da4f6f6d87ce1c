"""A scenario from TOML: every key is known, typed and bounded, and the first that is not is named.

The shortest file has `[agents]`, `[handle]`, `[answer]` and `[pacing]`; docs/background/simulation.md lists every key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from paceline.simulation.checks import PARAMETERS, TICKED, check_scenario
from paceline.simulation.distributions import Duration, Family, checked
from paceline.simulation.errors import ScenarioError
from paceline.simulation.scenario import (
    INFINITE,
    Answer,
    Break,
    Change,
    Detection,
    Drain,
    Lines,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Shift,
    Unanswered,
    Window,
)
from paceline.simulation.tables import Table

_WITHOUT_CV = frozenset({Family.EXPONENTIAL, Family.DETERMINISTIC})
_WHOLE = frozenset({"lines", "memory_dials", "intensity", "level_target"})
_FLAGS = frozenset({"even", "carried"})
_LISTS = frozenset({"table", "table_above"})


def read_scenario(source: Path | str) -> Scenario:
    """Return the scenario in a TOML file, or in TOML text, checked.

    Args:
        source: a path is a file; a string is the text itself.

    Raises:
        ScenarioError: naming the field, the value and the bound; or the line where it is no TOML.
        UnstableScenarioError: when its queue would grow without limit.

    >>> found = read_scenario('''
    ... [agents]
    ... count = 50
    ... [handle]
    ... mean_s = 180
    ... [answer]
    ... probability = 0.3
    ... ring_answered_s = 10
    ... ring_unanswered_s = 25
    ... ''')
    >>> found.agents, found.talk.mean_s, found.patience.seconds, found.pacing
    (50, 180.0, 2.0, None)
    """
    try:
        document = tomllib.loads(source if isinstance(source, str) else source.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as wrong:
        raise ScenarioError("the file", str(wrong), "TOML") from wrong
    except (OSError, UnicodeDecodeError) as wrong:
        raise ScenarioError("the file", str(source), f"readable text ({wrong})") from wrong
    except (ValueError, RecursionError) as wrong:  # a whole number too long to be read, or lists in lists without end
        raise ScenarioError("the file", str(wrong), "TOML that can be read") from wrong
    return scenario_in(document)


def scenario_in(document: Mapping[str, object]) -> Scenario:
    """Return the scenario in a document with the keys of the TOML file, checked.

    Raises:
        ScenarioError: naming the field, the value and the bound.
        UnstableScenarioError: when its queue would grow without limit.
    """
    root = Table("", document)
    scenario = _scenario(root)
    root.close()
    return check_scenario(scenario)


def _scenario(root: Table) -> Scenario:
    agents = root.table("agents")
    count = agents.whole("count")
    agents.close()
    talk = root.optional("handle") or root.optional("talk")
    if talk is None:
        raise ScenarioError("handle", None, "a table with the mean of talk and wrap-up together")
    limit = root.optional("limit") or Table("limit", {})
    window = limit.text("window", "")
    if window not in {"", "day", "30d"}:
        raise ScenarioError("limit.window", window, '"day" or "30d", or left out')
    abandonment = limit.number("abandonment", 0.03)
    limit.close()
    pacing, detection = root.optional("pacing"), root.optional("detection")
    wrap, greeting = root.optional("wrap"), root.optional("greeting")
    return Scenario(
        agents=count,
        talk=_duration(talk),
        answer=_answer(root.table("answer")),
        wrap=None if wrap is None else _duration(wrap),
        unanswered=_unanswered(root.optional("unanswered")),
        detection=None if detection is None else _detection(detection),
        greeting=None if greeting is None else _duration(greeting),
        patience=_patience(root.optional("patience")),
        pacing=None if pacing is None else _pacing(pacing),
        records=_records(root.optional("list")),
        lines=_lines(root.optional("lines")),
        shifts=tuple(_shift(one) for one in root.tables("shifts")),
        breaks=tuple(_break(one) for one in root.tables("breaks")),
        changes=tuple(_change(one) for one in root.tables("changes")),
        limit=abandonment,
        window=Window(window) if window else None,
        run=_run(root.optional("run")),
    )


def _duration(table: Table) -> Duration:
    family = Family(table.text("distribution", "exponential", choices=[one.value for one in Family]))
    if family in _WITHOUT_CV and table.has("cv"):
        raise ScenarioError(f"{table.name}.cv", table.number("cv"), f"left out: {family} has none to choose")
    duration = Duration(family=family, mean_s=table.number("mean_s"), cv=table.number("cv", 1.0))
    table.close()
    return checked(table.name, duration)


def _ring(table: Table, key: str, family: Family, cv: float) -> Duration:
    """A mean with the distribution of its section, or a table with one of its own."""
    inner = table.number_or_table(key)
    if isinstance(inner, Table):
        return _duration(inner)
    try:
        return checked(key, Duration(family=family, mean_s=inner, cv=cv))
    except ScenarioError as off:  # told by the keys of the file: the mean stands under the key itself
        named = "cv" if off.field == f"{key}.cv" else key
        raise ScenarioError(f"{table.name}.{named}", off.found, off.bound) from off


def _answer(table: Table) -> Answer:
    family = Family(table.text("distribution", "exponential", choices=[one.value for one in Family]))
    cv = table.number("cv", 1.0)
    answer = Answer(
        probability=table.number("probability"),
        ring_answered=_ring(table, "ring_answered_s", family, cv),
        ring_unanswered=_ring(table, "ring_unanswered_s", family, cv),
        timeout_s=table.number("timeout_s", INFINITE),
        by_time=table.numbers("by_time", (1.0,)),
        by_attempt=table.numbers("by_attempt", (1.0,)),
        by_day=table.numbers("by_day", (1.0,)),
        concentration=table.number("concentration", INFINITE),
    )
    table.close()
    return answer


def _unanswered(table: Table | None) -> Unanswered:
    if table is None:
        return Unanswered()
    ring = None
    if table.has("machine_ring_s"):
        ring = _ring(table, "machine_ring_s", Family.EXPONENTIAL, 1.0)
    shares = Unanswered(
        machine=table.number("machine", 0.0),
        busy=table.number("busy", 0.0),
        failed=table.number("failed", 0.0),
        machine_ring=ring,
        busy_s=table.number("busy_s", 2.5),
        failed_s=table.number("failed_s", 2.5),
    )
    table.close()
    return shares


def _detection(table: Table) -> Detection:
    detection = Detection(
        sensitivity=table.number("sensitivity"),
        specificity=table.number("specificity"),
        machine_handle_s=table.number("machine_handle_s", 8.0),
    )
    table.close()
    return detection


def _patience(table: Table | None) -> Patience:
    if table is None:
        return Patience()
    choices = [Family.DETERMINISTIC.value, Family.EXPONENTIAL.value]
    family = Family(table.text("distribution", "deterministic", choices=choices))
    patience = Patience(seconds=table.number("seconds", infinite=True), family=family)
    table.close()
    return patience


def _pacing(table: Table) -> Pacing:
    policy = Policy(table.text("policy", choices=[one.value for one in Policy]))
    known = PARAMETERS[policy] | (frozenset() if policy in TICKED else {"tick_s"})
    given: dict[str, object] = {}
    for name in sorted(known):
        if not table.has(name):
            continue
        if name in _WHOLE:
            given[name] = table.whole(name)
        elif name in _FLAGS:
            given[name] = table.flag(name)
        elif name in _LISTS:
            given[name] = table.wholes(name)
        else:
            given[name] = table.number(name)
    table.close()
    return Pacing(policy=policy, **given)  # type: ignore[arg-type]  # read by the kind of each field, just above


def _records(table: Table | None) -> Records:
    if table is None:
        return Records()
    names = ("machine_retry_s", "busy_retry_s", "no_answer_retry_s", "failed_retry_s")
    own = {name: table.numbers(name, ()) for name in names}
    records = Records(
        count=table.whole("records"),
        max_attempts=table.whole("max_attempts", 1),
        retry_s=table.numbers("retry_s", (3600.0,)),
        **own,
    )
    table.close()
    return records


def _lines(table: Table | None) -> Lines:
    if table is None:
        return Lines()
    lines = Lines(cap=table.whole("cap", 0), calls_per_s=table.whole("calls_per_s", 0))
    table.close()
    return lines


def _shift(table: Table) -> Shift:
    shift = Shift(start_s=table.number("start_s"), end_s=table.number("end_s"), agents=table.whole("agents"))
    table.close()
    return shift


def _break(table: Table) -> Break:
    pause = Break(at_s=table.number("at_s"), length_s=table.number("length_s"), agents=table.whole("agents"))
    table.close()
    return pause


def _change(table: Table) -> Change:
    pacing = table.optional("pacing")
    stop = table.text("stop", "", choices=["", *(one.value for one in Drain)])
    change = Change(
        at_s=table.number("at_s"),
        stop=Drain(stop) if stop else None,
        resume=table.flag("resume", default=False),
        pacing=None if pacing is None else _pacing(pacing),
    )
    table.close()
    return change


def _run(table: Table | None) -> Run:
    if table is None:
        return Run()
    run = Run(
        days=table.whole("days", 30),
        hours_per_day=table.number("hours_per_day", 8.0),
        warm_up_s=table.number("warm_up_s", 0.0),
    )
    table.close()
    return run
