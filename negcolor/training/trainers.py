"""The Keras model that trains a phase, with its optimizers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras

from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.phases import Phase
from negcolor.training.cyclegan import CycleGAN
from negcolor.training.losses import LinearDecay
from negcolor.training.task import StepModel
from negcolor.training.weighted_training import WeightedTraining

ADVERSARIAL_BETA_1 = 0.5  # of Adam, where a discriminator is trained


def build_trainer(
    phase: Phase,
    networks: Mapping[str, keras.Model],
    config: CycleGANConfig,
    *,
    steps: int,
    precision: str,
    jit: bool,
    start: keras.Model | None = None,
) -> StepModel:
    """What trains the networks in a phase.

    Args:
        phase: the phase.
        networks: by name, see `negcolor.training.networks`.
        config: of the run.
        steps: the length of the phase.
        precision: Keras dtype policy of the networks.
        jit: whether XLA compiles the gradients.
        start: what generator G was before the phase.
    """

    def adam(rate: Any, **options: Any) -> keras.optimizers.Optimizer:
        return for_policy(keras.optimizers.Adam(rate, **options), precision)

    def schedules(decay: bool, *rates: float) -> list[Any]:
        return [LinearDecay(rate, steps) if decay else rate for rate in rates]

    if not phase.weights:
        objective = config.configured_modification().training
        cyclegan = CycleGAN(
            networks,
            objective,
            image_size=config.image_size,
            gan_loss=config.gan_loss,
            seed=config.seed,
        )
        rates = schedules(
            config.schedule == "linear",
            objective.generator_learning_rate,
            objective.discriminator_learning_rate,
        )
        cyclegan.compile(*(adam(rate, beta_1=ADVERSARIAL_BETA_1) for rate in rates), jit=jit)
        return cyclegan

    model = WeightedTraining(phase, networks, start=start, gan_loss=config.gan_loss)
    rates = schedules(phase.decay, phase.learning_rate, phase.discriminator_learning_rate)
    options = {"beta_1": ADVERSARIAL_BETA_1} if phase.judged else {}
    mean = {"use_ema": True, "ema_momentum": phase.averaging} if phase.averaging else {}
    model.compile(adam(rates[0], **options, **mean), adam(rates[1], **options), jit=jit)
    return model


def for_policy(optimizer: keras.optimizers.Optimizer, policy: str) -> keras.optimizers.Optimizer:
    """The optimizer for networks under a Keras dtype policy."""
    if policy == "mixed_float16":  # underflows without a loss scale, as no other does
        return keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer


def average(trainer: StepModel) -> None:
    """Gives the generators the running mean of their weights, if their optimizer keeps one."""
    trainer.generator_optimizer.finalize_variable_values(trainer.generator_variables)


@contextmanager
def averaged(trainer: StepModel) -> Iterator[None]:
    """While it lasts, the generators have the running mean of their weights."""
    weights = [variable.numpy() for variable in trainer.generator_variables]
    average(trainer)
    yield
    for variable, weight in zip(trainer.generator_variables, weights, strict=True):
        variable.assign(weight)
