"""The one door to scipy's special functions: typed, and loaded when first asked."""

from __future__ import annotations


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile of a probability strictly between 0 and 1.

    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    from scipy.special import ndtri

    return float(ndtri(probability))


def normal_share(value: float) -> float:
    """Return the probability that a standard normal number is at most `value`.

    >>> normal_share(0.0)
    0.5
    """
    from scipy.special import ndtr

    return float(ndtr(value))


def t_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of Student's t with `freedom` degrees of freedom, at least 1.

    >>> round(t_quantile(0.975, 9), 6)
    2.262157
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, probability))


def t_share(value: float, freedom: float) -> float:
    """Return the probability that a number of Student's t with `freedom` degrees of freedom is at most `value`.

    >>> t_share(0.0, 9)
    0.5
    """
    from scipy.special import stdtr

    return float(stdtr(freedom, value))


def noncentral_t_quantile(probability: float, freedom: float, noncentrality: float) -> float:
    """Return the quantile of the noncentral t with `freedom` degrees of freedom, at least 1.

    >>> round(noncentral_t_quantile(0.95, 9, 2.0), 3)
    4.447
    """
    from scipy.special import nctdtrit

    return float(nctdtrit(freedom, noncentrality, probability))


def chi_square_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of chi-square with `freedom` degrees of freedom, above 0.

    >>> round(chi_square_quantile(0.95, 10), 6)
    18.307038
    """
    from scipy.special import chdtri

    return float(chdtri(freedom, 1.0 - probability))


def beta_quantile(probability: float, events: float, others: float) -> float:
    """Return the quantile of Beta(events, others), both above 0.

    >>> round(beta_quantile(0.95, 1.0, 99.0), 6)
    0.029807
    """
    from scipy.special import betaincinv

    return float(betaincinv(events, others, probability))


def log_beta(events: float, others: float) -> float:
    """Return the logarithm of the beta function, both arguments above 0.

    >>> round(log_beta(2.0, 3.0), 6)
    -2.484907
    """
    from scipy.special import betaln

    return float(betaln(events, others))


def log_beta_share(rate: float, events: float, others: float, *, above: bool) -> float:
    """Return the logarithm of the probability that Beta(events, others) is above (or at most) a rate; may be -inf.

    >>> round(log_beta_share(0.5, 2.0, 2.0, above=True), 6)
    -0.693147
    """
    import numpy as np
    from scipy.special import betainc, betaincc

    share = (betaincc if above else betainc)(events, others, rate)
    with np.errstate(divide="ignore"):  # a share too small for a double is evidence 0, which is the careful side
        return float(np.log(share))


def binomial_share(count: int, trials: int, rate: float) -> float:
    """Return the probability of at most `count` events in `trials` independent trials.

    >>> round(binomial_share(0, 99, 0.03), 6)
    0.049023
    """
    from scipy.special import bdtr

    return float(bdtr(count, trials, rate))
