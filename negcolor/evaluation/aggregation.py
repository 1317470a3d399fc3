"""From the figures of single images to those of methods, of groups, and to extremes."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar

from negcolor.evaluation.dataset import Trait
from negcolor.evaluation.intervals import bootstrap_interval
from negcolor.evaluation.metrics import HIGHER_IS_BETTER, Figures

FIGURES = tuple(figure.name for figure in fields(Figures))

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Row:
    """The figures of a method's result for an image, and what the manifest says about that."""

    image: str
    method: str
    figures: Figures
    traits: Mapping[str, Trait] = field(default_factory=dict)


@dataclass(frozen=True)
class Estimate:
    """A mean over images and its 95 % bootstrap interval, in the figure's unit.

    A single image has no interval, nor has an infinite mean, as PSNR of a perfect result is.
    """

    mean: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Summary:
    """Over how many images, and the estimate of each figure by name."""

    images: int
    figures: Mapping[str, Estimate]


def summarize(rows: Iterable[Row]) -> dict[str, Summary]:
    """Method -> its summary, in the order in which the methods appear."""
    return {
        method: Summary(len(own), {name: _estimate(own, name) for name in FIGURES})
        for method, own in _split(rows, lambda row: row.method).items()
    }


def summarize_groups(rows: Iterable[Row], trait: str) -> dict[Trait, dict[str, Summary]]:
    """Value of a trait -> `summarize` of the images with it; numbers first, then by name."""
    known = [row for row in rows if trait in row.traits]
    groups = _split(known, lambda row: row.traits[trait])
    return {
        value: summarize(groups[value])
        for value in sorted(groups, key=lambda value: (isinstance(value, str), value))
    }


def best_methods(summaries: Mapping[str, Summary], figure: str) -> frozenset[str]:
    """The methods with the best mean of a figure; none if the figure has no better or worse."""
    higher = HIGHER_IS_BETTER[figure]
    if higher is None or not summaries:
        return frozenset()
    means = {method: summary.figures[figure].mean for method, summary in summaries.items()}
    best = (max if higher else min)(means.values())
    return frozenset(method for method, mean in means.items() if mean == best)


def extremes(rows: Iterable[Row], count: int) -> list[Row]:
    """The `count` rows of the least and of the largest ΔE2000, from the best to the worst.

    Where there are no more than twice as many, all rows, sorted.
    """
    ranked = sorted(rows, key=lambda row: row.figures.delta_e)
    return ranked if len(ranked) <= 2 * count else ranked[:count] + ranked[-count:]


def _estimate(rows: Sequence[Row], figure: str) -> Estimate:
    values = [getattr(row.figures, figure) for row in rows]
    mean = math.fsum(values) / len(values)
    known = len(values) > 1 and math.isfinite(mean)
    return Estimate(mean, bootstrap_interval(values) if known else None)


def _split(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    parts: dict[Key, list[Row]] = {}
    for row in rows:
        parts.setdefault(key(row), []).append(row)
    return parts
