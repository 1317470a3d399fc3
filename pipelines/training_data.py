"""What a run's configuration says that its training reads: opened, augmented, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.experiments.config import PLAIN, ColorizationConfig, CycleGANConfig
from negcolor.images.io import find_images, read
from negcolor.training.colorization_task import ColorizationData
from negcolor.training.negative_task import NegativeData
from pipelines.augmentation import Augmentation
from pipelines.batches import paired, steps_per_epoch, unpaired
from pipelines.domain import ImageDomain, Lazy
from pipelines.lab_batches import lab_batches, load_validation
from pipelines.photographs import Photographs, open_photographs
from pipelines.sources import TestImage, TwoDomains, open_data

VALIDATED = 64  # images that a system is measured on after every epoch


def open_domains(config: CycleGANConfig) -> TwoDomains:
    """The two domains of a run: those that `data` names, or an adaptation's two folders."""
    if config.start is None:
        return open_data(config.data)
    scans, photos = _two_folders(config.data)
    files = find_images(scans)
    color = ImageDomain(find_images(photos))
    return TwoDomains(
        train_a=ImageDomain(files),
        train_b=color,
        photographs=color,
        test=_test_images(files),
        description=f"{config.start} for {scans}",
    )


def negative_data(config: CycleGANConfig, domains: TwoDomains) -> NegativeData:
    """What a run of that configuration reads from two domains."""
    augmented = config.configured_modification().training.augmentation
    augmentation = Augmentation() if augmented else Augmentation.none()
    # The tones of a scan tell its film base, which an adaptation learns: they are not varied.
    of_domains = Augmentation(contrast=False, brightness=False) if config.start else augmentation

    def pairs(step: int, **sizes: int) -> tf.data.Dataset:
        options: dict[str, Any] = {"seed": config.seed, "film": config.film, **sizes}
        batches = paired(domains, start_step=step, augmentation=augmentation, **options)
        if config.film == PLAIN:  # all weights are 1, and a plain mean has the paper's numbers
            return batches.map(lambda negative, photograph, _: (negative, photograph))
        return batches

    return NegativeData(
        unpaired=lambda step, **sizes: unpaired(
            domains, start_step=step, seed=config.seed, augmentation=of_domains, **sizes
        ),
        paired=pairs,
        steps_per_epoch=steps_per_epoch(domains, config.batch_size),
        test=domains.test,
    )


def open_split_photographs(config: ColorizationConfig) -> Photographs:
    """The photographs of a system's run, split as the system's paper splits them."""
    system = config.configured_system()
    return open_photographs(config.data, images=system.images, split=system.split, seed=config.seed)


def colorization_data(config: ColorizationConfig, photographs: Photographs) -> ColorizationData:
    """What a run of that configuration reads of its photographs."""
    system = config.configured_system()

    def batches(step: int, order: int) -> tf.data.Dataset:
        return lab_batches(
            photographs.train,
            image_size=system.image_size,
            batch_size=system.batch_size,
            seed=config.seed,
            start_step=step,
            augmentation=system.augmentation,
            order=order,
        )

    validation = load_validation(photographs.validation, system.image_size, limit=VALIDATED)
    return ColorizationData(batches, len(photographs.train), validation)


def _two_folders(data: str) -> tuple[Path, Path]:
    """ "SCANS,PHOTOS" as two folders, whose names may have commas in them."""
    parts = data.split(",")
    for number in range(1, len(parts)):
        scans, photos = Path(",".join(parts[:number])), Path(",".join(parts[number:]))
        if scans.is_dir() and photos.is_dir():
            return scans, photos
    raise NegcolorError(f"{data} are no two folders; name one of scans and one of photographs.")


def _test_images(files: Sequence[Path]) -> Lazy[TestImage]:
    def test_image(file: Path) -> TestImage:
        return TestImage(file.stem, read(file))

    return Lazy([partial(test_image, file) for file in files])
