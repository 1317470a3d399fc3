"""How numbers are shown in the cells of a study's tables."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

UNKNOWN = "–"


def number(value: float, digits: int = 2) -> str:
    """A number; a dash for one that is not known."""
    return UNKNOWN if math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def spread(values: Iterable[float], digits: int = 2) -> str:
    """Mean ± standard deviation; the mean alone of a single value; a dash where one is unknown."""
    found = list(values)
    mean = float(np.mean(found)) if found else math.nan
    if len(found) < 2 or not math.isfinite(mean):
        return number(mean, digits)
    return f"{number(mean, digits)} ± {np.std(found, ddof=1):.{digits}f}"


def per_cent(value: float) -> str:
    """Per cent with one digit; a dash for what is not known."""
    return UNKNOWN if math.isnan(value) else number(value, 1) + " %"


def p_value(p: float) -> str:
    """A p-value with three digits; a dash where there was no test."""
    if math.isnan(p):
        return UNKNOWN
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
