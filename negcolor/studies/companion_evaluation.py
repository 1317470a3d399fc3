"""What a study records of a system's run: its evaluation.json and its results."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from negcolor.atomic import atomic_write_text
from negcolor.evaluation.color_metrics import Predict, compare_colors, grey
from negcolor.evaluation.metrics import colorfulness
from negcolor.experiments.run_folder import writing
from negcolor.images.color import from_unit
from negcolor.images.io import write
from negcolor.images.lab import from_lab_network, lab_to_srgb
from negcolor.studies.folder import EVALUATION
from negcolor.training.colorization_metrics import color_errors, predicted_colors

if TYPE_CHECKING:
    from pathlib import Path

    from negcolor.training.colorization_task import ColorizationTask
    from negcolor.training.trainer import Trainer

SHOWN = 8  # images of each part that are kept to be looked at


def evaluate_run(
    run: Trainer,
    plan: ColorizationTask,
    parts: Mapping[str, np.ndarray],
    *,
    description: str,
    keep_all: bool = False,
) -> None:
    """Writes results/PART/NNN.png and NNN-truth.png, and then evaluation.json, of a trained run.

    Args:
        run: the training, at its end.
        plan: what was trained.
        parts: network Lab by the name of the part, such as "held-out", (N, S, S, 3) float32.
        description: of the photographs, for people.
        keep_all: whether all images are written, or the first ones.

    Raises:
        NegcolorError: the folder cannot be written.
    """
    predict = partial(predicted_colors, run.in_float32("generator_g"))
    validation = plan.data.validation[..., 1:]
    record = {
        "photographs": description,
        "training_pictures": plan.data.images,
        "validation_of_grey": color_errors(np.zeros_like(validation), validation),
        "chroma_of_truth": color_errors(validation, validation)["chroma"],
        "parts": {name: _figures(predict, truth) for name, truth in parts.items()},
    }
    for name, truth in parts.items():
        shown = truth if keep_all else truth[:SHOWN]
        _write_images(run.folder / "results" / name, predict, shown)
    with writing(run.folder):
        atomic_write_text(run.folder / EVALUATION, json.dumps(record, indent=1) + "\n")


def _figures(predict: Predict, truth: np.ndarray) -> dict[str, Any]:
    """What evaluation.json says of a part: figure -> its value for each image."""
    methods = {"system": predict, "grey": grey}
    rows = {
        name: [dataclasses.asdict(figures) for figures in compare_colors(method, truth)]
        for name, method in methods.items()
    }
    columns: dict[str, Any] = {
        name: {figure: [row[figure] for row in found] for figure in found[0]}
        for name, found in rows.items()
    }
    images = (lab_to_srgb(from_lab_network(lab)) for lab in truth)
    columns["truth"] = {"colorfulness": [colorfulness(image) for image in images]}
    return columns


def _write_images(folder: Path, predict: Predict, truth: np.ndarray) -> None:
    made = np.concatenate([truth[..., :1], predict(truth[..., :1])], axis=-1)
    for number, pair in enumerate(zip(made, truth, strict=True), start=1):
        for lab, name in zip(pair, (f"{number:03d}.png", f"{number:03d}-truth.png"), strict=True):
            pixels = from_unit(lab_to_srgb(from_lab_network(lab)), "uint8")
            write(folder / name, pixels, overwrite=True)
