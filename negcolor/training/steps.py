"""The Keras model whose `fit` trains a phase, with the optimizers that the phase names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from negcolor.experiments.phases import Cycle, Gan, Optimizer, Phase, Wgan
from negcolor.training.adversarial import AdversarialModel
from negcolor.training.cyclegan import CycleGAN
from negcolor.training.paired import AlternatingGan, PairedTraining, WassersteinGan


def build_step(
    phase: Phase,
    networks: Mapping[str, keras.Model],
    *,
    steps: int,
    policy: str = "float32",
    jit: bool = False,
    seed: int = 0,
    start: keras.Model | None = None,
    two_domains: bool = True,
) -> AdversarialModel:
    """What trains the networks in a phase.

    Args:
        phase: the phase, as a configuration fills it in.
        networks: by name, those that the phase trains among them; trained in place.
        steps: the length of the phase, for learning rates that fall.
        policy: Keras dtype policy of the networks.
        jit: whether XLA compiles the gradients.
        seed: of what a step draws itself.
        start: what generator G was before the phase.
        two_domains: whether G, F, X and Y are the letters of networks in tables; otherwise there
            are G and D.
    """
    model: AdversarialModel
    match phase.step:
        case Cycle() as objective:
            model = CycleGAN(networks, objective, image_size=phase.image_size, seed=seed)
        case Wgan() as step:
            model = WassersteinGan(phase, step, networks, seed=seed)
        case Gan(simultaneous=False) as step:
            model = AlternatingGan(phase, step, networks, discriminator_every=step.generator_steps)
        case step:
            names = () if two_domains else tuple(step.weights)
            model = PairedTraining(phase, step, networks, start=start, losses=names)
    decay = steps if phase.decay else None
    model.compile(
        build_optimizer(phase.generator, policy, decay=decay, averaging=phase.averaging),
        phase.discriminator and build_optimizer(phase.discriminator, policy, decay=decay),
        jit=jit,
    )
    return model


def build_optimizer(
    optimizer: Optimizer, policy: str, *, decay: int | None = None, averaging: float = 0.0
) -> keras.optimizers.Optimizer:
    """An optimizer for networks under a Keras dtype policy.

    Args:
        optimizer: which one.
        policy: the networks' policy.
        decay: steps of the training over whose second half the rate falls to zero; None for a
            constant rate.
        averaging: momentum of a running mean of the weights; 0 for none.
    """
    rate = optimizer.rate if decay is None else LinearDecay(optimizer.rate, decay)
    options: dict[str, Any] = {"use_ema": True, "ema_momentum": averaging} if averaging else {}
    made: keras.optimizers.Optimizer
    if optimizer.kind == "adam":
        betas = {"beta_1": optimizer.beta_1, "beta_2": optimizer.beta_2}
        made = keras.optimizers.Adam(rate, **betas, **options)
    elif optimizer.kind == "rmsprop":  # the decay of the mean square is PyTorch's
        made = keras.optimizers.RMSprop(rate, rho=0.99, epsilon=1e-8, **options)
    elif optimizer.kind == "sgd":
        made = keras.optimizers.SGD(rate, **options)
    else:
        raise ValueError(f"unknown optimizer {optimizer.kind!r}: choose adam, rmsprop or sgd")
    if policy == "mixed_float16":  # underflows without a loss scale, as no other does
        return keras.optimizers.LossScaleOptimizer(made)
    return made


@keras.saving.register_keras_serializable(package="negcolor")
class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that is constant, then falls linearly to zero over the second half.

    Args:
        initial: the rate of the first half.
        total_steps: the number of optimizer steps of the whole training.
    """

    def __init__(self, initial: float, total_steps: int) -> None:
        self.initial = initial
        self.total_steps = total_steps

    def __call__(self, step: Any) -> Any:
        remaining = 1.0 - ops.cast(step, "float32") / self.total_steps
        return self.initial * ops.clip(2.0 * remaining, 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        return {"initial": self.initial, "total_steps": self.total_steps}
