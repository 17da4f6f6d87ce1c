"""The two settings of an experiment, each as the change that brings it about; weights, or pacing. Pure.

A change names what the two settings differ in, and nothing else: what somebody makes of anything beside that is neither
undone by a switch nor taken for the end of the new setting, which is to be taken back whatever else was changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from paceline.campaign.blocks import Pacing, Weights
from paceline.campaign.catalogue import change_of, document_of
from paceline.campaign.observed import Observed
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.model import FIELDS
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.model import return_of, switch_of
from paceline.control.settings_shown import pacing_shown, rules_shown
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId

Switch = SetPacing | SetWeights
"""The change that brings one of two settings about."""
_IN_WORDS = {
    "answer_rate": "belief {}",
    "abandonment_aim": "aim {}",
    "max_calls": "{} lines",
    "call_interval_ms": "a look every {} ms",
    "warm_up_s": "{} s of warm-up",
    "strategy": "strategy {}",
}


class SettingsError(PacelineError):
    """these two settings cannot be compared"""

    code = "experiment-settings"


def settings_of(wish: Switch, observed: Observed) -> tuple[Switch, Switch]:
    """Return what is live and what is wanted, in what the two differ: pacing by its fields, weights as their whole map.

    Raises:
        SettingsError: nothing is live to be compared with, what is wanted is the same, does not act, or differs in more
            than one experiment can tell apart.
    """
    match wish:
        case SetPacing():
            return _pacings(wish, observed)
        case SetWeights():
            return _weights(wish, observed)


def based(change: Switch, experiment: EntryId, *, is_back: bool = False) -> Switch:
    """Return the change of an experiment on its ground: it was judged when that began, or was live before it.

    Args:
        change: of one of its settings.
        experiment: its entry.
        is_back: whether it brings the old setting back, which no limit of a step holds up.
    """
    match change:
        case SetWeights():
            return replace(change, basis=return_of(experiment) if is_back else switch_of(experiment))
        case _:
            return change


def switch_from(document: Mapping[str, Json]) -> Switch:
    """Return the change that the catalogue's `document_of` described.

    Raises:
        UnknownChangeError: it describes none.
        SettingsError: it is one of another aspect.
    """
    change = change_of(document)
    match change:
        case SetPacing() | SetWeights():
            return change
        case _:
            raise SettingsError(f"an experiment compares no changes of kind {change.kind}")


def shown(change: Switch) -> dict[str, Json]:
    """Return a setting in our words."""
    return {name: value for name, value in document_of(change).items() if name not in {"kind", "campaign", "basis"}}


def in_words(change: Switch) -> str:
    """Return a setting in one line."""
    match change:
        case SetPacing():
            each = ((name, getattr(change, name)) for name in FIELDS)
            return ", ".join(_IN_WORDS[name].format(value) for name, value in each if value is not None)
        case SetWeights():
            named = sorted((change.parameters or {}).items())
            return ", ".join(f"{key} {value}" for key, value in named) or "no weights"


def surroundings(observed: Observed, change: Switch) -> str:
    """Return, as text to be compared, the other settings of a campaign that decide how boldly it dials."""
    pacing = {} if observed.pacing is None else pacing_shown(observed.pacing)
    told: dict[str, Json] = {
        "rules": None if observed.rules is None else rules_shown(observed.rules),
        "algorithm": None if observed.weights is None else observed.weights.algorithm,
        "tuning": None if observed.tuning is None else observed.tuning.enabled,
    }
    match change:
        case SetPacing():
            told["weights"] = None if observed.weights is None else _weighed(observed.weights)
            told["pacing"] = {name: value for name, value in pacing.items() if getattr(change, name) is None}
        case SetWeights():
            told["pacing"] = pacing
    return canonical_json(told)


def _weighed(weights: Weights) -> dict[str, Json]:
    return {key: str(value) for key, value in sorted(weights.parameters.items())}


def _pacings(wish: SetPacing, observed: Observed) -> tuple[SetPacing, SetPacing]:
    live: Pacing | None = observed.pacing
    whole = wish.wanted.on(live)
    if live is None or whole is None:
        raise SettingsError(f"campaign {observed.campaign} has no pacing to compare with")
    if replace(whole, beside={}) == replace(live, beside={}):
        raise SettingsError("what is wanted is live already: there is nothing to compare")
    differs = [name for name in FIELDS if getattr(live, name) != getattr(whole, name)]
    old, new = ({name: getattr(one, name) for name in differs} for one in (live, whole))
    return SetPacing(campaign=observed.campaign, **old), SetPacing(campaign=observed.campaign, **new)


def _weights(wish: SetWeights, observed: Observed) -> tuple[SetWeights, SetWeights]:
    live, tuning = observed.weights, observed.tuning
    whole, after = wish.wanted.on(live), wish.wanted.tuning_on(tuning)
    if live is None or tuning is None or whole is None or after is None:
        raise SettingsError(f"campaign {observed.campaign} has no weights to compare with")
    if not tuning.enabled:
        raise SettingsError("weights do not act in this campaign: tuning is off", hint="set enabled=true first")
    if replace(whole, parameters=live.parameters) != live or (after.enabled, after.drift_protection) != (
        tuning.enabled,
        tuning.drift_protection,
    ):
        raise SettingsError(
            "the two settings of an experiment differ in single weights alone",
            hint="change algorithm, split, limits and tuning by `paceline set weights` before it",
        )
    if not wish.redials(observed):
        raise SettingsError("what is wanted dials as what is live: there is nothing to compare")
    old, new = (SetWeights(campaign=observed.campaign, parameters=dict(one.parameters)) for one in (live, whole))
    return old, new
