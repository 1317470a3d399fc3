"""What a study records of a run that has been trained: its evaluation.json and its results."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from negcolor.atomic import atomic_write_text
from negcolor.evaluation.color_metrics import Predict, compare_colors, grey
from negcolor.evaluation.metrics import colorfulness, compare
from negcolor.experiments.modifications import modification
from negcolor.experiments.run_folder import writing
from negcolor.experiments.systems import AugmentationConfig
from negcolor.images.color import from_unit, to_network, to_unit
from negcolor.images.io import write
from negcolor.images.lab import denormalize_lab, lab_to_srgb
from negcolor.images.resize import downscale_to
from negcolor.networks.apply import MULTIPLE, apply_generator
from negcolor.studies.results import HELD_OUT, TRAINING
from negcolor.studies.study import EVALUATION
from negcolor.summary.modification_report import modification_report
from negcolor.training.colorization_metrics import color_errors, predicted_colors
from negcolor.training.cyclegan import CycleGAN
from negcolor.training.negative_task import TestImage
from pipelines.lab_batches import lab_batches, load_validation
from pipelines.train import TrainedOnNegatives, TrainedOnPhotographs

LONG_SIDE = 256  # pixels of the test images; the paper's images have 256×256
MEASURED = 600  # photographs of each part at most: as many as 001 holds out
SHOWN = 8  # photographs of each part that are kept to be looked at


def save_test_images(folder: Path, images: Sequence[TestImage]) -> None:
    """Writes NNN-negative.png and, where there is a truth, NNN-truth.png, reduced.

    Raises:
        NegcolorError: an image cannot be read, or has another size than its truth.
    """
    for number, image in enumerate(images, start=1):
        for name, pixels in (("negative", image.negative), ("truth", image.truth)):
            if pixels is not None:
                file = folder / f"{number:03d}-{name}.png"
                write(file, from_unit(_reduced(pixels), "uint8"), overwrite=True)


def evaluate_modification(trained: TrainedOnNegatives) -> None:
    """Writes results/NNN.png and then evaluation.json into the folder of a trained run.

    evaluation.json holds the counts of the architecture, the losses on the test images, and the
    metrics of every test image whose truth is known.

    Raises:
        NegcolorError: a test image cannot be read, or the folder cannot be written.
    """
    trainer, task = trained.trainer, trained.task
    generator = trainer.in_float32("generator_g")
    metrics: dict[str, dict[str, float]] = {}
    pairs = []
    for number, image in enumerate(task.data.test, start=1):
        negative = _reduced(image.negative)
        result = apply_generator(generator, negative)
        file = trainer.folder / "results" / f"{number:03d}.png"
        write(file, from_unit(result, "uint8"), overwrite=True)
        if image.truth is not None:
            truth = _reduced(image.truth)
            metrics[image.name] = dataclasses.asdict(compare(result, truth))
            pairs.append((negative, truth))
    model = trainer.model
    record = {
        "architecture": _architecture(task.config.modification),
        "trained_parameters": {
            "generator": model.generator_g.count_params(),
            "discriminator": model.discriminator_x.count_params(),
        },
        "test_losses": _test_losses(model, pairs) if pairs else None,
        "metrics": metrics,
    }
    _write_evaluation(trainer.folder, record)


def evaluate_system(trained: TrainedOnPhotographs, *, with_training: bool) -> None:
    """Writes results/PART/NNN.png and NNN-truth.png, and then evaluation.json, of a trained run.

    evaluation.json holds the metrics of every photograph of each part beside those of grey, and
    what grey has on the validation images.

    Args:
        trained: a grey-to-color system.
        with_training: whether photographs that it was trained on are measured, too, and all
            results are written; otherwise the first of those that were held out.

    Raises:
        NegcolorError: a photograph cannot be read, or the folder cannot be written.
    """
    trainer, data = trained.trainer, trained.task.data
    predict = partial(predicted_colors, trainer.in_float32("generator_g"))
    validation = data.validation[..., 1:]
    parts = _parts(trained, with_training)
    record = {
        "photographs": trained.photographs.description,
        "training_images": data.images,
        "validation_of_grey": color_errors(np.zeros_like(validation), validation),
        "chroma_of_truth": color_errors(validation, validation)["chroma"],
        "parts": {name: _part_metrics(predict, truth) for name, truth in parts.items()},
    }
    for name, truth in parts.items():
        shown = truth if with_training else truth[:SHOWN]
        _write_images(trainer.folder / "results" / name, predict, shown)
    _write_evaluation(trainer.folder, record)


def _write_evaluation(folder: Path, record: Mapping[str, Any]) -> None:
    with writing(folder):
        atomic_write_text(folder / EVALUATION, json.dumps(record, indent=1) + "\n")


def _reduced(pixels: np.ndarray) -> np.ndarray:
    return downscale_to(to_unit(pixels), LONG_SIDE)


def _test_losses(
    model: CycleGAN, pairs: Sequence[tuple[np.ndarray, np.ndarray]]
) -> dict[str, float]:
    """The four losses on (negative, truth) pairs, averaged; no loss makes use of the pairing."""
    model.reset_metrics()
    losses: dict[str, Any] = {}
    for pair in pairs:
        height, width = (side - side % MULTIPLE for side in pair[0].shape[:2])
        batch = (tf.constant(to_network(p[None, :height, :width])) for p in pair)
        losses = model.test_step(tuple(batch))
    return {name: float(value) for name, value in losses.items()}


def _architecture(key: str) -> dict[str, int]:
    """Our counts for Table III, at the modification's own number of filters."""
    networks = modification_report(modification(key)).networks
    generator, discriminator = networks["generator"], networks["discriminator"]
    return {
        "generator_layers": generator.counts().total(),
        "generator_parameters": generator.parameters,
        "discriminator_convolutions": discriminator.counts().total() - 1,  # the hidden ones
        "discriminator_parameters": discriminator.parameters,
    }


def _parts(trained: TrainedOnPhotographs, with_training: bool) -> dict[str, np.ndarray]:
    """What is measured, and as many images of the training: (N, S, S, 3) float32 normalized Lab."""
    system, photographs = trained.task.system, trained.photographs
    images = photographs.test or photographs.validation
    parts = {HELD_OUT: load_validation(images, system.image_size, limit=MEASURED)}
    if with_training:
        stream = lab_batches(
            photographs.train,
            image_size=system.image_size,
            batch_size=1,
            seed=trained.task.config.seed,
            augmentation=AugmentationConfig(flip=False),
        )
        count = min(len(parts[HELD_OUT]), len(photographs.train))
        parts[TRAINING] = np.concatenate([*stream.take(count).as_numpy_iterator()])
    return parts


def _part_metrics(predict: Predict, truth: np.ndarray) -> dict[str, Any]:
    """What evaluation.json says of a part: metric -> its value for each image."""
    rows = {
        name: [dataclasses.asdict(metrics) for metrics in compare_colors(method, truth)]
        for name, method in {"system": predict, "grey": grey}.items()
    }
    columns: dict[str, Any] = {
        name: {metric: [row[metric] for row in found] for metric in found[0]}
        for name, found in rows.items()
    }
    images = (lab_to_srgb(denormalize_lab(lab)) for lab in truth)
    columns["truth"] = {"colorfulness": [colorfulness(image) for image in images]}
    return columns


def _write_images(folder: Path, predict: Predict, truth: np.ndarray) -> None:
    made = np.concatenate([truth[..., :1], predict(truth[..., :1])], axis=-1)
    for number, pair in enumerate(zip(made, truth, strict=True), start=1):
        for lab, name in zip(pair, (f"{number:03d}.png", f"{number:03d}-truth.png"), strict=True):
            pixels = from_unit(lab_to_srgb(denormalize_lab(lab)), "uint8")
            write(folder / name, pixels, overwrite=True)
