"""What a study records of a run that has been trained: its evaluation.json and its results."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from negcolor.atomic import atomic_write_text
from negcolor.evaluation.metrics import compare
from negcolor.experiments.modifications import modification
from negcolor.experiments.run_folder import writing
from negcolor.images.color import from_unit, to_network, to_unit
from negcolor.images.io import write
from negcolor.images.resize import fit
from negcolor.networks.apply import MULTIPLE, apply_generator
from negcolor.studies.folder import EVALUATION

if TYPE_CHECKING:
    from negcolor.training.cyclegan import CycleGAN
    from negcolor.training.negative_task import NegativeTask, TestImage
    from negcolor.training.trainer import Trainer

LONG_SIDE = 256  # pixels of the test images; the paper's images have 256×256


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


def evaluate_run(run: Trainer, plan: NegativeTask) -> None:
    """Writes results/NNN.png and then evaluation.json into the folder of a trained run.

    evaluation.json holds the counts of the architecture, the losses on the test images, and the
    figures of every test image whose truth is known.

    Raises:
        NegcolorError: a test image cannot be read, or the folder cannot be written.
    """
    generator = run.in_float32("generator_g")
    figures: dict[str, dict[str, float]] = {}
    pairs = []
    for number, image in enumerate(plan.data.test, start=1):
        negative = _reduced(image.negative)
        result = apply_generator(generator, negative)
        file = run.folder / "results" / f"{number:03d}.png"
        write(file, from_unit(result, "uint8"), overwrite=True)
        if image.truth is not None:
            truth = _reduced(image.truth)
            figures[image.name] = dataclasses.asdict(compare(result, truth))
            pairs.append((negative, truth))
    record = {
        "architecture": _architecture(plan.config.modification),
        "trained_parameters": {
            "generator": run.model.generator_g.count_params(),
            "discriminator": run.model.discriminator_x.count_params(),
        },
        "test_losses": _test_losses(run.model, pairs) if pairs else None,
        "figures": figures,
    }
    with writing(run.folder):
        atomic_write_text(run.folder / EVALUATION, json.dumps(record, indent=2) + "\n")


def _reduced(pixels: np.ndarray) -> np.ndarray:
    return fit(to_unit(pixels), LONG_SIDE)


def _test_losses(
    model: CycleGAN, pairs: Sequence[tuple[np.ndarray, np.ndarray]]
) -> dict[str, float]:
    """The four losses on (negative, truth) pairs, averaged; no loss makes use of the pairing."""
    import tensorflow as tf

    model.reset_metrics()
    losses: dict[str, Any] = {}
    for pair in pairs:
        height, width = (side - side % MULTIPLE for side in pair[0].shape[:2])
        batch = (tf.constant(to_network(p[None, :height, :width])) for p in pair)
        losses = model.test_step(tuple(batch))
    return {name: float(value) for name, value in losses.items()}


def _architecture(key: str) -> dict[str, int]:
    """Our counts for Table III, at the modification's own number of filters."""
    from negcolor.summary.architecture import architecture_report

    networks = architecture_report(modification(key)).networks()
    generator, discriminator = networks["generator"], networks["discriminator"]
    return {
        "generator_layers": generator.counts().total(),
        "generator_parameters": generator.parameters,
        "discriminator_convolutions": discriminator.counts().total() - 1,  # the hidden ones
        "discriminator_parameters": discriminator.parameters,
    }
