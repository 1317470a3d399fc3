"""Joins the pipelines and the training, for every command that trains."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negcolor.experiments.config import CycleGANConfig

if TYPE_CHECKING:
    import tensorflow as tf

    from negcolor.training.negative_task import NegativeData
    from pipelines.sources import TwoDomains


def training_data(config: CycleGANConfig, domains: TwoDomains) -> NegativeData:
    """What a run of that configuration reads from two domains."""
    from negcolor.training.negative_task import NegativeData
    from pipelines.augmentation import Augmentation
    from pipelines.batches import paired, steps_per_epoch, unpaired

    augmented = config.configured_modification().training.augmentation
    augmentation = Augmentation() if augmented else Augmentation.none()
    options: dict[str, Any] = {"seed": config.seed, "augmentation": augmentation}

    def pairs(step: int, **sizes: Any) -> tf.data.Dataset:
        batches = paired(domains, start_step=step, film=config.film, **options, **sizes)
        if config.film == "plain":  # all weights are 1, and a plain mean has the paper's numbers
            return batches.map(lambda negative, photograph, _: (negative, photograph))
        return batches

    return NegativeData(
        unpaired=lambda step, **sizes: unpaired(domains, start_step=step, **options, **sizes),
        paired=pairs,
        steps_per_epoch=steps_per_epoch(domains, config.batch_size),
        test=domains.test,
    )


def adaptation_data(config: CycleGANConfig, scans: Path, photos: Path) -> NegativeData:
    """What an adaptation reads: scans, photographs, and pairs simulated from the latter."""
    from negcolor.images.io import find_images, read
    from pipelines.augmentation import Augmentation
    from pipelines.batches import unpaired
    from pipelines.domain import ImageDomain
    from pipelines.lazy import Lazy
    from pipelines.sources import TestImage, TwoDomains

    def test_image(file: Path) -> TestImage:
        return TestImage(file.stem, read(file))

    files = find_images(scans)
    color = ImageDomain(find_images(photos))
    domains = TwoDomains(
        train_a=ImageDomain(files),
        train_b=color,
        photographs=color,
        test=Lazy([partial(test_image, file) for file in files]),
        description=f"{scans} and {photos}",
    )
    # The tones of a scan tell its film base and must not be varied.
    untouched = Augmentation(contrast=False, brightness=False)

    def scans_and_photographs(step: int, **sizes: int) -> tf.data.Dataset:
        return unpaired(domains, start_step=step, seed=config.seed, augmentation=untouched, **sizes)

    return dataclasses.replace(training_data(config, domains), unpaired=scans_and_photographs)
