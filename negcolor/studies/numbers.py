"""How numbers are shown in the tables of a study."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np


def number(value: float, digits: int = 2) -> str:
    """A number; a dash for one that is not known."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def spread(values: Iterable[float], digits: int = 2) -> str:
    """Mean ± standard deviation; the mean alone of a single value, a dash for none."""
    found = list(values)
    mean = number(float(np.mean(found)) if found else math.nan, digits)
    return mean if len(found) < 2 else f"{mean} ± {np.std(found, ddof=1):.{digits}f}"


def per_cent(value: float) -> str:
    """Per cent with one digit; a dash for what is not known."""
    return "–" if math.isnan(value) else number(value, 1) + " %"
