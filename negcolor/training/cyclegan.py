"""The CycleGAN: two generators, two discriminators, image pools and the step that trains them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers, ops

from negcolor.experiments.phases import Cycle
from negcolor.training.adversarial import AdversarialModel
from negcolor.training.losses import adversarial_loss, discriminator_loss, l1_loss

# The paper's names of what Tables IV and V report.
LOSS_NAMES = ("generator G", "generator F", "discriminator X", "discriminator Y")


class CycleGAN(AdversarialModel):
    """G: X -> Y and F: Y -> X, trained against D_X and D_Y.

    X are negatives and Y color images, both (B, S, S, 3); or X are grey images, (B, S, S, 1),
    and Y color images, both in normalized Lab (see `negcolor.images.lab`). `fit` takes batches
    (x, y) of static shape, float32 in [-1, 1]. The losses are named as in the paper's Tables IV
    and V.

    Args:
        networks: all four by name, see `negcolor.networks.factory`; trained in place.
        objective: how to weigh the losses.
        image_size: side S of the training images, for the image pools.
        pool_size: images in each image pool.
        seed: seed of the image pools.
    """

    def __init__(
        self,
        networks: Mapping[str, keras.Model],
        objective: Cycle,
        *,
        image_size: int,
        pool_size: int = 50,
        seed: int = 0,
    ) -> None:
        generators = {"G": networks["generator_g"], "F": networks["generator_f"]}
        discriminators = {"X": networks["discriminator_x"], "Y": networks["discriminator_y"]}
        super().__init__("cyclegan", generators, discriminators, LOSS_NAMES)
        self.objective = objective
        self.generator_g, self.generator_f = networks["generator_g"], networks["generator_f"]
        self.discriminator_x = networks["discriminator_x"]
        self.discriminator_y = networks["discriminator_y"]

        def pool(number: int, discriminator: keras.Model, name: str) -> ImagePool:
            image = (image_size, image_size, discriminator.input_shape[-1])
            return ImagePool(image, pool_size, seed=2 * seed + number, name=name)

        self.pool_x = pool(0, self.discriminator_x, "pool_x")
        self.pool_y = pool(1, self.discriminator_y, "pool_y")

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Negatives (B, H, W, 3) to color images of the same shape, both in [-1, 1]."""
        return self.generator_g(inputs, training=training)

    def train_step(self, data: Any) -> dict[str, Any]:
        real_x, real_y = data
        gradients, of_generators, (fake_x, fake_y) = self.compiled_generator_gradients(
            real_x, real_y
        )
        fake_x, fake_y = self.pool_x(fake_x), self.pool_y(fake_y)
        discriminator_gradients, of_discriminators = self.compiled_discriminator_gradients(
            real_x, real_y, fake_x, fake_y
        )
        self.apply_generator_gradients(gradients)
        self.apply_discriminator_gradients(discriminator_gradients)
        return self.track([*of_generators, *of_discriminators])

    def test_step(self, data: Any) -> dict[str, Any]:
        """The four losses on a batch, without training anything."""
        real_x, real_y = data
        _, of_generators, (fake_x, fake_y) = self.generator_losses(real_x, real_y)
        _, of_discriminators = self.discriminator_losses(real_x, real_y, fake_x, fake_y)
        return self.track([*of_generators, *of_discriminators])

    def generator_losses(self, *batch: Any) -> tuple[Any, tuple[Any, Any], tuple[Any, Any]]:
        """(total, (generator G, generator F), (fake x, fake y)) for a batch of each domain.

        "generator G" is the adversarial, the weighted cycle and the weighted identity loss of G,
        with both directions of the cycle in it: the sums that the paper's Table IV shows.
        """
        real_x, real_y = batch
        weights = self.objective
        fake_y = self.generator_g(real_x, training=True)
        fake_x = self.generator_f(real_y, training=True)
        cycled_x = self.generator_f(fake_y, training=True)
        cycled_y = self.generator_g(fake_x, training=True)

        # training=False: the generators' step must not move the discriminators' spectral norms.
        logits_y = self.discriminator_y(fake_y, training=False)
        logits_x = self.discriminator_x(fake_x, training=False)
        adversarial_g = adversarial_loss(logits_y, weights.loss)
        adversarial_f = adversarial_loss(logits_x, weights.loss)
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
        return total, (loss_g, loss_f), (fake_x, fake_y)

    def discriminator_losses(self, *batch: Any) -> tuple[Any, tuple[Any, Any]]:
        """(total, (discriminator X, discriminator Y)) for real x, y and generated x, y."""
        real_x, real_y, fake_x, fake_y = batch
        losses = []
        for discriminator, real, fake in (
            (self.discriminator_x, real_x, fake_x),
            (self.discriminator_y, real_y, fake_y),
        ):
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
            losses.append(discriminator_loss(real_logits, fake_logits, self.objective.loss))
        loss_x, loss_y = losses
        return loss_x + loss_y, (loss_x, loss_y)


class ImagePool(layers.Layer):
    """Hands back each image, or with probability one half an earlier one in exchange for it.

    The discriminator so keeps seeing what the generator made some time ago (Shrivastava et al.
    2017, arXiv:1612.07828; Zhu et al. 2017, 50 images). Until the pool is full, images are
    stored and handed back unchanged. The images, their number and the state of the random
    numbers are variables, so that checkpoints hold them.

    Args:
        image_shape: (H, W, C) of the images.
        size: how many images the pool holds.
        seed: seed of the exchange.
    """

    def __init__(
        self, image_shape: tuple[int, int, int], size: int = 50, seed: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs, dtype="float32", trainable=False)
        self.size = size
        self.random = keras.random.SeedGenerator(seed)
        self.images = self.add_weight(
            name="pictures", shape=(size, *image_shape), initializer="zeros"
        )
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", dtype="int32")
        self.built = True

    def call(self, images: Any) -> Any:
        """Exchanges a batch (B, H, W, C), B static, float32 in [-1, 1]; returns the same shape."""
        return ops.stack([self._exchange(images[i]) for i in range(images.shape[0])])

    def _exchange(self, image: Any) -> Any:
        full = self.count >= self.size
        draw = keras.random.uniform((2,), seed=self.random)
        slot = ops.minimum(ops.cast(draw[0] * self.size, "int32"), self.size - 1)
        slot = ops.where(full, slot, self.count)
        swap = ops.logical_and(full, draw[1] < 0.5)
        earlier = ops.take(self.images, slot, axis=0)
        stored = ops.where(ops.logical_or(swap, ops.logical_not(full)), image, earlier)
        self.images.assign(ops.slice_update(self.images, (slot, 0, 0, 0), stored[None]))
        self.count.assign(ops.minimum(self.count + 1, self.size))
        return ops.where(swap, earlier, image)
