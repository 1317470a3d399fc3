"""What a run on negatives and color images trains: its networks and its two domains."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.phases import Phase
from negcolor.networks.apply import apply_generator
from negcolor.networks.factory import build_networks
from negcolor.training.sample_sheets import negative_sheet
from negcolor.training.task import Task, TestImage


@dataclass(frozen=True)
class NegativeData:
    """What a training reads; the streams are pure functions of the step that they start at.

    Attributes:
        unpaired: (first step, image_size, batch_size) -> endless batches of (negative, color),
            (B, S, S, 3) in [-1, 1]; the sizes by name.
        paired: likewise, of (simulated negative, photograph), or with a third tensor
            (B, S, S, 1), the weights of the photograph's pixels.
        steps_per_epoch: batches in the longer domain.
        test: images for the samples and the final metrics.
    """

    unpaired: Callable[..., tf.data.Dataset]
    paired: Callable[..., tf.data.Dataset]
    steps_per_epoch: int
    test: Sequence[TestImage]

    def both(self, step: int, **sizes: int) -> tf.data.Dataset:
        """Endless batches of (a batch of pairs, an unpaired batch)."""
        return tf.data.Dataset.zip((self.paired(step, **sizes), self.unpaired(step, **sizes)))


@dataclass(frozen=True)
class NegativeTask(Task):
    """A task, see `negcolor.training.task`, for negatives and color images.

    Attributes:
        config: of the run.
        data: what to train on.
        start: what generator G starts as, in float32; None for a new one.
    """

    config: CycleGANConfig
    data: NegativeData
    start: keras.Model | None = None

    @property
    def steps_per_epoch(self) -> int:
        return self.config.steps_per_epoch or self.data.steps_per_epoch

    def build_networks(
        self, policy: str, names: Collection[str] | None = None
    ) -> dict[str, keras.Model]:
        """Those that the phases train."""
        phases = self.config.phases()
        if names is None:
            names = {name for phase in phases for name in phase.step.networks}
        modification = self.config.configured_modification()
        for phase in phases:
            if phase.discriminator_config:
                modification = dataclasses.replace(
                    modification, discriminator=phase.discriminator_config
                )
        if self.start is None or "generator_g" not in names:
            return build_networks(modification, names, policy=policy)
        others = build_networks(modification, {*names} - {"generator_g"}, policy=policy)
        generator = keras.models.clone_model(self.start)
        generator.set_weights(self.start.get_weights())
        return {"generator_g": generator, **others}

    def batches(self, phase: Phase, step: int) -> tf.data.Dataset:
        data = {"pairs": self.data.paired, "unpaired": self.data.unpaired, "both": self.data.both}
        return data[phase.data](step, image_size=phase.image_size, batch_size=phase.batch_size)

    def sample_sheet(self, networks: Mapping[str, keras.Model]) -> np.ndarray | None:
        """Negative, what the start and G make of it, F's way back, truth, where there are such."""

        def results(negative: np.ndarray) -> list[np.ndarray]:
            result = apply_generator(networks["generator_g"], negative)
            before = [apply_generator(self.start, negative)] if self.start else []
            f = networks.get("generator_f")
            return [*before, result, *([apply_generator(f, result)] if f else [])]

        return negative_sheet(self.data.test, results) if self.data.test else None
