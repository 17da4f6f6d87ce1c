"""What `paceline explain` says to people of schedule, rules, pacing, weights, overrides, and what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Findings, Severity

if TYPE_CHECKING:
    from paceline.control.reviewing.settings_explained import Judged, SettingsExplained


class Say(Protocol):
    """Prints a line, in a style."""

    def __call__(self, text: str, style: str = "") -> None:
        """Print it."""
        ...


def show_settings(told: SettingsExplained, say: Say) -> None:
    """Say what is known of a campaign's settings."""
    for why in told.unknown:
        say(f"  {why}", "yellow")
    _block("schedule", told.schedule, say)
    _block("dialing rules", told.rules, say)
    _block("pacing", told.pacing, say)
    _block("weights", told.weights, say)
    for name in told.assumed:
        say(f"  nobody declared its {name}, so the tightest was assumed", "dim")
    for about, what in told.taken_for.items():
        say(f"  its {about} is taken for granted: {what}", "dim")
    for one in told.overrides:
        until = utc_text(one.until)
        say(f"  {one.by} answers for {one.rule} until {until} (entry {one.entry})", "yellow")


def _block(name: str, judged: Judged | None, say: Say) -> None:
    if judged is None:
        return
    if judged.block is None:
        say(f"{name}: none", "bold")
        return
    say(f"{name}: {'lawful, as far as it is judged here' if judged.is_lawful else 'NOT lawful'}", "bold")
    for field, value in judged.block.items():
        say(f"  {field}: {_value(value)}")
    _findings(judged.findings, say)


def _findings(findings: Findings, say: Say) -> None:
    styles = {Severity.ERROR: "red", Severity.REVIEW: "yellow", Severity.INFO: "dim"}
    for found in findings:
        say(f"    {found.severity}: {found.message} [{found.rule}]", styles[found.severity])


def _value(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
