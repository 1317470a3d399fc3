"""Joins the pipelines and the training, for every command that trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from negcolor.training.config import RunConfig

if TYPE_CHECKING:
    from negcolor.training.run import TrainingData
    from pipelines.sources import TwoDomains


def training_data(config: RunConfig, domains: TwoDomains) -> TrainingData:
    """What a run of that configuration reads from two domains."""
    from negcolor.training.run import TrainingData
    from pipelines.augmentation import Augmentation
    from pipelines.batches import paired, steps_per_epoch, unpaired

    augmented = config.configured_modification().training.augmentation
    options: dict[str, Any] = {
        "image_size": config.image_size,
        "batch_size": config.batch_size,
        "seed": config.seed,
        "augmentation": Augmentation() if augmented else Augmentation.none(),
    }
    return TrainingData(
        unpaired=lambda step: unpaired(domains, start_step=step, **options),
        paired=lambda step: paired(domains, start_step=step, **options),
        steps_per_epoch=steps_per_epoch(domains, config.batch_size),
        test=domains.test,
    )
