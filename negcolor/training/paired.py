"""The steps of the paired systems: regression, conditional GAN, Wasserstein GAN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from negcolor.experiments.system_phases import Gan, Regression, Wgan
from negcolor.training.adversarial import Turns
from negcolor.training.losses import (
    adversarial_loss,
    critic_loss,
    discriminator_loss,
    gradient_penalty,
    l1_loss,
    mse_loss,
    wasserstein_loss,
)

PIXEL_LOSSES = {"l1": l1_loss, "mse": mse_loss}


class RegressionTraining(Turns):
    """The generator alone; 003, eq. 1 or 3."""

    def __init__(self, phase: Regression, networks: Mapping[str, keras.Model]) -> None:
        super().__init__(phase.name, networks, [phase.loss])
        self.phase = phase

    def generator_loss(self, light: Any, colors: Any) -> tuple[Any, ...]:
        return (PIXEL_LOSSES[self.phase.loss](colors, self.generator(light, training=True)),)


class GanTraining(Turns):
    """A conditional GAN with an L1 loss; 001, eq. 1 to 3, and without the L1 loss 004."""

    def __init__(self, phase: Gan, networks: Mapping[str, keras.Model]) -> None:
        super().__init__(
            phase.name,
            networks,
            ["generator", "adversarial", "l1"],
            ["discriminator"],
            discriminator_every=phase.generator_steps,
        )
        self.phase = phase

    def generator_loss(self, light: Any, colors: Any) -> tuple[Any, ...]:
        fake = self.generator(light, training=True)
        adversarial = adversarial_loss(self.judge(light, fake))
        l1 = l1_loss(colors, fake)
        return adversarial + self.phase.l1_weight * l1, adversarial, l1

    def discriminator_loss(self, light: Any, colors: Any, fake: Any) -> tuple[Any, ...]:
        return (discriminator_loss(self.judge(light, colors), self.judge(light, fake)),)


class WganTraining(Turns):
    """A Wasserstein GAN with an L1 loss; 001, eq. 4 and 5.

    "critic" is what the critic minimizes without its penalty: minus its estimate of the distance.
    `seed` is that of the places at which the penalty is taken.
    """

    def __init__(self, phase: Wgan, networks: Mapping[str, keras.Model], *, seed: int = 0) -> None:
        losses = ["critic objective", "critic", "penalty"]
        super().__init__(
            phase.name,
            networks,
            ["generator", "adversarial", "l1"],
            losses,
            generator_every=phase.critic_steps,
        )
        self.phase = phase
        self.random = keras.random.SeedGenerator(seed)  # in checkpoints, as TensorFlow's is not

    def generator_loss(self, light: Any, colors: Any) -> tuple[Any, ...]:
        fake = self.generator(light, training=True)
        adversarial = wasserstein_loss(self.judge(light, fake))
        l1 = l1_loss(colors, fake)
        return adversarial + self.phase.l1_weight * l1, adversarial, l1

    def discriminator_loss(self, light: Any, colors: Any, fake: Any) -> tuple[Any, ...]:
        critic = critic_loss(self.judge(light, colors), self.judge(light, fake))
        penalty = tf.zeros(())
        if self.phase.gradient_penalty:
            penalty = gradient_penalty(self.gradients_between(light, colors, fake))
        return critic + self.phase.gradient_penalty * penalty, critic, penalty

    def gradients_between(self, light: Any, real: Any, fake: Any) -> Any:
        """Of the critic's ratings, by colors at random places between real and generated ones."""
        place = keras.random.uniform((tf.shape(real)[0], 1, 1, 1), seed=self.random)
        between = place * real + (1.0 - place) * fake
        with tf.GradientTape() as tape:
            tape.watch(between)
            # The mean of an image's logits is its rating; summed, since images are independent.
            ratings = tf.reduce_mean(tf.cast(self.judge(light, between), "float32"), axis=(1, 2, 3))
            total = tf.reduce_sum(ratings)
        return tape.gradient(total, between)

    def train_discriminator(self, light: Any, colors: Any) -> None:
        super().train_discriminator(light, colors)
        if self.phase.clip is not None:
            for variable in self.discriminator_variables:
                variable.assign(tf.clip_by_value(variable, -self.phase.clip, self.phase.clip))
