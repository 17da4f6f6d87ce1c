"""Patience of any distribution (M/M/N+G): the integrals of Zeltyn and Mandelbaum."""

from __future__ import annotations

import math
from collections.abc import Callable

from paceline.teletraffic.bounds import LONGEST_S, count, quantity, seconds
from paceline.teletraffic.erlang import erlang_b
from paceline.teletraffic.errors import ParameterError

_NEGLIGIBLE = 45.0
"""A density e^-45 below its peak is nothing in double precision."""


def abandonment_with_patience(
    agents: int, answers_per_s: float, handle_s: float, survival: Callable[[float], float], *, step_s: float = 0.01
) -> float:
    """Return the share of answers that leave without an agent, for a patience of any distribution.

    With H(t) the integral of the survival up to t and g(t) = exp(answers per second x H(t) - N t/T), P(abandon) =
    integral of (1 - survival) g, over 1/(answers per second x B(N-1)) + integral of g. Trapezia of `step_s`, walked
    until g has vanished, for a day at most; halve the step to see how many digits stand. A survival that jumps wants a
    step that divides the place of the jump.

    Args:
        agents: at least 1.
        answers_per_s: live answers per second, above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        survival: share of answers whose patience exceeds t seconds; 1 at 0, never rising, and below the share that the
            agents can serve in the end.
        step_s: step of the integration, seconds, above 0.

    Raises:
        ParameterError: a value is out of its bounds, or the patience is so long that the queue does not end.

    References:
        Zeltyn and Mandelbaum 2005, Queueing Systems 51.

    >>> import math
    >>> round(abandonment_with_patience(50, 0.8, 60.0, lambda t: math.exp(-t / 120)), 6)
    0.030912
    """
    count("agents", agents)
    quantity("answers_per_s", answers_per_s, may_be_zero=False)
    seconds("handle_s", handle_s)
    seconds("step_s", step_s)
    blocking = erlang_b(agents - 1, answers_per_s * handle_s)
    if blocking == 0:
        return 0.0
    held, left, peak = _integrals(answers_per_s, agents / handle_s, survival, step_s)
    empty = math.exp(-peak) / (blocking * answers_per_s * step_s)
    return left / (empty + held)


def _integrals(
    answers_per_s: float, service_per_s: float, survival: Callable[[float], float], step_s: float
) -> tuple[float, float, float]:
    """Return the integrals of g and of (1 - survival) g in units of step x e^peak, and the peak."""
    patient, exponent, peak = survival(0.0), 0.0, 0.0
    held, left = 0.5, 0.5 * (1 - patient)  # trapezia: the ends count half
    for step in range(1, math.ceil(LONGEST_S / step_s)):
        then = survival(step * step_s)
        exponent += answers_per_s * step_s * 0.5 * (patient + then) - service_per_s * step_s
        patient = then
        if exponent > peak + 100:  # rescaled, so that nothing overflows
            held, left, peak = held * math.exp(peak - exponent), left * math.exp(peak - exponent), exponent
        density = math.exp(exponent - peak)
        held += density
        left += density * (1 - patient)
        if answers_per_s * patient < service_per_s and density < math.exp(-_NEGLIGIBLE) * held:
            return held, left, peak
    raise ParameterError(
        "survival", survival, f"below {service_per_s / answers_per_s:g} long before {LONGEST_S:g} seconds"
    )
