"""Exact one-sided upper bounds for a share, from how many of the places looked at showed it."""

from __future__ import annotations

import functools
import math

CONFIDENCE = 0.95
_TIE = 1 - 1e-9  # a tail that is the limit but for rounding still allows the larger bound
_STEPS = 100  # halvings of [0, 1]: more than a double has digits


def clopper_pearson(missed: int, looked: int, confidence: float = CONFIDENCE) -> float:
    """The largest share that could, with more than 1 - confidence, have shown so few misses; 1.0 where nobody looked.

    For independent looks, each a miss with the same probability: the p with P(Binomial(looked, p) <= missed) equal to
    1 - confidence, which is a quantile of the beta distribution (C. J. Clopper, E. S. Pearson, "The use of confidence
    or fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934, 404-413). Found by halving.
    """
    _check(missed, looked)
    if missed == looked:
        return 1.0
    low, high = missed / looked, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _binomial_tail(missed, looked, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


@functools.lru_cache(maxsize=1024)
def finite_upper(missed: int, looked: int, size: int, confidence: float = CONFIDENCE) -> float:
    """The same for `looked` different places out of `size`, drawn with equal chances; a share of `size`.

    The count of misses is then hypergeometric, whatever hangs together among the places. The largest number of misses
    in all with P(Hypergeometric <= missed) above 1 - confidence (J. Wright, "Exact confidence bounds when sampling from
    small finite universes", Springer, 1991). Exact where all was looked at. Mostly below Clopper and Pearson's; where
    nearly every look was a miss it can lie a little above, for drawing without putting back is another experiment.
    """
    _check(missed, looked)
    if size < looked:
        raise ValueError("no more places can be looked at than there are")
    if looked == 0:
        return 1.0 if size else 0.0
    low, high = missed, size - looked + missed  # what was seen, and everything that was not looked at besides
    while low < high:
        middle = (low + high + 1) // 2
        if _hypergeometric_tail(missed, looked, middle, size) > (1 - confidence) * _TIE:
            low = middle
        else:
            high = middle - 1
    return low / size


def _check(missed: int, looked: int) -> None:
    if not 0 <= missed <= looked:
        raise ValueError("misses are among the places looked at")


def _binomial_tail(most: int, draws: int, share: float) -> float:
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if most >= draws else 0.0
    yes, no = math.log(share), math.log1p(-share)
    return math.fsum(math.exp(_log_choose(draws, n) + n * yes + (draws - n) * no) for n in range(most + 1))


def _hypergeometric_tail(most: int, draws: int, marked: int, size: int) -> float:
    """P(at most `most` of the `marked` are among `draws` out of `size`)."""
    whole = _log_choose(size, draws)
    possible = range(max(0, draws - (size - marked)), min(most, marked) + 1)
    return math.fsum(math.exp(_log_choose(marked, n) + _log_choose(size - marked, draws - n) - whole) for n in possible)


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
