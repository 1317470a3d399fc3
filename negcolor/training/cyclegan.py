"""The CycleGAN: two generators, two discriminators and the step that trains them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from negcolor.experiments.modifications import TrainingConfig
from negcolor.training.image_pool import ImagePool
from negcolor.training.losses import adversarial_loss, discriminator_loss, l1_loss

# The paper's names of what Tables IV and V report.
LOSS_NAMES = ("generator G", "generator F", "discriminator X", "discriminator Y")


class CycleGAN(keras.Model):
    """G: X -> Y and F: Y -> X, trained against D_X and D_Y.

    X are negatives and Y color images, both (B, S, S, 3); or X are grey images, (B, S, S, 1),
    and Y color images, both in normalized Lab (see `negcolor.images.lab`). `fit` takes batches
    (x, y) of static shape, float32 in [-1, 1]. Two optimizers step together, one for both
    generators and one for both discriminators. The losses are named as in the paper's Tables IV
    and V.

    Args:
        networks: all four by name, see `negcolor.training.networks`; trained in place.
        objective: how to weigh the losses.
        image_size: side S of the training images, for the image pools.
        gan_loss: "bce" (eq. 1) or "lsgan".
        pool_size: images in each image pool.
        seed: seed of the image pools.
    """

    def __init__(
        self,
        networks: Mapping[str, keras.Model],
        objective: TrainingConfig,
        *,
        image_size: int,
        gan_loss: str = "bce",
        pool_size: int = 50,
        seed: int = 0,
    ) -> None:
        super().__init__(name="cyclegan")
        self.objective = objective
        self.gan_loss = gan_loss
        self.generator_g, self.generator_f = networks["generator_g"], networks["generator_f"]
        self.discriminator_x = networks["discriminator_x"]
        self.discriminator_y = networks["discriminator_y"]

        def pool(number: int, judge: keras.Model, name: str) -> ImagePool:
            image = (image_size, image_size, judge.input_shape[-1])
            return ImagePool(image, pool_size, seed=2 * seed + number, name=name)

        self.pool_x = pool(0, self.discriminator_x, "pool_x")
        self.pool_y = pool(1, self.discriminator_y, "pool_y")
        self.trackers = [keras.metrics.Mean(name=name) for name in LOSS_NAMES]
        self.built = True

    @property
    def generator_variables(self) -> list[Any]:
        return self.generator_g.trainable_variables + self.generator_f.trainable_variables

    @property
    def discriminator_variables(self) -> list[Any]:
        return self.discriminator_x.trainable_variables + self.discriminator_y.trainable_variables

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return self.trackers

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer,
        *,
        jit: bool = False,
    ) -> None:
        """Sets both optimizers; with `jit` XLA compiles the gradients of both."""
        super().compile(optimizer=None, jit_compile=False)
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer
        generator_optimizer.build(self.generator_variables)
        discriminator_optimizer.build(self.discriminator_variables)
        # XLA on parts of the step: as a whole it would not run under MirroredStrategy.
        self.compiled_generator_gradients = tf.function(
            self.generator_gradients, jit_compile=jit, autograph=False
        )
        self.compiled_discriminator_gradients = tf.function(
            self.discriminator_gradients, jit_compile=jit, autograph=False
        )

    @property
    def optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """By the letters of the networks that they train."""
        return {"G, F": self.generator_optimizer, "X, Y": self.discriminator_optimizer}

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Negatives (B, H, W, 3) to color images of the same shape, both in [-1, 1]."""
        return self.generator_g(inputs, training=training)

    def generator_losses(self, real_x: Any, real_y: Any) -> tuple[Any, Any, Any, Any, Any]:
        """(total, generator G, generator F, fake x, fake y) for a batch of each domain.

        "generator G" is the adversarial, the weighted cycle and the weighted identity loss of G,
        with both directions of the cycle in it: the sums that the paper's Table IV shows.
        """
        weights = self.objective
        fake_y = self.generator_g(real_x, training=True)
        fake_x = self.generator_f(real_y, training=True)
        cycled_x = self.generator_f(fake_y, training=True)
        cycled_y = self.generator_g(fake_x, training=True)

        # training=False: the generators' step must not move the discriminators' spectral norms.
        adversarial_g = adversarial_loss(
            self.discriminator_y(fake_y, training=False), self.gan_loss
        )
        adversarial_f = adversarial_loss(
            self.discriminator_x(fake_x, training=False), self.gan_loss
        )
        cycle = weights.cycle_weight * (l1_loss(real_x, cycled_x) + l1_loss(real_y, cycled_y))
        identity_g = identity_f = 0.0
        if weights.identity_weight:
            same_y = self.generator_g(real_y, training=True)
            same_x = self.generator_f(real_x, training=True)
            identity_g = weights.identity_weight * l1_loss(real_y, same_y)
            identity_f = weights.identity_weight * l1_loss(real_x, same_x)

        detail = 0.0
        if weights.detail_weight:  # L*, the first channel, should stay both ways; 001, eq. 6
            detail = weights.detail_weight * (
                l1_loss(real_x, fake_y[..., :1]) + l1_loss(real_y[..., :1], fake_x)
            )

        total = adversarial_g + adversarial_f + cycle + detail + identity_g + identity_f
        loss_g = adversarial_g + cycle + detail + identity_g
        loss_f = adversarial_f + cycle + detail + identity_f
        return total, loss_g, loss_f, fake_x, fake_y

    def discriminator_losses(
        self, real_x: Any, real_y: Any, fake_x: Any, fake_y: Any
    ) -> tuple[Any, Any]:
        """(discriminator X, discriminator Y) for real and generated batches of each domain."""
        losses = []
        for discriminator, real, fake in (
            (self.discriminator_x, real_x, fake_x),
            (self.discriminator_y, real_y, fake_y),
        ):
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
            losses.append(discriminator_loss(real_logits, fake_logits, self.gan_loss))
        return losses[0], losses[1]

    def generator_gradients(self, real_x: Any, real_y: Any) -> tuple[Any, ...]:
        with tf.GradientTape() as tape:
            total, loss_g, loss_f, fake_x, fake_y = self.generator_losses(real_x, real_y)
            scaled = self.generator_optimizer.scale_loss(total)
        gradients = tape.gradient(scaled, self.generator_variables)
        return gradients, loss_g, loss_f, fake_x, fake_y

    def discriminator_gradients(
        self, real_x: Any, real_y: Any, fake_x: Any, fake_y: Any
    ) -> tuple[Any, ...]:
        with tf.GradientTape() as tape:
            loss_x, loss_y = self.discriminator_losses(real_x, real_y, fake_x, fake_y)
            scaled = self.discriminator_optimizer.scale_loss(loss_x + loss_y)
        return tape.gradient(scaled, self.discriminator_variables), loss_x, loss_y

    def train_step(self, data: Any) -> dict[str, Any]:
        real_x, real_y = data
        gradients, loss_g, loss_f, fake_x, fake_y = self.compiled_generator_gradients(
            real_x, real_y
        )
        fake_x, fake_y = self.pool_x(fake_x), self.pool_y(fake_y)
        discriminator_gradients, loss_x, loss_y = self.compiled_discriminator_gradients(
            real_x, real_y, fake_x, fake_y
        )
        self.generator_optimizer.apply(gradients, self.generator_variables)
        self.discriminator_optimizer.apply(discriminator_gradients, self.discriminator_variables)
        return self._track(loss_g, loss_f, loss_x, loss_y)

    def test_step(self, data: Any) -> dict[str, Any]:
        """The four losses on a batch, without training anything."""
        real_x, real_y = data
        _, loss_g, loss_f, fake_x, fake_y = self.generator_losses(real_x, real_y)
        loss_x, loss_y = self.discriminator_losses(real_x, real_y, fake_x, fake_y)
        return self._track(loss_g, loss_f, loss_x, loss_y)

    def _track(self, *losses: Any) -> dict[str, Any]:
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}
