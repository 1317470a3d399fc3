"""Converters of an evaluation by name, trained and classical ones, and side by side on pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError, lookup
from negcolor.evaluation.dataset import LONG_SIDE
from negcolor.evaluation.metrics import Metrics, average, compare
from negcolor.images.color import to_unit
from negcolor.images.resize import downscale_to
from negcolor.inference.convert import ImageFunction
from negcolor.inference.models import load_converter

ALL = "all"
"""Stands for all classical converters."""


def gather_converters(models: Sequence[Path], classical: Sequence[str]) -> dict[str, ImageFunction]:
    """Name -> function of a negative as `compare_converters` takes them, models first.

    Args:
        models: run folders, `.keras` files or exported models. They are called by the name of
            their folder or file, and by their whole path where two things have one name.
        classical: names of converters in `classical.CLASSICAL`, or "all".

    Raises:
        NegcolorError: neither is given, a model cannot be loaded, or a converter is not known.
    """
    chosen = _choose_classical(classical)
    if not models and not chosen:
        raise NegcolorError("give --model, --classical, or both: there is nothing to evaluate.")
    named = {name: load_converter(model) for name, model in name_models(models, chosen)}
    return {**named, **{name: CLASSICAL[name] for name in chosen}}


def name_models(models: Iterable[Path], taken: Iterable[str]) -> list[tuple[str, Path]]:
    """Short names for models, each of which is taken once, and of no other name in `taken`."""
    paths = {path.resolve(): path for path in models}
    count = Counter([*map(_short_name, paths), *taken])
    return [
        (name if count[name := _short_name(path)] == 1 else str(path), given)
        for path, given in paths.items()
    ]


def _short_name(model: Path) -> str:
    if model.name == "generator_g.keras":  # of a run
        return model.parent.name
    if model.name.isdecimal():  # an exported model's version
        return f"{model.parent.name}/{model.name}"
    return model.stem if model.suffix == ".keras" else model.name


def _choose_classical(names: Sequence[str]) -> list[str]:
    for name in names:
        lookup({ALL: None, **CLASSICAL}, name, "classical converter")
    return list(CLASSICAL if ALL in names else dict.fromkeys(names))


def compare_converters(
    pairs: Iterable[tuple[np.ndarray, np.ndarray]], converters: Mapping[str, ImageFunction]
) -> dict[str, Metrics]:
    """Mean metrics of each converter over (negative, truth) pairs.

    Args:
        pairs: (H, W, 3) uint8 or uint16 images of equal size.
        converters: name -> function of a negative (H, W, 3) float32 in [0, 1] that returns the
            positive in sRGB, likewise.

    Returns:
        Converter's name -> the mean of its metrics; empty if there is no pair.
    """
    metrics: dict[str, list[Metrics]] = {name: [] for name in converters}
    for negative, truth in pairs:
        scan, target = (downscale_to(to_unit(image), LONG_SIDE) for image in (negative, truth))
        for name, convert in converters.items():
            metrics[name].append(compare(convert(scan), target))
    return {name: average(values) for name, values in metrics.items() if values}
