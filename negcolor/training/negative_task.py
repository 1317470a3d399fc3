"""What a run of a CycleGAN trains: its networks, its phases, its two domains."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.phases import Phase
from negcolor.networks.apply import apply_generator
from negcolor.training.networks import build_networks
from negcolor.training.rounds import Rounds
from negcolor.training.sample_sheets import sample_sheet
from negcolor.training.task import StepModel
from negcolor.training.trainers import build_trainer


class TestImage(Protocol):
    """A negative that is not trained on: (H, W, 3) uint8 or uint16, and its truth if known."""

    @property
    def name(self) -> str: ...
    @property
    def negative(self) -> np.ndarray: ...
    @property
    def truth(self) -> np.ndarray | None: ...


@dataclass(frozen=True)
class NegativeData:
    """What a training reads; the streams are pure functions of the step that they start at.

    Attributes:
        unpaired: (first step, image_size, batch_size) -> endless batches of (negative, color),
            (B, S, S, 3) in [-1, 1]; the sizes by name.
        paired: likewise, of (simulated negative, photograph), or with a third tensor
            (B, S, S, 1), the weights of the photograph's pixels.
        steps_per_epoch: batches in the longer domain.
        test: images for the samples and the final figures.
    """

    unpaired: Callable[..., tf.data.Dataset]
    paired: Callable[..., tf.data.Dataset]
    steps_per_epoch: int
    test: Sequence[TestImage]

    def both(self, step: int, **sizes: int) -> tf.data.Dataset:
        """Endless batches of (a batch of pairs, an unpaired batch)."""
        return tf.data.Dataset.zip((self.paired(step, **sizes), self.unpaired(step, **sizes)))


@dataclass(frozen=True)
class NegativeTask:
    """A plan, see `negcolor.training.task`, for negatives and color images.

    Attributes:
        config: of the run.
        data: what to train on.
        start: what generator G starts as, in float32; None for a new one.
    """

    config: CycleGANConfig
    data: NegativeData
    start: keras.Model | None = None

    @property
    def phases(self) -> tuple[Phase, ...]:
        return self.config.phases()

    def build_networks(
        self, policy: str, names: Collection[str] | None = None
    ) -> dict[str, keras.Model]:
        """Those that the phases train."""
        if names is None:
            names = {name for phase in self.phases for name in phase.trains}
        modification = self.config.configured_modification()
        for phase in self.phases:
            if phase.discriminator:
                modification = dataclasses.replace(modification, discriminator=phase.discriminator)
        if self.start is None or "generator_g" not in names:
            return build_networks(modification, names, precision=policy)
        others = build_networks(modification, {*names} - {"generator_g"}, precision=policy)
        generator = keras.models.clone_model(self.start)
        generator.set_weights(self.start.get_weights())
        return {"generator_g": generator, **others}

    def rounds(self, phase: Phase) -> Rounds:
        if phase.length == "epochs":
            steps = self.config.steps_per_epoch or self.data.steps_per_epoch
            return Rounds("epoch", self.config.epochs * steps, steps)
        return Rounds("step", self.config.length(phase), phase.round_steps)

    def batch_size(self, phase: Phase) -> int:
        return phase.batch_size or self.config.batch_size

    def batches(self, phase: Phase, step: int) -> tf.data.Dataset:
        data = {"pairs": self.data.paired, "unpaired": self.data.unpaired, "both": self.data.both}
        image_size = phase.image_size or self.config.image_size
        return data[phase.data](step, image_size=image_size, batch_size=self.batch_size(phase))

    def build_trainer(
        self, phase: Phase, networks: Mapping[str, keras.Model], policy: str, jit: bool
    ) -> StepModel:
        return build_trainer(
            phase,
            networks,
            self.config,
            steps=self.rounds(phase).total,
            precision=policy,
            jit=jit,
            start=self.start,
        )

    def figures(self, phase: Phase, networks: Mapping[str, keras.Model]) -> dict[str, float]:
        return {}

    def sheet(self, networks: Mapping[str, keras.Model]) -> np.ndarray | None:
        """Negative, what the start and G make of it, F's way back, truth, where there are such."""

        def results(negative: np.ndarray) -> list[np.ndarray]:
            result = apply_generator(networks["generator_g"], negative)
            before = [apply_generator(self.start, negative)] if self.start else []
            f = networks.get("generator_f")
            return [*before, result, *([apply_generator(f, result)] if f else [])]

        return sample_sheet(self.data.test, results) if self.data.test else None
