"""What `paceline optimise` says to people: what was found, what it is worth, and how it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from paceline.cli.render import show_table

if TYPE_CHECKING:
    from paceline.optimizer.best.told import Best, Certified, Found
    from paceline.optimizer.sample import Estimated


def show_best(best: Best, *, campaign: str, out: Path | None) -> None:
    """Print what was found as a table, and what comes next."""
    found, shown = best.found, best.found.certified.certificate
    rows = [
        ("policy", _policy(found)),
        ("occupancy", _estimate(found.certified.utilisation)),
        ("abandonment", f"{_estimate(found.certified.abandonment)}, limit {shown.limit:.2%}"),
        ("certificate", _certificate(found.certified)),
        ("above the limit", _breach(found.certified)),
        ("optimum", _optimum(best)),
    ]
    if best.sent is None:
        rows.append(("settings", f"none: {best.why_not_sent}"))
    else:
        told = ", ".join(f"{name}={value}" for name, value in best.sent.settings.items())
        rows.append(("settings", told))
        effect = best.sent.certified
        same = effect == found.certified
        if not same:
            words = f"occupancy {_estimate(effect.utilisation)}, abandonment {_estimate(effect.abandonment)}"
            rows.append(("once sent", f"{words}; {_certificate(effect)}"))
    others = [one for one in best.compared if one is not found]
    rows += [("beside it", f"{_policy(one)}: {_estimate(one.certified.utilisation)}") for one in others]
    rows.append(("computing", f"{best.cpu_s:.2f} CPU s, {best.days} days, seed {best.seed}"))
    show_table(("", "FOUND"), rows)
    if best.sent is not None:
        print()
        for line in _next(best, campaign, out):
            print(line)


def _next(best: Best, campaign: str, out: Path | None) -> list[str]:
    if out is not None:
        return [
            f"paceline set pacing {campaign} --file {out}",
            f"paceline rollout start {campaign} --file {out} --steps 3",
        ]
    words = [] if best.sent is None else [f"{name}={value}" for name, value in best.sent.settings.items()]
    return [f"paceline set pacing {campaign} {' '.join(words)}"]


def _policy(found: Found) -> str:
    numbers = ", ".join(
        f"{name} {value:g}" for name, value in found.parameters.items() if isinstance(value, int | float)
    )
    return f"{found.pacing.policy}{f' ({numbers})' if numbers else ''}"


def _estimate(found: Estimated) -> str:
    return f"{found.mean:.2%} +- {found.half_width:.2%}"


def _certificate(found: Certified) -> str:
    shown = found.certificate
    words = f"at most {shown.upper:.3%} in the long run"
    if shown.window is not None and shown.window_upper is not None:
        span = "days" if shown.window.days == 1 else f"spans of {shown.window.days} days"
        words += f", and in 95 of 100 {span} at most {shown.window_upper:.3%}"
    return f"{words}; {shown.confidence:.0%} sure, by {shown.days} days that no choice has seen"


def _breach(found: Certified) -> str:
    return f"a day with {found.breach.per_day:.1%}, thirty days with {found.breach.per_30_days:.2%} probability"


def _optimum(best: Best) -> str:
    if best.optimum is None or best.behind_optimum is None:
        return f"not known: {best.why_no_optimum}"
    return f"{best.optimum:.2%} at most by any policy; this is {100 * best.behind_optimum:.2f} points below it"
