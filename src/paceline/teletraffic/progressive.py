"""Progressive dialing: one line for each idle agent, so that nobody is abandoned and the agents do not meet."""

from __future__ import annotations

from paceline.teletraffic.bounds import answer_rate, seconds
from paceline.teletraffic.errors import ParameterError


def seconds_to_answer(share_answered: float, ring_answered_s: float, ring_unanswered_s: float | None = None) -> float:
    """Return the mean time from a line that is free to its next live answer, seconds: R_a + ((1-p)/p) R_na.

    Args:
        share_answered: answer rate, a fraction above 0.
        ring_answered_s: mean ringing of a dial that is answered, seconds, at least 0.
        ring_unanswered_s: mean ringing of one that is not, seconds, at least 0; as the answered when None. Both must
            not be 0 together.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> seconds_to_answer(0.25, 12.0)
    48.0
    """
    rate = answer_rate("answer_rate", share_answered)
    answered = seconds("ring_answered_s", ring_answered_s, may_be_zero=True)
    unanswered = ring_answered_s if ring_unanswered_s is None else ring_unanswered_s
    unanswered = seconds("ring_unanswered_s", unanswered, may_be_zero=True)
    whole = answered + (1 - rate) / rate * unanswered
    if whole <= 0:
        raise ParameterError("ring_answered_s", ring_answered_s, "above 0 seconds when no other ringing takes time")
    return whole


def utilisation_progressive(
    share_answered: float, handle_s: float, ring_answered_s: float, ring_unanswered_s: float | None = None
) -> float:
    """Return the share of an agent's time that is talk or wrap-up under progressive 1:1 dialing.

    The same for any number of agents and any shape of the times.

    Args:
        share_answered: answer rate, a fraction above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        ring_answered_s: mean ringing of a dial that is answered, seconds.
        ring_unanswered_s: mean ringing of one that is not, seconds; as the answered when None.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> round(utilisation_progressive(0.3, 180.0, 12.0), 6)
    0.818182
    >>> round(utilisation_progressive(0.3, 180.0, 10.0, 25.0), 6)
    0.724832
    """
    handle = seconds("handle_s", handle_s)
    return handle / (handle + seconds_to_answer(share_answered, ring_answered_s, ring_unanswered_s))
