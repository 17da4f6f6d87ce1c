"""One server, any service time: the Pollaczek-Khinchine formula, kept as a check of simulators."""

from __future__ import annotations

from paceline.teletraffic.bounds import quantity, seconds
from paceline.teletraffic.errors import UnstableQueueError


def mean_wait_mg1_s(load: float, service_s: float, squared_cv: float) -> float:
    """Return the mean wait in M/G/1, seconds: load x (1 + cv^2) x service / (2 (1 - load)).

    Args:
        load: answers per second times mean service, from 0 to below 1.
        service_s: mean service, seconds, above 0.
        squared_cv: variance of the service over its squared mean: 0 constant, 1 exponential.

    Raises:
        ParameterError: a value is out of its bounds.
        UnstableQueueError: the load is 1 or more.

    References:
        Pollaczek 1930, Khinchine 1932.

    >>> [round(mean_wait_mg1_s(0.8, 1.0, squared_cv), 6) for squared_cv in (0.0, 1.0, 4.0)]
    [2.0, 4.0, 10.0]
    """
    quantity("load", load)
    if load >= 1:
        raise UnstableQueueError(f"{load:g} erlangs for one server: the queue grows without limit")
    return load * (1 + quantity("squared_cv", squared_cv)) * seconds("service_s", service_s) / (2 * (1 - load))
