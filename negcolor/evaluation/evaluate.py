"""Evaluates methods on the images of a folder, one image at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.evaluation.aggregation import Summary, summarize, summarize_groups
from negcolor.evaluation.dataset import TRAITS, EvaluationData, Trait, read_image
from negcolor.evaluation.gallery import Gallery
from negcolor.evaluation.measurement import Row, measure
from negcolor.evaluation.metrics import colorfulness
from negcolor.evaluation.set_metrics import ImageSets, SetComparison
from negcolor.inference.convert import ImageFunction

Advance = Callable[[str, str | None], None]
"""Called after each image with its name, and the reason if it had to be left out."""


@dataclass(frozen=True)
class Evaluation:
    """What came out.

    Attributes:
        data: the images that were to be evaluated.
        methods: their names.
        images: how many negatives were converted.
        left_out: why each other image was left out.
        rows: a row per image and method; none without truths.
        truth_colorfulness: mean over the truths, see `metrics.colorfulness`; None without.
        sets: all results of each method together.
        gallery: images to show.
    """

    data: EvaluationData
    methods: tuple[str, ...]
    images: int
    left_out: tuple[str, ...]
    rows: tuple[Row, ...]
    truth_colorfulness: float | None
    sets: SetComparison
    gallery: Gallery

    @cached_property
    def summaries(self) -> dict[str, Summary]:
        """Method -> its summary over all images."""
        return summarize(self.rows)

    @cached_property
    def groups(self) -> dict[str, dict[Trait, dict[str, Summary]]]:
        """Trait -> its value -> method -> summary, for what the manifest tells."""
        groups = {trait: summarize_groups(self.rows, trait) for trait in TRAITS}
        return {trait: values for trait, values in groups.items() if values}


def evaluate(
    data: EvaluationData,
    converters: Mapping[str, ImageFunction],
    sets: ImageSets,
    advance: Advance,
) -> Evaluation:
    """Converts every negative by every method; images that cannot be used are left out.

    Args:
        data: the images.
        converters: at least one.
        sets: compares all results of a method with the color photographs of testB, or with the
            truths if there are none.
        advance: is told about each image.

    Raises:
        NegcolorError: not a single negative could be evaluated.
    """
    gallery = Gallery(data.samples)
    rows: list[Row] = []
    truths: list[float] = []
    left_out: list[str] = []
    for sample in data.samples:
        try:
            measurement = measure(sample, converters)
        except NegcolorError as error:
            left_out.append(str(error))
            advance(sample.name, str(error))
            continue
        rows.extend(measurement.rows.values())
        gallery.add(measurement)
        sets.add_results(measurement.results)
        if measurement.truth is not None:
            truths.append(colorfulness(measurement.truth))
            if not data.photographs:
                sets.add_reference(measurement.truth)
        advance(sample.name, None)
    images = len(data.samples) - len(left_out)
    if not images:
        raise NegcolorError(f"no picture of {data.folder / 'testA'} could be evaluated.")
    if sets.available:
        left_out += _add_photographs(sets, data.photographs, advance)
    return Evaluation(
        data=data,
        methods=tuple(converters),
        images=images,
        left_out=tuple(left_out),
        rows=tuple(rows),
        truth_colorfulness=float(np.mean(truths)) if truths else None,
        sets=sets.compare(),
        gallery=gallery,
    )


def _add_photographs(sets: ImageSets, files: Sequence[Path], advance: Advance) -> list[str]:
    """Returns why some of them were left out."""
    left_out = []
    for file in files:
        reason = None
        try:
            sets.add_reference(read_image(file))
        except NegcolorError as error:
            left_out.append(reason := str(error))
        advance(file.name, reason)
    return left_out
