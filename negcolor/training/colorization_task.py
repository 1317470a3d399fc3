"""What a run of a grey-to-color system trains: its networks, its phases, its photographs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from negcolor.experiments.modifications import TrainingConfig
from negcolor.experiments.system_config import ColorizationConfig
from negcolor.experiments.system_phases import Cycle, Gan, Optimizer, Regression, SystemPhase, Wgan
from negcolor.experiments.systems import System
from negcolor.networks.factory import build_colorizer, build_judge
from negcolor.training.colorization_metrics import color_figures, predicted_colors, verdicts
from negcolor.training.colorization_samples import grey_sheet
from negcolor.training.cyclegan import CycleGAN
from negcolor.training.paired import GanTraining, RegressionTraining, WganTraining
from negcolor.training.rounds import Rounds
from negcolor.training.task import StepModel
from negcolor.training.trainers import for_policy

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
class ColorizationTask:
    """A plan, see `negcolor.training.task`, for one of the companion papers' systems.

    Attributes:
        config: of the run.
        data: what to train on.
    """

    config: ColorizationConfig
    data: ColorizationData

    @cached_property
    def system(self) -> System:
        return self.config.configured_system()

    @property
    def phases(self) -> Sequence[SystemPhase]:
        return self.system.phases

    def build_networks(
        self, policy: str, names: Collection[str] | None = None
    ) -> dict[str, keras.Model]:
        """The generator, or both of a CycleGAN, and the discriminators that judge them."""
        system, options = self.system, {"dtype": policy}
        # Named ones are copies, which get their weights from elsewhere.
        weights = self.config.backbone_weights if names is None else "none"

        def generator(name: str, inputs: int, outputs: int) -> keras.Model:
            return build_colorizer(
                system.generator,
                system.image_size,
                inputs=inputs,
                outputs=outputs,
                backbone_weights=weights,
                name=name,
                **options,
            )

        def judge(name: str, channels: int) -> keras.Model:
            assert system.discriminator is not None
            return build_judge(
                system.discriminator, system.image_size, channels, name=name, **options
            )

        makers: dict[str, Callable[[], keras.Model]]
        if _is_cycle(system):
            makers = {
                "generator_g": lambda: generator("generator_g", 1, 3),
                "generator_f": lambda: generator("generator_f", 3, 1),
                "discriminator_x": lambda: judge("discriminator_x", 1),
                "discriminator_y": lambda: judge("discriminator_y", 3),
            }
        else:
            makers = {"generator_g": lambda: generator("generator_g", 1, 2)}
            if system.discriminator is not None:
                channels = 3 if system.conditional else 2
                makers["discriminator_y"] = lambda: judge("discriminator_y", channels)
        return {name: make() for name, make in makers.items() if names is None or name in names}

    def rounds(self, phase: SystemPhase) -> Rounds:
        steps = self.config.steps_per_epoch or -(-self.data.images // self.system.batch_size)
        return Rounds("epoch", phase.epochs * steps, steps)

    def batch_size(self, phase: SystemPhase) -> int:
        return self.system.batch_size

    def batches(self, phase: SystemPhase, step: int) -> tf.data.Dataset:
        """Normalized Lab; for a CycleGAN (grey images, others in color)."""
        lab = self.data.batches(step, 0)
        if not isinstance(phase, Cycle):
            return lab
        grey = self.data.batches(step, 1).map(lambda image: image[..., :1])
        return tf.data.Dataset.zip((grey, lab))

    def build_trainer(
        self, phase: SystemPhase, networks: Mapping[str, keras.Model], policy: str, jit: bool
    ) -> StepModel:
        seed = self.config.seed
        trainer: Any
        if isinstance(phase, Regression):
            trainer = RegressionTraining(phase, networks)
        elif isinstance(phase, Gan):
            trainer = GanTraining(phase, networks)
        elif isinstance(phase, Wgan):
            trainer = WganTraining(phase, networks, seed=seed)
        else:
            objective = TrainingConfig(
                cycle_weight=phase.cycle_weight, detail_weight=phase.detail_weight
            )
            trainer = CycleGAN(networks, objective, image_size=self.system.image_size, seed=seed)
        optimizers = [phase.generator]
        if not isinstance(phase, Regression):
            optimizers.append(phase.discriminator)
        trainer.compile(*(for_policy(_optimizer(o), policy) for o in optimizers), jit=jit)
        return trainer

    def figures(self, phase: SystemPhase, networks: Mapping[str, keras.Model]) -> dict[str, float]:
        """How the generator does on the held-out images, and how well it is told from them."""
        truth = self.data.validation
        colors = predicted_colors(networks["generator_g"], truth[..., :1])
        found = color_figures(colors, truth[..., 1:])
        if isinstance(phase, Gan):
            found["accuracy D"] = verdicts(networks["discriminator_y"], truth, colors)
        return {f"validation {name}": value for name, value in found.items()}

    def sheet(self, networks: Mapping[str, keras.Model]) -> np.ndarray:
        """Grey, result and truth of the first held-out images."""
        truth = self.data.validation[:SHOWN]
        return grey_sheet(truth, predicted_colors(networks["generator_g"], truth[..., :1]))


def _is_cycle(system: System) -> bool:
    return any(isinstance(phase, Cycle) for phase in system.phases)


def _optimizer(optimizer: Optimizer) -> keras.optimizers.Optimizer:
    if optimizer.kind == "adam":
        return keras.optimizers.Adam(
            optimizer.rate, beta_1=optimizer.beta_1, beta_2=optimizer.beta_2
        )
    if optimizer.kind == "rmsprop":  # the decay of the mean square is PyTorch's
        return keras.optimizers.RMSprop(optimizer.rate, rho=0.99, epsilon=1e-8)
    if optimizer.kind == "sgd":
        return keras.optimizers.SGD(optimizer.rate)
    raise ValueError(f"unknown optimizer {optimizer.kind!r}: choose adam, rmsprop or sgd")
