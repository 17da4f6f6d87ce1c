"""How long a CUSUM runs, on average, until it alarms: solved, not simulated.

`lattice_run_length` is exact: the chart moves on whole numbers, its states form a Markov chain, the mean time to leave
it is one linear equation per state. `normal_run_length` solves Page's integral equation by Gauss-Legendre quadrature
(Nystroem): the limit of the Markov approximation of Brook and Evans, with far fewer states.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt


def lattice_run_length(event: float, *, up: int, down: int, threshold: int) -> float:
    """Return the mean number of trials until a chart that starts at 0 first reaches its threshold.

    Args:
        event: chance of a step up, above 0 and below 1.
        up: size of a step up, at least 1.
        down: size of a step down, at least 1; the chart stops at 0.
        threshold: where it alarms, at least 1.

    References:
        Reynolds, Stoumbos 1999, Journal of Quality Technology 31(1), section on exact run lengths.

    >>> lattice_run_length(0.5, up=1, down=1, threshold=1)
    2.0
    >>> round(lattice_run_length(0.1, up=1, down=1, threshold=2), 6)
    110.0
    """
    from scipy.linalg import solve_banded

    above, below = min(up, threshold - 1), min(down, threshold - 1)
    bands: npt.NDArray[np.float64] = np.zeros((above + below + 1, threshold))
    bands[above] = 1.0
    if up < threshold:
        bands[0, up:] -= event
    origin = np.arange(threshold)
    target = np.maximum(origin - down, 0)
    np.subtract.at(bands, (above + origin - target, target), 1.0 - event)
    return float(solve_banded((below, above), bands, np.ones(threshold), check_finite=False)[0])


def normal_run_length(reference: float, threshold: float, *, mean: float) -> float:
    """Return the mean number of residuals until S = max(0, S + z - reference), from 0, first reaches its threshold.

    Args:
        reference: in standard deviations of z.
        threshold: likewise, above 0.
        mean: of z, which is normal with standard deviation 1, each independent of the others.

    References:
        Page 1954, Biometrika 41; Lucas, Crosier 1982, Technometrics 24(3), whose table has 8.38 for a shift of 1.

    >>> round(normal_run_length(0.5, 4.0, mean=1.0), 2), round(normal_run_length(0.5, 5.0, mean=0.0), 1)
    (8.38, 930.9)
    """
    from scipy.special import ndtr

    count = 32 + int(8 * threshold)
    roots, weights = _quadrature(count)
    places = np.concatenate(([0.0], (roots + 1.0) * threshold / 2.0))
    gaps = places[None, 1:] + reference - places[:, None] - mean
    system = np.eye(count + 1)
    system[:, 0] -= ndtr(reference - places - mean)
    system[:, 1:] -= weights * threshold / 2.0 * np.exp(-0.5 * gaps * gaps) / np.sqrt(2.0 * np.pi)
    return float(np.linalg.solve(system, np.ones(count + 1))[0])


@lru_cache(maxsize=64)
def _quadrature(count: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return places and weights on (-1, 1); a search for a threshold asks for the same ones again and again."""
    return np.polynomial.legendre.leggauss(count)
