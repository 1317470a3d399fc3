"""The supervised start: both generators learn simulated pairs before the unpaired training."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from negcolor.losses import l1_loss
from negcolor.training.cyclegan import CycleGAN


class SupervisedStart(keras.Model):
    """Trains a CycleGAN's generators on (negative, photograph) pairs with L1.

    Two networks that start from noise can agree on a wrong polarity or on swapped hues, which
    cycle consistency never notices; a start on pairs rules that out. The companion papers train
    their generators with L1 or MSE first for the same reason.

    Args:
        cyclegan: the model whose generators are trained, in place.
        optimizer: for both generators.
        jit: whether XLA compiles the gradients.
    """

    def __init__(
        self, cyclegan: CycleGAN, optimizer: keras.optimizers.Optimizer, *, jit: bool = False
    ) -> None:
        super().__init__(name="supervised_start")
        self.cyclegan = cyclegan
        self.start_optimizer = optimizer
        self.trackers = [keras.metrics.Mean(name=name) for name in ("L1 G", "L1 F")]
        optimizer.build(cyclegan.generator_variables)
        self.compiled_gradients = tf.function(self.gradients, jit_compile=jit, autograph=False)
        super().compile(optimizer=None, jit_compile=False)
        self.built = True

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return self.trackers

    def gradients(self, negative: Any, photograph: Any) -> tuple[Any, Any, Any]:
        """Gradients of both generators' variables, and both losses."""
        model = self.cyclegan
        with tf.GradientTape() as tape:
            loss_g = l1_loss(photograph, model.generator_g(negative, training=True))
            loss_f = l1_loss(negative, model.generator_f(photograph, training=True))
            scaled = self.start_optimizer.scale_loss(loss_g + loss_f)
        return tape.gradient(scaled, model.generator_variables), loss_g, loss_f

    def train_step(self, data: Any) -> dict[str, Any]:
        gradients, *losses = self.compiled_gradients(*data)
        self.start_optimizer.apply(gradients, self.cyclegan.generator_variables)
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}
