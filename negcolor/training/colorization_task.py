"""What a run of a grey-to-color system trains: its networks and its photographs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import keras
import numpy as np
import tensorflow as tf

from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.phases import Gan, Phase
from negcolor.experiments.systems import System
from negcolor.networks.factory import build_networks
from negcolor.training.colorization_metrics import (
    color_errors,
    discriminator_accuracy,
    predicted_colors,
)
from negcolor.training.sample_sheets import grey_sheet
from negcolor.training.task import Task

SHOWN = 8  # images in a sheet


@dataclass(frozen=True)
class ColorizationData:
    """What a system's training reads.

    Attributes:
        batches: (first step, order) -> endless batches of normalized Lab, (B, S, S, 3) float32, a
            pure function of both; streams of different orders have nothing to do with each other.
        images: how many there are to train on.
        validation: normalized Lab of held-out images, (N, S, S, 3) float32.
    """

    batches: Callable[[int, int], tf.data.Dataset]
    images: int
    validation: np.ndarray


@dataclass(frozen=True)
class ColorizationTask(Task):
    """A task, see `negcolor.training.task`, for one of the companion papers' systems.

    Attributes:
        config: of the run.
        data: what to train on.
    """

    config: ColorizationConfig
    data: ColorizationData

    two_domains = False

    @cached_property
    def system(self) -> System:
        return self.config.configured_system()

    @property
    def steps_per_epoch(self) -> int:
        return self.config.steps_per_epoch or -(-self.data.images // self.config.batch_size)

    def build_networks(
        self, policy: str, names: Collection[str] | None = None
    ) -> dict[str, keras.Model]:
        """The generator, or both of a CycleGAN, and their discriminators."""
        if names is not None:  # copies, which get their weights from elsewhere
            return build_networks(self.system, names, policy=policy)
        names = {name for phase in self.config.phases() for name in phase.step.networks}
        weights = self.config.backbone_weights
        return build_networks(self.system, names, policy=policy, backbone_weights=weights)

    def batches(self, phase: Phase, step: int) -> tf.data.Dataset:
        """(L*, a* and b*) of the same images, or (L*, all of others in color) if unpaired."""
        lab = self.data.batches(step, 0)
        if phase.data == "pairs":
            return lab.map(lambda image: (image[..., :1], image[..., 1:]))
        grey = self.data.batches(step, 1).map(lambda image: image[..., :1])
        return tf.data.Dataset.zip((grey, lab))

    def validate(self, phase: Phase, networks: Mapping[str, keras.Model]) -> dict[str, float]:
        """How the generator does on the held-out images, and how well it is told from them."""
        truth = self.data.validation
        colors = predicted_colors(networks["generator_g"], truth[..., :1])
        found = color_errors(colors, truth[..., 1:])
        if isinstance(phase.step, Gan):
            discriminator = networks["discriminator_y"]
            found["accuracy D"] = discriminator_accuracy(discriminator, truth, colors)
        return {f"validation {name}": value for name, value in found.items()}

    def sample_sheet(self, networks: Mapping[str, keras.Model]) -> np.ndarray:
        """Grey, result and truth of the first held-out images."""
        truth = self.data.validation[:SHOWN]
        return grey_sheet(truth, predicted_colors(networks["generator_g"], truth[..., :1]))
